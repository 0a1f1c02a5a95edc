"""Which file's figures are used: final before provisional, workbook before CSV."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.files import sha256
from workbench.published.workbook import Reading
from workbench.wording import in_words

VINTAGE_COLUMNS = (
    "file",
    "kind",
    "month",
    "basis",
    "status",
    "sha256",
    "rows",
    "used",
    "synthetic",
)

_BEST_FIRST = {("final", "workbook"): 0, ("final", "csv"): 1}
_BEST_FIRST |= {("provisional", "workbook"): 2, ("provisional", "csv"): 3}


def vintages(readings: Sequence[Reading]) -> pd.DataFrame:
    """List what each file holds and whether its figures are the ones used.

    Parameters
    ----------
    readings : sequence of Reading
        Files without faults.

    Returns
    -------
    DataFrame
        `VINTAGE_COLUMNS`; one row per file, month and basis (a workbook holds one
        of each), sorted by month, basis and rank. ``used`` is true for the best
        file of a month and basis: final before provisional, then workbook before
        CSV, which counts fewer breakdowns.
    """
    records = [
        {
            "file": reading.path.name,
            "kind": reading.kind,
            "month": month,
            "basis": basis,
            "status": reading.status,
            "sha256": sha256(reading.path),
            "rows": len(part),
            "synthetic": reading.synthetic,
            "rank": _BEST_FIRST[reading.status, reading.kind],
        }
        for reading in readings
        for (month, basis), part in reading.rows.groupby(["month", "basis"], observed=True)
    ]
    if not records:
        return pd.DataFrame(columns=list(VINTAGE_COLUMNS))
    listed = pd.DataFrame(records).sort_values(["month", "basis", "rank", "file"])
    used = ~listed.duplicated(["month", "basis"])
    return listed.assign(used=used)[list(VINTAGE_COLUMNS)].reset_index(drop=True)


def rival_versions(listed: pd.DataFrame) -> list[str]:
    """Different files that both claim one month, basis, kind and status.

    Returns
    -------
    list of str
        A fault for each pair or more, naming the files; the same file twice
        (same digest) is no fault.
    """
    faults = []
    claim = ["month", "basis", "kind", "status"]
    for (month, basis, kind, status), files in listed.groupby(claim, observed=True):
        if len(set(files["sha256"])) > 1:
            what = f"{in_words(str(month))}, {basis}, {status} {kind}"
            faults.append(f"two versions of one month ({what}): {', '.join(files['file'])}")
    return faults
