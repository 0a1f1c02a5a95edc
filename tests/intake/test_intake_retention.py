"""Retention: what is past its date goes, everywhere and for good, and nothing comes back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import extract_maker as make
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.cli.main import main
from workbench.errors import InputError, ParameterError
from workbench.intake.access import accesses
from workbench.intake.keys import open_keys
from workbench.intake.landings import packed
from workbench.intake.retention import Plan, days_by_dataset, retain
from workbench.intake.vault import FOLDER, Vault
from workbench.workspace import open_workspace

Take = Callable[..., Any]
Stored = Callable[..., list[dict[str, Any]]]
OLD, NEW = "RX1/pathways_2024-04-09.csv", "RX1/pathways_2025-04-09.csv"
LATER = dt.date(2025, 6, 1)


def put(root: Path, name: str, first: int, count: int = 4) -> None:
    make.put(root / "inbox", name, make.as_csv(make.cwt(make.people(count, first))))


@pytest.fixture
def two_years(space: Path, take: Take) -> Path:
    """Six people: two in the older extract alone, two in both, two in the newer alone."""
    (space / "workbench.toml").write_text("retention_days = 365\n")
    put(space, OLD, 1)
    put(space, NEW, 3)
    take(space)
    return space


def retained(root: Path, as_at: dt.date | None = LATER, apply: bool = True) -> Plan:
    return retain(open_workspace(root), make.DICTIONARY, as_at=as_at, apply=apply)


def vault_of(root: Path) -> Vault:
    return Vault(root / FOLDER, open_keys(root))


def test_what_is_past_its_date_is_listed_and_nothing_removed(
    two_years: Path, store_bytes: Callable[[Path], dict[str, bytes]]
) -> None:
    before = store_bytes(two_years)
    plan = retained(two_years, apply=False)
    assert [one.receipt["file"] for one in plan.landings] == ["pathways_2024-04-09.csv"]
    assert plan.rows == {"pathway_records": 2}
    assert store_bytes(two_years) == before
    assert len(vault_of(two_years).names()) == 2


def test_what_is_removed_is_gone_everywhere_and_does_not_come_back(
    two_years: Path, take: Take, stored: Stored
) -> None:
    everyone = {row["record_id"] for row in stored(two_years)}
    retained(two_years)
    left = {row["record_id"] for row in stored(two_years)}
    assert (len(everyone), len(left)) == (6, 4)
    assert left < everyone
    assert len(vault_of(two_years).names()) == 1
    assert vault_of(two_years).identifiers().num_rows == 4
    assert take(two_years).known == (OLD, NEW)
    assert len(stored(two_years)) == 4
    put(two_years, "RX1/sent_again_pathways_2024-04-09.csv", 1)
    take(two_years)
    assert len(stored(two_years)) == 4
    assert {one.facts["why"] for one in accesses(two_years / FOLDER)} >= {
        "remove what is past its date"
    }


def test_tables_made_of_the_records_follow(two_years: Path, stored: Stored) -> None:
    ids = sorted(row["record_id"] for row in stored(two_years))
    links = pa.table({"record_id": ids, "person_id": [f"p{n}" for n in range(6)]})
    pq.write_table(links, two_years / "store/links.parquet")
    persons = pa.table({"person_id": links["person_id"], "sex": ["1"] * 6})
    pq.write_table(persons, two_years / "store/persons.parquet")
    pairs = pa.table({"record_id_left": ids[:3], "record_id_right": ids[3:]})
    vault_of(two_years).keep_secret("pairs.parquet", packed(pairs))
    plan = retained(two_years)
    left = {row["record_id"] for row in stored(two_years)}
    kept = pq.read_table(two_years / "store/links.parquet").to_pylist()
    assert {row["record_id"] for row in kept} == left
    held = set(pq.read_table(two_years / "store/persons.parquet")["person_id"].to_pylist())
    assert held == {row["person_id"] for row in kept}
    secret = pa.BufferReader(vault_of(two_years).secret("pairs.parquet"))
    for row in pq.read_table(secret).to_pylist():
        assert {row["record_id_left"], row["record_id_right"]} <= left
    assert plan.other_tables["links"] == plan.other_tables["persons"] == 2


@pytest.mark.parametrize(
    "stage", ["vault.Vault.remove", "retention.publish", "retention.forget_orphans"]
)
def test_stopped_half_way_the_next_run_ends_it(
    two_years: Path, stored: Stored, take: Take, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StoppedError(BaseException):
        pass

    def stops(*_: object) -> None:
        raise StoppedError

    ids = [row["record_id"] for row in stored(two_years)]
    pq.write_table(pa.table({"record_id": ids}), two_years / "store/links.parquet")
    with monkeypatch.context() as broken:
        broken.setattr(f"workbench.intake.{stage}", stops)
        with pytest.raises(StoppedError):
            retained(two_years)
    take(two_years)
    assert len(stored(two_years)) == 4
    retained(two_years)
    assert len(stored(two_years, "links")) == 4


def test_a_file_without_a_date_goes_with_the_first_that_replaced_it(
    two_years: Path, take: Take, stored: Stored
) -> None:
    put(two_years, "RX1/pathways.csv", 1, 3)
    put(two_years, "RR7/pathways_cwt.csv", 20, 2)
    take(two_years)
    plan = retained(two_years)
    assert [one.receipt["file"] for one in plan.landings] == [
        "pathways.csv", "pathways_2024-04-09.csv",
    ]  # fmt: skip
    assert plan.undated == 2
    assert len(stored(two_years)) == 4 + 2


def test_everything_may_go_and_lists_of_opt_outs_stay(
    two_years: Path, take: Take, stored: Stored
) -> None:
    folk = make.people(1, 5)
    listed = make.as_csv([{"nhs_number": one.nhs, "opt_out_date": "2020-01-01"} for one in folk])
    make.put(two_years / "inbox", "opt_outs_2020-01-01.csv", listed)
    take(two_years)
    assert len(stored(two_years)) == 5
    retained(two_years, dt.date(2030, 1, 1))
    assert not (two_years / "store/pathway_records.parquet").exists()
    assert not (two_years / "store/faults.parquet").exists()
    held = [vault_of(two_years).receipt(name)["dataset"] for name in vault_of(two_years).names()]
    assert held == ["opt_outs"]
    assert not (two_years / FOLDER / "identifiers.parquet.age").exists()
    put(two_years, "RX1/pathways_2029-12-01.csv", 5, 2)
    take(two_years)
    assert len(stored(two_years)) == 1


def test_nothing_is_removed_that_would_bring_back_somebody_who_opted_out(
    space: Path, take: Take, stored: Stored
) -> None:
    """The number is in the older demographics alone; the newer pathways do not carry it."""
    folk = make.people(2)
    (space / "workbench.toml").write_text("retention_days = 365\n")
    rows = [{**row, "NHS No": ""} for row in make.infoflex(folk)]
    make.put(space / "inbox", "RTD/pathways_2025-04-11.csv", make.as_csv(rows))
    details = make.as_csv(make.infoflex_demographics(folk))
    make.put(space / "inbox", "RTD/demographics_2024-01-11.csv", details)
    listed = make.as_csv([{"nhs_number": folk[0].nhs, "opt_out_date": "2020-01-01"}])
    make.put(space / "inbox", "opt_outs.csv", listed)
    take(space)
    assert len(stored(space)) == 1
    with pytest.raises(InputError, match="nothing was removed") as told:
        retained(space)
    assert told.value.faults == ("1 rows of pathway_records would come back",)
    assert len(vault_of(space).names()) == 3


def test_the_day_is_the_latest_extract_where_none_is_given(two_years: Path) -> None:
    assert retained(two_years, None, apply=False).as_at == dt.date(2025, 4, 9)
    (two_years / "workbench.toml").write_text("retention_days = 364\n")
    assert len(retained(two_years, None, apply=False).landings) == 1


@pytest.mark.parametrize(
    ("setting", "fault"),
    [
        (0, "whole number"),
        (True, "whole number"),
        ({"pathways": 10}, "no dataset"),
        ({"opt_outs": 10, "all": 10}, "no dataset"),
        ({"all": 900, "demographics": 800}, "opted out"),
        ({"proms": "long"}, "whole number"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(setting: Any, fault: str) -> None:
    with pytest.raises(ParameterError) as told:
        days_by_dataset(setting)
    assert fault in " ".join(told.value.faults)


def test_datasets_have_days_of_their_own() -> None:
    assert days_by_dataset({"all": 900, "proms": 100})["proms"] == 100
    assert days_by_dataset({"proms": 100}) == {"proms": 100}


def test_no_setting_says_what_to_write() -> None:
    with pytest.raises(ParameterError, match="retention_days = "):
        days_by_dataset(None)


def test_the_command_lists_removes_and_names_what_is_still_in_the_inbox(
    two_years: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["retention", "--workspace", str(two_years), "--as-at", "2025-06-01"]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "1 files past their date" in told
    assert "--apply" in told
    assert main([*words, "--apply", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["rows"] == {"pathway_records": 2}
    assert facts["in_inbox"] == [str(two_years / "inbox" / OLD)]
    assert main([*words[:-1], "the first of June"]) == ParameterError.exit_code
