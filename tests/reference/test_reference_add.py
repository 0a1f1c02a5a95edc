"""Official files are recognised, checked and kept; what cannot be right is refused whole."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from workbench import reference
from workbench.cli.main import main
from workbench.engine import connect
from workbench.errors import InputError, ParameterError, UsageError
from workbench.reference.kinds import Kind
from workbench.reference.recognise import recognised
from workbench.shipped import shipped


@pytest.fixture(scope="module")
def kinds() -> dict[str, Kind]:
    return reference.load_kinds(shipped("data_dictionary"))


def index(count: int = 40) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "LSOA code (2021)": [f"E0100{place:04d}" for place in range(count)],
            "LSOA name (2021)": "somewhere",
            "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)": [
                f"{place + 1:,}" for place in range(count)
            ],
            "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)": [
                place % 10 + 1 for place in range(count)
            ],
        }
    )


def write(frame: pd.DataFrame, path: Path) -> Path:
    frame.to_csv(path, index=False)
    return path


def test_every_kind_says_what_it_is_for_and_where_from(kinds: dict[str, Kind]) -> None:
    assert {"imd", "lsoa_2011_2021", "lsoa_icb", "cancer_alliance", "trusts"} <= set(kinds)
    assert {"trust_successors", "trust_icb", "ethnicity", "population"} <= set(kinds)
    for kind in kinds.values():
        assert kind.purpose.endswith(".")
        for layout in kind.layouts:
            assert layout.source
            assert layout.licence
            assert layout.headings or layout.positions


def test_a_part_is_kept_only_if_meant(tmp_path: Path, kinds: dict[str, Kind]) -> None:
    file = write(index(), tmp_path / "File_7.csv")
    with pytest.raises(InputError, match="cannot be right") as refused:
        reference.add(tmp_path, file, "imd", kinds)
    assert "33,755" in refused.value.faults[0]
    assert not (tmp_path / "reference").exists()
    entry = reference.add(tmp_path, file, "imd", kinds, part=True)
    assert (entry.vintage, entry.boundaries, entry.whole) == ("2025", "2021", False)
    assert entry.status == "unconfirmed"
    table = pd.read_parquet(tmp_path / "reference" / "imd" / "2025.parquet")
    assert table["imd_rank"].tolist() == list(range(1, 41))
    assert set(table["lsoa_vintage"]) == {"2021"}
    assert set(table["imd_version"]) == {"IMD2025"}


def test_a_workbook_with_notes_above_and_before_is_read(
    tmp_path: Path, kinds: dict[str, Kind]
) -> None:
    frame = index()
    with xlsxwriter.Workbook(str(tmp_path / "file.xlsx")) as book:
        book.add_worksheet("Notes").write(0, 0, "Read me")
        sheet = book.add_worksheet("IMD")
        sheet.write(0, 0, "Indices of Deprivation")
        sheet.write_row(3, 0, list(frame.columns))
        for place, row in enumerate(frame.itertuples(index=False), start=4):
            sheet.write_row(place, 0, list(row))
    entry = reference.add(tmp_path, tmp_path / "file.xlsx", "imd", kinds, part=True)
    by_csv = reference.add(
        tmp_path / "b", write(frame, tmp_path / "file.csv"), "imd", kinds, part=True
    )
    both = [tmp_path / "reference" / entry.stored, tmp_path / "b" / "reference" / by_csv.stored]
    assert both[0].read_bytes() == both[1].read_bytes()


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (0, "W01000001", "not of the form"),
        (0, "E01 0001", "not of the form"),
        (2, "many", "not a whole number"),
        (3, "11", "above 10"),
        (3, "0", "below 1"),
        (3, "2.5", "not a whole number"),
        (3, None, "blank"),
    ],
)
def test_a_cell_that_cannot_be_right_is_refused_unshown(
    tmp_path: Path, kinds: dict[str, Kind], column: int, value: str | None, said: str
) -> None:
    frame = index().astype(object)
    frame.iloc[7, column] = value
    with pytest.raises(InputError, match="cannot be right") as refused:
        reference.add(tmp_path, write(frame, tmp_path / "f.csv"), "imd", kinds, part=True)
    assert any(said in fault and "1 rows" in fault for fault in refused.value.faults)
    assert value is None or not any(f"'{value}'" in fault for fault in refused.value.faults)
    assert not (tmp_path / "reference").exists()


def test_all_faults_are_told_at_once(tmp_path: Path, kinds: dict[str, Kind]) -> None:
    frame = index().astype(object)
    frame.iloc[0, 0], frame.iloc[1, 3] = "nowhere", 12
    frame = pd.concat([frame, frame.tail(1)])
    with pytest.raises(InputError) as refused:
        reference.add(tmp_path, write(frame, tmp_path / "f.csv"), "imd", kinds, part=True)
    assert len(refused.value.faults) == 3


def test_another_kind_is_named(tmp_path: Path, kinds: dict[str, Kind]) -> None:
    with pytest.raises(InputError) as refused:
        reference.add(tmp_path, write(index(), tmp_path / "f.csv"), "lsoa_icb", kinds)
    assert "--as imd" in refused.value.remedy


def test_vintage_is_asked_for_or_must_agree(tmp_path: Path, kinds: dict[str, Kind]) -> None:
    trusts = pd.DataFrame({"Organisation Code": ["R0A"], "Name": ["A TRUST"]})
    file = write(trusts, tmp_path / "etr.csv")
    with pytest.raises(UsageError, match="which issue"):
        reference.add(tmp_path, file, "trusts", kinds)
    with pytest.raises(UsageError, match="vintage"):
        reference.add(tmp_path, file, "trusts", kinds, vintage="last week")
    assert reference.add(tmp_path, file, "trusts", kinds, vintage="2025-04").rows == 1
    file = write(index(), tmp_path / "i.csv")
    with pytest.raises(InputError, match="cannot be right"):
        reference.add(tmp_path, file, "imd", kinds, vintage="2019", part=True)


def test_the_catalogue_replaces_and_repeats_to_the_byte(
    tmp_path: Path, kinds: dict[str, Kind]
) -> None:
    file = write(index(), tmp_path / "f.csv")
    reference.add(tmp_path, file, "imd", kinds, part=True)
    catalogue = tmp_path / "reference" / "reference.json"
    first = catalogue.read_bytes()
    reference.add(tmp_path, file, "imd", kinds, part=True)
    assert catalogue.read_bytes() == first
    write(index(30), file)
    reference.add(tmp_path, file, "imd", kinds, part=True)
    assert [entry.rows for entry in reference.held(tmp_path)] == [30]


@given(st.permutations(range(4)), st.booleans())
def test_layout_is_known_whatever_the_order_of_columns(order: list[int], capitals: bool) -> None:
    kinds = reference.load_kinds(shipped("data_dictionary"))
    names = [index(1).columns[place] for place in order]
    header = [name.upper() if capitals else f" {name} " for name in names]
    found = recognised(kinds["imd"], header)
    assert found is not None
    assert found.vintage == "2025"
    assert names[found.places["lsoa"]] == "LSOA code (2021)"


def test_the_latest_year_in_a_heading_is_taken(kinds: dict[str, Kind]) -> None:
    found = recognised(kinds["lsoa_icb"], ["LSOA21CD", "ICB23CD", "ICB24CD"])
    assert found is not None
    assert (found.vintage, found.places["icb_code"]) == ("2024", 2)


def test_ages_become_rows(tmp_path: Path, kinds: dict[str, Kind]) -> None:
    wide = pd.DataFrame({"lsoa11_code": ["E01000001"], "0": [12.0], "1": [9.0], "90+": [3.0]})
    entry = reference.add(tmp_path, write(wide, tmp_path / "p.csv"), "population", kinds, part=True)
    table = pd.read_parquet(tmp_path / "reference" / entry.stored)
    assert table[["age", "people"]].to_numpy().tolist() == [[0, 12], [1, 9], [90, 3]]


def test_a_broken_layout_file_lists_its_faults(tmp_path: Path) -> None:
    (tmp_path / "references.yaml").write_text("references: [{kind: x, strange: 1}]\n")
    with pytest.raises(ParameterError) as refused:
        reference.load_kinds(tmp_path)
    assert any("strange" in fault for fault in refused.value.faults)


def records(vintage: str | None) -> pd.DataFrame:
    return pd.DataFrame(
        {"record_id": ["a", "b", "c"], "lsoa": ["E01000001", None, "E01999999"]}
    ).assign(lsoa_vintage=vintage)


def small_index(vintage: str) -> pa.Table:
    index = {"lsoa": ["E01000001"], "imd_decile": [3], "imd_version": ["IMD"]}
    return pa.table({**index, "lsoa_vintage": [vintage]})


def test_join_keeps_every_record_once() -> None:
    con = connect()
    joined = (
        reference.join_imd(
            con.create_table("r", pa.Table.from_pandas(records("2021"))),
            con.create_table("i", small_index("2021")),
        )
        .to_pyarrow()
        .to_pandas()
    )
    assert sorted(joined["record_id"]) == ["a", "b", "c"]
    deciles = joined.set_index("record_id")["imd_decile"]
    assert deciles["a"] == 3
    assert deciles[["b", "c"]].isna().all()


@pytest.mark.parametrize(("vintage", "said"), [("2011", "2011 boundaries"), (None, "do not say")])
def test_join_refuses_other_boundaries(vintage: str | None, said: str) -> None:
    con = connect()
    frame = records(vintage).astype("str").where(records(vintage).notna())
    with pytest.raises(InputError) as refused:
        reference.join_imd(
            con.create_table("r", pa.Table.from_pandas(frame)),
            con.create_table("i", small_index("2021")),
        )
    assert said in refused.value.faults[0]
    assert "2 records" in refused.value.faults[0]
    assert "E01" not in str(refused.value)


def test_the_newest_index_on_the_boundaries_asked_for_is_given(
    tmp_path: Path, kinds: dict[str, Kind]
) -> None:
    con = connect()
    assert reference.deprivation(con, tmp_path, "2021") is None
    reference.add(tmp_path, write(index(), tmp_path / "f.csv"), "imd", kinds, part=True)
    assert reference.deprivation(con, tmp_path, "2011") is None
    found = reference.deprivation(con, tmp_path, "2021")
    assert found is not None
    assert found.count().to_pyarrow().as_py() == 40


def test_command_adds_lists_and_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(write(index(), tmp_path / "f.csv"))
    here = ["--workspace", str(tmp_path)]
    assert main(["reference", "add", file, "--as", "imd", "--part", *here]) == 0
    assert "What it is for" in capsys.readouterr().out
    assert main(["reference", "list", "--json", *here]) == 0
    held = json.loads(capsys.readouterr().out)["references"]
    assert [entry["kind"] for entry in held] == ["imd"]
    assert len(held[0]["sha256"]) == 64
    assert main(["reference", "kinds", *here]) == 0
    assert "--as cancer_alliance" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["add"], 2),
        (["add", "absent.csv", "--as", "imd"], 11),
        (["add", "absent.csv", "--as", "imds"], 2),
        (["list", "--as", "imd"], 2),
    ],
)
def test_command_refuses_with_its_exit_code(
    tmp_path: Path, words: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reference", *words, "--workspace", str(tmp_path)]) == code
    assert "Traceback" not in capsys.readouterr().err
