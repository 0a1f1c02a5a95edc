"""Files, one by one, into the vault: what lands, what had landed, what is refused."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from workbench.dictionary.load import Dictionary
from workbench.errors import InputError, WorkbenchError
from workbench.intake.arrivals import READABLE, Arrival
from workbench.intake.decoding import AGE
from workbench.intake.guard import without_cells
from workbench.intake.keys import Keys
from workbench.intake.mappings import choice_for
from workbench.intake.reading import landing_of, opened
from workbench.intake.record import Refusal
from workbench.intake.removed import file_of, removed_files
from workbench.intake.settings import Settings
from workbench.intake.vault import Vault

_LARGE_ROWS = 50_000
"""From so many rows on, a file's frames are given back at once; for small files it costs more."""


class Taking:
    """Lands files one by one, and keeps what became of each."""

    def __init__(
        self,
        vault: Vault,
        dictionary: Dictionary,
        settings: Settings,
        keys: Keys,
        plain: bool,
        mapping: str | None,
        tell: Callable[[str], None],
        landed: Mapping[str, dict[str, Any]],
        con: Any,
    ) -> None:
        self.vault, self.dictionary, self.settings, self.keys = vault, dictionary, settings, keys
        self.plain, self.mapping, self.tell = plain, mapping, tell
        self.landed = dict(landed)
        self.removed = removed_files(vault)
        self.con = con
        self.seen: dict[str, Arrival] = {}
        self.refusals: list[Refusal] = []
        self.new: list[str] = []
        self.known: list[str] = []
        self.replaced: list[str] = []

    def take(self, arrival: Arrival) -> None:
        """Land one file, or note why it cannot be read."""
        digest = None
        try:
            with without_cells():
                content = _content(arrival, self.keys, self.plain)
                digest = hashlib.sha256(content).hexdigest()
                self._land(arrival, content)
        except WorkbenchError as error:
            self.refusals.append(Refusal(arrival.trust, arrival.file, digest, _words(error)))
            self.tell(f"{arrival.shown}: refused. {error}")

    def _land(self, arrival: Arrival, content: bytes) -> None:
        choice = choice_for(arrival.home, self.mapping, self.dictionary)
        file = opened(arrival, content, choice, self.dictionary, self.settings, self.keys)
        if file_of(file.name) in self.removed:
            self.known.append(arrival.shown)
            self.tell(f"{arrival.shown}: was removed for its age, and is not taken in again.")
            return
        if file.name in self.landed:
            self.seen[file.name] = arrival
            self.known.append(arrival.shown)
            self.tell(f"{arrival.shown}: taken in before.")
            return
        landing = landing_of(file, self.dictionary, self.keys, self.con)
        self.vault.keep(file.name, landing)
        self.landed[file.name] = landing.receipt
        self.seen[file.name] = arrival
        self.new.append(arrival.shown)
        read, sound = landing.receipt["rows_read"], landing.receipt["sound"]
        self.tell(
            f"{arrival.shown}: {read:,} rows read as {file.layout.dataset} "
            f"({file.layout.mapping.name}), {sound:,} sound."
        )
        if read >= _LARGE_ROWS:
            gc.collect()

    def retire(self) -> None:
        """Take away what files of this run replace.

        The same file read in an earlier way; and, of undated files, the earlier content of
        the same name: a file without a date is known by its name alone.
        """
        for name in sorted(self.seen):
            ours = self.landed[name]
            for other, theirs in list(self.landed.items()):
                if other in self.seen:
                    continue
                same_file = other.partition(".")[0] == name.partition(".")[0]
                same_name = (
                    ours["extract_date"] is None
                    and theirs["extract_date"] is None
                    and all(ours[key] == theirs[key] for key in ("trust", "dataset"))
                    and theirs["file"] == self.seen[name].file
                )
                if same_file or same_name:
                    self.vault.remove(other)
                    del self.landed[other]
                    self.replaced.append(self.seen[name].shown)


def _content(arrival: Arrival, keys: Keys, plain: bool) -> bytes:
    suffix = Path(arrival.plain_name).suffix.lower()
    if suffix not in READABLE:
        raise InputError(
            f"{arrival.shown}: '{suffix}' is not a kind of file that can be read.",
            remedy="Send CSV or XLSX, encrypted with age (.csv.age, .xlsx.age).",
        )
    try:
        content = arrival.path.read_bytes()
    except OSError as error:
        raise InputError(f"{arrival.shown}: cannot be opened ({error.strerror}).") from None
    if content.startswith(AGE):
        return keys.decrypted(content, arrival.shown)
    if arrival.encrypted:
        raise InputError(
            f"{arrival.shown}: is not encrypted with age, although its name says so.",
            remedy="Encrypt it to the key of: workbench keys public",
        )
    if not plain:
        raise InputError(
            f"{arrival.shown}: is not encrypted.",
            remedy="Have it sent encrypted to the key of `workbench keys public`, or add --plain "
            "to take files that are not.",
        )
    return content


def _words(error: WorkbenchError) -> str:
    parts = [error.message, *(f"{fault};" for fault in error.faults), error.remedy]
    return " ".join(part for part in parts if part)
