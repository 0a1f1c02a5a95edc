"""What has arrived: files in the inbox or on the command line, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import InputError
from workbench.intake.mappings import OWN

ENCRYPTED = ".age"
READABLE = (".csv", ".txt", ".xlsx")
_UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload")


@dataclass(frozen=True, order=True)
class Arrival:
    """One file that somebody sent.

    Attributes
    ----------
    trust : str
        Name of its folder; blank for a file of no Trust, straight in the inbox.
    file : str
        Its name.
    path : Path
    """

    trust: str
    file: str
    path: Path

    @property
    def encrypted(self) -> bool:
        """Whether its name says that it is encrypted."""
        return self.path.suffix.lower() == ENCRYPTED

    @property
    def home(self) -> Path:
        """The Trust's folder, where its own mapping may stand."""
        named = (folder for folder in self.path.parents if folder.name == self.trust)
        return next(named, self.path.parent)

    @property
    def plain_name(self) -> str:
        """Its name without the ending of an encrypted file."""
        return self.path.stem if self.encrypted else self.path.name

    @property
    def stem(self) -> str:
        """Its name without endings."""
        return Path(self.plain_name).stem

    @property
    def shown(self) -> str:
        """How messages call it."""
        return f"{self.trust}/{self.file}" if self.trust else self.file


def arrivals(paths: Sequence[Path], inbox: Path) -> list[Arrival]:
    """Every file to take in, sorted by Trust and name.

    Parameters
    ----------
    paths : sequence of Path
        Files and folders; the inbox if there are none.
    inbox : Path

    Raises
    ------
    InputError
        A path does not exist, or there is no file at all.
    """
    asked = list(paths) or [inbox]
    absent = [f"{path}: no such file or folder" for path in asked if not path.exists()]
    if absent:
        raise InputError(
            "There is nothing to take in.",
            absent,
            remedy=f"Put each Trust's files into {inbox}/TRUST/, or name files or folders.",
        )
    files = {file.resolve() for path in asked for file in _files(path, inbox)}
    found = sorted(Arrival(_trust(file, inbox), file.name, file) for file in files)
    if not found:
        raise InputError(
            f"There is no file in {', '.join(map(str, asked))}.",
            remedy=f"Put each Trust's files into {inbox}/TRUST/.",
        )
    return found


def inbox_files(inbox: Path) -> list[Path]:
    """Files of an inbox that are to be taken in, sorted; none if there is no inbox."""
    return sorted({file.resolve() for file in _files(inbox, inbox)}) if inbox.is_dir() else []


def _files(path: Path, inbox: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for file in path.rglob("*"):
        hidden = any(part.startswith((".", "~$")) for part in file.relative_to(path).parts)
        unfinished = file.suffix.lower() in _UNFINISHED
        about = file.name == OWN or file.suffix.lower() == ".md"
        # a text file straight in the inbox is a note; in a Trust's folder it is an extract
        about |= file.suffix.lower() == ".txt" and file.parent.resolve() == inbox.resolve()
        if file.is_file() and not (hidden or unfinished or about):
            yield file


def _trust(file: Path, inbox: Path) -> str:
    """Name of the folder in the inbox that holds the file, or of its own folder elsewhere."""
    top = inbox.resolve()
    if not file.is_relative_to(top):
        return file.parent.name
    return "" if file.parent == top else file.relative_to(top).parts[0]
