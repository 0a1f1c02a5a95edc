"""Gaps between groups among like patients, beside the gaps as counted.

Two steps, so that nothing exact leaves by a side door: `gaps` works on patients, and
`with_crude` adds the gap as counted from counts that may be shown. Gaps among like patients
come from a model of everyone and are shown to a tenth of a point.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri

from workbench.equity.adjust import restricted_mean_wait, standardised_risk_difference
from workbench.equity.characteristics import known, usual_reference
from workbench.equity.comparisons import REFERENCE
from workbench.equity.figures import quantile
from workbench.equity.report_mix import held_equal, in_words
from workbench.equity.report_patients import CHARACTERISTICS
from workbench.equity.sufficiency import FEW, OK, POWER, TOO_FEW, status_of
from workbench.errors import InputError
from workbench.statistics.differences import newcombe
from workbench.statistics.inputs import Floats
from workbench.statistics.multiplicity import benjamini_hochberg

COUNTS = ["total", "within", "after"]
"""Patients, those in time, those late. All three decide whether a row may be shown."""

UNTIL = 104
"""Days waited beyond this do not add to a mean: from here a wait is reviewed for harm."""

UNLIKE, ALONE = "unlike", "alone"
LIKE_LEAST = 0.5
"""Part of a group that needs patients like them in the reference, by cancer and route."""
LIKE_FEWEST = 2
"""Patients of the reference that make a cancer and route comparable."""

STATUSES = {
    OK: "Compared",
    FEW: "Compared; few, read with care",
    TOO_FEW: "Too few to say",
    UNLIKE: "Too few like them to compare with",
    REFERENCE: "Others are compared with these",
    ALONE: "No other group to compare with",
}
GAP = ["gap", "lower", "upper"]
CRUDE = ["crude", "crude_lower", "crude_upper"]
DAYS = ["days", "days_lower", "days_upper"]
STATISTICS = [*GAP, *CRUDE, "p", "q", "detectable", *DAYS, "standardised"]
IN_POINTS = (*GAP, *CRUDE, "detectable", "pulled", "mix", "mix_lower", "mix_upper", "rest",
             "cancer", "route", "place", "person", "time")  # fmt: skip
_KEYS = ["characteristic", "title", "group", "reference"]
_COLUMNS = [*_KEYS, *COUNTS, "standardised", *GAP, "p", "detectable", *DAYS, "like", "held_equal",
            "status"]  # fmt: skip
_ROUNDED = dict.fromkeys((*GAP, *CRUDE, "detectable", "standardised"), 3) | {
    "p": 4, "q": 4, "days": 1, "days_lower": 1, "days_upper": 1,
}  # fmt: skip


def gaps(patients: pd.DataFrame, characteristics: Sequence[str]) -> pd.DataFrame:
    """Gap of each group in the share in time, had all groups the same case mix.

    Parameters
    ----------
    patients : DataFrame
        From `workbench.equity.report_patients.patients`.
    characteristics : sequence of str
        Of `CHARACTERISTICS`. All of them together are one family of comparisons.

    Returns
    -------
    DataFrame
        One row a characteristic and group, those not known included: ``characteristic,
        title, group, reference``, `COUNTS`, ``standardised, gap, lower, upper`` (shares; below
        0 is fewer in time than the reference), ``p, q`` (Benjamini-Hochberg), ``detectable``
        (smallest gap seen four times in five), `DAYS` (further days waited on average, up to
        day 104), ``like`` (part of the group with like patients in the reference), ``held_equal``
        (in words), ``status`` and ``outcome``, which is the same in words.

    Raises
    ------
    InputError, ParameterError
        As `workbench.equity.adjust.standardised_risk_difference`.
    """
    parts = [_of_one(patients, name) for name in characteristics]
    if not parts:
        raise InputError("There is no characteristic to compare by.")
    found = pd.concat(parts, ignore_index=True)
    found["q"] = benjamini_hochberg(found["p"].to_numpy(dtype=float))
    return found.assign(outcome=found["status"].map(STATUSES))


def with_crude(table: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Add each group's gap as counted, from counts that may be shown, and round.

    Parameters
    ----------
    table : DataFrame
        From `gaps`.
    shown : DataFrame
        The same rows once released: a gap of exact counts would undo their rounding.

    Returns
    -------
    DataFrame
        `table` with `CRUDE` (Newcombe's limits). Gaps are rounded to a tenth of a point, days
        to a tenth.
    """
    made = table.reset_index(drop=True)
    own = shown.reset_index(drop=True)[["total", "within"]].astype(float)
    whole = own["total"].to_numpy()
    part = np.minimum(own["within"].to_numpy(), whole)
    crude = np.full((len(made), 3), np.nan)
    for _, rows in made.groupby("characteristic", sort=False):
        at = rows.index.to_numpy()
        first = at[(rows["group"] == rows["reference"]).to_numpy()]
        if not len(first) or np.isnan(whole[first[0]] + part[first[0]]):
            continue
        others = np.setdiff1d(at, first)
        found = newcombe(part[others], whole[others], part[first[0]], whole[first[0]])
        crude[others] = np.column_stack([found.estimate, found.lower, found.upper])
    made[CRUDE] = crude
    numbers = [name for name in _ROUNDED if name in made]
    made[numbers] = made[numbers].round(_ROUNDED) + 0.0  # no "-0.0"
    return made


