"""What a file's name says of an extract."""

from __future__ import annotations

import datetime as dt

import pytest

from workbench.errors import InputError
from workbench.intake.names import UNDATED, Extract, dataset_named, extract_named, extract_of
from workbench.intake.settings import load_settings
from workbench.shipped import shipped

SETTINGS = load_settings(shipped("data_dictionary"))
D = dt.date


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("pathways", Extract()),
        ("pathways_full", Extract(full=True)),
        ("pathways_2025-04-10", Extract(D(2025, 4, 10))),
        ("RR7 pathways 20250410 part2", Extract(D(2025, 4, 10))),
        ("pathways_full_2025-04-10", Extract(D(2025, 4, 10), True)),
        ("pathways_2025-03", Extract(D(2025, 3, 31), False, D(2025, 3, 1), D(2025, 3, 31))),
        (
            "pathways_full_2025-03_2025-04-10",
            Extract(D(2025, 4, 10), True, D(2025, 3, 1), D(2025, 3, 31)),
        ),
        (
            "pathways_full_2025-01-01_to_2025-03-31_2025-04-10",
            Extract(D(2025, 4, 10), True, D(2025, 1, 1), D(2025, 3, 31)),
        ),
        (
            "pathways_2024-02_to_2024-03",
            Extract(D(2024, 3, 31), False, D(2024, 2, 1), D(2024, 3, 31)),
        ),
    ],
)
def test_extract_is_read_from_the_name(stem: str, expected: Extract) -> None:
    found = extract_named(stem, SETTINGS, "file")
    assert found == expected
    assert extract_of(found.facts()) == expected


@pytest.mark.parametrize(
    "stem",
    [
        "pathways_2025-02-30",
        "pathways_2025-13",
        "p_2025-01-01_2025-02-01_2025-03-01_2025-04-01",
        "pathways_2025-03-31_to_2025-03-01_2025-04-10",
    ],
)
def test_impossible_names_are_refused(stem: str) -> None:
    with pytest.raises(InputError):
        extract_named(stem, SETTINGS, "file")


def test_undated_is_older_than_any_date() -> None:
    assert not Extract().dated
    assert D(1900, 1, 1) > UNDATED


@pytest.mark.parametrize(
    ("stem", "dataset"),
    [
        ("pathways_2025-04-10", "pathway_records"),
        ("RR7-Demographics", "demographics"),
        ("opt_outs", "opt_outs"),
        ("Milestones 1", "milestones"),
        ("extract", None),
        ("promsx", None),
    ],
)
def test_dataset_is_read_from_the_name(stem: str, dataset: str | None) -> None:
    assert dataset_named(stem, SETTINGS) == dataset
