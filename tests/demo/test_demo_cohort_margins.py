"""The region's margins beside the published ones, counted by the standards engine."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.demo.cohort.journeys import NEVER
from workbench.demo.cohort.margins import (
    FDS_CANCER_FOUND,
    PUBLISHED_31D,
    PUBLISHED_62D_BY_ROUTE,
    PUBLISHED_62D_BY_TUMOUR,
    PUBLISHED_FDS,
    ROUTES,
    TUMOURS,
    cancer_mix,
)
from workbench.standards import waits


def counted(region) -> pd.DataFrame:
    """Waits of the region's records, with the true tumour group and route of each."""
    records, columns = region.records, {}
    for name, values in region.records.columns.items():
        held = pd.Series(values)
        if values.dtype.kind == "i":
            columns[name] = pd.to_datetime(held.where(held != NEVER), unit="D")
        else:
            columns[name] = held.where(held != "")
    frame = pd.DataFrame(columns).assign(record_id=np.arange(len(records)).astype(str))
    found = waits(frame)
    known = pd.DataFrame(
        {
            "record_id": frame["record_id"],
            "tumour": np.array([*TUMOURS, ""])[region.referrals.tumour[records.referral]],
            "route": np.array(ROUTES)[region.referrals.route[records.referral]],
        }
    )
    return found[found["included"]].merge(known, on="record_id")


@pytest.fixture(scope="module")
def tally(region):
    return counted(region)


def beside(tally: pd.DataFrame, published: pd.DataFrame, by: str) -> pd.DataFrame:
    rows = tally[tally["standard"] == "62D"].groupby(by)[["weight", "weight_within"]].sum()
    table = rows.join(published.set_index(published.columns[0])["within"], how="right")
    share = table["weight_within"] / table["weight"]
    error = np.sqrt(share * (1 - share) / table["weight"])
    return table.assign(share=100 * share, allowed=2 + 200 * error)


@pytest.mark.parametrize(
    ("by", "published"),
    [("tumour", PUBLISHED_62D_BY_TUMOUR), ("route", PUBLISHED_62D_BY_ROUTE)],
    ids=["tumour group", "route"],
)
def test_share_within_62_days_is_near_the_published_one(tally, by, published):
    table = beside(tally, published, by)
    assert len(table) == len(published)
    off = (table["share"] - table["within"]).abs()
    assert (off <= table["allowed"]).all(), table


def test_faster_diagnosis_is_met_less_often_where_cancer_is_found(tally):
    told = tally[tally["standard"] == "FDS"]
    share = told["weight_within"].sum() / told["weight"].sum()
    found = told[told["tumour"] != ""]
    assert share == pytest.approx(PUBLISHED_FDS, abs=0.01)
    # a few of those found have two records until they are linked
    assert found["weight_within"].mean() == pytest.approx(FDS_CANCER_FOUND, abs=0.03)


def test_31_days_is_near_the_published_shares(tally):
    rows = tally[tally["standard"] == "31D"]
    for stage, share in PUBLISHED_31D.items():
        here = rows[rows["treatment_stage"] == stage]
        assert here["weight_within"].mean() == pytest.approx(share, abs=0.015), stage


def test_upgrades_are_about_a_third_of_62_day_patients(tally):
    rows = tally[tally["standard"] == "62D"]
    upgrades = rows.loc[rows["route"] == "consultant_upgrade", "weight"].sum()
    assert upgrades / rows["weight"].sum() == pytest.approx(0.32, abs=0.03)


def test_about_six_percent_of_urgent_referrals_are_cancer(region):
    urgent = region.referrals.route == 0
    assert region.referrals.cancer[urgent].mean() == pytest.approx(0.065, abs=0.005)


def test_treatments_heap_before_day_62(region):
    days = np.bincount(region.waits.treatment[region.referrals.cancer], minlength=110)
    assert days[49:63].mean() > 1.5 * days[63:77].mean()
    # but for heaping, later days would have fewer
    assert days[49:63].mean() > 1.1 * days[35:49].mean()


def test_january_dips(tally):
    months = tally.groupby(["standard", "reporting_month"])[["weight_within", "weight"]].sum()
    share = months["weight_within"] / months["weight"]
    for standard in ("FDS", "62D"):
        for year in (2024, 2025):
            around = (share[standard, f"{year - 1}-12"] + share[standard, f"{year}-03"]) / 2
            assert share[standard, f"{year}-01"] < around - 0.01, (standard, year)


def test_handovers_lie_around_day_38(region):
    journeys = region.journeys
    days = (journeys.transferred - region.referrals.clock_start)[
        journeys.transferred <= region.as_at
    ]
    assert 25 <= np.median(days) <= 40
    assert 0.15 < (days > 38).mean() < 0.5
    decided = journeys.decided < NEVER
    assert (journeys.transferred <= journeys.decided)[decided & region.referrals.shared].all()


def test_shared_pathways_are_allocated_in_halves(tally):
    assert {0.5, 1.0} <= set(tally["weight"])


def test_the_mix_of_cancers_stands_on_both_published_margins():
    mix = cancer_mix()
    routes = PUBLISHED_62D_BY_ROUTE["patients"].to_numpy()
    tumours = PUBLISHED_62D_BY_TUMOUR["patients"].to_numpy()
    assert mix.sum(axis=0) == pytest.approx(routes, rel=1e-6)
    assert mix.sum(axis=1) / mix.sum() == pytest.approx(tumours / tumours.sum(), rel=1e-6)
