"""Plain words for the equity report: what was found, how sure, what not to conclude.

Built from tables as they will be shown: a figure that disclosure control withheld is in no
sentence. For readers who decide on services, with no statistics; and for those who would
rather misread, to whom a gap that was not found must not look like none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.equity.characteristics import known
from workbench.equity.report_gaps import STATUSES, compared
from workbench.equity.report_patients import CHARACTERISTICS
from workbench.equity.sufficiency import OK

SURE_BELOW = 0.05
"""A corrected p value under this is called more than chance, as everywhere in the workbench."""
MOST_WORDS = 80
MOST_NAMED = 2
"""Groups in the first section: it must be read at a glance. The section below has all."""

IN_TIME = {
    "FDS": "told within 28 days",
    "31D": "treated within 31 days",
    "62D": "treated within 62 days",
}
_FIFTHS = {
    "2": "second most deprived fifth",
    "3": "middle fifth",
    "4": "second least deprived fifth",
}
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_SEX = {"Male": "men", "Female": "women"}
_ETHNIC = {"Mixed": "patients of mixed ethnic group", "Other": "patients of other ethnic groups"}


def people(characteristic: str, group: str) -> str:
    """Name the people of a group, to stand inside a sentence."""
    if not known(characteristic, [group])[0]:
        return f"patients whose {CHARACTERISTICS[characteristic].lower()} is not known"
    match characteristic:
        case "ethnicity":
            return _ETHNIC.get(group, f"{group.split(' or ')[0]} patients")
        case "deprivation":
            return f"people in {_fifth(group)} of areas"
        case "core20":
            return "people in Core20 areas" if group == "Core20" else "people in other areas"
        case "sex":
            return _SEX.get(group, f"patients recorded as {group.lower()}")
        case "age_band" if group.endswith("+"):
            return f"people aged {group[:-1]} or over"
        case "age_band":
            return f"people aged {group.replace('-', ' to ')}"
        case _:
            return f"patients recorded as {group}"


def _fifth(group: str) -> str:
    number, _, name = group.partition(" (")
    return f"the {name.rstrip(')') or _FIFTHS.get(number, f'fifth {number}')}"


def points(value: float) -> str:
    """Write 0.028 as ``2.8``: so many in 100, whichever way."""
    return f"{abs(100 * value):.1f}"


def clear(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of gaps that chance does not explain, all comparisons of the report allowed for."""
    rows = compared(table)
    return rows[(rows["q"] < SURE_BELOW) & (rows["outcome"] == STATUSES[OK])]


def headline(table: pd.DataFrame, standard: str, only: str = "") -> str:
    """First section of the report.

    Parameters
    ----------
    table : DataFrame
        Released gaps: ``characteristic, group, reference, outcome, gap, lower, upper, p, q,
        detectable``.
    standard : {"FDS", "31D", "62D"}
    only : str, optional
        Whom the report is narrowed to, such as ``Lung``.

    Returns
    -------
    str
        Markdown of at most 80 words.
    """
    rows, whom = compared(table), f"{only} only. " if only else ""
    if rows.empty:
        found = "We cannot compare groups. Too few patients are known by group to say anything."
        sure = "We know nothing of who waits longer. Gaps may be small or large."
        return _sections(whom + found, sure, "That care is fair, or that it is not.")
    sure_of = clear(rows)
    if sure_of.empty:
        return _nothing_clear(rows, standard, whom)
    # the fullest version that can be read at a glance
    versions = [_something_clear(rows, sure_of, standard, named, also, whom)
                for named in range(MOST_NAMED, 0, -1) for also in (True, False)]  # fmt: skip
    return next((text for text in versions if length(text) <= MOST_WORDS), versions[-1])


def length(text: str) -> int:
    """Words of some Markdown, as the page counts them."""
    return len(re.findall(r"[^\s*_#>`|-]\S*", text))


def _something_clear(
    rows: pd.DataFrame, sure_of: pd.DataFrame, standard: str, named: int, also: bool, whom: str
) -> str:
    fewer = sure_of[sure_of["gap"] < 0]
    word = "fewer" if len(fewer) else "more"
    start = "Some groups wait longer than like patients."
    if fewer.empty:
        start = "Some groups wait less than like patients, so others wait longer."
    rows_told = _worst(fewer if len(fewer) else sure_of)[:named]
    told = [
        _sentence(row, f"{word} in 100 {IN_TIME[standard]}" if first else f"{word} in 100", first)
        for row, first in zip(rows_told, [True, *[False] * named], strict=False)
    ]
    more = _others(sure_of, [row["gap"] for row in rows_told])
    unseen = " We may not see gaps in small groups." if also and len(rows) > len(sure_of) else ""
    return _sections(
        f"{whom}{start} {' '.join(told)}{more}",
        f"Chance would hardly make these gaps.{unseen}",
        "Blame. A gap does not say why.",
    )


