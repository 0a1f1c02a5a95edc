"""Why a gap as counted differs from one among like patients: case mix, part by part.

References
----------
As of `workbench.equity.decompose`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.equity.decompose import Kitagawa, gelbach, kitagawa
from workbench.equity.report_gaps import COUNTS, compared
from workbench.equity.report_patients import case_mix
from workbench.equity.sufficiency import NO_RATE_BELOW
from workbench.statistics.inputs import Floats

PARTS = {
    "cancer": ("cancer",),
    "route": ("route", "stage"),
    "place": ("trust", "shared"),
    "person": ("ethnicity", "deprivation", "sex", "age_band"),
    "time": ("quarter",),
}
"""What the patients differ in, put together as a reader would."""

MIX = ["mix", "mix_lower", "mix_upper"]
STATISTICS = [*MIX, "rest", "crude", "crude_lower", "crude_upper", *PARTS]
_STRATA = ("cancer", "route", "stage")
_KEYS = ["characteristic", "title", "group", "reference"]


def reasons(patients: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """How much of each group's gap as counted comes of its cancers and routes.

    Parameters
    ----------
    patients : DataFrame
        From `workbench.equity.report_patients.patients`.
    gaps : DataFrame
        From `workbench.equity.report_gaps.with_crude`.

    Returns
    -------
    DataFrame
        One row a group that was compared: its keys and counts, ``mix`` with its limits (the
        part of the gap that is due to kinds of cancer, routes and treatments; Kitagawa), the
        gap as counted, ``rest`` (the two add up to it), and the columns of `PARTS` (what
        each takes from the gap when all are held equal; Gelbach). All in shares.
    """
    held = compared(gaps)
    rows = []
    for row in held.to_dict("records"):
        both = _both(patients, str(row["characteristic"]), str(row["group"]), str(row["reference"]))
        found = split(both)
        made = dict(zip(MIX, (found.mix.estimate, found.mix.lower, found.mix.upper), strict=True))
        rows.append({name: round(value, 3) for name, value in (made | _parts(both, row)).items()})
    made_of = pd.DataFrame(rows, columns=[*MIX, *PARTS], dtype=float)
    crude = ["crude", "crude_lower", "crude_upper"]
    table = held[[*_KEYS, *COUNTS, *crude]].reset_index(drop=True).join(made_of)
    return table.assign(rest=(table["crude"] - table["mix"]).round(3))


def split(both: pd.DataFrame) -> Kitagawa:
    """Split the gap of two groups over their cancers, routes and stages of treatment.

    Where the group has few patients of a cancer and route, its share there is mostly chance,
    and so would the split be. Cancers and routes are put in order of the reference's share
    in time, and neighbours together until each holds ten of the group.

    Parameters
    ----------
    both : DataFrame
        Patients of two groups: ``within``, ``own`` (1 of the group, 0 of the reference) and
        the columns of case mix.
    """
    cells = [*_STRATA, "own"]
    counted = both.groupby(cells, sort=True)["within"].agg(["size", "sum"]).reset_index()
    wide = counted.pivot_table(
        index=list(_STRATA), columns="own", values=["size", "sum"], fill_value=0.0
    ).astype(float)
    size, hits = wide["size"], wide["sum"]
    both_ways = (hits[0] + hits[1]) / (size[0] + size[1])
    share = (hits[0] / size[0].where(size[0] > 0)).fillna(both_ways)
    order = np.argsort(share.to_numpy(), kind="stable")
    band = _bands(size[1].to_numpy()[order])
    n, x = (np.stack([np.bincount(band, t[k].to_numpy()[order]) for k in (1, 0)])
            for t in (size, hits))  # fmt: skip
    rate = np.divide(x, n, out=np.full_like(n, np.nan), where=n > 0)
    return kitagawa(rate[0], n[0], rate[1], n[1], counts=True)


def _bands(sizes: Floats) -> NDArray[np.int64]:
    """Number neighbours alike until each number holds ten; what is left joins the last."""
    band, number, held = np.zeros(len(sizes), dtype=np.int64), 0, 0.0
    for place, size in enumerate(sizes):
        band[place] = number
        held += float(size)
        if held >= NO_RATE_BELOW and sizes[place + 1 :].sum() >= NO_RATE_BELOW:
            number, held = number + 1, 0.0
    return band


def worst_split(patients: pd.DataFrame, gaps: pd.DataFrame) -> float:
    """Largest difference between a gap and the sum of its two parts, over all gaps."""
    errors = [0.0]
    for row in compared(gaps).to_dict("records"):
        both = _both(patients, str(row["characteristic"]), str(row["group"]), str(row["reference"]))
        found = split(both)
        share = both.groupby("own")["within"].mean()
        gap = float(share[1] - share[0])
        errors.append(abs(gap - found.mix.estimate - found.rate.estimate))
    return max(errors)


def _both(patients: pd.DataFrame, characteristic: str, group: str, reference: str) -> pd.DataFrame:
    chosen = patients[patients[characteristic].isin([group, reference])]
    return chosen.assign(own=(chosen[characteristic] == group).astype(int))


def _parts(both: pd.DataFrame, row: dict[object, object]) -> dict[str, float]:
    """What each part of the case mix takes from the gap; 0 where all are alike in it."""
    mix = set(case_mix(str(row["characteristic"])))
    sets = {}
    for name, columns in PARTS.items():
        varied = [c for c in columns if c in mix and len(both[c].unique()) > 1]
        if varied:
            dummies = [pd.get_dummies(both[c], drop_first=True) for c in varied]
            sets[name] = pd.concat(dummies, axis=1).to_numpy(dtype=float)
    none = dict.fromkeys(PARTS, 0.0)
    if not sets:
        return none
    found = gelbach(both["within"], both["own"], sets).set_index("part")["estimate"]
    return none | {name: float(np.nan_to_num(found[name])) for name in sets}
