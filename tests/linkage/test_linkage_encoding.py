"""Linkage without identifiers: right, nothing readable, and refused under another secret."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_registers import nhs_number, registers

from workbench.cli._link_encoded import link_encoded_files
from workbench.cli.main import main
from workbench.errors import InputError, ParameterError, UsageError
from workbench.linkage.encoded_files import header, read_encoded
from workbench.linkage.encoded_link import link_encoded
from workbench.linkage.encoded_pairs import Pairs, compared
from workbench.linkage.encoded_probability import mutual_best
from workbench.linkage.encoding import FILTER, encode, hidden_record_ids
from workbench.linkage.encoding_parameters import load_parameters
from workbench.linkage.encoding_secret import Secret, new_secret, read_secret
from workbench.linkage.encoding_values import read_values, sound, tokens

SECRET = Secret(bytes(range(32)))
PARAMETERS = load_parameters()
LEFT, RIGHT, TRUTH = registers(800)
SIDES = ["record_id_left", "record_id_right"]
NHS_HASH = 2402902593608240985
FILTER_START = "80494002b14e0508304e023800440028"


def found(linked_pairs: pd.DataFrame, truth: pd.DataFrame = TRUTH) -> tuple[float, float]:
    """Precision and recall."""
    both = len(linked_pairs.merge(truth, on=SIDES))
    return both / len(linked_pairs), both / len(truth)


def encoded(frame: pd.DataFrame, secret: Secret = SECRET, hardening: str | None = None) -> pa.Table:
    return encode(frame, secret, load_parameters(hardening=hardening)).table


@pytest.fixture(scope="module")
def tables() -> list[pa.Table]:
    return [encoded(LEFT), encoded(RIGHT)]


@pytest.mark.parametrize("hardening", ["none", "fold", "balance"])
def test_planted_pairs_are_found_under_every_hardening(hardening: str) -> None:
    linked = link_encoded([encoded(LEFT, hardening=hardening), encoded(RIGHT, hardening=hardening)])
    precision, recall = found(linked.pairs)
    assert precision > 0.995
    assert recall > 0.97
    assert not linked.pairs["record_id_left"].duplicated().any()
    assert not linked.pairs["record_id_right"].duplicated().any()


def test_planted_pairs_are_found_without_nhs_numbers() -> None:
    without = [encoded(side.drop(columns="nhs_number")) for side in (LEFT, RIGHT)]
    precision, recall = found(link_encoded(without).pairs)
    assert precision > 0.995
    assert recall > 0.93


def test_two_registers_of_different_people_give_no_links() -> None:
    strangers, _, _ = registers(400, seed=9)
    linked = link_encoded([encoded(LEFT), encoded(strangers.assign(source="RX9", nhs_number=None))])
    assert len(linked.pairs) <= 1


def test_probabilities_are_as_often_right_as_they_say() -> None:
    left, right, truth = registers(1_500, seed=5, slips=0.15)
    linked = link_encoded([encoded(left), encoded(right)], threshold=0.5)
    right_ones = linked.pairs.merge(truth, on=SIDES)
    assert abs(len(right_ones) - linked.pairs["match_probability"].sum()) < 0.02 * len(right_ones)


def test_order_of_rows_and_of_files_changes_nothing(tables: list[pa.Table]) -> None:
    first = link_encoded(tables)
    turned = link_encoded([encoded(RIGHT.iloc[::-1]), encoded(LEFT.iloc[::-1])])
    pd.testing.assert_frame_equal(first.clusters, turned.clusters)


def test_a_twin_is_not_merged_with_the_other() -> None:
    base = LEFT.assign(nhs_number=None)
    twin = {"given_name": "Xanthe", "family_name": "Quorley", "birth_date": "1980-02-03"}
    home = {"sex": "2", "postcode": "QA1 1AF", "nhs_number": nhs_number(123_456)}
    other = {**twin, **home, "given_name": "Peregrine", "nhs_number": nhs_number(123_457)}
    left = pd.concat([base, pd.DataFrame([{**twin, **home, "record_id": "LT", "source": "RX1"}])])
    right = pd.concat([RIGHT, pd.DataFrame([{**other, "record_id": "RT", "source": "RX2"}])])
    pairs = link_encoded([encoded(left), encoded(right)]).pairs
    assert "LT" not in set(pairs["record_id_left"])


def test_an_equal_nhs_number_alone_is_never_accepted() -> None:
    number = nhs_number(200_001)
    one = {"nhs_number": number, "given_name": "Astrid", "family_name": "Vexley",
           "birth_date": "1950-01-01", "sex": "2", "postcode": "QA2 2BF"}  # fmt: skip
    other = {"nhs_number": number, "given_name": "Bromwell", "family_name": "Tuckford",
             "birth_date": "1999-12-31", "sex": "1", "postcode": "QD9 9EJ"}  # fmt: skip
    left = pd.concat([LEFT, pd.DataFrame([{**one, "record_id": "LX", "source": "RX1"}])])
    right = pd.concat([RIGHT, pd.DataFrame([{**other, "record_id": "RX", "source": "RX2"}])])
    linked = link_encoded([encoded(left), encoded(right)])
    assert "LX" not in set(linked.pairs["record_id_left"])
    assert "LX" in set(linked.review["record_id_left"])


def test_decisions_win_and_persons_keep_their_ids(tables: list[pa.Table]) -> None:
    first = link_encoded(tables)
    link, doubt = first.pairs.iloc[0], first.pairs.iloc[1]
    said = pd.DataFrame([link, doubt])[[*SIDES, "source_left", "source_right"]]
    said = said.assign(decision=["different", "same"], decided_by="A", decided_on="2026-03-31")
    again = link_encoded(tables, decisions=said, previous=first.clusters)
    assert not (again.pairs["record_id_left"] == link["record_id_left"]).any()
    row = again.pairs[again.pairs["record_id_left"] == doubt["record_id_left"]]
    assert row["match_rule"].tolist() == ["decision"]
    assert again.changes["kind"].tolist() == ["split"]
    same = first.clusters.merge(again.clusters, on=["record_id", "source"])
    assert (same["person_id_x"] != same["person_id_y"]).sum() == 1


def test_three_trusts_never_hold_two_records_of_one_in_a_person(tables: list[pa.Table]) -> None:
    third = RIGHT.assign(source="RX3", record_id="T" + RIGHT["record_id"])
    linked = link_encoded([*tables, encoded(third)])
    assert not linked.clusters.duplicated(["person_id", "source"]).any()
    assert linked.clusters.groupby("person_id").size().max() == 3


def test_another_secret_is_told_and_links_nothing(tables: list[pa.Table]) -> None:
    with pytest.raises(InputError, match="another secret"):
        link_encoded([tables[0], encoded(RIGHT, Secret(bytes(32)))])
    with pytest.raises(InputError, match="other parameters"):
        link_encoded([tables[0], encoded(RIGHT, hardening="balance")])
    with pytest.raises(InputError, match="a source that an earlier file has too"):
        link_encoded([tables[0], tables[0]])
    with pytest.raises(ParameterError):
        link_encoded(tables[:1])


def test_an_encoded_file_says_nothing_that_was_in_the_records() -> None:
    few = LEFT.head(100)
    table = encoded(few)
    content = repr(table.to_pydict()) + str(table.schema.metadata)
    for name in ("nhs_number", "given_name", "family_name", "birth_date", "postcode"):
        told = [cell for cell in few[name].dropna() if len(cell) > 4 and cell in content]
        assert told == []
    assert SECRET.content.hex() not in content


def test_other_secrets_give_other_filters_and_hashes(tables: list[pa.Table]) -> None:
    other = encoded(LEFT, Secret(bytes(32)))
    for name in (FILTER, "block_nhs_number", "block_names_and_birth_year"):
        mine, theirs = (set(table[name].drop_null().to_pylist()) for table in (tables[0], other))
        assert not mine & theirs
    assert header(tables[0])["check"] != header(other)["check"]


def test_a_balanced_filter_tells_nothing_by_its_number_of_bits() -> None:
    table = encoded(LEFT, hardening="balance")
    sizes = {sum(byte.bit_count() for byte in one) for one in table[FILTER].to_pylist()}
    assert sizes == {PARAMETERS.bits}


def test_the_published_values_of_an_encoding_never_change() -> None:
    """Two sites with different versions of the package must come to the same bits."""
    row = {"record_id": "1", "source": "A", "nhs_number": "9990000018", "given_name": "José-Ann",
           "family_name": "O'Neill", "birth_date": "1957-02-28", "sex": "F",
           "postcode": "sw1a 1aa"}  # fmt: skip
    table = encoded(pd.DataFrame([row]))
    spelt = {**row, "given_name": "JOSE ANN", "family_name": "oneill", "sex": "2",
             "birth_date": pd.Timestamp("1957-02-28"), "postcode": "SW1A1AA",
             "nhs_number": "999 000 0018"}  # fmt: skip
    assert encoded(pd.DataFrame([spelt])).equals(table)
    assert table["block_nhs_number"].to_pylist() == [NHS_HASH]
    assert table[FILTER].to_pylist()[0].hex()[:32] == FILTER_START


def test_what_cannot_be_used_is_counted_and_stand_ins_are_missing() -> None:
    frame = pd.DataFrame(
        {
            "record_id": ["1", "2", "3"],
            "source": "A",
            "nhs_number": ["1234567890", "9999999999", None],
            "given_name": ["Unknown", "Ann", "Bea"],
            "family_name": ["Smith", "--", None],
            "birth_date": ["1900-01-01", "31/02/1957", "1957-02-28"],
            "sex": ["X", "9", "W"],
            "postcode": ["ZZ99 3VZ", "SW1A", "12345"],
        }
    )
    values, unusable = read_values(frame, PARAMETERS)
    assert unusable == {"nhs_number": 2, "given_name": 1, "family_name": 1, "birth_date": 2,
                        "sex": 1, "postcode": 2}  # fmt: skip
    assert values["postcode"].tolist()[1] == "SW1A"
    assert values.notna().sum().sum() == 5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"record_id": ["1", "1"]}, "repeat a record_id"),
        ({"record_id": ["1", None]}, "no record_id or no source"),
        ({"record_id": ["1", "9990000018"]}, "record ids are NHS numbers"),
    ],
)
def test_records_that_cannot_be_named_are_refused(change: dict[str, list[str]], said: str) -> None:
    frame = pd.DataFrame({"record_id": ["1", "2"], "source": "A", "family_name": ["A", "B"]})
    with pytest.raises(InputError, match=said) as refused:
        encode(frame.assign(**change), SECRET, PARAMETERS)
    assert "9990000018" not in str(refused.value)


def test_nothing_to_encode_is_refused() -> None:
    with pytest.raises(InputError, match="no identifier"):
        encode(pd.DataFrame({"record_id": ["1"], "source": "A"}), SECRET, PARAMETERS)


def test_hidden_record_ids_say_nothing_and_are_the_same_each_time() -> None:
    hidden = hidden_record_ids(LEFT, SECRET)
    assert hidden.is_unique
    assert hidden.tolist() == hidden_record_ids(LEFT, SECRET).tolist()
    assert not set(hidden) & set(LEFT["record_id"])
    assert not set(hidden) & set(hidden_record_ids(LEFT.assign(source="B"), SECRET))


def test_large_blocks_are_passed_over_and_counted(tables: list[pa.Table]) -> None:
    pairs, over = compared(*tables, most=1)
    every, none_over = compared(*tables, most=10_000)
    assert over > 0
    assert none_over == 0
    assert len(pairs) < len(every)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 4)), max_size=30))
@settings(max_examples=60)
def test_mutual_best_equals_a_pass_from_the_best_down(drawn: list[tuple[int, int, int]]) -> None:
    unique = sorted({(a, b): score for a, b, score in drawn}.items())
    left, right, score = (
        np.array([key[0] for key, _ in unique], dtype=np.int64),
        np.array([key[1] for key, _ in unique], dtype=np.int64),
        np.array([value for _, value in unique], dtype=np.float64),
    )
    zero = np.zeros(len(unique), dtype=np.int64)
    chosen = mutual_best(Pairs(left, right, score, zero, zero), score)
    seen_left: set[int] = set()
    seen_right: set[int] = set()
    expected = set()
    for (a, b), _ in sorted(unique, key=lambda one: (-one[1], one[0])):
        if a not in seen_left and b not in seen_right:
            expected.add((a, b))
            seen_left.add(a)
            seen_right.add(b)
    assert set(zip(left[chosen].tolist(), right[chosen].tolist(), strict=True)) == expected


@given(st.text(alphabet="ABCDEFGHIJ", min_size=1, max_size=12))
def test_tokens_are_sorted_and_each_once(value: str) -> None:
    for kind in ("bigrams", "placed_bigrams", "whole"):
        cut = tokens(kind, value)
        assert cut == sorted(set(cut))
    assert len(tokens("placed_bigrams", value)) == len(value) + 1


@pytest.mark.parametrize(
    ("name", "code"),
    [("ROBERT", "R163"), ("RUPERT", "R163"), ("ASHCRAFT", "A261"), ("TYMCZAK", "T522"),
     ("PFISTER", "P236"), ("LEE", "L000")],
)  # fmt: skip
def test_soundex_has_the_published_codes(name: str, code: str) -> None:
    assert sound(name) == code


@pytest.mark.parametrize(
    "change",
    [{"bits": 1000}, {"hardening": "magic"}, {"blocks": {}}, {"fields": {"shoe_size": 3}}],
)
def test_parameters_that_cannot_be_used_are_refused(
    change: dict[str, object], tmp_path: Path
) -> None:
    import yaml

    from workbench.shipped import shipped

    shipped_file = shipped("data_dictionary") / "rules" / "encoding_1.yaml"
    entries = yaml.safe_load(shipped_file.read_text("utf-8"))
    place = tmp_path / "parameters.yaml"
    place.write_text(yaml.safe_dump({**entries, **change}))
    with pytest.raises(ParameterError):
        load_parameters(place)


def test_a_secret_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    place = tmp_path / "trusts.secret"
    new_secret(place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert len(read_secret(place).content) == 32
    assert read_secret(place).content.hex() not in repr(read_secret(place))
    with pytest.raises(UsageError):
        new_secret(place)
    place.chmod(0o644)
    with pytest.raises(ParameterError, match="others"):
        read_secret(place)
    place.chmod(0o600)
    place.write_text(place.read_text()[:-8])
    with pytest.raises(InputError, match="damaged"):
        read_secret(place)


def test_two_sites_and_who_links_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = ["--workspace", str(tmp_path)]
    assert main(["encode", "--new-secret", str(tmp_path / "s"), *root]) == 0
    for name, frame in (("a", LEFT), ("b", RIGHT)):
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
        words = [str(tmp_path / f"{name}.csv"), "--secret", str(tmp_path / "s")]
        words += ["--out", str(tmp_path / f"{name}.parquet")]
        words += ["--hide-record-ids", str(tmp_path / f"{name}_lookup.csv")]
        capsys.readouterr()
        assert main(["encode", *words, "--json", *root]) == 0
        assert json.loads(capsys.readouterr().out)["records"] == len(frame)
        for made in (f"{name}.parquet", f"{name}_lookup.csv"):
            assert stat.S_IMODE((tmp_path / made).stat().st_mode) == 0o600
    said = SimpleNamespace(
        files=[tmp_path / "a.parquet", tmp_path / "b.parquet"], out=tmp_path / "c.csv",
        review=tmp_path / "r.csv", previous=None, threshold=0.95, quiet=False, json=False,
        workspace=tmp_path,
    )  # fmt: skip
    assert link_encoded_files(said) == 0  # type: ignore[arg-type]
    assert "links" in capsys.readouterr().out
    clusters = pd.read_csv(tmp_path / "c.csv", dtype=str)
    lookups = pd.concat([pd.read_csv(tmp_path / f"{n}_lookup.csv", dtype=str) for n in "ab"])
    known = clusters.merge(
        lookups, left_on=["record_id", "source"], right_on=["encoded_record_id", "source"]
    )
    by_id = known.set_index("record_id_y")["person_id"]
    told = (
        by_id.reindex(TRUTH["record_id_left"]).to_numpy()
        == by_id.reindex(TRUTH["record_id_right"]).to_numpy()
    )
    assert told.mean() > 0.97


def test_what_is_missing_is_told_before_anything_is_read(tmp_path: Path) -> None:
    root = ["--workspace", str(tmp_path)]
    assert main(["encode", *root]) == UsageError.exit_code
    assert main(["encode", str(tmp_path / "no.csv"), *root]) == UsageError.exit_code
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_encoding_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "plain.parquet"
    pq.write_table(pa.table({"record_id": ["1"], "source": ["A"]}), place)
    with pytest.raises(InputError, match="no encoded file"):
        read_encoded(place)
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 torn")
    with pytest.raises(InputError, match="cannot be read"):
        read_encoded(tmp_path / "torn.parquet")
