"""Ranges asked of the part of the equations that matters are those of all of them together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, eye_array

from workbench.disclosure import pieces as pieces_module
from workbench.disclosure import release
from workbench.disclosure.attack import Reader
from workbench.disclosure.pieces import Pieces
from workbench.disclosure.programmes import InconsistentError

CROSSED = 150


@st.composite
def readers(draw: st.DrawFn) -> tuple[Reader, np.ndarray]:
    """Sums of random counts, some of them of two alone, and what a reader is shown of each."""
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    truth = [float(one) for one in random.integers(0, 15, draw(st.integers(3, 10)))]
    ties: list[dict[int, float]] = []
    for _ in range(draw(st.integers(1, 6))):
        parts = random.choice(len(truth), random.integers(1, 4), replace=False)
        ties.append({len(truth): 1.0} | {int(part): -1.0 for part in parts})
        truth.append(float(sum(truth[part] for part in parts)))
    counts, matrix = np.asarray(truth), np.zeros((len(ties), len(truth)))
    for row, tie in enumerate(ties):
        for place, weight in tie.items():
            matrix[row, place] = weight
    few = (counts > 0) & (counts < 8)
    unseen = random.random(len(counts)) < 0.2
    lower = np.where(few, 1.0, np.maximum(0, np.where(counts == 0, 0, counts - 2)))
    upper = np.where(few, 7.0, np.where(counts == 0, 0, counts + 2))
    upper = np.where(unseen & (counts > 0), np.inf, upper)
    cells = csr_array(eye_array(len(counts), format="csr"))
    return Reader(cells, lower, upper, ties=csr_array(matrix)), counts


@settings(max_examples=30, deadline=None)
@given(readers())
def test_a_range_of_a_piece_is_the_range_of_all(made: tuple[Reader, np.ndarray]) -> None:
    whole, counts = made
    assert whole.ties is not None
    apart = replace(whole, pieces=Pieces(whole.ties))
    for place in range(len(counts)):
        asked = np.zeros(len(counts))
        asked[place] = 1.0
        one, other = apart.range_of(asked), whole.range_of(asked)
        assert (one.lower, one.upper) == pytest.approx((other.lower, other.upper), abs=1e-6)
        assert one.lower - 1e-6 <= counts[place] <= one.upper + 1e-6


@settings(max_examples=30, deadline=None)
@given(readers())
def test_what_a_piece_says_the_truth_may_be_fits_all_that_is_shown(
    made: tuple[Reader, np.ndarray],
) -> None:
    whole, counts = made
    assert whole.ties is not None
    apart = replace(whole, pieces=Pieces(whole.ties))
    found = 0
    for place in range(len(counts)):
        asked = np.zeros(len(counts))
        asked[place] = 1.0
        for point in apart.range_of(asked).points:
            found += 1
            filled = np.where(np.isnan(point), counts, point)
            assert np.abs(whole.ties @ filled).max() < 1e-6
            assert (filled >= whole.lower - 1e-6).all()
            assert (filled <= whole.upper + 1e-6).all()
    assert found or np.isinf(whole.upper).any()


def test_the_cells_that_bind_are_those_whose_widening_widens_the_range() -> None:
    # 3 + 9 = 12: the small one is at most 14 - 7 and at least 10 - 11, so that its own
    # bound of 1 holds below, and above the bounds of the two large ones do.
    ties = csr_array(np.array([[1.0, 1.0, -1.0]]))
    reader = Reader(
        csr_array(eye_array(3, format="csr")),
        np.array([1.0, 8.0, 10.0]), np.array([9.0, 11.0, 14.0]), ties=ties, pieces=Pieces(ties),
    )  # fmt: skip
    found = reader.range_of(np.array([1.0, 0.0, 0.0]))
    assert (found.lower, found.upper) == (1.0, 6.0)
    assert list(found.binding) == [0, 1, 2]


def test_counts_that_cannot_be_are_told() -> None:
    ties = csr_array(np.array([[1.0, 1.0, -1.0]]))
    reader = Reader(
        csr_array(eye_array(3, format="csr")),
        np.array([1.0, 8.0, 20.0]), np.array([7.0, 11.0, 24.0]), ties=ties, pieces=Pieces(ties),
    )  # fmt: skip
    with pytest.raises(InconsistentError):
        reader.range_of(np.array([1.0, 0.0, 0.0]))


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Unknowns of each programme that is solved."""
    seen: list[int] = []

    def counted(weights: np.ndarray, *args: object, **named: object) -> object:
        seen.append(len(weights))
        return scipy.optimize.linprog(weights, *args, **named)

    monkeypatch.setattr(pieces_module, "linprog", counted)
    return seen


def test_rows_that_add_up_each_by_itself_need_no_programme_each(sizes: list[int]) -> None:
    random = np.random.default_rng(7)
    counts = ["n", "events", "rest"]
    frame = pd.DataFrame({"group": [f"group {number:04d}" for number in range(CROSSED)]})
    frame["n"] = random.integers(0, 40, CROSSED)
    frame["events"] = random.binomial(frame["n"], 0.3)
    frame["rest"] = frame["n"] - frame["events"]
    small = ((frame[counts] > 0) & (frame[counts] < 8)).to_numpy()
    shown = release(frame, keys=["group"], counts=counts, profile="nhs_round5")
    more = shown.withheld[counts].to_numpy() & ~small
    assert more.sum() > 10  # each of them was found by asking for a range, and again after
    # Only the looks at all counts at once are programmes.
    assert 0 < len(sizes) <= 60
    assert max(sizes) <= 3 * CROSSED


def test_equal_counts_are_one_unknown_and_equations_said_twice_one(sizes: list[int]) -> None:
    # Three figures of the same people: their counts are told three times, 2 + 9 = 11 as often.
    names = ["n", "events", "rest"]
    same = [
        {(figure, name): 1.0, (figure + 1, name): -1.0} for figure in range(2) for name in names
    ]
    adds = [
        {(figure, "n"): 1.0, (figure, "events"): -1.0, (figure, "rest"): -1.0}
        for figure in range(3)
    ]
    places = {
        (figure, name): 3 * figure + at for figure in range(3) for at, name in enumerate(names)
    }
    matrix = np.zeros((len(same) + len(adds), len(places)))
    for row, tie in enumerate([*same, *adds]):
        for cell, weight in tie.items():
            matrix[row, places[cell]] = weight
    every = Pieces(csr_array(matrix)).of(np.zeros(9))
    assert every.ties.shape == (1, 3)
    ties = csr_array(matrix)
    lower, upper = np.tile([8.0, 1.0, 8.0], 3), np.tile([12.0, 7.0, np.inf], 3)
    reader = Reader(csr_array(eye_array(9, format="csr")), lower, upper, 1.0, ties, Pieces(ties))
    found = reader.range_of(np.eye(9)[4])
    assert (found.lower, found.upper) == (1.0, 4.0)
    assert not sizes  # one equation says all
