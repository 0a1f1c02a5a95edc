"""A workspace: one folder with its settings, store, notebooks and reports."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, cast

from workbench.engine import Engine
from workbench.errors import ParameterError
from workbench.shipped import shipped

SETTINGS = "workbench.toml"

_KNOWN: dict[str, type | UnionType] = {
    "engine": str,
    "dictionary": str,
    "notebooks": str,
    "reports": str,
    "store": str,
    "inbox": str,
    "disclosure_profile": str,
    "synthetic": bool,
    "workbooks": str,
    "truth": str,
    "ethnicity_rule": str,
    "retention_days": int | dict,
}


@dataclass(frozen=True)
class Workspace:
    """Where things lie and which settings hold; made by `open_workspace`.

    Attributes
    ----------
    root : Path
        The workspace's folder.
    engine : {"duckdb", "spark"}
        What runs set-based work.
    dictionary, notebooks : Path
        The workspace's own, else those that come with the package.
    reports, store, inbox : Path
        Under `root` unless set otherwise.
    disclosure_profile : str
        Applied where a notebook names none.
    synthetic : bool
        Whether every row here is made up; stamped on every page if so.
    workbooks : Path or None
        Folder of NHS England's published workbooks, where the workspace has one.
    truth : Path or None
        Folder of what was planted, where every row is made up.
    ethnicity_rule : str or None
        How `ingest` settles ethnic categories that disagree; None: as the dictionary says.
    retention_days : int or dict or None
        Days that extracts are kept; by dataset where it is a dict. None: for ever.
    """

    root: Path
    engine: Engine
    dictionary: Path
    notebooks: Path
    reports: Path
    store: Path
    inbox: Path
    disclosure_profile: str
    synthetic: bool
    workbooks: Path | None
    truth: Path | None = None
    ethnicity_rule: str | None = None
    retention_days: int | dict[str, Any] | None = None


def open_workspace(root: Path | str = ".") -> Workspace:
    """Read ``workbench.toml`` in a folder; every setting has a default.

    Parameters
    ----------
    root : path, optional
        The workspace's folder: here by default.

    Raises
    ------
    ParameterError
        The folder is absent, or the settings file is unreadable or holds an
        unknown name or a value of the wrong type; all are listed.
    """
    folder = Path(root).resolve()
    if not folder.is_dir():
        raise ParameterError(f"There is no workspace folder {folder}.", remedy="workbench demo")
    settings = _read(folder / SETTINGS)

    def place(name: str, otherwise: Path) -> Path:
        return (folder / settings[name]).resolve() if name in settings else otherwise

    def own_or_shipped(name: str, setting: str) -> Path:
        own = folder / name
        return place(setting, own if own.is_dir() else shipped(name))

    return Workspace(
        root=folder,
        engine=cast(Engine, settings.get("engine", "duckdb")),
        dictionary=own_or_shipped("data_dictionary", "dictionary"),
        notebooks=own_or_shipped("notebooks", "notebooks"),
        reports=place("reports", folder / "reports"),
        store=place("store", folder / "store"),
        inbox=place("inbox", folder / "inbox"),
        disclosure_profile=str(settings.get("disclosure_profile", "nhs_round5")),
        synthetic=bool(settings.get("synthetic", False)),
        workbooks=place("workbooks", folder) if "workbooks" in settings else None,
        truth=place("truth", folder) if "truth" in settings else None,
        ethnicity_rule=settings.get("ethnicity_rule"),
        retention_days=settings.get("retention_days"),
    )


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"{path} is not a valid TOML file: {error}") from None
    faults = [
        f"'{name}' is not a setting; known ones are {', '.join(sorted(_KNOWN))}"
        if name not in _KNOWN
        else f"'{name}' must be {getattr(_KNOWN[name], '__name__', _KNOWN[name])}"
        for name, value in settings.items()
        if not isinstance(value, _KNOWN.get(name, ()))
    ]
    if settings.get("engine", "duckdb") not in ("duckdb", "spark"):
        faults.append("'engine' must be duckdb or spark")
    if faults:
        raise ParameterError(f"{path} has settings that cannot be used.", faults)
    return settings
