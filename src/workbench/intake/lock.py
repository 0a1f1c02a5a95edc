"""One intake at a time in a workspace; a second waits for the first, or passes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import WorkbenchError

FILE = ".lock"
POLL_SECONDS = 0.2
"""How long a second that can be told to stop waits between two tries."""


class BusyError(WorkbenchError):
    """Another command works on the vault, and whoever asked would not wait any longer."""


@contextmanager
def alone(folder: Path, pause: Callable[[float], bool] | None = None) -> Iterator[None]:
    """Hold a workspace's intake lock; the system lets go of it however the process ends.

    Parameters
    ----------
    folder : Path
        The vault, made if need be, for its owner alone.
    pause : callable, optional
        Given seconds, waits as long and says whether to give up: for whoever must be able
        to stop. By default the lock is waited for without end.

    Raises
    ------
    BusyError
        `pause` said to give up.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    with held(folder / FILE, pause):
        yield


@contextmanager
def held(path: Path, pause: Callable[[float], bool] | None = None) -> Iterator[int]:
    """Hold the lock of one file, made if need be, and give its descriptor; as `alone`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if pause is None:
            _wait(descriptor)
        while pause is not None and not _tried(descriptor):
            if pause(POLL_SECONDS):
                raise BusyError("Another command is at work on the vault; nothing was done.")
        yield descriptor
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


def _tried(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
