"""`workbench validate` from outside: exit codes, fault file, and no cell in any of it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from workbench.cli.main import main
from workbench.dictionary import load

PLANTED = "9434765919"
"""A real-looking identifier that no output may hold."""


def _proms(rows: int = 4) -> pd.DataFrame:
    """Clean rows of the shipped PROMs dataset, from its own description."""
    schema = load().schema("proms")
    values: dict[str, object] = {"eq5d5l_index": "0.5", "eq5d5l_value_set": "England"}
    for field in schema.fields:
        if field.codes:
            values[field.name] = load().code_list(field.codes).codes[0].code
        elif field.name in schema.primary_key or field.constraints.required:
            values[field.name] = (
                "2024-05-01" if field.type == "date" else [f"R{n:02d}" for n in range(rows)]
            )
    return pd.DataFrame(values, dtype="str")


def _write(folder: Path, frame: pd.DataFrame, name: str = "proms.csv") -> Path:
    path = folder / name
    frame.to_csv(path, index=False)
    return path


def _run(*words: str | Path) -> int:
    return main(["validate", *map(str, words), "--as", "proms"])


def _date_column() -> str:
    return next(field.name for field in load().schema("proms").fields if field.type == "date")


def _code_column() -> str:
    return next(field.name for field in load().schema("proms").fields if field.codes)


def test_a_sound_file_exits_0_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(_write(tmp_path, _proms())) == 0
    said = capsys.readouterr().out
    assert "4 rows held against 'proms'" in said
    assert "No row would be quarantined." in said
    assert "Quality score:" in said


def test_faults_are_written_by_row_and_rule_and_exit_14(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = _proms()
    frame.loc[2, _date_column()] = PLANTED
    frame.loc[1, _code_column()] = f"<script>{PLANTED}</script>"
    out = tmp_path / "faults.csv"
    assert _run(_write(tmp_path, frame), "--out", out) == 14
    said = capsys.readouterr()
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert [(r["file"], r["row"], r["column"], r["rule"], r["severity"]) for r in rows] == [
        ("proms.csv", "2", _code_column(), f"{_code_column()}.code", "flag"),
        ("proms.csv", "3", _date_column(), f"{_date_column()}.type", "quarantine"),
    ]
    assert "Rows that would be quarantined: 1 of 4." in said.out
    for text in (said.out, said.err, out.read_text(encoding="utf-8")):
        assert PLANTED not in text
        assert "<script>" not in text


def test_json_summary_holds_counts_and_scores(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = _proms()
    frame.loc[0, _code_column()] = "nonsense"
    assert _run(_write(tmp_path, frame), "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["rows"] == 4
    assert facts["faults"][f"{_code_column()}.code"] == 1
    assert facts["items"][_code_column()] == 0.75
    assert 0 < facts["quality"] < 100


def test_csv_parquet_and_xlsx_give_the_same_faults(tmp_path: Path) -> None:
    frame = _proms()
    frame.loc[1, _date_column()] = "2024-13-01"
    kinds = ("csv", "parquet", "xlsx")
    frame.to_csv(tmp_path / "p.csv", index=False)
    frame.to_parquet(tmp_path / "p.parquet")
    frame.to_excel(tmp_path / "p.xlsx", index=False, engine="xlsxwriter")
    for kind in kinds:
        assert _run(tmp_path / f"p.{kind}", "--out", tmp_path / f"{kind}.csv", "--quiet") == 14
    texts = {
        (tmp_path / f"{kind}.csv").read_text("utf-8").replace(f"p.{kind}", "p") for kind in kinds
    }
    assert len(texts) == 1
    assert _run(tmp_path / "p.csv", "--out", tmp_path / "f.parquet", "--quiet") == 14
    assert len(pd.read_parquet(tmp_path / "f.parquet")) == 1


def test_a_renamed_column_is_named_with_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    required = next(f.name for f in load().schema("proms").fields if f.constraints.required)
    path = _write(tmp_path, _proms().rename(columns={required: required.upper() + "S"}))
    assert _run(path, "--out", tmp_path / "f.csv") == 11
    assert f"'{required}' is missing; is it '{required.upper()}S'?" in capsys.readouterr().err
    assert not (tmp_path / "f.csv").exists()


def test_every_missing_column_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    required = [f.name for f in load().schema("proms").fields if f.constraints.required]
    assert _run(_write(tmp_path, _proms().drop(columns=required[:2]))) == 11
    said = capsys.readouterr().err
    assert all(f"column '{name}' is missing" in said for name in required[:2])
    assert required[2] not in said


def test_columns_that_nothing_looks_at_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _write(tmp_path, _proms().assign(shoe_size=PLANTED, **{"\x1b[31mred\nline": "x"}))
    assert _run(path) == 0
    said = capsys.readouterr().out
    assert "2 columns not in the dataset and not looked at:" in said
    assert "shoe_size, ?[31mred?line" in said
    assert "\x1b" not in said
    assert PLANTED not in said


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_cells_separated_by_another_mark_are_told(
    mark: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "proms.csv"
    _proms().assign(note=PLANTED).to_csv(path, index=False, sep=mark)
    assert _run(path) == 11
    said = capsys.readouterr().err
    assert f"separated by {word}, not commas" in said
    assert PLANTED not in said


def test_a_folder_and_a_workbook_of_empty_sheets_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "month.csv").mkdir()
    assert _run(tmp_path / "month.csv") == 11
    assert "is a folder, not a file" in capsys.readouterr().err
    with pd.ExcelWriter(tmp_path / "book.xlsx", engine="xlsxwriter") as book:
        for sheet in ("January", "February"):
            pd.DataFrame().to_excel(book, sheet_name=sheet, index=False)
    assert _run(tmp_path / "book.xlsx") == 11
    assert "every sheet is empty" in capsys.readouterr().err
    assert _run(tmp_path / "none.csv") == 11
    assert "no such file" in capsys.readouterr().err


def test_a_truncated_workbook_and_parquet_file_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = _proms().assign(note=PLANTED)
    frame.to_excel(tmp_path / "p.xlsx", index=False, engine="xlsxwriter")
    frame.to_parquet(tmp_path / "p.parquet")
    for path in (tmp_path / "p.xlsx", tmp_path / "p.parquet"):
        path.write_bytes(path.read_bytes()[:-40])
        assert _run(path, "--out", tmp_path / "f.csv") == 11
        said = capsys.readouterr().err
        assert path.name in said
        assert "cannot be read as" in said
        assert PLANTED not in said
    assert not (tmp_path / "f.csv").exists()


def test_scores_below_full_marks_are_listed_worst_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = _proms()
    frame.loc[0, _code_column()] = "nonsense"
    frame["eq5d5l_index"] = None
    assert _run(_write(tmp_path, frame)) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    scores = [line for line in lines if line[0] in {"0.0", "75.0"} and len(line) == 2]
    assert scores == [["0.0", "eq5d5l_index"], ["75.0", _code_column()]]


def test_a_file_of_no_rows_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(_write(tmp_path, _proms(0))) == 0
    assert "no rows" in capsys.readouterr().out


@pytest.mark.parametrize(
    "damage",
    [
        lambda good: b"",
        lambda good: good + f"{PLANTED},1\n".encode(),
        lambda good: good + b'"' + PLANTED.encode(),
        lambda good: good + PLANTED.encode() + b"\xe9\n",
        lambda good: good + b"\x00" + PLANTED.encode(),
        lambda good: good + PLANTED.encode() * 500_000,
        lambda good: b"<html>" + PLANTED.encode(),
        lambda good: good.decode().encode("utf-16"),
        lambda good: PLANTED.encode() + b",a\n1,2\n",
        lambda good: b"PK\x03\x04" + good,
    ],
)
def test_an_unreadable_file_exits_11_and_shows_no_cell(
    damage: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _write(tmp_path, _proms())
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert _run(path, "--out", tmp_path / "faults.csv") == 11
    said = capsys.readouterr()
    assert "proms.csv" in said.err
    assert PLANTED not in said.err + said.out
    assert [file.name for file in tmp_path.iterdir()] == ["proms.csv"]


def test_unknown_dataset_and_overwriting_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _write(tmp_path, _proms())
    before = path.read_bytes()
    assert main(["validate", str(path), "--as", "promes"]) == 10
    assert "Did you mean 'proms'?" in capsys.readouterr().err
    assert _run(path, "--out", path) == 10
    assert path.read_bytes() == before
    assert _run(path, "--out", tmp_path / "faults.txt") == 2
