"""Two small registers of made-up people, half of them in both, with planted slips."""

from __future__ import annotations

import numpy as np
import pandas as pd

_BEGIN = list("BCDFGHJLMNPRSTVW")
_MIDDLE = ["a", "e", "i", "o", "u", "ea", "oo"]
_END = ["n", "r", "l", "m", "ck", "t", "ston", "ley", "den", "ford", "by", "wick", "son", "vin"]


def nhs_number(place: int) -> str:
    """A valid number of the 999 range."""
    while True:
        nine = f"999{place:06d}"
        digit = 11 - sum(w * int(d) for w, d in zip(range(10, 1, -1), nine, strict=True)) % 11
        if digit != 10:
            return nine + str(digit % 11)
        place += 300_000


def registers(
    rows: int, seed: int = 1, *, slips: float = 0.04
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Two registers of `rows` people, and the pairs of record ids of those in both."""
    draw = np.random.default_rng(seed)
    count = rows + rows // 2
    people = pd.DataFrame(
        {
            "nhs_number": [nhs_number(int(n)) for n in draw.permutation(300_000)[:count]],
            "given_name": _names(draw, count),
            "family_name": _names(draw, count),
            "birth_date": (np.datetime64("1930-01-01") + draw.integers(0, 22_000, count)).astype(
                str
            ),
            "sex": draw.choice(["1", "2"], count),
            "postcode": [
                f"Q{'ABCD'[a]}{b} {c}{'ABDE'[d]}{'FGHJ'[e]}"
                for a, b, c, d, e in draw.integers([0, 1, 1, 0, 0], [4, 30, 10, 4, 4], (count, 5))
            ],
        }
    )
    left, right = people.iloc[:rows].copy(), people.iloc[rows // 2 :].copy()
    shared = np.arange(rows // 2, rows)
    left, right = _as_recorded(left, "RX1", draw, slips), _as_recorded(right, "RX2", draw, slips)
    truth = pd.DataFrame(
        {"record_id_left": [f"L{n}" for n in shared], "record_id_right": [f"R{n}" for n in shared]}
    )
    left["record_id"], right["record_id"] = (
        [f"L{n}" for n in range(rows)],
        [f"R{n}" for n in range(rows // 2, count)],
    )
    return left.sample(frac=1, random_state=seed), right.sample(frac=1, random_state=seed), truth


def _names(draw: np.random.Generator, count: int) -> list[str]:
    parts = [draw.choice(some, count) for some in (_BEGIN, _MIDDLE, _END, _MIDDLE, _END)]
    return ["".join(one) for one in zip(*parts, strict=True)]


def _as_recorded(
    people: pd.DataFrame, source: str, draw: np.random.Generator, slips: float
) -> pd.DataFrame:
    out = people.assign(source=source)
    hit = {name: draw.random(len(out)) < slips for name in out.columns}
    out.loc[hit["nhs_number"], "nhs_number"] = None
    out["given_name"] = [
        name[:1] + name[2:] if slip else name
        for name, slip in zip(out["given_name"], hit["given_name"], strict=True)
    ]
    moved = out["postcode"].sample(frac=1, random_state=7).to_numpy()
    out["postcode"] = np.where(hit["postcode"], moved, out["postcode"])
    swapped = hit["family_name"]
    given, family = out["given_name"].copy(), out["family_name"].copy()
    out["given_name"] = np.where(swapped, family, given)
    out["family_name"] = np.where(swapped, given, family)
    return out
