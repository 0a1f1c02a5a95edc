"""What a trained model knows: chances, never a value of the data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from workbench.errors import ParameterError
from workbench.linkage.agreement import conditions
from workbench.linkage.columns import Column, Kind

FORMAT = 1


@dataclass(frozen=True)
class Chances:
    """Of each level of agreement in one column, best first.

    Attributes
    ----------
    kind : str
        Of the column.
    same, apart : tuple of float
        Among records of one person (m), and of two (u).
    learnt : bool
        Whether `same` was trained.
    """

    kind: Kind
    same: tuple[float, ...]
    apart: tuple[float, ...]
    learnt: bool = False

    def with_apart(self, apart: tuple[float, ...]) -> Chances:
        """With other chances among records of two people."""
        return replace(self, apart=apart)

    def with_same(self, same: tuple[float, ...]) -> Chances:
        """With trained chances among records of one person."""
        return replace(self, same=same, learnt=True)

    def bits(self) -> list[float]:
        """Weight of each level: log2 of how much commoner it is in one person's records."""
        return [math.log2(m / u) for m, u in zip(self.same, self.apart, strict=True)]


@dataclass(frozen=True)
class Model:
    """Chances of every column.

    Attributes
    ----------
    chances : mapping of str to Chances
    swapped : float
        Chance that a person's two names stand in each other's place.
    trained : bool
        False where records were too few, and every chance is a starting value.
    """

    chances: Mapping[str, Chances] = field(default_factory=dict)
    swapped: float = 0.004
    trained: bool = True

    def with_chances(self, chances: Mapping[str, Chances]) -> Model:
        """With other chances, which some training has given."""
        return replace(self, chances=dict(chances), trained=True)

    def as_json(self) -> dict[str, Any]:
        """Plain lists and numbers, for a file; holds no value and no frequency of one."""
        return {
            "format": FORMAT,
            "trained": self.trained,
            "swapped": self.swapped,
            "columns": {
                name: {
                    "kind": one.kind,
                    "same": list(one.same),
                    "apart": list(one.apart),
                    "learnt": one.learnt,
                }
                for name, one in self.chances.items()
            },
        }


def model_from_json(held: Mapping[str, Any], columns: tuple[Column, ...]) -> Model:
    """Read a model that `Model.as_json` has written, for some columns.

    Raises
    ------
    ParameterError
        It is of another format, or lacks a column or a level; all faults are listed.
    """
    faults = [] if held.get("format") == FORMAT else [f"its format is not {FORMAT}"]
    chances = {}
    for column in columns:
        one = held.get("columns", {}).get(column.name)
        if not one or one.get("kind") not in get_args(Kind) or one["kind"] != column.kind:
            faults.append(f"column {column.name} is not in it, or of another kind")
            continue
        levels = len(conditions(column.kind)) + 1
        if {len(one["same"]), len(one["apart"])} != {levels}:
            faults.append(f"column {column.name} has another number of levels")
            continue
        chances[column.name] = Chances(
            column.kind, tuple(one["same"]), tuple(one["apart"]), bool(one["learnt"])
        )
    if faults:
        raise ParameterError(
            "The model cannot score these records.", faults, remedy="Train one on them."
        )
    return Model(chances, float(held["swapped"]), bool(held["trained"]))
