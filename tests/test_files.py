"""Files are read whole or refused, by line and never by value; written whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from workbench.engine import connect
from workbench.errors import InputError, UsageError
from workbench.files import read_table, reading, sha256, write_table, written_whole

SECRET = "9434765919"


def _read(tmp_path: Path, data: bytes, name: str = "in.csv") -> list[dict[str, str | None]]:
    path = tmp_path / name
    path.write_bytes(data)
    return list(read_table(connect(), path).to_pyarrow().to_pylist())


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"a,b\n01,2\n", [{"a": "01", "b": "2"}]),
        (b"\xef\xbb\xbfa,b\n1,\n", [{"a": "1", "b": None}]),
        (b'a,b\r\n"x, ""y""\r\nz",""\r\n', [{"a": 'x, "y"\r\nz', "b": None}]),
        (b'a,b\r\n"x\ny",2\r\n', [{"a": "x\ny", "b": "2"}]),
        (b"a,b\r1,2\r", [{"a": "1", "b": "2"}]),
        (b"a,b\n1,2", [{"a": "1", "b": "2"}]),
        (b"a,b\n\n1,2\n\n", [{"a": "1", "b": "2"}]),
        (b"a,b\n#1, 2 \n", [{"a": "#1", "b": " 2 "}]),
        (b"a,b\n<p>,NULL\n", [{"a": "<p>", "b": "NULL"}]),
        (b"a,b\n", []),
        ("a,é\nñ,𝒳\n".encode(), [{"a": "ñ", "é": "𝒳"}]),
    ],
)
def test_csv_cells_come_as_they_stand(
    data: bytes, rows: list[dict[str, str | None]], tmp_path: Path
) -> None:
    assert _read(tmp_path, data) == rows


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "header line cannot be used"),
        (b"a,b\n1,2\n9434765919\n", "line 3 has 1 cells where the header has 2"),
        (b"a,b\n1,2\n1,9434765919,3\n", "line 3 has 3 cells where the header has 2"),
        (b'a,b\n1,"9434765919\n', "line 2 has a quoted cell that does not end"),
        (b'a,b\n1,"2"9434765919\n', "line 2"),
        (b"a,b\r\n1,2\r\n9434765919,2\n3,4\r\n", "more than one way"),
        (b"a,b\n1,2\n9434765919,caf\xe9\n", "line 3 is not UTF-8"),
        (b"a,b\n9434765919,\xc3", "line 2 is not UTF-8"),
        (b"a,b\n9434765919,\x00\n", "line 2 holds a NUL byte"),
        (b"\xff\xfea\x00,\x00", "UTF-16"),
        (b"a,b\n1," + b"9434765919" * 150_000 + b"\n", "line 2 is longer than 1,000,000 bytes"),
        (b"a,b\n1," + b"9434765919" * 700_000 + b"\n1,2\n", "line 2 is longer than"),
        (b"9434765919" * 700_000, "line 1 is longer than"),
        (b"a,b,A\n1,2,9434765919\n", "columns 1, 3 have the same name"),
        (b"a,,c\n1,2,9434765919\n", "column 2 has no name"),
        (b"\n  <!DOCTYPE html><p>9434765919", "page of HTML"),
        (b"PK\x03\x049434765919", "workbook or an archive"),
        (b"PAR19434765919", "Parquet file"),
        (b"\x1f\x8b9434765919", "gzip"),
    ],
)
def test_unusable_csv_is_refused_without_a_value(data: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        _read(tmp_path, data)
    assert says in str(refused.value)
    assert "in.csv" in str(refused.value)
    assert refused.value.remedy
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_a_line_number_far_into_the_file_is_right(tmp_path: Path) -> None:
    lines = [f"{n},x\n" for n in range(300_000)]
    lines[250_000] = "1,caf\xe9\n"
    with pytest.raises(InputError, match="line 250002 is not UTF-8"):
        _read(tmp_path, b"a,b\n" + "".join(lines).encode("latin-1"))
    lines[250_000] = "1\n"
    with pytest.raises(InputError, match="line 250002 has 1 cells"):
        _read(tmp_path, b"a,b\n" + "".join(lines).encode())


@pytest.mark.parametrize("name", ["in.parquet", "in.xlsx"])
def test_junk_of_other_kinds_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read") as refused:
        _read(tmp_path, b"PAR1 " + SECRET.encode(), name)
    assert SECRET not in str(refused.value)


def test_a_truncated_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    pd.DataFrame({"a": ["x"] * 1000}).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="cannot be read as PARQUET"):
        read_table(connect(), path)


def test_absent_files_and_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_table(connect(), tmp_path / "none.csv")
    with pytest.raises(UsageError, match=r"'\.txt' is not a kind"):
        _read(tmp_path, b"a\n1\n", "in.txt")


def test_a_workbook_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    days = pd.to_datetime(["2024-02-29", None])
    frame = pd.DataFrame({"code": ["01", None], "day": days, "n": [3, 4], "x": [0.5, 2.0]})
    frame.assign(yes=[True, False]).to_excel(path, index=False, engine="xlsxwriter")
    assert read_table(connect(), path).to_pyarrow().to_pylist() == [
        {"code": "01", "day": "2024-02-29", "n": "3", "x": "0.5", "yes": "true"},
        {"code": None, "day": None, "n": "4", "x": "2", "yes": "false"},
    ]


def test_a_lazy_read_fails_inside_reading_without_the_line(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(f"a,b\n1,2\n{SECRET}\n".encode())
    table = read_table(connect(), path, whole=False)
    with pytest.raises(InputError, match="line 3") as refused, reading(path):
        table.to_pyarrow()
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_what_is_written_is_read_back(ending: str, tmp_path: Path) -> None:
    con = connect()
    (tmp_path / "in.csv").write_bytes(b'a,b\n01,"x, y"\n,2\n')
    table = read_table(con, tmp_path / "in.csv")
    write_table(table, tmp_path / f"out{ending}")
    assert read_table(con, tmp_path / f"out{ending}").to_pyarrow() == table.to_pyarrow()
    with pytest.raises(UsageError):
        write_table(table, tmp_path / "out.txt")


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    def write_and_fail() -> None:
        with written_whole(path) as draft:
            draft.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "out.csv", tmp_path / "folder"):
        with (
            pytest.raises(UsageError, match="cannot be written: ") as refused,
            written_whole(path) as draft,
        ):
            draft.write_text("new")
        assert refused.value.remedy
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_columns_that_are_not_used_need_no_name_of_their_own(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"in{ending}"
    header, row = ["a", "", "b", "B", ""], ["1", "2", "3", "4", "5"]
    if ending == ".csv":
        path.write_text(f"{','.join(header)}\n{','.join(row)}\n", encoding="utf-8")
    else:
        sheet = pd.DataFrame([header, row])
        sheet.to_excel(path, index=False, header=False, engine="xlsxwriter")
    table = read_table(connect(), path, used=lambda name: name == "a")
    assert table.select("a").to_pyarrow().to_pylist() == [{"a": "1"}]
    with pytest.raises(InputError, match="columns 3, 4 have the same name"):
        read_table(connect(), path, used=lambda name: name in {"b", "B"})


def test_digest(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert sha256(tmp_path / "x") == hashlib.sha256(b"abc").hexdigest()
