"""The page a notebook works with: by hand, without a kernel."""

import datetime
import random
from functools import partial
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
from workbench.reporting.identifiers import identifiers_in
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


def test_chance_is_never_shown_as_nought_and_nought_never_as_less_than_nought() -> None:
    frame = pd.DataFrame({"row": list("abcd"), "q": [0.0, 0.0004, 0.0006, 1.0]})
    frame["gap"] = [-0.04, -0.0, 0.04, -0.06]
    held = release(frame, keys=["row"], not_people=["q", "gap"], profile="already_published")
    looks = {"q": tables.Column("q", 3, chance=True), "gap": tables.Column("Gap", 1)}
    rows = tables.shown(held, looks)["rows"]
    assert [row[0] for row in rows] == ["<0.001", "<0.001", "0.001", "1.000"]
    assert [row[1] for row in rows] == ["0.0", "0.0", "0.0", "-0.1"]
    plain = tables.shown(held, {"q": tables.Column("q", 3)})["rows"]
    assert plain[0] == ["0.000"]


def test_a_gap_in_percentage_points_bears_no_percent_sign() -> None:
    frame = pd.DataFrame({"row": ["a"], "gap": [0.12]})
    held = release(frame, keys=["row"], not_people=["gap"], profile="already_published")
    for header, told in (("Gap (% points)", "12.0"), ("Missed (%)", "12.0%")):
        looks = {"gap": tables.Column(header, percent=True)}
        assert tables.shown(held, looks)["rows"] == [[told]]


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


@pytest.mark.parametrize("name", ["../x", "A", "a b", "", "_a", "a" * 81, "a" * 300])
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


@pytest.mark.parametrize("name", ["=1+1", "+44", "-", "@SUM(A1)", " =x"])
def test_name_that_a_spreadsheet_would_run_is_written_as_text(page: Session, name: str) -> None:
    frame = pd.DataFrame({"group": [name, "plain"], "total": [40, 50], "change": [-1.5, 2.0]})
    roles = {"keys": ["group"], "counts": ["total"], "statistics": ["change"]}
    released = release(frame, **roles, profile="already_published")
    page.table(released, name="waits", caption="Waits")
    page.save(released, name="kept", format="parquet")
    folder = page.workspace.reports / "by_hand" / "one" / "tables"
    assert (folder / "waits.csv").read_text(
        "utf-8"
    ) == f"group,total,change\n'{name},40,-1.5\nplain,50,2.0\n"
    assert set(pd.read_parquet(folder / "kept.parquet")["group"]) == {name, "plain"}


NUMBER, POSTCODE = "943 476 5919", "LS1 4AP"


@pytest.mark.parametrize("value", [NUMBER, NUMBER.replace(" ", ""), POSTCODE, POSTCODE.lower()])
def test_words_that_name_a_patient_are_refused_and_not_repeated(page: Session, value: str) -> None:
    check = pd.DataFrame({"check": ["a"], "passed": [False], "detail": [f"see {value}."]})
    drawn = partial(wb.charts.trend, _released(), x="month", y="share")
    words = {
        "title": "Waits fell", "subtitle": "Seen in time (%)", "source": "Made up.",
        "alt": "The share seen in time fell to 57% in March.",
    }  # fmt: skip
    attempts = [
        lambda: page.headline(f"Patient {value} waited."),
        lambda: page.table(_released(), name="a", caption=f"Of {value}"),
        lambda: page.checks(check),
        lambda: page.synthetic(f"As {value}."),
        lambda: page.figure(drawn(**{**words, "title": f"{value} waits"}), name="b"),
        lambda: page.figure(drawn(**{**words, "alt": f"{value} waits longest of all"}), name="c"),
    ]
    for attempt in attempts:
        with pytest.raises(DisclosureError) as told:
            attempt()
        assert value not in str(told.value)
    assert not page.record.headline
    assert not page.record.outputs


def test_figures_and_dates_in_words_are_no_identifiers() -> None:
    words = (
        "12,345,678,901 of 9,434,765,919 in 2025-03 to 2025-04; Q4 2nd and q4 1st; C50 9 years; "
        "0.1234567890; 20250331; 99.123 456 7890%"
    )
    assert not identifiers_in(words)


def test_what_is_shown_and_written_is_recorded_by_digest(page: Session) -> None:
    page.table(_released(), name="a", caption="c")
    assert len(page.record.blocks) == 1
    path = page.workspace.reports / "by_hand" / "one" / "tables" / "a.csv"
    assert page.record.outputs[0]["sha256"] == sha256(path)
