"""A table that disclosure control has passed, and that shows it if anyone alters it after.

Python cannot stop code that is set on it; what is held here is that nobody passes
the gate by mistake. Each release is remembered with a digest of its figures: a
copy made by hand, a replaced frame or a pickled one is not known, and is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

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
        rows, columns = self.frame.shape
        return f"<Released: {rows} rows, {columns} columns, profile {self.profile}>"

    @property
    def frame(self) -> pd.DataFrame:
        """The figures, withheld ones missing: a copy."""
        return opened(self).frame.copy()

    @property
    def withheld(self) -> pd.DataFrame:
        """True where a figure is withheld: a copy, shaped like `frame`."""
        return opened(self).withheld.copy()

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


_SEALS: WeakKeyDictionary[Released, str] = WeakKeyDictionary()


def seal(content: Content) -> Released:
    """Make a released table and remember its digest; for `release` alone."""
    released = object.__new__(Released)
    object.__setattr__(released, "_content", content)
    _SEALS[released] = _digest(content)
    return released


def opened(released: Released) -> Content:
    """Content of a released table, if it is one that the gate made and nobody altered.

    Raises
    ------
    DisclosureError
        The table did not come from the gate, or changed since.
    """
    content: Content | None = getattr(released, "_content", None)
    if content is None or _SEALS.get(released) != _digest(content):
        raise DisclosureError(
            "This table did not come from the disclosure gate, or was altered after it.",
            remedy=_REMEDY,
        )
    return content


def _digest(content: Content) -> str:
    roles = (
        content.profile,
        content.stamp,
        content.keys,
        content.counts,
        sorted(content.shares.items()),
        content.statistics,
    )
    parts = hashlib.sha256(repr(roles).encode())
    for table in (content.frame, content.withheld):
        parts.update(repr([(str(name), str(table[name].dtype)) for name in table]).encode())
        parts.update(pd.util.hash_pandas_object(table).to_numpy().tobytes())
    return parts.hexdigest()
