import pandas as pd
import pytest
from linkage_people import COLUMNS, apart, person, records, together

from workbench.linkage import link


@pytest.fixture(scope="module")
def village():
    """Cases side by side, among strangers."""
    p = [person(place) for place in range(20)]
    rows = [
        # the same but for how it is written
        ("same1", "A", p[0]),
        (
            "same2",
            "B",
            {
                **p[0],
                "given_name": p[0]["given_name"].upper() + " ",
                "postcode": p[0]["postcode"].lower().replace(" ", ""),
            },
        ),
        ("spaced1", "A", {**p[1], "family_name": "O'Née-Smith"}),
        (
            "spaced2",
            "B",
            {
                **p[1],
                "family_name": "ONEE SMITH",
                "nhs_number": f"{p[1]['nhs_number'][:3]} {p[1]['nhs_number'][3:6]} "
                f"{p[1]['nhs_number'][6:]}",
            },
        ),
        # an NHS number and nothing else in common
        ("number1", "A", p[2]),
        ("number2", "B", {**p[3], "nhs_number": p[2]["nhs_number"]}),
        # twins: everything but given name and number
        ("twin1", "A", {**p[4], "given_name": "Rosalind"}),
        ("twin2", "B", {**p[4], "given_name": "Bettina", "nhs_number": p[5]["nhs_number"]}),
        # father and son of one name at one address, one of them at each Trust
        ("father", "A", p[6]),
        ("son", "B", {**p[6], "birth_date": "1999-03-30", "nhs_number": p[7]["nhs_number"]}),
        # a person twice at one Trust, once at the other
        ("twice1", "A", p[8]),
        ("twice2", "A", {**p[8], "postcode": "LS9 9ZZ"}),
        ("twice3", "B", p[8]),
        # two persons of no fixed abode
        ("abode1", "A", {**p[9], "nhs_number": None, "postcode": "ZZ99 3VZ", "given_name": "Ann"}),
        (
            "abode2",
            "B",
            {
                **p[9],
                "nhs_number": None,
                "postcode": "ZZ99 3VZ",
                "given_name": "Moira",
                "birth_date": "1941-01-20",
            },
        ),
        # names in each other's place
        ("swap1", "A", p[10]),
        (
            "swap2",
            "B",
            {
                **p[10],
                "nhs_number": None,
                "given_name": p[10]["family_name"],
                "family_name": p[10]["given_name"],
            },
        ),
        # three Trusts
        ("three1", "A", p[11]),
        ("three2", "B", p[11]),
        ("three3", "C", p[11]),
        # nothing known
        ("blank1", "A", dict.fromkeys(COLUMNS)),
        ("blank2", "B", dict.fromkeys(COLUMNS)),
        # placeholders
        ("nil1", "A", {**p[12], "nhs_number": "0000000000", "given_name": "Baby"}),
        ("nil2", "B", {**p[13], "nhs_number": "0000000000", "given_name": "Baby"}),
    ]
    rows += [(f"{s}{n}", s, person(40 + n + 300 * (s == "B"))) for n in range(100) for s in "AB"]
    return link(records(rows))


def test_what_differs_in_spelling_alone_is_one_person(village):
    assert together(village.clusters, "same1", "same2")
    assert together(village.clusters, "spaced1", "spaced2")


def test_an_nhs_number_alone_links_nobody(village):
    assert apart(village.clusters, "number1", "number2")


def test_twins_and_father_and_son_stay_two(village):
    assert apart(village.clusters, "twin1", "twin2")
    assert apart(village.clusters, "father", "son")


def test_a_person_twice_at_one_trust_is_one(village):
    assert together(village.clusters, "twice1", "twice2", "twice3")


def test_default_postcodes_and_placeholders_tie_nobody(village):
    assert apart(village.clusters, "abode1", "abode2")
    assert apart(village.clusters, "nil1", "nil2")
    assert apart(village.clusters, "blank1", "blank2")


def test_swapped_names_are_found(village):
    assert together(village.clusters, "swap1", "swap2")


def test_a_person_of_three_trusts_is_one(village):
    assert together(village.clusters, "three1", "three2", "three3")


def test_clusters_have_one_row_a_record_sorted_and_blank_where_alone(village):
    clusters = village.clusters
    assert list(clusters.columns) == [
        "record_id", "source", "person_id", "match_rule", "match_probability"
    ]  # fmt: skip
    assert clusters[["record_id", "source"]].apply(tuple, axis=1).is_monotonic_increasing
    alone = ~clusters["person_id"].duplicated(keep=False)
    assert (clusters["match_rule"].isna() == alone).all()
    assert (clusters["match_probability"].isna() == alone).all()
    assert clusters.loc[~alone, "match_probability"].ge(0.95).all()


def test_rules_count_the_accepted_pairs_and_are_in_published_order(village):
    assert village.rules["match_rule"].tolist() == [
        "nhs_number+birth_date+given_name+family_name",
        "nhs_number+birth_date+family_name",
        "nhs_number+birth_date+given_name",
        "nhs_number+given_name+family_name",
        "nhs_number+birth_date+postcode",
        "given_name+family_name+birth_date+postcode",
        "model",
        "decision",
    ]
    counted = village.pairs["match_rule"].value_counts()
    assert village.rules.set_index("match_rule")["pairs"].loc[counted.index].tolist() == (
        counted.tolist()
    )
    records_less_persons = len(village.clusters) - village.clusters["person_id"].nunique()
    assert len(village.pairs) == records_less_persons


def test_evidence_is_in_words_without_values(village):
    evidence = village.review.filter(like="agreement_")
    assert list(evidence.columns) == [f"agreement_{name}" for name in COLUMNS]
    assert set(pd.unique(evidence.to_numpy().ravel())) <= {
        "equal", "close", "different", "missing"
    }  # fmt: skip
    assert village.review["match_probability"].between(0.5, 1).all()
