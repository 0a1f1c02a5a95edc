"""Data quality: what is missing or wrong, which figures it spoils, what to mend first.

>>> from workbench import quality
>>> plan = quality.load_plan(dictionary)
>>> cohort = quality.cohort_of(records, demographics, dictionary, deprivation)
>>> quality.completeness(quality.item_marks(cohort, faults, plan), plan, "trust")

Tables go in and come out. Whether a wait is measured is taken from the table of waits;
this room explains why one is not.
"""

from __future__ import annotations

from workbench.dictionary.groups import NOT_KNOWN
from workbench.quality.cohort import GROUPS, REGION, cohort_of
from workbench.quality.completeness import completeness, item_marks
from workbench.quality.conflicts import conflicts, people_in_conflict
from workbench.quality.measured import agreement, ended_waits, gaps, measured
from workbench.quality.mending import mend_first, usable
from workbench.quality.plan import Plan, load_plan
from workbench.quality.plausibility import (
    FIRSTS_EXPECTED,
    commonest,
    duplicates,
    faulty,
    first_of_month,
    told_faults,
)
from workbench.quality.score import scores
from workbench.quality.shown import (
    DATASETS,
    FACTS,
    OF_PATIENTS,
    lateness,
    lowest_items,
    of_standard,
    read_facts,
)
from workbench.quality.summary import five_dimensions
from workbench.quality.timeliness import months_sent, taken_in, timeliness

__all__ = [
    "DATASETS",
    "FACTS",
    "FIRSTS_EXPECTED",
    "GROUPS",
    "NOT_KNOWN",
    "OF_PATIENTS",
    "REGION",
    "Plan",
    "agreement",
    "cohort_of",
    "commonest",
    "completeness",
    "conflicts",
    "duplicates",
    "ended_waits",
    "faulty",
    "first_of_month",
    "five_dimensions",
    "gaps",
    "item_marks",
    "lateness",
    "load_plan",
    "lowest_items",
    "measured",
    "mend_first",
    "months_sent",
    "of_standard",
    "people_in_conflict",
    "read_facts",
    "scores",
    "taken_in",
    "timeliness",
    "told_faults",
    "usable",
]
