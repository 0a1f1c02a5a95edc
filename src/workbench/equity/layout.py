"""People laid out for a model: groups numbered, case mix as indicators, equal rows together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.dictionary.groups import NOT_KNOWN
from workbench.equity.characteristics import in_order, usual_reference
from workbench.errors import InputError, ParameterError
from workbench.statistics.inputs import Floats, floats

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """One row a person or pathway, in an order that depends on nothing but the values.

    Attributes
    ----------
    labels : tuple of str
        Groups, the reference first.
    place : array of int, shape (rows,)
        Group of each row.
    covariates : ndarray, shape (rows, columns)
        Indicators of every level but the first of each covariate; numbers as they are,
        from their mean and in their standard deviation.
    columns : dict of str to ndarray
        Further columns, in the same order.
    cluster : array of int or None
        Who each row is of.
    """

    labels: tuple[str, ...]
    place: Places
    covariates: Floats
    columns: dict[str, Floats]
    cluster: Places | None

    @property
    def reference(self) -> str:
        """Group that others are compared with."""
        return self.labels[0]

    def sizes(self, weight: Floats | None = None) -> Floats:
        """Sum of a column, or rows, of each group."""
        return np.asarray(np.bincount(self.place, weight, len(self.labels)), dtype=float)

    def in_order(self, characteristic: str) -> list[int]:
        """Places of the groups in the characteristic's order."""
        return in_order(characteristic, self.labels)


def laid_out(
    people: pd.DataFrame,
    characteristic: str,
    covariates: Sequence[str],
    columns: Sequence[str],
    *,
    reference: str | None = None,
    cluster: str | None = None,
) -> Layout:
    """Lay people out.

    Parameters
    ----------
    people : DataFrame
        One row a person or pathway.
    characteristic : str
        Column of groups; missing ones are a group of their own.
    covariates : sequence of str
        Columns of the case mix: text, categories or flags become indicators (missing is a
        level), numbers a straight line.
    columns : sequence of str
        Outcomes: numbers or flags, none missing.
    reference : str, optional
        Group to compare with; `usual_reference` by default.
    cluster : str, optional
        Column that says who a row is of.

    Raises
    ------
    ParameterError
        A column is not there, the characteristic is among the covariates, or there is no
        such reference.
    InputError
        There are no people, only one group, or an outcome or number is missing.
    """
    wanted = [characteristic, *covariates, *columns, *([cluster] if cluster else [])]
    absent = [name for name in dict.fromkeys(wanted) if name not in people.columns]
    if absent:
        raise ParameterError("Columns are not there.", [f"no column {name!r}" for name in absent])
    if characteristic in covariates:
        raise ParameterError(f"{characteristic} cannot be adjusted for itself.")
    faults = [f"{name} is missing in some rows" for name in columns if people[name].isna().any()]
    if people.empty or faults:
        raise InputError("The people cannot be compared.", faults or ["there are none"])
    codes, names = levels(people[characteristic])
    labels = _reference_first(characteristic, codes, names, reference)
    new_place = np.array([labels.index(name) for name in names], dtype=np.int64)
    place = new_place[codes]
    outcomes = {name: _number(people[name]) for name in columns}
    mix = [_covariate(people[name]) for name in covariates]
    who = _numbered(people[cluster]) if cluster else None
    keys = [place, *(code for code, _ in mix), *outcomes.values(), *([] if who is None else [who])]
    order = np.lexsort(keys[::-1])
    matrix = [made for _, made in mix]
    joined = np.hstack(matrix) if matrix else np.zeros((len(people), 0))
    return Layout(
        tuple(labels),
        place[order],
        joined[order],
        {name: column[order] for name, column in outcomes.items()},
        None if who is None else who[order],
    )


def as_cells(layout: Layout, outcome: str) -> tuple[Places, Floats, Floats, Floats]:
    """Add up rows of one group and case mix: a model on them is the same and far smaller.

    Returns
    -------
    place, covariates, successes, trials
    """
    rows = np.column_stack([layout.place, layout.covariates])
    starts = np.concatenate([[True], (rows[1:] != rows[:-1]).any(axis=1)])
    first = np.flatnonzero(starts)
    cell = np.cumsum(starts) - 1
    successes = np.asarray(np.bincount(cell, layout.columns[outcome], len(first)), dtype=float)
    trials = np.asarray(np.bincount(cell, minlength=len(first)), dtype=float)
    return layout.place[first], layout.covariates[first], successes, trials


def levels(column: pd.Series) -> tuple[Places, list[str]]:
    """Number the values of a column by name; missing ones are `NOT_KNOWN`.

    Returns
    -------
    array of int, list of str
        Code of each row, and the name of each code, sorted.
    """
    codes, values = pd.factorize(column, sort=False)
    given = [*(name_of(value) for value in values), NOT_KNOWN]
    names = sorted({given[code] for code in np.unique(codes)})
    place = {name: number for number, name in enumerate(names)}
    return np.array([place.get(name, -1) for name in given], dtype=np.int64)[codes], names


def _number(column: pd.Series) -> Floats:
    try:
        return floats(column, str(column.name))
    except ValueError as error:
        raise InputError("The people cannot be compared.", [str(error)]) from None


def _numbered(column: pd.Series) -> Places:
    """Number whom rows are of, in the order of what they are called."""
    if column.isna().any():
        raise InputError(f"{column.name} is missing in some rows: whose they are is not known.")
    return np.asarray(pd.factorize(column, sort=True)[0], dtype=np.int64)


def name_of(value: object) -> str:
    """Name of a group: 1.0 is ``1``, and whatever is missing is `NOT_KNOWN`."""
    if pd.isna(value):  # type: ignore[call-overload]
        return NOT_KNOWN
    whole = isinstance(value, float | np.floating) and float(value).is_integer()
    return str(int(value)) if whole else str(value)  # type: ignore[call-overload]


def _reference_first(
    characteristic: str, codes: Places, names: list[str], reference: str | None
) -> list[str]:
    if len(names) < 2:
        raise InputError(f"There is only one group of {characteristic}: nothing to compare.")
    if reference is None:
        sizes = np.bincount(codes, minlength=len(names)).astype(float)
        reference = usual_reference(characteristic, names, sizes)
    if reference not in names:
        raise ParameterError(
            f"The reference is no group of {characteristic} here.",
            remedy="Name one of its groups, or leave it out for the largest.",
        )
    return [reference, *(name for name in names if name != reference)]


def _covariate(column: pd.Series) -> tuple[Places, Floats]:
    """Codes to sort by, and the columns of the design."""
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if not numeric:
        codes, names = levels(column)
        return codes, np.asarray(codes[:, None] == np.arange(1, len(names))[None, :], dtype=float)
    if column.isna().any():
        raise InputError(
            f"{column.name} is a number and is missing in some rows.",
            remedy="Turn it into bands, of which missing is one.",
        )
    values = column.to_numpy(dtype=float)
    ordered = np.sort(values)  # sums do not depend on the order of rows
    spread = float(ordered.std())
    scaled = (values - float(ordered.mean())) / (spread if spread > 0 else 1.0)
    codes = np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.int64).ravel()
    return codes, scaled[:, None]
