"""A notebook that takes a model gets the workspace's own, or says how to make one."""

from __future__ import annotations

from pathlib import Path

import pytest
from notebook_maker import RELEASE, Region, code

from workbench.errors import InputError
from workbench.reporting.notebooks import catalogue
from workbench.reporting.request import from_text, make_request
from workbench.reporting.session import start
from workbench.workspace import open_workspace

TAKES = (
    "from workbench.parameters import Folder, Literal\n"
    'standard: Literal["FDS", "62D"] = "62D"  # which\n'
    'model: Folder = ""  # blank: the workspace\'s own\n'
)
SHOW = "page.headline((page.parameters.model / 'told.txt').read_text())\n" + RELEASE


@pytest.fixture
def taking(region: Region) -> Region:
    region.add("takes", code(SHOW), parameters=TAKES)
    return region


def fill(region: Region, standard: str, told: str) -> Path:
    folder = region.root / "models" / standard
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "told.txt").write_text(told, encoding="utf-8")
    return folder


def test_no_model_is_told_before_anything_starts(
    taking: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert taking.run("-p", "standard=FDS") == InputError.exit_code
    told = capsys.readouterr().err
    assert "takes needs a model of FDS, and there is none in models/FDS" in told
    assert "What to do: workbench train --standard FDS --out models/FDS" in told
    assert not (taking.root / "run").exists()


def test_no_model_and_no_data_are_told_together(
    taking: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    taking.add("reads", code(RELEASE), reads=["records", "judged_31d"])
    assert taking.run() == InputError.exit_code
    told = capsys.readouterr().err
    assert "'records', which is not in the store" in told
    remedy = told.partition("What to do: ")[2]
    assert remedy.index("workbench ingest") < remedy.index("train --standard 31D")
    assert "train --standard 62D" in remedy


def test_the_model_of_the_chosen_standard_is_taken(taking: Region) -> None:
    own, other = fill(taking, "62D", "own"), fill(taking, "FDS", "other")
    known, workspace = catalogue(taking.root / "notebooks"), open_workspace(taking.root)
    assert make_request(known, [], [], workspace).values["takes"]["model"] == own.resolve()
    given = taking.root / "elsewhere"
    given.mkdir()
    chosen = make_request(known, [], [from_text(["standard=FDS"])], workspace)
    assert chosen.values["takes"]["model"] == other.resolve()
    chosen = make_request(known, [], [from_text(["model=elsewhere"])], workspace)
    assert chosen.values["takes"]["model"] == given.resolve()


def test_by_hand_no_model_says_what_to_type_too(
    taking: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(taking.root))
    with pytest.raises(InputError, match="train --standard 62D"):
        start("takes", {"standard": "62D", "model": ""})


@pytest.mark.kernel
def test_a_step_depends_on_the_bytes_of_the_model(taking: Region) -> None:
    fill(taking, "62D", "The first model was told of.")
    assert taking.run(out="one") == 0
    assert taking.run(out="same") == 0
    assert taking.step("takes", "same")["cached"]
    fill(taking, "62D", "The second model was told of.")
    assert taking.run(out="two") == 0
    step = taking.step("takes", "two")
    assert not step["cached"]
    assert step["headline"] == "The second model was told of."
    assert step["input_digests"] != taking.step("takes", "one")["input_digests"]


@pytest.mark.kernel
def test_the_command_on_the_page_runs_it_again(taking: Region) -> None:
    fill(taking, "62D", "The model was told of here.")
    assert taking.run() == 0
    page = (taking.root / "run" / "takes.html").read_text(encoding="utf-8")
    assert "workbench run takes</code>" in page
