"""What patients report, by group: who is heard, who is likely not asked, how they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from workbench.equity.proms import completeness, mean_scores
from workbench.equity.report_patients import CHARACTERISTICS
from workbench.errors import InputError

SETTLED_DAYS = 90
"""Days after treatment by which a patient has come to every occasion of being asked."""

SCORES = {
    "eq5d5l_index": "EQ-5D-5L index (1 is full health)",
    "function_score": "Functional score (0 to 100)",
    "experience_rating": "Experience of care (0 to 10)",
}
VALUE_SET = {"eq5d5l_index": "eq5d5l_value_set"}

HEARD = ["pathways", "heard", "silent"]
HEARD_STATISTICS = ["asked_share", "asked_lower", "asked_upper", "answer_share"]
MEANS = ["mean", "lower", "upper", "gap", "gap_lower", "gap_upper"]
_KEY = (
    "patient_pathway_identifier_pseudonym",
    "organisation_identifier_patient_pathway_identifier_issuer",
)


def answers(
    proms: pd.DataFrame, records: pd.DataFrame, parts: pd.DataFrame, patients: pd.DataFrame
) -> pd.DataFrame:
    """Put each response to its patient's pathway.

    Parameters
    ----------
    proms, records, parts : DataFrame
        ``proms``, ``pathway_records`` and ``pathway_parts`` of the store: a response names its
        pathway as the Trust did, and linkage says which pathway that is.
    patients : DataFrame
        From `workbench.equity.report_patients.patients`.

    Returns
    -------
    DataFrame
        Responses of these patients: ``pathway_id, person_id, timepoint, instrument``, the
        scores, and the patients' groups. A response whose pathway is not among them is left
        out; so is one whose name stands for several pathways.
    """
    whose = records[["record_id", *_KEY]].merge(parts[["record_id", "pathway_id"]], on="record_id")
    named = whose[[*_KEY, "pathway_id"]].drop_duplicates()
    named = named[~named.duplicated(list(_KEY), keep=False)].dropna()
    told = proms.merge(named, on=list(_KEY), how="inner", validate="many_to_one")
    kept = ["timepoint", "instrument", *SCORES, *VALUE_SET.values()]
    groups = [name for name in CHARACTERISTICS if name in patients]
    own = patients.drop_duplicates("pathway_id")[["pathway_id", "person_id", *groups]]
    return told.reindex(columns=["pathway_id", *kept]).merge(own, on="pathway_id")


def ought_to_be_asked(patients: pd.DataFrame, as_at: date) -> pd.DataFrame:
    """Patients whose wait ended long enough ago to have come to every occasion.

    Whoever is still on the way would look as if nobody had asked.
    """
    last = pd.Timestamp(as_at - timedelta(days=SETTLED_DAYS))
    return patients[patients["ended"] <= last].drop_duplicates("pathway_id")


def heard(
    patients: pd.DataFrame, responses: pd.DataFrame, characteristics: Sequence[str]
) -> pd.DataFrame:
    """How many were heard, and what part was likely asked, by group.

    Returns
    -------
    DataFrame
        ``characteristic, title, group, name, pathways, heard, silent`` and `HEARD_STATISTICS`
        (shares). Empty where nobody ought to be asked or nobody was heard.
    """
    columns = ["characteristic", "title", "group", "name", *HEARD, *HEARD_STATISTICS]
    known_pathways = responses["pathway_id"].isin(patients["pathway_id"])
    if patients.empty or not known_pathways.any():
        return pd.DataFrame(columns=columns)
    parts = []
    for name in characteristics:
        found = completeness(patients, responses, name)
        found["silent"] = found["pathways"] - found["heard"]
        parts.append(found.assign(characteristic=name, title=CHARACTERISTICS[name]))
    table = pd.concat(parts, ignore_index=True)
    table["name"] = table["title"] + ": " + table["group"]
    table[HEARD_STATISTICS] = table[HEARD_STATISTICS].astype(float).round(3)
    return table[columns]


def means(responses: pd.DataFrame, characteristics: Sequence[str]) -> pd.DataFrame:
    """Mean of each score by group, of those who answered.

    Returns
    -------
    DataFrame
        ``score, characteristic, title, group, people`` and `MEANS` (in the score's unit; the
        gap is to everyone else). A score that nobody has is left out, and one of several value
        sets is averaged for the commonest alone.
    """
    parts = []
    for score, label in SCORES.items():
        own = _one_value_set(responses[responses[score].notna()], score)
        for name in characteristics:
            try:
                found = mean_scores(own, score, name, person="person_id")
            except InputError:  # nobody has the score, or one group alone answered
                continue
            people = own.groupby(name)["person_id"].nunique()
            found["people"] = found["group"].map(people).fillna(0).astype(int)
            title = CHARACTERISTICS[name]
            parts.append(found.assign(score=label, characteristic=name, title=title))
    columns = ["score", "characteristic", "title", "group", "people", *MEANS]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True)
    fine = table["score"] == SCORES["eq5d5l_index"]
    rounded = table[MEANS].astype(float)
    table[MEANS] = np.where(fine.to_numpy()[:, None], rounded.round(3), rounded.round(1))
    return table[columns]


def _one_value_set(responses: pd.DataFrame, score: str) -> pd.DataFrame:
    """Responses of the commonest value set; of equals the first by name."""
    column = VALUE_SET.get(score)
    if column is None or responses[column].isna().all():
        return responses
    counts = responses[column].value_counts()
    chosen = sorted(counts[counts == counts.max()].index)[0]
    return responses.loc[responses[column].eq(chosen)]
