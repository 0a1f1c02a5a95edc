"""Whatever is wrong with a file: every row accounted for, or the file refused in words."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import extract_maker as make
import numpy as np
import pytest
from corruption import corrupted

from workbench.cli.main import main
from workbench.errors import InputError
from workbench.intake.arrivals import Arrival
from workbench.intake.engine import private_engine
from workbench.intake.grid import grid_of
from workbench.intake.keys import Keys, create_keys
from workbench.intake.mappings import choice_for
from workbench.intake.reading import landing_of, opened
from workbench.intake.settings import load_settings

SETTINGS = load_settings(make.DICTIONARY.path)
FOLK = make.people(12)
KINDS = {
    "RTD/milestones.csv": (make.as_csv(make.milestones(FOLK, "RTD", "P")), 12),
    "RTD/demographics.csv": (make.as_csv(make.infoflex_demographics(FOLK)), 5),
    "RX1/pathways.csv": (make.as_csv(make.cwt(FOLK)), 2),
    "RR7/pathways.csv": (make.as_csv(make.somerset(FOLK)), 1),
}
SECRETS = [word for one in FOLK for word in (one.nhs, one.surname, one.postcode, one.hospital)]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return create_keys(tmp_path_factory.mktemp("keys"))


def accounted_for(name: str, content: bytes, keys: Keys) -> bool:
    """Whether the file was read; its rows add up, or it was refused with no one's details."""
    path = Path("/nowhere") / name
    con = private_engine()
    try:
        arrival = Arrival(path.parent.name, path.name, path)
        choice = choice_for(path.parent, None, make.DICTIONARY)
        file = opened(arrival, content, choice, make.DICTIONARY, SETTINGS, keys)
        landing = landing_of(file, make.DICTIONARY, keys, con)
    except InputError as error:
        return _refused(error)
    finally:
        con.disconnect()
    read, sound = landing.receipt["rows_read"], landing.receipt["sound"]
    faults = landing.faults.to_pydict()
    severe = [rule["severity"] == "quarantine" for rule in landing.receipt["rules"]]
    out = {row for row, rule in zip(faults["row"], faults["rule"], strict=True) if severe[rule]}
    assert read == sound + len(out)
    assert out <= set(range(1, read + 1))
    assert landing.rows.num_rows + _ragged(landing.receipt) == read
    return True


def _refused(error: InputError) -> bool:
    """False, once it is sure that the refusal shows no one's details."""
    assert not [word for word in SECRETS if word in str(error)]
    return False


def _ragged(receipt: dict) -> int:
    return sum(rule["rows"] for rule in receipt["rules"] if rule["rule"] == "row.cells")


def _run(count: int, first: int, keys: Keys) -> tuple[int, int]:
    names = [name for name, (_, weight) in KINDS.items() for _ in range(weight)]
    read = 0
    for seed in range(first, first + count):
        name = random.Random(seed).choice(names)
        try:
            read += accounted_for(name, corrupted(KINDS[name][0], seed), keys)
        except Exception as error:
            raise AssertionError(f"corruption {seed} of {name}") from error
    return read, count - read


def test_corrupted_extracts_are_accounted_for_or_refused(keys: Keys) -> None:
    read, refused = _run(120, 0, keys)
    assert read > 25
    assert refused > 25


@pytest.mark.heavy
def test_ten_thousand_corrupted_extracts_are_accounted_for_or_refused(keys: Keys) -> None:
    read, refused = _run(10_000, 1_000, keys)
    assert read > 1_000
    assert refused > 1_000


def test_corrupted_workbooks_are_read_or_refused() -> None:
    content = make.as_xlsx(make.infoflex(FOLK))
    refused = 0
    for seed in range(200):
        draw = random.Random(seed)
        spoilt = bytearray(content)
        for _ in range(draw.randrange(1, 30)):
            spoilt[draw.randrange(4, len(spoilt))] = draw.randrange(256)
        try:
            grid = grid_of(bytes(spoilt), "x.xlsx", [","])
            assert len(grid.column([0]).numbers) >= 0
        except InputError as error:
            refused += not _refused(error)
    assert refused > 50


def _through_the_command(root: Path, seeds: range, *, outside: bool) -> None:
    create_keys(root)
    trusts = []
    for seed in seeds:
        name = random.Random(seed).choice(list(KINDS))
        trust = f"T{seed:04d}"
        make.put(root / "inbox", f"{trust}/{Path(name).name}", corrupted(KINDS[name][0], seed))
        words = ["ingest", str(root / "inbox" / trust), "--plain", "--workspace", str(root)]
        if outside:
            done = subprocess.run(
                [sys.executable, "-m", "workbench.cli.main", *words], capture_output=True, text=True
            )
            code, said = done.returncode, done.stdout + done.stderr
        else:
            code, said = main(words), ""
        assert code in (0, InputError.exit_code), f"corruption {seed}: {said}"
        assert "Traceback" not in said
        trusts.append(trust)
        record = json.loads((root / "ingest.json").read_text(encoding="utf-8"))
        for one in record["files"]:
            assert one["rows_read"] == one["accepted"] + one["quarantined"]
        ours = [one for one in record["files"] if one["trust"] == trust]
        assert len(ours) == 1
        assert bool(ours[0].get("refused")) == (code == InputError.exit_code)
        assert not list(root.rglob(".writing-*"))


def test_corrupted_extracts_through_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _through_the_command(tmp_path, range(10), outside=False)
    told = capsys.readouterr()
    assert not [word for word in SECRETS if word in told.out + told.err]


@pytest.mark.heavy
def test_two_hundred_corrupted_extracts_through_the_command(tmp_path: Path) -> None:
    for part in range(10):
        room = tmp_path / str(part)
        room.mkdir()
        _through_the_command(room, range(100 + 20 * part, 120 + 20 * part), outside=True)


def test_rows_of_a_grid_keep_their_numbers_when_some_are_left_out() -> None:
    held = [f"{n},{n}" for n in range(1, 41)]
    held[6] += ",extra"
    held[20] = "alone"
    grid = grid_of(("a,b\n" + "\n".join(held) + "\n").encode(), "x.csv", [","])
    cells = grid.column([0])
    assert list(cells.ragged) == [7, 21]
    texts = np.array(cells.columns[0].to_pylist(), dtype=int)
    assert list(texts) == list(cells.numbers)
