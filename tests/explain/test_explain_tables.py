"""Dependence, stability, reasons, what the dictionary says of features, and the report's words."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import explain_cases
import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "standards"))

from reading_grade import grade

from workbench.breach import Model, fit, landmark_roles, load_settings
from workbench.breach.splits import by_time
from workbench.disclosure import release
from workbench.errors import InputError, ParameterError
from workbench.explain import (
    Attributions,
    attributions,
    dependence,
    disparity,
    load_kinds,
    reason_counts,
    reasons,
    report_tables,
    stability,
    words,
)
from workbench.explain.agreement import checks
from workbench.explain.groups import groups_of
from workbench.explain.pathway_reasons import ACT, FIXED, LEAST

ROLES = explain_cases.ROLES


@pytest.fixture(scope="module")
def kinds():
    return load_kinds()


@pytest.fixture(scope="module")
def refits(waits) -> list[Model]:
    split = by_time(waits, load_settings())
    some = [replace(split, train=np.sort(np.random.default_rng(n).choice(split.train, 1_500)))
            for n in range(3)]  # fmt: skip
    return [fit(waits, ROLES, one, 1, max_iter=40) for one in some]


def test_dependence_of_a_number_is_in_bins_of_enough_people(found, waits):
    table = dependence(found, waits, "age_at_referral", draws=50)
    known = table[table["value"] != "Not recorded"]
    assert known["rows"].min() >= 50
    assert table["rows"].sum() == len(waits)
    assert table["value"].iloc[-1] == "Not recorded"
    assert known["effect"].argmin() == 0  # as planted
    assert known["effect"].argmax() == len(known) - 1
    assert known["value"].iloc[0].startswith("Under")
    assert known["value"].iloc[-1].endswith("more")
    assert not known["value"].str.contains(str(round(waits.numbers["age_at_referral"][0], 3))).any()


def test_dependence_of_a_code_is_by_its_levels(found, waits):
    table = dependence(found, waits, "last_milestone", draws=0)
    assert table["value"].tolist() == ["biopsy", "clinic", "mdt"]
    assert table["effect"].argmin() == 2  # as planted
    with pytest.raises(ParameterError, match="no such feature"):
        dependence(found, waits, "sex")


def test_whole_numbers_are_named_without_overlap(found, waits):
    table = dependence(found, waits, "landmark_day", draws=0)
    assert table["value"].tolist() == ["0", "7 to 13", "14 or more"]
    assert table["effect"].is_monotonic_increasing


def test_stability_spans_the_refits(found, waits, refits):
    again = [attributions(one, waits, roles=ROLES) for one in refits]
    table = stability(found, again).set_index("feature")
    each = pd.DataFrame([one.by_feature.abs().mean() for one in again])
    assert table.loc["clinic", "least"] == pytest.approx(each["clinic"].min())
    assert table.loc["clinic", "greatest"] == pytest.approx(each["clinic"].max())
    assert (table["best_rank"] <= table["worst_rank"]).all()
    assert table.loc["landmark_day", "agreement"] > 0.8
    assert (table["refits"] == 3).all()


def test_a_model_that_was_fitted_once_says_so(found, waits, kinds, released):
    table = report_tables.refitted(found, [], waits, kinds)
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert table["worst_rank"].isna().all()
    assert "fitted once" in words.headline(released["parts"], released["gaps"], table, "62D")


def test_reasons_are_the_largest_that_raise_the_risk_of_each_kind(found, waits, kinds):
    table = reasons(found, waits, kinds, top=2)
    assert (table["adds"] >= LEAST).all()
    assert table["place"].max() <= 2
    first = table[(table["case"] == "c00007") & (table["kind"] == FIXED) & (table["place"] == 1)]
    fixed = [n for n in found.by_feature if not kinds.of(n).can_be_acted_on]
    own = found.by_feature.iloc[7][fixed]
    assert first["feature"].tolist() == ([own.idxmax()] if own.max() >= LEAST else [])
    acted = table.loc[table["kind"] == ACT, "feature"].unique().tolist()
    assert acted == ["last_milestone"]
    with pytest.raises(ParameterError):
        reasons(found, waits, kinds, top=0)
    with pytest.raises(InputError, match="number differs"):
        reasons(found, waits.taken(np.arange(9)), kinds)


def test_people_are_counted_once_on_their_latest_day(found, waits, kinds):
    table = reason_counts(found, waits, kinds)
    assert (table["people"] <= table["everyone"]).all()
    assert table["everyone"].iloc[0] == len(np.unique(waits.group))
    assert len(table) == len(found.by_feature.columns)


def test_every_feature_of_landmarks_has_its_words(kinds):
    for one in landmark_roles().with_protected().features:
        assert one.name in kinds.features, one.name
        assert kinds.of(one.name).part != "other"


def test_a_feature_that_is_not_named_is_never_called_one_to_act_on(kinds):
    kind = kinds.of("number_of_visits")
    assert (kind.label, kind.part, kind.can_be_acted_on) == ("Number of visits", "other", False)


def test_faults_of_the_dictionary_are_all_told(tmp_path):
    (tmp_path / "explanations.yaml").write_text(
        "parts: {time: Time}\n"
        "features:\n"
        "  a: {label: A, part: nowhere, can_be_acted_on: maybe, why: x, status: reading}\n",
        encoding="utf-8",
    )
    with pytest.raises(ParameterError) as refused:
        load_kinds(tmp_path)
    for said in ("'other'", "'part' should be one of", "'can_be_acted_on' should be true or false"):
        assert said in str(refused.value)


def test_checks_pass_on_what_is_right_and_fail_on_what_is_not(found, waits, kinds):
    from workbench.dictionary.load import load

    groups = groups_of(waits, load())
    apart = {by: disparity(found, rows, draws=0) for by, rows in groups.items()}
    counts = reason_counts(found, waits, kinds)
    assert checks(found, waits, apart, counts)["passed"].all()
    fewer = waits.taken(np.arange(len(waits) - 5))
    table = checks(found, fewer, apart, counts).set_index("check")
    assert not table.loc["By sex, everyone is in one group", "passed"]
    moved = Attributions(found.by_feature, found.base, found.margin)
    object.__setattr__(moved, "margin", found.margin + 1e-6)
    assert not checks(moved, waits, apart, counts)["passed"].iloc[0]


@pytest.fixture(scope="module")
def released(found, waits, kinds, refits):
    from workbench.dictionary.load import load

    parts = found.folded(kinds.sources(list(found.by_feature)))
    apart = {
        by: disparity(parts, rows, patient=waits.group, draws=50)
        for by, rows in groups_of(waits, load()).items()
    }
    again = [attributions(one, waits, roles=ROLES) for one in refits]
    tables = {
        "important": report_tables.important(found, waits, kinds, 50),
        "gaps": report_tables.gaps(apart),
        "refitted": report_tables.refitted(found, again, waits, kinds),
    }
    tables["parts"] = report_tables.parts_of(tables["important"])
    keys = {"important": ["feature", "part"], "gaps": ["characteristic", "group"],
            "refitted": ["feature"], "parts": ["part"]}  # fmt: skip
    return {
        name: release(
            table, keys=keys[name], counts=["people"], profile="nhs_round5",
            not_people=[c for c in table.columns if c not in {*keys[name], "people"}],
        ).frame
        for name, table in tables.items()
    }  # fmt: skip


def test_the_headline_is_short_plain_and_true(released):
    text = words.headline(released["parts"], released["gaps"], released["refitted"], "31D")
    assert len(text.split()) <= 80
    assert grade(text) <= 9
    assert "Asian or Asian British" in text  # as planted
    assert "above the rest" in text
    assert "moves the 31-day risk most" in text
    nothing = released["gaps"].assign(q=1.0)
    assert "No group's risk is clearly apart" in words.headline(
        released["parts"], nothing, released["refitted"].head(0), "62D"
    )
    hidden = released["parts"].assign(share=np.nan)
    assert "Too few people" in words.headline(hidden, released["gaps"].assign(risk=np.nan),
                                              released["refitted"], "FDS")  # fmt: skip


def test_the_longest_names_leave_the_headline_short(released, kinds):
    longest = max((kind.label for kind in kinds.features.values()), key=len)
    gaps = released["gaps"].assign(
        characteristic="Deprivation of area", group="5 (least deprived fifth)", q=0.0
    )
    text = words.headline(
        released["parts"], gaps, released["refitted"].assign(feature=longest), "FDS"
    )
    assert len(text.split()) <= 80


def test_no_sentence_tells_what_is_withheld(released):
    hidden = released["important"].copy()
    hidden.loc[0, ["importance", "lower", "upper"]] = np.nan
    caption = words.important(hidden, synthetic=True)
    assert str(hidden["feature"].iloc[0]) not in caption["title"]
    assert caption["source"].startswith("Source: made-up")


def test_gaps_are_one_family_of_comparisons(released):
    gaps = released["gaps"]
    assert set(gaps["characteristic"]) == {"Ethnic group", "Gender", "Deprivation of area"}
    assert gaps["q"].between(0, 1).all()
    planted = gaps[gaps["group"] == "Asian or Asian British"].iloc[0]
    assert planted["q"] < 0.001


def test_a_gap_of_a_few_people_is_never_called_clear(found, waits):
    first = np.unique(waits.group)[:20]
    rows = pd.Series(np.where(np.isin(waits.group, first), "A few", "All others"))
    apart = {"sex": disparity(found, rows, patient=waits.group, draws=20)}
    table = report_tables.gaps(apart).set_index("group")
    assert np.isnan(table.loc["A few", "q"])
    assert table.loc["All others", "q"] >= 0


def test_both_models_stand_side_by_side_and_the_kept_risks_are_held_to_the_judged(
    boosted, refits, waits
):
    table = report_tables.models(boosted, refits[0], waits).set_index("model")
    first, second = boosted.risk(waits), refits[0].risk(waits)
    assert table.loc["Judged", "risk"] == pytest.approx(first.mean(), abs=5e-4)
    assert table.loc["In use", "risk"] == pytest.approx(second.mean(), abs=5e-4)
    assert table["apart"].iloc[0] == pytest.approx(100 * np.abs(first - second).mean(), abs=0.05)
    assert (table["ranks"] < 1).all()
    kept = waits.ids.assign(risk=first.round(6)).sample(frac=1, random_state=1)
    assert report_tables.off_kept(boosted, waits, kept) <= 1e-6
    assert report_tables.off_kept(refits[0], waits, kept) > 0.01
    assert "model judged. Beside it the one in use" in words.models("judged")
    assert "model in use. Beside it the one judged" in words.models("in use")


def test_a_group_too_small_to_test_is_not_the_widest_where_others_are_tested(released):
    gaps = released["gaps"].assign(q=1.0)
    first = gaps.index[gaps["characteristic"] == "Ethnic group"][0]
    gaps.loc[first, ["risk", "q"]] = [50.0, np.nan]
    assert words.widest(gaps)["group"] != gaps.loc[first, "group"]
