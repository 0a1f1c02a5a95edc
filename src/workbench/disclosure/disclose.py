"""A table of counts made safe to show: margins added, held against an attacker, cells withheld.

Everything shown of the same data cut before is taken into account: the attacker
has read it all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.disclosure.axes import Axis, Nesting, cells_of
from workbench.disclosure.cellkey import Keys, content_keys, noise_of
from workbench.disclosure.control import published
from workbench.disclosure.joint import inner_cells
from workbench.disclosure.knowledge import Flags, Numbers
from workbench.disclosure.ledger import WITHHELD, Entry
from workbench.disclosure.margins import axes_of, with_margins
from workbench.disclosure.profiles import Profile, chosen_profile
from workbench.disclosure.suppression import Protected
from workbench.disclosure.together import SAME, Counted, believed
from workbench.errors import DisclosureError, InputError


@dataclass(frozen=True, eq=False)
class Disclosed:
    """A table that may be shown.

    Attributes
    ----------
    table : DataFrame
        Columns as given; one row a cell and a margin, sorted. The count is text: a
        number, or ``[c]`` where it is withheld.
    small, complementary : int
        Cells withheld because they are small, and to protect those.
    people_shown : float
        Share of the people who are in a shown cell that is no margin.
    kinship : {"same", "grown", "earlier", "unrelated"}
        How this table's people were taken to stand to those of earlier ones: as the
        windows say; or, where none is given and the counts differ, more of the same, those of
        one that has grown since, or nothing in common.
    entry : Entry
        For the ledger.
    """

    table: pd.DataFrame
    small: int
    complementary: int
    people_shown: float
    kinship: str
    entry: Entry


def disclose(
    frame: pd.DataFrame,
    *,
    by: Sequence[str],
    count: str,
    profile: str = "nhs_round5",
    nesting: Mapping[str, Nesting] | None = None,
    earlier: Sequence[Entry] = (),
    data: str = "",
    window: tuple[str, str] | None = None,
    key: str | None = None,
    secret: bytes | None = None,
) -> Disclosed:
    """Make a table of counts safe to show.

    Parameters
    ----------
    frame : DataFrame
        One row a cell: text in the columns `by`, a number of people in `count`. A
        combination without a row counts as none.
    by : sequence of str
        Columns that tell people apart.
    count : str
        Column of counts; halves are allowed.
    profile : str, optional
        Name of a profile in the data dictionary.
    nesting : mapping of str to mapping, optional
        By column, which category is part of which; both may have rows.
    earlier : sequence of Entry, optional
        What was released before of the same data cut.
    data : str, optional
        Name of the data cut, for the ledger.
    window : tuple of str, optional
        First and last month that the people are of, ``YYYY-MM``; None: of the whole cut.
    key : str, optional
        Column of cell keys, for a profile with noise: sums of `cellkey.record_keys` over
        the people of each cell. Without it a cell is known by its categories and count.
    secret : bytes, optional
        The project's own key; needed for a profile with noise and no column of keys.

    Returns
    -------
    Disclosed

    Raises
    ------
    InputError
        A cell has no category, no count or a negative one, or there are two of it.
    DisclosureError
        No withholding makes the table safe, it cannot be of the same people as
        what was released before, or noise has no key.
    """
    rule = chosen_profile(profile)
    _refuse_unfit(frame, by, count, key)
    text = frame[[*by, count]].assign(**{name: frame[name].astype(str) for name in by})
    axes = axes_of(text, by, nesting or {})
    table = with_margins(text, by, count, axes)
    counts = np.asarray(table[count], dtype=np.float64)
    rows = tuple(table[list(by)].itertuples(index=False, name=None))
    noise = None
    if rule.noise is not None:
        keys = _keys(text, by, count, None if key is None else frame[key], secret)
        noise = noise_of(_summed(keys, text, by, rows, axes), rule.noise)
    counted = Counted(tuple(by), rows, counts, published(counts, rule, noise), window)
    nothing = np.zeros(len(counts), dtype=bool)
    found, kinship = Protected(nothing, nothing, np.empty(0, dtype=np.int64)), SAME
    if rule.masks:
        found, kinship = believed(counted, rule, nesting or {}, earlier)
    if len(found.at_risk):
        raise DisclosureError(
            f"{len(found.at_risk)} small counts could be worked out from the others, and no "
            "other withholding prevents it.",
            remedy="Use wider categories or a longer window.",
        )
    return Disclosed(
        table=table.assign(**{count: _as_text(counted.shown, found.withheld)}),
        small=int((found.withheld & ~found.complementary).sum()),
        complementary=int(found.complementary.sum()),
        people_shown=_people_shown(counted, found.withheld),
        kinship=kinship,
        entry=_entry(counted, found.withheld, rule, data),
    )


def _keys(
    frame: pd.DataFrame,
    by: Sequence[str],
    count: str,
    given: pd.Series[int] | None,
    secret: bytes | None,
) -> Keys:
    """Key of each cell that was given: the sum of its people's, or what it says."""
    if given is not None:
        return np.asarray([int(value) for value in given], dtype=np.uint64)
    if secret is None:
        raise DisclosureError(
            "The noise of this profile has no key, so that anyone could take it off again.",
            remedy="Give a column of cell keys, or make the project's key with: workbench keys new",
        )
    rows = frame[list(by)].itertuples(index=False, name=None)
    return content_keys(by, rows, np.asarray(frame[count], dtype=np.float64), secret)


