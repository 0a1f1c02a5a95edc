"""What goes wrong between a person and a Trust's register: the errors of the made-up sets.

The rates are made up, of the size that comparisons of hospital registers report; those of
names, birth dates and addresses differ by ethnic group, not always to the harm of the
smaller ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Text = npt.NDArray[np.object_]

GROUPS = ("White British", "White other", "Asian", "Black", "Chinese", "Mixed", "Other")

RATES = pd.DataFrame(
    {
        "nhs_missing": [0.040, 0.070, 0.055, 0.060, 0.080, 0.050, 0.080],
        "nhs_slip": [0.007, 0.008, 0.008, 0.008, 0.008, 0.008, 0.009],
        "nhs_of_another": [0.001, 0.002, 0.003, 0.002, 0.002, 0.002, 0.002],
        "given_slip": [0.012, 0.025, 0.024, 0.022, 0.028, 0.015, 0.025],
        "given_variant": [0.040, 0.030, 0.030, 0.030, 0.020, 0.040, 0.030],
        "given_initial": [0.006, 0.006, 0.006, 0.006, 0.004, 0.006, 0.006],
        "given_other": [0.008, 0.015, 0.020, 0.025, 0.050, 0.012, 0.020],
        "given_missing": [0.002, 0.003, 0.004, 0.003, 0.003, 0.003, 0.004],
        "family_slip": [0.012, 0.025, 0.022, 0.022, 0.012, 0.015, 0.025],
        "family_joined": [0.004, 0.008, 0.002, 0.004, 0.000, 0.006, 0.004],
        "family_of_before": [0.030, 0.020, 0.012, 0.015, 0.008, 0.025, 0.015],
        "names_swapped": [0.002, 0.006, 0.014, 0.010, 0.035, 0.004, 0.012],
        "birth_turned": [0.006, 0.008, 0.006, 0.007, 0.008, 0.006, 0.007],
        "birth_slip": [0.009, 0.009, 0.007, 0.009, 0.008, 0.009, 0.010],
        "birth_first_of_january": [0.0005, 0.002, 0.010, 0.008, 0.002, 0.001, 0.012],
        "birth_missing": [0.001, 0.001, 0.002, 0.002, 0.002, 0.001, 0.002],
        "postcode_of_before": [0.060, 0.110, 0.080, 0.100, 0.120, 0.080, 0.110],
        "postcode_slip": [0.010, 0.010, 0.010, 0.010, 0.010, 0.010, 0.010],
        "postcode_outward": [0.004, 0.004, 0.004, 0.004, 0.004, 0.004, 0.004],
        "postcode_missing": [0.006, 0.012, 0.008, 0.010, 0.010, 0.008, 0.015],
        "postcode_none_fixed": [0.002, 0.006, 0.004, 0.006, 0.003, 0.004, 0.010],
        "sex_wrong": [0.002, 0.002, 0.002, 0.002, 0.002, 0.002, 0.002],
        "sex_missing": [0.004, 0.004, 0.004, 0.004, 0.004, 0.004, 0.004],
    },
    index=list(GROUPS),
)  # fmt: skip
"""Chance of each error in one Trust's register, by ethnic group."""

_KEYS = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wqrtyuioposdfghjklkxzvbnmn", strict=True))
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def drawn_errors(group: Ints, random: np.random.Generator) -> dict[str, Bools]:
    """Which of `RATES` happens to each of some registrations."""
    return {
        str(error): random.random(len(group)) < RATES[error].to_numpy()[group]
        for error in RATES.columns
    }


def blanked(values: Any, which: Bools) -> Text:
    """The values, None where `which`."""
    held = np.array(values, dtype=object)
    held[which] = None
    return held


def with_slips(text: Text, which: Bools, random: np.random.Generator) -> Text:
    """Text with one slip of the hand where `which`: a letter changed, lost, doubled or turned."""
    rows = np.flatnonzero(which)
    drawn = random.random((3, len(rows)))
    slipped = text.copy()
    slipped[rows] = [
        _slip(str(text[row]), *draws) for row, draws in zip(rows, drawn.T.tolist(), strict=True)
    ]
    return slipped


def _slip(text: str, where: float, how: float, letter: float) -> str:
    if len(text) < 2:
        return text
    at = int(where * len(text))
    at = max(at, 1) if letter > 0.2 else at  # the first letter is the one most often right
    old = text[at]
    if old.isdigit():
        other = str((int(old) + 1 + int(letter * 9)) % 10)
    else:
        near = letter < 0.6 and old.lower() in _KEYS
        other = _KEYS[old.lower()] if near else _LETTERS[int(letter * 26)]
        other = other.upper() if old.isupper() else other
    if how < 0.40:
        return text[:at] + other + text[at + 1 :]
    if how < 0.62:
        return text[:at] + text[at + 1 :]
    if how < 0.82:
        return text[:at] + (old if letter < 0.5 else other) + text[at:]
    at = min(at, len(text) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def digit_slips(numbers: Ints, which: Bools, random: np.random.Generator) -> Ints:
    """Ten-digit numbers with one digit wrong, or two turned, where `which`."""
    power = 10 ** random.integers(0, 9, len(numbers))
    low, high = numbers // power % 10, numbers // (power * 10) % 10
    turned = numbers + (high - low) * power + (low - high) * power * 10
    other = (low + random.integers(1, 10, len(numbers))) % 10
    wrong = numbers + (other - low) * power
    use_turned = (random.random(len(numbers)) < 0.35) & (high != low)
    return np.where(which, np.where(use_turned, turned, wrong), numbers)


def births(born: Any, errors: dict[str, Bools], random: np.random.Generator) -> Text:
    """ISO birth dates as registered: turned, slipped, heaped on 1 January, or missing."""
    month, year = born.astype("datetime64[M]"), born.astype("datetime64[Y]")
    day = (born - month).astype(int) + 1
    turn = errors["birth_turned"] & (day <= 12)
    turned_month = year.astype("datetime64[M]") + (day - 1).astype("timedelta64[M]")
    turned = turned_month.astype("datetime64[D]") + (month - year.astype("datetime64[M]")).astype(
        int
    ).astype("timedelta64[D]")
    days = np.where(turn, turned, born)
    days = np.where(errors["birth_slip"], _slipped_days(born, month, day, random), days)
    days = np.where(errors["birth_first_of_january"], year.astype("datetime64[D]"), days)
    text = np.datetime_as_string(days.astype("datetime64[D]")).astype(object)
    return blanked(text, errors["birth_missing"])


def _slipped_days(born: Any, month: Any, day: Ints, random: np.random.Generator) -> Any:
    """A day, month or year mistyped by one or ten; days stay within the month's 28."""
    count = len(born)
    kind = random.random(count)
    sign = random.choice(np.array([-1, 1]), count)
    tens = np.where(random.random(count) < 0.3, 10, 1)
    other_day = (day - 1 + sign * tens) % 28
    by_day = month.astype("datetime64[D]") + other_day.astype("timedelta64[D]")
    within = np.minimum(day, 28) - 1
    moved_month = month + np.where(kind < 0.75, sign, sign * tens * 12).astype("timedelta64[M]")
    by_month = moved_month.astype("datetime64[D]") + within.astype("timedelta64[D]")
    return np.where(kind < 0.45, by_day, by_month)
