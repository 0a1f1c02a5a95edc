"""Items of a referral: how it began, when the patient was seen, what the outcome was."""

from __future__ import annotations

import numpy as np

from workbench.demo.cohort.held import AGAIN, Columns, Held
from workbench.demo.cohort.items import (
    ADJUSTED_FIRST_SEEN,
    CRTP,
    DFS,
    FDS_DELAY,
    FDS_END,
    FDS_EXCLUSION,
    FDS_HOW,
    FDS_REASON,
    FDS_SITE,
    FDS_SITE_OF_CANCER,
    FDS_TOLD_BY,
    RDC,
    REFERRAL_TYPE,
    SITE_SEEN,
    SITE_UPGRADED,
    UPGRADED,
)
from workbench.demo.cohort.journeys import NEVER
from workbench.demo.cohort.names import Text
from workbench.demo.cohort.outcomes import delay_reasons, told_by
from workbench.demo.cohort.referrals import BREAST, OTHER, SCREENING, UPGRADE


def referral_items(held: Held) -> Columns:
    """Every item of the referral, the first appointment and the 28-day pathway."""
    return _referred(held) | _upgraded(held) | _seen(held) | _told(held)


def _referred(held: Held) -> Columns:
    referrals, rows, count = held.referrals, held.referral, len(held)
    route, received = referrals.route[rows], referrals.received[rows]
    # who registers a referral again does so a few days later
    again = received + held.random.integers(0, 4, count)
    seen = held.journeys.seen[rows]
    urgent = ~np.isin(route, (UPGRADE, OTHER))
    suspicion = referrals.suspicion[rows]
    child = (referrals.people.age[rows] < 16) & (suspicion != "16")
    decided = received - held.random.integers(0, 3, count)
    not_urgent = np.where(held.chance() < 0.5, "2", "1")
    direct = np.where(held.chance() < 0.8, "02", "")
    compliant = np.where(held.chance() < 0.7, "Y", "N")
    return {
        CRTP: np.where(
            held.role == AGAIN, np.minimum(again, np.minimum(seen, held.as_at)), received
        ),
        "decision_to_refer_date_cancer_or_breast_symptoms": np.where(
            route == SCREENING, NEVER, decided
        ),
        "source_of_referral_for_out_patients": _sources(held),
        "priority_type_code": np.where(urgent, "3", not_urgent),
        REFERRAL_TYPE: np.where(urgent, np.where(child, "02", suspicion), ""),
        "cancer_diagnostic_referral_route": np.where(held.chance() < 0.08, "01", direct),
        RDC: np.where(suspicion == "17", compliant, ""),
    }


def _sources(held: Held) -> Text:
    route, drawn = held.referrals.route[held.referral], held.chance()
    usual = np.where(drawn < 0.93, "03", np.where(drawn < 0.97, "92", "97"))
    usual = np.where(route == BREAST, "03", usual)
    hospital = np.where(drawn < 0.35, "04", np.where(drawn < 0.6, "10", "05"))
    hospital = np.where(drawn > 0.85, "03", hospital)
    inner = np.isin(route, (UPGRADE, OTHER))
    return np.where(route == SCREENING, "17", np.where(inner, hospital, usual))


def _upgraded(held: Held) -> Columns:
    upgraded = held.known(held.journeys.upgraded)
    trust = held.referrals.trust[held.referral]
    return {UPGRADED: upgraded, SITE_UPGRADED: held.site(trust, upgraded)}


def _seen(held: Held) -> Columns:
    referrals, rows, count = held.referrals, held.referral, len(held)
    seen = held.known(held.journeys.seen)
    was_seen = seen < NEVER
    reset = referrals.reset[rows]
    missed = (reset > 0) & was_seen
    none = np.where(was_seen & (held.chance() < 0.5), "9", "")
    late = was_seen & (seen - referrals.received[rows] > 14)
    reason = delay_reasons("first_seen", count, held.random)
    return {
        DFS: seen,
        SITE_SEEN: held.site(referrals.trust[rows], seen),
        ADJUSTED_FIRST_SEEN: np.where(missed, reset.astype("U3"), ""),
        "waiting_time_adjustment_reason_first_seen": np.where(missed, "3", none),
        "cancer_care_spell_delay_reason_first_seen": np.where(late, reason, ""),
    }


def _told(held: Held) -> Columns:
    referrals, journeys, rows = held.referrals, held.journeys, held.referral
    informed = held.known(journeys.informed)
    told = informed < NEVER
    reason = _end_reasons(held)
    counted = told & (reason != "03")
    waited = informed - referrals.received[rows] - referrals.reset[rows]
    by, how = told_by(len(held), held.random)
    delay = delay_reasons("outcome", len(held), held.random)
    return {
        FDS_END: informed,
        FDS_REASON: np.where(told, reason, ""),
        FDS_EXCLUSION: np.where(told, journeys.exclusion[rows], ""),
        FDS_SITE_OF_CANCER: np.where(told & (reason == "01"), journeys.diagnoses.site[rows], ""),
        FDS_SITE: held.site(referrals.trust[rows], informed),
        FDS_TOLD_BY: np.where(counted, by, ""),
        FDS_HOW: np.where(counted, how, ""),
        FDS_DELAY: np.where(counted & (waited > 28), delay, ""),
    }


def _end_reasons(held: Held) -> Text:
    journeys, rows = held.journeys, held.referral
    none = np.where(journeys.excluded[rows], "03", np.where(journeys.interval[rows], "04", "02"))
    return np.where(held.referrals.cancer[rows], "01", none)
