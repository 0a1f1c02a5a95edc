"""The items that the standards use, and how a table's columns are matched to them.

A header is matched by its letters and digits alone, so that the canonical
``source_of_referral_for_out_patients``, the dictionary's ``SOURCE OF REFERRAL FOR
OUT-PATIENTS`` and a stray capital all mean the same item.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.errors import InputError

RECORD_ID = "record_id"


@dataclass(frozen=True)
class Item:
    """One item of a pathway record, as the standards see it.

    Attributes
    ----------
    name : str
        Short name inside this room.
    column : str
        Canonical column name: the item's own in snake case.
    kind : {"date", "days", "text"}
        How its cells are parsed; codes and organisations are text.
    width : int
        Characters of a code, to which one that comes as a number is padded; 0 if none.
    """

    name: str
    column: str
    kind: Literal["date", "days", "text"]
    width: int = 0


_FDS = "cancer_faster_diagnosis_pathway"
_SITE = "organisation_site_identifier_of"
_DELAY = "cancer_care_spell_delay_reason"

ITEMS: tuple[Item, ...] = (
    Item("referred", "cancer_referral_to_treatment_period_start_date", "date"),
    Item("first_seen", "date_first_seen", "date"),
    Item("upgraded", "consultant_upgrade_date", "date"),
    Item("decided", "cancer_treatment_period_start_date", "date"),
    Item("treated", "treatment_start_date_cancer", "date"),
    Item("fds_ended", f"{_FDS}_end_date", "date"),
    Item("transferred", "transfer_to_treatment_date", "date"),
    Item("adjusted_first_seen", "waiting_time_adjustment_first_seen", "days"),
    Item("adjusted_treatment", "waiting_time_adjustment_treatment", "days"),
    Item("source", "source_of_referral_for_out_patients", "text", 2),
    Item("priority", "priority_type_code", "text", 1),
    Item("referral_type", "two_week_wait_cancer_or_symptomatic_breast_referral_type", "text", 2),
    Item("fds_end_reason", f"{_FDS}_end_reason", "text", 2),
    Item("fds_exclusion_reason", f"{_FDS}_exclusion_reason", "text", 2),
    Item("event_type", "cancer_treatment_event_type", "text", 2),
    Item("modality", "cancer_treatment_modality", "text", 2),
    Item("setting", "cancer_care_setting_treatment", "text", 2),
    Item("diagnosis", "primary_diagnosis_icd", "text"),
    Item("fds_site", f"{_SITE}_{_FDS}_end_date", "text"),
    Item("first_seen_site", f"{_SITE}_provider_first_seen", "text"),
    Item("upgrade_site", f"{_SITE}_provider_consultant_upgrade", "text"),
    Item("treating_site", f"{_SITE}_provider_cancer_treatment_start_date", "text"),
    Item("accountable", "accountable_investigating_provider", "text"),
    Item("delay_fds", f"{_DELAY}_outcome_communication_{_FDS}", "text", 2),
    Item("delay_31d", f"{_DELAY}_decision_to_treatment", "text", 2),
    Item("delay_62d", f"{_DELAY}_referral_to_treatment", "text", 2),
    Item("delay_upgrade", f"{_DELAY}_consultant_upgrade", "text", 2),
)

CLOCK_STARTS = ("referred", "upgraded", "decided")


def is_used(name: str) -> bool:
    """Whether a column of this name is one that the standards use."""
    return _squashed(name) in _WANTED


def matched(columns: Sequence[str], where: str) -> dict[str, str]:
    """Match a table's columns to items.

    Parameters
    ----------
    columns : sequence of str
        Column names as they stand; ones that are no item are ignored.
    where : str
        What the table is called in messages.

    Returns
    -------
    dict
        Canonical column name (``record_id`` too) to the table's own, for those present.

    Raises
    ------
    InputError
        Two columns mean the same item, or there is no clock start at all.
    """
    found: dict[str, str] = {}
    twice = []
    for column in columns:
        canonical = _WANTED.get(_squashed(str(column)))
        if canonical in found:
            twice.append(f"columns '{found[canonical]}' and '{column}' are both {canonical}")
        elif canonical is not None:
            found[canonical] = column
    if twice:
        raise InputError(f"{where}: a column comes twice.", twice, remedy="Keep one of each.")
    starts = [item.column for item in ITEMS if item.name in CLOCK_STARTS]
    if not any(start in found for start in starts):
        raise InputError(
            f"{where}: there is no clock start, so no standard can be reckoned.",
            [f"missing column: {start}" for start in starts],
            remedy="Give at least one of these columns, by its canonical name.",
        )
    return found


def _squashed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


_WANTED = {_squashed(name): name for name in (RECORD_ID, *(item.column for item in ITEMS))}
