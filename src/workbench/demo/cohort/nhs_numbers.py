"""NHS numbers of the range 999, which is kept for tests: valid check digits, nobody's."""

from __future__ import annotations

import numpy as np

from workbench.demo.cohort.areas import Ints
from workbench.errors import ParameterError

MOST = 900_000
"""People that the range has numbers for: 1,000,000 less those without a valid check digit."""


def check_digits(first_nine: Ints) -> Ints:
    """Modulus 11 check digit of each nine digits; 10 means that there is none."""
    total, left = np.zeros(len(first_nine), dtype=int), first_nine
    for weight in range(2, 11):
        left, last = np.divmod(left, 10)
        total += weight * last
    digit = 11 - total % 11
    return np.where(digit == 11, 0, digit)


def draw_nhs_numbers(count: int, random: np.random.Generator) -> Ints:
    """Draw numbers, each once.

    Raises
    ------
    ParameterError
        More are asked for than there are.
    """
    if count > MOST:
        raise ParameterError(
            f"{count:,} people cannot be told apart: the range of NHS numbers kept for tests "
            f"has room for {MOST:,}.",
            remedy="Ask for fewer referrals.",
        )
    first_nine = 999_000_000 + np.arange(1_000_000)
    digit = check_digits(first_nine)
    valid = first_nine[digit < 10] * 10 + digit[digit < 10]
    return random.permutation(valid)[:count]
