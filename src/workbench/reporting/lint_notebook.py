"""An executed notebook as it is stored: nothing in it but what its page showed."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.reporting.blocks import FORMS, MIME, PNG, as_text, metadata_of
from workbench.reporting.lint_tables import Grid, grid_faults, headers_of, named_faults
from workbench.reporting.lint_words import faults_in, identifiers_of

_CELL = {"tags"}
_OUTPUT = {"output_type", "data", "metadata"}
_WHOLE = {"kernelspec", "language_info", "workbench"}
_TEXTUAL = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SPOKEN = ("text", "title", "subtitle", "alt", "source", "caption", "why")


def notebook_faults(stored: str, *, public: bool) -> list[str]:
    """Faults of a stored notebook: strange metadata and outputs, small counts, identifiers.

    Parameters
    ----------
    stored : str
        The notebook's JSON.
    public : bool
        Whether all of its figures are public as they stand.
    """
    content = json.loads(stored)
    faults = _strange("the notebook's metadata", content.get("metadata", {}), _WHOLE)
    about = content.get("metadata", {}).get("workbench", {})
    faults += _spoken("the notebook's metadata", list(_leaves(about)), public)
    for number, cell in enumerate(content["cells"], start=1):
        where = f"cell {number}"
        faults += _strange(f"{where}, metadata", cell.get("metadata", {}), _CELL)
        faults += ["attachment in " + where] if cell.get("attachments") else []
        for output in cell.get("outputs", []):
            faults += _output_faults(where, output, public)
    return faults


def block_faults(where: str, block: Mapping[str, Any], *, public: bool) -> list[str]:
    """Faults of one block: its words, and the table that it shows."""
    faults = _spoken(where, [str(block[name]) for name in _SPOKEN if block.get(name)], public)
    if block.get("kind") == "checks":
        words = [str(value) for row in block["rows"] for value in row.values()]
        return faults + _spoken(where, words, True)
    columns = block.get("columns", [])
    grid = Grid(
        caption=str(block.get("caption", "")),
        headers=[str(column["header"]) for column in columns],
        rows=[[str(cell) for cell in row] for row in block.get("rows", [])],
    )
    faults += grid_faults(where, grid, headers_of(columns))
    return faults + ([] if public else named_faults(where, (c for row in grid.rows for c in row)))


def picture_faults(where: str, picture: bytes) -> list[str]:
    """Words stored inside a PNG file, where nobody sees them and anyone can read them."""
    if not picture.startswith(_SIGNATURE):
        return [f"{where}: is no PNG picture"]
    place, faults = len(_SIGNATURE), []
    while place + 8 <= len(picture):
        length, kind = (
            int.from_bytes(picture[place : place + 4], "big"),
            picture[place + 4 : place + 8],
        )
        if kind in _TEXTUAL:
            faults.append(f"{where}: the picture holds text of its own")
        place += 12 + length
        if kind == b"IEND":
            break
    if place < len(picture):
        faults.append(f"{where}: something is stored behind the picture")
    return faults


def decoded(text: str) -> bytes:
    """Bytes of a picture in base 64; none if it is damaged."""
    try:
        return base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        return b""


def _output_faults(where: str, output: Mapping[str, Any], public: bool) -> list[str]:
    data = output.get("data", {})
    block = data.get(MIME)
    if not set(output) <= _OUTPUT or not set(data) <= FORMS or not isinstance(block, Mapping):
        return [f"{where}: an output that no page made"]
    faults = [] if data.get("text/plain") == as_text(dict(block)) else [f"{where}: strange text"]
    if output.get("metadata", {}) != metadata_of(block):
        faults.append(f"{where}: an output's metadata say more than its page")
    if PNG in data:
        faults += picture_faults(where, decoded("".join(data[PNG])))
    return faults + block_faults(where, block, public=public)


def _strange(where: str, metadata: Mapping[str, Any], known: set[str]) -> list[str]:
    stray = sorted(set(metadata) - known)
    return [f"{where}: {len(stray)} entries that do not belong there"] if stray else []


def _spoken(where: str, words: list[str], public: bool) -> list[str]:
    judge = identifiers_of if public else faults_in
    kinds = sorted({what for text in words for what in judge(text)})
    return [f"{where}: what looks like {what}" for what in kinds]


def _leaves(content: Any) -> Iterator[str]:
    """Every text and number in a structure, numbers with the name they stand under."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield f"{value} {name}"
            else:
                yield str(name)
                yield from _leaves(value)
    elif isinstance(content, list):
        for value in content:
            yield from _leaves(value)
    else:
        yield str(content)
