"""What ``explanations.yaml`` says of features: names, parts, and what a service can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.dictionary.reader import Entry, read_yaml
from workbench.errors import ParameterError
from workbench.shipped import shipped

FILE = "explanations.yaml"
OTHER = "other"
_STATUSES = ("reading", "unconfirmed", "confirmed")


@dataclass(frozen=True)
class Kind:
    """How one feature is spoken of.

    Attributes
    ----------
    label : str
        For readers.
    part : str
        Of what it is a part; a key of `Kinds.parts`.
    can_be_acted_on : bool
        Whether a step that the service can take today would change it.
    why : str
    codes : str
        Code list that its values are shown by, or empty.
    note : str
        What its numbers stand for, or empty.
    """

    label: str
    part: str
    can_be_acted_on: bool
    why: str
    codes: str = ""
    note: str = ""


@dataclass(frozen=True)
class Kinds:
    """All features that are named; made by `load_kinds`.

    Attributes
    ----------
    parts : mapping of str to str
        Label of each part, in the order in which they are shown.
    features : mapping of str to Kind
    """

    parts: Mapping[str, str]
    features: Mapping[str, Kind]

    def of(self, feature: str) -> Kind:
        """How a feature is spoken of; one that is not named stands under its own name."""
        own = feature.replace("_", " ").strip()
        unnamed = Kind(own[:1].upper() + own[1:], OTHER, False, "not classified")
        return self.features.get(feature, unnamed)

    def label(self, feature: str) -> str:
        """For readers."""
        return self.of(feature).label

    def sources(self, features: list[str]) -> dict[str, str]:
        """Feature to the label of its part, for `Attributions.folded`."""
        return {name: self.parts[self.of(name).part] for name in features}


def load_kinds(dictionary: Path | None = None) -> Kinds:
    """Read how features are spoken of.

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
    parts = entry.words("parts")
    if OTHER not in parts:
        entry.fault(f"'parts' must have '{OTHER}', for features that are not named")
        parts[OTHER] = OTHER
    features = entry.under("features", "features")
    kinds = Kinds(parts, {name: _kind(features, name, parts) for name in features.names()})
    entry.finish()
    if faults:
        raise ParameterError(f"{path} cannot be used.", faults, remedy="Mend the file.")
    return kinds


def _kind(features: Entry, name: str, parts: Mapping[str, str]) -> Kind:
    one = features.under(name, name)
    one.choice("status", _STATUSES)
    made = Kind(
        one.take("label", str),
        one.choice("part", list(parts)),
        one.take("can_be_acted_on", bool),
        one.take("why", str),
        one.take("codes", str, ""),
        one.take("note", str, ""),
    )
    one.finish()
    return made
