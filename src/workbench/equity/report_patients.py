"""One row a patient's pathway, with groups and case mix: what the equity report is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from workbench.dictionary.groups import COLUMNS, NOT_KNOWN, TITLES, grouped, names_of
from workbench.dictionary.load import Dictionary
from workbench.equity.characteristics import core20
from workbench.errors import InputError, ParameterError

CHARACTERISTICS = TITLES
"""What patients can be compared by, with what a reader calls each."""

MOST_PLACES = 2
"""Places that the first section names; of more it says how many."""

CANCER = {"FDS": "suspected", "31D": "tumour_group", "62D": "tumour_group"}
"""Column of a row of the standards that says what kind of cancer it is about."""

CASE_MIX = {
    "cancer": "Kind of cancer",
    "route": "Route",
    "stage": "First or later treatment",
    "trust": "Trust",
    "shared": "Shared between Trusts",
    "quarter": "Time of year",
}
"""What is held equal beside the other characteristics of the person."""

_SAME = {"ethnic_category": "ethnicity", "core20": "deprivation"}
"""A finer or coarser cut of the same thing, which cannot be held equal beside it."""
_OF_PERSON = ("ethnicity", "deprivation", "sex", "age_band")
_ROWS = (
    "record_id", "pathway", "standard", "within", "wait_days", "reporting_month", "provider",
    "treating_provider", "route", "tumour_group", "suspected", "clock_stop_date",
)  # fmt: skip


def patients(
    rows: pd.DataFrame,
    pathways: pd.DataFrame,
    persons: pd.DataFrame,
    dictionary: Dictionary,
    *,
    places: Sequence[str] = (),
) -> pd.DataFrame:
    """Put each counted pathway in one row, with its person's groups and its case mix.

    Parameters
    ----------
    rows : DataFrame
        What counts under one standard, as `workbench.standards` gives it: one row a
        pathway and Trust that shares it.
    pathways : DataFrame
        ``pathway_id, person_id, lsoa_of_residence``.
    persons : DataFrame
        Linked persons, with codes; a column that is absent is known of nobody.
    dictionary : Dictionary
        For the names of codes.
    places : sequence of str, optional
        Codes of Trusts, or of the boards and regions that they lie in; all by default.
        A pathway is in if one of the Trusts that share it is.

    Returns
    -------
    DataFrame
        ``pathway_id, person_id, area, within`` (1 or 0), ``days, month, ended``, the columns
        of `CASE_MIX` and of `CHARACTERISTICS`. A patient whom Trusts share counts once.

    Raises
    ------
    ParameterError
        No Trust here has such a code.
    InputError
        A column is missing, or nobody is counted.
    """
    _require(rows, _ROWS, "waits")
    _require(pathways, ("pathway_id", "person_id"), "pathways")
    _require(persons, ("person_id",), "persons")
    chosen = rows
    if places:
        trusts = members(places, dictionary.lookup("trusts"), rows["provider"])
        chosen = rows[rows["record_id"].isin(rows.loc[rows["provider"].isin(trusts), "record_id"])]
    if chosen.empty:
        raise InputError(
            "Nobody is counted under this standard in these months.",
            remedy="Choose more months, another standard, or check as_at.",
        )
    each = _one_each(chosen, dictionary)
    area = "lsoa_of_residence"
    whose = pathways.reindex(columns=["pathway_id", "person_id", area]).rename(
        columns={area: "area"}
    )
    told = each.merge(whose, on="pathway_id", how="left", validate="many_to_one")
    groups = groups_of(persons, dictionary)
    joined = told.merge(groups, on="person_id", how="left", validate="many_to_one")
    joined["person_id"] = joined["person_id"].fillna(joined["pathway_id"])
    labels = [name for name in groups.columns if name != "person_id"]
    joined[labels] = joined[labels].fillna(NOT_KNOWN)
    return joined.sort_values(["pathway_id", "stage", "ended"], kind="stable", ignore_index=True)


def groups_of(persons: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Group of each person by each characteristic, in words; nobody is left out.

    Parameters
    ----------
    persons : DataFrame
        ``person_id``; ``ethnic_category, sex`` (codes), ``imd_decile``,
        ``age_band_at_referral`` where known.
    dictionary : Dictionary

    Returns
    -------
    DataFrame
        ``person_id``, the columns of `CHARACTERISTICS`, and ``census_group``: the ethnic
        group as the census has it.
    """
    held = persons.reindex(
        columns=["person_id", "ethnic_category", "sex", "imd_decile", "age_band_at_referral"]
    )
    names, ethnic = names_of(dictionary), held["ethnic_category"]
    census = dictionary.code_list("ethnic_category_census").groups()
    return pd.DataFrame(
        {
            "person_id": held["person_id"],
            **{name: grouped(held[column], names[name]) for name, column in COLUMNS.items()},
            "ethnic_category": grouped(ethnic, names["ethnic_category"]),
            "census_group": grouped(ethnic, census),
            "core20": core20(held["imd_decile"].astype(float)),
        }
    )


