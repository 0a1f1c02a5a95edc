"""Who is heard, who is likely never asked, and how those who answer are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.equity.proms import asked_and_answered, completeness, mean_scores
from workbench.errors import InputError, ParameterError

TIMES = ["diagnosis", "before_treatment", "after_treatment"]
ASKED = {"White": 0.62, "Asian": 0.42}
ANSWERS = 0.5


@pytest.fixture(scope="module")
def region() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Asian patients are asked less often; whoever is asked answers alike."""
    random = np.random.default_rng(1)
    n = 6_000
    group = np.where(random.random(n) < 0.3, "Asian", "White")
    asked = random.random(n) < np.where(group == "Asian", ASKED["Asian"], ASKED["White"])
    pathways = pd.DataFrame({"pathway_id": [f"W{i}" for i in range(n)], "ethnicity": group})
    parts = []
    for time in TIMES:
        for instrument in ("EQ-5D-5L", "EORTC-FUNCTION"):
            here = pathways[asked & (random.random(n) < ANSWERS)]
            score = 0.8 - 0.05 * (here["ethnicity"] == "Asian") + random.normal(0, 0.1, len(here))
            parts.append(
                here.assign(timepoint=time, instrument=instrument, score=score, value_set="A")
            )
    return pathways, pd.concat(parts, ignore_index=True)


def test_who_is_heard_is_counted_by_group(region):
    pathways, responses = region
    found = completeness(pathways, responses, "ethnicity").set_index("group")
    heard = pathways["pathway_id"].isin(responses["pathway_id"])
    for group, own in pathways.groupby("ethnicity"):
        assert found.loc[group, "heard"] == heard[own.index].sum()
    assert found.loc["Asian", "gap_upper"] < 0 < found.loc["White", "gap_lower"]


def test_who_was_never_asked_is_told_from_who_did_not_answer(region):
    found = completeness(*region, "ethnicity").set_index("group")
    for group, share in ASKED.items():
        assert found.loc[group, "asked_share"] == pytest.approx(share, abs=0.03)
        assert found.loc[group, "answer_share"] == pytest.approx(ANSWERS, abs=0.02)


def test_where_everyone_is_asked_nobody_is_called_unasked():
    answers = np.random.default_rng(2).binomial(4, 0.4, 5_000)
    asked, answered = asked_and_answered(answers, 4)
    assert asked.estimate > 0.96
    assert answered == pytest.approx(0.4, abs=0.02)


def test_one_occasion_says_nothing_of_who_was_asked():
    for answers, occasions in (([0, 1, 1], 1), ([0, 0], 5)):
        asked, answered = asked_and_answered(np.array(answers), occasions)
        assert np.isnan([asked.estimate, asked.lower, answered]).all()


def test_intervals_of_who_was_asked_hold_the_truth_as_often_as_they_say():
    held = 0
    for seed in range(150):
        random = np.random.default_rng(seed)
        came = random.choice([2, 4, 7], 400)
        answers = np.where(random.random(400) < 0.55, random.binomial(came, 0.5), 0)
        found, _ = asked_and_answered(answers, came)
        held += found.lower <= 0.55 <= found.upper
    assert 134 <= held <= 149


def test_who_is_early_on_the_way_is_not_taken_for_unasked():
    random = np.random.default_rng(4)
    came = random.choice([0, 2, 6], 8_000)
    asked = random.random(8_000) < 0.6
    answers = np.where(asked, random.binomial(came, 0.5), 0)
    found, answered = asked_and_answered(answers, came)
    assert (found.estimate, answered) == pytest.approx((0.6, 0.5), abs=0.02)
    assert asked_and_answered(answers, 6)[0].estimate < 0.5
    pathways = pd.DataFrame({"pathway_id": range(8_000), "sex": "1", "came": came})
    rows = np.repeat(np.arange(8_000), answers)
    responses = pd.DataFrame({"pathway_id": rows}).assign(
        instrument="A", timepoint=lambda t: t.groupby("pathway_id").cumcount()
    )
    told = completeness(pathways, responses, "sex", offered="came")
    assert told.loc[0, "asked_share"] == pytest.approx(found.estimate)
    with pytest.raises(InputError, match="more responses"):
        completeness(pathways.assign(came=1), responses, "sex", offered="came")


def test_responses_of_other_pathways_or_sent_twice_count_for_nobody(region):
    pathways, responses = region
    more = pd.concat([responses, responses, responses.assign(pathway_id="elsewhere")])
    pd.testing.assert_frame_equal(
        completeness(pathways, responses, "ethnicity"), completeness(pathways, more, "ethnicity")
    )


def test_mean_scores_stand_with_their_intervals(region):
    found = mean_scores(region[1], "score", "ethnicity", person="pathway_id").set_index("group")
    own = region[1].groupby("ethnicity")["score"].mean()
    assert found["mean"].to_dict() == pytest.approx(own.to_dict())
    asian = found.loc["Asian"]
    assert asian["gap_lower"] < -0.05 < asian["gap_upper"] < 0
    assert asian["gap"] == pytest.approx(own["Asian"] - own["White"])


def test_answers_of_one_person_are_not_taken_for_those_of_many():
    person = np.repeat(np.arange(60), 6)
    level = np.repeat(np.random.default_rng(3).normal(0.7, 0.1, 60), 6)
    table = pd.DataFrame({"person": person, "sex": np.where(person % 2, "1", "2"), "score": level})
    blind = mean_scores(table, "score", "sex")
    seeing = mean_scores(table, "score", "sex", person="person")
    ratio = (seeing["upper"] - seeing["lower"]) / (blind["upper"] - blind["lower"])
    assert ratio.to_numpy() == pytest.approx(np.full(2, np.sqrt(6)), rel=0.1)


def test_a_response_without_a_score_is_counted_and_not_averaged(region):
    responses = region[1].copy()
    gone = responses.index[responses["ethnicity"] == "Asian"][:40]
    responses.loc[gone, "score"] = np.nan
    found = mean_scores(responses, "score", "ethnicity").set_index("group")
    assert found["without_score"].to_dict() == {"Asian": 40, "White": 0}
    expected = responses.loc[responses["ethnicity"] == "Asian", "score"].mean()
    assert found.loc["Asian", "mean"] == pytest.approx(expected)


def test_too_few_have_no_mean(region):
    responses = region[1].copy()
    responses.loc[responses.index[:5], "ethnicity"] = "Other"
    found = mean_scores(responses, "score", "ethnicity").set_index("group")
    assert found.loc["Other", "status"] == "too_few"
    assert found.loc["Other", ["mean", "lower", "gap"]].isna().all()


def test_indices_of_several_value_sets_are_not_averaged(region):
    mixed = region[1].assign(value_set=np.where(np.arange(len(region[1])) % 2, "A", "B"))
    with pytest.raises(InputError, match="value sets"):
        mean_scores(mixed, "score", "ethnicity", value_set="value_set")
    with pytest.raises(InputError, match="No response"):
        mean_scores(mixed.assign(score=np.nan), "score", "ethnicity")
    with pytest.raises(InputError, match="each once"):
        completeness(pd.concat([region[0], region[0]]), region[1], "ethnicity")
    with pytest.raises(ParameterError, match="not there"):
        completeness(*region, "ethnic")
