"""A status has no day: when it was set is read from the ages at which clocks bear it."""

from __future__ import annotations

from datetime import date

import breach_records as made
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.breach.landmark_rows import landmarks
from workbench.breach.settings import load_settings
from workbench.breach.undated import ENOUGH, exit_days


def ages(step: int, share: float, route: str = "a", per_day: int = 60, seed: int = 0):
    """Clocks of ages of two years, of which a share is closed from a day on."""
    draw = np.random.default_rng(seed)
    age = np.arange(730)
    closed = np.where(age >= step, draw.binomial(per_day, share, 730), 0)
    return pd.DataFrame({"route": route, "age": age, "clocks": per_day, "closed": closed})


@settings(max_examples=15)
@given(step=st.integers(20, 200), share=st.floats(0.02, 0.4), seed=st.integers(0, 50))
def test_the_day_on_which_lists_are_tidied_is_found(step, share, seed):
    found = exit_days(ages(step, share, seed=seed), 42)["a"]
    assert abs(found - step) <= (3 if share > 0.1 else 20)


def test_each_route_has_its_own_day_and_few_or_none_have_the_settings():
    both = pd.concat([ages(42, 0.2, "upgrade"), ages(126, 0.01, "urgent"), ages(300, 0.0, "none")])
    found = exit_days(both, 7)
    assert abs(found["upgrade"] - 42) <= 2
    assert abs(found["urgent"] - 126) <= 25
    assert found["none"] == 7
    few = ages(42, 0.2).assign(clocks=1, closed=lambda t: (t["age"] % 40 == 0) * 1)
    assert few["closed"].sum() < ENOUGH
    assert exit_days(few, 7)["a"] == 7


def test_a_share_that_is_the_same_at_every_age_is_no_step():
    draw = np.random.default_rng(1)
    flat = ages(0, 0.1).assign(closed=draw.binomial(60, 0.1, 730))
    assert exit_days(flat, 42)["a"] in {42, *range(5)}


def test_a_pathway_tidied_away_late_was_open_past_the_day_whatever_its_age():
    store = made.made(900, seed=3, days=700)
    records = store.records.copy()
    cut = date(2024, 12, 31)
    age = (pd.Timestamp(cut) - records[made.CRTP]).dt.days
    # a tenth is never told; the list is tidied when they are 126 days old
    draw = np.random.default_rng(0).random(len(records)) < 0.3
    for name in (made.TOLD, made.TREATED, made.DECIDED, made.MOVED):
        records.loc[draw, name] = pd.NaT
    records.loc[draw, made.WHY_TOLD] = None
    records.loc[draw, made.STATUS] = np.where(age[draw] > 126, "03", "14")
    found = landmarks(records, standard="62D", as_at=cut).frame
    never = found[found["record_id"].isin(records.loc[draw, "record_id"])]
    known = never[never["outcome"].notna() & (never["landmark_day"] == 0)]
    old = (pd.Timestamp(cut) - known["clock_start_date"]).dt.days > 126
    assert old.any()
    assert (~old).any()
    assert known["outcome"].astype(bool).all()
    assert load_settings().undated_exit_day < 62  # with the day of the settings none would be
