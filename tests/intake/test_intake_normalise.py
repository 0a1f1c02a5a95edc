"""A source's cells as the dictionary writes them."""

from __future__ import annotations

import pyarrow as pa
import pytest
from extract_maker import DICTIONARY
from hypothesis import given
from hypothesis import strategies as st

from workbench.intake.normalise import mapped, reader_for

SOMERSET = DICTIONARY.mapping("somerset")


def read(name: str, cell: str, dataset: str = "pathway_records") -> str | None:
    field = DICTIONARY.schema(dataset).field(name)
    codes = DICTIONARY.code_list(field.codes) if field.codes else None
    return reader_for(field, SOMERSET, {"Left": "L"} if "lateral" in name else {}, codes)(cell)


@pytest.mark.parametrize(
    ("name", "cell", "expected"),
    [
        ("date_first_seen", "2025-04-10", "2025-04-10"),
        ("date_first_seen", "10/04/2025", "2025-04-10"),
        ("date_first_seen", " 1/4/2025 ", "2025-04-01"),
        ("date_first_seen", "2025-04-10 00:00:00", "2025-04-10"),
        ("date_first_seen", "2025-04-10T09:30:00.000", "2025-04-10"),
        ("date_first_seen", "31/02/2025", "31/02/2025"),
        ("date_first_seen", "soon", "soon"),
        ("date_first_seen", "NULL", None),
        ("date_first_seen", "   ", None),
        ("nhs_number", "999 000 0018", "9990000018"),
        ("nhs_number", "999-000-0018", "9990000018"),
        ("nhs_number", "99900", "99900"),
        ("source_of_referral_for_out_patients", "3", "03"),
        ("source_of_referral_for_out_patients", "3.0", "03"),
        ("source_of_referral_for_out_patients", "44", "44"),
        ("cancer_faster_diagnosis_pathway_end_reason", "1", "01"),
        ("tumour_laterality", "left", "L"),
        ("tumour_laterality", "r", "R"),
        ("waiting_time_adjustment_first_seen", "7.0", "7"),
        ("organisation_site_identifier_of_provider_first_seen", "rr701", "RR701"),
        ("primary_diagnosis_icd", "c18.9", "C189"),
        ("primary_diagnosis_icd", "C34", "C34X"),
        ("primary_diagnosis_icd", "C50.4-", "C504"),
        ("primary_diagnosis_icd", "lung", "LUNG"),
    ],
)
def test_cells_become_the_dictionarys(name: str, cell: str, expected: str | None) -> None:
    assert read(name, cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("ne14lp", "NE1 4LP"), ("NE1  4LP", "NE1 4LP"), ("ne1", "NE1"), ("NE1 4", "NE1 4")],
)
def test_postcodes_are_spaced_once_and_half_typed_ones_stay(cell: str, expected: str) -> None:
    assert read("postcode", cell, "demographics") == expected


@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=30))
def test_mapping_distinct_cells_is_mapping_each(cells: list[str | None]) -> None:
    def shout(cell: str | None) -> str | None:
        return None if cell is None else cell.upper() or None

    found = mapped(pa.chunked_array([pa.array(cells, pa.string())]), shout).to_pylist()
    assert found == [shout(cell) for cell in cells]
