"""Plain words for the page of an assessment, from tables as they are shown.

For readers who know neither the scores nor statistics. Every figure comes from a table that
may be shown, so that what is withheld there is in no sentence here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.fairness.gaps import FIRST
from workbench.fairness.groups import MEETS
from workbench.wording import percent

SURE_BELOW = 0.05
RATES = {
    "fnr": "Missed",
    "selection_rate": "On the list",
    "precision": "Rightly on the list (precision)",
    "fpr": "Wrongly on the list (false positive rate)",
}
TITLE = "Do these scores serve each group alike?"
MOST_NAMED = 3


def question(list_: str) -> str:
    """What the page answers."""
    return f"Of those whom the scores should have warned of, who is missing from {list_}?"


def the_list(capacity: float | None, threshold: float | None) -> str:
    """What the list is, in words."""
    if threshold is not None:
        return f"the list of scores from {threshold:g} on"
    return f"the list of the {percent(capacity or 0).removesuffix('.0%').removesuffix('%')}% "\
           "highest scores"  # fmt: skip


def named(characteristic: str) -> str:
    """A column's name as words."""
    return characteristic.replace("_", " ")


def points(difference: float) -> str:
    """A difference of shares as points, with its sign."""
    return f"{100 * difference:+.1f} points"


def headline(metrics: pd.DataFrame, gaps: pd.DataFrame, facts: Mapping[str, Any]) -> str:
    """What was found, how sure that is, what not to conclude.

    Parameters
    ----------
    metrics, gaps : DataFrame
        As shown.
    facts : mapping
        Of the assessment.

    Returns
    -------
    str
        Markdown.
    """
    whole = metrics[(metrics["characteristic"] == "All") & (metrics["metric"] == FIRST)]
    missed = "" if whole.empty or pd.isna(whole["estimate"].iloc[0]) else (
        f"Of all events, {percent(whole['estimate'].iloc[0])} are missing from the list. "
    )  # fmt: skip
    return (
        f"**What we found.** {missed}{_found(gaps)}\n\n"
        f"**How sure.** {_sure(gaps, facts)}\n\n"
        "**What not to conclude.** A gap does not say why. No gap does not mean fair care: "
        "scores can foretell unfair care without a fault."
    )


def missed_gaps(gaps: pd.DataFrame) -> pd.DataFrame:
    """Gaps in missed events of single characteristics."""
    return _singles(gaps, FIRST)


def _singles(gaps: pd.DataFrame, metric: str) -> pd.DataFrame:
    return gaps[(gaps["metric"] == metric) & ~gaps["characteristic"].str.contains(MEETS)]


def _found(gaps: pd.DataFrame) -> str:
    first = missed_gaps(gaps)
    clear = first[(first["q"] < SURE_BELOW) & first["difference"].notna()]
    worse = clear[clear["difference"] > 0].sort_values(
        ["difference", "characteristic", "group"], ascending=[False, True, True]
    )
    if worse.empty:
        said = f"{none_missed(first)}."
    else:
        told = [
            f"{row['group']} ({named(row['characteristic'])}, {points(row['difference'])})"
            for row in worse.to_dict("records")
        ]
        said = f"Missed more often than everyone else: {listed(told)}."
    _, high = off_level(_singles(gaps, "observed_expected"))
    return f"{said} Scores say too little for {listed(high)}." if high else said


def none_missed(gaps: pd.DataFrame) -> str:
    """That chance explains what is seen; of groups that are withheld nothing is said.

    Parameters
    ----------
    gaps : DataFrame
        As shown, of one metric.
    """
    shown = "No group shown" if gaps["difference"].isna().any() else "No group"
    return f"{shown} is missed more often than chance explains"


def _sure(gaps: pd.DataFrame, facts: Mapping[str, Any]) -> str:
    first = missed_gaps(gaps)
    few = int((first["status"] != "ok").sum())
    left = f" {few} of {len(first)} groups are too small to judge or to be shown." if few else ""
    return (
        f"{facts['tests']:,} gaps were tested together. Of those called more than chance, one in "
        f"twenty may be chance after all.{left}"
    )


