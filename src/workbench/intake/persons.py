"""What several records of one person say: ages, and ethnic categories that disagree.

Until records are linked, a person is everyone with the same usable NHS number; else
with the same hospital number at a Trust; else one record alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa

from workbench.dictionary.model import CodeList, Schema
from workbench.intake.engine import answered
from workbench.intake.pseudonyms import SUFFIX
from workbench.intake.rows import NHS_USABLE, RECORD
from workbench.intake.settings import Settings

ETHNICITY = "ethnic_category"
COMPARED = (ETHNICITY, "person_stated_gender_code", "birth_date", "death_date")
"""Characteristics of which it is counted how often a person's records disagree."""


@dataclass(frozen=True, eq=False)
class People:
    """Demographics with what is known of the person.

    Attributes
    ----------
    table : pyarrow.Table
        ``record_id`` and ``ethnic_category``, ``ethnic_category_sent``,
        ``ethnic_category_source``, ``ethnic_category_conflict``, ``age_at_referral``,
        ``age_band_at_referral``; sorted by ``record_id``.
    conflicts : dict
        By characteristic: how many people, and how many whose records disagree.
    """

    table: pa.Table
    conflicts: dict[str, dict[str, int]]


def people(
    con: Any,
    demographics: pa.Table,
    referrals: pa.Table,
    schema: Schema,
    bands: CodeList,
    settings: Settings,
) -> People:
    """Resolve each person's ethnic category, and give ages at referral.

    Parameters
    ----------
    con : ibis backend
    demographics : pyarrow.Table
        Records that stand, as text: ``record_id``, ``source``, ``pathway_key``,
        ``extract_date``, pseudonyms, `NHS_USABLE` and `COMPARED`.
    referrals : pyarrow.Table
        ``source``, ``pathway_key`` and ``referred``, the first day of the pathway.
    schema : Schema
        Of demographics.
    bands : CodeList
        Age bands, as ``50-59`` or ``80+``.
    settings : Settings
    """
    unstated = {name: tuple(_unstated(name, schema, settings)) for name in COMPARED}
    told = (settings.ethnicity_rule, settings.ethnicity_not_stated, settings.self_reported_trusts)
    table = answered(
        con,
        {"records": demographics, "referrals": referrals},
        ("people", told, tuple(bands.values)),
        lambda records, referred: (
            _resolved(records.mutate(person=_person(records)), settings)
            .join(_aged(records, referred, bands), RECORD)
            .order_by(RECORD)
        ),
    )
    counts = answered(
        con,
        {"records": demographics},
        ("conflicts", repr(unstated)),
        lambda records: _conflicts(records.mutate(person=_person(records)), unstated),
    )
    by_name = {row.pop("characteristic"): row for row in counts.to_pylist()}
    nobody = dict.fromkeys((one for one in counts.column_names if one != "characteristic"), 0)
    return People(table, {name: by_name.get(name, nobody) for name in COMPARED})


def _person(records: Any) -> Any:
    number = ibis.ifelse(records[NHS_USABLE] == "true", records["nhs_number" + SUFFIX], None)
    return ibis.coalesce(number, records["local_patient_identifier" + SUFFIX], records[RECORD])


def _resolved(records: Any, settings: Settings) -> Any:
    """Each record with its person's ethnic category by the rule in force.

    A category that is not stated or not known never beats a stated one.
    """
    stated = records[ETHNICITY].notnull() & records[ETHNICITY].notin(settings.ethnicity_not_stated)
    rows = records.mutate(stated=ibis.ifelse(stated, records[ETHNICITY], None))
    alike = ibis.window(group_by=["person", ETHNICITY])
    rows = rows.mutate(times=rows.count().over(alike), latest=rows.extract_date.max().over(alike))
    rows = rows.mutate(
        self_reported=rows["source"].isin(settings.self_reported_trusts)
        if settings.self_reported_trusts
        else ibis.literal(False)
    )
    first = ibis.window(group_by="person", order_by=_preferred(rows, settings.ethnicity_rule))
    everyone = ibis.window(group_by="person")
    return rows.select(
        RECORD,
        ethnic_category=rows[ETHNICITY].first().over(first),
        ethnic_category_sent=rows[ETHNICITY],
        ethnic_category_source=ibis.ifelse(
            rows[ETHNICITY].first().over(first).notnull(), rows["source"].first().over(first), None
        ),
        ethnic_category_conflict=(
            rows.stated.min().over(everyone) != rows.stated.max().over(everyone)
        ).fill_null(False),
    )


