"""Plain words for the report, built from what disclosure control has let through.

Every function takes tables as they will be shown: a figure that is withheld there is in no
sentence here. For readers who decide on services, with no statistics.
"""

from __future__ import annotations

import pandas as pd

from workbench.dictionary.groups import NOT_KNOWN, NOT_STATED
from workbench.explain.kinds import Kind
from workbench.wording import DAYS, MADE_UP, Caption, percent

CLEAR = 0.05
"""False discovery rate below which a gap is called clear."""
_FIRST = 4
SOURCE = "Source: risks that the model gave to the latest waits whose end is known."


def source(synthetic: bool) -> str:
    """Say where figures come from, for the line under a chart."""
    return MADE_UP if synthetic else SOURCE


def headline(parts: pd.DataFrame, gaps: pd.DataFrame, refitted: pd.DataFrame, standard: str) -> str:
    """First section of the report: what we found, how sure, what not to conclude.

    Parameters
    ----------
    parts : DataFrame
        Released `report_tables.parts_of`.
    gaps : DataFrame
        Released `report_tables.gaps`.
    refitted : DataFrame
        Released `report_tables.refitted`; without rows where the model was fitted once.
    standard : str
        As `workbench.wording.DAYS` has it.

    Returns
    -------
    str
        Markdown of at most 80 words.
    """
    shown = parts[parts["share"].notna()]
    found = "Too few people were explained to say what moves the risk."
    if len(shown) > 1:
        first, second = shown.iloc[0], shown.iloc[1]
        found = (
            f"{_part(first)} moves the {DAYS[standard]} risk most "
            f"({percent(first['share'])} of all movement), "
            f"then {_small(_part(second))} ({percent(second['share'])})."
        )
    return (
        f"**What we found.** {found} {_widest(gaps)}\n\n"
        f"**How sure.** Each risk is split up in full. {_steady(refitted)}\n\n"
        "**What not to conclude.** What goes with a high risk need not cause it."
    )


_PARTS = {
    "Time": "Time waited and left",
    "Steps": "The steps done",
    "Cancer and route": "The kind of cancer",
    "Trust": "The Trust",
    "Load": "The load of the Trust",
    "Characteristics": "Who the patient is",
}


def _part(row: pd.Series) -> str:
    return _PARTS.get(str(row["part"]), str(row["part"]))


def _widest(gaps: pd.DataFrame) -> str:
    """The widest gap that is more than chance, or that there is none."""
    if gaps["risk"].isna().all():
        return "Groups are too small to compare."
    row = widest(gaps[gaps["q"] < CLEAR])
    if row is None:
        return "No group's risk is clearly apart from the rest."
    return (
        f"The widest clear gap is by {_small(row['characteristic'])}: {row['group']}, "
        f"{_points(row['risk'])} the rest."
    )


def widest(gaps: pd.DataFrame) -> pd.Series | None:
    """The row of the widest gap of a group that is known; None without any.

    Clear ones come first, and groups of too few people to test last.

    Parameters
    ----------
    gaps : DataFrame
        Released `report_tables.gaps`, or some of its rows.
    """
    shown = gaps[gaps["risk"].notna() & ~gaps["group"].isin([NOT_KNOWN, NOT_STATED])]
    if shown.empty:
        return None
    order = shown.assign(
        doubt=~(shown["q"] < CLEAR), few=shown["q"].isna(), size=-shown["risk"].abs()
    )
    first: pd.Series = shown.loc[order.sort_values(["doubt", "few", "size", "group"]).index[0]]
    return first


def _points(gap: float) -> str:
    return f"{abs(gap):.1f} points {'above' if gap > 0 else 'below'}"


def _steady(refitted: pd.DataFrame) -> str:
    if refitted.empty or refitted["worst_rank"].isna().any():
        return "The model was fitted once, so we cannot say how steady this is."
    first = refitted.sort_values("rank").iloc[0]
    if first["worst_rank"] == 1:
        return f"Fitted again, the model puts {_small(first['feature'])} first each time."
    return (
        f"Fitted again, the model ranks {_small(first['feature'])} "
        f"{first['best_rank']:.0f} to {first['worst_rank']:.0f} of {len(refitted)}."
    )


def models(which: str) -> str:
    """Which model is explained, as the caption of the table of both.

    Parameters
    ----------
    which : {"judged", "in use"}
    """
    other = "in use" if which == "judged" else "judged"
    return f"Explained here: the model {which}. Beside it the one {other}, on the same waits"


def important(table: pd.DataFrame, synthetic: bool) -> Caption:
    """Words for the features that move the risk most."""
    known = table[table["importance"].notna()]
    title, alt = "Too few people to say what moves the risk", "Bars without a value are withheld."
    if len(known) > 1:
        first, second = known.iloc[0], known.iloc[1]
        title = f"{first['feature']} moves the risk most"
        alt = (
            f"Bars by feature: {_small(first['feature'])} moves it by {first['importance']:.0f} "
            f"log points on average, {_small(second['feature'])} by {second['importance']:.0f}."
        )
    return Caption(
        title=title,
        subtitle="Mean size of what each feature adds or takes away, in log points, with "
        "95% intervals",
        alt=alt,
        source=source(synthetic),
    )


