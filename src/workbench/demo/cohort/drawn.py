"""Cancers and their waits without a region's files, to see how well a method finds an effect.

A whole region takes seconds and draws one sample; these draws take milliseconds and can be
repeated by the hundred on one calibrated model, whose planted effects stay the truth.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from workbench.demo.cohort import calendar, effects
from workbench.demo.cohort.areas import draw_areas
from workbench.demo.cohort.calibration import calibrated
from workbench.demo.cohort.margins import ROUTES, TUMOURS, kinds
from workbench.demo.cohort.referrals import OTHER, draw_referrals
from workbench.demo.cohort.region_model import Region
from workbench.demo.cohort.streams import Streams
from workbench.demo.cohort.waits import Chances, treatment_waits


def planted_region(as_at: date, seed: int = 1) -> Region:
    """A calibrated region, whose effects are what a draw shall show.

    Parameters
    ----------
    as_at : date
        The day that it is seen from.
    seed : int, optional
    """
    streams = Streams(seed)
    areas = draw_areas(streams["areas"], None)
    first = calendar.day_number(calendar.first_day(as_at))
    return calibrated(areas, first, calendar.day_number(as_at), streams["reference"])


def drawn_cancers(region: Region, count: int, seed: int) -> pd.DataFrame:
    """Draw cancers on routes that 62 days counts, as seen on the region's last day.

    Parameters
    ----------
    region : Region
        Calibrated.
    count : int
        Cancers drawn, those of other routes (about one in ten) included and left out.
    seed : int

    Returns
    -------
    DataFrame
        One row a clock that had started: the characteristics, ``tumour_group, route,
        provider, shared, quarter``, ``days`` (so far, for open ones), ``ended``, and
        ``followed``, the days from its start to the last day.
    """
    random = np.random.default_rng(seed)
    every = kinds()
    cancers = every.only(every.tumour >= 0)
    drawn = draw_referrals(count, cancers, region.areas, region.first, region.as_at, random)
    started = (drawn.route != OTHER) & (drawn.clock_start <= region.as_at)
    drawn = drawn.taken(np.flatnonzero(started))
    strata = (drawn.tumour + 1) * len(ROUTES) + drawn.route
    chances = Chances.drawn(len(drawn), random, strata)
    waits = np.maximum(treatment_waits(drawn, region, chances.ratio_62d), 1)
    followed = region.as_at - drawn.clock_start
    labels = effects.groups()
    return pd.DataFrame(
        {
            **{name: np.array(labels[name])[drawn.people.group(name)] for name in labels},
            "tumour_group": np.array(TUMOURS)[drawn.tumour],
            "route": np.array(ROUTES)[drawn.route],
            "provider": drawn.trust.astype(str),
            "shared": drawn.shared,
            "quarter": ((drawn.clock_start - region.first) // 91).astype(str),
            "days": np.minimum(waits, followed),
            "ended": waits <= followed,
            "followed": followed,
        }
    )


def planted_mean_differences(
    region: Region, characteristic: str, until: int, count: int = 8_000
) -> pd.Series:
    """Days waited up to a day, were everybody of a group against were everybody of the reference.

    Parameters
    ----------
    region : Region
        Calibrated.
    characteristic : str
    until : int
        Days beyond it do not count.
    count : int, optional
        Patients whose chances are averaged; their waits are not drawn.

    Returns
    -------
    Series of float, by group
        In days.
    """
    every = kinds()
    drawn = draw_referrals(
        count, every.only(every.tumour >= 0), region.areas, region.first, region.as_at,
        np.random.default_rng(count),
    )  # fmt: skip
    drawn = drawn.taken(np.flatnonzero(drawn.route != OTHER))
    labels = effects.groups()[characteristic]
    size = {label: effects.coefficient("62D", characteristic, label) for label in labels}
    own = np.array([size[label] for label in labels])[drawn.people.group(characteristic)]
    bare = region.log_odds_62d(drawn) - own
    clock = region.clocks["62D"]
    odds = clock.cumulative[drawn.tumour, drawn.clock_start - clock.first, :until]

    def mean(effect: float) -> float:
        return float((1 / (1 + odds * np.exp(bare + effect)[:, None])).sum(axis=1).mean())

    at_reference = mean(size[effects.REFERENCE[characteristic]])
    return pd.Series({label: mean(size[label]) - at_reference for label in labels})
