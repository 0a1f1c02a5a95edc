"""Statistics that several rooms need: pure functions, each with its formula and source."""

from __future__ import annotations

from workbench.statistics import (
    differences,
    funnel,
    gcomputation,
    intervals,
    multiplicity,
    regression,
    resampling,
    standardisation,
    survival,
    xmr,
)

__all__ = [
    "differences",
    "funnel",
    "gcomputation",
    "intervals",
    "multiplicity",
    "regression",
    "resampling",
    "standardisation",
    "survival",
    "xmr",
]
