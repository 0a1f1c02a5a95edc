"""The planted truth is read under the store's own pseudonyms, and for made-up rows alone."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.demo import planted_links
from workbench.errors import InputError, UsageError
from workbench.intake.keys import create_keys
from workbench.intake.pseudonyms import pseudonym
from workbench.workspace import open_workspace


@pytest.fixture
def region(tmp_path: Path) -> Path:
    (tmp_path / "workbench.toml").write_text('synthetic = true\ntruth = "truth"\n')
    (tmp_path / "truth").mkdir()
    create_keys(tmp_path)
    pathways = {
        "source": pa.array(["ZZ1", "ZZ2"]).dictionary_encode(),
        "patient_pathway_identifier": ["P1", "P1"],
        "pathway_id": ["W1", "W1"],
        "person_id": ["N1", "N1"],
    }
    persons = {
        "person_id": ["N1"], "nhs_number": ["9990000001"], "family_name": ["Made"],
        "sex": pa.array(["2"]).dictionary_encode(),
        "ethnic_category": pa.array(["J"]).dictionary_encode(), "imd_decile": [3],
    }  # fmt: skip
    pq.write_table(pa.table(pathways), tmp_path / "truth" / "pathways.parquet")
    pq.write_table(pa.table(persons), tmp_path / "truth" / "persons.parquet")
    return tmp_path


def test_truth_has_the_pseudonyms_of_the_store_and_no_identifier(region: Path) -> None:
    workspace = open_workspace(region)
    assert workspace.truth == region / "truth"
    planted = planted_links(workspace, region / "truth")
    rows = planted.records.to_pylist()
    assert [row["source"] for row in rows] == ["ZZ1", "ZZ2"]
    assert len({row["pathway_key"] for row in rows}) == 1
    assert "P1" not in {row["pathway_key"] for row in rows}
    assert planted.persons.column_names == ["person_id", "sex", "ethnic_category", "imd_decile"]


def test_pseudonyms_are_those_that_intake_makes(region: Path) -> None:
    from workbench.intake.keys import open_keys

    made = pseudonym(open_keys(region).pseudonym_key, "patient_pathway_identifier", "P1")
    planted = planted_links(open_workspace(region), region / "truth")
    assert planted.records["pathway_key"].to_pylist() == [made, made]


def test_no_truth_is_read_where_rows_may_be_real(region: Path) -> None:
    (region / "workbench.toml").write_text('truth = "truth"\n')
    with pytest.raises(UsageError, match="not marked synthetic"):
        planted_links(open_workspace(region), region / "truth")


def test_a_folder_without_the_truth_says_so(region: Path) -> None:
    (region / "truth" / "persons.parquet").unlink()
    with pytest.raises(InputError, match="does not hold the truth"):
        planted_links(open_workspace(region), region / "truth")
