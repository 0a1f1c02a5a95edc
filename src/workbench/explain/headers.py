"""Columns of the report's tables, in order, with what a reader calls them."""

from __future__ import annotations

_RANGE = {"lower": "95% interval, from", "upper": "95% interval, to"}

IMPORTANT = {
    "feature": "Feature",
    "part": "Part",
    "people": "People",
    "importance": "Moves the risk by (log points)",
    **_RANGE,
    "share": "Of all movement (%)",
}
MODELS = {
    "model": "Model",
    "people": "People",
    "risk": "Mean risk (%)",
    "apart": "Mean distance from the other (points)",
    "ranks": "Agreement of ranks with the other",
}
OF_MODELS = {"risk": (1, True), "apart": (1,)}
"""Decimals of its columns, and whether as per cent."""
GAPS = {
    "characteristic": "Broken down by",
    "group": "Group",
    "people": "People",
    "risk": "Gap in risk (points)",
    "risk_lower": "Gap, from",
    "risk_upper": "Gap, to",
    "margin": "The same in log points",
    "margin_lower": "Log points, from",
    "margin_upper": "Log points, to",
    "q": "q (false discovery rate)",
}
APART = {"group": "Group", "people": "People", "margin": "Gap (log points)"}
"""Each part follows under its own name."""
REASONS = {
    "kind": "Kind",
    "reason": "Among the three largest reasons",
    "people": "People",
    "everyone": "Of",
    "share": "Share (%)",
}
REFITTED = {
    "feature": "Feature",
    "people": "People",
    "importance": "Moves the risk by (log points)",
    "least": "Least of the refits",
    "greatest": "Greatest of the refits",
    "rank": "Rank",
    "best_rank": "Best rank of the refits",
    "worst_rank": "Worst rank of the refits",
    "agreement": "Agreement, row by row",
}
