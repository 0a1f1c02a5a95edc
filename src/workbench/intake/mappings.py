"""The layouts that a file may have: the dictionary's, one that is named, or a Trust's own.

A Trust's own stands in ``inbox/TRUST/mapping.yaml``. It is a whole source mapping, or
names one with ``use`` and says what differs; and it may say which extract the files are::

    use: somerset
    extract_date: 2025-04-10
    extent: full
    period_start: 2024-04-01
    period_end: 2025-03-31
    datasets:
      pathway_records:
        columns: {N2_6_RECEIVED: cancer_referral_to_treatment_period_start_date}
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.dictionary.load import Dictionary
from workbench.dictionary.model import DatasetMapping, SourceMapping
from workbench.dictionary.parse import source_mapping
from workbench.dictionary.reader import Entry, read_yaml
from workbench.errors import ParameterError
from workbench.intake.layouts import canonical_mapping
from workbench.intake.names import UNDATED, Extract

OWN = "mapping.yaml"
_EXTRACT = ("extract_date", "extent", "period_start", "period_end")


@dataclass(frozen=True)
class Choice:
    """What a file may be read with.

    Attributes
    ----------
    mappings : tuple of SourceMapping
    extract : Extract or None
        Which extract a Trust's own mapping says that its files are.
    """

    mappings: tuple[SourceMapping, ...]
    extract: Extract | None = None


def choice_for(folder: Path, named: str | None, dictionary: Dictionary) -> Choice:
    """The layouts that files of a folder may have.

    Parameters
    ----------
    folder : Path
        Of one Trust; its own mapping wins unless one is named.
    named : str, optional
        A mapping of the dictionary, or a file with one.
    dictionary : Dictionary

    Raises
    ------
    ParameterError
        There is no such mapping, or it cannot be used; all faults are listed.
    """
    canonical = canonical_mapping(dictionary)
    if named is not None:
        path = Path(named)
        if path.suffix not in {".yaml", ".yml"}:
            return Choice((dictionary.mapping(named), canonical))
    elif (folder / OWN).is_file():
        path = folder / OWN
    else:
        return Choice((*dictionary.mappings.values(), canonical))
    choice = read_mapping(path, dictionary)
    return replace(choice, mappings=(*choice.mappings, canonical))


def read_mapping(path: Path, dictionary: Dictionary) -> Choice:
    """Read one mapping file.

    Raises
    ------
    ParameterError
        It cannot be read, or names what there is not; all faults are listed.
    """
    faults: list[str] = []
    held = read_yaml(path, faults)
    base = held.pop("use", None)
    extract = _extract({key: held.pop(key) for key in _EXTRACT if key in held}, faults)
    mapping = _mapping(path, held, base, dictionary, faults) if not faults else None
    if mapping is not None:
        faults += _faults(mapping, dictionary)
    if faults or mapping is None:
        raise ParameterError(
            f"The mapping {path} cannot be used.",
            faults,
            remedy="The data dictionary's README describes a mapping; infoflex.yaml is one to "
            "copy.",
        )
    return Choice((mapping,), extract)


def _mapping(
    path: Path, held: dict[str, Any], base: object, dictionary: Dictionary, faults: list[str]
) -> SourceMapping | None:
    if base is None:
        return source_mapping(Entry(held, path.name, faults))
    if not isinstance(base, str) or base not in dictionary.mappings:
        faults.append(f"'use' should be one of {', '.join(dictionary.mappings)}")
        return None
    changed = {"note": "", "encodings": [], "date_formats": [], "missing_values": []}
    changed |= {"name": base, "title": base, "status": "unconfirmed", "source": "house layout"}
    return _merged(
        dictionary.mapping(base), source_mapping(Entry(changed | held, path.name, faults))
    )


def _merged(base: SourceMapping, own: SourceMapping) -> SourceMapping:
    names = dict.fromkeys([*base.datasets, *own.datasets])
    nothing = DatasetMapping({}, {}, (), ())
    datasets = {
        name: _both(base.datasets.get(name, nothing), own.datasets.get(name, nothing))
        for name in names
    }
    return replace(
        base,
        name=own.name,
        datasets=datasets,
        date_formats=tuple(dict.fromkeys((*own.date_formats, *base.date_formats))),
        missing_values=tuple(dict.fromkeys((*base.missing_values, *own.missing_values))),
    )


def _both(base: DatasetMapping, own: DatasetMapping) -> DatasetMapping:
    columns = {n: v for n, v in base.columns.items() if n not in own.drop} | dict(own.columns)
    filled = set(own.columns.values())
    return DatasetMapping(
        columns=columns,
        values={
            name: {**base.values.get(name, {}), **own.values.get(name, {})}
            for name in [*base.values, *own.values]
        },
        drop=tuple(n for n in (*base.drop, *own.drop) if n not in own.columns),
        from_sender=tuple(
            dict.fromkeys((*(n for n in base.from_sender if n not in filled), *own.from_sender))
        ),
    )


def _faults(mapping: SourceMapping, dictionary: Dictionary) -> list[str]:
    faults = []
    for name, held in mapping.datasets.items():
        if name not in dictionary.schemas:
            faults.append(f"there is no dataset '{name}'")
            continue
        fields = set(dictionary.schema(name).field_names)
        asked: Sequence[str] = [*held.columns.values(), *held.values, *held.from_sender]
        faults += [f"dataset '{name}' has no column '{one}'" for one in asked if one not in fields]
    return faults


def _extract(held: dict[str, Any], faults: list[str]) -> Extract | None:
    if not held:
        return None
    entry = Entry(held, OWN, faults)
    start, end = entry.take("period_start", dt.date, None), entry.take("period_end", dt.date, None)
    full = entry.choice("extent", ("full", "increment"), "increment") == "full"
    day = entry.take("extract_date", dt.date, None) or end or UNDATED
    if (start is None) != (end is None) or (start and end and start > end):
        faults.append("'period_start' and 'period_end' go together, the first not after the last")
    return Extract(day, full, start, end)
