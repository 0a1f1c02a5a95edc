"""Runs: the same figures each time, nothing rerun without need, evidence that holds."""

import json
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest
from notebook_maker import RELEASE, Region, code, markdown
from PIL import Image

from workbench.cli.main import main
from workbench.reporting import folder, under_way

pytestmark = pytest.mark.kernel

FIGURE = (
    "page.figure(wb.charts.trend(released, x='month', y='share', title='Waits fell',\n"
    "    subtitle='Seen in time (%)', alt='Line: the share seen in time rose from 75% to 90%.',\n"
    "    source='Made up.'), name='trend')"
)
SHOW = "page.table(released, name='by_month', caption='Seen by month')"
SAVE = "page.save(released, name='{name}'{more})"


def _numbers(region: Region, words: str = "Words.") -> None:
    region.add(
        "a_numbers",
        markdown(f"## Work\n\n{words}"),
        code(RELEASE),
        code("page.headline('Most were seen in time. We are sure.')"),
        code(SHOW + "\n" + FIGURE),
        code(SAVE.format(name="numbers", more=", format='parquet'")),
        parameters="weeks: int = 3  # ahead",
        writes=["numbers"],
    )


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    region = Region(tmp_path_factory.mktemp("runs") / "region")
    _numbers(region)
    region.add(
        "b_reader",
        code("page.synthetic('Made up.')\nrows = len(pd.read_parquet(page.dataset('numbers')))"),
        code(
            "page.checks(pd.DataFrame({'check': ['Rows'], 'passed': [rows == 2], 'detail': ['2']}))"
        ),
        reads=["numbers"],
        writes=[],
        parameters="depth: int = 1  # deep",
    )
    region.add("c_alone", code(RELEASE + "\n" + SHOW))
    assert region.run(out="first") == 0
    return region


def _digests(run: Path) -> dict[str, str]:
    sums = (run / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in sums)}


def test_two_runs_give_identical_files(region: Region) -> None:
    assert region.run("--force", out="second") == 0
    first, second = _digests(region.root / "first"), _digests(region.root / "second")
    assert not region.step("a_numbers", "second")["cached"]
    del first["manifest.json"], second["manifest.json"]
    assert first == second
    kinds = {Path(name).suffix for name in first}
    assert kinds == {".html", ".ipynb", ".png", ".csv", ".parquet"}
    manifests = [region.manifest(out) for out in ("first", "second")]
    for manifest in manifests:
        del manifest["volatile"]
    assert manifests[0] == manifests[1]


def test_sums_hold_for_an_auditor_without_our_tool(region: Region) -> None:
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=region.root / "first", capture_output=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0


def test_manifest_keeps_to_its_schema(region: Region) -> None:
    schema = json.loads(Path(folder.__file__).with_name("manifest.schema.json").read_text("utf-8"))
    manifest = region.manifest("first")
    jsonschema.validate(manifest, schema)
    assert manifest["status"] == "complete"
    assert str(region.root) not in json.dumps(manifest)


def test_nothing_changed_reruns_nothing(region: Region) -> None:
    assert region.run(out="third") == 0
    names = ("a_numbers", "b_reader", "c_alone")
    assert all(region.step(name, "third")["cached"] for name in names)


def test_changed_parameter_reruns_only_what_depends_on_it(region: Region) -> None:
    assert region.run("-p", "depth=2", out="deep") == 0
    assert region.step("a_numbers", "deep")["cached"]
    assert region.step("c_alone", "deep")["cached"]
    assert not region.step("b_reader", "deep")["cached"]
    parameter = region.step("b_reader", "deep")["parameters"][0]
    assert (parameter["value"], parameter["changed"]) == (2, True)


def test_better_words_redraw_the_page_and_rerun_nothing(region: Region) -> None:
    _numbers(region, words="Clearer words.")
    assert region.run(out="words") == 0
    assert region.step("a_numbers", "words")["cached"]
    page = (region.root / "words" / "a_numbers.html").read_text(encoding="utf-8")
    assert "Clearer words." in page
    assert "Seen by month" in page


