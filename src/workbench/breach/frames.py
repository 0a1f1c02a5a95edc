"""A frame held to its roles: rows of the population, parsed cells, nothing known too late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.breach import cells
from workbench.breach.cells import BLANK
from workbench.breach.roles import ROW, Roles, too_many_groups
from workbench.errors import InputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MISSING = BLANK
"""Stands for a missing code: missing is a level of its own, since what is not recorded tells."""


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of codes, held as places in a short list of levels.

    Attributes
    ----------
    levels : tuple of str
        Sorted, `MISSING` last.
    places : int array
    """

    levels: tuple[str, ...]
    places: npt.NDArray[np.int32]

    def __getitem__(self, rows: npt.NDArray[Any]) -> Coded:
        return Coded(self.levels, self.places[rows])

    @property
    def missing(self) -> Bools:
        """Where nothing is recorded."""
        return np.asarray(self.places == len(self.levels) - 1)

    def mapped(self, values: Mapping[str, float], otherwise: float) -> Floats:
        """A number for each cell, by its level."""
        table = np.array([values.get(level, otherwise) for level in self.levels], dtype=np.float64)
        return np.asarray(table[self.places])

    def text(self) -> npt.NDArray[Any]:
        """The codes themselves."""
        return np.array(self.levels, dtype=object)[self.places]


