"""The windows and codes by which records become pathways, read from the data dictionary."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

import yaml

from workbench.errors import ParameterError
from workbench.shipped import shipped

FILE = Path("rules") / "pathway_linkage.yaml"


@dataclass(frozen=True)
class PathwayRules:
    """Every window and code of the joining of pathways; made by `load_pathway_rules`.

    Each attribute is an entry of ``rules/pathway_linkage.yaml``, where its meaning,
    source and status are written. Days are whole calendar days; codes are text.
    """

    duplicate_days: int
    duplicate_review_days: int
    transfer_answer_days: int
    referral_days: int
    joining_score: int
    first_treatment_event_types: tuple[str, ...]
    closing_fds_end_reasons: tuple[str, ...]
    provider_code_length: int
    derive_accountable_provider: bool
    transfer_dates_in_order: tuple[str, ...]


def load_pathway_rules(dictionary: Path | None = None) -> PathwayRules:
    """Read the rules by which pathways are joined.

    Parameters
    ----------
    dictionary : Path, optional
        Folder of a workspace's own data dictionary; the shipped one otherwise, and
        where the workspace's has no such file.

    Raises
    ------
    ParameterError
        The file cannot be read, or entries are missing, unknown or of the wrong kind;
        all are listed.
    """
    own = (dictionary or shipped("data_dictionary")) / FILE
    path = own if own.is_file() else shipped("data_dictionary") / FILE
    try:
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        entries = {str(name): entry["value"] for name, entry in held.items()}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, KeyError, TypeError):
        raise ParameterError(
            f"{path.name}: the rules of pathways cannot be read.",
            remedy="data_dictionary/rules/pathway_linkage.yaml shows what must be there.",
        ) from None
    faults = _faults(entries)
    if faults:
        raise ParameterError(
            f"{path.name}: the rules of pathways cannot be used.",
            faults,
            remedy="The names and their meaning stand in data_dictionary/rules/"
            "pathway_linkage.yaml.",
        )
    frozen: dict[str, Any] = {
        name: tuple(v) if isinstance(v, list) else v for name, v in entries.items()
    }
    return PathwayRules(**frozen)


def _faults(entries: dict[str, Any]) -> list[str]:
    types = get_type_hints(PathwayRules)
    expected = {field.name for field in fields(PathwayRules)}
    faults = [f"'{name}' is missing" for name in sorted(expected - set(entries))]
    faults += [f"'{name}' is not a rule" for name in sorted(set(entries) - expected)]
    for name in sorted(expected & set(entries)):
        if not _fits(entries[name], types[name]):
            faults.append(f"'{name}' has a value of the wrong kind")
    if not faults and entries["duplicate_review_days"] < entries["duplicate_days"]:
        faults.append("'duplicate_review_days' must not be less than 'duplicate_days'")
    return faults


def _fits(value: Any, kind: Any) -> bool:
    if kind is bool:
        return isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
