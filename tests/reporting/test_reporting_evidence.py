"""Keys, sums, comparisons and verdicts: what the evidence rests on."""

import copy
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from notebook_maker import Region, code, markdown

from workbench.errors import UsageError
from workbench.reporting import compare, digests, folder, steps
from workbench.reporting.blocks import MIME, digest
from workbench.reporting.canonical import outputs_of
from workbench.reporting.environment import _pins, differences, step_environment
from workbench.reporting.notebooks import read_notebook
from workbench.reporting.verdict import judge
from workbench.reporting.watch import Notes
from workbench.shipped import shipped
from workbench.workspace import open_workspace

BASE: dict[str, Any] = {"code": {"source": "a"}, "dictionary": "b", "environment": {"python": "3"}}


def _key(region: Region, base: dict[str, Any] = BASE, **values: Any) -> str:
    notebook = read_notebook(region.root / "notebooks" / "one.ipynb")
    return steps.make_step(notebook, values, {}, (), base).key


def test_key_follows_code_values_inputs_and_environment_but_not_words(region: Region) -> None:
    inbox = region.root / "inbox"
    inbox.mkdir()
    (inbox / "a.csv").write_text("1", encoding="utf-8")
    region.add("one", markdown("Words."), code("x = 1"))
    first = _key(region, weeks=1, inbox=inbox)
    region.add("one", markdown("Better words."), code("x = 1"))
    assert _key(region, weeks=1, inbox=inbox) == first
    keys = {first, _key(region, weeks=2, inbox=inbox)}
    for part, value in (("code", {"source": "z"}), ("dictionary", "z"), ("environment", {})):
        keys.add(_key(region, {**BASE, part: value}, weeks=1, inbox=inbox))
    (inbox / "a.csv").write_text("2", encoding="utf-8")
    keys.add(_key(region, weeks=1, inbox=inbox))
    region.add("one", markdown("Better words."), code("x = 2"))
    keys.add(_key(region, weeks=1, inbox=inbox))
    assert len(keys) == 7


def test_digest_of_a_folder_sees_names_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1", encoding="utf-8")
    first = digests.of_tree(tmp_path)
    (tmp_path / ".hidden").write_text("1", encoding="utf-8")
    assert digests.of_tree(tmp_path) == first
    (tmp_path / "a").rename(tmp_path / "b")
    assert digests.of_tree(tmp_path) != first


def test_step_sees_pinned_threads_and_nobodys_own_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JUPYTER_PATH", "IPYTHONDIR", "MPLSTYLE", "PYTHONSTARTUP", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "mine")
    variables = step_environment(tmp_path, tmp_path / "step.json")
    assert "mine" not in variables.values()
    assert variables["OMP_NUM_THREADS"] == "1"
    assert variables["PYTHONHASHSEED"] == "0"
    assert variables["IPYTHONDIR"].startswith(str(tmp_path))


def test_lock_that_differs_is_told_package_by_package(tmp_path: Path) -> None:
    assert dict(_pins(shipped("requirements.lock")))["pandas"].startswith("3")
    lock = tmp_path / "requirements.lock"
    lock.write_text("pandas==1.0 \\\n    --hash=sha256:0\n", encoding="utf-8")
    told = differences(lock)
    assert any(line.startswith("pandas:") and "the lock has 1.0" in line for line in told)
    assert any(line.startswith("numpy:") and "not in the lock" in line for line in told)


