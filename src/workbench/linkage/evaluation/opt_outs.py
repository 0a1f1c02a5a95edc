"""Who is not there to be linked: people who opted out, by group."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd

from workbench.dictionary.load import Dictionary
from workbench.linkage.evaluation.frames import fetched
from workbench.linkage.evaluation.groups import FIFTHS, NOT_KNOWN, REGION
from workbench.linkage.evaluation.records import refuse_without

COUNTS = ("people", "opted_out", "national", "local")

_TITLES = {
    "all": "Everyone",
    "ethnic_category": "Ethnic group",
    "sex": "Gender",
    "age_band": "Age at referral",
    "imd_decile": "Deprivation of area",
}


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
    labels = _labels(dictionary)
    names = [
        labels.get(what, {}).get(str(code), str(code)) if isinstance(code, str) else NOT_KNOWN
        for what, code in zip(table["characteristic"], table["category"], strict=True)
    ]
    places = {what: place for place, what in enumerate(_TITLES)}
    table = table.assign(
        group=names,
        place=table["characteristic"].map(places),
        characteristic=table["characteristic"].map(_TITLES),
    )
    keys = ["place", "characteristic", "group"]
    summed = table.groupby(keys, sort=True)[list(COUNTS)].sum().reset_index()
    return summed.drop(columns="place")


def _labels(dictionary: Dictionary) -> dict[str, dict[str, str]]:
    sexes = {one.code: one.label for one in dictionary.code_list("person_stated_gender").codes}
    return {
        "all": {"all": REGION},
        "ethnic_category": dictionary.code_list("ethnic_category").groups(),
        "sex": sexes,
        "imd_decile": {str(decile): FIFTHS[(decile - 1) // 2] for decile in range(1, 11)},
    }
