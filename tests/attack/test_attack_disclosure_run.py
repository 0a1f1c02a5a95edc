"""Whole runs that would give small counts away end with exit 15, and leave no page behind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "reporting"))

from notebook_maker import Region, code

TABLE = (
    "frame = pd.DataFrame({made})\n"
    "released = wb.disclosure.release(frame, keys={keys}, counts=['n'], profile='suppress')\n"
    "page.table(released, 'counts', '{caption}');"
)
BY_SEX = "{'sex': ['women', 'men'], 'n': [103, 60]}"
OF_WOMEN = "{'sex': ['women'] * 2, 'smoker': ['no', 'yes'], 'n': [100, 3]}"


def table(made: str, keys: list[str], caption: str) -> dict[str, object]:
    return code(TABLE.format(made=made, keys=keys, caption=caption))


@pytest.fixture
def region(tmp_path: Path) -> Region:
    return Region(tmp_path / "region")


@pytest.mark.kernel
def test_a_small_count_in_words_stops_the_report(region: Region) -> None:
    region.add("one", table(BY_SEX, ["sex"], "3 patients of the women smoked"))
    assert region.run() == 15
    assert not (region.root / "run" / "one.html").exists()
    assert not list((region.root / "run").rglob("*.csv"))


@pytest.mark.kernel
def test_two_reports_that_give_a_count_away_together_are_not_both_written(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    region.add("one", table(BY_SEX, ["sex"], "By sex"))
    region.add("two", table(OF_WOMEN, ["sex", "smoker"], "Women who smoke"))
    assert region.run("two") == 0
    assert (region.root / "run" / "two.html").exists()
    assert region.run() == 15
    assert (region.root / "run" / "one.html").exists()
    assert not (region.root / "run" / "two.html").exists()
    assert "table by sex, smoker: 1 small counts" in capsys.readouterr().out
    assert not list((region.root / "run").rglob("released.json"))
