"""Makes small workspaces of notebooks for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workbench.cli.main import main

START = "import pandas as pd\nimport workbench as wb\npage = wb.start('{name}', globals())"

RELEASE = (
    "frame = pd.DataFrame({'month': ['2025-01', '2025-02']})\n"
    "frame = frame.assign(total=[40, 50], within=[30, 45])\n"
    "frame['share'] = frame.within / frame.total\n"
    "released = wb.disclosure.release(frame, keys=['month'], counts=['total', 'within'],\n"
    "    shares={'share': wb.disclosure.Share('within', 'total')}, profile='already_published')"
)


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(text: str, *tags: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)} if tags else {},
        "source": text,
        "outputs": [],
        "execution_count": None,
    }


class Region:
    """A workspace in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "notebooks").mkdir(parents=True)

    def add(self, name: str, *cells: dict[str, Any], parameters: str = "", **about: Any) -> None:
        """Write a notebook: title, parameters, start, then the cells given."""
        whole = [markdown(f"# Report {name}\n\nFor boards."), code(parameters, "parameters")]
        whole += [code(START.format(name=name)), *cells]
        whole = [cell for cell in whole if cell["source"]]
        content = {
            "cells": [{**cell, "id": f"a{i}"} for i, cell in enumerate(whole)],
            "metadata": {"workbench": {"title": f"Report {name}", **about}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        path = self.root / "notebooks" / f"{name}.ipynb"
        path.write_text(json.dumps(content), encoding="utf-8")

    def run(self, *words: str, out: str = "run") -> int:
        """`workbench run` into a folder; its exit code."""
        place = [] if "--resume" in words else ["--out", str(self.root / out)]
        return main(["run", *words, *place, "--workspace", str(self.root)])

    def manifest(self, out: str = "run") -> dict[str, Any]:
        return json.loads((self.root / out / "manifest.json").read_text(encoding="utf-8"))

    def step(self, name: str, out: str = "run") -> dict[str, Any]:
        """A notebook's entry of the manifest, with whether it was cached."""
        manifest = self.manifest(out)
        entry = next(step for step in manifest["steps"] if step["notebook"] == name)
        return entry | manifest["volatile"]["steps"].get(name, {})
