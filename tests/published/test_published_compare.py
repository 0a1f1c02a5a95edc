"""One's own months beside the published ones: only what both have, and plain words for the gap."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.published import (
    Publication,
    compare,
    over_months,
    provider_by_month,
    provisional_months,
    public_as_text,
    with_readings,
)

WAYS = ("allocated", "halved")


def table(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["month", "provider", "standard", "total", "within"])


PUBLISHED = table(
    ("2025-01", "RAA", "62D", 100, 70),
    ("2025-02", "RAA", "62D", 100, 80),
    ("2025-01", "RBB", "62D", 50, 25),
)


def test_only_months_and_trusts_of_both_are_compared() -> None:
    own = table(
        ("2025-01", "RAA", "62D", 40, 30),
        ("2025-03", "RAA", "62D", 9, 9),
        ("2025-01", "RZZ", "62D", 9, 9),
    )
    found = compare(own, PUBLISHED)
    assert found.to_dict("records") == [
        {"month": "2025-01", "provider": "RAA", "standard": "62D", "total": 40, "within": 30,
         "total_published": 100, "within_published": 70}
    ]  # fmt: skip


def test_months_add_up_on_both_sides_for_each_way_of_counting() -> None:
    own = pd.concat([PUBLISHED.assign(counted=way) for way in WAYS])
    found = over_months(compare(own, PUBLISHED))
    assert len(found) == 4
    raa = found[found["provider"] == "RAA"]
    assert raa["months"].tolist() == ["2", "2"]
    assert (raa["total"] == 200).all()
    assert (raa["within_published"] == 150).all()


def readings(total: float | None, share: float | None, provisional: int = 0) -> list[str]:
    compared = over_months(compare(PUBLISHED, PUBLISHED)).head(1)
    shown = pd.DataFrame({"total": [total], "share": [share]}).astype("Float64")
    return with_readings(compared, shown, provisional)["reading"].tolist()


@pytest.mark.parametrize(
    ("total", "share", "said"),
    [
        (200, 0.75, "Much the same share."),
        (200, 0.80, "5.0 points above."),
        (100, 0.70, "5.0 points below. We hold 50% as many patients."),
        (1, 0.75, "Much the same share. We hold under 1% as many patients."),
        (None, None, "Too few patients to compare."),
        (200, None, "Too few patients to compare."),
    ],
)
def test_gap_in_words(total: float | None, share: float | None, said: str) -> None:
    assert readings(total, share) == [said]


def test_months_that_may_still_change_are_told() -> None:
    assert readings(200, 0.75, 2) == ["Much the same share. 2 months are provisional."]


def test_the_way_of_counting_that_comes_nearest_is_marked() -> None:
    own = pd.concat([PUBLISHED.assign(counted=way) for way in WAYS])
    compared = over_months(compare(own, PUBLISHED))
    shown = pd.DataFrame({"total": 100.0, "share": [0.7, 0.74, 0.9, None]}).astype("Float64")
    assert with_readings(compared, shown)["nearest"].tolist() == ["No", "Yes", "Yes", "No"]
    alone = over_months(compare(PUBLISHED, PUBLISHED))
    told = with_readings(alone, shown.head(2))
    assert set(told["nearest"]) == {"Only way"}


def test_published_side_is_text_and_exact() -> None:
    text = public_as_text(over_months(compare(PUBLISHED, PUBLISHED)))
    assert text["published_patients"].tolist() == ["200", "50"]
    assert text["published_share"].tolist() == ["75.0%", "50.0%"]


def test_nothing_in_common_gives_no_rows() -> None:
    nothing = over_months(compare(PUBLISHED.head(0), PUBLISHED))
    shown = pd.DataFrame({"total": [], "share": []}, dtype="Float64")
    assert with_readings(nothing, shown).empty


def test_a_publication_agrees_with_itself(publication: Publication) -> None:
    theirs = provider_by_month(publication)
    found = compare(theirs, theirs)
    assert len(found) == len(theirs)
    assert (found["total"] == found["total_published"]).all()
    listed = publication.vintages
    used = listed[listed["used"] & (listed["basis"] == "provider")]
    provisional = used.loc[used["status"] == "provisional", "month"].nunique()
    assert provisional_months(publication, publication.months) == provisional