def members(places: Sequence[str], trusts: pd.DataFrame, here: pd.Series) -> list[str]:
    """Trusts of these data that some codes name, by themselves or by their board or region.

    Parameters
    ----------
    places : sequence of str
        A cancer alliance is the list of its boards or Trusts.
    trusts : DataFrame
        ``trust_code, icb_code, region_code``.
    here : Series of str
        Trusts in the data.

    Raises
    ------
    ParameterError
        A code names none of them; all such are listed.
    """
    held = sorted(set(here.dropna()))
    named = {code: [code] for code in held}
    for column in ("icb_code", "region_code"):
        for code, own in trusts.dropna(subset=[column]).groupby(column)["trust_code"]:
            named.setdefault(str(code), [one for one in held if one in set(own)])
    strange = [f"no Trust here has the code '{code}'" for code in places if not named.get(code)]
    if strange:
        raise ParameterError(
            "Some places are not in these data.", strange, remedy=f"Trusts here: {', '.join(held)}."
        )
    return sorted({one for code in places for one in named[code]})


def only(tumour_group: str, places: Sequence[str], dictionary: Dictionary) -> str:
    """Whom a report is narrowed to, in words; empty where to nobody."""
    cancer = _codes(dictionary, "tumour_group").get(tumour_group, tumour_group)
    named = places if len(places) <= MOST_PLACES else [f"{len(places)} places"]
    return ", ".join(word for word in (cancer, *named) if word)


def case_mix(characteristic: str) -> list[str]:
    """Columns held equal when patients are compared by a characteristic.

    The other characteristics of the person are among them, so that a gap by ethnic group is
    one between people of like areas; what that takes away is told by `reasons`.
    """
    same = _SAME.get(characteristic, characteristic)
    return [*CASE_MIX, *(name for name in _OF_PERSON if name != same)]


def _one_each(rows: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """One row a pathway and treatment, at the Trust that treated, or told."""
    standard = str(rows["standard"].iloc[0])
    stage = rows["treatment_stage"] if "treatment_stage" in rows else pd.Series(None, rows.index)
    kept = rows.assign(
        stage=stage.astype(object).where(stage.notna(), "any"),
        trust=rows["treating_provider"].where(
            rows["treating_provider"].isin(set(rows["provider"])), rows["provider"]
        ),
    )
    if standard == "FDS":
        kept["trust"] = kept["provider"]
    kept = kept.sort_values(["record_id", "stage", "provider"], kind="stable")
    shared = kept.duplicated(["record_id", "stage"], keep=False)
    kept = kept.assign(shared=np.where(shared, "Yes", "No")).drop_duplicates(["record_id", "stage"])
    cancers = "referral_type" if standard == "FDS" else "tumour_group"
    month = kept["reporting_month"].astype(str)
    return pd.DataFrame(
        {
            "pathway_id": kept["pathway"],
            "within": kept["within"].astype(float),
            "days": kept["wait_days"].astype(float),
            "month": month,
            "ended": pd.to_datetime(kept["clock_stop_date"]),
            "cancer": _named(kept[CANCER[standard]], _codes(dictionary, cancers)),
            "route": _named(kept["route"], _codes(dictionary, "referral_route")),
            "stage": kept["stage"],
            "trust": kept["trust"],
            "shared": kept["shared"],
            "quarter": month.str[:5] + ((month.str[5:7].astype(int) + 2) // 3).astype(str),
        }
    ).reset_index(drop=True)


def _codes(dictionary: Dictionary, name: str) -> dict[str, str]:
    return {code.code: code.label for code in dictionary.code_list(name).codes}


def _named(codes: pd.Series, names: Mapping[str, str]) -> pd.Series:
    found = codes.astype(object).map(dict(names))
    return found.astype(object).where(found.notna(), "Not recorded")


def _require(table: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    absent = [f"no column {name!r} in {what}" for name in columns if name not in table.columns]
    if absent:
        raise InputError("The patients cannot be put together.", absent)
