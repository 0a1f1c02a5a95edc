"""From the vault to everything else: datasets of the store, counts, what goes back to Trusts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from workbench.dictionary.load import Dictionary
from workbench.files import sha256, written_whole
from workbench.intake import quarantine
from workbench.intake.derive import FAULTS, STORED, Derived, Write, derive
from workbench.intake.engine import private_engine
from workbench.intake.opt_outs import BY_GROUP
from workbench.intake.record import FILE, Refusal, file_facts, record, write_record
from workbench.intake.settings import Settings
from workbench.intake.standing import Landed
from workbench.intake.vault import IDENTIFIERS, Vault
from workbench.reference import deprivation
from workbench.reference.catalogue import Held, held
from workbench.workspace import Workspace

DERIVING = 2
"""Raised when this code comes to write other files from the same vault."""

_BOUNDARIES = "2021"
"""Of the small areas that extracts say people live in."""

ROW_GROUP = 100_000
"""Rows of a row group of a Parquet file: a fixed number, so that the bytes are the same."""


def publish(
    workspace: Workspace,
    vault: Vault,
    dictionary: Dictionary,
    settings: Settings,
    refusals: Sequence[Refusal],
) -> dict[str, Any]:
    """Derive all datasets from the vault, and write them with their counts and faults.

    Nothing is done where the last run came from the same and what it wrote still stands.
    """
    index = [one for one in held(workspace.root) if one.kind == "imd"]
    state = _state(vault, dictionary, settings, refusals, index)
    earlier = _still_standing(workspace, vault, state)
    if earlier is not None:
        return earlier
    by_dataset: dict[str, list[Landed]] = {}
    for name in vault.names():
        one = Landed(name, vault.receipt(name))
        by_dataset.setdefault(one.receipt["dataset"], []).append(one)
    con = private_engine()
    try:
        areas = _areas(con, workspace)
        write = _writer(workspace.store)
        derived = derive(con, vault, by_dataset, dictionary, settings, write, areas)
    finally:
        con.disconnect()
    vault.keep_identifiers(derived.identifiers)
    _clear(workspace.store, derived.records)
    files = [
        file_facts(one, place, derived.status[dataset], derived.opted_out.get(one.name, 0))
        for dataset, landings in by_dataset.items()
        for place, one in enumerate(landings)
    ]
    _send_back(workspace, vault, dictionary, by_dataset, derived, refusals)
    facts = record(files, refusals, derived, settings)
    facts |= {"state": state, "written": _written(workspace, derived.records)}
    write_record(facts, workspace.root / FILE)
    return facts


def _state(
    vault: Vault,
    dictionary: Dictionary,
    settings: Settings,
    refusals: Sequence[Refusal],
    index: Sequence[Held],
) -> str:
    """Changes when anything changes that is written outside the vault."""
    told = (
        DERIVING, vault.names(), settings, dictionary.schemas, dictionary.code_lists,
        [refusal.facts() for refusal in refusals], index,
    )  # fmt: skip
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _areas(con: Any, workspace: Workspace) -> pa.Table | None:
    """Deprivation of small areas, where the workspace holds an index."""
    index = deprivation(con, workspace.root, _BOUNDARIES)
    return None if index is None else index.select("lsoa", "imd_decile").to_pyarrow()


def _clear(store: Path, datasets: Mapping[str, Any]) -> None:
    """Take away datasets of which nothing is left in the vault."""
    stale = [name for name in STORED if name not in datasets]
    stale += [] if datasets else [FAULTS]
    stale += [] if "demographics" in datasets else [BY_GROUP]
    for name in stale:
        (store / f"{name}.parquet").unlink(missing_ok=True)


def _written(workspace: Workspace, datasets: Iterable[str]) -> dict[str, str]:
    """Digest of each file that intake writes into the store and of what goes back to Trusts."""
    names = [*datasets, FAULTS, BY_GROUP]
    files = [path for name in names if (path := workspace.store / f"{name}.parquet").is_file()]
    back = workspace.root / quarantine.FOLDER
    files += [path for path in sorted(back.rglob("*")) if path.is_file()]
    return {f"{path.parent.name}/{path.name}": sha256(path) for path in files}


def _still_standing(workspace: Workspace, vault: Vault, state: str) -> dict[str, Any] | None:
    try:
        facts: dict[str, Any] = json.loads((workspace.root / FILE).read_text(encoding="utf-8"))
        same = facts["state"] == state and facts["written"] == _written(
            workspace, facts["datasets"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    complete = not facts["datasets"] or (vault.folder / IDENTIFIERS).is_file()
    return facts if same and complete else None


def _writer(folder: Path) -> Write:
    def write(name: str, table: pa.Table) -> None:
        with written_whole(folder / f"{name}.parquet") as draft:
            pyarrow.parquet.write_table(
                table.combine_chunks(), draft, compression="zstd", row_group_size=ROW_GROUP
            )

    return write


def _send_back(
    workspace: Workspace,
    vault: Vault,
    dictionary: Dictionary,
    by_dataset: Mapping[str, Sequence[Landed]],
    derived: Derived,
    refusals: Sequence[Refusal],
) -> None:
    by_trust: dict[str, list[quarantine.FileFaults]] = {}
    for dataset, landings in by_dataset.items():
        schema = dictionary.schema(dataset)
        for place, one in enumerate(landings):
            faults = quarantine.faults_by_row(vault, one, place, derived.status[dataset], schema)
            of_file = quarantine.FileFaults(one.receipt["file"], faults, one.receipt["columns"])
            by_trust.setdefault(one.trust, []).append(of_file)
    refused: dict[str, list[tuple[str, str]]] = {}
    for one_refused in refusals:
        told = refused.setdefault(one_refused.trust, [])
        told.append((one_refused.file, one_refused.why))
    quarantine.write(workspace.root / quarantine.FOLDER, by_trust, refused)
