"""Columns of the report's tables, in order, with what a reader calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_WHO = {"characteristic": "Broken down by", "group": "Group"}
_MISSED = {"after": "Missed after (%)", "after_lower": "After, from", "after_upper": "After, to"}

MISSED = {
    **_WHO,
    "events": "Late looks",
    "above": "Missed",
    "difference": "Gap to everyone else (% points)",
    "lower": "95% interval, from (% points)",
    "upper": "95% interval, to (% points)",
    "q": "q (false discovery rate)",
    "smallest": "Smallest gap that would be seen (% points)",
    "status": "Can it be judged?",
}
SERVICE = {
    **_WHO,
    "n": "Waits",
    "events": "Late",
    "crude": "Gap as it is (% points)",
    "crude_lower": "As it is, from (% points)",
    "crude_upper": "As it is, to (% points)",
    "standardised": "Gap at the same case mix (% points)",
    "lower": "Same case mix, from (% points)",
    "upper": "Same case mix, to (% points)",
}
UNKNOWN = {
    "characteristic": "Not known",
    "n": "Looks",
    "unknown": "Not known of",
    "events": "Of those, late",
    "missed": "Of those late, missed",
}
QUALITY = {
    **_WHO,
    "n": "Looks",
    "events": "Late",
    "auc": "A late wait has the higher risk (AUC)",
    "observed_expected": "Late for each one predicted",
    "calibration_slope": "Calibration slope",
    "brier": "Mean squared error (Brier)",
}
SPREAD = {
    "characteristic": "Broken down by",
    "groups": "Groups that can be judged",
    "max_min": "Furthest apart (% points)",
    "null_median": "By lot alone, as a rule (% points)",
    "null_95": "By lot alone, up to (% points)",
    "p": "p",
    "sd_between": "Spread without chance (% points)",
}
OPTIONS = {
    "option": "What could be done",
    "listed": "Looks on the list",
    "caught": "Late ones caught",
    "change": "Missed, less now (% points)",
    "change_lower": "Change, from (% points)",
    "change_upper": "Change, to (% points)",
    "net_benefit": "Net benefit for each look",
    "needs": "What it needs",
}
CHANGED = {
    "option": "What could be done",
    "group": "Group",
    "events": "Late looks",
    "now": "Missed now (%)",
    "now_lower": "Now, from",
    "now_upper": "Now, to",
    **_MISSED,
}
LOTS = {
    "method": "Method",
    "judged": "Looks judged",
    "listed": "On the list",
    "caught": "Late ones caught",
    "caught_by_risk": "Caught by risk alone, list as long",
    "changed": "Looks that another seed decides otherwise (%)",
    "changed_listed": "The same for each on the list (%)",
}
POINTS = frozenset(
    ("difference", "lower", "upper", "smallest", "crude", "crude_lower", "crude_upper",
     "standardised", "max_min", "null_median", "null_95", "sd_between", "change",
     "change_lower", "change_upper", "now", "now_lower", "now_upper", *_MISSED, "changed",
     "changed_listed")
)  # fmt: skip
"""Columns of shares and gaps: shown a hundred times as large, to a tenth."""


def as_columns(column: Callable[..., Any]) -> dict[str, Mapping[str, Any]]:
    """Headers of every table, those of `POINTS` as `column` makes them.

    Parameters
    ----------
    column : callable
        Takes a header, ``decimals``, ``percent`` and ``chance``: the room of reports has it,
        which this one does not know.

    Returns
    -------
    dict
        Headers by the table's name.
    """
    tables = {
        "MISSED": MISSED, "SERVICE": SERVICE, "UNKNOWN": UNKNOWN, "QUALITY": QUALITY,
        "SPREAD": SPREAD, "OPTIONS": OPTIONS, "CHANGED": CHANGED, "LOTS": LOTS,
    }  # fmt: skip
    looks = {name: {"decimals": 1, "percent": True} for name in POINTS}
    looks |= {name: {"decimals": 3, "chance": True} for name in ("p", "q")}
    return {
        table: {
            name: column(header, **looks[name]) if name in looks else header
            for name, header in headers.items()
        }
        for table, headers in tables.items()
    }
