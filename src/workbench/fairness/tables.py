"""The tables of an assessment, from figures by group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.dictionary.groups import NOT_KNOWN
from workbench.equity.unknowns import gap_bounds
from workbench.errors import InputError
from workbench.fairness.arithmetic import totals
from workbench.fairness.cases import Cases
from workbench.fairness.estimates import INSUFFICIENT, Figure, limits, status_of
from workbench.fairness.gaps import gap_rows, in_one_family, tested
from workbench.fairness.groups import DEEPEST, Ints, Partition
from workbench.fairness.people import EVENTS, are_people, people
from workbench.fairness.shrinkage import shrunken
from workbench.statistics.inputs import Floats
from workbench.statistics.intervals import wilson

METRIC_COLUMNS = (
    "characteristic", "group", "metric", "n", "events", "estimate", "lower", "upper", "status",
    "raw", "numerator", "denominator", "people", "people_events", "people_numerator",
    "people_remainder",
)  # fmt: skip
GAP_COLUMNS = (
    "characteristic", "group", "metric", "difference", "lower", "upper", "p", "q", "status",
)  # fmt: skip

BOUNDED = ("fnr", "selection_rate")
"""Rates whose bounds are told: of what a group is harmed by, and of who is looked at."""


_BEHIND = ("people_numerator", "people_remainder")

BINS = 10
_EVENTS_A_BIN = 30


def _sizes(cases: Cases, partition: Partition) -> tuple[Floats, Floats]:
    """Cases and events of each group."""
    place = cases.grouping.place(partition)
    groups = len(partition)
    return totals(place, groups), totals(place, groups, cases.outcome)


def metrics_table(cases: Cases, figures: Sequence[Figure]) -> pd.DataFrame:
    """Every figure of every group.

    Returns
    -------
    DataFrame
        `METRIC_COLUMNS`. ``estimate`` is the figure itself (``raw``), but for rates of
        groups with too few events, which are drawn towards the mean of all groups.
    """
    made = []
    for figure in figures:
        n, events = _sizes(cases, figure.partition)
        counted = _people(cases, figure)
        lower, upper = limits(figure.own.draws, figure.own.estimate)
        estimate = figure.own.estimate.copy()
        status = status_of(counted["people_events"], estimate)
        none = np.full(len(n), np.nan)
        if figure.x is not None and figure.n is not None:
            few = status == INSUFFICIENT
            drawn = shrunken(figure.x, figure.n, figure.design)
            for into, from_ in (
                (estimate, drawn.estimate), (lower, drawn.lower), (upper, drawn.upper),
            ):  # fmt: skip
                into[few] = from_[few]
        made.append(
            pd.DataFrame(
                {
                    "characteristic": figure.partition.characteristic,
                    "group": figure.partition.labels,
                    "metric": figure.metric,
                    "n": n.astype(np.int64), "events": events.astype(np.int64),
                    "estimate": estimate, "lower": lower, "upper": upper, "status": status,
                    "raw": figure.own.estimate,
                    "numerator": none if figure.x is None else figure.x,
                    "denominator": none if figure.n is None else figure.n,
                    **counted,
                }
            )
        )  # fmt: skip
    return pd.concat(made, ignore_index=True)[list(METRIC_COLUMNS)]


def _people(cases: Cases, figure: Figure) -> dict[str, Floats]:
    """People behind the counts of a figure; the counts themselves where rows are people."""
    held = people(cases, figure.partition)
    behind = held.behind(figure.metric)
    none = np.full(len(figure.partition), np.nan)
    return {
        "people": held.among(),
        "people_events": held.among(EVENTS),
        "people_numerator": none if behind is None else behind[0],
        "people_remainder": none if behind is None else behind[1],
    }


def gaps_table(cases: Cases, figures: Sequence[Figure]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Gap of every group to everyone else, and the smallest that could have been seen."""
    made = []
    for figure in tested(figures):
        events = people(cases, figure.partition).among(EVENTS)
        made.append(gap_rows(figure, events, events.sum() - events))
    rows = in_one_family(pd.concat(made, ignore_index=True))
    smallest = rows[["characteristic", "group", "metric", "smallest", "status"]]
    return rows[list(GAP_COLUMNS)], smallest.reset_index(drop=True)


def cells_table(cases: Cases, figures: Sequence[Figure]) -> pd.DataFrame:
    """Rates where characteristics meet, each drawn towards the mean of all cells.

    Returns
    -------
    DataFrame
        ``characteristic, group, metric, n, events, raw, estimate, lower, upper, status``,
        the counts behind the rate, and ``part_1`` to ``part_3``: the groups that meet.
    """
    made = []
    for figure in figures:
        if not figure.partition.is_cross or figure.x is None or figure.n is None:
            continue
        n, events = _sizes(cases, figure.partition)
        counted = _people(cases, figure)
        drawn = shrunken(figure.x, figure.n, figure.design)
        made.append(
            pd.DataFrame(
                {
                    "characteristic": figure.partition.characteristic,
                    "group": figure.partition.labels,
                    "metric": figure.metric,
                    "n": n.astype(np.int64), "events": events.astype(np.int64),
                    "raw": figure.own.estimate,
                    "estimate": np.where(figure.n > 0, drawn.estimate, np.nan),
                    "lower": np.where(figure.n > 0, drawn.lower, np.nan),
                    "upper": np.where(figure.n > 0, drawn.upper, np.nan),
                    "status": status_of(counted["people_events"], figure.own.estimate),
                    **counted,
                    "numerator": figure.x, "denominator": figure.n,
                    **_parts(figure.partition),
                }
            )
        )  # fmt: skip
    return pd.concat(made, ignore_index=True) if made else pd.DataFrame()


