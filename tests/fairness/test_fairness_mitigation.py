"""Options against a gap: lists by a fixed rule, planted gaps recovered, no lot on any list."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from workbench.errors import InputError, ParameterError
from workbench.fairness.flags import many
from workbench.fairness.mitigation import (
    KNOWN,
    MORE,
    NOW,
    PAYS,
    RECALIBRATED,
    RESERVED,
    Mitigation,
    options,
)
from workbench.fairness.mitigation_figures import missed, net_benefit
from workbench.fairness.mitigation_rows import Rows, read_rows, recalibrated, reserved

GROUPS = ("A", "B", "C", "Not known")


def looks(
    people: int = 4000, each: int = 2, seed: int = 3, shift: float = 0.0, slope: float = 1.0
) -> pd.DataFrame:
    """Looks at people; of group B the score's log odds are `slope` times too flat, plus `shift`."""
    random = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), each)
    group = random.choice(4, people, p=(0.6, 0.25, 0.1, 0.05))[person]
    truth = random.normal(-1.2, 1.0, people)[person] + random.normal(0, 0.3, people * each)
    told = np.where(group == 1, truth * slope + shift, truth)
    return pd.DataFrame(
        {
            "look": [f"{at:06d}" for at in range(people * each)],
            "person": [f"P{at:05d}" for at in person],
            "group": np.array(GROUPS)[group],
            "late": (random.random(people * each) < expit(truth)).astype(int),
            "risk": expit(told),
        }
    )


def tried(frame: pd.DataFrame, **more: object) -> Mitigation:
    given: dict[str, object] = {"group": "group", "id": "look", "cluster": "person", **more}
    return options(frame, "late", **given)  # type: ignore[arg-type]


def rows(frame: pd.DataFrame, capacity: float = 0.2) -> Rows:
    return read_rows(
        frame, "late", score="risk", group="group", id="look", cluster="person", capacity=capacity
    )


def of(found: Mitigation, option: str) -> pd.DataFrame:
    return found.by_group[found.by_group["option"] == option].set_index("group")


@pytest.fixture(scope="module")
def planted() -> Mitigation:
    return tried(looks(shift=-1.5))


def test_the_group_whose_risks_are_planted_too_low_is_the_one_missed_most(
    planted: Mitigation,
) -> None:
    assert planted.facts["worst"] == "B"
    now = of(planted, NOW)
    assert now.loc["B", "now_lower"] > now.loc["A", "now_upper"]


def test_correcting_its_risks_closes_the_gap_and_catches_more(planted: Mitigation) -> None:
    row = planted.options.set_index("option").loc[RECALIBRATED]
    mended = of(planted, RECALIBRATED)
    assert planted.facts["recalibrated"] == ("A", "B", "C")
    assert mended.loc["B", "change_upper"] < -0.2
    assert abs(mended.loc["B", "after"] - mended.loc["A", "after"]) < 0.1
    assert row["change_upper"] < 0
    assert row["listed"] == planted.options.set_index("option").loc[NOW, "listed"]


def test_corrected_risks_come_true_in_every_group_that_was_corrected() -> None:
    frame = looks(people=12_000, shift=-1.5, slope=0.6)
    held = rows(frame)
    risk, changed = recalibrated(held)
    at = held.group == held.labels.index("B")
    assert "B" in changed
    assert held.outcome[at].sum() / held.score[at].sum() > 1.5
    assert held.outcome[at].sum() / risk[at].sum() == pytest.approx(1, abs=0.05)


def test_a_group_with_under_200_events_keeps_its_risks() -> None:
    held = rows(looks(people=250))
    risk, changed = recalibrated(held)
    assert changed == ()
    assert np.array_equal(risk, held.score)


def test_those_not_known_are_never_recalibrated_nor_given_places() -> None:
    frame = looks(people=6000)
    unknown = frame["group"] == "Not known"
    frame.loc[unknown, "risk"] = expit(logit(frame.loc[unknown, "risk"]) - 4)
    held = rows(frame)
    risk, changed = recalibrated(held)
    at = held.group == held.labels.index("Not known")
    assert "Not known" not in changed
    assert np.array_equal(risk[at], held.score[at])
    assert tried(frame).facts["worst"] != "Not known"


def test_every_group_has_a_row_in_every_option(planted: Mitigation) -> None:
    for option in (NOW, KNOWN, RECALIBRATED, MORE, PAYS, RESERVED):
        assert list(of(planted, option).index) == ["All", *GROUPS]


def test_kept_places_go_to_the_group_and_cost_the_others(planted: Mitigation) -> None:
    table = planted.options.set_index("option")
    kept = of(planted, RESERVED)
    assert table.loc[RESERVED, "listed"] == table.loc[NOW, "listed"]
    assert kept.loc["B", "change_upper"] < 0
    assert kept.loc["A", "change"] > 0
    assert table.loc[RESERVED, "caught"] == (
        table.loc[NOW, "caught"] + table.loc[RESERVED, "gained"] - table.loc[RESERVED, "lost"]
    )


def test_knowing_groups_changes_no_list(planted: Mitigation) -> None:
    now, known = (of(planted, option).drop(columns="option") for option in (NOW, KNOWN))
    pd.testing.assert_frame_equal(now, known)


def test_a_longer_list_loses_nobody_and_is_a_quarter_longer(planted: Mitigation) -> None:
    table = planted.options.set_index("option")
    assert table.loc[MORE, "lost"] == 0
    assert table.loc[MORE, "listed"] == many(0.25, 8000)


