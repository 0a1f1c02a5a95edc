"""Identifiers into keyed Bloom filters, so that records are compared without showing them.

After Schnell, Bachteler and Reiher 2009 (a cryptographic long-term key: all fields in one
filter). Each token sets bits whose places come from HMAC-SHA-256 under a key of its own,
all independent of one another: the older scheme that adds up two hashes is broken by
finding its patterns (Niedermeyer and others 2014).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from workbench.errors import InputError
from workbench.linkage.encoding_parameters import EncodingParameters, FieldEncoding
from workbench.linkage.encoding_secret import Secret
from workbench.linkage.encoding_values import components, nhs_number, read_values, tokens

FORMAT = 1
HEADER = b"workbench_encoding"
FILTER = "filter"
BLOCK = "block_"

_Bytes = npt.NDArray[np.uint8]
_PLACES_IN_A_DIGEST = 16
_CHUNK = 8_192


@dataclass(frozen=True, eq=False)
class Encoded:
    """A source's records, encoded.

    Attributes
    ----------
    table : pyarrow.Table
        ``record_id``, ``source``, ``filter`` and a keyed hash a block, sorted by source and
        record; its metadata hold what must agree between sites.
    unusable : dict of str to int
        By field, cells that were filled in but cannot be used. Stays at the site.
    alike : int
        Records whose identifiers equal another's of their source: duplicates to mend first.
    """

    table: pa.Table
    unusable: dict[str, int]
    alike: int


def encode(records: pd.DataFrame, secret: Secret, parameters: EncodingParameters) -> Encoded:
    """Encode identifiers.

    Parameters
    ----------
    records : DataFrame
        ``record_id``, ``source`` and any of ``nhs_number``, ``given_name``, ``family_name``,
        ``birth_date``, ``sex`` and ``postcode``; one row a person of a source.
    secret : Secret
        Shared by the sites, and unknown to whoever links.
    parameters : EncodingParameters
        Those of the other site.

    Raises
    ------
    InputError
        A record has no id or source, an id stands twice, an id is an NHS number, or there
        is nothing to encode; all are told.
    """
    _refuse_unusable(records)
    records = records.sort_values(["source", "record_id"]).reset_index(drop=True)
    values, unusable = read_values(records, parameters)
    columns: dict[str, Any] = {
        "record_id": pa.array(records["record_id"].astype(str), pa.string()),
        "source": pa.array(records["source"].astype(str), pa.string()),
        FILTER: _as_binary(_hardened(_filters(values, secret, parameters), secret, parameters)),
    }
    parts = components(values)
    for name, of in parameters.blocks.items():
        columns[BLOCK + name] = _keyed(parts, of, secret.key("block", name))
    alike = values.assign(source=records["source"]).duplicated(keep=False)
    named = values[["given_name", "family_name", "birth_date"]].notna().all(axis=1)
    header = json.dumps(_header(secret, parameters)).encode()
    table = pa.table(columns).replace_schema_metadata({HEADER: header})
    return Encoded(table, unusable, int((alike & named).sum()))


def hidden_record_ids(records: pd.DataFrame, secret: Secret) -> pd.Series:
    """Keyed hashes in place of record ids, which nobody can turn back without the site's list.

    Parameters
    ----------
    records : DataFrame
        ``record_id`` and ``source``.
    secret : Secret
    """
    joined = records["source"].astype(str) + "\x1f" + records["record_id"].astype(str)
    key = secret.key("record")
    return joined.map(
        lambda text: hmac.digest(key, text.encode(), "sha256").hex()[:32], na_action="ignore"
    )


def _header(secret: Secret, parameters: EncodingParameters) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "parameters": parameters.name,
        "hardening": parameters.hardening,
        "digest": parameters.digest,
        "check": secret.check(parameters.digest),
        "most_records_in_a_block": parameters.most_records_in_a_block,
        "blocks": {name: list(parts) for name, parts in parameters.blocks.items()},
    }


def _refuse_unusable(records: pd.DataFrame) -> None:
    absent = [name for name in ("record_id", "source") if name not in records]
    if absent:
        raise InputError(
            "The records cannot be encoded.", [f"column '{name}' is missing" for name in absent]
        )
    keys = records[["record_id", "source"]]
    faults = []
    if blank := int((keys.isna() | (keys.astype(str) == "")).any(axis=1).sum()):
        faults.append(f"{blank:,} rows have no record_id or no source")
    if twice := int(keys.duplicated().sum()):
        faults.append(f"{twice:,} rows repeat a record_id of their source")
    telling = records["record_id"].map(lambda cell: nhs_number(str(cell)) is not None)
    if telling.any():
        faults.append(f"{int(telling.sum()):,} record ids are NHS numbers")
    if not set(records) & {"nhs_number", "given_name", "family_name", "birth_date", "postcode"}:
        faults.append("there is no identifier to encode")
    if faults:
        raise InputError(
            "The records cannot be encoded.",
            faults,
            remedy="Give each row a record_id of its own that says nothing of the patient, or have "
            "them replaced with: workbench encode FILE ... --hide-record-ids LOOKUP.csv",
        )


def _filters(values: pd.DataFrame, secret: Secret, parameters: EncodingParameters) -> _Bytes:
    """One filter a record: the bits of all its fields' tokens."""
    bits = parameters.bits * (2 if parameters.hardening == "fold" else 1)
    filters = np.zeros((len(values), bits // 8), dtype=np.uint8)
    for name, field in parameters.fields.items():
        codes, distinct = pd.factorize(values[name])
        masks = np.zeros((len(distinct) + 1, bits // 8), dtype=np.uint8)  # the last: missing
        for start in range(0, len(distinct), _CHUNK):
            chunk = distinct[start : start + _CHUNK]
            masks[start : start + len(chunk)] = _masks(
                list(chunk), field, secret.key("field", field.key), bits
            )
        filters |= masks[codes]
    return filters


def _masks(values: Sequence[str], field: FieldEncoding, key: bytes, bits: int) -> _Bytes:
    """Bits of each of some distinct values."""
    known: dict[str, npt.NDArray[np.intp]] = {}
    held = np.zeros((len(values), bits), dtype=bool)
    for row, value in enumerate(values):
        for token in tokens(field.tokens, value):
            if token not in known:
                known[token] = _places(key, token, field.hashes, bits)
            held[row, known[token]] = True
    return np.packbits(held, axis=1)


def _places(key: bytes, token: str, hashes: int, bits: int) -> npt.NDArray[np.intp]:
    """Places of a token's bits, each from two bytes of a digest of its own.

    The number of bits is a power of two, so that no place is likelier than another.
    """
    rounds = -(-hashes // _PLACES_IN_A_DIGEST)
    drawn = b"".join(
        hmac.digest(key, f"{turn}\x1f{token}".encode(), "sha256") for turn in range(rounds)
    )
    return np.asarray(np.frombuffer(drawn, dtype=">u2")[:hashes] % bits, dtype=np.intp)


def _hardened(filters: _Bytes, secret: Secret, parameters: EncodingParameters) -> _Bytes:
    """Filters after the treatment that makes their patterns harder to read."""
    match parameters.hardening:
        case "fold":
            half = filters.shape[1] // 2
            return filters[:, :half] ^ filters[:, half:]
        case "balance":
            return _shuffled(np.hstack([filters, ~filters]), secret.key("shuffle"))
        case _:
            return filters


def _shuffled(filters: _Bytes, key: bytes) -> _Bytes:
    """Bits in an order that the secret decides, the same for every record."""
    bits = filters.shape[1] * 8
    # each place's own keyed hash: the order depends on no generator's version
    order = np.array(
        sorted(range(bits), key=lambda place: hmac.digest(key, str(place).encode(), "sha256"))
    )
    out = np.empty_like(filters)
    for start in range(0, len(filters), _CHUNK):
        chunk = np.unpackbits(filters[start : start + _CHUNK], axis=1)
        out[start : start + _CHUNK] = np.packbits(chunk[:, order], axis=1)
    return out


def _as_binary(filters: _Bytes) -> pa.Array:
    width = filters.shape[1]
    content = pa.py_buffer(np.ascontiguousarray(filters).tobytes())
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(filters), [None, content])


def _keyed(parts: pd.DataFrame, names: Sequence[str], key: bytes) -> pa.Array:
    """Keyed hash of some parts together, 63 bits; null where one is missing."""
    joined = parts[names[0]]
    for name in names[1:]:
        joined = joined + "\x1f" + parts[name]
    codes, distinct = pd.factorize(joined)
    hashes = np.array(
        [
            int.from_bytes(hmac.digest(key, value.encode(), "sha256")[:8], "big") >> 1
            for value in distinct
        ]
        + [0],
        dtype=np.int64,
    )
    return pa.array(hashes[codes], mask=codes < 0)
