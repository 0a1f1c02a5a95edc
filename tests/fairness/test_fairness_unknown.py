"""Nobody vanishes: missing, blank and unstated groups are rows, with bounds."""

from __future__ import annotations

import numpy as np
import pytest
from fairness_cases import rate, scored
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.fairness import assess
from workbench.fairness.groups import grouped


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(["White", "Asian", None, float("nan"), "", "  ", "Not stated", "?"]),
             min_size=30, max_size=80),
    st.integers(0, 2**16),
)  # fmt: skip
def test_no_row_of_unknown_ethnicity_vanishes(ethnicity: list[object], seed: int) -> None:
    frame = scored(len(ethnicity), seed)
    frame["outcome"] = np.arange(len(frame)) % 2
    frame["ethnicity"] = np.array(ethnicity, dtype=object)
    missing = sum(not isinstance(one, str) or not one.strip() for one in ethnicity)
    unstated = {name: ethnicity.count(name) for name in ("Not stated", "?")}
    found = assess(frame, "outcome", groups=["ethnicity", "sex"], metrics=["fnr"], replicates=0)
    table = found.metrics[found.metrics["metric"] == "fnr"]
    for characteristic, rows in table.groupby("characteristic"):
        assert rows["n"].sum() == len(frame), characteristic
        assert rows["events"].sum() == frame["outcome"].sum()
    singles = table[table["characteristic"] == "ethnicity"].set_index("group")["n"]
    assert singles.get("Not known", 0) == missing
    for name, many in unstated.items():
        assert singles.get(name, 0) == many
    unknown = found.unknown.set_index("characteristic")["unknown"]
    assert unknown["ethnicity"] == missing + sum(unstated.values())


def test_bounds_hold_whatever_the_unknown_are() -> None:
    frame = scored(4_000, 5, black=0.5)
    true = frame["ethnicity"].copy()
    random = np.random.default_rng(6)
    frame.loc[random.random(len(frame)) < 0.1, "ethnicity"] = None
    whole = assess(
        frame.assign(ethnicity=true), "outcome", groups=["ethnicity"], id="record_id",
        metrics=["fnr"], replicates=0,
    )  # fmt: skip
    found = assess(
        frame, "outcome", groups=["ethnicity"], id="record_id", metrics=["fnr"], replicates=0
    )
    for group in ("Asian", "Black", "White"):
        truth = rate(whole.gaps, group, "fnr", "difference")
        assert rate(found.bounds, group, "fnr", "gap_least") <= truth
        assert rate(found.bounds, group, "fnr", "gap_most") >= truth
        assert rate(found.bounds, group, "fnr", "gap_most") > rate(
            found.bounds, group, "fnr", "gap"
        )


def test_unknown_are_held_against_everyone_else_too() -> None:
    frame = scored(3_000, 7)
    frame.loc[frame.index[::5], "ethnicity"] = None
    gaps = assess(frame, "outcome", groups=["ethnicity"], metrics=["fnr"]).gaps
    row = gaps[gaps["group"] == "Not known"].iloc[0]
    assert row["lower"] < row["difference"] < row["upper"]
    assert row["q"] >= row["p"]


@pytest.mark.parametrize("label", ["Not stated", "Z", "99", "?", "Unknown/Invalid", "nan"])
def test_codes_for_unknown_are_known_to_be_so(label: str) -> None:
    frame = scored(100).assign(ethnic_category=["A", label] * 50)
    partition = grouped(frame, ["ethnic_category"]).partitions[1]
    assert dict(zip(partition.labels, partition.known, strict=True)) == {"A": True, label: False}