def off_level(levels: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Groups with fewer, and with more, events than expected, beyond chance."""
    clear = levels[(levels["q"] < SURE_BELOW) & levels["difference"].notna()]
    less = clear.loc[clear["difference"] < 0, "group"]
    more = clear.loc[clear["difference"] > 0, "group"]
    return less.tolist(), more.tolist()


def listed(groups: Sequence[str]) -> str:
    """Names in a row; of many the first few."""
    told = ", ".join(groups[:MOST_NAMED])
    more = len(groups) - MOST_NAMED
    return f"{told} and {more} more" if more > 0 else told


def unknown_words(unknown: pd.DataFrame) -> str:
    """Who is in no known group, and what that leaves open."""
    held = unknown[unknown["unknown"].fillna(1) > 0]
    if held.empty:
        return "Every case is in a known group."
    told = [
        f"of {row['n']:,.0f} cases, {named(row['characteristic'])} is not known for "
        + ("some" if pd.isna(row["unknown"]) else f"{row['unknown']:,.0f}")
        for row in held.to_dict("records")
    ]
    return (
        f"{'; '.join(told)[:1].upper()}{'; '.join(told)[1:]}. They are a group of their own in "
        "every table. The table shows how far each gap could be off if all of them were of that "
        "group and were the best served, or the worst."
    )


def spread_words(spread: pd.DataFrame) -> str:
    """How far the groups of each characteristic lie apart, never without what chance gives."""
    rows = spread[(spread["metric"] == RATES[FIRST]) & spread["null_median"].notna()]
    if rows.empty:
        return "Too few groups can be judged to say how far apart they lie."
    told = [
        f"- {named(row['characteristic'])}: the groups lie "
        f"{'further' if row['p'] < SURE_BELOW else 'no further'} apart than chance puts them. "
        f"Dealt by lot, the two furthest apart differ by {100 * row['null_median']:.1f} points as "
        f"a rule, and by more than {100 * row['null_95']:.1f} in 5 of 100 deals."
        + (" A group among them is too small to be shown." if pd.isna(row["max_min"]) else "")
        for row in rows.to_dict("records")
    ]
    return "\n".join(told)


def missed_words(list_: str) -> str:
    """What the first picture shows, and how to read it."""
    return (
        "## Whose events are missed\n\n"
        f"An event is a case in which what the score warns of did happen. It is missed if the "
        f"case was not on {list_}. To the right of the line a group is missed more often than "
        "everyone else. The line through each mark is its 95% interval: what chance alone leaves "
        "open. A filled mark is a gap that chance does not explain, all comparisons taken "
        "together."
    )


CROSSED = (
    "## Where groups meet\n\n"
    "Two characteristics together can hide a gap that neither shows alone. Cells of few people "
    "say little, so each is drawn towards the mean of all cells, the more so the fewer they are. "
    "A hatched cell cannot be told from everyone."
)

SCORES = (
    "## Do the scores mean the same for everyone\n\n"
    "If of 100 cases with a score of 0.3 about 30 turn out to be events in one group, but 40 in "
    "another, the score says too little of the second."
)

SERVICE = (
    "## The gap in the service itself\n\n"
    "This has nothing to do with the scores. It shows who has more events to begin with. A gap "
    "here asks for better care, not for a better score."
)

LIMITS = (
    "## How to read this page\n\n"
    "- **Missed**: share of events that are not on the list. What harms people most comes first.\n"
    "- **Insufficient**: fewer than 30 events. The row stays; its figure is drawn towards the mean "
    "and it is not tested.\n"
    "- **Withheld**, [c]: too few people to show. It does not mean that all is well: look at it "
    "at your own desk, with `--profile none`.\n"
    "- **Gap**: a group less everyone else, in points (60% less 55% is 5 points).\n"
    "- Intervals take the list as it fell. They say how these figures would move with other "
    "patients.\n"
    "- Equal misses and equal meaning of scores cannot both hold where groups have unequal "
    "shares of events. Which matters more is for people to decide.\n"
    "- Groups are as recorded. Ethnic group is wrong in records more often for minorities, "
    "which hides gaps."
)

QUALITY = {
    "auc": "Chance that an event scores higher (AUC)",
    "observed_expected": "Events for each one expected (O/E)",
    "calibration_slope": "Calibration slope",
    "brier": "Mean squared error (Brier)",
}
