"""Plain words for the report, built from what disclosure control has let through.

Every function takes tables as they will be shown: a figure that is withheld there is in
no sentence here. For readers who decide on services, with no statistics.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.dictionary.groups import NOT_KNOWN, NOT_STATED
from workbench.linkage.evaluation.gaps import largest
from workbench.wording import MADE_UP, Caption, percent

SOURCE = "Source: records that the Trusts sent, as linked in this workspace."


def source(synthetic: bool) -> str:
    """Say where figures come from, for the line under a chart."""
    return MADE_UP if synthetic else SOURCE


def reference_line(region: pd.DataFrame) -> dict[str, Any]:
    """Everyone together, as the dashed line of a chart; nothing where it is withheld."""
    share = region["share"]
    if share.empty or pd.isna(share.iloc[0]):
        return {}
    return {"reference": float(share.iloc[0]), "reference_label": "All"}


def headline(shared: pd.DataFrame, gaps: pd.DataFrame) -> str:
    """First section of the report: what we found, how sure, what not to conclude.

    Parameters
    ----------
    shared : DataFrame
        Released `shared_rates` of everyone together.
    gaps : DataFrame
        Released gaps with bounds, by ethnic group.

    Returns
    -------
    str
        Markdown of at most 80 words.
    """
    found = "Of records that name a second Trust, too few lack the other half to say how many."
    if len(shared) and not pd.isna(shared["share"].iloc[0]):
        share = percent(shared["share"].iloc[0])
        found = f"Of records that name a second Trust, {share} found their other half."
    return (
        f"**What we found.** {found} {_moved(gaps)}\n\n"
        "**How sure.** That range holds whoever we missed. "
        "It cannot see a false link that looks sound.\n\n"
        "**What not to conclude.** No range proves that care is fair, or that it is not."
    )


def _moved(gaps: pd.DataFrame) -> str:
    """How far linkage could move the gap of the largest group that has one."""
    stated = gaps[~gaps["group"].isin([NOT_KNOWN, NOT_STATED]) & gaps["gap_lowest"].notna()]
    if stated.empty:
        return "Groups are too small to say what that does to a gap."
    row = stated.sort_values(["treated", "group"], ascending=[False, True]).iloc[0]
    against = largest(gaps, "treated")
    return (
        f"{row['group']} against {against}: the gap in late care is {row['gap']:.1f} points. "
        f"Links in doubt could make it {row['gap_lowest']:.1f} to {row['gap_highest']:.1f}."
    )


def _span(table: pd.DataFrame, label: str) -> tuple[Any, Any] | None:
    """Rows of the lowest and highest share that is shown, or None if fewer than two are."""
    stated = table[~table[label].isin([NOT_KNOWN, NOT_STATED]) & table["share"].notna()]
    known = stated.sort_values(["share", label], kind="stable")
    return None if len(known) < 2 else (known.iloc[0], known.iloc[-1])


def _apart(low: Any, high: Any) -> bool:
    return bool(low["upper"] < high["lower"])


def _small(text: str) -> str:
    """A name to stand inside a sentence; Trusts and the NHS keep their capitals."""
    return text if text.startswith(("Trust", "NHS")) else text[0].lower() + text[1:]


def linked(table: pd.DataFrame, characteristic: str, synthetic: bool) -> Caption:
    """Words for the records linked to another Trust, by group."""
    what = _small(characteristic)
    ends = _span(table, "group")
    title, alt = f"Too few records to compare by {what}", "Too few records are linked to show."
    if ends:
        low, high = ends
        title = f"By {what}, {'some' if _apart(low, high) else 'no'} groups are linked more often"
        if not _apart(low, high):
            title = f"By {what}, no group is clearly linked more often"
        alt = (
            f"Dots by {what}: from {percent(low['share'])} ({low['group']}) to "
            f"{percent(high['share'])} ({high['group']}) of records are linked to another Trust."
        )
    return Caption(
        title=title,
        subtitle="Share of records linked to one of another Trust, with 95% intervals",
        alt=alt,
        source=source(synthetic),
    )


def met(table: pd.DataFrame, characteristic: str, synthetic: bool) -> Caption:
    """Words for shared records whose other half was found, by group."""
    what = _small(characteristic)
    ends = _span(table, "group")
    title = f"Too few links are missing to compare by {what}"
    alt = "Dots by group: too few records lack their other half, or too few are shared, to show."
    if ends:
        low, high = ends
        title = f"By {what}, no group clearly loses more links"
        if _apart(low, high):
            title = f"By {what}, the most links are lost for: {low['group']}"
        alt = (
            f"Dots by {what}: the other half was found for {percent(low['share'])} "
            f"({low['group']}) to {percent(high['share'])} ({high['group']})."
        )
    return Caption(
        title=title,
        subtitle="Share of records naming a second Trust whose other half was found there, "
        "with 95% intervals",
        alt=alt,
        source=source(synthetic),
    )


def rules(table: pd.DataFrame, what: str, synthetic: bool) -> Caption:
    """Words for how many records each rule ties; `what` is ``persons`` or ``pathways``."""
    known = table[table["share"].notna()]
    title, alt = "Too few records are linked to show the rules", "Too few records are linked."
    if len(known):
        first = known.iloc[0]
        title = f"Most of all, records are tied to {what} by: {_small(first['match_rule'])}"
        alt = f"Dots by rule: the commonest ties {percent(first['share'])} of linked records."
    return Caption(
        title=title,
        subtitle=f"Share of linked records that each rule ties to {what}",
        alt=alt,
        source=source(synthetic),
    )


def threshold(table: pd.DataFrame, in_use: float | None, synthetic: bool) -> Caption:
    """Words for what other thresholds would accept."""
    places = pd.to_numeric(table["threshold"])
    ends = f"{places.min():g} to {places.max():g}"
    used = "" if in_use is None else f" {in_use:g} is in use."
    title = "Hardly any pair is in doubt, whatever the threshold"
    if (table["pairs"].fillna(0) > 0).sum() > 1:
        title = "A stricter threshold misses more; a looser one links more by mistake"
    return Caption(
        title=title,
        subtitle="Pairs of records in doubt, linked by mistake and missed, as linkage expects",
        alt=f"Lines of doubtful, falsely linked and missed pairs for thresholds {ends}.{used}",
        source=source(synthetic),
    )


def profile(table: pd.DataFrame, synthetic: bool) -> Caption:
    """Words for what shared records without a partner are like."""
    known = table[table["share"].notna()]
    title, alt = "Too few shared records lack a partner to say why", "Too few to show by item."
    if len(known):
        worst = known.sort_values(["share", "name"], ascending=[False, True]).iloc[0]
        yes, no = (known[known["answer"] == a].set_index("what") for a in ("Yes", "No"))
        both = yes[["upper"]].join(no[["lower"]], how="inner")
        goes_with = both.index[both["lower"] > both["upper"]]
        title = "No missing item clearly goes with a missing link"
        if len(goes_with):
            title = f"More links are missing unless this holds: {_small(str(goes_with[0]))}"
        alt = (
            f"Dots by what a record holds: the most, {percent(worst['share'])}, lack a partner "
            f"under '{worst['name']}'."
        )
    return Caption(
        title=title,
        subtitle="Share of shared records whose other half was not found, with 95% intervals",
        alt=alt,
        source=source(synthetic),
    )


def gap_bounds(
    table: pd.DataFrame, characteristic: str, reference: str | None, synthetic: bool
) -> Caption:
    """Words for how far linkage error could move each group's gap."""
    others = table[table["gap_lowest"].notna()]
    what = _small(characteristic)
    title, alt = f"Too few patients to compare by {what}", "Too few patients to show by group."
    if len(others):
        title = _explained(others, what)
        sized = others.assign(width=others["gap_highest"] - others["gap_lowest"])
        widest = sized.sort_values(["width", "group"], ascending=[False, True]).iloc[0]
        alt = (
            f"Dots by {what} with ranges: the widest is {widest['group']}, "
            f"{widest['gap_lowest']:.1f} to {widest['gap_highest']:.1f} points."
        )
    against = "less that of the largest group" + (f" ({reference})" if reference else "")
    return Caption(
        title=title,
        subtitle=f"Share treated late under 62 days {against}, percentage points. "
        "Lines: what linkage error could make of it",
        alt=alt,
        source=source(synthetic),
    )


