"""However a notebook comes to grief, its step is never reported as done."""

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from notebook_maker import RELEASE, Region, code, markdown

from workbench.reporting import steps

pytestmark = pytest.mark.kernel

SECRET = "9434765919"

FAULTS = {
    # name: (code of the cell that fails, exit code, class told)
    "dies": ("import os; os._exit(0)", 13, "KernelError"),
    "killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 13, "KernelError"),
    "exits": ("raise SystemExit(0)", 12, None),
    "raises": (f"raise ValueError('patient {SECRET}')", 12, "ValueError"),
    "input": (
        "from workbench.errors import InputError\nraise InputError('jan.csv: no header')",
        11,
        "InputError",
    ),
    "check": (
        "page.checks(pd.DataFrame({'check': ['Sum'], 'passed': [False], 'detail': ['1 of 3']}))",
        14,
        "CheckError",
    ),
    "bare_table": (
        "page.table(pd.DataFrame({'n': [3]}), name='t', caption='c')",
        15,
        "DisclosureError",
    ),
    "bare_output": (f"pd.DataFrame({{'nhs': ['{SECRET}']}})", 15, "DisclosureError"),
    "wordy": ("page.headline('word ' * 81)", 12, "NotebookError"),
    "unsaved": ("x = 1", 12, "NotebookError"),
    "quits": ("quit()", None, None),
    "forged_block": (
        "from IPython.display import display\n"
        "block = {'kind': 'markdown', 'html': '<script>alert(1)</script>'}\n"
        "mime = 'application/vnd.workbench.block+json'\n"
        "display({mime: block, 'text/html': '<b>3</b>'}, raw=True)",
        15,
        "DisclosureError",
    ),
    "own_class": (
        f"class InputError(Exception): ...\nraise InputError('patient {SECRET}')",
        12,
        "InputError",
    ),
    "told_number": (f"page.headline('Patient {SECRET} waited.')", 15, "DisclosureError"),
    "told_postcode": (
        "page.checks(pd.DataFrame({'check': ['a'], 'passed': [True], 'detail': ['at LS1 4AP']}))",
        15,
        "DisclosureError",
    ),
}


@pytest.fixture(scope="module")
def grief(tmp_path_factory: pytest.TempPathFactory) -> tuple[Region, int]:
    region = Region(tmp_path_factory.mktemp("grief") / "region")
    region.add("a_good", code(RELEASE + "\npage.table(released, name='t', caption='Waits')"))
    for name, (cell, _, _) in FAULTS.items():
        writes = ["promised"] if name == "unsaved" else []
        region.add(name, markdown("## Work"), code(cell), code("after = 1"), writes=writes)
    region.add("needs", code("page.dataset('promised');"), reads=["promised"])
    return region, region.run("--jobs", "2")


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_told_by_class_and_code(grief: tuple[Region, int], name: str) -> None:
    step = grief[0].step(name)
    _, exit_code, error = FAULTS[name]
    assert step["status"] == "failed"
    # A kernel that is ended in good order may still do a cell or two before it goes.
    assert step["exit_code"] == exit_code or (exit_code is None and step["exit_code"] in {12, 13})
    if error:
        assert step["error"] == error
    if name not in {"unsaved", "quits"}:
        assert "Work" in step["cell"]


@pytest.mark.parametrize("name", [*FAULTS, "needs"])
def test_failed_step_leaves_no_file_that_looks_complete(
    grief: tuple[Region, int], name: str
) -> None:
    run = grief[0].root / "run"
    assert not (run / f"{name}.html").exists()
    assert not (run / "tables" / name).exists()
    assert not (run / "notebooks" / f"{name}.ipynb").exists()


LAST_CELLS = {
    # What only the end of the run can show: (last cell, exit code, words told)
    "quits_last": ("quit()", 12, "ended the kernel"),
    "shuts_down_last": (
        "_ = get_ipython().kernel.do_shutdown(False)",
        None,
        "",
    ),
    "overwrites": (
        RELEASE + "\npage.save(released, name='t')\n"
        "from pathlib import Path\n"
        "Path(page._setting.out / 'tables/t.csv').write_text('month,total\\n2025-01,3\\n');",
        15,
        "tables/t.csv was changed after the page wrote it",
    ),
    "adds_a_file": (
        RELEASE + "\npage.save(released, name='t')\n"
        "from pathlib import Path\n"
        "Path(page._setting.out / 'tables/u.csv').write_text('month,total\\n2025-01,3\\n');",
        15,
        "tables/u.csv was not written by the page",
    ),
}


@pytest.fixture(scope="module")
def last_cells(tmp_path_factory: pytest.TempPathFactory) -> Region:
    region = Region(tmp_path_factory.mktemp("last") / "region")
    for name, (cell, _, _) in LAST_CELLS.items():
        region.add(name, code(cell))
    region.add("z_good", code(RELEASE + "\npage.table(released, name='t', caption='Waits')"))
    region.add("never_starts")
    path = region.root / "notebooks" / "never_starts.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][-1]["source"] = "x = 1"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert region.run("--jobs", "2") in {12, 13, 15}
    return region


