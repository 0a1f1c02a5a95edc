"""The ledger: what was shown of each data cut, so that tables cannot be set against each other.

It holds what readers have already seen and nothing else: labels, shown counts, and
which cells were withheld. One line of JSON a release, only ever added to.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workbench.errors import DisclosureError

WITHHELD = "[c]"


@dataclass(frozen=True)
class Entry:
    """One table that was released.

    Attributes
    ----------
    data : str
        Names the data cut: the same people in the same state.
    by : tuple of str
        Columns that tell people apart.
    profile : str
    cells : tuple of (labels, lower, upper)
        Categories of each shown cell, and what it says of its count; `upper` is
        None where nothing bounds it.
    window : tuple of str or None
        First and last month that the people are of; None: all of the data cut.
    """

    data: str
    by: tuple[str, ...]
    profile: str
    cells: tuple[tuple[tuple[str, ...], float, float | None], ...]
    window: tuple[str, str] | None = None


def read_ledger(path: Path, data: str) -> list[Entry]:
    """Read what was released of a data cut; nothing if there is no ledger yet.

    Raises
    ------
    DisclosureError
        The ledger is damaged: what it does not tell cannot be guarded against.
    """
    if not path.exists():
        return []
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = _entry(json.loads(line))
        except (ValueError, KeyError, TypeError):
            raise DisclosureError(
                f"{path.name}: line {number} cannot be read, so earlier releases are not known.",
                remedy="Restore the ledger from a back-up; a data cut that it did not hold may "
                "start a ledger of its own.",
            ) from None
        if entry.data == data:
            entries.append(entry)
    return entries


def add_to_ledger(path: Path, entry: Entry) -> None:
    """Add a release; one that is there word for word is not added again."""
    line = json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and line in path.read_text(encoding="utf-8").splitlines():
        return
    # One write to a file opened for appending: two releases at once do not mix their lines.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, f"{line}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _entry(held: dict[str, Any]) -> Entry:
    cells = tuple(
        (tuple(labels), float(lower), None if upper is None else float(upper))
        for labels, lower, upper in held["cells"]
    )
    window: Sequence[str] | None = held["window"]
    return Entry(
        str(held["data"]),
        tuple(held["by"]),
        str(held["profile"]),
        cells,
        None if window is None else (window[0], window[1]),
    )
