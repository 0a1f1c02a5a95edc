"""The mess of real exports: put in at its rates, and counted for what it is."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from workbench.demo.cohort import mess
from workbench.demo.cohort.items import DFS, ICD, PATHWAY
from workbench.demo.cohort.layouts import SYSTEMS, as_text

ROWS = 40_000


@pytest.fixture(scope="module")
def muddle(region):
    """Text of some records before and after, and the counts."""
    rows = np.flatnonzero(region.records.columns[ICD] != "")
    rows = np.concatenate([rows, np.arange(ROWS - len(rows))])
    columns = region.records.taken(rows).columns | {"nhs_number": np.full(len(rows), "9990000018")}
    random, counts = np.random.default_rng(6), Counter()
    before = as_text(columns, SYSTEMS[2], random)
    return before, mess.muddled(before, random, counts), counts


def test_counts_are_of_what_was_done(muddle):
    before, after, counts = muddle
    changed = {name: int((before[name] != after[name]).sum()) for name in before}
    assert changed[DFS] == counts["date_unreadable"] > 0
    assert changed["nhs_number"] == counts["nhs_number_with_blanks"] > 0
    assert (np.strings.lower(after[ICD]) == after[ICD])[after[ICD] != ""].sum() == (
        counts["diagnosis_lower_case"]
    )
    assert (np.strings.find(after[ICD], ".") > 0).sum() == counts["diagnosis_with_dot"]
    assert np.strings.endswith(after[ICD], "-").sum() == counts["diagnosis_padded"]
    status = "cancer_or_symptomatic_breast_referral_patient_status"
    assert ((after[status] == "") & (before[status] != "")).sum() == counts["status_blank"]


@pytest.mark.parametrize("name", ["status_blank", "nhs_number_with_blanks"])
def test_faults_come_at_their_rate(muddle, name):
    _, _, counts = muddle
    expected = mess.RATES[name] * ROWS
    assert abs(counts[name] - expected) < 5 * np.sqrt(expected)


def test_diagnoses_stay_what_they_are_but_for_their_spelling(muddle):
    before, after, counts = muddle
    plain = np.strings.replace(np.strings.upper(after[ICD]), ".", "")
    plain = np.strings.rstrip(plain, "-")
    same = plain == before[ICD]
    short = np.strings.endswith(plain, "X") & ~same
    assert (same | short).all()
    assert short.sum() == counts["diagnosis_three_characters"]


def test_nothing_else_is_touched(muddle):
    before, after, _ = muddle
    assert (before[PATHWAY] == after[PATHWAY]).all()
    assert set(before) == set(after)


def test_copies_in_conflict_differ_in_one_cell(muddle):
    before, _, _ = muddle
    counts = Counter()
    rows, order = mess.repeated(before, np.random.default_rng(2), counts)
    copies = len(order) - len(before[PATHWAY])
    assert copies == counts["row_repeated"] + counts["row_in_conflict"]
    differ = rows["priority_type_code"] != before["priority_type_code"][order]
    assert differ.sum() == counts["row_in_conflict"] > 0
    assert (rows[DFS] == before[DFS][order]).all()


def test_comments_name_patients_in_the_share_that_is_counted():
    count = 5_000
    counts = Counter()
    names = np.full(count, "Ann"), np.full(count, "Other"), np.full(count, "9990000018")
    text = mess.comments(*names, np.random.default_rng(1), counts)
    named = np.strings.startswith(text, "Spoke to ")
    assert named.sum() == counts["identifier_in_comment"] > 100
    assert (text[named] == "Spoke to Ann Other, NHS no 9990000018").all()
