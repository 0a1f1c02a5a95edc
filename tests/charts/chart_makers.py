"""Charts of every kind, drawn from made-up tables, and what can be read off them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench import charts
from workbench.charts import Chart
from workbench.disclosure import Released, Share, release

WORDS = {
    "title": "Fewer people waited too long",
    "subtitle": "Treated within 62 days, %",
    "alt": "The share treated in time rose in both Trusts over the year.",
    "source": "Source: made up for this test",
}
MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]
SHARE = {"share": Share("within", "total", "lower", "upper")}


def monthly(profile: str = "already_published", series: int = 2) -> Released:
    rows = [
        (month, f"Trust {name}", 100.0 + 10 * i, 60.0 + 2 * i + 10 * number)
        for number, name in enumerate("ABCDE"[:series])
        for i, month in enumerate(MONTHS)
    ]
    frame = pd.DataFrame(rows, columns=["month", "trust", "total", "within"])
    frame.loc[4, ["total", "within"]] = [20, 3]  # Trust A, May
    return release(
        frame,
        keys=["month", "trust"], counts=["total", "within"], shares=SHARE, profile=profile,
    )  # fmt: skip


def trend(data: Released, **more: object) -> Chart:
    return charts.trend(data, x="month", y="share", series="trust", **{**WORDS, **more})


def xmr(profile: str = "already_published") -> Chart:
    values = np.linspace(0.6, 0.7, 12)
    frame = pd.DataFrame(
        {
            "month": MONTHS, "share": values, "centre": 0.65, "lower": 0.61, "upper": 1.02,
            "signal": ["outside", *[""] * 10, "outside"], "total": [5, *[100] * 11],
        }
    )  # fmt: skip
    data = release(
        frame,
        keys=["month"], counts=["total"],
        statistics=["share", "centre", "lower", "upper", "signal"], profile=profile,
    )  # fmt: skip
    return charts.xmr(
        data, x="month", y="share", centre="centre", lower="lower", upper="upper",
        signal="signal", target=0.85, **WORDS,
    )  # fmt: skip


def trusts(count: int = 30, profile: str = "already_published") -> Released:
    total = np.arange(count) * 40 + 100.0
    within = np.floor(total * 0.7)
    within[0], within[-1] = 10, total[-1]
    names = [f"Trust {i:02d}" for i in range(count)]
    frame = pd.DataFrame({"trust": names, "total": total, "within": within})
    return release(frame, keys=["trust"], counts=["total", "within"], shares=SHARE, profile=profile)


def funnel(data: Released | None = None, middle: float = 0.7, width: float = 0.15) -> Chart:
    n = np.linspace(50, 2000, 100)
    naive = pd.DataFrame(
        {"denominator": n, "lower": 0.7 - 1.4 / np.sqrt(n), "upper": 0.7 + 1.4 / np.sqrt(n)}
    )
    wide = pd.DataFrame({"denominator": n, "lower": middle - width, "upper": middle + width})
    return charts.funnel(
        data if data is not None else trusts(),
        denominator="total", share="share", label="trust", naive=naive, overdispersed=wide,
        centre=0.7, **WORDS,
    )  # fmt: skip


def dots(profile: str = "already_published") -> Chart:
    return charts.dots(
        trusts(6, profile),
        category="trust", value="share", lower="lower", upper="upper", reference=0.7, **WORDS,
    )  # fmt: skip


def bands(profile: str = "already_published", small: float = 30) -> Chart:
    frame = pd.DataFrame(
        {
            "site": ["Lung"] * 3 + ["Skin"] * 3,
            "wait": ["Up to 62 days", "63 to 104 days", "Over 104 days"] * 2,
            "n": [50, 20, small, 80, 10, 10],
            "of": [70 + small] * 3 + [100] * 3,
        }
    )
    data = release(
        frame, keys=["site", "wait"], counts=["n", "of"], shares={"share": Share("n", "of")},
        profile=profile,
    )  # fmt: skip
    return charts.bands(data, category="site", band="wait", share="share", late=2, **WORDS)


def curve(profile: str = "already_published", values: tuple[float, ...] = (90, 60, 4)) -> Chart:
    frame = pd.DataFrame(
        [
            (f"{place:g}", name, value * times)
            for place, value in zip((0.9, 0.5, 0.95), values, strict=True)
            for name, times in (("False links", 1.0), ("Missed links", 2.0))
        ],
        columns=["threshold", "what", "pairs"],
    )
    data = release(frame, keys=["threshold", "what"], counts=["pairs"], profile=profile)
    return charts.curve(
        data, x="threshold", y="pairs", series="what", x_label="Accept from", chosen=0.95,
        unit="pairs", **WORDS,
    )  # fmt: skip


EVERY = {
    "curve": curve,
    "trend": lambda: trend(monthly()),
    "panels": lambda: trend(monthly(), panels=True, lower="lower", upper="upper"),
    "xmr": xmr,
    "funnel": funnel,
    "dots": dots,
    "bands": bands,
}


def drawn(figure: Figure) -> list[float]:
    """Heights of every marker that the figure draws."""
    return [
        float(value)
        for axes in figure.axes
        for line in axes.lines
        if line.get_marker() not in ("None", "", None)
        for value in np.asarray(line.get_ydata(), dtype=float)
        if not np.isnan(value)
    ]


def written(figure: Figure) -> list[str]:
    found = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        found += [text.get_text() for text in axes.texts]
    return found
