"""`workbench link` in a workspace: against the planted truth, twice over, and stopped half-way."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import _pathway_truth as known
from workbench.cli.main import main
from workbench.demo.cohort import write_region
from workbench.demo.cohort.region_files import AS_AT
from workbench.demo.deprivation import hold_deprivation
from workbench.dictionary.load import load
from workbench.files import sha256
from workbench.intake.keys import create_keys
from workbench.intake.vault import open_vault
from workbench.linkage import linked_store
from workbench.linkage.linked_store import FILE, TABLES, is_current, write_linked
from workbench.linkage.sealed import kept_pairs
from workbench.workspace import open_workspace

REFERRALS = 4_000


def link(root: Path, *words: str) -> int:
    return main(["link", "--workspace", str(root), "--quiet", *words])


def digests(root: Path) -> dict[str, str]:
    return {name: sha256(root / "store" / f"{name}.parquet") for name in TABLES}


@pytest.fixture(scope="module")
def linked_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("region") / "space"
    write_region(root, referrals=REFERRALS, seed=1, as_at=AS_AT)
    hold_deprivation(root)
    (root / "workbench.toml").write_text("synthetic = true\n", encoding="utf-8")
    create_keys(root)
    assert main(["ingest", "--plain", "--workspace", str(root), "--quiet"]) == 0
    assert link(root) == 0
    return root


@pytest.fixture
def space(linked_once: Path, tmp_path: Path) -> Path:
    for name in ("store", "vault", "keys", "reference"):
        shutil.copytree(linked_once / name, tmp_path / name)
    for name in (FILE, "workbench.toml"):
        shutil.copy(linked_once / name, tmp_path / name)
    return tmp_path


@pytest.fixture(scope="module")
def truth(linked_once: Path) -> known.Truth:
    return known.planted(linked_once, load())


def table(root: Path, name: str) -> pa.Table:
    return pq.read_table(root / "store" / f"{name}.parquet")


def test_pathways_are_those_that_were_planted(linked_once: Path, truth: known.Truth) -> None:
    parts = table(linked_once, "pathway_parts").to_pandas()
    score = known.pair_scores(parts, truth)
    assert score["true"] > 60
    assert score["f1"] >= 0.99


def test_linkage_adds_next_to_nothing_to_the_regions_share(
    linked_once: Path, truth: known.Truth
) -> None:
    added = known.added_error(linked_once, truth, load()).set_index("group")["added_points"]
    assert abs(added["All"]) < 0.3


def test_the_tables_are_what_the_dictionary_says(linked_once: Path, capsys: Any) -> None:
    for name in TABLES:
        path = linked_once / "store" / f"{name}.parquet"
        assert main(["validate", str(path), "--as", name, "--json"]) == 0, name
        assert table(linked_once, name).column_names[0]
        told = json.loads(capsys.readouterr().out)
        assert told["rows"] == table(linked_once, name).num_rows


def test_every_record_has_one_person_and_one_pathway(linked_once: Path) -> None:
    records = table(linked_once, "pathway_records")["record_id"].to_pylist()
    assert table(linked_once, "pathway_parts")["record_id"].to_pylist() == records
    persons = set(table(linked_once, "persons")["person_id"].to_pylist())
    assert persons == set(table(linked_once, "links")["person_id"].to_pylist())
    assert set(table(linked_once, "pathways")["person_id"].to_pylist()) <= persons


def test_a_second_run_changes_no_byte_and_tells_counts_alone(
    space: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, facts = digests(space), (space / FILE).read_bytes()
    assert main(["link", "--workspace", str(space), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert digests(space) == before
    assert (space / FILE).read_bytes() == facts
    assert told == json.loads(facts)
    assert told["pathways"] == table(space, "pathways").num_rows
    assert told["person_records"] == table(space, "links").num_rows
    assert told["written"] == before


def test_persons_keep_their_numbers_from_the_run_before(
    space: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    links = table(space, "links")
    own = pa.array([f"K{place}" for place in links["person_id"].combine_chunks().dictionary_encode()
                    .indices.to_pylist()])  # fmt: skip
    kept = links.set_column(links.column_names.index("person_id"), "person_id", own)
    pq.write_table(kept, space / "store" / "links.parquet")
    assert not is_current(open_workspace(space))
    assert main(["link", "--workspace", str(space)]) == 0
    assert "Next: workbench " in capsys.readouterr().out
    assert table(space, "links")["person_id"].to_pylist() == own.to_pylist()
    assert set(table(space, "persons")["person_id"].to_pylist()) == set(own.to_pylist())


def test_doubtful_pairs_stand_encrypted_in_the_vault_and_the_opening_is_logged(
    linked_once: Path,
) -> None:
    workspace = open_workspace(linked_once)
    vault = open_vault(workspace, command="test", why="look at doubtful pairs")
    facts = json.loads((linked_once / FILE).read_text(encoding="utf-8"))
    assert len(kept_pairs(vault)) == facts["review_pairs"]
    log = (linked_once / "vault" / "access.log").read_text(encoding="utf-8")
    assert '"link"' in log


def test_an_interrupted_write_leaves_the_earlier_linkage_whole(
    space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digests(space)
    written = 0
    real = pq.write_table

    def fails_at_the_fourth(*arguments: Any, **options: Any) -> None:
        nonlocal written
        written += 1
        if written == 4:
            raise OSError(28, "No space left on device")
        real(*arguments, **options)

    monkeypatch.setattr(linked_store.pyarrow.parquet, "write_table", fails_at_the_fourth)
    tables = {name: table(space, name).slice(0, 5) for name in TABLES}
    with pytest.raises(Exception, match="cannot be written to: no space left"):
        write_linked(open_workspace(space), tables, {})
    assert digests(space) == before
    assert is_current(open_workspace(space))
    assert not list((space / "store").glob(".writing-*"))


def test_tables_of_two_linkages_are_told_from_whole_ones(space: Path) -> None:
    workspace = open_workspace(space)
    assert is_current(workspace)
    pathways = table(space, "pathways")
    pq.write_table(pathways.slice(1), space / "store" / "pathways.parquet")
    assert not is_current(workspace)


def test_new_records_make_the_linkage_old(space: Path) -> None:
    records = table(space, "pathway_records")
    pq.write_table(records.slice(1), space / "store" / "pathway_records.parquet")
    assert not is_current(open_workspace(space))


def test_a_workspace_without_records_or_with_another_key_is_refused(
    space: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path_factory.mktemp("empty")
    assert link(empty) == 11
    assert "workbench ingest" in capsys.readouterr().err
    shutil.rmtree(space / "keys")
    assert main(["keys", "new", "--workspace", str(empty), "--quiet"]) == 0
    shutil.copytree(empty / "keys", space / "keys")
    before = digests(space)
    assert link(space) in {10, 11}
    assert digests(space) == before
