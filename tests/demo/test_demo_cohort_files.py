"""The files of the synthetic region: same arguments, same bytes, each Trust's own layout."""

from __future__ import annotations

import csv
import hashlib
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import python_calamine
import yaml

from workbench.demo.cohort import pathway_files, write_region
from workbench.demo.cohort.layouts import RENAMED, SYSTEMS
from workbench.demo.cohort.nhs_numbers import check_digits
from workbench.dictionary import load
from workbench.errors import InputError, ParameterError

DATASETS = ("pathways", "demographics", "milestones", "proms", "capacity")
TRUSTS = ("ZZ1", "ZZ2", "ZZ3")


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows_of(path: Path, encoding: str) -> tuple[list[str], list[list[str]]]:
    if path.suffix == ".xlsx":
        grid = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        return [str(n) for n in grid[0]], [[str(c) for c in row] for row in grid[1:]]
    with path.open(encoding=encoding, newline="") as stream:
        header, *rows = csv.reader(stream)
    return header, rows


def dataset_of(name: str) -> str:
    return "pathway_records" if name == "pathways" else name


def file_of(folder: Path, trust: str, name: str) -> Path:
    return next((folder / "inbox" / trust).glob(f"{name}.*"))


def column(folder: Path, place: int, name: str, canonical: str) -> list[str]:
    """Cells of one of our columns, whatever the Trust calls it."""
    system = SYSTEMS[place]
    header, rows = rows_of(file_of(folder, TRUSTS[place], name), system.encoding)
    held = load().mapping(system.mapping).datasets[dataset_of(name)].columns
    theirs = [n for n, ours in held.items() if ours == canonical]
    theirs += [new for old, new in RENAMED.items() if old in theirs]
    at = [header.index(n) for n in theirs if n in header]
    return ["".join(row[i] for i in at if row[i] != "NULL") for row in rows]


def test_same_arguments_same_bytes_and_another_seed_other_bytes(tmp_path):
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_region(tmp_path / name, referrals=400, seed=seed)
    first, again, other = (digests(tmp_path / name) for name in "abc")
    assert first == again
    same = {name for name in first if first[name] == other.get(name)}
    notes = {f"inbox/{trust}/mapping.yaml" for trust in TRUSTS}
    assert same == notes | {"inbox/SYNTHETIC.txt", "truth/identifier_errors.parquet"}


def test_every_file_of_the_contract_is_there_with_the_rows_that_the_summary_says(small_region):
    expected = {"opt_outs.csv"}
    for trust in TRUSTS:
        for name in DATASETS:
            ending = "xlsx" if (trust, name) == ("ZZ2", "pathways") else "csv"
            expected.add(f"{trust}/{name}.{ending}")
    assert set(small_region.rows) == expected
    for place, trust in enumerate(TRUSTS):
        for name in DATASETS:
            path = file_of(small_region.folder, trust, name)
            _, rows = rows_of(path, SYSTEMS[place].encoding)
            assert len(rows) == small_region.rows[f"{trust}/{path.name}"] > 0


def test_every_column_is_known_to_the_mapping_of_the_trusts_system(small_region):
    dictionary = load()
    for place, trust in enumerate(TRUSTS):
        mapping = dictionary.mapping(SYSTEMS[place].mapping)
        note = yaml.safe_load((small_region.folder / "inbox" / trust / "mapping.yaml").read_text())
        assert note["use"] == mapping.name
        assert note["extract_date"] == small_region.as_at
        for name in DATASETS:
            header, _ = rows_of(file_of(small_region.folder, trust, name), SYSTEMS[place].encoding)
            held = mapping.datasets[dataset_of(name)]
            own = note.get("datasets", {}).get(dataset_of(name), {}).get("columns", {})
            assert set(header) <= {*held.columns, *held.drop, *own}
            needed = [
                field.name
                for field in dictionary.schema(dataset_of(name)).fields
                if field.severity == "quarantine"
            ]
            assert set(needed) <= {*(held.columns[n] for n in header if n in held.columns),
                                   *held.from_sender}  # fmt: skip


def test_each_trust_has_its_own_encoding(small_region):
    def starts(trust: str) -> bytes:
        return (small_region.folder / "inbox" / trust / "demographics.csv").read_bytes()

    assert starts("ZZ2").startswith(b"\xef\xbb\xbf")
    assert not starts("ZZ3").startswith(b"\xef\xbb\xbf")
    starts("ZZ3").decode("utf-8")
    with pytest.raises(UnicodeDecodeError):
        starts("ZZ1").decode("utf-8")
    assert any(ord(letter) > 127 for letter in starts("ZZ1").decode("cp1252"))


