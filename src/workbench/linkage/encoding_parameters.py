"""Parameters of an encoding: read from a versioned file, checked whole, with a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workbench.errors import ParameterError
from workbench.shipped import shipped

SHIPPED = "encoding_1"
HARDENINGS = ("none", "fold", "balance")
TOKENS = ("bigrams", "placed_bigrams", "whole")
COMPONENTS = (
    "nhs_number", "birth_date", "birth_year", "birth_month", "birth_day_and_month_either_way",
    "initials", "names", "sounds", "postcode",
)  # fmt: skip
"""What a block may be made of."""

_FIELDS = ("given_name", "family_name", "birth_date", "sex", "postcode")
_BITS = (256, 512, 1024, 2048, 4096)


@dataclass(frozen=True)
class FieldEncoding:
    """How one field goes into the filter.

    Attributes
    ----------
    key : str
        Fields of one key share their tokens.
    tokens : {"bigrams", "placed_bigrams", "whole"}
        What the value is cut into.
    hashes : int
        Bits that each token sets: the field's weight.
    """

    key: str
    tokens: str
    hashes: int


@dataclass(frozen=True)
class EncodingParameters:
    """All that two sites must have in common besides the secret; made by `load_parameters`.

    Each attribute is an entry of the file, where its meaning and source are written.
    """

    name: str
    bits: int
    hardening: str
    fields: Mapping[str, FieldEncoding]
    blocks: Mapping[str, tuple[str, ...]]
    most_records_in_a_block: int
    names_that_mean_missing: frozenset[str]
    birth_dates_that_mean_missing: frozenset[str]
    sexes: Mapping[str, str]
    sexes_that_mean_missing: frozenset[str]
    outward_codes_that_mean_missing: frozenset[str]
    digest: str


def load_parameters(path: Path | None = None, hardening: str | None = None) -> EncodingParameters:
    """Read and check an encoding's parameters.

    Parameters
    ----------
    path : Path, optional
        The file; by default the one that comes with the package.
    hardening : {"none", "fold", "balance"}, optional
        In place of the file's. It is part of the digest, so that two sites that chose
        otherwise are told.

    Raises
    ------
    ParameterError
        The file cannot be read, or entries are missing, unknown or out of range; all
        are listed.
    """
    place = path or shipped("data_dictionary") / "rules" / f"{SHIPPED}.yaml"
    try:
        entries = yaml.safe_load(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise ParameterError(f"{place} cannot be read as parameters of an encoding.") from None
    if not isinstance(entries, dict):
        raise ParameterError(f"{place} holds no parameters of an encoding.")
    if hardening is not None:
        entries["hardening"] = hardening
    faults = _faults(entries)
    if faults:
        raise ParameterError(f"{place.name} cannot be used to encode.", faults)
    return _made(entries)


def _faults(entries: Mapping[str, Any]) -> list[str]:
    needed = [n for n in EncodingParameters.__annotations__ if n != "digest"]
    absent = [name for name in needed if name not in entries]
    if absent:
        return [f"'{name}' is missing" for name in absent]
    faults = []
    if entries["bits"] not in _BITS:
        faults.append(f"'bits' must be one of {', '.join(map(str, _BITS))}")
    if entries["hardening"] not in HARDENINGS:
        faults.append(f"'hardening' must be one of {', '.join(HARDENINGS)}")
    limit = entries["most_records_in_a_block"]
    if not isinstance(limit, int) or limit < 1:
        faults.append("'most_records_in_a_block' must be a whole number above 0")
    return faults + _faults_of_fields(entries["fields"]) + _faults_of_blocks(entries["blocks"])


def _faults_of_fields(fields: Any) -> list[str]:
    if not isinstance(fields, dict) or not fields:
        return ["'fields' must say how each field is encoded"]
    faults = [f"fields: '{name}' is no field" for name in fields if name not in _FIELDS]
    for name, one in fields.items():
        if not isinstance(one, dict) or set(one) != {"key", "tokens", "hashes"}:
            faults.append(f"fields: '{name}' must have key, tokens and hashes")
        elif one["tokens"] not in TOKENS or not isinstance(one["hashes"], int):
            faults.append(f"fields: '{name}' needs tokens of {', '.join(TOKENS)}, whole hashes")
        elif not 1 <= one["hashes"] <= 64:
            faults.append(f"fields: '{name}' must have 1 to 64 hashes")
    return faults


def _faults_of_blocks(blocks: Any) -> list[str]:
    if not isinstance(blocks, dict) or "nhs_number" not in blocks or len(blocks) < 2:
        return ["'blocks' must have nhs_number and at least one more"]
    return [
        f"blocks: '{name}' has '{part}', which is no component"
        for name, parts in blocks.items()
        for part in (parts if isinstance(parts, list) else [str(parts)])
        if part not in COMPONENTS
    ]


def _made(entries: Mapping[str, Any]) -> EncodingParameters:
    used = {n: entries[n] for n in EncodingParameters.__annotations__ if n != "digest"}
    canonical = json.dumps(used, sort_keys=True, default=str).encode()
    return EncodingParameters(
        name=str(entries["name"]),
        bits=entries["bits"],
        hardening=entries["hardening"],
        fields={name: FieldEncoding(**one) for name, one in entries["fields"].items()},
        blocks={name: tuple(parts) for name, parts in entries["blocks"].items()},
        most_records_in_a_block=entries["most_records_in_a_block"],
        names_that_mean_missing=_words(entries, "names_that_mean_missing"),
        birth_dates_that_mean_missing=_words(entries, "birth_dates_that_mean_missing"),
        sexes={str(theirs): str(ours) for theirs, ours in entries["sexes"].items()},
        sexes_that_mean_missing=_words(entries, "sexes_that_mean_missing"),
        outward_codes_that_mean_missing=_words(entries, "outward_codes_that_mean_missing"),
        digest=hashlib.sha256(canonical).hexdigest(),
    )


def _words(entries: Mapping[str, Any], name: str) -> frozenset[str]:
    return frozenset(str(one) for one in entries[name])
