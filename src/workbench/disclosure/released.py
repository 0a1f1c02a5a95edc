"""A table that disclosure control has passed, and that shows it if anyone alters it after.

Python cannot stop code that is set on it; what is held here is that nobody passes
the gate by mistake. Each release is remembered with digests of its roles and its
figures: a copy made by hand, a replaced frame or a pickled one is not known, and is
refused. Figures are held against their digest each time that they are asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from workbench.errors import DisclosureError

_REMEDY = "Pass the table through workbench.disclosure.release()."


@dataclass(frozen=True)
class Share:
    """Which columns make a share, and where its limits go.

    Attributes
    ----------
    numerator, denominator : str
        Count columns of the frame; both must be declared as counts.
    lower, upper : str, optional
        Columns that take the 95% Wilson limits; none are made where absent.
    """

    numerator: str
    denominator: str
    lower: str | None = None
    upper: str | None = None

    def limits(self) -> tuple[str, ...]:
        """Names of the limit columns that are asked for."""
        return tuple(name for name in (self.lower, self.upper) if name is not None)


@dataclass(frozen=True)
class Content:
    """What a release holds; see `Released` for the meaning of each part."""

    frame: pd.DataFrame
    withheld: pd.DataFrame
    profile: str
    stamp: str
    keys: tuple[str, ...]
    counts: tuple[str, ...]
    shares: Mapping[str, Share]
    statistics: tuple[str, ...]


class Released:
    """A table that may be shown; only `workbench.disclosure.release` makes one.

    Attributes
    ----------
    frame : DataFrame
        The figures, withheld ones missing; a new copy each time it is asked for.
    withheld : DataFrame of bool
        True where a figure was there and is not shown; same shape as `frame`.
    profile : str
        Name of the disclosure profile that was applied.
    stamp : str
        Text that every page showing it must carry; empty where none is needed.
    keys, counts, statistics : tuple of str
        Columns by role.
    shares : mapping of str to Share
        Columns that are a share of two counts.

    Raises
    ------
    DisclosureError
        On any attempt to make, copy or alter one outside the gate.
    """

    __slots__ = ("__weakref__", "_content")

    def __init__(self, *_: Any, **__: Any) -> None:
        raise DisclosureError("A released table cannot be made by hand.", remedy=_REMEDY)

    def __init_subclass__(cls, **_: Any) -> NoReturn:
        raise DisclosureError("The type of released tables cannot be extended.", remedy=_REMEDY)

    def __setattr__(self, name: str, _: Any) -> NoReturn:
        raise DisclosureError(f"'{name}' of a released table cannot be changed.", remedy=_REMEDY)

    def __delattr__(self, name: str) -> NoReturn:
        raise DisclosureError(f"'{name}' of a released table cannot be removed.", remedy=_REMEDY)

    def __copy__(self) -> Released:
        return self

    def __deepcopy__(self, _: Any) -> Released:
        return self

    def __reduce_ex__(self, _: Any) -> NoReturn:
        raise DisclosureError(
            "A released table cannot be pickled: who reads it could not tell it from a forged one.",
            remedy="Save it with page.save(), or release it again where it is needed.",
        )

    def __repr__(self) -> str:
        rows, columns = _table(self, "frame").shape
        return f"<Released: {rows} rows, {columns} columns, profile {self.profile}>"

    @property
    def frame(self) -> pd.DataFrame:
        """The figures, withheld ones missing: a copy."""
        return _table(self, "frame").copy()

    @property
    def withheld(self) -> pd.DataFrame:
        """True where a figure is withheld: a copy, shaped like `frame`."""
        return _table(self, "withheld").copy()

    @property
    def profile(self) -> str:
        """Name of the disclosure profile applied."""
        return opened(self).profile

    @property
    def stamp(self) -> str:
        """Text that every page showing this must carry, or empty."""
        return opened(self).stamp

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that say what a row is about."""
        return opened(self).keys

    @property
    def counts(self) -> tuple[str, ...]:
        """Columns that count people."""
        return opened(self).counts

    @property
    def shares(self) -> Mapping[str, Share]:
        """Columns that are a share of two counts."""
        return MappingProxyType(dict(opened(self).shares))

    @property
    def statistics(self) -> tuple[str, ...]:
        """Columns that are neither counts nor shares of counts."""
        return opened(self).statistics


_SEALS: WeakKeyDictionary[Released, dict[str, str]] = WeakKeyDictionary()


def seal(content: Content) -> Released:
    """Make a released table and remember its digests; for `release` alone."""
    released = object.__new__(Released)
    object.__setattr__(released, "_content", content)
    _SEALS[released] = {
        "roles": _of_roles(content),
        "frame": _of_table(content.frame),
        "withheld": _of_table(content.withheld),
    }
    return released


def opened(released: Released) -> Content:
    """Content of a released table, if it is one that the gate made and its roles still stand.

    Raises
    ------
    DisclosureError
        The table did not come from the gate, or changed since.
    """
    content: Content | None = getattr(released, "_content", None)
    seals = _SEALS.get(released)
    if content is None or seals is None or seals["roles"] != _of_roles(content):
        raise _unknown()
    return content


def _table(released: Released, part: str) -> pd.DataFrame:
    table: pd.DataFrame = getattr(opened(released), part)
    if _SEALS[released][part] != _of_table(table):
        raise _unknown()
    return table


def _unknown() -> DisclosureError:
    return DisclosureError(
        "This table did not come from the disclosure gate, or was altered after it.",
        remedy=_REMEDY,
    )


def _of_roles(content: Content) -> str:
    roles = (
        content.profile,
        content.stamp,
        content.keys,
        content.counts,
        sorted(content.shares.items()),
        content.statistics,
    )
    return hashlib.sha256(repr(roles).encode()).hexdigest()


def _of_table(table: pd.DataFrame) -> str:
    """Digest of a table's names, kinds and values.

    Columns are read as the bytes that they are held in, since hashing each value of
    millions of rows would take longer than writing them.
    """
    kinds = [(str(name), str(table[name].dtype)) for name in table]
    parts = hashlib.blake2b(repr((kinds, len(table))).encode())
    for position in range(table.shape[1]):
        column = table.iloc[:, position]
        if isinstance(column.dtype, pd.CategoricalDtype):
            labels = column.cat.categories
            parts.update(pd.util.hash_pandas_object(labels, index=False).to_numpy().tobytes())
            parts.update(np.ascontiguousarray(column.cat.codes.to_numpy()).data)
        elif isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
            parts.update(np.ascontiguousarray(column.to_numpy()).data)
        else:
            parts.update(pd.util.hash_pandas_object(column, index=False).to_numpy().tobytes())
    return parts.hexdigest()
