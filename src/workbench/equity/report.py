"""The equity report, part by part: what the notebook calls.

>>> from workbench.equity import report
>>> patients = report.patients(rows, pathways, persons, dictionary)
>>> report.gaps(patients, ["ethnicity", "deprivation"])

Patients go in, tables come out; tables that show counts are released before anything is made
of them, so that no figure undoes their rounding.
"""

from __future__ import annotations

from workbench.equity.report_cells import cells, drawn, pair
from workbench.equity.report_checks import checks
from workbench.equity.report_gaps import (
    COUNTS,
    STATISTICS,
    gaps,
    in_points,
    of_characteristic,
    points_of,
    with_crude,
)
from workbench.equity.report_gradient import fifths, gradient
from workbench.equity.report_gradient import in_points as slopes_in_points
from workbench.equity.report_patients import CHARACTERISTICS, groups_of, members, only, patients
from workbench.equity.report_population import STATISTICS as RATIOS
from workbench.equity.report_population import (
    area_mix,
    availability,
    census_file,
    distance,
    ethnic_counts,
    represented,
    too_few,
)
from workbench.equity.report_proms import HEARD_STATISTICS as ASKED
from workbench.equity.report_proms import MEANS, answers, heard, means, ought_to_be_asked
from workbench.equity.report_reasons import STATISTICS as SPLIT
from workbench.equity.report_reasons import reasons
from workbench.equity.report_store import read_census, read_store
from workbench.equity.report_time import control, followed, over_time, series
from workbench.equity.report_trusts import STATISTICS as TRUST_STATISTICS
from workbench.equity.report_trusts import by_trust, funnel, like_patients

__all__ = [
    "ASKED",
    "CHARACTERISTICS",
    "COUNTS",
    "MEANS",
    "RATIOS",
    "SPLIT",
    "STATISTICS",
    "TRUST_STATISTICS",
    "answers",
    "area_mix",
    "availability",
    "by_trust",
    "cells",
    "census_file",
    "checks",
    "control",
    "distance",
    "drawn",
    "ethnic_counts",
    "fifths",
    "followed",
    "funnel",
    "gaps",
    "gradient",
    "groups_of",
    "heard",
    "in_points",
    "like_patients",
    "means",
    "members",
    "of_characteristic",
    "only",
    "ought_to_be_asked",
    "over_time",
    "pair",
    "patients",
    "points_of",
    "read_census",
    "read_store",
    "reasons",
    "represented",
    "series",
    "slopes_in_points",
    "too_few",
    "with_crude",
]
