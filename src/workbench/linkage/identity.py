"""A person's identifier: from the first record of a cluster, and kept from run to run."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from workbench.engine import connect
from workbench.errors import InputError

Ints = npt.NDArray[np.int64]

_DIGITS = 20
"""Hexadecimal digits of an identifier: 80 bits, so that ten million persons do not collide."""
_CHANGES = ("kind", "person_id", "into")


@dataclass(frozen=True, eq=False)
class Identities:
    """Who each record is.

    Attributes
    ----------
    person_id : pandas.Series of str
        One a record, in the records' order.
    changes : DataFrame
        ``kind`` (merged, split), ``person_id`` (as it was), ``into``.
    """

    person_id: pd.Series
    changes: pd.DataFrame


def identities(
    keys: pa.Table, label: Ints, before: pd.Series, taken: Collection[str] = ()
) -> Identities:
    """Name each cluster, by the name that most of its records had before where there is one.

    Where a person of before is now several, the name stays with most of their records;
    where several are now one, the name with most records is kept. Ties go to the name or
    the record that sorts first.

    Parameters
    ----------
    keys : pyarrow.Table
        ``record_id, source``, sorted.
    label : array of int
        Cluster of each record: the least row in it.
    before : Series of str
        From `persons_before`.
    taken : collection of str, optional
        Names of before, those too whose records are gone: nobody else gets one of them.
    """
    cluster = pd.DataFrame({"label": label, "before": before})
    known = cluster.dropna()
    kept, changes = _kept(known) if len(known) else ({}, pd.DataFrame(columns=list(_CHANGES)))
    labels = np.unique(label)
    names = pd.Series(labels, index=labels).map(kept).astype("object")
    used = set(before.dropna()) | set(taken)
    new = names.index[names.isna()].to_numpy()
    if len(new):
        names.loc[new] = _unused(keys, new, used)
    whole = names.astype("str")
    person = whole.loc[label.tolist()].reset_index(drop=True)
    if len(changes):
        changes = changes.assign(into=whole.loc[changes["label"]].to_numpy())
    changes = changes.reindex(columns=list(_CHANGES)).astype("str")
    return Identities(person, changes.sort_values(list(_CHANGES), ignore_index=True))


def persons_before(keys: pa.Table, previous: pd.DataFrame | pa.Table | None) -> pd.Series:
    """Person that each record was, missing where it was not there.

    Parameters
    ----------
    keys : pyarrow.Table
        ``record_id, source``.
    previous : DataFrame or Table or None
        ``record_id, source, person_id`` of an earlier run.

    Raises
    ------
    InputError
        `previous` lacks a column, or has a record twice.
    """
    frame = keys.to_pandas()
    if previous is None:
        return pd.Series(pd.NA, index=frame.index, dtype="str")
    held = previous.to_pandas() if isinstance(previous, pa.Table) else previous
    missing = [n for n in ("record_id", "source", "person_id") if n not in held.columns]
    if missing:
        raise InputError(
            "The previous clusters cannot be used.",
            [f"column {name} is missing" for name in missing],
            remedy="Give the file that an earlier link has written.",
        )
    held = held[["record_id", "source", "person_id"]].astype("str")
    twice = int(held.duplicated(["record_id", "source"]).sum())
    if twice:
        raise InputError(
            "The previous clusters cannot be used.",
            [f"{twice:,} records are in them twice"],
            remedy="Give the file that an earlier link has written.",
        )
    merged: pd.Series[str] = frame.merge(held, how="left", on=["record_id", "source"])["person_id"]
    return merged


def names_before(previous: pd.DataFrame | pa.Table | None) -> set[str]:
    """Every name in the clusters of an earlier run."""
    if previous is None:
        return set()
    held = previous.to_pandas() if isinstance(previous, pa.Table) else previous
    return set(held["person_id"].dropna().astype("str"))


def _kept(known: pd.DataFrame) -> tuple[dict[int, str], pd.DataFrame]:
    """Which cluster keeps which name, and what became of the names that ended."""
    votes = known.groupby(["label", "before"], as_index=False).size()
    # a name goes to the cluster with most of its records, a cluster takes the name with most
    votes = votes.sort_values(["size", "before", "label"], ascending=[False, True, True])
    home = votes.drop_duplicates("before")
    taken = home.drop_duplicates("label")
    kept = dict(zip(taken["label"].tolist(), taken["before"].tolist(), strict=True))
    merged = home[~home["before"].isin(taken["before"])].assign(kind="merged")
    elsewhere = votes.merge(home[["before", "label"]].rename(columns={"label": "home"}))
    split = elsewhere[elsewhere["label"] != elsewhere["home"]].assign(kind="split")
    changes = pd.concat([merged, split], ignore_index=True)
    return kept, changes.rename(columns={"before": "person_id"})[["kind", "person_id", "label"]]


def _unused(keys: pa.Table, rows: Ints, used: set[str]) -> pd.Series:
    """Names made of records' keys, none of them used before."""
    names = _digests(keys, rows, again=0)
    again = 0
    while (clash := names.isin(used)).any():
        again += 1
        names[clash] = _digests(keys, rows[clash.to_numpy()], again=again).to_numpy()
    return pd.Series(names.to_numpy(), index=rows)


def _digests(keys: pa.Table, rows: Ints, *, again: int) -> pd.Series:
    """SHA-256 of source and record, shortened; in the engine, since there are many."""
    con = connect()
    try:
        table = con.create_table(
            "keys",
            keys.take(pa.array(rows)).append_column("place", pa.array(np.arange(len(rows)))),
            temp=True,
        )
        text = table.source.concat("\x1f", table.record_id, f"\x1f{again}" if again else "")
        digest = table.select("place", name=text.hexdigest("sha256").left(_DIGITS))
        found = con.to_pyarrow(digest.order_by("place"))["name"].to_pandas().astype("str")
    finally:
        con.disconnect()
    named: pd.Series[str] = "P" + found
    return named
