"""Tables behind the report's curves, each with the counts by which disclosure control judges it."""

from __future__ import annotations

import pandas as pd

from workbench.breach.report.folder import Held
from workbench.breach.report.tables import ALL, judged_counts
from workbench.breach.report.terms import model_name

_EVERY, _LAST = 7, 182
"""Days: one point a week up to half a year is all that a line on paper can show."""
_HIGHEST = 0.5
"""Of the risks at which the decision curve is drawn: few would wait for a higher one to act."""


def calibration(held: Held, landmark_day: str = ALL) -> pd.DataFrame:
    """How often what was predicted came, along the risks.

    Returns
    -------
    DataFrame
        ``point`` (the risk, as text), ``risk, observed, lower, upper`` and the counts of the
        looks that the curve is drawn from.
    """
    curve = held.tables["calibration"]
    curve = curve[curve["landmark_day"] == landmark_day].drop(columns="landmark_day")
    shown = curve.round(3).drop_duplicates("risk").sort_values("risk")
    shown.insert(0, "point", shown["risk"].map("{:.3f}".format))
    return shown.assign(**judged_counts(held, landmark_day)).reset_index(drop=True)


def captured(held: Held) -> pd.DataFrame:
    """Share of late waits among the looks that a team can review, by how they are ranked.

    Returns
    -------
    DataFrame
        ``capacity`` (per cent, as text), ``model, captured, lower, upper`` and counts of all
        looks; the model that is used first, longest waiter first second.
    """
    table = held.tables["capture"]
    longest = "longest_waiter"
    order = {held.name: 0, longest: 1}
    table = table.assign(place=table["model"].map(order).fillna(2))
    table = table.sort_values(["place", "model", "capacity"], kind="stable")
    return pd.DataFrame(
        {
            "capacity": (100 * table["capacity"]).map("{:g}".format),
            "model": table["model"].map(model_name),
            **{name: table[name].round(3) for name in ("captured", "lower", "upper")},
        }
    ).assign(**judged_counts(held)).reset_index(drop=True)  # fmt: skip


def benefit(held: Held) -> pd.DataFrame:
    """Decision curve: what it gains to review those above a risk, against three plain rules.

    Net benefit counts late waits found, less reviews in vain at the price that the risk
    implies: who reviews from 20 % on finds four in vain worth one found.

    Returns
    -------
    DataFrame
        ``threshold`` (per cent, as text), ``rule, benefit`` (late waits found for 100 looks,
        net) and counts of all looks. Reviewing all is blank where it loses.
    """
    table = held.tables["decision_curve"]
    table = table[table["threshold"] <= _HIGHEST]
    rules = {
        "model": model_name(held.name),
        "longest_waiter": model_name("longest_waiter"),
        "all": "Review all",
        "none": "Review none",
    }
    parts = []
    for column, rule in rules.items():
        gain = (100 * table[column]).round(2)
        parts.append(
            pd.DataFrame(
                {
                    "threshold": (100 * table["threshold"]).map("{:.0f}".format),
                    "rule": rule,
                    "benefit": gain.where(gain >= 0) if column == "all" else gain,
                }
            )
        )
    return pd.concat(parts, ignore_index=True).assign(**judged_counts(held))


def waits(held: Held) -> pd.DataFrame:
    """How waits go on and end, day by day (Aalen-Johansen).

    A wait under the 28-day standard ends when the patient is told, be it by a decision to
    treat or by treatment: there is no other end.

    Returns
    -------
    DataFrame
        ``day`` (as text; one a week, and the standard's own), ``what, clocks, people``:
        people as estimated from all clocks, those that are still followed included.
    """
    table = held.tables["waiting"]
    clocks = float(table["at_risk"].iloc[0])
    standard = int(held.facts["standard_days"])
    day = table["day"]
    table = table[((day % _EVERY == 0) | (day == standard)) & (day <= _LAST)]
    names = {"waiting": "Still waiting", "treated": "Treated", "left": "Ended otherwise"}
    if held.facts["standard"] == "FDS":
        table = table.assign(told=table["treated"] + table["left"])
        names = {"waiting": "Still waiting", "told": "Told"}
    return pd.concat(
        pd.DataFrame(
            {"day": table["day"].astype(str), "what": name, "clocks": clocks,
             "people": (table[column] * clocks).round()}
        )
        for column, name in names.items()
    ).reset_index(drop=True)  # fmt: skip
