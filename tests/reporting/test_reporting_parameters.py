"""Parameters: declared in the notebook, typed and refused before anything starts."""

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebook_maker import Region

from workbench.errors import ParameterError
from workbench.reporting.declaration import Parameter, declared
from workbench.reporting.notebooks import catalogue
from workbench.reporting.request import Given, from_text, make_request
from workbench.reporting.values import plain, published, typed
from workbench.workspace import open_workspace

CELL = """\
from workbench.parameters import Annotated, Between, Date, Folder, Literal, Month
trust: str = ""  # code of one Trust
as_at: Date = "2025-03-31"  # seen from
month: Month = "2025-03"  # month shown
weeks: Annotated[int, Between(1, 52)] = 12  # how far ahead
share: float = 0.5
deep: bool = False
standard: Literal["FDS", "31D", "62D"] = "62D"  # which
trusts: list[str] = ["RAA", "RBB"]
workbooks: Folder = ""  # blank: synthetic
"""


@pytest.fixture(scope="module")
def parameters() -> tuple[Parameter, ...]:
    return declared(CELL, "n.ipynb")


def test_cell_declares_names_types_defaults_and_meaning(
    parameters: tuple[Parameter, ...],
) -> None:
    assert [p.name for p in parameters][:3] == ["trust", "as_at", "month"]
    weeks = next(p for p in parameters if p.name == "weeks")
    assert (weeks.kind, weeks.low, weeks.high, weeks.default) == ("int", 1, 52, 12)
    assert weeks.help == "how far ahead"
    assert next(p for p in parameters if p.name == "standard").words == "FDS | 31D | 62D"
    assert next(p for p in parameters if p.name == "trusts").words == "list of str"


def test_cell_runs_by_hand() -> None:
    names: dict[str, object] = {}
    exec(CELL, names)
    assert names["weeks"] == 12


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("x = 1", "is not a typed parameter"),
        ("x: int", "has no default"),
        ("x: int = f(2)", "not a plain value"),
        ("x: dict = {}", "'dict' is not a type"),
        ("import os", "is not a typed parameter"),
        ("x: int = 1\nx: int = 2", "declared twice"),
        ("x: Literal[1, 'a'] = 1", "not all of one type"),
        ("def f(): pass", "is not a typed parameter"),
    ],
)
def test_any_other_line_is_refused(cell: str, fault: str) -> None:
    with pytest.raises(ParameterError) as told:
        declared(cell, "n.ipynb")
    assert fault in str(told.value)


def test_cell_that_is_not_python_is_refused() -> None:
    with pytest.raises(ParameterError, match="not valid Python"):
        declared("x: int = (", "n.ipynb")


def test_text_becomes_typed_values(parameters: tuple[Parameter, ...], tmp_path: Path) -> None:
    text = {
        "trust": "007", "as_at": "2024-02-29", "weeks": "52", "share": "1e-3", "deep": "yes",
        "standard": "FDS", "trusts": "007, 008", "workbooks": str(tmp_path),
    }  # fmt: skip
    values, faults = typed(parameters, text, tmp_path)
    assert faults == []
    assert values["trust"] == "007"
    assert values["trusts"] == ["007", "008"]
    assert values["as_at"] == datetime.date(2024, 2, 29)
    assert values["weeks"] == 52
    assert values["share"] == pytest.approx(0.001)
    assert values["deep"] is True
    assert values["workbooks"] == tmp_path.resolve()
    assert published(values["workbooks"]) == tmp_path.name
    again, _ = typed(parameters, {name: plain(value) for name, value in values.items()}, tmp_path)
    assert again == values


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("weeks", "12.5", "not a whole number"),
        ("weeks", "0", "not between 1 and 52"),
        ("weeks", "", "is blank"),
        ("weeks", True, "not a whole number"),
        ("share", "nan", "not a number"),
        ("share", "half", "not a number"),
        ("deep", "maybe", "not true or false"),
        ("as_at", "2025-02-30", "not a date"),
        ("as_at", "31/03/2025", "not a date"),
        ("month", "2025-13", "not a month"),
        ("standard", "63D", "not one of FDS, 31D, 62D"),
        ("trust", 7, "in a file, write it in quotes"),
        ("trusts", 7, "needs list of str"),
        ("workbooks", "no/such", "there is no folder"),
        ("weks", "3", "did you mean 'weeks'?"),
    ],
)
def test_value_that_does_not_fit_is_refused(
    parameters: tuple[Parameter, ...], tmp_path: Path, name: str, value: object, fault: str
) -> None:
    _, faults = typed(parameters, {name: value}, tmp_path)
    assert len(faults) == 1
    assert fault in faults[0]


