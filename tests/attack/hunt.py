"""Looks for people's details in every file under a folder, compressed columns included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import extract_maker as make
import pyarrow as pa
import pyarrow.parquet as pq

FOREIGN = ("vault", "inbox", "truth", "keys")
LOGS = ("access.log", "access.seal")
"""In the vault, and in plain: they are hunted through like any file outside."""


def details(folk: Iterable[make.Person]) -> set[str]:
    """What may be found nowhere: whole and in the forms that they are written in."""
    words = {make.FREE_TEXT}
    for one in folk:
        words |= {one.nhs, f"{one.nhs[:3]} {one.nhs[3:6]} {one.nhs[6:]}", one.surname}
        words |= {one.postcode, one.postcode.replace(" ", ""), one.hospital}
        words |= {one.born.isoformat(), make.uk(one.born), one.born.strftime("%Y%m%d")}
        words |= {f"{letter}{one.place:06d}" for letter in "CPW"}
    return {word.casefold() for word in words}


def texts(path: Path) -> Iterator[str]:
    """All that a file says: its bytes, and the cells of its columns."""
    content = path.read_bytes()
    for encoding in ("utf-8", "cp1252", "utf-16-le"):
        yield content.decode(encoding, "ignore")
    if content[:4] == b"PAR1":
        table = pq.read_table(path)
        for column in table.columns:
            cells = column.combine_chunks()
            if isinstance(cells, pa.DictionaryArray):
                cells = cells.dictionary
            kept = {str(cell) for cell in cells.to_pylist() if cell is not None}
            yield "\n".join(kept)
        yield str(pq.read_schema(path).metadata)


def found(root: Path, words: set[str]) -> list[str]:
    """Files outside the vault, the keys, the inbox and the truth that hold any of some words.

    The vault's log of who opened it is in plain, and is looked through too.
    """
    guilty = []
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root).parts
        log = inside[0] == "vault" and path.name in LOGS
        if path.is_dir() or (inside[0] in FOREIGN and not log):
            continue
        for text in texts(path):
            plain = text.casefold()
            guilty += [f"{path.relative_to(root)}: {word}" for word in words if word in plain]
    return guilty


def open_in_vault(root: Path) -> list[str]:
    """Files of the vault that are not encrypted, the empty lock and the log aside."""
    files = [path for path in (root / "vault").rglob("*") if path.is_file()]
    files = [path for path in files if path.name.removesuffix(".new") not in LOGS]
    sealed = b"age-encryption.org/v1"
    return [
        path.name
        for path in files
        if path.stat().st_size and not path.read_bytes().startswith(sealed)
    ]
