"""Five seeds: margins beside the published ones, and how often the effects are recovered."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from cohort_regression import recovered

from workbench.demo.cohort.margins import (
    PUBLISHED_62D_BY_ROUTE,
    PUBLISHED_62D_BY_TUMOUR,
    ROUTES,
    TUMOURS,
)
from workbench.demo.cohort.planted import planted_effects
from workbench.demo.cohort.region_files import AS_AT
from workbench.demo.cohort.simulate import simulate
from workbench.demo.cohort.truth import clocks_table

SEEDS = (1, 2, 3, 4, 5)


@pytest.mark.heavy
def test_five_seeds_keep_the_margins_and_give_the_effects_back(capsys):
    margins, effects = [], []
    for seed in SEEDS:
        region = simulate(60_000, seed, AS_AT)
        margins.append(of_region(region).assign(seed=seed))
        planted = planted_effects(region.region, region.streams["effects"])
        found = recovered(clocks_table(region).to_pandas(), planted)
        effects.append(found.assign(seed=seed))
    shares, table = pd.concat(margins), pd.concat(effects)
    wide = shares.pivot_table(index=["by", "group", "published"], columns="seed", values="share")
    covered = (table["z"].abs() < 1.96).mean()
    most = table["z"].abs().max()
    with capsys.disabled():
        lines = ("", wide.round(1).to_string(), f"{len(table)} effects and seeds: 95% intervals "
                 f"hold {covered:.1%}; farthest {most:.2f} standard errors", "")  # fmt: skip
        sys.stdout.write("\n".join(lines))
    off = (shares["share"] - shares["published"]).abs()
    assert (off <= 2 + 2 * shares["error"]).all(), shares[off > 2 + 2 * shares["error"]]
    assert (table["z"].abs() < 4).all()
    assert covered >= 0.90


def of_region(region) -> pd.DataFrame:
    """Share within 62 days of those treated by as_at, by tumour group and by route."""
    referrals = region.referrals
    treated = (region.journeys.treated <= region.as_at) & (referrals.route < 4)
    within = region.waits.treatment <= 62
    rows = []
    for by, names, place, published in (
        ("tumour", TUMOURS, referrals.tumour, PUBLISHED_62D_BY_TUMOUR),
        ("route", ROUTES[:4], referrals.route, PUBLISHED_62D_BY_ROUTE),
    ):
        for number, name in enumerate(names):
            here = treated & (place == number)
            share = within[here].mean()
            error = 100 * np.sqrt(share * (1 - share) / here.sum())
            rows.append((by, name, published["within"][number], 100 * share, error))
    return pd.DataFrame(rows, columns=["by", "group", "published", "share", "error"])
