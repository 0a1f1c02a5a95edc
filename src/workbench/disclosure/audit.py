"""Reports of one run held against each other, once all of them are there.

No report may depend on which others were run, or in what order, so that nothing is withheld
here: a run in which one report gives away what another withholds is refused as a
whole. What each notebook released is handed over as it was counted, and kept where the
store's own rows are, never in the run's folder.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workbench.disclosure.figures import Figures
from workbench.disclosure.gate import Gate, ties_among
from workbench.disclosure.identities import Tie
from workbench.disclosure.linked import Shown, puzzle_of
from workbench.disclosure.profiles import load_profiles
from workbench.disclosure.suppression import protect

KNOWN = 2
"""Fewer whole numbers than this, and a small count is known."""


def facts_of(gate: Gate) -> list[dict[str, Any]]:
    """What a notebook released, as plain lists, true figures among them."""
    return [
        {
            "profile": one.rule.name,
            "keys": list(one.figures.keys),
            "labels": [list(labels) for labels in one.figures.labels],
            "names": list(one.figures.names),
            "parts": [list(part) for part in one.figures.parts],
            "values": _plain(one.figures.values),
            "numbers": _plain(one.numbers),
            "withheld": one.withheld.tolist(),
        }
        for one in gate.held
    ]


def shown_from(facts: Sequence[Mapping[str, Any]]) -> list[Shown]:
    """Tables from what `facts_of` made of them."""
    profiles = load_profiles()
    found = []
    for one in facts:
        shape = (len(one["labels"]), len(one["names"]))
        figures = Figures(
            keys=tuple(one["keys"]),
            labels=tuple(tuple(labels) for labels in one["labels"]),
            names=tuple(one["names"]),
            values=_array(one["values"]).reshape(shape),
            parts=tuple((part, whole, rest) for part, whole, rest in one["parts"]),
        )
        withheld = np.asarray(one["withheld"], dtype=bool).reshape(shape)
        numbers = _array(one["numbers"]).reshape(shape)
        found.append(Shown(figures, profiles[one["profile"]], numbers, withheld))
    return found


def known_across(notebooks: Mapping[str, Sequence[Shown]]) -> dict[str, list[str]]:
    """Small counts that the reports of a run, taken together, give away.

    Parameters
    ----------
    notebooks : mapping of str to sequence of Shown
        What each released.

    Returns
    -------
    dict of str to list of str
        By notebook, one line a table whose counts can be worked out: which, and how many.
    """
    order = sorted(notebooks)
    tables = [table for name in order for table in notebooks[name]]
    names = [name for name in order for _ in notebooks[name]]
    held: list[Shown] = []
    ties: list[Tie] = []
    for table in tables:
        ties += ties_among(held, table.figures)
        held.append(table)
    if not ties:
        return {}
    puzzle, cells = puzzle_of(held, ties, None)
    if not len(cells):
        return {}
    found = protect(puzzle, held[-1].rule, needed=KNOWN)
    places = [cells[number] for number in found.at_risk]
    lines: dict[str, list[str]] = {}
    for at in sorted({int(place[0]) for place in places}):
        number = sum(int(place[0]) == at for place in places)
        keys = ", ".join(tables[at].figures.keys)
        lines.setdefault(names[at], []).append(f"table by {keys}: {number} small counts")
    return lines


def _plain(values: np.ndarray) -> list[list[float | None]]:
    return [[None if math.isnan(value) else float(value) for value in row] for row in values]


def _array(values: Sequence[Sequence[float | None]]) -> np.ndarray:
    return np.asarray(
        [[math.nan if value is None else value for value in row] for row in values],
        dtype=np.float64,
    )
