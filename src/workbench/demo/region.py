"""The demo workspace: a folder of its own, so that synthetic rows never enter a user's store."""

from __future__ import annotations

import tempfile
from pathlib import Path

from workbench.demo.workbooks import NOT_REAL, write_workbooks
from workbench.errors import UsageError
from workbench.workspace import SETTINGS, open_workspace

WORKBOOKS = "workbooks"

_SETTINGS = f"""# {NOT_REAL}. Written by `workbench demo`; safe to delete.
synthetic = true
workbooks = "{WORKBOOKS}"
"""


def write_demo(folder: Path, seed: int = 1) -> list[Path]:
    """Write a whole demo workspace, or nothing.

    Parameters
    ----------
    folder : Path
        Absent, empty, or an earlier demo: its settings and workbooks are then
        replaced, and what else stands in it (reports) is kept.
    seed : int, optional
        The same seed gives the same bytes.

    Returns
    -------
    list of Path
        The files written, in order.

    Raises
    ------
    UsageError
        The folder holds something that is not a demo.
    """
    earlier = folder.is_dir() and any(folder.iterdir())
    if folder.is_file() or (earlier and not _is_demo(folder)):
        raise UsageError(
            f"{folder} is not empty and is not a demo; nothing was written.",
            remedy="Choose another folder with --out, or move what is in it away.",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".writing-") as room:
        draft = Path(room) / "demo"
        write_workbooks(draft / WORKBOOKS, seed)
        (draft / SETTINGS).write_text(_SETTINGS, encoding="utf-8", newline="\n")
        if earlier:
            _replace(folder, draft, Path(room) / "earlier")
        else:
            draft.replace(folder)
    return [*sorted((folder / WORKBOOKS).iterdir()), folder / SETTINGS]


def _is_demo(folder: Path) -> bool:
    """Marked synthetic, and every workbook in it says so: no one's own files are at risk."""
    if not (folder / SETTINGS).is_file() or not open_workspace(folder).synthetic:
        return False
    held = folder / WORKBOOKS
    return not held.exists() or all("SYNTHETIC" in path.name for path in held.iterdir())


def _replace(folder: Path, draft: Path, aside: Path) -> None:
    if (folder / WORKBOOKS).exists():
        (folder / WORKBOOKS).rename(aside)
    (draft / WORKBOOKS).rename(folder / WORKBOOKS)
    (draft / SETTINGS).replace(folder / SETTINGS)
