"""What kind of cancer a record is about, and on which route the patient came."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from workbench.dictionary.load import Dictionary
from workbench.standards.rules import Rules

NOT_RECORDED = "not_recorded"
"""Stands for a code that is blank, or that the data dictionary does not know."""


def with_tumour_group(records: ir.Table, dictionary: Dictionary) -> ir.Table:
    """Add ``tumour_group``, by the diagnosis.

    Parameters
    ----------
    records : Table
        With ``diagnosis``, an ICD-10 code with or without its dot or a padding X.
    dictionary : Dictionary
        Its lookup ``icd10_tumour_group``; a code of four characters that is not in it
        takes the group of its first three.

    Returns
    -------
    Table
        `NOT_RECORDED` where there is no diagnosis or the lookup lacks it.
    """
    lookup = dictionary.lookup("icd10_tumour_group")[["icd10", "tumour_group"]].dropna()
    plain_lookup = lookup.astype("str").drop_duplicates("icd10")
    groups = ibis.memtable(pa.Table.from_pandas(plain_lookup, preserve_index=False))
    plain = records.diagnosis.upper().re_replace("[^A-Z0-9]", "").re_replace("X+$", "")
    keyed = records.mutate(four=plain.left(4), three=plain.left(3))
    for length in ("four", "three"):
        own = groups.select(**{length: groups.icd10, f"group_of_{length}": groups.tumour_group})
        joined = keyed.left_join(own, length)
        keyed = joined.select(*keyed.columns, f"group_of_{length}")
    group = ibis.coalesce(keyed.group_of_four, keyed.group_of_three, ibis.literal(NOT_RECORDED))
    return keyed.select(*records.columns, tumour_group=group)


def with_suspicion(records: ir.Table) -> ir.Table:
    """Add ``suspected``: the type of cancer suspected at referral, which most have ruled out."""
    return records.mutate(suspected=records.referral_type.fill_null(NOT_RECORDED))


def with_route(records: ir.Table, rules: Rules) -> ir.Table:
    """Add ``route`` under 62 days and ``route_fds`` under faster diagnosis.

    Parameters
    ----------
    records : Table
        With clocks.
    rules : Rules
        Which codes mean which route.

    Returns
    -------
    Table
        Codes of the list ``referral_route``, or `NOT_RECORDED` where nothing says so.
    """
    referred = ibis.cases(
        (records.source.isin(rules.screening_sources), "screening"),
        (records.referral_type.isin(rules.breast_symptomatic_referral_types), "breast_symptomatic"),
        (records.priority.isin(rules.urgent_priorities), "urgent_suspected_cancer"),
        else_=NOT_RECORDED,
    )
    return records.mutate(
        route_fds=referred,
        route=ibis.ifelse(records.upgrade, "consultant_upgrade", referred),
    )