def _parts(partition: Partition) -> dict[str, list[str]]:
    """The groups that meet in each cell; blank where only two do."""
    return {
        f"part_{place + 1}": [one[place] if place < len(one) else "" for one in partition.members]
        for place in range(DEEPEST)
    }


def bounds_table(cases: Cases, figures: Sequence[Figure]) -> pd.DataFrame:
    """How far gaps could be off, whoever those are of whom it is not known.

    Returns
    -------
    DataFrame
        ``characteristic, group, metric, estimate, least, most`` (the rate),
        ``gap, gap_least, gap_most`` (against everyone else who is known), ``unknown``
        (cases in the rate's denominator), and the counts behind it: ``numerator,
        denominator``, of the unknown ``unknown_numerator``, and the people behind these. One
        row a known group of each single characteristic.
    """
    made = []
    for figure in figures:
        single = len(figure.partition.parts) == 1
        if not single or figure.metric not in BOUNDED or figure.x is None:
            continue
        labels = np.where(figure.partition.known, np.array(figure.partition.labels), NOT_KNOWN)
        frame = pd.DataFrame({"group": labels, "within": figure.x, "total": figure.n})
        try:
            found = gap_bounds(frame, "group")
        except InputError:  # one known group or none: there is no gap to bound
            continue
        found = found.rename(
            columns={"share": "estimate", "share_least": "least", "share_most": "most"}
        )
        named = found.assign(
            characteristic=figure.partition.characteristic, metric=figure.metric
        ).set_index("group")
        labels_ = list(figure.partition.labels)
        unknown = float(figure.x[~figure.partition.known].sum())
        named["numerator"] = pd.Series(figure.x, labels_)
        named["denominator"] = pd.Series(figure.n, labels_)
        named["unknown_numerator"] = unknown
        counted = _people(cases, figure)
        for name in _BEHIND:
            named[name] = pd.Series(counted[name], labels_)
            named[f"unknown_{name}"] = float(counted[name][~figure.partition.known].sum())
        order = [one for one in figure.partition.labels if one in named.index]
        made.append(named.loc[order].reset_index())
    columns = [
        "characteristic", "group", "metric", "estimate", "least", "most",
        "gap", "gap_least", "gap_most", "unknown", "unknown_numerator", "numerator",
        "denominator", *_BEHIND, *(f"unknown_{name}" for name in _BEHIND),
    ]  # fmt: skip
    return pd.concat(made, ignore_index=True)[columns] if made else pd.DataFrame(columns=columns)


def unknown_table(cases: Cases) -> pd.DataFrame:
    """Of how many each characteristic is not known, and how they fare.

    Returns
    -------
    DataFrame
        ``characteristic, n, unknown, events, flagged, missed``, and of how many people these
        rows and events are; a row for every single
        characteristic, of which nobody may be unknown.
    """
    rows = []
    for partition in cases.grouping.partitions:
        if len(partition.parts) != 1:
            continue
        unknown = ~partition.known[cases.grouping.place(partition)]
        event = cases.outcome[unknown] == 1
        held = people(cases, partition)
        rows.append(
            {
                "characteristic": partition.characteristic,
                "n": len(cases),
                "unknown": int(unknown.sum()),
                "events": int(event.sum()),
                "flagged": int(cases.flagged[unknown].sum()),
                "missed": int((event & ~cases.flagged[unknown]).sum()),
                "people": int(held.among()[~partition.known].sum()),
                "people_events": int(held.among(EVENTS)[~partition.known].sum()),
            }
        )
    return pd.DataFrame(rows)


def calibration_table(cases: Cases) -> pd.DataFrame:
    """Risk against what happened, by group of each single characteristic and of everyone.

    Returns
    -------
    DataFrame
        ``characteristic, group, bin, n, events, risk, observed, lower, upper`` (Wilson),
        ``people``;
        at most `BINS` bins of equally many cases, fewer where events are few.
    """
    if not cases.is_risk:
        return pd.DataFrame()
    made = []
    for partition in cases.grouping.partitions:
        if partition.is_cross:
            continue
        place = cases.grouping.place(partition)
        for group, label in enumerate(partition.labels):
            held = np.flatnonzero(place == group)[::-1]  # lowest risk first
            bins = _calibrated(cases, held)
            bins.insert(0, "group", label)
            bins.insert(0, "characteristic", partition.characteristic)
            made.append(bins)
    return pd.concat(made, ignore_index=True)


def _calibrated(cases: Cases, held: Ints) -> pd.DataFrame:
    risk, outcome = cases.score[held], cases.outcome[held]
    events = float(min(outcome.sum(), (1 - outcome).sum()))
    bins = int(min(BINS, max(1, events // _EVENTS_A_BIN)))
    bin_ = (np.arange(len(risk)) * bins) // max(len(risk), 1)
    n = totals(bin_, bins)
    x = totals(bin_, bins, outcome)
    found = wilson(x, n)
    whose = held if cases.cluster is None or not are_people(cases) else cases.cluster[held]
    of_people = [len(np.unique(whose[bin_ == place])) for place in range(bins)]
    return pd.DataFrame(
        {
            "bin": np.arange(1, bins + 1), "n": n.astype(np.int64), "events": x.astype(np.int64),
            "risk": totals(bin_, bins, risk) / n,
            "observed": found.estimate, "lower": found.lower, "upper": found.upper,
            "people": of_people,
        }
    )  # fmt: skip
