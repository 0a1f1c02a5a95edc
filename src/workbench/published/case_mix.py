"""What each organisation treats: its published figures by cancer type and route.

A Trust's share depends on the cancers that it treats and on how patients come to it.
These cells are what a comparison at equal case mix is made from.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.errors import InputError, ParameterError
from workbench.published.layout import (
    ALL_CANCERS,
    ALL_MODALITIES,
    ALL_ROUTES,
    ALL_STAGES,
    NOT_APPLICABLE,
    ORGANISATION,
)
from workbench.published.publication import Publication
from workbench.wording import span

STRATA = ("cancer_type", "route_or_stage")
"""What patients differ in, of all that is published."""
_EVERY_ROUTE = (ALL_ROUTES, ALL_STAGES)
_EVERY_MODALITY = (ALL_MODALITIES, NOT_APPLICABLE)


def case_mix(
    publication: Publication,
    standard: str,
    months: Sequence[str],
    basis: str = "provider",
) -> pd.DataFrame:
    """Patients of each organisation by cancer type and route, over some months.

    Parameters
    ----------
    publication : Publication
    standard : {"FDS", "31D", "62D"}
        FDS is published by suspected cancer, 31D by stage of treatment in place of route.
    months : sequence of str
        Added together.
    basis : {"provider", "commissioner"}, optional
        Trusts, or the boards that pay for care: both count the same patients.

    Returns
    -------
    DataFrame
        ``organisation, organisation_name, cancer_type, route_or_stage, total, within``;
        the parts alone, never the sums over all cancers or all routes, so that they may
        be added. Sorted.

    Raises
    ------
    ParameterError
        No file of that basis is there.
    InputError
        The files give no breakdown by cancer type and route, or its parts do not add up
        to the published sums.
    """
    rows = publication.rows
    rows = rows[(rows["basis"] == basis) & (rows["level"] == ORGANISATION)]
    if rows.empty:
        raise ParameterError(f"The folder holds no {basis} files.")
    rows = rows[(rows["standard"] == standard) & rows["month"].isin(list(months))]
    parts = rows[
        (rows["cancer_type"] != ALL_CANCERS)
        & ~rows["route_or_stage"].isin(_EVERY_ROUTE)
        & rows["modality"].isin(_EVERY_MODALITY)
    ]
    by = ["organisation", *STRATA]
    table = parts.groupby(by, observed=True)[["total", "within"]].sum().reset_index()
    _refuse_other_sums(table, rows, months)
    table = table[table["total"] > 0].astype(dict.fromkeys(by, "str"))
    return table.merge(_names(rows), on="organisation").sort_values(by, ignore_index=True)[
        ["organisation", "organisation_name", *STRATA, "total", "within"]
    ]


def _refuse_other_sums(table: pd.DataFrame, rows: pd.DataFrame, months: Sequence[str]) -> None:
    """Cells that do not add up to the published sums would move every figure unseen."""
    whole = rows[(rows["cancer_type"] == ALL_CANCERS) & rows["route_or_stage"].isin(_EVERY_ROUTE)]
    whole = whole[whole["modality"].isin(_EVERY_MODALITY)]
    said = whole.groupby("organisation", observed=True)[["total", "within"]].sum()
    added = table.groupby("organisation", observed=True)[["total", "within"]].sum()
    apart = (said - added.reindex(said.index, fill_value=0.0)).abs().max(axis=1)
    wrong = int((apart > 0).sum())
    if wrong or table.empty:
        raise InputError(
            "The published figures cannot be split by cancer type and route.",
            [f"in {wrong} organisations the parts do not add up to the sum, {span(list(months))}"],
            remedy="Use NHS England's workbooks with all their sheets.",
        )


def _names(rows: pd.DataFrame) -> pd.DataFrame:
    """The most recent name of each organisation."""
    named = rows[["month", "organisation", "organisation_name"]].drop_duplicates()
    named = named.astype("str").sort_values(["organisation", "month", "organisation_name"])
    return named.drop_duplicates("organisation", keep="last").drop(columns="month")
