"""Review and encoding under attack: no details outside the vault, nothing with a wrong key."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import extract_maker as make
import pandas as pd
import pytest
from hunt import details, found, open_in_vault

from workbench.cli.main import main
from workbench.errors import InputError, UsageError
from workbench.intake.keys import create_keys
from workbench.intake.vault import Vault, open_vault
from workbench.linkage.sealed import keep_pairs
from workbench.workspace import open_workspace

WORDS = details(make.people(70))
STAGES = (
    "linkage.review.kept_pairs", "linkage.review_sheet.masked", "linkage.review.keep_table",
    "linkage.sheets.harmless", "linkage.sheets._as_csv",
)  # fmt: skip


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose linkage has left doubtful pairs."""
    root = make.workspace(tmp_path_factory.mktemp("review") / "space", 12)
    assert main(["ingest", "--plain", "--quiet", "--workspace", str(root)]) == 0
    vault = open_vault(open_workspace(root), command="link", why="a test's linkage")
    who = vault.identifiers().to_pandas()[["record_id", "source"]]
    who = who.sort_values(["source", "record_id"], ignore_index=True)
    ends = [who.iloc[:10], who.iloc[-10:].reset_index(drop=True)]
    sides = [
        side.rename(columns=lambda name, word=word: f"{name}_{word}")
        for side, word in zip(ends, ("left", "right"), strict=True)
    ]
    pairs = pd.concat(sides, axis=1).assign(
        match_rule="model", match_probability=0.7, match_weight=1.0
    )
    keep_pairs(vault, pairs)
    return root


