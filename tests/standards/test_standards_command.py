"""`workbench standards`: the same rows whichever way the records come, and bad input refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import standards_reference as ref
from standards_cases import COLUMNS, DATES, Record, frame, many_records, plain

import workbench as wb
from workbench.cli.main import main
from workbench.engine import connect
from workbench.errors import InputError
from workbench.standards.checks import RANGES_LISTED
from workbench.standards.waits import KEY

RECORDS = many_records(400, seed=11)


def run(records: Path, out: Path, *more: str) -> int:
    return main(["standards", str(records), "--out", str(out), *more])


def csv_of(records: list[Record], path: Path) -> Path:
    frame(records).to_csv(path, index=False)
    return path


def as_text(waits: pd.DataFrame) -> pd.DataFrame:
    """Give a frame of waits as its CSV file would read, row by row."""
    text = waits.copy()
    for column in ("clock_start_date", "clock_stop_date"):
        text[column] = text[column].dt.strftime("%Y-%m-%d")
    for column in ("included", "within"):
        text[column] = text[column].astype("boolean").map({True: "true", False: "false"})
    text["wait_days"] = text["wait_days"].astype("Int64")
    text = text.astype("str").where(text.notna(), None)
    return text.astype(object).where(text.notna(), None)


@pytest.fixture(scope="module")
def by_command(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("command")
    out = folder / "waits.csv"
    assert run(csv_of(RECORDS, folder / "records.csv"), out, "--quiet") == 0
    waits = pd.read_csv(out, dtype="str", keep_default_na=False)
    return waits.astype(object).where(waits != "", None)


def typed_table() -> pa.Table:
    """Give the records as typed Parquet would hold them: dates, timestamps, whole numbers."""
    text = frame(RECORDS).apply(lambda column: column.str.strip()).replace("", None)
    typed = {"record_id": pa.array(text["record_id"])}
    for column in COLUMNS:
        values = pa.array(text[column], pa.string())
        if column in DATES:
            kind = pa.timestamp("us") if column == ref.SEEN else pa.date32()
            values = values.cast(pa.date32()).cast(kind)
        elif column in (ref.ADJ_SEEN, ref.ADJ_TREATED):
            values = values.cast(pa.int32())
        typed[column] = values
    return pa.table(typed)


def test_frame_gives_the_command_rows(by_command: pd.DataFrame) -> None:
    waits = wb.standards.waits(frame(RECORDS))
    pd.testing.assert_frame_equal(as_text(waits), by_command, check_dtype=False)


def test_typed_frame_gives_the_command_rows(by_command: pd.DataFrame) -> None:
    waits = wb.standards.waits(typed_table().to_pandas())
    pd.testing.assert_frame_equal(as_text(waits), by_command, check_dtype=False)


@pytest.mark.parametrize("threads", [1, 4])
def test_engine_table_gives_the_command_rows_in_any_order_on_any_threads(
    by_command: pd.DataFrame, threads: int
) -> None:
    con = connect(threads=threads)
    shuffled = frame(RECORDS).sample(frac=1, random_state=threads)
    table = con.create_table("mixed", pa.Table.from_pandas(shuffled, preserve_index=False))
    rows = con.to_pyarrow(wb.standards.waits(table).order_by(KEY)).to_pandas(date_as_object=False)
    pd.testing.assert_frame_equal(as_text(rows), by_command, check_dtype=False)


def test_parquet_in_and_out_gives_the_command_rows(
    by_command: pd.DataFrame, tmp_path: Path
) -> None:
    pq.write_table(typed_table(), tmp_path / "records.parquet")
    out = tmp_path / "waits.parquet"
    assert run(tmp_path / "records.parquet", out, "--quiet") == 0
    rows = pq.read_table(out).to_pandas(date_as_object=False)
    pd.testing.assert_frame_equal(as_text(rows), by_command, check_dtype=False)


def test_rows_are_sorted_by_code_point(by_command: pd.DataFrame) -> None:
    keys = by_command[["record_id", "standard", "provider"]].fillna("").to_numpy().tolist()
    assert keys == sorted(keys)
    assert {key[0][0] for key in keys} == {"a", "b", "Å"}


def test_row_numbers_stand_in_for_identifiers_and_sort_as_numbers(tmp_path: Path) -> None:
    records = frame([plain()] * 12).drop(columns="record_id")
    records.to_csv(tmp_path / "records.csv", index=False)
    assert run(tmp_path / "records.csv", tmp_path / "waits.csv", "--quiet") == 0
    ids = pd.read_csv(tmp_path / "waits.csv")["record_id"].drop_duplicates().tolist()
    assert ids == list(range(1, 13))
    assert wb.standards.waits(records)["record_id"].drop_duplicates().tolist() == ids


def test_absent_optional_columns_are_missing_and_unknown_ones_ignored(tmp_path: Path) -> None:
    wanted = ["record_id", ref.DECISION, ref.TREATED, ref.EVENT, ref.SITE_TREATED]
    records = frame([plain()])[wanted].assign(shoe_size="43")
    waits = wb.standards.waits(records).set_index("standard")
    assert waits["included"].to_dict() == {"31D": True, "62D": False, "FDS": False}
    assert waits.loc["62D", "exclusion_reason"] == "missing_dates"


def test_official_item_names_are_understood() -> None:
    records = frame([plain()]).rename(
        columns={
            ref.SOURCE: "SOURCE OF REFERRAL FOR OUT-PATIENTS",
            ref.CRTP: "CANCER REFERRAL TO TREATMENT PERIOD START DATE",
        }
    )
    assert wb.standards.waits(records)["included"].all()


def test_codes_that_come_as_numbers_keep_their_width() -> None:
    records = frame([plain(), plain(record_id="A2", **{ref.EVENT: None})])
    records[ref.EVENT] = [1.0, None]
    records[ref.PRIORITY] = 3
    waits = wb.standards.waits(records)
    assert waits.loc[waits["record_id"] == "A1", "included"].all()


def test_command_says_what_came_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = csv_of([plain(), plain(record_id="A2", **{ref.ICD: None})], tmp_path / "r.csv")
    assert run(records, tmp_path / "w.csv", "--json", "--as-at", "2025-12-31") == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["records"], facts["rows"], facts["as_at"]) == (2, 6, "2025-12-31")
    assert {
        "standard": "62D", "exclusion_reason": "missing_diagnosis", "records": 1,
        "weight": 0.0, "weight_within": 0.0,
    } in facts["outcomes"]  # fmt: skip
    assert facts["rules_version"] == "CWT-12.1"
    assert run(records, tmp_path / "w.csv") == 0
    told = capsys.readouterr().out
    assert "62D: 1.0 counted, 1.0 within, 100.0%" in told
    assert "Next: workbench " in told


def test_performance_is_the_weighted_count_by_month_trust_and_standard() -> None:
    waits = wb.standards.waits(frame(RECORDS))
    found = wb.standards.performance(waits)
    counted = waits[waits["included"]]
    expected = counted.groupby(["reporting_month", "provider", "standard"], as_index=False).agg(
        total=("weight", "sum"), within=("weight_within", "sum")
    )
    assert found[["total", "within"]].to_numpy().tolist() == (
        expected[["total", "within"]].to_numpy().tolist()
    )
    assert list(found.columns) == ["month", "provider", "standard", "total", "within", "share"]
    assert found["share"].between(0, 1).all()


# --- bad input ------------------------------------------------------------------------------


def refused(records: Path, capsys: pytest.CaptureFixture[str], *more: str, code: int = 11) -> str:
    out = records.parent / "out" / "waits.csv"
    assert run(records, out, *more) == code
    assert not out.exists()
    assert not list(records.parent.glob("**/.writing-*"))
    return capsys.readouterr().err


def test_no_clock_start_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = tmp_path / "records.csv"
    frame([plain()]).drop(columns=[ref.CRTP, ref.UPGRADE, ref.DECISION]).to_csv(
        records, index=False
    )
    told = refused(records, capsys)
    assert all(f"missing column: {name}" in told for name in (ref.CRTP, ref.UPGRADE, ref.DECISION))


def test_every_cell_that_cannot_be_parsed_is_listed_without_its_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = frame([plain(record_id=f"Q{n}") for n in range(9)])
    cells.loc[0, ref.CRTP] = "2025-02-30"
    cells.loc[1, ref.CRTP] = "2025-1-3"
    cells.loc[2, ref.TREATED] = "epoch"
    cells.loc[3, ref.TRANSFER] = "2025-01-01 00:00"
    cells.loc[4, ref.ADJ_SEEN] = "6.5"
    cells.loc[5, ref.ADJ_TREATED] = "1e1"
    cells.loc[7, "record_id"] = " Q8 "
    cells.loc[6, "record_id"] = " "
    records = tmp_path / "records.csv"
    cells.to_csv(records, index=False)
    told = refused(records, capsys)
    for line in (
        f"column {ref.CRTP}: not a real date written YYYY-MM-DD in 2 rows: 1-2",
        f"column {ref.TREATED}: not a real date written YYYY-MM-DD in 1 row: 3",
        f"column {ref.TRANSFER}: not a real date written YYYY-MM-DD in 1 row: 4",
        f"column {ref.ADJ_SEEN}: not a whole number of days in 1 row: 5",
        f"column {ref.ADJ_TREATED}: not a whole number of days in 1 row: 6",
        "column record_id: blank in 1 row: 7",
        "column record_id: the same as another row's in 2 rows: 8-9",
    ):
        assert line in told
    for value in ("2025-02-30", "epoch", "6.5", "1e1", "Q8"):
        assert value not in told


def test_every_row_of_a_fault_is_listed_as_ranges(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [
        plain(record_id=str(n), **({ref.CRTP: "soon"} if n < 400 or n == 511 else {}))
        for n in range(600)
    ]
    records = csv_of(bad, tmp_path / "records.csv")
    assert "in 401 rows: 1-400, 512\n" in refused(records, capsys)
    assert run(records, tmp_path / "waits.csv", "--json") == 11
    assert json.loads(capsys.readouterr().out)["details"] == [
        {
            "column": ref.CRTP,
            "rule": "not a real date written YYYY-MM-DD",
            "count": 401,
            "rows": [[1, 400], [512, 512]],
        }
    ]


def test_ranges_beyond_what_a_reader_can_use_are_counted_and_given_to_programs() -> None:
    bad = frame([plain(record_id=str(n)) for n in range(2 * RANGES_LISTED + 20)])
    bad.loc[::2, ref.CRTP] = "soon"
    with pytest.raises(InputError) as caught:
        wb.standards.waits(bad)
    assert "and 10 more (--json" in caught.value.faults[0]
    (detail,) = caught.value.details
    assert detail["rows"] == [[n, n] for n in range(1, len(bad) + 1, 2)]


def test_columns_that_are_not_used_may_be_nameless_or_share_a_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plainly = csv_of([plain()], tmp_path / "plain.csv")
    header, row = plainly.read_text(encoding="utf-8").splitlines()
    records = tmp_path / "records.csv"
    records.write_text(f"{header},note,Note,,\n{row},1,2,,\n", encoding="utf-8")
    for path in (plainly, records):
        assert run(path, path.with_suffix(".out.csv"), "--quiet") == 0
    written = [path.with_suffix(".out.csv").read_bytes() for path in (plainly, records)]
    assert written[0] == written[1]
    records.write_text(f"{header},record_id\n{row},A2\n", encoding="utf-8")
    assert "have the same name" in refused(records, capsys)


def test_a_place_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = csv_of([plain()], tmp_path / "records.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "folder.csv", tmp_path / "file" / "waits.csv"):
        assert run(records, out) == 2
        assert f"{out} cannot be written" in capsys.readouterr().err


def test_a_folder_and_a_wrong_workspace_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    records = csv_of([plain()], tmp_path / "records.csv")
    assert run(records, tmp_path / "waits.csv", "--workspace", str(tmp_path / "none")) == 10
    assert not (tmp_path / "waits.csv").exists()
    monkeypatch.chdir(tmp_path)
    assert run(Path(), Path("waits.csv")) == 11
    assert ".: is a folder" in capsys.readouterr().err


def test_the_next_command_names_the_workspace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    csv_of([plain()], tmp_path / "r.csv")
    (tmp_path / "my place").mkdir()
    assert run(Path("r.csv"), Path("w.csv")) == 0
    assert capsys.readouterr().out.endswith("Next: workbench validate w.csv --as waits\n")
    assert run(Path("r.csv"), Path("w.csv"), "--workspace", "my place") == 0
    told = capsys.readouterr().out
    assert told.endswith("Next: workbench validate w.csv --as waits --workspace 'my place'\n")


def test_codes_that_lost_a_zero_are_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [plain(), plain(record_id="A2", **{ref.EVENT: "1"})]
    assert run(csv_of(records, tmp_path / "r.csv"), tmp_path / "w.csv") == 0
    told = capsys.readouterr().out
    assert f"Note: {ref.EVENT} has one digit in 1 record; its codes have two" in told
    assert told.count("one digit") == 1


def test_its_own_output_is_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = [
        record
        for record in RECORDS
        if record[ref.SITE_SEEN] != "R"  # a site with no Trust's code
    ]
    assert any(int((record[ref.ADJ_SEEN] or "0").strip()) < 0 for record in whole)
    shortened = plain(record_id="short", **{ref.SITE_TREATED: "r", ref.MODALITY: "98"})
    out = tmp_path / "waits.csv"
    assert run(csv_of([*whole, shortened], tmp_path / "r.csv"), out, "--quiet") == 0
    assert main(["validate", str(out), "--as", "waits", "--json"]) == 0
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert faults
    assert {rule: count for rule, count in faults.items() if count} == {}


@pytest.mark.parametrize("name", ["records.csv", "records.parquet"])
@pytest.mark.parametrize("content", [b"", b"\x00\x01\xfe\xff" * 500, b"PAR1 not really"])
def test_empty_and_binary_files_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes
) -> None:
    records = tmp_path / name
    records.write_bytes(content)
    assert name in refused(records, capsys)


def test_truncated_files_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = csv_of(RECORDS, tmp_path / "whole.csv").read_bytes()
    (tmp_path / "records.csv").write_bytes(whole[: len(whole) // 2 - 60])
    refused(tmp_path / "records.csv", capsys)
    pq.write_table(typed_table(), tmp_path / "whole.parquet")
    packed = (tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "records.parquet").write_bytes(packed[: len(packed) // 2])
    refused(tmp_path / "records.parquet", capsys)


def test_columns_of_the_wrong_type_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moments = pa.array([date(2025, 1, 1)], pa.date32()).cast(pa.timestamp("us", "Europe/London"))
    table = pa.table({ref.CRTP: moments, ref.EVENT: [True], ref.DECISION: [20250101]})
    pq.write_table(table, tmp_path / "records.parquet")
    told = refused(tmp_path / "records.parquet", capsys)
    assert all(f"column {name}: its type" in told for name in (ref.CRTP, ref.EVENT, ref.DECISION))


def test_an_item_given_twice_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = tmp_path / "records.csv"
    frame([plain()]).assign(DateFirstSeen="2025-01-01").to_csv(records, index=False)
    assert ref.SEEN in refused(records, capsys)


def test_unknown_rules_and_a_wrong_date_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = csv_of([plain()], tmp_path / "records.csv")
    rules = tmp_path / "rules.yaml"
    rules.write_text("handover: 40\nexclude_in_situ: maybe\n", encoding="utf-8")
    told = refused(records, capsys, "--rules", str(rules), code=10)
    assert "'handover' is not a rule; did you mean 'handover_days'?" in told
    assert "'exclude_in_situ' must be true or false" in told
    refused(records, capsys, "--as-at", "31/03/2025", code=10)


def test_an_output_of_no_known_kind_is_refused_before_any_work(tmp_path: Path) -> None:
    records = csv_of([plain()], tmp_path / "records.csv")
    assert run(records, tmp_path / "waits.xlsx") == 2
    assert run(records, records) == 2
    assert records.read_text(encoding="utf-8").startswith("record_id")


def test_a_file_with_a_header_alone_gives_a_header_alone(tmp_path: Path) -> None:
    records = csv_of([], tmp_path / "records.csv")
    assert run(records, tmp_path / "waits.csv", "--quiet") == 0
    lines = (tmp_path / "waits.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("record_id,standard,treatment_stage")
