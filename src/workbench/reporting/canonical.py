"""The form of an executed notebook that is the same each time it is run."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from workbench.reporting.blocks import MIME, PNG, as_text, digest_of_output, metadata_of
from workbench.reporting.notebooks import Notebook, is_code, source, tags

INJECTED = "injected-parameters"


def outputs_of(executed: Mapping[str, Any], made: Collection[str]) -> list[list[dict[str, Any]]]:
    """What each code cell of the original showed through its page.

    Whatever else a cell printed stays out: disclosure control has not seen it.

    Parameters
    ----------
    executed : mapping
        The notebook with its outputs.
    made : collection of str
        Digests of the blocks that the page made.
    """
    return [
        [
            _kept(output["data"])
            for output in cell["outputs"]
            if MIME in output.get("data", {}) and digest_of_output(output["data"]) in made
        ]
        for cell in executed["cells"]
        if is_code(cell) and INJECTED not in tags(cell)
    ]


def _kept(data: Mapping[str, Any]) -> dict[str, Any]:
    """A block and its picture; its words are made anew, any other form is left behind."""
    block = data[MIME]
    kept = {MIME: block, "text/plain": as_text(block)}
    if PNG in data:
        kept[PNG] = "".join(data[PNG])
    return {"output_type": "display_data", "data": kept, "metadata": metadata_of(block)}


def canonical(
    notebook: Notebook, outputs: Sequence[Sequence[Mapping[str, Any]]], values: Mapping[str, Any]
) -> str:
    """Text of the stored notebook: its cells, what they showed, the values it ran with.

    Parameters
    ----------
    notebook : Notebook
        Words and code as they stand.
    outputs : sequence
        For each code cell what it showed.
    values : mapping
        Parameters as they may be published.

    Returns
    -------
    str
        JSON with sorted keys, numbered cell ids, no time and no machine in it.
    """
    cells: list[dict[str, Any]] = []
    waiting = iter(outputs)
    for cell in notebook.content["cells"]:
        kept = {
            "cell_type": cell["cell_type"],
            "metadata": _tags_only(cell),
            "source": source(cell),
        }
        if cell["cell_type"] == "code":
            runs = is_code(cell)
            kept |= {"outputs": list(next(waiting)) if runs else [], "execution_count": None}
        cells.append(kept)
        if "parameters" in tags(cell) and values:
            cells.append(_injected(values))
    count = 0
    for place, cell in enumerate(cells):
        cell["id"] = f"c{place + 1:03d}"
        if cell["cell_type"] == "code" and cell["source"].strip():
            count += 1
            cell["execution_count"] = count
    about = notebook.content.get("metadata", {}).get("workbench", {})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    whole = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}, "workbench": about},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _tags_only(cell: Mapping[str, Any]) -> dict[str, Any]:
    return {"tags": tags(cell)} if tags(cell) else {}


def _injected(values: Mapping[str, Any]) -> dict[str, Any]:
    lines = ["# Parameters of this run", *(f"{name} = {value!r}" for name, value in values.items())]
    return {
        "cell_type": "code",
        "metadata": {"tags": [INJECTED]},
        "source": "\n".join(lines),
        "outputs": [],
        "execution_count": None,
    }
