"""A table of counts made safe to show: margins added, held against an attacker, cells withheld.

Everything shown of the same data cut before is taken into account: the attacker
has read it all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from workbench.disclosure.attack import InconsistentError
from workbench.disclosure.axes import Axis, Nesting
from workbench.disclosure.control import rounded
from workbench.disclosure.joint import Table, absent, beyond, inner_cells, joint, matrix_of
from workbench.disclosure.knowledge import Numbers, learned, unit_of
from workbench.disclosure.ledger import WITHHELD, Entry
from workbench.disclosure.margins import axes_of, with_margins
from workbench.disclosure.profiles import Profile, chosen_profile
from workbench.disclosure.suppression import Earlier, Protected, protect
from workbench.errors import DisclosureError, InputError

ATOMS_AT_MOST = 200_000
"""Combinations of the finest categories that are still held against all tables at once."""


SAME, GROWN, UNRELATED = "same", "grown", "unrelated"


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
    kinship : {"same", "grown", "unrelated"}
        How this table's people were taken to stand to those of earlier ones: as the
        windows say; or, where none is given and the counts differ, more of the same, or
        nothing in common.
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

    Returns
    -------
    Disclosed

    Raises
    ------
    InputError
        A cell has no category, no count or a negative one, or there are two of it.
    DisclosureError
        No withholding makes the table safe, or it cannot be of the same people as
        what was released before.
    """
    rule = chosen_profile(profile)
    _refuse_unfit(frame, by, count)
    text = frame[[*by, count]].assign(**{name: frame[name].astype(str) for name in by})
    table = with_margins(text, by, count, axes_of(text, by, nesting or {}))
    counts = np.asarray(table[count], dtype=np.float64)
    rows = list(table[list(by)].itertuples(index=False, name=None))
    if rule.masks:
        found, kinship = _believed(rows, counts, by, rule, nesting or {}, earlier, window)
    else:
        nothing = np.zeros(len(counts), dtype=bool)
        found, kinship = Protected(nothing, nothing, np.empty(0, dtype=np.int64)), SAME
    if len(found.at_risk):
        raise DisclosureError(
            f"{len(found.at_risk)} small counts could be worked out from the others, and no "
            "other withholding prevents it.",
            remedy="Use wider categories or a longer window.",
        )
    inner = inner_cells(rows)
    people = counts[inner].sum()
    lower, upper = learned(
        counts, found.withheld, rule, unit_of(counts), complementary=bool(found.complementary.any())
    )
    cells = tuple(
        (tuple(row), float(low), None if math.isinf(high) else float(high))
        for row, low, high in zip(rows, lower, upper, strict=True)
    )
    return Disclosed(
        table=table.assign(**{count: _shown(counts, found, rule)}),
        small=int((found.withheld & ~found.complementary).sum()),
        complementary=int(found.complementary.sum()),
        people_shown=float(counts[inner & ~found.withheld].sum() / people) if people else 1.0,
        kinship=kinship,
        entry=Entry(data, tuple(by), rule.name, cells, window),
    )


def _believed(
    rows: Sequence[tuple[str, ...]],
    counts: Numbers,
    by: Sequence[str],
    rule: Profile,
    nesting: Mapping[str, Nesting],
    earlier: Sequence[Entry],
    window: tuple[str, str] | None,
) -> tuple[Protected, str]:
    """Protect a table under the closest kinship to the earlier ones that their counts allow."""
    windowed = window is not None or any(one.window for one in earlier)
    for kinship in (SAME,) if windowed else (SAME, GROWN, UNRELATED):
        windows = [_assumed(kinship, number) for number in range(len(earlier) + 1)]
        told = [
            one if windowed else replace(one, window=w)
            for one, w in zip(earlier, windows, strict=False)
        ]
        own = window if windowed else windows[-1]
        try:
            return _protected(rows, counts, by, rule, nesting, told, own), kinship
        except InconsistentError:
            continue
    raise DisclosureError(
        "What was released before under this name cannot be of the same people.",
        remedy="Name another data cut, or check the months that each table is of.",
    )


def _assumed(kinship: str, number: int) -> tuple[str, str] | None:
    """Window to take for the n-th table where none is known."""
    if kinship == SAME:
        return None
    month = f"{number // 12 + 1:04d}-{number % 12 + 1:02d}"
    return ("0001-01", month) if kinship == GROWN else (month, month)


def _protected(
    rows: Sequence[tuple[str, ...]],
    counts: Numbers,
    by: Sequence[str],
    rule: Profile,
    nesting: Mapping[str, Nesting],
    earlier: Sequence[Entry],
    window: tuple[str, str] | None,
) -> Protected:
    tables = [Table(tuple(by), tuple(rows), window)]
    tables += [
        Table(one.by, tuple(labels for labels, *_ in one.cells), one.window) for one in earlier
    ]
    axes, months = joint(tables, nesting)
    atoms = math.prod(len(axis.leaves) for axis in axes) * max(1, len(months))
    if atoms > ATOMS_AT_MOST:
        raise DisclosureError(
            f"With what was released before, the table has {atoms:,} combinations of categories: "
            "too many to hold against each other.",
            remedy="Use wider categories, or a ledger for a data cut of its own.",
        )
    matrices = [matrix_of(table, axes, months) for table in tables]
    nobody = absent(tables[0], nesting)
    inner = inner_cells(rows)
    # A reader takes a combination that has no row for nobody, so the attacker does too.
    matrices.append(matrix_of(Table(tuple(by), nobody, tables[0].window), axes, months))
    bounds = [
        (low, math.inf if high is None else high) for e in earlier for _, low, high in e.cells
    ]
    bounds += [(0.0, 0.0)] * len(nobody)
    before = None
    if bounds:
        before = Earlier(
            csr_array(vstack(matrices[1:], format="csr")),
            np.asarray([low for low, _ in bounds]),
            np.asarray([high for _, high in bounds]),
        )
    return protect(
        matrices[0],
        counts,
        rule,
        earlier=before,
        others=beyond(tables, axes, months, inner),
        inner=inner,
        whole=len(by) > 2 or bool(earlier) or _nested(axes),
    )


def _nested(axes: Sequence[Axis]) -> bool:
    return any(len(axis.parts) > len(axis.leaves) + 1 for axis in axes)


def _shown(counts: Numbers, found: Protected, rule: Profile) -> list[str]:
    values = counts if rule.round_to is None else rounded(counts, rule.round_to)
    return [
        WITHHELD if hidden else f"{value:g}" if value % 1 else f"{int(value)}"
        for value, hidden in zip(values, found.withheld, strict=True)
    ]


def _refuse_unfit(frame: pd.DataFrame, by: Sequence[str], count: str) -> None:
    absent = [f"column '{name}' is missing" for name in (*by, count) if name not in frame]
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
    again = int(frame.duplicated(subset=list(by)).sum())
    if again:
        faults.append(f"{again} rows repeat the categories of another")
    if faults:
        raise InputError("The counts cannot be used.", faults)
