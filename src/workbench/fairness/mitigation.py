"""What could be done about a gap in missed events, what it would change and what it costs.

In the order in which to try them: know who people are, mend the risks, look at more, look at
those for whom a look pays, keep places for those missed most. Each option is a list by a
fixed rule (`workbench.fairness.mitigation_rows`). Methods that draw lots are compared in
`workbench.fairness.mitigation_research` and make no list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import ParameterError
from workbench.fairness.estimates import status_of
from workbench.fairness.groups import ALL, Bools
from workbench.fairness.mitigation_figures import Missed, missed, net_benefit
from workbench.fairness.mitigation_rows import Rows, read_rows, recalibrated, reserved
from workbench.statistics.inputs import Floats

NOW, KNOWN, RECALIBRATED, MORE, PAYS, RESERVED = (
    "now", "known", "recalibrated", "more", "pays", "reserved",
)  # fmt: skip
OPTIONS = (NOW, KNOWN, RECALIBRATED, MORE, PAYS, RESERVED)


@dataclass(frozen=True, eq=False)
class Mitigation:
    """What was found; rates and differences are shares.

    Attributes
    ----------
    options : DataFrame
        One row an option: ``option, listed, caught, events, gained, lost`` (events caught
        that the list of now misses, and the reverse), ``missed, lower, upper`` (share of
        events), ``change, change_lower, change_upper`` against now, ``net_benefit``, and the
        same of the group that is missed most: ``worst_missed`` ... ``worst_change_upper``.
    by_group : DataFrame
        One row an option and group: ``option, group, events, missed_now, missed_after,
        gained, lost`` (counts), ``now, now_lower, now_upper, after, after_lower,
        after_upper, change, change_lower, change_upper, status``. Everyone is the group ``All``.
    facts : dict
        ``worst`` (the group that is missed most now), ``recalibrated`` (groups), settings.
    """

    options: pd.DataFrame
    by_group: pd.DataFrame
    facts: Mapping[str, Any]


def options(
    frame: pd.DataFrame,
    outcome: str,
    *,
    group: str,
    id: str,
    score: str = "risk",
    cluster: str | None = None,
    capacity: float = 0.2,
    more: float = 0.25,
    in_vain: float = 4.0,
    share_kept: float = 0.1,
    keep_for: str | None = None,
    reserve: bool = True,
) -> Mitigation:
    """Compare what could be done about a gap between the groups of one characteristic.

    Parameters
    ----------
    frame : DataFrame
        One row a case with a known outcome.
    outcome, group, id, score : str
        Columns. Ids settle equal scores, and must be there for a list to be one.
    cluster : str, optional
        Column of patients, where one has several rows.
    capacity : float, optional
        Share of cases that can be looked at now.
    more : float, optional
        How much larger a larger list is: a quarter, which is one more look for every four.
    in_vain : float, optional
        Looks in vain that one event caught is worth: 4, as a risk of 0.2 says of those on
        the edge of a list.
    share_kept : float, optional
        Share of the places that is kept for the group that is missed most: a tenth.
    keep_for : str, optional
        Keep them for this group instead.
    reserve : bool, optional
        Off: keep no places. For where no group is clearly missed more often than others.

    Returns
    -------
    Mitigation
        With every group, those of whom it is not known included.

    Raises
    ------
    ParameterError
        A column or group is not there, or a setting is impossible.
    InputError
        A score or outcome is missing or impossible, or an id comes twice.
    """
    _refuse(capacity, more, in_vain)
    rows = read_rows(
        frame, outcome, score=score, group=group, id=id, cluster=cluster, capacity=capacity
    )
    now = rows.first(rows.score, capacity)
    worst = _worst(rows, now, keep_for, reserve)
    threshold = 1 / (1 + in_vain)
    risk, changed = recalibrated(rows)
    lists = {
        NOW: now,
        KNOWN: now,
        RECALIBRATED: rows.first(risk, capacity),
        MORE: rows.first(rows.score, min(capacity * (1 + more), 1 - 1 / len(rows))),
        PAYS: rows.score >= threshold,
    }
    if reserve:
        lists[RESERVED] = reserved(rows, worst, share_kept)
    made = [_compared(rows, name, now, listed, worst, threshold) for name, listed in lists.items()]
    facts = {
        "characteristic": group, "worst": rows.labels[worst], "recalibrated": changed,
        "cases": len(rows), "capacity": capacity, "more": more, "in_vain": in_vain,
        "share_kept": share_kept, "threshold": threshold,
    }  # fmt: skip
    return Mitigation(
        pd.DataFrame([row for row, _ in made]),
        pd.concat([groups for _, groups in made], ignore_index=True),
        facts,
    )


def _refuse(capacity: float, more: float, in_vain: float) -> None:
    faults = []
    if not 0 < capacity < 1:
        faults.append("capacity must be above 0 and below 1")
    if more < 0:
        faults.append("more must be 0 or greater")
    if not in_vain > 0:
        faults.append("in_vain must be above 0")
    if faults:
        raise ParameterError("The options cannot be compared.", faults)


def _worst(rows: Rows, now: Bools, keep_for: str | None, reserve: bool) -> int:
    """The group that is missed most, of those with enough events to say; by name if equal.

    Where nothing is kept for it, that there are too few events to say is no fault: the
    largest group then stands in its place.
    """
    if keep_for is not None:
        if keep_for not in rows.labels:
            raise ParameterError(
                f"There is no group '{keep_for}'.", remedy=f"Groups are {', '.join(rows.labels)}."
            )
        return rows.labels.index(keep_for)
    found = missed(rows.outcome, now, now, rows.group, len(rows.labels), rows.cluster)
    rate = found.rate_before[:, 0]
    fit = (status_of(found.events, rate) == "ok") & rows.known
    if not fit.any() and not reserve:
        return int(np.argmax(np.bincount(rows.group, minlength=len(rows.labels))))
    if not fit.any():
        raise ParameterError(
            "No known group has enough events to say which is missed most.",
            remedy="Name the group to keep places for.",
        )
    ranked = sorted(np.flatnonzero(fit), key=lambda at: (-rate[at], rows.labels[at]))
    return int(ranked[0])


def _compared(
    rows: Rows, option: str, now: Bools, listed: Bools, worst: int, threshold: float
) -> tuple[dict[str, Any], pd.DataFrame]:
    """One option against the list of now: its row, and its groups' rows."""
    whole = missed(rows.outcome, now, listed, np.zeros(len(rows), dtype=np.int64), 1, rows.cluster)
    each = missed(rows.outcome, now, listed, rows.group, len(rows.labels), rows.cluster)
    row = {
        "option": option, "listed": int(listed.sum()),
        "caught": int(rows.outcome[listed].sum()), "events": int(rows.outcome.sum()),
        "gained": int(rows.outcome[listed & ~now].sum()),
        "lost": int(rows.outcome[now & ~listed].sum()),
        "net_benefit": net_benefit(rows.outcome, listed, threshold),
        **_named("missed", whole.rate_after[0]), **_named("change", whole.change[0]),
        **_named("worst_missed", each.rate_after[worst]),
        **_named("worst_change", each.change[worst]),
    }  # fmt: skip
    groups = pd.concat([_table((ALL,), whole), _table(rows.labels, each)], ignore_index=True)
    groups.insert(0, "option", option)
    return row, groups


def _named(name: str, figures: Floats) -> dict[str, float]:
    ends = (name, f"{name}_lower", f"{name}_upper")
    return {key: float(value) for key, value in zip(ends, figures, strict=True)}


def _table(labels: tuple[str, ...], found: Missed) -> pd.DataFrame:
    triples = {"now": found.rate_before, "after": found.rate_after, "change": found.change}
    columns = {
        f"{name}{end}": values[:, at]
        for name, values in triples.items()
        for at, end in enumerate(("", "_lower", "_upper"))
    }
    return pd.DataFrame(
        {
            "group": list(labels), "events": found.events.astype(np.int64),
            "missed_now": found.before.astype(np.int64),
            "missed_after": found.after.astype(np.int64),
            "gained": found.gained.astype(np.int64), "lost": found.lost.astype(np.int64),
            **columns,
            "status": status_of(found.events, found.rate_before[:, 0]),
        }
    )  # fmt: skip
