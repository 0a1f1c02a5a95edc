"""One row a linked person: characteristics from every Trust's record, and no identity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.linkage import pathway_items as items

FLAGS = ("learning_disability", "serious_mental_illness", "interpreter_needed")
NOT_KNOWN_SEX = ("X",)
"""Default of the national item; it never beats a stated one."""
NOT_KNOWN_AREAS = ("X99999998", "X99999999")
"""Outside the United Kingdom, and not known."""

COLUMNS = (
    items.PERSON, "sex", "ethnic_category", "ethnic_category_source", "ethnic_category_conflict",
    "age_band_at_referral", "lsoa", "imd_decile", "imd_version", "lsoa_vintage", *FLAGS,
    "records", "trusts",
)  # fmt: skip

_SENT = "ethnic_category_sent"
_SEX = "person_stated_gender_code"


@dataclass(frozen=True)
class EthnicityRule:
    """How ethnic categories that disagree are settled; as intake's settings say.

    Attributes
    ----------
    rule : {"most_recent", "modal", "self_reported_first"}
    not_stated : tuple of str
        Codes that never beat another.
    self_reported_trusts : tuple of str
        Trusts whose records hold what patients say themselves.
    """

    rule: str = "most_recent"
    not_stated: tuple[str, ...] = ("Z", "99")
    self_reported_trusts: tuple[str, ...] = ()


def persons_of(
    demographics: ir.Table,
    links: ir.Table,
    pathways: ir.Table,
    rule: EthnicityRule,
    deprivation: ir.Table | None = None,
) -> ir.Table:
    """Characteristics of each linked person.

    Parameters
    ----------
    demographics : Table
        The store's.
    links : Table
        ``record_id, source, person_id``.
    pathways : Table
        With ``person_id``, ``lsoa_of_residence`` and the day of referral: the area is that
        of the latest referral which names one.
    rule : EthnicityRule
        As at intake, but over all of the person's records, whichever Trust sent them.
    deprivation : Table, optional
        ``lsoa, imd_decile, imd_version, lsoa_vintage``; without it no decile is known.

    Returns
    -------
    Table
        `COLUMNS`, one row a person of `links`. A sex that is stated beats one that is
        not, the commonest the rarer; a flag is Y where any record says so. The age band
        is that of the first referral.
    """
    known = _described(demographics, links)
    settled = known.group_by(items.PERSON).aggregate(
        age_band_at_referral=known.age_band_at_referral.argmin(known.age_at_referral),
        records=known.count(),
        trusts=known[items.SOURCE].nunique(),
        **{name: _flag(known[name]) for name in FLAGS},
    )
    for table in (_sex(known), _ethnicity(known, rule), _area(pathways)):
        settled = _beside(settled, table)
    return _with_decile(settled, deprivation).select(*COLUMNS)


def _described(demographics: ir.Table, links: ir.Table) -> ir.Table:
    wanted = {
        _SENT: "string", _SEX: "string", items.EXTRACTED: "date", "age_at_referral": "int64",
        "age_band_at_referral": "string", **dict.fromkeys(FLAGS, "string"),
    }  # fmt: skip
    held = demographics.select(
        items.RECORD,
        **{
            name: demographics[name].cast(kind) if name in demographics.columns else ibis.null(kind)
            for name, kind in wanted.items()
        },
    )
    joined = links.select(items.RECORD, items.SOURCE, items.PERSON).left_join(held, items.RECORD)
    return joined.select(items.RECORD, items.SOURCE, items.PERSON, *wanted)


def _flag(column: Any) -> Any:
    """Y of any record beats N, and N a blank: codes are in that order of the alphabet."""
    return column.max()


def _sex(known: ir.Table) -> ir.Table:
    said = known.filter(known[_SEX].notnull())
    counts = said.group_by(items.PERSON, _SEX).aggregate(times=said.count())
    order = [counts[_SEX].isin(NOT_KNOWN_SEX), counts.times.desc(), counts[_SEX]]
    return _first(counts, order).select(items.PERSON, sex=_SEX)


def _ethnicity(known: ir.Table, rule: EthnicityRule) -> ir.Table:
    stated = known[_SENT].notnull() & known[_SENT].notin(rule.not_stated)
    own = (
        known[items.SOURCE].isin(rule.self_reported_trusts)
        if rule.self_reported_trusts
        else ibis.literal(False)
    )
    rows = known.filter(known[_SENT].notnull()).mutate(stated=stated, self_reported=own)
    alike = ibis.window(group_by=[items.PERSON, _SENT])
    rows = rows.mutate(
        times=rows.count().over(alike), latest=rows[items.EXTRACTED].max().over(alike)
    )
    recent, common = rows.latest.desc(nulls_first=False), rows.times.desc()
    by_rule = {
        "most_recent": [recent, common],
        "modal": [common, recent],
        "self_reported_first": [rows.self_reported.desc(), recent, common],
    }[rule.rule]
    order = [~rows.stated, *by_rule, rows[_SENT], rows[items.SOURCE], rows[items.RECORD]]
    chosen = _first(rows, order).select(
        items.PERSON, ethnic_category=_SENT, ethnic_category_source=items.SOURCE
    )
    said = rows.filter(rows.stated)
    differing = said.group_by(items.PERSON).aggregate(
        ethnic_category_conflict=said[_SENT].nunique() > 1
    )
    return _beside(chosen, differing)


def _area(pathways: ir.Table) -> ir.Table:
    area = pathways["lsoa_of_residence"]
    rows = pathways.filter(area.notnull())
    order = [
        rows["lsoa_of_residence"].isin(NOT_KNOWN_AREAS),
        rows[items.REFERRED].desc(nulls_first=False),
        rows[items.PATHWAY],
    ]
    return _first(rows, order).select(items.PERSON, lsoa="lsoa_of_residence")


def _first(rows: ir.Table, order: Sequence[Any]) -> ir.Table:
    place = ibis.row_number().over(ibis.window(group_by=items.PERSON, order_by=list(order)))
    return rows.mutate(place=place).filter(lambda t: t.place == 0).drop("place")


def _beside(left: ir.Table, right: ir.Table) -> ir.Table:
    joined = left.left_join(right, items.PERSON)
    return joined.select(*left.columns, *(n for n in right.columns if n != items.PERSON))


def _with_decile(persons: ir.Table, deprivation: ir.Table | None) -> ir.Table:
    persons = persons.mutate(
        ethnic_category_conflict=persons.ethnic_category_conflict.fill_null(False)
    )
    if deprivation is None:
        return persons.mutate(
            imd_decile=ibis.null("int64"), imd_version=ibis.null("string"),
            lsoa_vintage=ibis.null("string"),
        )  # fmt: skip
    index = deprivation.select(
        "lsoa", "imd_version", "lsoa_vintage", imd_decile=deprivation.imd_decile.cast("int64")
    )
    joined = persons.left_join(index, "lsoa")
    return joined.select(*persons.columns, "imd_decile", "imd_version", "lsoa_vintage")
