"""A new key pair for a workspace, with the vault encrypted anew; and earlier ones dropped.

Safe to stop at any instant: the identity file says that a change is under way, holds
the new key and the earlier ones until the last file is done, and the same command goes on
from there. Everything can be read all the while.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyrage

from workbench.dictionary.load import Dictionary
from workbench.errors import InputError, ParameterError
from workbench.intake.access import note_access
from workbench.intake.guard import without_cells
from workbench.intake.keys import FOLDER as KEYS
from workbench.intake.keys import Keys, open_keys, replace_identities
from workbench.intake.lock import alone
from workbench.intake.repseudonymise import new_pseudonyms
from workbench.intake.vault import FOLDER, Vault
from workbench.workspace import Workspace

FILES = "files"
FILES_AND_PSEUDONYMS = "files and pseudonyms"


@dataclass(frozen=True)
class Rotated:
    """What a change of keys did.

    Attributes
    ----------
    public : str
        The key that Trusts encrypt to from now on.
    earlier : tuple of str
        Public keys that still open what was sent to them.
    files : int
        Files of the vault that were encrypted anew by this run.
    landings : int
        Landings that were given new pseudonyms by this run.
    resumed : bool
        Whether it finished a change that had been interrupted.
    """

    public: str
    earlier: tuple[str, ...]
    files: int
    landings: int
    resumed: bool


def rotate(
    workspace: Workspace,
    dictionary: Dictionary,
    *,
    pseudonyms: bool = False,
    tell: Callable[[str], None],
) -> Rotated:
    """Make a new key pair and encrypt the whole vault to it, or finish what was begun.

    Parameters
    ----------
    workspace : Workspace
    dictionary : Dictionary
        Says what a record's name is made of.
    pseudonyms : bool, optional
        Change the pseudonym key too: every pseudonym and every record's name changes.
        Not by default: files need it only if that key may be in wrong hands.
    tell : callable
        Told a line about each step.

    Raises
    ------
    ParameterError
        There are no keys.
    InputError
        A file of the vault opens with none of them; nothing was changed.
    """
    with alone(workspace.root / FOLDER), without_cells():
        keys = open_keys(workspace.root, changing=True)
        _sweep(workspace.root / KEYS)
        vault = Vault(workspace.root / FOLDER, keys)
        vault.refuse_open_to_others()
        note_access(vault.folder, command="keys rotate", opened="every file", why="a new key")
        vault.sweep()
        _refuse_closed(vault)
        resumed = bool(keys.changing)
        if resumed:
            tell("Going on with a change of keys that was interrupted.")
        keys = _begun(workspace.root, keys, pseudonyms)
        vault = Vault(vault.folder, keys)
        landings = 0
        if keys.changing == FILES_AND_PSEUDONYMS:
            keys, landings = new_pseudonyms(workspace, vault, dictionary, tell)
            vault = Vault(vault.folder, keys)
        files = sum(vault.reseal(path) for path in vault.sealed_files())
        tell(f"{files:,} files of the vault encrypted anew.")
        replace_identities(workspace.root, replace(keys, changing=""))
    return Rotated(keys.public, _publics(keys), files, landings, resumed)


def retire(workspace: Workspace) -> tuple[str, ...]:
    """Drop the earlier keys, once nothing needs them.

    Returns
    -------
    tuple of str
        Public keys that were dropped.

    Raises
    ------
    ParameterError
        There are none, or a change of keys is under way.
    InputError
        A file in the vault or the inbox opens with an earlier key alone; all are listed.
    """
    with alone(workspace.root / FOLDER):
        keys = open_keys(workspace.root)
        if keys.changing or not keys.retired:
            raise ParameterError(
                "A change of keys is not finished."
                if keys.changing
                else "There are no earlier keys.",
                remedy="workbench keys rotate",
            )
        vault = Vault(workspace.root / FOLDER, keys)
        note_access(
            vault.folder, command="keys retire", opened="every file", why="drop earlier keys"
        )
        needed = [*vault.sealed_files(), *sent_files(workspace.inbox)]
        faults = _needing_earlier(needed, keys, workspace.root)
        if faults:
            raise InputError(
                "Files open with an earlier key alone; nothing was dropped.",
                faults,
                remedy="Files in inbox/ that were taken in may be deleted, or have them sent "
                "again to the key of `workbench keys public`.",
            )
        replace_identities(workspace.root, replace(keys, retired=()))
    return _publics(keys)


def sent_files(inbox: Path) -> list[Path]:
    """Files in an inbox whose name says that they are encrypted, sorted."""
    return sorted(path for path in inbox.rglob("*.age") if path.is_file())


def _begun(root: Path, keys: Keys, pseudonyms: bool) -> Keys:
    """The new keys and the earlier ones together: what is half-done with them can be read."""
    what = FILES_AND_PSEUDONYMS if pseudonyms else FILES
    if keys.changing:
        wider = replace(keys, changing=what) if pseudonyms else keys
        if wider != keys:
            replace_identities(root, wider)
        return wider
    identity = pyrage.x25519.Identity.generate()
    made = replace(
        keys,
        public=str(identity.to_public()),
        identity=identity,
        retired=(keys.identity, *keys.retired),
        changing=what,
    )
    replace_identities(root, made)
    return made


def _refuse_closed(vault: Vault) -> None:
    closed = [
        str(path.relative_to(vault.folder.parent))
        for path in vault.sealed_files()
        if not _opened(vault.keys, path)
    ]
    if closed:
        raise InputError(
            "Files of the vault open with none of this workspace's keys; nothing was changed.",
            closed,
            remedy="See which key opens what: workbench keys check",
        )


def _needing_earlier(paths: Sequence[Path], keys: Keys, root: Path) -> list[str]:
    found = []
    for path in paths:
        sealed = path.read_bytes()
        if not keys.current_opens(sealed) and _opened(keys, path):
            shown = path.relative_to(root) if path.is_relative_to(root) else path.name
            found.append(str(shown))
    return found


def _opened(keys: Keys, path: Path) -> bool:
    try:
        keys.decrypted(path.read_bytes(), path.name)
    except InputError:
        return False
    return True


def _publics(keys: Keys) -> tuple[str, ...]:
    return tuple(str(one.to_public()) for one in keys.retired)


def _sweep(folder: Path) -> None:
    for left in folder.glob(".writing-*"):
        shutil.rmtree(left, ignore_errors=True)
