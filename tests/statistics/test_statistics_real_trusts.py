"""The funnel on the figures that NHS England published for October 2024 to March 2025."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from workbench.statistics.funnel import overdispersed_limits, overdispersion, proportion_limits

pytestmark = pytest.mark.real_data

MONTHS = ("OCTOBER-2024", "NOVEMBER-2024", "DECEMBER-2024", "JANUARY-2025", "FEBRUARY-2025",
          "MARCH-2025")  # fmt: skip


def treated_within(folder: Path) -> np.ndarray:
    """Treated and treated within 62 days by Trust, all routes and cancers, of the six months."""
    sums: dict[str, np.ndarray] = {}
    for month in MONTHS:
        book = CalamineWorkbook.from_path(folder / f"{month}-CWT-CRS-PROVIDER-WORKBOOK-FINAL.xlsx")
        for row in book.get_sheet_by_name("62-DAY (ALL CANCER)").to_python():
            national = row[1] in ("", "ENG")
            if row[3] == "ALL ROUTES" and isinstance(row[5], float) and not national:
                sums[row[1]] = sums.get(row[1], np.zeros(2)) + np.array(row[5:7])
    return np.array(list(sums.values()))


def test_most_trusts_lie_outside_chance_and_two_outside_overdispersed_limits(
    real_data: Path,
) -> None:
    counts = treated_within(real_data / "cwt")
    treated, within = counts[counts[:, 0] >= 300].T
    share = within / treated
    found = overdispersion(share, treated)  # centre: the pooled share of these Trusts
    naive = proportion_limits(found.centre, treated, 0.998)
    wide = overdispersed_limits(found.centre, treated, found.tau2, 0.998)
    assert found.organisations == 123
    assert ((share < naive.lower) | (share > naive.upper)).sum() == 79
    assert ((share < wide.lower) | (share > wide.upper)).sum() == 2
