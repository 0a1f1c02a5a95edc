"""What exact explanations cost beside shap's, how exact both are, and where shap is wrong.

    python benchmarks/explain.py [--rows N] [--trees N]

All times are of one run, each the best of three, in processor seconds and by the clock.
Models are scikit-learn's own boosted trees on 25 made-up columns: 15 numbers of which one
in twenty is missing, and 10 codes of up to 60 levels, once as ordinals and once native.
Compiling is timed apart, in a process with nothing kept on disk.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import shap
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from workbench.explain.attribution import attributions
from workbench.explain.forest import forest_of_boosted
from workbench.explain.shapley import shapley_values

LEAVES, NUMBERS, CODES = 31, 15, 10
_FIRST = """
import time
import numpy as np
from workbench.explain.shapley import shapley_values
from workbench.explain.forest import Forest
from workbench.explain.kernels import Tree, add_cover
one = np.zeros(1, dtype=np.int64)
tree = Tree(one - 1, np.zeros(1), np.ones(1, bool), one - 1, np.zeros((0, 8), np.uint32),
            one, one, np.ones(1), np.ones(1))
begun = time.process_time()
forest = Forest(0.0, np.array([0, 1]), tree, 0)
add_cover(tree, np.zeros((1, 5)))
shapley_values(forest, np.zeros((1, 5)), threads=1)
print(time.process_time() - begun)
"""


def main() -> None:
    """Measure, and print a table."""
    arguments = _arguments()
    print(
        f"Python {platform.python_version()}, scikit-learn {sklearn.__version__}, "
        f"shap {shap.__version__}, numba {numba.__version__}, {os.cpu_count()} processors; "
        f"{arguments.rows:,} rows, {arguments.trees} trees of {LEAVES} leaves, best of 3"
    )
    data, late = made_up(2 * arguments.rows)
    print("\n                                         processor s   by the clock s")
    ordinal, native = (fitted(data, late, codes, arguments.trees) for codes in (False, True))
    ours = _ours("exact, ordinals", ordinal, data[: arguments.rows])
    _shap(ordinal, data[: arguments.rows], ours)
    _ours("exact, native codes", native, data[: arguments.rows])
    _native(native, data[: arguments.rows])
    _threads(native, data[: arguments.rows])
    _compiling()


def made_up(count: int) -> tuple[Any, Any]:
    """Numbers with missing cells, codes of up to 60 levels, and an outcome that hangs on some."""
    draw = np.random.default_rng(0)
    data = draw.normal(size=(count, NUMBERS + CODES))
    for place in range(CODES):
        data[:, NUMBERS + place] = draw.integers(0, 6 + 6 * place, count)
    known = data.copy()
    data[:, :NUMBERS][draw.random((count, NUMBERS)) < 0.05] = np.nan
    ease = np.random.default_rng(1).normal(0, 0.6, (CODES, 60))
    margin = known[:, 0] + np.sin(3 * known[:, 1]) * known[:, 2]
    for place in range(CODES):
        margin += ease[place, known[:, NUMBERS + place].astype(int)]
    return data, (draw.random(count) < 1 / (1 + np.exp(-margin))).astype(int)


def fitted(data: Any, late: Any, codes: bool, trees: int) -> HistGradientBoostingClassifier:
    """Boosted trees; one thread, since threads that wait for each other cost more."""
    native = list(range(NUMBERS, NUMBERS + CODES)) if codes else None
    model = HistGradientBoostingClassifier(
        max_iter=trees, max_leaf_nodes=LEAVES, categorical_features=native,
        early_stopping=False, random_state=0,
    )  # fmt: skip
    with threadpool_limits(1):
        return model.fit(data, late)


def _ours(name: str, model: HistGradientBoostingClassifier, rows: Any) -> tuple[Any, float, float]:
    found = attributions(model, rows)
    cpu, clock = _best(lambda: attributions(model, rows))
    off = np.abs(found.base + found.by_feature.sum(axis=1) - model.decision_function(rows)).max()
    print(f"{name:40s} {cpu:11.2f} {clock:14.2f}   furthest off the margin {off:.1e}")
    return found, cpu, clock


def _shap(model: Any, rows: Any, ours: tuple[Any, float, float]) -> None:
    explainer = shap.TreeExplainer(model)
    values = explainer.shap_values(rows)
    cpu, clock = _best(lambda: explainer.shap_values(rows))
    apart = np.abs(values - ours[0].by_feature.to_numpy()).max()
    print(f"{'shap, ordinals':40s} {cpu:11.2f} {clock:14.2f}   furthest from ours {apart:.1e}")
    print(
        f"exact over shap: {ours[1] / cpu:.3f} of the processor time, {ours[2] / clock:.3f} by the "
        f"clock (at most 1) {'ok' if ours[1] <= cpu and ours[2] <= clock else 'MISSED'}"
    )


def _native(model: Any, rows: Any) -> None:
    """What shap says of native codes, where it is asked to check itself."""
    explainer = shap.TreeExplainer(model)
    values = explainer.shap_values(model._preprocess_X(rows, reset=False), check_additivity=True)
    whole = values.sum(axis=1) + float(np.ravel(explainer.expected_value)[0])
    margin = model.decision_function(rows)
    off = np.abs(whole - margin)
    print(
        f"shap, native codes: off the margin by {off.mean():.2f} on average and {off.max():.2f} at "
        f"most, where margins have a standard deviation of {margin.std():.2f}; it gave no warning"
    )


def _threads(model: Any, rows: Any) -> None:
    forest = forest_of_boosted(model)
    matrix = np.ascontiguousarray(model._preprocess_X(rows, reset=False).T)
    one, others = shapley_values(forest, matrix, threads=1), []
    for threads in (1, 2):
        cpu, clock = _best(lambda threads=threads: shapley_values(forest, matrix, threads=threads))
        others.append(shapley_values(forest, matrix, threads=threads))
        print(f"{f'the values alone, {threads} threads':40s} {cpu:11.2f} {clock:14.2f}")
    same = all(np.array_equal(one, other) for other in others)
    print(f"same bits at 1 and 2 threads: {'ok' if same else 'MISSED'}")


def _compiling() -> None:
    with tempfile.TemporaryDirectory() as folder:
        kept = {**os.environ, "NUMBA_CACHE_DIR": folder}
        words = [sys.executable, "-c", _FIRST]
        first, again = (
            float(subprocess.run(words, env=kept, check=True, capture_output=True).stdout)
            for _ in range(2)
        )
    print(f"compiling, once for a machine: {first:.1f} processor s; loading it after: {again:.2f}")


def _best(work: Callable[[], object]) -> tuple[float, float]:
    times = []
    for _ in range(3):
        cpu, clock = time.process_time(), time.perf_counter()
        work()
        times.append((time.process_time() - cpu, time.perf_counter() - clock))
    return min(cpu for cpu, _ in times), min(clock for _, clock in times)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--trees", type=int, default=200)
    return parser.parse_args()


if __name__ == "__main__":
    main()
