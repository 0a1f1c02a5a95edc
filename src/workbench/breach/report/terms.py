"""The report's terms in plain words: what late means, what each model and standard is called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workbench.breach.models import BOOSTING, LOGISTIC, LONGEST, RATES

_STANDARDS = {
    "FDS": "the 28-day faster diagnosis standard",
    "31D": "the 31-day standard",
    "62D": "the 62-day standard",
}
_MODELS = {
    BOOSTING: "Boosted trees",
    LOGISTIC: "Logistic regression",
    RATES: "Rate by Trust and day",
    LONGEST: "Longest waiter first",
}


TOLD = ", with protected characteristics"
"""After the name of a model that knows them."""


def the_standard(facts: Mapping[str, Any]) -> str:
    """Name the standard inside a sentence."""
    return _STANDARDS[str(facts["standard"])]


def late(facts: Mapping[str, Any]) -> str:
    """Say what the model predicts: what it means here to be late."""
    days, target = int(facts["standard_days"]), facts.get("target", "open")
    if target == "late":
        ended = "told" if facts["standard"] == "FDS" else "treated"
        return f"{ended} later than day {days}"
    return f"still open after day {days}"


def model_name(name: str) -> str:
    """Write the name of a model as a reader meets it: ``boosting, with ...`` in plain words."""
    learner, comma, more = name.partition(",")
    return f"{_MODELS.get(learner, learner.replace('_', ' ').capitalize())}{comma}{more}"


def day_name(landmark_day: str) -> str:
    """Write a landmark: ``Day 28``; ``All days`` for all together."""
    return f"Day {landmark_day}" if re.fullmatch(r"\d+", landmark_day) else "All days"
