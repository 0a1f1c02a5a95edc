"""First section and other words of the report, from figures that disclosure control let through.

For readers who plan services, with no statistics.
"""

from __future__ import annotations

import pandas as pd

from workbench.breach.report.folder import Held
from workbench.breach.report.signs import NO, PERHAPS, YES, beyond, rankings
from workbench.wording import DAYS, day_in_words, percent, span


def made_up(held: Held, synthetic: bool) -> list[str]:
    """Why the report is of made-up data, where the workspace does not already say so."""
    if held.facts.get("synthetic") and not synthetic:
        return ["The model learnt from made-up records and was judged on them."]
    return []


def signs_caption(signs: pd.DataFrame) -> str:
    """Say over the table of signs how many are reached."""
    yes, perhaps = (int((signs["reached"] == one).sum()) for one in (YES, PERHAPS))
    if not yes and not perhaps:
        return f"None of {len(signs)} signs is reached"
    return f"Of {len(signs)} signs, reached: {yes}; perhaps: {perhaps}"


def headline(held: Held, models: pd.DataFrame, caught: pd.DataFrame, sites: pd.DataFrame) -> str:
    """First section of the report: what we found, how sure, what not to do with it.

    Parameters
    ----------
    held : Held
    models, caught, sites : DataFrame
        Released `compared`, `captured` and `by_site`.

    Returns
    -------
    str
        Markdown of at most 80 words.
    """
    return (
        f"**What we found.** {_level(held, models)}{_elsewhere(sites)} {_ranking(held, caught)}\n\n"
        f"**How sure.** {_judged(held)} {_expiry(held)}\n\n"
        "**What not to do.** It may say whom to look at first, never who gets care."
    )


def _level(held: Held, models: pd.DataFrame) -> str:
    row = models.iloc[0]
    if pd.isna(row["per_100"]):
        return "Too few waits were late to say if the model is right."
    low, high = (100 * bound for bound in held.bounds)
    limits = "" if pd.isna(row["lower"]) else f" ({row['lower']:.0f} to {row['upper']:.0f})"
    off = beyond(row, low, high, ("per_100", "lower", "upper"))
    warn = {NO: "", YES: ": too far off"}.get(off, ": perhaps too far off")
    waits = f"late {DAYS[str(held.facts['standard'])]} waits"
    return f"Of 100 {waits} predicted, {row['per_100']:.0f} came{limits}{warn}."


def _elsewhere(sites: pd.DataFrame) -> str:
    """How it did where it had not learnt: what a Trust that joins has to know."""
    known = sites["per_100"].dropna()
    if len(known) < 2:
        return ""
    return f" At a Trust new to it, {known.min():.0f} to {known.max():.0f}."


def _ranking(held: Held, caught: pd.DataFrame) -> str:
    rows = rankings(held, caught)
    if rows is None:
        return "Too few waits were late to say if it finds them."
    own, other = rows
    even = not pd.isna(own["lower"]) and own["lower"] <= other["upper"]
    return (
        f"The riskiest fifth holds {percent(own['captured'])} of late waits; the fifth that "
        f"waited longest, {percent(other['captured'])}{': no clear gain' if even else ''}."
    )


def _judged(held: Held) -> str:
    days = [held.judged.get(name) for name in ("test_from", "test_to")]
    if None in days:
        return "Judged on unseen waits."
    return f"Judged on unseen waits, begun {span(str(day)[:7] for day in days)}."


def _expiry(held: Held) -> str:
    if held.expires is None:
        return ""
    if held.expires.isoformat() <= str(held.facts["as_at"]):
        return "It is out of date: train it again."
    return f"Train it again by {day_in_words(held.expires)}."
