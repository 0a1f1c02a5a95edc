"""Each Trust's own layout: column names, encoding, date forms, codes in its own words.

Column names come from the source mappings of the data dictionary, read backwards, so that
what is written is what they read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from workbench.demo.cohort.areas import Ints
from workbench.demo.cohort.held import Columns
from workbench.demo.cohort.journeys import NEVER
from workbench.demo.cohort.names import Text
from workbench.demo.cohort.referrals import Bools
from workbench.dictionary.model import DatasetMapping

RENAMED = {"L_PT_INFORMED_DATE": "N_PT_INFORMED_DATE"}
"""A column that the first Trust's system gave a new name half-way: old name to new."""

BLOCK = 60_000
"""Rows that are turned into text at a time: fixed-width text takes room."""

_EARLIEST = -30_000
_LATEST = 25_000


@dataclass(frozen=True)
class System:
    """How one Trust's system exports.

    Attributes
    ----------
    mapping : str
        Source mapping of the data dictionary.
    encoding, newline : str
        Of its CSV files.
    dates : tuple of (str, float)
        Date forms and the share of rows in each.
    missing : str
        What stands for a value that is not there.
    missing_share : float
        Share of missing values that are so written, the rest being blank.
    family_upper : bool
        Whether family names are in capitals.
    blank_flags_as_no : bool
        Whether a flag that nobody recorded is shown as No.
    workbook : bool
        Whether it can send its pathways as a workbook.
    """

    mapping: str
    encoding: str
    newline: str
    dates: tuple[tuple[str, float], ...]
    missing: str = ""
    missing_share: float = 0.0
    family_upper: bool = False
    blank_flags_as_no: bool = False
    workbook: bool = False


SYSTEMS = (
    System(
        "somerset",
        "cp1252",
        "\r\n",
        (("%Y-%m-%d", 0.84), ("%Y-%m-%d 00:00:00", 0.12), ("%d/%m/%Y", 0.04)),
        missing="NULL",
        missing_share=0.3,
        family_upper=True,
    ),
    System(
        "infoflex",
        "utf-8-sig",
        "\r\n",
        (("%d/%m/%Y", 0.85), ("%d/%m/%Y 00:00", 0.15)),
        blank_flags_as_no=True,
        workbook=True,
    ),
    System("cwt_csv", "utf-8", "\n", (("%Y-%m-%d", 0.9), ("%d/%m/%Y", 0.1))),
)
"""In the order of `areas.TRUSTS`."""

_FLAGS = (
    "rapid_diagnostic_centre_pathway_compliance_indicator",
    "learning_disability",
    "serious_mental_illness",
    "interpreter_needed",
)


@lru_cache(maxsize=16)
def _table(form: str) -> Text:
    days = pd.to_datetime(np.arange(_EARLIEST, _LATEST), unit="D")
    return np.concatenate([np.asarray(days.strftime(form), dtype=str), [""]])


def written_dates(days: Ints, system: System, form_of_row: Ints) -> Text:
    """Days as text, in the form that each row uses; blank for `NEVER`."""
    place = np.where(days == NEVER, _LATEST - _EARLIEST, days - _EARLIEST)
    text = np.asarray(_table(system.dates[0][0])[place])
    for which, (form, _) in enumerate(system.dates[1:], start=1):
        rows = form_of_row == which
        text = text.astype("U19")
        text[rows] = _table(form)[place[rows]]
    return text


def row_forms(system: System, count: int, random: np.random.Generator) -> Ints:
    """Which date form each row uses."""
    reached = np.cumsum([share for _, share in system.dates])
    return np.searchsorted(reached / reached[-1], random.random(count))


def as_text(columns: Columns, system: System, random: np.random.Generator) -> Columns:
    """Every column as the system writes it, still under canonical names."""
    count = len(next(iter(columns.values())))
    forms = row_forms(system, count, random)
    return {
        name: written_dates(values, system, forms) if values.dtype.kind == "i" else values
        for name, values in columns.items()
    }


def in_own_words(
    columns: Columns, mapping: DatasetMapping, system: System, random: np.random.Generator
) -> Columns:
    """Codes as the system spells them: words, or one digit for two."""
    columns = dict(columns)
    for name in _FLAGS:
        if system.blank_flags_as_no and name in columns:
            columns[name] = np.where(columns[name] == "", "N", columns[name])
    for name, words in mapping.values.items():  # noqa: PD011 - not a frame's
        if name in columns:
            columns[name] = _spelt(columns[name], words, random)
    if system.family_upper and "family_name" in columns:
        columns["family_name"] = np.strings.upper(columns["family_name"])
    return columns


def _spelt(values: Text, words: dict[str, str] | object, random: np.random.Generator) -> Text:
    assert isinstance(words, dict)
    known, place = np.unique(values, return_inverse=True)
    spellings = [[word for word, code in words.items() if code == value] for value in known]
    most = max((len(each) for each in spellings), default=0)
    if most == 0:
        return values
    table = np.array(
        [(each * most)[:most] if each else [str(value)] * most
         for each, value in zip(spellings, known, strict=True)]
    )  # fmt: skip
    return np.asarray(table[place, random.integers(0, most, len(values))])


def in_layout(
    columns: Columns, mapping: DatasetMapping, extra: Columns, renamed: Bools | None = None
) -> dict[str, Text]:
    """Put columns under the system's names, in its order.

    Parameters
    ----------
    columns : dict of str to array
        By canonical name; one that is absent is left out.
    mapping : DatasetMapping
    extra : dict of str to array
        Columns that are never read in, by the system's name.
    renamed : array of bool, optional
        Rows of after the columns of `RENAMED` got their new names: their cells stand there.
    """
    out: dict[str, Text] = {}
    for name, canonical in mapping.columns.items():
        if canonical not in columns:
            continue
        out[name] = columns[canonical]
        if name in RENAMED and renamed is not None:
            out[name] = np.where(renamed, "", columns[canonical])
            out[RENAMED[name]] = np.where(renamed, columns[canonical], "")
    return out | {name: extra[name] for name in mapping.drop if name in extra}


def with_missing(
    laid: dict[str, Text],
    layout: DatasetMapping,
    keys: tuple[str, ...],
    system: System,
    random: np.random.Generator,
) -> dict[str, Text]:
    """Some blanks as the system's own word for a missing value; never in the keys."""
    if not system.missing:
        return laid
    marked = {}
    for name, text in laid.items():
        blank = text == ""
        if layout.columns.get(name) not in keys:
            blank &= random.random(len(text)) < system.missing_share
            text = np.where(blank, system.missing, text)
        marked[name] = text
    return marked
