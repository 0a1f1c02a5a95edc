"""Plain words for the waitlist summary, built from figures that may be shown.

For a board with no statistics: short sentences, no term that is not explained. A
figure that disclosure control withheld is missing here, and is said to be.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.dictionary.load import Dictionary
from workbench.wording import in_words

NAMES = {
    "FDS": "Told within 28 days",
    "31D": "Treated within 31 days",
    "62D": "Treated within 62 days",
}
"""What a reader calls the share of each standard."""

_FOUND = {
    "FDS": "{} of patients were told within 28 days if they had cancer",
    "31D": "{} of treatments began within 31 days",
    "62D": "{} of patients began treatment within 62 days",
}
_MAIN = ("62D", "31D", "FDS")
"""The standard that the headline tells of: the first that there is."""

PERFORMANCE = {
    "measure": "Measure",
    "total": "People",
    "share": "In time (%)",
    "lower": "95% interval, from",
    "upper": "95% interval, to",
    "goal": "Standard",
}
SHARING = {
    "trust": "Trust",
    "shared": "Patients shared",
    "share_allocated": "In time, by the rules (%)",
    "share_halved": "Half each (%)",
    "share_treating": "All where treated (%)",
}
RECONCILED = {
    "trust": "Trust",
    "measure": "Measure",
    "counted": "How shared patients count",
    "months": "Months",
    "total": "Own patients",
    "published_patients": "Published patients",
    "share": "Own (%)",
    "published_share": "Published (%)",
    "reading": "How they compare",
    "nearest": "Nearest",
}
QUARTERS = {"measure": "Measure", "quarter": "Quarter", **PERFORMANCE}
del QUARTERS["goal"]
BACKLOG = {
    "trust": "Trust",
    "open_pathways": "Open pathways",
    "over_62": "After 62 days",
    "over_104": "After 104 days",
}
BECAME = {"measure": "Standard", "reason": "What became of it", "records": "Records"}
VIEWS = {
    "62D": ("tumour_group", "route"),
    "31D": ("treatment_stage",),
    "FDS": ("suspected",),
}
"""What each standard is broken down by in the report."""

METHODS = {
    "allocated": "by the rules",
    "halved": "half each",
    "treating": "all where treated",
}
"""Headers of the report's tables, and the ways to count a shared patient."""


def percent(share: float | None) -> str:
    """Write 0.7143 as ``71.4%``, and a withheld share as words."""
    return "a share too small to show" if pd.isna(share) else f"{100 * share:.1f}%"


def count(number: object) -> str:
    """Write a count, or that it is withheld."""
    return "too few to show" if pd.isna(number) else f"{number:,.0f}"  # type: ignore[call-overload]


def named(table: pd.DataFrame) -> pd.DataFrame:
    """Add ``measure``, each standard's name in plain words, and ``goal``, its target as text."""
    table = table.assign(measure=table["standard"].map(NAMES))
    if "target" not in table:
        return table
    goal = table["target"].map(lambda value: "none" if pd.isna(value) else f"{100 * value:g}%")
    return table.drop(columns="target").assign(goal=goal)


def with_trusts(table: pd.DataFrame, trusts: pd.DataFrame) -> pd.DataFrame:
    """Add ``trust``: name and code of each ``provider``; the code alone where it has no name.

    Parameters
    ----------
    table : DataFrame
    trusts : DataFrame
        ``trust_code, name``: a lookup of the data dictionary.
    """
    names = dict(zip(trusts["trust_code"], trusts["name"], strict=True))
    shown = {
        code: f"{_short(str(names[code]))} ({code})" if code in names else str(code)
        for code in table["provider"].unique()
    }
    return table.assign(trust=table["provider"].map(shown))


def _short(name: str) -> str:
    words = name.title().replace("Nhs", "NHS").replace(" And ", " and ").replace(" Of ", " of ")
    for ending in (" NHS Foundation Trust", " NHS Trust"):
        words = words.removesuffix(ending)
    return words


