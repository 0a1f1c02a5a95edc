"""Where the data dictionary, the notebooks and the lock lie that come with the package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """Path of a file or folder that comes with the package.

    In a checkout it is the project's own; in an installed wheel it is a copy
    inside the package.

    Parameters
    ----------
    name : {"data_dictionary", "notebooks", "requirements.lock"}
        What is looked for.

    Raises
    ------
    FileNotFoundError
        The installation is incomplete.
    """
    for root in (_PACKAGE / "_shipped", _PACKAGE.parents[1]):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"'{name}' is missing from this installation of workbench.")
