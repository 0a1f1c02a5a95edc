"""Columns of the equity report's tables, in order, with what a reader calls them."""

from __future__ import annotations

from collections.abc import Mapping

_RANGED = ("estimate", "lower", "upper")
_RANGE = {"lower": "95% interval, from", "upper": "95% interval, to"}

_LIKELY = {"lower_points": "Likely, from", "upper_points": "Likely, to"}
_AGAINST = {
    "total": "Patients",
    "share": "In time (%)",
    "crude_points": "Gap as counted (points)",
    "gap_points": "Gap among like patients (points)",
    **_LIKELY,
    "q": "q",
}
GAPS = {
    "title": "By",
    "group": "Group",
    **_AGAINST,
    "detectable_points": "Smallest gap we would see (points)",
    "days": "Days longer",
    "outcome": "Can we tell?",
}
REASONS = {
    "title": "By",
    "group": "Group",
    "told": "In words",
    "cancer_points": "Cancer (points)",
    "route_points": "Route (points)",
    "place_points": "Trust (points)",
    "person_points": "Age, gender, area, ethnic group (points)",
    "time_points": "Time (points)",
}
GRADIENT = {"title": "Measure", "people": "People", "estimate": "Points", **_RANGE}
TRUSTS = {"trust": "Trust", **_AGAINST}
CELLS = {
    "row": "Group",
    "column": "And",
    "total": "Patients",
    "gap_points": "Gap to like patients (points)",
    **_LIKELY,
    "pulled_points": "Gap, drawn towards none (points)",
    "outcome": "Can we tell?",
}
REPRESENTED = {
    "group": "Ethnic group",
    "n": "Patients",
    "expected_share": "Expected from their areas (%)",
    "ratio": "Counted, of those expected (%)",
    **_RANGE,
    "referred_ratio": "Of those expected of all referred, at equal age (%)",
    "referred_lower": "From",
    "referred_upper": "To",
}
AVAILABILITY = {
    "title": "Characteristic",
    "patients": "Patients",
    "unknown": "Not known",
    "share": "Not known (%)",
}
TOO_FEW = {"title": "By", "group": "Group", "total": "Patients", "needed": "What it would take"}
HEARD = {
    "name": "Group",
    "pathways": "Patients",
    "share": "Heard (%)",
    **_RANGE,
    "asked_share": "Likely asked (%)",
    "asked_lower": "Asked, from",
    "asked_upper": "Asked, to",
    "answer_share": "Answers by those asked (%)",
}
MEANS = {
    "score": "Score",
    "group": "Group",
    "people": "Who answered",
    "mean": "Mean",
    **_RANGE,
    "gap": "Gap to everyone else",
    "gap_lower": "Gap, from",
    "gap_upper": "Gap, to",
}
LINKED = {
    "characteristic": "By",
    "group": "Group",
    "shared": "Records of shared patients",
    "share": "Other half found (%)",
    **_RANGE,
}
INDICATORS = {
    "indicator": "Indicator",
    "characteristic": "By",
    "group": "Group",
    "numerator": "Numerator",
    "denominator": "Denominator",
    "value": "Value (%)",
    "lower": "95% interval, from",
    "upper": "95% interval, to",
    "adjusted_value": "Among like patients (%)",
    "status": "Can we tell?",
}
_PERCENTS = frozenset(
    ("expected_share", "ratio", "referred_ratio", "referred_lower", "referred_upper",
     "asked_share", "asked_lower", "asked_upper", "answer_share", "adjusted_value")
)  # fmt: skip
"""Shares that are shown as per cent though no two counts make them."""
_LIMITS = ("lower", "upper", "gap", "gap_lower", "gap_upper")

Look = tuple[str, int | None, bool | None, bool]


def looks(titles: Mapping[str, str]) -> dict[str, Look]:
    """How each column of a table is shown: header, decimals, whether as per cent, or as chance.

    Parameters
    ----------
    titles : mapping
        One of the tables of this module.

    Returns
    -------
    dict of str to tuple
        None where the values themselves say; last, whether it is a probability of chance.
    """
    return {name: _look(name, title, titles) for name, title in titles.items()}


def _look(name: str, title: str, titles: Mapping[str, str]) -> Look:
    ratios = "ratio" in titles and name in _LIMITS
    if name in _PERCENTS or ratios:
        return title, 0 if "ratio" in titles and name != "expected_share" else 1, True, False
    if name.endswith("_points") or name == "days" or ("estimate" in titles and name in _RANGED):
        return title, 1, None, False
    if name == "q":
        return title, 3, None, True
    if "mean" in titles and name in ("mean", *_LIMITS):
        return title, 2, None, False
    return title, None, None, False
