"""A new key: the vault follows, whole, from wherever it was stopped; earlier keys go last."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import extract_maker as make
import pyarrow.parquet as pq
import pyrage
import pytest

from workbench.cli.main import main
from workbench.errors import InputError, ParameterError
from workbench.intake import repseudonymise, rotation
from workbench.intake.keys import NEXT_PSEUDONYM_KEY, create_keys, open_keys, opens
from workbench.intake.rotation import retire, rotate
from workbench.intake.vault import FOLDER, Vault
from workbench.workspace import open_workspace

Take = Callable[..., Any]
Bytes = Callable[[Path], dict[str, bytes]]
SECRETS = {f"secret_{n}": f"content {n}".encode() for n in range(4)}


class StoppedError(BaseException):
    """Stands for a process that was killed."""


@pytest.fixture
def kept(space: Path) -> Path:
    """A workspace whose vault keeps a few secrets."""
    (space / FOLDER).mkdir(mode=0o700)
    vault = Vault(space / FOLDER, open_keys(space))
    for name, content in SECRETS.items():
        vault.keep_secret(name, content)
    return space


def rotated(root: Path, **options: Any) -> rotation.Rotated:
    return rotate(open_workspace(root), make.DICTIONARY, tell=lambda _: None, **options)


def held(root: Path) -> dict[str, bytes]:
    vault = Vault(root / FOLDER, open_keys(root))
    return {name: vault.secret(name) for name in vault.secrets()}


def test_the_new_key_alone_opens_the_vault_and_nothing_is_lost(kept: Path) -> None:
    before = open_keys(kept)
    done = rotated(kept)
    after = open_keys(kept)
    assert (done.files, done.resumed) == (len(SECRETS), False)
    assert after.public == done.public != before.public
    assert after.pseudonym_key == before.pseudonym_key
    files = [path.read_bytes() for path in Vault(kept / FOLDER, after).sealed_files()]
    assert all(opens(after.identity, sealed) for sealed in files)
    assert not any(opens(before.identity, sealed) for sealed in files)
    assert held(kept) == SECRETS


def test_what_was_sent_to_the_earlier_key_still_opens(kept: Path) -> None:
    sealed = open_keys(kept).encrypted(b"sent in April")
    rotated(kept)
    rotated(kept)
    assert open_keys(kept).decrypted(sealed, "x") == b"sent in April"


@pytest.mark.parametrize("after", range(len(SECRETS) + 2))
def test_stopped_anywhere_everything_opens_and_the_same_command_goes_on(
    kept: Path, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = iter(range(after))
    whole = Path.replace

    def stops(path: Path, target: Path) -> Path:
        if next(left, None) is None:
            raise StoppedError
        return whole(path, target)

    earlier = open_keys(kept)
    with monkeypatch.context() as broken:
        broken.setattr("workbench.intake.keys.Path.replace", stops)
        # the log and its seal are replaced too; only what the vault and the keys hold counts
        broken.setattr("workbench.intake.rotation.note_access", lambda *_, **__: None)
        with pytest.raises(StoppedError):
            rotated(kept)
    assert held(kept) == SECRETS
    done = rotated(kept)
    assert done.resumed is (after > 0)
    assert held(kept) == SECRETS
    assert not open_keys(kept).changing
    assert [str(one.to_public()) for one in open_keys(kept).retired] == [earlier.public]


def test_a_file_that_no_key_opens_stops_it_before_anything_is_changed(kept: Path) -> None:
    foreign = kept / FOLDER / "secrets" / "foreign.age"
    other = pyrage.x25519.Identity.generate().to_public()
    foreign.write_bytes(pyrage.encrypt(b"x", [other]))
    before = {path: path.read_bytes() for path in kept.rglob("*.*") if path.suffix != ".log"}
    with pytest.raises(InputError, match="nothing was changed") as told:
        rotated(kept)
    assert told.value.faults == ("vault/secrets/foreign.age",)
    after = {path: path.read_bytes() for path in before if path.suffix != ".seal"}
    assert after == {path: before[path] for path in after}


def test_earlier_keys_go_once_nothing_needs_them(kept: Path) -> None:
    with pytest.raises(ParameterError, match="no earlier keys"):
        retire(open_workspace(kept))
    sealed = open_keys(kept).encrypted(b"sent in April")
    make.put(kept / "inbox", "RX1/pathways.csv.age", sealed)
    earlier = open_keys(kept).public
    rotated(kept)
    with pytest.raises(InputError, match="nothing was dropped") as told:
        retire(open_workspace(kept))
    assert told.value.faults == ("inbox/RX1/pathways.csv.age",)
    (kept / "inbox/RX1/pathways.csv.age").unlink()
    assert retire(open_workspace(kept)) == (earlier,)
    assert not open_keys(kept).retired
    assert held(kept) == SECRETS


def few(root: Path) -> None:
    """Two Trusts' files with the same people, one of the files with their details."""
    folk = make.people(6)
    make.put(root / "inbox", "RX1/pathways_2025-04-09.csv", make.as_csv(make.cwt(folk)))
    rows = make.as_csv(make.infoflex_demographics(folk))
    make.put(root / "inbox", "RTD/demographics_2025-04-11.csv", rows)


