"""The folder of one run: what a reader opens and what an auditor checks.

`manifest.json` says ``running`` until the end; `SHA256SUMS` is written last and
only for a run that is complete. Pages, tables, figures and notebooks hold no
time and no run's name, so that two runs of the same are the same bytes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.errors import UsageError
from workbench.files import sha256, written_whole
from workbench.workspace import Workspace

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
INDEX = "index.html"
LOGS = "logs"
REQUEST = "request.json"
SCHEMA = "workbench-run-1"
_LAST = Path(".workbench") / "last_run"

_LOGS_NOTE = """For whoever ran this: notebooks that failed and what their processes wrote.
They may quote rows of the data. Do not pass this folder on.
"""


class RunFolder:
    """Writes a run's files; each is whole or not there.

    Parameters
    ----------
    path : Path
        Absent, empty, or the folder of an earlier run, whose files are replaced.

    Raises
    ------
    UsageError
        The folder holds something else, or cannot be written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._begin(path)
        except OSError as error:
            raise UsageError(
                f"{path} cannot be written to: {error.strerror or type(error).__name__}.",
                remedy="Give --out a folder that you may write to.",
            ) from None

    def _begin(self, path: Path) -> None:
        if path.exists() and (not path.is_dir() or (any(path.iterdir()) and not is_run(path))):
            raise UsageError(
                f"{path} is not empty and holds no run.",
                remedy="Give --out a new folder, or the folder of an earlier run.",
            )
        clear(path)
        path.mkdir(parents=True, exist_ok=True)
        self.write(f"{LOGS}/README.txt", _LOGS_NOTE)

    def write(self, name: str, text: str) -> None:
        """Write a text file."""
        with written_whole(self.path / name) as draft:
            draft.write_text(text, encoding="utf-8", newline="\n")

    def write_json(self, name: str, content: Any) -> None:
        """Write a JSON file."""
        self.write(name, json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    def copy(self, source: Path, name: str) -> None:
        """Copy a file in."""
        with written_whole(self.path / name) as draft:
            shutil.copyfile(source, draft)

    def discard(self, name: str) -> None:
        """Take a notebook's report and files out again."""
        for page in (f"{name}.html", f"notebooks/{name}.ipynb"):
            (self.path / page).unlink(missing_ok=True)
        for part in ("figures", "tables"):
            shutil.rmtree(self.path / part / name, ignore_errors=True)

    def sums(self) -> None:
        """Write ``SHA256SUMS`` over the run's files: all but itself and the logs."""
        lines = [f"{sha256(self.path / name)}  {name}\n" for name in files_of(self.path)]
        self.write(SUMS, "".join(lines))


def files_of(path: Path) -> list[str]:
    """Names of a run's own files, sorted; logs and sums left out."""
    found = [INDEX, MANIFEST, *(page.name for page in path.glob("*.html"))]
    for part in ("figures", "notebooks", "tables"):
        found += [
            file.relative_to(path).as_posix() for file in (path / part).rglob("*") if file.is_file()
        ]
    return sorted({name for name in found if (path / name).is_file()})


def is_run(path: Path) -> bool:
    """Whether a folder holds one of our runs."""
    try:
        return bool(read_manifest(path)["schema"] == SCHEMA)
    except UsageError:
        return False


def read_manifest(path: Path) -> dict[str, Any]:
    """Manifest of a run.

    Raises
    ------
    UsageError
        The folder holds none.
    """
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        if isinstance(manifest, dict) and "schema" in manifest:
            return manifest
    except (OSError, ValueError):
        pass
    raise UsageError(f"{path} is not the folder of a run.", remedy="workbench list")


def clear(path: Path) -> None:
    """Remove an earlier run's files, manifest first, and nothing else."""
    if not path.is_dir():
        return
    for name in [MANIFEST, SUMS, *files_of(path)]:
        (path / name).unlink(missing_ok=True)
    for part in ("figures", "notebooks", "tables", LOGS):
        shutil.rmtree(path / part, ignore_errors=True)


def find_run(workspace: Workspace, word: str) -> Path:
    """Folder of a run given by its path or its name; the newest for ``latest``.

    The newest is of those among the workspace's reports and the last one made,
    wherever it was put.

    Raises
    ------
    UsageError
        There is no such run.
    """
    if word == "latest":
        places = (*workspace.reports.glob("*"), *_last(workspace))
        runs = [folder.resolve() for folder in places if is_run(folder)]
        runs.sort(key=lambda folder: read_manifest(folder)["volatile"]["started"])
        if runs:
            return runs[-1]
    for place in (Path(word), workspace.reports / word):
        if is_run(place):
            return place.resolve()
    raise UsageError(f"There is no run '{word}' here.", remedy="workbench run")


def remember(workspace: Workspace, run: Path) -> None:
    """Note where a run goes, so that ``latest`` finds it outside the reports too."""
    with written_whole(workspace.root / _LAST) as draft:
        draft.write_text(str(run.resolve()), encoding="utf-8")


def _last(workspace: Workspace) -> list[Path]:
    try:
        return [Path((workspace.root / _LAST).read_text(encoding="utf-8"))]
    except (OSError, ValueError):
        return []


def manifest(
    status: str,
    base: Mapping[str, Any],
    steps: Sequence[Mapping[str, Any]],
    volatile: Mapping[str, Any],
) -> dict[str, Any]:
    """A run's manifest; all that may differ between two runs of the same is in ``volatile``."""
    return {
        "schema": SCHEMA,
        "status": status,
        "synthetic": any(step["synthetic"] for step in steps),
        **base,
        "steps": list(steps),
        "volatile": dict(volatile),
    }
