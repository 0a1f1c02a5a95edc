"""Tiny extracts in the layouts of three systems, with people whose details are easy to hunt."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Sequence
from pathlib import Path

from workbench.dictionary.load import load
from workbench.intake.keys import create_keys

SURNAMES = ("Quixwood", "Zelligton", "Brambleforth", "Ó'Xyvane", "Hafnårsson", "Vexlethorpe")
FORENAMES = ("Thessaly", "Bartholomeus", "Zéphyrine", "Ignatious")
FREE_TEXT = "patient rang, mother of Quixwood, moved to"
DICTIONARY = load()

SOMERSET, INFOFLEX, CWT = "RR7", "RTD", "RX1"


def nhs_number(number: int) -> str:
    """A valid NHS number of the 999 range, by place."""
    while True:
        nine = f"999{number:06d}"
        digit = 11 - sum(w * int(d) for w, d in zip(range(10, 1, -1), nine, strict=True)) % 11
        if digit != 10:
            return nine + str(digit % 11)
        number += 500_000


class Person:
    """One made-up person."""

    def __init__(self, place: int) -> None:
        draw = random.Random(place)
        self.nhs = nhs_number(place)
        self.surname = draw.choice(SURNAMES)
        self.forename = draw.choice(FORENAMES)
        self.born = dt.date(1931, 3, 7) + dt.timedelta(days=draw.randrange(20_000))
        self.postcode = f"QX{draw.randrange(1, 9)} {draw.randrange(1, 9)}{draw.choice('AB')}Z"
        self.hospital = f"H{place:07d}"
        self.referred = dt.date(2024, 4, 1) + dt.timedelta(days=draw.randrange(300))
        self.seen = self.referred + dt.timedelta(days=draw.randrange(2, 20))
        self.told = self.referred + dt.timedelta(days=draw.randrange(10, 50))
        self.treated = self.referred + dt.timedelta(days=draw.randrange(40, 90))
        self.cancer = draw.random() < 0.4
        self.ethnicity = draw.choice(["A", "B", "H", "M", "Z", "99"])
        self.place = place


def people(count: int, first: int = 1) -> list[Person]:
    return [Person(place) for place in range(first, first + count)]


def uk(day: dt.date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else ""


def somerset(folk: Sequence[Person]) -> list[dict[str, str]]:
    return [
        {
            "CARE_ID": f"C{p.place:06d}",
            "PATIENT_ID": str(p.place),
            "N1_1_NHS_NUMBER": f"{p.nhs[:3]} {p.nhs[3:6]} {p.nhs[6:]}",
            "N2_1_REFERRAL_SOURCE": "3",
            "N2_4_PRIORITY_TYPE": "3",
            "N2_6_RECEIPT_DATE": f"{p.referred} 00:00:00" if p.place % 2 else uk(p.referred),
            "N2_9_FIRST_SEEN_DATE": p.seen.isoformat(),
            "N1_3_ORG_CODE_SEEN": "rr701",
            "N2_12_CANCER_TYPE": "7",
            "N2_13_CANCER_STATUS": "8" if p.cancer else "03",
            "N4_2_DIAGNOSIS_CODE": "c18.9" if p.cancer else "",
            "L_PT_INFORMED_DATE": uk(p.told),
            "N9_4_DECISION_DATE": p.told.isoformat() if p.cancer else "NULL",
            "N9_10_START_DATE": p.treated.isoformat() if p.cancer else "NULL",
            "N9_1_SITE_CODE": "RR701" if p.cancer else "",
            "TRACKING_COMMENT": f"{FREE_TEXT} {p.postcode}\n{p.nhs}, rang again",
        }
        for p in folk
    ]


def somerset_demographics(folk: Sequence[Person]) -> list[dict[str, str]]:
    return [
        {
            "CARE_ID": f"C{p.place:06d}",
            "PATIENT_ID": str(p.place),
            "N1_1_NHS_NUMBER": p.nhs,
            "N1_2_HOSPITAL_NUMBER": p.hospital,
            "N1_5_SURNAME": p.surname,
            "N1_6_FORENAME": p.forename,
        }
        for p in folk
    ]


def infoflex(folk: Sequence[Person]) -> list[dict[str, str]]:
    return [
        {
            "Pathway ID": f"P{p.place:06d}",
            "Pathway ID Issuer": "RTD",
            "NHS No": p.nhs,
            "NHS No Status": "1",
            "Referral Source": "03",
            "Referral Priority": "Two Week Wait",
            "Date Referral Received": uk(p.referred),
            "Suspected Cancer Type": "03",
            "Date First Seen": uk(p.seen) + " 09:30",
            "First Seen Site": "RTD01",
            "Patient Status": "08" if p.cancer else "03",
            "Diagnosis ICD10": "C34" if p.cancer else "",
            "FDS Outcome": "1" if p.cancer else "2",
            "FDS Date Informed": uk(p.told),
            "FDS Site": "RTD01",
            "Date Decision to Treat": uk(p.told) if p.cancer else "Not recorded",
            "Date Treatment Started": uk(p.treated) if p.cancer else "Not recorded",
            "Treatment Site": "RTD01" if p.cancer else "",
            "Treatment Event": "01" if p.cancer else "",
            "Treatment Type": "23" if p.cancer else "",
            "Treatment Setting": "01" if p.cancer else "",
            "Tracking Notes": f"{FREE_TEXT} {p.postcode}",
        }
        for p in folk
    ]


def infoflex_demographics(folk: Sequence[Person]) -> list[dict[str, str]]:
    return [
        {
            "Pathway ID": f"P{p.place:06d}",
            "Pathway ID Issuer": "RTD",
            "NHS No": p.nhs,
            "Hospital No": p.hospital,
            "Forename": p.forename,
            "Surname": p.surname,
            "DOB": uk(p.born),
            "Postcode": p.postcode.replace(" ", "").lower(),
            "Gender": "Female",
            "Ethnicity": p.ethnicity,
            "Address": f"1 {p.surname} Street",
        }
        for p in folk
    ]


def cwt(folk: Sequence[Person]) -> list[dict[str, str]]:
    return [
        {
            "RECORDID": str(p.place),
            "NHSNUMBER": p.nhs,
            "NHSNUMBERSTATUSINDICATORCODE": "01",
            "PATIENTPATHWAYIDENTIFIER": f"W{p.place:06d}",
            "ORGPPI": "RX1",
            "CRTPDATE": p.referred.isoformat(),
            "DATEFIRSTSEEN": p.seen.isoformat(),
            "PRIORITYTYPECODE": "3",
            "SOURCEOFREFERRALFOROUTPATIENTS": "03",
            "REFTYPE": "08",
            "ORGFIRSTSEEN": "RX101",
            "FDPENDREASON": "1" if p.cancer else "2",
            "CANCERFASTERDIAGNOSISPATHWAYENDDATE": p.told.isoformat(),
            "PRIMARYDIAGNOSISICD": "C43X" if p.cancer else "",
            "CANCERTREATMENTPERIODSTARTDATE": p.told.isoformat() if p.cancer else "",
            "TREATMENTSTARTDATECANCER": p.treated.isoformat() if p.cancer else "",
            "CANCERTREATMENTEVENTTYPE": "01" if p.cancer else "",
            "LSOA_OF_RESIDENCE": "E01000001",
        }
        for p in folk
    ]


def milestones(folk: Sequence[Person], issuer: str, letter: str) -> list[dict[str, str]]:
    code = DICTIONARY.code_list("milestone_code").values[0]
    return [
        {
            "patient_pathway_identifier": f"{letter}{p.place:06d}",
            "organisation_identifier_patient_pathway_identifier_issuer": issuer,
            "milestone_code": code,
            "milestone_date": p.seen.isoformat(),
            "organisation": issuer,
            "booked": "false",
        }
        for p in folk
    ]


def as_csv(rows: Sequence[dict[str, str]], encoding: str = "utf-8") -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[dict[str, str]]) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate([dict(zip(rows[0], rows[0], strict=True)), *rows]):
        sheet.write_row(place, 0, list(row.values()))
    book.close()
    return stream.getvalue()


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def region(inbox: Path, count: int = 30) -> None:
    """Three Trusts on three systems; a third of the people are at two of them."""
    a, b, c = people(count), people(count, count * 2 // 3), people(count, count * 4 // 3)
    put(inbox, f"{SOMERSET}/pathways_2025-04-10.csv", as_csv(somerset(a), "cp1252"))
    put(
        inbox, f"{SOMERSET}/demographics_2025-04-10.csv", as_csv(somerset_demographics(a), "cp1252")
    )
    put(inbox, f"{INFOFLEX}/pathways_2025-04-11.xlsx", as_xlsx(infoflex(b)))
    put(
        inbox,
        f"{INFOFLEX}/demographics_2025-04-11.csv",
        as_csv(infoflex_demographics(b), "utf-8-sig"),
    )
    put(inbox, f"{INFOFLEX}/milestones_2025-04-11.csv", as_csv(milestones(b, "RTD", "P")))
    put(inbox, f"{CWT}/pathways_2025-04-09.csv", as_csv(cwt(c)))


def workspace(root: Path, count: int = 30) -> Path:
    """A workspace with keys and an inbox."""
    root.mkdir(parents=True, exist_ok=True)
    create_keys(root)
    region(root / "inbox", count)
    return root
