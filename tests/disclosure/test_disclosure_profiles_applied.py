"""The profiles that show exact counts, or counts moved by a key: held against the same attacker."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from workbench.cli.main import main
from workbench.disclosure import Disclosed, disclose, release
from workbench.disclosure.axes import ALL
from workbench.disclosure.cellkey import content_keys, noise_of, record_keys
from workbench.errors import DisclosureError, InputError
from workbench.intake.keys import create_keys, open_keys
from workbench.reporting.noise import KEY_FILE, noise_secret

GROUPS, SITES = ["A", "B", "H", "M"], ["Breast", "Lung", "Skin", "Urology"]
SECRET = b"a key of the project"
SPREAD = {"suppress": 0, "cellkey": 2}


def table(seed: int, people: int = 600) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    mix = np.outer(random.dirichlet(np.ones(4) * 0.6), random.dirichlet(np.ones(4))).ravel()
    frame = pd.DataFrame(itertools.product(GROUPS, SITES), columns=["group", "site"])
    return frame.assign(n=random.multinomial(people, mix))


def released(frame: pd.DataFrame, profile: str, secret: bytes = SECRET) -> Disclosed:
    return disclose(frame, by=["group", "site"], count="n", profile=profile, secret=secret)


def possible(made: Disclosed, spread: int, cell: tuple[str, str]) -> float:
    """Whole numbers that a cell can be, for one who reads the whole table."""
    atoms = list(itertools.product(GROUPS, SITES))
    rows = [
        [float(g in (ALL, group) and s in (ALL, site)) for group, site in atoms]
        for g, s, _ in made.table.itertuples(index=False)
    ]
    shown = pd.to_numeric(made.table["n"], errors="coerce").to_numpy(dtype=float)
    low = np.where(np.isnan(shown), 1, np.maximum(shown - spread, 8 * (shown > 0)))
    most = np.inf if made.complementary else 7
    high = np.where(np.isnan(shown), most, np.where(shown == 0, 0, shown + spread))
    weights = np.asarray([float(atom == cell) for atom in atoms])
    ends = []
    for sign in (1, -1):
        found = milp(
            sign * weights, constraints=LinearConstraint(np.asarray(rows), low, high),
            integrality=np.ones(len(atoms)), bounds=Bounds(0, np.inf),
        )  # fmt: skip
        ends.append(np.inf if found.status == 3 else sign * found.fun)
    return ends[1] - ends[0] + 1


@pytest.mark.parametrize("profile", ["suppress", "cellkey"])
@pytest.mark.parametrize("seed", range(6))
def test_no_small_count_can_be_told_by_taking_away(profile: str, seed: int) -> None:
    frame = table(seed)
    made = released(frame, profile)
    for group, site, count in frame.itertuples(index=False):
        if 0 < count < 8:
            assert possible(made, SPREAD[profile], (group, site)) >= 5


def test_suppression_shows_exact_counts_and_zeros_and_withholds_others_to_protect() -> None:
    frame = table(2)
    made = released(frame, "suppress")
    whole = made.table.merge(frame, on=["group", "site"], suffixes=("", "_true"))
    kept = whole[whole["n"] != "[c]"]
    assert (kept["n"].astype(int) == kept["n_true"]).all()
    assert (whole.loc[whole["n_true"] == 0, "n"] == "0").all()
    assert made.complementary > 0


def test_a_lone_small_count_takes_two_more_with_it_in_each_direction() -> None:
    """One hidden cell in a row with an exact total is the total less the rest."""
    frame = pd.DataFrame(itertools.product("AB", "XY"), columns=["group", "site"])
    made = released(frame.assign(n=[3, 40, 50, 60]), "suppress")
    shown = made.table.set_index(["group", "site"])["n"]
    for group in "AB":
        assert [shown[group, "X"], shown[group, "Y"]].count("[c]") in (0, 2) or (
            shown[group, ALL] == "[c]"
        )
    assert shown["A", "X"] == "[c]"


def test_the_same_people_always_get_the_same_number_in_any_order() -> None:
    frame = table(3)
    again = released(frame.sample(frac=1, random_state=1), "cellkey").table
    pd.testing.assert_frame_equal(released(frame, "cellkey").table, again)
    alone = frame.assign(n=frame["n"].where(frame["site"] == "Lung", 0))
    shown = released(alone, "cellkey").table.set_index(["group", "site"])["n"]
    for group in [*GROUPS, ALL]:  # a margin of one cell is that cell's people
        assert shown[group, ALL] == shown[group, "Lung"]


def test_whoever_joins_makes_the_noise_another_and_margins_need_not_add_up() -> None:
    frame = table(4, 4000)
    more = frame.assign(n=frame["n"] + 1)
    apart = [
        pd.to_numeric(released(one, "cellkey").table["n"], errors="coerce") - one_true
        for one in (frame, more)
        for one_true in [released(one, "none").table["n"].astype(float)]
    ]
    assert all(one.dropna().abs().max() <= 2 for one in apart)
    assert (apart[0] != apart[1]).mean() > 0.5
    shown = released(frame, "cellkey").table.set_index(["group", "site"])["n"]
    inner = pd.to_numeric(shown.drop(ALL, level=0).drop(ALL, level=1), errors="coerce")
    assert inner.sum() != float(shown[ALL, ALL])


def test_noise_is_as_likely_to_be_each_number_and_is_no_ones_without_the_key() -> None:
    keys = record_keys((f"P{n}" for n in range(20_000)), SECRET)
    noise, count = np.unique(noise_of(keys, 2), return_counts=True)
    assert noise.tolist() == [-2, -1, 0, 1, 2]
    assert (abs(count - 4000) < 5 * np.sqrt(20_000 * 0.16)).all()
    others = noise_of(record_keys((f"P{n}" for n in range(20_000)), b"another"), 2)
    assert abs(np.corrcoef(noise_of(keys, 2), others)[0, 1]) < 0.03


def test_keys_of_records_make_the_key_of_a_cell_whatever_the_columns() -> None:
    people = pd.DataFrame({"group": list("AABB") * 30, "sex": list("1212") * 30})
    people["key"] = record_keys(map(str, range(120)), SECRET)

    def counted(by: list[str]) -> pd.DataFrame:
        cells = people.groupby(by, as_index=False)
        return cells.agg(n=("key", "size"), key=("key", lambda keys: keys.sum()))

    one = disclose(counted(["group"]), by=["group"], count="n", profile="cellkey", key="key")
    two = disclose(
        counted(["sex", "group"]), by=["sex", "group"], count="n", profile="cellkey", key="key"
    )
    wide = two.table[two.table["sex"] == ALL].set_index("group")["n"]
    assert wide.to_dict() == one.table.set_index("group")["n"].to_dict()


def test_content_keys_know_a_cell_by_its_labels_and_count_in_any_order_of_columns() -> None:
    one = content_keys(["a", "b"], [("x", "y")], np.asarray([9.0]), SECRET)
    assert one == content_keys(["b", "a"], [("y", "x")], np.asarray([9.0]), SECRET)
    assert one != content_keys(["a", "b"], [("x", "y")], np.asarray([10.0]), SECRET)


def test_noise_without_a_key_is_refused() -> None:
    with pytest.raises(DisclosureError, match="no key"):
        disclose(table(1), by=["group", "site"], count="n", profile="cellkey")
    with pytest.raises(DisclosureError, match="there is none"):
        release(table(1), keys=["group", "site"], counts=["n"], profile="cellkey")


@pytest.mark.parametrize("value", ["x", "-1", str(2**64), "1.5"])
def test_a_key_that_is_none_is_refused(value: str) -> None:
    frame = table(1).assign(key=value)
    with pytest.raises(InputError, match="cannot be used"):
        disclose(frame, by=["group", "site"], count="n", profile="cellkey", key="key")


def test_the_noise_of_a_workspace_is_made_from_its_own_secret(tmp_path: Path) -> None:
    create_keys(tmp_path)
    assert (tmp_path / KEY_FILE).is_file()
    secret = noise_secret(tmp_path)
    assert secret == noise_secret(tmp_path)
    assert secret != open_keys(tmp_path).pseudonym_key


def test_the_command_takes_its_noise_from_the_keys_of_the_workspace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts, out = tmp_path / "counts.csv", tmp_path / "out.csv"
    table(5).to_csv(counts, index=False)
    words = ["disclose", str(counts), "--by", "group,site", "--count", "n", "--out", str(out)]
    words += ["--profile", "cellkey", "--quiet", "--workspace", str(tmp_path)]
    assert main(words) == 10
    assert "workbench keys new" in capsys.readouterr().err
    assert not out.exists()
    create_keys(tmp_path)
    assert main(words) == 0
    first = out.read_bytes()
    assert main(words) == 0
    assert out.read_bytes() == first
