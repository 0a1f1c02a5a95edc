"""Fairness assessment held against fairlearn: cost, agreement, coverage, false alarms.

    python benchmarks/fairness.py [--sets 2000] [--rows 100000] [--parts cost,limits,...]

*cost*: CPU of 1,000 replicates over six ethnic groups by sex by deprivation fifth (60 cells
where three meet), for six count metrics and for all figures with patients as clusters;
fairlearn's own bootstrap beside it, with few replicates and extrapolated. *limits*: point
estimates and limits against fairlearn's on smaller sets. *coverage*: gaps planted in light
simulated sets, and none planted; how often 95 % intervals hold the gap of the population,
and in how many sets any gap at all, or the largest gap, is called more than chance.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from fairlearn.metrics import (
    MetricFrame,
    false_negative_rate,
    false_positive_rate,
    selection_rate,
    true_negative_rate,
    true_positive_rate,
)
from scipy.special import expit
from scipy.stats import binom
from sklearn.metrics import precision_score
from threadpoolctl import threadpool_limits

from workbench.fairness import METRICS, assess
from workbench.fairness.cases import Cases
from workbench.fairness.estimates import ENOUGH, Figure
from workbench.fairness.flags import many
from workbench.fairness.gaps import adjusted, gaps_of
from workbench.fairness.groups import Grouping, Partition
from workbench.fairness.rate_figures import rate_figures
from workbench.fairness.rates import RATES
from workbench.fairness.redraws import streams
from workbench.fairness.scored import SCORED
from workbench.fairness.scored_figures import scored_figures
from workbench.fairness.spreads import against_chance

PEER = {
    "fnr": false_negative_rate,
    "selection_rate": selection_rate,
    "precision": partial(precision_score, zero_division=0),
    "fpr": false_positive_rate,
    "tpr": true_positive_rate,
    "tnr": true_negative_rate,
}
COUNTS = tuple(PEER)
ETHNIC = ("Asian", "Black", "Mixed", "Not known", "Other", "White")
SHARES = (0.12, 0.08, 0.05, 0.06, 0.04, 0.65)
GROUPS = ("ethnicity", "sex", "imd_quintile")
UP = (0.0, 0.5, -0.3, 0.2, 0.6, 0.0)
"""By ethnic group, what the odds of the event are higher by than the score knows."""
MOVED = (0.3, 0.0, 0.0, -0.4, 0.3, 0.0)
"""By ethnic group, what is wrongly added to the log odds of the score."""
CAPACITY = 0.2


def main() -> None:
    """Run the parts and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=2_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--parts", default="cost,limits,coverage")
    arguments = parser.parse_args()
    with threadpool_limits(1):
        if "cost" in arguments.parts:
            cost(arguments.rows)
        if "limits" in arguments.parts:
            limits()
        if "coverage" in arguments.parts:
            coverage(arguments.sets)


