"""The gradient of areas: what it finds, how sure it is, and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.equity.gradient import ecological_gradient
from workbench.equity.slopes import slope_index
from workbench.errors import InputError, ParameterError


def areas(seed: int, slope: float, number: int = 42, apart: float = 0.04) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    people = random.integers(800, 8_000, number).astype(float)
    rank = np.sort(random.uniform(8_000, 25_000, number))
    place = (np.cumsum(people) - people / 2) / people.sum()
    share = 0.7 + slope * (place - 0.5) + random.normal(0, apart, number)
    return pd.DataFrame({"share": share, "people": people, "rank": rank})


def test_the_slope_is_that_of_the_slope_index():
    made = areas(1, 0.05)
    found = ecological_gradient(made, "share", "people", "rank")
    index = slope_index(made["share"], np.full(len(made), 0.01), made["people"])
    assert found.sii.estimate == pytest.approx(index.sii.estimate, abs=1e-12)
    assert found.at_most_deprived == pytest.approx(index.at_lowest, abs=1e-12)


@pytest.mark.parametrize("slope", [0.0, 0.08])
def test_limits_hold_the_planted_slope_as_often_as_they_say(slope):
    held = []
    for seed in range(400):
        found = ecological_gradient(areas(seed, slope), "share", "people", "rank").sii
        held.append(found.lower <= slope <= found.upper)
    assert 0.92 <= np.mean(held) <= 0.975


def test_fifths_hold_all_areas_and_people():
    made = areas(3, 0.05).sample(frac=1, random_state=1)
    fifths = ecological_gradient(made, "share", "people", "rank").fifths
    assert fifths["fifth"].tolist() == list("12345")
    assert fifths["areas"].sum() == 42
    assert fifths["people"].sum() == pytest.approx(made["people"].sum())
    assert (fifths["lower"] < fifths["share"]).all()


def test_too_few_areas_and_unfit_figures_are_refused():
    with pytest.raises(InputError, match="show no gradient"):
        ecological_gradient(areas(1, 0.0, number=9), "share", "people", "rank")
    with pytest.raises(ParameterError, match="no column"):
        ecological_gradient(areas(1, 0.0), "share", "people", "imd")
    with pytest.raises(InputError, match="out of range"):
        ecological_gradient(areas(1, 0.0).assign(people=0.0), "share", "people", "rank")
