"""Noise that depends on who is counted and on nothing else: the cell key method.

Each person has a key that nobody can guess; the key of a cell is the sum of its
people's keys, and decides what its count is moved by. The same people therefore
always get the same number, however often they are counted, and whoever joins or
leaves makes the noise another. See Fraser and Wooton (2005), and Thompson, Broadfoot
and Elazar (2013), Methodology for the automatic confidentialisation of statistical
outputs.

Keys are whole numbers below 2 to the 64, and sums are taken over that: exact, so that
the order of rows changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.knowledge import Numbers

Keys = NDArray[np.uint64]

_FIELD = 2**64


def record_keys(names: Iterable[str], secret: bytes) -> Keys:
    """Key of each record, from what names it.

    Parameters
    ----------
    names : iterable of str
        Pathway or person ids.
    secret : bytes
        The project's own key; without it noise could be worked out, and taken off.

    Returns
    -------
    uint64 array
        To be summed by cell, with wrap-around, and given to `disclose` as the key of
        each cell.
    """
    made = [hmac.digest(secret, str(name).encode(), hashlib.sha256)[:8] for name in names]
    return np.frombuffer(b"".join(made), dtype=">u8").astype(np.uint64)


def content_keys(
    by: Sequence[str], rows: Iterable[Sequence[str]], counts: Numbers, secret: bytes
) -> Keys:
    """Key of each cell of a table that has come without its records.

    A cell is known by its categories and its count, so that a rerun shows what was shown
    before for as long as the count stands. What this cannot do is know the same people
    again under other columns, or others in the same number: such tables get noise
    of their own, and the attacker is let hold one against the other.
    """
    names = (
        json.dumps([sorted(zip(by, row, strict=True)), float(count)], ensure_ascii=False)
        for row, count in zip(rows, counts, strict=True)
    )
    keys = record_keys(names, secret)
    return np.where(np.asarray(counts) > 0, keys, np.uint64(0))  # nobody has no key


def noise_of(keys: Keys, most: float) -> Numbers:
    """Whole numbers from -`most` to `most`, all as likely, by the key of each cell."""
    values = int(2 * most + 1)
    step = np.uint64(_FIELD // values + 1)
    return np.asarray((keys // step).astype(np.float64) - most, dtype=np.float64)
