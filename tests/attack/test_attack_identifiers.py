"""No one's details outside the vault: after success, and after a crash at each stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import extract_maker as make
import pyarrow.parquet as pq
import pytest
from hunt import details, found, open_in_vault, texts

from workbench.cli.main import main
from workbench.errors import InputError
from workbench.intake.keys import create_keys, open_keys

FOLK = make.people(70)
WORDS = details(FOLK)
STAGES = (
    "intake.taking.opened", "intake.reading.grid_of", "intake.reading.layout_of",
    "intake.reading.reader_for", "intake.reading.pseudonyms", "intake.rows.check_table",
    "intake.reading.fault_table", "intake.vault.packed", "intake.derive.standing",
    "intake.derive.current", "intake.derive.people", "intake.derive.described",
    "intake.derive.joined_faults",
    "intake.vault.Vault.keep_identifiers", "intake.publishing.file_facts",
    "intake.publishing.quarantine.write", "intake.publishing.write_record",
)  # fmt: skip


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace that is also the folder worked in and the place of temporary files."""
    root = make.workspace(tmp_path / "space", 8)
    spoilt = make.cwt(FOLK[:8])
    spoilt[1]["PRIORITYTYPECODE"] = FOLK[1].surname
    spoilt[2]["FDPENDREASON"] = FOLK[2].nhs
    spoilt[3]["WAITINGTIMEADJUSTMENTFIRSTSEEN"] = FOLK[3].nhs
    spoilt[4]["ORGFIRSTSEEN"] = FOLK[4].postcode
    spoilt[5]["DATEFIRSTSEEN"] = FOLK[5].born.isoformat()
    spoilt[6]["LSOA_OF_RESIDENCE"] = FOLK[6].postcode.replace(" ", "")
    spoilt[7]["CRTPDATE"] = f"{FOLK[7].surname} {FOLK[7].born}"
    spoilt[0]["ORGPPI"] = FOLK[0].postcode
    names = list(dict.fromkeys(name for row in spoilt for name in row))
    full = [{name: row.get(name, "") for name in names} for row in spoilt]
    make.put(root / "inbox", "RX1/pathways_2025-05-09.csv", make.as_csv(full))
    (root / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(root / "tmp"))
    monkeypatch.chdir(root)
    return root


def ingest(root: Path) -> int:
    return main(["ingest", "--plain", "--workspace", str(root)])


def test_nothing_outside_the_vault_tells_who_anyone_is(
    space: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest(space) == 0
    told = capsys.readouterr()
    said = (told.out + told.err).casefold()
    assert not [word for word in WORDS if word in said]
    assert found(space, WORDS) == []
    assert open_in_vault(space) == []
    assert list((space / "tmp").iterdir()) == []
    modes = {path.stat().st_mode & 0o077 for path in (space / "vault").rglob("*")}
    assert modes == {0}


def test_nothing_that_keys_logs_and_retention_write_tells_who_anyone_is(
    space: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = [{"nhs_number": one.nhs, "opt_out_date": "2024-01-01"} for one in FOLK[:2]]
    make.put(space / "inbox", "opt_outs.csv", make.as_csv(listed))
    (space / "workbench.toml").write_text("retention_days = 10\n")
    safe, guardian = tmp_path / "safe", create_keys(tmp_path).public
    here = ["--workspace", str(space)]
    for words in (
        ["ingest", "--plain", "--watch", "--every", "0.001s", "--times", "1"],
        ["keys", "backup", str(safe / "closed.age"), "--to", guardian],
        ["keys", "rotate", "--pseudonyms"],
        ["keys", "check"],
        ["retention", "--as-at", "2025-04-21", "--apply"],
        ["vault", "log", "--check"],
    ):
        assert main([*words, *here]) == 0, words
    told = capsys.readouterr()
    keys = open_keys(space)
    secrets = [str(one) for one in (keys.identity, *keys.retired)] + [keys.pseudonym_key.hex()]
    hunted = WORDS | {one.casefold() for one in secrets}
    said = (told.out + told.err).casefold()
    assert not [word for word in hunted if word in said]
    assert found(space, hunted) == []
    assert found(safe, hunted) == []
    assert open_in_vault(space) == []
    assert (space / "ingest_watch.log").read_text().count("\n") == 1
    assert list((space / "tmp").iterdir()) == []


def test_the_hunt_finds_what_it_is_for(space: Path) -> None:
    assert ingest(space) == 0
    table = pq.read_table(space / "store" / "demographics.parquet")
    planted = table.set_column(1, "source", [[FOLK[0].surname] * table.num_rows])
    pq.write_table(planted, space / "store" / "planted.parquet", compression="zstd")
    with (space / "vault" / "access.log").open("a") as stream:
        stream.write(f"opened for {FOLK[1].nhs}")
    (space / "note.txt").write_text(f"seen {FOLK[3].nhs} today")
    told = found(space, WORDS)
    assert any("planted.parquet" in one for one in told)
    assert any("note.txt" in one for one in told)
    assert any("access.log" in one for one in told)
    assert any(FOLK[0].surname in text for text in texts(space / "store" / "planted.parquet"))


@pytest.mark.parametrize("stage", STAGES)
def test_a_crash_leaves_no_one_s_details_and_a_repeat_mends_it(
    space: Path, stage: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    person = FOLK[2]
    # two files of pathways and one of patients reach every stage
    for path in [*(space / "inbox").rglob("*/*_2025-04-1*.*")]:
        if path.name != "demographics_2025-04-11.csv":
            path.unlink()

    def crash(*words: Any, **named: Any) -> Any:
        raise ValueError(f"could not convert {person.surname} {person.nhs} {person.postcode}")

    with monkeypatch.context() as broken:
        broken.setattr(f"workbench.{stage}", crash)
        assert ingest(space) == InputError.exit_code
    told = capsys.readouterr()
    said = (told.out + told.err).casefold()
    assert "ValueError" in told.out + told.err
    assert not [word for word in WORDS if word in said]
    assert found(space, WORDS) == []
    assert open_in_vault(space) == []
    assert ingest(space) == 0
    assert found(space, WORDS) == []
    assert pq.read_table(space / "store" / "pathway_records.parquet").num_rows >= 8
