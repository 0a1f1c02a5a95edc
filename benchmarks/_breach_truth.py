"""What is true of landmarks of a made region: risks of closed form, and a model of several draws.

Two yardsticks that a model is held to, neither of which anybody could have at a landmark.

*Closed form*: the chance of passing the day given all that was planted for the pathway. It is
the true risk only where nothing but the wait so far has been seen of it: at the start of the
28-day and 62-day clocks of those in whom no cancer is found, and on the clock of a later
treatment. On the former nobody knows yet that it is none: the chance that referrals of the same
route, suspicion and age turn out to be cancers is mixed in, with how often those pass the day.

*Learnt from other draws*: at later landmarks the tests done tell how far a pathway has come,
and one who knew the planted hazards alone would know less than the model. What can be known
from what is to be seen is then what a learner finds in much more of it: several other
draws of the same region, over the very days that are judged, with the characteristics that the
model is not given. It is not all that could be known, but more data no longer add to it
(`--draws` tries how much).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from _breach_regions import Planted
from workbench.breach.frames import Cases, cases
from workbench.breach.models import Fitted, learn
from workbench.breach.roles import Roles
from workbench.demo.cohort.hazards import Clocks

STANDARD_DAYS = {"FDS": 28, "31D": 31, "62D": 62}


def closed_form(
    hazards: pd.DataFrame, rows: pd.DataFrame, standard: str, made_with: Planted
) -> np.ndarray:
    """Chance of passing the standard's day for each landmark; NaN where it has no closed form."""
    found = np.full(len(rows), np.nan)
    # until it is told that there is no cancer, the 62-day clock runs as the 28-day one does
    clock = "31D" if standard == "31D" else "FDS"
    own = hazards[hazards["standard"] == clock]
    keys = ["pathway_id", "clock_start_date"]
    wanted = rows[keys].assign(pathway_id=rows["pathway_id"].str.split("/").str[0])
    if clock == "FDS":
        own = _with_cancers(own, hazards[hazards["standard"] == standard], standard)
    own = own.astype({"clock_start_date": wanted["clock_start_date"].dtype})
    planted = own[own["log_odds"].notna()].drop_duplicates(keys)
    joined = wanted.reset_index(drop=True).merge(planted, on=keys, how="left")
    day = rows["landmark_day"].to_numpy()
    told = joined["log_odds"].notna().to_numpy() & ((day == 0) | (standard == "31D"))
    if told.any():
        chosen = joined[told]
        found[told] = _still(chosen, day[told], STANDARD_DAYS[standard], clock, made_with)
        if clock == "FDS":
            in_time = chosen["wait_days"] <= STANDARD_DAYS[standard]
            # of some who were told in time no record says so
            unsaid = rows["outcome"][told].set_axis(chosen.index)[in_time].astype("float").mean()
            found[told] += unsaid * (1 - found[told])
            found[told] += (chosen["cancer"] * (chosen["late"] - found[told])).to_numpy()
    return found


def _with_cancers(hazards: pd.DataFrame, clocks: pd.DataFrame, standard: str) -> pd.DataFrame:
    """Add how likely a referral like this is a cancer, and how likely such a one is late."""
    held = hazards.assign(decade=hazards["age"] // 10)
    likely, late = (
        ["referral_route", "referral_type", "decade"],
        ["referral_type", "provider_referred"],
    )
    cancers = clocks[clocks["cancer_found"] & clocks["pathway_id"].isin(hazards["pathway_id"])]
    over = cancers["wait_days"] > STANDARD_DAYS[standard]
    passed = over.groupby([cancers[name] for name in late], observed=True)
    share = held.groupby(likely, observed=True)["cancer_found"].mean().rename("cancer")
    joined = held.join(share, on=likely).join(passed.mean().rename("late"), on=late)
    return joined.fillna({"late": float(over.mean())})


def _still(
    planted: pd.DataFrame, given: np.ndarray, day: int, standard: str, made_with: Planted
) -> np.ndarray:
    """Integrated over gamma frailty among those who still wait."""
    start = planted["clock_start_date"].to_numpy().astype("datetime64[D]").astype(int)
    clocks = Clocks.built(
        standard, [float(planted["shape"].iloc[0])], int(start.min()), int(start.max())
    )
    none = np.zeros(len(start), dtype=int)
    rate = np.exp(planted["log_odds"].to_numpy())
    # later treatments keep the demo's own frailty in every region
    shape = made_with.shape if standard == "FDS" else 1.0
    seen, all_ = (clocks.odds(none, start, none + at) * rate for at in (given, day))
    return np.asarray(((shape + seen) / (shape + all_)) ** shape)


def learnt_from(frames: list[pd.DataFrame], roles: Roles) -> Fitted:
    """Learn from other draws, with protected characteristics."""
    for number, frame in enumerate(frames):
        frame["person_id"] = f"{number}|" + frame["person_id"].astype("str")
        frame["record_id"] = f"{number}|" + frame["record_id"].astype("str")
    every = pd.concat([one[one["outcome"].notna()] for one in frames], ignore_index=True)
    own = roles.with_protected()
    held: Cases = cases(every, own).cases
    return learn("boosting", held, own, 1, max_iter=400)
