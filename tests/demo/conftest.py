from __future__ import annotations

import pandas as pd
import pytest

from workbench.demo.cohort import write_region
from workbench.demo.cohort.planted import planted_effects
from workbench.demo.cohort.region_files import AS_AT
from workbench.demo.cohort.simulate import simulate
from workbench.demo.cohort.truth import clocks_table


@pytest.fixture(scope="session")
def small_region(tmp_path_factory):
    """A written region of 3,000 referrals, and its summary."""
    folder = tmp_path_factory.mktemp("region")
    return write_region(folder, referrals=3_000, seed=4, as_at=AS_AT)


@pytest.fixture(scope="session")
def region():
    """A region of the usual size, in memory."""
    return simulate(60_000, 1, AS_AT)


@pytest.fixture(scope="session")
def true_clocks(region):
    return clocks_table(region).to_pandas()


@pytest.fixture(scope="session")
def planted(region) -> pd.DataFrame:
    return planted_effects(region.region, region.streams["effects"])
