"""Fairness: whether anyone's scores serve each group of patients alike, with honest intervals.

>>> import workbench as wb
>>> found = wb.fairness.assess(scores, "outcome", score="risk", groups=["ethnicity", "sex"])
>>> found.gaps
"""

from __future__ import annotations

from workbench.fairness.assessment import METRICS, Assessment, assess

__all__ = ["METRICS", "Assessment", "assess"]
