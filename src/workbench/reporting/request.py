"""What a run was asked for: notebooks and parameters, checked before a kernel starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workbench.errors import ParameterError
from workbench.reporting.notebooks import Notebook, needed
from workbench.reporting.setting import folders
from workbench.reporting.stored import FILL_THE_STORE, absent, stored, written_by
from workbench.reporting.values import nearest, typed
from workbench.workspace import Workspace

Assignment = tuple[str | None, str, Any]
"""Notebook (None: every one that has the parameter), name, value as given."""


@dataclass(frozen=True)
class Request:
    """A run that can start.

    Attributes
    ----------
    notebooks : tuple of Notebook
        In an order that works, with all that they need.
    values : dict
        Typed parameters by notebook.
    stored : dict of str to Path
        Files of the store that the notebooks read, by dataset.
    """

    notebooks: tuple[Notebook, ...]
    values: dict[str, dict[str, Any]]
    stored: dict[str, Path] = field(default_factory=dict)


def from_text(words: Sequence[str]) -> list[Assignment]:
    """Assignments of ``-p [NOTEBOOK:]name=value``.

    Raises
    ------
    ParameterError
        A word has no ``=``.
    """
    wrong = [word for word in words if "=" not in word]
    if wrong:
        raise ParameterError(
            "Parameters are written name=value.", wrong, "-p name=value or -p NOTEBOOK:name=value"
        )
    found: list[Assignment] = []
    for word in words:
        target, _, value = word.partition("=")
        notebook, colon, name = target.rpartition(":")
        found.append((notebook if colon else None, name, value))
    return found


def from_file(path: Path) -> list[Assignment]:
    """Assignments of a YAML file: ``name: value``, or ``notebook: {name: value}``.

    Raises
    ------
    ParameterError
        The file is absent or is no YAML mapping.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise ParameterError(f"{path} cannot be read as YAML.") from None
    if not isinstance(content, dict):
        raise ParameterError(f"{path} holds no parameters.", remedy="Write lines of name: value.")
    found: list[Assignment] = []
    for name, value in content.items():
        if isinstance(value, dict):
            found += [(str(name), str(inner), one) for inner, one in value.items()]
        else:
            found.append((None, str(name), value))
    return found


def make_request(
    known: Mapping[str, Notebook],
    wanted: Sequence[str],
    assignments: Sequence[Assignment],
    workspace: Workspace,
) -> Request:
    """Check everything that can be checked without a kernel.

    Raises
    ------
    UsageError
        A notebook is not there.
    ParameterError
        With every fault of every parameter of every notebook, and every dataset
        that is not there.
    InputError
        Only datasets are missing.
    """
    order = [known[name] for name in needed(known, wanted)]
    given, faults = _share_out(order, assignments)
    values: dict[str, dict[str, Any]] = {}
    for notebook in order:
        values[notebook.name], wrong = typed(
            notebook.parameters, given[notebook.name], workspace.root, folders(workspace)
        )
        faults += [f"{notebook.name}: {fault}" for fault in wrong]
    files, missing = stored(order, written_by(known), workspace)
    if faults:
        remedy = f"workbench params {order[0].name}" if len(order) == 1 else "workbench params"
        if missing:
            remedy += f"; for what is not in the store: {FILL_THE_STORE}"
        raise ParameterError("The run cannot start.", [*faults, *missing], remedy)
    if missing:
        raise absent(missing)
    return Request(tuple(order), values, files)


def _share_out(
    order: Sequence[Notebook], assignments: Sequence[Assignment]
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Values as given for each notebook, and a fault for each that fits none."""
    given: dict[str, dict[str, Any]] = {notebook.name: {} for notebook in order}
    faults = []
    # One meant for a single notebook wins over one meant for all.
    for notebook, name, value in sorted(assignments, key=lambda one: one[0] is not None):
        if notebook is not None:
            if notebook in given:
                given[notebook][name] = value
            else:
                faults.append(f"{notebook}: not part of this run{nearest(notebook, list(given))}")
            continue
        having = [one for one in order if name in {p.name for p in one.parameters}]
        for one in having:
            given[one.name][name] = value
        if not having:
            names = sorted({p.name for one in order for p in one.parameters})
            faults.append(f"{name}: no such parameter{nearest(name, names)}")
    return given, faults
