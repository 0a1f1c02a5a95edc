"""Weekly slots for each step, at each Trust and tumour group, and how many were used."""

from __future__ import annotations

import numpy as np

from workbench.demo.cohort.areas import TRUSTS, Ints
from workbench.demo.cohort.held import Columns
from workbench.demo.cohort.margins import TUMOURS

WEEKS_AHEAD = 12
"""Weeks planned ahead of `as_at`."""

_STEP_OF_MILESTONE = {
    "clinic": "first_appointment", "ct": "imaging", "mri": "imaging", "staging": "imaging",
    "endoscopy": "endoscopy", "colonoscopy_or_ct": "endoscopy", "biopsy": "biopsy",
    "pathology_full": "pathology", "mdt": "mdt",
}  # fmt: skip
_STEP_OF_MODALITY = {
    "23": "surgery", "24": "surgery", "02": "drug_treatment", "03": "drug_treatment",
    "14": "drug_treatment", "15": "drug_treatment", "04": "radiotherapy", "05": "radiotherapy",
}  # fmt: skip
STEPS = (
    "first_appointment", "imaging", "endoscopy", "biopsy", "pathology", "mdt", "surgery",
    "drug_treatment", "radiotherapy",
)  # fmt: skip
_ROOM = np.array([1.10, 1.02, 1.08])
"""Slots offered for each one used over the two years, by Trust: the second is tight."""


def step_of_milestones(codes: np.ndarray[tuple[int], np.dtype[np.str_]]) -> Ints:
    """Step that a milestone uses, as a place in `STEPS`; -1 for none."""
    return _placed(codes, _STEP_OF_MILESTONE)


def step_of_modalities(codes: np.ndarray[tuple[int], np.dtype[np.str_]]) -> Ints:
    """Step that a treatment uses, as a place in `STEPS`; -1 for none."""
    return _placed(codes, _STEP_OF_MODALITY)


def _placed(codes: np.ndarray[tuple[int], np.dtype[np.str_]], steps: dict[str, str]) -> Ints:
    known, place = np.unique(codes, return_inverse=True)
    table = [STEPS.index(steps[str(c)]) if str(c) in steps else -1 for c in known]
    return np.array(table, dtype=int)[place] if len(codes) else np.zeros(0, dtype=int)


def weekly_capacity(
    trust: Ints,
    clinic: Ints,
    step: Ints,
    day: Ints,
    first: int,
    as_at: int,
    random: np.random.Generator,
) -> Columns:
    """Count what was used each week and say what was on offer.

    Parameters
    ----------
    trust, clinic, step, day : arrays of int
        One row a use: places in `TRUSTS`, `TUMOURS` and `STEPS`, and the day.
    first, as_at : int
        Days since 1970.
    random : Generator

    Returns
    -------
    dict of str to array
        Columns of the dataset and ``trust``, for every week from the first, to twelve
        after `as_at`, with the combinations that are ever used.
    """
    monday = first - (first + 3) % 7
    weeks = (as_at - monday) // 7 + 1
    used = np.zeros((len(TRUSTS), len(TUMOURS), len(STEPS), weeks))
    known = (step >= 0) & (day >= monday) & (day <= as_at)
    np.add.at(used, (trust[known], clinic[known], step[known], (day[known] - monday) // 7), 1)
    cells = np.argwhere(used.sum(axis=3) > 0)
    mean = used.mean(axis=3)[tuple(cells.T)]
    planned = np.round(mean * _ROOM[cells[:, 0]] + 0.4)
    total = weeks + WEEKS_AHEAD
    slots = planned[:, None] * np.where(random.random((len(cells), total)) < 0.06, 0.7, 1.0)
    was = np.zeros((len(cells), total))
    was[:, :weeks] = used[tuple(cells.T)]
    # sessions are added in the weeks that need them
    slots = np.maximum(np.round(slots), was).astype(int)
    which, week = np.repeat(np.arange(len(cells)), total), np.tile(np.arange(total), len(cells))
    return {
        "provider": np.array(TRUSTS)[cells[which, 0]],
        "tumour_group": np.array(TUMOURS)[cells[which, 1]],
        "step": np.array(STEPS)[cells[which, 2]],
        "week_start": monday + 7 * week,
        "slots": slots.ravel().astype("U6"),
        "slots_used": np.where(week < weeks, was.ravel().astype(int).astype("U6"), ""),
        "trust": cells[which, 0],
    }
