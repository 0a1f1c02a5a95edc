"""What an attacker makes of released tables: a thousand of them, and two hundred chains of reruns.

    python benchmarks/disclosure.py [--tables 1000] [--chains 200] [--kept FILE] [--acro PYTHON]

Half of the tables have 6 groups by 14 tumour groups and 3,000 people, half the five wide
and eighteen narrow ethnic groups by 14 tumour groups and 12,000. A chain is eight tables of one
year, half of them year to date, half the last three months. Each release is held
against an attacker that shares no code with the gate: for each count of 1 to 7, and
for each gain of 1 to 7 between two tables of a chain, how many whole numbers are possible,
given all tables together. `--kept` holds what was done, so that a long run can go on
where it stopped. `--acro` names the Python of an environment with acro (pandas 2), whose
tables of the same people get the same attack.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from _disclosure_attack import ENOUGH, Puzzle, Shown, possible, puzzle
from _disclosure_tables import BROAD, MONTHS, Window, flat, nested, reruns
from workbench.disclosure import Disclosed, disclose
from workbench.errors import DisclosureError

SPREAD = {"nhs_round5": 2.0, "suppress": 0.0, "cellkey": 2.0}
ACRO_TABLES = 20
ACRO_HIDES_BELOW = 10
SECRET = b"benchmark"

Facts = dict[str, Any]


def main() -> None:
    """Run whatever is not kept yet, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=1000, help="half flat, half nested")
    parser.add_argument("--nested", type=int, help="nested tables, if fewer than half")
    parser.add_argument("--chains", type=int, default=200)
    parser.add_argument("--others", type=int, default=100, help="tables of the other profiles")
    parser.add_argument("--sites", type=int, default=6, help="tumour groups in a chain")
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--acro", type=Path, metavar="PYTHON")
    given = parser.parse_args()
    half = given.tables // 2
    nested_ = half if given.nested is None else given.nested
    jobs = [("6 x 14, nhs_round5", lambda s: of_table(flat(s, 3_000)), given.tables - nested_)]
    jobs += [("5 and 18 x 14, nhs_round5", lambda s: of_table(nested(s, 12_000), BROAD), nested_)]
    for rolling, name in ((False, "to date"), (True, "3 months")):
        jobs += [
            (
                f"8 reruns {name}, 6 x {given.sites}",
                lambda s, rolling=rolling: of_chain(reruns(s, 3_000, given.sites, rolling=rolling)),
                given.chains // 2,
            )
        ]
    for profile in ("suppress", "cellkey"):
        jobs += [
            (
                f"6 x 14, {profile}",
                lambda s, profile=profile: of_table(flat(s, 3_000), profile=profile),
                given.others,
            )
        ]
    jobs += [("6 x 14, plain 1 to 7 and round 5", lambda s: of_plain(flat(s, 3_000)), half)]
    jobs += [("20 x 14 (315 cells), nhs_round5", lambda s: of_table(flat(s, 12_000, 20)), 10)]
    kept = _read(given.kept)
    rows = [line(name, done(name, job, number, kept, given.kept)) for name, job, number in jobs]
    print(pd.DataFrame(rows).to_string(index=False))
    if given.acro is not None:
        print(of_acro(given.acro))


def of_table(frame: pd.DataFrame, broad: dict[str, str] | None = None, **wish: str) -> Facts:
    """Release one table and attack it."""
    began = time.process_time()
    profile = wish.get("profile", "nhs_round5")
    try:
        made = disclose(
            frame, by=["group", "site"], count="n", nesting={"group": broad or {}},
            profile=profile, secret=SECRET,
        )  # fmt: skip
    except DisclosureError:
        return {"released": 0, "cpu": time.process_time() - began}
    spent = time.process_time() - began
    narrow = frame[~frame["group"].isin(set((broad or {}).values()))]
    known = puzzle([_shown(made)], ("",), broad or {}, SPREAD[profile])
    return _facts(possible(known, _cells(narrow)), [made], spent)


def of_chain(windows: list[Window]) -> Facts:
    """Release eight tables one after the other, and attack them together."""
    began = time.process_time()
    made: list[Disclosed] = []
    for one in windows:
        try:
            made.append(
                disclose(
                    one.counts, by=["group", "site"], count="n", window=one.months,
                    earlier=[before.entry for before in made],
                )
            )  # fmt: skip
        except DisclosureError:
            return {"released": len(made) / len(windows), "cpu": time.process_time() - began}
    spent = time.process_time() - began
    tables = [_shown(one, window.months) for one, window in zip(made, windows, strict=True)]
    pieces = _pieces(windows)
    known = puzzle(tables, pieces, {}, SPREAD["nhs_round5"])
    cells = [
        [(group, site, month) for month in _months(window.months) if month in pieces]
        for window in windows
        for group, site in _small(window.counts)
    ]
    cells += [[cell for cell in one if cell[2] in pieces] for one in _gains(windows)]
    return _facts(possible(known, cells), made, spent)


def of_plain(frame: pd.DataFrame) -> Facts:
    """The plain rule, with nothing withheld to protect: what it leaves."""
    margins = [
        frame,
        frame.groupby("site", as_index=False)["n"].sum().assign(group="All"),
        frame.groupby("group", as_index=False)["n"].sum().assign(site="All"),
        pd.DataFrame([{"group": "All", "site": "All", "n": frame["n"].sum()}]),
    ]
    whole = pd.concat(margins, ignore_index=True)[["group", "site", "n"]]
    small = whole["n"].between(1, 7)
    text = (np.floor(whole["n"] / 5 + 0.5) * 5).astype(int).astype(str).mask(small, "[c]")
    known = puzzle([Shown(whole.assign(n=text), large_withheld=False)], ("",), {}, 2.0)
    return _facts(possible(known, _cells(frame)), [], 0.0)


