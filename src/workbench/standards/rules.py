"""The rules of the standards: read from data, checked whole, frozen.

The shipped file holds every switch and figure with its source; a user's file
holds only what it changes.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_type_hints

import yaml

from workbench.errors import ParameterError
from workbench.shipped import shipped

Standard = Literal["FDS", "31D", "62D"]

STANDARDS: tuple[Standard, ...] = ("FDS", "31D", "62D")

_EXPLAINS = {"value", "about", "source", "status"}


@dataclass(frozen=True)
class Rules:
    """Every switch and figure of the engine; made by `load_rules`.

    Each attribute is an entry of the rules file, where its meaning, source and
    status are written. Days are whole calendar days; codes are text.
    """

    rules_version: str
    dataset_version: str
    standard_days_fds: int
    standard_days_31d: int
    standard_days_62d: int
    urgent_priorities: tuple[str, ...]
    non_urgent_priorities: tuple[str, ...]
    screening_sources: tuple[str, ...]
    breast_symptomatic_referral_types: tuple[str, ...]
    fds_end_reasons_counted: tuple[str, ...]
    fds_end_reason_of_exclusion: str
    fds_deaths_counted_after_standard: bool
    fds_exclusion_reasons_of_death: tuple[str, ...]
    fds_decision_to_treat_ends_clock: bool
    event_types_first: tuple[str, ...]
    event_types_subsequent: tuple[str, ...]
    modalities_declined: tuple[str, ...]
    diagnosis_needed_31d: bool
    diagnosis_needed_62d: bool
    decision_needed_62d: bool
    first_seen_provider_needed_62d: bool
    treatment_adjustment_by_setting: bool
    treatment_adjustment_settings: tuple[str, ...]
    first_seen_adjustment_after_upgrade: bool
    handover_days: int
    treating_days: int
    provider_code_length: int
    provider_codes_whole: tuple[str, ...]
    successor_trusts: Mapping[str, str]
    exclude_basal_cell: bool
    basal_cell_icd: tuple[str, ...]
    exclude_in_situ: bool
    in_situ_icd: tuple[str, ...]
    exclude_not_commissioned: bool
    not_commissioned_delay_reasons: tuple[str, ...]
    reasons_in_order: tuple[str, ...]

    def standard_days(self, standard: Standard) -> int:
        """Longest wait in days that is within a standard."""
        days: int = getattr(self, f"standard_days_{standard.lower()}")
        return days


def load_rules(changes: Path | str | None = None, *, edition: Path | None = None) -> Rules:
    """Read the rules, with a user's changes laid over them.

    Parameters
    ----------
    changes : path, optional
        YAML file of ``name: value`` for what differs; ``name: {value: ...}`` is
        understood too.
    edition : Path, optional
        The complete file to start from: by default the shipped CWT-12.1, the
        edition in force for the data that the project reads.

    Returns
    -------
    Rules

    Raises
    ------
    ParameterError
        A file is missing or not YAML, or holds unknown names or values of the
        wrong type or range; all are listed.
    """
    base = edition or shipped("data_dictionary") / "rules" / "cwt_12_1.yaml"
    entries = _values(base)
    expected = {field.name for field in fields(Rules)}
    faults = [f"'{name}' is missing" for name in sorted(expected - set(entries))]
    _refuse(base, faults + _faults(entries))
    if changes is not None:
        changed = _values(Path(changes))
        _refuse(Path(changes), _faults(changed))
        entries |= changed
        _refuse(Path(changes), _contradictions(entries, changed))
    frozen: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in entries.items()
    }
    return Rules(**frozen)


def _values(path: Path) -> dict[str, Any]:
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError:
        raise ParameterError(f"{path.name}: the rules file cannot be read.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise ParameterError(f"{path.name}: the rules file is not valid YAML{where}.") from None
    if entries is None:
        return {}
    if not isinstance(entries, dict):
        raise ParameterError(f"{path.name}: a rules file is a list of `name: value`.")
    return {str(name): _value(entry) for name, entry in entries.items()}


def _value(entry: Any) -> Any:
    explained = isinstance(entry, dict) and "value" in entry and set(entry) <= _EXPLAINS
    return entry["value"] if explained else entry


def _faults(entries: Mapping[str, Any]) -> list[str]:
    types = get_type_hints(Rules)
    faults = []
    for name, value in entries.items():
        if name not in types:
            near = difflib.get_close_matches(name, types, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            faults.append(f"'{name}' is not a rule{hint}")
        elif not _fits(value, types[name]):
            faults.append(f"'{name}' must be {_in_words(types[name])}")
    return faults


def _fits(value: Any, kind: Any) -> bool:
    if kind is bool:
        return isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if kind is str:
        return isinstance(value, str) and bool(value.strip())
    if kind == tuple[str, ...]:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, dict) and all(
        isinstance(each, str) for pair in value.items() for each in pair
    )


def _in_words(kind: Any) -> str:
    words = {bool: "true or false", int: "a whole number of 0 or more", str: "text (in quotes)"}
    if kind in words:
        return words[kind]
    if kind == tuple[str, ...]:
        return 'a list of codes in quotes, such as ["01", "02"]'
    return "pairs of codes, such as {RXX: RYY}"


def _contradictions(entries: Mapping[str, Any], changed: Mapping[str, Any]) -> list[str]:
    faults = []
    allowance = entries["handover_days"] + entries["treating_days"]
    if allowance != entries["standard_days_62d"]:
        faults.append(
            "'handover_days' and 'treating_days' must add up to 'standard_days_62d', or the six "
            f"transfer scenarios no longer cover every case: {_to_add_up(changed)}"
        )
    if set(entries["event_types_first"]) & set(entries["event_types_subsequent"]):
        faults.append("'event_types_first' and 'event_types_subsequent' share a code")
    if entries["provider_code_length"] < 1:
        faults.append("'provider_code_length' must be 1 or more")
    if sorted(entries["reasons_in_order"]) != sorted(_reasons()):
        faults.append(f"'reasons_in_order' must hold each of {', '.join(_reasons())} once")
    return faults


def _to_add_up(changed: Mapping[str, Any]) -> str:
    if "standard_days_62d" not in changed:
        return "change the other one or standard_days_62d too"
    if {"handover_days", "treating_days"} & set(changed):
        return "change one of the three again"
    return "change handover_days or treating_days too"


def _reasons() -> list[str]:
    shipped_rules = _values(shipped("data_dictionary") / "rules" / "cwt_12_1.yaml")
    reasons: list[str] = shipped_rules["reasons_in_order"]
    return reasons


def _refuse(path: Path, faults: list[str]) -> None:
    if faults:
        raise ParameterError(
            f"{path.name}: the rules cannot be used.",
            faults,
            remedy="The names and their meaning stand in data_dictionary/rules/cwt_12_1.yaml.",
        )
