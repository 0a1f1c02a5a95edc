"""Keyed pseudonyms: HMAC-SHA-256 of each distinct identifier.

A plain hash of an NHS number is undone in seconds by trying all ten-digit numbers;
an HMAC cannot be without its key (RFC 2104). The identifier's own name goes into the
message, so that equal texts under different names have different pseudonyms.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from workbench.intake.normalise import mapped

SUFFIX = "_pseudonym"


def pseudonym(key: bytes, kind: str, value: str) -> str:
    """Pseudonym of one identifier.

    Parameters
    ----------
    key : bytes
        The workspace's secret.
    kind : str
        Name of the column that holds the identifier.
    value : str
        As the dictionary writes it.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    return hmac.digest(key, f"{kind}:{value}".encode(), "sha256").hex()


def pseudonyms(cells: Any, key: bytes, kind: str, scope: str = "") -> pa.Array:
    """Pseudonyms of a column, one computation a distinct value; blanks stay blank.

    Parameters
    ----------
    cells : pyarrow array of text
    key : bytes
    kind : str
    scope : str, optional
        Goes before each value: the Trust, for a number that says nothing outside it.
    """
    prefix = f"{scope}:" if scope else ""

    def of(value: str | None) -> str | None:
        return None if value is None else pseudonym(key, kind, prefix + value)

    reader: Callable[[str], str | None] = of
    return mapped(pa.chunked_array([cells]), reader)
