"""The page a notebook works with: by hand, without a kernel."""

import datetime
import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from notebook_maker import Region

import workbench as wb
from workbench.disclosure import Share, release
from workbench.errors import CheckError, DisclosureError, InputError, NotebookError, UsageError
from workbench.errors import ParameterError as WrongParameter
from workbench.files import sha256
from workbench.reporting import tables
from workbench.reporting.session import Session


def _released() -> Any:
    frame = pd.DataFrame(
        {
            "month": ["2025-02", "2025-01", "2025-03"],
            "total": [1200, 40, 7],
            "within": [900, 30, 4],
            "share": [0.75, 0.75, 4 / 7],
        }
    )
    roles = {
        "keys": ["month"], "counts": ["total", "within"],
        "shares": {"share": Share("within", "total")}, "profile": "nhs_round5",
    }  # fmt: skip
    return release(frame, **roles)


@pytest.fixture
def page(region: Region, monkeypatch: pytest.MonkeyPatch) -> Session:
    region.add("one", parameters="as_at: Date = '2025-03-31'\nweeks: int = 3", reads=["d"])
    monkeypatch.chdir(region.root / "notebooks")
    monkeypatch.delenv("WORKBENCH_STEP", raising=False)
    return wb.start("one", {"as_at": "2024-12-31"})


def test_parameters_are_typed_and_put_back(region: Region, page: Session) -> None:
    names: dict[str, Any] = {"as_at": "2024-12-31", "weeks": 9}
    again = wb.start("one", names)
    assert again.parameters.as_at == names["as_at"] == datetime.date(2024, 12, 31)
    assert again.parameters.weeks == 9
    assert page.parameters.weeks == 3
    assert wb.start("one", names).parameters == again.parameters
    assert page.workspace.root == region.root.resolve()


def test_wrong_value_by_hand_is_refused(page: Session) -> None:
    with pytest.raises(WrongParameter, match="not a whole number"):
        wb.start("one", {"weeks": "x"})
    with pytest.raises(NotebookError, match=r"no notebook two\.ipynb"):
        wb.start("two", {})


def test_seeds_are_fixed(page: Session) -> None:
    first = random.random(), np.random.random()  # noqa: NPY002
    wb.start("one", {})
    assert (random.random(), np.random.random()) == first  # noqa: NPY002


def test_saved_table_is_sorted_and_marks_what_is_withheld(page: Session) -> None:
    page.save(_released(), name="waits")
    path = page.workspace.reports / "by_hand" / "one" / "tables" / "waits.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "month,total,within,share"
    assert [line[:7] for line in lines[1:]] == ["2025-01", "2025-02", "2025-03"]
    assert lines[3] == "2025-03,[c],[c],[c]"
    page.save(_released(), name="waits_parquet", format="parquet")
    stored = pd.read_parquet(path.with_name("waits_parquet.parquet"))
    assert stored["total"].isna().sum() == 1
    assert page.record.outputs[0]["withheld"] == 3


def test_shown_table_formats_by_role(page: Session) -> None:
    columns = {"month": "Month", "total": "Seen", "share": tables.Column("In time", decimals=0)}
    shown = tables.shown(_released(), columns)
    assert shown["rows"][0] == ["February 2025", "1,200", "75%"]
    assert shown["rows"][2] == ["March 2025", "[c]", "[c]"]
    assert [column["numeric"] for column in shown["columns"]] == [False, True, True]
    assert shown["withheld"]
    assert not shown["absent"]
    assert len(tables.shown(_released(), max_rows=1)["rows"]) == 1
    with pytest.raises(UsageError):
        tables.shown(_released(), {"nothing": "Nothing"})


@pytest.mark.parametrize("thing", [pd.DataFrame({"n": [1]}), None, "text", {"frame": 1}])
def test_only_what_was_released_can_be_written(page: Session, thing: Any) -> None:
    for attempt in (
        lambda: page.table(thing, name="a", caption="c"),
        lambda: page.save(thing, name="b"),
        lambda: page.save(thing, name="c", format="parquet"),
        lambda: page.figure(thing, name="d"),
    ):
        with pytest.raises(DisclosureError):
            attempt()
    out = page.workspace.reports / "by_hand" / "one"
    assert not (out / "tables").exists()
    assert not (out / "figures").exists()


@pytest.mark.parametrize("name", ["../x", "A", "a b", "", "_a"])
def test_name_that_cannot_be_a_file_is_refused(page: Session, name: str) -> None:
    with pytest.raises(UsageError):
        page.save(_released(), name=name)


def test_name_is_used_once(page: Session) -> None:
    page.save(_released(), name="a")
    with pytest.raises(UsageError, match="twice"):
        page.table(_released(), name="a", caption="c")


def test_headline_is_short_and_given_once(page: Session) -> None:
    with pytest.raises(NotebookError, match="81 words"):
        page.headline("word " * 81)
    page.headline("**Word** - " + "word " * 79)
    with pytest.raises(NotebookError, match="twice"):
        page.headline("More.")


def test_input_is_pinned_by_its_bytes(page: Session, tmp_path: Path) -> None:
    path = tmp_path / "march.xlsx"
    path.write_bytes(b"rows")
    page.input([path], kind="workbook", vintage="2025-03 final")
    assert page.record.inputs == [
        {
            "file": "march.xlsx", "kind": "workbook", "vintage": "2025-03 final", "bytes": 4,
            "sha256": sha256(path),
        }
    ]  # fmt: skip
    with pytest.raises(InputError):
        page.input(tmp_path / "april.xlsx", kind="workbook")


def test_checks_are_recorded_and_a_failed_one_raises(page: Session) -> None:
    good = pd.DataFrame({"check": ["a"], "passed": [True], "detail": ["1"]})
    page.checks(good)
    with pytest.raises(CheckError, match="1 of 2 checks failed"):
        page.checks(pd.concat([good, good.assign(passed=False)]))
    assert [check["passed"] for check in page.record.checks] == [True, True, False]
    with pytest.raises(UsageError):
        page.checks(good.drop(columns="detail"))


def test_dataset_must_be_declared(page: Session) -> None:
    with pytest.raises(UsageError, match="does not declare"):
        page.dataset("pathways")


def test_synthetic_workspace_stamps_itself(region: Region, page: Session) -> None:
    (region.root / "workbench.toml").write_text("synthetic = true\n", encoding="utf-8")
    assert wb.start("one", {}).record.synthetic == ["Every row of this workspace is made up."]
    page.synthetic("Made up.")
    page.synthetic("Made up.")
    assert page.record.synthetic == ["Made up."]


def test_stamp_of_disclosure_reaches_the_record(page: Session) -> None:
    frame = pd.DataFrame({"month": ["2025-01"], "n": [3]})
    page.save(release(frame, keys=["month"], counts=["n"], profile="none"), name="raw")
    assert len(page.record.stamps) == 1
