"""Columns of the report's tables, in order, with what a reader calls them."""

from __future__ import annotations

_RANGE = {"lower": "95% interval, from", "upper": "95% interval, to"}

LINKED = {
    "characteristic": "Broken down by",
    "group": "Group",
    "records": "Records",
    "share": "Linked to another Trust (%)",
    **_RANGE,
    "in_review": "In a doubtful pair",
    "review_share": "In a doubtful pair (%)",
    "review_lower": "Doubtful, from",
    "review_upper": "Doubtful, to",
}
SHARED = {
    "characteristic": "Broken down by",
    "group": "Group",
    "shared": "Records of shared patients",
    "share": "Other half found (%)",
    **_RANGE,
    "person_only": "Person found, pathway not",
    "missed": "Not found",
}
RULES = {"match_rule": "Rule", "tied": "Records", "share": "Share (%)"}
THRESHOLDS = {
    "threshold": "Accepted from",
    "links": "Linked pairs",
    "review": "For review",
    "expected_false_links": "Expected false links",
    "expected_missed_links": "Expected missed links",
}
PROFILE = {
    "what": "In the record",
    "answer": "Yes or no",
    "shared": "Records of shared patients",
    "unmet": "Other half not found",
    "share": "Share not found (%)",
    **_RANGE,
}
BOUNDS = {
    "group": "Group",
    "treated": "Treated",
    "late": "Late",
    "late_share": "Late (%)",
    "lowest": "At best (%)",
    "highest": "At worst (%)",
    "gap": "Gap to the largest group (points)",
    "gap_lower": "By chance, from",
    "gap_upper": "By chance, to",
    "gap_lowest": "By linkage, from",
    "gap_highest": "By linkage, to",
}
TRUTH = {
    "what": "What was linked",
    "pairs": "Pairs of records",
    "true_pairs": "True pairs",
    "recall": "Found (%)",
    "recall_lower": "95% interval, from",
    "recall_upper": "95% interval, to",
    "linked_pairs": "Linked pairs",
    "precision": "True of those linked (%)",
}
ERRORS = {
    "group": "Group",
    "true_pairs": "True pairs",
    "missed": "Missed",
    "share": "Missed (%)",
    **_RANGE,
    "gap": "Gap to the largest group (points)",
    "gap_lower": "Gap, from",
    "gap_upper": "Gap, to",
    "false_links": "False links",
    "false_share": "False of those linked (%)",
}
ADDED = {
    "group": "Group",
    "treated": "Treated, as linked",
    "late_share": "Late, as linked (%)",
    "true_treated": "Treated, in truth",
    "true_share": "Late, in truth (%)",
    "error": "Error added (points)",
}
OPT_OUTS = {
    "characteristic": "Broken down by",
    "group": "Group",
    "people": "People sent",
    "share": "Left out (%)",
    **_RANGE,
    "national": "On the national list",
    "local": "On a Trust's list",
}
POINTS = frozenset(
    ("gap", "gap_lower", "gap_upper", "gap_lowest", "gap_highest", "lowest", "highest", "error")
)
"""Columns of points or per cent that are no share of two counts: shown to a tenth."""
GUILD = {"step": "Step", "item": "Item", "answer": "Answer"}
GUILD_COUNTS = {"step": "Step", "item": "Item", "answer": "What is counted", "number": "Number"}
