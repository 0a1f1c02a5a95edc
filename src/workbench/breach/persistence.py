"""Models in folders: numbers and text only, and nothing is loaded whose digest differs.

``model.json`` holds encodings, calibrations, roles and where the model comes from,
``trees.parquet`` one row a node, ``manifest.json`` the digest of every file. A pickle could
run any code when it is opened; these files cannot.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.breach.calibration import Sigmoid
from workbench.breach.encoding import Encoding
from workbench.breach.intervals import Doubt
from workbench.breach.models import Fitted
from workbench.breach.roles import Roles, roles_of
from workbench.breach.settings import Settings
from workbench.breach.training import Model
from workbench.breach.trees import Trees
from workbench.breach.trend import Trend
from workbench.errors import InputError, UsageError
from workbench.files import sha256

LAYOUT = 2
MODEL, TREES, MANIFEST = "model.json", "trees.parquet", "manifest.json"


@dataclass(frozen=True, eq=False)
class Stored:
    """A model with all that is needed to score.

    Attributes
    ----------
    model : Model
    refits : tuple of Model
        For intervals.
    doubts : Doubt
    roles : Roles
    facts : mapping
        ``standard, target, as_at, seed``, windows, digests of data and parameters.
    """

    model: Model
    refits: tuple[Model, ...]
    doubts: Doubt
    roles: Roles
    facts: Mapping[str, Any] = field(default_factory=dict)


def save(folder: Path, stored: Stored, more: Mapping[str, bytes]) -> None:
    """Write a model folder whole: it appears at once, or not at all.

    Parameters
    ----------
    folder : Path
        Must not exist, or hold a model that is then replaced.
    stored : Stored
    more : mapping of str to bytes
        Other files, by their path in the folder.

    Raises
    ------
    UsageError
        The folder holds something else.
    """
    refuse_place(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".writing-") as place:
        draft = Path(place) / folder.name
        draft.mkdir()
        (draft / MODEL).write_text(_json(_plain(stored)), encoding="utf-8")
        pq.write_table(_trees_table(stored), draft / TREES, compression="zstd")
        for name, content in more.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(content)
        files = sorted(path for path in draft.rglob("*") if path.is_file())
        digests = {path.relative_to(draft).as_posix(): sha256(path) for path in files}
        manifest = {"layout": LAYOUT, "files": digests}
        (draft / MANIFEST).write_text(_json(manifest), encoding="utf-8")
        _put(draft, folder, Path(place) / "replaced")


def _put(draft: Path, folder: Path, aside: Path) -> None:
    """Move the draft into its place; what was there stays if that fails or is interrupted."""
    if not folder.exists():
        draft.replace(folder)
        return
    shutil.move(folder, aside)
    try:
        draft.replace(folder)
    except BaseException:
        shutil.move(aside, folder)
        raise


def refuse_place(folder: Path) -> None:
    """Refuse a folder that holds something else than a model: before hours of work, and after.

    Raises
    ------
    UsageError
        It is a file, or a folder without a model's manifest that is not empty, or it cannot
        be made.
    """
    refuse_unwritable(folder)
    empty = folder.is_dir() and not any(folder.iterdir())
    if folder.exists() and not empty and not (folder / MANIFEST).is_file():
        raise UsageError(
            f"{folder} is there, and holds no model.", remedy="Give --out a folder of its own."
        )


def refuse_unwritable(path: Path) -> None:
    """Refuse a place where nothing can be made: before hours of work rather than after.

    Raises
    ------
    UsageError
        The nearest folder above it that exists is a file, or may not be written to.
    """
    above = next(one for one in path.absolute().parents if one.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise UsageError(
            f"{path} cannot be written: nothing can be made in {above}.",
            remedy="Give a path whose folder exists or can be made, and that you may write to.",
        )


def load_model(folder: Path, settings: Settings | None = None) -> Stored:
    """Load a model whose files are those of its manifest.

    Raises
    ------
    InputError
        The folder holds no model, a file is missing, has changed or was added, or it cannot be
        read.
    """
    digests = _manifest(folder)
    faults = [
        f"{name}: {'has changed' if (folder / name).is_file() else 'is missing'}"
        for name, digest in digests.items()
        if not (folder / name).is_file() or sha256(folder / name) != digest
    ]
    faults += [f"{name}: is not in the manifest" for name in _added(folder, digests)]
    if faults:
        raise InputError(
            f"{folder.name}: the model is not as it was written, so it is not loaded.",
            faults,
            remedy="Train it again, or take it from where it was written.",
        )
    try:
        held = json.loads((folder / MODEL).read_text(encoding="utf-8"))
        return _stored(held, pq.read_table(folder / TREES), settings)
    except (ValueError, KeyError, TypeError, pa.ArrowException):
        raise InputError(f"{folder.name}: the model cannot be read.") from None


def _manifest(folder: Path) -> dict[str, str]:
    try:
        held = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = {str(name): str(digest) for name, digest in held["files"].items()}
        layout = int(held["layout"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            f"{folder.name}: holds no model that can be read.", remedy="workbench train --help"
        ) from None
    if layout != LAYOUT:
        raise InputError(
            f"{folder.name}: the model was written by another version of the workbench.",
            [f"its layout is {layout}; this version reads {LAYOUT}"],
            remedy="Train it again with this version, or score with the one that wrote it.",
        )
    return files


def _added(folder: Path, digests: Mapping[str, str]) -> list[str]:
    """Files that no manifest names: a page put in later would pass for the model's own.

    What a desktop leaves in every folder it shows (``.DS_Store``, ``Thumbs.db``) is none.
    """
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    left = {name for name in there if name.rpartition("/")[2].startswith((".", "Thumbs.db"))}
    return sorted(({MODEL, TREES} | (there - left - {MANIFEST})) - set(digests))


def _json(held: Mapping[str, Any]) -> str:
    return json.dumps(held, indent=1, ensure_ascii=False) + "\n"


def _plain(stored: Stored) -> dict[str, Any]:
    return {
        "layout": LAYOUT,
        "facts": dict(stored.facts),
        "roles": stored.roles.as_dict(),
        "doubts": {
            "unexplained": {
                name: {str(day): value for day, value in one.items()}
                for name, one in stored.doubts.unexplained.items()
            },
            "misfit": dict(stored.doubts.misfit),
            "calibration": stored.doubts.calibration,
        },
        "models": [_plain_model(one) for one in (stored.model, *stored.refits)],
    }


def _plain_model(model: Model) -> dict[str, Any]:
    fitted, sigmoid = model.fitted, model.sigmoid
    return {
        "name": fitted.name,
        "encoding": fitted.encoding.plain(),
        "numbers": dict(fitted.numbers),
        "baseline": None if fitted.trees is None else fitted.trees.baseline,
        "sigmoid": {
            "intercept": sigmoid.intercept,
            "slope": sigmoid.slope,
            "own": {str(day): value for day, value in sigmoid.own.items()},
        },
        "trend": {
            "a_day": model.trend.a_day,
            "since": model.trend.since,
            "own": {str(day): value for day, value in model.trend.own.items()},
        },
    }


def _trees_table(stored: Stored) -> pa.Table:
    parts = []
    for place, one in enumerate((stored.model, *stored.refits)):
        if one.fitted.trees is not None:
            table = one.fitted.trees.table()
            parts.append(table.append_column("model", pa.array([place] * len(table), pa.int32())))
    return pa.concat_tables(parts) if parts else pa.table({"model": pa.array([], pa.int32())})


def _stored(held: Mapping[str, Any], trees: pa.Table, settings: Settings | None) -> Stored:
    models = tuple(
        _model(one, trees.filter(pc.equal(trees["model"], place)))
        for place, one in enumerate(held["models"])
    )
    told = held["doubts"]
    unexplained = {
        name: {int(day): float(value) for day, value in one.items()}
        for name, one in told["unexplained"].items()
    }
    doubts = Doubt(unexplained, told["misfit"], float(told["calibration"]))
    return Stored(
        models[0], models[1:], doubts, roles_of(held["roles"], settings), dict(held["facts"])
    )


def _model(held: Mapping[str, Any], trees: pa.Table) -> Model:
    own = None if held["baseline"] is None else Trees.from_table(trees, float(held["baseline"]))
    sigmoid = held["sigmoid"]
    return Model(
        Fitted(held["name"], Encoding.from_plain(held["encoding"]), held["numbers"], own),
        Sigmoid(
            float(sigmoid["intercept"]),
            float(sigmoid["slope"]),
            {int(day): float(value) for day, value in sigmoid["own"].items()},
        ),
        Trend(
            float(held["trend"]["a_day"]),
            int(held["trend"]["since"]),
            {int(day): float(value) for day, value in held["trend"].get("own", {}).items()},
        ),
    )
