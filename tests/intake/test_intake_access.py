"""The access log: every opening is in it, and nothing can be taken out of it unseen."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from workbench.cli.main import main
from workbench.errors import CheckError, UsageError
from workbench.intake.access import LOG, SEAL, Access, accesses, log_faults, note_access


def noted(folder: Path, count: int, why: str = "a test") -> list[Access]:
    return [
        note_access(folder, command=f"command {n}", opened="identifiers", why=why)
        for n in range(count)
    ]


def lines(folder: Path) -> list[str]:
    return (folder / LOG).read_text(encoding="utf-8").splitlines()


def test_an_opening_says_who_when_what_and_why_and_nothing_of_the_machine(tmp_path: Path) -> None:
    noted(tmp_path, 1)
    (line,) = lines(tmp_path)
    held = json.loads(line)
    assert list(held) == ["number", "time", "user", "command", "opened", "why", "chain"]
    assert (held["command"], held["opened"], held["why"]) == ("command 0", "identifiers", "a test")
    assert held["time"].endswith("Z")
    assert held["user"]
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in (LOG, SEAL)} == {0o600}


def test_the_log_only_grows_and_is_as_it_was_written(tmp_path: Path) -> None:
    noted(tmp_path, 3)
    before = lines(tmp_path)
    noted(tmp_path, 2)
    assert lines(tmp_path)[:3] == before
    assert [one.facts["number"] for one in accesses(tmp_path)] == [1, 2, 3, 4, 5]
    assert log_faults(tmp_path) == []


@pytest.mark.parametrize("place", range(5))
def test_a_line_taken_out_anywhere_shows(tmp_path: Path, place: int) -> None:
    noted(tmp_path, 5)
    held = lines(tmp_path)
    (tmp_path / LOG).write_text("\n".join(held[:place] + held[place + 1 :]) + "\n")
    assert log_faults(tmp_path)


@pytest.mark.parametrize("left", [0, 2])
def test_last_lines_taken_out_show_after_the_next_opening_too(tmp_path: Path, left: int) -> None:
    noted(tmp_path, 5)
    (tmp_path / LOG).write_text("".join(f"{line}\n" for line in lines(tmp_path)[:left]))
    noted(tmp_path, 2)
    assert f"is number 6 where {left + 1} is due" in log_faults(tmp_path)[0]


@pytest.mark.parametrize("field", ["user", "time", "command", "opened", "why", "number"])
def test_a_line_that_was_changed_shows(tmp_path: Path, field: str) -> None:
    noted(tmp_path, 3)
    held = lines(tmp_path)
    changed = json.loads(held[1])
    changed[field] = 7 if field == "number" else "somebody"
    held[1] = json.dumps(changed)
    (tmp_path / LOG).write_text("\n".join(held) + "\n")
    assert any("line 2" in fault for fault in log_faults(tmp_path))


def test_a_log_written_anew_with_its_seal_shows_against_a_seal_noted_elsewhere(
    tmp_path: Path,
) -> None:
    seal = noted(tmp_path, 3)[1].seal
    assert log_faults(tmp_path, seal) == []
    (tmp_path / LOG).unlink()
    (tmp_path / SEAL).unlink()
    noted(tmp_path, 5, why="something else")
    assert log_faults(tmp_path) == []
    assert "2 lines" in log_faults(tmp_path, seal)[0]
    with pytest.raises(UsageError, match="no seal"):
        log_faults(tmp_path, "yesterday")


def test_killed_between_log_and_seal_is_no_fault_but_a_missing_seal_is(tmp_path: Path) -> None:
    noted(tmp_path, 2)
    earlier = (tmp_path / SEAL).read_text()
    noted(tmp_path, 1)
    (tmp_path / SEAL).write_text(earlier)
    assert log_faults(tmp_path) == []
    (tmp_path / SEAL).unlink()
    assert SEAL in log_faults(tmp_path)[0]


def test_a_line_cut_short_by_a_power_failure_shows_and_stops_nothing(tmp_path: Path) -> None:
    noted(tmp_path, 2)
    held = (tmp_path / LOG).read_bytes()
    (tmp_path / LOG).write_bytes(held[:-40])
    noted(tmp_path, 1)
    assert [one.facts["command"] for one in accesses(tmp_path)] == ["command 0", "command 0"]
    assert "line 2 cannot be read" in log_faults(tmp_path)[0]


def test_many_at_once_leave_one_whole_chain(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: noted(tmp_path, 5), range(8)))
    assert len(accesses(tmp_path)) == 40
    assert log_faults(tmp_path) == []


@pytest.mark.parametrize("blank", ["command", "opened", "why"])
def test_without_a_reason_nothing_is_opened(tmp_path: Path, blank: str) -> None:
    words = {"command": "link", "opened": "identifiers", "why": "link persons", blank: "  "}
    with pytest.raises(UsageError, match="stated reason"):
        note_access(tmp_path, **words)
    assert not (tmp_path / LOG).exists()


def test_a_reason_of_several_lines_is_one_line_of_the_log(tmp_path: Path) -> None:
    note_access(tmp_path, command="link", opened="x", why='first\n{"number": 9}\u2028second')
    assert len(lines(tmp_path)) == 1
    assert log_faults(tmp_path) == []


def test_a_log_that_cannot_be_written_stops_the_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted(tmp_path, 1)
    before = (tmp_path / LOG).read_bytes()
    monkeypatch.setattr("workbench.intake.access.os.write", lambda *_: 3)
    with pytest.raises(UsageError, match="not opened"):
        noted(tmp_path, 1)
    assert (tmp_path / LOG).read_bytes() == before


def test_the_command_shows_the_log_and_checks_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["vault", "log", "--workspace", str(tmp_path)]
    assert main(words) == 0
    assert "Nobody" in capsys.readouterr().out
    (tmp_path / "vault").mkdir(mode=0o700)
    made = noted(tmp_path / "vault", 3)
    assert main([*words, "--last", "1"]) == 0
    told = capsys.readouterr().out
    assert "command 2" in told
    assert "command 1" not in told
    assert main([*words, "--last", "0"]) == UsageError.exit_code
    assert "--last is 1 or more" in capsys.readouterr().err
    assert main([*words, "--check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["seal"] == made[2].seal
    held = lines(tmp_path / "vault")
    (tmp_path / "vault" / LOG).write_text("\n".join(held[1:]) + "\n")
    assert main([*words, "--check"]) == CheckError.exit_code
    assert "not as it was written" in capsys.readouterr().out
