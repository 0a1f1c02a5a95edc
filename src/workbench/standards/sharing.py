"""Patients whom two Trusts share under 62 days, and what the way of counting them does.

The breach allocation rules give the whole of a late patient to the Trust that was
late. Counting half each, or all at the Trust that treated, tells another story of
the same patients; the region's own figure is the same in all three.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench.standards.breakdown import performance_by
from workbench.standards.waitlist import Waitlist

METHODS = ("allocated", "halved", "treating")
"""By the allocation rules; half each; all at the Trust that treated."""


def counts_by_method(
    waitlist: Waitlist, months: Sequence[str], by: Sequence[str] = ("provider",)
) -> pd.DataFrame:
    """62-day patients of each Trust, counted in three ways.

    Parameters
    ----------
    waitlist : Waitlist
    months : sequence of str
    by : sequence of str, optional
        ``provider``, and ``month`` if wanted.

    Returns
    -------
    DataFrame
        `by`, ``shared`` (patients shared with another Trust), ``total_METHOD`` and
        ``within_METHOD`` for each of `METHODS`; sorted by `by`. A Trust that one
        method gives nobody has 0 there.
    """
    rows = waitlist.counted(months, ["62D"])
    rows = rows.mutate(month=rows.reporting_month)
    patients = rows.select(
        "record_id", "month", "within", "treating_provider", "investigating_provider"
    ).distinct()
    parts = ibis.union(
        rows.select(*by, method=ibis.literal("allocated"), part=rows.weight, within=rows.within),
        _halved(patients, by),
        _treating(patients, by),
        _shared(patients, by),
    )
    counts = {"shared": parts.part.sum(where=parts.method == "shared")}
    for method in METHODS:
        own = parts.method == method
        counts[f"total_{method}"] = parts.part.sum(where=own)
        counts[f"within_{method}"] = parts.part.sum(where=own & parts.within)
    table = parts.group_by(*by).aggregate(**{n: c.fill_null(0.0) for n, c in counts.items()})
    return waitlist.fetch(table).sort_values(list(by), kind="stable", ignore_index=True)


def own_by_month(
    waitlist: Waitlist, months: Sequence[str], standards: Sequence[str]
) -> pd.DataFrame:
    """Each Trust's months as they could be published, shared patients counted in each way.

    Returns
    -------
    DataFrame
        ``month, provider, standard, counted`` (one of `METHODS`; ``allocated`` alone for
        FDS and 31D, which are not shared), ``total``, ``within``.
    """
    by = ["month", "provider"]
    others = [standard for standard in standards if standard != "62D"]
    plain = performance_by(waitlist, months, others, by) if others else pd.DataFrame()
    parts = [plain.assign(counted="allocated")] if len(plain) else []
    if "62D" in standards:
        wide = counts_by_method(waitlist, months, by)
        for method in METHODS:
            names = {f"total_{method}": "total", f"within_{method}": "within"}
            part = wide[[*by, *names]].rename(columns=names)
            parts.append(part.assign(standard="62D", counted=method))
    return pd.concat(parts, ignore_index=True)[
        ["month", "provider", "standard", "counted", "total", "within"]
    ]


def handover_by_trust(waitlist: Waitlist, months: Sequence[str]) -> pd.DataFrame:
    """How soon the Trusts that investigate hand patients over.

    Returns
    -------
    DataFrame
        ``provider`` (who investigated), ``shared`` patients, ``dated`` (the handover
        has a date), ``in_time`` (by the day of the allocation rules, 38); sorted.
    """
    rows = waitlist.counted(months, ["62D"])
    patients = rows.select(
        "record_id", "treating_provider", "transferred", "started_62d", "off_first_seen_62d",
        provider=rows.investigating_provider,
    ).distinct()  # fmt: skip
    shared = patients.filter(patients.provider != patients.treating_provider)
    days = shared.transferred.delta(shared.started_62d, unit="day") - shared.off_first_seen_62d
    in_time = (days <= waitlist.rules.handover_days).fill_null(False)
    counts = shared.group_by("provider").aggregate(
        shared=shared.count(),
        dated=shared.transferred.count(),
        in_time=in_time.sum(),
    )
    return waitlist.fetch(counts).sort_values("provider", kind="stable", ignore_index=True)


def _halved(patients: ir.Table, by: Sequence[str]) -> ir.Table:
    alone = _is_alone(patients)
    treating = patients.mutate(
        provider=patients.treating_provider, part=ibis.ifelse(alone, 1.0, 0.5)
    )
    investigating = patients.mutate(provider=patients.investigating_provider, part=0.5)
    both = ibis.union(
        treating.select(*by, "part", "within"),
        investigating.filter(~alone).select(*by, "part", "within"),
    )
    return both.select(*by, method=ibis.literal("halved"), part=both.part, within=both.within)


def _treating(patients: ir.Table, by: Sequence[str]) -> ir.Table:
    whole = patients.mutate(provider=patients.treating_provider)
    return whole.select(
        *by, method=ibis.literal("treating"), part=ibis.literal(1.0), within=whole.within
    )


def _shared(patients: ir.Table, by: Sequence[str]) -> ir.Table:
    two = patients.filter(~_is_alone(patients))
    sides = ibis.union(
        two.mutate(provider=two.treating_provider).select(*by, "within"),
        two.mutate(provider=two.investigating_provider).select(*by, "within"),
    )
    return sides.select(
        *by, method=ibis.literal("shared"), part=ibis.literal(1.0), within=sides.within
    )


def _is_alone(patients: ir.Table) -> ir.BooleanValue:
    other = patients.investigating_provider != patients.treating_provider
    return ~other.fill_null(False)
