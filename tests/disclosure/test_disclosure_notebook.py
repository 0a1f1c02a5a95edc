"""Releases of one notebook are held against each other, and reports of one run too."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from workbench.disclosure import Released, Share, release
from workbench.disclosure.audit import facts_of, known_across, shown_from
from workbench.disclosure.gate import Gate, begin
from workbench.disclosure.profiles import chosen_profile

SHARES = {"share": Share("within", "total")}


def counted(total: list[float], **columns: object) -> pd.DataFrame:
    return pd.DataFrame({"group": [f"g{n}" for n in range(len(total))], "total": total, **columns})


def released(frame: pd.DataFrame, *keys: str, profile: str = "nhs_round5") -> Released:
    names = list(keys) or ["group"]
    counts = [name for name in frame if name not in names]
    shares = SHARES if "within" in counts else {}
    return release(frame, keys=names, counts=counts, shares=shares, profile=profile)


def test_a_share_s_rest_cannot_be_told_from_its_two_counts() -> None:
    """90 and 96 are shown as 90 and 95; with the share withheld the rest is 1 to 7: any of 5."""
    made = released(counted([96, 500], within=[90, 300]))
    assert made.withheld["share"].tolist() == [True, False]
    assert not made.withheld["within"].any()
    made = released(counted([100, 500], within=[94, 300]))
    assert made.frame["total"].tolist() == [100, 500]
    # 95 or so of 100 or so leaves 1 to 7; but 90 or so would leave 6 or 7.
    made = released(counted([98, 500], within=[91, 300]))
    assert made.withheld["within"].tolist() == [True, False]


def test_a_column_that_is_the_sum_of_others_gives_no_part_away() -> None:
    frame = counted([20, 300], known=[12, 200], other=[8, 100])
    assert not released(frame).withheld.to_numpy().any()
    frame = counted([18, 300], known=[15, 200], other=[3, 100])
    made = released(frame)
    assert made.withheld["other"].tolist() == [True, False]


def test_a_total_row_cannot_be_set_against_its_parts() -> None:
    frame = pd.DataFrame({"group": ["a", "b", "c", "All"], "n": [3.0, 40, 52, 95]})
    rounded = released(frame)
    assert rounded.withheld["n"].tolist() == [True, False, False, False]
    exact = released(frame, profile="suppress")
    assert exact.withheld["n"].sum() == 2
    assert exact.withheld["n"][0]
    assert exact.frame["n"][3] == 95 or exact.withheld["n"][3]


def test_a_second_table_of_the_notebook_cannot_be_set_against_the_first() -> None:
    gate = begin()
    by_sex = pd.DataFrame({"sex": ["1", "2"], "n": [103.0, 60]})
    both = pd.DataFrame({"sex": ["1", "1", "2", "2"], "smoker": ["no", "yes"] * 2})
    both["n"] = [100.0, 3, 30, 30]
    first = released(by_sex, "sex", profile="suppress")
    assert not first.withheld.to_numpy().any()
    second = released(both, "sex", "smoker", profile="suppress")
    assert second.withheld["n"].tolist()[:2] == [True, True]
    assert len(gate.held) == 2


def test_outside_a_notebook_tables_are_held_against_themselves_alone() -> None:
    gate = begin()
    del gate
    released(pd.DataFrame({"sex": ["1", "2"], "n": [103.0, 60]}), "sex", profile="suppress")
    both = pd.DataFrame({"sex": ["1", "1"], "smoker": ["no", "yes"], "n": [100.0, 3]})
    assert released(both, "sex", "smoker", profile="suppress").withheld["n"].tolist() == [
        False,
        True,
    ]


def test_the_same_table_is_shown_the_same_way_each_time_it_is_released() -> None:
    gate = begin()
    frame = pd.DataFrame({"group": ["a", "b", "c", "All"], "n": [3.0, 40, 52, 95]})
    one = released(frame, profile="suppress")
    other = released(frame, profile="suppress")
    turned = released(frame[::-1].reset_index(drop=True), profile="suppress")
    pd.testing.assert_frame_equal(one.frame, other.frame)
    assert turned.withheld["n"].tolist() == one.withheld["n"].tolist()[::-1]
    assert len(gate.held) == 2


def test_wide_groups_of_the_dictionary_are_known_to_be_made_of_narrow_ones() -> None:
    narrow = pd.DataFrame({"ethnicity": ["British", "Irish", "Any other White"]})
    narrow["n"] = [400.0, 3, 60]
    wide = pd.DataFrame({"ethnicity": ["White", "Asian"], "n": [463.0, 200]})
    gate = begin()
    released(wide, "ethnicity", profile="suppress")
    made = released(narrow, "ethnicity", profile="suppress")
    assert made.withheld["n"].sum() == 2
    assert made.withheld["n"][1]
    assert gate.held


def test_two_ways_to_divide_the_same_people_have_the_same_sum() -> None:
    frame = pd.DataFrame(
        {
            "characteristic": ["sex", "sex", "age", "age", "age"],
            "group": ["1", "2", "young", "middle", "old"],
            "n": [100.0, 60, 4, 70, 86],
        }
    )
    made = released(frame, "characteristic", "group", profile="suppress")
    assert made.withheld["n"].sum() >= 2
    assert made.withheld["n"][2]


def _gate(*tables: pd.DataFrame, keys: tuple[str, ...] = ("sex",)) -> Gate:
    gate = begin()
    for frame in tables:
        names = [name for name in ("sex", "smoker") if name in frame]
        released(frame, *names, profile="suppress")
    return gate


def test_reports_that_together_give_a_count_away_are_found() -> None:
    by_sex = pd.DataFrame({"sex": ["1", "2"], "n": [103.0, 60]})
    both = pd.DataFrame({"sex": ["1", "1"], "smoker": ["no", "yes"], "n": [100.0, 3]})
    one, other = (shown_from(json.loads(json.dumps(facts_of(_gate(f))))) for f in (by_sex, both))
    found = known_across({"01_a": one, "02_b": other})
    assert list(found) == ["02_b"]
    assert "1 small counts" in found["02_b"][0]
    assert known_across({"02_b": other}) == {}
    assert known_across({"01_a": one}) == {}


def test_rounded_reports_give_nothing_away_together() -> None:
    rule = chosen_profile("nhs_round5")
    random = np.random.default_rng(0)
    gates = {}
    counts = random.multinomial(300, random.dirichlet(np.ones(8))).astype(float)
    whole = pd.DataFrame({"sex": ["1"] * 4 + ["2"] * 4, "smoker": list("abcd") * 2, "n": counts})
    for name, keys in (("01", ["sex"]), ("02", ["smoker"]), ("03", ["sex", "smoker"])):
        gate = begin()
        released(whole.groupby(keys, as_index=False)["n"].sum(), *keys, profile=rule.name)
        gates[name] = shown_from(facts_of(gate))
    assert known_across(gates) == {}


@pytest.mark.parametrize("people", [[2.0, 0, 0], [0.5, 8, 9], [0, 0, 0]])
def test_tables_of_few_or_no_people_pass(people: list[float]) -> None:
    made = released(counted([*people, sum(people)]), profile="suppress")
    shown = made.frame["total"].dropna()
    assert not ((shown > 0) & (shown < 8)).any()


@pytest.mark.parametrize("order", [("sex", "group"), ("group", "sex")])
def test_margins_of_which_a_large_one_is_withheld_are_held_against_each_other(
    order: tuple[str, ...],
) -> None:
    """112 women, withheld, are more than any cell shown: that is no contradiction."""
    cells = [("A", "F", 60), ("A", "M", 40), ("B", "F", 47), ("B", "M", 3), ("C", "F", 5)]
    both = pd.DataFrame([*cells, ("C", "M", 4)], columns=["group", "sex", "n"]).astype({"n": float})
    gate = begin()
    made = {"both": released(both, "group", "sex", profile="suppress")}
    for name in order:
        margin = both.groupby(name, as_index=False)["n"].sum()
        made[name] = released(margin, name, profile="suppress")
    assert made["both"].withheld["n"].sum() == 3
    assert made["sex"].withheld["n"].any()
    assert gate.narrow == set()
