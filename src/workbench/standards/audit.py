"""Whether a waitlist summary adds up, and what became of every record."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import pandas as pd

from workbench.errors import InputError
from workbench.standards.rules import STANDARDS
from workbench.standards.sharing import METHODS
from workbench.standards.summary import outcomes
from workbench.standards.waitlist import Waitlist, counted_once
from workbench.wording import day_in_words

_HALF_A_PATIENT = 0.25
"""Sums of halves are exact; anything this far off is a patient's half lost."""


def standards_with_records(
    waitlist: Waitlist, months: Sequence[str], standards: Sequence[str]
) -> list[str]:
    """Give the standards under which somebody counts in some months, in their usual order.

    Faster diagnosis is left out where one tumour group is looked at: most of those whom
    it counts have no cancer, and so no group.

    Raises
    ------
    InputError
        Nobody counts under any.
    """
    wanted = [one for one in standards if one != "FDS" or not waitlist.tumour_group]
    counted = waitlist.counted(months, wanted or ["none"])
    found = set(waitlist.fetch(counted.select("standard").distinct())["standard"])
    if not found:
        raise InputError(
            f"No record counts under {', '.join(standards)} from {min(months)} to {max(months)}.",
            remedy="Choose another as_at, more months or another tumour group, or take in the "
            "extracts of these months: workbench ingest",
        )
    return [standard for standard in STANDARDS if standard in found]


def checks(
    waitlist: Waitlist,
    months: Sequence[str],
    by_trust: pd.DataFrame,
    methods: pd.DataFrame,
    bands: pd.DataFrame,
) -> pd.DataFrame:
    """Check that the parts of the report are parts of one whole.

    Parameters
    ----------
    waitlist : Waitlist
    months : sequence of str
    by_trust : DataFrame
        ``standard, provider, total, within``.
    methods : DataFrame
        From `workbench.standards.sharing.counts_by_method`; no rows where 62D is left out.
    bands : DataFrame
        From `workbench.standards.backlog.bands_by`, with ``open_pathways`` counted apart.

    Returns
    -------
    DataFrame
        ``check, passed, detail``; details tell how many sums differ, never a count
        of patients.
    """
    found = [
        _extracts_reach(waitlist),
        _sums("Each patient counts as one, at one Trust or two halves", _weights(waitlist, months)),
        _sums("No pathway's event counts twice", _twice(waitlist, months)),
        _sums("The Trusts add up to the whole", _trusts(waitlist, months, by_trust)),
        _sums("Three ways to count shared patients give one total", _ways(methods)),
        _sums("The bands hold every open pathway", _bands(bands)),
    ]
    return pd.DataFrame(found, columns=["check", "passed", "detail"])


def became_of(waitlist: Waitlist) -> pd.DataFrame:
    """Count the records that each standard counts, and those that it does not, by reason.

    Returns
    -------
    DataFrame
        ``standard, reason`` (in words), ``records``; counted ones first, then
        the second records of shared patients, then by reason.
    """
    rows = waitlist.rows
    once = rows.mutate(
        exclusion_reason=rows.copy.ifelse("second_record", rows.exclusion_reason),
    )
    table = waitlist.fetch(outcomes(once))
    labels = {c.code: c.label for c in waitlist.dictionary.code_list("exclusion_reason").codes}
    labels["second_record"] = "Counted already in another Trust's or an earlier record"
    code = table["exclusion_reason"]
    named = table.assign(
        reason=code.map(labels).fillna(code).fillna("Counted"),
        place=code.map({"second_record": 1}).fillna(2).where(code.notna(), 0),
    )
    ordered = named.sort_values(["standard", "place", "reason"], ignore_index=True)
    return ordered[["standard", "reason", "records"]]


def once_in_words(waitlist: Waitlist) -> pd.DataFrame:
    """Tabulate how counting shared patients once came out: ``what, number``."""
    if waitlist.linked:
        return _linked_in_words(waitlist)
    found = counted_once(waitlist)
    return pd.DataFrame(
        {
            "what": [
                "Records read",
                "Events not counted again: another record, or the other Trust's, has them",
                "Shared pathways that only linkage can count: each Trust lacks a part",
            ],
            "number": [found["records"], found["copies"], found["split"]],
        }
    )


def _linked_in_words(waitlist: Waitlist) -> pd.DataFrame:
    records = waitlist.records
    counts = waitlist.fetch(
        records.aggregate(
            pathways=records.pathway.nunique(),
            rows=records.count(),
            shared=(records.treating_provider != records.investigating_provider).sum(),
        )
    ).iloc[0]
    return pd.DataFrame(
        {
            "what": [
                "Linked pathways read",
                "Later treatments read",
                "Treated at another Trust than investigated",
            ],
            "number": [
                int(counts["pathways"]),
                int(counts["rows"] - counts["pathways"]),
                int(counts["shared"]),
            ],
        }
    )


def _extracts_reach(waitlist: Waitlist) -> tuple[str, bool, str]:
    check = "The extracts reach the day that the data are seen from"
    latest = waitlist.latest_extract
    if latest is None:
        return check, True, "the store does not say when extracts were taken"
    return check, latest >= waitlist.as_at, f"last extract of {day_in_words(latest)}"


def _sums(check: str, differ: pd.Series[bool]) -> tuple[str, bool, str]:
    wrong = int(differ.sum())
    return check, wrong == 0, "every sum agrees" if wrong == 0 else f"{wrong:,} differ"


def _weights(waitlist: Waitlist, months: Sequence[str]) -> pd.Series[bool]:
    rows = waitlist.counted(months, ["FDS", "31D", "62D"])
    weights = rows.group_by("record_id", "standard").aggregate(weight=rows.weight.sum())
    return (waitlist.fetch(weights)["weight"] - 1).abs() > 0


def _twice(waitlist: Waitlist, months: Sequence[str]) -> pd.Series[bool]:
    rows = waitlist.counted(months, ["FDS", "31D", "62D"])
    diagnosis = rows.standard == "FDS"  # a pathway has one; its treatments are several
    per_event = rows.group_by(
        "pathway",
        "standard",
        event=diagnosis.ifelse(ibis.null("string"), rows.event_type),
        stopped=diagnosis.ifelse(ibis.null("date"), rows.clock_stop_date),
    ).aggregate(weight=rows.weight.sum())
    return waitlist.fetch(per_event)["weight"] > 1


def _trusts(waitlist: Waitlist, months: Sequence[str], by_trust: pd.DataFrame) -> pd.Series[bool]:
    standards = by_trust["standard"].unique().tolist()
    rows = waitlist.counted(months, standards)
    whole = waitlist.fetch(
        rows.group_by("standard").aggregate(
            total=rows.weight.sum(), within=rows.weight_within.sum()
        )
    ).set_index("standard")
    parts = by_trust.groupby("standard")[["total", "within"]].sum()
    return (whole - parts.reindex(whole.index)).abs().max(axis=1) > _HALF_A_PATIENT


def _ways(methods: pd.DataFrame) -> pd.Series[bool]:
    wanted = [f"{part}_{method}" for part in ("total", "within") for method in METHODS]
    sums = methods.reindex(columns=wanted).sum()
    apart = {
        f"{part} {method}": abs(sums[f"{part}_{method}"] - sums[f"{part}_allocated"])
        for part in ("total", "within")
        for method in METHODS[1:]
    }
    return pd.Series(apart, dtype=float) > _HALF_A_PATIENT


def _bands(bands: pd.DataFrame) -> pd.Series[bool]:
    by = bands.columns[0]
    groups = bands.groupby(by, sort=False)
    return groups["patients"].sum() != groups["open_pathways"].first()