@pytest.fixture
def space(reviewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "space"
    shutil.copytree(reviewed, root)
    (root / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(root / "tmp"))
    return root


def review(root: Path, *words: str) -> int:
    return main(["review", *words, "--workspace", str(root)])


def decide(sheet: Path, word: str = "same", rows: int = 2) -> None:
    frame = pd.read_csv(sheet, dtype=str, keep_default_na=False)
    frame.loc[: rows - 1, ["decision", "decided_by", "decided_on"]] = [
        word,
        "A Clerk",
        "2026-03-31",
    ]
    frame.to_csv(sheet, index=False)


def plain_secrets(root: Path) -> list[str]:
    return [name for name in open_in_vault(root) if name.endswith(".age")]


def test_a_review_from_end_to_end_leaves_no_details_anywhere(
    space: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review(space, "open") == 0
    sheet = space / "review" / "review.csv"
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
    assert stat.S_IMODE(sheet.parent.stat().st_mode) == 0o700
    decide(sheet)
    assert review(space, "take", str(sheet)) == 0
    capsys.readouterr()
    assert review(space, "status", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["pairs"], told["same"], told["waiting"]) == (10, 2, 8)
    assert found(space, WORDS) == []
    assert plain_secrets(space) == []
    assert list((space / "tmp").iterdir()) == []
    ids = set(Vault(space / "vault", _keys(space)).identifiers()["record_id"].to_pylist())
    assert not [one for one in ids if one in sheet.read_text("utf-8-sig")]


def _keys(root: Path) -> Any:
    from workbench.intake.keys import open_keys

    return open_keys(root)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_whole_identifiers_are_shown_only_when_asked_for_and_the_log_says_so(
    space: Path, ending: str
) -> None:
    out = space / "desk" / f"sheet.{ending}"
    assert review(space, "open", "--show-identifiers", "--out", str(out)) == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    log = (space / "vault" / "access.log").read_text()
    assert "whole identifiers shown" in log.splitlines()[-1]
    assert not [word for word in WORDS if word in log.casefold()]
    assert list((space / "tmp").iterdir()) == []
    if ending == "csv":
        assert found(space, WORDS) != []
    out.unlink()
    assert found(space, WORDS) == []


@pytest.mark.parametrize("action", ["open", "status", "take"])
def test_with_a_wrong_key_nothing_is_opened_and_nothing_harmed(
    space: Path, action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review(space, "open", "--out", str(space / "desk" / "sheet.csv")) == 0
    decide(space / "desk" / "sheet.csv")
    secrets = space / "vault" / "secrets"
    before = {path.name: path.read_bytes() for path in secrets.iterdir()}
    shutil.move(space / "keys", space / "right_keys")
    create_keys(space)
    capsys.readouterr()
    words = [str(space / "desk" / "sheet.csv")] if action == "take" else []
    assert review(space, action, *words) == InputError.exit_code
    told = capsys.readouterr()
    assert "key" in told.err
    assert not [word for word in WORDS if word in (told.out + told.err).casefold()]
    assert not (space / "review").exists()
    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == before
    shutil.rmtree(space / "keys")
    shutil.move(space / "right_keys", space / "keys")
    assert review(space, "status") == 0


@pytest.mark.parametrize("stage", STAGES)
def test_a_crash_while_opening_leaves_no_sheet_and_no_details(
    space: Path, stage: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    person = make.people(1)[0]

    def crash(*words: Any, **named: Any) -> Any:
        raise ValueError(f"could not convert {person.surname} {person.nhs} {person.postcode}")

    with monkeypatch.context() as broken:
        broken.setattr(f"workbench.{stage}", crash)
        assert review(space, "open") == InputError.exit_code
    told = capsys.readouterr()
    assert not [word for word in WORDS if word in (told.out + told.err).casefold()]
    assert not (space / "review" / "review.csv").exists()
    assert found(space, WORDS) == []
    assert plain_secrets(space) == []
    assert review(space, "open") == 0


def test_a_crash_while_taking_takes_nothing_and_a_repeat_takes_all(
    space: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review(space, "open") == 0
    sheet = space / "review" / "review.csv"
    decide(sheet)

    def full(*words: Any, **named: Any) -> Any:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("workbench.intake.vault.Vault._write", full)
        assert review(space, "take", str(sheet)) != 0
    assert review(space, "take", str(sheet)) == 0
    capsys.readouterr()
    assert review(space, "status", "--json") == 0
    assert json.loads(capsys.readouterr().out)["decisions"] == 2


def test_a_sheet_is_kept_out_of_what_is_shared_and_never_overwritten(space: Path) -> None:
    for place in ("reports/sheet.csv", "store/sheet.csv", "inbox/RX1/sheet.csv"):
        assert review(space, "open", "--out", str(space / place)) == UsageError.exit_code
        assert not (space / place).exists()
    assert review(space, "open") == 0
    sheet = space / "review" / "review.csv"
    decide(sheet)
    before = sheet.read_bytes()
    assert review(space, "open") == UsageError.exit_code
    assert sheet.read_bytes() == before


def test_a_forged_sheet_decides_nothing(space: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forged = space / "forged.csv"
    forged.write_text(
        "pair_id,decision,decided_by,decided_on\nBBBB-CCCC-DDDD-FFFF,same,=HYPERLINK(),2026-03-31\n"
    )
    assert review(space, "take", str(forged)) == InputError.exit_code
    assert "HYPERLINK" not in capsys.readouterr().err
    assert review(space, "status") == 0


def test_an_encoded_file_holds_no_details(space: Path) -> None:
    people = make.people(70)
    rows = [
        {
            "record_id": f"E{p.place}", "source": "RX1", "nhs_number": p.nhs,
            "given_name": p.forename, "family_name": p.surname, "birth_date": p.born.isoformat(),
            "sex": "2", "postcode": p.postcode,
        }
        for p in people
    ]  # fmt: skip
    site = space / "inbox" / "site"  # where details may be
    site.mkdir()
    pd.DataFrame(rows).to_csv(site / "patients.csv", index=False)
    secret, root = str(space / "keys" / "trusts.secret"), ["--workspace", str(space)]
    assert main(["encode", "--new-secret", secret, *root]) == 0
    words = ["encode", str(site / "patients.csv"), "--secret", secret, "--out"]
    assert main([*words, str(space / "encoded.parquet"), *root]) == 0
    assert (space / "encoded.parquet").is_file()
    assert found(space, WORDS) == []
    assert list((space / "tmp").iterdir()) == []
