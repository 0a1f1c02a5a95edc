"""Names built from syllables: nobody's list is copied, and nobody is meant.

Each naming tradition has its own sounds, so that errors and look-alikes differ by group
as they do in real registers; which names are common follows Zipf's law.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from random import Random

import numpy as np
import numpy.typing as npt

from workbench.demo.cohort.areas import Ints
from workbench.demo.cohort.margins import Floats
from workbench.demo.cohort.population import ETHNIC_CODES

Text = npt.NDArray[np.str_]

_SOUNDS = {
    "british": (
        "B Br C D F G H J L M N P R S St T Th W",
        "a e i o u ea oo",
        "n r l m ck t ston ley den ford by wick",
    ),
    "irish": ("B C D F G K L M N R S T", "a e i o u ea ao", "n r ll gan nny rty igh lan"),
    "european": (
        "A B D F G K L M N P R S Sz T V W Z",
        "a e i o u é ö ie",
        "k n ski va res nez ic man ño",
    ),
    "south_asian": (
        "A B Bh D F G H J K Kh M N P R S Sh T V Z",
        "a i u aa ee",
        "n r sh m d t ni ya ra l hur jit",
    ),
    "caribbean": ("B C D F G H J L M N P R S T W", "a e i o u ai", "n r s l ton vin roy field"),
    "african": (
        "A Ab B Ch D E F K M N Ng O S T U Y Z",
        "a e i o u",
        "bi nde ko la mba wa du ola n nge",
    ),
    "east_asian": ("B Ch D F G H J L M N Q S T W X Y Zh", "a e i o u ao ei ia", "n ng  "),
    "other": ("A B D F G H J K L M N R S T Y Z", "a e i o u ou", "n r d l m ri di bar med"),
}
"""Beginnings, middles and endings, apart by blanks."""

TRADITIONS = tuple(_SOUNDS)
_OF_CODE = {
    "A": "british", "B": "irish", "C": "european", "D": "caribbean", "E": "african",
    "F": "south_asian", "G": "other", "H": "south_asian", "J": "south_asian",
    "K": "south_asian", "L": "south_asian", "M": "caribbean", "N": "african", "P": "african",
    "R": "east_asian", "S": "other",
}  # fmt: skip
_TRADITION_OF_CODE = np.array([TRADITIONS.index(_OF_CODE[code]) for code in ETHNIC_CODES])
_FAMILIES = {"british": 3_000, "east_asian": 150, "south_asian": 500}
_OTHER_FAMILIES = 700
_GIVEN = 240
_SPELLINGS = (
    ("ph", "f"), ("ck", "k"), ("ee", "i"), ("ea", "ee"), ("sh", "s"), ("aa", "a"), ("th", "t"),
    ("ll", "l"), ("y", "i"), ("k", "c"), ("é", "e"), ("ö", "o"), ("i", "y"), ("o", "oh"),
)  # fmt: skip
TYPOS = 4


@dataclass(frozen=True)
class Lexicon:
    """Names of one kind, with what each becomes when it is written otherwise.

    Attributes
    ----------
    right, variant : arrays of str
        As the person writes it; another spelling or a short form.
    typos : array of str, names by `TYPOS`
        With a slip of the keyboard.
    start, size : arrays of int
        Where each tradition's names begin, and how many there are.
    """

    right: Text
    variant: Text
    typos: Text
    start: Ints
    size: Ints

    def drawn(self, tradition: Ints, uniform: Floats) -> Ints:
        """Places of names, the common ones more often."""
        size = self.size[tradition].astype(float)
        # a Zipf law in closed form: rank + 5 is log-uniform
        rank = 5.0 * ((size + 5) / 5) ** uniform - 5.0
        return np.asarray(
            self.start[tradition] + np.minimum(rank.astype(int), self.size[tradition] - 1)
        )


def traditions_of(ethnic: Ints, random: np.random.Generator) -> Ints:
    """Naming tradition of each person; some bear a British name whatever their category."""
    own = _TRADITION_OF_CODE[ethnic]
    mixed = (ethnic >= 3) & (ethnic <= 6)
    taken = random.random(len(ethnic)) < np.where(mixed, 0.5, 0.06)
    return np.where(taken, 0, own)


@lru_cache(maxsize=1)
def family_names() -> Lexicon:
    """Family names of every tradition."""
    return _lexicon(
        "family", [_FAMILIES.get(tradition, _OTHER_FAMILIES) for tradition in TRADITIONS]
    )


@lru_cache(maxsize=2)
def given_names(sex: int) -> Lexicon:
    """Given names of every tradition, for one sex."""
    return _lexicon(f"given{sex}", [_GIVEN] * len(TRADITIONS))


def _lexicon(kind: str, sizes: list[int]) -> Lexicon:
    names: list[str] = []
    for tradition, size in zip(TRADITIONS, sizes, strict=True):
        names += _built(tradition, kind, size)
    random = Random(zlib.crc32(kind.encode()))
    variants = [_variant(name, kind) for name in names]
    typos = [[_typo(name, random) for _ in range(TYPOS)] for name in names]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return Lexicon(np.array(names), np.array(variants), np.array(typos), starts, np.array(sizes))


def _built(tradition: str, kind: str, size: int) -> list[str]:
    random = Random(zlib.crc32(f"{tradition} {kind}".encode()))
    begin, middle, end = (part.split(" ") for part in _SOUNDS[tradition])
    found: dict[str, None] = {}
    while len(found) < size:
        name = random.choice(begin) + random.choice(middle)
        if random.random() < 0.55 or len(found) > size // 2:
            name += random.choice(end)[:1] + random.choice(middle)
        name += random.choice(end) + {"given1": "a", "given0": ""}.get(kind, "")
        if tradition == "irish" and kind == "family" and random.random() < 0.3:
            name = f"O'{name}"
        if len(name) > 3:
            found[name] = None
    return list(found)


def _variant(name: str, kind: str) -> str:
    if kind != "family" and len(name) > 5:
        return name[:3] + "y"
    for usual, other in _SPELLINGS:
        if usual in name[1:]:
            return name[0] + name[1:].replace(usual, other, 1)
    return name + name[-1]


def _typo(name: str, random: Random) -> str:
    place = random.randrange(1, len(name) - 1)
    match random.randrange(4):
        case 0:
            return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
        case 1:
            return name[:place] + name[place + 1 :]
        case 2:
            return name[:place] + name[place] + name[place:]
        case _:
            return name[:place] + random.choice("aeinrst") + name[place + 1 :]
