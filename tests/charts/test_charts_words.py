from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from workbench import charts
from workbench.charts import Chart
from workbench.charts.style import EARLY, INK, INK_ON, LATE, MID_GREY, PALETTE
from workbench.disclosure import Released, release
from workbench.errors import DisclosureError

WORDS = {
    "title": "Fewer people waited too long",
    "subtitle": "People treated, number",
    "alt": "The number of people treated rose from 10 to 30 over three months.",
    "source": "Source: made up for this test",
}


@pytest.fixture
def data() -> Released:
    frame = pd.DataFrame({"month": ["2024-01", "2024-02", "2024-03"], "n": [10, 20, 30]})
    return release(frame, keys=["month"], counts=["n"], profile="already_published")


def draw(data: object, **more: object) -> Chart:
    given = {"x": "month", "y": "n", "unit": "people", **WORDS, **more}
    return charts.trend(data, **given)  # type: ignore[arg-type]


def test_a_chart_carries_its_words_and_its_table(data: Released) -> None:
    chart = draw(data)
    assert {word: getattr(chart, word) for word in WORDS} == WORDS
    assert chart.data is data


@pytest.mark.parametrize(
    "alt",
    [
        "Too short to say.",
        "x" * 251,
        "   ",
        "Fewer people waited too long.",
        "fewer people  waited too LONG",
        "Image of the number of people treated in each month",
        "Chart showing people treated in each month of the year",
        "No description has been provided for this image",
        "TODO write what this picture says to a reader",
        "A placeholder until the text has been written",
        "figure_number_one_of_the_report.png",
    ],
)
def test_alternative_text_that_says_nothing_is_refused(data: Released, alt: str) -> None:
    with pytest.raises(ValueError, match="alt"):
        draw(data, alt=alt)


@pytest.mark.parametrize("alt", ["x" * 20, "y" * 250, "Line chart: more people were treated."])
def test_alternative_text_of_a_fit_length_passes(data: Released, alt: str) -> None:
    assert draw(data, alt=alt).alt == alt


@pytest.mark.parametrize("word", ["title", "subtitle", "source"])
def test_no_word_may_be_empty(data: Released, word: str) -> None:
    with pytest.raises(ValueError, match=f"{word} is empty"):
        draw(data, **{word: " "})


def test_all_faults_of_a_chart_are_told_at_once(data: Released) -> None:
    with pytest.raises(ValueError, match=r"no column 'gone'.*title is empty.*alt must") as caught:
        draw(data, y="gone", title="", alt="")
    assert "source" not in str(caught.value)


@pytest.mark.parametrize("thing", [pd.DataFrame({"month": ["2024-01"], "n": [1]}), None, "table"])
def test_only_a_released_table_is_drawn(thing: object) -> None:
    with pytest.raises(DisclosureError, match="released table only"):
        draw(thing)


def test_a_chart_cannot_be_made_or_changed_by_hand(data: Released) -> None:
    chart = draw(data)
    with pytest.raises(DisclosureError, match="by hand"):
        Chart("t", "s", "a", data, "s", lambda: chart.figure, object())
    with pytest.raises(dataclasses.FrozenInstanceError):
        chart.title = "Another"  # type: ignore[misc]
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(chart, title="Another")


def test_values_that_are_no_shares_are_not_drawn_as_per_cent(data: Released) -> None:
    with pytest.raises(ValueError, match="shares from 0 to 1"):
        _ = draw(data, unit="%").figure


def test_more_than_four_series_are_refused() -> None:
    frame = pd.DataFrame({"month": ["2024-01"] * 5, "trust": list("ABCDE"), "n": [10] * 5})
    data = release(frame, keys=["month", "trust"], counts=["n"], profile="already_published")
    with pytest.raises(ValueError, match="more than 4 series"):
        draw(data, series="trust")


def test_a_table_without_rows_is_refused() -> None:
    frame = pd.DataFrame({"month": pd.Series([], dtype=str), "n": pd.Series([], dtype=float)})
    data = release(frame, keys=["month"], counts=["n"], profile="already_published")
    with pytest.raises(ValueError, match="no rows"):
        draw(data)


def test_targets_and_limits_need_their_columns(data: Released) -> None:
    with pytest.raises(ValueError, match="valid_to, value, label"):
        draw(data, targets=pd.DataFrame({"valid_from": []}))
    curve = pd.DataFrame({"denominator": [1.0], "lower": [0.1]})
    with pytest.raises(ValueError, match="naive limits lack upper"):
        charts.funnel(
            data, denominator="n", share="n", label="month", naive=curve, overdispersed=curve,
            centre=0.5, **WORDS,
        )  # fmt: skip


def test_bands_have_a_colour_each(data: Released) -> None:
    with pytest.raises(ValueError, match="at most 3 bands within"):
        charts.bands(data, category="month", band="month", share="n", late=3, **WORDS)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", [*PALETTE[:5], *EARLY, *LATE, MID_GREY])
def test_what_is_drawn_stands_out_from_white(colour: str) -> None:
    assert contrast(colour, "#FFFFFF") >= 2.95  # orange, the palette's own, is 2.98


@pytest.mark.parametrize("colour", [*PALETTE, MID_GREY])
def test_words_in_colour_can_be_read(colour: str) -> None:
    assert contrast(INK.get(colour, colour), "#FFFFFF") >= 4.5


@pytest.mark.parametrize("colour", [*EARLY, *LATE])
def test_words_on_a_part_of_a_bar_can_be_read(colour: str) -> None:
    assert contrast(INK_ON.get(colour, "#FFFFFF"), colour) >= 4.5
