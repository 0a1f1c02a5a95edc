"""Files in, datasets out: the same store whatever the order, the parts and the repeats."""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import extract_maker as make
import pyrage
import pytest
from processes import ended, started

from workbench.cli.main import main
from workbench.errors import InputError, ParameterError
from workbench.intake.keys import create_keys, open_keys

Take = Callable[..., Any]
Stored = Callable[..., list[dict[str, Any]]]
Bytes = Callable[[Path], dict[str, bytes]]


def recorded(root: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((root / "ingest.json").read_text(encoding="utf-8"))
    return read


def test_three_systems_become_one_store(region: Path, take: Take, stored: Stored) -> None:
    totals = recorded(region)["totals"]
    assert totals["rows_read"] == totals["accepted"] + totals["quarantined"] == 180
    rows = stored(region)
    assert len(rows) == 90
    assert {row["source"] for row in rows} == {"RR7", "RTD", "RX1"}
    assert [row["record_id"] for row in rows] == sorted(row["record_id"] for row in rows)
    treated = [row for row in rows if row["treatment_start_date_cancer"]]
    assert {row["primary_diagnosis_icd"] for row in treated} == {"C189", "C34X", "C43X"}


def test_a_person_has_one_pseudonym_at_every_trust(
    region: Path, take: Take, stored: Stored
) -> None:
    by_trust: dict[str, set[str]] = {}
    for row in stored(region):
        by_trust.setdefault(row["source"], set()).add(row["nhs_number_pseudonym"])
    assert len(by_trust["RTD"] & by_trust["RX1"]) == 10
    assert len(by_trust["RTD"] & by_trust["RR7"]) == 11
    assert all(len(one) == 64 for held in by_trust.values() for one in held)


def test_stand_in_and_wrong_numbers_stand_for_nobody(
    space: Path, take: Take, stored: Stored
) -> None:
    rows = make.cwt(make.people(6))
    for row, number in zip(
        rows, ("0000000000", "9999999999", "9434765918", "94347", ""), strict=False
    ):
        row["NHSNUMBER"] = number
    make.put(space / "inbox", "RX1/pathways.csv", make.as_csv(rows))
    take(space)
    usable = [row["nhs_number_usable"] for row in stored(space)]
    assert sorted(usable, key=str) == [False, False, False, False, None, True]


def test_ages_come_from_birth_dates_that_stay_behind(
    space: Path, take: Take, stored: Stored
) -> None:
    one = make.people(1)[0]
    make.put(space / "inbox", "RTD/pathways.csv", make.as_csv(make.infoflex([one])))
    make.put(
        space / "inbox", "RTD/demographics.csv", make.as_csv(make.infoflex_demographics([one]))
    )
    take(space)
    row = stored(space, "demographics")[0]
    years = one.referred.year - one.born.year
    years -= (one.referred.month, one.referred.day) < (one.born.month, one.born.day)
    assert row["age_at_referral"] == years
    low = row["age_band_at_referral"].rstrip("+").split("-")[0]
    assert int(low) <= years
    assert "birth_date" not in row
    assert "postcode" not in row


def test_ingest_twice_changes_nothing(region: Path, take: Take, store_bytes: Bytes) -> None:
    first, record = store_bytes(region), (region / "ingest.json").read_bytes()
    outcome = take(region)
    assert not outcome.new
    assert len(outcome.known) == 6
    assert store_bytes(region) == first
    assert (region / "ingest.json").read_bytes() == record


def test_order_of_arrival_changes_nothing(region: Path, take: Take, store_bytes: Bytes) -> None:
    files = [path for path in (region / "inbox").rglob("*") if path.is_file()]
    together = store_bytes(region)
    for folder in ("store", "vault"):
        shutil.rmtree(region / folder)
    random.Random(1).shuffle(files)
    for file in files:
        take(region, file)
    assert store_bytes(region) == together


def test_a_file_in_two_parts_is_the_file(space: Path, take: Take, store_bytes: Bytes) -> None:
    rows = make.somerset(make.people(20))
    # one row twice, once in each part; and two that share a key and differ
    rows += [rows[0], {**rows[1], "N2_12_CANCER_TYPE": "08"}]
    make.put(space / "inbox", "RR7/pathways_2025-04-10.csv", make.as_csv(rows))
    take(space)
    whole, totals = store_bytes(space), recorded(space)["totals"]
    shutil.rmtree(space / "store")
    shutil.rmtree(space / "vault")
    (space / "inbox/RR7/pathways_2025-04-10.csv").unlink()
    for part, some in (("a", rows[:9]), ("b", rows[9:])):
        make.put(space / "inbox", f"RR7/pathways_2025-04-10_{part}.csv", make.as_csv(some))
    take(space)
    assert store_bytes(space) == whole
    split = recorded(space)["totals"]
    assert split == totals
    assert (split["quarantined"], split["repeated"]) == (2, 1)


def test_a_later_extract_replaces_rows_of_the_same_key(
    space: Path, take: Take, stored: Stored
) -> None:
    folk = make.people(10)
    later = [{**row, "N2_12_CANCER_TYPE": "08"} for row in make.somerset(folk)[:4]]
    make.put(space / "inbox", "RR7/pathways_2025-05-10.csv", make.as_csv(later))
    take(space)
    make.put(space / "inbox", "RR7/pathways_2025-04-10.csv", make.as_csv(make.somerset(folk)))
    take(space)
    types = [
        row["two_week_wait_cancer_or_symptomatic_breast_referral_type"] for row in stored(space)
    ]
    assert sorted(types) == ["07"] * 6 + ["08"] * 4
    files = {one["file"]: one for one in recorded(space)["files"]}
    assert files["pathways_2025-04-10.csv"]["superseded"] == 4
    assert files["pathways_2025-04-10.csv"]["standing"] == 6


def test_a_treated_row_replaces_the_untreated_one_of_its_pathway(
    space: Path, take: Take, stored: Stored
) -> None:
    person = next(one for one in make.people(20) if one.cancer)
    treated = make.infoflex([person])[0]
    blank = {key: "" for key in treated if key.startswith(("Treatment", "Date Treatment"))}
    make.put(space / "inbox", "RTD/pathways_2025-04-10.csv", make.as_csv([{**treated, **blank}]))
    make.put(space / "inbox", "RTD/pathways_2025-05-10.csv", make.as_csv([treated]))
    take(space)
    rows = stored(space)
    assert len(rows) == 1
    assert rows[0]["treatment_start_date_cancer"] == person.treated


@pytest.mark.parametrize("period", ["", "2024-04-01_to_2025-03-31_"])
def test_a_full_extract_replaces_its_period(
    space: Path, take: Take, stored: Stored, period: str
) -> None:
    folk = make.people(10)
    make.put(space / "inbox", "RR7/pathways_2025-04-10.csv", make.as_csv(make.somerset(folk)))
    take(space)
    full = f"RR7/pathways_full_{period}2025-05-10.csv"
    make.put(space / "inbox", full, make.as_csv(make.somerset(folk[:7])))
    take(space)
    assert len(stored(space)) == 7


def test_a_full_extract_leaves_what_is_outside_its_period(
    space: Path, take: Take, stored: Stored
) -> None:
    folk = make.people(40)
    summer = [p for p in folk if "2024-06-01" <= p.referred.isoformat() <= "2024-08-31"]
    assert 2 < len(summer) < 38
    make.put(space / "inbox", "RR7/pathways_2025-04-10.csv", make.as_csv(make.somerset(folk)))
    name = "RR7/pathways_full_2024-06-01_to_2024-08-31_2025-05-10.csv"
    make.put(space / "inbox", name, make.as_csv(make.somerset(summer[:1])))
    take(space)
    assert len(stored(space)) == 40 - len(summer) + 1


def test_a_broken_full_extract_does_not_empty_the_store(
    space: Path, take: Take, stored: Stored
) -> None:
    rows = make.somerset(make.people(10))
    make.put(space / "inbox", "RR7/pathways_2025-04-10.csv", make.as_csv(rows))
    broken = [{**row, "N2_9_FIRST_SEEN_DATE": "10 of April"} for row in rows]
    make.put(space / "inbox", "RR7/pathways_full_2025-05-10.csv", make.as_csv(broken))
    outcome = take(space)
    assert not outcome.refusals
    assert len(stored(space)) == 10
    assert recorded(space)["totals"]["quarantined"] == 10


def test_an_undated_file_replaces_its_earlier_content(
    space: Path, take: Take, stored: Stored
) -> None:
    rows = make.somerset(make.people(10))
    make.put(space / "inbox", "RR7/pathways.csv", make.as_csv(rows))
    take(space)
    make.put(space / "inbox", "RR7/pathways.csv", make.as_csv(rows[:6]))
    outcome = take(space)
    assert outcome.replaced == ("RR7/pathways.csv",)
    assert len(stored(space)) == 6


def test_one_file_that_cannot_be_read_does_not_stop_the_others(
    space: Path, take: Take, stored: Stored
) -> None:
    make.region(space / "inbox")
    make.put(space / "inbox", "RX1/milestones.csv", b"\x00\x01\x02binary")
    outcome = take(space)
    assert [one.file for one in outcome.refusals] == ["milestones.csv"]
    assert len(stored(space)) == 90
    told = next(one for one in recorded(space)["files"] if one["file"] == "milestones.csv")
    assert (told["rows_read"], told["accepted"], told["quarantined"]) == (0, 0, 0)
    assert "NUL" in told["refused"]
    assert "milestones.csv" in (space / "quarantine/RX1/faults_for_RX1.md").read_text()


def test_a_file_cut_short_is_refused_alone_and_what_it_sent_before_stands(
    space: Path, take: Take, stored: Stored
) -> None:
    make.put(space / "inbox", "RX1/pathways.csv", make.as_csv(make.cwt(make.people(6))))
    take(space)
    cut = make.as_csv(make.cwt(make.people(9))).rstrip().rpartition(b",")[0]
    make.put(space / "inbox", "RX1/pathways.csv", cut)
    make.put(space / "inbox", "RTD/pathways.csv", make.as_csv(make.infoflex(make.people(3, 50))))
    outcome = take(space)
    assert [one.trust for one in outcome.refusals] == ["RX1"]
    assert "cut short" in outcome.refusals[0].why
    assert outcome.replaced == ()
    assert len(stored(space)) == 9
    assert [bool(one.get("refused")) for one in recorded(space)["files"]].count(True) == 1


def test_plain_files_need_plain(space: Path) -> None:
    make.region(space / "inbox")
    arguments = ["ingest", "--quiet", "--workspace", str(space)]
    assert main(arguments) == InputError.exit_code
    assert all("--plain" in one["refused"] for one in recorded(space)["files"])
    assert main([*arguments, "--plain"]) == 0


def test_encrypted_files_give_the_same_store(
    region: Path, take: Take, store_bytes: Bytes, tmp_path: Path
) -> None:
    plain = store_bytes(region)
    shutil.rmtree(region / "store")
    shutil.rmtree(region / "vault")
    recipient = pyrage.x25519.Recipient.from_str(open_keys(region).public)
    for path in list((region / "inbox").rglob("*.*")):
        path.with_name(path.name + ".age").write_bytes(
            pyrage.encrypt(path.read_bytes(), [recipient])
        )
        path.unlink()
    outcome = take(region, plain=False)
    assert not outcome.refusals
    assert store_bytes(region) == plain


def test_a_file_for_another_key_is_refused_and_harms_nothing(
    region: Path, take: Take, store_bytes: Bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = store_bytes(region)
    other = create_keys(tmp_path_factory.mktemp("other"))
    sealed = other.encrypted(make.as_csv(make.cwt(make.people(3, 500))))
    make.put(region / "inbox", "RX1/pathways_2025-06-01.csv.age", sealed)
    outcome = take(region)
    assert "cannot be decrypted" in outcome.refusals[0].why
    assert store_bytes(region) == before


def test_a_vault_of_other_keys_is_refused_and_harmed_by_nothing(region: Path, take: Take) -> None:
    held = {path: path.read_bytes() for path in (region / "vault").rglob("*.age")}
    shutil.rmtree(region / "keys")
    create_keys(region)
    with pytest.raises(InputError, match="cannot be decrypted"):
        take(region)
    assert {path: path.read_bytes() for path in (region / "vault").rglob("*.age")} == held


def test_no_keys_says_what_to_type(tmp_path: Path, take: Take) -> None:
    make.region(tmp_path / "inbox")
    with pytest.raises(ParameterError, match="workbench keys new"):
        take(tmp_path)


def test_people_who_opted_out_are_left_out_everywhere_and_counted(
    space: Path, take: Take, stored: Stored
) -> None:
    make.region(space / "inbox")
    gone = make.people(3, 30)
    listed = [{"nhs_number": one.nhs, "opt_out_date": "2024-01-01"} for one in gone]
    make.put(space / "inbox", "opt_outs.csv", make.as_csv(listed))
    take(space)
    assert len(stored(space)) == 90 - 3 - 1
    assert len(stored(space, "milestones")) == 27
    assert recorded(space)["totals"]["opted_out"] == (3 + 1) + (3 + 1) + 3


def test_quarantine_names_row_column_and_rule_and_no_value(space: Path, take: Take) -> None:
    rows = make.somerset(make.people(10))
    rows[2]["N2_6_RECEIPT_DATE"] = "the ides of March"
    rows[4]["CARE_ID"] = ""
    make.put(space / "inbox", "RR7/pathways_2025-04-10.csv", make.as_csv(rows))
    take(space)
    folder = space / "quarantine/RR7"
    with (folder / "pathways_2025-04-10.csv").open(newline="") as stream:
        faults = list(csv.DictReader(stream))
    assert list(faults[0]) == ["file", "row", "column", "rule", "severity", "reason"]
    kept_out = [[*line.values()][:4] for line in faults if line["severity"] == "quarantine"]
    name = "pathways_2025-04-10.csv"
    column = "cancer_referral_to_treatment_period_start_date"
    assert kept_out == [
        [name, "3", column, f"{column}.type"],
        [name, "5", "patient_pathway_identifier", "patient_pathway_identifier.required"],
    ]
    told = "".join(path.read_text() for path in folder.iterdir())
    assert "ides" not in told
    assert "N2_6_RECEIPT_DATE" in (folder / "faults_for_RR7.md").read_text()


def test_rows_of_a_wrong_number_of_cells_are_kept_out_one_by_one(space: Path, take: Take) -> None:
    lines = make.as_csv(make.cwt(make.people(30))).split(b"\r\n")
    lines[5] += b",one more"
    make.put(space / "inbox", "RX1/pathways_2025-04-09.csv", b"\r\n".join(lines))
    take(space)
    file = recorded(space)["files"][0]
    assert (file["rows_read"], file["quarantined"]) == (30, 1)
    assert file["reasons"] == {"row.cells": 1}


def test_two_sheets_or_layouts_that_nobody_knows_are_refused_without_their_names(
    space: Path, take: Take
) -> None:
    person = make.people(1)[0]
    content = f"{person.surname},{person.nhs},{person.postcode}\nx,y,z\n".encode()
    make.put(space / "inbox", "RR7/pathways.csv", content)
    outcome = take(space)
    assert "none of the layouts" in outcome.refusals[0].why
    assert person.surname not in (space / "ingest.json").read_text()


def test_two_at_once_are_safe(space: Path, store_bytes: Bytes) -> None:
    make.region(space / "inbox", 6)
    words = ["ingest", "--plain", "--quiet", "--workspace", str(space)]
    both = [started(words) for _ in range(2)]
    assert [ended(one) for one in both] == [0, 0]
    first = store_bytes(space)
    assert main(["ingest", "--plain", "--quiet", "--workspace", str(space)]) == 0
    assert store_bytes(space) == first
    assert recorded(space)["totals"]["rows_read"] == 36


def test_an_empty_inbox_says_where_to_put_files(space: Path, take: Take) -> None:
    with pytest.raises(InputError, match="TRUST"):
        take(space)


def test_an_ingest_with_nothing_new_writes_nothing_but_mends_what_was_lost(
    region: Path, take: Take, store_bytes: Bytes
) -> None:
    take(region)
    before = store_bytes(region)
    stamp = {path: path.stat().st_mtime_ns for path in (region / "store").iterdir()}
    take(region)
    assert {path: path.stat().st_mtime_ns for path in (region / "store").iterdir()} == stamp
    (region / "store" / "milestones.parquet").write_bytes(b"spoilt")
    shutil.rmtree(region / "quarantine")
    take(region)
    assert store_bytes(region) == before
    assert (region / "quarantine/RTD/faults_for_RTD.md").is_file()


def test_a_file_in_a_folder_of_a_trust_is_the_trusts_and_notes_are_left_alone(
    space: Path, take: Take, stored: Stored
) -> None:
    content = make.as_csv(make.somerset(make.people(2)))
    make.put(space / "inbox", "RR7/2025/april/pathways.csv", content)
    make.put(space / "inbox", "NOTE.txt", b"made up, all of it")
    make.put(space / "inbox", "RR7/README.md", b"what we sent")
    outcome = take(space)
    assert not outcome.refusals
    assert {row["source"] for row in stored(space)} == {"RR7"}
