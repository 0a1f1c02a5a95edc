"""Titles, subtitles and alternative texts of the pictures of who is, and is not, in the report."""

from __future__ import annotations

import pandas as pd

from workbench.equity.report_gaps import is_known
from workbench.equity.words import people
from workbench.equity.words_figures import source
from workbench.wording import Caption, percent


def _who(row: pd.Series) -> str:
    return people(str(row["characteristic"]), str(row["group"]))


def represented(table: pd.DataFrame, synthetic: bool) -> Caption:
    """Words for who is among the patients against who lives in their areas."""
    held = table[table["ratio"].notna()]
    title, alt = "Too few people to compare with the census", "No group can be held to the census."
    if len(held):
        low = held.sort_values(["ratio", "group"], kind="stable").iloc[0]
        clear_low = low["upper"] < 1
        title = "No group is clearly rarer among patients than where they live"
        if clear_low:
            title = (
                f"Before allowing for age, {100 * low['ratio']:.0f} of 100 expected "
                f"{people('ethnicity', str(low['group']))} are in these figures"
            )
        alt = (
            f"Dots by ethnic group, 100 is as expected: from {100 * low['ratio']:.0f} "
            f"({low['group']}) to {100 * held['ratio'].max():.0f}."
        )
    return Caption(
        title=title,
        subtitle="Patients counted, of 100 expected from the mix of their areas, with 95% "
        "intervals; not adjusted for age",
        alt=alt,
        source=source(synthetic),
    )


def linked(table: pd.DataFrame, synthetic: bool) -> Caption:
    """Words for shared patients whose other half was found, by ethnic group."""
    held = table[table["share"].notna()]
    title = "Too few links are missing to compare groups"
    alt = "Too few records lack their other half, or too few are shared, to show by group."
    if len(held):
        low = held.sort_values(["share", "group"], kind="stable").iloc[0]
        high = held.sort_values(["share", "group"], kind="stable").iloc[-1]
        title = "No ethnic group clearly loses more links"
        if low["upper"] < high["lower"]:
            title = f"The most links are lost for {people('ethnicity', str(low['group']))}"
        alt = (
            f"Dots by ethnic group: the other half was found for {percent(low['share'])} "
            f"({low['group']}) to {percent(high['share'])} ({high['group']})."
        )
    return Caption(
        title=title,
        subtitle="Share of records of shared patients whose other half was found, with 95% "
        "intervals",
        alt=alt,
        source=source(synthetic),
    )


def heard(table: pd.DataFrame, synthetic: bool) -> Caption:
    """Words for who answered a questionnaire."""
    held = table[table["share"].notna()]
    held = held[is_known(held)]
    title, alt = "Too few patients to say who is heard", "Too few answered to show by group."
    if len(held):
        ordered = held.sort_values(["share", "group"], kind="stable")
        low, high = ordered.iloc[0], ordered.iloc[-1]
        title = (
            f"{percent(low['share'])} of {_who(low)} were heard, and {percent(high['share'])} of "
            f"{_who(high)}"
        )
        alt = (
            f"Dots by group: the lowest share heard is {percent(low['share'])}, the highest "
            f"{percent(high['share'])}, with 95% intervals."
        )
    return Caption(
        title=title,
        subtitle="Share of patients who answered at least one questionnaire, with 95% intervals",
        alt=alt,
        source=source(synthetic),
    )