def _explained(others: pd.DataFrame, what: str) -> str:
    """What can be said of the gaps that chance alone does not explain."""
    clear = others[(others["gap_lower"] > 0) | (others["gap_upper"] < 0)]
    stays = (clear["gap_lowest"] > 0) | (clear["gap_highest"] < 0)
    if clear.empty:
        return f"By {what}, no gap is larger than chance could make it"
    if stays.all():
        return f"By {what}, linkage error could not make the clear gaps"
    return f"By {what}, linkage error could make a gap that chance could not"


def missed(table: pd.DataFrame, characteristic: str, synthetic: bool) -> Caption:
    """Words for true pairs that linkage found, by group, where the truth is known."""
    what = _small(characteristic)
    ends = _span(table, "group")
    title, alt = f"Too few true pairs to compare by {what}", "Too few true pairs to show by group."
    if ends:
        low, high = ends
        title = f"By {what}, no group clearly loses more true links"
        if _apart(low, high):
            title = f"By {what}, the most true links are lost for: {high['group']}"
        alt = (
            f"Dots by {what}: {percent(low['share'])} ({low['group']}) to "
            f"{percent(high['share'])} ({high['group']}) of true pairs are missed."
        )
    return Caption(
        title=title,
        subtitle="Share of true pairs between Trusts that were missed, with 95% intervals",
        alt=alt,
        source=source(synthetic),
    )


def added(table: pd.DataFrame, characteristic: str) -> str:
    """Caption of the table of errors that linkage adds to each group's late share."""
    known = table[table["error"].notna()]
    what = _small(characteristic)
    if known.empty:
        return f"Late under 62 days, as linked and in truth, by {what}"
    worst = known["error"].abs().max()
    return f"Late under 62 days by {what}: linkage adds at most {worst:.1f} points to a share"
