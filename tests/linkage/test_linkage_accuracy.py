"""Planted persons are found again, and no group pays for it: small sets of the benchmarks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from workbench.linkage import Columns, link

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
ROWS = 5_000


@pytest.fixture(scope="session")
def measures() -> Iterator[SimpleNamespace]:
    """The benchmarks' generator, scores and peer."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import _linkage_errors
        import _linkage_peer
        import _linkage_public_peer
        import _linkage_score
        import _linkage_sets

        yield SimpleNamespace(
            errors=_linkage_errors,
            peer=_linkage_peer,
            public_peer=_linkage_public_peer,
            score=_linkage_score,
            sets=_linkage_sets,
        )
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="session")
def sets(measures: SimpleNamespace) -> Any:
    return measures.sets.two_trusts(ROWS, seed=11)


@pytest.fixture(scope="session")
def planted(measures: SimpleNamespace, sets: Any) -> pd.DataFrame:
    return measures.score.cross_pairs(sets.truth, "person")


@pytest.fixture(scope="session")
def linked(sets: Any) -> Any:
    return link(sets.records, seed=1)


@pytest.fixture(scope="session")
def linked_without_nhs(sets: Any) -> Any:
    return link(sets.records.drop(columns="nhs_number"), seed=1)


def _found(measures: SimpleNamespace, linked: Any) -> pd.DataFrame:
    return measures.score.cross_pairs(linked.clusters, "person_id")


