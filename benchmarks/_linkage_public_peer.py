"""Splink 5 alone on the public sets, with the comparisons and training of its own examples.

Each example of its documentation is followed, on the columns that both methods get; block
rules on columns that only Splink would see are replaced by wider ones on these columns.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Example:
    """How one of Splink's examples goes.

    Attributes
    ----------
    comparisons : function
        Gives the comparisons; a function, so that Splink is imported when it runs.
    blocking, certain, training : sequences
        Rules to predict over, those of the prior, those to train `m` over; a tuple is
        equality of its columns.
    recall : float
        Share of true pairs that `certain` is said to find.
    """

    comparisons: Callable[[], list[Any]]
    blocking: Sequence[tuple[str, ...] | str]
    certain: Sequence[tuple[str, ...] | str]
    training: Sequence[tuple[str, ...]]
    recall: float


def _febrl(
    *, soc_sec: list[int], postcode: list[int], name_frequencies: bool
) -> Callable[[], list[Any]]:
    def comparisons() -> list[Any]:
        import splink.comparison_library as cl

        names = [cl.NameComparison(name) for name in ("given_name", "surname")]
        if name_frequencies:
            names = [name.configure(term_frequency_adjustments=True) for name in names]
        place = (
            cl.DamerauLevenshteinAtThresholds("postcode", postcode)
            if postcode
            else cl.ExactMatch("postcode")
        )
        return [
            *names,
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", soc_sec),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            place.configure(term_frequency_adjustments=True),
        ]

    return comparisons


def _fake() -> list[Any]:
    import splink.comparison_library as cl

    return [
        cl.ForenameSurnameComparison("first_name", "surname"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ]


_WIDE = [("soc_sec_id",), ("given_name",), ("surname",), ("date_of_birth",), ("postcode",)]
_TURNED = "l.given_name = r.surname and l.surname = r.given_name"
_SURE: list[tuple[str, ...] | str] = [("soc_sec_id",), ("given_name", "surname", "date_of_birth")]

EXAMPLES = {
    "FEBRL 3": Example(
        _febrl(soc_sec=[2], postcode=[], name_frequencies=False),
        _WIDE,
        [*_SURE, f"{_TURNED} and l.date_of_birth = r.date_of_birth"],
        [("date_of_birth",), ("postcode",)],
        0.9,
    ),
    "FEBRL 4": Example(
        _febrl(soc_sec=[1, 2], postcode=[1, 2], name_frequencies=True),
        [*_WIDE, _TURNED],
        _SURE,
        [("date_of_birth",), ("postcode",)],
        0.8,
    ),
    "fake_1000": Example(
        _fake,
        [("first_name",), ("surname",), ("dob",), ("email",)],
        [
            "l.first_name = r.first_name and levenshtein(r.dob, l.dob) <= 1",
            "l.surname = r.surname and levenshtein(r.dob, l.dob) <= 1",
            "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
            ("email",),
        ],
        [("dob",), ("email",), ("first_name", "surname")],
        0.7,
    ),
}


def splink_public_pairs(
    name: str, records: pd.DataFrame, *, threshold: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pairs that Splink links in one of `EXAMPLES`, and all pairs of the clusters they make.

    Parameters
    ----------
    name : str
        One of `EXAMPLES`.
    records : DataFrame
        ``record_id, source`` and the columns of the example, as text.
    threshold : float
        Accepted at this match probability or above.

    Returns
    -------
    tuple of DataFrame
        ``record_id_left, record_id_right``, the lower identifier first.
    """
    linker = _trained(EXAMPLES[name], records)
    predicted = linker.inference.predict(threshold_match_probability=threshold)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=threshold
    )
    grouped = clusters.as_duckdbpyrelation().df()[["cluster_id", "record_id"]]
    met = grouped.merge(grouped, on="cluster_id", suffixes=("_l", "_r"))
    return _ordered(predicted.as_duckdbpyrelation().df()), _ordered(met)


def _ordered(pairs: pd.DataFrame) -> pd.DataFrame:
    ids = pairs[["record_id_l", "record_id_r"]]
    low, high = ids.min(axis=1), ids.max(axis=1)
    held = pd.DataFrame({"record_id_left": low, "record_id_right": high})
    return held[low != high].drop_duplicates(ignore_index=True)


def _trained(example: Example, records: pd.DataFrame) -> Any:
    import duckdb
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    def rule(words: tuple[str, ...] | str) -> Any:
        return words if isinstance(words, str) else block_on(*words)

    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    api = DuckDBAPI(connection=connection)
    sources = [held.reset_index(drop=True) for _, held in records.groupby("source")]
    settings = SettingsCreator(
        link_type="dedupe_only" if len(sources) == 1 else "link_only",
        comparisons=example.comparisons(),
        blocking_rules_to_generate_predictions=[rule(words) for words in example.blocking],
        unique_id_column_name="record_id",
        source_dataset_column_name="source",
    )
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    registered = [
        api.register(held, dataset_display_name=f"set_{place}")
        for place, held in enumerate(sources)
    ]
    linker = Linker(registered if len(registered) > 1 else registered[0], settings, log_level=None)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [rule(words) for words in example.certain], recall=example.recall
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for words in example.training:
        training.estimate_parameters_using_expectation_maximisation(
            rule(words), estimate_without_term_frequencies=True
        )
    return linker
