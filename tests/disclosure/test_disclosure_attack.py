"""What a reader who can solve equations learns from a release: never a small count."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from workbench.cli.main import main
from workbench.disclosure import Disclosed, disclose
from workbench.disclosure.axes import ALL
from workbench.disclosure.knowledge import learned
from workbench.disclosure.ledger import read_ledger
from workbench.disclosure.profiles import load_profiles
from workbench.errors import DisclosureError, InputError

ROUND5 = load_profiles()["nhs_round5"]
BROAD = {"A": "White", "B": "White", "H": "Asian", "J": "Asian", "M": "Black"}
TUMOURS = ["Breast", "Lung", "Skin", "Urology"]


def _table(seed: int, people: int, groups: list[str]) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    mix = np.outer(random.dirichlet(np.ones(len(groups)) * 0.6), random.dirichlet(np.ones(4)))
    cells = list(itertools.product(groups, TUMOURS))
    frame = pd.DataFrame(cells, columns=["ethnicity", "tumour"])
    return frame.assign(n=random.multinomial(people, mix.ravel()))


def _possible(tables: list[pd.DataFrame], cell: tuple[str, str]) -> int:
    """Whole numbers that a cell can be: an attacker of our own, on atoms of one table's cells.

    Knows the rule: [c] is anything but zero, a shown number is 0 or its neighbourhood.
    """
    groups = sorted(set(tables[0]["ethnicity"]) - {ALL, *BROAD.values()})
    atoms = list(itertools.product(groups, TUMOURS))
    rows, low, high = [], [], []
    for table in tables:
        for ethnicity, tumour, shown in table.itertuples(index=False):
            rows.append(
                [
                    float(ethnicity in (ALL, group, BROAD.get(group)) and tumour in (ALL, site))
                    for group, site in atoms
                ]
            )
            value = None if shown == "[c]" else int(shown)
            low.append(1 if value is None else 0 if value == 0 else max(8, value - 2))
            high.append(np.inf if value is None else 0 if value == 0 else value + 2)
    weights = np.asarray([float(atom == cell) for atom in atoms])
    ends = []
    for sign in (1, -1):
        found = milp(
            sign * weights,
            constraints=LinearConstraint(np.asarray(rows), low, high),
            integrality=np.ones(len(atoms)),
            bounds=Bounds(0, np.inf),
        )
        ends.append(np.inf if found.status == 3 else sign * found.fun)
    return 10**9 if np.isinf(ends[1]) else round(ends[1]) - round(ends[0]) + 1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), people=st.sampled_from([150, 400, 1500]))
def test_every_small_count_may_be_one_of_five_numbers_at_least(seed: int, people: int) -> None:
    frame = _table(seed, people, ["A", "B", "H", "M"])
    released = disclose(frame, by=["ethnicity", "tumour"], count="n").table
    small = frame[(frame["n"] > 0) & (frame["n"] < 8)]
    for ethnicity, tumour, _ in small.itertuples(index=False):
        assert _possible([released], (ethnicity, tumour)) >= 5


def test_a_small_group_within_a_wide_one_cannot_be_told_by_taking_away() -> None:
    narrow = pd.DataFrame({"ethnicity": ["A", "B", "H"], "tumour": "Lung", "n": [120, 3, 40]})
    wide = pd.DataFrame({"ethnicity": ["White"], "tumour": ["Lung"], "n": [123]})
    released = disclose(
        pd.concat([narrow, wide]), by=["ethnicity", "tumour"], count="n",
        nesting={"ethnicity": BROAD}, profile="nhs_round5",
    )  # fmt: skip
    shown = released.table.set_index(["ethnicity", "tumour"])["n"]
    assert shown["B", "Lung"] == "[c]"
    assert shown["White", ALL] == shown["White", "Lung"]
    assert _possible([released.table], ("B", "Lung")) >= 5


def test_a_complementary_cell_is_withheld_where_margins_would_give_one_away() -> None:
    # Rounding leaves this row's one small count three values: 18 to 22, less 8 to 12 twice.
    seeds = [_table(seed, 150, ["A", "B", "H", "M"]) for seed in range(40)]
    released = [disclose(frame, by=["ethnicity", "tumour"], count="n") for frame in seeds]
    assert sum(one.complementary for one in released) > 0
    assert all(0 <= one.people_shown <= 1 for one in released)


# Tables in which a cell more must be withheld because a reader knows who is nobody.
@pytest.mark.parametrize("seed", [28, 121, 147])
def test_combinations_left_out_are_nobody_as_if_they_were_given_as_none(seed: int) -> None:
    frame = _table(seed, 60, ["A", "H", "M"])
    people = frame[frame["n"] > 0]
    whole, held = (disclose(one, by=["ethnicity", "tumour"], count="n") for one in (frame, people))
    shown = whole.table.merge(held.table, on=["ethnicity", "tumour"], suffixes=("", "_held"))
    assert len(shown) == len(held.table)
    assert (shown["n"] == shown["n_held"]).all()


def test_margins_count_nobody_twice_and_rows_are_sorted() -> None:
    frame = pd.DataFrame({"ethnicity": ["A", "B", "White"], "tumour": "Lung", "n": [100, 200, 300]})
    table = disclose(
        frame, by=["ethnicity", "tumour"], count="n", nesting={"ethnicity": BROAD}
    ).table
    shown = table.set_index(["ethnicity", "tumour"])["n"]
    assert shown[ALL, ALL] == "300"
    assert list(table["ethnicity"]) == sorted(table["ethnicity"])


def test_a_wide_category_that_is_not_the_sum_of_its_parts_is_refused() -> None:
    frame = pd.DataFrame({"ethnicity": ["A", "White"], "n": [100, 130]})
    with pytest.raises(InputError, match="not the sum"):
        disclose(frame, by=["ethnicity"], count="n", nesting={"ethnicity": BROAD})


def test_a_longer_window_cannot_be_set_against_a_shorter_one() -> None:
    """One person joins a group of nine: 10 then 10, and between them 0 to 4 at least."""
    first = pd.DataFrame({"ethnicity": ["A", "H"], "n": [60, 9]})
    second = pd.DataFrame({"ethnicity": ["A", "H"], "n": [66, 10]})
    one = disclose(first, by=["ethnicity"], count="n", window=("2024-04", "2024-06"))
    two = disclose(
        second, by=["ethnicity"], count="n", window=("2024-04", "2024-07"), earlier=[one.entry]
    )
    low, high = _new_in(one, two, "H")
    assert high - low + 1 >= 5


def _new_in(one: Disclosed, two: Disclosed, group: str) -> tuple[float, float]:
    """What the later table says a group has gained: own cells, and the margin less the others."""
    bounds = [
        {labels[0]: (low, np.inf if high is None else high) for labels, low, high in t.entry.cells}
        for t in (one, two)
    ]
    (a, b), (c, d) = bounds[0][group], bounds[1][group]
    return max(0.0, c - b), d - a


@pytest.mark.parametrize("unit", [1.0, 0.5])
def test_what_a_shown_count_says_holds_its_truth_and_nothing_that_shows_otherwise(
    unit: float,
) -> None:
    counts = np.arange(0, 60, unit)
    hidden = (counts > 0) & (counts < 8)
    lower, upper = learned(counts, hidden, ROUND5, unit, complementary=False)
    assert ((lower <= counts) & (counts <= upper)).all()
    shown = np.floor(counts / 5 + 0.5) * 5
    for place in np.flatnonzero(~hidden & (counts < 50)):
        alike = counts[~hidden & (shown == shown[place])]
        assert (lower[place], upper[place]) == (alike.min(), alike.max())
    assert (lower[hidden] == unit).all()
    assert (upper[hidden] == 8 - unit).all()


def test_other_counts_of_the_same_cut_are_taken_as_more_or_as_other_people() -> None:
    def of(*counts: int, **given: Any) -> Disclosed:
        frame = pd.DataFrame({"sex": ["1", "2"], "n": counts})
        return disclose(frame, by=["sex"], count="n", **given)

    one = of(100, 200)
    assert of(101, 200, earlier=[one.entry]).kinship == "same"  # rounding may hide one
    assert of(150, 200, earlier=[one.entry]).kinship == "grown"
    assert of(150, 100, earlier=[one.entry]).kinship == "unrelated"
    month = ("2024-04", "2024-04")
    with pytest.raises(DisclosureError, match="cannot be of the same people"):
        of(150, 200, window=month, earlier=[of(100, 200, window=month).entry])


def test_the_command_writes_a_safe_table_and_a_ledger_that_holds_what_was_shown(
    tmp_path: Path,
) -> None:
    counts, out, ledger = (tmp_path / name for name in ("counts.csv", "out.csv", "l.jsonl"))
    frame = _table(1, 400, ["A", "B", "H", "M"])
    frame.to_csv(counts, index=False)
    words = ["disclose", str(counts), "--by", "ethnicity,tumour", "--count", "n", "--out", str(out)]
    assert main([*words, "--ledger", str(ledger), "--data", "cut1", "--quiet"]) == 0
    written = pd.read_csv(out, dtype=str)
    assert len(written) == 5 * 5
    assert written.columns.tolist() == ["ethnicity", "tumour", "n"]
    small = frame[(frame["n"] > 0) & (frame["n"] < 8)]
    shown = written.set_index(["ethnicity", "tumour"])["n"]
    assert (shown.loc[list(small[["ethnicity", "tumour"]].itertuples(index=False))] == "[c]").all()
    (entry,) = read_ledger(ledger, "cut1")
    assert entry.by == ("ethnicity", "tumour")
    first = out.read_bytes()
    assert main([*words, "--ledger", str(ledger), "--data", "cut1", "--quiet"]) == 0
    assert out.read_bytes() == first
    assert len(read_ledger(ledger, "cut1")) == 1
    assert read_ledger(ledger, "cut2") == []


def test_a_damaged_ledger_shuts_the_gate(tmp_path: Path) -> None:
    counts, out, ledger = (tmp_path / name for name in ("counts.csv", "out.csv", "l.jsonl"))
    _table(1, 400, ["A", "B"]).to_csv(counts, index=False)
    ledger.write_text("{half", encoding="utf-8")
    words = ["disclose", str(counts), "--by", "ethnicity,tumour", "--count", "n", "--out", str(out)]
    assert main([*words, "--ledger", str(ledger), "--data", "cut1", "--quiet"]) == 15
    assert not out.exists()


@pytest.mark.parametrize(
    ("change", "exit_code"),
    [
        ({"n": "x"}, 11),
        ({"n": "-1"}, 11),
        ({"ethnicity": ""}, 11),
    ],
)
def test_counts_that_cannot_be_used_are_refused_and_nothing_written(
    change: dict[str, str], exit_code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts, out = tmp_path / "counts.csv", tmp_path / "out.csv"
    frame = _table(1, 400, ["A", "B"]).astype(str)
    for name, value in change.items():
        frame.loc[2, name] = value
    frame.to_csv(counts, index=False)
    words = ["disclose", str(counts), "--by", "ethnicity,tumour", "--count", "n", "--out", str(out)]
    assert main(words) == exit_code
    assert not out.exists()
    assert "1 rows" in capsys.readouterr().err


@pytest.mark.parametrize("by", [",", "ethnicity,ethnicity", "ethnicity,n"])
def test_columns_named_twice_or_not_at_all_are_refused(by: str, tmp_path: Path) -> None:
    counts, out = tmp_path / "counts.csv", tmp_path / "out.csv"
    _table(1, 400, ["A", "B"]).to_csv(counts, index=False)
    assert main(["disclose", str(counts), "--by", by, "--count", "n", "--out", str(out)]) == 2
    assert not out.exists()


def test_a_ledger_is_a_file_of_its_own(tmp_path: Path) -> None:
    counts, out = tmp_path / "counts.csv", tmp_path / "out.csv"
    _table(1, 400, ["A", "B"]).to_csv(counts, index=False)
    words = ["disclose", str(counts), "--by", "ethnicity,tumour", "--count", "n", "--out", str(out)]
    assert main([*words, "--ledger", str(out), "--data", "cut1"]) == 2
    assert not out.exists()


def test_an_earlier_cut_seen_by_other_columns_is_known_again_though_it_has_grown_since() -> None:
    """Taken as other people it would be held against nothing."""
    rows = [("A", "x", 200), ("A", "y", 252), ("B", "x", 24), ("B", "y", 4), ("C", "x", 30)]
    cells = pd.DataFrame([*rows, ("C", "y", 40)], columns=["group", "site", "n"])
    whole = {"count": "n", "profile": "suppress"}
    first = disclose(cells, by=["group", "site"], **whole)
    more = cells.assign(n=cells["n"] + [9, 10, 11, 9, 10, 12])
    second = disclose(more, by=["group", "site"], earlier=[first.entry], **whole)
    assert second.kinship == "grown"
    groups = cells.groupby("group", as_index=False)["n"].sum()
    third = disclose(groups, by=["group"], earlier=[first.entry, second.entry], **whole)
    assert third.kinship == "earlier"
    other = groups.assign(n=groups["n"] + 100)
    unlike = disclose(other, by=["group"], earlier=[second.entry, first.entry], **whole)
    assert unlike.kinship == "unrelated"
