"""The quality score of a dataset, in the form of NHS England's Data Quality Maturity Index.

Formula, from NHS Digital's DQMI methodology, appendix 1:

- item score = (valid and complete - defaults in excess) / records, where defaults in
  excess = max(0, defaults - threshold x records);
- score = mean of the item scores x mean of the coverages x 100.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from workbench.dictionary.findings import Findings, ItemCount
from workbench.errors import ParameterError


@dataclass(frozen=True)
class Quality:
    """How good a dataset is, by item and overall.

    Attributes
    ----------
    items : mapping of str to float
        Item score of each column, from 0 to 1; it can fall below 0 where defaults are
        not valid codes themselves.
    coverage : float
        Mean share of the expected periods that were submitted, from 0 to 1.
    score : float
        Overall, from 0 to 100; NaN for a dataset without rows.
    """

    items: Mapping[str, float]
    coverage: float
    score: float


def item_score(count: ItemCount) -> float:
    """Score one item: the share of its records that is valid, complete and no excess default.

    Parameters
    ----------
    count : ItemCount

    Returns
    -------
    float
        NaN where there are no records.
    """
    if not count.records:
        return float("nan")
    excess = max(0.0, count.defaults - count.threshold * count.records)
    return (count.valid_and_complete - excess) / count.records


def index(items: Sequence[float], coverages: Sequence[float]) -> float:
    """Combine item scores and coverages into the index.

    Parameters
    ----------
    items : sequence of float
        Item scores, 0 to 1.
    coverages : sequence of float
        Periods submitted over periods expected, one a provider and dataset, 0 to 1.

    Returns
    -------
    float
        From 0 to 100.

    Raises
    ------
    ParameterError
        There is no item or no coverage, or a coverage is not from 0 to 1.
    """
    if not items or not coverages:
        raise ParameterError("A quality index needs at least one item and one coverage.")
    if any(not 0 <= coverage <= 1 for coverage in coverages):
        raise ParameterError("A coverage is a share from 0 to 1 of the periods expected.")
    return fmean(items) * fmean(coverages) * 100


def quality_of(findings: Findings, coverages: Sequence[float] = (1.0,)) -> Quality:
    """Score what a check of a table found.

    Parameters
    ----------
    findings : Findings
    coverages : sequence of float, optional
        As for `index`; one file says nothing about the periods that were expected, so
        that its coverage is taken as full.
    """
    items = {name: item_score(count) for name, count in findings.items.items()}
    return Quality(items, fmean(coverages), index(list(items.values()), coverages))
