"""Which Trust a site belongs to."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from workbench.errors import InputError
from workbench.standards.rules import Rules

_FIRST_DAY = "0001-01-01"
_LAST_DAY = "9999-12-31"
_PROVIDERS = {
    "fds_provider": ("fds_site", "fds_ended"),
    "treating_provider": ("treating_site", "treated"),
    "first_seen_provider": ("first_seen_site", "treated"),
    "upgrade_provider": ("upgrade_site", "treated"),
    "accountable_provider": ("accountable", "treated"),
}


def with_providers(records: ir.Table, rules: Rules, sites: pd.DataFrame | None = None) -> ir.Table:
    """Add the Trust of each organisation that a record names.

    Parameters
    ----------
    records : Table
        From `records.typed`.
    rules : Rules
        Code length, codes that stay whole, successors.
    sites : DataFrame, optional
        ``site, provider`` and, if parents change, ``valid_from, valid_to`` (both days
        included, blank = open): the ODS parent as at the date that the standard reports
        by. A site that is not in it falls back to the first characters of its code.

    Returns
    -------
    Table
        With ``fds_provider, treating_provider, first_seen_provider, upgrade_provider,
        accountable_provider``; missing where the organisation is.

    Raises
    ------
    InputError
        The lookup lacks a column, or gives a site two parents on one day.
    """
    if sites is None:
        return records.mutate(
            **{name: _trust(records[code], rules) for name, (code, _) in _PROVIDERS.items()}
        )
    lookup = _checked(sites)
    for name, (code, day) in _PROVIDERS.items():
        records = _with_parent(records, lookup, name, code, day, rules)
    return records


def _with_parent(
    records: ir.Table, lookup: pd.DataFrame, name: str, code: str, day: str, rules: Rules
) -> ir.Table:
    parents = ibis.memtable(pa.Table.from_pandas(lookup, preserve_index=False))
    # a record whose day is missing is reported nowhere: its fallback is only shown
    match = [
        records[code] == parents.site,
        records[day] >= parents.valid_from.cast("date"),
        records[day] <= parents.valid_to.cast("date"),
    ]
    joined = records.left_join(parents, match)
    whole = joined[code].isin(rules.provider_codes_whole)
    parent = _succeeded(joined.provider, rules).fill_null(_trust(joined[code], rules))
    trust = ibis.ifelse(whole, joined[code], parent)
    return joined.select(*(joined[column] for column in records.columns), **{name: trust})


def _trust(code: ir.StringValue, rules: Rules) -> ir.StringValue:
    whole = code.isin(rules.provider_codes_whole)
    opening = _succeeded(code.left(rules.provider_code_length), rules)
    return ibis.ifelse(whole, code, opening)


def _succeeded(trust: ir.StringValue, rules: Rules) -> ir.StringValue:
    if not rules.successor_trusts:
        return trust
    return trust.cases(*rules.successor_trusts.items(), else_=trust)


def _checked(sites: pd.DataFrame) -> pd.DataFrame:
    missing = {"site", "provider"} - set(sites.columns)
    if missing:
        raise InputError(
            "The lookup of sites cannot be used.", [f"missing column: {m}" for m in sorted(missing)]
        )
    plain = pd.DataFrame(
        {
            "site": sites["site"].astype("str").str.strip(),
            "provider": sites["provider"].astype("str").str.strip(),
            "valid_from": _days(sites, "valid_from", _FIRST_DAY),
            "valid_to": _days(sites, "valid_to", _LAST_DAY),
        }
    )
    ordered = plain.sort_values(["site", "valid_from"], kind="stable")
    earlier = ordered.groupby("site")["valid_to"].shift()
    overlapping = int((earlier >= ordered["valid_from"]).sum())
    if overlapping:
        raise InputError(
            f"The lookup of sites gives a site two parents on one day, {overlapping} times.",
            remedy="End one period before the next begins.",
        )
    return ordered.reset_index(drop=True)


def _days(sites: pd.DataFrame, column: str, otherwise: str) -> pd.Series[str]:
    """ISO text, whose order is that of the days, and which holds years that timestamps do not."""
    if column not in sites.columns:
        return pd.Series(otherwise, index=sites.index, dtype="str")
    return pd.to_datetime(sites[column]).dt.strftime("%Y-%m-%d").fillna(otherwise)
