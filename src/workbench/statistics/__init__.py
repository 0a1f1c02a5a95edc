"""Statistics that several rooms need: pure functions, each with its formula and source."""

from __future__ import annotations

from workbench.statistics import funnel, intervals, multiplicity, xmr

__all__ = ["funnel", "intervals", "multiplicity", "xmr"]
