"""A slow, obvious reading of the three standards, one record at a time.

Written from the text of the rules alone, before the engine and without a look at
it: plain Python over one record, no sets, no tables. The engine must agree with
it on every record that hypothesis can think of.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

CRTP = "cancer_referral_to_treatment_period_start_date"
SEEN = "date_first_seen"
UPGRADE = "consultant_upgrade_date"
DECISION = "cancer_treatment_period_start_date"
TREATED = "treatment_start_date_cancer"
FDS_END = "cancer_faster_diagnosis_pathway_end_date"
TRANSFER = "transfer_to_treatment_date"
SOURCE = "source_of_referral_for_out_patients"
PRIORITY = "priority_type_code"
REFERRAL_TYPE = "two_week_wait_cancer_or_symptomatic_breast_referral_type"
ADJ_SEEN = "waiting_time_adjustment_first_seen"
ADJ_TREATED = "waiting_time_adjustment_treatment"
SETTING = "cancer_care_setting_treatment"
EVENT = "cancer_treatment_event_type"
MODALITY = "cancer_treatment_modality"
ICD = "primary_diagnosis_icd"
END_REASON = "cancer_faster_diagnosis_pathway_end_reason"
EXCLUSION = "cancer_faster_diagnosis_pathway_exclusion_reason"
SITE_FDS = "organisation_site_identifier_of_cancer_faster_diagnosis_pathway_end_date"
SITE_SEEN = "organisation_site_identifier_of_provider_first_seen"
SITE_UPGRADE = "organisation_site_identifier_of_provider_consultant_upgrade"
SITE_TREATED = "organisation_site_identifier_of_provider_cancer_treatment_start_date"
ACCOUNTABLE = "accountable_investigating_provider"

FIRST = {"01", "07", "12"}
SUBSEQUENT = {"02", "03", "04", "05", "06", "08", "09", "10", "11"}


def reference(record: Mapping[str, str | None], as_at: date | None = None) -> list[dict[str, Any]]:
    """Every `waits` row of one record, whose cells are text as in a CSV file."""
    return [
        *_fds(record, as_at),
        *_thirty_one_day(record, as_at),
        *_sixty_two_day(record, as_at),
    ]


def _text(record: Mapping[str, str | None], item: str) -> str | None:
    value = (record.get(item) or "").strip()
    return value or None


def _date(record: Mapping[str, str | None], item: str, as_at: date | None) -> date | None:
    text = _text(record, item)
    if text is None:
        return None
    value = date.fromisoformat(text)
    if as_at is not None and value > as_at:
        return None
    return value


def _days(record: Mapping[str, str | None], item: str) -> int:
    text = _text(record, item)
    return 0 if text is None else int(text)


def _trust(code: str | None) -> str | None:
    if code is None or code in ("89997", "89999"):
        return code
    return code[:3]


def _month(day: date | None) -> str | None:
    return None if day is None else day.isoformat()[:7]


def _treatment_adjustment(record: Mapping[str, str | None]) -> int:
    if _text(record, SETTING) in ("01", "02"):
        return _days(record, ADJ_TREATED)
    return 0


def _is_upgrade(record: Mapping[str, str | None], as_at: date | None) -> bool:
    return _text(record, SOURCE) != "17" and _date(record, UPGRADE, as_at) is not None


def _off_route(record: Mapping[str, str | None], upgrade: bool) -> bool:
    if _text(record, PRIORITY) not in ("1", "2"):
        return False
    if _text(record, SOURCE) == "17" or _text(record, REFERRAL_TYPE) == "16":
        return False
    return not upgrade


def _rows(
    row: dict[str, Any], reason: str | None, shares: list[tuple[str | None, float]]
) -> list[dict[str, Any]]:
    if reason is not None:
        return [
            {
                **row,
                "included": False,
                "exclusion_reason": reason,
                "within": None,
                "weight": 0.0,
                "weight_within": 0.0,
            }
        ]
    within = row["wait_days"] <= row["standard_days"]
    return [
        {
            **row,
            "provider": provider,
            "included": True,
            "exclusion_reason": None,
            "within": within,
            "weight": weight,
            "weight_within": weight if within else 0.0,
        }
        for provider, weight in shares
        if weight > 0
    ]


def _row(
    record: Mapping[str, str | None],
    standard: str,
    days: int,
    start: date | None,
    stop: date | None,
    adjustment: int,
    month_of: date | None,
    provider: str | None,
    stage: str | None = None,
) -> dict[str, Any]:
    wait = None
    if start is not None and stop is not None:
        wait = (stop - start).days - adjustment
    return {
        "record_id": record["record_id"],
        "standard": standard,
        "treatment_stage": stage,
        "clock_start_date": start,
        "clock_stop_date": stop,
        "adjustment_days": adjustment,
        "wait_days": wait,
        "standard_days": days,
        "reporting_month": _month(month_of),
        "provider": provider,
    }


def _fds(record: Mapping[str, str | None], as_at: date | None) -> list[dict[str, Any]]:
    start = _date(record, CRTP, as_at)
    end = _date(record, FDS_END, as_at)
    decision = _date(record, DECISION, as_at)
    stop = end
    if start and end and decision and start <= decision < end:
        stop = decision
    adjustment = _days(record, ADJ_SEEN)
    provider = _trust(_text(record, SITE_FDS))
    row = _row(record, "FDS", 28, start, stop, adjustment, end, provider)

    end_reason = _text(record, END_REASON)
    if end_reason in ("1", "2", "3", "4"):
        end_reason = "0" + end_reason
    if end_reason in ("01", "02", "04"):
        counted = True
    elif end_reason == "03" and _text(record, EXCLUSION) == "01":
        counted = row["wait_days"] is not None and row["wait_days"] > 28
    else:
        counted = False

    reason = None
    if start is None or end is None or stop is None:
        reason = "missing_dates"
    elif not counted:
        reason = "fds_excluded"
    elif _off_route(record, upgrade=False):
        reason = "route"
    elif provider is None:
        reason = "missing_provider"
    elif (stop - start).days < 0:
        reason = "negative_wait"
    elif adjustment < 0 or adjustment > (stop - start).days:
        reason = "invalid_adjustment"
    return _rows(row, reason, [(provider, 1.0)])


def _thirty_one_day(record: Mapping[str, str | None], as_at: date | None) -> list[dict[str, Any]]:
    start = _date(record, DECISION, as_at)
    stop = _date(record, TREATED, as_at)
    adjustment = _treatment_adjustment(record)
    provider = _trust(_text(record, SITE_TREATED))
    event = _text(record, EVENT)
    stage = "first" if event in FIRST else "subsequent" if event in SUBSEQUENT else None
    row = _row(record, "31D", 31, start, stop, adjustment, stop, provider, stage)

    reason = None
    if start is None or stop is None:
        reason = "missing_dates"
    elif stage is None:
        reason = "event_type"
    elif _text(record, MODALITY) == "98":
        reason = "treatment_declined"
    elif provider is None:
        reason = "missing_provider"
    elif (stop - start).days < 0:
        reason = "negative_wait"
    elif adjustment < 0 or adjustment > (stop - start).days:
        reason = "invalid_adjustment"
    return _rows(row, reason, [(provider, 1.0)])


def _sixty_two_day(record: Mapping[str, str | None], as_at: date | None) -> list[dict[str, Any]]:
    upgrade = _is_upgrade(record, as_at)
    upgraded = _date(record, UPGRADE, as_at)
    seen = _date(record, SEEN, as_at)
    start = upgraded if upgrade else _date(record, CRTP, as_at)
    stop = _date(record, TREATED, as_at)
    adj_seen = _days(record, ADJ_SEEN)
    if upgrade and (seen is None or upgraded is None or upgraded > seen):
        adj_seen = 0
    adj_treated = _treatment_adjustment(record)
    treating = _trust(_text(record, SITE_TREATED))
    row = _row(record, "62D", 62, start, stop, adj_seen + adj_treated, stop, treating)

    reason = None
    if start is None or stop is None or _date(record, DECISION, as_at) is None:
        reason = "missing_dates"
    elif _text(record, ICD) is None:
        reason = "missing_diagnosis"
    elif _text(record, EVENT) not in FIRST:
        reason = "event_type"
    elif _text(record, MODALITY) == "98":
        reason = "treatment_declined"
    elif _off_route(record, upgrade):
        reason = "route"
    elif treating is None or (not upgrade and _text(record, SITE_SEEN) is None):
        reason = "missing_provider"
    elif (stop - start).days < 0:
        reason = "negative_wait"
    elif adj_seen < 0 or adj_treated < 0 or adj_seen + adj_treated > (stop - start).days:
        reason = "invalid_adjustment"
    if reason is not None:
        return _rows(row, reason, [])
    assert start is not None
    assert stop is not None
    shares = _allocation(record, as_at, upgrade, treating, start, stop, adj_seen, adj_treated)
    return _rows(row, None, shares)


def _allocation(
    record: Mapping[str, str | None],
    as_at: date | None,
    upgrade: bool,
    treating: str | None,
    start: date,
    stop: date,
    adj_seen: int,
    adj_treated: int,
) -> list[tuple[str | None, float]]:
    accountable = _trust(_text(record, ACCOUNTABLE))
    upgrading = _trust(_text(record, SITE_UPGRADE)) if upgrade else None
    investigating = accountable or upgrading or _trust(_text(record, SITE_SEEN))
    transfer = _date(record, TRANSFER, as_at)
    if investigating is None or investigating == treating:
        return [(treating, 1.0)]
    if accountable is None or transfer is None:
        return [(investigating, 0.5), (treating, 0.5)]
    total_ok = (stop - start).days - adj_seen - adj_treated <= 62
    handover_ok = (transfer - start).days - adj_seen <= 38
    treating_ok = (stop - transfer).days - adj_treated <= 24
    weights = {
        (True, True, True): (0.5, 0.5),
        (True, True, False): (0.5, 0.5),
        (True, False, True): (0.0, 1.0),
        (False, True, False): (0.0, 1.0),
        (False, False, True): (1.0, 0.0),
        (False, False, False): (0.5, 0.5),
    }[(total_ok, handover_ok, treating_ok)]
    return [(investigating, weights[0]), (treating, weights[1])]
