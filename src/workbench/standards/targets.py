"""Targets in force on a date: what performance is compared with, never what `within` means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from workbench.errors import ParameterError
from workbench.shipped import shipped
from workbench.standards.rules import STANDARDS, Standard

COLUMNS = ("standard", "kind", "value", "valid_from", "valid_to", "label", "source", "status")


def targets_in_force(
    standard: Standard,
    on: date,
    kinds: Sequence[str] = ("constitutional", "interim"),
    *,
    dictionary: Path | None = None,
) -> pd.DataFrame:
    """Targets for a standard on a date.

    Parameters
    ----------
    standard : {"FDS", "31D", "62D"}
        The standard.
    on : date
        The day in question; a target holds from ``valid_from`` to ``valid_to``, both
        days included, and without end where that is blank.
    kinds : sequence of {"constitutional", "interim"}, optional
        Both by default, since a reader meets both.
    dictionary : Path, optional
        Folder of a workspace's own data dictionary; the shipped one by default.

    Returns
    -------
    DataFrame
        ``standard, kind, value (0 to 1), valid_from, valid_to, label, source, status``,
        sorted by kind and start; no rows where none is in force. A status of
        ``unconfirmed`` must be shown beside the figure.

    Raises
    ------
    ParameterError
        An unknown standard, or a target of the dictionary without its fields.
    """
    if standard not in STANDARDS:
        raise ParameterError(f"There is no standard '{standard}': {', '.join(STANDARDS)}.")
    path = (dictionary or shipped("data_dictionary")) / "targets.yaml"
    targets = _targets(path)
    held = [
        target
        for target in targets
        if target["standard"] == standard
        and target["kind"] in kinds
        and target["valid_from"] <= on
        and (target["valid_to"] is None or on <= target["valid_to"])
    ]
    held.sort(key=lambda target: (target["kind"], target["valid_from"]))
    return pd.DataFrame(held, columns=list(COLUMNS))


def _targets(path: Path) -> list[dict[str, Any]]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        raise ParameterError(f"{path.name}: the targets cannot be read.") from None
    targets = content["targets"] if isinstance(content, dict) else content
    needed = set(COLUMNS) - {"label", "source", "status"}
    faults = [
        f"target {place}: {name} is missing"
        for place, target in enumerate(targets, start=1)
        for name in sorted(needed - set(target))
    ]
    if faults:
        raise ParameterError(f"{path.name}: the targets cannot be used.", faults)
    return list(targets)
