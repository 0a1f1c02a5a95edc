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


def flow(profile: str = "already_published") -> Chart:
    frame = pd.DataFrame(
        [("Records", "kept", 900), ("too recent", "left out", 5), ("Waits", "kept", 895),
         ("still open", "of these", 90), ("to learn from", "part", 600), ("to judge", "part", 295)],
        columns=["step", "kind", "n"],
    )  # fmt: skip
    data = release(frame, keys=["step", "kind"], counts=["n"], profile=profile)
    return charts.flow(data, step="step", count="n", kind="kind", **WORDS)


GAPS = pd.DataFrame(
    [
        ("Ethnicity", "White", 900.0, -0.03, 0.01, 0.01),
        ("Ethnicity", "Black, Black British, Caribbean or African", 90.0, 0.09, 0.04, 0.2),
        ("Ethnicity", "Not known", 5.0, 0.2, 0.1, 0.2),
        ("Sex", "Female", 450.0, 0.01, 0.03, 0.9),
    ],
    columns=["what", "group", "n", "gap", "half", "q"],
).assign(
    lower=lambda f: f["gap"] - f["half"], upper=lambda f: f["gap"] + f["half"],
    crude=lambda f: f["gap"] * 2, low=lambda f: f["gap"] * 2 - 0.15, high=lambda f: f["gap"] + 0.3,
).drop(columns="half")  # fmt: skip


def forest(profile: str = "already_published", **more: object) -> Chart:
    data = release(
        GAPS, keys=["what", "group"], counts=["n"],
        statistics=["gap", "lower", "upper", "q", "crude", "low", "high"], profile=profile,
    )  # fmt: skip
    return charts.forest(
        data, category="group", value="gap", lower="lower", upper="upper", panel="what",
        **{**WORDS, **more},
    )  # fmt: skip


CELLS = pd.DataFrame(
    [
        ("Black, Black British, Caribbean or African", "Women", 90.0, 0.6, 0.5, 0.7),
        ("Black, Black British, Caribbean or African", "Not known", 5.0, 0.7, 0.1, 0.9),
        ("White", "Women", 900.0, 0.41, 0.38, 0.44),
        ("White", "Not known", 90.0, 0.4, 0.3, 0.5),
        ("White", "Men", 800.0, 0.2, 0.18, 0.22),
    ],
    columns=["ethnicity", "sex", "n", "missed", "lower", "upper"],
)


def heatmap(profile: str = "already_published", **more: object) -> Chart:
    data = release(
        CELLS, keys=["ethnicity", "sex"], counts=["n"], statistics=["missed", "lower", "upper"],
        profile=profile,
    )  # fmt: skip
    return charts.heatmap(
        data, row="ethnicity", column="sex", value="missed", lower="lower", upper="upper",
        **{"reference": 0.42, **WORDS, **more},
    )  # fmt: skip


def calibration(profile: str = "already_published", groups: int = 3) -> Chart:
    rows = [
        (f"Group {name} of patients, as recorded", str(part), 50.0 - 46 * (name == "C"),
         0.1 * part, 0.12 * part, 0.1 * part - 0.05, 0.15 * part)
        for name in "ABC"[:groups] for part in range(1, 6)
    ]  # fmt: skip
    names = ["group", "part", "n", "risk", "seen", "lower", "upper"]
    data = release(
        pd.DataFrame(rows, columns=names), keys=names[:2], counts=["n"], statistics=names[3:],
        profile=profile,
    )  # fmt: skip
    return charts.calibration(
        data, risk="risk", observed="seen", lower="lower", upper="upper",
        series="group" if groups > 1 else None, **WORDS,
    )  # fmt: skip


EVERY = {
    "forest": lambda: forest(q="q", sides=("fewer missed", "more missed")),
    "two gaps": lambda: forest(label="After case mix", second=("crude", "low", "high", "Crude")),
    "heatmap": heatmap,
    "calibration": calibration,
    "one calibration": lambda: calibration(groups=1),
    "curve": curve,
    "flow": flow,
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
