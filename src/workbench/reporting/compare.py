"""Compares two runs: first the bits, then the numbers, then why they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.files import sha256
from workbench.reporting.folder import INDEX, MANIFEST, SUMS, files_of, read_manifest

TOLERANCE = 1e-9
"""Relative; what another processor's arithmetic may change, and no reader could see."""


@dataclass(frozen=True)
class Compared:
    """One file of two runs.

    Attributes
    ----------
    file : str
        Its name within the run.
    verdict : {"identical", "equal within 1e-9", "DIFFERENT", "only in the first", \
"only in the second"}
        How they compare.
    detail : str
        How much they differ; empty if they do not.
    """

    file: str
    verdict: str
    detail: str = ""

    @property
    def same(self) -> bool:
        """Whether no figure differs."""
        return self.verdict in ("identical", "equal within 1e-9")


def compare_runs(first: Path, second: Path) -> list[Compared]:
    """Every file of two runs, manifests aside, sorted by name."""
    names = [set(files_of(folder)) - {MANIFEST, INDEX} for folder in (first, second)]
    return [_compare_file(first, second, name) for name in sorted(names[0] | names[1])]


def _compare_file(first: Path, second: Path, name: str) -> Compared:
    one, two = first / name, second / name
    if not two.is_file():
        return Compared(name, "only in the first")
    if not one.is_file():
        return Compared(name, "only in the second")
    if sha256(one) == sha256(two):
        return Compared(name, "identical")
    if one.suffix in {".csv", ".parquet"}:
        return _compare_tables(name, _read(one), _read(two))
    return Compared(name, "DIFFERENT", "not the same bytes")


def _read(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _compare_tables(name: str, one: pd.DataFrame, two: pd.DataFrame) -> Compared:
    if list(one.columns) != list(two.columns):
        return Compared(name, "DIFFERENT", "other columns")
    if len(one) != len(two):
        return Compared(name, "DIFFERENT", f"{len(one):,} rows against {len(two):,}")
    cells, largest, close = 0, 0.0, True
    for column in map(str, one.columns):
        wrong = one[column].astype(str) != two[column].astype(str)
        cells += int(wrong.sum())
        numbers = [pd.to_numeric(t.loc[wrong, column], errors="coerce") for t in (one, two)]
        gaps = (numbers[0] - numbers[1]).abs()
        close &= bool((gaps <= TOLERANCE * numbers[0].abs().clip(lower=1)).all())
        largest = max(largest, float(gaps.max()) if gaps.notna().any() else 0.0)
    detail = f"{cells:,} cells, largest difference {largest:.3g}"
    return Compared(name, "equal within 1e-9" if close else "DIFFERENT", detail)


def broken_sums(run: Path) -> list[str]:
    """Files of a run that are not as its ``SHA256SUMS`` says; empty if all hold."""
    try:
        lines = (run / SUMS).read_text(encoding="utf-8").splitlines()
    except OSError:
        return [f"{SUMS} is missing"]
    faults = []
    for line in lines:
        digest, _, name = line.partition("  ")
        path = run / name
        if not path.is_file():
            faults.append(f"{name} is missing")
        elif sha256(path) != digest:
            faults.append(f"{name} was changed")
    told = {line.partition("  ")[2] for line in lines}
    return faults + [f"{name} was added" for name in files_of(run) if name not in told]


def causes(first: Path, second: Path) -> list[str]:
    """Why two runs may differ: what of code, data, parameters and environment does."""
    one, two = read_manifest(first), read_manifest(second)
    found = [
        f"{label} differs"
        for label, path in (
            ("package source", ("code", "source")),
            ("package lock", ("code", "lock")),
            ("data dictionary", ("dictionary",)),
            ("Python or its settings", ("environment",)),
        )
        if _at(one, path) != _at(two, path)
    ]
    steps = [{step["notebook"]: step for step in manifest["steps"]} for manifest in (one, two)]
    for name in sorted(set(steps[0]) & set(steps[1])):
        found += _causes_in_step(name, steps[0][name], steps[1][name])
    return found


def _at(manifest: Mapping[str, Any], path: Iterable[str]) -> Any:
    value: Any = manifest
    for part in path:
        value = value[part]
    return value


def _causes_in_step(name: str, one: Mapping[str, Any], two: Mapping[str, Any]) -> list[str]:
    values = [{p["name"]: p["value"] for p in step["parameters"]} for step in (one, two)]
    found = [
        f"{name}: parameter {key} is {values[0].get(key)} against {values[1].get(key)}"
        for key in sorted(set(values[0]) | set(values[1]))
        if values[0].get(key) != values[1].get(key)
    ]
    if one["input_digests"] != two["input_digests"] or one["inputs"] != two["inputs"]:
        found.append(f"{name}: input files differ")
    if one["datasets_read"] != two["datasets_read"]:
        found.append(f"{name}: datasets read differ")
    if not found and one["key"] != two["key"]:
        found.append(
            f"{name}: what the step depends on differs; its code, if nothing else is named"
        )
    return found
