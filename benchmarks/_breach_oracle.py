"""What one would know of a first treatment's 31-day clock who knew all that is planted.

The demo draws the wait to treatment, ``T`` days of the 62-day clock, and then how many of its
last days lie behind the decision: ``X`` days of the 31-day distribution, of those that leave the
decision at least a week after the start. So, decided on day ``D`` of the 62-day clock, the chance
of ``X = x`` goes with that of ``T = D + x`` times that of ``x`` given ``T``. Only the level
of the 31-day log odds is not kept with the truth; ranks hardly depend on it, and it is
taken from the published share.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.demo.cohort import effects
from workbench.demo.cohort.hazards import SHAPE_31D, Clocks, shapes_62d, steps
from workbench.demo.cohort.margins import PUBLISHED_31D
from workbench.demo.cohort.waits import EARLIEST_DECISION

_DAY, _LONGEST, _LATEST = 31, 230, 300


def planted_first(hazards: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Chance of passing day 31 for landmarks of first treatments; NaN where it is not known."""
    known = hazards[hazards["standard"] == "62D"].drop_duplicates("pathway_id")
    planted = known.set_index("pathway_id").reindex(rows["pathway_id"].astype("str"))
    start = planted["clock_start_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    decided = rows["clock_start_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    told = planted["log_odds"].notna().to_numpy() & (decided >= start)
    told &= decided - start < _LATEST
    found = np.full(len(rows), np.nan)
    here = planted[told]
    found[told] = _chance(
        here, start[told], (decided - start)[told], rows["landmark_day"].to_numpy()[told]
    )
    return found


def _chance(
    planted: pd.DataFrame, start: np.ndarray, decided: np.ndarray, given: np.ndarray
) -> np.ndarray:
    shapes = np.array(shapes_62d())
    shape = np.abs(planted["shape"].to_numpy()[:, None] - shapes).argmin(axis=1)
    clocks = Clocks.built("62D", shapes.tolist(), int(start.min()), int(start.max()))
    wait = np.arange(_LONGEST)[None, :]
    treated = decided[:, None] + wait
    ease = np.exp(planted["log_odds"].to_numpy(dtype=float))[:, None]
    ends = [
        odds / (1 + odds)
        for day in (treated, np.maximum(treated - 1, 0))
        for odds in [ease * clocks.odds(shape[:, None], start[:, None], day)]
    ]
    room = np.maximum(treated - EARLIEST_DECISION, 1)
    own = np.exp(_log_odds_31d(planted))[:, None]
    behind = _within(own, wait) - _within(own, np.maximum(wait - 1, 0))
    likely = (ends[0] - ends[1]) * np.where(wait <= room, behind / _within(own, room), 0.0)
    late = likely[:, _DAY + 1 :].sum(axis=1)
    still = np.where(wait > given[:, None], likely, 0.0).sum(axis=1)
    return np.divide(late, still, out=np.full(len(late), np.nan), where=still > 0)


def _within(ease: np.ndarray, day: np.ndarray) -> np.ndarray:
    summed = np.cumsum(steps("31D", SHAPE_31D))
    odds = ease * summed[np.minimum(day, len(summed) - 1)]
    return np.asarray(odds / (1 + odds))


def _log_odds_31d(planted: pd.DataFrame) -> np.ndarray:
    share = PUBLISHED_31D["first"]
    made = np.full(len(planted), np.log(share / (1 - share)))
    treating = planted["provider_treating"].astype("str")
    for number, trust in enumerate(sorted(treating.unique())):
        made += effects.TRUST_LOG_ODDS["31D"][number] * (treating == trust).to_numpy()
    for name in ("age_band", "imd_quintile"):
        group = planted[name].astype("str")
        sizes = {one: effects.coefficient("31D", name, one) for one in group.unique()}
        made += group.map(sizes).to_numpy(dtype=float)
    return made
