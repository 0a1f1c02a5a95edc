"""What the manifest and the page say about a step: parameters, inputs, outputs, checks."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from workbench.files import sha256
from workbench.reporting import digests
from workbench.reporting.models import is_own_model
from workbench.reporting.steps import Finished, Step
from workbench.reporting.values import plain, published
from workbench.reporting.verdict import Verdict

SHORT = 12
"""Characters of a digest that a page shows; the manifest has all 64."""


def parameters(step: Step) -> list[dict[str, Any]]:
    """Each parameter with its value, its default and whether it was changed."""
    return [
        {
            "name": one.name,
            "value": published(step.values[one.name]),
            "default": plain(one.default),
            "changed": _is_changed(published(step.values[one.name]), one.default)
            and not is_own_model(one.name, step.values),
            "help": one.help,
        }
        for one in step.notebook.parameters
    ]


def _is_changed(value: Any, default: Any) -> bool:
    blank = (None, "")
    return not (value in blank and default in blank) and value != default


def of_step(step: Step, verdict: Verdict, finished: Finished | None) -> dict[str, Any]:
    """A step's entry in the manifest."""
    record = finished.record if finished else None
    name = step.notebook.name
    return {
        "notebook": name,
        "title": step.notebook.title,
        "question": step.notebook.question,
        "key": step.key,
        **verdict.as_dict(),
        "parameters": parameters(step),
        "input_digests": digests.of_parameters(step.values),
        "datasets_read": {dataset: sha256(path) for dataset, path in step.datasets.items()},
        "inputs": record.inputs if record else [],
        "checks": record.checks if record else [],
        "synthetic": record.synthetic if record else list(step.synthetic),
        "stamps": record.stamps if record else [],
        "headline": record.headline if record else "",
        "outputs": _outputs(name, finished) if finished else [],
    }


def _outputs(name: str, finished: Finished) -> list[dict[str, Any]]:
    return [
        {
            **output,
            "path": output["path"].replace("/", f"/{name}/", 1),
            "sha256": sha256(finished.folder / output["path"]),
        }
        for output in finished.record.outputs
    ]


def of_page(step: Step, entry: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """What a report says about how it was made; nothing that changes from run to run."""
    return {
        "synthetic": entry["synthetic"],
        "stamps": entry["stamps"],
        "parameters": [{**p, "value": _words(p["value"])} for p in entry["parameters"]],
        "inputs": entry["inputs"],
        "rerun": _rerun(step, entry),
        "details": _details(step, entry, base),
    }


def _details(
    step: Step, entry: Mapping[str, Any], base: Mapping[str, Any]
) -> list[tuple[str, str]]:
    passed = sum(check["passed"] for check in entry["checks"])
    withheld = sum(output["withheld"] for output in entry["outputs"] if output["kind"] == "table")
    profiles = sorted({output["profile"].replace("_", " ") for output in entry["outputs"]})
    vintages = sorted({file["vintage"] for file in entry["inputs"] if file["vintage"]})
    facts = [
        ("Report", step.notebook.name),
        ("Written for", step.notebook.reader),
        ("Data", "Synthetic: made up" if entry["synthetic"] else "Real"),
        ("Input files", f"{len(entry['inputs'])}, listed below" if entry["inputs"] else ""),
        ("Data vintage", _few(vintages)),
        ("Checks", f"{passed} of {len(entry['checks'])} passed" if entry["checks"] else ""),
        ("Disclosure control", ", ".join(profiles)),
        ("Figures withheld", f"{withheld:,}" if profiles else ""),
        ("Code", f"workbench {base['code']['version']}, source {base['code']['source'][:SHORT]}"),
        ("Package lock", base["code"]["lock"][:SHORT]),
        ("Data dictionary", base["dictionary"][:SHORT]),
        ("Python", base["environment"]["python"]),
        ("Step key", step.key[:SHORT]),
    ]
    return [(label, value) for label, value in facts if value]


def _few(words: list[str]) -> str:
    """A short list in full, a long one by its ends."""
    return ", ".join(words) if len(words) <= 4 else f"{words[0]} to {words[-1]} ({len(words)})"


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_words(member) for member in value)
    if isinstance(value, bool):
        return str(value).lower()
    return "blank" if value in (None, "") else str(value)


def _rerun(step: Step, entry: Mapping[str, Any]) -> str:
    changed = [
        f"-p {shlex.quote(p['name'] + '=' + _words(p['value']))}"
        for p in entry["parameters"]
        if p["changed"]
    ]
    return " ".join(["workbench run", step.notebook.name, *changed])
