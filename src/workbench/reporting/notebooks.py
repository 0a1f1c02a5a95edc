"""The notebooks of a workspace: what each answers, needs, makes and can be told."""

from __future__ import annotations

import graphlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import ParameterError, UsageError
from workbench.reporting.declaration import Parameter, declared
from workbench.reporting.values import nearest


@dataclass(frozen=True)
class Notebook:
    """One notebook file, read without a kernel.

    Attributes
    ----------
    name : str
        The file's name without its ending.
    path : Path
        The file.
    title, question, reader : str
        From the notebook's own metadata under ``workbench``.
    reads, writes : tuple of str
        Datasets that it needs from other notebooks or from the store, and makes for others.
    may_read : tuple of str
        Datasets of the store that it reads where they are there.
    parameters : tuple of Parameter
        As its tagged cell declares them.
    content : dict
        The whole notebook as stored.
    """

    name: str
    path: Path
    title: str
    question: str
    reader: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    content: Mapping[str, Any]
    may_read: tuple[str, ...] = ()

    @property
    def code(self) -> tuple[str, ...]:
        """Source of each code cell that holds any, in order."""
        return tuple(source(cell) for cell in self.content["cells"] if is_code(cell))


def source(cell: Mapping[str, Any]) -> str:
    """A cell's text, whichever way the file stores it."""
    text = cell.get("source", "")
    return text if isinstance(text, str) else "".join(text)


def is_code(cell: Mapping[str, Any]) -> bool:
    """Whether a cell holds code that can run."""
    return cell["cell_type"] == "code" and bool(source(cell).strip())


def tags(cell: Mapping[str, Any]) -> list[str]:
    """A cell's tags."""
    return list(cell.get("metadata", {}).get("tags", []))


def read_notebook(path: Path) -> Notebook:
    """Read one notebook file.

    Raises
    ------
    ParameterError
        It is not a notebook, or its metadata or parameters cell cannot be read.
    """
    content = _content(path)
    cells = content["cells"]
    tagged = [cell for cell in cells if "parameters" in tags(cell)]
    if len(tagged) > 1:
        raise ParameterError(
            f"{path.name} has {len(tagged)} cells tagged 'parameters'; one is allowed."
        )
    about = content.get("metadata", {}).get("workbench", {})
    return Notebook(
        name=path.stem,
        path=path,
        title=str(about.get("title") or _first_heading(cells) or path.stem),
        question=str(about.get("question", "")),
        reader=str(about.get("reader", "")),
        reads=tuple(about.get("reads", ())),
        writes=tuple(about.get("writes", ())),
        parameters=declared(source(tagged[0]), path.name) if tagged else (),
        content=content,
        may_read=tuple(about.get("may_read", ())),
    )


def _content(path: Path) -> dict[str, Any]:
    """A notebook file's content, once its parts are of the kinds that we rely on."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        content = None
    if not (isinstance(content, dict) and _is_notebook(content)):
        raise ParameterError(
            f"{path.name} is not a Jupyter notebook.",
            remedy=f"Mend it in JupyterLab, or move it out of {path.parent}.",
        )
    return content


def _is_notebook(content: Mapping[str, Any]) -> bool:
    cells = content.get("cells")
    about = content.get("metadata", {})
    workbench = about.get("workbench", {}) if isinstance(about, dict) else None
    if not isinstance(cells, list) or not isinstance(workbench, dict):
        return False
    names = [workbench.get(key, []) for key in ("reads", "may_read", "writes")]
    return all(map(_is_texts, names)) and all(map(_is_cell, cells))


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_cell(cell: object) -> bool:
    return (
        isinstance(cell, dict)
        and isinstance(cell.get("cell_type"), str)
        and isinstance(cell.get("metadata", {}), dict)
        and _is_texts(cell.get("metadata", {}).get("tags", []))
        and (isinstance(cell.get("source", ""), str) or _is_texts(cell["source"]))
    )


def _first_heading(cells: Iterable[Mapping[str, Any]]) -> str:
    for cell in cells:
        first = source(cell).lstrip().split("\n", 1)[0]
        if cell["cell_type"] == "markdown" and first.startswith("# "):
            return first[2:].strip()
    return ""


class Catalogue(dict[str, Notebook]):
    """The notebooks of a folder by name, in the order of their names; made by `catalogue`.

    Attributes
    ----------
    folder : Path
        Where they lie.
    unreadable : dict of str to ParameterError
        What is wrong with each file that cannot be read: it stops only who asks for it.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.unreadable: dict[str, ParameterError] = {}


