"""Clerical review: doubtful pairs out of the vault, decided by a person, and back into it.

>>> from workbench.intake.vault import open_vault
>>> from workbench.linkage import review
>>> from workbench.workspace import open_workspace
>>> vault = open_vault(open_workspace(), command="JupyterLab", why="clerical review")
>>> sheet = review.open_sheet(vault, sample=50)
>>> sheet.loc[0, ["decision", "decided_by", "decided_on"]] = ["same", "A Clerk", "2026-03-31"]
>>> review.take(vault, sheet)

Nothing here opens the vault or writes a file: that is done on purpose, and logged, by
whoever calls it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.errors import InputError, ParameterError
from workbench.linkage.pair_ids import KEY_BYTES, in_one_order, pair_ids
from workbench.linkage.review_decisions import (
    DIFFERENT,
    HISTORY,
    SAME,
    UNSURE,
    appended,
    contradictions,
    decided,
    in_force,
    latest,
)
from workbench.linkage.review_sheet import sheet_of, with_groups
from workbench.linkage.sampling import BAND, stratified, with_band
from workbench.linkage.sealed import (
    DECISIONS,
    HANDED_OUT,
    PAIR,
    PAIR_KEY,
    PAIRS,
    Sealed,
    keep_table,
    kept_pairs,
    kept_table,
)
from workbench.linkage.sheets import DECISION, LINE, PAIR_ID, as_sheet


@dataclass(frozen=True)
class Taken:
    """What became of a sheet.

    Attributes
    ----------
    same, different, unsure : int
        Decisions that the sheet holds.
    undecided : int
        Rows left blank.
    known : int
        Decisions that had been taken before.
    changed : int
        Pairs about which somebody has changed their mind.
    """

    same: int
    different: int
    unsure: int
    undecided: int
    known: int
    changed: int


def open_sheet(
    vault: Sealed,
    *,
    sample: int | None = None,
    by: Sequence[str] = (BAND,),
    seed: int = 1,
    groups: pd.DataFrame | None = None,
    show_identifiers: bool = False,
    again: bool = False,
) -> pd.DataFrame:
    """Doubtful pairs as a sheet to fill in, masked as far as they can still be judged.

    Parameters
    ----------
    vault : Sealed
        Opened on purpose.
    sample : int, optional
        How many pairs, in equal numbers from each stratum; all of them by default.
    by : sequence of str, optional
        What the strata are made of: ``band`` of probability, and columns of `groups`.
    seed : int, optional
        Of the sample.
    groups : DataFrame, optional
        ``record_id``, ``source`` and any characteristics, one row a record; a pair has those
        of its left record, else of its right.
    show_identifiers : bool, optional
        Add the identifiers of both records, whole.
    again : bool, optional
        Also pairs that have been decided, with nothing of the decision shown.

    Returns
    -------
    DataFrame
        Sorted by pair id, so that its order tells nothing; ``decision``, ``decided_by`` and
        ``decided_on`` are blank.

    Raises
    ------
    InputError
        No linkage has left any pairs.
    ParameterError
        The sample cannot be drawn.
    """
    if PAIRS not in vault.secrets():
        raise InputError("No linkage has left pairs to review.", remedy="workbench link")
    pairs = in_one_order(kept_pairs(vault))
    pairs = pairs.assign(**{PAIR_ID: pair_ids(pairs, _key(vault))}).drop_duplicates(PAIR_ID)
    if not again:
        standing = in_force(_history(vault))
        done = pd.MultiIndex.from_frame(in_one_order(standing)[[*PAIR]])
        pairs = pairs[~pd.MultiIndex.from_frame(pairs[[*PAIR]]).isin(done)]
    pairs = with_band(with_groups(pairs, groups)).sort_values(PAIR_ID, ignore_index=True)
    if sample is not None:
        pairs = stratified(pairs, sample, by, seed=seed).reset_index(drop=True)
    elif unknown := [name for name in by if name not in pairs]:
        raise ParameterError(
            "No sample can be drawn.", [f"'{name}' is no column of the pairs" for name in unknown]
        )
    who = vault.identifiers().to_pandas()
    shown = [name for name in by if name != BAND]
    sheet = sheet_of(pairs, who, shown, show_identifiers=show_identifiers)
    _hand_out(vault, pairs)
    return sheet


def take(vault: Sealed, sheet: pd.DataFrame, *, name: str = "the sheet") -> Taken:
    """Take a sheet's decisions in, all of them or none.

    Parameters
    ----------
    vault : Sealed
    sheet : DataFrame
        From `open_sheet` and filled in, or from `read_sheet`.
    name : str, optional
        What an error calls it.

    Raises
    ------
    InputError
        Rows cannot be used, or decisions contradict one another; all are told.
    """
    rows = sheet if LINE in sheet else as_sheet(sheet)
    history = _history(vault)
    new = decided(rows, kept_table(vault, HANDED_OUT, [PAIR_ID, *PAIR]), name)
    joined, added = appended(history, new)
    _refuse_contradictions(latest(joined), new.rows, name)
    before = latest(history).set_index(PAIR_ID)[DECISION]
    after = latest(joined).set_index(PAIR_ID)[DECISION]
    changed = int((before != after.reindex(before.index)).sum())
    if added:
        keep_table(vault, DECISIONS, joined)
    counts = new.rows[DECISION].value_counts()
    return Taken(
        same=int(counts.get(SAME, 0)),
        different=int(counts.get(DIFFERENT, 0)),
        unsure=int(counts.get(UNSURE, 0)),
        undecided=new.undecided,
        known=len(new.rows) - added,
        changed=changed,
    )


def standing_decisions(vault: Sealed) -> pd.DataFrame:
    """Decisions in force, as `link` takes them.

    Returns
    -------
    DataFrame
        ``record_id_left``, ``source_left``, ``record_id_right``, ``source_right``,
        ``decision`` (same or different), ``decided_by``, ``decided_on``.
    """
    return in_force(_history(vault))


def status(vault: Sealed) -> dict[str, Any]:
    """How far the review is: counts, and nothing of anybody.

    Returns
    -------
    dict
        ``pairs`` that the latest linkage doubts, those ``waiting`` for a decision, in all and
        ``waiting_by_band``; decisions in force (``same``, ``different``, ``unsure``), and
        ``decisions`` ever taken, from how many ``sheets``.
    """
    pairs, history = in_one_order(kept_pairs(vault)), _history(vault)
    done = pd.MultiIndex.from_frame(in_one_order(in_force(history))[[*PAIR]])
    waiting = pairs[~pd.MultiIndex.from_frame(pairs[[*PAIR]]).isin(done)]
    bands = with_band(waiting)[BAND].value_counts().sort_index()
    words = latest(history)[DECISION].value_counts()
    return {
        "pairs": len(pairs),
        "waiting": len(waiting),
        "waiting_by_band": {str(band): int(count) for band, count in bands.items()},
        **{word: int(words.get(word, 0)) for word in (SAME, DIFFERENT, UNSURE)},
        "decisions": len(history),
        "sheets": int(history["taken"].nunique()),
    }


def _history(vault: Sealed) -> pd.DataFrame:
    return kept_table(vault, DECISIONS, HISTORY)


def _key(vault: Sealed) -> bytes:
    """Secret of the pair ids, drawn when the first sheet is opened."""
    if PAIR_KEY not in vault.secrets():
        vault.keep_secret(PAIR_KEY, secrets.token_bytes(KEY_BYTES))
    return vault.secret(PAIR_KEY)


def _hand_out(vault: Sealed, pairs: pd.DataFrame) -> None:
    before = kept_table(vault, HANDED_OUT, [PAIR_ID, *PAIR])
    new = pairs.loc[~pairs[PAIR_ID].isin(before[PAIR_ID]), [PAIR_ID, *PAIR]]
    if len(new):
        together = new if before.empty else pd.concat([before, new], ignore_index=True)
        keep_table(vault, HANDED_OUT, together)


def _refuse_contradictions(standing: pd.DataFrame, rows: pd.DataFrame, name: str) -> None:
    found = contradictions(standing)
    if not found:
        return
    lines = {str(one): f"line {line}" for one, line in zip(rows[PAIR_ID], rows[LINE], strict=True)}

    def told(pair: str) -> str:
        return f"{pair} ({lines.get(pair, 'decided before')})"

    raise InputError(
        f"{name}: decisions contradict one another; nothing was changed.",
        [
            f"{told(pair)} is different, but these together make it the same: "
            + ", ".join(map(told, chain))
            for pair, chain in found
        ],
        remedy="Look at these pairs again and change one of them; to change one that was decided "
        "before, open it with: workbench review open --again",
    )
