"""What patients report, and who is never asked: missingness that is not at random."""

from __future__ import annotations

import numpy as np

from workbench.demo.cohort.areas import Ints
from workbench.demo.cohort.held import TREATING, Columns
from workbench.demo.cohort.items import ISSUER, PATHWAY
from workbench.demo.cohort.journeys import NEVER, Journeys
from workbench.demo.cohort.records import Records
from workbench.demo.cohort.referrals import Referrals
from workbench.demo.cohort.waits import Waits

ASKED = np.array([0.62, 0.52, 0.42, 0.40, 0.45])
"""Chance of being asked at all, by ethnic group."""
ANSWERS = np.array([0.44, 0.50, 0.56, 0.60, 0.64])
"""Chance of an answer from those asked, by deprivation quintile."""
WORSE_PER_MONTH = 0.02
"""EQ-5D index lost for each month waited, and so true of those who are not heard, too."""

_INSTRUMENTS = ("EQ-5D-5L", "EORTC-FUNCTION", "EXPERIENCE")
_TIMES = (("diagnosis", 10), ("before_treatment", -4), ("after_treatment", 60))


def draw_proms(
    referrals: Referrals,
    journeys: Journeys,
    waits: Waits,
    records: Records,
    as_at: int,
    random: np.random.Generator,
) -> Columns:
    """Responses of those with cancer, at three points of the pathway.

    Returns
    -------
    dict of str to array
        Columns of the dataset, and ``trust``.
    """
    treating = records.role == TREATING
    held = np.full(len(referrals), -1)
    for rows in (np.flatnonzero(records.role == 0), np.flatnonzero(treating)):
        held[records.referral[rows]] = rows
    cancers = np.flatnonzero(referrals.cancer)
    people = referrals.people.taken(cancers)
    group, quintile = people.group("ethnic_group"), people.group("imd_quintile")
    asked = random.random(len(cancers)) < ASKED[group] * np.where(people.age >= 80, 0.8, 1.0)
    answers = ANSWERS[quintile] * np.where(people.age < 50, 0.85, 1.0)
    health = _health(people.age, quintile, waits.treatment[cancers], random)
    parts = []
    for (time, after), base in zip(_TIMES, _anchors(journeys, cancers), strict=True):
        for place, instrument in enumerate(_INSTRUMENTS):
            replied = asked & (random.random(len(cancers)) < answers)
            if instrument == "EXPERIENCE":
                replied &= time == "after_treatment"
            day = np.where(base < NEVER, base + after, NEVER)
            chosen = np.flatnonzero(replied & (day <= as_at))
            score = health[chosen] - (0.06 if time == "after_treatment" else 0.0)
            parts.append(
                _responses(instrument, place, time, cancers[chosen], day[chosen], score, random)
            )
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    record = held[joined.pop("referral")]
    joined[PATHWAY] = records.columns[PATHWAY][record]
    joined[ISSUER] = records.columns[ISSUER][record]
    joined["trust"] = records.trust[record]
    order = np.lexsort((joined["instrument"], joined["timepoint"], joined["response_date"], record))
    return {name: values[order] for name, values in joined.items()}


def _anchors(journeys: Journeys, cancers: Ints) -> list[Ints]:
    told = np.minimum(journeys.informed, journeys.decided)[cancers]
    treated = journeys.treated[cancers]
    # who is treated soon after the diagnosis is not asked twice in one week
    apart = treated + _TIMES[1][1] > told + _TIMES[0][1]
    return [told, np.where(apart, treated, NEVER), treated]


def _health(
    age: Ints, quintile: Ints, waited: Ints, random: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    months = np.clip(waited, 0, 200) / 30.4
    level = 0.88 - 0.003 * np.maximum(age - 60, 0) - 0.02 * (4 - quintile)
    return np.asarray(level - WORSE_PER_MONTH * months + random.normal(0, 0.14, len(age)))


def _responses(
    instrument: str,
    place: int,
    time: str,
    referral: Ints,
    day: Ints,
    health: np.ndarray[tuple[int], np.dtype[np.float64]],
    random: np.random.Generator,
) -> Columns:
    count = len(referral)
    blank = np.full(count, "", dtype="U8")
    index = np.clip(health, -0.4, 1.0).round(3).astype("U8")
    function = np.clip(health * 85 + random.normal(8, 8, count), 0, 100).round(1).astype("U8")
    rating = np.clip(np.round(health * 7 + random.normal(2.6, 1.3, count)), 0, 10)
    skipped = random.random(count) < 0.03
    values = [index, function, rating.astype(int).astype("U8")]
    filled = [np.where(skipped, "", v) if p == place else blank for p, v in enumerate(values)]
    return {
        "referral": referral,
        "response_date": day,
        "instrument": np.full(count, instrument, dtype="U14"),
        "timepoint": np.full(count, time, dtype="U16"),
        "eq5d5l_index": filled[0],
        "eq5d5l_value_set": np.where(filled[0] != "", "SYNTHETIC", ""),
        "function_score": filled[1],
        "experience_rating": filled[2],
    }
