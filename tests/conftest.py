"""What every test can ask for: real public data, a browser; and when their absence is a failure."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile(
    "workbench", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("workbench")


def _absent(what: str, reason: str) -> None:
    """Skip, or fail where the run has said that it must have this."""
    required = os.environ.get("WORKBENCH_REQUIRE", "").split(",")
    if what in required:
        pytest.fail(f"{what} is required in this run but absent: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real public data; the tests that need it skip where there is none."""
    folder = Path(os.environ.get("WORKBENCH_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        _absent("real_data", "no folder of real public data; set WORKBENCH_REAL_DATA to have these")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium; the browser tests skip where there is none."""
    path = os.environ.get("WORKBENCH_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if not path:
        _absent("browser", "no Chromium found; install it or set WORKBENCH_CHROMIUM to have these")
    return str(path)
