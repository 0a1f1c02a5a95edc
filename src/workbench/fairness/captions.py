"""Words of the report's pictures: each title says what the released figures show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.fairness.words import clear, points, share_of, small, source
from workbench.wording import Caption

_NAMED = 2
_LONGEST = 250


def missed(gaps: pd.DataFrame, capacity: float, synthetic: bool) -> Caption:
    """Words for the gaps in missed late waits."""
    sure, shown = clear(gaps), gaps[gaps["difference"].notna()]
    of_shown = " shown" if len(shown) < len(gaps) else ""
    title = f"No group{of_shown} is clearly missed more or less often than the rest"
    if shown.empty:
        title = "Groups are too small to compare"
    elif len(sure):
        title = f"{len(sure)} of {len(shown)} groups are missed more or less often than the rest"
    return Caption(
        title=title,
        subtitle=f"Late waits not on the list of the {share_of(capacity)} highest risks: each "
        "group less everyone else, 95% intervals",
        alt=_alt(_ends(shown, "difference"), f"{len(sure)} of {len(shown)} gaps are clear."),
        source=source(synthetic),
    )


def service(table: pd.DataFrame, synthetic: bool) -> Caption:
    """Words for the gap in the service itself."""
    shown = table[table["standardised"].notna()]
    apart = shown[(shown["lower"] > 0) | (shown["upper"] < 0)]
    title = "At the same case mix, no group's share of late waits stands apart"
    if shown.empty:
        title = "Groups are too small to compare at the same case mix"
    elif len(apart):
        names = ", ".join(apart["group"].head(_NAMED))
        title = f"At the same case mix, late waits differ for {len(apart)} of {len(shown)} groups"
        title += f": {names}" if len(apart) <= _NAMED else ""
    return Caption(
        title=title,
        subtitle="Share of waits that are late: each group less everyone else, 95% intervals. "
        "No model is in this",
        alt=_alt(_ends(shown, "standardised"), "Each is drawn beside the gap as it is."),
        source=source(synthetic),
    )


def calibrated(table: pd.DataFrame, characteristic: str, synthetic: bool) -> Caption:
    """Words for risks against what came, by group of a characteristic."""
    known = table[table["observed"].notna() & table["risk"].notna()]
    off = known[(known["risk"] < known["lower"]) | (known["risk"] > known["upper"])]
    title = f"{characteristic}: in {len(known) - len(off)} of {len(known)} ranges risks came true"
    if known.empty:
        title = f"{characteristic}: too few people to hold risks against what came"
    groups = list(dict.fromkeys(off["group"]))
    told = f"Risks were off in some ranges for {', '.join(groups)}." if groups else (
        "No range of risks lies outside its interval."
    )  # fmt: skip
    return Caption(
        title=title,
        subtitle="Share that was late against the risk predicted, with 95% bands. One range in "
        "20 lies outside by chance, a few more since a wait has several looks",
        alt=_alt(f"Curves of what came against the risk, a plot for each of "
                 f"{table['group'].nunique()} groups.", told),
        source=source(synthetic),
    )  # fmt: skip


def crossed(cells: pd.DataFrame, titles: tuple[str, str], synthetic: bool) -> Caption:
    """Words for missed late waits where two characteristics meet."""
    shown = cells[cells["estimate"].notna()].sort_values("estimate", kind="stable")
    names = f"{titles[0].lower()} and {titles[1].lower()}"
    title, alt = f"Too few people to compare {names}", "Cells without a value are withheld."
    if len(shown) > 1:
        low, high = shown.iloc[0], shown.iloc[-1]
        title = f"Missed by {names}: {_whole(low['estimate'])} to {_whole(high['estimate'])}"
        alt = (
            f"Heat map of missed late waits by {names}, from {_whole(low['estimate'])} "
            f"({low['part_1']}, {low['part_2']}) to {_whole(high['estimate'])} "
            f"({high['part_1']}, {high['part_2']})."
        )
    return Caption(
        title=title,
        subtitle="Share of late waits not on the list, with 95% interval below. Small cells are "
        "drawn towards the mean",
        alt=_alt(alt),
        source=source(synthetic),
    )


def bounded(table: pd.DataFrame, characteristic: str, synthetic: bool) -> Caption:
    """Words for how far gaps could be off, whoever is not known."""
    shown = table[table["gap"].notna()]
    fixed = shown[(shown["gap_least"] > 0) | (shown["gap_most"] < 0)]
    title = f"{characteristic}: those not known could make or hide every gap"
    if shown.empty:
        title = f"{characteristic}: too few people to bound any gap"
    elif len(fixed):
        title = f"{characteristic}: {len(fixed)} of {len(shown)} gaps hold whoever is not known"
    return Caption(
        title=title,
        subtitle="Gap in missed late waits, percentage points, if all of whom it is not known were "
        "of the group and were missed least, or most. These are not intervals of chance",
        alt=_alt(_ends(shown, "gap"), "Lines show how far those not known could move each."),
        source=source(synthetic),
    )


def options(table: pd.DataFrame, facts: Mapping[str, Any], synthetic: bool) -> Caption:
    """Words for what each option would catch, against now."""
    shown = table[table["change"].notna()]
    alt, title = "No option can be shown.", "Too few waits were late to compare what could be done"
    if len(shown):
        least = shown.sort_values("change", kind="stable").iloc[0]
        title = "A longer list catches more; a re-ordered one of the same length hardly does"
        same = shown[shown["listed"] == shown["listed"].iloc[0]]["change"].abs().max()
        if not (same < 0.02 and least["change"] < -0.02):
            title = f"Fewest are missed with: {small(least['option'])}"
        alt = (
            f"Change in late waits missed by option, from {points(least['change'])} for "
            f"{small(least['option'])} to {points(shown['change'].max())}."
        )
    return Caption(
        title=title,
        subtitle=f"Late waits missed, less those missed now ({share_of(facts['capacity'])} of "
        "looks on the list), 95% intervals",
        alt=_alt(alt),
        source=source(synthetic),
    )


def shifted(table: pd.DataFrame, synthetic: bool) -> Caption:
    """Words for who gains and who loses where a list of the same length is re-ordered."""
    shown = table[table["change"].notna() & (table["group"] != "All")]
    worse, better = (
        shown[(shown["change_lower"] > 0)], shown[(shown["change_upper"] < 0)],
    )  # fmt: skip
    title = "Another order of the same list changes little for any group shown"
    if shown.empty:
        title = "Too few people change places to show who gains and who loses"
    elif len(worse) or len(better):
        title = (
            f"Another order: {len(better)} times a group is missed less, {len(worse)} times more"
        )
    return Caption(
        title=title,
        subtitle="Change in the share of late waits missed, by group, 95% intervals; the list "
        "stays as long",
        alt=_alt(_ends(shown, "change").replace("Gaps", "Changes"), f"{len(worse)} are clearly "
                 f"worse and {len(better)} clearly better."),
        source=source(synthetic),
    )  # fmt: skip


def _ends(shown: pd.DataFrame, column: str) -> str:
    if shown.empty:
        return "No gap can be shown."
    ordered = shown.sort_values([column, "group"], kind="stable")
    low, high = ordered.iloc[0], ordered.iloc[-1]
    return (
        f"Gaps run from {points(low[column])} for {low['group']} to {points(high[column])} for "
        f"{high['group']}."
    )


def _alt(*sentences: str) -> str:
    text = " ".join(sentences)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4].rsplit(' ', 1)[0]} ..."


def _whole(share: float) -> str:
    return f"{100 * share:.0f}%"
