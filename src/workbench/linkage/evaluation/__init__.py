"""Who the linkage fails: how many records were linked, for whom, and what error does.

>>> from workbench.linkage import evaluation
>>> groups = evaluation.person_groups(persons, dictionary)
>>> rows = evaluation.linked_records(links, groups)
>>> evaluation.link_rates(rows, "ethnicity")

Tables go in and come out, counts by group. Four questions, none of which needs the others:

========================== ==========================================================
`link_rates`               which records were linked, which are doubtful
`shared_rates`             records that name a partner: was it found?
`cases`, `gap_bounds`      what that could do to the share treated late
`pair_errors`              precision and recall, where a planted truth is known
========================== ==========================================================
"""

from __future__ import annotations

from workbench.linkage.evaluation import headers, words
from workbench.linkage.evaluation.agreement import agreement
from workbench.linkage.evaluation.facts import INTAKE, LINKAGE, files, read_facts
from workbench.linkage.evaluation.gaps import gap_bounds, largest, with_gaps
from workbench.linkage.evaluation.groups import GROUPS, OF_PERSONS, person_groups
from workbench.linkage.evaluation.guild import Told, guild
from workbench.linkage.evaluation.joined import COUNTS as JOINED
from workbench.linkage.evaluation.joined import if_all_joined
from workbench.linkage.evaluation.late import late_by_group, waits_by_pathway
from workbench.linkage.evaluation.opt_outs import opted_out
from workbench.linkage.evaluation.planted import Held, hold_against
from workbench.linkage.evaluation.rates import (
    every_group,
    expected,
    link_rates,
    pathway_rules,
    rules_used,
    shared_rates,
    thresholds,
    unlinked_profile,
)
from workbench.linkage.evaluation.records import linked_records, shared_records
from workbench.linkage.evaluation.sensitivity import COUNTS, bounds, cases
from workbench.linkage.evaluation.truth import (
    ADDED,
    PAIRS,
    error_added,
    overall,
    pair_errors,
    told_the_truth,
    true_owners,
    with_truth,
)

__all__ = [
    "ADDED",
    "COUNTS",
    "GROUPS",
    "INTAKE",
    "JOINED",
    "LINKAGE",
    "OF_PERSONS",
    "PAIRS",
    "Held",
    "Told",
    "agreement",
    "bounds",
    "cases",
    "error_added",
    "every_group",
    "expected",
    "files",
    "gap_bounds",
    "guild",
    "headers",
    "hold_against",
    "if_all_joined",
    "largest",
    "late_by_group",
    "link_rates",
    "linked_records",
    "opted_out",
    "overall",
    "pair_errors",
    "pathway_rules",
    "person_groups",
    "read_facts",
    "rules_used",
    "shared_rates",
    "shared_records",
    "thresholds",
    "told_the_truth",
    "true_owners",
    "unlinked_profile",
    "waits_by_pathway",
    "with_gaps",
    "with_truth",
    "words",
]
