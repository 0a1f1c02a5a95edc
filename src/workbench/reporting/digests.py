"""Digests of what a step depends on, each found once a run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import workbench
from workbench.files import sha256
from workbench.shipped import shipped


def of_json(value: Any) -> str:
    """SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def of_tree(folder: Path, pattern: str = "*") -> str:
    """SHA-256 over the names and bytes of the files under a folder, hidden ones left out."""
    found = {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in folder.rglob(pattern)
        if path.is_file() and not _hidden(path.relative_to(folder))
    }
    return of_json(found)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def of_parameters(values: Mapping[str, Any]) -> dict[str, str]:
    """Digest of the content of each parameter that is a file or a folder."""
    return {
        name: of_tree(value) if value.is_dir() else sha256(value)
        for name, value in values.items()
        if isinstance(value, Path)
    }


def of_code() -> dict[str, str]:
    """Version, digest of the package's source and digest of the lock."""
    package = Path(workbench.__file__).parent
    return {
        "version": workbench.__version__,
        "source": of_tree(package, "*.py"),
        "lock": sha256(shipped("requirements.lock")),
    }
