"""Features as numbers: codes of few levels by place, codes of many by how they came out.

A code of many levels is replaced by the share of events among its rows, drawn towards the
share of all by as much as the levels' own spread says (empirical Bayes). For the rows that
are learnt from, the share comes from other patients' rows (cross-fitting): otherwise a
rare level would tell each row its own outcome.

References
----------
Micci-Barreca D (2001). SIGKDD Explorations 3:27-32. Pargent F et al (2022). Computational
Statistics 37:2671-2692: regularised target encoding beats one-hot and plain codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.breach.frames import Cases, Coded, Floats
from workbench.breach.roles import Roles

MANY = 10
"""Levels above which a code is encoded by outcome; a tree tells up to ten apart by itself."""
FOLDS = 5


@dataclass(frozen=True)
class Column:
    """How one feature becomes a number.

    Attributes
    ----------
    feature : str
    way : {"number", "place", "outcome"}
    values : mapping of str to float
        By level, for codes.
    otherwise : float
        For a level that was not there to learn from.
    """

    feature: str
    way: str
    values: Mapping[str, float]
    otherwise: float


@dataclass(frozen=True)
class Encoding:
    """All features as columns of a matrix; made by `fit_encoding` or `from_plain`."""

    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Features, in the order of the columns."""
        return tuple(one.feature for one in self.columns)

    def matrix(self, cases: Cases) -> Floats:
        """Rows by columns, column after column in memory; NaN where missing."""
        made = np.empty((len(cases), len(self.columns)), dtype=np.float64, order="F")
        for place, one in enumerate(self.columns):
            if one.way == "number":
                made[:, place] = cases.numbers[one.feature]
            else:
                made[:, place] = cases.codes[one.feature].mapped(one.values, one.otherwise)
        return made

    def unknown(self, cases: Cases) -> dict[str, int]:
        """By feature, cells of a level that was not there to learn from."""
        counts = {}
        for one in self.columns:
            if one.way != "number":
                held = cases.codes[one.feature]
                new = np.array([level not in one.values for level in held.levels])
                counts[one.feature] = int(new[held.places].sum())
        return {name: count for name, count in counts.items() if count}

    def plain(self) -> list[dict[str, Any]]:
        """For JSON."""
        return [
            {"feature": c.feature, "way": c.way, "values": dict(c.values),
             "otherwise": None if np.isnan(c.otherwise) else c.otherwise}
            for c in self.columns
        ]  # fmt: skip

    @classmethod
    def from_plain(cls, held: list[dict[str, Any]]) -> Encoding:
        """Back from JSON."""
        return cls(
            tuple(
                Column(c["feature"], c["way"], {k: float("nan") if v is None else float(v)
                                                for k, v in c["values"].items()},
                       float("nan") if c["otherwise"] is None else float(c["otherwise"]))
                for c in held
            )
        )  # fmt: skip


def fit_encoding(cases: Cases, roles: Roles, seed: int) -> tuple[Encoding, Floats]:
    """Learn how features become numbers.

    Parameters
    ----------
    cases : Cases
        To learn from; every outcome known.
    roles : Roles
    seed : int
        Of the folds that patients are dealt into.

    Returns
    -------
    Encoding
        For rows to come.
    array, rows by features
        The rows learnt from, encoded by outcomes of other patients.
    """
    # of a feature that is missing throughout nothing can be learnt
    columns = tuple(
        _column(cases, one.name, one.kind)
        for one in roles.features
        if one.kind == "code" or not np.isnan(cases.numbers[one.name]).all()
    )
    encoding = Encoding(columns)
    made = encoding.matrix(cases)
    fold = folds(cases.group, FOLDS, seed)
    for place, one in enumerate(columns):
        if one.way != "outcome":
            continue
        held = cases.codes[one.feature]
        for number in range(FOLDS):
            inside = fold == number
            values, otherwise = _shares(held[~inside], cases.outcome[~inside])
            made[inside, place] = held[inside].mapped(values, otherwise)
    return encoding, made


def folds(group: npt.NDArray[np.int64], count: int, seed: int) -> npt.NDArray[np.int64]:
    """Deal patients into folds, each patient's rows into one."""
    _, place = np.unique(group, return_inverse=True)
    dealt = np.random.default_rng(seed).permutation(place.max() + 1) % count
    return np.asarray(dealt[place])


def _column(cases: Cases, name: str, kind: str) -> Column:
    if kind == "number":
        return Column(name, "number", {}, float("nan"))
    held = cases.codes[name]
    seen = np.bincount(held.places, minlength=len(held.levels)) > 0
    levels = [level for level, there in zip(held.levels, seen, strict=True) if there]
    if len(levels) > MANY:
        return Column(name, "outcome", *_shares(held, cases.outcome))
    return Column(name, "place", {level: float(p) for p, level in enumerate(levels)}, float("nan"))


def _shares(held: Coded, outcome: Floats) -> tuple[dict[str, float], float]:
    """Share of events by level, drawn towards that of all."""
    count = np.bincount(held.places, minlength=len(held.levels)).astype(np.float64)
    events = np.bincount(held.places, weights=outcome, minlength=len(held.levels))
    mean = float(outcome.mean()) if len(outcome) else 0.5
    there = count > 0
    if not there.any():
        return {}, mean
    share = events[there] / count[there]
    within = mean * (1 - mean)
    # spread between levels, less what chance alone would give (method of moments)
    spread = float((count[there] * (share - mean) ** 2).sum()) - within * (there.sum() - 1)
    room = count.sum() - float((count**2).sum()) / count.sum()
    between = max(spread / room, 1e-6) if room > 0 else 1e-6
    rows = within / between
    drawn = (events[there] + rows * mean) / (count[there] + rows)
    seen = [level for level, is_there in zip(held.levels, there, strict=True) if is_there]
    return dict(zip(seen, drawn.tolist(), strict=True)), mean
