"""The quality score is the DQMI's: its published worked example, and its edges."""

from __future__ import annotations

import math

import pytest
from dictionary_cases import COLUMNS, clean, on_engine, with_cells

from workbench.dictionary.findings import ItemCount
from workbench.dictionary.quality import index, item_score, quality_of
from workbench.errors import ParameterError

ITEMS = [0.94, 1, 0.76, 0, 0.8, 0.45, 0.935, 1, 1, 1, 0.98, 0.835]
COVERAGES = [1.0] * 3 + [1 / 3] * 6 + [2 / 3] * 3


def test_the_published_worked_example() -> None:
    assert index(ITEMS, COVERAGES) == pytest.approx(47.15, abs=0.005)
    assert round(sum(ITEMS), 2) == 9.70
    assert sum(COVERAGES) == pytest.approx(7)


@pytest.mark.parametrize(
    ("count", "score"),
    [
        (ItemCount(100, 90, 40, 1.0), 0.90),
        (ItemCount(100, 90, 40, 0.0), 0.50),
        (ItemCount(100, 90, 40, 0.25), 0.75),
        (ItemCount(100, 90, 25, 0.25), 0.90),
        (ItemCount(100, 0, 0, 1.0), 0.0),
    ],
)
def test_only_defaults_above_the_threshold_count_against_an_item(
    count: ItemCount, score: float
) -> None:
    assert item_score(count) == pytest.approx(score)


def test_an_item_of_no_records_has_no_score() -> None:
    assert math.isnan(item_score(ItemCount(0, 0, 0, 1.0)))


@pytest.mark.parametrize("coverages", [[], [1.2], [-0.1], [math.nan]])
def test_a_coverage_that_is_no_share_is_refused(coverages: list[float]) -> None:
    with pytest.raises(ParameterError):
        index([1.0], coverages)


def test_the_score_of_checked_rows() -> None:
    frame = clean(20)
    cells = {(row, "referral_type"): "99" for row in range(1, 6)}
    found = on_engine(with_cells(frame, {**cells, (6, "place"): "s", (7, "place"): None}))
    scored = quality_of(found, coverages=[1.0, 0.5])
    assert scored.items["referral_type"] == pytest.approx((20 - (5 - 0.1 * 20)) / 20)
    assert scored.items["place"] == pytest.approx(18 / 20)
    assert scored.items["other_number"] == 0
    others = [name for name in COLUMNS if name not in ("referral_type", "place", "other_number")]
    assert [scored.items[name] for name in others] == [1.0] * len(others)
    mean = (0.85 + 0.9 + 0 + len(others)) / len(COLUMNS)
    assert scored.score == pytest.approx(mean * 0.75 * 100)
