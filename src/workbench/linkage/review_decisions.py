"""Decisions of reviewers: checked, kept for ever, the latest of each pair in force."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.errors import InputError
from workbench.linkage.encoding_values import nhs_number
from workbench.linkage.pair_ids import tidy_pair_id
from workbench.linkage.sealed import LEFT, PAIR, RIGHT
from workbench.linkage.sheet_days import day_of
from workbench.linkage.sheets import BY, CHOICES, DECISION, LINE, ON, PAIR_ID

SAME, DIFFERENT, UNSURE = CHOICES
TAKEN = "taken"
"""Number of the sheet, in the order in which they were taken in."""
HISTORY = (PAIR_ID, *PAIR, DECISION, BY, ON, TAKEN)
LONGEST_NAME = 100


@dataclass(frozen=True, eq=False)
class Decided:
    """What a sheet says.

    Attributes
    ----------
    rows : DataFrame
        ``line`` and `HISTORY` without `TAKEN`: one row a pair decided.
    undecided : int
        Rows whose decision is blank.
    """

    rows: pd.DataFrame
    undecided: int


def decided(sheet: pd.DataFrame, handed_out: pd.DataFrame, name: str) -> Decided:
    """Check what a person filled in.

    Parameters
    ----------
    sheet : DataFrame
        From `read_sheet`.
    handed_out : DataFrame
        ``pair_id`` and `PAIR` of every pair that ever stood on a sheet.
    name : str
        What an error calls the sheet.

    Raises
    ------
    InputError
        Any row cannot be used; all are told by line, none by what it holds.
    """
    rows = sheet.assign(
        pair_id=sheet[PAIR_ID].map(tidy_pair_id),
        decision=sheet[DECISION].str.casefold(),
        decided_on=[day.isoformat() if (day := day_of(text)) else "" for text in sheet[ON]],
    )
    filled = rows[DECISION] != ""
    faults = [*_faults(rows, sheet, handed_out, filled)]
    kept = rows[filled].drop_duplicates([PAIR_ID, DECISION, BY, ON])
    for _, twice in kept[kept.duplicated(PAIR_ID, keep=False)].groupby(PAIR_ID):
        lines = ", ".join(str(line) for line in twice[LINE])
        faults.append((int(twice[LINE].iloc[0]), f"lines {lines} decide one pair differently"))
    if faults:
        raise InputError(
            f"{name}: the decisions cannot be taken; nothing was changed.",
            [fault for _, fault in sorted(faults)],
            remedy="Mend these lines (the header is line 1) and take the sheet again.",
        )
    known = handed_out[[PAIR_ID, *PAIR]].drop_duplicates(PAIR_ID)
    met = kept.merge(known, on=PAIR_ID, how="left", validate="many_to_one")
    columns = [LINE, *(column for column in HISTORY if column != TAKEN)]
    return Decided(met[columns].sort_values(LINE, ignore_index=True), int((~filled).sum()))


def _faults(
    rows: pd.DataFrame, sheet: pd.DataFrame, handed_out: pd.DataFrame, filled: pd.Series
) -> Iterator[tuple[int, str]]:
    telling = rows[BY].map(lambda text: nhs_number(text) is not None)
    checks = {
        "the pair id is missing": rows[PAIR_ID] == "",
        "the pair id is none that was handed out": (rows[PAIR_ID] != "")
        & ~rows[PAIR_ID].isin(handed_out[PAIR_ID]),
        f"the decision is none of {', '.join(CHOICES)}": filled & ~rows[DECISION].isin(CHOICES),
        "decided_by is missing": filled & (rows[BY] == ""),
        "decided_by is an NHS number": telling,
        f"decided_by is longer than {LONGEST_NAME} characters": rows[BY].str.len() > LONGEST_NAME,
        "decided_on is missing": filled & (sheet[ON] == ""),
        "decided_on is no day that is understood; write it as 2026-03-31": (sheet[ON] != "")
        & (rows[ON] == ""),
    }
    for what, wrong in checks.items():
        for line in rows.loc[wrong.to_numpy(dtype=bool), LINE]:
            yield int(line), f"line {line}: {what}"


def appended(history: pd.DataFrame, new: Decided) -> tuple[pd.DataFrame, int]:
    """Add a sheet's decisions to the history; those that stand there already are not repeated.

    Returns
    -------
    DataFrame
        `HISTORY`.
    int
        How many were added.
    """
    keys = [PAIR_ID, DECISION, BY, ON]
    known = pd.MultiIndex.from_frame(history[keys].astype("str"))
    fresh = new.rows[~pd.MultiIndex.from_frame(new.rows[keys].astype("str")).isin(known)]
    if fresh.empty:
        return history, 0
    number = 1 + (int(history[TAKEN].astype(int).max()) if len(history) else 0)
    added = fresh.drop(columns=LINE).assign(**{TAKEN: number})
    joined = added if history.empty else pd.concat([history, added], ignore_index=True)
    return joined[[*HISTORY]].reset_index(drop=True), len(added)


def latest(history: pd.DataFrame) -> pd.DataFrame:
    """The decision in force for each pair: of the latest day, then of the latest sheet.

    A later "unsure" withdraws what was decided before; the pair is then the model's again.
    """
    ordered = history.assign(**{TAKEN: history[TAKEN].astype("int64")})
    ordered = ordered.sort_values([PAIR_ID, ON, TAKEN], kind="stable")
    return ordered.drop_duplicates(PAIR_ID, keep="last").reset_index(drop=True)


def in_force(history: pd.DataFrame) -> pd.DataFrame:
    """Decisions as `link` takes them: pairs that are the same or different, who and when."""
    standing = latest(history)
    standing = standing[standing[DECISION].isin([SAME, DIFFERENT])]
    return standing[[*PAIR, DECISION, BY, ON]].sort_values([*PAIR], ignore_index=True)


def contradictions(standing: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Pairs said to be different whom other decisions together make one person.

    Parameters
    ----------
    standing : DataFrame
        From `latest`.

    Returns
    -------
    list of (str, list of str)
        Pair id of each such pair, and the shortest chain of pair ids that makes it one.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    ends = pd.concat(
        [standing[[*side]].set_axis(["record", "source"], axis=1) for side in (LEFT, RIGHT)]
    )
    place, _ = pd.factorize(pd.MultiIndex.from_frame(ends.astype("str")))
    left, right = place[: len(standing)], place[len(standing) :]
    same = (standing[DECISION] == SAME).to_numpy()
    size = int(place.max()) + 1 if len(place) else 0
    ones = np.ones(int(same.sum()))
    joined = coo_matrix((ones, (left[same], right[same])), shape=(size, size))
    _, group = connected_components(joined, directed=False)
    against = (standing[DECISION] == DIFFERENT).to_numpy() & (group[left] == group[right])
    ids = standing[PAIR_ID].to_numpy()
    links: dict[int, list[tuple[int, str]]] = {}
    for a, b, name in zip(left[same], right[same], ids[same], strict=True):
        links.setdefault(int(a), []).append((int(b), str(name)))
        links.setdefault(int(b), []).append((int(a), str(name)))
    return [
        (str(ids[n]), _chain(links, int(left[n]), int(right[n]))) for n in np.flatnonzero(against)
    ]


def _chain(links: dict[int, list[tuple[int, str]]], start: int, end: int) -> list[str]:
    """Pair ids along the shortest way between two records."""
    came: dict[int, tuple[int, str]] = {start: (start, "")}
    waiting = deque([start])
    while waiting and end not in came:
        here = waiting.popleft()
        for there, name in links.get(here, []):
            if there not in came:
                came[there] = (here, name)
                waiting.append(there)
    chain, here = [], end
    while here != start:
        here, name = came[here]
        chain.append(name)
    return chain[::-1]
