"""Keeps what an engine quotes of the data out of every message."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import InputError, WorkbenchError


@contextmanager
def without_cells() -> Iterator[None]:
    """Turn an error that nobody foresaw into one that quotes no cell.

    Messages of engines and readers may quote the row at hand; only the kind of the error
    and the line of code are kept.
    """
    try:
        yield
    except WorkbenchError:
        raise
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}, line {last.lineno}"
        raise InputError(
            f"The file or the vault could not be worked on: {type(error).__name__} at {place}.",
            remedy="Nothing was half-written. If the same happens again, report these words.",
        ) from None
