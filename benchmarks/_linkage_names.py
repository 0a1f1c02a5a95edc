"""Names for made-up persons: a long-tailed lexicon, of public name counts or of syllables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Text = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

_ONSETS = [*"bcdfghjklmnprstvwyz", "br", "ch", "cl", "dr", "fr", "gr", "pr", "sh", "st", "th", "tr"]
_VOWELS = [*"aeioaeio", "u", "ai", "ee", "ou", "ea"]
_ENDS = [*"nrlstdmy", "ck", "th", "rd", "ll", "ng", "ston", "ley", "ham", "son", "er"]

POOLS: dict[str, tuple[int, int, int]] = {
    "Asian": (2, 900, 700),
    "Black": (3, 1_200, 800),
    "Chinese": (1, 160, 900),
    "White other": (3, 4_000, 900),
}
"""Of groups with name traditions of their own: syllables, family names, given names.

Few family names carry most of some traditions, which makes a shared name weaker evidence.
"""


@dataclass(frozen=True)
class Lexicon:
    """Names and how common each is."""

    names: Text
    reached: Floats

    def drawn(self, random: np.random.Generator, count: int) -> Text:
        """`count` names, each as often as it is common."""
        place = np.searchsorted(self.reached, random.random(count), side="right")
        return self.names[np.minimum(place, len(self.names) - 1)]


@dataclass(frozen=True)
class Names:
    """Lexicons by tradition; `variants` holds for a given name what else it is written as."""

    family: dict[str, Lexicon]
    given: dict[tuple[str, int], Lexicon]
    variants: dict[str, list[str]]


def names(folder: Path | None, random: np.random.Generator) -> Names:
    """Lexicons of the general population and of each tradition of `POOLS`.

    Parameters
    ----------
    folder : Path or None
        Holds ``firstname_uk.parquet``, ``lastname_uk.parquet`` and
        ``firstname_uk_variant.parquet`` (columns ``firstname, freq, sex``, ``surname,
        freq``, ``forename, forename2``). None invents the general names as well.
    random : numpy.random.Generator

    Returns
    -------
    Names
        The public family names are topped up with a tail of invented ones, as real
        counts of names have.
    """
    general = _invented_general(random) if folder is None else _public(folder, random)
    for tradition, (syllables, family, given) in POOLS.items():
        general.family[tradition] = _zipf(_invent(random, family, syllables), 1.0)
        for sex in (1, 2):
            general.given[tradition, sex] = _zipf(_invent(random, given, min(syllables, 2)), 0.8)
    return general


def _invented_general(random: np.random.Generator) -> Names:
    family = _zipf(_invent(random, 40_000, 2), 0.85)
    given = {("", sex): _zipf(_invent(random, 2_500, 2), 0.95) for sex in (1, 2)}
    short = {
        name: [name[:3], name[:4] + "y"]
        for lexicon in given.values()
        for name in lexicon.names
        if len(name) > 4
    }
    return Names({"": family}, dict(given), short)


def _public(folder: Path, random: np.random.Generator) -> Names:
    last = pd.read_parquet(folder / "lastname_uk.parquet")
    counted = last.groupby("surname")["freq"].sum().sort_values(ascending=False)
    tail = _invent(random, 30_000, 2)
    shares = np.concatenate([counted.to_numpy(), np.full(len(tail), 0.25 / len(tail))])
    family = _lexicon(np.concatenate([_titled(counted.index), tail]), shares)
    first = pd.read_parquet(folder / "firstname_uk.parquet")
    given = {}
    for sex, word in ((1, "male"), (2, "female")):
        common = first[first["sex"] == word].groupby("firstname")["freq"].sum()
        common = common.sort_values(ascending=False)
        given["", sex] = _lexicon(_titled(common.index), common.to_numpy())
    pairs = pd.read_parquet(folder / "firstname_uk_variant.parquet")
    pairs = pairs[pairs["forename"] != pairs["forename2"]]
    by_name = pairs.groupby("forename")["forename2"].agg(sorted)
    variants = {
        str(name).title(): [one.title() for one in others] for name, others in by_name.items()
    }
    return Names({"": family}, given, variants)


def _titled(values: Any) -> Text:
    return np.array([str(value).title() for value in values], dtype=object)


def _invent(random: np.random.Generator, count: int, syllables: int) -> Text:
    """`count` different names of about so many syllables, in an order of no meaning."""
    found: dict[str, None] = {}
    while len(found) < count:
        size = count + 64
        text = np.full(size, "", dtype=object)
        for _ in range(syllables):
            text = text + random.choice(_ONSETS, size).astype(object)
            text = text + random.choice(_VOWELS, size).astype(object)
        text = text + random.choice(_ENDS, size).astype(object)
        found.update(dict.fromkeys(one.title() for one in text))
    return np.array(list(found)[:count], dtype=object)


def _zipf(values: Text, exponent: float) -> Lexicon:
    return _lexicon(values, 1 / (np.arange(len(values)) + 5.0) ** exponent)


def _lexicon(values: Text, shares: Any) -> Lexicon:
    return Lexicon(values, np.cumsum(shares) / np.sum(shares))
