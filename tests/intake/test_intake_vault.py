"""The vault: opened for a reason, closed to others and to other keys; secrets whole or not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pyrage
import pytest

from workbench.errors import InputError, ParameterError, UsageError
from workbench.intake.access import LOG, accesses
from workbench.intake.keys import create_keys, open_keys
from workbench.intake.vault import FOLDER, SECRETS, Vault, open_vault
from workbench.workspace import open_workspace


@pytest.fixture
def vault(space: Path) -> Vault:
    """A vault that keeps one secret."""
    (space / FOLDER).mkdir(mode=0o700)
    made = Vault(space / FOLDER, open_keys(space))
    made.keep_secret("pairs.parquet", b"Quixwood, 9990000018")
    return made


def opened(root: Path) -> Vault:
    return open_vault(open_workspace(root), command="review open", why="a test", opened="pairs")


def test_opening_is_logged_before_anything_is_read(space: Path, vault: Vault) -> None:
    assert opened(space).secret("pairs.parquet") == b"Quixwood, 9990000018"
    (one,) = accesses(vault.folder)
    assert (one.facts["command"], one.facts["opened"]) == ("review open", "pairs")


def test_a_wrong_key_opens_nothing_changes_nothing_and_is_logged(space: Path, vault: Vault) -> None:
    before = {path: path.read_bytes() for path in vault.sealed_files()}
    shutil.rmtree(space / "keys")
    create_keys(space)
    with pytest.raises(InputError, match="cannot be decrypted") as told:
        opened(space)
    assert "Quixwood" not in str(told.value)
    with pytest.raises(InputError, match="cannot be decrypted"):
        Vault(vault.folder, open_keys(space)).secret("pairs.parquet")
    assert {path: path.read_bytes() for path in vault.sealed_files()} == before
    assert [one.facts["opened"] for one in accesses(vault.folder)][1].startswith("nothing: refused")


def test_no_vault_and_no_keys_say_what_to_type(space: Path) -> None:
    with pytest.raises(InputError, match="workbench ingest"):
        opened(space)
    shutil.rmtree(space / "keys")
    with pytest.raises(ParameterError, match="workbench keys new"):
        opened(space)


@pytest.mark.skipif(os.name == "nt", reason="permission bits mean nothing there")
@pytest.mark.parametrize("place", [".", SECRETS, LOG])
def test_what_others_can_open_is_refused_by_name(space: Path, vault: Vault, place: str) -> None:
    opened(space)
    (vault.folder / place).chmod(0o755)
    with pytest.raises(InputError, match="chmod -R go=") as told:
        opened(space)
    assert any(place.strip(".") in fault for fault in told.value.faults)


@pytest.mark.skipif(os.name == "nt", reason="permission bits mean nothing there")
def test_keys_of_which_any_file_is_open_to_others_are_refused(space: Path, vault: Vault) -> None:
    (space / "keys" / "note.txt").write_text("kept beside")
    (space / "keys" / "note.txt").chmod(0o644)
    with pytest.raises(ParameterError, match="chmod"):
        opened(space)


def test_secrets_are_encrypted_private_listed_replaced_and_forgotten(vault: Vault) -> None:
    vault.keep_secret("decisions.parquet", b"first")
    vault.keep_secret("decisions.parquet", b"second")
    assert vault.secrets() == ["decisions.parquet", "pairs.parquet"]
    assert vault.secret("decisions.parquet") == b"second"
    files = list((vault.folder / SECRETS).iterdir())
    assert all(path.read_bytes().startswith(b"age-encryption.org/v1") for path in files)
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    vault.forget_secret("pairs.parquet")
    vault.forget_secret("pairs.parquet")
    assert vault.secrets() == ["decisions.parquet"]
    with pytest.raises(InputError, match="keeps nothing"):
        vault.secret("pairs.parquet")


@pytest.mark.parametrize("name", ["", "../keys", "A", "a/b", ".hidden", "a b", "x" * 101])
def test_a_secret_s_name_cannot_leave_its_folder(vault: Vault, name: str) -> None:
    with pytest.raises(UsageError, match="name"):
        vault.keep_secret(name, b"")
    with pytest.raises(UsageError, match="name"):
        vault.secret(name)


def test_a_secret_stopped_half_way_leaves_the_earlier_one(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> bytes:
        raise OSError("disk full")

    monkeypatch.setattr(pyrage, "encrypt", crash)
    with pytest.raises(OSError, match="disk full"):
        vault.keep_secret("pairs.parquet", b"new")
    assert vault.secret("pairs.parquet") == b"Quixwood, 9990000018"
    assert not list(vault.folder.rglob(".writing-*"))