def test_the_sets_are_the_same_for_a_seed_and_others_for_another(measures):
    first, again, other = (measures.sets.two_trusts(200, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.records, again.records)
    assert not first.left["family_name"].equals(other.left["family_name"])


def test_half_of_each_register_is_in_the_other_and_nobody_twice(sets, planted):
    assert len(sets.left) == len(sets.right) == ROWS
    assert len(planted) == ROWS // 2
    assert not sets.truth.duplicated(["source", "person"]).any()


def test_those_registered_twice_are_in_the_truth(measures):
    twice = measures.sets.two_trusts(1_000, seed=3, duplicates=0.1)
    again = twice.truth.duplicated(["source", "person"]).sum()
    assert again == len(twice.records) - 2_000
    assert 120 < again < 280


def test_errors_happen_as_often_as_they_are_said_to(measures, sets):
    group = sets.truth.set_index("record_id")["ethnic_group"]
    missing = sets.records.set_index("record_id")["nhs_number"].isna()
    for name, said in measures.errors.RATES["nhs_missing"].items():
        here = missing[group[missing.index] == name]
        spread = np.sqrt(said * (1 - said) / len(here))
        assert abs(here.mean() - said) < 4 * spread, name


def test_nhs_numbers_are_valid_and_of_one_person_but_for_planted_slips(measures, sets):
    valid = measures.peer.normalised(sets.left)["nhs_number"]
    wrong = valid.isna() & sets.left["nhs_number"].notna()
    assert 0 < wrong.mean() < 0.02
    assert valid.dropna().duplicated().mean() < 0.01


def test_persons_are_found_with_nhs_numbers(measures, linked, planted):
    held = measures.score.score(_found(measures, linked), planted)
    assert held.f1 >= 0.9965, asdict(held)
    assert held.precision >= 0.998, asdict(held)


def test_persons_are_found_without_nhs_numbers(measures, linked_without_nhs, planted):
    held = measures.score.score(_found(measures, linked_without_nhs), planted)
    assert held.f1 >= 0.983, asdict(held)


def test_links_are_one_to_one(measures, linked, linked_without_nhs):
    for made in (linked, linked_without_nhs):
        pairs = _found(measures, made)
        assert pairs["record_id_left"].duplicated().mean() < 0.001
        assert pairs["record_id_right"].duplicated().mean() < 0.001


def test_twins_whose_numbers_differ_stay_two(sets, linked):
    """Same birth date, family name and address: all but the given name and the number."""
    told = sets.truth.merge(linked.clusters, on=["record_id", "source"])
    twins = told[told["twin"]]
    assert len(twins) > 50
    mixed = twins.groupby("person_id")["person"].nunique()
    assert (mixed > 1).mean() < 0.05


def test_no_group_is_missed_a_point_more_than_the_largest(measures, sets, linked, planted):
    group = sets.truth.set_index("record_id")["ethnic_group"]
    table = measures.score.missed_by_group(_found(measures, linked), planted, group)
    large = table[table["pairs"] >= 100]
    assert len(large) >= 3
    assert (large["gap"] <= 0.015).all(), large.to_string()
    assert (large["gap_lower"] <= 0.01).all(), large.to_string()


def test_a_gap_and_its_interval_are_newcombes(measures):
    """His example (a) of 1998: 56 of 70 against 48 of 80, difference 0.2, 0.0524 to 0.3339."""
    names = [f"A{n}" for n in range(80)] + [f"B{n}" for n in range(70)]
    planted = pd.DataFrame({"record_id_left": names, "record_id_right": names})
    missed = [*range(48), *range(80, 136)]
    group = pd.Series([name[0] for name in names], index=names)
    table = measures.score.missed_by_group(planted.drop(index=missed), planted, group)
    largest, other = table.to_dict("records")
    assert (largest["group"], largest["gap"]) == ("A", 0)
    assert (other["missed"], other["pairs"]) == (56, 70)
    assert other["gap"] == pytest.approx(0.2)
    assert other["gap_lower"] == pytest.approx(0.0524, abs=5e-5)
    assert other["gap_upper"] == pytest.approx(0.3339, abs=5e-5)


def test_scores_count_pairs(measures):
    found = pd.DataFrame({"record_id_left": ["a", "b", "c"], "record_id_right": ["1", "2", "9"]})
    planted = pd.DataFrame({"record_id_left": list("abcd"), "record_id_right": list("1234")})
    held = measures.score.score(found, planted)
    assert (held.precision, held.recall) == (2 / 3, 2 / 4)
    assert held.f1 == pytest.approx(4 / 7)


@pytest.mark.heavy
@pytest.mark.parametrize("without", [False, True], ids=["with NHS numbers", "without"])
def test_splink_alone_finds_no_more(measures, sets, planted, request, without):
    made = request.getfixturevalue("linked_without_nhs" if without else "linked")
    sides = [sets.left, sets.right]
    if without:
        sides = [side.drop(columns="nhs_number") for side in sides]
    peer = measures.score.score(measures.peer.splink_pairs(*sides), planted)
    ours = measures.score.score(_found(measures, made), planted)
    assert peer.f1 > 0.97  # a peer that is broken would be beaten by anything
    assert ours.f1 >= peer.f1


@pytest.mark.heavy
@pytest.mark.real_data
def test_splink_finds_no_more_in_its_own_example(measures, real_data):
    records = pd.read_csv(real_data / "linkage" / "fake_1000.csv", dtype="string")
    records = records.rename(columns={"unique_id": "record_id"}).assign(source="fake_1000")
    columns = Columns.of(first_name="name", surname="name", dob="date", city="text", email="text")
    table = records.drop(columns="cluster")
    made = link(table, columns=columns, threshold=0.95)
    planted, found = (
        _pairs_within(held, by) for held, by in ((records, "cluster"), (made.clusters, "person_id"))
    )
    pairs = measures.public_peer.splink_public_pairs("fake_1000", table, threshold=0.95)
    peer = max(measures.score.score(one, planted).f1 for one in pairs)
    assert peer > 0.8
    assert measures.score.score(found, planted).f1 >= peer


def _pairs_within(grouped: pd.DataFrame, by: str) -> pd.DataFrame:
    held = grouped[["record_id", by]]
    met = held.merge(held, on=by, suffixes=("_left", "_right"))
    met = met[met["record_id_left"] < met["record_id_right"]]
    return met[["record_id_left", "record_id_right"]]
