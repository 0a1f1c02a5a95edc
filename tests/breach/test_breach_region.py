"""The whole way on a made region: risks add up to what happens on clocks nobody has seen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from workbench.breach.frames import cases
from workbench.breach.roles import landmark_roles
from workbench.breach.settings import load_settings
from workbench.breach.splits import by_time
from workbench.breach.store import landmarks_of_store
from workbench.breach.training import fit
from workbench.demo import write_demo
from workbench.dictionary.load import load
from workbench.intake import ingest
from workbench.intake.keys import create_keys
from workbench.workspace import open_workspace

AS_AT = date(2025, 3, 31)
pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("region") / "demo"
    write_demo(root, 4, referrals=20_000, as_at=AS_AT)
    create_keys(root)
    workspace = open_workspace(root)
    ingest.run(workspace, load(workspace.dictionary), plain=True)
    return root / "store" / "pathway_records.parquet"


@pytest.mark.parametrize("standard", ["FDS", "31D", "62D"])
def test_risks_add_up_at_every_landmark_of_the_latest_quarter(region, standard):
    frame = landmarks_of_store(region, standard=standard, as_at=AS_AT).frame
    known, roles = load_settings(), landmark_roles()
    held = cases(frame, roles).cases
    split = by_time(held, known)
    test = held.taken(split.test)
    risk = fit(held, roles, split, 1).risk(test)
    days = np.unique(test.landmark)
    assert tuple(days) == known.landmark_days[standard]
    for day in days:
        here = test.landmark == day
        observed, expected = test.outcome[here].sum(), risk[here].sum()
        # chance of the judged quarter and of the one that it was calibrated on
        chance = 2.6 * np.sqrt(2 * (risk[here] * (1 - risk[here])).sum()) / expected
        assert abs(observed / expected - 1) < max(0.1, chance), day


def test_an_outcome_does_not_depend_on_how_long_ago_it_was(region):
    frame = landmarks_of_store(region, standard="62D", as_at=AS_AT).frame
    rows = frame[(frame["landmark_day"] == 0) & frame["outcome"].notna()]
    age = (np.datetime64(AS_AT) - rows["clock_start_date"]).dt.days
    urgent = rows["referral_route"] == "urgent_suspected_cancer"
    # lists are tidied when pathways are 126 days old: just before and after, shares are alike
    shares = [
        rows.loc[urgent & (age > low) & (age <= low + 63), "outcome"].astype(float)
        for low in (63, 126)
    ]
    apart = shares[0].mean() - shares[1].mean()
    error = np.sqrt(sum(one.var() / len(one) for one in shares))
    assert abs(apart) < 3 * error
    closed = rows["ended_how"].eq("left") & urgent & (age > 126)
    assert rows.loc[closed & (rows["ended_day"] > 62), "outcome"].astype(bool).all()
