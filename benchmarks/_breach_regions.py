"""Regions for the benchmark of breach risk: made, taken in, and linked by their truth."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.breach.clocks import ISSUER, PATHWAY
from workbench.breach.landmark_rows import Landmarks, landmarks
from workbench.demo import write_demo
from workbench.demo.cohort import effects
from workbench.demo.cohort.waits import Chances
from workbench.dictionary.load import load
from workbench.intake import ingest
from workbench.intake.keys import create_keys, open_keys
from workbench.intake.pseudonyms import pseudonym
from workbench.workspace import open_workspace

AS_AT = date(2025, 3, 31)


@dataclass(frozen=True)
class Planted:
    """What a region is made with that another is not.

    Attributes
    ----------
    drift : mapping of str to float
        Log odds of being within each standard that are gained over the region's two years.
    shape : float
        Of the gamma distribution, of mean 1, that the unobserved frailties follow: 1 is the
        demo's own, less is more varied.
    """

    drift: dict[str, float]
    shape: float = 1.0


AS_SHIPPED = Planted(dict(effects.DRIFT))
SLIPPING = Planted({"FDS": -0.5, "31D": -0.3, "62D": -0.5}, 0.6)
"""A service that gets slower as fast as the demo's gets quicker, with more varied patients."""
RECOVERING = Planted({"FDS": 0.8, "31D": 0.4, "62D": 0.7}, 2.0)
"""One that gets quicker twice as fast as the demo's, with less varied patients."""


@dataclass
class Region:
    """A workspace with its store, and what is planted in it."""

    root: Path
    made_with: Planted = field(default_factory=lambda: AS_SHIPPED)

    def table(self, name: str) -> pd.DataFrame:
        """A dataset of the store."""
        return pd.read_parquet(self.root / "store" / f"{name}.parquet", dtype_backend="pyarrow")

    def truth(self, name: str) -> pd.DataFrame:
        """A table of what was planted."""
        return pd.read_parquet(self.root / "truth" / f"{name}.parquet")

    def parts(self) -> pd.DataFrame:
        """Which records are of which pathway: what a linkage without faults would say."""
        kept = self.root / "store" / "planted_parts.parquet"
        if not kept.is_file():
            self._parts().to_parquet(kept)
        return pd.read_parquet(kept)

    def rows(self, standard: str) -> pd.DataFrame:
        """Landmarks seen from the region's last day, kept for another run."""
        kept = self.root / f"landmarks_{standard}.parquet"
        if not kept.is_file():
            self.landmarks(standard, AS_AT).frame.to_parquet(kept)
        return pd.read_parquet(kept)

    def _parts(self) -> pd.DataFrame:
        key = open_keys(self.root).pseudonym_key
        planted = self.truth("pathways")
        plain = planted["patient_pathway_identifier"]
        planted = planted.assign(
            own=[pseudonym(key, "patient_pathway_identifier", one) for one in plain],
            source=planted["source"].astype("str"),
        )
        named = [ISSUER, "source"]
        records = self.table("pathway_records")[["record_id", PATHWAY[0], *named]].astype("str")
        joined = records.merge(
            planted[["own", *named, "pathway_id", "person_id"]].drop_duplicates(["own", *named]),
            left_on=[PATHWAY[0], *named],
            right_on=["own", *named],
        )
        return joined[["record_id", "pathway_id", "person_id"]]

    def landmarks(self, standard: str, as_at: date, *, on_the_day: bool = False) -> Landmarks:
        """Rows of one standard, seen from a day."""
        return landmarks(
            self.table("pathway_records"),
            self.table("milestones"),
            demographics=self.table("demographics"),
            parts=self.parts(),
            persons=self.truth("persons")[["person_id", "imd_decile"]],
            standard=standard,
            as_at=as_at,
            on_the_day=on_the_day,
        )

    def treated_by(self, day: date) -> set[str]:
        """Pathways of which a record names a treatment by a day."""
        records = self.table("pathway_records")
        treated = pd.to_datetime(records["treatment_start_date_cancer"].astype("str"))
        kept = records.loc[treated <= pd.Timestamp(day), ["record_id"]].astype("str")
        return set(kept.merge(self.parts(), on="record_id")["pathway_id"])


@contextmanager
def planted(one: Planted) -> Iterator[None]:
    """Make regions so for a while."""
    kept, drawn = dict(effects.DRIFT), Chances.__dict__["drawn"]

    def otherwise(count: int, random: np.random.Generator, strata: Any = None) -> Chances:
        held = drawn.__get__(None, Chances)(count, random, strata)
        # an exponential over a gamma: its chance of being greater is (1 + ratio / shape)^-shape
        ratio = one.shape * np.expm1(np.log1p(held.ratio_62d) / one.shape)
        frailty = random.gamma(one.shape, 1 / one.shape, count)
        known = random.gamma(one.shape + 1, 1.0, count) / (one.shape + ratio)
        return replace(held, ratio_62d=ratio, frailty_62d=known, frailty_fds=frailty)

    try:
        effects.DRIFT.update(one.drift)
        if one.shape != 1:
            Chances.drawn = staticmethod(otherwise)  # type: ignore[assignment]
        yield
    finally:
        effects.DRIFT.update(kept)
        Chances.drawn = drawn  # type: ignore[method-assign]


def region(root: Path, referrals: int, seed: int, made_with: Planted = AS_SHIPPED) -> Region:
    """Make a region and take it in; one that is there already is used as it stands."""
    if not (root / "store" / "pathway_records.parquet").is_file():
        with planted(made_with):
            write_demo(root, seed, referrals=referrals, as_at=AS_AT)
        if not (root / "keys").exists():
            create_keys(root)
        workspace = open_workspace(root)
        ingest.run(workspace, load(workspace.dictionary), plain=True)
        for bulk in ("inbox", "vault", "quarantine", "workbooks", "reference"):
            shutil.rmtree(root / bulk, ignore_errors=True)
    return Region(root, made_with)
