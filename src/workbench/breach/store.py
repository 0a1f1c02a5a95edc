"""Landmarks of a workspace's store, with what linkage has left there, if it has."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from workbench.breach.landmark_rows import Landmarks, landmarks
from workbench.breach.settings import load_settings
from workbench.dictionary.load import load
from workbench.engine import connect
from workbench.errors import InputError, ParameterError
from workbench.files import read_table

RECORDS = "pathway_records.parquet"
PARTS, PERSONS = "pathway_parts.parquet", "persons.parquet"
BESIDE = ("milestones", "demographics", "pathway_parts", "pathways", "persons")
"""Tables that are read beside the records. Judged rows lie there too, and are a model's output."""


def landmarks_of_store(
    records: Path,
    *,
    standard: str,
    as_at: date | str | None = None,
    dictionary: Path | None = None,
    on_the_day: bool = False,
) -> Landmarks:
    """Build landmarks from files as `workbench ingest` and `workbench link` leave them.

    Parameters
    ----------
    records : Path
        ``pathway_records``; ``milestones``, ``demographics``, ``pathway_parts`` and
        ``persons`` are taken from beside it where they are.
    standard : {"FDS", "31D", "62D"}
    as_at : date or ISO text, optional
        The day of the latest extract without it.
    dictionary : Path, optional
        A workspace's own.
    on_the_day : bool, optional
        The pathways open on that day instead of past landmarks.

    Raises
    ------
    InputError
        A file cannot be read or used.
    ParameterError
        No day is given and the records do not say that of their extract.
    """
    con = connect()

    def beside(name: str) -> Any:
        path = records.with_name(name).with_suffix(records.suffix)
        return read_table(con, path) if path.is_file() else None

    table = read_table(con, records)
    return landmarks(
        table,
        beside("milestones"),
        standard=standard,
        as_at=as_at or _latest_extract(con, table),
        demographics=beside("demographics"),
        parts=_with_persons(beside(PARTS), beside("pathways")),
        persons=beside(PERSONS),
        on_the_day=on_the_day,
        settings=load_settings(dictionary),
        dictionary=load(dictionary),
        con=con,
    )


def store_records(store: Path) -> Path:
    """Path of a store's pathway records.

    Raises
    ------
    InputError
        There are none.
    """
    path = store / RECORDS
    if not path.is_file():
        raise InputError("The store holds no pathway records.", remedy="workbench ingest")
    return path


def files_read(records: Path) -> list[Path]:
    """The files that `landmarks_of_store` reads, as far as they are there.

    Parameters
    ----------
    records : Path
    """
    beside = [records.with_name(name).with_suffix(records.suffix) for name in BESIDE]
    return [records, *(path for path in beside if path.is_file())]


def _with_persons(parts: Any, pathways: Any) -> Any:
    """Give each part its pathway's person, where the parts themselves do not say."""
    if parts is None or "person_id" in parts.columns or pathways is None:
        return parts
    whose = pathways.select("pathway_id", "person_id").distinct()
    return parts.left_join(whose, "pathway_id").select(*parts.columns, "person_id")


def _latest_extract(con: Any, table: Any) -> date:
    latest = None
    if "extract_date" in table.columns:
        latest = con.to_pyarrow(table.extract_date.cast("date").max()).as_py()
    if latest is None:
        raise ParameterError(
            "The records do not say when they were extracted.", remedy="Give --as-at YYYY-MM-DD."
        )
    return latest  # type: ignore[no-any-return]
