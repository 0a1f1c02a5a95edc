"""Whom linkage fails: missed matches by ethnic group on the synthetic region, gap to the largest.

    python benchmarks/linkage_region.py [--referrals 600000] [--region DIR]

The region is written and taken in by the commands, as a user would; its identifiers come out
of the vault. A true pair is a person who is on the books of two Trusts; it is missed unless
all of the person's records at both were put into one person. Shares have Wilson's interval,
gaps Newcombe's.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pandas as pd

from _linkage_score import cross_pairs, missed_by_group, score

FEWEST = 400
"""Groups with fewer true pairs than this are shown without a bar."""
WIDEST_GAP = 0.01
THRESHOLD = 0.95
_PATHWAY = "patient_pathway_identifier"
_IDENTIFIERS = ("nhs_number", "given_name", "family_name", "birth_date", "sex", "postcode")


def main() -> None:
    """Make the region unless one is named, link it, print the tables."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        region = arguments.region or _made(Path(folder) / "region", arguments.referrals)
        records = _records(region)
        truth = _truth(region, records)
    started = time.monotonic()
    clusters = _linked(records, arguments.no_nhs, arguments.method)
    lines = [
        f"{len(records):,} person records of {records['source'].nunique()} Trusts, "
        f"linked in {time.monotonic() - started:.0f} s at {THRESHOLD} by {arguments.method}"
        + (", without NHS numbers" if arguments.no_nhs else "")
    ]
    found, planted = _person_pairs(clusters, truth)
    every = score(cross_pairs(clusters, "person_id"), cross_pairs(truth, "person"))
    lines.append(
        f"pairs of records across Trusts: precision {every.precision:.4f}, "
        f"recall {every.recall:.4f}, F1 {every.f1:.4f}"
    )
    persons = truth.drop_duplicates("person").set_index("person")
    for characteristic in ("ethnic_group", "deprivation_fifth", "sex"):
        table = missed_by_group(found, planted, _of_left(planted, persons[characteristic]))
        lines += ["", f"missed by {characteristic}", _HEADING, *map(_row, table.to_dict("records"))]
        if characteristic == "ethnic_group":
            lines.append(_verdict(table))
    print("\n".join(lines))
    if arguments.evidence:
        arguments.evidence.mkdir(parents=True, exist_ok=True)
        text = "# linkage of the region\n\n```\n" + "\n".join(lines) + "\n```\n"
        (arguments.evidence / "linkage_region.md").write_text(text, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--referrals", type=int, default=600_000)
    parser.add_argument("--region", type=Path, help="a demo workspace that was taken in already")
    parser.add_argument("--no-nhs", action="store_true", help="without NHS numbers")
    parser.add_argument("--method", choices=("workbench", "Splink alone"), default="workbench")
    parser.add_argument("--evidence", type=Path, metavar="DIR", help="also write the table there")
    return parser.parse_args()


def _made(region: Path, referrals: int) -> Path:
    at = ["--workspace", str(region)]
    for words in (
        ["demo", "--out", str(region), "--referrals", str(referrals)],
        ["keys", "new", *at],
        ["ingest", "--plain", *at],
    ):
        command = [sys.executable, "-m", "workbench.cli.main", *words, "--quiet"]
        subprocess.run(command, check=True, stdout=sys.stderr)
    return region


def _records(region: Path) -> pd.DataFrame:
    """Who each record is about, and the pathway identifier that says so in the truth."""
    from workbench.intake.vault import open_vault
    from workbench.workspace import open_workspace

    vault = open_vault(open_workspace(region), command="benchmark", why="a made-up region")
    who = vault.identifiers().select(["record_id", "source", *_IDENTIFIERS]).to_pandas()
    landings = (vault.rows(name, ["record_id", _PATHWAY]) for name in vault.names())
    pathways = pd.concat([landing.to_pandas() for landing in landings], ignore_index=True)
    known = pathways.dropna().drop_duplicates("record_id")
    return pd.DataFrame(who.merge(known, on="record_id", how="left"))


def _truth(region: Path, records: pd.DataFrame) -> pd.DataFrame:
    """Person of each record, and the person's groups."""
    pathways = pd.read_parquet(region / "truth" / "pathways.parquet")
    pathways = pathways.assign(source=pathways["source"].astype(str))
    known = pathways[["source", _PATHWAY, "person_id"]].drop_duplicates(["source", _PATHWAY])
    persons = pd.read_parquet(region / "truth" / "persons.parquet")
    persons = persons.assign(deprivation_fifth=(persons["imd_decile"].astype(int) + 1) // 2)
    described = persons[["person_id", "ethnic_group", "deprivation_fifth", "sex"]]
    held = records[["record_id", "source", _PATHWAY]].merge(known, on=["source", _PATHWAY])
    if len(held) < len(records):
        print(f"{len(records) - len(held):,} records have no truth", file=sys.stderr)
    return held.merge(described, on="person_id").rename(columns={"person_id": "person"})


def _linked(records: pd.DataFrame, without_nhs: bool, method: str) -> pd.DataFrame:
    dropped = [_PATHWAY, *(["nhs_number"] if without_nhs else [])]
    held = records.drop(columns=dropped)
    if method == "workbench":
        from workbench.linkage import link

        return pd.DataFrame(link(held, threshold=THRESHOLD, seed=1).clusters)
    from _linkage_peer import splink_clusters

    return pd.DataFrame(splink_clusters(held, threshold=THRESHOLD))


def _person_pairs(clusters: pd.DataFrame, truth: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """True pairs of a person's records at two Trusts, whole: those found, and all."""
    held = truth.merge(clusters[["record_id", "source", "person_id"]], on=["record_id", "source"])
    groups = held.groupby(["person", "source"])["person_id"]
    at = groups.agg(["nunique", "first"]).reset_index()
    met = at.merge(at, on="person", suffixes=("_left", "_right"))
    met = met[met["source_left"] < met["source_right"]]
    names = {f"record_id_{side}": met["person"] + " " + met[f"source_{side}"] for side in _SIDES}
    met = met.assign(**names)
    whole = (met["nunique_left"] == 1) & (met["nunique_right"] == 1)
    found = met[whole & (met["first_left"] == met["first_right"])]
    return found[list(names)], met[list(names)]


_SIDES = ("left", "right")


def _of_left(planted: pd.DataFrame, group: Any) -> Any:
    """Group of each left record, whose name begins with the person's."""
    left = planted["record_id_left"].drop_duplicates()
    return pd.Series(left.str.split(" ").str[0].map(group).to_numpy(), index=left.to_numpy())


_HEADING = f"{'':22}{'pairs':>8}{'missed':>8}{'share %':>9}{'95 % interval':>16}{'gap':>7}{'':>16}"


def _row(row: dict[Hashable, Any]) -> str:
    share, lower, upper, gap, low, high = (
        100 * row[name] for name in ("share", "lower", "upper", "gap", "gap_lower", "gap_upper")
    )
    return (
        f"{row['group']!s:22}{row['pairs']:>8,}{row['missed']:>8,}{share:>9.2f}"
        f"{f'{lower:.2f} to {upper:.2f}':>16}{gap:>7.2f}{f'{low:.2f} to {high:.2f}':>16}"
    )


def _verdict(table: pd.DataFrame) -> str:
    large = table[table["pairs"] >= FEWEST]
    held = bool((large["gap"].abs() <= WIDEST_GAP).all())
    return (
        f"every group with {FEWEST} pairs or more within {100 * WIDEST_GAP:.0f} point of the "
        f"largest: {'yes' if held else 'NO'} ({len(large)} of {len(table)} groups are that large)"
    )


if __name__ == "__main__":
    main()
