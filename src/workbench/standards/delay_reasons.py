"""Why patients waited too long, as the Trusts recorded it, in the groups of the code list.

A reason is written down after a breach. It explains nothing by itself, and may
never be used to predict one.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import pandas as pd

from workbench.standards.waitlist import Waitlist

NO_REASON = "no reason recorded"
OTHER_CODE = "code not in the list"


def breaches_by_reason(
    waitlist: Waitlist,
    months: Sequence[str],
    standards: Sequence[str],
    by: Sequence[str] = (),
) -> pd.DataFrame:
    """Patients after the standard, by the group of the reason given.

    Parameters
    ----------
    waitlist : Waitlist
    months : sequence of str
    standards : sequence of {"FDS", "31D", "62D"}
    by : sequence of str, optional
        ``provider``, for instance.

    Returns
    -------
    DataFrame
        ``standard``, `by`, ``reason`` (group of the code list, `NO_REASON` or
        `OTHER_CODE`), ``patients`` (in halves where two Trusts share one) and
        ``breaches`` (patients of all reasons); most common reason first. For an
        upgrade that pathway's own reason is taken, else the referral's.
    """
    rows = waitlist.counted(months, standards)
    late = rows.filter(~rows.within)
    code = ibis.cases(
        (late.standard == "FDS", late.delay_fds),
        (late.standard == "31D", late.delay_31d),
        (late.upgrade, ibis.coalesce(late.delay_upgrade, late.delay_62d)),
        else_=late.delay_62d,
    )
    coded = late.mutate(code=code)
    counts = coded.group_by("standard", *by, "code").aggregate(patients=coded.weight.sum())
    return grouped(waitlist.fetch(counts), waitlist.dictionary.code_list("delay_reason").groups())


def grouped(counts: pd.DataFrame, groups: dict[str, str]) -> pd.DataFrame:
    """Add codes up to their groups.

    Parameters
    ----------
    counts : DataFrame
        ``code`` (blank: none given), ``patients``, and keys.
    groups : dict
        Code to group.
    """
    reason = counts["code"].map(groups).fillna(OTHER_CODE)
    reason = reason.mask(counts["code"].isna(), NO_REASON)
    keys = [str(name) for name in counts if name not in ("code", "patients")]
    named = counts.assign(reason=reason).groupby([*keys, "reason"])["patients"].sum().reset_index()
    totals = named.groupby(keys)["patients"].transform("sum")
    order = [*keys, "patients", "reason"]
    ascending = [True] * len(keys) + [False, True]
    return named.assign(breaches=totals).sort_values(
        order, ascending=ascending, kind="stable", ignore_index=True
    )
