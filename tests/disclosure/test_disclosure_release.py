from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.disclosure import Share, release
from workbench.errors import DisclosureError
from workbench.statistics.intervals import wilson

SHARE = {"share": Share("within", "total", "lower", "upper")}


def table(total: list[float], within: list[float] | None = None, **more: object) -> pd.DataFrame:
    made = {"group": [f"group {i}" for i in range(len(total))], "total": total}
    if within is not None:
        made["within"] = within
    return pd.DataFrame({**made, **more})


def shown(count: float, profile: str = "nhs_round5") -> float | None:
    value = release(table([count]), keys=["group"], counts=["total"], profile=profile).frame
    return None if pd.isna(value["total"][0]) else value["total"][0]


@pytest.mark.parametrize(
    ("count", "released"),
    [
        (0, 0), (0.5, None), (1, None), (7, None), (7.5, None), (8, 10), (10, 10), (12, 10),
        (12.5, 15), (13, 15), (17.5, 20), (22.5, 25), (27537.5, 27540),
    ],
)  # fmt: skip
def test_a_count_is_withheld_rounded_or_shown_by_the_rule(
    count: float, released: float | None
) -> None:
    assert shown(count) == released


@pytest.mark.parametrize("profile", ["already_published", "none"])
@pytest.mark.parametrize("count", [0, 0.5, 7, 12.5])
def test_profiles_without_control_show_counts_as_they_are(profile: str, count: float) -> None:
    assert shown(count, profile) == count


def test_only_uncontrolled_and_exact_figures_are_stamped() -> None:
    stamps = {
        profile: release(table([9]), keys=["group"], counts=["total"], profile=profile).stamp
        for profile in ("nhs_round5", "suppress", "already_published", "none")
    }
    assert stamps["nhs_round5"] == stamps["already_published"] == ""
    assert "earlier runs" in stamps["suppress"].lower()
    assert "not" in stamps["none"].lower()
    assert "disclosure" in stamps["none"].lower()


def test_a_share_and_its_limits_come_from_the_disclosed_counts() -> None:
    frame = table([103], [61], share=[61 / 103])
    found = release(
        frame, keys=["group"], counts=["total", "within"], shares=SHARE, profile="nhs_round5"
    ).frame
    expected = wilson(60, 105)
    assert found["share"][0] == expected.estimate
    assert (found["lower"][0], found["upper"][0]) == (expected.lower, expected.upper)


@pytest.mark.parametrize(
    ("within", "total", "hidden"),
    [
        (3, 100, True),   # its numerator is small
        (3, 6, True),     # both are
        (97, 100, True),  # the rest of its denominator is small
        (98, 100, True),  # and would be rounded away to 100%
        (100, 100, False),
        (0, 100, False),
        (92, 100, False),
    ],
)  # fmt: skip
def test_a_share_is_withheld_if_either_side_of_it_would_be(
    within: float, total: float, hidden: bool
) -> None:
    found = release(
        table([total], [within]),
        keys=["group"], counts=["total", "within"], shares=SHARE, profile="nhs_round5",
    )  # fmt: skip
    for column in ("share", "lower", "upper"):
        assert found.withheld[column][0] == hidden
        assert pd.isna(found.frame[column][0]) == hidden


def test_a_share_of_no_one_is_missing_but_not_withheld() -> None:
    found = release(
        table([0], [0]),
        keys=["group"], counts=["total", "within"], shares=SHARE, profile="nhs_round5",
    )  # fmt: skip
    assert pd.isna(found.frame["share"][0])
    assert not found.withheld["share"][0]
    assert found.frame["total"][0] == 0


def test_a_statistic_is_withheld_with_any_count_of_its_row() -> None:
    frame = table([5, 50], [2, 20], median_days=[30.5, 40.0])
    found = release(
        frame,
        keys=["group"], counts=["total", "within"], statistics=["median_days"],
        profile="nhs_round5",
    )  # fmt: skip
    assert pd.isna(found.frame["median_days"][0])
    assert found.withheld["median_days"].tolist() == [True, False]
    assert found.frame["median_days"][1] == 40


def test_a_missing_count_is_missing_but_not_withheld() -> None:
    found = release(table([np.nan, 9]), keys=["group"], counts=["total"], profile="nhs_round5")
    assert found.frame["total"].isna().tolist() == [True, False]
    assert not found.withheld["total"].any()


def test_columns_keep_their_order_and_the_table_given_is_unchanged() -> None:
    frame = table([103, 4], [61, 2], share=[0.5, 0.5])[["share", "total", "group", "within"]]
    before = frame.copy()
    found = release(
        frame, keys=["group"], counts=["total", "within"], shares=SHARE, profile="nhs_round5"
    )
    assert list(found.frame) == ["share", "total", "group", "within", "lower", "upper"]
    assert list(found.withheld) == list(found.frame)
    pd.testing.assert_frame_equal(frame, before)


