"""Where a model comes from: digests of code, parameters and lock, and versions."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from workbench.breach.plan import Plan
from workbench.breach.settings import FILE
from workbench.files import sha256
from workbench.shipped import shipped

LOCK = "requirements.lock"
LIBRARIES = ("numpy", "pandas", "scikit-learn", "duckdb")


def provenance(data: Mapping[str, str], plan: Plan, dictionary: Path | None = None) -> pd.DataFrame:
    """What a run came from.

    Parameters
    ----------
    data : mapping of str to str
        Digest of each file of data, by its name.
    plan : Plan
    dictionary : Path, optional
        Folder of a workspace's own data dictionary.

    Returns
    -------
    DataFrame
        ``part`` (data, code, parameters, settings, lock, software), ``name, value``: SHA-256
        digests, and versions of what ran.
    """
    own = (dictionary or shipped("data_dictionary")) / FILE
    settings = own if own.is_file() else shipped("data_dictionary") / FILE
    text = json.dumps(asdict(plan), sort_keys=True, default=str).encode()
    rows = [("data", name, digest) for name, digest in sorted(data.items())]
    rows += [
        ("code", "of this room", _code_digest()),
        ("parameters", "of this run", hashlib.sha256(text).hexdigest()),
        ("settings", FILE, sha256(settings)),
        ("lock", LOCK, sha256(shipped(LOCK))),
        ("software", "workbench", version("cancer-pathway-equity-workbench")),
        ("software", "python", platform.python_version()),
        *(("software", name, version(name)) for name in LIBRARIES),
    ]
    return pd.DataFrame(rows, columns=["part", "name", "value"])


def _code_digest() -> str:
    """One digest of the room's source files, by name and content."""
    whole = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        whole.update(path.name.encode() + b"\x00" + path.read_bytes() + b"\x00")
    return whole.hexdigest()
