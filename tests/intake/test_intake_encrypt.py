"""A Trust encrypts with the public key alone, by `workbench encrypt` or by age."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import extract_maker as make
import pytest

from workbench.cli.main import main
from workbench.errors import InputError, UsageError
from workbench.intake.keys import create_keys, open_keys


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A Trust's own computer: one extract, no workspace and no key."""
    rows = make.as_csv(make.cwt(make.people(3)))
    return make.put(tmp_path / "site", "pathways_2025-04-09.csv", rows).parent


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The workspace that the Trust sends to."""
    (tmp_path / "workspace").mkdir()
    create_keys(tmp_path / "workspace")
    return tmp_path / "workspace"


def encrypt(site: Path, *words: str) -> int:
    return main(["encrypt", *words, "--workspace", str(site), "--quiet"])


def test_what_a_trust_encrypts_is_taken_in(
    site: Path, workspace: Path, take: Callable[..., Any], stored: Callable[..., Any]
) -> None:
    file, public = site / "pathways_2025-04-09.csv", open_keys(workspace).public
    out = workspace / "inbox" / "RX1"
    assert encrypt(site, str(file), "--to", public, "--out", str(out)) == 0
    (sent,) = out.iterdir()
    assert sent.name == "pathways_2025-04-09.csv.age"
    assert b"NHSNUMBER" not in sent.read_bytes()
    assert file.exists()
    assert not take(workspace, plain=False).refusals
    assert len(stored(workspace)) == 3


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["pathways_2025-04-09.csv", "--to", "age1nobody"], UsageError.exit_code),
        (["nothing.csv", "pathways_2025-04-09.csv"], InputError.exit_code),
        (["pathways_2025-04-09.csv", "pathways_2025-04-09.csv.age"], UsageError.exit_code),
    ],
)
def test_nothing_is_written_where_anything_is_wrong(
    site: Path, workspace: Path, words: list[str], code: int
) -> None:
    (site / "pathways_2025-04-09.csv.age").write_bytes(b"sent before")
    named = [str(site / word) if "." in word else word for word in words]
    if "--to" not in words:
        named += ["--to", open_keys(workspace).public]
    assert encrypt(site, *named) == code
    assert (site / "pathways_2025-04-09.csv.age").read_bytes() == b"sent before"
    assert len(list(site.iterdir())) == 2


def test_a_folder_is_called_one(
    site: Path, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert encrypt(site, str(site), "--to", open_keys(workspace).public) == InputError.exit_code
    assert "is a folder; name the files in it" in capsys.readouterr().err