def _others(sure_of: pd.DataFrame, told: list[float]) -> str:
    """How many more gaps are clear, and which way they go."""
    longer = int((sure_of["gap"] < 0).sum()) - sum(gap < 0 for gap in told)
    less = len(sure_of) - len(told) - longer
    sides = [
        f"{_count(many)} more wait{'s' if many == 1 else ''} {word}"
        for many, word in ((longer, "longer"), (less, "less"))
        if many
    ]
    if not sides:
        return ""
    first, *others = sides
    return " " + ", ".join([first, *(f"{one[0].lower()}{one[1:]}" for one in others)]) + "."


def _sections(found: str, sure: str, conclude: str) -> str:
    return (
        f"**What we found.** {found}\n\n**How sure.** {sure}\n\n"
        f"**What not to conclude.** {conclude}"
    )


def _nothing_clear(rows: pd.DataFrame, standard: str, whom: str) -> str:
    """The strongest sign where chance could explain every gap, and what could be hidden."""
    fewer = rows[(rows["gap"] < 0) & (rows["outcome"] == STATUSES[OK])]
    found = f"{whom}We cannot say that any group waits longer than like patients."
    if fewer.empty:
        unseen = rows["detectable"].dropna()
        least = float(unseen.min()) if len(unseen) else float("nan")
        size = f" A real gap of {points(least)} in 100 could stay hidden." if len(unseen) else ""
        return _sections(found, f"Not very.{size}", "No clear gap does not mean no gap.")
    order = ["p", "characteristic", "group"]
    row = fewer.sort_values(order, kind="stable").iloc[0].to_dict()
    who, than = _both(row)
    full = (
        f" The strongest sign: of 100 {who}, {points(row['gap'])} fewer are {IN_TIME[standard]} "
        f"than of {than}. Likely: {_span(row)}."
    )
    short = (
        f" The strongest sign: {who}, {points(row['gap'])} fewer in 100 than {than} ({_span(row)})."
    )
    many = row["lower"] * row["upper"] > 0
    chance = f"{'With so many groups compared, chance' if many else 'Chance'} could do this."
    hidden = f" There, a real gap of {points(row['detectable'])} in 100 could stay hidden."
    conclude = "No clear gap does not mean no gap."
    versions = [_sections(found + mark, chance + hidden, conclude) for mark in (full, short)]
    return next((text for text in versions if length(text) <= MOST_WORDS), versions[-1])


def _worst(rows: pd.DataFrame) -> list[dict[Any, Any]]:
    """The widest clear gap of each characteristic, widest first; Core20 is in deprivation."""
    wide = rows.assign(size=rows["gap"].abs())
    if (wide["characteristic"] == "deprivation").any():
        wide = wide[wide["characteristic"] != "core20"]
    order = ["size", "characteristic", "group"]
    ordered = wide.sort_values(order, ascending=[False, True, True], kind="stable")
    return list(ordered.drop_duplicates("characteristic").to_dict("records"))


def _sentence(row: Mapping[Any, Any], what: str, first: bool) -> str:
    who, than = _both(row)
    ends = sorted(abs(100 * row[side]) for side in ("lower", "upper"))
    return (
        f"{who[0].upper()}{who[1:]}: {points(row['gap'])} {what} than {than} "
        f"({'likely ' if first else ''}{ends[0]:.1f} to {ends[1]:.1f})."
    )


def _both(row: Mapping[Any, Any]) -> tuple[str, str]:
    """A group and whom it is compared with, without saying what they share twice."""
    by = str(row["characteristic"])
    than = people(by, str(row["reference"]))
    for long, short in (
        ("people aged", "those aged"),
        ("people in", "those in"),
        (" of areas", ""),
    ):
        than = than.replace(long, short) if by in ("age_band", "deprivation", "core20") else than
    return people(by, str(row["group"])), than


def _span(row: Mapping[Any, Any]) -> str:
    """Limits of a gap as fewer and more."""
    if row["lower"] * row["upper"] > 0:
        ends = sorted(abs(100 * row[side]) for side in ("lower", "upper"))
        return f"{ends[0]:.1f} to {ends[1]:.1f} {'fewer' if row['lower'] < 0 else 'more'}"
    low, high = (
        f"{points(row[s])} {'fewer' if row[s] < 0 else 'more'}" for s in ("lower", "upper")
    )
    return f"{low} to {high}"


def _count(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)