def test_new_pseudonyms_are_those_of_an_intake_under_the_new_key(
    space: Path, take: Take, store_bytes: Bytes
) -> None:
    few(space)
    take(space)
    before = pq.read_table(space / "store/pathway_records.parquet")
    linked = before.select(["record_id", "source"]).append_column("person_id", before["source"])
    pq.write_table(linked, space / "store/links.parquet")
    key = open_keys(space).pseudonym_key
    words = ["keys", "rotate", "--pseudonyms", "--quiet", "--workspace", str(space)]
    assert main(words) == 0
    assert open_keys(space).pseudonym_key != key
    after = pq.read_table(space / "store/pathway_records.parquet")
    for name in ("record_id", "nhs_number_pseudonym", "patient_pathway_identifier_pseudonym"):
        assert not set(before[name].to_pylist()) & set(after[name].to_pylist())
    followed = pq.read_table(space / "store/links.parquet")["record_id"].to_pylist()
    assert sorted(followed) == after["record_id"].to_pylist()
    (space / "store/links.parquet").unlink()
    renewed = store_bytes(space)
    shutil.rmtree(space / FOLDER)
    shutil.rmtree(space / "store")
    take(space)
    assert store_bytes(space) == renewed


@pytest.mark.parametrize("stage", ["keep", "remove", "_rename_records"])
def test_a_change_of_pseudonyms_stopped_half_way_is_refused_until_it_is_finished(
    space: Path, take: Take, stored: Callable[..., Any], stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(space)
    take(space)
    rows = len(stored(space))

    def stops(*_: object) -> None:
        raise StoppedError

    with monkeypatch.context() as broken:
        place = repseudonymise if stage.startswith("_") else Vault
        broken.setattr(place, stage, stops)
        with pytest.raises(StoppedError):
            rotated(space, pseudonyms=True)
    with pytest.raises(ParameterError, match="workbench keys rotate"):
        take(space)
    assert rotated(space).resumed
    assert not (space / "keys" / NEXT_PSEUDONYM_KEY).exists()
    assert not take(space).refusals
    assert len(stored(space)) == rows
    assert len(Vault(space / FOLDER, open_keys(space)).names()) == 2


def test_new_keys_are_not_made_for_a_vault_that_others_closed(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(kept / "keys")
    assert main(["keys", "new", "--workspace", str(kept)]) == 2
    assert "keys restore" in capsys.readouterr().err
    assert not (kept / "keys").exists()


def test_rotating_under_wrong_keys_harms_nothing(kept: Path) -> None:
    before = {path: path.read_bytes() for path in (kept / FOLDER).rglob("*.age")}
    (kept / "keys").rename(kept / "right")
    create_keys(kept)
    with pytest.raises(InputError, match="none of this workspace's keys"):
        rotated(kept)
    assert {path: path.read_bytes() for path in (kept / FOLDER).rglob("*.age")} == before
    shutil.rmtree(kept / "keys")
    (kept / "right").rename(kept / "keys")
    assert held(kept) == SECRETS
