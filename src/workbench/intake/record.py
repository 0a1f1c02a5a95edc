"""``ingest.json``: what became of every file and row; the counts that must add up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.dictionary.rules import KEY_CONFLICT, KEY_REPEAT
from workbench.files import written_whole
from workbench.intake.derive import Derived
from workbench.intake.settings import Settings
from workbench.intake.standing import (
    CONFLICT,
    CURRENT,
    LANDING,
    REPEATED,
    STATUS,
    SUPERSEDED,
    Landed,
)

FILE = "ingest.json"
VERSION = 1

_TOLD = (
    "trust", "file", "dataset", "mapping", "extract_date", "extent", "period_start",
    "period_end", "digest", "encoding", "encrypted",
)  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    """A file that could not be read at all.

    Attributes
    ----------
    trust, file : str
    digest : str or None
        Of its content where that could be had.
    why : str
        Without any cell.
    """

    trust: str
    file: str
    digest: str | None
    why: str

    def facts(self) -> dict[str, Any]:
        """As `file_facts`, with nothing read."""
        none = dict.fromkeys(_COUNTS, 0)
        told = dict.fromkeys(_TOLD) | {"trust": self.trust, "file": self.file}
        return {**told, "digest": self.digest, **none, "refused": self.why}


def earlier_refusals(root: Path) -> list[Refusal]:
    """Files that the last intake of a workspace could not read, as ``ingest.json`` tells."""
    try:
        told = json.loads((root / FILE).read_text(encoding="utf-8"))["files"]
        return [
            Refusal(one["trust"], one["file"], one["digest"], one["refused"])
            for one in told
            if one.get("refused")
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


_COUNTS = (
    "rows_read", "accepted", "quarantined", "superseded", "repeated", "opted_out", "standing",
)  # fmt: skip


def file_facts(one: Landed, place: int, status: pa.Table, opted_out: int) -> dict[str, Any]:
    """What became of one file: ``rows_read`` is ``accepted`` and ``quarantined``, always.

    Of the accepted, ``superseded`` were replaced by a later extract, ``repeated`` stand in
    the extract twice, ``opted_out`` are of people who have opted out, and ``standing`` are
    in the store.
    """
    mine = status.filter(pc.equal(status[LANDING], place))
    held = mine.group_by(STATUS).aggregate([(STATUS, "count")])
    counts = dict(zip(held[STATUS].to_pylist(), held[f"{STATUS}_count"].to_pylist(), strict=True))
    conflict, repeated = counts.get(CONFLICT, 0), counts.get(REPEATED, 0)
    receipt = one.receipt
    accepted = receipt["sound"] - conflict
    by_rule = [(rule["severity"], f"{rule['rule']}", rule["rows"]) for rule in receipt["rules"]] + [
        ("quarantine", KEY_CONFLICT, conflict),
        ("flag", KEY_REPEAT, repeated),
    ]
    return {
        **{name: receipt[name] for name in _TOLD},
        "rows_read": receipt["rows_read"],
        "accepted": accepted,
        "quarantined": receipt["rows_read"] - accepted,
        "superseded": counts.get(SUPERSEDED, 0),
        "repeated": repeated,
        "opted_out": opted_out,
        "standing": counts.get(CURRENT, 0) - opted_out,
        "reasons": _rules(by_rule, "quarantine"),
        "flags": _rules(by_rule, "flag"),
        "of_the_whole_file": sorted(
            {f"{rule['rule']}: {rule['column']}" for rule in receipt["rules"] if not rule["rows"]}
        ),
        "items": receipt["items"],
        "unknown_columns": receipt["unknown_columns"],
        "dropped_columns": receipt["dropped_columns"],
        "meant": receipt["meant"],
    }


def _rules(counted: Sequence[tuple[str, str, int]], severity: str) -> dict[str, int]:
    total: dict[str, int] = {}
    for held, rule, rows in counted:
        if held == severity and rows:
            total[rule] = total.get(rule, 0) + rows
    return dict(sorted(total.items()))


def record(
    files: Sequence[Mapping[str, Any]],
    refusals: Sequence[Refusal],
    derived: Derived,
    settings: Settings,
) -> dict[str, Any]:
    """The whole of ``ingest.json``; holds no time, so that a repeat gives the same bytes."""
    told = [*files, *(refusal.facts() for refusal in refusals)]
    told.sort(key=lambda one: (one["trust"], one["file"], one["digest"] or ""))
    return {
        "version": VERSION,
        "totals": {name: sum(one[name] for one in told) for name in _COUNTS},
        "files_refused": len(refusals),
        "datasets": {name: len(records) for name, records in derived.records.items()},
        "faults": derived.faults,
        "ethnicity_rule": settings.ethnicity_rule,
        "conflicts": derived.conflicts,
        "files": told,
    }


def write_record(facts: Mapping[str, Any], path: Path) -> None:
    """Write ``ingest.json``, whole or not at all."""
    with written_whole(path) as draft:
        text = json.dumps(facts, indent=2, ensure_ascii=False, sort_keys=False)
        draft.write_text(text + "\n", encoding="utf-8", newline="\n")
