"""A watched inbox, its watchers killed or side by side: every row once, none lost, nobody told."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import extract_maker as make
import pyarrow.parquet as pq
import pytest
from hunt import details, found, open_in_vault
from processes import ended, started

from workbench.cli.main import main
from workbench.intake.access import accesses, log_faults
from workbench.intake.keys import create_keys, open_keys
from workbench.intake.vault import Vault
from workbench.intake.watching import LOG

PEOPLE_A_FILE = 3


class Stream:
    """Extracts of one Trust that land one after another, the last of them slowly."""

    def __init__(self, root: Path, files: int) -> None:
        root.mkdir()
        create_keys(root)
        self.root, self.files, self.landed = root, files, 0
        self.inbox = root / "inbox" / "RX1"
        self.inbox.mkdir(parents=True)
        self.folk = make.people(PEOPLE_A_FILE * files)

    def land(self, until: int) -> None:
        """Land files up to a number, each in two writes and encrypted every other time."""
        keys = open_keys(self.root)
        while self.landed < until:
            first = PEOPLE_A_FILE * self.landed
            content = make.as_csv(make.cwt(self.folk[first : first + PEOPLE_A_FILE]))
            name = f"pathways_2025-04-01_{self.landed:03d}.csv"
            if self.landed % 2:
                content, name = keys.encrypted(content), f"{name}.age"
            path = self.inbox / name
            path.write_bytes(content[: len(content) // 2])
            with path.open("ab") as stream:
                stream.write(content[len(content) // 2 :])
            self.landed += 1

    def watch(self, *more: str) -> list[str]:
        """The words of a watch over the stream."""
        words = ["ingest", "--watch", "--plain", "--every", "0.02s", "--workspace", str(self.root)]
        return [*words, *more]

    def assert_whole(self) -> None:
        """Every row of every file stands exactly once, and nobody's details are about."""
        table = pq.read_table(self.root / "store" / "pathway_records.parquet")
        pathways = table["patient_pathway_identifier_pseudonym"].to_pylist()
        numbers = table["nhs_number_pseudonym"].to_pylist()
        assert len(pathways) == len(set(pathways)) == len(set(numbers)) == len(self.folk)
        vault = Vault(self.root / "vault", open_keys(self.root))
        assert len(vault.names()) == self.files
        who = vault.identifiers()["nhs_number"].to_pylist()
        assert sorted(who) == sorted(one.nhs for one in self.folk)
        assert found(self.root, details(self.folk)) == []
        assert open_in_vault(self.root) == []
        assert log_faults(vault.folder) == []
        assert not list(self.root.rglob(".writing-*"))


def killed_over_a_stream(stream: Stream, kills: int, seed: int) -> None:
    draw = random.Random(seed)
    began = time.monotonic()
    assert ended(started(stream.watch("--times", "1"))) == 0
    longest = 1.5 * (time.monotonic() - began) + 0.2
    for n in range(kills):
        running = started(stream.watch())
        time.sleep(draw.uniform(0, longest / 3))
        stream.land(stream.files * (n + 1) // kills)
        time.sleep(draw.uniform(0, longest * (1 + n / kills)))
        running.kill()
        running.join()
    assert main(stream.watch("--times", "1", "--quiet")) == 0
    stream.assert_whole()


def side_by_side(stream: Stream, rounds: int) -> None:
    watchers = [started(stream.watch("--times", str(rounds))) for _ in range(2)]
    stream.land(stream.files)
    assert [ended(one) for one in watchers] == [0, 0]
    assert main(stream.watch("--times", "1", "--quiet")) == 0
    stream.assert_whole()


def test_killed_over_a_stream_every_row_is_there_once(tmp_path: Path) -> None:
    killed_over_a_stream(Stream(tmp_path / "space", 4), kills=4, seed=1)


@pytest.mark.heavy
def test_killed_at_a_hundred_instants_over_fifty_files_every_row_is_there_once(
    tmp_path: Path,
) -> None:
    killed_over_a_stream(Stream(tmp_path / "space", 50), kills=100, seed=2)


def test_two_watchers_at_once_take_each_row_once(tmp_path: Path) -> None:
    side_by_side(Stream(tmp_path / "space", 4), rounds=3)


@pytest.mark.heavy
def test_two_watchers_at_once_over_fifty_files_take_each_row_once(tmp_path: Path) -> None:
    side_by_side(Stream(tmp_path / "space", 50), rounds=20)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_watch_told_to_stop_ends_at_once_and_leaves_nothing_half_done(
    tmp_path: Path, number: int, code: int
) -> None:
    import os

    stream = Stream(tmp_path / "space", 1)
    stream.land(1)
    words = [word if word != "0.02s" else "1h" for word in stream.watch()]
    running = started(words, tmp_path / "said.txt")
    log = stream.root / LOG
    while not log.exists():
        assert running.is_alive()
        running.join(0.01)
    os.kill(running.pid, number)
    assert ended(running) == code
    stream.assert_whole()
    assert "round 1: 1 new" in (tmp_path / "said.txt").read_text()
    assert len(accesses(stream.root / "vault")) == 1