def _ran(source: str, count: int | None = 1, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {**code(source), "execution_count": count, "outputs": list(outputs)}


def test_cell_that_never_ran_is_a_failure() -> None:
    verdict = judge({"cells": [markdown("## Fit"), _ran("a"), _ran("b", None), code("")]})
    assert (verdict.status, verdict.exit_code) == ("failed", 12)
    assert verdict.cell == 'cell 3 "Fit"'
    assert (verdict.cells, verdict.cells_run) == (2, 1)


def _shown(block: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {MIME: block, **more}, "metadata": {}}


TABLE = {"kind": "table", "caption": "c"}


def test_every_cell_done_is_ok() -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": "x"}
    cells = [_ran("a", 1, _shown(TABLE)), _ran("b", 2, stream)]
    assert judge({"cells": cells}, made=[digest(TABLE)]).status == "ok"


@pytest.mark.parametrize(
    "output",
    [
        _shown({**TABLE, "caption": "d"}),
        _shown(TABLE, **{"text/html": "<b>x</b>"}),
        _shown(TABLE, **{"image/png": "AAAA"}),
        _shown(TABLE, **{"image/png": "no base64"}),
        _shown({"kind": "markdown", "html": "<script>"}),
    ],
)
def test_block_that_the_page_did_not_make_is_refused(output: dict[str, Any]) -> None:
    verdict = judge({"cells": [_ran("a", 1, output)]}, made=[digest(TABLE)])
    assert (verdict.exit_code, verdict.error) == (15, "DisclosureError")
    assert "did not make" in verdict.message


def test_stored_notebook_keeps_only_blocks_that_were_made() -> None:
    forged = _shown({"kind": "markdown", "html": "<script>"})
    real = _shown(TABLE, **{"text/html": "<b>x</b>", "text/plain": "any words"})
    kept = outputs_of({"cells": [_ran("a", 1, forged, real)]}, [digest(TABLE)])
    assert kept == [[_shown(TABLE, **{"text/plain": "Table: c"})]]


def test_error_words_are_told_only_where_they_are_ours() -> None:
    def told(name: str, words: str, raised: list[list[str]]) -> tuple[int, str]:
        error = {"output_type": "error", "ename": name, "evalue": words, "traceback": []}
        verdict = judge({"cells": [_ran("a", 1, error)]}, notes=Notes(raised))
        return verdict.exit_code, verdict.message

    assert told("KeyError", "words", []) == (12, "")
    assert told("InputError", "words", [["InputError", "words"]]) == (11, "words")
    assert told("InputError", "words", []) == (12, "")
    assert told("InputError", "patient", [["InputError", "words"]]) == (12, "")
    number = "no row for 943 476 5919"
    assert "943" not in told("InputError", number, [["InputError", number]])[1]


def _run_of(path: Path, table: str) -> Path:
    entry = {
        "notebook": "one", "key": "k", "parameters": [], "input_digests": {}, "inputs": [],
        "datasets_read": {}, "synthetic": [],
    }  # fmt: skip
    made = folder.RunFolder(path)
    made.write("tables/one/t.csv", table)
    made.write_json(folder.MANIFEST, folder.manifest("complete", copy.deepcopy(BASE), [entry], {}))
    made.sums()
    return path


@pytest.mark.parametrize(
    ("table", "verdict", "detail"),
    [
        ("k,n\na,1.0\n", "identical", ""),
        ("k,n\na,1.0000000000001\n", "equal within 1e-9", "1 cells"),
        ("k,n\na,1.5\n", "DIFFERENT", "largest difference 0.5"),
        ("k,n\nb,1.0\n", "DIFFERENT", "1 cells"),
        ("k,n\na,[c]\n", "DIFFERENT", "1 cells"),
        ("k,n\na,1.0\nb,2\n", "DIFFERENT", "1 rows against 2"),
        ("k,m\na,1.0\n", "DIFFERENT", "other columns"),
    ],
)
def test_tables_are_compared_by_bits_then_numbers(
    tmp_path: Path, table: str, verdict: str, detail: str
) -> None:
    first = _run_of(tmp_path / "a", "k,n\na,1.0\n")
    found = compare.compare_runs(first, _run_of(tmp_path / "b", table))
    assert [file.verdict for file in found] == [verdict]
    assert detail in found[0].detail


def test_file_of_one_run_only_is_told(tmp_path: Path) -> None:
    first, second = (_run_of(tmp_path / name, "k\n") for name in "ab")
    (second / "tables" / "one" / "u.csv").write_text("k\n", encoding="utf-8")
    assert compare.compare_runs(first, second)[1].verdict == "only in the second"
    assert compare.broken_sums(second) == ["tables/one/u.csv was added"]
    (second / "tables" / "one" / "t.csv").unlink()
    assert "tables/one/t.csv is missing" in compare.broken_sums(second)


def test_earlier_run_is_replaced_and_a_strange_file_left(tmp_path: Path) -> None:
    run = _run_of(tmp_path / "a", "k\n")
    (run / "notes.txt").write_text("mine", encoding="utf-8")
    folder.RunFolder(run)
    assert not (run / "tables").exists()
    assert not (run / folder.SUMS).exists()
    assert (run / "notes.txt").is_file()


@pytest.mark.parametrize("text", ["", "{}", "[]", json.dumps({"schema": "other"})])
def test_folder_that_is_no_run_is_not_taken_for_one(tmp_path: Path, text: str) -> None:
    (tmp_path / folder.MANIFEST).write_text(text, encoding="utf-8")
    assert not folder.is_run(tmp_path)
    with pytest.raises(UsageError):
        folder.find_run(open_workspace(tmp_path), str(tmp_path))


def test_csv_bytes_do_not_depend_on_the_frame_s_index(tmp_path: Path) -> None:
    from workbench.disclosure import release
    from workbench.reporting import tables

    frame = pd.DataFrame({"k": ["b", "a"], "n": [1, 2], "ok": [True, False]}, index=[7, 7])
    for name, one in (("a", frame), ("b", frame.iloc[::-1].reset_index(drop=True))):
        released = release(one, keys=["k"], counts=["n"], statistics=["ok"], profile="none")
        tables.write(released, tmp_path / f"{name}.csv", sort=True)
    text = (tmp_path / "a.csv").read_bytes()
    assert text == (tmp_path / "b.csv").read_bytes()
    assert text == b"k,n,ok\na,2,false\nb,1,true\n"
