"""Charts: one file a kind of picture, each drawn from a released table alone."""

from __future__ import annotations

from workbench.charts.attribution import attribution
from workbench.charts.bands import bands
from workbench.charts.calibration import calibration
from workbench.charts.chart import Chart
from workbench.charts.curve import curve
from workbench.charts.dots import dots
from workbench.charts.flow import flow
from workbench.charts.forest import forest
from workbench.charts.funnel import funnel
from workbench.charts.heatmap import heatmap
from workbench.charts.trend import trend
from workbench.charts.xmr import xmr

__all__ = [
    "Chart",
    "attribution",
    "bands",
    "calibration",
    "curve",
    "dots",
    "flow",
    "forest",
    "funnel",
    "heatmap",
    "trend",
    "xmr",
]
