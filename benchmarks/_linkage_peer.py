"""Splink 5 alone, as its documentation has it: the peer of every figure of linkage.

Its comparisons are its own ready-made ones (``ForenameSurnameComparison`` with term
frequencies, ``DateOfBirthComparison``, ``PostcodeComparison``, Damerau-Levenshtein on the
NHS number); training is its three steps: a prior from deterministic rules, `u` by seeded
random sampling, `m` by expectation maximisation over two blocking rules. The same columns
as ours, normalised alike (case, spaces, default postcodes, check digits), the same
threshold, and the same one-to-one rule: links from the best down, each record in one at
most.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import pandas as pd

COLUMNS = ("nhs_number", "given_name", "family_name", "birth_date", "sex", "postcode")
PRIOR_RECALL = 0.8
"""Share of true pairs that the deterministic rules of the prior are taken to find."""
U_PAIRS, EM_PAIRS = 1e6, 5e6


def normalised(records: Any) -> pd.DataFrame:
    """Capitals and letters alone in names, postcodes with one gap, no value that says nothing."""
    import duckdb

    with duckdb.connect() as connection:
        connection.register("records", records)
        return pd.DataFrame(connection.sql(_normalising("records", list(records))).df())


def _normalising(table: str, header: Sequence[str]) -> str:
    """The query that `normalised` runs, for the columns that a table has."""
    plain = {name: f"nullif(upper(trim({name})), '')" for name in COLUMNS if name in header}
    for name in ("given_name", "family_name"):
        plain[name] = f"regexp_replace({plain[name]}, '[^A-Z]', '', 'g')"
    if "postcode" in plain:
        text = f"replace({plain['postcode']}, ' ', '')"
        spaced = f"{text}[:-4] || ' ' || {text}[-3:]"
        whole = f"regexp_matches({text}, '[0-9][A-Z]{{2}}$')"
        plain["postcode"] = (
            f"CASE WHEN starts_with({text}, 'ZZ99') THEN NULL WHEN {whole} THEN {spaced} "
            f"ELSE {text} END"
        )
    if "nhs_number" in plain:
        number = plain["nhs_number"]
        total = " + ".join(f"{11 - at} * {number}[{at}]::INT" for at in range(1, 10))
        plain["nhs_number"] = (
            f"CASE WHEN regexp_full_match({number}, '[0-9]{{10}}') THEN "
            f"CASE WHEN (11 - ({total}) % 11) % 11 = {number}[10]::INT THEN {number} END END"
        )
    cells = ", ".join(f"{cell} AS {name}" for name, cell in plain.items())
    names = f"{plain['given_name']} || ' ' || {plain['family_name']} AS full_name"
    # every part of the query is written above
    return f"SELECT record_id, source, {cells}, {names} FROM {table}"  # noqa: S608


def splink_pairs(left: Any, right: Any, *, threshold: float = 0.95, seed: int = 1) -> pd.DataFrame:
    """Link two registers one to one.

    Parameters
    ----------
    left, right : DataFrame or pyarrow.Table
        As `_linkage_sets.Sets`; without ``nhs_number`` the comparison and rules of it fall away.
    threshold : float, optional
        Accepted at this match probability or above.
    seed : int, optional
        Of the sample that `u` comes from.

    Returns
    -------
    DataFrame
        ``record_id_left, record_id_right, match_probability, match_weight``.
    """
    return one_to_one(splink_candidates(left, right, threshold=threshold, seed=seed))


def splink_candidates(left: Any, right: Any, *, threshold: float, seed: int = 1) -> pd.DataFrame:
    """Pairs at a match probability or above, before any is taken; as `splink_pairs`."""
    linker = _trained([left, right], seed, "link_only")
    predicted = linker.inference.predict(threshold_match_probability=threshold)
    held = predicted.as_duckdbpyrelation().df()
    held = held.rename(columns={"record_id_l": "record_id_left", "record_id_r": "record_id_right"})
    # Splink names the sides by its own order of the two tables
    turned = held["source_l"] != str(left["source"][0])
    ids = held[["record_id_left", "record_id_right"]]
    flipped = ids[["record_id_right", "record_id_left"]].set_axis(ids.columns, axis=1)
    held[ids.columns] = ids.where(~turned, flipped)
    return pd.DataFrame(held[[*ids.columns, "match_probability", "match_weight"]])


def one_to_one(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs from the best down, each record in one at most; ties go to the lower identifiers."""
    left = pairs.sort_values(
        ["match_weight", "record_id_left", "record_id_right"], ascending=[False, True, True]
    )
    taken = []
    while len(left):
        first = ~left["record_id_left"].duplicated() & ~left["record_id_right"].duplicated()
        taken.append(left[first])
        used = ~left["record_id_left"].isin(left.loc[first, "record_id_left"])
        left = left[used & ~left["record_id_right"].isin(taken[-1]["record_id_right"])]
    return pd.concat([*taken, pairs.head(0)], ignore_index=True)


