"""One step of a run: its key, its own process, and the store of finished steps.

A step's key covers all that its figures depend on: code cells, package source,
parameters, input files, lock, dictionary, environment. Words are not part of
it: a better sentence redraws the page and reruns nothing.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import KernelError, WorkbenchError
from workbench.files import sha256
from workbench.reporting import canonical, digests, environment
from workbench.reporting.acceptance import accepted
from workbench.reporting.execute import EXECUTED, VERDICT
from workbench.reporting.notebooks import Notebook
from workbench.reporting.processes import Processes
from workbench.reporting.record import Record, read_record
from workbench.reporting.values import plain, published
from workbench.reporting.verdict import Verdict
from workbench.reporting.watch import STARTUP
from workbench.workspace import Workspace

_FINISHED = "finished.json"
_OUTPUTS = "outputs.json"
_GRACE = 20.0
"""Seconds that a step gets beyond its time limit to end its kernel by itself."""


@dataclass(frozen=True)
class Step:
    """A notebook with the values and datasets that it is run with.

    Attributes
    ----------
    notebook : Notebook
        What is run.
    values : dict
        Typed parameters.
    datasets : dict of str to Path
        What it reads from steps before it or from the store.
    synthetic : tuple of str
        Reasons, handed on by those steps, why the data are made up.
    key : str
        Digest of all that its figures depend on.
    """

    notebook: Notebook
    values: dict[str, Any]
    datasets: dict[str, Path]
    synthetic: tuple[str, ...]
    key: str


@dataclass(frozen=True)
class Finished:
    """A step that ran to its end.

    Attributes
    ----------
    folder : Path
        Holds ``tables`` and ``figures``.
    outputs : list
        For each code cell what it showed.
    record : Record
        What the session recorded.
    cached : bool
        Whether it was done before.
    seconds : float
        How long it took this time.
    verdict : Verdict
        Ours.
    """

    folder: Path
    outputs: list[list[dict[str, Any]]]
    record: Record
    cached: bool
    seconds: float
    verdict: Verdict


@dataclass(frozen=True)
class Failed:
    """A step that did not.

    Attributes
    ----------
    verdict : Verdict
        Ours.
    seconds : float
        How long it took.
    executed : str or None
        The notebook as far as it came, for whoever mends it.
    log : str
        What the process wrote; may quote data.
    """

    verdict: Verdict
    seconds: float
    executed: str | None
    log: str


def make_step(
    notebook: Notebook,
    values: dict[str, Any],
    datasets: dict[str, Path],
    synthetic: tuple[str, ...],
    base: Mapping[str, Any],
) -> Step:
    """A step with its key; `base` holds the digests that all steps of a run share."""
    facts = {
        **base,
        "cells": notebook.code,
        "parameters": published_or_digest(values),
        "inputs": digests.of_parameters(values),
        "datasets": {name: sha256(path) for name, path in sorted(datasets.items())},
        "reads": notebook.reads,
        "writes": notebook.writes,
        "synthetic": synthetic,
    }
    return Step(notebook, values, datasets, synthetic, digests.of_json(facts))


def broken(error: Exception) -> Failed:
    """A step that could not be carried out; the others of its run go on."""
    kind = type(error) if isinstance(error, WorkbenchError) else KernelError
    words = (
        str(error)
        if isinstance(error, WorkbenchError)
        else f"the step could not be carried out ({type(error).__name__}); its log says more"
    )
    verdict = Verdict("failed", kind.exit_code, "", kind.__name__, words, 0, 0)
    return Failed(verdict, 0.0, None, "".join(traceback.format_exception(error)))


def published_or_digest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as the key takes them: a path by its last name, its content by digest."""
    return {name: published(value) for name, value in sorted(values.items())}


