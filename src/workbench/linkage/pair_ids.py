"""Opaque names of pairs: what a sheet for review carries in place of record ids.

A name is a keyed hash of both records, so that the same pair always has the same one and
nobody without the vault can tell which records are meant. It is of consonants alone: no
spreadsheet takes it for a number, a date or a formula, and no word comes out of it.
"""

from __future__ import annotations

import hmac

import numpy as np
import pandas as pd

from workbench.linkage.sealed import LEFT, PAIR, RIGHT

KEY_BYTES = 32

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_GROUPS, _IN_A_GROUP = 4, 4
"""Sixteen letters of twenty are 69 bits: no two pairs of a million share a name."""


def in_one_order(pairs: pd.DataFrame) -> pd.DataFrame:
    """Each pair with the record that sorts first (source, then record) on the left.

    Parameters
    ----------
    pairs : DataFrame
        With the columns `PAIR`; others are kept as they stand.
    """
    left, right = pairs[[*LEFT]].astype(str), pairs[[*RIGHT]].astype(str)
    same = left["source_left"] == right["source_right"]
    turned = (left["source_left"] > right["source_right"]) | (
        same & (left["record_id_left"] > right["record_id_right"])
    )
    out = pairs.copy()
    for name, other in zip(LEFT, RIGHT, strict=True):
        out[name] = np.where(turned, right[other], left[name])
        out[other] = np.where(turned, left[name], right[other])
    return out


def pair_ids(pairs: pd.DataFrame, key: bytes) -> pd.Series:
    """Opaque name of each pair, whichever record stands on the left.

    Parameters
    ----------
    pairs : DataFrame
        With the columns `PAIR`.
    key : bytes
        Kept in the vault.
    """
    ordered = in_one_order(pairs)[[*PAIR]]
    joined = ordered.agg("\x1f".join, axis=1) if len(ordered) else pd.Series(dtype="str")
    return joined.map(lambda text: _name(hmac.digest(key, text.encode(), "sha256")))


def tidy_pair_id(text: str) -> str:
    """A pair id as a person or a spreadsheet may have written it: capitals, no blanks."""
    return "".join(text.split()).upper()


def _name(digest: bytes) -> str:
    number, letters = int.from_bytes(digest, "big"), []
    for _ in range(_GROUPS * _IN_A_GROUP):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    word = "".join(letters)
    return "-".join(word[n : n + _IN_A_GROUP] for n in range(0, len(word), _IN_A_GROUP))
