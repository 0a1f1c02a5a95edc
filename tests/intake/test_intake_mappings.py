"""Layouts: known by their header, named, or a Trust's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import extract_maker as make
import pytest

from workbench.cli.main import main
from workbench.errors import InputError, ParameterError
from workbench.intake.layouts import canonical_mapping, layout_of, named_safely
from workbench.intake.mappings import choice_for, read_mapping

CANONICAL = canonical_mapping(make.DICTIONARY)
ALL = (*make.DICTIONARY.mappings.values(), CANONICAL)
Take = Callable[..., Any]


@pytest.mark.parametrize(
    ("rows", "mapping", "dataset"),
    [
        (make.somerset, "somerset", "pathway_records"),
        (make.somerset_demographics, "somerset", "demographics"),
        (make.infoflex, "infoflex", "pathway_records"),
        (make.infoflex_demographics, "infoflex", "demographics"),
        (make.cwt, "cwt_csv", "pathway_records"),
        (lambda folk: make.milestones(folk, "RX1", "W"), "canonical", "milestones"),
    ],
)
@pytest.mark.parametrize("change", [str, str.lower, lambda name: name.replace("_", " ")])
def test_layout_is_known_by_the_header(
    rows: Callable[..., Any], mapping: str, dataset: str, change: Callable[[str], str]
) -> None:
    header = [change(name) for name in rows(make.people(1))[0]]
    found = layout_of(header, "x", make.DICTIONARY, ALL, None)
    assert (found.mapping.name, found.dataset) == (mapping, dataset)


def test_free_text_is_never_among_the_columns_read() -> None:
    header = list(make.infoflex(make.people(1))[0])
    found = layout_of(header, "x", make.DICTIONARY, ALL, None)
    assert "Tracking Notes" in found.dropped
    read = {place for places in found.places.values() for place in places}
    assert header.index("Tracking Notes") not in read


def test_a_name_that_may_be_somebodys_is_told_by_its_place() -> None:
    words = frozenset({"date", "first", "seen"})
    assert named_safely("Quixwood", 4, words) == "column 5"
    assert named_safely("Date of call", 4, words) == "column 5 ('Date of call')"


def test_a_header_of_nobodys_layout_is_refused() -> None:
    with pytest.raises(InputError, match="none of the layouts"):
        layout_of(["a", "b", "c"], "x", make.DICTIONARY, ALL, "pathway_records")


def test_a_column_renamed_is_told_with_what_it_may_be() -> None:
    header = ["record_id", "date_first_seem", *make.cwt(make.people(1))[0]]
    header.remove("DATEFIRSTSEEN")
    found = layout_of(header, "x", make.DICTIONARY, ALL, "pathway_records")
    assert "date_first_seem" in found.meant["date_first_seen"]


OWN = """
use: somerset
extract_date: 2025-05-01
extent: full
datasets:
  pathway_records:
    columns: {RECEIVED: cancer_referral_to_treatment_period_start_date}
    drop: [TRACKING_COMMENT]
"""


def test_a_trusts_own_mapping_changes_a_known_one_and_dates_its_files(
    space: Path, take: Take, stored: Callable[..., Any]
) -> None:
    rows = make.somerset(make.people(4))
    for row in rows[2:]:
        row["RECEIVED"] = row.pop("N2_6_RECEIPT_DATE")
    names = [*rows[0], "RECEIVED"]
    half = [{name: row.get(name, "") for name in names} for row in rows]
    make.put(space / "inbox", "RR7/mapping.yaml", OWN.encode())
    make.put(space / "inbox", "RR7/pathways.csv", make.as_csv(half))
    outcome = take(space)
    file = outcome.facts["files"][0]
    assert (file["extract_date"], file["extent"]) == ("2025-05-01", "full")
    assert file["unknown_columns"] == []
    referred = [row["cancer_referral_to_treatment_period_start_date"] for row in stored(space)]
    assert all(isinstance(day, dt.date) for day in referred)
    assert len(referred) == 4


def test_a_mapping_file_with_faults_is_refused_with_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "use: somerset\nextent: half\ndatasets:\n  pathway_records:\n    columns: {A: b}\n"
    )
    with pytest.raises(ParameterError) as told:
        read_mapping(path, make.DICTIONARY)
    assert "extent" in str(told.value)
    path.write_text(
        "use: somerset\ndatasets:\n  pathway_records:\n    columns: {A: b, C: d}\n  nothing: {}\n"
    )
    with pytest.raises(ParameterError) as told:
        read_mapping(path, make.DICTIONARY)
    assert len(told.value.faults) == 3


def test_a_mapping_that_is_named_wins(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(OWN)
    named = choice_for(tmp_path, "infoflex", make.DICTIONARY)
    assert [mapping.name for mapping in named.mappings] == ["infoflex", "canonical"]


def test_an_unknown_mapping_stops_the_command_before_anything_is_read(space: Path) -> None:
    make.region(space / "inbox")
    words = ["ingest", "--plain", "--mapping", "somerst", "--workspace", str(space)]
    assert main(words) == ParameterError.exit_code
    assert not (space / "ingest.json").exists()


def test_a_broken_mapping_of_one_trust_leaves_the_others_alone(space: Path, take: Take) -> None:
    make.put(space / "inbox", "RX1/pathways.csv", make.as_csv(make.cwt(make.people(3))))
    make.put(space / "inbox", "RR7/pathways.csv", make.as_csv(make.somerset(make.people(3))))
    make.put(space / "inbox", "RR7/mapping.yaml", b"use: nothing\n")
    outcome = take(space)
    assert [one.trust for one in outcome.refusals] == ["RR7"]
    assert outcome.facts["totals"]["standing"] == 3
