"""Models that notebooks take: one folder for each standard, found before a kernel starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workbench.reporting.declaration import Parameter
from workbench.workspace import Workspace

MODEL, STANDARD = "model", "standard"
"""Parameters: the folder of a model, and the standard that it is of."""

_FOLDER = "models"


def own_models(workspace: Workspace) -> Path:
    """Where a workspace keeps the model of each standard, named by the parameter's value."""
    return workspace.root / _FOLDER / f"{{{STANDARD}}}"


def without_model(
    name: str, parameters: Iterable[Parameter], values: Mapping[str, Any]
) -> dict[str, str]:
    """What is wrong where a notebook takes a model and there is none, with what to do about it.

    Parameters
    ----------
    name : str
        Of the notebook.
    parameters : iterable of Parameter
        That it declares.
    values : mapping
        Typed values; one that could not be typed is not there, and is told elsewhere.

    Returns
    -------
    dict of str to str
        Empty if the notebook takes no model, or has one.
    """
    takes = any(one.name == MODEL and one.kind == "Folder" for one in parameters)
    standard = values.get(STANDARD)
    if not takes or not standard or MODEL not in values or values[MODEL] is not None:
        return {}
    folder = f"{_FOLDER}/{standard}"
    fault = f"{name} needs a model of {standard}, and there is none in {folder}"
    return {fault: f"workbench train --standard {standard} --out {folder}"}


def is_own_model(name: str, values: Mapping[str, Any]) -> bool:
    """Whether a parameter holds the workspace's own model of the standard: no one chose it."""
    folder = values.get(name)
    own = (_FOLDER, str(values.get(STANDARD)))
    return name == MODEL and isinstance(folder, Path) and folder.parts[-2:] == own