def gaps(table: pd.DataFrame, synthetic: bool) -> Caption:
    """Words for the gap in predicted risk of every group."""
    clear = table[table["q"] < CLEAR]
    row = widest(clear)
    title = "No group's predicted risk is clearly apart from the rest"
    alt = "Dots by group: every interval may hold nought, or is withheld."
    if row is not None:
        title = f"{row['group']}: predicted risk is {_points(row['risk'])} the rest"
        alt = (
            f"Dots by group: {len(clear)} of {len(table)} are clearly apart; the widest is "
            f"{row['group']}, from {row['risk_lower']:+.1f} to {row['risk_upper']:+.1f} points."
        )
    return Caption(
        title=title,
        subtitle="Gap in mean predicted risk, group against everyone else, in percentage points, "
        "with 95% intervals",
        alt=alt,
        source=source(synthetic),
    )


def parts_of_gap(table: pd.DataFrame, row: pd.Series, synthetic: bool) -> Caption:
    """Words for what goes into one group's gap.

    Parameters
    ----------
    table : DataFrame
        Released `report_tables.parts_of_gap`.
    row : Series
        The group's row of `report_tables.gaps`.
    synthetic : bool
    """
    who, gap = f"{row['characteristic']}, {row['group']}", f"{row['margin']:+.1f} log points"
    title, alt = f"{who}: too few people to show", "Bars without a value are withheld."
    known = table[table["difference"].notna()]
    if len(known):
        first = known.iloc[0]
        title = f"{who}: {_small(first['part'])} makes most of the gap"
        if not row["q"] < CLEAR:
            title = f"{who}: the gap may be chance"
        alt = (
            f"Bars by part: {_small(first['part'])} adds {first['difference']:+.1f} log points to "
            f"a gap of {gap} between {row['group']} and everyone else."
        )
    return Caption(
        title=title,
        subtitle=f"What makes up the gap of {gap} to everyone else, with 95% intervals",
        alt=alt,
        source=source(synthetic),
    )


def by_value(table: pd.DataFrame, kind: Kind, synthetic: bool) -> Caption:
    """Words for what a feature adds at each of its values."""
    feature = kind.label
    known = table[table["effect"].notna()]
    title, alt = f"{feature}: too few people to show", "Dots without a value are withheld."
    if len(known) > 1:
        low, high = known.iloc[known["effect"].argmin()], known.iloc[known["effect"].argmax()]
        title = f"{feature}: the risk is highest at “{high['value']}”"
        alt = (
            f"Dots by {_small(feature)}: from {low['effect']:+.0f} log points at {low['value']} "
            f"to {high['effect']:+.0f} at {high['value']}."
        )
    return Caption(
        title=title,
        subtitle="What it adds against the average wait, in log points, with 95% intervals"
        + (f". {kind.note}" if kind.note else ""),
        alt=alt,
        source=source(synthetic),
    )


def reasons(table: pd.DataFrame, acted: bool, synthetic: bool) -> Caption:
    """Words for how often each feature is among the largest reasons."""
    known = table[table["share"].notna()]
    kind = "that can be acted on" if acted else "that cannot be acted on"
    title, alt = f"Too few reasons {kind} to show", "Dots without a value are withheld."
    if len(known):
        first = known.iloc[0]
        title = f"{first['reason']} is the most common reason {kind}"
        alt = (
            f"Dots by reason {kind}: {_small(first['reason'])} is among the largest of "
            f"{percent(first['share'])} of people."
        )
    return Caption(
        title=title,
        subtitle="Share of people with the feature among their three largest reasons of the kind",
        alt=alt,
        source=source(synthetic),
    )


def refitted(table: pd.DataFrame, synthetic: bool) -> Caption:
    """Words for how steady the importance of features is."""
    known = table[table["importance"].notna()]
    title, alt = "Too few people to say how steady this is", "Dots without a value are withheld."
    if len(known):
        first, few = known.iloc[0], known.head(_FIRST)
        title = (
            f"In the refits, the first {len(few)} features stay among the first "
            f"{few['worst_rank'].max():.0f}"
        )
        alt = (
            f"Dots by feature: {_small(first['feature'])} moves the risk by "
            f"{first['importance']:.0f} log points, and by {first['least']:.0f} to "
            f"{first['greatest']:.0f} in the refits."
        )
    return Caption(
        title=title,
        subtitle="Mean size of what each feature adds, in log points; the line spans the refits",
        alt=alt,
        source=source(synthetic),
    )


def _small(text: str) -> str:
    """A name to stand inside a sentence; Trusts and the NHS keep their capitals."""
    return text if text.startswith(("Trust", "NHS", "CT", "MRI")) else text[0].lower() + text[1:]
