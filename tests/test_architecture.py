"""The house rules of imports hold, and `import workbench` stays light."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[1]


def test_rooms_import_only_what_the_design_allows() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_import_workbench_is_light() -> None:
    heavy = ("sklearn", "shap", "fairlearn", "papermill", "pandas", "ibis", "matplotlib", "numpy")
    code = f"import sys, workbench; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_is_light() -> None:
    heavy = ("sklearn", "shap", "papermill", "pandas", "ibis", "matplotlib", "numpy", "nbformat")
    code = (
        "import sys\nfrom workbench.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([m for m in {heavy!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