@pytest.mark.parametrize("name", LAST_CELLS)
def test_what_only_the_end_can_show_is_a_failure(last_cells: Region, name: str) -> None:
    _, exit_code, words = LAST_CELLS[name]
    step = last_cells.step(name)
    assert step["status"] == "failed"
    assert step["exit_code"] == exit_code or (exit_code is None and step["exit_code"] in {12, 13})
    assert words in step["message"]
    assert not (last_cells.root / "run" / "tables" / name).exists()


def test_notebook_that_never_starts_fails_alone(last_cells: Region) -> None:
    step = last_cells.step("never_starts")
    assert step["exit_code"] == 12
    assert "never calls wb.start" in step["message"]
    assert "after the parameters" in step["message"]
    assert last_cells.step("z_good")["status"] == "ok"
    store = last_cells.root / ".workbench" / "steps"
    assert [path.name for path in store.iterdir()] == [last_cells.step("z_good")["key"]]
    assert last_cells.run("--resume", str(last_cells.root / "run")) in {12, 13, 15}
    assert last_cells.step("z_good")["cached"]


def test_step_that_breaks_our_own_code_fails_alone(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    region.add("one")
    region.add("two")
    keep = steps.execute

    def breaks(step: steps.Step, *rest: Any) -> Any:
        if step.notebook.name == "one":
            raise RuntimeError(f"patient {SECRET}")
        return keep(step, *rest)

    monkeypatch.setattr(steps, "execute", breaks)
    assert region.run() == 13
    assert region.step("one")["status"] == "failed"
    assert "RuntimeError" in region.step("one")["message"]
    assert SECRET not in region.step("one")["message"]
    assert region.step("two")["status"] == "ok"


def test_run_is_failed_and_its_good_step_is_kept(grief: tuple[Region, int]) -> None:
    region, exit_code = grief
    assert exit_code in {11, 12, 13, 14, 15}
    assert region.manifest()["status"] == "failed"
    assert region.step("a_good")["status"] == "ok"
    assert (region.root / "run" / "a_good.html").is_file()
    assert not (region.root / "run" / "SHA256SUMS").exists()
    index = (region.root / "run" / "index.html").read_text(encoding="utf-8")
    assert "did not finish" in index
    assert 'href="dies.html"' not in index


def test_step_that_needs_a_failed_one_is_not_run(grief: tuple[Region, int]) -> None:
    assert grief[0].step("needs")["status"] == "not run"


def test_failed_notebook_is_kept_for_whoever_mends_it(grief: tuple[Region, int]) -> None:
    logs = grief[0].root / "run" / "logs"
    assert "ValueError" in (logs / "raises.ipynb").read_text(encoding="utf-8")
    assert "Do not pass this folder on" in (logs / "README.txt").read_text(encoding="utf-8")


def test_value_of_data_in_a_foreign_error_stays_in_the_logs(grief: tuple[Region, int]) -> None:
    run = grief[0].root / "run"
    told = [path for path in run.rglob("*") if path.is_file() and path.parent.name != "logs"]
    assert told
    assert not [path.name for path in told if SECRET in path.read_text("utf-8", "replace")]


def test_time_limit_ends_a_notebook_and_its_kernel(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    pid = region.root / "pid.txt"
    region.add(
        "slow",
        code(f"import os, pathlib, time\npathlib.Path({str(pid)!r}).write_text(str(os.getpid()))"),
        code("time.sleep(300)"),
    )
    assert region.run("--timeout", "8") == 13
    assert "--resume" in capsys.readouterr().err
    assert _ended(int(pid.read_text()))
    assert "longer than" in region.step("slow")["message"]


def _ended(pid: int) -> bool:
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_mended_run_resumes_with_its_parameters(region: Region) -> None:
    values = "word: str = 'a'  # a word"
    region.add("one", code("assert page.parameters.word == '007'"), parameters=values)
    region.add("two", code("raise KeyError('x')"))
    assert region.run("-p", "one:word=007") == 12
    assert region.step("one")["status"] == "ok"
    region.add("two", code("fine = 1"))
    assert region.run("--resume", str(region.root / "run")) == 0
    assert region.step("one")["cached"] is True
    assert region.step("one")["parameters"][0]["value"] == "007"
    assert region.manifest()["status"] == "complete"


def test_parameter_given_to_a_run_continued_wins(region: Region) -> None:
    region.add("one", parameters="number: int = 1")
    assert region.run("-p", "one:number=3") == 0
    assert region.run("--resume", "latest", "-p", "number=4") == 0
    assert region.step("one")["parameters"][0]["value"] == 4


def test_interrupted_run_stops_its_kernels_and_says_so(region: Region) -> None:
    pid = region.root / "pid.txt"
    write = f"import os, pathlib\npathlib.Path({str(pid)!r}).write_text(str(os.getpid()))"
    region.add("slow", code(write), code("import time; time.sleep(300)"))
    command = [
        sys.executable, "-m", "workbench.cli.main", "run", "--out", str(region.root / "run"),
        "--workspace", str(region.root),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    for _ in range(600):
        if pid.is_file() and pid.read_text():
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"--resume" in told
    assert _ended(int(pid.read_text()))
    assert region.manifest()["status"] == "interrupted"
    assert region.manifest()["steps"][0]["status"] in {"failed", "not run"}
    assert not list((region.root / ".workbench" / "steps").glob("[0-9a-f]*"))
