"""The worked example of a fourth system runs as its page says, from nothing to a report."""

from __future__ import annotations

import csv
import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from workbench.cli.main import main

PAGE = Path(__file__).resolve().parents[2] / "docs" / "bring_your_own.md"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
_FILE = re.compile(r"goes to `([^`]+)`[^`]*$")


@dataclass(frozen=True)
class Step:
    """A file to write, or a command with the lines that the page says it prints."""

    file: str
    content: str
    words: tuple[str, ...]
    printed: tuple[str, ...]


def steps(page: str) -> list[Step]:
    """The page's blocks in order; a block of text belongs to the command before it."""
    found: list[Step] = []
    last = 0
    for block in _BLOCK.finditer(page):
        kind, content = block.groups()
        if kind in {"csv", "yaml"}:
            said = _FILE.search(page[last : block.start()])
            assert said, "a file's block follows the words that say where it goes"
            found.append(Step(said[1], content, (), ()))
        elif kind == "text":
            command = found.pop()
            found.append(Step("", "", command.words, tuple(content.splitlines())))
        else:
            found += [
                Step("", "", tuple(shlex.split(line)[1:]), ()) for line in content.splitlines()
            ]
        last = block.end()
    return found


def missing(printed: tuple[str, ...], said: str) -> list[str]:
    """Lines of the page that the command did not print; ``...`` stands for anything."""
    patterns = {line: re.escape(line).replace(r"\.\.\.", ".*") for line in printed}
    return [line for line, pattern in patterns.items() if not re.search(pattern, said)]


def valid(number: str) -> bool:
    """Whether the last digit of an NHS number is its modulus 11 check digit."""
    total = sum(w * int(d) for w, d in zip(range(10, 1, -1), number[:9], strict=True))
    return (11 - total % 11) % 11 == int(number[9])


def test_every_number_of_the_page_is_in_the_range_that_is_given_to_nobody() -> None:
    numbers = re.findall(r"\b[0-9]{10}\b", PAGE.read_text(encoding="utf-8"))
    assert len(numbers) >= 20
    assert {number[:3] for number in numbers} == {"999"}
    # one fault of the example is a wrong check digit
    assert len({number for number in numbers if not valid(number)}) == 1


@pytest.mark.kernel
def test_the_worked_example_runs_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = 0
    for step in steps(PAGE.read_text(encoding="utf-8")):
        if step.file:
            path = tmp_path / step.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.content, encoding="utf-8")
            continue
        capfd.readouterr()
        assert main(list(step.words)) == 0, step.words
        told = capfd.readouterr().out
        assert step.printed
        assert missing(step.printed, told) == [], told
        commands += 1
        if commands == 2:
            _holds_what_the_page_lists(tmp_path)
    assert commands == 5
    _ends_as_the_page_says(tmp_path)


def _holds_what_the_page_lists(root: Path) -> None:
    """The rows of the page's two tables of faults are those of the fault file."""
    name = root / "quarantine" / "RR7" / "pathways_full_2025-04-10.csv"
    with name.open(encoding="utf-8", newline="") as stream:
        faults = list(csv.DictReader(stream))
    out = {fault["row"] for fault in faults if fault["severity"] == "quarantine"}
    assert out == {"5", "7", "15", "21"}
    flagged = {(fault["row"], fault["rule"]) for fault in faults}
    assert {
        ("9", "nhs_number.modulus_11"),
        ("12", "two_week_wait_cancer_or_symptomatic_breast_referral_type.code"),
        ("14", "first_seen_before_referral"),
        ("22", "primary_key.repeat"),
    } <= flagged
    assert any(row == "10" and "priority" in rule for row, rule in flagged)
    kept = b"".join(path.read_bytes() for path in (root / "store").iterdir())
    assert b"rang to move" not in kept


def _ends_as_the_page_says(root: Path) -> None:
    records = pq.read_table(root / "store" / "pathway_records.parquet")
    assert records.num_rows == 19
    treated = records["treatment_start_date_cancer"].drop_null()
    assert len(treated) == 9
    totals = json.loads((root / "ingest.json").read_text(encoding="utf-8"))["totals"]
    assert totals["rows_read"] == totals["accepted"] + totals["quarantined"] == 27
    assert (root / "reports" / "first" / "03_waiting_times.html").is_file()
