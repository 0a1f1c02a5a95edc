"""The data dictionary: what each dataset holds, and what is compiled from it.

>>> import workbench as wb
>>> wb.dictionary.load().schema("pathway_records").title
>>> wb.dictionary.frame_faults(frame, "pathway_records")

One source compiles to checks on the engine (`check_table`, ``workbench validate``),
to a pandera schema (`frame_schema`) and to the documentation page; all three start
from `rules_of`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from workbench.dictionary.load import Dictionary, load
from workbench.dictionary.rules import Check, rules_of

if TYPE_CHECKING:
    from workbench.dictionary.checks import check_table
    from workbench.dictionary.pandas_schema import frame_faults, frame_schema
    from workbench.dictionary.quality import Quality, quality_of
    from workbench.dictionary.validate import Validation, validate_file

__all__ = [
    "Check",
    "Dictionary",
    "Quality",
    "Validation",
    "check_table",
    "frame_faults",
    "frame_schema",
    "load",
    "quality_of",
    "rules_of",
    "validate_file",
]

# What needs an engine or pandas is imported when it is first used.
_LATER = {
    "Quality": "quality",
    "Validation": "validate",
    "check_table": "checks",
    "frame_faults": "pandas_schema",
    "frame_schema": "pandas_schema",
    "quality_of": "quality",
    "validate_file": "validate",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(importlib.import_module(f"workbench.dictionary.{_LATER[name]}"), name)
    raise AttributeError(f"module 'workbench.dictionary' has no attribute '{name}'")
