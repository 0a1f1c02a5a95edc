"""Months in words and figures."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.published.period import month_in, month_of, months_between
from workbench.wording import in_words

MONTHS = st.builds(lambda y, m: f"{y}-{m:02}", st.integers(2000, 2099), st.integers(1, 12))


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("MARCH-2025-CWT-CRS-PROVIDER-WORKBOOK-FINAL", "2025-03"),
        ("Mar-25", "2025-03"),
        ("Sept 2024", "2024-09"),
        ("September-2024-Monthly-Combined-CSV-Provisional", "2024-09"),
        ("May_2024", "2024-05"),
        ("March to May 2025 and June 2025", None),
        ("Summary 2025", None),
        ("2025-03", None),
    ],
)
def test_month_in_a_name(text: str, month: str | None) -> None:
    assert month_in(text) == month


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        ("2025-04-01", "2025-04"),
        ("01/04/2025", "2025-04"),
        (dt.date(2025, 4, 1), "2025-04"),
        ("2025-04-01 00:00:00", "2025-04"),
        ("2025-13-01", None),
        ("", None),
    ],
)
def test_month_of_a_cell(cell: object, month: str | None) -> None:
    assert month_of(cell) == month


@given(MONTHS)
def test_words_and_figures_agree(month: str) -> None:
    assert month_in(in_words(month)) == month


@given(MONTHS, st.integers(0, 40))
def test_months_between_are_all_and_in_order(first: str, more: int) -> None:
    year, number = divmod(int(first[:4]) * 12 + int(first[5:]) - 1 + more, 12)
    found = months_between(first, f"{year}-{number + 1:02}")
    assert len(found) == more + 1
    assert found == sorted(set(found))