def test_all_faults_are_told_at_once(parameters: tuple[Parameter, ...], tmp_path: Path) -> None:
    _, faults = typed(parameters, {"weeks": "x", "deep": "x", "nothing": "x"}, tmp_path)
    assert len(faults) == 3


def test_blank_folder_takes_the_workspaces_own(
    parameters: tuple[Parameter, ...], tmp_path: Path
) -> None:
    values, _ = typed(parameters, {}, tmp_path, {"workbooks": tmp_path})
    assert values["workbooks"] == tmp_path.resolve()
    assert typed(parameters, {}, tmp_path)[0]["workbooks"] is None


@given(st.text())
def test_any_text_is_typed_or_refused_never_raised(text: str) -> None:
    values, faults = typed(declared(CELL, "n"), {"weeks": text, "as_at": text}, Path("/tmp"))
    assert len(values) + len(faults) == len(declared(CELL, "n"))


def test_run_is_refused_before_a_kernel_starts_with_every_fault(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    region.add("one", parameters="weeks: int = 1\nday: int = 2")
    region.add("two", parameters="weeks: int = 1")
    words = ["-p", "weeks=x", "-p", "one:day=y", "-p", "wekes=1", "-p", "three:day=1"]
    assert region.run(*words) == 10
    told = capsys.readouterr().err
    assert "one: weeks" in told
    assert "two: weeks" in told
    assert "one: day" in told
    assert "did you mean 'weeks'?" in told
    assert "three: not part of this run" in told
    assert not (region.root / "run").exists()


def test_word_without_equals_is_refused(region: Region) -> None:
    region.add("one")
    assert region.run("-p", "weeks") == 10


@pytest.mark.parametrize(
    ("text", "exit_code"),
    [("- a", 10), ("a: [", 10), ("trust: 007", 10), ("one: {weeks: x}", 10), ("", 10)],
)
def test_parameter_file_that_does_not_fit_is_refused(
    region: Region, text: str, exit_code: int
) -> None:
    region.add("one", parameters="weeks: int = 1\ntrust: str = ''")
    path = region.root / "p.yaml"
    path.write_text(text, encoding="utf-8")
    assert region.run("--params", str(path)) == exit_code


def test_everything_wrong_with_a_request_is_told_in_one_round(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    region.add("one", parameters="weeks: int = 1", reads=["absent"])
    words = ["one", "ones", "-p", "weeks", "-p", "one:weeks=x", "-p", "a=1", "-p", "a=2"]
    assert region.run(*words) == 10
    told = capsys.readouterr().err
    faults = [
        "'ones'; did you mean 'one'?",
        "-p weeks: is not written name=value",
        "one: weeks",
        "a: is given 2 times",
        "'absent', which is not in the store",
    ]
    for fault in faults:
        assert fault in told


def test_parameter_file_that_is_not_there_is_said_to_be_so(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    region.add("one")
    assert region.run("--params", str(region.root / "no.yaml")) == 10
    assert "There is no file" in capsys.readouterr().err


def test_name_given_twice_in_a_file_is_refused(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    region.add("one", parameters="weeks: int = 1")
    path = region.root / "p.yaml"
    path.write_text("weeks: 2\nweeks: 3\n", encoding="utf-8")
    assert region.run("--params", str(path)) == 10
    assert "weeks: is given 2 times" in capsys.readouterr().err


def test_later_place_wins_and_in_one_place_the_narrower(region: Region) -> None:
    region.add("one", parameters="weeks: int = 1\ndays: int = 1")
    known = catalogue(region.root / "notebooks")
    given = [
        Given((("one", "weeks", 2), ("one", "days", 2))),
        from_text(["weeks=4", "one:days=5", "days=6"]),
    ]
    made = make_request(known, [], given, open_workspace(region.root))
    assert made.values["one"] == {"weeks": 4, "days": 5}