def catalogue(folder: Path) -> Catalogue:
    """Every notebook of a folder."""
    known = Catalogue(folder)
    for path in sorted(folder.glob("*.ipynb")):
        try:
            known[path.stem] = read_notebook(path)
        except ParameterError as error:
            known.unreadable[path.stem] = error
    return known


def refuse_unreadable(known: Catalogue, wanted: Iterable[str]) -> None:
    """Refuse notebooks that cannot be read, if they are among those wanted (none named: all).

    Raises
    ------
    ParameterError
        With every fault of each.
    """
    names = set(wanted) or set(known.unreadable)
    errors = [error for name, error in known.unreadable.items() if name in names]
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ParameterError(
            "Notebooks cannot be read.",
            [fault for error in errors for fault in (error.message, *error.faults)],
            f"Mend them, move them out of {known.folder}, or name the notebooks to use.",
        )


def unreadable_lines(known: Catalogue) -> list[str]:
    """A line for each file that cannot be read, for a list of those that can."""
    return [f"NOT READ  {error.message}" for error in known.unreadable.values()]


def strangers(known: Catalogue, wanted: Iterable[str]) -> list[str]:
    """A fault for each name that no notebook has, with the nearest that one has."""
    names = [*known, *known.unreadable]
    return [f"'{name}'{nearest(name, names)}" for name in wanted if name not in names]


def no_such(known: Catalogue, faults: Iterable[str]) -> UsageError:
    """The error of who asks for notebooks that are not there."""
    return UsageError(
        f"There is no such notebook in {known.folder}.", list(faults), "workbench list"
    )


def needed(known: Catalogue, wanted: Iterable[str]) -> list[str]:
    """Names of the notebooks wanted and of all that they need, in an order that works.

    Parameters
    ----------
    known : Catalogue
        What there is.
    wanted : iterable of str
        Names; empty for all.

    Raises
    ------
    UsageError
        A name is not in the catalogue.
    ParameterError
        A notebook wanted cannot be read, a dataset is written by two notebooks, or
        the notebooks need each other in a circle.
    """
    wanted = list(wanted)
    if stray := strangers(known, wanted):
        raise no_such(known, stray)
    refuse_unreadable(known, wanted)
    names = wanted or list(known)
    graph = dependencies(known)
    try:
        order = list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        circle = " -> ".join(error.args[1])
        raise ParameterError(f"The notebooks need each other in a circle: {circle}.") from None
    chosen: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name not in chosen:
            chosen.add(name)
            queue += graph[name]
    return [name for name in order if name in chosen]


def dependencies(known: Mapping[str, Notebook]) -> dict[str, list[str]]:
    """For each notebook the names of those that write what it reads; the store has the rest."""
    writers: dict[str, str] = {}
    faults = []
    for notebook in known.values():
        for dataset in notebook.writes:
            if dataset in writers:
                faults.append(f"'{dataset}' is written by {writers[dataset]} and {notebook.name}")
            writers[dataset] = notebook.name
    if faults:
        raise ParameterError("What the notebooks read and write does not fit together.", faults)
    return {
        name: sorted({writers[dataset] for dataset in notebook.reads if dataset in writers})
        for name, notebook in sorted(known.items())
    }
