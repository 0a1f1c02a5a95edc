"""Keys backed up, lost and brought back; and what can still be had without them."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import extract_maker as make
import pyrage
import pytest

from workbench.cli.main import main
from workbench.errors import CheckError, InputError, ParameterError, UsageError
from workbench.intake.keys import FOLDER as KEYS
from workbench.intake.keys import create_keys, open_keys
from workbench.intake.keys_backup import Lock, backup, read_backup, restore
from workbench.intake.recovery import EARLIER, NONE, OPEN, PRESENT, check
from workbench.intake.rotation import rotate
from workbench.intake.vault import FOLDER, Vault
from workbench.workspace import open_workspace

PLAIN = Lock()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace whose vault keeps a secret, beside a place for back-ups."""
    made = tmp_path / "space"
    made.mkdir()
    create_keys(made)
    (made / FOLDER).mkdir(mode=0o700)
    Vault(made / FOLDER, open_keys(made)).keep_secret("pairs", b"content")
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a back-up goes."""
    return tmp_path / "safe" / "keys_backup.txt"


def secret(root: Path) -> bytes:
    return Vault(root / FOLDER, open_keys(root)).secret("pairs")


@pytest.mark.parametrize("kind", ["plain", "key"])
def test_keys_lost_come_back_from_a_back_up(root: Path, file: Path, kind: str) -> None:
    guardian = pyrage.x25519.Identity.generate()
    closing, opening = {
        "plain": (PLAIN, PLAIN),
        "key": (Lock(recipient=str(guardian.to_public())), Lock(identity=f"# mine\n{guardian}\n")),
    }[kind]
    before = open_keys(root)
    backup(root, file, closing)
    assert file.stat().st_mode & 0o777 == 0o600
    assert (str(before.identity) in file.read_text("latin-1")) is (kind == "plain")
    shutil.rmtree(root / KEYS)
    keys, aside = restore(root, file, opening)
    assert aside is None
    assert keys.pseudonym_key == open_keys(root).pseudonym_key == before.pseudonym_key
    assert secret(root) == b"content"
    assert (root / KEYS).stat().st_mode & 0o777 == 0o700


def test_a_back_up_is_never_beside_the_data_and_never_overwritten(root: Path, file: Path) -> None:
    with pytest.raises(UsageError, match="in the workspace"):
        backup(root, root / "keys_backup.txt", PLAIN)
    backup(root, file, PLAIN)
    held = file.read_bytes()
    with pytest.raises(UsageError, match="already"):
        backup(root, file, PLAIN)
    assert file.read_bytes() == held
    with pytest.raises(UsageError, match="no age public key"):
        backup(root, file.with_name("other"), Lock(recipient="age1nobody"))


@pytest.mark.parametrize(
    "opening", [PLAIN, Lock(passphrase="mule"), Lock(identity="x")], ids=["none", "word", "key"]
)
def test_a_closed_back_up_opens_with_what_it_was_closed_to_alone(
    root: Path, file: Path, opening: Lock
) -> None:
    backup(root, file, Lock(recipient=str(pyrage.x25519.Identity.generate().to_public())))
    shutil.rmtree(root / KEYS)
    with pytest.raises(InputError):
        restore(root, file, opening)
    assert not (root / KEYS).exists()


def test_a_damaged_back_up_is_refused_without_being_shown(root: Path, file: Path) -> None:
    keys = backup(root, file, PLAIN)
    text = file.read_text()
    secret_hex = keys.pseudonym_key.hex()
    file.write_text(text.replace(secret_hex, secret_hex[::-1]))
    with pytest.raises(InputError, match="damaged") as told:
        read_backup(file, PLAIN)
    assert secret_hex[:8] not in str(told.value)
    file.write_text(text[:100])
    with pytest.raises(InputError, match="damaged"):
        read_backup(file, PLAIN)


def test_keys_in_order_are_not_replaced_and_wrong_ones_are_not_brought(
    root: Path, file: Path, tmp_path: Path
) -> None:
    backup(root, file, PLAIN)
    with pytest.raises(ParameterError, match="in order"):
        restore(root, file, PLAIN)
    (tmp_path / "other").mkdir()
    create_keys(tmp_path / "other")
    foreign = tmp_path / "safe" / "foreign.txt"
    backup(tmp_path / "other", foreign, PLAIN)
    shutil.rmtree(root / KEYS)
    with pytest.raises(InputError, match="do not open 1 of"):
        restore(root, foreign, PLAIN)
    assert not (root / KEYS).exists()


def test_wrong_or_damaged_keys_are_put_aside_and_never_deleted(root: Path, file: Path) -> None:
    backup(root, file, PLAIN)
    shutil.rmtree(root / KEYS)
    wrong = create_keys(root)
    _, aside = restore(root, file, PLAIN)
    assert aside is not None
    assert str(wrong.identity) in (aside / "age_identity.txt").read_text()
    assert aside.stat().st_mode & 0o777 == 0o700
    assert secret(root) == b"content"


def test_an_old_back_up_does_not_open_a_vault_that_has_a_new_key(root: Path, file: Path) -> None:
    backup(root, file, PLAIN)
    rotate(open_workspace(root), make.DICTIONARY, tell=lambda _: None)
    shutil.rmtree(root / KEYS)
    with pytest.raises(InputError, match="newest back-up"):
        restore(root, file, PLAIN)


def test_check_tells_which_key_opens_what(root: Path) -> None:
    sent = open_keys(root).encrypted(b"sent in April")
    make.put(root / "inbox", "RX1/april.csv.age", sent)
    make.put(root / "inbox", "RX1/plain.csv", b"a,b")
    stranger = pyrage.x25519.Identity.generate().to_public()
    make.put(root / "inbox", "RTD/foreign.csv.age", pyrage.encrypt(b"x", [stranger]))
    rotate(open_workspace(root), make.DICTIONARY, tell=lambda _: None)
    found = check(open_workspace(root))
    assert found.opened == {
        "secrets kept in the vault": {PRESENT: 1},
        "files sent, encrypted": {NONE: 1, EARLIER: 1},
        "files sent, in plain": {OPEN: 1},
    }
    assert found.closed == ("inbox/RTD/foreign.csv.age",)
    assert not found.sound


def test_without_keys_check_says_what_is_lost_and_what_is_not(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(root / KEYS)
    words = ["keys", "check", "--workspace", str(root)]
    assert main(words) == CheckError.exit_code
    told = capsys.readouterr().out
    assert "vault/secrets/pairs.age" in told
    assert "Still to be had" in told
    assert main([*words, "--json"]) == CheckError.exit_code
    assert json.loads(capsys.readouterr().out)["sound"] is False


def test_the_commands_back_up_restore_and_check_under_a_passphrase(
    root: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def typed(action: str, lines: str, *more: str) -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
        return main(["keys", action, *more, "--passphrase", "--workspace", str(root)])

    assert typed("backup", "horse\nmule\n", str(file)) == 2
    assert not file.exists()
    assert typed("backup", "horse\nhorse\n", str(file)) == 0
    shutil.rmtree(root / KEYS)
    assert typed("restore", "mule\n", str(file)) == InputError.exit_code
    assert not (root / KEYS).exists()
    assert typed("restore", "horse\n", str(file)) == 0
    assert secret(root) == b"content"
    told = capsys.readouterr()
    keys = open_keys(root)
    assert str(keys.identity) not in told.out + told.err
    assert keys.pseudonym_key.hex() not in told.out + told.err


@pytest.mark.parametrize(
    "words",
    [
        ["backup"],
        ["new", "somewhere"],
        ["backup", "x", "--pseudonyms"],
        ["restore", "x", "--to", "age1"],
        ["check", "x", "--passphrase", "--identity", "y"],
    ],
)
def test_what_makes_no_sense_is_refused(root: Path, words: list[str]) -> None:
    assert main(["keys", *words, "--workspace", str(root)]) == UsageError.exit_code
