"""Diagnosis and treatment of each cancer: codes, side, setting. Mixes are round numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.demo.cohort.areas import Ints
from workbench.demo.cohort.margins import TUMOURS
from workbench.demo.cohort.names import Text
from workbench.demo.cohort.referrals import Referrals

_ICD = {
    "breast": "C504 C509 C502 C505 C501 D051",
    "lung": "C341 C343 C349 C342 C450 C340",
    "lower_gi": "C187 C180 C20X C182 C19X C210",
    "upper_gi_oesophagus_stomach": "C155 C159 C160 C169 C154 C162",
    "upper_gi_hepatobiliary": "C250 C259 C220 C221 C240 C23X",
    "gynaecological": "C541 C56X C539 C519 C549 C530",
    "urological_prostate": "C61X",
    "urological_other": "C679 C64X C672 C629 C65X C609",
    "head_neck": "C73X C329 C099 C029 C109 C069",
    "skin": "C443 C435 C444 C437 C449 C436",
    "haematological_lymphoma": "C833 C829 C819 C859 C820 C844",
    "haematological_other": "C900 C911 C920 C910 C880 D469",
    "other": "C80X C719 C499 C710 C492 C749",
}
_WEIGHTS = np.array([0.30, 0.25, 0.18, 0.12, 0.09, 0.06])
_GROUP_OF_OTHER = {"C719": "brain_cns", "C710": "brain_cns", "C499": "sarcoma", "C492": "sarcoma"}
_PAIRED = ("breast", "lung", "urological_other", "head_neck")
_MODALITIES = {
    "breast": "23 02 03 14", "lung": "05 02 15 23", "lower_gi": "23 02 04 05",
    "upper_gi_oesophagus_stomach": "02 04 23 07", "upper_gi_hepatobiliary": "02 23 07 09",
    "gynaecological": "23 02 04 05", "urological_prostate": "03 08 05 23",
    "urological_other": "23 02 08 05", "head_neck": "23 04 05 02", "skin": "23 23 05 15",
    "haematological_lymphoma": "02 14 08 05", "haematological_other": "02 14 08 15",
    "other": "02 23 05 07",
}  # fmt: skip
_MODALITY_WEIGHTS = np.array([0.50, 0.25, 0.15, 0.10])
_SITES = {
    "breast": "01", "lung": "03", "lower_gi": "07", "upper_gi_oesophagus_stomach": "06",
    "upper_gi_hepatobiliary": "18", "gynaecological": "09", "urological_prostate": "16",
    "urological_other": "11", "head_neck": "13", "skin": "08", "haematological_lymphoma": "04",
    "haematological_other": "04", "other": "98",
}  # fmt: skip


@dataclass(frozen=True)
class Diagnoses:
    """One row a referral; blank where there is no cancer.

    Attributes
    ----------
    icd, laterality, risk, site : arrays of str
        ICD-10 without a dot; side; prostate risk; cancer site told.
    tumour_group : array of str
        Code of the data dictionary.
    modality, setting, event : arrays of str
        Of the first treatment.
    """

    icd: Text
    laterality: Text
    risk: Text
    site: Text
    tumour_group: Text
    modality: Text
    setting: Text
    event: Text


def draw_diagnoses(referrals: Referrals, random: np.random.Generator) -> Diagnoses:
    """Draw what is found and how it is first treated."""
    tumour = np.maximum(referrals.tumour, 0)
    drawn = random.random((6, len(referrals)))
    icd = _picked(_ICD, _WEIGHTS, tumour, drawn[0])
    group = np.array(TUMOURS)[tumour]
    for code, other in _GROUP_OF_OTHER.items():
        group = np.where(icd == code, other, group)
    modality = _picked(_MODALITIES, _MODALITY_WEIGHTS, tumour, drawn[1])
    paired = np.isin(group, _PAIRED)
    side = np.where(
        paired, np.where(drawn[2] < 0.49, "L", np.where(drawn[2] < 0.97, "R", "9")), "8"
    )
    risks = np.array(["01", "02", "03", "04"])[(drawn[3] * 4).astype(int)]
    found = referrals.cancer
    return Diagnoses(
        np.where(found, icd, ""),
        np.where(found, side, ""),
        np.where(found & (group == "urological_prostate"), risks, ""),
        np.where(found, np.array([_SITES[name] for name in TUMOURS])[tumour], ""),
        np.where(found, group, ""),
        np.where(found, modality, ""),
        np.where(found, settings_of(modality, drawn[4]), ""),
        np.where(found, np.where(icd == "C80X", "07", np.where(drawn[5] < 0.03, "12", "01")), ""),
    )


def settings_of(modality: Text, uniform: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Text:
    """Care setting that goes with each modality."""
    surgery = np.where(uniform < 0.55, "01", np.where(uniform < 0.95, "02", "03"))
    drugs = np.where(uniform < 0.70, "02", np.where(uniform < 0.78, "01", "03"))
    other = np.where(uniform < 0.85, "03", "04")
    return np.where(
        np.isin(modality, ("23", "24")),
        surgery,
        np.where(np.isin(modality, ("02", "14", "15")), drugs, other),
    )


def _picked(
    lists: dict[str, str],
    weights: np.ndarray[tuple[int], np.dtype[np.float64]],
    tumour: Ints,
    uniform: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> Text:
    most = len(weights)
    table = np.array([(lists[name].split(" ") * most)[:most] for name in TUMOURS])
    return np.asarray(table[tumour, np.searchsorted(np.cumsum(weights)[:-1], uniform)])
