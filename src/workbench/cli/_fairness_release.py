"""Tables of an assessment as they may be shown: where `workbench fairness` meets disclosure.

A rate is reckoned anew from the counts that are shown, since a rate of exact counts would
undo their rounding; its interval moves with it. Whatever a figure rests on is declared as a
count beside it, so that a figure of few people is withheld with them. No row is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.disclosure import Released, Share, load_profiles, release
from workbench.fairness.report_words import RATES, named
from workbench.fairness.scored import SCORED

if TYPE_CHECKING:
    from workbench.fairness import Assessment

WITHHELD = "withheld"
METRICS = ("characteristic", "group", "metric", "n", "events", "estimate", "lower", "upper",
           "status")  # fmt: skip
GAPS = ("characteristic", "group", "metric", "difference", "lower", "upper", "p", "q", "status")
_KEYS = ["characteristic", "group", "metric"]
_PEOPLE = ["people", "people_events", "people_numerator", "people_remainder"]
"""People behind the rows, who may be fewer: as few of them are withheld."""
_PLACES = 3
"""Decimals of a figure where counts are rounded: a tenth of a point."""


def metrics(found: Assessment, profile: str, only: str | None = None) -> Released:
    """Every figure of every group, or one of single groups, with the counts that it rests on."""
    held = found.metrics if only is None else _single(found.metrics, only)
    frame = held.drop(columns="raw")
    frame["non_events"] = frame["n"] - frame["events"]
    frame["remainder"] = frame["denominator"] - frame["numerator"]
    counts = ["n", "events", "non_events", "numerator", "denominator", "remainder", *_PEOPLE]
    frame, seen = _with_status(frame, counts, profile)
    plain = (held["status"] == "ok").to_numpy()
    moved = np.where(plain, _moved(frame, seen, "numerator", "denominator"), 0.0)
    for name in ("estimate", "lower", "upper"):
        frame[name] = frame[name] + moved
    is_rate = frame["numerator"].notna().to_numpy()
    for name in ("lower", "upper"):
        frame[name] = np.where(is_rate, frame[name].clip(0, 1), frame[name])
    frame = frame if only is None else _in_words(frame)
    return _released(frame, counts, ["estimate", "lower", "upper"], profile)


def gaps(found: Assessment, profile: str, only: str | None = None) -> Released:
    """Gap of every group, or of single ones in one figure, to everyone else."""
    held = found.gaps if only is None else _single(found.gaps, only)
    counted = found.metrics[[*_KEYS, "n", "events", "numerator", "denominator", *_PEOPLE]]
    everyone = counted[counted["characteristic"] == "All"].drop(columns=_KEYS[:2])
    frame = held.merge(counted, on=_KEYS, how="left", validate="one_to_one")
    frame = frame.merge(everyone, on="metric", suffixes=("", "_all"))
    frame["non_events"] = frame["n"] - frame["events"]
    frame["remainder"] = frame["denominator"] - frame["numerator"]
    for name in ("numerator", "denominator"):
        frame[f"rest_{name}"] = frame.pop(f"{name}_all") - frame[name]
    frame = frame[[name for name in frame.columns if not name.endswith("_all")]]
    counts = ["n", "events", "non_events", "numerator", "denominator", "remainder",
              "rest_numerator", "rest_denominator", *_PEOPLE]  # fmt: skip
    frame, seen = _with_status(frame, counts, profile)
    own = _moved(frame, seen, "numerator", "denominator")
    rest = _moved(frame, seen, "rest_numerator", "rest_denominator")
    for name in ("difference", "lower", "upper"):
        frame[name] = frame[name] + (own - rest)
    frame = frame if only is None else _in_words(frame)
    return _released(frame, counts, ["difference", "lower", "upper", "p", "q"], profile)


def quality(found: Assessment, profile: str) -> Released:
    """Figures of the scores themselves, a row a group of a single characteristic."""
    names = [name for name in SCORED if (found.metrics["metric"] == name).any()]
    held = found.metrics[~found.metrics["characteristic"].str.contains(" x ")]
    frame = held.drop_duplicates(_KEYS[:2])[[*_KEYS[:2], "n", "events", *_PEOPLE[:2]]]
    for name in names:
        one = held.loc[held["metric"] == name, [*_KEYS[:2], "estimate"]]
        frame = frame.merge(one.rename(columns={"estimate": name}), on=_KEYS[:2], how="left")
    frame["non_events"] = frame["n"] - frame["events"]
    return _released(
        _in_words(frame), ["n", "events", "non_events", *_PEOPLE[:2]], names, profile, _KEYS[:2]
    )


def cells(found: Assessment, characteristic: str, metric: str, profile: str) -> Released:
    """One rate in every cell where two characteristics meet."""
    held = found.cells
    frame = held[(held["characteristic"] == characteristic) & (held["metric"] == metric)]
    frame = frame.drop(columns=["raw", "part_3"]).reset_index(drop=True)
    frame["remainder"] = frame["denominator"] - frame["numerator"]
    counts = ["n", "events", "numerator", "denominator", "remainder", *_PEOPLE]
    frame, _ = _with_status(frame, counts, profile)
    keys = ["part_1", "part_2"]
    return _released(frame, counts, ["estimate", "lower", "upper"], profile, keys)


def bounds(found: Assessment, profile: str) -> Released:
    """Gaps if all of whom it is not known were the best or the worst served."""
    frame = found.bounds[found.bounds["unknown"] > 0].reset_index(drop=True)
    frame["remainder"] = frame["denominator"] - frame["numerator"]
    frame["unknown_remainder"] = frame["unknown"] - frame["unknown_numerator"]
    counts = ["unknown", "unknown_numerator", "unknown_remainder", "numerator", "denominator",
              "remainder", *_PEOPLE[2:], *(f"unknown_{name}" for name in _PEOPLE[2:])]  # fmt: skip
    figures = ["estimate", "least", "most", "gap", "gap_least", "gap_most"]
    frame["metric"] = frame["metric"].map(RATES)
    return _released(_in_words(frame), counts, figures, profile, _KEYS)


def unknown(found: Assessment, profile: str) -> Released:
    """Of how many each characteristic is not known."""
    return release(
        _in_words(found.unknown),
        keys=["characteristic"],
        counts=["n", "unknown", "events", "flagged", "missed", "people", "people_events"],
        profile=profile,
    )


def calibration(found: Assessment, characteristic: str, profile: str) -> Released:
    """Risk against what happened in the groups of one characteristic."""
    held = found.calibration
    frame = held[held["characteristic"] == characteristic].reset_index(drop=True)
    frame = frame[["group", "bin", "n", "events", "risk", "people"]].assign(
        bin=frame["bin"].astype(str)
    )
    frame["non_events"] = frame["n"] - frame["events"]
    frame = _rounded(frame, ["risk"], profile)
    return release(
        frame,
        keys=["group", "bin"],
        counts=["n", "events", "non_events", "people"],
        shares={"observed": Share("events", "n", "lower", "upper")},
        not_people=["risk"],
        profile=profile,
    )


def observed(found: Assessment, profile: str) -> Released:
    """The gap in the outcome itself."""
    frame = found.observed.drop(columns=["rest_rate"]).copy()
    frame["non_events"] = frame["n"] - frame["events"]
    counts = ["n", "events", "non_events", "people", "people_events"]
    frame, seen = _with_status(frame, counts, profile)
    moved = _moved(frame, seen, "events", "n")
    for name in ("rate", "crude", "crude_lower", "crude_upper"):
        frame[name] = frame[name] + moved
    figures = [
        "rate", "crude", "crude_lower", "crude_upper", "crude_p", "crude_q", "standardised",
        "lower", "upper", "p", "q",
    ]  # fmt: skip
    keys = ["characteristic", "group", "status"]
    return _released(_in_words(frame), counts, figures, profile, keys)


def spread(found: Assessment, profile: str, rates: pd.DataFrame) -> Released:
    """How far groups lie apart, as their shown rates do, beside what chance gives.

    `rates` is the frame of `metrics` of every figure of every group.
    """
    frame = found.spread.assign(events=found.facts["events"])
    by = rates[rates["status"] == "ok"].groupby(_KEYS[::2])["estimate"]
    apart = pd.DataFrame({"shown": by.max() - by.min(), "many": by.size()}).reset_index()
    frame = frame.merge(apart, on=_KEYS[::2], how="left")
    # Were a group not among them, the largest gap would be another than the one tested.
    whole = frame["max_min"].notna() & (frame.pop("many") == frame["groups"])
    frame["max_min"] = frame.pop("shown").where(whole)
    frame["metric"] = frame["metric"].map(RATES)
    frame = frame[frame["metric"].notna()].reset_index(drop=True)
    figures = [name for name in frame.columns if name not in ("characteristic", "metric", "events")]
    return _released(_in_words(frame), ["events"], figures, profile, ["characteristic", "metric"])


def _single(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    crossed = table["characteristic"].str.contains(" x ")
    return table[(table["metric"] == metric) & ~crossed].reset_index(drop=True)


def _in_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Names of columns as a reader would write them."""
    return frame.assign(characteristic=frame["characteristic"].map(named))


