"""The catalogue of notebooks: adding one is adding a file."""

import json

import pytest
from notebook_maker import Region

from workbench.cli.main import main
from workbench.errors import ParameterError, UsageError
from workbench.reporting.notebooks import catalogue, needed


def test_order_follows_what_is_read_and_written(region: Region) -> None:
    region.add("a_last", reads=["pathways", "scores"])
    region.add("b_middle", reads=["pathways"], writes=["scores"])
    region.add("c_first", writes=["pathways"])
    region.add("d_alone")
    known = catalogue(region.root / "notebooks")
    order = needed(known, [])
    assert order.index("c_first") < order.index("b_middle") < order.index("a_last")
    assert needed(known, ["b_middle"]) == ["c_first", "b_middle"]
    assert needed(known, ["d_alone"]) == ["d_alone"]


def test_circle_is_refused(region: Region) -> None:
    region.add("a", reads=["x"], writes=["y"])
    region.add("b", reads=["y"], writes=["x"])
    with pytest.raises(ParameterError, match="in a circle"):
        needed(catalogue(region.root / "notebooks"), [])


def test_dataset_that_two_write_is_refused(region: Region) -> None:
    region.add("a", writes=["waits"])
    region.add("b", writes=["waits", "pathways"])
    with pytest.raises(ParameterError, match="written by a and b"):
        needed(catalogue(region.root / "notebooks"), [])


def test_unknown_notebook_is_refused_with_the_nearest(region: Region) -> None:
    region.add("10_national_benchmark")
    with pytest.raises(UsageError, match="did you mean '10_national_benchmark'"):
        needed(catalogue(region.root / "notebooks"), ["10_national_benchmarks"])


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"cells": 3', "PK\x03\x04"])
def test_file_that_is_no_notebook_is_refused(region: Region, text: str) -> None:
    (region.root / "notebooks" / "x.ipynb").write_text(text, encoding="utf-8")
    assert region.run() == 10


def test_list_and_params_tell_what_there_is(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    region.add("one", parameters="weeks: int = 3  # ahead", question="How long?", writes=["w"])
    assert main(["list", "--workspace", str(region.root)]) == 0
    told = capsys.readouterr().out
    assert "How long?" in told
    assert "writes: w" in told
    assert main(["params", "one", "--json", "--workspace", str(region.root)]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["one"][0]["name"] == "weeks"
    assert facts["one"][0]["default"] == 3
    assert main(["params", "two", "--workspace", str(region.root)]) == 2


def test_check_starts_no_kernel_and_tells_all(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    region.add("one", parameters="weeks: int = 3")
    code = main(["check", "-p", "weeks=x", "--json", "--workspace", str(region.root)])
    facts = json.loads(capsys.readouterr().out)
    assert code == 10
    assert not facts["notebooks and parameters"]["ready"]
    assert facts["kernel"]["ready"]


@pytest.mark.parametrize(
    "words", [["--jobs", "0"], ["--timeout", "0"], ["--resume", "nothing"], ["nothing"]]
)
def test_words_that_make_no_sense_are_refused(region: Region, words: list[str]) -> None:
    region.add("one")
    assert region.run(*words) == 2


def test_folder_with_something_else_in_it_is_refused_and_left_alone(region: Region) -> None:
    region.add("one")
    out = region.root / "run"
    out.mkdir()
    (out / "thesis.doc").write_text("mine", encoding="utf-8")
    assert region.run() == 2
    assert [path.name for path in out.iterdir()] == ["thesis.doc"]
