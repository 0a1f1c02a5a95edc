"""A watched inbox: each file once, when whole, whoever else is at work, until told to stop."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import extract_maker as make
import pytest

from workbench.cli.main import main
from workbench.errors import INTERRUPTED, InputError, ParameterError, UsageError, WorkbenchError
from workbench.intake import ingest
from workbench.intake.access import accesses
from workbench.intake.lock import BusyError, alone
from workbench.intake.record import Refusal
from workbench.intake.vault import FOLDER
from workbench.intake.watching import LOG, Round, Watcher, seconds, watch


class Taker:
    """Takes files in name only, and keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[list[str]] = []
        self.refuses: set[str] = set()
        self.fails: WorkbenchError | OSError | None = None

    def __call__(self, paths: Sequence[Path]) -> ingest.Outcome:
        self.given.append([path.name for path in paths])
        if self.fails is not None:
            raise self.fails
        names = [path.name for path in paths]
        refused = tuple(Refusal("RX1", n, None, "no") for n in names if n in self.refuses)
        new = tuple(n for n in names if n not in self.refuses)
        return ingest.Outcome({"totals": {"standing": len(new)}}, refused, new, (), ())


class Stop(threading.Event):
    """An event that lets a test act while the watcher waits."""

    def __init__(self, while_waiting: Callable[[float], None] = lambda _: None) -> None:
        super().__init__()
        self.while_waiting = while_waiting

    def wait(self, timeout: float | None = None) -> bool:
        self.while_waiting(timeout or 0)
        return self.is_set()


def watcher(inbox: Path, take: Any, stop: threading.Event | None = None) -> Watcher:
    return Watcher(inbox, take, stop or Stop())


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """An inbox with two files."""
    for name in ("a.csv", "b.csv"):
        make.put(tmp_path / "inbox", f"RX1/{name}", b"content")
    return tmp_path / "inbox"


def test_each_file_is_given_once_and_again_only_when_it_changes(inbox: Path) -> None:
    take = Taker()
    one = watcher(inbox, take)
    assert one.round() == Round(new=2, standing=2)
    assert one.round() == Round()
    make.put(inbox, "RX1/a.csv", b"other content")
    make.put(inbox, "RTD/c.csv", b"x")
    assert one.round().new == 2
    assert take.given == [["a.csv", "b.csv"], ["c.csv", "a.csv"]]


def test_a_file_still_being_written_is_left_until_it_is_whole(inbox: Path) -> None:
    def write(_: float) -> None:
        with (inbox / "RX1/b.csv").open("ab") as stream:
            stream.write(b" and more")

    take, stop = Taker(), Stop(write)
    one = watcher(inbox, take, stop)
    assert one.round() == Round(new=1, unfinished=1, standing=1)
    assert one.round() == Round(unfinished=1)
    stop.while_waiting = lambda _: None
    assert one.round() == Round(new=1, standing=1)
    assert take.given == [["a.csv"], ["b.csv"]]


def test_a_file_that_goes_away_or_is_replaced_in_between_is_left(inbox: Path) -> None:
    (inbox / "RX1/b.csv").unlink()
    stop = Stop(lambda _: (inbox / "RX1/a.csv").unlink(missing_ok=True))
    assert watcher(inbox, Taker(), stop).round() == Round(unfinished=1)


@pytest.mark.parametrize("name", ["a.csv.part", "a.csv.tmp", ".a.csv", "a.csv.filepart", "~$a.csv"])
def test_names_that_say_unfinished_are_left(tmp_path: Path, name: str) -> None:
    make.put(tmp_path, f"RX1/{name}", b"content")
    take = Taker()
    assert watcher(tmp_path, take).round() == Round()
    assert take.given == []


def test_a_refused_file_is_tried_again_each_round(inbox: Path) -> None:
    take = Taker()
    take.refuses = {"b.csv"}
    one = watcher(inbox, take)
    assert (one.round().refused, one.round().refused) == (1, 1)
    take.refuses = set()
    assert one.round() == Round(new=1, standing=1)
    assert one.round() == Round()
    assert take.given == [["a.csv", "b.csv"], ["b.csv"], ["b.csv"]]


@pytest.mark.parametrize(
    "error", [InputError("The vault is of other keys."), OSError(28, "No space left on device")]
)
def test_a_round_that_fails_is_told_and_done_again(inbox: Path, error: Exception) -> None:
    take, told = Taker(), list[str]()
    one = watcher(inbox, take)
    one.round()
    make.put(inbox, "RX1/c.csv", b"x")
    take.fails = error  # type: ignore[assignment]
    assert one.round().failed is not None
    assert one.round().exit_code > 0
    take.fails = None
    assert watch(one, every=1, times=1, tell=told.append) == Round(new=1, standing=1)
    assert told == ["round 1: 1 new, 0 known, 0 still being written, 0 refused; 1 rows stand."]


