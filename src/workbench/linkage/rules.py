"""Limits, placeholders and starting chances of linkage: data, not code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import yaml

from workbench.errors import ParameterError
from workbench.shipped import shipped


@dataclass(frozen=True)
class LinkageRules:
    """Every figure of ``data_dictionary/rules/person_linkage.yaml``, where each is explained."""

    default_postcode_beginnings: tuple[str, ...]
    placeholder_names: tuple[str, ...]
    placeholder_dates: tuple[str, ...]
    unknown_sex_codes: tuple[str, ...]
    largest_block: int
    largest_block_of_one_feature: int
    training_records: int
    random_pairs: int
    least_records_to_train: int
    least_share_of_matches: float
    agreement_of_one_person: Mapping[str, tuple[float, ...]]
    names_swapped: float


@lru_cache(maxsize=1)
def linkage_rules() -> LinkageRules:
    """Read the rules that come with the package.

    Raises
    ------
    ParameterError
        The file lacks an entry, or has one that is not known.
    """
    path = shipped("data_dictionary") / "rules" / "person_linkage.yaml"
    entries: dict[str, Any] = {
        name: entry["value"] for name, entry in yaml.safe_load(path.read_text("utf-8")).items()
    }
    expected = {field.name for field in fields(LinkageRules)}
    faults = [f"'{name}' is missing" for name in sorted(expected - set(entries))]
    faults += [f"'{name}' is not known" for name in sorted(set(entries) - expected)]
    if faults:
        raise ParameterError(f"{path.name} cannot be used.", faults)
    chances = entries.pop("agreement_of_one_person")
    frozen: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in entries.items()
    }
    return LinkageRules(
        agreement_of_one_person={kind: tuple(levels) for kind, levels in chances.items()}, **frozen
    )
