"""What a reader of linked data should be told, by the GUILD guidance, from the run's own facts.

The guidance asks who makes data, who links them and who analyses them each to report what
the next one needs: provision, linkage, analysis.

References
----------
Gilbert R, Lafferty R, Hagger-Johnson G, et al. (2018). GUILD: GUidance for Information about
Linking Data sets. J Public Health 40:191-198.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from workbench.linkage.evaluation.groups import OF_PERSONS
from workbench.linkage.evaluation.rates import rule_in_words
from workbench.linkage.evaluation.records import MET, NOT_LINKED

PROVISION, LINKAGE, ANALYSIS = "Provision", "Linkage", "Analysis"
NOT_TOLD = "Not told by this run"


@dataclass(frozen=True)
class Told:
    """Tables and facts that the items are filled from.

    Attributes
    ----------
    records : ibis Table
        ``pathway_records`` of the store.
    rows : ibis Table
        From `workbench.linkage.evaluation.linked_records`.
    shared : ibis Table
        From `workbench.linkage.evaluation.shared_records`.
    review : ibis Table
        Doubtful pairs of pathways.
    intake, linkage : mapping
        What intake (``ingest.json``) and linkage (``link.json``) say of themselves; what
        they do not say is told as such.
    months : sequence of str
        Those that figures are of.
    truth_known : bool
        Whether links could be held against a planted truth.
    """

    records: ir.Table
    rows: ir.Table
    shared: ir.Table
    review: ir.Table
    intake: Mapping[str, Any]
    linkage: Mapping[str, Any]
    months: Sequence[str]
    truth_known: bool


def guild(told: Told) -> pd.DataFrame:
    """Fill the items.

    Returns
    -------
    DataFrame
        ``step``, ``item``, ``answer`` (words, no count of people), ``number`` (a count of
        records or pairs, missing where the item has none). In the guidance's order.
    """
    rows = [*_provision(told), *_linkage(told), *_analysis(told)]
    table = pd.DataFrame(rows, columns=["step", "item", "answer", "number"])
    return table.astype({"number": "Float64"})


_Row = tuple[str, str, str, float | None]


def _provision(told: Told) -> list[_Row]:
    records = told.records
    trusts = sorted(_column(records.select("source").distinct()))
    totals = told.intake.get("totals", {})
    usable = "nhs_number_usable"
    without = _number((~records[usable].fill_null(False)).sum()) if usable in records else None
    return [
        (PROVISION, "Who sent data", f"Trusts {', '.join(trusts)}", _number(records.count())),
        (PROVISION, "When data were extracted", _days(records), None),
        _fact(PROVISION, "Rows held back at intake", totals, "quarantined", "Rows of all kinds"),
        _fact(PROVISION, "Rows left out since the person opted out", totals, "opted_out",
              "Rows of all kinds"),
        (PROVISION, "Records without a usable NHS number",
         "In pathway records" if without is not None else NOT_TOLD, without),
    ]  # fmt: skip


def _linkage(told: Told) -> list[_Row]:
    rows, facts = told.rows, told.linkage
    used = rows.filter(rows.match_rule != NOT_LINKED).select("match_rule").distinct()
    rules = sorted(map(rule_in_words, _column(used)))
    titles = {
        "splink": "Splink", "engine": "engine", "threshold": "accept from",
        "review_from": "review from", "seed": "seed",
    }  # fmt: skip
    known = {title: facts[name] for name, title in titles.items() if facts.get(name) is not None}
    settings = ", ".join(f"{title} {value}" for title, value in known.items())
    unmet = told.shared.count(where=told.shared.outcome != MET)
    return [
        (LINKAGE, "Rules by which records are linked", _listed(rules), None),
        (LINKAGE, "Records linked to any other", "At the same Trust or another",
         _number(rows.linked.sum())),
        (LINKAGE, "With which settings", settings or NOT_TOLD, None),
        (LINKAGE, "Records linked across Trusts", "Records whose person is at two Trusts or more",
         _number(rows.across.sum())),
        _fact(LINKAGE, "Pairs of records left for review", facts, "review_pairs",
              "Pairs, not linked until decided"),
        _fact(LINKAGE, "Pairs that a person decided", facts, "decisions", "Decided for good"),
        (LINKAGE, "Pathways left for review", "Not joined until decided",
         _number(told.review.count())),
        (LINKAGE, "Missed links, as far as the records tell",
         "Shared records whose partner was not found", _number(unmet)),
        (LINKAGE, "Quality against the truth",
         "Held against planted truth in this report" if told.truth_known
         else "The truth is not known; see the bounds", None),
    ]  # fmt: skip


def _analysis(told: Told) -> list[_Row]:
    groups = ", ".join(title.lower() for title in OF_PERSONS.values())
    span = f"{min(told.months)} to {max(told.months)}"
    return [
        (ANALYSIS, "Linked and unlinked compared by", f"Trust, {groups}", None),
        (ANALYSIS, "Figure that error is carried into", f"Late under 62 days, {span}", None),
        (ANALYSIS, "How error is carried", "Best and worst case for each patient in doubt", None),
        (ANALYSIS, "Small numbers", "Withheld, others rounded, by the profile of this report",
         None),
    ]  # fmt: skip


def _number(expression: Any) -> float:
    return float(expression.to_pyarrow().as_py() or 0)


def _column(table: ir.Table) -> list[str]:
    return [str(value) for value in table.to_pyarrow().column(0).to_pylist()]


def _days(records: ir.Table) -> str:
    if "extract_date" not in records.columns:
        return NOT_TOLD
    days = records.aggregate(
        first=records.extract_date.cast("string").min(),
        last=records.extract_date.cast("string").max(),
    ).to_pyarrow()
    first, last = (str(days[name][0].as_py())[:10] for name in ("first", "last"))
    return first if first == last else f"{first} to {last}"


def _fact(step: str, item: str, facts: Mapping[str, Any], name: str, what: str) -> _Row:
    """A count that a command told of its run, or that it did not tell it."""
    number = facts.get(name)
    return (step, item, what if number is not None else NOT_TOLD, number)


def _listed(rules: Sequence[str], most: int = 180) -> str:
    """Rules in one cell, cut at a whole one."""
    if not rules:
        return "No record is linked"
    text = rules[0]
    for place, rule in enumerate(rules[1:], start=1):
        if len(text) + len(rule) > most:
            return f"{text} and {len(rules) - place} more"
        text = f"{text}; {rule}"
    return text
