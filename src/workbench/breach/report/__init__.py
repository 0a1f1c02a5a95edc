"""What the report on a model shows: its tables, and the words that go with them.

All of it is read from the model's folder; nothing is fitted or judged again. Functions
give tables that have still to pass disclosure control, and words for what has passed it.
"""

from __future__ import annotations

from workbench.breach.report.agreement import agreement
from workbench.breach.report.cohort import cohort, windows
from workbench.breach.report.doubts import hazard, learning, stability
from workbench.breach.report.folder import Held, read_model
from workbench.breach.report.lines import benefit, calibration, captured, waits
from workbench.breach.report.signs import signs
from workbench.breach.report.tables import COUNTS, by_landmark, by_month, by_site, compared, others

__all__ = [
    "COUNTS",
    "Held",
    "agreement",
    "benefit",
    "by_landmark",
    "by_month",
    "by_site",
    "calibration",
    "captured",
    "cohort",
    "compared",
    "hazard",
    "learning",
    "others",
    "read_model",
    "signs",
    "stability",
    "waits",
    "windows",
]
