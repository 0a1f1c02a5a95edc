"""NHS England's published Cancer Waiting Times: read, reconciled, summarised.

>>> publication = read("folder of workbooks")
>>> england_by_month(publication)
"""

from workbench.published import words, words_change, words_mix
from workbench.published.boards import boards, boards_cells, boards_files
from workbench.published.case_mix import STRATA, case_mix
from workbench.published.compare import (
    compare,
    over_months,
    provisional_months,
    public_as_text,
    with_readings,
)
from workbench.published.layout import STANDARDS
from workbench.published.publication import Publication
from workbench.published.reader import read
from workbench.published.reconcile import as_checks, failing_cells, reconcile
from workbench.published.revisions import revisions
from workbench.published.summaries import (
    bands,
    by_cancer_type,
    by_route,
    change_by_cancer_type,
    england_by_month,
    last_months,
    latest_change,
    provider_by_month,
    provider_names,
    waits_in_four,
)
from workbench.published.trusts import Comparison, compare_trusts
from workbench.published.variation import (
    ControlChart,
    control_chart,
    control_charts,
    standard_in,
    targets_over,
)

__all__ = [
    "STANDARDS", "STRATA", "Comparison", "ControlChart", "Publication", "as_checks", "bands",
    "boards", "boards_cells", "boards_files", "by_cancer_type", "by_route", "case_mix",
    "change_by_cancer_type", "compare", "compare_trusts", "control_chart",
    "control_charts", "england_by_month", "failing_cells", "last_months",
    "latest_change", "over_months", "provider_by_month", "provider_names", "provisional_months",
    "public_as_text", "read", "reconcile", "revisions", "standard_in", "targets_over",
    "waits_in_four", "with_readings", "words", "words_change",
    "words_mix",
]  # fmt: skip
