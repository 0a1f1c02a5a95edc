"""Synthetic counts of patients, in the breakdowns that NHS England publishes.

One count is drawn for each month, Trust, commissioner, route, cancer type and
treatment; every table of every workbook is a sum of these, so that they agree as
the real ones do. No count is taken from a real one: sizes and shares are round
numbers of about the right order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from workbench.published.layout import (
    BREAST_REFERRAL,
    DAY_31,
    DAY_62,
    FDS,
    ITEM_BANDS,
    SUSPECTED_REFERRAL,
)

PROVIDERS = {
    f"ZZ{mark}": f"EXAMPLE TRUST {name}"
    for mark, name in zip(
        "123456789ABC",
        ("NORTH", "SOUTH", "EAST", "WEST", "CENTRAL", "COAST", "HILLS", "RIVER", "FOREST", "CITY",
         "ISLAND", "VALLEY"),
        strict=True,
    )
}  # fmt: skip
COMMISSIONERS = {
    "ZQ1": "EXAMPLE INTEGRATED CARE BOARD ONE",
    "ZQ2": "EXAMPLE INTEGRATED CARE BOARD TWO",
    "ZQ3": "EXAMPLE INTEGRATED CARE BOARD THREE",
    "ZH1": "EXAMPLE COMMISSIONING HUB",
}
"""Invented names under codes that the NHS has not given out."""

_SITES = {
    "Breast": (18, 0.6),
    "Gynaecological": (5, -0.5),
    "Haematological - Lymphoma": (4, 0.0),
    "Haematological - Other (a)": (3, 1.5),
    "Head & Neck": (4, -0.6),
    "Lower Gastrointestinal": (12, -0.5),
    "Lung": (11, -0.4),
    "Other (a)": (3, 0.6),
    "Skin": (20, 1.3),
    "Upper Gastrointestinal - Hepatobiliary": (4, 0.5),
    "Upper Gastrointestinal - Oesophagus & Stomach": (4, 0.0),
    "Urological - Other (a)": (7, -0.3),
    "Urological - Prostate": (15, -0.2),
}
"""Cancer type: patients in a hundred or so, and how much easier than usual (log odds)."""

_SUSPECTED = {
    "Suspected breast cancer": (18, 1.0),
    "Suspected gynaecological cancer": (10, -0.3),
    "Suspected head & neck cancer": (10, 0.1),
    "Suspected lower gastrointestinal cancer": (19, -0.5),
    "Suspected lung cancer": (3, 0.3),
    "Suspected skin cancer": (22, 0.9),
    "Suspected upper gastrointestinal cancer": (8, 0.2),
    "Suspected urological malignancies (excluding testicular)": (10, -0.6),
}
_BREAST = "Exhibited (non-cancer) breast symptoms - cancer not initially suspected"
_TREATMENTS = {"Anti-cancer drug regimen": 30, "Other": 15, "Radiotherapy": 15, "Surgery": 40}


@dataclass(frozen=True)
class _Item:
    """How one standard or referral item is drawn: sizes a month, ease, and bands."""

    standard: str
    a_month: float
    ease: float
    routes: Mapping[str, tuple[float, float]]
    types: Mapping[str, tuple[float, float]]
    modalities: Mapping[str, float]
    within_bands: tuple[float, ...]
    after_bands: tuple[float, ...]
    halves: float = 0.0


_NONE = {"": 1.0}
_EASY = {"": (1.0, 0.0)}
_ITEMS = (
    _Item(
        FDS, 900, 1.0, {"URGENT SUSPECTED CANCER": (1, 0.0)},
        _SUSPECTED, _NONE, (6, 4), (5, 3, 2),
    ),
    _Item(
        FDS, 50, 2.0, {"BREAST SYMPTOMATIC, CANCER NOT SUSPECTED": (1, 0.0)},
        {_BREAST: (1, 0.0)}, _NONE, (6, 4), (5, 3, 2),
    ),
    _Item(
        FDS, 40, 0.7, {"NATIONAL SCREENING PROGRAMME": (1, 0.0)},
        {"Suspected lower gastrointestinal cancer": (1, 0.0)}, _NONE, (4, 6), (5, 3, 2),
    ),
    _Item(
        DAY_31, 260, 2.4, {"First Treatment": (55, 0.1), "Subsequent Treatment": (45, -0.1)},
        _SITES, _TREATMENTS, (1,), (4, 3, 2, 2),
    ),
    _Item(
        DAY_62, 130, 0.6,
        {"Urgent Suspected Cancer": (62, -0.3), "Breast Symptomatic": (1, 0.3),
         "Screening": (8, 0.0), "Consultant Upgrade": (29, 0.8)},
        _SITES, _TREATMENTS, (4, 1, 2, 3), (4, 3, 2, 4), halves=0.2,
    ),
    _Item(SUSPECTED_REFERRAL, 850, 1.4, _EASY, _SUSPECTED, _NONE, (1,), (4, 4, 2, 1)),
    _Item(BREAST_REFERRAL, 50, 1.0, _EASY, {_BREAST: (1, 0.0)}, _NONE, (1,), (4, 4, 2, 1)),
)  # fmt: skip


def synthetic_counts(months: list[str], seed: int) -> pd.DataFrame:
    """Draw every count of the synthetic region.

    Parameters
    ----------
    months : list of str
        ``YYYY-MM``, in order.
    seed : int
        The same seed gives the same counts.

    Returns
    -------
    DataFrame
        ``month, provider, commissioner, standard, route_or_stage, cancer_type,
        modality, total, within, after`` and the 17 bands; bands of other items
        are missing. 62-day counts come in halves, as patients shared by two
        Trusts do.
    """
    random = np.random.default_rng(seed)
    trusts = _trusts(random)
    drawn = [
        _draw(item, month, place, trusts, random)
        for place, month in enumerate(months)
        for item in _ITEMS
    ]
    return pd.concat(drawn, ignore_index=True)


def thinned(counts: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Take about one patient in forty away: what a provisional file has not yet been told."""
    random = np.random.default_rng(seed)
    kept = random.random(len(counts)) > 0.025
    return counts[kept].reset_index(drop=True)


