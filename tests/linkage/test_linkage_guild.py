"""GUILD items come from the run; tables that do not fit together are told; words are plain."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from evaluation_tables import LINKS, PAIR, groups, table

from workbench.dictionary.load import load
from workbench.linkage import evaluation
from workbench.linkage.evaluation import words

DICTIONARY = Path(__file__).parents[2] / "data_dictionary"


def told(**other: object) -> evaluation.Told:
    links = table(
        LINKS, [("a", "AA1", "p", "Splink", 0.97, 0), ("b", "BB1", "p", "Splink", 0.97, 0)]
    )
    known = groups(("p", "White"))
    records = table(
        ("record_id", "source", "extract_date", "organisation_identifier_receiving",
         "nhs_number_usable"),
        [("a", "AA1", "2025-03-01", "BB1", True), ("b", "BB1", "2025-03-31", None, None)],
    )  # fmt: skip
    parts = table(("record_id", "pathway_id"), [("a", "w1"), ("b", "w2")])
    ways = table(("pathway_id", "person_id"), [("w1", "p"), ("w2", "p")])
    facts = {
        "records": records,
        "rows": evaluation.linked_records(links, known),
        "shared": evaluation.shared_records(records, parts, ways, known),
        "review": table(PAIR, [("w1", "w2")]),
        "intake": {"totals": {"quarantined": 108, "opted_out": 12949}},
        "linkage": {"splink": "5.0.0", "threshold": 0.95, "seed": 1, "review_pairs": 21},
        "months": ["2024-04", "2025-03"],
        "truth_known": False,
    }
    return evaluation.Told(**{**facts, **other})  # type: ignore[arg-type]


def items(facts: evaluation.Told) -> dict[str, tuple[str, float]]:
    found = evaluation.guild(facts)
    pairs = zip(found["answer"], found["number"], strict=True)
    return dict(zip(found["item"], pairs, strict=True))


def test_every_step_is_filled_from_the_run() -> None:
    found = items(told())
    assert found["Who sent data"] == ("Trusts AA1, BB1", 2)
    assert found["When data were extracted"][0] == "2025-03-01 to 2025-03-31"
    assert found["Rows left out since the person opted out"][1] == 12949
    assert found["Records without a usable NHS number"][1] == 1
    assert found["Rules by which records are linked"][0] == "Splink"
    assert found["With which settings"][0] == "Splink 5.0.0, accept from 0.95, seed 1"
    assert found["Records linked across Trusts"][1] == 2
    assert found["Missed links, as far as the records tell"][1] == 1
    assert found["Pathways left for review"][1] == 1
    assert set(evaluation.guild(told())["step"]) == {"Provision", "Linkage", "Analysis"}


def test_what_the_run_does_not_say_is_told_as_such() -> None:
    found = items(told(intake={}, linkage={}))
    assert found["Rows held back at intake"][0] == "Not told by this run"
    assert pd.isna(found["Pairs of records left for review"][1])
    assert found["With which settings"][0] == "Not told by this run"
    assert (
        items(told(truth_known=True))["Quality against the truth"]
        != found["Quality against the truth"]
    )


def test_no_answer_in_words_holds_a_count() -> None:
    facts = told(intake={"totals": {"quarantined": 4, "opted_out": 3}}, linkage={"decisions": 6})
    answers = evaluation.guild(facts)["answer"]
    assert not answers.str.contains(r"(?<![\d.-])[346](?![\d.-])").any()


def test_tables_that_do_not_fit_are_told() -> None:
    links = table(LINKS, [("a", "AA1", "p", None, None, 0), ("a", "AA1", "q", None, None, 0)])
    checks = evaluation.agreement(
        links=links,
        persons=table(("person_id",), [("p",), ("p",)]),
        pathways=table(("pathway_id", "person_id"), [("w1", "p"), ("w2", "nobody")]),
        parts=table(("record_id", "pathway_id"), [("a", "w1"), ("a", "w1")]),
        records=table(("record_id",), [("a",), ("b",)]),
        rows=links.limit(1),
        each=table(("pathway_id", "counted"), [("w1", 1.5)]),
    )
    assert not checks["passed"].any()
    assert list(checks["detail"]) == [
        "1 rows differ", "2 rows differ", "2 rows differ", "1 rows differ", "1 rows differ",
        "1 rows differ", "1 rows differ",
    ]  # fmt: skip


def test_opt_outs_are_shown_in_the_reports_groups() -> None:
    counts = table(
        ("characteristic", "category", "people", "opted_out", "national", "local"),
        [
            ("all", "all", 100, 9, 7, 3), ("ethnic_category", "A", 60, 4, 4, 0),
            ("ethnic_category", "B", 20, 1, 0, 1), ("ethnic_category", None, 20, 4, 3, 2),
            ("imd_decile", "1", 50, 5, 4, 2), ("imd_decile", "2", 50, 4, 3, 1),
            ("sex", "2", 100, 9, 7, 3), ("age_band", "80+", 100, 9, 7, 3),
        ],
    )  # fmt: skip
    found = evaluation.opted_out(counts, load(DICTIONARY))
    white = found[found["group"] == "White"].iloc[0]
    assert (white["people"], white["opted_out"], white["local"]) == (80, 5, 1)
    assert set(found["group"]) >= {"All Trusts", "Not known", "1 (most deprived fifth)", "Female"}
    assert found["characteristic"].iloc[0] == "Everyone"
    assert found.loc[found["group"] == "1 (most deprived fifth)", "people"].item() == 100


def test_thresholds_are_those_that_linkage_reckoned() -> None:
    facts = {"thresholds": [
        {"threshold": 0.95, "links": 90, "review": 9, "expected_false_links": 0.5},
        {"threshold": 0.5, "links": 99, "review": 0, "expected_false_links": 4.5},
    ]}  # fmt: skip
    found = evaluation.thresholds(facts)
    assert list(found["threshold"]) == ["0.95", "0.5"]
    long = evaluation.expected(found)
    assert set(long["what"]) == {"For review", "False links"}
    assert evaluation.thresholds({}).empty


def gaps(**other: object) -> pd.DataFrame:
    row = {
        "group": "Black or Black British", "treated": 300, "gap": 4.1, "gap_lower": 1.0,
        "gap_upper": 7.2, "gap_lowest": 2.2, "gap_highest": 6.0,
    }  # fmt: skip
    first = {"group": "White", "treated": 5000, "gap": 0.0}
    return pd.DataFrame([{**row, **other}, first])


def test_headline_says_the_range_in_few_words() -> None:
    shared = pd.DataFrame({"group": ["All Trusts"], "share": [0.971]})
    text = words.headline(shared, gaps())
    assert "97.1%" in text
    assert "4.1 points" in text
    assert "2.2 to 6.0" in text
    assert len(re.findall(r"\S*\w\S*", text)) <= 80
    withheld = words.headline(shared.assign(share=pd.NA), gaps(gap_lowest=None))
    assert "too small to say" in withheld.lower()


def test_title_weighs_chance_before_linkage() -> None:
    def title(**other: object) -> str:
        return words.gap_bounds(gaps(**other), "Ethnic group", "White", True)["title"]

    assert "could not make the clear gaps" in title()
    assert "could make a gap that chance could not" in title(gap_lowest=-0.5)
    assert "no gap is larger than chance" in title(gap_lower=-0.5)


def test_profile_names_an_item_only_where_the_ranges_lie_apart() -> None:
    def title(low: float) -> str:
        frame = pd.DataFrame(
            {"name": ["N: yes", "N: no"], "what": "NHS number is usable", "answer": ["Yes", "No"],
             "share": [0.02, 0.2], "lower": [0.01, low], "upper": [0.03, 0.3]}
        )  # fmt: skip
        return words.profile(frame, True)["title"]

    assert "NHS number" in title(0.1)
    assert "No missing item" in title(0.02)
