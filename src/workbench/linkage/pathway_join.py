"""From judged pairs to pathways: rivals weighed, parts joined, contradictions sent to review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.linkage import pathway_items as items
from workbench.linkage.pathway_candidates import FIRM, JOINING, SAME_IDENTIFIER
from workbench.linkage.pathway_components import components
from workbench.linkage.pathway_parts import PART

RIVALS = "several_candidates"
CONTRADICTION = "parts_contradict"


@dataclass(frozen=True)
class Joined:
    """What the pairs came to, on the engine.

    Attributes
    ----------
    parts : Table
        `PART` and ``group`` (the first of the parts that are one pathway), for every part
        that is joined to another.
    links : Table
        Pairs that join: ``part_left, part_right, rule``.
    review : Table
        Pairs that do not, with ``reason``; columns of the pairs.
    """

    parts: ir.Table
    links: ir.Table
    review: ir.Table


def join_parts(con: Any, parts: ir.Table, pairs: ir.Table) -> Joined:
    """Join parts by the pairs that a rule joins, but none that contradict each other.

    Parameters
    ----------
    con : ibis backend
        Holds both tables; temporary ones are made on it.
    parts : Table
        From `pathway_parts.parts_of`.
    pairs : Table
        From `pathway_candidates.candidate_pairs`.

    Notes
    -----
    The firm rules come first (`FIRM`). A pair of Trusts then shares one pathway of a
    person at most once: where a part has several candidates at another Trust the one that
    agrees in most items is taken, if that is so seen from both; of equals none is.
    """

    def kept(name: str, table: ir.Table) -> ir.Table:
        made: ir.Table = con.create_table(ibis.util.gen_name(name), table, temp=True)
        return made

    joining = kept("joining", pairs.filter(pairs.rule.notnull()))
    firm = components(con, joining.filter(joining.rule.isin(FIRM)))
    rivalled = kept("rivalled", _without_rivals(joining, firm))
    taken = rivalled.filter(rivalled.taken)
    grouped = components(con, taken)
    wrong = kept("wrong", _contradictory(grouped, parts))
    checked = kept("checked", _checked(taken, grouped, wrong))
    links = checked.filter(~checked.dropped)
    rivals = rivalled.filter(~rivalled.taken).mutate(reason=ibis.literal(RIVALS))
    against = checked.filter(checked.dropped).mutate(reason=ibis.literal(CONTRADICTION))
    undecided = pairs.filter(pairs.rule.isnull())
    review = ibis.union(*(each.select(*pairs.columns) for each in (undecided, rivals, against)))
    return Joined(
        parts=components(con, links),
        links=links.select("part_left", "part_right", "rule"),
        review=review,
    )


def _without_rivals(joining: ir.Table, firm: ir.Table) -> ir.Table:
    """Mark the pairs that are taken: firm ones, and the best one between two Trusts."""
    pairs = joining
    for side in ("left", "right"):
        own = firm.select(**{f"part_{side}": firm[PART], f"group_{side}": firm.group})
        pairs = pairs.left_join(own, f"part_{side}").select(*pairs.columns, f"group_{side}")
    pairs = pairs.mutate(
        group_left=ibis.coalesce(pairs.group_left, pairs.part_left),
        group_right=ibis.coalesce(pairs.group_right, pairs.part_right),
    )
    is_firm = pairs.rule.isin(FIRM) | (pairs.group_left == pairs.group_right)
    pairs = pairs.mutate(firm=is_firm)
    best = _best_candidates(pairs.filter(~pairs.firm))
    marked = pairs
    for side, other in (("left", "right"), ("right", "left")):
        seen = best.select(
            **{
                f"group_{side}": best.group,
                f"{items.SOURCE}_{other}": best.trust,
                f"group_{other}": best.candidate,
                f"best_{side}": best.best,
            }
        )
        keys = [f"group_{side}", f"{items.SOURCE}_{other}", f"group_{other}"]
        marked = marked.left_join(seen, keys).select(*marked.columns, f"best_{side}")
    won = (marked.best_left & marked.best_right).fill_null(False)
    return marked.select(*joining.columns, taken=marked.firm | won)


def _best_candidates(pairs: ir.Table) -> ir.Table:
    """Of each group and other Trust, which candidate agrees in most items, if only one does."""
    seen = ibis.union(
        *(
            pairs.select(
                group=pairs[f"group_{side}"],
                trust=pairs[f"{items.SOURCE}_{other}"],
                candidate=pairs[f"group_{other}"],
                agreeing=pairs.agreeing,
            )
            for side, other in (("left", "right"), ("right", "left"))
        )
    )
    scores = seen.group_by("group", "trust", "candidate").aggregate(score=seen.agreeing.max())
    rivals = ibis.window(group_by=["group", "trust"])
    scores = scores.mutate(top=scores.score == scores.score.max().over(rivals))
    equals = scores.top.cast("int64").sum().over(rivals)
    return scores.mutate(best=scores.top & (equals == 1))


def _contradictory(grouped: ir.Table, parts: ir.Table) -> ir.Table:
    """Groups whose parts have diagnoses of two tumour groups."""
    held = grouped.inner_join(parts, PART)
    counts = held.group_by("group").aggregate(cancers=held.tumour_group.nunique())
    return counts.filter(counts.cancers > 1).select("group")


def _checked(taken: ir.Table, grouped: ir.Table, wrong: ir.Table) -> ir.Table:
    """In a group that contradicts itself, only one identifier of one issuer still joins."""
    own = grouped.select(part_left=PART, group="group")
    bad = wrong.mutate(bad=ibis.literal(True))
    placed = taken.left_join(own, "part_left").select(*taken.columns, "group")
    marked = placed.left_join(bad, "group")
    dropped = marked.bad.fill_null(False) & (marked.rule != SAME_IDENTIFIER)
    return marked.select(*taken.columns, dropped=dropped)


def firmest_rule(links: ir.Table) -> ir.Table:
    """Give the firmest rule that ties each part to another: `PART`, ``rule``."""
    sides = ibis.union(
        links.select(links.rule, **{PART: links.part_left}),
        links.select(links.rule, **{PART: links.part_right}),
    )
    place = sides.rule.cases(*((rule, n) for n, rule in enumerate(JOINING)), else_=len(JOINING))
    ranked = sides.mutate(place=place)
    best = ranked.group_by(PART).aggregate(place=ranked.place.min())
    rule = best.place.cases(*((n, rule) for n, rule in enumerate(JOINING)), else_=None)
    return best.select(PART, rule=rule)
