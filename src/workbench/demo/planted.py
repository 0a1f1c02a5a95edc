"""The region's planted truth about links, in the names that the store uses.

What Trusts send has no truth in it, and the store knows pathway identifiers by pseudonyms
alone. Here the truth gets the same pseudonyms, so that links can be held against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import InputError, UsageError
from workbench.intake.keys import open_keys
from workbench.intake.pseudonyms import pseudonyms
from workbench.workspace import Workspace

_IDENTIFIER = "patient_pathway_identifier"
_PERSON = ("person_id", "sex", "ethnic_category", "imd_decile")


@dataclass(frozen=True)
class PlantedLinks:
    """Which records are truly of which pathway and person.

    Attributes
    ----------
    records : pyarrow.Table
        ``source, pathway_key`` (the pathway identifier's pseudonym), ``pathway_id``,
        ``person_id``; one row a Trust's registration.
    persons : pyarrow.Table
        ``person_id, sex, ethnic_category, imd_decile``; no identifier.
    """

    records: pa.Table
    persons: pa.Table


def planted_links(workspace: Workspace, truth: Path) -> PlantedLinks:
    """Read the truth of a demo region that was taken in by this workspace.

    Parameters
    ----------
    workspace : Workspace
        Whose keys made the store's pseudonyms; every row of it must be made up.
    truth : Path
        The folder ``truth`` that `workbench demo` wrote.

    Raises
    ------
    UsageError
        The workspace is not marked synthetic: nobody knows the truth about real people,
        and a table that claims to holds identifiers in plain.
    InputError
        The folder does not hold the truth.
    """
    if not workspace.synthetic:
        raise UsageError(
            "This workspace is not marked synthetic: there is no truth to hold its links against.",
            remedy="Leave the folder of the truth blank.",
        )
    try:
        known = pq.read_table(
            truth / "pathways.parquet", columns=["source", _IDENTIFIER, "pathway_id", "person_id"]
        )
        persons = pq.read_table(truth / "persons.parquet", columns=list(_PERSON))
    except (OSError, pa.ArrowException):
        raise InputError(
            f"{truth.name} does not hold the truth of a demo region.", remedy="workbench demo"
        ) from None
    cells = known[_IDENTIFIER].combine_chunks()
    key = pseudonyms(cells, open_keys(workspace.root).pseudonym_key, _IDENTIFIER)
    records = pa.table(
        {
            "source": known["source"].cast(pa.string()),
            "pathway_key": key,
            "pathway_id": known["pathway_id"],
            "person_id": known["person_id"],
        }
    )
    plain = [column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
             for column in persons.columns]  # fmt: skip
    return PlantedLinks(records, pa.table(dict(zip(persons.column_names, plain, strict=True))))
