"""Holds one file against a dataset of the dictionary: what ``workbench validate`` does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.dictionary.checks import check_table
from workbench.dictionary.findings import Findings
from workbench.dictionary.layout import renamed
from workbench.dictionary.load import Dictionary
from workbench.dictionary.quality import Quality, quality_of
from workbench.files import read_table, reading, write_table


@dataclass(frozen=True, eq=False)
class Validation:
    """What came of holding a file against a dataset.

    Attributes
    ----------
    file : str
        The file's name, without its folder.
    findings : Findings
    quality : Quality
    absent : tuple of str
        Columns of the dataset that the file lacks; they count as all blank.
    unknown : tuple of str
        Columns of the file that the dataset does not have; nothing looks at their cells.
    meant : mapping of str to str
        For an absent column, the unknown column of the file that is nearest to it.
    """

    file: str
    findings: Findings
    quality: Quality
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    meant: dict[str, str]


def validate_file(con: Any, path: Path, dataset: str, dictionary: Dictionary) -> Validation:
    """Check every row of a file and score its quality.

    Parameters
    ----------
    con : ibis backend
        From `workbench.engine.connect`.
    path : Path
        CSV, Parquet or XLSX.
    dataset : str
        Name of a dataset of the dictionary.
    dictionary : Dictionary

    Raises
    ------
    ParameterError
        There is no such dataset.
    InputError
        The file cannot be read, or lacks a required column. No message holds a cell.
    """
    schema = dictionary.schema(dataset)
    # The checks read the file through, so it need not be read beforehand.
    table = read_table(con, path, whole=False)
    with reading(path):
        findings = check_table(table, schema, dictionary.code_lists, name=path.name)
    return Validation(
        file=path.name,
        findings=findings,
        quality=quality_of(findings),
        absent=tuple(name for name in schema.field_names if name not in table.columns),
        unknown=tuple(name for name in table.columns if name not in schema.field_names),
        meant=renamed(table.columns, schema),
    )


def write_faults(validation: Validation, path: Path) -> None:
    """Write the fault rows to CSV or Parquet, by the path's ending, whole or not at all.

    Columns ``file, row, column, rule, severity, reason``, sorted by row, column and
    rule; row 1 is the first data row.
    """
    import ibis

    write_table(ibis.memtable(validation.findings.arrow(validation.file)), path)
