"""Turns what was typed into typed values, by the notebook's own declaration."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.reporting.declaration import Parameter

_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


def typed(
    parameters: Sequence[Parameter],
    given: Mapping[str, Any],
    root: Path,
    settings: Mapping[str, Path | None] | None = None,
) -> tuple[dict[str, Any], list[str]]:
    """Every parameter's value, and every fault found in what was given.

    Parameters
    ----------
    parameters : sequence of Parameter
        What the notebook declares.
    given : mapping
        Text from the command line, or values from a file or a cell, by name.
        What is not given takes its default.
    root : Path
        Where relative folders and files start.
    settings : mapping, optional
        Folders of the workspace: a blank `Folder` of the same name takes its own. A
        folder named ``{other}`` is that of the value of a parameter declared before
        it, and is left blank where there is none.

    Returns
    -------
    values : dict
        By name: int, float, bool, str, `datetime.date`, `Path`, a list of them,
        or None where left blank.
    faults : list of str
        Empty if all is well.
    """
    values: dict[str, Any] = {}
    faults = unknown_names(parameters, given)
    for parameter in parameters:
        raw = given.get(parameter.name, parameter.default)
        if _blank(raw) and parameter.kind == "Folder":
            raw = _own((settings or {}).get(parameter.name), values) or raw
        try:
            values[parameter.name] = _value(parameter, raw, root)
        except ValueError as error:
            faults.append(f"{parameter.name}: {error}")
    return values, faults


def unknown_names(parameters: Sequence[Parameter], given: Mapping[str, Any]) -> list[str]:
    """A fault for each name that no parameter has, with the nearest that one has."""
    known = [parameter.name for parameter in parameters]
    return [
        f"{name}: no such parameter{nearest(name, known)}" for name in given if name not in known
    ]


def nearest(name: str, known: Sequence[str]) -> str:
    """``; did you mean 'x'?`` for the closest known name, or the list of known names."""
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known: {', '.join(known)}" if known else "; there are none"


def plain(value: Any) -> Any:
    """A typed value as JSON can hold it."""
    if isinstance(value, list):
        return [plain(member) for member in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value


def published(value: Any) -> Any:
    """As `plain`, but a path is only its last name: a report shows nobody's folders."""
    if isinstance(value, list):
        return [published(member) for member in value]
    return value.name if isinstance(value, Path) else plain(value)


def _own(place: Path | None, values: Mapping[str, Any]) -> Path | None:
    """A workspace's folder; where its name is another parameter's, by what that one is."""
    if place is None or not place.name.startswith("{"):
        return place
    chosen = values.get(place.name.strip("{}"))
    found = place.with_name(str(chosen)) if chosen else place
    return found if found.is_dir() else None


def _blank(raw: Any) -> bool:
    return raw is None or raw == ""


def _value(parameter: Parameter, raw: Any, root: Path) -> Any:
    if _blank(raw):
        if parameter.may_be_blank:
            return None if parameter.kind != "str" else raw
        raise ValueError(f"is blank; needs {parameter.words}")
    if not parameter.many:
        return _one(parameter, raw, root)
    members = [part.strip() for part in raw.split(",")] if isinstance(raw, str) else raw
    if not isinstance(members, list | tuple):
        raise ValueError(f"needs {parameter.words}")
    return [_one(parameter, member, root) for member in members]


def _one(parameter: Parameter, raw: Any, root: Path) -> Any:
    value: Any = _READERS[parameter.kind](raw, root)
    if parameter.choices and value not in parameter.choices:
        allowed = ", ".join(str(choice) for choice in parameter.choices)
        raise ValueError(f"'{raw}' is not one of {allowed}")
    low, high = parameter.low, parameter.high
    if low is not None and high is not None and not low <= value <= high:
        raise ValueError(f"{raw} is not between {low:g} and {high:g}")
    return value


def _int(raw: Any, _: Path) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and re.fullmatch(r"[+-]?\d+", raw.strip()):
        return int(raw)
    raise ValueError(f"'{raw}' is not a whole number")


def _float(raw: Any, _: Path) -> float:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return float(raw)
    number = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
    if isinstance(raw, str) and re.fullmatch(number, raw.strip()):
        return float(raw)
    raise ValueError(f"'{raw}' is not a number")


def _bool(raw: Any, _: Path) -> bool:
    if isinstance(raw, bool):
        return raw
    if str(raw).lower() in _TRUE + _FALSE:
        return str(raw).lower() in _TRUE
    raise ValueError(f"'{raw}' is not true or false")


def _str(raw: Any, _: Path) -> str:
    if isinstance(raw, str):
        return raw
    raise ValueError(f"{raw!r} is not text; in a file, write it in quotes")


def _date(raw: Any, _: Path) -> datetime.date:
    if isinstance(raw, datetime.date) and not isinstance(raw, datetime.datetime):
        return raw
    if isinstance(raw, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
        try:
            return datetime.date.fromisoformat(raw)
        except ValueError:
            pass
    raise ValueError(f"'{raw}' is not a date; write YYYY-MM-DD")


def _month(raw: Any, _: Path) -> str:
    if isinstance(raw, str) and re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", raw):
        return raw
    raise ValueError(f"'{raw}' is not a month; write YYYY-MM")


def _folder(raw: Any, root: Path) -> Path:
    path = (root / Path(str(raw)).expanduser()).resolve()
    if not path.is_dir():
        raise ValueError(f"there is no folder {raw}")
    return path


def _file(raw: Any, root: Path) -> Path:
    path = (root / Path(str(raw)).expanduser()).resolve()
    if not path.is_file():
        raise ValueError(f"there is no file {raw}")
    return path


_READERS = {
    "int": _int,
    "float": _float,
    "bool": _bool,
    "str": _str,
    "Date": _date,
    "Month": _month,
    "Folder": _folder,
    "File": _file,
}
