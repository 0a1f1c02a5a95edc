"""Checks compile once for files of one layout, and never mix dictionaries or columns up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from workbench.dictionary import checks
from workbench.dictionary.findings import Findings
from workbench.dictionary.load import load
from workbench.engine import connect

DICTIONARY = load()
SCHEMA = DICTIONARY.schema("opt_outs")
GOOD, BAD = "9990003017", "9990003018"


def checked(cells: dict[str, list[str]], schema: Any = SCHEMA, name: str = "one_file") -> Findings:
    """Check a table in a connection of its own."""
    con = connect(threads=1)
    table = con.create_table(name, pa.table(cells), temp=True)
    try:
        return checks.check_table(table, schema, DICTIONARY.code_lists)
    finally:
        con.disconnect()


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry a compilation, of plans that nobody has made before."""
    monkeypatch.setattr(checks, "_COMPILED", {})
    made: list[int] = []
    real = checks._compile

    def counted(*words: Any) -> Any:
        made.append(1)
        return real(*words)

    monkeypatch.setattr(checks, "_compile", counted)
    return made


def wrong_digits(found: Findings) -> int:
    return found.counts["nhs_number.modulus_11"]


def test_files_of_one_layout_compile_once_and_are_each_checked(compilations: list[int]) -> None:
    counts = [wrong_digits(checked({"nhs_number": cells})) for cells in ([GOOD], [BAD, BAD], [BAD])]
    assert counts == [0, 2, 1]
    assert len(compilations) == 1


def test_other_columns_names_and_dictionaries_compile_anew(compilations: list[int]) -> None:
    cells = {"nhs_number": [BAD]}
    dated = {**cells, "opt_out_date": ["no day"]}
    assert checked(cells).counts["opt_out_date.type"] == 0
    assert checked(dated).counts["opt_out_date.type"] == 1
    checked(cells, name="another")
    first, *others = SCHEMA.fields
    lenient = replace(SCHEMA, fields=(replace(first, check=None), *others))
    assert "nhs_number.modulus_11" not in checked(cells, lenient).counts
    assert wrong_digits(checked(cells)) == 1
    assert len(compilations) == 4


def test_plans_are_not_kept_without_end(
    compilations: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_COMPILED_AT_MOST", 2)
    for place in range(5):
        checked({"nhs_number": [GOOD]}, name=f"file_{place}")
    assert len(checks._COMPILED) <= 2
