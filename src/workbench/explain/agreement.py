"""Checks of an explanation against itself, for the report: what must hold whatever was found."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.breach import Cases
from workbench.explain.attribution import TOLERANCE, Attributions
from workbench.explain.gaps import Disparity

_ROUNDING = 1e-9
_DIGITS = 1e-6
"""Kept risks have six decimals."""


def checks(
    found: Attributions, held: Cases, gaps: Mapping[str, Disparity], reasons: pd.DataFrame,
    off_kept: float | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Hold the parts of the report against each other.

    Parameters
    ----------
    found : Attributions
    held : Cases
        The rows explained.
    gaps : mapping of str to Disparity
        By characteristic.
    reasons : DataFrame
        `reason_counts`.
    off_kept : float, optional
        Furthest that a risk of the judged model is from the one that was kept of it.

    Returns
    -------
    DataFrame
        ``check, passed, detail``, of counts and rounding errors alone.
    """
    off = float((found.base + found.by_feature.sum(axis=1) - found.margin).abs().max())
    apart = abs(float(found.margin.mean()) - found.base)
    rows = [
        _row("Every row's parts add up to the model's own margin", off <= TOLERANCE,
             f"{len(found):,} rows, furthest off {off:.1e}"),
        _row("The base is the mean margin of the waits explained", apart <= _ROUNDING,
             f"apart by {apart:.1e}"),
        _row("No one is a reason's case more than once",
             bool((reasons["people"] <= reasons["everyone"]).all()), f"{len(reasons)} reasons"),
    ]  # fmt: skip
    if off_kept is not None:
        rows.append(_row("The judged model gives the risks that were judged",
                         off_kept <= _DIGITS, f"furthest off {off_kept:.1e}"))  # fmt: skip
    for name, each in gaps.items():
        parts = each.parts.groupby("group")["difference"].sum()
        gap = each.gaps.set_index("group")["margin"]
        far = float(np.nanmax((parts - gap).abs().to_numpy(), initial=0.0))
        whole = int(each.gaps["rows"].sum()) == len(held)
        rows += [
            _row(f"By {name}, the parts add up to each gap", far <= _ROUNDING,
                 f"{len(gap)} groups, furthest off {far:.1e}"),
            _row(f"By {name}, everyone is in one group", whole, f"{len(gap)} groups"),
        ]  # fmt: skip
    return pd.DataFrame(rows)


def _row(check: str, passed: bool, detail: str) -> dict[str, object]:
    return {"check": check, "passed": passed, "detail": detail}
