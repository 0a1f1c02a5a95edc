"""Disclosure profiles: the rules by name, read from the data dictionary."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from workbench.errors import DisclosureError
from workbench.shipped import shipped

FILE = "disclosure_profiles.yaml"
_METHODS = ("round", "suppress", "cellkey", "none")


@dataclass(frozen=True)
class Profile:
    """The rule that decides what of a count is shown.

    Attributes
    ----------
    name : str
        What a notebook or `workbench.toml` calls it.
    withhold_above, withhold_below : float or None
        Counts strictly between are withheld; None where none is.
    round_to : float or None
        Shown counts go to the nearest multiple, ties up; None where exact.
    noise : float or None
        Shown counts are off by at most so much, by the cell's own key; None where they
        are not moved.
    stamp : str
        Text that every page must carry; empty where none is needed.
    available : bool
        Whether this version can apply it.
    """

    name: str
    withhold_above: float | None = None
    withhold_below: float | None = None
    round_to: float | None = None
    noise: float | None = None
    stamp: str = ""
    available: bool = True

    @property
    def masks(self) -> bool:
        """Whether the profile withholds or rounds anything."""
        return self.withhold_below is not None or self.round_to is not None


def load_profiles(folder: Path | None = None) -> dict[str, Profile]:
    """Read the profiles of a data dictionary, by name.

    Parameters
    ----------
    folder : Path, optional
        A data dictionary; the one that comes with the package by default.

    Raises
    ------
    DisclosureError
        The file is absent or a profile in it cannot be understood. A gate that
        cannot read its rules stays shut.
    """
    path = (folder or shipped("data_dictionary")) / FILE
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        raise DisclosureError(f"{path} cannot be read: nothing can be released.") from None
    if isinstance(entries, dict):
        entries = entries.get("profiles")
    if not isinstance(entries, list):
        raise DisclosureError(f"{path} holds no list of profiles.")
    faults: list[str] = []
    found: dict[str, Profile] = {}
    for position, entry in enumerate(entries, start=1):
        wrong = _faults(entry, found)
        faults += [f"profile {position}: {fault}" for fault in wrong]
        if not wrong:
            found[entry["name"]] = _profile(entry)
    if faults:
        raise DisclosureError(f"{path} has profiles that cannot be used.", faults)
    return found


def chosen_profile(name: str) -> Profile:
    """Find a profile by name, if this version can apply it.

    Raises
    ------
    DisclosureError
        There is no such profile, or it is not available yet.
    """
    profiles = load_profiles()
    usable = sorted(key for key, profile in profiles.items() if profile.available)
    remedy = f"Use one of: {', '.join(usable)}."
    if name not in profiles:
        near = difflib.get_close_matches(str(name), profiles, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise DisclosureError(f"There is no disclosure profile '{name}'.{hint}", remedy=remedy)
    if not profiles[name].available:
        raise DisclosureError(
            f"The disclosure profile '{name}' is not available yet.", remedy=remedy
        )
    return profiles[name]


def _profile(entry: dict[str, Any]) -> Profile:
    known = {field.name for field in fields(Profile)}
    given = {key: value for key, value in entry.items() if key in known}
    applied = entry.get("available", True) and entry.get("method") in _METHODS
    return Profile(**{**given, "available": applied})


def _faults(entry: Any, found: dict[str, Profile]) -> list[str]:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        return ["must be a mapping with a name"]
    faults = ["has a name used before"] if entry["name"] in found else []
    for key in ("withhold_above", "withhold_below", "round_to", "noise"):
        value = entry.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            faults.append(f"{key} must be a number")
    if not isinstance(entry.get("available", True), bool):
        faults.append("available must be true or false")
    if entry.get("method") == "round" and not all(
        entry.get(key) for key in ("withhold_below", "round_to")
    ):
        faults.append("a rounding profile needs withhold_below and round_to, both above 0")
    if entry.get("method") == "suppress" and not entry.get("withhold_below"):
        faults.append("a suppressing profile needs withhold_below, above 0")
    if entry.get("method") == "cellkey" and not all(
        entry.get(key) for key in ("withhold_below", "noise")
    ):
        faults.append("a cell-key profile needs withhold_below and noise, both above 0")
    if not isinstance(entry.get("stamp", ""), str):
        faults.append("stamp must be text")
    if entry.get("ties", "up") != "up":
        faults.append("ties must be 'up': no other is applied")
    if entry.get("zero", "shown") != "shown":
        faults.append("zero must be 'shown': no other is applied")
    return faults
