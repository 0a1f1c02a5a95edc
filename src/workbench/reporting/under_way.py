"""A run under way: what it holds, and what becomes of it as each notebook ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.reporting import canonical, evidence, folder, steps
from workbench.reporting.lint import refuse_unfit
from workbench.reporting.notebooks import Notebook
from workbench.reporting.render import MAX_BYTES, report_html
from workbench.reporting.request import Request
from workbench.reporting.values import published
from workbench.workspace import Workspace

Tell = Callable[[str], None]
Result = steps.Finished | steps.Failed


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


def bare(run: Run, notebook: Notebook) -> steps.Step:
    """A notebook's step before anything is known of its inputs."""
    return steps.Step(notebook, run.request.values[notebook.name], {}, (), "")


def settle(run: Run, step: steps.Step, result: Result) -> bool:
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


def _put_or_fail(run: Run, step: steps.Step, result: Result) -> tuple[dict[str, Any], Result]:
    """The step's entry, once its files stand in the run folder; a failure if they cannot."""
    if isinstance(result, steps.Finished):
        try:
            entry = evidence.of_step(step, result.verdict, result)
            _put(run, step, result, entry)
        except Exception as error:  # whatever it is, the results of other steps are not lost for it
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


def _line(run: Run, entry: Mapping[str, Any], result: Result) -> str:
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
