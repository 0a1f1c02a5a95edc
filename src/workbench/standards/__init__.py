"""The three cancer waiting time standards, right to the day.

`waits` turns pathway records into one row per record, standard and Trust:
clock, adjustment, whether it counts and why not, whether it was within the
standard, and each Trust's share of the patient. Everything is an Ibis expression
over the whole table; every switch and figure stands in the rules file
(``data_dictionary/rules/cwt_12_1.yaml``). `read_waitlist` does so for a store and
leaves tables that `breakdown`, `backlog`, `sharing` and `delay_reasons` sum.

>>> import workbench as wb
>>> rows = wb.standards.waits(records, as_at="2025-04-30")
>>> wb.standards.performance(rows)
"""

from workbench.standards import (
    audit,
    backlog,
    breakdown,
    captions,
    delay_reasons,
    open_pathways,
    periods,
    sharing,
    words,
)
from workbench.standards.rules import Rules, load_rules
from workbench.standards.summary import notes, outcomes, performance
from workbench.standards.targets import targets_in_force
from workbench.standards.waitlist import Waitlist, read_waitlist
from workbench.standards.waits import waits

__all__ = [
    "Rules",
    "Waitlist",
    "audit",
    "backlog",
    "breakdown",
    "captions",
    "delay_reasons",
    "load_rules",
    "notes",
    "open_pathways",
    "outcomes",
    "performance",
    "periods",
    "read_waitlist",
    "sharing",
    "targets_in_force",
    "waits",
    "words",
]