def _gains(windows: list[Window]) -> Iterable[list[tuple[str, str, str]]]:
    """Counts of 1 to 7 that a later table holds beyond the one before it, or the other way."""
    for before, after in pairwise(windows):
        for one, other in ((after, before), (before, after)):
            months = set(_months(one.months)) - set(_months(other.months))
            if not months:
                continue
            held = after.counts["n"] - before.counts["n"]
            if one is after and before.months[0] == after.months[0]:
                gain = after.counts.assign(n=held)
                yield from ([(g, s, m) for m in sorted(months)] for g, s in _small(gain))


def _pieces(windows: list[Window]) -> list[str]:
    """First of all months that are in the same windows."""
    inside = {m: tuple(m in _months(one.months) for one in windows) for m in MONTHS}
    return [month for month in MONTHS if any(inside[month]) and month == min(
        other for other in MONTHS if inside[other] == inside[month]
    )]  # fmt: skip


def _months(window: tuple[str, str]) -> list[str]:
    return [month for month in MONTHS if window[0] <= month <= window[1]]


def _small(frame: pd.DataFrame) -> list[tuple[str, str]]:
    few = frame[frame["n"].between(1, 7)]
    return list(few[["group", "site"]].itertuples(index=False, name=None))


def _cells(frame: pd.DataFrame) -> list[list[tuple[str, str, str]]]:
    return [[(group, site, "")] for group, site in _small(frame)]


def _shown(made: Disclosed, months: tuple[str, str] | None = None) -> Shown:
    return Shown(made.table, made.complementary > 0, months)


def _facts(widths: list[int], made: list[Disclosed], spent: float) -> Facts:
    return {
        "released": 1, "small": len(widths), "exact": sum(width <= 1 for width in widths),
        "narrow": sum(width < ENOUGH for width in widths), "least": min(widths, default=99),
        "shown": float(np.mean([one.people_shown for one in made])) if made else None,
        "added": sum(one.complementary for one in made), "cpu": spent,
        "cells": len(made[-1].table) if made else 0,
    }  # fmt: skip


def line(name: str, facts: list[Facts]) -> Facts:
    """One row of the printed table."""
    released = [one for one in facts if one["released"] == 1]
    small = sum(one["small"] for one in released)
    shown = [one["shown"] for one in released if one["shown"] is not None]
    return {
        "tables": name, "number": len(facts),
        "released": f"{sum(one['released'] for one in facts) / len(facts):.1%}",
        "small counts": f"{small:,}",
        "exact": sum(one["exact"] for one in released),
        "under 5 possible": f"{sum(one['narrow'] for one in released) / max(1, small):.2%}",
        "fewest possible": min(one["least"] for one in released),
        "withheld to protect": sum(one["added"] for one in released),
        "people shown": f"{np.mean(shown):.1%}" if shown else "",
        "CPU s, mean and most": (
            f"{np.mean([f['cpu'] for f in facts]):.2f}, {max(f['cpu'] for f in facts):.2f}"
        ),
    }  # fmt: skip


def done(
    name: str, job: Callable[[int], Facts], number: int, kept: dict[str, Facts], path: Path | None
) -> list[Facts]:
    """Results by seed, those that are not kept made now."""
    for seed in range(1, number + 1):
        key = f"{name} {seed}"
        if key in kept:
            continue
        kept[key] = job(seed)
        if path is not None:
            with path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps({"key": key, **kept[key]}) + "\n")
    return [kept[f"{name} {seed}"] for seed in range(1, number + 1)]


def _read(path: Path | None) -> dict[str, Facts]:
    if path is None or not path.is_file():
        return {}
    lines = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    return {one.pop("key"): one for one in lines}


def of_acro(python: Path) -> str:
    """The same attack on acro's tables: two ways and one way, of the same people."""
    script = Path(__file__).with_name("_disclosure_acro.py")
    frames = [flat(seed, 3_000) for seed in range(1, ACRO_TABLES + 1)]
    given = json.dumps([frame.to_dict("list") for frame in frames])
    found = subprocess.run(
        [str(python), str(script)], input=given, capture_output=True, text=True, check=True
    )
    results = json.loads(found.stdout.splitlines()[-1])
    widths = [
        width
        for frame, shown in zip(frames, results["tables"], strict=True)
        for width in possible(_puzzle_of_acro(shown), _cells(frame))
    ]
    return (
        f"acro {results['acro']}, pandas {results['pandas']}: {ACRO_TABLES} tables 6 x 14, "
        f"{len(widths)} counts of 1 to 7, {sum(w <= 1 for w in widths)} recovered exactly, "
        f"{sum(w < ENOUGH for w in widths)} with fewer than 5 possible, "
        f"{results['cpu'] / ACRO_TABLES:.2f} s CPU a table"
    )


def _puzzle_of_acro(shown: list[list[str]]) -> Puzzle:
    """What acro shows, read by its rule: a cell left out is under 10, all else exact."""
    table = pd.DataFrame(shown, columns=["group", "site", "n"])
    known = puzzle([Shown(table.assign(n="[c]"))], ("",), {}, 0.0)
    known.lower[:] = pd.to_numeric(table["n"]).fillna(0)
    known.upper[:] = pd.to_numeric(table["n"]).fillna(ACRO_HIDES_BELOW - 1)
    return known


if __name__ == "__main__":
    main()
