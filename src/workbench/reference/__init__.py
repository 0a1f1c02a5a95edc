"""Official files that users download: recognised, checked, kept with where they come from.

>>> from workbench import reference
>>> reference.add(workspace.root, Path("imd2025.csv"), "imd", kinds)
>>> reference.join_imd(records, reference.table(con, workspace.root, "imd", "2025"))

=================================== ============================================
``reference/KIND/VINTAGE.parquet``  the file's figures in our columns
``reference/reference.json``        the catalogue: digest, source, licence, rows
=================================== ============================================
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from workbench.reference.catalogue import Held, held
from workbench.reference.kinds import Kind, load_kinds

if TYPE_CHECKING:
    from workbench.reference.adding import add
    from workbench.reference.areas import deprivation, files, join_imd, moved_to_2021, table

__all__ = [
    "Held",
    "Kind",
    "add",
    "deprivation",
    "files",
    "held",
    "join_imd",
    "load_kinds",
    "moved_to_2021",
    "table",
]

# What needs pandas or an engine is imported when it is first used.
_LATER = {
    "add": "adding",
    "deprivation": "areas",
    "files": "areas",
    "join_imd": "areas",
    "moved_to_2021": "areas",
    "table": "areas",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(importlib.import_module(f"workbench.reference.{_LATER[name]}"), name)
    raise AttributeError(f"module 'workbench.reference' has no attribute '{name}'")
