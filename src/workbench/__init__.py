"""Cancer Pathway Equity Workbench.

>>> import workbench as wb

Rooms are imported when they are first used (`wb.standards`, `wb.statistics`,
`wb.published`, ...), so that this line stays light.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_ROOMS = (
    "breach",
    "charts",
    "demo",
    "dictionary",
    "disclosure",
    "equity",
    "explain",
    "fairness",
    "linkage",
    "published",
    "quality",
    "reference",
    "reporting",
    "standards",
    "statistics",
)
_NAMES = {"start": "workbench.reporting.session"}

if TYPE_CHECKING:
    from workbench import (
        breach,
        charts,
        demo,
        dictionary,
        disclosure,
        equity,
        explain,
        fairness,
        linkage,
        published,
        quality,
        reference,
        reporting,
        standards,
        statistics,
    )
    from workbench.reporting.session import start

__all__ = [
    "breach",
    "charts",
    "demo",
    "dictionary",
    "disclosure",
    "equity",
    "explain",
    "fairness",
    "linkage",
    "published",
    "quality",
    "reference",
    "reporting",
    "standards",
    "start",
    "statistics",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"workbench.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'workbench' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS, *_NAMES])
