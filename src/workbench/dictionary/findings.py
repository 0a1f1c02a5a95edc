"""What checking a dataset found: rows at fault by rule, exact counts, no cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.dictionary.rules import Check
from workbench.dictionary.scan import Integers

if TYPE_CHECKING:
    import pandas as pd

FAULT_COLUMNS = ("file", "row", "column", "rule", "severity", "reason")


@dataclass(frozen=True)
class ItemCount:
    """What the quality score of one column is made of.

    Attributes
    ----------
    records : int
        Rows of the file.
    valid_and_complete : int
        Rows whose cell is neither blank nor at fault.
    defaults : int
        Rows whose cell holds a default code, such as 'not known'.
    threshold : float
        Share of the records that may hold a default before it counts against the item.
    """

    records: int
    valid_and_complete: int
    defaults: int
    threshold: float


@dataclass(frozen=True, eq=False)
class Findings:
    """Faults of one table under one dataset's rules.

    Attributes
    ----------
    dataset : str
    rows : int
        Rows of the table.
    checks : tuple of Check
        Every rule that was looked for, whether or not it found anything.
    fault_rows, fault_checks : int array
        Row number (from 1) and position in `checks` of each fault, sorted by row, column
        and rule.
    items : mapping of str to ItemCount
        By column, in the dataset's order; an absent column has nothing complete.
    """

    dataset: str
    rows: int
    checks: tuple[Check, ...]
    fault_rows: Integers
    fault_checks: Integers
    items: Mapping[str, ItemCount]

    @classmethod
    def of(
        cls,
        *,
        dataset: str,
        rows: int,
        checks: Sequence[Check],
        faults: Mapping[str, Integers],
        items: Mapping[str, ItemCount],
    ) -> Findings:
        """Assemble findings from the rows at fault by check's id."""
        by_name = sorted(range(len(checks)), key=lambda i: (checks[i].column, checks[i].id))
        parts = [(i, faults[checks[i].id]) for i in by_name if checks[i].id in faults]
        numbers = np.concatenate([np.empty(0, np.int64), *(found for _, found in parts)])
        places = np.repeat([i for i, _ in parts], [len(found) for _, found in parts])
        order = np.argsort(numbers, kind="stable")
        return cls(
            dataset, rows, tuple(checks), numbers[order], places[order].astype(np.int64), items
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each rule found at fault, by its id; zero included."""
        found = np.bincount(self.fault_checks, minlength=len(self.checks))
        return {check.id: int(count) for check, count in zip(self.checks, found, strict=True)}

    @property
    def quarantined(self) -> int:
        """How many rows have a fault for which they would be quarantined."""
        severe = [i for i, check in enumerate(self.checks) if check.severity == "quarantine"]
        return len(np.unique(self.fault_rows[np.isin(self.fault_checks, severe)]))

    def arrow(self, file: str) -> Any:
        """Fault rows as an Arrow table of `FAULT_COLUMNS`.

        Parameters
        ----------
        file : str
            What the column ``file`` says.
        """
        import pyarrow as pa

        def spread(values: list[str]) -> Any:
            codes = pa.array(self.fault_checks, pa.int32())
            return pa.DictionaryArray.from_arrays(codes, pa.array(values, pa.string())).cast(
                pa.string()
            )

        columns = [
            pa.repeat(pa.scalar(file), len(self.fault_rows)),
            pa.array(self.fault_rows, pa.int64()),
            spread([check.column for check in self.checks]),
            spread([check.id for check in self.checks]),
            spread([check.severity for check in self.checks]),
            spread([check.title for check in self.checks]),
        ]
        return pa.table(columns, names=list(FAULT_COLUMNS))

    def frame(self, file: str = "") -> pd.DataFrame:
        """Fault rows as a pandas frame of `FAULT_COLUMNS`."""
        frame: pd.DataFrame = self.arrow(file).to_pandas()
        return frame
