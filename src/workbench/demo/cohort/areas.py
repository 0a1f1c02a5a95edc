"""Small areas: how deprived, who lives there, which Trust they turn to.

Invented by default. Given a folder of official files, the areas of one real integrated
care board are used: their codes, deciles and ethnic make-up; the people stay made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.demo.cohort.margins import Floats
from workbench.errors import InputError

Ints = npt.NDArray[np.int64]

TRUSTS = ("ZZ1", "ZZ2", "ZZ3")
TRUST_SHARE = np.array([0.40, 0.33, 0.27])
"""Of the region's people."""

GEOGRAPHY_FILES = (
    "imd2025_england_lsoa21.parquet",
    "lookup_lsoa21_icb24.parquet",
    "lookup_lsoa11_lsoa21_ltla22.parquet",
    "ethnicity21_lsoa21.parquet",
    "ruc21_lsoa21.parquet",
)

_INVENTED = 360
_CENSUS_GROUPS = ("White", "Mixed", "Asian", "Black", "Other")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXY"
_MINORITY_MIX = np.array([0.13, 0.52, 0.22, 0.13])
"""Mixed, Asian, Black and Other among those who are not White, in an invented area."""


@dataclass(frozen=True)
class Areas:
    """One row a small area.

    Attributes
    ----------
    code : array of str
        Lower layer super output area; invented ones begin with E99.
    decile : array of int
        1 is the most deprived tenth in England.
    population, ethnic : arrays
        People, and their shares White, Mixed, Asian, Black and Other (columns).
    trust : array of int
        Place in `TRUSTS` of the Trust that most of its people turn to.
    rural : array of bool
    real : bool
        Whether the codes are real ones.
    """

    code: npt.NDArray[np.str_]
    decile: Ints
    population: Floats
    ethnic: Floats
    trust: Ints
    rural: npt.NDArray[np.bool_]
    real: bool

    @property
    def sector(self) -> npt.NDArray[np.str_]:
        """Postcode without its last two letters; no real postcode begins with Q."""
        place = np.arange(len(self.code))
        letter = np.array(list(_LETTERS))[place // 900]
        number = (place % 900 // 10 + 1).astype(str)
        outward = np.strings.add(np.strings.add("Q", letter), number)
        return np.strings.add(np.strings.add(outward, " "), (place % 10).astype(str))

    def table(self) -> pd.DataFrame:
        """The areas as a lookup, with the sector of each."""
        return pd.DataFrame(
            {
                "lsoa": self.code,
                "imd_decile": self.decile,
                "imd_version": "IMD 2025" if self.real else "invented",
                "lsoa_vintage": "2021" if self.real else "invented",
                "rurality": np.where(self.rural, "rural", "urban"),
                "population": self.population.round().astype(int),
                "postcode_sector": self.sector,
                **{
                    f"share_{name.lower()}": self.ethnic[:, place].round(4)
                    for place, name in enumerate(_CENSUS_GROUPS)
                },
            }
        )


def draw_areas(random: np.random.Generator, geography: Path | None = None) -> Areas:
    """Invent the areas, or take those of one real integrated care board.

    Parameters
    ----------
    random : Generator
        Draws the areas, or which board.
    geography : Path, optional
        Folder that holds `GEOGRAPHY_FILES`.

    Raises
    ------
    InputError
        A file of the folder is absent.
    """
    return _invented(random) if geography is None else _real(random, geography)


def _invented(random: np.random.Generator) -> Areas:
    cuts = np.round(np.cumsum(TRUST_SHARE) * _INVENTED).astype(int)
    trust = np.searchsorted(cuts, np.arange(_INVENTED), side="right")
    # the first Trust serves a poor city, the third a well-off county
    middle = np.array([4.0, 5.5, 7.0])[trust]
    decile = np.clip(np.round(random.normal(middle, 2.8)), 1, 10).astype(int)
    rural = random.random(_INVENTED) < np.array([0.05, 0.20, 0.45])[trust]
    mean = np.clip(0.30 - 0.022 * decile - 0.10 * rural + 0.04 * (trust == 0), 0.02, None)
    minority = random.beta(2.5 * mean / 0.2, 2.5 * (1 - mean) / 0.2)
    mix = random.dirichlet(_MINORITY_MIX * 6, _INVENTED)
    return Areas(
        np.array([f"E99{place:06d}" for place in range(1, _INVENTED + 1)]),
        decile,
        random.uniform(1_100, 2_300, _INVENTED),
        np.hstack([1 - minority[:, None], minority[:, None] * mix]),
        trust,
        rural,
        real=False,
    )


def _real(random: np.random.Generator, folder: Path) -> Areas:
    missing = [name for name in GEOGRAPHY_FILES if not (folder / name).is_file()]
    if missing:
        raise InputError(
            f"The folder {folder} lacks files that real areas are made from.",
            [f"missing: {name}" for name in missing],
            remedy="Leave --geography out to use invented areas.",
        )
    index, boards, districts, ethnicity, rurality = (
        pd.read_parquet(folder / name) for name in GEOGRAPHY_FILES
    )
    board = random.choice(np.sort(boards["icb24_code"].unique()))
    chosen = boards.loc[boards["icb24_code"] == board, ["lsoa21_code"]]
    people = ethnicity.pivot_table(index="lsoa21_code", columns="ethnic_group", values="n")
    ordered = [_column_of(people, name) for name in _CENSUS_GROUPS]
    people = people[ordered].set_axis(list(_CENSUS_GROUPS), axis=1).reset_index()
    places = districts.groupby("lsoa21_code", as_index=False)["ltla22_code"].min()
    table = (
        chosen.merge(index[["lsoa21_code", "IMD_decile"]], on="lsoa21_code")
        .merge(people, on="lsoa21_code")
        .merge(places, on="lsoa21_code", how="left")
        .merge(rurality[["lsoa21_code", "ruc"]], on="lsoa21_code", how="left")
        .sort_values(["ltla22_code", "lsoa21_code"], kind="stable")
    )
    counts = table[list(_CENSUS_GROUPS)].to_numpy(dtype=float)
    total = counts.sum(axis=1)
    reached = (np.cumsum(total) - total / 2) / total.sum()
    return Areas(
        table["lsoa21_code"].to_numpy(dtype=str),
        table["IMD_decile"].to_numpy(dtype=int),
        total,
        counts / total[:, None],
        np.searchsorted(np.cumsum(TRUST_SHARE)[:-1], reached),
        (table["ruc"] == "Rural").to_numpy(),
        real=True,
    )


def _column_of(people: pd.DataFrame, name: str) -> str:
    return next(column for column in people.columns if str(column).startswith(name))
