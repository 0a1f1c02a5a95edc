"""Runs notebooks in the order of what they need, side by side, into a run folder."""

from __future__ import annotations

import datetime
import graphlib
import os
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import INTERRUPTED, WorkbenchError
from workbench.reporting import canonical, digests, environment, evidence, folder, steps
from workbench.reporting.lint import refuse_unfit
from workbench.reporting.markdown import first_sentence
from workbench.reporting.notebooks import Notebook
from workbench.reporting.overlaps import overlaps
from workbench.reporting.places import refuse_place
from workbench.reporting.processes import Processes
from workbench.reporting.render import MAX_BYTES, index_html, report_html
from workbench.reporting.request import Request
from workbench.reporting.setting import ALL_SYNTHETIC
from workbench.reporting.values import plain, published
from workbench.reporting.verdict import Verdict
from workbench.workspace import Workspace

TIMEOUT = 3600.0
"""Seconds that one notebook may take unless told otherwise."""

_NOT_RUN = Verdict("not run", 0, "", "", "", 0, 0)

Tell = Callable[[str], None]
_Result = steps.Finished | steps.Failed


@dataclass
class Run:
    """A run under way and, at its end, what became of it.

    Attributes
    ----------
    folder : RunFolder
        Where it goes.
    status : str
        ``running``, ``complete``, ``failed`` or ``interrupted``.
    exit_code : int
        What the command ends with.
    entries : dict
        The manifest's entry of each notebook.
    """

    workspace: Workspace
    request: Request
    folder: folder.RunFolder
    base: dict[str, Any]
    volatile: dict[str, Any]
    tell: Tell
    status: str = "running"
    exit_code: int = 0
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    finished: dict[str, steps.Finished] = field(default_factory=dict)

    def write_manifest(self) -> None:
        """Bring the stored manifest up to date."""
        order = [notebook.name for notebook in self.request.notebooks]
        entries = [self.entries[name] for name in order if name in self.entries]
        self.folder.write_json(
            folder.MANIFEST, folder.manifest(self.status, self.base, entries, self.volatile)
        )


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
    waiting: dict[Future[_Result], steps.Step] = {}
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
                    if _settle(run, step, future.result()):
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
        _settle(run, _bare(run, notebook), steps.broken(error))
        return None


def _bare(run: Run, notebook: Notebook) -> steps.Step:
    return steps.Step(notebook, run.request.values[notebook.name], {}, (), "")


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


def _do(step: steps.Step, run: Run, processes: Processes, force: bool, timeout: float) -> _Result:
    store = run.workspace.root / ".workbench" / "steps"
    try:
        before = None if force else steps.from_store(step, store)
        return before or steps.execute(step, run.workspace, store, timeout, processes)
    except Exception as error:  # whatever it is, the results of other steps are not lost for it
        return steps.broken(error)


def _settle(run: Run, step: steps.Step, result: _Result) -> bool:
    """Put a step's files in the run folder and say how it went; whether it went well."""
    name = step.notebook.name
    entry, result = _put_or_fail(run, step, result)
    finished = result if isinstance(result, steps.Finished) else None
    if isinstance(result, steps.Finished):
        run.finished[name] = result
    else:
        run.exit_code = run.exit_code or result.verdict.exit_code
        if result.executed is not None:
            run.folder.write(f"{folder.LOGS}/{name}.ipynb", result.executed)
        run.folder.write(f"{folder.LOGS}/{name}.txt", result.log)
    run.entries[name] = entry
    run.volatile["steps"][name] = {
        "seconds": round(result.seconds, 2),
        "cached": bool(finished and finished.cached),
    }
    run.write_manifest()
    run.tell(_line(run, entry, result))
    return finished is not None


def _put_or_fail(run: Run, step: steps.Step, result: _Result) -> tuple[dict[str, Any], _Result]:
    """The step's entry, once its files stand in the run folder; a failure if they cannot."""
    if isinstance(result, steps.Finished):
        try:
            entry = evidence.of_step(step, result.verdict, result)
            _put(run, step, result, entry)
        except Exception as error:  # as in `_do`
            run.folder.discard(step.notebook.name)
            result = steps.broken(error)
        else:
            return entry, result
    return evidence.of_step(step, result.verdict, None), result


def _put(run: Run, step: steps.Step, finished: steps.Finished, entry: Mapping[str, Any]) -> None:
    name = step.notebook.name
    values = {key: published(value) for key, value in step.values.items()}
    stored = canonical.canonical(step.notebook, finished.outputs, values)
    facts = evidence.of_page(step, entry, run.base)
    page = report_html(step.notebook, finished.outputs, facts)
    made = [
        {**one, "counts": finished.record.counts[one["path"]]} for one in finished.record.outputs
    ]
    refuse_unfit(page, stored, finished.outputs, made, finished.folder)
    for output in finished.record.outputs:
        run.folder.copy(
            finished.folder / output["path"], output["path"].replace("/", f"/{name}/", 1)
        )
    run.folder.write(f"notebooks/{name}.ipynb", stored)
    run.folder.write(f"{name}.html", page)
    if (size := len(page.encode("utf-8"))) > MAX_BYTES:
        run.tell(
            f"WARNING: {name}.html has {size / 1e6:.2f} MB, more than the {MAX_BYTES / 1e6:g} MB "
            "that any mail server takes; show fewer figures or shorter tables."
        )


def _line(run: Run, entry: Mapping[str, Any], result: _Result) -> str:
    """One line of progress."""
    total = len(run.request.notebooks)
    width = max(len(notebook.name) for notebook in run.request.notebooks)
    start = f"{len(run.entries):>2}/{total}  {entry['notebook']:<{width}}"
    if isinstance(result, steps.Failed):
        verdict = result.verdict
        words = ": ".join(part for part in (verdict.cell, verdict.error, verdict.message) if part)
        return f"{start}  FAILED  {result.seconds:5.1f} s  {words}"
    kinds = [output["kind"] for output in entry["outputs"]]
    made = "  ".join(_counted(kinds.count(kind), kind) for kind in ("table", "figure"))
    if result.cached:
        return f"{start}  cached           {made}"
    return f"{start}  ok      {result.seconds:5.1f} s  {made}"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _hold_against_each_other(run: Run) -> None:
    """Take out again the reports whose small counts the others give away."""
    folders = {name: step.folder for name, step in run.finished.items()}
    known = {notebook.name: notebook for notebook in run.request.notebooks}
    for name, error in overlaps(folders).items():
        verdict = steps.broken(error).verdict
        run.folder.discard(name)
        run.entries[name] = evidence.of_step(_bare(run, known[name]), verdict, None)
        run.exit_code = run.exit_code or verdict.exit_code
        run.tell(f"{name}: REFUSED  {verdict.message}")


def _close(run: Run) -> None:
    """Write what stands at the end: entries of steps not run, index, manifest, sums."""
    for notebook in run.request.notebooks:
        if notebook.name not in run.entries:
            run.entries[notebook.name] = evidence.of_step(_bare(run, notebook), _NOT_RUN, None)
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