def _preferred(rows: Any, rule: str) -> list[Any]:
    recent, common = rows.latest.desc(nulls_first=False), rows.times.desc()
    by_rule = {
        "most_recent": [recent, common],
        "modal": [common, recent],
        "self_reported_first": [rows.self_reported.desc(), recent, common],
    }[rule]
    stated_first = [rows.stated.isnull(), rows[ETHNICITY].isnull()]
    return [*stated_first, *by_rule, rows[ETHNICITY], rows["source"], rows[RECORD]]


def _aged(records: Any, referrals: Any, bands: CodeList) -> Any:
    """Completed years at referral, and their band; blank where either day is not known."""
    first = referrals.group_by(["source", "pathway_key"]).agg(referred=referrals.referred.min())
    joined = records.left_join(first, ["source", "pathway_key"])
    born, day = records.birth_date.try_cast("date"), joined.referred
    joined = joined.mutate(born=born, day=day)
    before = (joined.day.month() * 100 + joined.day.day()) < (
        joined.born.month() * 100 + joined.born.day()
    )
    years = joined.day.year() - joined.born.year() - before.cast("int64")
    age = ibis.ifelse(years.between(0, 130), years, None).cast("int64")
    joined = joined.mutate(age_at_referral=age)
    return joined.select(
        RECORD, "age_at_referral", age_band_at_referral=_band(joined.age_at_referral, bands)
    )


def _band(age: Any, bands: CodeList) -> Any:
    branches = []
    for code in bands.values:
        low, _, high = code.partition("-")
        within = age >= int(low.rstrip("+"))
        branches.append((within & (age <= int(high)) if high else within, code))
    return ibis.cases(*branches)


def _unstated(name: str, schema: Schema, settings: Settings) -> Sequence[str]:
    return settings.ethnicity_not_stated if name == ETHNICITY else schema.field(name).default_codes


def _conflicts(records: Any, unstated: Mapping[str, Sequence[str]]) -> Any:
    """How many people's records disagree on each characteristic, and of which kind."""
    rows = ibis.union(*(_said(records, name, codes) for name, codes in unstated.items()))
    one = ["characteristic", "person"]
    trust = rows.group_by([*one, "source"]).agg(
        low=rows.value.min(), high=rows.value.max(), blank=rows.blank.any()
    )
    person = trust.group_by(one).agg(
        low=trust.low.min(),
        high=trust.high.max(),
        within=(trust.low != trust.high).any().fill_null(False),
        between=((trust.low.min() != trust.low.max()) | (trust.high.min() != trust.high.max())),
        blank=trust.blank.any(),
    )
    counts = {
        "people": person.count(),
        "stated": person.low.notnull().sum(),
        "in_conflict": (person.low != person.high).sum(),
        "within_a_trust": person.within.sum(),
        "between_trusts": person.between.sum(),
        "stated_beats_not_stated": (person.blank & person.low.notnull()).sum(),
    }
    whole = {name: count.cast("int64").fill_null(0) for name, count in counts.items()}
    return person.group_by("characteristic").agg(**whole)


def _said(records: Any, name: str, unstated: Sequence[str]) -> Any:
    """What each record says of one characteristic; a code for not stated says nothing."""
    held = records[name]
    stated = ibis.ifelse(held.notin(unstated), held, None) if unstated else held
    return records.select(
        "person", "source", characteristic=ibis.literal(name), value=stated, blank=stated.isnull()
    )
