"""Which categories of a table are part of which, as the data dictionary's code lists say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from workbench.dictionary.model import CodeList
from workbench.disclosure.axes import Nesting


def nesting_of(
    frame: pd.DataFrame, by: Sequence[str], code_lists: Mapping[str, CodeList]
) -> dict[str, Nesting]:
    """Find the columns that have rows of narrow and of wide categories.

    Parameters
    ----------
    frame : DataFrame
    by : sequence of str
        Columns of categories, by code or by label.
    code_lists : mapping of str to CodeList
        Codes with the group that they are part of.

    Returns
    -------
    dict of str to mapping
        By column, narrow category to wide one. The code list of the column's own name
        is taken if it fits, else the first by name that does.
    """
    found: dict[str, Nesting] = {}
    for name in by:
        held = set(frame[name].astype(str))
        order = sorted(code_lists, key=lambda one: (one != name, one))
        fitting = (_held(code_lists[one], held) for one in order)
        found[name] = next((nesting for nesting in fitting if nesting), {})
    return found


def _held(codes: CodeList, held: Collection[str]) -> dict[str, str]:
    """Pairs of a narrow and a wide category that both have rows."""
    named = [
        (name, code.group)
        for code in codes.codes
        for name in (code.code, code.label)
        if code.group is not None
    ]
    return {name: group for name, group in named if {name, group} <= set(held) and name != group}