def _trusts(random: np.random.Generator) -> pd.DataFrame:
    """Every pair of Trust and commissioner: its relative size and how well the Trust does."""
    size = random.uniform(0.5, 1.8, len(PROVIDERS))
    ease = random.normal(0, 0.3, len(PROVIDERS))
    home = [list(COMMISSIONERS)[place % 3] for place in range(len(PROVIDERS))]
    pairs = [
        (provider, commissioner, size[place] * share, ease[place])
        for place, provider in enumerate(PROVIDERS)
        for commissioner, share in _shares(home[place]).items()
    ]
    return pd.DataFrame(pairs, columns=["provider", "commissioner", "size", "trust_ease"])


def _shares(home: str) -> dict[str, float]:
    neighbour = {"ZQ1": "ZQ2", "ZQ2": "ZQ3", "ZQ3": "ZQ1"}[home]
    return {home: 0.85, neighbour: 0.12, "ZH1": 0.03}


def _draw(
    item: _Item, month: str, place: int, trusts: pd.DataFrame, random: np.random.Generator
) -> pd.DataFrame:
    cells = _cells(item).merge(trusts, how="cross")
    calendar = 0.35 if month.endswith("-01") else 0.0
    expected = item.a_month * cells["share"] * cells["size"]
    odds = item.ease + cells["ease"] + cells["trust_ease"] + 0.012 * place - calendar
    within = 1 / (1 + np.exp(-odds))
    bands = within.to_numpy()[:, None] * np.array(item.within_bands) / sum(item.within_bands)
    late = (1 - within).to_numpy()[:, None] * np.array(item.after_bands) / sum(item.after_bands)
    chances = np.hstack([bands, late])
    whole = random.multinomial(random.poisson(expected * (1 - item.halves)), chances)
    half = random.multinomial(random.poisson(2 * expected * item.halves), chances)
    patients = pd.DataFrame(whole + half / 2, columns=list(ITEM_BANDS[item.standard]))
    labels = cells[["provider", "commissioner", "route_or_stage", "cancer_type", "modality"]]
    table = pd.concat([labels.assign(month=month, standard=item.standard), patients], axis=1)
    early = list(ITEM_BANDS[item.standard])[: len(item.within_bands)]
    table["total"] = patients.sum(axis=1)
    table["within"] = patients[early].sum(axis=1)
    table["after"] = table["total"] - table["within"]
    return table[table["total"] > 0]


def _cells(item: _Item) -> pd.DataFrame:
    rows = [
        (route, kind, modality, route_size * type_size * modality_size, route_ease + type_ease)
        for (route, (route_size, route_ease)), (kind, (type_size, type_ease)), (
            modality,
            modality_size,
        ) in product(item.routes.items(), item.types.items(), item.modalities.items())
    ]
    cells = pd.DataFrame(
        rows, columns=["route_or_stage", "cancer_type", "modality", "share", "ease"]
    )
    return cells.assign(share=cells["share"] / cells["share"].sum())
