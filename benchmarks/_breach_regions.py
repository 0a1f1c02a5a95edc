"""Regions for the benchmark of breach risk: made, taken in, and linked by their truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from workbench.breach.clocks import ISSUER, PATHWAY
from workbench.breach.landmark_rows import Landmarks, landmarks
from workbench.demo import write_demo
from workbench.dictionary.load import load
from workbench.intake import ingest
from workbench.intake.keys import create_keys, open_keys
from workbench.intake.pseudonyms import pseudonym
from workbench.workspace import open_workspace

AS_AT = date(2025, 3, 31)


@dataclass
class Region:
    """A workspace with its store, and what is planted in it."""

    root: Path

    def table(self, name: str) -> pd.DataFrame:
        """A dataset of the store."""
        return pd.read_parquet(self.root / "store" / f"{name}.parquet", dtype_backend="pyarrow")

    def truth(self, name: str) -> pd.DataFrame:
        """A table of what was planted."""
        return pd.read_parquet(self.root / "truth" / f"{name}.parquet")

    def parts(self) -> pd.DataFrame:
        """Which records are of which pathway: what a linkage without faults would say."""
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


def region(root: Path, referrals: int, seed: int) -> Region:
    """Make a region and take it in; one that is there already is used as it stands."""
    if not (root / "store" / "pathway_records.parquet").is_file():
        write_demo(root, seed, referrals=referrals, as_at=AS_AT)
        if not (root / "keys").exists():
            create_keys(root)
        workspace = open_workspace(root)
        ingest.run(workspace, load(workspace.dictionary), plain=True)
    return Region(root)
