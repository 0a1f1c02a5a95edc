"""Tables of the report on explanations, before disclosure control: no row is of one patient."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from workbench.breach import Cases, Model
from workbench.dictionary.load import Dictionary
from workbench.equity.characteristics import in_order
from workbench.explain.attribution import Attributions
from workbench.explain.by_value import MISSING, dependence
from workbench.explain.gaps import Disparity
from workbench.explain.groups import GROUPS
from workbench.explain.importance import global_importance, stability
from workbench.explain.kinds import Kinds
from workbench.explain.resampling import DRAWS
from workbench.standards.words import with_trusts
from workbench.statistics.multiplicity import benjamini_hochberg

PROVIDER = "provider"
POINTS = 100.0
"""Log points in one unit of log odds: ten of them are about a tenth more, or less, odds."""
LOG_POINTS = "log points"
FEWEST_PEOPLE = 30
"""Redraws of fewer people than this tell too little of chance to call a gap clear."""
_HALF = float(ndtri(0.975))


def in_points(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Columns of log odds as log points."""
    return table.assign(**{name: table[name] * POINTS for name in columns})


def models(judged: Model, in_use: Model, held: Cases) -> pd.DataFrame:
    """The judged model beside the one in use, on the same rows.

    Returns
    -------
    DataFrame
        ``model, people, risk`` (mean, from 0 to 1), ``apart`` (mean distance between the two
        risks of a row, in percentage points), ``ranks`` (Spearman's correlation of them).
    """
    risks = [pd.Series(one.risk(held)) for one in (judged, in_use)]
    return pd.DataFrame(
        {
            "model": ["Judged", "In use"],
            "people": len(np.unique(held.group)),
            "risk": [round(float(risk.mean()), 3) for risk in risks],
            "apart": round(100 * float((risks[0] - risks[1]).abs().mean()), 1),
            "ranks": round(float(risks[0].corr(risks[1], method="spearman")), 3),
        }
    )


def off_kept(judged: Model, held: Cases, kept: pd.DataFrame) -> float:
    """Furthest that a kept risk is from the one that the judged model gives to the row.

    Parameters
    ----------
    judged : Model
    held : Cases
        Of `kept`.
    kept : DataFrame
        The judged rows with their ``risk``.
    """
    ids = list(held.ids.columns)
    told = held.ids.merge(kept[[*ids, "risk"]], on=ids, how="left", validate="one_to_one")
    return float(np.abs(told["risk"].to_numpy(dtype=float) - judged.risk(held)).max())


def important(found: Attributions, held: Cases, kinds: Kinds, draws: int = DRAWS) -> pd.DataFrame:
    """Every feature with its part, its importance in log points and its share, largest first."""
    table = global_importance(found, patient=held.group, draws=draws)
    table["part"] = [kinds.parts[kinds.of(name).part] for name in table["feature"]]
    table["feature"] = table["feature"].map(kinds.label)
    table = in_points(table, "importance", "lower", "upper")
    columns = ["feature", "part", "people", "importance", "lower", "upper", "share"]
    return table[columns]


def parts_of(table: pd.DataFrame) -> pd.DataFrame:
    """Shares of `important` by part: ``part, people, share``, largest first.

    Sizes are added up, so that features of a part that pull against each other both count.
    """
    made = table.groupby("part", as_index=False).agg(
        people=("people", "max"), share=("share", "sum")
    )
    return made.sort_values(["share", "part"], ascending=[False, True], ignore_index=True)


def important_by_group(
    found: Attributions, groups: pd.Series[str], held: Cases, kinds: Kinds, top: int
) -> pd.DataFrame:
    """``group, feature, people, share`` of the features that are largest overall."""
    first = found.by_feature.abs().mean().nlargest(top).index
    table = global_importance(found, groups=groups, patient=held.group, draws=0)
    table = table[table["feature"].isin(first)]
    order = {name: place for place, name in enumerate(first)}
    table = table.assign(place=table["feature"].map(order)).sort_values(["group", "place"])
    table["feature"] = table["feature"].map(kinds.label)
    return table[["group", "feature", "people", "share"]].reset_index(drop=True)