@dataclass(frozen=True, eq=False)
class Cases:
    """Rows of a frame as a model wants them; made by `cases`.

    Attributes
    ----------
    numbers : dict of str to float array
        By feature of kind number; NaN where missing.
    codes : dict of str to Coded
        By feature of kind code, and protected characteristic.
    outcome : float array
        0 or 1; NaN where not known.
    group : int array
        Same number, same patient.
    time, origin, settled : datetime64[D] array or None
    landmark : int array
        0 throughout without that role.
    site : Coded
    ids : DataFrame
    """

    numbers: dict[str, Floats]
    codes: dict[str, Coded]
    outcome: Floats
    group: Ints
    time: npt.NDArray[Any] | None
    origin: npt.NDArray[Any] | None
    settled: npt.NDArray[Any] | None
    landmark: Ints
    site: Coded
    ids: pd.DataFrame

    def __len__(self) -> int:
        return len(self.outcome)

    def taken(self, rows: npt.NDArray[Any]) -> Cases:
        """These rows: places, or true and false."""

        def some(values: Any) -> Any:
            return None if values is None else values[rows]

        return Cases(
            {name: values[rows] for name, values in self.numbers.items()},
            {name: values[rows] for name, values in self.codes.items()},
            self.outcome[rows], self.group[rows], some(self.time), some(self.origin),
            some(self.settled), self.landmark[rows], self.site[rows], self.ids.iloc[
                np.flatnonzero(rows) if rows.dtype == bool else rows
            ].reset_index(drop=True),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Checked:
    """What `cases` gives: the rows, and what was taken out of them.

    Attributes
    ----------
    cases : Cases
    left_out : dict of str to int
        By reason, rows that are not of the population.
    blanked : dict of str to int
        By feature, cells that were known only after their row's time.
    """

    cases: Cases
    left_out: dict[str, int]
    blanked: dict[str, int]


def cases(frame: pd.DataFrame, roles: Roles, *, outcome_needed: bool = True) -> Checked:
    """Hold a frame to its roles.

    Parameters
    ----------
    frame : DataFrame
        One row a case; columns that no role names are left alone.
    roles : Roles
    outcome_needed : bool, optional
        Off for rows to be scored: only what the features need has to be there then.

    Raises
    ------
    InputError
        A column is missing, an id repeats, or a cell is not of its kind: all are listed,
        by column and count, never by value.
    """
    named = roles.columns() if outcome_needed else roles.needed_to_score()
    absent = [f"missing column: {name}" for name in named if name not in frame.columns]
    if absent:
        raise InputError("The frame lacks columns that its roles name.", absent)
    kept, left_out = _of_population(frame, roles)
    faults = list(_repeated_ids(kept, roles))
    days = {n: cells.days(kept[n], faults) for n in _day_columns(roles) if n in kept.columns}
    numbers = {
        one.name: cells.numbers(kept[one.name], roles.missing, faults)
        for one in roles.features
        if one.kind == "number"
    }
    wanted = [one.name for one in roles.features if one.kind == "code"]
    audited = [name for name in roles.protected if name in kept.columns]
    codes = {n: _code(kept, n, roles) for n in dict.fromkeys([*wanted, *audited])}
    if outcome_needed:
        faults += too_many_groups({name: len(codes[name].levels) for name in audited})
    # rows to score may hold anything there: what cannot be read is not known
    outcome = _outcome(kept, roles, faults if outcome_needed else [])
    landmark = _landmark(kept, roles, faults)
    for name in dict.fromkeys(filter(None, (roles.time, roles.origin))):
        faults += cells.stand_in_days(name, days[name]) if name in days else []
    if faults:
        raise InputError("The frame cannot be used with these roles.", faults)
    blanked = _blanked(numbers, codes, days, roles)
    time = days.get(roles.time or "")
    made = Cases(
        numbers, codes, outcome, _group(kept, roles), time,
        days.get(roles.origin or "", time), days.get(roles.settled or "", time),
        landmark,
        _site(kept, roles),
        kept[list(roles.id)].reset_index(drop=True),
    )  # fmt: skip
    return Checked(made, left_out, blanked)


def _of_population(frame: pd.DataFrame, roles: Roles) -> tuple[pd.DataFrame, dict[str, int]]:
    left_out: dict[str, int] = {}
    kept = frame
    for name, values in roles.leave_out.items():
        if name not in frame.columns:
            continue
        out = cells.among(kept[name], values)
        left_out[name] = int(out.sum())
        kept = kept[~out]
    return kept.reset_index(drop=True), left_out


def _repeated_ids(frame: pd.DataFrame, roles: Roles) -> Iterator[str]:
    nameless = int(frame[list(roles.id)].isna().any(axis=1).sum())
    if nameless:
        yield f"{' and '.join(roles.id)}: {nameless} rows have no id"
    repeated = int(frame.duplicated(list(roles.id)).sum())
    if repeated:
        yield f"{' and '.join(roles.id)}: {repeated} rows repeat an id"


def _landmark(frame: pd.DataFrame, roles: Roles, faults: list[str]) -> Ints:
    """Days of the clock: whole numbers, and none is missing."""
    if roles.landmark is None:
        return np.zeros(len(frame), np.int64)
    values = cells.numbers(frame[roles.landmark], roles.missing, faults)
    wrong = int((np.isnan(values) | (values % 1 != 0)).sum())
    if wrong:
        faults.append(f"{roles.landmark}: {wrong} cells are no whole day of the clock")
    return np.where(np.isnan(values), 0, values).astype(np.int64)


def _day_columns(roles: Roles) -> list[str]:
    named = [roles.time, roles.origin, roles.settled]
    named += [one.known_at for one in roles.features if one.known_at != ROW]
    return list(dict.fromkeys(name for name in named if name))


def _code(frame: pd.DataFrame, name: str, roles: Roles) -> Coded:
    """Distinct texts once and their places: a hundred times less than text by text."""
    held, places = cells.texts(frame[name])
    stands_for = {*roles.missing, MISSING}
    levels = (*sorted({text for text in held if text not in stands_for}), MISSING)
    place = {level: number for number, level in enumerate(levels)}
    # the last one is for a missing cell, whose place is -1
    moved = np.array([place.get(t, place[MISSING]) for t in held] + [place[MISSING]], np.int32)
    return Coded(levels, moved[places])


def _site(frame: pd.DataFrame, roles: Roles) -> Coded:
    if roles.site is None or roles.site not in frame.columns:
        return Coded((MISSING,), np.zeros(len(frame), np.int32))
    return _code(frame, roles.site, roles)


def _outcome(frame: pd.DataFrame, roles: Roles, faults: list[str]) -> Floats:
    if roles.outcome not in frame.columns:
        return np.full(len(frame), np.nan)
    return cells.outcomes(frame[roles.outcome], roles.event, roles.missing, faults)


def _group(frame: pd.DataFrame, roles: Roles) -> Ints:
    if roles.group not in frame.columns:
        return np.arange(len(frame), dtype=np.int64)
    codes, _ = pd.factorize(frame[roles.group], sort=True)
    # a row without a patient's name is a patient of its own
    alone = codes < 0
    named = codes.max(initial=-1) + 1
    return np.where(alone, named - 1 + np.cumsum(alone), codes).astype(np.int64)


def _blanked(
    numbers: dict[str, Floats],
    codes: dict[str, Coded],
    days: dict[str, npt.NDArray[Any]],
    roles: Roles,
) -> dict[str, int]:
    """Blank, in place, what was known only after its row's time; count the cells."""
    counts: dict[str, int] = {}
    for one in roles.features:
        if one.known_at == ROW or roles.time is None:
            continue
        late = ~(days[one.known_at] <= days[roles.time])  # a day that is not known is not yet
        if one.kind == "number":
            told = late & ~np.isnan(numbers[one.name])
            numbers[one.name] = np.where(late, np.nan, numbers[one.name])
        else:
            held = codes[one.name]
            told = late & ~held.missing
            gone = np.where(late, len(held.levels) - 1, held.places).astype(np.int32)
            codes[one.name] = Coded(held.levels, gone)
        if told.any():
            counts[one.name] = int(told.sum())
    return counts