def test_looking_where_it_pays_has_the_greatest_net_benefit_for_that_price() -> None:
    found = tried(looks(people=8000), in_vain=4.0)
    best = found.options.set_index("option")["net_benefit"]
    assert found.facts["threshold"] == pytest.approx(0.2)
    assert best.idxmax() == PAYS


def test_net_benefit_of_looking_at_everyone_is_the_textbook_one() -> None:
    outcome = np.array([1.0, 0, 0, 0, 0])
    assert net_benefit(outcome, np.ones(5, dtype=bool), 0.2) == pytest.approx(0.2 - 0.8 * 0.25)


@settings(max_examples=25, deadline=None)
@given(
    share=st.floats(0, 1), capacity=st.floats(0.02, 0.9), place=st.integers(0, 3),
    seed=st.integers(0, 50),
)  # fmt: skip
def test_kept_places_fill_the_list_exactly_and_by_risk(
    share: float, capacity: float, place: int, seed: int
) -> None:
    frame = looks(people=60, seed=seed)
    held = rows(frame, capacity)
    place = min(place, len(held.labels) - 1)
    listed = reserved(held, place, share)
    assert listed.sum() == many(capacity, len(held))
    for at in range(len(held.labels)):
        own = held.group == at
        if (listed & own).any() and (~listed & own).any():
            assert held.score[listed & own].min() >= held.score[~listed & own].max()
    plain = held.first(held.score, capacity)
    own = held.group == place
    assert (listed & own).sum() >= (plain & own).sum()


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_neither_order_of_rows_nor_another_run_changes_a_figure(seed: int) -> None:
    frame = looks(people=300).round({"risk": 1})  # many equal risks
    turned = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
    first, second = (tried(rows_, keep_for="B") for rows_ in (frame, turned))
    pd.testing.assert_frame_equal(first.options, second.options)
    pd.testing.assert_frame_equal(first.by_group, second.by_group)


def test_intervals_widen_where_rows_of_one_person_are_copies() -> None:
    once = looks(people=1500, each=1)
    copies = pd.concat([once, once.assign(look=once["look"] + "b")], ignore_index=True)
    single, double = (of(tried(frame, keep_for="B"), NOW) for frame in (once, copies))
    for group in ("A", "B"):
        wide = [t.loc[group, "now_upper"] - t.loc[group, "now_lower"] for t in (single, double)]
        assert wide[1] == pytest.approx(wide[0], rel=0.02)
        assert single.loc[group, "now"] == pytest.approx(double.loc[group, "now"], abs=0.02)


def test_intervals_of_a_share_cover_it_as_often_as_they_say() -> None:
    random = np.random.default_rng(5)
    covered = []
    for _ in range(400):
        person = np.repeat(np.arange(150), 3)
        chance = random.beta(2, 2, 150)[person]
        listed = random.random(450) > chance
        found = missed(np.ones(450), listed, listed, np.zeros(450, dtype=np.int64), 1, person)
        _, lower, upper = found.rate_before[0]
        covered.append(lower <= 0.5 <= upper)
    assert 0.92 <= np.mean(covered) <= 0.98


def test_no_events_and_no_misses_have_limits_that_say_so() -> None:
    listed = np.ones(40, dtype=bool)
    group = np.repeat([0, 1], 20)
    outcome = (group == 0).astype(float)
    found = missed(outcome, listed, listed, group, 2, np.arange(40))
    assert found.rate_before[0, 0] == 0
    assert found.rate_before[0, 2] > 0.1
    assert np.isnan(found.rate_before[1]).all()


def test_without_a_clear_gap_no_places_are_kept() -> None:
    found = tried(looks(people=500), reserve=False)
    assert RESERVED not in set(found.options["option"])


def test_impossible_settings_are_told_all_at_once() -> None:
    frame = looks(people=200)
    with pytest.raises(ParameterError) as told:
        tried(frame, capacity=1.5, more=-1, in_vain=0)
    assert len(told.value.faults) == 3
    with pytest.raises(ParameterError, match="no group 'Z'"):
        tried(frame, keep_for="Z")
    with pytest.raises(ParameterError, match="enough events"):
        tried(frame.head(40))
    with pytest.raises(ParameterError, match="cannot be assessed"):
        tried(frame.drop(columns="look"))


def test_what_is_no_list_is_refused() -> None:
    frame = looks(people=200)
    with pytest.raises(InputError, match="more than once"):
        tried(frame.assign(look="same"), keep_for="B")
    with pytest.raises(InputError, match="0 to 1"):
        tried(frame.assign(risk=frame["risk"] * 10), keep_for="B")
    with pytest.raises(ParameterError, match="from 0 to 1"):
        reserved(rows(frame), 0, 1.5)


def test_results_hold_tables_only() -> None:
    found = tried(looks(people=400), keep_for="B")
    held = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    assert max(len(table) for table in held.values()) < 50
    assert not {"look", "person", "risk"} & {c for t in held.values() for c in t}


def test_too_few_events_are_no_fault_where_no_places_are_kept() -> None:
    frame = looks(people=60, each=1)
    with pytest.raises(ParameterError, match="enough events"):
        tried(frame)
    found = tried(frame, reserve=False)
    assert RESERVED not in set(found.options["option"])
    assert found.facts["worst"] == "A"  # the largest
