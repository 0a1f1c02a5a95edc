"""Plain words for the report, built from what disclosure control has let through.

Every function takes tables as they will be shown: a figure that is withheld there is in
no sentence here. For readers who send, mend or rely on the data, with no statistics.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.dictionary.groups import NOT_KNOWN, NOT_STATED
from workbench.wording import MADE_UP, Caption, percent

SOURCE = "Source: what the Trusts sent, as it stands in the store."


def source(synthetic: bool) -> str:
    """Say where figures come from, for the line under a chart."""
    return MADE_UP if synthetic else SOURCE


def reference_line(region: pd.DataFrame, standard: str) -> dict[str, Any]:
    """All Trusts together, as the dashed line of a chart; nothing where it is withheld."""
    share = region.loc[region["standard"] == standard, "share"]
    if share.empty or pd.isna(share.iloc[0]):
        return {}
    return {"reference": float(share.iloc[0]), "reference_label": "All"}


def headline(
    region: pd.DataFrame, trusts: pd.DataFrame, mend: pd.DataFrame, checks: pd.DataFrame
) -> str:
    """First section of the report: what we found, how sure, what not to conclude.

    Parameters
    ----------
    region, trusts : DataFrame
        Released `measured` of all Trusts together, and by Trust.
    mend : DataFrame
        Released `mend_first`.
    checks : DataFrame
        From `agreement`.

    Returns
    -------
    str
        Markdown of at most 80 words.
    """
    whole = region[region["standard"] == "62D"].iloc[0]
    found = "Too few treatments have ended to say how many can be measured."
    if not pd.isna(whole["share"]):
        found = f"{percent(whole['share'])} of treatments can be held against the 62-day standard."
    sure = "The counts agree with the rules of the standards."
    if not checks["passed"].all():
        sure = "Some counts do not agree with the rules of the standards: see the checks."
    return (
        f"**What we found.** {found} {_worst(trusts)} {_first(mend)}\n\n"
        f"**How sure.** {sure} The ranges show how far chance alone could move a share.\n\n"
        "**What not to conclude.** A gap in the data is not a gap in care. "
        "But who is left out can hide who waits."
    )


def _worst(trusts: pd.DataFrame) -> str:
    known = trusts[(trusts["standard"] == "62D") & trusts["share"].notna()]
    if len(known) < 2:
        return ""
    worst = known.sort_values(["share", "trust"]).iloc[0]
    return f"The lowest share is at {worst['trust']}, with {percent(worst['share'])}."


def _first(mend: pd.DataFrame) -> str:
    known = mend[mend["gained"].notna()]
    if known.empty:
        return "No one gap stands out to mend."
    best = known.sort_values(["gained", "trust"], ascending=[False, True]).iloc[0]
    item = _inside(best["item"])
    return f"The best gap to mend is the {item} at {best['trust']} ({best['gained']:,.0f} records)."


def _inside(item: str) -> str:
    """An item's name to stand inside a sentence."""
    name = item.removeprefix("The ")
    return name if name.startswith("NHS") else name[0].lower() + name[1:]


def _span(table: pd.DataFrame, label: str, share: str = "share") -> tuple[Any, Any] | None:
    """Rows of the lowest and highest share that is shown, or None if fewer than two are."""
    known = table[table[share].notna()].sort_values([share, label], kind="stable")
    return None if len(known) < 2 else (known.iloc[0], known.iloc[-1])


def measured(table: pd.DataFrame, title: str, synthetic: bool) -> Caption:
    """Words for the waits of one standard that can be measured, by Trust."""
    what = title[0].lower() + title[1:]
    ends = _span(table, "trust")
    finding, message = "Too few waits to compare Trusts", "Too few waits have ended to show."
    if ends:
        low, high = ends
        finding = f"{title}: {low['trust']} loses the most"
        message = (
            f"Dots by Trust: from {percent(low['share'])} ({low['trust']}) to "
            f"{percent(high['share'])} ({high['trust']}) of waits can be measured."
        )
    return Caption(
        title=finding,
        subtitle=f"Share of ended waits that can be measured as {what}, with 95% intervals",
        alt=message,
        source=source(synthetic),
    )