def from_store(step: Step, store: Path) -> Finished | None:
    """The step as done before, or None; one whose files were tampered with is thrown away."""
    folder = store / step.key
    try:
        finished = json.loads((folder / _FINISHED).read_text(encoding="utf-8"))
        if any(sha256(folder / name) != digest for name, digest in finished["files"].items()):
            raise ValueError
        return Finished(
            folder=folder,
            outputs=json.loads((folder / _OUTPUTS).read_text(encoding="utf-8")),
            record=read_record(folder),
            cached=True,
            seconds=0.0,
            verdict=Verdict(**finished["verdict"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        shutil.rmtree(folder, ignore_errors=True)
        return None


def execute(
    step: Step, workspace: Workspace, store: Path, timeout: float, processes: Processes
) -> Finished | Failed:
    """Run a step in a process of its own and store it if it ended well.

    Parameters
    ----------
    step : Step
        What to run.
    workspace : Workspace
        Where it belongs.
    store : Path
        Folder of finished steps.
    timeout : float
        Seconds that the whole notebook may take.
    processes : Processes
        Keeps hold of what runs, so that it can be ended.
    """
    began = time.monotonic()
    store.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=".running-", dir=store) as place,
        tempfile.TemporaryDirectory(prefix="wb-") as private,
    ):
        folder = Path(place)
        path = _describe(step, workspace, folder, Path(private), timeout)
        command = [sys.executable, "-m", "workbench.reporting.execute", str(path)]
        variables = environment.step_environment(Path(private), path)
        log = processes.run(command, variables, timeout + _GRACE)
        seconds = time.monotonic() - began
        verdict = accepted(step.notebook, folder, _verdict(folder, log))
        if verdict.status != "ok":
            executed = folder / EXECUTED
            text = executed.read_text(encoding="utf-8") if executed.is_file() else None
            return Failed(verdict, seconds, text, log)
        return _keep(step, store, folder, verdict, seconds)


def _describe(
    step: Step, workspace: Workspace, folder: Path, private: Path, timeout: float
) -> Path:
    for name in ("out", "work"):
        (folder / name).mkdir()
    startup = private / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00_watch.py").write_text(STARTUP, encoding="utf-8")
    facts = {
        "notebook": step.notebook.name,
        "source": str(step.notebook.path),
        "workspace": str(workspace.root),
        "parameters": {name: plain(value) for name, value in step.values.items()},
        "published": {name: published(value) for name, value in step.values.items()},
        "datasets": {name: str(path) for name, path in step.datasets.items()},
        "synthetic": list(step.synthetic),
        "out": str(folder / "out"),
        "work": str(folder / "work"),
        "private": str(private),
        "timeout": timeout,
    }
    path = folder / "step.json"
    path.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    return path


def _verdict(folder: Path, log: str) -> Verdict:
    try:
        return Verdict(**json.loads((folder / VERDICT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        last = log.strip().splitlines()[-1:] or [""]
        name = last[0].split(":")[0] if last[0] else "no word"
        words = f"the step's process ended without a verdict ({name})"
        return Verdict("failed", KernelError.exit_code, "", "KernelError", words, 0, 0)


def _keep(step: Step, store: Path, folder: Path, verdict: Verdict, seconds: float) -> Finished:
    """Move a finished step into the store in one go."""
    out = folder / "out"
    executed = json.loads((folder / EXECUTED).read_text(encoding="utf-8"))
    # Read before anything moves: a folder in the store must be one that can be read again.
    record = read_record(out)
    outputs = canonical.outputs_of(executed, record.blocks)
    (out / _OUTPUTS).write_text(json.dumps(outputs), encoding="utf-8")
    files = {
        path.relative_to(out).as_posix(): sha256(path) for path in out.rglob("*") if path.is_file()
    }
    facts = {"files": files, "verdict": verdict.as_dict()}
    (out / _FINISHED).write_text(json.dumps(facts, indent=1), encoding="utf-8")
    home = store / step.key
    if home.exists():
        shutil.rmtree(home)
    out.replace(home)
    return Finished(home, outputs, record, False, seconds, verdict)
