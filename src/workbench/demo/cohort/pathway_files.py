"""A Trust's pathway file: its records in its own layout, with the mess of a real export."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa

from workbench.demo.cohort import layouts, mess
from workbench.demo.cohort.areas import TRUSTS, Ints
from workbench.demo.cohort.demographics import area_codes
from workbench.demo.cohort.files_out import text_table, write_csv, write_xlsx
from workbench.demo.cohort.held import Columns
from workbench.demo.cohort.items import CRTP, PATHWAY
from workbench.demo.cohort.layouts import BLOCK, RENAMED, SYSTEMS, System
from workbench.demo.cohort.names import Text
from workbench.demo.cohort.simulate import Simulated
from workbench.dictionary.model import DatasetMapping, SourceMapping

XLSX_ROWS = 50_000
"""Up to so many rows the second Trust sends its pathways as a workbook."""
NOTICE = "SYNTHETIC: made-up people, not patients"


def write_pathways(
    folder: Path, region: Simulated, place: int, mapping: SourceMapping, counts: Counter[str]
) -> dict[str, int]:
    """Write one Trust's pathway file and the note that says what its files are.

    Parameters
    ----------
    folder : Path
        The Trust's.
    region : Simulated
    place : int
        Of the Trust in `areas.TRUSTS`.
    mapping : SourceMapping
        Of its system.
    counts : Counter
        Faults put in are added to it.

    Returns
    -------
    dict of str to int
        Rows written, by the file's path under the inbox.
    """
    system = SYSTEMS[place]
    table = _table(region, place, system, mapping.datasets["pathway_records"], counts)
    _write_note(folder, system, mapping, region.as_at)
    if system.workbook and table.num_rows <= XLSX_ROWS:
        path = folder / "pathways.xlsx"
        rows = write_xlsx(path, table, NOTICE)
    else:
        path = folder / "pathways.csv"
        rows = write_csv(path, table, system.encoding, system.newline)
    return {f"{folder.name}/{path.name}": rows}


def _table(
    region: Simulated, place: int, system: System, layout: DatasetMapping, counts: Counter[str]
) -> pa.Table:
    random = region.streams[f"pathways {TRUSTS[place]}"]
    at = np.flatnonzero(region.records.trust == place)
    blocks = [at[first : first + BLOCK] for first in range(0, len(at), BLOCK)]
    tables, written = [], 0
    for rows in blocks or [at]:
        tables.append(_block(region, rows, written, system, layout, random, counts))
        written += len(rows)
    return pa.concat_tables(tables)


def _block(
    region: Simulated,
    rows: Ints,
    written: int,
    system: System,
    layout: DatasetMapping,
    random: np.random.Generator,
    counts: Counter[str],
) -> pa.Table:
    columns, comment = _recorded(region, rows, written, random, counts)
    text = mess.muddled(layouts.as_text(columns, system, random), random, counts)
    text, order = mess.repeated(text, random, counts)
    text = layouts.in_own_words(text, layout, system, random)
    referral = region.records.referral[rows][order]
    renamed = None
    if RENAMED.keys() & layout.columns.keys():
        renamed = region.referrals.received[referral] >= (region.region.first + region.as_at) // 2
        counts["row_after_renaming"] += int(renamed.sum())
    extra = _never_read_in(layout, comment[order], referral, random)
    laid = layouts.in_layout(text, layout, extra, renamed)
    return text_table(layouts.with_missing(laid, layout, (PATHWAY, CRTP), system, random))


def _recorded(
    region: Simulated,
    rows: Ints,
    written: int,
    random: np.random.Generator,
    counts: Counter[str],
) -> tuple[Columns, Text]:
    """Columns of some records, with what the register has on the person, and a comment each."""
    records, registered = region.records, region.registered
    registration = region.registration[rows]
    number = registered.nhs_number[registration]
    columns = {name: values[rows] for name, values in records.columns.items()}
    columns["nhs_number"] = number
    columns["nhs_number_status_indicator_code"] = registered.nhs_status[registration]
    columns["lsoa_of_residence"] = area_codes(
        region.areas, region.persons, registered.person[registration], random
    )
    columns["record_id"] = np.arange(written + 1, written + len(rows) + 1).astype("U8")
    given, family = registered.given[registration], registered.family[registration]
    return columns, mess.comments(given, family, number, random, counts)


def _never_read_in(
    layout: DatasetMapping, comment: Text, referral: Ints, random: np.random.Generator
) -> Columns:
    """Columns that the mapping drops: comments, and the system's own numbers."""
    extra: Columns = {}
    for name in layout.drop:
        if "COMMENT" in name.upper() or "NOTES" in name.upper():
            extra[name] = np.where(random.random(len(comment)) < 0.5, comment, "")
        elif name == "PATIENT_ID":
            extra[name] = (referral + 500_000).astype("U9")
    return extra


def _write_note(folder: Path, system: System, mapping: SourceMapping, as_at: int) -> None:
    """Say which system the files are of, when they were extracted, and what was renamed."""
    day = np.datetime64(as_at, "D")
    lines = [f"# {NOTICE}", f"use: {system.mapping}", f"extract_date: {day}", "extent: full"]
    columns = mapping.datasets["pathway_records"].columns
    renamed = {new: columns[old] for old, new in RENAMED.items() if old in columns}
    if renamed:
        lines += ["# The system renamed this half-way; both names stand in the file."]
        lines += ["datasets:", "  pathway_records:", "    columns:"]
        lines += [f"      {new}: {ours}" for new, ours in renamed.items()]
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(lines) + "\n"
    (folder / "mapping.yaml").write_text(text, encoding="utf-8", newline="\n")
