"""Datasets of the store: found before a kernel starts, and part of what a step depends on."""

from __future__ import annotations

import pandas as pd
import pytest
from notebook_maker import RELEASE, Region, code

from workbench.cli.main import main
from workbench.errors import InputError, UsageError
from workbench.files import sha256
from workbench.reporting.session import start

READ = (
    "found = pd.read_parquet(page.dataset('records'))\n"
    "page.headline(f'There are {len(found)} rows.')\n" + RELEASE
)


@pytest.fixture
def stored(region: Region) -> Region:
    region.add("needs", code(READ), reads=["records"])
    region.add("alone", code(RELEASE), parameters="weeks: int = 3  # ahead")
    return region


def fill(region: Region, rows: int) -> str:
    path = region.root / "store" / "records.parquet"
    path.parent.mkdir(exist_ok=True)
    pd.DataFrame({"n": range(rows)}).to_parquet(path)
    return sha256(path)


def test_missing_data_are_told_before_anything_starts(
    stored: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stored.run("needs") == InputError.exit_code
    told = capsys.readouterr().err
    assert "needs reads 'records', which is not in the store" in told
    assert "What to do: workbench ingest" in told
    assert not (stored.root / "run").exists()


def test_all_faults_are_told_together(stored: Region, capsys: pytest.CaptureFixture[str]) -> None:
    assert stored.run("-p", "weeks=many") == 10
    told = capsys.readouterr().err
    assert "weeks" in told
    assert "'records'" in told
    assert "workbench ingest" in told


def test_a_name_that_was_meant_is_suggested(
    stored: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    (stored.root / "store").mkdir()
    pd.DataFrame({"n": [1]}).to_parquet(stored.root / "store" / "record.parquet")
    assert stored.run("needs") == InputError.exit_code
    assert "did you mean 'record'?" in capsys.readouterr().err


def test_list_and_check_know_of_the_store(
    stored: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "--workspace", str(stored.root)]) == 0
    assert "reads: records" in capsys.readouterr().out
    main(["check", "needs", "--workspace", str(stored.root)])
    assert "workbench ingest" in capsys.readouterr().out


@pytest.mark.kernel
def test_a_notebook_that_needs_no_store_runs_without_one(stored: Region) -> None:
    assert stored.run("alone") == 0


@pytest.mark.kernel
def test_a_step_depends_on_the_bytes_of_the_store(stored: Region) -> None:
    first = fill(stored, 3)
    assert stored.run("needs", out="one") == 0
    assert stored.step("needs", "one")["datasets_read"] == {"records": first}
    assert stored.step("needs", "one")["headline"] == "There are 3 rows."
    assert stored.run("needs", out="same") == 0
    assert stored.step("needs", "same")["cached"]
    second = fill(stored, 4)
    assert stored.run("needs", out="two") == 0
    assert not stored.step("needs", "two")["cached"]
    assert stored.step("needs", "two")["datasets_read"] == {"records": second}
    assert stored.step("needs", "two")["headline"] == "There are 4 rows."


def test_by_hand_the_store_is_read_too(stored: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(stored.root))
    page = start("needs", {})
    with pytest.raises(InputError, match="not there") as told:
        page.dataset("records")
    assert "workbench ingest" in str(told.value)
    fill(stored, 2)
    assert page.dataset("records").is_file()
    with pytest.raises(UsageError, match="does not declare"):
        page.dataset("others")


MAY = (
    "name = 'extra' if page.holds('extra') else 'records'\n"
    "found = pd.read_parquet(page.dataset(name))\n"
    "page.headline(f'There are {len(found)} rows of {name}.')\n" + RELEASE
)


@pytest.mark.kernel
def test_what_a_notebook_may_read_is_pinned_where_it_is_and_never_missed(region: Region) -> None:
    region.add("needs", code(MAY), reads=["records"], may_read=["extra"])
    fill(region, 3)
    assert region.run(out="without") == 0
    assert region.step("needs", "without")["headline"] == "There are 3 rows of records."
    extra = region.root / "store" / "extra.parquet"
    pd.DataFrame({"n": range(5)}).to_parquet(extra)
    assert region.run(out="with") == 0
    step = region.step("needs", "with")
    assert step["headline"] == "There are 5 rows of extra."
    assert set(step["datasets_read"]) == {"records", "extra"}
