"""Which parts hang together, directly or through others."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.linkage.pathway_parts import PART

_MOST_ROUNDS = 64
"""A chain of 64 transfers is none: the national data set holds ten."""


def components(con: Any, pairs: ir.Table) -> ir.Table:
    """Give each part of some pairs the first part, by name, that it hangs together with.

    Parameters
    ----------
    con : ibis backend
    pairs : Table
        ``part_left``, ``part_right``.

    Returns
    -------
    Table
        `PART` and ``group``; a table of the engine. Each round every part takes the first
        name among its neighbours', until nothing changes: as many rounds as the longest
        chain has links, which for pathways is two or three.
    """
    ends = ibis.union(
        pairs.select(a="part_left", b="part_right"), pairs.select(a="part_right", b="part_left")
    )
    edges = con.create_table(ibis.util.gen_name("edges"), ends.distinct(), temp=True)
    groups = con.create_table(
        ibis.util.gen_name("groups"),
        edges.group_by(edges.a.name(PART)).aggregate(
            group=ibis.least(edges.a.min(), edges.b.min())
        ),
        temp=True,
    )
    for _ in range(_MOST_ROUNDS):
        spread = edges.inner_join(groups, edges.b == groups[PART])
        reached = spread.group_by("a").aggregate(reached=spread.group.min())
        both = groups.inner_join(reached, groups[PART] == reached.a)
        lower = both.select(
            PART, group=ibis.least(both.group, both.reached), moved=both.reached < both.group
        )
        after = con.create_table(ibis.util.gen_name("groups"), lower, temp=True)
        moved = con.to_pyarrow(after.moved.any().fill_null(False)).as_py()
        groups = after.drop("moved")
        if not moved:
            break
    return groups
