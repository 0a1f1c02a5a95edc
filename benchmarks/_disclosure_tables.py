"""Random tables of counts, as a region would release them: by ethnic and tumour group."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

GROUPS = tuple(f"g{place}" for place in range(20))
SITES = tuple(f"s{place:02d}" for place in range(14))
BROAD = {f"e{wide}{narrow}": f"E{wide}" for wide in range(5) for narrow in range(4 - (wide > 2))}
"""Eighteen narrow groups, each part of one of five."""

MONTHS = tuple(f"2024-{month:02d}" for month in range(1, 13))
RERUNS = 8


@dataclass(frozen=True)
class Window:
    """One rerun: its months, and who is in it."""

    months: tuple[str, str]
    counts: pd.DataFrame


def flat(seed: int, people: int, groups: int = 6) -> pd.DataFrame:
    """Groups, six unless told otherwise, by tumour group."""
    return _counted(np.random.default_rng(seed), people, GROUPS[:groups], SITES)


def nested(seed: int, people: int) -> pd.DataFrame:
    """Five wide groups and the eighteen in them, by tumour group."""
    narrow = _counted(np.random.default_rng(seed), people, tuple(BROAD), SITES)
    wide = narrow.assign(group=narrow["group"].map(BROAD))
    return pd.concat([narrow, wide.groupby(["group", "site"], as_index=False)["n"].sum()])


def reruns(seed: int, people: int, sites: int, *, rolling: bool) -> list[Window]:
    """Eight tables of the same year: to date from April on, or the last three months."""
    random = np.random.default_rng(seed)
    mix = _mix(random, 6, sites)
    months = random.multinomial(people / len(MONTHS), mix, size=len(MONTHS))
    cells = pd.DataFrame(product(GROUPS[:6], SITES[:sites]), columns=["group", "site"])
    found = []
    for number in range(RERUNS):
        first, last = (number, number + 2) if rolling else (0, number + 3)
        counts = cells.assign(n=months[first : last + 1].sum(axis=0))
        found.append(Window((MONTHS[first], MONTHS[last]), counts))
    return found


def _mix(random: np.random.Generator, groups: int, sites: int) -> np.ndarray:
    """Shares of cells: a few groups hold most people, as they do."""
    one = random.dirichlet(np.full(groups, 0.6))
    return np.outer(one, random.dirichlet(np.ones(sites))).ravel()


def _counted(
    random: np.random.Generator, people: int, groups: tuple[str, ...], sites: tuple[str, ...]
) -> pd.DataFrame:
    cells = pd.DataFrame(product(groups, sites), columns=["group", "site"])
    return cells.assign(n=random.multinomial(people, _mix(random, len(groups), len(sites))))
