"""Columns of the report's tables, in order, with what a reader calls them."""

from __future__ import annotations

_COUNTS = {"looks": "Looks", "patients": "Patients", "late": "Late"}
_PER_100 = {"per_100": "Late for 100 predicted", "lower": "From", "upper": "To"}
_AUC = {"auc": "Pairs right of 100 (AUC)", "auc_lower": "AUC, from", "auc_upper": "AUC, to"}

WINDOWS = {"model": "Model", "part": "Waits", "first": "Begun from", "last": "Begun up to"}
DAYS = {"day": "Day of the wait", **_COUNTS, **_PER_100, **_AUC}
SITES = {"trust": "Trust", **_COUNTS, **_PER_100, **_AUC}
MODELS = {
    "model": "Model",
    **_AUC,
    **_PER_100,
    "brier": "Error (Brier)",
    "brier_lower": "Brier, from",
    "brier_upper": "Brier, to",
    "slope": "Slope",
    "slope_lower": "Slope, from",
    "slope_upper": "Slope, to",
}
STABILITY = {
    "part": "Tenth of risks, lowest first",
    "looks": "Looks",
    "risk": "Mean risk (%)",
    "apart": "Refits are away by (points)",
    "widest": "Refits span, 1 in 20 more (points)",
}
DECIMALS = {
    "slope": 2, "slope_lower": 2, "slope_upper": 2, "agreement": 2, "risk": 1, "apart": 1,
    "widest": 1,
}  # fmt: skip
"""Decimal places, where those that suit most columns would not do."""
SIGNS = {"sign": "Sign", "now": "Now", "limit": "Would change our mind", "reached": "Reached?"}
HAZARD = {
    "day": "Day of the wait",
    "looks": "Looks",
    "late": "Late",
    "per_100": "Late for 100 predicted, this model",
    "second": "Late for 100 predicted, second way",
    "apart": "Risks apart (points)",
    "agreement": "Agreement of ranks",
}
