"""Case mix on what NHS England published for October 2024 to March 2025."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from workbench.equity.decompose import kitagawa
from workbench.equity.groups import measures
from workbench.equity.inequality import index_of_disparity
from workbench.statistics.standardisation import expected, indirectly_standardised_ratio

pytestmark = pytest.mark.real_data

MONTHS = ("OCTOBER-2024", "NOVEMBER-2024", "DECEMBER-2024", "JANUARY-2025", "FEBRUARY-2025",
          "MARCH-2025")  # fmt: skip
SHEET = "62-DAY (BY CANCER)"
LEAST = 300
"""Treated in six months: as many a year as the method's own comparison asks."""


@pytest.fixture(scope="module")
def cells(real_data: Path) -> pd.DataFrame:
    """Treated and within 62 days by Trust (down) and tumour (across), all routes."""
    parts = []
    for month in MONTHS:
        path = real_data / "cwt" / f"{month}-CWT-CRS-PROVIDER-WORKBOOK-FINAL.xlsx"
        rows = CalamineWorkbook.from_path(path).get_sheet_by_name(SHEET).to_python()
        kept = [
            (row[1], row[4], row[5], row[6])
            for row in rows
            if row[3] == "ALL ROUTES" and isinstance(row[5], float) and row[1] not in ("", "ENG")
        ]
        parts.append(pd.DataFrame(kept, columns=["trust", "tumour", "total", "within"]))
    table = pd.concat(parts).pivot_table(
        index="trust", columns="tumour", values=["total", "within"], aggfunc="sum", fill_value=0.0
    )
    return table[table["total"].sum(axis=1) >= LEAST]


def test_kitagawa_s_parts_add_up_for_every_trust(cells):
    total, within = cells["total"], cells["within"]
    england_n, england_x = total.sum(), within.sum()
    signs = 0
    for trust in cells.index:
        n, x = total.loc[trust].to_numpy(), within.loc[trust].to_numpy()
        rate = np.divide(x, n, out=np.full(len(n), np.nan), where=n > 0)
        found = kitagawa(rate, n, england_x / england_n, england_n, counts=True)
        gap = x.sum() / n.sum() - england_x.sum() / england_n.sum()
        assert abs(found.mix.estimate + found.rate.estimate - gap) < 1e-12
        assert found.rate.lower < found.rate.estimate < found.rate.upper
        signs += found.rate.estimate * gap < 0
    assert len(cells) == 123
    assert signs >= 5  # Trusts that case mix alone puts on the wrong side of England


def test_standardising_for_tumours_moves_trusts_up_and_down_the_table(cells):
    total, within = cells["total"], cells["within"]
    england = [within.sum().to_numpy(), total.sum().to_numpy()]
    should = np.array([expected(n, *england) for n in total.to_numpy()])
    crude = (within.sum(axis=1) / total.sum(axis=1)).to_numpy()
    ratio = np.asarray(indirectly_standardised_ratio(within.sum(axis=1), should).estimate)
    assert should.sum() == pytest.approx(within.sum(axis=None).sum())
    moved = np.abs(crude.argsort().argsort() - ratio.argsort().argsort())
    assert (moved > 10).sum() >= 15
    assert moved.max() > 40


def test_trusts_are_measured_as_groups_without_order(cells):
    counts = pd.DataFrame(
        {
            "trust": cells.index,
            "within": cells["within"].sum(axis=1).to_numpy(),
            "total": cells["total"].sum(axis=1).to_numpy(),
        }
    )
    found = measures(counts, "trust", total="total")
    summary = found.summary.set_index("measure")
    share = counts["within"] / counts["total"]
    assert summary.loc["index_of_disparity", "estimate"] == pytest.approx(
        index_of_disparity(share, counts["total"]).estimate
    )
    # Trusts differ by far more than the luck of who was treated
    assert summary.loc["index_of_disparity", "estimate"] > (
        3 * summary.loc["index_of_disparity", "by_chance"]
    )
    assert summary.loc["heterogeneity", "p"] < 1e-6
