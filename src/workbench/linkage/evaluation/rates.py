"""How many records were linked, by whom, by which rule, and how many were not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench.linkage.evaluation.frames import fetched
from workbench.linkage.evaluation.groups import GROUPS
from workbench.linkage.evaluation.records import MET, MISSED, NOT_LINKED, PERSON_ONLY

FACTS = {
    "nhs_number": "NHS number is usable",
    "diagnosis": "Diagnosis is given",
    "area": "Area of residence is given",
    "treated": "Treatment has started",
}
"""What might explain why a shared record has no partner, with what a reader calls it."""


def link_rates(rows: ir.Table, by: str) -> pd.DataFrame:
    """Count linked and doubtful records by group.

    Parameters
    ----------
    rows : ibis Table
        From `workbench.linkage.evaluation.linked_records`.
    by : str
        A column of groups.

    Returns
    -------
    DataFrame
        One row a group, sorted: ``group``, ``records``, ``linked`` (with any other
        record), ``across`` (with one of another Trust), ``in_review``.
    """
    counted = rows.group_by(group=rows[by]).agg(
        records=rows.count(),
        linked=rows.linked.sum(),
        across=rows.across.sum(),
        in_review=rows.in_review.sum(),
    )
    return fetched(counted.order_by("group"))


def shared_rates(shared: ir.Table, by: str) -> pd.DataFrame:
    """Count shared records whose other half was found, by group.

    Parameters
    ----------
    shared : ibis Table
        From `workbench.linkage.evaluation.shared_records`.
    by : str
        A column of groups.

    Returns
    -------
    DataFrame
        One row a group, sorted: ``group``, ``shared``, ``met`` (in the same
        pathway), ``person_only`` (the person is there, the pathway is not), ``missed``.
    """
    counted = shared.group_by(group=shared[by]).agg(
        shared=shared.count(),
        met=shared.count(where=shared.outcome == MET),
        person_only=shared.count(where=shared.outcome == PERSON_ONLY),
        missed=shared.count(where=shared.outcome == MISSED),
    )
    return fetched(counted.order_by("group"))


def every_group(table: Callable[[ir.Table, str], pd.DataFrame], rows: ir.Table) -> pd.DataFrame:
    """One of the tables above for every characteristic, one below the other.

    Parameters
    ----------
    table : callable
        `link_rates` or `shared_rates`.
    rows : ibis Table
        What it counts.

    Returns
    -------
    DataFrame
        ``characteristic``, ``group`` and the counts.
    """
    parts = [table(rows, by).assign(characteristic=title) for by, title in GROUPS.items()]
    whole = pd.concat(parts, ignore_index=True)
    return whole[["characteristic", "group", *[c for c in whole if c not in _KEYS]]]


_KEYS = ("characteristic", "group")


def rules_used(rows: ir.Table) -> pd.DataFrame:
    """Count records by the rule that ties each to its person.

    Parameters
    ----------
    rows : ibis Table
        From `workbench.linkage.evaluation.linked_records`.

    Returns
    -------
    DataFrame
        ``match_rule``, ``tied`` (records that it ties in), ``records`` (all that are
        linked); the commonest first. A record that stands alone has no rule.
    """
    own = rows.filter(rows.match_rule != NOT_LINKED)
    table = fetched(own.group_by("match_rule").agg(tied=own.count()))
    return _commonest_first(table.assign(match_rule=table["match_rule"].map(rule_in_words)))


def pathway_rules(parts: ir.Table) -> pd.DataFrame:
    """Count records by the rule that joined each to its pathway, where there are several.

    Parameters
    ----------
    parts : ibis Table
        ``pathway_parts``: ``record_id, part, pathway_id, rule``.

    Returns
    -------
    DataFrame
        ``match_rule``, ``tied``, ``records`` (in pathways of two parts or more: what one
        Trust holds under one identifier is one part); the commonest first.
    """
    several = parts.group_by("pathway_id").agg(held=parts.part.nunique())
    rows = parts.semi_join(several.filter(several.held > 1), "pathway_id")
    table = fetched(rows.group_by(match_rule=rows.rule).agg(tied=rows.count()))
    return _commonest_first(table.assign(match_rule=table["match_rule"].map(rule_in_words)))


def rule_in_words(rule: str) -> str:
    """Write ``nhs_number+birth_date`` as ``NHS number, birth date``."""
    if rule == "model":
        return "Judged as likely enough"
    text = rule.replace("+", ", ").replace("_", " ").replace("nhs", "NHS")
    return text[0].upper() + text[1:]


def _commonest_first(table: pd.DataFrame) -> pd.DataFrame:
    table = table.assign(records=table["tied"].sum())
    return table.sort_values(["tied", "match_rule"], ascending=[False, True], ignore_index=True)


def unlinked_profile(shared: ir.Table) -> pd.DataFrame:
    """What shared records without a partner are like, beside those that have one.

    Parameters
    ----------
    shared : ibis Table
        From `workbench.linkage.evaluation.shared_records`.

    Returns
    -------
    DataFrame
        ``name`` (the next two in one), ``what`` (of `FACTS`), ``answer`` (Yes, No),
        ``shared``, ``unmet`` (no partner in the pathway).
    """
    parts = [
        shared.group_by(answer=ibis.ifelse(shared[name], "Yes", "No"))
        .agg(shared=shared.count(), unmet=shared.count(where=shared.outcome != MET))
        .mutate(what=ibis.literal(title), place=ibis.literal(place))
        for place, (name, title) in enumerate(FACTS.items())
    ]
    table = fetched(ibis.union(*parts))
    table = table.sort_values(["place", "answer"], ascending=[True, False], ignore_index=True)
    table["name"] = table["what"] + ": " + table["answer"].str.lower()
    return table[["name", "what", "answer", "shared", "unmet"]]


EXPECTED = {
    "review": "For review",
    "expected_false_links": "False links",
    "expected_missed_links": "Missed links",
}
"""What a threshold is weighed by, with what a reader calls each."""


def thresholds(facts: Mapping[str, Any]) -> pd.DataFrame:
    """What other thresholds would accept, as linkage reckoned it.

    Parameters
    ----------
    facts : mapping
        What linkage says of itself: ``thresholds``, a list of ``threshold, links`` and any
        of `EXPECTED`; may be absent.

    Returns
    -------
    DataFrame
        ``threshold`` (as text), ``links`` and those of `EXPECTED` that are told: pairs.
        Empty where linkage says nothing.
    """
    told = pd.DataFrame(facts.get("thresholds") or [], columns=["threshold", "links", *EXPECTED])
    told = told.dropna(axis="columns", how="all") if len(told) else told
    return told.assign(threshold=[f"{value:g}" for value in told["threshold"]])


def expected(table: pd.DataFrame) -> pd.DataFrame:
    """`thresholds`, one row a threshold and measure: ``threshold, what, pairs``."""
    measures = [name for name in EXPECTED if name in table]
    long = table.melt("threshold", measures, var_name="what", value_name="pairs")
    return long.assign(what=long["what"].map(EXPECTED))
