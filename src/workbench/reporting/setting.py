"""Where a session stands: inside a run's step, or by hand in JupyterLab."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import NotebookError, ParameterError
from workbench.reporting.declaration import Parameter
from workbench.reporting.models import MODEL, own_models, without_model
from workbench.reporting.notebooks import read_notebook
from workbench.reporting.stored import absent, file_of, may_be_read
from workbench.reporting.values import typed
from workbench.workspace import SETTINGS, Workspace, open_workspace

STEP = "WORKBENCH_STEP"
"""Environment variable that names the step's file; set in a run only."""

WORKSPACE = "WORKBENCH_WORKSPACE"
"""Environment variable that names the workspace of a JupyterLab opened by ``workbench lab``."""

ALL_SYNTHETIC = "Every row of this workspace is made up."


@dataclass(frozen=True)
class Setting:
    """What a session needs to know.

    Attributes
    ----------
    notebook : str
        Its name.
    parameters : dict
        Typed values by name.
    workspace : Workspace
        Settings and places.
    out : Path
        Where files go.
    work : Path
        An empty folder for files in passing.
    datasets : dict of str to Path
        What may be read from other notebooks and from the store.
    synthetic : tuple of str
        Reasons known beforehand why the data are made up.
    """

    notebook: str
    parameters: dict[str, Any]
    workspace: Workspace
    out: Path
    work: Path
    datasets: dict[str, Path]
    synthetic: tuple[str, ...]


def find_setting(name: str, names: Mapping[str, Any]) -> Setting:
    """The setting of the notebook `name`, whose globals are `names`."""
    step = os.environ.get(STEP)
    return _in_a_run(name, Path(step)) if step else _by_hand(name, names)


def checked(
    notebook: str, parameters: tuple[Parameter, ...], given: Mapping[str, Any], workspace: Workspace
) -> dict[str, Any]:
    """Typed parameters of one notebook.

    Raises
    ------
    ParameterError
        With every fault.
    InputError
        It takes a model, and there is none.
    """
    values, faults = typed(parameters, given, workspace.root, folders(workspace))
    if faults:
        raise ParameterError(
            f"The parameters of {notebook} cannot be used.", faults, f"workbench params {notebook}"
        )
    lacking = without_model(notebook, parameters, values)
    if lacking:
        raise absent(lacking)
    return values


def folders(workspace: Workspace) -> dict[str, Path | None]:
    """Folders that the workspace sets, for parameters of the same name left blank."""
    return {
        "workbooks": workspace.workbooks,
        "truth": workspace.truth,
        MODEL: own_models(workspace),
    }


def _in_a_run(name: str, path: Path) -> Setting:
    step = json.loads(path.read_text(encoding="utf-8"))
    if step["notebook"] != name:
        raise NotebookError(
            f"{step['notebook']}.ipynb starts as '{name}'.",
            remedy="Give wb.start the notebook's own file name without its ending.",
        )
    workspace = open_workspace(step["workspace"])
    parameters = read_notebook(Path(step["source"])).parameters
    return Setting(
        notebook=name,
        parameters=checked(name, parameters, step["parameters"], workspace),
        workspace=workspace,
        out=Path(step["out"]),
        work=Path(step["work"]),
        datasets={dataset: Path(file) for dataset, file in step["datasets"].items()},
        synthetic=tuple(step["synthetic"]),
    )


def _by_hand(name: str, names: Mapping[str, Any]) -> Setting:
    workspace = open_workspace(_workspace_folder(name))
    path = workspace.notebooks / f"{name}.ipynb"
    if not path.is_file():
        raise NotebookError(
            f"There is no notebook {name}.ipynb in {workspace.notebooks}.",
            remedy="Save the notebook under that name, or give wb.start its name.",
        )
    notebook = read_notebook(path)
    given = {p.name: names[p.name] for p in notebook.parameters if p.name in names}
    out = workspace.reports / "by_hand" / name
    out.mkdir(parents=True, exist_ok=True)
    latest = {
        dataset: file
        for dataset in notebook.reads
        for file in (
            file_of(dataset, workspace),
            *sorted((workspace.reports / "by_hand").glob(f"*/tables/{dataset}.*")),
        )
    }
    return Setting(
        notebook=name,
        parameters=checked(name, notebook.parameters, given, workspace),
        workspace=workspace,
        out=out,
        work=Path(tempfile.mkdtemp(prefix="workbench-")),
        datasets=may_be_read(notebook, workspace) | latest,
        synthetic=(ALL_SYNTHETIC,) if workspace.synthetic else (),
    )


def _workspace_folder(name: str) -> Path:
    """The workspace of a notebook opened by hand: told, or found above it."""
    if WORKSPACE in os.environ:
        return Path(os.environ[WORKSPACE])
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / SETTINGS).is_file() or (folder / "notebooks" / f"{name}.ipynb").is_file():
            return folder
    return here
