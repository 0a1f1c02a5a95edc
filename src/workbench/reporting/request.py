"""What a run was asked for: notebooks and parameters, checked before a kernel starts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workbench.errors import ParameterError, UsageError
from workbench.reporting.models import without_model
from workbench.reporting.notebooks import Catalogue, Notebook, needed, no_such, strangers
from workbench.reporting.setting import folders
from workbench.reporting.stored import absent, remedies, stored, written_by
from workbench.reporting.values import nearest, typed
from workbench.workspace import Workspace

Assignment = tuple[str | None, str, Any]
"""Notebook (None: every one that has the parameter), name, value as given."""


@dataclass(frozen=True)
class Given:
    """Parameters from one place: the command line, a file, or the run continued.

    Attributes
    ----------
    assignments : tuple of Assignment
        As given.
    faults : tuple of str
        What could not be read as an assignment.
    """

    assignments: tuple[Assignment, ...] = ()
    faults: tuple[str, ...] = ()


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


def from_text(words: Sequence[str]) -> Given:
    """Assignments of ``-p [NOTEBOOK:]name=value``; a word with no ``=`` is a fault."""
    found: list[Assignment] = []
    wrong = []
    for word in words:
        target, equals, value = word.partition("=")
        if not equals:
            wrong.append(f"-p {word}: is not written name=value")
            continue
        notebook, colon, name = target.rpartition(":")
        found.append((notebook if colon else None, name, value))
    return Given(tuple(found), (*wrong, *_repeated(found)))


def _repeated(assignments: Sequence[Assignment]) -> list[str]:
    """A fault for each parameter that one place gives more than once."""
    times = Counter((notebook, name) for notebook, name, _ in assignments)
    return [
        f"{name if notebook is None else f'{notebook}:{name}'}: is given {count} times"
        for (notebook, name), count in times.items()
        if count > 1
    ]


def from_file(path: Path) -> Given:
    """Assignments of a YAML file: ``name: value``, or ``notebook: {name: value}``.

    Raises
    ------
    ParameterError
        The file is absent or is no YAML mapping, or gives a name twice.
    """
    if not path.is_file():
        raise ParameterError(f"There is no file {path}.", remedy="Check the path after --params.")
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except _RepeatedError as error:
        raise ParameterError(f"{path} gives a name twice.", [str(error)]) from None
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
    return Given(tuple(found))


class _RepeatedError(Exception):
    """A mapping gives a name twice."""


class _Loader(yaml.SafeLoader):
    """As YAML's own, which keeps the last of two values of a name without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping, if no name in it is given twice."""
        names = Counter(str(key.value) for key, _ in node.value)
        for name, count in names.items():
            if count > 1:
                raise _RepeatedError(f"{name}: is given {count} times")
        return super().construct_mapping(node, deep=deep)


def make_request(
    known: Catalogue, wanted: Sequence[str], given: Sequence[Given], workspace: Workspace
) -> Request:
    """Check everything that can be checked without a kernel.

    Parameters
    ----------
    known : Catalogue
        The notebooks that there are.
    wanted : sequence of str
        Names of those to run; empty for all.
    given : sequence of Given
        Parameters; a later place wins over an earlier one.
    workspace : Workspace
        Where they run.

    Raises
    ------
    UsageError
        There is no notebook, or none of a name, and nothing else is wrong.
    ParameterError
        With every fault of every parameter of every notebook, every notebook, dataset and
        model that is not there.
    InputError
        Only datasets or models are missing.
    """
    if not known and not known.unreadable:
        raise UsageError(
            f"There are no notebooks in {known.folder}.",
            remedy="Put .ipynb files there, or name another folder in workbench.toml.",
        )
    stray = strangers(known, wanted)
    there = [name for name in wanted if name in known or name in known.unreadable]
    order = [known[name] for name in needed(known, there)] if there or not wanted else []
    raw, faults = _share_out(order, given, complete=not stray)
    faults = [*(fault for place in given for fault in place.faults), *faults]
    values: dict[str, dict[str, Any]] = {}
    for notebook in order:
        values[notebook.name], wrong = typed(
            notebook.parameters, raw[notebook.name], workspace.root, folders(workspace)
        )
        faults += [f"{notebook.name}: {fault}" for fault in wrong]
    files, missing = stored(order, written_by(known), workspace)
    for notebook in order:
        missing |= without_model(notebook.name, notebook.parameters, values[notebook.name])
    _refuse(known, [one.name for one in order], faults, stray, missing)
    return Request(tuple(order), values, files)


def _refuse(
    known: Catalogue,
    order: Sequence[str],
    faults: Sequence[str],
    stray: Sequence[str],
    missing: Mapping[str, str],
) -> None:
    """Refuse what was asked for, with all that is wrong with it at once."""
    if not faults and not missing:
        if stray:
            raise no_such(known, stray)
        return
    if not faults and not stray:
        raise absent(missing)
    remedy = f"workbench params {order[0]}" if len(order) == 1 else "workbench params"
    if missing:
        remedy += f"; for what is not there: {remedies(missing)}"
    unknown = [f"there is no notebook {fault}" for fault in stray]
    raise ParameterError("The run cannot start.", [*unknown, *faults, *missing], remedy)


def _share_out(
    order: Sequence[Notebook], given: Sequence[Given], *, complete: bool
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Values as given for each notebook, and a fault for each that fits none.

    Where a notebook asked for is not there (not `complete`), a parameter may be its own.
    """
    raw: dict[str, dict[str, Any]] = {notebook.name: {} for notebook in order}
    faults = []
    for place in given:
        # In one place, a value meant for a single notebook wins over one meant for all.
        for notebook, name, value in sorted(place.assignments, key=lambda one: one[0] is not None):
            if notebook is not None:
                if notebook in raw:
                    raw[notebook][name] = value
                elif complete:
                    faults.append(f"{notebook}: not part of this run{nearest(notebook, list(raw))}")
                continue
            having = [one for one in order if name in {p.name for p in one.parameters}]
            for one in having:
                raw[one.name][name] = value
            if not having and complete:
                names = sorted({p.name for one in order for p in one.parameters})
                faults.append(f"{name}: no such parameter{nearest(name, names)}")
    return raw, faults
