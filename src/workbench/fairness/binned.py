"""Scores in bins, by group: samples of the people for figures that need more than counts.

Each sample gives a histogram of scores by group and outcome, from which ranking, level,
slope and error follow without touching a row again. Bins hold a hundredth of the cases
each, so that a binned figure differs from the exact one by less than a sample does from
another; what is used of it is only how far it moves from sample to sample, about the exact
figure. The slope moves by one Newton step from its fit, which is enough that near to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from workbench.fairness.arithmetic import ratio, totals
from workbench.fairness.cases import Cases
from workbench.fairness.groups import Ints, Partition
from workbench.fairness.redraws import Kinds, kinds_of, redrawn
from workbench.fairness.scored import Lines, lines, log_odds, newton
from workbench.statistics.inputs import Floats

BINS = 100
_CELLS = 12_000
"""Groups times bins; with more groups bins are wider, so that a sample stays cheap."""
_FEWEST = 20


@dataclass(frozen=True, eq=False)
class Binned:
    """Rows by finest cell, bin of score and outcome.

    Attributes
    ----------
    kinds : Kinds
    cell, bin, event : array of int, shape (kinds,)
    score, square : array, shape (bins,)
        Mean score, and mean squared score.
    """

    kinds: Kinds
    cell: Ints
    bin: Ints
    event: Ints
    score: Floats
    square: Floats


def binned(cases: Cases) -> Binned:
    """Put scores into bins of about equally many cases; equal scores share one."""
    rising = cases.score[::-1]
    at = (np.arange(1, BINS) * len(rising)) // BINS
    edges = np.unique(rising[at])
    bins = np.searchsorted(edges, cases.score, side="right")
    count = len(edges) + 1
    event = cases.outcome.astype(np.int64)
    kinds = kinds_of((cases.grouping.cell * count + bins) * 2 + event)
    rest = kinds.code // 2
    many = np.maximum(totals(bins, count), 1.0)
    return Binned(
        kinds,
        rest // count,
        rest % count,
        kinds.code % 2,
        totals(bins, count, cases.score) / many,
        totals(bins, count, cases.score**2) / many,
    )


@dataclass(frozen=True, eq=False)
class View:
    """The bins as one partition sees them: its groups, its width of bins.

    Attributes
    ----------
    partition : Partition
    bins : int
    code : array of int, shape (kinds,)
        Place in a histogram of groups, outcomes and bins.
    score, square, margin : array, shape (bins,)
    own, rest : Lines or None
        Calibration lines of the binned scores; None for scores that are no risks.
    """

    partition: Partition
    bins: int
    code: Ints
    score: Floats
    square: Floats
    margin: Floats
    own: Lines | None
    rest: Lines | None

    def histogram(self, counts: Floats) -> Floats:
        """Histogram of each sample, shape (samples, groups, 2, bins)."""
        shape = (len(self.partition), 2, self.bins)
        size = int(np.prod(shape))
        made = [totals(self.code, size, one) for one in counts]
        return np.stack(made).reshape(len(counts), *shape)


def view(held: Binned, partition: Partition, *, is_risk: bool) -> View:
    """Choose a width of bins for a partition, and fit its lines."""
    finest = len(held.score)
    wanted = max(_FEWEST, min(finest, _CELLS // len(partition)))
    wide = max(1, finest // wanted)
    place = held.bin // wide
    bins = (finest - 1) // wide + 1
    group = partition.of_cell[held.cell]
    many = np.maximum(totals(place, bins, held.kinds.count), 1.0)
    score = totals(place, bins, held.kinds.count * held.score[held.bin]) / many
    square = totals(place, bins, held.kinds.count * held.square[held.bin]) / many
    code = (group * 2 + held.event) * bins + place
    made = View(
        partition, bins, code, score, square, log_odds(score) if is_risk else score, None, None
    )
    if not is_risk:
        return made
    whole = made.histogram(held.kinds.count[None])[0]
    everyone = whole.sum(axis=0)[None]
    return View(
        partition, bins, code, score, square, made.margin,
        _lines(whole, made.margin), _lines(everyone - whole, made.margin),
    )  # fmt: skip


def _lines(histogram: Floats, margin: Floats) -> Lines:
    groups, _, bins = histogram.shape
    count = histogram.sum(axis=1).ravel()
    return lines(
        np.tile(margin, groups), histogram[:, 1].ravel(), count,
        np.repeat(np.arange(groups), bins), groups,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Moved:
    """Binned figures of samples, shape (samples, groups), of groups and of everyone else."""

    own: dict[str, Floats]
    rest: dict[str, Floats]


def reckoned(seen: View, histogram: Floats) -> Moved:
    """Binned figures of histograms of shape (samples, groups, 2, bins)."""
    everyone = histogram.sum(axis=1, keepdims=True)
    own, rest = _ranking(histogram, everyone)
    found = Moved({"auc": own}, {"auc": rest})
    if seen.own is None or seen.rest is None:
        return found
    own_sums, rest_sums = _sums(seen, (seen.own, seen.rest), histogram, everyone)
    found.own.update(_from_sums(own_sums, seen.own))
    found.rest.update(_from_sums(rest_sums, seen.rest))
    return found


def _ranking(histogram: Floats, everyone: Floats) -> tuple[Floats, Floats]:
    others, events = histogram[:, :, 0], histogram[:, :, 1]
    all_others, all_events = everyone[:, :, 0], everyone[:, :, 1]
    n0, n1 = others.sum(axis=-1), events.sum(axis=-1)
    below = np.cumsum(others, axis=-1) - others / 2
    within = np.einsum("rgb,rgb->rg", events, below)
    below_all = (np.cumsum(all_others, axis=-1) - all_others / 2)[:, 0]
    above_all = (
        all_events.sum(axis=-1, keepdims=True) - np.cumsum(all_events, axis=-1) + all_events / 2
    )[:, 0]
    against = np.einsum("rgb,rb->rg", events, below_all)
    wins_over = np.einsum("rgb,rb->rg", others, above_all)
    total = np.einsum("rb,rb->r", all_events[:, 0], below_all)[:, None]
    t1, t0 = all_events.sum(axis=-1), all_others.sum(axis=-1)
    return (
        ratio(within, n1 * n0),
        ratio(total - against - wins_over + within, (t1 - n1) * (t0 - n0)),
    )


def _sums(
    seen: View, both: tuple[Lines, Lines], histogram: Floats, everyone: Floats
) -> tuple[Floats, Floats]:
    """Sums over bins, shape (samples, groups, 9), of groups and of everyone else.

    What is summed of everyone else depends on their own line, so that it is summed over
    everybody and over the group, and the one taken from the other.
    """
    factors = np.concatenate([_factors(seen, line) for line in both], axis=-1)
    samples_, groups, size = len(histogram), len(seen.partition), 2 * seen.bins
    flat = histogram.reshape(samples_, groups, size).transpose(1, 0, 2)
    of_all = everyone.reshape(samples_, size)
    half = factors.shape[-1] // 2
    own = np.matmul(flat, factors).transpose(1, 0, 2)
    wide = factors[..., half:].transpose(1, 0, 2).reshape(size, groups * half)
    whole = (of_all @ wide).reshape(samples_, groups, half)
    return own[..., :half], whole - own[..., half:]


def _factors(seen: View, line: Lines) -> Floats:
    """What a case of each outcome and bin adds to the sums, shape (groups, 2 bins, 9)."""
    x = seen.margin
    made = expit(np.nan_to_num(line.intercept)[:, None] + np.nan_to_num(line.slope)[:, None] * x)
    weight = made * (1 - made)
    one = np.ones((len(seen.partition), seen.bins))
    none = np.zeros_like(one)
    columns = [
        (one, one),  # cases
        (none, one),  # events
        (one * seen.score, one * seen.score),  # expected
        (one * seen.square, one * (1 - 2 * seen.score + seen.square)),  # squared error
        (-made, 1 - made),
        (-made * x, (1 - made) * x),
        (weight, weight),
        (weight * x, weight * x),
        (weight * x**2, weight * x**2),
    ]
    return np.stack([np.concatenate(pair, axis=-1) for pair in columns], axis=-1)


def _from_sums(sums: Floats, line: Lines) -> dict[str, Floats]:
    cases, events, expected, error, u0, u1, w0, w1, w2 = np.moveaxis(sums, -1, 0)
    _, step = newton(u0, u1, w0, w1, w2)
    judged = (events > 0.5) & (cases - events > 0.5)
    return {
        "observed_expected": ratio(events, expected),
        "brier": ratio(error, cases),
        "calibration_slope": np.where(judged, line.slope + step, np.nan),
    }


def samples(
    cases: Cases, held: Binned, views: list[View], replicates: int, random: np.random.Generator
) -> list[Moved]:
    """Figures of each view in samples of the people."""
    made: list[list[Moved]] = [[] for _ in views]
    for counts in redrawn(held.kinds, cases.cluster, replicates, random):
        for place, seen in enumerate(views):
            for first in range(0, len(counts), 32):
                histogram = seen.histogram(counts[first : first + 32])
                made[place].append(reckoned(seen, histogram))
    return [_joined(parts) for parts in made]


def _joined(parts: list[Moved]) -> Moved:
    names = parts[0].own if parts else {}
    return Moved(
        {name: np.concatenate([one.own[name] for one in parts]) for name in names},
        {name: np.concatenate([one.rest[name] for one in parts]) for name in names},
    )
