"""What a person has decided about two records: it wins over the model, for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from workbench.errors import InputError
from workbench.linkage.one_to_one import components

Ints = npt.NDArray[np.int64]

_COLUMNS = ("record_id_left", "source_left", "record_id_right", "source_right", "decision")
_WORDS = ("same", "different", "unsure")


@dataclass(frozen=True, eq=False)
class Overrides:
    """Decisions on records that are there, by row.

    Attributes
    ----------
    same, different : array of int, decisions by 2
    """

    same: Ints
    different: Ints

    @classmethod
    def none(cls) -> Overrides:
        """Nothing decided."""
        nothing = np.empty((0, 2), dtype=np.int64)
        return cls(nothing, nothing)


def overrides(keys: pa.Table, decisions: pd.DataFrame | None) -> Overrides:
    """Find the records that decisions are about; those on absent records say nothing.

    Parameters
    ----------
    keys : pyarrow.Table
        ``record_id, source``.
    decisions : DataFrame or None
        ``record_id_left, source_left, record_id_right, source_right, decision`` (same,
        different; unsure says nothing); the later of two on one pair counts.

    Raises
    ------
    InputError
        A column is missing, a decision is none of the words, or decisions contradict
        each other.
    """
    if decisions is None or not len(decisions):
        return Overrides.none()
    faults = [f"column {name} is missing" for name in _COLUMNS if name not in decisions.columns]
    _refuse(faults)
    words = decisions["decision"].astype("str")
    unknown = np.flatnonzero(~words.isin(_WORDS).to_numpy())
    _refuse([f"row {place + 1}: the decision is none of {', '.join(_WORDS)}" for place in unknown])
    found = pd.DataFrame({side: _rows(keys, decisions, side) for side in ("left", "right")})
    found["decision"] = words.to_numpy()
    found = found.dropna().astype({"left": "int64", "right": "int64"})
    low, high = found[["left", "right"]].min(axis=1), found[["left", "right"]].max(axis=1)
    found = found.assign(left=low, right=high).drop_duplicates(["left", "right"], keep="last")
    same, different = (
        found.loc[found["decision"] == word, ["left", "right"]].to_numpy() for word in _WORDS[:2]
    )
    label = components(len(keys), same[:, 0], same[:, 1])
    clash = int((label[different[:, 0]] == label[different[:, 1]]).sum())
    if clash:
        _refuse([f"{clash:,} decisions 'different' are on records that others say are the same"])
    return Overrides(same, different)


def _rows(keys: pa.Table, decisions: pd.DataFrame, side: str) -> pd.Series:
    wanted = pd.DataFrame(
        {
            "record_id": decisions[f"record_id_{side}"].astype("str").to_numpy(),
            "source": decisions[f"source_{side}"].astype("str").to_numpy(),
        }
    )
    held = keys.to_pandas().astype("str").assign(row=np.arange(len(keys)))
    return wanted.merge(held, how="left", on=["record_id", "source"])["row"]


def _refuse(faults: Sequence[str]) -> None:
    if faults:
        raise InputError(
            "The decisions cannot be used.",
            faults,
            remedy="Mend them: one row a pair, same, different or unsure.",
        )