def drawn(rows: int, seed: int, planted: bool) -> pd.DataFrame:
    """Draw cases with risks and outcomes; with gaps between ethnic groups, or with none."""
    random = np.random.default_rng(seed)
    group = random.choice(len(ETHNIC), rows, p=SHARES)
    margin = random.normal(-1.1, 1.1, rows)
    up, moved = (np.array(one)[group] * planted for one in (UP, MOVED))
    return pd.DataFrame(
        {
            "risk": expit(margin + moved),
            "outcome": (random.random(rows) < expit(margin + up)).astype(int),
            "ethnicity": np.array(ETHNIC)[group],
            "sex": np.array(["1", "2"])[random.integers(0, 2, rows)],
            "imd_quintile": random.integers(1, 6, rows).astype(str),
            "person": random.integers(0, rows // 2, rows),
            "record_id": np.arange(rows),
        }
    )


def timed(work: Callable[[], object], times: int = 3) -> float:
    """CPU seconds of some work, the least of a few."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def cost(rows: int) -> None:
    """Cost of intervals, and of fairlearn's."""
    frame = drawn(rows, 1, planted=True)
    # A patient is of one group: rows of one person take the first one's.
    for name in GROUPS:
        frame[name] = frame.groupby("person")[name].transform("first")
    kept = {"groups": list(GROUPS), "id": "record_id"}
    cells = frame.groupby(list(GROUPS)).ngroups
    print(f"{rows:,} rows, {cells} cells where three characteristics meet; CPU s, one thread")
    for name, more in (
        ("six count metrics", {"metrics": COUNTS}),
        ("eight figures", {"metrics": METRICS}),
        ("eight figures, by patient", {"metrics": METRICS, "cluster": "person"}),
    ):
        ours = [
            timed(lambda at=at, more=more: assess(
                frame, "outcome", replicates=at, **kept, **more))  # type: ignore[arg-type]
            for at in (0, 1_000)
        ]  # fmt: skip
        print(
            f"  workbench, {name + ',':26} point estimates {ours[0]:6.2f}   "
            f"1,000 replicates {ours[1]:6.2f}   beyond {ours[1] - ours[0]:6.2f}"
        )
    flags = flagged(frame)
    sensitive = frame[list(GROUPS)]

    def peer(n: int | None) -> None:
        more = {} if n is None else {"n_boot": n, "ci_quantiles": [0.025, 0.975], "random_state": 1}
        MetricFrame(
            metrics=PEER, y_true=frame["outcome"], y_pred=flags, sensitive_features=sensitive,
            **more,
        )  # fmt: skip

    point, few = timed(partial(peer, None), 1), timed(partial(peer, 3), 1)
    each = (few - point) / 3
    print(
        f"  fairlearn, six count metrics,  point estimates {point:6.2f}   3 replicates "
        f"{few:6.2f}   1,000 replicates about {point + 1000 * each:,.0f} (extrapolated)\n"
        "    (fairlearn: the cells where three meet alone; workbench: those, all pairs, all "
        "single groups,\n    each against everyone else, and deals by lot for the largest gap)"
    )


def flagged(frame: pd.DataFrame) -> np.ndarray:
    """The highest scores, as many as the capacity."""
    flags = np.zeros(len(frame), dtype=int)
    order = np.lexsort((frame["record_id"], -frame["risk"]))
    flags[order[: int(CAPACITY * len(frame) + 1e-9)]] = 1
    return flags


def limits(sets: int = 3, rows: int = 4_000, replicates: int = 200) -> None:
    """Point estimates and limits beside fairlearn's."""
    exact, ends, widths = 0.0, [], []
    for seed in range(sets):
        frame = drawn(rows, 500 + seed, planted=True)
        found = assess(
            frame, "outcome", groups=["ethnicity"], id="record_id", metrics=COUNTS, seed=seed
        ).metrics
        peer = MetricFrame(
            metrics=PEER, y_true=frame["outcome"], y_pred=flagged(frame),
            sensitive_features=frame["ethnicity"], n_boot=replicates,
            ci_quantiles=[0.025, 0.975], random_state=seed,
        )  # fmt: skip
        for row in found[found["characteristic"] == "ethnicity"].to_dict("records"):
            low, high = (one.loc[row["group"], row["metric"]] for one in peer.by_group_ci)
            exact = max(exact, abs(row["raw"] - peer.by_group.loc[row["group"], row["metric"]]))
            if row["status"] == "ok":
                ends += [abs(row["lower"] - low), abs(row["upper"] - high)]
                widths.append((row["upper"] - row["lower"]) / (high - low))
    print(
        f"\n{sets} sets of {rows:,} rows, 6 groups, 6 metrics, fairlearn with {replicates} "
        f"replicates\n  largest difference of point estimates {exact:.1e}\n"
        f"  limits differ by {np.median(ends):.4f} (median), {np.quantile(ends, 0.95):.4f} (95 %), "
        f"{max(ends):.4f} (most)\n"
        f"  width over fairlearn's: median {np.median(widths):.3f}, "
        f"{np.quantile(widths, 0.05):.3f} to {np.quantile(widths, 0.95):.3f} (middle 90 %)"
    )


def light(rows: int, seed: int, planted: bool) -> Cases:
    """Cases of `drawn`, straight from arrays: six groups, nothing else."""
    random = np.random.default_rng(seed)
    group = random.choice(len(ETHNIC), rows, p=SHARES)
    margin = random.normal(-1.1, 1.1, rows)
    up, moved = (np.array(one)[group] * planted for one in (UP, MOVED))
    risk = expit(margin + moved)
    outcome = (random.random(rows) < expit(margin + up)).astype(float)
    order = np.argsort(-risk, kind="stable")
    places, known = np.arange(len(ETHNIC)), np.ones(len(ETHNIC), dtype=bool)
    partition = Partition("ethnicity", ("ethnicity",), ETHNIC, known, places)
    grouping = Grouping(group[order], len(ETHNIC), (partition,))
    flags = np.arange(rows) < many(CAPACITY, rows)
    return Cases(risk[order], outcome[order], flags, grouping, None, True, pd.DataFrame())


def figures_of(cases: Cases, metrics: Sequence[str], replicates: int, seed: int) -> list[Figure]:
    """Figures with their samples, as `assess` makes them."""
    random = streams(seed, ("rates", "scores"))
    return [
        *rate_figures(cases, [one for one in metrics if one in RATES], replicates=replicates,
                      random=random["rates"]),
        *scored_figures(cases, [one for one in metrics if one in SCORED],
                        replicates=replicates, random=random["scores"]),
    ]  # fmt: skip


def coverage(sets: int, rows: int = 3_000) -> None:
    """How often intervals hold planted gaps, and how often none is called one."""
    every = max(sets // 8, 1)
    for name, metrics, times, planted in (
        ("gaps planted", COUNTS[:4], sets, True),
        ("no gap", COUNTS[:4], sets, False),
        ("gaps planted, all figures", METRICS, every, True),
        ("no gap, all figures", METRICS, every, False),
    ):
        truth = [
            (one.own.estimate - one.rest.estimate) * planted
            for one in figures_of(light(4_000_000, 77, planted), metrics, 0, 1)
        ]
        judged = [one_set(rows, 10_000 + seed, planted, metrics, truth) for seed in range(times)]
        held = np.mean([one.held for one in judged], axis=0)
        alarms = np.mean([one.alarms for one in judged], axis=0)
        low, high = binom.ppf([0.025, 0.975], times, 0.05) / times
        said = ", ".join(f"{one} {share:.1%}" for one, share in zip(metrics, held, strict=True))
        print(
            f"\n{name}: {times:,} sets of {rows:,} rows, {len(metrics)} figures of 6 groups "
            f"against everyone else, 1,000 replicates\n"
            f"  95 % intervals hold the gap of the population in {held.mean():.1%}: {said}\n"
            f"  sets with any gap called more than chance {alarms[0]:.1%}, in missed events "
            f"{alarms[1]:.1%}, the largest gap in missed events {alarms[2]:.1%}"
            + (f" (5 % would be {low:.1%} to {high:.1%})" if not planted else ""),
            flush=True,
        )


@dataclass(frozen=True)
class Judged:
    """One set: share of groups whose interval held, by figure; alarms of any kind."""

    held: list[float]
    alarms: tuple[bool, bool, bool]


def one_set(
    rows: int, seed: int, planted: bool, metrics: Sequence[str], truth: Sequence[np.ndarray]
) -> Judged:
    """Assess one simulated set."""
    cases = light(rows, seed, planted)
    place = cases.grouping.place(cases.grouping.partitions[0])
    events = np.bincount(place, cases.outcome, len(ETHNIC))
    found = figures_of(cases, metrics, 1_000, seed)
    gaps = [gaps_of(one, events, events.sum() - events) for one in found]
    held = [
        float(np.mean((one.lower <= true) & (true <= one.upper)))
        for one, true in zip(gaps, truth, strict=True)
    ]
    first = np.repeat([one.metric == "fnr" for one in found], len(ETHNIC))
    q = adjusted(np.concatenate([one.p for one in gaps]), first)
    random = np.random.default_rng(seed)
    largest = against_chance(cases, found[0], place, events >= ENOUGH, 1_000, random)
    clear = q < 0.05
    return Judged(held, (bool(clear.any()), bool(clear[first].any()), largest["p"] < 0.05))


if __name__ == "__main__":
    main()
