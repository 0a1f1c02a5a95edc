"""Faults of one file, by rule: which rows, which column, and what is wrong in words.

A fault never holds a cell. Almost all come from the dictionary's checks; the few that
are intake's own are of what the checks cannot see, because it is gone by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from workbench.dictionary.findings import Findings

KEY_KINDS = ("key_conflict", "key_repeat")
"""Told when datasets are derived, from all the files of an extract together."""


@dataclass(frozen=True, eq=False)
class Fault:
    """One rule that rows of a file break.

    Attributes
    ----------
    rule, column, severity, reason : str
    rows : int array
        Their numbers, ascending; empty for a fault of the whole file.
    """

    rule: str
    column: str
    severity: str
    reason: str
    rows: Any

    @property
    def quarantines(self) -> bool:
        """Whether its rows are kept out."""
        return self.severity == "quarantine"

    @property
    def whole_file(self) -> bool:
        """Whether it is of no row but of the file."""
        return not len(self.rows)

    def rule_facts(self) -> dict[str, Any]:
        """As a receipt holds it."""
        return {
            "rule": self.rule,
            "column": self.column,
            "severity": self.severity,
            "reason": self.reason,
            "rows": len(self.rows),
        }

    @staticmethod
    def of_file(rule: str, column: str, reason: str) -> Fault:
        """A fault of a whole file."""
        return Fault(rule, column, "flag", reason, np.empty(0, dtype=np.int64))

    @staticmethod
    def ragged(rows: Any) -> Fault:
        """Rows of more or fewer cells than the header: none of their cells has a name."""
        reason = "The row has more or fewer cells than the header; a comma may not be quoted."
        return Fault("row.cells", "", "quarantine", reason, rows)

    @staticmethod
    def line_break(column: str, rows: Any) -> list[Fault]:
        """Cells with line breaks, in a column that can have none: rows may have run together."""
        reason = "The cell holds a line break or a control character; rows may have run together."
        return [Fault("cell.line_break", column, "quarantine", reason, rows)] if len(rows) else []

    @staticmethod
    def columns_differ(column: str, rows: Any) -> list[Fault]:
        """Two columns of the file that fill one of ours, and disagree."""
        reason = "Two columns of the file hold this and differ; the first was taken."
        return [Fault("column.differs", column, "flag", reason, rows)] if len(rows) else []

    @staticmethod
    def sender_differs(rows: Any) -> list[Fault]:
        """Rows that name another sender than the folder that the file stands in."""
        reason = "The row names another Trust than the one whose folder the file was in."
        return [Fault("source.differs", "source", "flag", reason, rows)] if len(rows) else []


def found(findings: Findings, numbers: Any, filled: set[str], absent: Sequence[str]) -> list[Fault]:
    """What the dictionary's checks found in a file.

    Parameters
    ----------
    findings : Findings
    numbers : int array
        Number in the file of each row that was checked.
    filled : set of str
        Columns that the sender did not send: a fault in one is the whole file's.
    absent : sequence of str
        Columns that the file lacks; that they are blank is told once elsewhere.
    """
    faults = []
    for place, check in enumerate(findings.checks):
        rows = findings.fault_rows[findings.fault_checks == place]
        lacking = check.kind == "required" and check.columns[0] in absent
        if not len(rows) or check.kind in KEY_KINDS or lacking:
            continue
        if set(check.columns) <= filled and check.severity == "flag":
            faults.append(Fault.of_file(check.id, check.column, check.title))
        else:
            chosen = numbers[rows - 1]
            faults.append(Fault(check.id, check.column, check.severity, check.title, chosen))
    return faults


def fault_table(faults: Sequence[Fault]) -> pa.Table:
    """Faults as rows: ``row`` (null for a whole file) and ``rule``, the place in the list."""
    rows: list[Any] = []
    rules: list[Any] = []
    for place, fault in enumerate(faults):
        rows.append(
            pa.nulls(1, pa.int32()) if fault.whole_file else pa.array(fault.rows, pa.int32())
        )
        rules.append(pa.repeat(pa.scalar(place, pa.int16()), len(rows[-1])))
    return pa.table(
        {"row": pa.chunked_array(rows, pa.int32()), "rule": pa.chunked_array(rules, pa.int16())}
    )
