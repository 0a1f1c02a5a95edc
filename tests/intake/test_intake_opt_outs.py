"""Opt-outs: national and local lists told apart, applied everywhere, counted by group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import extract_maker as make
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.intake.opt_outs import BY_GROUP, by_group, kind_of
from workbench.intake.settings import load_settings
from workbench.shipped import shipped

SETTINGS = load_settings(shipped("data_dictionary"))
FOLK = make.people(12)
Take = Callable[..., Any]
Stored = Callable[..., list[dict[str, Any]]]


def listed(folk: Sequence[make.Person]) -> bytes:
    rows = [{"nhs_number": one.nhs, "opt_out_date": "2024-01-01"} for one in folk]
    return make.as_csv(rows or [{"nhs_number": "", "opt_out_date": ""}])


@pytest.fixture
def trusts(space: Path) -> Path:
    """Two Trusts with the same twelve people; one says who they are."""
    inbox = space / "inbox"
    make.put(inbox, "RTD/pathways_2025-04-11.csv", make.as_csv(make.infoflex(FOLK)))
    rows = make.as_csv(make.infoflex_demographics(FOLK))
    make.put(inbox, "RTD/demographics_2025-04-11.csv", rows)
    make.put(inbox, "RX1/pathways_2025-04-09.csv", make.as_csv(make.cwt(FOLK)))
    return space


def groups(root: Path, characteristic: str) -> dict[str | None, tuple[int, int, int, int]]:
    table = pq.read_table(root / "store" / f"{BY_GROUP}.parquet")
    return {
        row["category"]: (row["people"], row["opted_out"], row["national"], row["local"])
        for row in table.to_pylist()
        if row["characteristic"] == characteristic
    }


@pytest.mark.parametrize(
    ("trust", "file", "kind"),
    [
        ("", "opt_outs.csv", "national"),
        ("RX1", "opt_outs.csv", "local"),
        ("", "opt_outs_local_2025-04-01.csv.age", "local"),
        ("RX1", "opt_outs_national.csv", "national"),
        ("", "objections.csv", "local"),
        ("", "NDOP_opt-outs.csv", "national"),
    ],
)
def test_the_kind_of_a_list_is_told_by_its_name_or_its_sender(
    trust: str, file: str, kind: str
) -> None:
    assert kind_of({"trust": trust, "file": file}, SETTINGS) == kind


def test_without_words_the_sender_alone_tells() -> None:
    bare = replace(SETTINGS, opt_out_kinds={})
    assert kind_of({"trust": "", "file": "opt_outs_local.csv"}, bare) == "national"


def test_both_kinds_leave_people_out_everywhere_and_are_counted_apart(
    trusts: Path, take: Take, stored: Stored
) -> None:
    make.put(trusts / "inbox", "opt_outs.csv", listed(FOLK[:3]))
    make.put(trusts / "inbox", "RX1/opt_outs_2025-04-01.csv", listed(FOLK[2:4]))
    take(trusts)
    assert len(stored(trusts)) == 2 * 8
    assert len(stored(trusts, "demographics")) == 8
    assert groups(trusts, "all") == {"all": (12, 4, 3, 2)}
    for name in ("ethnic_category", "sex", "age_band", "imd_decile"):
        held = groups(trusts, name).values()
        assert [sum(column) for column in zip(*held, strict=True)] == [12, 4, 3, 2]
    by_ethnicity = groups(trusts, "ethnic_category")
    for category, counts in by_ethnicity.items():
        theirs = [place for place, one in enumerate(FOLK) if one.ethnicity == category]
        assert counts[:2] == (len(theirs), sum(place < 4 for place in theirs))
    assert None not in groups(trusts, "age_band")


def test_a_later_national_list_leaves_the_local_one_as_it_is(
    trusts: Path, take: Take, stored: Stored
) -> None:
    make.put(trusts / "inbox", "opt_outs_local_2025-01-01.csv", listed(FOLK[:2]))
    make.put(trusts / "inbox", "opt_outs_full_2025-01-01.csv", listed(FOLK[2:5]))
    take(trusts)
    assert groups(trusts, "all") == {"all": (12, 5, 3, 2)}
    make.put(trusts / "inbox", "opt_outs_full_2025-02-01.csv", listed(FOLK[2:3]))
    take(trusts)
    assert groups(trusts, "all") == {"all": (12, 3, 1, 2)}
    assert len(stored(trusts)) == 2 * 9


def test_without_lists_everyone_is_counted_and_nobody_has_opted_out(
    trusts: Path, take: Take, store_bytes: Callable[[Path], dict[str, bytes]]
) -> None:
    take(trusts)
    assert groups(trusts, "all") == {"all": (12, 0, 0, 0)}
    before = store_bytes(trusts)
    (trusts / "store" / f"{BY_GROUP}.parquet").unlink()
    take(trusts)
    assert store_bytes(trusts) == before


def test_the_counts_hold_no_pseudonym(trusts: Path, take: Take) -> None:
    make.put(trusts / "inbox", "opt_outs.csv", listed(FOLK[:3]))
    take(trusts)
    table = pq.read_table(trusts / "store" / f"{BY_GROUP}.parquet")
    assert table.column_names == [
        "characteristic", "category", "people", "opted_out", "national", "local",
    ]  # fmt: skip
    assert all(len(row["category"] or "") < 8 for row in table.to_pylist())


def test_deprivation_is_known_where_the_workspace_holds_an_index(
    trusts: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    areas = pa.table({"lsoa": ["E01000001"], "imd_decile": pa.array([3], pa.int64())})
    monkeypatch.setattr("workbench.intake.publishing._areas", lambda *_: areas)
    # the second Trust's pathways carry areas; its demographics are by our own column names
    details = [
        {
            "patient_pathway_identifier": f"W{one.place:06d}",
            "organisation_identifier_patient_pathway_identifier_issuer": "RX1",
            "nhs_number": one.nhs,
        }
        for one in FOLK
    ]
    make.put(trusts / "inbox", "RX1/demographics_2025-04-09.csv", make.as_csv(details))
    make.put(trusts / "inbox", "opt_outs.csv", listed(FOLK[:3]))
    take(trusts)
    assert groups(trusts, "imd_decile") == {"3": (12, 3, 3, 0)}


def test_a_person_of_several_records_counts_once() -> None:
    people = pa.table(
        {
            "person": ["p", "p", "q"],
            "ethnic_category": ["A", "A", None],
            "age_band": pa.array([None, "50-59", None], pa.string()),
            "sex": ["1", "2", "1"],
            "imd_decile": pa.array([None, None, None], pa.string()),
            "national": [True, False, False],
            "local": [False, False, True],
        }
    )
    rows = {(r["characteristic"], r["category"]): r for r in by_group(people).to_pylist()}
    assert rows["all", "all"]["people"] == rows["all", "all"]["opted_out"] == 2
    assert rows["age_band", "50-59"]["national"] == 1
    assert rows["sex", "1"]["people"] == 2
    assert rows["ethnic_category", None]["local"] == 1
