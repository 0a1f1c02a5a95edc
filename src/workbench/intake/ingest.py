"""Takes files in: each lands once, then all datasets are derived and written.

Safe to stop at any instant and to run twice at once: what is half-done is swept away
by the next run, which holds a lock while it works.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.dictionary.load import Dictionary
from workbench.errors import InputError
from workbench.intake import quarantine
from workbench.intake.arrivals import arrivals
from workbench.intake.engine import private_engine
from workbench.intake.guard import without_cells
from workbench.intake.keys import open_keys
from workbench.intake.lock import alone
from workbench.intake.mappings import choice_for
from workbench.intake.publishing import publish
from workbench.intake.record import FILE, Refusal, earlier_refusals
from workbench.intake.removed import finish_removal
from workbench.intake.settings import Settings, load_settings
from workbench.intake.taking import Taking
from workbench.intake.vault import FOLDER, Vault, open_vault
from workbench.workspace import Workspace


def silent(line: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What an intake did.

    Attributes
    ----------
    facts : dict
        What ``ingest.json`` holds.
    refusals : tuple of Refusal
        Files that could not be read at all.
    new, known, replaced : tuple of str
        Files that landed now, that had landed before, and undated ones that took the
        place of an earlier content of the same name.
    """

    facts: dict[str, Any]
    refusals: tuple[Refusal, ...]
    new: tuple[str, ...]
    known: tuple[str, ...]
    replaced: tuple[str, ...]


def run(
    workspace: Workspace,
    dictionary: Dictionary,
    paths: Sequence[Path] = (),
    *,
    plain: bool = False,
    mapping: str | None = None,
    tell: Callable[[str], None] = silent,
    pause: Callable[[float], bool] | None = None,
) -> Outcome:
    """Take files into a workspace.

    Parameters
    ----------
    workspace : Workspace
    dictionary : Dictionary
    paths : sequence of Path, optional
        Files and folders; the workspace's inbox by default.
    plain : bool, optional
        Take files that are not encrypted too.
    mapping : str, optional
        Name or file of the layout that all the files have.
    tell : callable, optional
        Told a line about each file as it is done.
    pause : callable, optional
        Given seconds, waits as long and says whether to stop: while another intake is at
        work, and between two files. By default the work is done to its end.

    Raises
    ------
    BusyError
        `pause` said to stop while another intake was at work.
    ParameterError
        There are no keys, or the mapping or the settings cannot be used.
    InputError
        There is no file, or the vault is of other keys. Files that cannot be read are no
        error here: they are in the outcome.
    """
    settings = settings_of(workspace)
    keys = open_keys(workspace.root)
    if mapping is not None:
        choice_for(workspace.inbox, mapping, dictionary)
    found = arrivals(paths, workspace.inbox)
    with alone(workspace.root / FOLDER, pause), without_cells():
        vault = open_vault(workspace, command="ingest", why="take files in", opened="landings")
        landed = standing_landings(workspace, vault)
        con = private_engine()
        try:
            taking = Taking(vault, dictionary, settings, keys, plain, mapping, tell, landed, con)
            for arrival in found:
                if pause is not None and pause(0):
                    break
                taking.take(arrival)
            taking.retire()
        finally:
            con.disconnect()
        facts = publish(workspace, vault, dictionary, settings, taking.refusals)
    return Outcome(
        facts,
        tuple(taking.refusals),
        tuple(taking.new),
        tuple(taking.known),
        tuple(taking.replaced),
    )


def derive_again(workspace: Workspace, dictionary: Dictionary) -> dict[str, Any]:
    """Derive the store from the vault as it is, without taking any file in.

    Parameters
    ----------
    workspace : Workspace
    dictionary : Dictionary

    Returns
    -------
    dict
        What ``ingest.json`` holds.
    """
    with alone(workspace.root / FOLDER), without_cells():
        vault = open_vault(workspace, command="ingest", why="derive the store", opened="landings")
        standing_landings(workspace, vault)
        refusals = earlier_refusals(workspace.root)
        return publish(workspace, vault, dictionary, settings_of(workspace), refusals)


def settings_of(workspace: Workspace) -> Settings:
    """Settings of intake that hold in a workspace."""
    return load_settings(workspace.dictionary).with_rule(workspace.ethnicity_rule)


def standing_landings(workspace: Workspace, vault: Vault) -> dict[str, dict[str, Any]]:
    """Receipts of all landings, once what an interrupted run left behind is put right.

    Raises
    ------
    InputError
        The vault is of other keys: refused before anything is added to it.
    """
    _sweep(workspace, vault)
    finish_removal(vault)
    return _landed(vault)


def _landed(vault: Vault) -> dict[str, dict[str, Any]]:
    receipts = {name: vault.receipt(name) for name in vault.names()}
    if any(receipt["key"] != vault.keys.fingerprint for receipt in receipts.values()):
        raise InputError(
            "The vault was filled under another pseudonym key; nothing was changed.",
            remedy="Restore the key folder that belongs to this workspace from your back-up.",
        )
    return receipts


def _sweep(workspace: Workspace, vault: Vault) -> None:
    """Remove what an interrupted run has left half-written."""
    vault.sweep()
    folders = [workspace.store, workspace.root / quarantine.FOLDER]
    folders += [path for path in folders[1].glob("*") if path.is_dir()]
    for folder in folders:
        for left in folder.glob(".writing-*"):
            shutil.rmtree(left, ignore_errors=True)
    for left in workspace.root.glob(".writing-*"):  # others may be writing beside us there
        if {path.name for path in left.iterdir()} <= {FILE}:
            shutil.rmtree(left, ignore_errors=True)
