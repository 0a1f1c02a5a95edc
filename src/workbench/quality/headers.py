"""Columns of the report's tables, in order, with what a reader calls them."""

from __future__ import annotations

MEASURED = {
    "title": "Standard",
    "trust": "Trust",
    "waits": "Waits that have ended",
    "share": "Can be measured (%)",
    "lower": "95% interval, from",
    "upper": "95% interval, to",
    "missing": "Lost: an item is missing",
    "wrong_dates": "Lost: dates cannot be right",
}
USABLE = {
    "title": "Standard",
    "characteristic": "Broken down by",
    "trust": "Trust",
    "measured": "Measured waits",
    "share": "Known (%)",
    "lower": "95% interval, from",
    "upper": "95% interval, to",
    "unsent": "Not sent",
    "declined": "Patient declined",
    "unmatched": "Area not in the index",
}
MEND = {
    "trust": "Trust",
    "item": "Mend this",
    "gained": "Records won back",
    "for_standards": "For a standard",
    "for_equity": "For an equity figure",
}
SCORE = {
    "trust": "Trust",
    "records": "Records",
    "items": "Items (out of 100)",
    "coverage": "Months sent (%)",
    "score": "Score (out of 100)",
}
FIVE = {
    "characteristic": "Broken down by",
    "group": "Group",
    "records": "Records",
    "completeness": "Complete (%)",
    "validity": "Valid (%)",
    "timeliness": "On time (%)",
    "uniqueness": "Unique (%)",
    "plausibility": "Plausible (%)",
}
WORST = {
    "trust": "Trust",
    "item": "Item",
    "records": "Records that should have it",
    "share": "Of use (%)",
    "lower": "95% interval, from",
    "upper": "95% interval, to",
}
ARRIVED = {
    "trust": "Trust",
    "files": "Files",
    "refused": "Files refused",
    "rows_read": "Rows read",
    "share": "Taken in (%)",
    "quarantined": "Held back",
    "repeated": "Sent twice",
    "superseded": "Replaced by newer rows",
}
LATE = {
    "trust": "Trust",
    "records": "Records",
    "extract_days": "Age of newest extract (days)",
    "event_days": "Newest event before that (days)",
    "months": "Months sent",
    "months_expected": "Months expected",
}
FAULTS = {
    "trust": "Trust",
    "title": "What is wrong",
    "at_fault": "Records",
    "share": "Share of records (%)",
    "lower": "95% interval, from",
    "upper": "95% interval, to",
}
CONFLICTS = {
    "characteristic": "What",
    "people": "People",
    "in_conflict": "Sources disagree",
    "share": "Share (%)",
    "within_a_trust": "Inside one Trust",
    "between_trusts": "Between Trusts",
}