def _summed(
    keys: Keys,
    frame: pd.DataFrame,
    by: Sequence[str],
    rows: Sequence[Sequence[str]],
    axes: Sequence[Axis],
) -> Keys:
    """Keys of all cells and margins, from those of the finest."""
    finest = np.logical_and.reduce([frame[axis.name].isin(axis.leaves) for axis in axes])
    given = frame.loc[finest, list(by)].itertuples(index=False, name=None)
    places = cells_of(given, axes).indices
    atoms = np.zeros(int(np.prod([len(axis.leaves) for axis in axes])), dtype=np.uint64)
    atoms[places] = keys[finest]
    return np.asarray(cells_of(rows, axes).astype(np.uint64) @ atoms, dtype=np.uint64)


def _people_shown(table: Counted, withheld: Flags) -> float:
    """Share of people who are in a shown cell that is no margin."""
    inner = inner_cells(table.rows)
    people = table.counts[inner].sum()
    return float(table.counts[inner & ~withheld].sum() / people) if people else 1.0


def _entry(table: Counted, withheld: Flags, rule: Profile, data: str) -> Entry:
    """What the ledger holds of a table: what it says, and nothing that it does not."""
    lower, upper = table.learned(withheld, rule)
    cells = tuple(
        (row, float(low), None if math.isinf(high) else float(high))
        for row, low, high in zip(table.rows, lower, upper, strict=True)
    )
    return Entry(data, table.by, rule.name, cells, table.window)


def _as_text(shown: Numbers, withheld: Flags) -> list[str]:
    return [
        WITHHELD if hidden else f"{value:g}" if value % 1 else f"{int(value)}"
        for value, hidden in zip(shown, withheld, strict=True)
    ]


def _refuse_unfit(frame: pd.DataFrame, by: Sequence[str], count: str, key: str | None) -> None:
    needed = (*by, count, *(() if key is None else (key,)))
    absent = [f"column '{name}' is missing" for name in needed if name not in frame]
    if absent or not by:
        raise InputError("The counts cannot be read.", absent or ["no column to count by"])
    faults = [
        f"column '{name}' is blank in {n} rows"
        for name in by
        if (n := int(frame[name].isna().sum()))
    ]
    values = pd.to_numeric(frame[count], errors="coerce")
    unfit = int((values.isna() | (values < 0) | (values * 2 % 1 != 0)).sum())
    if unfit:
        faults.append(f"column '{count}' is no count of 0 or more in {unfit} rows")
    if key is not None and (wrong := int((~frame[key].map(_is_key)).sum())):
        faults.append(f"column '{key}' is no whole number from 0 to below 2^64 in {wrong} rows")
    again = int(frame.duplicated(subset=list(by)).sum())
    if again:
        faults.append(f"{again} rows repeat the categories of another")
    if faults:
        raise InputError("The counts cannot be used.", faults)


def _is_key(value: object) -> bool:
    try:
        return 0 <= int(str(value)) < 2**64
    except ValueError:
        return False
