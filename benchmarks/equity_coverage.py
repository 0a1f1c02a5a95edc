"""How often the intervals of adjusted gaps hold the planted truth, against how often they say.

    python benchmarks/equity_coverage.py [--seeds N] [--cancers N] [--share-only]

Each seed draws cancers anew from one calibrated region and adjusts every gap in the share
within 62 days, as odds ratio and as standardised difference, and in days with open
pathways: as ratio, and as difference of mean days up to day 62 and 104. At 200 seeds an
interval of 95 % holds the truth in 182 to 196, but for two gaps in a hundred. Beside it:
how often the interval of the crude gap would have held it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import binom

from workbench.demo.cohort.drawn import drawn_cancers, planted_mean_differences, planted_region
from workbench.demo.cohort.effects import REFERENCE
from workbench.demo.cohort.planted import planted_effects
from workbench.demo.cohort.region_model import Region
from workbench.demo.region import AS_AT
from workbench.equity import adjust
from workbench.statistics.differences import newcombe

CASE_MIX = ("tumour_group", "route", "provider", "shared", "quarter")
SCALES = {
    "risk_difference_standardised": "difference",
    "odds_ratio": "odds_ratio",
    "time_ratio": "time_ratio",
}
DAY = 62


def main() -> None:
    """Run the seeds and print how often each interval held the truth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--cancers", type=int, default=9_000)
    parser.add_argument(
        "--share-only", action="store_true", help="gaps in the share within 62 days, not in days"
    )
    arguments = parser.parse_args()
    began = time.process_time()
    region = planted_region(AS_AT)
    planted = pd.concat([planted_effects(region, np.random.default_rng(1)), planted_means(region)])
    held = pd.concat(
        one_seed(
            drawn_cancers(region, arguments.cancers, seed), planted, arguments.share_only
        ).assign(seed=seed)
        for seed in range(1, arguments.seeds + 1)
    )
    by = ["scale", "characteristic", "group"]
    table = held.groupby(by, sort=False).agg(
        truth=("truth", "first"), mean=("estimate", "mean"), held=("held", "sum"),
        seeds=("held", "size"),
    )  # fmt: skip
    low, high = binom.ppf([0.01, 0.99], arguments.seeds, 0.95)
    table["verdict"] = np.where(table["held"].between(low, high), "ok", "OUT")
    table.loc[table.index.get_level_values("scale") == "crude", "verdict"] = ""
    print(table.to_string(float_format=lambda value: f"{value:.4f}"))
    judged = table[table["verdict"] != ""]
    print(
        f"{arguments.seeds} seeds of {arguments.cancers:,} cancers; expected {low:.0f} to "
        f"{high:.0f} of each; {int((judged['verdict'] == 'ok').sum())} of {len(judged)} are; "
        f"{time.process_time() - began:.0f} s CPU"
    )


def planted_means(region: Region) -> pd.DataFrame:
    """The truth of mean days, laid out as the other planted effects are."""
    rows = [
        ("62D", characteristic, group, f"mean_to_{day}", value)
        for characteristic in REFERENCE
        for day in adjust.UNTIL
        for group, value in planted_mean_differences(region, characteristic, day).items()
    ]
    return pd.DataFrame(rows, columns=["standard", "characteristic", "group", "scale", "value"])


def one_seed(
    cancers: pd.DataFrame, planted: pd.DataFrame, share_only: bool = False
) -> pd.DataFrame:
    """Whether each interval of one draw holds the truth."""
    known = cancers[cancers["followed"] >= DAY]
    known = known.assign(
        within=adjust.outcome_by_day(known["days"], known["ended"], DAY).astype(int)
    )
    rows = []
    for characteristic in ("ethnic_group", "imd_quintile", "sex", "age_band"):
        of = planted[
            (planted["standard"] == "62D") & (planted["characteristic"] == characteristic)
        ].set_index(["scale", "group"])["value"]
        for scale, estimate, lower, upper, group in _intervals(
            cancers, known, characteristic, share_only
        ):
            truth_of = "risk_difference_standardised" if scale == "crude" else scale
            truth = float(of[(truth_of, group)])
            rows.append((scale, characteristic, group, truth, estimate, lower <= truth <= upper))
    return pd.DataFrame(
        rows, columns=["scale", "characteristic", "group", "truth", "estimate", "held"]
    )


def _intervals(
    cancers: pd.DataFrame, known: pd.DataFrame, characteristic: str, share_only: bool
) -> Iterator[tuple[str, float, float, float, str]]:
    reference = REFERENCE[characteristic]
    mix = [*CASE_MIX, *(name for name in REFERENCE if name != characteristic)]
    found = {
        "risk_difference_standardised": adjust.standardised_risk_difference(
            known, "within", characteristic, mix, reference=reference
        ),
        "odds_ratio": adjust.adjusted_odds_ratio(
            known, "within", characteristic, mix, reference=reference
        ),
    }
    if not share_only:
        found |= _in_days(cancers, characteristic, mix, reference)
    for scale, table in found.items():
        for row in table[table["status"] == "ok"].to_dict("records"):
            estimate = float(row[SCALES.get(scale, "difference")])
            yield scale, estimate, row["lower"], row["upper"], row["group"]
    counts = known.groupby(characteristic)["within"].agg(["sum", "size"]).astype(float)
    there = counts.loc[reference]
    for group, own in counts.drop(reference).iterrows():
        if own["size"] < 30:
            continue
        gap = newcombe(own["sum"], own["size"], there["sum"], there["size"])
        yield "crude", float(gap.estimate), float(gap.lower), float(gap.upper), str(group)


def _in_days(
    cancers: pd.DataFrame, characteristic: str, mix: list[str], reference: str
) -> dict[str, pd.DataFrame]:
    ratio = adjust.time_ratio(
        cancers, "days", "ended", characteristic, mix, reference=reference,
        spread_by="tumour_group",
    )  # fmt: skip
    means = adjust.restricted_mean_wait(
        cancers, "days", "ended", characteristic, mix, reference=reference
    )
    by_day = {f"mean_to_{day}": table for day, table in means.groupby("until")}
    return {"time_ratio": ratio, **by_day}


if __name__ == "__main__":
    main()
