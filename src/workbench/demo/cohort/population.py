"""People: sex, age, ethnic category and home, as they lean by kind of referral."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from workbench.demo.cohort.areas import Areas, Ints
from workbench.demo.cohort.margins import TUMOURS, Floats, Kinds

ETHNIC_GROUPS = ("White", "Mixed", "Asian", "Black", "Other")
ETHNIC_CODES = tuple("ABCDEFGHJKLMNPRS")
_GROUP_OF_CODE = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4])
_CODES_WITHIN = (
    np.array([0.88, 0.03, 0.09]),
    np.array([0.35, 0.15, 0.25, 0.25]),
    np.array([0.38, 0.32, 0.12, 0.18]),
    np.array([0.35, 0.50, 0.15]),
    np.array([0.45, 0.55]),
)
"""Shares of the categories within each group; round numbers."""

AGE_BANDS = ("0-15", "16-24", "25-49", "50-59", "60-69", "70-79", "80+")
_AGE_STARTS = np.array([16, 25, 50, 60, 70, 80])

_FEMALE = {
    "breast": 0.992, "gynaecological": 1.0, "urological_prostate": 0.0, "lung": 0.48,
    "lower_gi": 0.45, "upper_gi_oesophagus_stomach": 0.33, "upper_gi_hepatobiliary": 0.46,
    "urological_other": 0.30, "head_neck": 0.38, "skin": 0.46, "haematological_lymphoma": 0.45,
    "haematological_other": 0.42, "other": 0.48,
    "01": 0.97, "16": 0.97, "03": 0.48, "07": 0.54, "06": 0.55, "09": 1.0, "11": 0.22,
    "12": 0.0, "13": 0.56, "08": 0.57, "04": 0.5, "10": 0.55, "14": 0.5, "17": 0.55, "18": 0.52,
}  # fmt: skip
_AGE = {
    "breast": 63, "gynaecological": 65, "urological_prostate": 71, "lung": 73, "lower_gi": 71,
    "upper_gi_oesophagus_stomach": 72, "upper_gi_hepatobiliary": 72, "urological_other": 71,
    "head_neck": 65, "skin": 70, "haematological_lymphoma": 69, "haematological_other": 71,
    "other": 67, "01": 47, "16": 42, "03": 68, "07": 63, "06": 62, "09": 53, "11": 65, "12": 38,
    "13": 55, "08": 57, "04": 59, "10": 54, "14": 52, "17": 65, "18": 58,
}  # fmt: skip
_POOR = {"lung", "head_neck", "03", "13", "upper_gi_oesophagus_stomach"}
_WELL_OFF = {"skin", "08", "breast", "urological_prostate"}


@dataclass(frozen=True)
class People:
    """One row a referral: who was referred.

    Attributes
    ----------
    sex : array of int
        0 male, 1 female.
    age : array of int
        Whole years at referral.
    ethnic : array of int
        Place in `ETHNIC_CODES`.
    area, quintile : arrays of int
        Place in the areas, and the area's deprivation quintile (1 most deprived).
    """

    sex: Ints
    age: Ints
    ethnic: Ints
    area: Ints
    quintile: Ints

    def __len__(self) -> int:
        return len(self.sex)

    def group(self, characteristic: str) -> Ints:
        """Place of each one's group in a characteristic's list of groups."""
        if characteristic == "ethnic_group":
            return _GROUP_OF_CODE[self.ethnic]
        if characteristic == "imd_quintile":
            return self.quintile - 1
        if characteristic == "age_band":
            return np.searchsorted(_AGE_STARTS, self.age, side="right")
        return self.sex

    def taken(self, rows: Ints) -> People:
        """These rows, in this order."""
        return People(
            self.sex[rows], self.age[rows], self.ethnic[rows], self.area[rows], self.quintile[rows]
        )

    def aged(self, age: Ints) -> People:
        """The same people at other ages."""
        return replace(self, age=age)


def draw_people(kinds: Kinds, kind: Ints, areas: Areas, random: np.random.Generator) -> People:
    """Draw who is referred, given the kind of each referral.

    Parameters
    ----------
    kinds : Kinds
        From `margins.kinds`.
    kind : array of int
        Kind of each referral.
    areas : Areas
        Where people live.
    random : Generator
        Drawn from in a fixed order.
    """
    names = [
        TUMOURS[tumour] if tumour >= 0 else code
        for tumour, code in zip(kinds.tumour, kinds.suspicion, strict=True)
    ]
    female = np.array([_FEMALE[name] for name in names])[kind]
    sex = (random.random(len(kind)) < female).astype(int)
    mean = np.array([_AGE[name] for name in names], dtype=float)[kind]
    spread = np.array([12.0 if t >= 0 else 16.0 for t in kinds.tumour])[kind]
    age = np.clip(np.round(random.normal(mean, spread)), 17, 99).astype(int)
    _screening_ages(kinds.route[kind] == 1, age)
    children = (kinds.suspicion[kind] == "18") & (random.random(len(kind)) < 0.05)
    age = np.where(children, random.integers(0, 16, len(kind)), age)
    lean = np.array([1.0 if n in _POOR else -0.8 if n in _WELL_OFF else 0.0 for n in names])
    area = _draw_areas(areas, lean[kind], random)
    group = _draw_groups(areas.ethnic[area], age, np.array(names)[kind], random)
    ethnic = _draw_codes(group, random)
    return People(sex, age, ethnic, area, (areas.decile[area] + 1) // 2)


def _screening_ages(screened: npt.NDArray[np.bool_], age: Ints) -> None:
    age[screened] = 50 + age[screened] % 25


def _draw_areas(areas: Areas, lean: Floats, random: np.random.Generator) -> Ints:
    deprived = (5.5 - areas.decile) / 4.5
    drawn = random.random(len(lean))
    area = np.zeros(len(lean), dtype=int)
    for value in np.unique(lean):
        weight = np.cumsum(areas.population * np.exp(0.25 * value * deprived))
        here = lean == value
        area[here] = np.searchsorted(weight / weight[-1], drawn[here])
    return area


def _draw_groups(
    ethnic: Floats, age: Ints, names: npt.NDArray[np.str_], random: np.random.Generator
) -> Ints:
    weight = ethnic.copy()
    younger = np.where(age < 50, 1.3, np.where(age < 70, 0.9, 0.6))
    weight[:, 1:] *= younger[:, None]
    weight[names == "skin", 1:] *= 0.12
    weight[names == "urological_prostate", 3] *= 1.7
    reached = np.cumsum(weight, axis=1)
    drawn = random.random(len(age)) * reached[:, -1]
    return np.asarray((drawn[:, None] > reached).sum(axis=1))


def _draw_codes(group: Ints, random: np.random.Generator) -> Ints:
    drawn = random.random(len(group))
    code = np.zeros(len(group), dtype=int)
    first = 0
    for place, shares in enumerate(_CODES_WITHIN):
        here = group == place
        code[here] = first + np.searchsorted(np.cumsum(shares)[:-1], drawn[here], side="right")
        first += len(shares)
    return code