def test_whole_counts_are_whole_numbers_and_an_empty_table_passes() -> None:
    assert str(release(
        table([103.0]), keys=["group"], counts=["total"], profile="nhs_round5"
    ).frame["total"].dtype) == "Int64"  # fmt: skip
    empty = table([]).astype({"total": float, "group": str})
    assert release(empty, keys=["group"], counts=["total"], profile="nhs_round5").frame.empty


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        ({"keys": ["group"], "counts": ["total"]}, "'secret' has no declared role"),
        ({"keys": ["group", "absent"], "counts": ["total", "secret"]}, "'absent' is declared"),
        ({"keys": ["group"], "counts": ["total", "secret"], "statistics": ["total"]}, "2 roles"),
        ({"keys": [], "counts": ["group", "total", "secret"]}, "at least one"),
        ({"keys": "group", "counts": ["total", "secret"]}, "lists"),
        ({"keys": ["group", "total"], "counts": ["secret"]}, "text or dates"),
        ({"keys": ["group"], "counts": ["total"], "shares": {"secret": Share("secret", "total")}},
         "made of 'secret'"),
        ({"keys": ["group"], "counts": ["total"], "shares": {"secret": ("a", "b")}},
         "Share(numerator, denominator)"),
        ({"keys": ["secret"], "counts": ["group", "total"]}, "'group' must hold numbers"),
    ],
)  # fmt: skip
def test_every_column_needs_one_role_that_fits_it(roles: dict, says: str) -> None:
    frame = table([10, 20], secret=["a", "b"])
    with pytest.raises(DisclosureError) as caught:
        release(frame, **roles, profile="already_published")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (["a", None], "missing in 1 rows"),
        (["a", "a"], "same keys"),
        (["943 476 5919", "b"], "NHS number in 1 rows"),
        (["9434765919", "b"], "NHS number in 1 rows"),
        (["LS1 3EX", "b"], "postcode in 1 rows"),
        (["a\nb", "c"], "no plain label in 1 rows"),
        (["x" * 201, "c"], "no plain label in 1 rows"),
        ([1, 2], "text or dates"),
    ],
)
@pytest.mark.parametrize("profile", ["nhs_round5", "already_published", "none"])
def test_a_key_that_is_no_plain_label_is_refused_and_never_repeated(
    column: list[object], says: str, profile: str
) -> None:
    frame = pd.DataFrame({"key": column, "n": [10, 20]})
    with pytest.raises(DisclosureError) as caught:
        release(frame, keys=["key"], counts=["n"], profile=profile)
    assert says in str(caught.value)
    assert not any(len(str(value)) > 4 and str(value) in str(caught.value) for value in column)


@pytest.mark.parametrize(
    "keys",
    [
        pd.to_datetime(["2024-01-01", "2024-02-01"]),
        pd.PeriodIndex(["2024-01", "2024-02"], freq="M"),
        pd.Categorical(["<28 days", "over 104 days"]),
        [True, False],
    ],
)
def test_dates_categories_and_flags_are_labels(keys: object) -> None:
    frame = pd.DataFrame({"key": keys, "n": [10, 20]})
    found = release(frame, keys=["key"], counts=["n"], profile="nhs_round5").frame
    assert found["key"].tolist() == frame["key"].tolist()


@pytest.mark.parametrize(
    ("total", "within", "says"),
    [([-1], [0], "below 0"), ([np.inf], [0], "infinite"), ([5], [6], "above its denominator")],
)
def test_counts_that_cannot_be_are_refused(total: list, within: list, says: str) -> None:
    with pytest.raises(DisclosureError, match=says):
        release(
            table(total, within),
            keys=["group"], counts=["total", "within"], shares=SHARE, profile="nhs_round5",
        )  # fmt: skip


@pytest.mark.parametrize("columns", [["group", "n", "n"], ["group", "n", 3]])
def test_column_names_are_text_and_used_once(columns: list) -> None:
    frame = pd.DataFrame([["a", 10, 20]], columns=columns)
    with pytest.raises(DisclosureError, match="each used once"):
        release(frame, keys=["group"], counts=["n"], profile="already_published")


def test_all_faults_are_told_at_once() -> None:
    frame = table([10, -20], [1, 2], other=[1, 2])
    with pytest.raises(DisclosureError) as caught:
        release(frame, keys=["group", "group"], counts=["total", "gone"], profile="nhs_round5")
    assert len(caught.value.faults) == 4


