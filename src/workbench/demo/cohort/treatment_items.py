"""Items of diagnosis, treatment and transfer."""

from __future__ import annotations

import numpy as np

from workbench.demo.cohort.areas import TRUSTS, Ints
from workbench.demo.cohort.held import SUBSEQUENT, Columns, Held
from workbench.demo.cohort.items import (
    ACCOUNTABLE,
    ADJUSTED_TREATMENT,
    ADJUSTED_WHY,
    CTP,
    DELAY_31,
    DELAY_62,
    DELAY_UPGRADE,
    EVENT,
    ICD,
    MODALITY,
    SETTING,
    SITE_DECIDED,
    SITE_TREATED,
    STATUS,
    TRANSFERRED,
    TSD,
)
from workbench.demo.cohort.journeys import NEVER, Subsequents
from workbench.demo.cohort.outcomes import delay_reasons, patient_status
from workbench.demo.cohort.referrals import Bools


def treatment_items(held: Held, subsequents: Subsequents, after: Ints) -> Columns:
    """Every item of the diagnosis, the first treatment and the transfer.

    Parameters
    ----------
    held : Held
    subsequents : Subsequents
        Later treatments, which fill the rows of that role.
    after : array of int
        Those of them that are known, in the order of their rows.
    """
    columns = _diagnosed(held) | _treated(held) | _transferred(held)
    _fill_subsequents(columns, held, subsequents, after)
    return columns


def _diagnosed(held: Held) -> Columns:
    journeys, rows = held.journeys, held.referral
    known = np.minimum(journeys.informed, journeys.decided)[rows] <= held.as_at
    found = journeys.diagnoses
    return {
        ICD: np.where(known, found.icd[rows], ""),
        "tumour_laterality": np.where(known, found.laterality[rows], ""),
        "prostate_cancer_clinical_risk_category": np.where(known, found.risk[rows], ""),
        STATUS: patient_status(held.referrals, journeys, rows, held.as_at),
    }


def _treated(held: Held) -> Columns:
    journeys, rows = held.journeys, held.referral
    found, treating = journeys.diagnoses, held.referrals.treating[rows]
    decided = held.known(journeys.decided)
    declined = journeys.declined[rows]
    treated = held.known(np.where(journeys.declined, journeys.left, journeys.treated))
    done = treated < NEVER
    put_off = np.where(declined, 0, journeys.adjustment[rows])
    adjusted = done & (put_off > 0)
    modality = np.where(declined, "98", found.modality[rows])
    trial = np.where(held.chance() < 0.04, "01", "02")
    return {
        CTP: decided,
        SITE_DECIDED: held.site(treating, decided),
        TSD: treated,
        SITE_TREATED: held.site(treating, treated),
        EVENT: np.where(done, found.event[rows], ""),
        MODALITY: np.where(done, modality, ""),
        SETTING: np.where(done, found.setting[rows], ""),
        "clinical_trial_indicator": np.where(done, trial, ""),
        ADJUSTED_TREATMENT: np.where(adjusted, put_off.astype("U3"), ""),
        ADJUSTED_WHY: np.where(adjusted, "8", np.where(done, "9", "")),
        **_delays(held, decided, treated, put_off, done & ~declined),
    }


def _delays(held: Held, decided: Ints, treated: Ints, put_off: Ints, done: Bools) -> Columns:
    referrals, rows = held.referrals, held.referral
    late_31 = done & (treated - decided - put_off > 31)
    late_62 = done & (treated - referrals.clock_start[rows] - put_off > 62)
    upgrade = referrals.upgrade_lag[rows] > 0
    reason = delay_reasons("treatment", len(held), held.random)
    return {
        DELAY_31: np.where(late_31, reason, ""),
        DELAY_62: np.where(late_62 & ~upgrade, reason, ""),
        DELAY_UPGRADE: np.where(late_62 & upgrade, reason, ""),
    }


def _transferred(held: Held) -> Columns:
    referrals, rows = held.referrals, held.referral
    handed = held.known(held.journeys.transferred)
    shared = handed < NEVER
    sender, receiver = (np.array(TRUSTS)[t[rows]] for t in (referrals.trust, referrals.treating))
    answered = np.where(shared, handed, 0) + held.random.integers(0, 4, len(held))
    received = shared & (answered <= held.as_at)
    accountable = shared & (held.chance() < 0.92)
    dated = accountable & (held.chance() < 0.96)
    return {
        "service_requested_date_inter_provider_transfer": handed,
        "referral_request_received_date_inter_provider_transfer": np.where(
            received, answered, NEVER
        ),
        "organisation_identifier_referring": np.where(shared, sender, ""),
        "organisation_identifier_receiving": np.where(shared, receiver, ""),
        "cancer_transfer_referring_reason_inter_provider_transfer": np.where(shared, "04", ""),
        "cancer_transfer_receiving_reason_inter_provider_transfer": np.where(received, "04", ""),
        ACCOUNTABLE: np.where(accountable, sender, ""),
        TRANSFERRED: np.where(dated, handed, NEVER),
    }


def _fill_subsequents(columns: Columns, held: Held, subsequents: Subsequents, after: Ints) -> None:
    rows = np.flatnonzero(held.role == SUBSEQUENT)
    reason = delay_reasons("treatment", len(rows), held.random)
    filled = {
        CTP: subsequents.decided[after],
        TSD: subsequents.treated[after],
        EVENT: np.where(held.random.random(len(rows)) < 0.92, "02", "05"),
        MODALITY: subsequents.modality[after],
        STATUS: "21",
        ADJUSTED_TREATMENT: "",
        ADJUSTED_WHY: "9",
        DELAY_31: np.where(subsequents.wait[after] > 31, reason, ""),
        DELAY_62: "",
        DELAY_UPGRADE: "",
    }
    for name, values in filled.items():
        columns[name][rows] = values
