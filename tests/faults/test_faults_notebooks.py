"""However a notebook comes to grief, its step is never reported as done."""

import os
import signal
import subprocess
import sys
import time

import pytest
from notebook_maker import RELEASE, Region, code, markdown

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
    assert step["exit_code"] == exit_code
    if error:
        assert step["error"] == error
    if name != "unsaved":
        assert "Work" in step["cell"]


@pytest.mark.parametrize("name", [*FAULTS, "needs"])
def test_failed_step_leaves_no_file_that_looks_complete(
    grief: tuple[Region, int], name: str
) -> None:
    run = grief[0].root / "run"
    assert not (run / f"{name}.html").exists()
    assert not (run / "tables" / name).exists()
    assert not (run / "notebooks" / f"{name}.ipynb").exists()


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
