"""What a file that someone sent is looked at for, before an engine opens it.

An engine's own messages quote the offending line, which may hold a patient's
details; so what can be told beforehand is told here, by file, line and column
number, and never by value.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from workbench.errors import InputError

MAX_LINE_BYTES = 1_000_000
"""A longer line is no row of an extract: its largest free-text item has 255 characters."""

_BLOCK_BYTES = 1 << 20
_AGAIN = "Export it again as CSV, UTF-8, with commas and one header line."
_SIGNATURES = {
    b"PK\x03\x04": "is a workbook or an archive, not text",
    b"\xd0\xcf\x11\xe0": "is an old Office document, not text",
    b"PAR1": "is a Parquet file, not text",
    b"\x1f\x8b": "is compressed with gzip",
    b"%PDF": "is a PDF document, not text",
    b"age-encryption.org": "is encrypted with age",
    b"\xff\xfe": "is UTF-16, not UTF-8",
    b"\xfe\xff": "is UTF-16, not UTF-8",
}


def csv_header(path: Path, used: Callable[[str], bool] | None = None) -> list[str]:
    """Column names of a CSV file, after checking that it is one.

    Parameters
    ----------
    path : Path
        An existing file.
    used : callable, optional
        Whether the caller uses a column of this name: others that are nameless or share
        a name are called after their place, ``unused column 7``. All are used by default.

    Raises
    ------
    InputError
        The file is not text in UTF-8, has a line longer than `MAX_LINE_BYTES`, is a
        page of HTML, or its header has a name twice or a nameless column that is used.
    """
    _refuse_other_kinds(path)
    _refuse_unless_utf8_lines(path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        try:
            names = next(csv.reader(stream, strict=True), [])
        except csv.Error:
            raise InputError(
                f"{path.name}: the header line cannot be read as CSV.", remedy=_AGAIN
            ) from None
    return _usable_header(path.name, names, used)


def sheet_rows(
    path: Path, used: Callable[[str], bool] | None = None
) -> tuple[list[str], list[list[str | None]]]:
    """Header and rows, all text, of the first sheet of an XLSX file that holds any.

    As `workbook_rows`.
    """
    with path.open("rb") as stream:
        return workbook_rows(stream, path.name, used)


def workbook_rows(
    stream: BinaryIO, name: str, used: Callable[[str], bool] | None = None
) -> tuple[list[str], list[list[str | None]]]:
    """Header and rows, all text, of the first sheet of an XLSX workbook that holds any.

    Dates become ISO text, whole numbers lose the decimal point that workbooks
    store them with, and an empty cell is None.

    Parameters
    ----------
    stream : binary stream
        The workbook.
    name : str
        What an error calls it: the file's name.
    used : callable, optional
        As in `csv_header`.

    Raises
    ------
    InputError
        It is no readable workbook, every sheet is empty, or the header is unusable.
    """
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(stream)
        grids = (book.get_sheet_by_name(sheet).to_python() for sheet in book.sheet_names)
        grid = next((grid for grid in grids if grid), None)
    except Exception:
        raise InputError(
            f"{name}: cannot be read as an XLSX workbook.",
            remedy="The file may be truncated, encrypted or of another kind. Save it again as "
            "XLSX, or as CSV.",
        ) from None
    if grid is None:
        raise InputError(f"{name}: every sheet is empty.", remedy="Ask for it again.")
    header = ["" if cell is None else str(cell).strip() for cell in grid[0]]
    while header and not header[-1]:
        header.pop()
    header = _usable_header(name, header, used)
    return header, [[_text(cell) for cell in row[: len(header)]] for row in grid[1:]]


def _text(cell: Any) -> str | None:
    match cell:
        case None | "":
            return None
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case dt.datetime() if cell.time() == dt.time():
            return cell.date().isoformat()
        case dt.date() | dt.datetime():
            return cell.isoformat()
        case _:
            return str(cell)


def _refuse_other_kinds(path: Path) -> None:
    with path.open("rb") as stream:
        start = stream.read(4096)
    for signature, what in _SIGNATURES.items():
        if start.startswith(signature):
            raise InputError(f"{path.name}: the file {what}.", remedy=_AGAIN)
    if start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        raise InputError(
            f"{path.name}: the file is a page of HTML or XML, not CSV.",
            remedy="It may be a web site's sign-in or error page that was saved in place of the "
            "extract. Fetch it again.",
        )


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            yield block


def _refuse_unless_utf8_lines(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    before, unbroken = 0, 0
    try:
        for block in _blocks(path):
            if b"\x00" in block:
                raise InputError(
                    f"{path.name}: line {_line_at(path, before + block.index(0))} holds a NUL "
                    "byte: the file is binary or damaged.",
                    remedy=_AGAIN,
                )
            # Most blocks are plain ASCII, which is seen a good deal faster than decoded.
            if decoder.getstate()[0] or not block.isascii():
                decoder.decode(block)
            last = max(block.rfind(b"\n"), block.rfind(b"\r"))
            unbroken = unbroken + len(block) if last < 0 else len(block) - last - 1
            # Twice the limit, because a block may end anywhere; the engine holds the limit itself.
            if unbroken > 2 * MAX_LINE_BYTES:
                raise too_long(path, _line_at(path, before + len(block)))
            before += len(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        # What is left of a character that a block cut in two is at most three bytes.
        raise InputError(
            f"{path.name}: line {_line_at(path, before + error.start)} is not UTF-8 text.",
            remedy="The file may be in Windows-1252 or truncated. Export it again as UTF-8.",
        ) from None


def _line_at(path: Path, offset: int) -> int:
    """Number of the line that holds a byte."""
    with path.open("rb") as stream:
        return stream.read(offset).count(b"\n") + 1


def too_long(path: Path, line: int | str) -> InputError:
    """Refusal of a file with a line that no extract's row can be as long as."""
    return InputError(
        f"{path.name}: line {line} is longer than {MAX_LINE_BYTES:,} bytes.",
        remedy="A line end or a closing quote may be missing. " + _AGAIN,
    )


def _usable_header(
    file: str, names: Sequence[str], used: Callable[[str], bool] | None
) -> list[str]:
    header = list(names)
    if used is not None:
        times = Counter(name.strip().casefold() for name in names)
        for place, name in enumerate(names):
            if not used(name) and (not name.strip() or times[name.strip().casefold()] > 1):
                header[place] = f"unused column {place + 1}"
    _refuse_unusable_header(file, header)
    return header


def _refuse_unusable_header(file: str, names: Sequence[str]) -> None:
    blank = [str(number) for number, name in enumerate(names, 1) if not name.strip()]
    # Engines do not tell capitals apart in a column's name.
    times = Counter(name.strip().casefold() for name in names if name.strip())
    twice = {name for name, count in times.items() if count > 1}
    repeats = [
        f"columns {', '.join(places)} have the same name"
        for repeated in sorted(twice)
        if (
            places := [
                str(i) for i, name in enumerate(names, 1) if name.strip().casefold() == repeated
            ]
        )
    ]
    faults = [f"column {number} has no name" for number in blank] + repeats
    if faults or not names:
        raise InputError(
            f"{file}: the header line cannot be used.",
            faults or ["it is empty"],
            remedy="Give every column one name of its own in the first line.",
        )
