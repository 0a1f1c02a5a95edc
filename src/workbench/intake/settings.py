"""How extracts are taken in, as the data dictionary's ``intake.yaml`` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbench.dictionary.reader import Entry, read_yaml
from workbench.errors import ParameterError
from workbench.shipped import shipped

FILE = "intake.yaml"
ETHNICITY_RULES = ("most_recent", "modal", "self_reported_first")


@dataclass(frozen=True)
class Settings:
    """Settings of intake; ``intake.yaml`` describes each.

    Attributes
    ----------
    file_names, extents : mapping of str to tuple of str
        Words in file names, by what they say.
    anchor_dates, replaced_when_blank : mapping of str to tuple of str
        Columns, by dataset.
    accepted_share : float
        Smallest share of accepted rows with which a full extract replaces its period.
    ethnicity_rule : {"most_recent", "modal", "self_reported_first"}
    ethnicity_not_stated : tuple of str
        Codes that never beat another.
    self_reported_trusts : tuple of str
    opt_out_kinds : mapping of str to tuple of str
        Words in names of opt-out lists, by the kind of list.
    """

    file_names: Mapping[str, tuple[str, ...]]
    extents: Mapping[str, tuple[str, ...]]
    anchor_dates: Mapping[str, tuple[str, ...]]
    replaced_when_blank: Mapping[str, tuple[str, ...]]
    accepted_share: float
    ethnicity_rule: str
    ethnicity_not_stated: tuple[str, ...]
    self_reported_trusts: tuple[str, ...]
    opt_out_kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_rule(self, ethnicity_rule: str | None) -> Settings:
        """The same with another rule for ethnic categories that disagree; None keeps it.

        Raises
        ------
        ParameterError
            There is no such rule.
        """
        if ethnicity_rule is None:
            return self
        if ethnicity_rule not in ETHNICITY_RULES:
            raise ParameterError(
                "The rule for ethnic categories that disagree is not known.",
                remedy=f"Use one of: {', '.join(ETHNICITY_RULES)}.",
            )
        return replace(self, ethnicity_rule=ethnicity_rule)


def load_settings(dictionary: Path) -> Settings:
    """Read ``intake.yaml`` of a data dictionary, or the shipped one where it has none.

    Raises
    ------
    ParameterError
        A key is unknown or absent, or a value of the wrong kind; all are listed.
    """
    own = dictionary / FILE
    faults: list[str] = []
    path = own if own.is_file() else shipped("data_dictionary") / FILE
    entry = Entry(read_yaml(path, faults), FILE, faults)

    def lists(key: str) -> dict[str, tuple[str, ...]]:
        under = entry.under(key, key)
        return {name: under.texts(name) for name in under.names()}

    settings = Settings(
        file_names=lists("file_names"),
        extents=lists("extents"),
        anchor_dates=lists("anchor_dates"),
        replaced_when_blank=lists("replaced_when_blank"),
        accepted_share=entry.take("full_extract_needs_accepted_share", float),
        ethnicity_rule=entry.choice("ethnicity_rule", ETHNICITY_RULES),
        ethnicity_not_stated=entry.texts("ethnicity_not_stated"),
        self_reported_trusts=entry.texts("self_reported_trusts"),
        opt_out_kinds=lists("opt_out_kinds"),
    )
    entry.finish()
    if faults:
        raise ParameterError(f"{path} cannot be used.", faults, remedy="Mend the file.")
    return settings
