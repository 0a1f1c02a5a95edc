"""How NHS England lays its Cancer Waiting Times out: sheets, columns, bands, labels.

Two layouts carry the same figures: a workbook for each month and basis, with ten
tables, and the monthly combined CSV with 30 columns. This file is the only one
that knows their headings; everything after the readers uses the words below.
"""

from __future__ import annotations

from dataclasses import dataclass

FDS, DAY_31, DAY_62 = "FDS", "31D", "62D"
STANDARDS = (FDS, DAY_31, DAY_62)
SUSPECTED_REFERRAL = "Urgent Suspected Cancer referral"
BREAST_REFERRAL = "Urgent Breast Symptomatic referral"

ALL_CANCERS, ALL_ROUTES, ALL_STAGES = "All cancers", "All routes", "All stages"
ALL_MODALITIES, NOT_APPLICABLE = "All modalities", "Not applicable"

PROVIDER, COMMISSIONER = "provider", "commissioner"
NATIONAL, ORGANISATION = "national", "organisation"
ENGLAND = "ENG"
"""Code given to the England row, which the workbooks leave blank and the CSV calls Total."""

COUNTS = ("total", "within", "after")
BANDS = (
    *("within_14_days", "in_15_to_28_days", "in_29_to_42_days", "in_43_to_62_days"),
    *("after_62_days", "within_31_days", "in_32_to_38_days", "in_39_to_48_days"),
    *("in_49_to_62_days", "in_63_to_76_days", "in_77_to_90_days", "in_91_to_104_days"),
    *("after_104_days", "in_15_to_16_days", "in_17_to_21_days", "in_22_to_28_days"),
    "after_28_days",
)
MEASURES = (*COUNTS, *BANDS)

KEY = ("month", "basis", "organisation", "standard", "cancer_type", "route_or_stage", "modality")