def in_points(table: pd.DataFrame) -> pd.DataFrame:
    """Give shares and gaps of shares as points of 100, under names that say so.

    A gap written as "-2.8%" is read as a ratio; in a table it is -2.8 points.
    """
    held = [name for name in IN_POINTS if name in table]
    made = table.assign(**{name: (100 * table[name].astype(float)).round(1) for name in held})
    return made.rename(columns={name: f"{name}_points" for name in held})


def points_of(table: pd.DataFrame) -> list[str]:
    """Columns of `in_points` of a table that are no counts: points, days, p and q."""
    kept = [name for name in (*DAYS, "p", "q", "standardised") if name in table]
    return [*(f"{name}_points" for name in IN_POINTS if name in table), *kept]


def of_characteristic(table: pd.DataFrame, characteristic: str) -> pd.DataFrame:
    """Rows of one characteristic, without those compared with."""
    own = table[table["characteristic"] == characteristic]
    return own[own["group"] != own["reference"]].reset_index(drop=True)


def compared(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of groups of people that were compared: known, enough, and not the reference."""
    return table[table["gap"].notna() & is_known(table)]


def is_known(table: pd.DataFrame) -> pd.Series:
    """Where a row's group is a group of people, and not those of whom it is not known."""
    pairs = zip(table["characteristic"], table["group"], strict=True)
    marks = [bool(known(characteristic, [group])[0]) for characteristic, group in pairs]
    return pd.Series(marks, table.index, dtype=bool)


def _of_one(patients: pd.DataFrame, characteristic: str) -> pd.DataFrame:
    title = CHARACTERISTICS.get(characteristic, characteristic)
    names = patients[characteristic]
    reference = _reference(patients, characteristic)
    if reference is None or known(characteristic, list(names.unique())).sum() < 2:
        return _nobody_to_compare(patients, characteristic, title)
    pooled, mix = held_equal(patients, characteristic)
    found = standardised_risk_difference(
        pooled, "within", characteristic, mix, reference=reference, cluster="person_id"
    )
    table = found.rename(columns={"n": "total", "events": "within", "difference": "gap"})
    table["after"] = table["total"] - table["within"]
    table["detectable"] = (quantile(0.95) + float(ndtri(POWER))) * table["se"]
    table = table.join(_days(pooled, characteristic, mix, reference), on="group")
    table["like"] = _like(patients, characteristic, reference, list(table["group"]))
    table = table.assign(
        characteristic=characteristic, title=title, reference=reference, held_equal=in_words(mix)
    )
    first = table.loc[table["group"] == reference, ["total", "within"]]
    if (status_of(first["total"], first["within"]) != OK).any():  # all rest on these few
        table["status"] = table["status"].replace(OK, FEW)
    unlike = (table["like"] < LIKE_LEAST) & table["status"].isin([OK, FEW])
    table["status"] = table["status"].mask(unlike, UNLIKE)
    withheld = [*GAP, "p", "detectable", *DAYS, "standardised"]
    table.loc[~table["status"].isin([OK, FEW, REFERENCE]), withheld] = np.nan
    table.loc[~is_known(table), "p"] = np.nan
    return table[_COLUMNS]


def _reference(patients: pd.DataFrame, characteristic: str) -> str | None:
    """The usual group to compare with, the largest known one where that is too few, or none."""
    each = patients.groupby(characteristic, sort=True)["within"].agg(["size", "sum"])
    names = [str(name) for name in each.index]
    sizes, within = (each[name].to_numpy(dtype=float) for name in ("size", "sum"))
    enough = status_of(sizes, within) != TOO_FEW
    usual = usual_reference(characteristic, names, sizes)
    if enough[names.index(usual)]:
        return usual
    held = enough & known(characteristic, names)
    return names[int(np.argmax(np.where(held, sizes, -1.0)))] if held.any() else None


def _nobody_to_compare(patients: pd.DataFrame, characteristic: str, title: str) -> pd.DataFrame:
    """Rows of a characteristic of which only one group, or none, is known."""
    each = patients.groupby(characteristic, sort=True)["within"].agg(["size", "sum"])
    table = pd.DataFrame(
        {
            "characteristic": characteristic, "title": title, "group": each.index.astype(str),
            "reference": "", "total": each["size"].to_numpy(),
            "within": each["sum"].to_numpy().astype(int),
        }
    )  # fmt: skip
    table["after"] = table["total"] - table["within"]
    for name in ("standardised", *GAP, "p", "detectable", *DAYS, "like"):
        table[name] = np.nan
    return table.assign(held_equal=in_words([]), status=ALONE)


def _days(
    patients: pd.DataFrame, characteristic: str, mix: Sequence[str], reference: str
) -> pd.DataFrame:
    """Further days waited on average, up to day 104, than the reference."""
    found = restricted_mean_wait(
        patients.assign(over=1), "days", "over", characteristic, mix,
        until=(UNTIL,), reference=reference, cluster="person_id",
    )  # fmt: skip
    named = dict(zip(("difference", "lower", "upper"), DAYS, strict=True))
    return found.set_index("group")[list(named)].rename(columns=named)


def _like(
    patients: pd.DataFrame, characteristic: str, reference: str, groups: Sequence[str]
) -> Floats:
    """Part of each group that is of a cancer and route which the reference has too.

    A model would compare children with adults by what holds for all other cancers, with
    limits that know nothing of it.
    """
    kind = patients["cancer"] + "|" + patients["route"] + "|" + patients["stage"]
    held = kind[patients[characteristic] == reference].value_counts()
    there = kind.isin(held.index[held >= LIKE_FEWEST])
    part = there.groupby(patients[characteristic]).mean()
    return np.array([float(part[group]) for group in groups])
