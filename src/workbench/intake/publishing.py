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
from workbench.intake.derive import FAULTS, Derived, Write, derive
from workbench.intake.engine import private_engine
from workbench.intake.record import FILE, Refusal, file_facts, record, write_record
from workbench.intake.settings import Settings
from workbench.intake.standing import Landed
from workbench.intake.vault import IDENTIFIERS, Vault
from workbench.workspace import Workspace

DERIVING = 1
"""Raised when this code comes to write other files from the same vault."""

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
    state = _state(vault, dictionary, settings, refusals)
    earlier = _still_standing(workspace, vault, state)
    if earlier is not None:
        return earlier
    by_dataset: dict[str, list[Landed]] = {}
    for name in vault.names():
        one = Landed(name, vault.receipt(name))
        by_dataset.setdefault(one.receipt["dataset"], []).append(one)
    con = private_engine()
    try:
        derived = derive(con, vault, by_dataset, dictionary, settings, _writer(workspace.store))
    finally:
        con.disconnect()
    if derived.identifiers is not None:
        vault.keep_identifiers(derived.identifiers)
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
    vault: Vault, dictionary: Dictionary, settings: Settings, refusals: Sequence[Refusal]
) -> str:
    """Changes when anything changes that is written outside the vault."""
    held = (
        DERIVING, vault.names(), settings, dictionary.schemas, dictionary.code_lists,
        [refusal.facts() for refusal in refusals],
    )  # fmt: skip
    return hashlib.sha256(repr(held).encode()).hexdigest()


def _written(workspace: Workspace, datasets: Iterable[str]) -> dict[str, str]:
    """Digest of each file that intake writes into the store and of what goes back to Trusts."""
    names = [*datasets, FAULTS]
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
            held = quarantine.FileFaults(one.receipt["file"], faults, one.receipt["columns"])
            by_trust.setdefault(one.trust, []).append(held)
    refused: dict[str, list[tuple[str, str]]] = {}
    for one_refused in refusals:
        told = refused.setdefault(one_refused.trust, [])
        told.append((one_refused.file, one_refused.why))
    quarantine.write(workspace.root / quarantine.FOLDER, by_trust, refused)
