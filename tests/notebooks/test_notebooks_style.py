"""Every notebook is thin, whole and clean: order and words, no logic and no outputs."""

from __future__ import annotations

import ast
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
IN_ORDER = ["parameters", "setup", "checks", "limits"]
ALLOWED_IMPORTS = {"workbench", "pandas", "ibis", "matplotlib"}
LONGEST_CELL = 14


def cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return found


def code(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "code"]


each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@each
def test_cells_are_few_and_have_stable_ids(path: Path) -> None:
    found = cells(path)
    assert len(found) <= 25
    assert [cell["id"] for cell in found] == [f"a{n}" for n in range(1, len(found) + 1)]


@each
def test_no_outputs_and_no_counts(path: Path) -> None:
    for cell in cells(path):
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@each
def test_tagged_cells_stand_in_order(path: Path) -> None:
    tags = [tag for cell in cells(path) for tag in cell["metadata"].get("tags", [])]
    assert [tag for tag in tags if tag in IN_ORDER] == IN_ORDER
    assert tags[0] == "parameters"
    assert tags[-1] == "limits"
    found = cells(path)
    assert found[0]["cell_type"] == "markdown"
    first = "".join(found[0]["source"])
    assert first.startswith("# ")
    assert "**Question.**" in first
    assert "**For** " in first


@each
def test_no_logic_lives_in_a_notebook(path: Path) -> None:
    for source in code(path):
        tree = ast.parse(source)
        for node in ast.walk(tree):
            banned = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | ast.Try
            assert not isinstance(node, banned)
        assert len(source.splitlines()) <= LONGEST_CELL
        assert not re.search(r"^\s*[%!]", source, re.MULTILINE)
        assert "print(" not in source


@each
def test_imports_are_ours_or_frames(path: Path) -> None:
    for source in code(path):
        for node in ast.walk(ast.parse(source)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= ALLOWED_IMPORTS


@each
def test_no_path_and_no_address_is_written_down(path: Path) -> None:
    for source in code(path):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.search(r"https?://|^[/~]|\.\./|[A-Z]:\\", node.value)


@each
def test_every_parameter_has_a_type_and_words(path: Path) -> None:
    for cell in cells(path):
        if "parameters" in cell["metadata"].get("tags", []):
            lines = [line for line in "".join(cell["source"]).splitlines() if ":" in line]
            assert lines
            assert all(re.fullmatch(r"\w+: .+ = .+  # .+", line) for line in lines)


@each
def test_headings_never_skip_a_level(path: Path) -> None:
    levels = [
        len(match[1])
        for cell in cells(path)
        if cell["cell_type"] == "markdown"
        for match in re.finditer(r"^(#+) ", "".join(cell["source"]), re.MULTILINE)
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@each
def test_file_is_written_one_way(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"


@each
def test_readme_lists_it(path: Path) -> None:
    assert f"`{path.stem}`" in (FOLDER / "README.md").read_text(encoding="utf-8")
