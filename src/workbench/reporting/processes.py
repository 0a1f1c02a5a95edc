"""Child processes that never outlive their run."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence


class Processes:
    """Starts processes and can end all of them, kernels included, from another thread."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._guard = threading.Lock()
        self._ended = False

    def run(self, command: Sequence[str], variables: Mapping[str, str], timeout: float) -> str:
        """Run a command to its end, or kill it when its time is up; give what it wrote.

        Parameters
        ----------
        command : sequence of str
            Program and arguments.
        variables : mapping
            Its whole environment.
        timeout : float
            Seconds.
        """
        with tempfile.TemporaryFile() as log:
            with self._guard:
                if self._ended:
                    return ""
                process = subprocess.Popen(
                    command,
                    env=dict(variables),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
                self._running.add(process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout)
            _end(process)
            with self._guard:
                self._running.discard(process)
            log.seek(0)
            return log.read().decode("utf-8", "replace")

    def end_all(self) -> None:
        """Kill all that run, and start no more."""
        with self._guard:
            self._ended = True
            running = list(self._running)
        for process in running:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process; its kernel sees that its parent is gone and ends within a second."""
    if process.poll() is None:
        process.kill()
        process.wait()


def follow_parent() -> None:
    """End this process when the one that started it is gone, however that ended."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