_AFTER_SEEN = ("within_14_days", "in_15_to_16_days", "in_17_to_21_days", "in_22_to_28_days")
ITEM_BANDS: dict[str, tuple[str, ...]] = {
    FDS: BANDS[0:5],
    DAY_31: (*BANDS[5:9], "after_62_days"),
    DAY_62: BANDS[5:13],
    SUSPECTED_REFERRAL: (*_AFTER_SEEN, "after_28_days"),
    BREAST_REFERRAL: (*_AFTER_SEEN, "after_28_days"),
}
"""The waiting-time bands that each item is published in, from short waits to long."""


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook.

    Attributes
    ----------
    name : str
        The sheet's name.
    standard : str
        The standard or referral item that it counts.
    labels : tuple of (column heading, dimension)
        Text columns after the organisation.
    fixed : tuple of (dimension, label)
        Dimensions that the sheet does not break down.
    days : int or None
        Days of the standard; None for referrals, which have no standard.
    share : str
        Heading of the published percentage, if there is one.
    """

    name: str
    standard: str
    labels: tuple[tuple[str, str], ...]
    fixed: tuple[tuple[str, str], ...]
    days: int | None = None
    share: str = ""

    def known(self, column: str) -> tuple[str, ...]:
        """Labels that a text column may hold; none where any label will do."""
        if column == "route_or_stage":
            return ROUTES[self.standard]
        whole = column == "cancer_type" and self.name.endswith("(ALL CANCER)")
        return (ALL_CANCERS,) if whole else ()

    @property
    def counts(self) -> list[tuple[str, str]]:
        """Headings and measures of the count columns, from left to right."""
        headline = [("TOTAL", "total")]
        if self.days is not None:
            headline += [
                (f"WITHIN {self.days} DAYS", "within"),
                (f"AFTER {self.days} DAYS", "after"),
            ]
            headline += [(self.share, "performance")]
        bands = [(band.replace("_", " ").upper(), band) for band in ITEM_BANDS[self.standard]]
        return headline + bands

    def headings(self, basis: str) -> list[tuple[str, str]]:
        """All headings in order, with the column of ours that each becomes."""
        return [
            ("ODS CODE", "organisation"),
            (ORGANISATION_HEADINGS[basis], "organisation_name"),
            *self.labels,
            *self.counts,
        ]


ORGANISATION_HEADINGS = {
    PROVIDER: "ACCOUNTABLE PROVIDER",
    COMMISSIONER: "INTEGRATED CARE BOARD (ICB)/COMMISSIONING HUB",
}

_ROUTE = ("REFERRAL ROUTE", "route_or_stage")
_STAGE = ("TREATMENT STAGE", "route_or_stage")
_TYPE = ("CANCER TYPE", "cancer_type")
_MODALITY = ("TREATMENT MODALITY", "modality")
_NO_MODALITY = ("modality", NOT_APPLICABLE)
_EVERY_MODALITY = ("modality", ALL_MODALITIES)
_EVERY_CANCER = ("cancer_type", ALL_CANCERS)
_NO_ROUTE = ("route_or_stage", NOT_APPLICABLE)
_TOLD, _T31, _T62 = "TOLD WITHIN 28 DAYS", "TREATED WITHIN 31 DAYS", "TREATED WITHIN 62 DAYS"

SHEETS = (
    Sheet("28-DAY FDS (ALL ROUTES)", FDS, (_ROUTE,), (_EVERY_CANCER, _NO_MODALITY), 28, _TOLD),
    Sheet(
        "28-DAY FDS (BY ROUTE)",
        FDS,
        (_ROUTE, ("SUSPECTED CANCER OR BREAST SYMPTOMATIC", "cancer_type")),
        (_NO_MODALITY,),
        28,
        _TOLD,
    ),
    Sheet("31-DAY (ALL CANCER)", DAY_31, (_STAGE, _TYPE), (_EVERY_MODALITY,), 31, _T31),
    Sheet("31-DAY (BY CANCER)", DAY_31, (_STAGE, _TYPE), (_EVERY_MODALITY,), 31, _T31),
    Sheet(
        "31-DAY (BY TREATMENT MODALITY)", DAY_31, (_STAGE, _MODALITY), (_EVERY_CANCER,), 31, _T31
    ),
    Sheet("62-DAY (ALL CANCER)", DAY_62, (_ROUTE, _TYPE), (_EVERY_MODALITY,), 62, _T62),
    Sheet("62-DAY (BY CANCER)", DAY_62, (_ROUTE, _TYPE), (_EVERY_MODALITY,), 62, _T62),
    Sheet(
        "62-DAY (BY TREATMENT MODALITY)", DAY_62, (_ROUTE, _MODALITY), (_EVERY_CANCER,), 62, _T62
    ),
    Sheet(
        "USC referral to FOA",
        SUSPECTED_REFERRAL,
        (("SUSPECTED TYPE OF CANCER", "cancer_type"),),
        (_NO_ROUTE, _NO_MODALITY),
    ),
    Sheet(
        "UBS referral to FHA",
        BREAST_REFERRAL,
        (("REFERRAL REASON", "cancer_type"),),
        (_NO_ROUTE, _NO_MODALITY),
    ),
)

FRONT_PAGE = "Frontpage"

_STAGES = (ALL_STAGES, "First treatment", "Subsequent treatment")
ROUTES = {
    FDS: (
        *(ALL_ROUTES, "Urgent suspected cancer", "Breast symptomatic, cancer not suspected"),
        "National screening programme",
    ),
    DAY_31: _STAGES,
    DAY_62: (
        *(ALL_ROUTES, "Urgent suspected cancer", "Breast symptomatic", "Screening"),
        "Consultant upgrade",
    ),
}
"""The routes, or stages of treatment, that each standard is published by.

A label that is none of these would take its rows out of every table by route and,
where it stands for the whole, out of the headline figures: it is refused.
"""

CSV_COLUMNS = {
    "Period": "period",
    "Basis": "basis",
    "Org_Code": "organisation",
    "Parent_Org": "parent_organisation",
    "Org_Name": "organisation_name",
    "Standard_or_Item": "standard",
    "Cancer_Type": "cancer_type",
    "Referral_Route_or_Stage": "route_or_stage",
    "Treatment_Modality": "modality",
    "Total": "total",
    "Within": "within",
    "After": "after",
    "Performance": "performance",
    **{band.capitalize(): band for band in BANDS},
}
"""The 30 columns of the monthly combined CSV and the column of ours that each becomes."""

_LABELS = (ALL_CANCERS, ALL_MODALITIES, *ROUTES[FDS], *ROUTES[DAY_31], *ROUTES[DAY_62])
_ONE_SPELLING = {label.casefold(): label for label in _LABELS}


def one_spelling(label: str) -> str:
    """Give a label one spelling, since the sheets differ in case; unknown ones stay as published.

    Parameters
    ----------
    label : str
        Such as ``"URGENT SUSPECTED CANCER"`` or ``"Urgent Suspected Cancer"``.
    """
    tidy = " ".join(label.split())
    return _ONE_SPELLING.get(tidy.casefold(), tidy)
