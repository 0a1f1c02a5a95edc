"""Runs notebooks in the order of what they need, side by side, into a run folder."""

from __future__ import annotations

import datetime
import graphlib
import os
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from workbench.errors import INTERRUPTED, WorkbenchError
from workbench.reporting import digests, environment, evidence, folder, steps
from workbench.reporting.markdown import first_sentence
from workbench.reporting.notebooks import Notebook
from workbench.reporting.overlaps import overlaps
from workbench.reporting.places import refuse_place
from workbench.reporting.processes import Processes
from workbench.reporting.render import index_html
from workbench.reporting.request import Request
from workbench.reporting.setting import ALL_SYNTHETIC
from workbench.reporting.under_way import Result, Run, Tell, bare, settle
from workbench.reporting.values import plain
from workbench.reporting.verdict import Verdict
from workbench.workspace import Workspace

TIMEOUT = 3600.0
"""Seconds that one notebook may take unless told otherwise."""

_NOT_RUN = Verdict("not run", 0, "", "", "", 0, 0)


def run(
    request: Request,
    workspace: Workspace,
    out: Path | None = None,
    *,
    jobs: int | None = None,
    force: bool = False,
    timeout: float = TIMEOUT,
    tell: Tell = lambda _: None,
) -> Run:
    """Run notebooks and write the run folder.

    Parameters
    ----------
    request : Request
        Notebooks and typed parameters.
    workspace : Workspace
        Where they belong; finished steps are kept under its ``.workbench``.
    out : Path, optional
        The run folder; by default a new one under the workspace's reports.
    jobs : int, optional
        Notebooks side by side; the number of cores by default, since each has one thread.
    force : bool, optional
        Run steps even where nothing changed.
    timeout : float, optional
        Seconds for each notebook.
    tell : callable, optional
        Takes a line of progress.
    """
    under_way = _begin(request, workspace, out, tell)
    processes = Processes()
    try:
        _work(under_way, processes, jobs or os.cpu_count() or 1, force, timeout)
        _hold_against_each_other(under_way)
    except BaseException as error:
        processes.end_all()
        under_way.status = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        under_way.exit_code = INTERRUPTED
        _close(under_way)
        if not isinstance(error, KeyboardInterrupt):
            raise
        return under_way
    under_way.status = "failed" if under_way.exit_code else "complete"
    _close(under_way)
    return under_way


def _begin(request: Request, workspace: Workspace, out: Path | None, tell: Tell) -> Run:
    """Make the run folder, with a manifest that says that the run is under way."""
    base = {
        "code": digests.of_code(),
        "dictionary": digests.of_tree(workspace.dictionary),
        "environment": environment.facts(),
    }
    began = datetime.datetime.now(datetime.UTC)
    run_id = f"{began:%Y-%m-%dT%H%M%SZ}_{digests.of_json([base, _asked(request)])[:6]}"
    if out is not None:
        refuse_place(out, workspace)
    out = out or workspace.reports / run_id
    under_way = Run(
        workspace=workspace,
        request=request,
        folder=folder.RunFolder(out),
        base=base,
        volatile={"run_id": run_id, "started": began.isoformat(timespec="seconds"), "steps": {}},
        tell=tell,
    )
    under_way.folder.write_json(f"{folder.LOGS}/{folder.REQUEST}", _asked(request))
    under_way.write_manifest()
    return under_way


def _asked(request: Request) -> dict[str, Any]:
    return {
        "notebooks": [notebook.name for notebook in request.notebooks],
        "parameters": {
            name: {key: plain(value) for key, value in values.items()}
            for name, values in request.values.items()
        },
    }


def _work(run: Run, processes: Processes, jobs: int, force: bool, timeout: float) -> None:
    """Run every step whose needs are met, until none is left."""
    known = {notebook.name: notebook for notebook in run.request.notebooks}
    writers = {dataset: one.name for one in known.values() for dataset in one.writes}
    needs = {
        one.name: {writers[dataset] for dataset in one.reads if dataset in writers}
        for one in known.values()
    }
    order = graphlib.TopologicalSorter(needs)
    order.prepare()
    waiting: dict[Future[Result], steps.Step] = {}
    with ThreadPoolExecutor(jobs) as pool:
        try:
            while order.is_active():
                for name in sorted(order.get_ready()):
                    step = _step(run, known[name], needs[name], writers)
                    if step is None:
                        continue
                    waiting[pool.submit(_do, step, run, processes, force, timeout)] = step
                if not waiting:
                    break
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    step = waiting.pop(future)
                    if settle(run, step, future.result()):
                        order.done(step.notebook.name)
        except BaseException:
            processes.end_all()
            raise


def _step(
    run: Run, notebook: Notebook, needs: set[str], writers: Mapping[str, str]
) -> steps.Step | None:
    """The step of a notebook; None, and told as failed, if what it needs cannot be read."""
    try:
        return _made_step(run, notebook, needs, writers)
    except (OSError, WorkbenchError) as error:
        settle(run, bare(run, notebook), steps.broken(error))
        return None


def _made_step(
    run: Run, notebook: Notebook, needs: set[str], writers: Mapping[str, str]
) -> steps.Step:
    stored = run.request.stored
    datasets = {name: stored[name] for name in notebook.may_read if name in stored}
    for dataset in notebook.reads:
        if dataset not in writers:
            datasets[dataset] = stored[dataset]
            continue
        tables = run.finished[writers[dataset]].folder / "tables"
        datasets[dataset] = sorted(tables.glob(f"{dataset}.*"))[-1]
    reasons = [ALL_SYNTHETIC] if run.workspace.synthetic else []
    for name in sorted(needs):
        reasons += run.finished[name].record.synthetic
    synthetic = tuple(dict.fromkeys(reasons))
    return steps.make_step(
        notebook, run.request.values[notebook.name], datasets, synthetic, run.base
    )


def _do(step: steps.Step, run: Run, processes: Processes, force: bool, timeout: float) -> Result:
    store = run.workspace.root / ".workbench" / "steps"
    try:
        before = None if force else steps.from_store(step, store)
        return before or steps.execute(step, run.workspace, store, timeout, processes)
    except Exception as error:  # whatever it is, the results of other steps are not lost for it
        return steps.broken(error)


def _hold_against_each_other(run: Run) -> None:
    """Take out again the reports whose small counts the others give away."""
    folders = {name: step.folder for name, step in run.finished.items()}
    known = {notebook.name: notebook for notebook in run.request.notebooks}
    for name, error in overlaps(folders).items():
        verdict = steps.broken(error).verdict
        run.folder.discard(name)
        run.entries[name] = evidence.of_step(bare(run, known[name]), verdict, None)
        run.exit_code = run.exit_code or verdict.exit_code
        run.tell(f"{name}: REFUSED  {verdict.message}")


def _close(run: Run) -> None:
    """Write what stands at the end: entries of steps not run, index, manifest, sums."""
    for notebook in run.request.notebooks:
        if notebook.name not in run.entries:
            run.entries[notebook.name] = evidence.of_step(bare(run, notebook), _NOT_RUN, None)
    reports = [
        {
            **run.entries[notebook.name],
            "name": notebook.name,
            "finding": first_sentence(run.entries[notebook.name]["headline"]),
        }
        for notebook in sorted(run.request.notebooks, key=lambda one: one.name)
    ]
    complete = run.status == "complete"
    run.folder.write(folder.INDEX, index_html(reports, complete))
    ended = datetime.datetime.now(datetime.UTC)
    run.volatile["ended"] = ended.isoformat(timespec="seconds")
    run.write_manifest()
    if complete:
        run.folder.sums()
