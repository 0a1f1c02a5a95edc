"""Workspaces that tests of several notebooks begin with, made once and copied."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "standards"))
sys.path.insert(0, str(Path(__file__).parents[1] / "breach"))

from breach_records import made

from workbench.cli.main import main


@pytest.fixture(scope="session")
def linked_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small region, taken in and linked; not to be written to."""
    root = tmp_path_factory.mktemp("linked") / "demo"
    place = ["--workspace", str(root), "--quiet"]
    assert main(["demo", "--out", str(root), "--referrals", "3000", "--quiet"]) == 0
    for words in (["keys", "new"], ["ingest", "--plain"], ["link"]):
        assert main([*words, *place]) == 0
    return root


@pytest.fixture(scope="module")
def region(linked_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the region for one module."""
    root = tmp_path_factory.mktemp("region") / "demo"
    shutil.copytree(linked_demo, root)
    return root


@pytest.fixture(scope="module")
def learnable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with pathways that a model can learn from."""
    root = tmp_path_factory.mktemp("region")
    (root / "workbench.toml").write_text("synthetic = true\n", encoding="utf-8")
    (root / "store").mkdir()
    held = made(1500)
    for name, frame in (
        ("pathway_records", held.records),
        ("milestones", held.milestones),
        ("demographics", held.demographics),
    ):
        frame.to_parquet(root / "store" / f"{name}.parquet", index=False)
    return root
