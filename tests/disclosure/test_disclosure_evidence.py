"""The evidence's own attacker, on a few of its tables."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import disclosure as evidence
from _disclosure_tables import BROAD, flat, nested, reruns


@pytest.mark.parametrize("seed", [3, 4])
def test_a_table_of_six_by_fourteen_gives_nothing_away(seed: int) -> None:
    found = evidence.of_table(flat(seed, 3_000))
    assert found["released"] == 1
    assert found["small"] > 0
    assert found["least"] >= 5
    assert found["shown"] >= 0.92


def test_five_groups_and_the_eighteen_in_them_give_nothing_away() -> None:
    found = evidence.of_table(nested(5, 12_000), BROAD)
    assert (found["released"], found["narrow"]) == (1, 0)
    assert found["small"] > 0


@pytest.mark.parametrize("rolling", [False, True])
def test_eight_reruns_give_nothing_away(rolling: bool) -> None:
    found = evidence.of_chain(reruns(2, 1_500, 3, rolling=rolling))
    assert (found["released"], found["narrow"]) == (1, 0)
    assert found["small"] > 0


def test_the_attacker_gets_through_the_plain_rule() -> None:
    found = [evidence.of_plain(flat(seed, 3_000)) for seed in range(1, 11)]
    assert sum(one["narrow"] for one in found) > 0
    assert min(one["least"] for one in found) < evidence.ENOUGH


def test_three_hundred_cells_are_audited_within_five_seconds() -> None:
    found = evidence.of_table(flat(1, 12_000, 20))
    assert found["cells"] >= 300
    assert found["cpu"] < 5
