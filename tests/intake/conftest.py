"""Workspaces with tiny extracts, for every test of intake."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import extract_maker
import pyarrow.parquet as pq
import pytest

from workbench.intake import ingest
from workbench.intake.keys import create_keys, open_keys
from workbench.intake.vault import Vault
from workbench.workspace import open_workspace


@pytest.fixture
def space(tmp_path: Path) -> Path:
    """A workspace with keys and nothing else."""
    create_keys(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def _taken_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = extract_maker.workspace(tmp_path_factory.mktemp("region") / "space")
    ingest.run(open_workspace(root), extract_maker.DICTIONARY, plain=True)
    return root


@pytest.fixture
def region(_taken_once: Path, tmp_path: Path) -> Path:
    """A workspace with three Trusts' extracts taken in; a copy, for each test to spoil."""
    shutil.copytree(_taken_once, tmp_path / "region")
    return tmp_path / "region"


@pytest.fixture
def take() -> Callable[..., ingest.Outcome]:
    """Take files of a workspace in, plain."""

    def taken(root: Path, *paths: Path, **options: Any) -> ingest.Outcome:
        options = {"plain": True, **options}
        return ingest.run(open_workspace(root), extract_maker.DICTIONARY, paths, **options)

    return taken


@pytest.fixture
def stored() -> Callable[..., list[dict[str, Any]]]:
    """Rows of a dataset of the store."""

    def rows(root: Path, dataset: str = "pathway_records") -> list[dict[str, Any]]:
        return list(pq.read_table(root / "store" / f"{dataset}.parquet").to_pylist())

    return rows


@pytest.fixture
def store_bytes() -> Callable[[Path], dict[str, bytes]]:
    """Every file of the store, and who each record is about."""

    def read(root: Path) -> dict[str, bytes]:
        files = {path.name: path.read_bytes() for path in sorted((root / "store").iterdir())}
        who = Vault(root / "vault", open_keys(root)).identifiers().to_pylist()
        return {**files, "identifiers": repr(who).encode()}

    return read