def test_statistics_without_a_count_cannot_be_judged() -> None:
    frame = pd.DataFrame({"group": ["a"], "mean_days": [31.0]})
    roles = {"keys": ["group"], "statistics": ["mean_days"]}
    with pytest.raises(DisclosureError, match="number of people"):
        release(frame, **roles, profile="nhs_round5")
    assert release(frame, **roles, profile="already_published").frame["mean_days"][0] == 31


@pytest.mark.parametrize(
    "values",
    [[3, 5], [3.0, None], ["3", "5"], pd.array([3, None], dtype="Int64"), [3, 500], ["3", None]],
)
def test_whole_numbers_are_no_statistics_where_counts_are_masked(values: object) -> None:
    frame = table([50, 60], spread=values)
    roles = {"keys": ["group"], "counts": ["total"]}
    with pytest.raises(DisclosureError) as caught:
        release(frame, **roles, statistics=["spread"], profile="nhs_round5")
    assert "statistic 'spread' holds whole numbers alone, as a count does" in str(caught.value)
    assert "list it" not in str(caught.value)
    found = release(frame, **roles, statistics=["spread"], profile="already_published")
    assert found.frame["spread"].notna().any()


def test_days_and_ranks_are_released_once_said_to_count_no_people() -> None:
    found = release(
        table([50, 5], median_days=[31, 40], rank=[1, 2], share_of_all=[0.5, 1.0]),
        keys=["group"], counts=["total"], statistics=["share_of_all"],
        not_people=["median_days", "rank"], profile="nhs_round5",
    )  # fmt: skip
    assert found.statistics == ("share_of_all", "median_days", "rank")
    assert found.frame["median_days"][0] == 31
    assert found.frame[["median_days", "rank"]].loc[1].isna().all()


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        ({"statistics": ["n"], "not_people": ["n"]}, "'n' has 2 roles"),
        ({"not_people": ["n", "absent"]}, "'absent' is declared but not in the table"),
        ({"not_people": "n"}, "must be lists"),
    ],
)
def test_what_counts_no_people_has_that_role_alone(roles: dict, says: str) -> None:
    frame = table([50], n=[3])
    with pytest.raises(DisclosureError, match=says):
        release(frame, keys=["group"], counts=["total"], **roles, profile="nhs_round5")


@pytest.mark.parametrize(
    "values", [[True, False], ["outside", "2"], [0, 0], [0.5, 3], [None, None]]
)
def test_flags_words_fractions_and_noughts_are_statistics(values: list) -> None:
    frame = table([50, 60], said=values)
    found = release(
        frame, keys=["group"], counts=["total"], statistics=["said"], profile="nhs_round5"
    )
    assert found.frame["said"].isna().tolist() == frame["said"].isna().tolist()


def test_deciles_are_labels() -> None:
    frame = pd.DataFrame({"decile": [str(n) for n in range(1, 11)], "total": 50})
    found = release(frame, keys=["decile"], counts=["total"], profile="nhs_round5").frame
    assert found["decile"].tolist() == frame["decile"].tolist()


halves = st.integers(0, 400).map(lambda number: number / 2)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    total = draw(st.lists(halves, min_size=1, max_size=30))
    within = [draw(st.integers(0, int(2 * n))) / 2 for n in total]
    return table(total, within)


@given(tables())
def test_no_small_count_is_shown_and_no_row_is_dropped(frame: pd.DataFrame) -> None:
    found = release(
        frame, keys=["group"], counts=["total", "within"], shares=SHARE, profile="nhs_round5"
    )
    assert found.frame["group"].tolist() == frame["group"].tolist()
    for name in ("total", "within"):
        column = found.frame[name].dropna()
        assert (column % 5 == 0).all()
        assert not ((column > 0) & (column < 8)).any()
        small = (frame[name] > 0) & (frame[name] < 8)
        assert found.withheld[name][small].all()
        assert found.frame[name].isna().tolist() == found.withheld[name].tolist()
        apart = (column.astype(float) - frame[name][column.index]).abs()
        assert (apart <= 2.5).all()


@given(tables())
def test_a_shown_share_says_no_more_than_the_shown_counts(frame: pd.DataFrame) -> None:
    found = release(
        frame, keys=["group"], counts=["total", "within"], shares=SHARE, profile="nhs_round5"
    ).frame
    given_ = found["share"].notna()
    ratio = found["within"].astype(float) / found["total"].astype(float)
    assert (found["share"][given_] == ratio[given_]).all()
    assert found["share"][given_].between(0, 1).all()
    assert (found["lower"][given_] <= found["share"][given_]).all()
    assert not found["share"][found[["total", "within"]].isna().any(axis=1)].notna().any()


def test_totals_are_rounded_on_their_own() -> None:
    frame = table([8, 8, 8, 24])
    found = release(frame, keys=["group"], counts=["total"], profile="nhs_round5").frame
    assert found["total"].tolist() == [10, 10, 10, 25]