def _trained(tables: Sequence[Any], seed: int, link_type: Any) -> Any:
    import duckdb
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    header = list(getattr(tables[0], "column_names", tables[0]))
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    for place, table in enumerate(tables):
        connection.register("raw", table)
        query = _normalising("raw", header)
        connection.execute(f"CREATE TABLE register_{place} AS {query}")
        connection.unregister("raw")
    api = DuckDBAPI(connection=connection)
    settings = SettingsCreator(
        link_type=link_type,
        comparisons=_comparisons(header),
        blocking_rules_to_generate_predictions=_blocking(header),
        unique_id_column_name="record_id",
        source_dataset_column_name="source",
        retain_matching_columns=False,
    )
    registered = [
        api.register(f"register_{place}", dataset_display_name=f"set_{place}")
        for place in range(len(tables))
    ]
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    linker = Linker(registered, settings, log_level=None)
    rules = [
        block_on("given_name", "family_name", "birth_date"),
        block_on("family_name", "birth_date", "postcode"),
    ]
    if "nhs_number" in header:
        rules.insert(0, block_on("nhs_number"))
    linker.training.estimate_probability_two_random_records_match(rules, recall=PRIOR_RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=seed)
    for rule in (block_on("birth_date"), block_on("given_name", "family_name")):
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True, max_pairs=EM_PAIRS
        )
    return linker


def _comparisons(header: Sequence[str]) -> list[Any]:
    import splink.comparison_library as cl

    held = [
        cl.ForenameSurnameComparison(
            "given_name", "family_name", forename_surname_concat_col_name="full_name"
        ),
        cl.DateOfBirthComparison("birth_date", input_is_string=True),
        cl.ExactMatch("sex"),
        cl.PostcodeComparison("postcode"),
    ]
    if "nhs_number" in header:
        held.insert(0, cl.DamerauLevenshteinAtThresholds("nhs_number", [1, 2]))
    return held


def _blocking(header: Sequence[str]) -> list[Any]:
    from splink import block_on

    rules = [
        block_on("birth_date", "postcode"),
        block_on("birth_date", "family_name"),
        block_on("birth_date", "given_name"),
        block_on("given_name", "family_name", "postcode"),
        block_on("family_name", "postcode", "substr(birth_date, 1, 4)"),
        block_on("given_name", "postcode", "substr(birth_date, 1, 4)"),
        block_on("given_name", "family_name", "substr(birth_date, 1, 4)"),
        block_on("given_name", "family_name", "substr(birth_date, 6, 5)"),
        "l.given_name = r.family_name and l.family_name = r.given_name",
    ]
    return [block_on("nhs_number"), *rules] if "nhs_number" in header else rules


def splink_clusters(
    records: pd.DataFrame, *, threshold: float = 0.95, seed: int = 1
) -> pd.DataFrame:
    """De-duplicate and link any number of registers, as Splink does both at once.

    Parameters
    ----------
    records : DataFrame
        All registers below each other, as for `splink_pairs`.
    threshold, seed
        As in `splink_pairs`.

    Returns
    -------
    DataFrame
        ``record_id, source, person_id``: its connected components.
    """
    tables = [held.reset_index(drop=True) for _, held in records.groupby("source")]
    linker = _trained(tables, seed, "link_and_dedupe")
    predicted = linker.inference.predict(threshold_match_probability=threshold)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=threshold
    )
    held = clusters.as_duckdbpyrelation().df()[["record_id", "source", "cluster_id"]]
    return pd.DataFrame(held.rename(columns={"cluster_id": "person_id"}))
