"""One file, from its bytes to rows in the dictionary's words: what lands in the vault."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.dictionary.findings import Findings
from workbench.dictionary.load import Dictionary
from workbench.dictionary.model import Schema
from workbench.errors import InputError
from workbench.intake.arrivals import Arrival
from workbench.intake.faults import Fault, fault_table, found
from workbench.intake.grid import Cells, Grid, grid_of
from workbench.intake.keys import Keys
from workbench.intake.landings import Landing, file_id
from workbench.intake.layouts import FILLED, Layout, layout_of
from workbench.intake.mappings import Choice
from workbench.intake.names import Extract, dataset_named, extract_named
from workbench.intake.normalise import mapped, reader_for
from workbench.intake.pseudonyms import SUFFIX, pseudonyms
from workbench.intake.rows import NHS_USABLE, ROW, SOUND, marked
from workbench.intake.settings import Settings

READING = 1
"""Raised when this code comes to read the same file otherwise, so that it is read anew."""

OWN_NUMBER = "local_patient_identifier"
"""Says nothing outside its Trust, so that the Trust goes into its pseudonym."""

STAND_INS = tuple(digit * 10 for digit in "0123456789")
"""Numbers that stand for nobody, although some of them pass the check digit."""

_LINE_BREAK = "[\\x00-\\x1f]"


@dataclass(frozen=True, eq=False)
class Opened:
    """A file that is open, its layout known, its rows not yet read.

    Attributes
    ----------
    arrival : Arrival
    grid : Grid
    layout : Layout
    extract : Extract
    digest : str
        SHA-256 of its decrypted content.
    name : str
        Of its landing: made of the content, the Trust, the extract and the reading.
    """

    arrival: Arrival
    grid: Grid
    layout: Layout
    extract: Extract
    digest: str
    name: str


def opened(
    arrival: Arrival,
    content: bytes,
    choice: Choice,
    dictionary: Dictionary,
    settings: Settings,
    keys: Keys,
) -> Opened:
    """Recognise a file.

    Parameters
    ----------
    arrival : Arrival
    content : bytes
        Decrypted.
    choice : Choice
        The layouts that it may have.
    dictionary : Dictionary
    settings : Settings
    keys : Keys

    Raises
    ------
    InputError
        It cannot be read, or no layout fits.
    """
    delimiters = list(dict.fromkeys(mapping.delimiter for mapping in choice.mappings))
    grid = grid_of(content, arrival.shown, delimiters)
    dataset = dataset_named(arrival.stem, settings)
    layout = layout_of(grid.header, arrival.shown, dictionary, choice.mappings, dataset)
    if not arrival.trust and layout.dataset != "opt_outs":
        raise InputError(
            f"{arrival.shown}: it is not said which Trust sent the file.",
            remedy="Put it into a folder named after the Trust's code, such as inbox/RR7/.",
        )
    extract = extract_named(arrival.stem, settings, arrival.shown)
    if not extract.dated and choice.extract is not None:
        extract = choice.extract
    digest = hashlib.sha256(content).hexdigest()
    facts = {"trust": arrival.trust, "dataset": layout.dataset, "digest": digest}
    reading = _reading(layout, dictionary, keys)
    name = f"{file_id(**facts, **extract.facts())}.{reading}"
    return Opened(arrival, grid, layout, extract, digest, name)


def _reading(layout: Layout, dictionary: Dictionary, keys: Keys) -> str:
    """Changes when the same file would come to other rows."""
    schema = dictionary.schema(layout.dataset)
    named = [dictionary.code_list(f.codes) for f in schema.fields if f.codes]
    held = (READING, layout.mapping, schema, named, keys.fingerprint)
    return hashlib.sha256(repr(held).encode()).hexdigest()[:16]


def landing_of(file: Opened, dictionary: Dictionary, keys: Keys, con: Any) -> Landing:
    """Read a file's rows: mapped, checked, pseudonymised.

    Parameters
    ----------
    file : Opened
    dictionary : Dictionary
    keys : Keys
    con : ibis backend
        From `workbench.intake.engine.private_engine`.

    Raises
    ------
    InputError
        A column without which no row has a key is missing, or the rows cannot be read.
    """
    layout, schema = file.layout, dictionary.schema(file.layout.dataset)
    _refuse_without_key(file, schema)
    cells = file.grid.column([place for held in layout.places.values() for place in held])
    columns, faults = _mapped(file, schema, dictionary, cells)
    absent = _absent(schema, columns)
    findings, rows = marked(
        con, schema, dictionary, columns | _pseudonyms(columns, file, keys), absent
    )
    filled = {*FILLED, *layout.from_sender(schema)} - set(layout.places)
    faults += found(findings, cells.numbers, filled, absent)
    faults += [
        Fault.of_file("column.absent", name, "The file has no such column.") for name in absent
    ]
    faulty = fault_table(faults)
    bad = np.unique(np.concatenate([f.rows for f in faults if f.quarantines] or [_NONE]))
    numbers = np.concatenate([cells.numbers, cells.ragged])
    if "nhs_number" in columns:
        rows = rows.append_column(NHS_USABLE, _usable(columns["nhs_number"], findings))
    rows = rows.append_column(ROW, pa.array(cells.numbers, pa.int32()))
    rows = rows.append_column(SOUND, pa.array(~np.isin(cells.numbers, bad)))
    sound = int(pc.sum(rows[SOUND]).as_py() or 0)
    receipt = {
        "trust": file.arrival.trust,
        "file": file.arrival.file,
        "dataset": layout.dataset,
        "mapping": layout.mapping.name,
        **file.extract.facts(),
        "digest": file.digest,
        "encoding": file.grid.encoding,
        "encrypted": file.arrival.encrypted,
        "rows_read": len(numbers),
        "sound": sound,
        "rules": [fault.rule_facts() for fault in faults],
        "items": {name: vars(item) for name, item in findings.items.items()},
        "columns": dict(layout.names),
        "unknown_columns": list(layout.unknown),
        "dropped_columns": list(layout.dropped),
        "meant": dict(layout.meant),
        "key": keys.fingerprint,
    }
    return Landing(receipt, rows, faulty)


_NONE = np.empty(0, dtype=np.int64)


def _refuse_without_key(file: Opened, schema: Schema) -> None:
    given = {*file.layout.places, *file.layout.from_sender(schema)}
    missing = [
        field.name
        for field in schema.fields
        if field.constraints.required and field.severity == "quarantine" and field.name not in given
    ]
    if missing:
        meant = file.layout.meant
        raise InputError(
            f"{file.arrival.shown}: columns without which no row has a key are missing "
            f"(read as '{file.layout.mapping.name}', {schema.name}).",
            [
                f"'{name}' is missing" + (f"; is it {meant[name]}?" if name in meant else "")
                for name in missing
            ],
            remedy="Export them too, or map them in the Trust's own mapping.yaml.",
        )


def _mapped(
    file: Opened, schema: Schema, dictionary: Dictionary, cells: Cells
) -> tuple[dict[str, pa.Array], list[Fault]]:
    """The dataset's columns that a file fills, as text, and what is wrong with its cells."""
    columns: dict[str, pa.Array] = {}
    faults: list[Fault] = []
    if len(cells.ragged):
        faults.append(Fault.ragged(cells.ragged))
    for field in schema.fields:
        places = file.layout.places.get(field.name, ())
        if not places:
            continue
        codes = dictionary.code_list(field.codes) if field.codes else None
        values = file.layout.values.get(field.name, {})
        read = reader_for(field, file.layout.mapping, values, codes)
        given = [mapped(cells.columns[place], read) for place in places]
        column = pc.coalesce(*given) if len(given) > 1 else given[0]
        for other in given[1:]:
            differ = pc.fill_null(pc.not_equal(given[0], other), False)
            faults += Fault.columns_differ(field.name, _at(cells, differ))
        broken = pc.fill_null(pc.match_substring_regex(column, _LINE_BREAK), False)
        faults += Fault.line_break(field.name, _at(cells, broken))
        columns[field.name] = column
    return columns | _filled(file, schema, columns, cells, faults), faults


