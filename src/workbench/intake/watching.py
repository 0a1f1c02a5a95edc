"""Takes an inbox in again and again, as files land: each once, and only when it is whole.

A round looks at the inbox twice; a file whose size or time changes between the looks is
still being written and is left for the next round. What a round does is `ingest.run`, so
that it may be killed at any instant, and two watchers may stand side by side: the second
waits for the first. A round with nothing new opens nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import InputError, ParameterError, WorkbenchError
from workbench.intake.arrivals import inbox_files
from workbench.intake.ingest import Outcome
from workbench.intake.lock import BusyError

LOG = "ingest_watch.log"
SETTLE_SECONDS = 2.0
"""Between the two looks: a copy that is under way writes more often than this."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST_WORDS = 400

Take = Callable[[Sequence[Path]], Outcome]
Look = dict[Path, tuple[int, int]]


@dataclass(frozen=True)
class Round:
    """What one round did.

    Attributes
    ----------
    new, known, unfinished, refused : int
        Files that landed, had landed before, were still being written, cannot be read.
    standing : int or None
        Rows that stand in the store; None if nothing was due.
    failed : WorkbenchError or None
        Why the round as a whole came to nothing.
    """

    new: int = 0
    known: int = 0
    unfinished: int = 0
    refused: int = 0
    standing: int | None = None
    failed: WorkbenchError | None = None

    @property
    def exit_code(self) -> int:
        """As `workbench ingest` would have ended."""
        if self.failed is not None:
            return self.failed.exit_code
        return InputError.exit_code if self.refused else 0

    def words(self) -> str:
        """In one line, without any name."""
        if self.failed is not None:
            return f"failed. {' '.join(str(self.failed).split())}"[:_LONGEST_WORDS]
        if self.standing is None:
            waiting = f"; {self.unfinished} still being written" if self.unfinished else ""
            return f"nothing new{waiting}."
        return (
            f"{self.new} new, {self.known} known, {self.unfinished} still being written, "
            f"{self.refused} refused; {self.standing:,} rows stand."
        )


class Watcher:
    """Rounds over one inbox; keeps which files it has seen, as they were."""

    def __init__(
        self, inbox: Path, take: Take, stop: threading.Event, settle: float = SETTLE_SECONDS
    ) -> None:
        self.inbox, self.take, self.stop, self.settle = inbox, take, stop, settle
        self._done: Look = {}
        self._refused: set[Path] = set()

    def round(self) -> Round:
        """Take in what is new and whole, and try again what was refused."""
        now = _look(self.inbox)
        fresh = {path for path, seen in now.items() if self._done.get(path) != seen}
        whole = self._whole(now, fresh)
        unfinished = len(fresh) - len(whole)
        due = whole | (self._refused & (now.keys() - fresh))
        if not due or self.stop.is_set():
            return Round(unfinished=unfinished)
        try:
            outcome = self.take(sorted(due))
        except BusyError:  # told to stop while another was at work
            return Round(unfinished=unfinished)
        except WorkbenchError as error:
            return Round(failed=error)
        except OSError as error:
            why = error.strerror or type(error).__name__
            return Round(failed=WorkbenchError(f"The system refused: {why}."))
        if not self.stop.is_set():
            self._done |= {path: now[path] for path in whole}
            self._refused = self._paths_refused(outcome, due)
        return Round(
            len(outcome.new),
            len(outcome.known),
            unfinished,
            len(outcome.refusals),
            outcome.facts["totals"]["standing"],
        )

    def _whole(self, now: Look, fresh: set[Path]) -> set[Path]:
        if not fresh or self.stop.wait(self.settle):
            return set()
        again = _look(self.inbox)
        return {path for path in fresh if again.get(path) == now[path]}

    @staticmethod
    def _paths_refused(outcome: Outcome, due: set[Path]) -> set[Path]:
        names = {one.file for one in outcome.refusals}
        return {path for path in due if path.name in names}


def watch(
    watcher: Watcher,
    *,
    every: float,
    times: int | None,
    tell: Callable[[str], None],
) -> Round:
    """Do rounds until told to stop.

    Parameters
    ----------
    watcher : Watcher
        Its event ends the watch: at once while it waits, after the file at hand otherwise.
    every : float
        Seconds from the start of a round to the start of the next.
    times : int or None
        How many rounds; None for no end.
    tell : callable
        Told one line a round.

    Returns
    -------
    Round
        The last.

    Raises
    ------
    WorkbenchError
        The first round failed as a whole, or a later one for want of usable keys: nobody
        should believe that such a watch goes on.
    """
    number = 0
    while True:
        number += 1
        started = time.monotonic()
        done = watcher.round()
        tell(f"round {number}: {done.words()}")
        if done.failed is not None and (number == 1 or isinstance(done.failed, ParameterError)):
            raise done.failed
        rest = max(0.0, every - (time.monotonic() - started))
        if number == times or watcher.stop.is_set() or watcher.stop.wait(rest):
            return done


def seconds(text: str) -> float:
    """How long ``30s``, ``5m``, ``1h`` or ``1d`` is.

    Raises
    ------
    ParameterError
        It is no length of time, or none at all.
    """
    match = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)([smhd])", text.strip())
    length = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not length:
        raise ParameterError(
            f"'{text}' is no length of time.", remedy="Give a number and a unit: 30s, 5m, 1h or 1d."
        )
    return length


def log_to(path: Path) -> Callable[[str], None]:
    """Write lines, each with the time, to the end of a log that its owner alone can read."""

    def write(line: str) -> None:
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, f"{now} {line}\n".encode())
        finally:
            os.close(descriptor)

    return write


def _look(inbox: Path) -> Look:
    """Size and time of each file as it is now."""
    seen: Look = {}
    for path in inbox_files(inbox):
        try:
            held = path.stat()
        except OSError:  # gone since it was listed
            continue
        seen[path] = (held.st_size, held.st_mtime_ns)
    return seen
