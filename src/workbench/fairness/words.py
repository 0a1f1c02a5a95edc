"""Plain words for the report on fairness, built from what disclosure control has let through.

Every function takes tables as they will be shown: a figure that is withheld there is in no
sentence here. For readers who decide on services, with no statistics; no sentence may say
more than the figures do when it is read alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.fairness.mitigation import KNOWN, MORE, NOW, PAYS, RECALIBRATED, RESERVED
from workbench.fairness.mitigation_research import GRADIENT, OPTIMISER
from workbench.wording import DAYS, MADE_UP, percent

SOURCE = "Source: the model as it was judged, on the latest waits whose end is known."
SURE_BELOW = 0.05
_NAMED = 2

NEEDS = {
    NOW: "Nothing",
    KNOWN: "Asking people, and writing it down. No list changes until then",
    RECALIBRATED: "200 late waits a group, and a lawful basis to use the group",
    MORE: "More people to do the looking",
    PAYS: "As many looks as the list is then long",
    RESERVED: "A clear gap, and a lawful basis to use the group",
}
LOTS = {
    OPTIMISER: "A threshold for each group (ThresholdOptimizer)",
    GRADIENT: "A mix of models (ExponentiatedGradient)",
}


def source(synthetic: bool) -> str:
    """Say where figures come from, for the line under a chart."""
    return MADE_UP if synthetic else SOURCE


def headline(whole: pd.DataFrame, gaps: pd.DataFrame, capacity: float, standard: str) -> str:
    """First section of the report: what we found, how sure, what not to conclude.

    Parameters
    ----------
    whole, gaps : DataFrame
        Released `report_tables.whole` and `report_tables.missed_gaps`.
    capacity : float
        Share of looks on the list.
    standard : str
        As `workbench.wording.DAYS` has it.

    Returns
    -------
    str
        Markdown of at most 80 words.
    """
    missed = whole["share"].iloc[0]
    first = (
        f"Too few {DAYS[standard]} waits were late to say what the list misses."
        if pd.isna(missed)
        else f"The list of the {share_of(capacity)} highest risks misses {percent(missed)} of "
        f"looks at late {DAYS[standard]} waits."
    )
    return (
        f"**What we found.** {first} {_found(gaps)}\n\n"
        f"**How sure.** {_sure(gaps)}\n\n"
        "**What not to conclude.** A fair list of unfair waits is still unfair care."
    )


def _found(gaps: pd.DataFrame) -> str:
    sure = clear(gaps)
    worse = sure[sure["difference"] > 0].sort_values(
        ["difference", "characteristic", "group"], ascending=[False, True, True]
    )
    if gaps["difference"].isna().all():
        return "Groups are too small to compare."
    if worse.empty:
        shown = " shown" if gaps["difference"].isna().any() else ""
        return f"No group{shown} is clearly missed more often than the rest."
    named = " and ".join(
        f"{_named(characteristic, group)} ({points(gap)})"
        for characteristic, group, gap in worse[["characteristic", "group", "difference"]]
        .head(_NAMED)
        .itertuples(index=False)
    )
    more = f", and {len(worse) - _NAMED} more" if len(worse) > _NAMED else ""
    return f"Clearly missed more often: {named}{more}."


def _named(characteristic: str, group: str) -> str:
    """A group's name, with what it is of where it does not say so itself."""
    if group[:1].isdigit() or group.startswith("Not "):
        return f"{small(characteristic.split(' of ')[0])} {small(group)}"
    return group


def _sure(gaps: pd.DataFrame) -> str:
    judged = gaps[gaps["q"].notna()]
    left = len(gaps) - len(judged)
    few = f"; {left} cannot be judged" if left else ""
    if judged.empty:
        return "No group can be judged."
    half = 100 * judged["smallest"].median()
    return (
        f"We compared {len(judged)} groups and allowed for chance{few}. In half, gaps "
        f"under {half:.0f} points could go unseen."
    )


def clear(gaps: pd.DataFrame) -> pd.DataFrame:
    """Gaps that chance does not explain, all that were compared taken together."""
    return gaps[(gaps["q"] < SURE_BELOW) & gaps["difference"].notna()]


def missed_most(gaps: pd.DataFrame, characteristic: str) -> str | None:
    """The group that is clearly missed more often than everyone else, by the most; or none.

    Told from what is shown: no option may name a group whose gap is withheld.
    """
    sure = clear(gaps)
    worse = sure[(sure["characteristic"] == characteristic) & (sure["difference"] > 0)]
    ordered = worse.sort_values(["difference", "group"], ascending=[False, True])
    return None if ordered.empty else str(ordered["group"].iloc[0])


def option_names(facts: Mapping[str, Any]) -> dict[str, str]:
    """What a reader calls each option, with the settings that it was tried with."""
    return {
        NOW: "Highest risk first (now)",
        KNOWN: "Know everyone's group",
        RECALIBRATED: "Correct risks by group",
        MORE: f"A list {share_of(facts['more'])} longer",
        PAYS: f"Look at risks from {percent(facts['threshold'])} on",
        RESERVED: f"Keep {share_of(facts['share_kept'])} of places for {facts['worst']}",
    }


def named_options(table: pd.DataFrame, facts: Mapping[str, Any]) -> pd.DataFrame:
    """Put names for options, and what each needs where the table is of options alone."""
    named = table.assign(option=table["option"].map(option_names(facts)))
    if "group" in table:
        return named
    return named.assign(needs=table["option"].map(NEEDS))


def named_lots(table: pd.DataFrame) -> pd.DataFrame:
    """Put names for the methods that draw lots."""
    return table.assign(method=table["method"].map(LOTS))


def spread(table: pd.DataFrame) -> str:
    """The largest gap of each characteristic, never without what chance gives."""
    told = [
        f"{row['characteristic']}: {100 * row['max_min']:.1f} points, where lots alone would give "
        f"{100 * row['null_median']:.1f} as a rule and up to {100 * row['null_95']:.1f}"
        for row in table[table["max_min"].notna()].to_dict("records")
    ]
    if not told:
        return "Groups furthest apart: too few can be judged"
    return f"Groups furthest apart. {'; '.join(told)}"


def keeping(worst: str | None, characteristic: str) -> str:
    """Whether there is a group to keep places for, as the caption of the options.

    Parameters
    ----------
    worst : str or None
        From `missed_most`.
    characteristic : str
        That options were tried for, as a reader calls it.
    """
    if worst is None:
        return (
            f"What each option would do. By {small(characteristic)}, no group shown is clearly "
            "missed more often, so places are kept for none"
        )
    return f"What each option would do. Places are kept for {worst}, missed most often"


def points(gap: float) -> str:
    """A difference of shares as points, with its sign."""
    return f"{100 * gap + 0.0:+.1f} points"


def share_of(part: float) -> str:
    """A share that was chosen, in per cent without needless decimals."""
    return f"{100 * part:g}%"


def small(text: str) -> str:
    """A phrase as it stands within a sentence."""
    return text[:1].lower() + text[1:]