def test_a_first_round_that_fails_ends_the_watch_and_so_do_missing_keys(inbox: Path) -> None:
    take = Taker()
    take.fails = InputError("The vault is of other keys.")
    with pytest.raises(InputError):
        watch(watcher(inbox, take), every=1, times=None, tell=lambda _: None)
    take.fails = None
    rounds = iter([None, None, ParameterError("no keys")])

    def fails_later(_: float) -> None:
        make.put(inbox, "RX1/a.csv", os.urandom(9))
        take.fails = next(rounds)

    stop = Stop()
    one = watcher(inbox, take, stop)
    one.round()
    stop.while_waiting = fails_later
    one._whole = lambda now, fresh: set(now)  # type: ignore[method-assign]
    with pytest.raises(ParameterError):
        watch(one, every=1, times=None, tell=lambda _: None)


def test_waiting_is_cut_short_when_told_to_stop(inbox: Path) -> None:
    waited: list[float] = []
    stop = Stop(waited.append)
    told = threading.Thread(target=stop.set)

    def tell(_: str) -> None:
        told.start()
        told.join()

    watch(watcher(inbox, Taker(), stop), every=3600, times=None, tell=tell)
    assert len(waited) == 1


def test_no_round_waits_for_what_the_last_one_took(inbox: Path) -> None:
    waited: list[float] = []
    watch(watcher(inbox, Taker(), Stop(waited.append)), every=0.0, times=3, tell=lambda _: None)
    assert waited == [2.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("text", "length"), [("30s", 30), ("5m", 300), ("1h", 3600), ("1d", 86400), ("0.5s", 0.5)]
)
def test_lengths_of_time_are_read(text: str, length: float) -> None:
    assert seconds(text) == length


@pytest.mark.parametrize("text", ["", "5", "h", "0s", "-1s", "1 hour", "1e3s"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="length of time"):
        seconds(text)


def test_whoever_may_stop_does_not_wait_for_the_lock_for_ever(tmp_path: Path) -> None:
    tries: list[float] = []

    def pause(length: float) -> bool:
        tries.append(length)
        return len(tries) == 3

    with alone(tmp_path), pytest.raises(BusyError), alone(tmp_path, pause):
        pass
    assert len(tries) == 3
    with alone(tmp_path, pause):
        assert len(tries) == 3


WORDS = ["ingest", "--watch", "--plain", "--workspace"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two looks right after each other."""
    monkeypatch.setattr("workbench.intake.watching.Watcher.__init__.__defaults__", (0.0,))


def test_the_command_watches_logs_and_opens_the_vault_only_for_news(
    space: Path, quick: None, stored: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    make.put(space / "inbox", "RX1/pathways_2025-04-09.csv", make.as_csv(make.cwt(make.people(3))))
    assert main([*WORDS, str(space), "--every", "0.001s", "--times", "3"]) == 0
    lines = (space / LOG).read_text().splitlines()
    assert [line.partition(" ")[2] for line in lines] == [
        "round 1: 1 new, 0 known, 0 still being written, 0 refused; 3 rows stand.",
        "round 2: nothing new.",
        "round 3: nothing new.",
    ]
    assert "round 3" in capsys.readouterr().out
    assert (space / LOG).stat().st_mode & 0o777 == 0o600
    assert len(accesses(space / FOLDER)) == 1
    assert len(stored(space)) == 3


def test_an_empty_inbox_is_no_fault_and_a_plain_file_is_refused_without_plain(
    space: Path, quick: None
) -> None:
    words = ["ingest", "--watch", "--times", "1", "--quiet", "--workspace", str(space)]
    assert main(words) == 0
    make.put(space / "inbox", "RX1/pathways.csv", make.as_csv(make.cwt(make.people(3))))
    assert main(words) == InputError.exit_code
    assert "1 refused" in (space / LOG).read_text()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, INTERRUPTED)])
def test_a_signal_ends_the_watch_between_two_rounds(
    space: Path, quick: None, number: int, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    monkeypatch.setattr(
        "workbench.intake.watching.Watcher.round",
        lambda _: os.kill(os.getpid(), number) or Round(),
    )
    assert main([*WORDS, str(space), "--every", "1h", "--quiet"]) == code
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == before


def test_told_to_stop_between_two_files_what_landed_stands_and_the_rest_comes_later(
    space: Path, take: Callable[..., ingest.Outcome], stored: Callable[..., Any]
) -> None:
    for n in range(3):
        rows = make.as_csv(make.cwt(make.people(2, 1 + 2 * n)))
        make.put(space / "inbox", f"RX1/pathways_2025-04-0{n + 1}.csv", rows)
    asked = iter([False, True])
    assert len(take(space, pause=lambda _: next(asked)).new) == 1
    assert len(stored(space)) == 2
    assert len(take(space).new) == 2
    assert len(stored(space)) == 6


@pytest.mark.parametrize(
    "words",
    [["--every", "1h"], ["--times", "1"], ["--watch", "x"], ["--watch", "--times", "0"]],
)
def test_what_does_not_go_together_is_refused(space: Path, words: list[str]) -> None:
    assert main(["ingest", *words, "--workspace", str(space)]) == UsageError.exit_code
