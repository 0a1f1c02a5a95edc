"""Folders of synthetic workbooks, to read and to damage."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from published_files import MONTHS, PROVIDER_FILE

from workbench.demo import write_workbooks
from workbench.published import Publication, read


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three months of synthetic workbooks; the last also provisional. Not to be changed."""
    return write_workbooks(tmp_path_factory.mktemp("pristine"), 1, MONTHS)


@pytest.fixture(scope="session")
def publication(pristine: Path) -> Publication:
    return read(pristine)


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    """Two files of one month, free to be damaged."""
    for path in pristine.glob("FEBRUARY-2025*FINAL*"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.fixture
def provider_file(folder: Path) -> Path:
    return folder / PROVIDER_FILE
