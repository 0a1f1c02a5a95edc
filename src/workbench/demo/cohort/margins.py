"""What is published for England, and what the region is made to look like.

62-day shares and counts: NHS England, Cancer Waiting Times, the final provider
workbooks of October 2023 to September 2025, all English providers. Mixes that no
publication gives (which suspicion leads to which test, who is referred) are round
numbers of about the right order, and are said to be so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

PUBLISHED_62D_BY_TUMOUR = pd.DataFrame(
    [
        ("breast", 101_614, 71.1, 4.1),
        ("lung", 69_692, 60.0, 12.8),
        ("lower_gi", 67_763, 56.9, 12.9),
        ("upper_gi_oesophagus_stomach", 20_569, 64.8, 8.5),
        ("upper_gi_hepatobiliary", 26_658, 75.0, 9.3),
        ("gynaecological", 30_022, 56.0, 11.7),
        ("urological_prostate", 107_717, 61.6, 13.0),
        ("urological_other", 39_278, 59.8, 17.8),
        ("head_neck", 25_327, 55.4, 11.7),
        ("skin", 113_720, 84.8, 3.6),
        ("haematological_lymphoma", 21_363, 66.7, 11.3),
        ("haematological_other", 17_757, 88.4, 2.7),
        ("other", 19_089, 77.1, 7.4),
    ],
    columns=["tumour_group", "patients", "within", "over_104"],
)
"""Patients, percent within 62 days, percent after day 104; `other` holds brain and sarcoma too."""

PUBLISHED_62D_BY_ROUTE = pd.DataFrame(
    [
        ("urgent_suspected_cancer", 394_094.5, 62.2),
        ("screening", 49_704.0, 64.8),
        ("breast_symptomatic", 2_790.0, 68.6),
        ("consultant_upgrade", 213_980.0, 78.7),
    ],
    columns=["referral_route", "patients", "within"],
)
PUBLISHED_FDS = 0.76
"""Share told within 28 days: about the mean of the last 18 published months."""
FDS_CANCER_FOUND = 0.55
"""Told a cancer within 28 days. 53.8 % against 71.7 % was found for October 2021 to June 2024;
the gap is kept, on the level of today."""
PUBLISHED_31D = {"first": 0.915, "subsequent": 0.902}

TUMOURS = tuple(PUBLISHED_62D_BY_TUMOUR["tumour_group"])
ROUTES = (*PUBLISHED_62D_BY_ROUTE["referral_route"], "other")

CONVERSION = {
    "urgent_suspected_cancer": 0.065,
    "screening": 0.20,
    "breast_symptomatic": 0.012,
    "consultant_upgrade": 0.85,
    "other": 1.0,
}
"""Share of referrals in which cancer is found; about 6 % of urgent ones."""

_UPGRADE_LEANING = {
    "breast": 0.5, "lung": 3.0, "lower_gi": 1.2, "upper_gi_oesophagus_stomach": 1.2,
    "upper_gi_hepatobiliary": 3.0, "gynaecological": 1.0, "urological_prostate": 0.8,
    "urological_other": 1.2, "head_neck": 0.9, "skin": 0.3, "haematological_lymphoma": 2.0,
    "haematological_other": 3.0, "other": 2.5,
}  # fmt: skip
_SCREENED = {"breast": 60.0, "lower_gi": 22.0, "gynaecological": 6.0, "lung": 12.0}

_SUSPICIONS = {
    "urgent_suspected_cancer": {
        "08": 22.0, "07": 20.0, "01": 16.0, "09": 10.0, "13": 10.0, "11": 8.5, "06": 8.0,
        "03": 2.5, "17": 1.3, "04": 0.8, "10": 0.5, "14": 0.5, "12": 0.4, "18": 0.4,
    },
    "screening": {"01": 55.0, "07": 25.0, "09": 10.0, "03": 10.0},
    "breast_symptomatic": {"16": 1.0},
    "consultant_upgrade": {"03": 40.0, "07": 30.0, "06": 30.0},
    "other": {"18": 1.0},
}  # fmt: skip
SUSPICION_OF_TUMOUR = {
    "breast": "01", "lung": "03", "lower_gi": "07", "upper_gi_oesophagus_stomach": "06",
    "upper_gi_hepatobiliary": "06", "gynaecological": "09", "urological_prostate": "11",
    "urological_other": "11", "head_neck": "13", "skin": "08", "haematological_lymphoma": "04",
    "haematological_other": "04", "other": "18",
}  # fmt: skip
TUMOUR_OF_SUSPICION = {
    "01": "breast", "16": "breast", "03": "lung", "07": "lower_gi",
    "06": "upper_gi_oesophagus_stomach", "09": "gynaecological", "11": "urological_prostate",
    "12": "urological_other", "13": "head_neck", "08": "skin", "04": "haematological_lymphoma",
    "10": "brain_cns", "14": "sarcoma", "17": "other", "18": "other",
}  # fmt: skip
"""Whose clinics a suspicion goes to."""


@dataclass(frozen=True)
class Kinds:
    """The kinds of referral and how often each comes.

    Attributes
    ----------
    route, tumour, suspicion : arrays
        Places in `ROUTES` and `TUMOURS` (-1 where no cancer is found), and the code of
        the suspected type.
    share : array
        Sums to 1.
    """

    route: npt.NDArray[np.int64]
    tumour: npt.NDArray[np.int64]
    suspicion: npt.NDArray[np.str_]
    share: Floats

    def only(self, chosen: npt.NDArray[np.bool_]) -> Kinds:
        """Keep some kinds, in the same proportions."""
        share = self.share[chosen] / self.share[chosen].sum()
        return Kinds(self.route[chosen], self.tumour[chosen], self.suspicion[chosen], share)


def kinds() -> Kinds:
    """Every kind of referral: route, and the cancer found or the suspicion ruled out."""
    cancers = cancer_mix()
    per_route = cancers.sum(axis=0)
    others = per_route.sum() * 0.12
    referrals = {
        route: (others if route == "other" else per_route[place]) / CONVERSION[route]
        for place, route in enumerate(ROUTES)
    }
    rows: list[tuple[int, int, str, float]] = []
    for place, route in enumerate(ROUTES):
        found = cancers.sum(axis=1) if route == "other" else cancers[:, place]
        found = found / found.sum() * referrals[route] * CONVERSION[route]
        for tumour, name in enumerate(TUMOURS):
            code = "16" if route == "breast_symptomatic" else SUSPICION_OF_TUMOUR[name]
            rows.append((place, tumour, code, float(found[tumour])))
        ruled_out = referrals[route] * (1 - CONVERSION[route])
        total = sum(_SUSPICIONS[route].values())
        rows += [(place, -1, c, ruled_out * s / total) for c, s in _SUSPICIONS[route].items()]
    kept = [row for row in rows if row[3] > 0]
    share = np.array([row[3] for row in kept])
    return Kinds(
        np.array([row[0] for row in kept]),
        np.array([row[1] for row in kept]),
        np.array([row[2] for row in kept]),
        share / share.sum(),
    )


def cancer_mix() -> Floats:
    """Patients by tumour group and route, fitted to both published margins.

    Returns
    -------
    array, 13 by 4
        By iterative proportional fitting from leanings that nobody publishes: which
        tumours are screened for, and which are found on other routes.
    """
    mix = np.array(
        [
            [1.0, _SCREENED.get(name, 0.0), float(name == "breast"), _UPGRADE_LEANING[name]]
            for name in TUMOURS
        ]
    )
    by_route = PUBLISHED_62D_BY_ROUTE["patients"].to_numpy(dtype=float)
    by_tumour = PUBLISHED_62D_BY_TUMOUR["patients"].to_numpy(dtype=float)
    by_tumour = by_tumour * by_route.sum() / by_tumour.sum()
    for _ in range(500):
        mix *= by_route / mix.sum(axis=0)
        mix *= (by_tumour / mix.sum(axis=1))[:, None]
    return mix


def published_targets() -> tuple[Floats, Floats]:
    """Share within 62 days, by tumour group and by route."""
    return (
        PUBLISHED_62D_BY_TUMOUR["within"].to_numpy(dtype=float) / 100,
        PUBLISHED_62D_BY_ROUTE["within"].to_numpy(dtype=float) / 100,
    )