def test_run_is_verified_afresh_and_a_changed_file_is_found(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert region.run("c_alone", out="proof") == 0
    words = ["verify", str(region.root / "proof"), "--workspace", str(region.root)]
    assert main(words) == 0
    assert "VERIFIED: 3 of 3 outputs identical" in capsys.readouterr().out
    table = region.root / "proof" / "tables" / "c_alone" / "by_month.csv"
    table.write_bytes(table.read_bytes().replace(b"40", b"41"))
    assert main([*words, "--files-only"]) == 16
    assert "by_month.csv was changed" in capsys.readouterr().err


def test_difference_between_runs_is_told_with_its_cause(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert region.run("b_reader", "-p", "depth=3", out="other") == 0
    assert region.run("b_reader", out="same") == 0
    capsys.readouterr()
    runs = [str(region.root / name) for name in ("same", "other")]
    assert main(["diff", *runs, "--workspace", str(region.root)]) == 16
    told = capsys.readouterr().out
    assert "b_reader.html: DIFFERENT" in told
    assert "Why: b_reader: parameter depth is 1 against 3" in told
    assert main(["diff", runs[0], runs[0], "--workspace", str(region.root)]) == 0


def test_step_that_was_tampered_with_is_done_again(region: Region) -> None:
    assert region.run("c_alone", out="before") == 0
    key = region.step("c_alone", "before")["key"]
    stored = region.root / ".workbench" / "steps" / key / "tables" / "by_month.csv"
    honest = stored.read_bytes()
    stored.write_bytes(honest.replace(b"40", b"41"))
    assert region.run("c_alone", out="again") == 0
    assert not region.step("c_alone", "again")["cached"]
    table = region.root / "again" / "tables" / "c_alone" / "by_month.csv"
    assert table.read_bytes() == honest


def test_stored_notebook_is_whole_and_holds_no_time_or_place(region: Region) -> None:
    text = (region.root / "first" / "notebooks" / "a_numbers.ipynb").read_text(encoding="utf-8")
    content = json.loads(text)
    assert str(region.root) not in text
    assert "papermill" not in text
    assert [cell["id"] for cell in content["cells"]][:2] == ["c001", "c002"]
    injected = next(
        c for c in content["cells"] if "injected-parameters" in c["metadata"].get("tags", [])
    )
    assert "weeks = 3" in injected["source"]


def test_synthetic_report_is_stamped_and_marks_the_index(region: Region) -> None:
    first = region.root / "first"
    for name in ("b_reader.html", "index.html"):
        assert "Synthetic data." in (first / name).read_text(encoding="utf-8")
    assert "Synthetic data." not in (first / "c_alone.html").read_text(encoding="utf-8")
    assert region.manifest("first")["synthetic"] is True


def test_index_leads_to_each_report_with_its_finding(region: Region) -> None:
    index = (region.root / "first" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'href="([a-z_]+)\.html"', index) == ["a_numbers", "b_reader", "c_alone"]
    assert "Most were seen in time." in index
    assert "We are sure." not in index


def test_page_holds_neither_time_nor_run_name(region: Region) -> None:
    volatile = region.manifest("first")["volatile"]
    for page in (region.root / "first").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert volatile["run_id"] not in text
        assert volatile["started"][:10] not in text
        assert len(text) < 1_000_000


def test_page_too_large_to_send_is_told(
    region: Region, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(under_way, "MAX_BYTES", 1_000)
    assert region.run("c_alone", out="large") == 0
    assert "WARNING: c_alone.html has" in capsys.readouterr().out


def test_figure_is_small_and_still_sharp(region: Region) -> None:
    with Image.open(region.root / "first" / "figures" / "a_numbers" / "trend.png") as image:
        assert image.width >= 900
        assert len(image.getcolors() or []) <= 64
    assert (region.root / "first" / "figures" / "a_numbers" / "trend.png").stat().st_size < 60_000
