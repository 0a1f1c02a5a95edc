"""No event after a landmark leaves a trace in it, whatever is done to those events."""

from __future__ import annotations

from functools import lru_cache

import breach_records as made
import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from workbench.breach.frames import cases
from workbench.breach.landmark_rows import KEY, landmarks
from workbench.breach.roles import landmark_roles, roles_of
from workbench.breach.settings import load_settings
from workbench.errors import ParameterError

AS_AT = "2024-04-30"
FEATURES = [one.name for one in landmark_roles().features]
SEEN = [name for name in (*KEY, *FEATURES, *landmark_roles().protected) if name != "outcome"]


@lru_cache(maxsize=1)
def store() -> made.Store:
    held = made.made(120, seed=5)
    records = held.records
    # some have a second treatment, whose record says so only when it is given
    again = records[records[made.TREATED].notna()].iloc[::3]
    later = again.assign(
        record_id="l" + again["record_id"],
        **{
            made.DECIDED: again[made.TREATED] + pd.Timedelta(days=20),
            made.TREATED: again[made.TREATED] + pd.Timedelta(days=50),
            made.EVENT: "02",
        },
    )
    return made.Store(
        pd.concat([records, later], ignore_index=True), held.milestones, held.demographics
    )


@lru_cache(maxsize=3)
def whole(standard: str) -> pd.DataFrame:
    return build(store(), standard, AS_AT)


def build(held: made.Store, standard: str, as_at: str) -> pd.DataFrame:
    return landmarks(
        held.records, held.milestones, demographics=held.demographics, standard=standard,
        as_at=as_at,
    ).frame  # fmt: skip


def forgotten(held: made.Store, cut: str, seed: int | None) -> made.Store:
    """Later events taken out, or shuffled, with what is only written down when they happen."""
    draw = None if seed is None else np.random.default_rng(seed)
    less = made.cut_off(held, cut, draw)
    if draw is None:
        of_later = less.records["record_id"].str.startswith("l")
        treated = less.records[made.TREATED].notna()
        less.records.loc[~treated, made.EVENT] = None
        less.records = less.records[~of_later | treated]
    return less


@budget(max_examples=4, phases=(Phase.explicit, Phase.generate))
@given(
    standard=st.sampled_from(["FDS", "31D", "62D"]),
    cut=st.integers(150, 420),
    seed=st.one_of(st.none(), st.integers(0, 99)),
)
def test_removing_or_shuffling_what_comes_later_leaves_every_row_bit_identical(standard, cut, seed):
    day = str(made.FIRST + np.timedelta64(cut, "D"))
    full = whole(standard)
    less = build(forgotten(store(), day, seed), standard, AS_AT if seed is not None else day)
    told = full["landmark_date"] <= day
    if seed is None:  # the record of a later treatment is made only when it is given
        told &= ~full["pathway_id"].str.contains("/")
    before = full[told].set_index(list(KEY))
    after = less[less["landmark_date"] <= day].set_index(list(KEY))
    assert len(before) > 20
    # a clock that is open at the end of a day is there, whatever comes of it
    assert set(before.index) <= set(after.index)
    for name in (one for one in SEEN if one not in KEY):
        left, right = before[name], after.loc[before.index, name]
        assert left.astype("str").tolist() == right.astype("str").tolist(), name


def test_a_column_known_only_later_is_blanked_and_reported():
    frame = whole("62D")
    late = frame.assign(tumour_group="lung", tumour_group_known=frame["clock_start_date"])
    late.loc[::2, "tumour_group_known"] = late["landmark_date"] + pd.Timedelta(days=1)
    held = cases(late, landmark_roles())
    assert held.blanked["tumour_group"] == len(late.iloc[::2])
    assert held.cases.codes["tumour_group"].missing[::2].all()
    assert not held.cases.codes["tumour_group"].missing[1::2].any()


@pytest.mark.parametrize(
    "name",
    [
        "treatment_start_date_cancer", "delay_reason_comment", "ended_day", "late", "wait_days",
        "waiting_time_adjustment_treatment", "primary_diagnosis_icd", "final_stage",
        "cancer_or_symptomatic_breast_referral_patient_status", "number_of_events",
    ],
)  # fmt: skip
def test_each_name_of_the_deny_list_is_refused_by_name(name):
    held = dict(load_settings().roles)
    held["features"] = {**held["features"], name: {"kind": "number", "known_at": "row"}}
    with pytest.raises(ParameterError, match=f"feature '{name}' is refused"):
        roles_of(held)


def test_a_column_that_does_not_say_when_it_is_known_is_refused():
    held = dict(load_settings().roles)
    held["features"] = {**held["features"], "ct_result": {"kind": "number"}}
    with pytest.raises(ParameterError, match=r"ct_result.*'known_at' is not declared"):
        roles_of(held)


def test_a_later_treatment_counts_only_when_nearly_all_begun_with_it_have_been_given():
    rows, known = whole("31D"), load_settings()
    later = rows["pathway_id"].str.contains("/")
    assert later.sum() > 10
    settled = (rows["outcome_date"] - rows["clock_start_date"]).dt.days
    assert (settled[~later] == 31).all()
    assert (settled[later] == 31 + known.maturation_days).all()
    young = later & (rows["clock_start_date"] > pd.Timestamp(AS_AT) - pd.Timedelta(days=100))
    assert rows.loc[young, "outcome"].isna().all()
    # and nobody who is seen only when treated is in the load that others are seen against
    first = store().records[~store().records["record_id"].str.startswith("l")]
    alone = build(made.Store(first, store().milestones, store().demographics), "31D", AS_AT)
    both = rows[~later].set_index(["pathway_id", "landmark_day"])["open_pathways_at_provider"]
    own = alone.set_index(["pathway_id", "landmark_day"])["open_pathways_at_provider"]
    assert both.notna().any()
    assert both.equals(own.loc[both.index])


def test_no_load_is_known_before_the_data_have_run_long_enough():
    rows, known = whole("62D"), load_settings()
    full = rows["clock_start_date"].min() + pd.Timedelta(days=known.load_days)
    told = rows["open_pathways_at_provider"].notna()
    assert (told == (rows["landmark_date"] >= full)).all()
