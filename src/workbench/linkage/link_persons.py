"""One person out of many records: keys first, a trained model for the rest, one to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from workbench.engine import connect, forget_order
from workbench.errors import ParameterError
from workbench.linkage.candidates import candidate_pairs
from workbench.linkage.columns import STANDARD, Columns
from workbench.linkage.compare import compared
from workbench.linkage.held import held, let_go
from workbench.linkage.identity import identities, names_before, persons_before
from workbench.linkage.linked import DECISION, MODEL, Linked, Outcome, linked_tables
from workbench.linkage.match_keys import key_links, match_keys
from workbench.linkage.model import Model, model_from_json
from workbench.linkage.normalise import normalised
from workbench.linkage.overrides import overrides
from workbench.linkage.records import Records, loaded
from workbench.linkage.resolve import Task, duplicates_first, resolved, still_open
from workbench.linkage.rules import LinkageRules, linkage_rules
from workbench.linkage.ties import certain, clustered
from workbench.linkage.training import starting_model, trained_model

Ints = npt.NDArray[np.int64]


def link(
    records: Records | Sequence[Records],
    *,
    columns: Columns | None = None,
    threshold: float = 0.95,
    review_from: float = 0.5,
    seed: int = 1,
    previous: pd.DataFrame | pa.Table | None = None,
    decisions: pd.DataFrame | None = None,
    model: Mapping[str, Any] | None = None,
    con: Any = None,
) -> Linked:
    """Find the records of one person, within each source and across.

    Match keys link what is certain; a Fellegi-Sunter model that Splink trains weighs what
    is left; a person has one de-duplicated record a source at most. The result depends on
    the records and the seed, not on the order of rows, tables or threads.

    Parameters
    ----------
    records : DataFrame, pyarrow.Table, or a sequence of them
        ``record_id``, ``source`` and identifying columns, any of which may be absent.
    columns : Columns, optional
        The identifying columns and their kinds; by default `IDENTIFIERS`.
    threshold : float, optional
        Accept a link from this probability.
    review_from : float, optional
        Give pairs from this probability to the threshold to a person to decide.
    seed : int, optional
        Chooses the records that the model is trained on.
    previous : DataFrame or Table, optional
        Clusters of an earlier run, whose ``person_id`` are kept.
    decisions : DataFrame, optional
        Pairs that a person has decided; they win over keys and model.
    model : mapping, optional
        ``Linked.model`` of an earlier run, to score with instead of training anew.
    con : ibis backend, optional
        Where to compare; by default DuckDB in memory, which never writes to disk.

    Returns
    -------
    Linked

    Raises
    ------
    InputError
        The records, `previous` or `decisions` cannot be used; all faults are listed.
    ParameterError
        A threshold is no probability, or the model is for other columns.
    """
    _refuse_thresholds(threshold, review_from)
    data = loaded(records, STANDARD if columns is None else columns)
    before = persons_before(data.keys, previous)
    own = con is None
    engine = _private_engine() if con is None else con
    try:
        task = Task(
            engine,
            data,
            match_keys(data.columns),
            overrides(data.keys, decisions),
            threshold,
            review_from,
            seed,
        )
        outcome = _outcome(task, model)
    finally:
        if own:
            engine.disconnect()
        else:
            _drop(engine)
    who = identities(data.keys, outcome.label, before, names_before(previous))
    return linked_tables(data, outcome, who)


def _refuse_thresholds(threshold: float, review_from: float) -> None:
    faults = [
        f"{name} is {value}, not between 0 and 1"
        for name, value in (("threshold", threshold), ("review_from", review_from))
        if not 0 < value <= 1
    ]
    if not faults and review_from > threshold:
        faults.append("review_from is above threshold")
    if faults:
        raise ParameterError(
            "The thresholds cannot be used.", faults, remedy="Give probabilities, such as 0.95."
        )


def _private_engine() -> Any:
    """DuckDB that fails rather than write identifiers to disk."""
    con = connect()
    con.raw_sql("SET temp_directory = ''")
    forget_order(con)
    return con


def _drop(con: Any) -> None:
    for name in con.list_tables():
        if name.startswith("linkage_"):
            let_go(con, name)


def _outcome(task: Task, trained: Mapping[str, Any] | None) -> Outcome:
    con, data, rules = task.con, task.data, linkage_rules()
    names = [*(key.name for key in task.keys), MODEL, DECISION]
    model = (
        starting_model(data.columns, rules)
        if trained is None
        else (model_from_json(trained, data.columns))
    )
    if not task.records:
        return Outcome.empty(names, model, task.threshold, task.review_from)
    raw = held(con, "linkage_raw", data.identifiers)
    features = normalised(con, raw, data.columns, rules)
    let_go(con, "linkage_raw")
    found = key_links(con, features, task.keys)
    by_key = certain(
        *(found[name].to_numpy().astype(np.int64) for name in ("left", "right", "key"))
    )
    label, _ = clustered(data.source, duplicates_first(by_key, data.source), task.decided)
    if trained is None:
        model = trained_model(
            con, features, data.columns, rules, records=task.records, seed=task.seed
        )
    pairs = _compared(task, features, label, model, rules)
    return resolved(task, by_key, label, pairs, model, names)


def _compared(
    task: Task, features: ir.Table, label: Ints, model: Model, limits: LinkageRules
) -> pa.Table:
    con, columns = task.con, task.data.columns
    state = pa.table(
        {"row": pa.array(np.arange(task.records), pa.int32()), "open": still_open(task, label)}
    )
    still = held(con, "linkage_state", state)
    pairs = candidate_pairs(
        con,
        features,
        columns,
        still,
        largest=limits.largest_block,
        largest_of_one=limits.largest_block_of_one_feature,
    )
    return compared(con, features, pairs, columns, model, records=task.records)
