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
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        cells = content["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ParameterError(f"{path.name} is not a Jupyter notebook.") from None
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
    )


def _first_heading(cells: Iterable[Mapping[str, Any]]) -> str:
    for cell in cells:
        first = source(cell).lstrip().split("\n", 1)[0]
        if cell["cell_type"] == "markdown" and first.startswith("# "):
            return first[2:].strip()
    return ""


def catalogue(folder: Path) -> dict[str, Notebook]:
    """Every notebook of a folder by name, in the order of their names."""
    return {path.stem: read_notebook(path) for path in sorted(folder.glob("*.ipynb"))}


def needed(known: Mapping[str, Notebook], wanted: Iterable[str]) -> list[str]:
    """Names of the notebooks wanted and of all that they need, in an order that works.

    Parameters
    ----------
    known : mapping of str to Notebook
        The catalogue.
    wanted : iterable of str
        Names; empty for all.

    Raises
    ------
    UsageError
        A name is not in the catalogue.
    ParameterError
        A dataset is written by two notebooks, or the notebooks need each other in
        a circle.
    """
    names = list(wanted) or list(known)
    stray = [name for name in names if name not in known]
    if stray:
        faults = [f"'{name}'{nearest(name, list(known))}" for name in stray]
        raise UsageError("There is no such notebook.", faults, "workbench list")
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