def gaps(found: Mapping[str, Disparity]) -> pd.DataFrame:
    """Gaps of all groups of all characteristics in one family of comparisons.

    Returns
    -------
    DataFrame
        ``characteristic`` (as a reader calls it), ``group, people, risk, risk_lower,
        risk_upper`` (percentage points), ``margin, margin_lower, margin_upper`` (log points),
        ``q`` (Benjamini-Hochberg; from the interval's width, by the normal; missing for groups
        of fewer than `FEWEST_PEOPLE`). By characteristic and group, those not known last.
    """
    parts = [
        each.gaps.iloc[in_order(name, each.gaps["group"].tolist())].assign(
            characteristic=GROUPS[name]
        )
        for name, each in found.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    error = (table["risk_upper"] - table["risk_lower"]).to_numpy(dtype=float) / (2 * _HALF)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * ndtr(-np.abs(table["risk"].to_numpy(dtype=float)) / error)
    table["q"] = benjamini_hochberg(np.where(table["people"] < FEWEST_PEOPLE, np.nan, p))
    figures = ["risk", "risk_lower", "risk_upper", "margin", "margin_lower", "margin_upper"]
    return in_points(table, *figures)[["characteristic", "group", "people", *figures, "q"]]


def taken_apart(found: Disparity, kinds: Kinds) -> pd.DataFrame:
    """One row a group: ``group, people``, its gap and what each part adds to it, in log points."""
    wide = found.parts.pivot_table(
        index="group", columns="feature", values="difference", sort=False
    )
    parts = [label for label in kinds.parts.values() if label in wide]
    whole = found.gaps.set_index("group")[["people", "margin"]].join(wide[parts])
    whole = whole.iloc[in_order("", whole.index.tolist())]
    return in_points(whole.reset_index(), "margin", *parts)


def parts_of_gap(found: Disparity, group: str) -> pd.DataFrame:
    """What each part adds to one group's gap, in log points, the largest first."""
    table = in_points(found.parts, "difference", "lower", "upper")
    table = table[table["group"] == group].rename(columns={"feature": "part"})
    order = table["difference"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order, ["part", "people", "difference", "lower", "upper"]].reset_index(
        drop=True
    )


def by_value(
    found: Attributions, held: Cases, feature: str, kinds: Kinds, dictionary: Dictionary
) -> pd.DataFrame:
    """``value, people, effect, lower, upper`` of one feature, in log points and plain names.

    Numbers stand in their order, codes by what they add.
    """
    table = in_points(dependence(found, held, feature), "effect", "lower", "upper")
    codes = kinds.of(feature).codes
    if feature == PROVIDER:
        trusts = dictionary.lookup("trusts")
        table["value"] = with_trusts(table.rename(columns={"value": PROVIDER}), trusts)["trust"]
    if codes:
        names = {one.code: one.label for one in dictionary.code_list(codes).codes}
        table["value"] = [names.get(value, _plain(value)) for value in table["value"]]
        missing = table["value"] == MISSING
        table = table.assign(missing=missing).sort_values(
            ["missing", "effect"], ascending=[True, False], ignore_index=True
        )
    # codes of one name are told apart, since a table needs different keys
    twice = table["value"].duplicated(keep=False)
    number = table.groupby("value").cumcount() + 1
    table.loc[twice, "value"] = table["value"] + " (" + number.astype("str") + ")"
    return table[["value", "people", "effect", "lower", "upper"]]


def refitted(
    found: Attributions, refits: list[Attributions], held: Cases, kinds: Kinds
) -> pd.DataFrame:
    """`stability` in log points and plain names."""
    table = in_points(stability(found, refits), "importance", "least", "greatest")
    table["feature"] = table["feature"].map(kinds.label)
    table.insert(1, "people", len(np.unique(held.group)))
    return table


def _plain(code: str) -> str:
    words = code.replace("_", " ")
    return words[:1].upper() + words[1:]