def _with_status(
    frame: pd.DataFrame, counts: Sequence[str], profile: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The frame with the status of withheld rows, and the counts that would be shown."""
    rows = frame[list(counts)].assign(row=[f"row {place}" for place in range(len(frame))])
    shown = release(rows, keys=["row"], counts=list(counts), profile=profile)
    hidden = pd.Series(shown.withheld.to_numpy().any(axis=1), index=frame.index)
    status = frame["status"].astype(object).mask(hidden, WITHHELD)
    return frame.assign(status=status), shown.frame


def _moved(frame: pd.DataFrame, seen: pd.DataFrame, above: str, below: str) -> pd.Series[float]:
    """How far a rate of the shown counts is from that of the exact ones; 0 if not shown."""
    exact = frame[above] / frame[below].where(frame[below] > 0)
    shown = seen[above].astype(float) / seen[below].astype(float).where(seen[below] > 0)
    return (shown - exact).fillna(0.0).astype(float)


def _released(
    frame: pd.DataFrame,
    counts: Sequence[str],
    figures: Sequence[str],
    profile: str,
    keys: Sequence[str] = (*_KEYS, "status"),
) -> Released:
    held = _rounded(frame, figures, profile)
    wanted = [*keys, *counts, *figures]
    if "status" in held and "status" not in wanted:
        held["status"] = held["status"].astype(str)
        keys = [*keys, "status"]
        wanted = [*keys, *counts, *figures]
    # Shares and differences: that they are whole for some rows does not make them counts.
    return release(
        held[wanted], keys=list(keys), counts=list(counts), not_people=list(figures),
        profile=profile,
    )  # fmt: skip


def _rounded(frame: pd.DataFrame, figures: Sequence[str], profile: str) -> pd.DataFrame:
    """The frame with figures that say no more than their rounded counts do."""
    if not load_profiles()[profile].masks:
        return frame.copy()
    return frame.assign(**{name: frame[name].round(_PLACES) for name in figures})
