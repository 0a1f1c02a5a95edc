"""The project's tasks, from nothing but Python: `python tasks.py demo`, `python tasks.py test`.

Uses the standard library alone, since it builds the environment that all else
runs in. `make demo` and `make test` call the same lines.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
LOCK = ROOT / "requirements.lock"
STAMP = ENVIRONMENT / "installed-from-lock"
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Tests and benchmarks run side by side: threads that wait for a core cost more than they save."""
LARGER = {
    "breach": ("--referrals=600000", "--seeds=1,2,3,4,5", "--unseen=300000", "--share=0.2"),
    "standards": ("--large",),
}
"""What `make evidence` asks of a benchmark beyond its defaults."""
SMALLER = {
    "disclosure": ("--tables=100", "--chains=8", "--others=10"),
    "equity_coverage": ("--seeds=5", "--share-only"),
    "fairness": ("--sets=100",),
}
"""What `make bench` asks, where the defaults are those of the evidence."""


def run(*words: str | Path, **variables: str) -> None:
    """Run one command from the project's folder; stop the task if it fails."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(word) for word in words],
        cwd=ROOT,
        env={**os.environ, "PATH": path, "VIRTUAL_ENV": str(ENVIRONMENT), **variables},
    )
    if done.returncode:
        sys.exit(done.returncode)


def python(*words: str | Path, **variables: str) -> None:
    """Run the environment's Python."""
    run(BIN / "python", *words, **variables)


def python_output(*words: str | Path) -> str:
    """Run the environment's Python and give what it printed."""
    done = subprocess.run(
        [str(BIN / "python"), *map(str, words)],
        cwd=ROOT,
        env={**os.environ, **ONE_THREAD},
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


def workbench(*words: str | Path) -> None:
    """Run one command of the workbench."""
    run(BIN / "workbench", *words)


def setup() -> None:
    """Make the environment from the lock; nothing to do if the lock is unchanged."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        sys.exit("Python 3.11, 3.12 or 3.13 is needed; this is " + sys.version.split()[0])
    wanted = f"{sys.version_info[:2]} {hashlib.sha256(LOCK.read_bytes()).hexdigest()}"
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    print(
        "Making the environment from requirements.lock (a few minutes the first time) ...",
        flush=True,
    )
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    python(*pip, "--require-hashes", "--only-binary", ":all:", "-r", LOCK)
    python(*pip, "--no-build-isolation", "--no-deps", "--editable", ROOT)
    python("-m", "pip", "check")
    STAMP.write_text(wanted)


def demo() -> None:
    """Everything from nothing: a synthetic region, intake, a model, all notebooks, a report."""
    setup()
    workbench("demo")
    if not (ROOT / "demo" / "keys").is_dir():
        workbench("keys", "new", "--workspace", "demo")
    workbench("ingest", "--plain", "--workspace", "demo")
    workbench("link", "--workspace", "demo")
    train = ("train", "--standard", "62D", "--out", "demo/models/62D")
    workbench(*train, "--workspace", "demo")
    workbench("run", "--workspace", "demo")


def check() -> None:
    """Format, lint and types."""
    setup()
    python("-m", "ruff", "format", "--check", "--quiet")
    python("-m", "ruff", "check", "--quiet")
    python("-m", "mypy")


def test() -> None:
    """Everything from nothing: format, lint, types and all fast tests."""
    check()
    python("-m", "pytest", "-q", "-n", str(os.cpu_count() or 2), "-m", "not heavy", **ONE_THREAD)


def bench() -> None:
    """Speed and memory as ratios against a peer in the same run."""
    setup()
    for script in _benchmarks():
        python(script, *SMALLER.get(script.stem, ()), **ONE_THREAD)


def evidence() -> None:
    """The heavy tests and the larger benchmarks; their tables go to docs/evidence."""
    setup()
    for script in _benchmarks():
        words = [f"benchmarks/{script.name}", *LARGER.get(script.stem, ())]
        _keep(script.stem, words, python_output(*words))
    python("-m", "pytest", "-q", "-m", "heavy", **ONE_THREAD)


def _benchmarks() -> list[Path]:
    scripts = sorted((ROOT / "benchmarks").glob("*.py"))
    return [script for script in scripts if not script.name.startswith("_")]


def _keep(name: str, words: list[str], printed: str) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    heading = f"# {name}\n\n`python {' '.join(words)}`, {date.today()}, after commit {commit}.\n"
    page = ROOT / "docs" / "evidence" / f"{name}.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"{heading}\n```\n{printed.strip()}\n```\n", encoding="utf-8")
    print(printed)


def lab() -> None:
    """JupyterLab, ready to go."""
    setup()
    workbench("lab")


def lock() -> None:
    """Resolve pyproject.toml anew into requirements.lock; names no package index."""
    setup()
    run(
        "uv", "pip", "compile", "pyproject.toml", "--all-extras", "--universal",
        "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url",
        "--no-annotate", "--no-header", "--quiet", "--output-file", "requirements.lock",
    )  # fmt: skip


def clean() -> None:
    """Remove the environment, the demo and what tools leave behind."""
    for name in (".venv", "demo", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".workbench"):
        shutil.rmtree(ROOT / name, ignore_errors=True)


TASKS: dict[str, Callable[[], None]] = {
    task.__name__: task for task in (setup, demo, test, check, bench, evidence, lab, lock, clean)
}


def main() -> None:
    """Run the task that the command line names."""
    summaries = "\n".join(f"  {name:9} {task.__doc__}" for name, task in TASKS.items())
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=f"tasks:\n{summaries}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("task", choices=TASKS, metavar="TASK")
    TASKS[parser.parse_args().task]()


if __name__ == "__main__":
    main()
