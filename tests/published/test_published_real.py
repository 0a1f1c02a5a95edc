"""NHS England's own workbooks: every cell reconciles and every known figure comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_published_words import grade, headline_of

from workbench.published import (
    Publication,
    by_cancer_type,
    by_route,
    compare_trusts,
    england_by_month,
    last_months,
    read,
    reconcile,
)

pytestmark = pytest.mark.real_data

PUBLISHED = """
2023-10 275198 70.9 54557 89.5 25016.5 63.2
2023-11 282361 71.8 56852 90.2 26939.0 65.5
2023-12 229715 74.1 47266 91.1 22975.0 66.2
2024-01 263365 70.8 57652 87.5 27244.0 62.7
2024-02 258534 78.1 54120 91.2 25726.0 64.2
2024-03 260043 77.3 52613 91.1 25748.0 68.9
2024-04 269798 73.3 55968 89.3 27199.0 67.0
2024-05 279276 76.2 57221 91.8 28060.0 66.2
2024-06 266876 76.2 53354 90.9 26547.0 67.9
2024-07 294616 76.2 60665 92.0 29924.0 68.0
2024-08 262448 75.5 54551 91.7 27156.0 69.5
2024-09 264312 74.9 54863 90.6 26685.0 67.4
2024-10 292501 77.0 61276 91.6 29350.0 68.5
2024-11 268572 77.3 56020 91.0 27390.0 69.8
2024-12 246449 78.0 52098 91.6 26192.0 71.7
2025-01 268816 73.4 60343 88.9 28965.0 67.6
2025-02 255988 80.2 54370 91.9 26262.0 67.2
2025-03 278064 79.0 56234 91.5 27537.5 71.4
"""
"""Month, then people and percentage in time for FDS, 31D and 62D, as officially published."""


@pytest.fixture(scope="module")
def official(real_data: Path) -> Publication:
    return read(real_data / "cwt")


def test_all_files_are_read_and_the_technical_note_is_left_aside(official: Publication) -> None:
    assert len(official.vintages) == 36
    assert official.vintages["used"].all()
    assert set(official.vintages["status"]) == {"final"}
    assert not official.synthetic
    assert len(official.notes) == 1
    assert official.notes.loc[0, "file"].startswith("Technical-note")


def test_every_cell_reconciles(official: Publication) -> None:
    found = reconcile(official)
    assert found["failing"].sum() == 0
    assert found["blank"].sum() == 0
    cells = found.groupby("check")["cells"].sum()
    assert cells["England = sum of organisations"] == 2 * 27_946
    assert cells["within + after = total"] == 282_371 + 114_762
    assert cells["bands add up to total"] == len(official.rows) == 440_512


@pytest.mark.parametrize("line", PUBLISHED.split("\n")[1:-1])
def test_england_as_published(official: Publication, line: str) -> None:
    month, *figures = line.split()
    england = england_by_month(official)
    of_month = england[england["month"] == month].set_index("standard")
    for standard, total, share in zip(
        ("FDS", "31D", "62D"), figures[::2], figures[1::2], strict=True
    ):
        assert of_month.loc[standard, "total"] == float(total)
        assert f"{100 * of_month.loc[standard, 'share']:.1f}" == share


def test_trusts_in_the_funnel(official: Publication) -> None:
    months = last_months(official, 6)
    assert (months[0], months[-1]) == ("2024-10", "2025-03")
    found = compare_trusts(official, "62D", months, minimum=300, confidence=0.998)
    assert len(found.table) == 123
    assert found.outside_naive == 79
    assert found.outside_overdispersed == 2


def test_routes_and_cancer_types(official: Publication) -> None:
    month = by_route(official, "62D", ["2023-10"]).set_index("route_or_stage")
    assert f"{100 * month.loc['Urgent suspected cancer', 'share']:.1f}" == "58.3"
    types = by_cancer_type(official, "62D", official.months)
    assert types["cancer_type"].iloc[0] == "Head & Neck"
    assert types["cancer_type"].iloc[-1] == "Haematological - Other (a)"


def test_headline_is_plain_and_true(official: Publication) -> None:
    text = headline_of(official)
    assert grade(text) <= 9
    assert len(text.split()) <= 80
    assert "In England, 71.4% of patients began treatment within 62 days in March 2025." in text
    assert "met in none of the 18 months shown" in text
    assert "made-up" not in text
