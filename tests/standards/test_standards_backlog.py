"""Who is still waiting on a day: each open pathway once, in the right band."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from waitlist_rows import OPEN, TREATED, waitlist

from workbench.dictionary import load
from workbench.errors import ParameterError
from workbench.standards import backlog, open_pathways

RULES = open_pathways.open_rules()
# days from referral to 2025-03-31, by the day of referral
DAYS = {"2025-03-31": 0, "2025-03-03": 28, "2025-01-28": 62, "2025-01-27": 63, "2024-12-17": 104,
        "2024-12-16": 105}  # fmt: skip


def days_open(folder: Path, *rows: dict[str, str | None], as_at: str = "2025-03-31") -> list[int]:
    found = waitlist(folder, *rows, as_at=as_at)
    still = open_pathways.open_on_day(found, RULES)
    return sorted(found.con.to_pyarrow(still.days).to_pylist())


def test_days_are_counted_from_referral_or_upgrade_less_what_comes_off(tmp_path: Path) -> None:
    rows = [{**OPEN, "referred": day} for day in DAYS]
    upgraded = {**OPEN, "upgraded": "2025-03-01", "priority": "2"}
    assert days_open(tmp_path, *rows, upgraded, {**OPEN, "off": 9}) == sorted(
        [*DAYS.values(), 30, 89 - 9]
    )


def test_what_closes_a_pathway(tmp_path: Path) -> None:
    closed = [
        TREATED,
        {**TREATED, "modality": "98"},
        {**OPEN, "status": "03"},
        {**OPEN, "status": "07"},
        {**OPEN, "told_why": "02"},
        {**OPEN, "told_why": "03"},
        {**OPEN, "priority": "2"},
        {**OPEN, "referred": None},
        {**OPEN, "referred": "2025-04-02"},
    ]
    assert days_open(tmp_path, *closed) == []


def test_an_end_after_the_day_closes_nothing_yet(tmp_path: Path) -> None:
    later = [{**TREATED, "treated": "2025-04-02"}, {**OPEN, "told": "2025-04-01", "told_why": "02"}]
    assert days_open(tmp_path, *later) == [89, 89]
    assert days_open(tmp_path, TREATED, as_at="2025-02-28") == [58]


def test_a_treatment_at_one_trust_closes_the_pathway_at_the_other(tmp_path: Path) -> None:
    both = {**OPEN, "pathway": "p"}, {**TREATED, "pathway": "p", "source": "RBB"}
    assert days_open(tmp_path, *both) == []


def test_an_open_pathway_at_two_trusts_counts_once_where_it_is_longest(tmp_path: Path) -> None:
    late = {**OPEN, "pathway": "p", "source": "RBB", "referred": "2025-01-20"}
    found = waitlist(tmp_path, late, {**OPEN, "pathway": "p"})
    still = open_pathways.open_on_day(found, RULES)
    assert backlog.backlog_by(found, still, "provider").to_dict("records") == [
        {"provider": "RAA", "open_pathways": 1, "over_62": 1, "over_104": 0}
    ]


def test_a_pathway_handed_over_is_left_to_the_trust_that_received_it(tmp_path: Path) -> None:
    handed = {**OPEN, "receiver": "RBB01"}
    renumbered = {**OPEN, "source": "RBB", "issuer": "RBB", "referred": "2025-01-20"}
    assert days_open(tmp_path, handed, renumbered) == [70]
    assert days_open(tmp_path, handed) == [89]


def test_bands_begin_and_end_where_the_code_list_says(tmp_path: Path) -> None:
    found = waitlist(tmp_path, *({**OPEN, "referred": day} for day in DAYS))
    still = open_pathways.open_on_day(found, RULES)
    bands = backlog.bands_of(load())
    table = backlog.bands_by(found, still, "provider", bands).set_index("band")["patients"]
    assert table.to_dict() == {
        "0 to 28 days": 2, "29 to 38 days": 0, "39 to 48 days": 0, "49 to 62 days": 1,
        "63 to 76 days": 1, "77 to 90 days": 0, "91 to 104 days": 1, "After 104 days": 1,
    }  # fmt: skip
    over = backlog.backlog_by(found, still, "provider").iloc[0]
    assert (over["open_pathways"], over["over_62"], over["over_104"]) == (6, 3, 1)
    wide = backlog.wide(backlog.bands_by(found, still, "provider", bands))
    assert wide.loc[0, "0 to 28 days"] == 2


def test_bands_have_no_gap_and_no_overlap() -> None:
    bands = backlog.bands_of(load())
    assert bands[0].low == 0
    assert bands[-1].high is None
    for before, after in pairwise(bands):
        assert before.high is not None
        assert after.low == before.high + 1


def test_spans_join_bands_and_never_cut_one() -> None:
    spans = backlog.coarser(backlog.bands_of(load()), (28, 62, 104))
    assert [(span.low, span.high) for span in spans] == [(0, 28), (29, 62), (63, 104), (105, None)]
    with pytest.raises(ParameterError, match="cannot be joined"):
        backlog.coarser(backlog.bands_of(load()), (30,))


def test_all_trusts_stand_first(tmp_path: Path) -> None:
    found = waitlist(tmp_path, OPEN, {**OPEN, "source": "RBB"}, {**OPEN, "source": "RBB"})
    still = open_pathways.open_on_day(found, RULES)
    table = backlog.all_trusts(backlog.backlog_by(found, still, "provider"))
    assert table["provider"].tolist() == ["All Trusts", "RAA", "RBB"]
    assert table["open_pathways"].tolist() == [3, 1, 2]


def test_a_workspace_may_have_its_own_rules(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    assert open_pathways.open_rules(tmp_path) == RULES
    own = tmp_path / "rules" / "open_pathways.yaml"
    own.write_text("closing_patient_statuses: {value: ['03']}\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="cannot be read"):
        open_pathways.open_rules(tmp_path)
