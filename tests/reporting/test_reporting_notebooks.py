"""The catalogue of notebooks: adding one is adding a file."""

import errno
import importlib
import json
from pathlib import Path

import pytest
from notebook_maker import Region

from workbench.cli.main import main
from workbench.errors import ParameterError, UsageError
from workbench.reporting import folder
from workbench.reporting.notebooks import catalogue, needed
from workbench.workspace import open_workspace

list_ = importlib.import_module("workbench.cli.list")


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


JUNK = [
    "", "{}", "[1]", '{"cells": 3', "PK\x03\x04", '{"cells": 3}', '{"cells": [1]}',
    '{"cells": [{}]}', '{"cells": [], "metadata": null}',
    '{"cells": [], "metadata": {"workbench": {"reads": "x"}}}',
    '{"cells": [{"cell_type": "code", "source": 3}]}',
]  # fmt: skip


@pytest.mark.parametrize("text", JUNK)
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


@pytest.mark.parametrize("text", JUNK)
def test_bad_file_stops_only_who_asks_for_it(
    region: Region, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    region.add("good")
    (region.root / "notebooks" / "x.ipynb").write_text(text, encoding="utf-8")
    place = ["--workspace", str(region.root)]
    assert main(["list", *place]) == 0
    told = capsys.readouterr().out
    assert "good" in told
    assert "NOT READ  x.ipynb is not a Jupyter notebook." in told
    assert main(["params", "good", *place]) == 0
    known = catalogue(region.root / "notebooks")
    assert needed(known, ["good"]) == ["good"]
    for wanted in (["x"], []):
        with pytest.raises(ParameterError, match=r"x\.ipynb is not .*\n.*move it out of"):
            needed(known, wanted)


def test_folder_without_notebooks_is_named(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert region.run() == 2
    assert str(region.root / "notebooks") in capsys.readouterr().err


PLACES = [
    "notebooks", "notebooks/run", "data_dictionary", "inbox/x", "cwt/x", "vault", "keys/a",
    "store/x", ".workbench/x", "quarantine", "reports", ".", "reports/../store/new",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_run_goes_nowhere_near_data_or_keys(
    region: Region, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    region.add("one")
    (region.root / "data_dictionary").mkdir()
    (region.root / "workbench.toml").write_text('workbooks = "cwt"\n', encoding="utf-8")
    assert region.run(out=place) == 2
    assert "A run cannot go to" in capsys.readouterr().err


def test_place_that_cannot_be_written_to_is_told_in_words(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    region.add("one")
    (region.root / "file").write_text("x", encoding="utf-8")
    for out in ("/proc/x/y", "file/y"):
        assert region.run(out=out) == 2
        told = capsys.readouterr().err
        assert "cannot be written to" in told
        assert "Traceback" not in told


def test_what_the_system_refuses_is_told_without_a_traceback(
    region: Region, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", "table.csv")

    monkeypatch.setattr(list_, "run", full)
    assert main(["list", "--workspace", str(region.root)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("workbench: table.csv: No space left on device.")
    assert "Traceback" not in told


def test_latest_is_found_wherever_it_was_put(region: Region, tmp_path: Path) -> None:
    region.add("one")
    workspace = open_workspace(region.root)
    for place, started in ((workspace.reports / "old", "2025-01"), (tmp_path / "far", "2025-02")):
        made = folder.RunFolder(place)
        volatile = {"started": started}
        made.write_json(folder.MANIFEST, folder.manifest("failed", {}, [], volatile))
    assert folder.find_run(workspace, "latest") == (workspace.reports / "old").resolve()
    folder.remember(workspace, tmp_path / "far")
    assert folder.find_run(workspace, "latest") == (tmp_path / "far").resolve()
