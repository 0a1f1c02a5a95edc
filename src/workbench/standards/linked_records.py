"""Linked pathways and the later treatments on them, as one table of records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.errors import InputError
from workbench.files import read_table

LINKED = "pathway_id"
"""Column that names the linked pathway of a record."""

_EXTRACTED, _AS_AT = "extract_date", "as_at"


def linked_table(con: Any, pathways: Path, treatments: Path) -> ir.Table:
    """Put later treatments under the pathways that they are on.

    Parameters
    ----------
    con : ibis backend
    pathways, treatments : Path
        The store's ``pathways`` and ``pathway_treatments``, as `workbench link` writes them.

    Returns
    -------
    Table
        One row a pathway, with its referral, outcome and first treatment, and one a later
        treatment, of which all else is missing: that counts with its pathway.

    Raises
    ------
    InputError
        A file cannot be read, or does not name pathways.
    """
    first, later = read_table(con, pathways), read_table(con, treatments)
    missing = [
        f"{path.name}: missing column {name}"
        for path, table in ((pathways, first), (treatments, later))
        for name in (LINKED, "record_id", "source")
        if name not in table.columns
    ]
    if missing:
        raise InputError("Linked pathways cannot be told apart.", missing, "workbench link")
    if _AS_AT in first.columns:
        first = first.rename({_EXTRACTED: _AS_AT})
    columns = {
        name: later[name].cast(kind) if name in later.columns else ibis.null(kind)
        for name, kind in first.schema().items()
    }
    return first.union(later.select(**columns))