def _filled(
    file: Opened, schema: Schema, columns: Mapping[str, pa.Array], cells: Cells, faults: list[Fault]
) -> dict[str, pa.Array]:
    """What intake knows itself: who sent the file, when, from which system."""
    trust, day = file.arrival.trust or None, file.extract.day.isoformat()
    known: dict[str, str | None] = dict.fromkeys(file.layout.from_sender(schema), trust)
    known |= {"source": trust, "source_system": file.layout.mapping.name}
    if file.extract.dated or "extract_date" not in columns:
        known["extract_date"] = day if file.extract.dated else None
    if "source" in columns and trust:
        differ = pc.fill_null(pc.not_equal(columns["source"], trust), False)
        faults += Fault.sender_differs(_at(cells, differ))
    count = len(cells.numbers)
    return {
        name: pa.repeat(pa.scalar(value, pa.string()), count)
        for name, value in known.items()
        if name in FILLED or name not in columns
    }


def _absent(schema: Schema, columns: dict[str, pa.Array]) -> tuple[str, ...]:
    """Required columns that the file lacks: told once, and not for each of its rows."""
    needed = [field.name for field in schema.fields if field.constraints.required]
    return tuple(name for name in needed if name not in columns)


def _pseudonyms(columns: Mapping[str, pa.Array], file: Opened, keys: Keys) -> dict[str, pa.Array]:
    made = {
        name + SUFFIX: pseudonyms(
            columns[name],
            keys.pseudonym_key,
            name,
            scope=file.arrival.trust if name == OWN_NUMBER else "",
        )
        for name in ("nhs_number", "patient_pathway_identifier", OWN_NUMBER)
        if name in columns
    }
    return made


def _usable(numbers: pa.Array, findings: Findings) -> pa.Array:
    """Which NHS numbers can stand for one person: no fault was found, and no stand-in."""
    checks = [check.columns == ("nhs_number",) for check in findings.checks]
    of_number = np.isin(findings.fault_checks, np.flatnonzero(checks))
    usable = np.ones(len(numbers), dtype=bool)
    usable[findings.fault_rows[of_number] - 1] = False
    usable &= ~pc.is_in(numbers, value_set=pa.array(STAND_INS)).to_numpy(zero_copy_only=False)
    words = pa.array(["false", "true"]).take(pa.array(usable.astype(np.int8)))
    return pc.if_else(pc.is_valid(numbers), words, pa.scalar(None, pa.string()))


def _at(cells: Cells, holds: Any) -> Any:
    return cells.numbers[np.asarray(holds.to_numpy(zero_copy_only=False), dtype=bool)]
