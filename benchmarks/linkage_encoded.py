"""What linkage without identifiers costs: F1 on the same sets, in clear and encoded.

python benchmarks/linkage_encoded.py [ROWS] [SEEDS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pandas as pd

from _linkage_score import cross_pairs, score
from _linkage_sets import Sets, two_trusts
from workbench.linkage import link
from workbench.linkage.encoded_link import link_encoded
from workbench.linkage.encoding import encode
from workbench.linkage.encoding_parameters import HARDENINGS, load_parameters
from workbench.linkage.encoding_secret import SECRET_BYTES, Secret

SECRET = Secret(bytes(range(SECRET_BYTES)))  # of made-up people: there is nothing to keep


def clusters(sides: list[pd.DataFrame], hardening: str | None) -> pd.DataFrame:
    """Who is whom, by identifiers in clear or by their encodings."""
    if hardening is None:
        return link(sides).clusters
    parameters = load_parameters(hardening=hardening)
    return link_encoded([encode(side, SECRET, parameters).table for side in sides]).clusters


def rows(sets: Sets, *, with_numbers: bool) -> Iterator[str]:
    """One line a method."""
    drop = [] if with_numbers else ["nhs_number"]
    sides = [side.drop(columns=drop) for side in (sets.left, sets.right)]
    planted = cross_pairs(sets.truth, "person")
    for hardening in (None, *HARDENINGS):
        started = time.perf_counter()
        found = score(cross_pairs(clusters(sides, hardening), "person_id"), planted)
        took = time.perf_counter() - started
        name = "in clear" if hardening is None else f"encoded, {hardening}"
        numbers = "with" if with_numbers else "without"
        yield (
            f"| {numbers} NHS numbers | {name} | {found.precision:.4f} | {found.recall:.4f} "
            f"| {found.f1:.4f} | {took:.1f} |"
        )


def main(count: int = 20_000, seeds: tuple[int, ...] = (1, 2)) -> None:
    """Print a table."""
    print("| set | method | precision | recall | F1 | seconds |\n|---|---|---|---|---|---|")
    for seed in seeds:
        sets = two_trusts(count, seed)
        for with_numbers in (True, False):
            for line in rows(sets, with_numbers=with_numbers):
                print(line.replace("NHS numbers |", f"NHS numbers, seed {seed} |"), flush=True)


if __name__ == "__main__":
    words = sys.argv[1:]
    given = tuple(int(one) for one in words[1].split(",")) if len(words) > 1 else (1, 2)
    main(int(words[0]) if words else 20_000, given)
