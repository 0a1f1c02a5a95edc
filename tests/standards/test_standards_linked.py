"""Linked pathways are read as they are: no provisional rule, and each counts once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from waitlist_store import records

from workbench.dictionary.load import load
from workbench.errors import InputError
from workbench.standards import audit, read_waitlist, words

TREATMENT = (
    "cancer_treatment_period_start_date", "treatment_start_date_cancer",
    "cancer_treatment_event_type", "cancer_treatment_modality",
    "organisation_site_identifier_of_provider_cancer_treatment_start_date",
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pathways of the made-up store, each once, and a later treatment on some."""
    folder = tmp_path_factory.mktemp("linked")
    every = records(3_000, 3).to_pandas()
    once = every[~every["record_id"].str.startswith("S")].reset_index(drop=True)
    pathways = once.assign(pathway_id=once["record_id"]).rename(columns={"extract_date": "as_at"})
    treated = once[once["treatment_start_date_cancer"].notna()].head(50)
    later = treated[["source", *TREATMENT]].assign(
        pathway_id=treated["record_id"],
        record_id="L" + treated["record_id"],
        cancer_treatment_event_type="02",
    )
    for name, frame in (("pathways", pathways), ("pathway_treatments", later)):
        pq.write_table(
            pa.Table.from_pandas(frame, preserve_index=False), folder / f"{name}.parquet"
        )
    return folder


def test_each_linked_pathway_counts_once_and_later_treatments_under_31_days(store: Path) -> None:
    pathways, treatments = store / "pathways.parquet", store / "pathway_treatments.parquet"
    read = read_waitlist(
        pathways, treatments=treatments, as_at=date(2025, 3, 31), dictionary=load()
    )
    assert read.linked
    told = audit.once_in_words(read).set_index("what")["number"]
    assert told["Linked pathways read"] == 3_000
    assert told["Later treatments read"] == 50
    assert not read.fetch(read.rows.filter(read.rows.copy)).size
    rows = read.fetch(read.rows.filter(read.rows.included))
    assert (rows["treatment_stage"] == "subsequent").sum() == 50
    six_two = rows[rows["standard"] == "62D"]
    assert (six_two.groupby("record_id")["weight"].sum() == 1).all()


def test_tables_that_name_no_pathway_are_refused(store: Path, tmp_path: Path) -> None:
    bare = pq.read_table(store / "pathway_treatments.parquet").drop_columns(["pathway_id"])
    pq.write_table(bare, tmp_path / "bare.parquet")
    with pytest.raises(InputError, match="cannot be told apart") as refused:
        read_waitlist(
            store / "pathways.parquet", treatments=tmp_path / "bare.parquet",
            as_at=date(2025, 3, 31), dictionary=load(),
        )  # fmt: skip
    assert refused.value.faults == ("bare.parquet: missing column pathway_id",)
    assert "workbench link" in str(refused.value)


def test_the_report_says_whether_records_were_linked() -> None:
    assert "not linked" in words.records_read(False)
    assert "not linked" not in words.records_read(True)
