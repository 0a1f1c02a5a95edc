"""Datasets that a notebook reads from the workspace's store, where no notebook writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from workbench.errors import InputError
from workbench.reporting.notebooks import Notebook
from workbench.reporting.values import nearest
from workbench.workspace import Workspace

FILL_THE_STORE = "workbench ingest, then workbench link"
"""The commands that put datasets into the store."""

_BY_TRAINING = "judged_"
"""So begin the datasets that training leaves in the store; the standard follows."""


def stored(
    notebooks: Iterable[Notebook], written: Iterable[str], workspace: Workspace
) -> tuple[dict[str, Path], dict[str, str]]:
    """Find the store's file of each dataset that notebooks read and none writes.

    Parameters
    ----------
    notebooks : iterable of Notebook
        Those that are to run.
    written : iterable of str
        Datasets that some notebook of the workspace writes.
    workspace : Workspace
        Its store holds ``NAME.parquet`` for each dataset.

    Returns
    -------
    files : dict of str to Path
        By dataset; those that are there, among them what a notebook may but need not read.
    faults : dict of str to str
        One for each that is not, with a name that may have been meant; and what to type.
    """
    known = set(written)
    files: dict[str, Path] = {}
    faults: dict[str, str] = {}
    for notebook in notebooks:
        files |= may_be_read(notebook, workspace)
        for dataset in notebook.reads:
            if dataset in known:
                continue
            path = file_of(dataset, workspace)
            if path.is_file():
                files[dataset] = path
                continue
            held = sorted(one.stem for one in workspace.store.glob("*.parquet"))
            hint = nearest(dataset, sorted(known | set(held))) if known or held else ""
            fault = (
                f"{notebook.name} reads '{dataset}', which is not in the store and which no "
                f"notebook writes{hint}"
            )
            faults[fault] = remedy_of(dataset)
    return files, faults


def may_be_read(notebook: Notebook, workspace: Workspace) -> dict[str, Path]:
    """Files of the datasets that a notebook reads where the store has them."""
    held = {dataset: file_of(dataset, workspace) for dataset in notebook.may_read}
    return {dataset: path for dataset, path in held.items() if path.is_file()}


def file_of(dataset: str, workspace: Workspace) -> Path:
    """Where the store keeps a dataset, whether or not it is there."""
    return workspace.store / f"{dataset}.parquet"


def is_judged(dataset: str) -> bool:
    """Whether training leaves it in the store: one a standard, of which a notebook needs one."""
    return dataset.startswith(_BY_TRAINING)


def remedy_of(dataset: str) -> str:
    """The command that puts a dataset into the store."""
    if not is_judged(dataset):
        return FILL_THE_STORE
    standard = dataset.removeprefix(_BY_TRAINING).upper()
    return f"workbench train --standard {standard} --out models/{standard}"


def absent(faults: Mapping[str, str]) -> InputError:
    """The error of a run whose data are not there; `faults` with what to do about each."""
    return InputError("Data that the run needs are not there.", list(faults), remedies(faults))


def remedies(faults: Mapping[str, str]) -> str:
    """What to do about all faults, each remedy once: data come before what is learnt from them."""
    return "; ".join(sorted(set(faults.values()), key=lambda one: (one != FILL_THE_STORE, one)))


def written_by(known: Mapping[str, Notebook]) -> set[str]:
    """Names of all datasets that some notebook writes."""
    return {dataset for notebook in known.values() for dataset in notebook.writes}
