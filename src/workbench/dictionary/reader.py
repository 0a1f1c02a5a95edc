"""Reads YAML mappings key by key, and keeps every fault instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml

Kind = TypeVar("Kind")

_NO_DEFAULT: Any = object()
_STAND_IN: dict[type, Any] = {
    str: "", bool: False, int: 0, float: 0.0, date: date.min, dict: {}, list: [],
}  # fmt: skip
_WORDS: dict[type, str] = {
    str: "text (quote it)", bool: "true or false", int: "a whole number", float: "a number",
    date: "a date YYYY-MM-DD", dict: "a mapping", list: "a list",
}  # fmt: skip


def read_yaml(path: Path, faults: list[str]) -> dict[str, Any]:
    """Give the mapping that a YAML file holds; an empty one, and a fault, if it holds none.

    Parameters
    ----------
    path : Path
        A file of the dictionary.
    faults : list of str
        What is wrong is added here.
    """
    if not path.is_file():
        faults.append(f"{path.name}: no such file")
        return {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        held = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" at line {mark.line + 1}" if mark else ""
        faults.append(f"{path.name}: not readable as YAML{line}")
        return {}
    if not isinstance(held, dict):
        faults.append(f"{path.name}: should hold a mapping of names to values")
        return {}
    return held


class Entry:
    """One mapping of the dictionary, taken apart key by key.

    Parameters
    ----------
    held : object
        What the YAML file holds at this place.
    where : str
        How the place is named in a fault.
    faults : list of str
        What is wrong is added here; a stand-in value is given instead.
    """

    def __init__(self, held: object, where: str, faults: list[str]) -> None:
        self.where = where
        self._faults = faults
        self._held: Mapping[Any, Any] = held if isinstance(held, dict) else {}
        self._taken: set[str] = set()
        if not isinstance(held, dict):
            self.fault("should be a mapping of names to values")

    def fault(self, words: str) -> None:
        """Note one thing that is wrong here."""
        self._faults.append(f"{self.where}: {words}")

    def take(self, key: str, kind: type[Kind], default: Any = _NO_DEFAULT) -> Any:
        """Give the value of one key, checked to be of its kind.

        An absent key gives `default`, or is a fault if there is none.
        """
        self._taken.add(key)
        if key not in self._held or (self._held[key] is None and default is not _NO_DEFAULT):
            if default is _NO_DEFAULT:
                self.fault(f"'{key}' is missing")
                return _STAND_IN[kind]
            return default
        value = self._held[key]
        if not _is_a(value, kind):
            self.fault(f"'{key}' should be {_WORDS[kind]}")
            return _STAND_IN[kind] if default is _NO_DEFAULT else default
        return float(value) if kind is float else value

    def choice(self, key: str, allowed: Sequence[str], default: Any = _NO_DEFAULT) -> Any:
        """Give the value of one key, checked to be one of a few words."""
        value = self.take(key, str, default)
        if key in self._held and value not in allowed and value != default:
            self.fault(f"'{key}' should be one of {', '.join(allowed)}")
            return allowed[0]
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of text; an absent key gives none."""
        held = self.take(key, list, [])
        if not all(isinstance(item, str) for item in held):
            self.fault(f"'{key}' should be a list of text (quote each)")
            return ()
        return tuple(held)

    def words(self, key: str) -> dict[str, str]:
        """Give a mapping of text to text; an absent key gives an empty one."""
        held = self.take(key, dict, {})
        if not all(isinstance(k, str) and isinstance(v, str) for k, v in held.items()):
            self.fault(f"'{key}' should map text to text (quote each)")
            return {}
        return dict(held)

    def children(self, key: str, name: str) -> list[Entry]:
        """Give a list of mappings as entries, each known in faults by one of its own keys."""
        held = self.take(key, list, [])
        return [
            Entry(child, f"{self.where} {key} {_label(child, name, place)}", self._faults)
            for place, child in enumerate(held, start=1)
        ]

    def under(self, key: str, name: str) -> Entry:
        """Give the mapping of one key as an entry; empty where absent."""
        return Entry(self.take(key, dict, {}), f"{self.where} {name}", self._faults)

    def names(self) -> list[str]:
        """Give the names of the keys held, as text."""
        return [str(key) for key in self._held]

    def finish(self) -> None:
        """Note each key that nothing has asked for."""
        for key in self._held:
            if key not in self._taken:
                self.fault(f"'{key}' is not a known key")


def repeated(names: Iterable[str]) -> list[str]:
    """Names that occur more than once, each once, sorted."""
    seen: set[str] = set()
    twice = {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]
    return sorted(twice)


def _label(child: object, name: str, place: int) -> str:
    held = child.get(name) if isinstance(child, dict) else None
    return f"'{held}'" if held is not None else f"number {place}"


def _is_a(value: object, kind: type) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind)
