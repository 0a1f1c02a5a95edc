"""One intake at a time in a workspace; a second waits for the first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = ".lock"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a workspace's intake lock; the system lets go of it however the process ends.

    Parameters
    ----------
    folder : Path
        The vault, made if need be, for its owner alone.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _wait(descriptor)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
            except OSError:  # it gives up after ten seconds
                continue
            return
    fcntl.flock(descriptor, fcntl.LOCK_EX)
