"""Keys: made once, private, opened or refused in words."""

from __future__ import annotations

import hmac
import os
from pathlib import Path

import pyrage
import pytest

from workbench.cli.main import main
from workbench.errors import InputError, ParameterError
from workbench.intake.keys import AGE_KEY, FOLDER, PSEUDONYM_KEY, create_keys, open_keys
from workbench.intake.pseudonyms import pseudonym


def test_keys_are_open_to_their_owner_alone(tmp_path: Path) -> None:
    create_keys(tmp_path)
    folder = tmp_path / FOLDER
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert {path.name for path in folder.iterdir()} == {AGE_KEY, PSEUDONYM_KEY}


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    first = create_keys(tmp_path)
    with pytest.raises(ParameterError, match="already"):
        create_keys(tmp_path)
    assert open_keys(tmp_path).pseudonym_key == first.pseudonym_key


def test_what_the_public_key_closes_these_keys_open(tmp_path: Path) -> None:
    keys = create_keys(tmp_path)
    recipient = pyrage.x25519.Recipient.from_str(keys.public)
    sealed = pyrage.encrypt(b"content", [recipient])
    assert open_keys(tmp_path).decrypted(sealed, "x") == b"content"


def test_another_key_opens_nothing_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    ours, theirs = create_keys(tmp_path / "a"), create_keys(tmp_path / "b")
    with pytest.raises(InputError, match="cannot be decrypted") as told:
        theirs.decrypted(ours.encrypted(b"secret words"), "file.csv.age")
    assert "secret" not in str(told.value)
    assert ours.fingerprint != theirs.fingerprint


def test_missing_keys_say_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="workbench keys new"):
        open_keys(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="permission bits mean nothing there")
def test_keys_open_to_others_are_refused(tmp_path: Path) -> None:
    create_keys(tmp_path)
    (tmp_path / FOLDER / AGE_KEY).chmod(0o644)
    with pytest.raises(ParameterError, match="chmod"):
        open_keys(tmp_path)


@pytest.mark.parametrize("name", [AGE_KEY, PSEUDONYM_KEY])
def test_damaged_keys_are_refused_without_being_shown(tmp_path: Path, name: str) -> None:
    create_keys(tmp_path)
    path = tmp_path / FOLDER / name
    held = path.read_text()
    path.write_text(held[: len(held) // 3])
    with pytest.raises(ParameterError, match="damaged") as told:
        open_keys(tmp_path)
    assert held[:20] not in str(told.value)


def test_keys_show_no_secret_when_printed(tmp_path: Path) -> None:
    keys = create_keys(tmp_path)
    assert str(keys.identity) not in repr(keys)
    assert repr(keys.pseudonym_key) not in repr(keys)


def test_pseudonym_is_hmac_sha256_under_the_key() -> None:
    key = bytes(range(32))
    expected = hmac.new(key, b"nhs_number:9990000018", "sha256").hexdigest()
    assert pseudonym(key, "nhs_number", "9990000018") == expected
    assert pseudonym(key, "local_patient_identifier", "9990000018") != expected


def test_command_makes_keys_then_refuses_and_prints_the_public_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "new", "--workspace", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "Back this folder up" in told.out
    assert main(["keys", "new", "--workspace", str(tmp_path)]) == ParameterError.exit_code
    capsys.readouterr()
    assert main(["keys", "public", "--workspace", str(tmp_path)]) == 0
    public = capsys.readouterr().out.strip()
    assert public == open_keys(tmp_path).public
    assert public in told.out
    secret = (tmp_path / FOLDER / PSEUDONYM_KEY).read_text().strip()
    assert secret not in told.out + told.err


def test_missing_keys_of_a_vault_are_to_be_restored_not_made_anew(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "identifiers.parquet.age").write_bytes(b"closed")
    with pytest.raises(ParameterError) as refused:
        open_keys(tmp_path)
    assert "keys restore FILE" in str(refused.value)
    assert "keys new" not in str(refused.value)


def test_check_names_the_mending_of_keys_that_are_open_to_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "workbench.toml").touch()
    create_keys(tmp_path)
    (tmp_path / FOLDER / AGE_KEY).chmod(0o644)
    assert main(["keys", "check", "--workspace", str(tmp_path)]) == 14
    assert "Next: chmod 700" in capsys.readouterr().out


def test_identity_that_is_no_text_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "workbench.toml").touch()
    strange = tmp_path / "strange.bin"
    strange.write_bytes(b"\xff\xfe\x00")
    command = ["keys", "restore", str(strange), "--identity", str(strange)]
    assert main([*command, "--workspace", str(tmp_path)]) == 11
    assert "is no age identity" in capsys.readouterr().err
