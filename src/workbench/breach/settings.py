"""What ``breach.yaml`` of the data dictionary says: days, windows, refused names, stages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.dictionary.reader import Entry, read_yaml
from workbench.errors import ParameterError
from workbench.shipped import shipped

FILE = "breach.yaml"
STANDARDS = ("FDS", "31D", "62D")


@dataclass(frozen=True)
class Settings:
    """Settings of the room; made by `load_settings`.

    Attributes
    ----------
    landmark_days : mapping of str to tuple of int
        By standard, the days of the clock on which a prediction is made.
    maturation_days : int
        Days after the standard's own until it is known who was treated late.
    undated_exit_day : int
        Day of the clock on which a pathway closed without a date is taken to have left, where
        the data do not tell.
    load_days : int
        Days that a pathway without a dated end counts in a Trust's load, and that the data
        must have run before a load is known.
    calibration_days, test_days : int
        Lengths of the latest windows of clocks.
    expires_outside : tuple of float
        Observed over expected outside these means that a model has expired.
    stages : mapping of str to int
        Place of each milestone code among the steps.
    refused : tuple of (pattern, str)
        Names that no feature may have, and why.
    roles : mapping
        Parts that the columns of landmarks play, as `workbench.breach.roles` reads them.
    """

    landmark_days: Mapping[str, tuple[int, ...]]
    maturation_days: int
    undated_exit_day: int
    load_days: int
    calibration_days: int
    test_days: int
    expires_outside: tuple[float, float]
    stages: Mapping[str, int]
    refused: tuple[tuple[re.Pattern[str], str], ...]
    roles: Mapping[str, Any]


def load_settings(dictionary: Path | None = None) -> Settings:
    """Read the settings of breach risk.

    Parameters
    ----------
    dictionary : Path, optional
        Folder of a workspace's own data dictionary; the shipped one otherwise, and where
        the workspace's has no such file.

    Raises
    ------
    ParameterError
        An entry is missing, unknown or of the wrong kind; all that are, are listed.
    """
    own = (dictionary or shipped("data_dictionary")) / FILE
    path = own if own.is_file() else shipped("data_dictionary") / FILE
    faults: list[str] = []
    entry = Entry(read_yaml(path, faults), FILE, faults)
    entry.take("not_steps", list, [])
    settings = Settings(
        landmark_days=_landmark_days(entry),
        maturation_days=_value(entry, "maturation_days", int),
        undated_exit_day=_value(entry, "undated_exit_day", int),
        load_days=_value(entry, "load_days", int),
        calibration_days=_value(entry, "calibration_days", int),
        test_days=_value(entry, "test_days", int),
        expires_outside=_bounds(entry),
        stages=_stages(entry),
        refused=_refused(entry),
        roles=entry.take("roles", dict),
    )
    entry.finish()
    if faults:
        raise ParameterError(f"{path} cannot be used.", faults, remedy="Mend the file.")
    return settings


def _value(entry: Entry, name: str, kind: type[Any]) -> Any:
    explained = entry.under(name, name)
    for key in ("source", "status"):
        explained.take(key, str)
    value = explained.take("value", kind)
    explained.finish()
    return value


def _landmark_days(entry: Entry) -> dict[str, tuple[int, ...]]:
    held = entry.under("landmark_days", "landmark_days")
    days = {standard: tuple(held.take(standard, list)) for standard in STANDARDS}
    for standard, list_ in days.items():
        whole = all(isinstance(day, int) and day >= 0 for day in list_)
        if not list_ or not whole or list(list_) != sorted(set(list_)):
            held.fault(f"'{standard}' should be days from 0 on, rising")
    held.finish()
    return days


def _bounds(entry: Entry) -> tuple[float, float]:
    held = _value(entry, "expires_outside", list)
    if len(held) != 2 or not 0 < held[0] < 1 < held[1]:
        entry.fault("'expires_outside' should be two numbers with 1 between them")
        return 0.9, 1.1
    return float(held[0]), float(held[1])


def _stages(entry: Entry) -> dict[str, int]:
    return {
        str(code): place
        for place, codes in enumerate(entry.take("stages", list))
        for code in (codes if isinstance(codes, list) else [codes])
    }


def _refused(entry: Entry) -> tuple[tuple[re.Pattern[str], str], ...]:
    rules = []
    for child in entry.children("refused", "why"):
        try:
            rules.append((re.compile(child.take("pattern", str)), child.take("why", str)))
        except re.error:
            child.fault("'pattern' is not a regular expression")
        child.finish()
    return tuple(rules)
