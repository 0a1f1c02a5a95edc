"""What a step runs in: pinned, the same on every machine, and compared with the lock."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
from collections.abc import Iterator
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PINNED = {
    # The last digits of sums depend on the number of threads (measured on a logistic fit),
    # so each kernel has one; speed comes from notebooks side by side.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "LANG": "C.UTF-8",
}
"""Environment variables that could change a figure or the order of a table."""

_DROPPED = re.compile(r"^(JUPYTER|IPYTHON|MPL|PYTHON(PATH|STARTUP|WARNINGS|HOME)|WORKBENCH_STEP)")

DISTRIBUTION = "cancer-pathway-equity-workbench"


def step_environment(private: Path, step: Path) -> dict[str, str]:
    """Environment variables of one step's process.

    Parameters
    ----------
    private : Path
        An empty folder: a user's own kernels, profiles and styles must not matter.
    step : Path
        The step's file.
    """
    kept = {name: value for name, value in os.environ.items() if not _DROPPED.match(name)}
    own = {
        name: str(private / folder)
        for name, folder in {
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "IPYTHONDIR": "ipython",
            "MPLCONFIGDIR": "matplotlib",
        }.items()
    }
    return kept | PINNED | own | {"MPLBACKEND": "agg", "WORKBENCH_STEP": str(step)}


def facts() -> dict[str, str]:
    """What of the environment goes into a step's key and the manifest."""
    return {"python": platform.python_version(), **PINNED}


def differences(lock: Path) -> list[str]:
    """How the installed packages differ from the lock; empty if they do not.

    Only what the project needs to run is compared: tools for its developers may differ.
    """
    pins = dict(_pins(lock))
    found = []
    for name in sorted(_needed()):
        try:
            have = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name}: not installed, the lock has {pins.get(name, 'nothing')}")
            continue
        if name not in pins:
            found.append(f"{name}: {have} installed, not in the lock")
        elif pins[name] != have:
            found.append(f"{name}: {have} installed, the lock has {pins[name]}")
    return found


def _pins(lock: Path) -> Iterator[tuple[str, str]]:
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line[:1].isalnum() and "==" in line:
            requirement = Requirement(line.split("\\")[0].strip())
            if requirement.marker is None or requirement.marker.evaluate():
                yield canonicalize_name(requirement.name), str(requirement.specifier)[2:]


def _needed() -> set[str]:
    """Names of all packages that the project needs, directly or through another."""
    environment = {name: str(value) for name, value in default_environment().items()}
    names: set[str] = set()
    queue = [(DISTRIBUTION, "")]
    seen = set()
    while queue:
        name, extra = queue.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            requirements = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        for requirement in map(Requirement, requirements):
            here = {**environment, "extra": extra}
            if requirement.marker is None or requirement.marker.evaluate(here):
                needed = canonicalize_name(requirement.name)
                names.add(needed)
                queue += [(needed, one) for one in ("", *requirement.extras)]
    return names
