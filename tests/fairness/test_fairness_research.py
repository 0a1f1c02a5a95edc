"""Methods that draw lots: their randomness is shown, and no flag of anyone leaves."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from test_fairness_mitigation import looks

from workbench.errors import ParameterError
from workbench.fairness.mitigation_research import GRADIENT, OPTIMISER, TABLE, Research, research

NAMES = {"group": "group", "id": "look", "cluster": "person"}


@pytest.fixture(scope="module")
def found() -> Research:
    return research(looks(people=1500, shift=-1.5), "late", **NAMES)


def test_another_seed_flags_other_people(found: Research) -> None:
    changed = found.table.set_index("method")["changed"]
    assert set(changed.index) == {OPTIMISER, GRADIENT}
    assert (changed > 0).any()


def test_thresholds_by_group_narrow_the_planted_gap(found: Research) -> None:
    table = found.by_group[found.by_group["method"] == OPTIMISER].set_index("group")
    rate = table["missed"] / table["events"]
    assert abs(rate["B"] - rate["A"]) < 0.12


def test_a_plain_list_as_long_stands_beside_each(found: Research) -> None:
    table = found.table
    assert (table["caught"] <= table["events"]).all()
    assert (table["caught_by_risk"] <= table["events"]).all()
    assert (table["listed"] >= table["caught"]).all()


def test_there_is_no_row_of_anyone_in_it(found: Research) -> None:
    for field in dataclasses.fields(found):
        held = getattr(found, field.name)
        assert isinstance(held, pd.DataFrame)
        assert len(held) <= 8
        assert not any(isinstance(value, np.ndarray | list) for value in held.to_numpy().ravel())


def test_the_same_seeds_give_the_same_totals(found: Research) -> None:
    again = research(looks(people=1500, shift=-1.5), "late", **NAMES)
    pd.testing.assert_frame_equal(found.table, again.table)


def test_one_seed_alone_shows_no_randomness_and_is_refused() -> None:
    with pytest.raises(ParameterError, match="two seeds"):
        research(looks(people=100), "late", **NAMES, seeds=(1, 1))


def test_a_group_that_came_out_alike_is_no_fault() -> None:
    frame = looks(people=400, shift=-1.0)
    frame.loc[frame["group"] == "C", "late"] = 0
    frame.loc[frame["group"] == "Not known", "late"] = 1
    found = research(frame, "late", **NAMES)
    assert set(found.table["method"]) == {OPTIMISER, GRADIENT}
    assert set(found.by_group["group"]) == {"A", "B", "C", "Not known"}
    alone = research(frame.assign(late=(frame.index == 0).astype(int)), "late", **NAMES)
    assert alone.table.empty or len(alone.table) == 2


def test_where_nothing_can_be_learnt_there_are_no_rows() -> None:
    frame = looks(people=60)
    even = pd.factorize(frame["person"], sort=True)[0] % 2 == 0
    found = research(frame.assign(late=frame["late"].where(~even, 0)), "late", **NAMES)
    assert found.table.empty
    assert found.by_group.empty
    assert list(found.table) == list(TABLE)
