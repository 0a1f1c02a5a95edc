"""Ranking, level, slope and error of scores by group, with samples of the people behind each.

With few events a sample repeats too few of them: ranking is then drawn about its estimate
with Hanley and McNeil's variance on the log-odds scale, and the number of events from a
gamma distribution with half an event more, as for rates.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import expit
from threadpoolctl import threadpool_limits

from workbench.fairness.arithmetic import ratio, totals
from workbench.fairness.binned import Moved, View, binned, reckoned, samples, view
from workbench.fairness.cases import Cases
from workbench.fairness.estimates import (
    ENOUGH,
    Figure,
    Side,
    design_effect,
    expanded,
    spread,
)
from workbench.fairness.groups import Bools, Ints, Partition
from workbench.fairness.scored import (
    NEED_RISKS,
    Wins,
    auc_variance,
    lines,
    log_odds,
    wins,
)
from workbench.statistics.inputs import Floats


def scored_figures(
    cases: Cases, metrics: Sequence[str], *, replicates: int, random: np.random.Generator
) -> list[Figure]:
    """Reckon figures of scores for every group, and for everyone else.

    Parameters
    ----------
    cases : Cases
    metrics : sequence of str
        Of `workbench.fairness.scored.SCORED`; those that need risks are left out where
        scores are none.
    replicates : int
    random : Generator

    Returns
    -------
    list of Figure
        By partition, then metric.
    """
    chosen = [name for name in metrics if cases.is_risk or name not in NEED_RISKS]
    if not chosen:
        return []
    held = binned(cases)
    views = [view(held, one, is_risk=cases.is_risk) for one in cases.grouping.partitions]
    with threadpool_limits(1):  # so that how many threads there are changes no bit
        levels = [reckoned(seen, seen.histogram(held.kinds.count[None])) for seen in views]
        moved = samples(cases, held, views, replicates, random)
    figures = []
    for seen, level, drawn in zip(views, levels, moved, strict=True):
        exact = _exact(cases, seen)
        for metric in chosen:
            figures.append(_figure(cases, seen.partition, metric, exact, level, drawn, random))
    return figures


class _Exact:
    """Figures from all rows, and what their small samples are drawn from."""

    def __init__(self, won: Wins, own: dict[str, Floats], rest: dict[str, Floats],
                 expected: Floats) -> None:  # fmt: skip
        self.won, self.own, self.rest, self.expected = won, own, rest, expected


def _exact(cases: Cases, seen: View) -> _Exact:
    groups = len(seen.partition)
    place = cases.grouping.place(seen.partition)
    won = wins(cases.score, cases.outcome, place, groups)
    own, rest = {"auc": won.own()}, {"auc": won.rest()}
    expected = totals(place, groups, cases.score)
    if cases.is_risk and seen.rest is not None:
        _add_risks(cases, place, groups, expected, own, rest)
        own["calibration_slope"] = lines(
            log_odds(cases.score), cases.outcome, np.ones(len(cases)), place, groups
        ).slope
        rest["calibration_slope"] = seen.rest.slope
    return _Exact(won, own, rest, expected)


def _add_risks(
    cases: Cases, place: Ints, groups: int, expected: Floats,
    own: dict[str, Floats], rest: dict[str, Floats],
) -> None:  # fmt: skip
    events = totals(place, groups, cases.outcome)
    error = totals(place, groups, (cases.score - cases.outcome) ** 2)
    count = totals(place, groups)
    for name, above, below in (
        ("observed_expected", events, expected),
        ("brier", error, count),
    ):
        own[name] = ratio(above, below)
        rest[name] = ratio(above.sum() - above, below.sum() - below)


def _figure(
    cases: Cases, partition: Partition, metric: str, exact: _Exact, level: Moved,
    drawn: Moved, random: np.random.Generator,
) -> Figure:  # fmt: skip
    sides = []
    won = exact.won
    events, others = won.events, won.others
    counts = (
        (exact.own, level.own, drawn.own, events, others, exact.expected),
        (exact.rest, level.rest, drawn.rest, events.sum() - events, others.sum() - others,
         exact.expected.sum() - exact.expected),
    )  # fmt: skip
    design = 1.0
    for made, base, moved, happened, not_, expected in counts:
        estimate = made[metric]
        draws = _about(estimate, base[metric][0], moved.get(metric), len(partition))
        few = np.minimum(happened, not_) < ENOUGH
        variance = _plain_variance(metric, estimate, happened, not_, expected)
        if cases.cluster is not None:
            design = design_effect(draws, variance, ~few)
        draws = expanded(estimate, draws, np.minimum(happened, not_))
        draws = _widened(metric, draws, estimate, few, happened, not_, expected, design, random)
        sides.append(Side(estimate, draws, spread(draws) ** 2))
    return Figure(partition, metric, sides[0], sides[1], design=design)


def _about(exact: Floats, level: Floats, moved: Floats | None, groups: int) -> Floats:
    """Samples moved from the binned figure to the exact one."""
    if moved is None:
        return np.zeros((0, groups))
    return moved + (exact - level)


def _plain_variance(
    metric: str, estimate: Floats, events: Floats, others: Floats, expected: Floats
) -> Floats:
    """Variance of independent cases, for the figures that have a formula."""
    if metric == "auc":
        return auc_variance(estimate, events, others)
    if metric == "observed_expected":
        return ratio(events, expected**2)
    return np.zeros(len(estimate))


def _widened(
    metric: str, draws: Floats, estimate: Floats, few: Bools, events: Floats, others: Floats,
    expected: Floats, design: float, random: np.random.Generator,
) -> Floats:  # fmt: skip
    """Samples of groups with few events or non-events, from a distribution instead."""
    size = len(draws)
    if metric == "auc":
        pairs = events * others
        at = few & (pairs > 0)
        middle = (estimate[at] * pairs[at] + 0.5) / (pairs[at] + 1)
        error = np.sqrt(design * auc_variance(middle, events[at], others[at]))
        wide = error / (middle * (1 - middle))
        made = random.standard_normal((size, int(at.sum())))
        draws[:, at] = expit(log_odds(middle) + wide * made)
        return np.clip(draws, 0.0, 1.0)
    if metric == "observed_expected":
        at = few & (expected > 0)
        shape = events[at] / design + 0.5
        draws[:, at] = random.gamma(shape, size=(size, int(at.sum()))) * design / expected[at]
    return draws
