"""Intake of 600,000 referrals of three Trusts: seconds and memory, beside a peer's reading alone.

    python benchmarks/intake.py [--referrals 600000]

The peer is pandas reading the same CSV files as text, with no mapping, check, pseudonym
or encryption: what any intake in a notebook would begin with.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.intake.keys import create_keys

_PEER = """
import sys, pathlib, pandas as pd
kept = [pd.read_csv(p, dtype="string") for p in pathlib.Path(sys.argv[1]).rglob("*.csv")]
"""


def check_digits(nine: np.ndarray) -> np.ndarray:
    """Ten-digit numbers with a right check digit; those that have none get another ninth digit."""
    total = sum((nine // 10 ** (8 - i) % 10) * (10 - i) for i in range(9))
    digit = (11 - total % 11) % 11
    # one more in the last of nine adds 2 to the weighted total, so the digit is no longer 10
    wrong = digit == 10
    fixed = np.where(wrong, np.where(nine % 10 < 9, nine + 1, nine - 1), nine)
    total = sum((fixed // 10 ** (8 - i) % 10) * (10 - i) for i in range(9))
    return fixed * 10 + (11 - total % 11) % 11


def days(numbers: np.ndarray) -> pd.Series:
    """Days after the start of the region as text."""
    return pd.Series(np.datetime64("2023-04-01") + numbers.astype("timedelta64[D]")).astype(str)


def write_trust(folder: Path, trust: str, count: int, first: int) -> None:
    """One Trust's files in the layout of the national extract."""
    draw = np.random.default_rng(first)
    folder.mkdir(parents=True)
    place = np.arange(first, first + count)
    referred = draw.integers(0, 730, count)
    seen, told = referred + draw.integers(2, 20, count), referred + draw.integers(10, 60, count)
    treated = told + draw.integers(5, 60, count)
    cancer = draw.random(count) < 0.3
    identifier = pd.Series(place).astype(str).radd(f"{trust}P")
    nhs = pd.Series(check_digits(990_000_000 + place % 9_000_000)).astype(str)
    pathways = pd.DataFrame(
        {
            "RECORDID": place,
            "NHSNUMBER": nhs,
            "NHSNUMBERSTATUSINDICATORCODE": "01",
            "PATIENTPATHWAYIDENTIFIER": identifier,
            "ORGPPI": trust,
            "CRTPDATE": days(referred),
            "DATEFIRSTSEEN": days(seen),
            "PRIORITYTYPECODE": "3",
            "SOURCEOFREFERRALFOROUTPATIENTS": draw.choice(["03", "92", "17"], count),
            "REFTYPE": draw.choice(["01", "03", "06", "07", "08", "09", "11"], count),
            "CANCERORSYMPTOMATICBREASTREFERRALPATIENTSTATUS": np.where(cancer, "08", "03"),
            "ORGFIRSTSEEN": f"{trust}01",
            "FDPENDREASON": np.where(cancer, "01", "02"),
            "CANCERFASTERDIAGNOSISPATHWAYENDDATE": days(told),
            "ORGFDPEND": f"{trust}01",
            "PRIMARYDIAGNOSISICD": np.where(cancer, "C34.1", ""),
            "CANCERTREATMENTPERIODSTARTDATE": days(told).where(cancer, ""),
            "TREATMENTSTARTDATECANCER": days(treated).where(cancer, ""),
            "CANCERTREATMENTEVENTTYPE": np.where(cancer, "01", ""),
            "CANCERTREATMENTMODALITY": np.where(cancer, "23", ""),
            "ORGTREATSTART": np.where(cancer, f"{trust}01", ""),
            "CANCERCARESETTINGTREATMENT": np.where(cancer, "01", ""),
            "LSOA_OF_RESIDENCE": "E01000001",
            "CANCERCARESPELLDELAYREASONCOMMENTFIRSTSEEN": "a comment, dropped at the door",
        }
    )
    pathways.to_csv(folder / "pathways_2025-04-10.csv", index=False)
    demographics = pd.DataFrame(
        {
            "patient_pathway_identifier": identifier,
            "organisation_identifier_patient_pathway_identifier_issuer": trust,
            "nhs_number": nhs,
            "local_patient_identifier": pd.Series(place).astype(str).radd("H"),
            "given_name": draw.choice(["Ann", "Bea", "Cyd", "Dan", "Eve"], count),
            "family_name": pd.Series(draw.integers(0, 50_000, count)).astype(str).radd("Name"),
            "birth_date": days(draw.integers(-30_000, -8_000, count)),
            "postcode": pd.Series(draw.integers(1, 99, count)).astype(str).radd("QX") + " 1AA",
            "person_stated_gender_code": draw.choice(["1", "2"], count),
            "ethnic_category": draw.choice(["A", "H", "M", "Z", "99"], count),
        }
    )
    demographics.to_csv(folder / "demographics_2025-04-10.csv", index=False)
    steps = [
        pd.DataFrame(
            {
                "patient_pathway_identifier": identifier,
                "organisation_identifier_patient_pathway_identifier_issuer": trust,
                "milestone_code": code,
                "milestone_date": days(when),
                "organisation": trust,
                "booked": "false",
            }
        )
        for code, when in (("referral", referred), ("clinic", seen), ("informed", told))
    ]
    pd.concat(steps).to_csv(folder / "milestones_2025-04-10.csv", index=False)


def measured(words: list[str]) -> tuple[float, float]:
    """Seconds and gigabytes at most of one process."""
    start = time.monotonic()
    child = subprocess.Popen(words)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"failed: {' '.join(words)}")
    return time.monotonic() - start, used.ru_maxrss / 1024**2


def main() -> None:
    """Write the files, read them with the peer, take them in, print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--referrals", type=int, default=600_000)
    parser.add_argument("--evidence", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        root = Path(room)
        create_keys(root)
        each = arguments.referrals // 3
        for place, trust in enumerate(("RR7", "RTD", "RX1")):
            # a tenth of the people of each Trust are at the next one too
            write_trust(root / "inbox" / trust, trust, each, 1 + place * each * 9 // 10)
        peer = measured([sys.executable, "-c", _PEER, str(root / "inbox")])
        command = ["-m", "workbench.cli.main", "ingest", "--plain", "--quiet"]
        ours = measured([sys.executable, *command, "--workspace", str(root)])
    lines = [
        f"{'':28}{'seconds':>9}{'GB':>7}",
        f"{'pandas reading text alone':28}{peer[0]:9.1f}{peer[1]:7.2f}",
        f"{'workbench ingest':28}{ours[0]:9.1f}{ours[1]:7.2f}",
        f"{'goal':28}{180:9.1f}{3:7.2f}",
    ]
    print("\n".join(lines))
    if arguments.evidence:
        (arguments.evidence / "intake.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