def test_large_files_of_the_second_trust_are_csv(tmp_path, monkeypatch):
    monkeypatch.setattr(pathway_files, "XLSX_ROWS", 10)
    written = write_region(tmp_path, referrals=200, seed=1)
    assert "ZZ2/pathways.csv" in written.rows


def test_blocks_make_no_gap_and_no_repeat(tmp_path, monkeypatch):
    monkeypatch.setattr(pathway_files, "BLOCK", 37)
    write_region(tmp_path, referrals=300, seed=2)
    truth = pd.read_parquet(tmp_path / "truth" / "pathways.parquet")
    for place, trust in enumerate(TRUSTS):
        written = set(column(tmp_path, place, "pathways", "patient_pathway_identifier"))
        assert written == set(truth.loc[truth["source"] == trust, "patient_pathway_identifier"])


def test_nothing_is_known_after_as_at_but_what_is_booked(small_region):
    last = pd.Timestamp(small_region.as_at)
    fields = load().schema("pathway_records").fields
    for place in range(3):
        for field in fields:
            if field.type == "date" and field.name != "extract_date":
                cells = pd.Series(column(small_region.folder, place, "pathways", field.name))
                days = pd.to_datetime(cells, format="mixed", dayfirst=False, errors="coerce")
                british = pd.to_datetime(cells, format="%d/%m/%Y", errors="coerce")
                days = british.where(british.notna(), days.where(~cells.str.contains("/")))
                assert not (days > last).any(), field.name
        at = pd.Series(column(small_region.folder, place, "milestones", "booked"))
        assert set(at) == {"true", "false"}


def test_both_names_of_a_renamed_column_are_filled_and_never_in_one_row(small_region):
    header, rows = rows_of(file_of(small_region.folder, "ZZ1", "pathways"), "cp1252")
    old, new = next(iter(RENAMED.items()))
    pairs = [(row[header.index(old)], row[header.index(new)]) for row in rows]
    filled = [tuple(cell not in ("", "NULL") for cell in pair) for pair in pairs]
    assert filled.count((True, True)) == 0
    assert min(filled.count((True, False)), filled.count((False, True))) > 100


def test_comments_hold_planted_identifiers_only_in_columns_that_are_dropped(small_region):
    dictionary = load()
    planted = 0
    for place, trust in enumerate(TRUSTS):
        held = dictionary.mapping(SYSTEMS[place].mapping).datasets["pathway_records"]
        header, rows = rows_of(
            file_of(small_region.folder, trust, "pathways"), SYSTEMS[place].encoding
        )
        for at, name in enumerate(header):
            spoken = sum(row[at].startswith("Spoke to ") for row in rows)
            assert not spoken or name in held.drop
            planted += spoken
    assert planted > 50


def test_nhs_numbers_are_of_the_test_range_valid_and_unique(small_region):
    persons = pd.read_parquet(small_region.folder / "truth" / "persons.parquet")
    numbers = persons["nhs_number"].astype("int64").to_numpy()
    assert persons["nhs_number"].is_unique
    assert ((numbers // 10_000_000) == 999).all()
    assert (check_digits(numbers // 10) == numbers % 10).all()


@pytest.mark.real_data
def test_real_areas_are_used_where_their_files_are_given(tmp_path, real_data):
    written = write_region(tmp_path, referrals=300, seed=1, geography=real_data / "geography")
    areas = pd.read_csv(tmp_path / "reference" / "small_areas.csv")
    index = pd.read_parquet(real_data / "geography" / "imd2025_england_lsoa21.parquet")
    joined = areas.merge(index, left_on="lsoa", right_on="lsoa21_code")
    assert written.real_areas
    assert len(joined) == len(areas) > 100
    assert (joined["imd_decile"] == joined["IMD_decile"]).all()


def test_invented_areas_bear_no_real_code(small_region):
    areas = pd.read_csv(small_region.folder / "reference" / "small_areas.csv")
    assert not small_region.real_areas
    assert areas["lsoa"].str.fullmatch("E99[0-9]{6}").all()
    assert areas["postcode_sector"].is_unique
    assert set(areas["imd_decile"]) == set(range(1, 11))


def test_arguments_out_of_range_are_refused_all_at_once(tmp_path):
    with pytest.raises(ParameterError) as refused:
        write_region(tmp_path, referrals=0, seed=-1, as_at=date(1900, 1, 1))
    assert len(refused.value.faults) == 3
    assert list(tmp_path.iterdir()) == []


def test_a_geography_folder_that_lacks_files_is_refused(tmp_path):
    with pytest.raises(InputError, match="lacks files"):
        write_region(tmp_path / "out", referrals=10, geography=tmp_path)
