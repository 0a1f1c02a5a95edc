import json

import pyarrow as pa
import pytest
from linkage_people import person, records, two_registers
from pandas.testing import assert_frame_equal

from workbench.engine import connect
from workbench.errors import ParameterError
from workbench.linkage import Columns, link

TABLES = ("clusters", "pairs", "review", "rules", "thresholds", "changes")


def _same(one, other):
    for name in TABLES:
        assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.model == other.model


@pytest.fixture(scope="module")
def registers():
    return two_registers(700)


@pytest.fixture(scope="module")
def trained(registers):
    return link(registers[0])


def test_planted_pairs_are_found(registers, trained):
    known = registers[1]
    person_of = trained.clusters.set_index("record_id")["person_id"]
    found = (
        person_of.loc[known["record_id_left"]].to_numpy()
        == person_of.loc[known["record_id_right"]].to_numpy()
    )
    assert found.mean() >= 0.99
    assert trained.clusters.groupby("person_id")["source"].size().max() <= 2
    assert len(trained.pairs) <= found.sum() + 1
    assert trained.model["trained"]


def test_neither_order_of_rows_nor_tables_nor_threads_matters(registers, trained):
    shuffled = registers[0].sample(frac=1, random_state=3)
    con = connect(threads=1)
    parts = [part for _, part in shuffled.groupby("source", sort=False)]
    arrow = pa.Table.from_pandas(parts[0].iloc[:, ::-1], preserve_index=False)
    again = link([parts[1], arrow], con=con)
    _same(trained, again)
    assert con.list_tables() == []


def test_a_trained_model_is_plain_and_scores_the_same(registers, trained):
    model = json.loads(json.dumps(trained.model))
    names = set(registers[0]["family_name"].str.upper())
    assert not names & set(json.dumps(model).upper().split('"'))
    _same(trained, link(registers[0], model=model))


def test_thresholds_fall_and_agree_with_what_was_done(trained):
    table = trained.thresholds.set_index("threshold")
    assert table["links"].is_monotonic_decreasing
    assert table["expected_false_links"].is_monotonic_decreasing
    assert table["expected_missed_links"].is_monotonic_increasing
    assert table.loc[0.95, "links"] == len(trained.pairs)
    assert table.loc[0.95, "review"] == len(trained.review)


def test_a_lower_threshold_keeps_the_links_of_a_higher(registers, trained):
    lower = link(registers[0], threshold=0.6, model=trained.model)
    keys = ["record_id_left", "source_left", "record_id_right", "source_right"]
    assert len(trained.pairs.merge(lower.pairs, on=keys)) == len(trained.pairs)
    assert len(lower.review) <= len(trained.review)


def test_the_engine_of_its_own_has_nowhere_to_write(monkeypatch, registers):
    from workbench.linkage import link_persons

    settings = []
    made = link_persons._private_engine

    def watched():
        con = made()
        settings.append(con.raw_sql("SELECT current_setting('temp_directory')").fetchone()[0])
        return con

    monkeypatch.setattr(link_persons, "_private_engine", watched)
    link(registers[0].head(5))
    assert settings == [""]


def test_a_model_of_other_columns_is_refused(trained):
    table = records([("1", "A", person(1))]).rename(columns={"sex": "gender"})
    with pytest.raises(ParameterError, match="gender"):
        link(table, columns=Columns.of(gender="code"), model=trained.model)
