from __future__ import annotations

import copy
import pickle

import pandas as pd
import pytest

from workbench.disclosure import Released, Share, release
from workbench.errors import DisclosureError


@pytest.fixture
def released() -> Released:
    frame = pd.DataFrame({"group": ["a", "b"], "total": [5, 50], "within": [2, 25]})
    return release(
        frame,
        keys=["group"],
        counts=["total", "within"],
        shares={"share": Share("within", "total")},
        profile="nhs_round5",
    )


def test_a_released_table_cannot_be_made_by_hand() -> None:
    with pytest.raises(DisclosureError, match="by hand"):
        Released(frame=pd.DataFrame())


def test_an_empty_shell_is_refused_when_read() -> None:
    forged = object.__new__(Released)
    for part in ("frame", "withheld", "profile", "stamp", "keys", "counts", "shares", "statistics"):
        with pytest.raises(DisclosureError, match="did not come from"):
            getattr(forged, part)


def test_the_content_of_one_in_another_is_refused(released: Released) -> None:
    forged = object.__new__(Released)
    object.__setattr__(forged, "_content", released._content)
    with pytest.raises(DisclosureError, match="did not come from"):
        _ = forged.frame


def test_the_type_cannot_be_extended() -> None:
    with pytest.raises(DisclosureError, match="extended"):
        type("Open", (Released,), {})


def test_parts_cannot_be_replaced_or_removed(released: Released) -> None:
    for attempt in (
        lambda: setattr(released, "profile", "none"),
        lambda: setattr(released, "note", "x"),
        lambda: delattr(released, "_content"),
    ):
        with pytest.raises(DisclosureError):
            attempt()


def test_changing_a_frame_taken_out_changes_nothing_inside(released: Released) -> None:
    taken, hidden = released.frame, released.withheld
    taken["total"] = [5, 50]
    taken.loc[0, "within"] = 2
    hidden[:] = False
    assert pd.isna(released.frame["total"][0])
    assert pd.isna(released.frame["within"][0])
    assert released.withheld["total"].tolist() == [True, False]


def test_changing_the_frame_given_changes_nothing_inside() -> None:
    frame = pd.DataFrame({"group": ["a"], "total": [50]})
    released = release(frame, keys=["group"], counts=["total"], profile="already_published")
    frame.loc[0, "total"] = 3
    assert released.frame["total"][0] == 50


def test_a_frame_altered_inside_is_refused(released: Released) -> None:
    released._content.frame.loc[0, "total"] = 5
    with pytest.raises(DisclosureError, match="altered"):
        _ = released.frame


@pytest.mark.parametrize(
    ("column", "value"),
    [("label", "c"), ("kind", "y"), ("total", 5), ("share", 0.25), ("when", "2024-05-01")],
)
def test_a_value_of_any_kind_altered_inside_is_refused(column: str, value: object) -> None:
    frame = pd.DataFrame(
        {
            "label": ["a", "b"], "kind": pd.Categorical(["x", "y"]), "total": [10, 50],
            "share": [0.5, 0.75], "when": pd.to_datetime(["2024-01-01", "2024-02-01"]),
        }
    )  # fmt: skip
    released = release(
        frame, keys=["label", "kind", "when"], counts=["total"], statistics=["share"],
        profile="nhs_round5",
    )  # fmt: skip
    assert len(released.frame) == 2
    content = released._content.frame
    content.loc[0, column] = pd.Timestamp(value) if column == "when" else value
    with pytest.raises(DisclosureError, match="altered"):
        _ = released.frame


def test_a_mask_altered_inside_is_refused(released: Released) -> None:
    released._content.withheld.iloc[0, 1] = False
    with pytest.raises(DisclosureError, match="altered"):
        _ = released.withheld


def test_a_frame_put_in_place_of_another_is_refused(released: Released) -> None:
    exact = pd.DataFrame({"group": ["a", "b"], "total": [5, 50], "within": [2, 25]})
    object.__setattr__(released._content, "frame", exact)
    with pytest.raises(DisclosureError, match="altered"):
        _ = released.frame


def test_a_stamp_altered_inside_is_refused() -> None:
    frame = pd.DataFrame({"group": ["a"], "total": [3]})
    released = release(frame, keys=["group"], counts=["total"], profile="none")
    object.__setattr__(released._content, "stamp", "")
    with pytest.raises(DisclosureError, match="altered"):
        _ = released.stamp


def test_copies_are_the_table_itself_and_pickles_are_refused(released: Released) -> None:
    assert copy.copy(released) is released
    assert copy.deepcopy(released) is released
    with pytest.raises(DisclosureError, match="pickled"):
        pickle.dumps(released)


def test_roles_are_told_and_the_description_holds_no_figure(released: Released) -> None:
    assert released.keys == ("group",)
    assert released.counts == ("total", "within")
    assert released.shares["share"] == Share("within", "total")
    assert repr(released) == "<Released: 2 rows, 4 columns, profile nhs_round5>"
    with pytest.raises(TypeError):
        released.shares["share"] = Share("total", "total")  # type: ignore[index]
