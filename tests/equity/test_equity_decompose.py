from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.equity.decompose import gelbach, kitagawa
from workbench.errors import InputError, ParameterError

cells = st.lists(
    st.tuples(
        st.integers(0, 400), st.floats(0, 1), st.integers(0, 400), st.floats(0, 1)
    ),
    min_size=2,
    max_size=15,
)  # fmt: skip


@given(cells)
def test_mix_and_rate_add_up_to_the_gap_exactly(rows):
    mix, rate, mix_r, rate_r = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    mix[0] += 1
    mix_r[-1] += 1
    found = kitagawa(rate, mix, rate_r, mix_r)
    gap = (rate * mix).sum() / mix.sum() - (rate_r * mix_r).sum() / mix_r.sum()
    assert abs(found.mix.estimate + found.rate.estimate - gap) < 1e-12
    assert found.gap.estimate == pytest.approx(gap, abs=1e-12)
    other = kitagawa(rate_r, mix_r, rate, mix)
    assert other.mix.estimate == pytest.approx(-found.mix.estimate, abs=1e-12)


def test_a_specialist_with_an_easy_mix_shows_a_gap_of_the_wrong_sign():
    easy_mix, usual = [900, 100], [400, 600]
    found = kitagawa([0.80, 0.50], easy_mix, [0.90, 0.55], usual)
    assert found.gap.estimate > 0 > found.rate.estimate
    assert found.mix.estimate == pytest.approx(0.5 * (0.85 - 0.525))


def test_a_category_that_one_lacks_is_all_mix():
    found = kitagawa([0.7, np.nan], [50, 0], [0.7, 0.2], [30, 30])
    assert found.rate.estimate == 0
    assert found.mix.estimate == pytest.approx(0.7 - 0.45)


def test_errors_are_those_of_repeated_samples():
    mix, rate = np.array([0.2, 0.5, 0.3]), np.array([0.5, 0.7, 0.8])
    mix_r, rate_r = np.array([0.4, 0.3, 0.3]), np.array([0.55, 0.65, 0.9])
    found = []
    for seed in range(300):
        random = np.random.default_rng(seed)
        n, n_r = random.multinomial(500, mix), random.multinomial(2_000, mix_r)
        y, y_r = random.binomial(n, rate) / n, random.binomial(n_r, rate_r) / n_r
        one = kitagawa(y, n, y_r, n_r, counts=True)
        found.append([(p.estimate, p.se) for p in (one.gap, one.mix, one.rate)])
    table = np.array(found)
    for part in range(3):
        assert table[:, part, 1].mean() == pytest.approx(table[:, part, 0].std(), rel=0.12)


def test_what_cannot_be_split_is_refused():
    with pytest.raises(InputError, match="same categories"):
        kitagawa([0.5], [1], [0.5, 0.5], [1, 1])
    with pytest.raises(InputError) as caught:
        kitagawa([np.nan, 0.5], [1, 1], [0.5, 0.5], [1, 1])
    assert "has people" in caught.value.faults[0]


def people(rows: int = 6_000, seed: int = 2) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    group = random.integers(0, 2, rows)
    tumour = np.where(random.random(rows) < 0.3 + 0.3 * group, "lung", "skin")
    trust = np.where(random.random(rows) < 0.5 - 0.2 * group, "R0A", "R0B")
    chance = 0.8 - 0.05 * group - 0.2 * (tumour == "lung") - 0.1 * (trust == "R0B")
    within = (random.random(rows) < chance).astype(float)
    return pd.DataFrame({"group": group, "tumour": tumour, "trust": trust, "within": within})


def test_parts_add_up_to_the_crude_gap_whatever_their_order():
    p = people()
    one = gelbach(p.within, p.group, {"tumour": p.tumour, "trust": p.trust})
    two = gelbach(p.within, p.group, {"trust": p.trust, "tumour": p.tumour})
    crude = p.within[p.group == 1].mean() - p.within[p.group == 0].mean()
    at = one.set_index("part")["estimate"]
    assert at["crude"] == pytest.approx(crude, abs=1e-10)
    assert at["crude"] == pytest.approx(at["tumour"] + at["trust"] + at["adjusted"], abs=1e-12)
    both = two.set_index("part").loc[one["part"]]
    assert both.to_numpy() == pytest.approx(one.set_index("part").to_numpy(), abs=1e-10)


def test_each_part_is_found_and_its_error_is_that_of_repeated_samples():
    truth = {"tumour": -0.06, "trust": -0.02, "adjusted": -0.05, "crude": -0.13}
    found = []
    for seed in range(120):
        p = people(1_500, seed)
        found.append(gelbach(p.within, p.group, {"tumour": p.tumour, "trust": p.trust}))
    table = pd.concat(found)
    for part, value in truth.items():
        own = table[table["part"] == part]
        assert own["estimate"].mean() == pytest.approx(value, abs=4 * own["estimate"].std() / 11)
        assert own["se"].mean() == pytest.approx(own["estimate"].std(), rel=0.2)


def test_what_cannot_be_attributed_is_refused():
    p = people(50)
    with pytest.raises(ParameterError, match="at least one"):
        gelbach(p.within, p.group, {})
    with pytest.raises(InputError, match="both 0 and 1"):
        gelbach(p.within, p.group * 0, {"trust": p.trust})
    with pytest.raises(InputError, match="trust"):
        gelbach(p.within, p.group, {"trust": p.trust[:-1]})
