"""Who is not there to be linked: people who opted out, by group."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd

from workbench.dictionary.groups import TITLES, grouped, names_of
from workbench.dictionary.load import Dictionary
from workbench.linkage.evaluation.frames import fetched
from workbench.linkage.evaluation.groups import REGION
from workbench.linkage.evaluation.records import refuse_without

COUNTS = ("people", "opted_out", "national", "local")

_ALL = "all"
_TOLD_BY = {
    "ethnic_category": "ethnicity", "sex": "sex", "age_band": "age_band",
    "imd_decile": "deprivation",
}  # fmt: skip
_TITLES = {_ALL: "Everyone", **{what: TITLES[name] for what, name in _TOLD_BY.items()}}


def opted_out(counts: ir.Table, dictionary: Dictionary) -> pd.DataFrame:
    """Count people who opted out, in the groups that a report shows.

    Parameters
    ----------
    counts : ibis Table
        ``opt_outs_by_group`` of the store: ``characteristic``, ``category`` (a code; null
        where not known), ``people``, ``opted_out``, ``national``, ``local``.
    dictionary : Dictionary
        For the names of codes.

    Returns
    -------
    DataFrame
        ``characteristic, group`` and the counts: people whom Trusts sent, those of them
        left out, and on which kind of list they stand; some stand on both.
    """
    refuse_without(counts, "opt_outs_by_group", ("characteristic", "category", *COUNTS))
    table = fetched(counts)
    table = table[table["characteristic"].isin(list(_TITLES))]
    group = pd.Series(REGION, table.index, dtype="str")
    names = names_of(dictionary)
    for what, name in _TOLD_BY.items():
        here = table["characteristic"] == what
        group[here] = grouped(table.loc[here, "category"], names[name])
    places = {what: place for place, what in enumerate(_TITLES)}
    table = table.assign(
        group=group,
        place=table["characteristic"].map(places),
        characteristic=table["characteristic"].map(_TITLES),
    )
    keys = ["place", "characteristic", "group"]
    summed = table.groupby(keys, sort=True)[list(COUNTS)].sum().reset_index()
    return summed.drop(columns="place")
