"""Named streams of random numbers from one seed.

A stream is its own generator, so that drawing more from one part of the region
leaves every other part as it was.
"""

from __future__ import annotations

import zlib

import numpy as np


class Streams:
    """Give the generator of each name.

    Parameters
    ----------
    seed : int
        0 or more. The same seed and name give the same numbers.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._opened: dict[str, np.random.Generator] = {}

    def __getitem__(self, name: str) -> np.random.Generator:
        """Give the generator of a name; asked again, it goes on from where it was."""
        if name not in self._opened:
            root = np.random.SeedSequence([self._seed, zlib.crc32(name.encode())])
            self._opened[name] = np.random.Generator(np.random.PCG64(root))
        return self._opened[name]