def by_group(table: pd.DataFrame, characteristic: str, synthetic: bool) -> Caption:
    """Words for the waits under 62 days that can be measured, by a group of patients."""
    stated = table[~table["group"].isin([NOT_KNOWN, NOT_STATED])]
    ends = _span(stated, "group")
    what = characteristic[0].lower() + characteristic[1:]
    finding, message = f"Too few waits to compare by {what}", "Too few waits have ended to show."
    if stated.empty:
        finding, message = f"{characteristic}: known for no one", f"The {what} is known for no one."
    if ends:
        low, high = ends
        apart = low["upper"] < high["lower"]
        finding = (
            f"By {what}, more waits are lost in some groups"
            if apart
            else f"By {what}, no group clearly loses more waits"
        )
        message = (
            f"Dots by {what}: from {percent(low['share'])} ({low['group']}) to "
            f"{percent(high['share'])} ({high['group']}) can be measured."
        )
    return Caption(
        title=finding,
        subtitle="Share of ended waits that can be held against 62 days, with 95% intervals",
        alt=message,
        source=source(synthetic),
    )


def usable(table: pd.DataFrame, synthetic: bool) -> Caption:
    """Words for how many measured waits each equity figure can use."""
    ends = _span(table, "characteristic")
    finding, message = "Too few waits to show", "Too few waits are measured to show any share."
    if ends:
        low, high = ends
        finding = f"{low['characteristic']} is known for {percent(low['share'])} of patients"
        message = (
            f"Dots by characteristic: known for {percent(low['share'])} "
            f"({_inside(low['characteristic'])}) to {percent(high['share'])} "
            f"({_inside(high['characteristic'])}) of measured waits."
        )
    return Caption(
        title=finding,
        subtitle="Share of waits measured under 62 days for which it is known, all Trusts, "
        "with 95% intervals",
        alt=message,
        source=source(synthetic),
    )


def mend(table: pd.DataFrame, trust: str, synthetic: bool) -> Caption:
    """Words for what one Trust should mend first."""
    known = table[table["gained"].notna()]
    finding, message = f"{trust}: no gap stands out", "Each gap is too small to show its size."
    if len(known):
        best = known.iloc[0]
        finding = f"{trust} should first mend: {_inside(best['item'])}"
        message = (
            f"Dots by item at {trust}: mending the {_inside(best['item'])} would win back "
            f"{best['gained']:,.0f} of {best['records']:,.0f} records."
        )
    return Caption(
        title=finding,
        subtitle="Share of the Trust's records won back for a figure if this alone were mended",
        alt=message,
        source=source(synthetic),
    )


def scores(table: pd.DataFrame, synthetic: bool) -> Caption:
    """Words for the score of each Trust."""
    ends = _span(table, "trust", "score")
    finding, message = "One score shows no difference", "Too few Trusts are shown to compare."
    if ends:
        low, high = ends
        finding = f"Scores run from {low['score']:.1f} ({low['trust']}) to {high['score']:.1f}"
        message = (
            f"Dots by Trust: the best score is {high['score']:.1f} ({high['trust']}), the lowest "
            f"{low['score']:.1f}, of 100."
        )
    return Caption(
        title=finding,
        subtitle="Mean share of items that are filled and valid, times months sent; out of 100",
        alt=message,
        source=source(synthetic),
    )


def heaped(table: pd.DataFrame, expected: float, synthetic: bool) -> Caption:
    """Words for dates on the first of a month."""
    above = table[table["lower"].notna() & (table["lower"] > expected)]
    count = len(above)
    some = {0: "No date heaps", 1: "One date heaps"}.get(count, f"{count} kinds of date heap")
    return Caption(
        title=f"{some} on the first of the month",
        subtitle="Share of days that are the first of a month, by Trust, with 95% intervals",
        alt=f"Dots by Trust and date against {percent(expected)}, the share that chance gives; "
        f"{count} of {len(table)} lie clearly above it.",
        source=source(synthetic),
    )


def conflicting(table: pd.DataFrame, synthetic: bool) -> Caption:
    """Words for ethnic categories that disagree between sources, by ethnic group."""
    stated = table[~table["ethnicity"].isin([NOT_KNOWN, NOT_STATED])]
    ends = _span(stated, "ethnicity")
    finding, message = "Too few to compare ethnic groups", "Too few conflicts to show by group."
    if ends:
        low, high = ends
        finding = f"Sources disagree most on: {high['ethnicity']}"
        message = (
            f"Dots by ethnic group: records disagree for {percent(low['share'])} "
            f"({low['ethnicity']}) to {percent(high['share'])} ({high['ethnicity']})."
        )
    return Caption(
        title=finding,
        subtitle="Share of records whose patient has two different stated ethnic categories, "
        "with 95% intervals",
        alt=message,
        source=source(synthetic),
    )
