"""A synthetic region: everything the workbench needs, with nobody in it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.demo.planted import planted_links
    from workbench.demo.region import write_demo
    from workbench.demo.workbooks import write_workbooks

__all__ = ["planted_links", "write_demo", "write_workbooks"]

_PLACES = {"planted_links": "planted", "write_demo": "region", "write_workbooks": "workbooks"}
"""Imported when first asked for: who reads the truth need not load what makes it up."""


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(importlib.import_module(f"workbench.demo.{_PLACES[name]}"), name)
    raise AttributeError(f"module 'workbench.demo' has no attribute '{name}'")
