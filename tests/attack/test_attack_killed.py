"""Killed at any instant and repeated: the same store to the last byte."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

import extract_maker as make
import pytest
from hunt import details, found, open_in_vault
from processes import ended, started

from workbench.cli.main import main
from workbench.intake.access import log_faults
from workbench.intake.keys import open_keys
from workbench.intake.vault import Vault


def words(root: Path) -> list[str]:
    return ["ingest", "--plain", "--quiet", "--workspace", str(root)]


def state(root: Path) -> dict[str, bytes]:
    """All that an intake leaves behind outside the vault, and who is in the vault."""
    files = [path for name in ("store", "quarantine") for path in (root / name).rglob("*")]
    held = {str(path.relative_to(root)): path.read_bytes() for path in files if path.is_file()}
    who = Vault(root / "vault", open_keys(root)).identifiers().to_pylist()
    return {**held, "ingest.json": (root / "ingest.json").read_bytes(), "who": repr(who).encode()}


def kill_and_repeat(root: Path, times: int, seed: int) -> None:
    draw = random.Random(seed)
    began = time.monotonic()
    assert ended(started(words(root))) == 0
    whole = time.monotonic() - began
    expected = state(root)
    secrets = details(make.people(70))
    for _ in range(times):
        for name in ("store", "vault", "quarantine"):
            if draw.random() < 0.7:
                shutil.rmtree(root / name, ignore_errors=True)
        running = started(words(root))
        time.sleep(draw.uniform(0.05, 1.0) * whole)
        running.kill()
        running.join()
        assert found(root, secrets) == []
        assert not (root / "vault").exists() or open_in_vault(root) == []
        # in this process: what is killed must be another, what mends it need not be
        assert main(words(root)) == 0
        assert state(root) == expected
        assert log_faults(root / "vault") == []
        assert not list(root.rglob(".writing-*"))


@pytest.fixture
def space(tmp_path: Path) -> Path:
    return make.workspace(tmp_path / "space", 8)


def test_killed_and_repeated_gives_the_same_store(space: Path) -> None:
    for path in (space / "inbox").rglob("pathways_2025-04-1*"):
        path.unlink()
    kill_and_repeat(space, 3, seed=1)


@pytest.mark.heavy
def test_killed_at_fifty_instants_and_repeated_gives_the_same_store(space: Path) -> None:
    kill_and_repeat(space, 50, seed=2)
