"""Where a run may go: never onto data, keys, notebooks or the store."""

from __future__ import annotations

from pathlib import Path

from workbench.errors import UsageError
from workbench.workspace import Workspace

_KEPT = (".workbench", "vault", "keys", "quarantine")
"""Folders under the workspace's root that hold what a run must not mix with."""


def refuse_place(out: Path, workspace: Workspace) -> None:
    """Refuse a run folder that is, holds, or lies in a folder with another purpose.

    Raises
    ------
    UsageError
        It does; or it is the folder of all reports itself.
    """
    place = out.resolve()
    taken = {
        "notebooks": workspace.notebooks,
        "data dictionary": workspace.dictionary,
        "inbox": workspace.inbox,
        "store": workspace.store,
        "workbooks": workspace.workbooks,
        **{name: workspace.root / name for name in _KEPT},
    }
    for purpose, folder in taken.items():
        # A folder set so wide that the reports lie in it (such as the root) cannot be meant.
        if folder is None or folder.resolve() in workspace.reports.resolve().parents:
            continue
        if _overlap(place, folder.resolve()):
            raise _refused(out, f"it would mix with the {purpose} in {folder}")
    if place == workspace.reports.resolve():
        raise _refused(out, "it is the folder of all reports")


def _overlap(one: Path, other: Path) -> bool:
    return one == other or one in other.parents or other in one.parents


def _refused(out: Path, why: str) -> UsageError:
    return UsageError(
        f"A run cannot go to {out}: {why}.",
        remedy="Give --out a new folder, such as reports/march.",
    )
