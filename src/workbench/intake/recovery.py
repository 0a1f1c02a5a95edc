"""Which key opens what, and what can still be had where one is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench.errors import ParameterError
from workbench.intake.access import note_access
from workbench.intake.arrivals import READABLE
from workbench.intake.decoding import AGE
from workbench.intake.keys import Keys, is_open_to_others, open_keys, opens
from workbench.intake.rotation import sent_files
from workbench.intake.vault import FOLDER, IDENTIFIERS, LANDED, SECRETS, Vault
from workbench.workspace import Workspace

PRESENT, EARLIER, NONE, OPEN = "the present key", "an earlier key", "no key here", "no key needed"


@dataclass(frozen=True)
class Check:
    """Which key opens what.

    Attributes
    ----------
    keys : str
        In words: in order, or what is wrong with them.
    opened : dict of str to dict of str to int
        By kind of file, how many open with which key.
    closed : tuple of str
        Files that nothing here opens: of the vault and of the inbox.
    store : int
        Datasets of the store: no key is needed to read them.
    remedy : str
        What mends keys that are here and cannot be used as they are; blank: nothing but others.
    """

    keys: str
    opened: dict[str, dict[str, int]] = field(default_factory=dict)
    closed: tuple[str, ...] = ()
    store: int = 0
    remedy: str = ""

    @property
    def sound(self) -> bool:
        """Whether everything opens."""
        return not self.closed and self.keys == "in order"


def check(workspace: Workspace, keys: Keys | None = None) -> Check:
    """Try every encrypted file of a workspace; nothing is shown and nothing changed.

    Parameters
    ----------
    workspace : Workspace
    keys : Keys, optional
        Of a back-up; those of the workspace by default, whether there are any or not.
    """
    said, remedy = "in order", ""
    if keys is None:
        try:
            keys = open_keys(workspace.root, changing=True)
        except ParameterError as error:
            said = error.message
            if is_open_to_others(workspace.root):  # they are the right ones, and need no back-up
                remedy = error.remedy or ""
    if keys is not None and keys.changing:
        said = "a change of keys is not finished: workbench keys rotate"
        remedy = "workbench keys rotate"
    folder = workspace.root / FOLDER
    if folder.is_dir():
        note_access(folder, command="keys check", opened="every file", why="which key opens what")
    vault = Vault(folder, keys) if keys else None
    opened: dict[str, dict[str, int]] = {}
    closed = []
    for kind, path in _files(workspace, folder, vault):
        by = _opener(path, keys)
        counts = opened.setdefault(kind, {})
        counts[by] = counts.get(by, 0) + 1
        if by == NONE:
            closed.append(_shown(path, workspace))
    store = len(list(workspace.store.glob("*.parquet")))
    return Check(said, opened, tuple(closed), store, remedy)


def _files(workspace: Workspace, folder: Path, vault: Vault | None) -> Iterable[tuple[str, Path]]:
    held: Sequence[Path] = vault.sealed_files() if vault else sorted(folder.rglob("*.age"))
    for path in held:
        yield _kind(path.relative_to(folder)), path
    for path in sent_files(workspace.inbox):
        yield "files sent, encrypted", path
    for path in sorted(workspace.inbox.rglob("*")):
        if path.is_file() and path.suffix.lower() in READABLE:
            yield "files sent, in plain", path


def _kind(path: Path) -> str:
    if path.parts[0] == LANDED:
        return "landed files in the vault"
    if path.parts[0] == SECRETS:
        return "secrets kept in the vault"
    return "who each record is about" if path.name == IDENTIFIERS else "other files in the vault"


def _opener(path: Path, keys: Keys | None) -> str:
    content = path.read_bytes()
    if not content.startswith(AGE):
        return OPEN
    if keys is None:
        return NONE
    if keys.current_opens(content):
        return PRESENT
    return EARLIER if any(opens(one, content) for one in keys.retired) else NONE


def _shown(path: Path, workspace: Workspace) -> str:
    root = workspace.root
    return str(path.relative_to(root)) if path.is_relative_to(root) else path.name