def headline(
    months: pd.DataFrame,
    backlog: pd.DataFrame,
    tumour_group: str,
    dictionary: Dictionary,
    *,
    linked: bool = False,
) -> str:
    """First section: what we found, how sure, what not to conclude.

    Parameters
    ----------
    months : DataFrame
        Figures that may be shown: ``standard, month, share, lower, upper, goal``.
    backlog : DataFrame
        The same; the first row is of all Trusts: ``over_62, over_104``.
    tumour_group : str
        Code of the only one that the report is about; empty for all.
    dictionary : Dictionary
        For its name.
    linked : bool, optional
        Whether the records were linked into pathways.

    Returns
    -------
    str
        Markdown of at most 80 words.
    """
    standard = next(name for name in _MAIN if name in set(months["standard"]))
    rows = months[months["standard"] == standard].sort_values("month")
    known = rows.dropna(subset=["share"])
    last = (known if len(known) else rows).iloc[-1]  # the last month whose share may be shown
    found = f"In {in_words(last['month'])}, there were too few patients to show a share."
    sure = "One small month says little."
    if not pd.isna(last["share"]):
        low, high = percent(last["lower"]), percent(last["upper"])
        said = _FOUND[standard].format(percent(last["share"]))
        found = f"In {in_words(last['month'])}, {said}. The standard is {last['goal']}."
        sure = f"Allowing for chance, it is {low} to {high}."
    if tumour_group:
        labels = {one.code: one.label for one in dictionary.code_list("tumour_group").codes}
        found = f"**{labels[tumour_group]} only.** {found}"
    return (
        f"**What we found.** {found} {_waiting(backlog)}\n\n"
        f"**How sure.** {sure} {_LINKED if linked else _NOT_LINKED}\n\n"
        "**What not to conclude.** Trusts treat different cancers. "
        "A low share alone does not show poor care."
    )


_LINKED = "Records are linked, so a patient of two Trusts counts once."
_NOT_LINKED = "Records are not linked yet, so some patients may be missed."


def records_read(linked: bool) -> str:
    """Say in a caption which records were read, and how a shared patient was met again."""
    if linked:
        return "Linked pathways, each read once"
    return "Records that are not linked, and how often a patient was met again"


def _waiting(backlog: pd.DataFrame) -> str:
    row = backlog.iloc[0]
    if pd.isna(row["over_62"]):
        return "Very few people still waited after 62 days."
    over = f"{count(row['over_62'])} people still waited after 62 days"
    if pd.isna(row["over_104"]):
        return f"{over}, very few of them after 104."
    long = count(row["over_104"]) if row["over_104"] > 0 else "none"
    return f"{over}, {long} of them after 104."


def moved(shown: pd.DataFrame) -> str:
    """Say in a caption how much the way of counting moves a Trust's figure at most."""
    shares = shown[[f"share_{method}" for method in METHODS]].astype("Float64")
    widest = (shares.max(axis=1) - shares.min(axis=1)).max()
    if pd.isna(widest):
        return "Too few shared patients to show what the way of counting does"
    return f"The way of counting moves a Trust's figure by up to {100 * widest:.1f} points"


def views(standards: Sequence[str]) -> list[tuple[str, str]]:
    """List each standard with what it is broken down by."""
    return [(one, by) for one, columns in VIEWS.items() if one in standards for by in columns]


def numbers(table: pd.DataFrame) -> list[str]:
    """Names of the columns that count."""
    return [str(name) for name in table.select_dtypes("number")]


def working_bands(table: pd.DataFrame) -> dict[str, str]:
    """Headers of the table of working bands: the bands' own names."""
    return {"trust": "Trust", **{name: name for name in numbers(table)}}


def reconciled(table: pd.DataFrame, trusts: pd.DataFrame) -> pd.DataFrame:
    """Name Trusts, standards and ways of counting where own figures stand beside published ones."""
    shared = table["standard"] == "62D"
    ways = table["counted"].map(METHODS).where(shared, "not shared")
    return named(with_trusts(table, trusts)).assign(counted=ways)
