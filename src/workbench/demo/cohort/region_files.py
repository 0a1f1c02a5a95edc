"""A whole synthetic region on disk: what the Trusts send, the truth, and its small areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from workbench.demo.cohort.files_out import text_table, write_csv
from workbench.demo.cohort.inbox import write_inbox
from workbench.demo.cohort.nhs_numbers import MOST
from workbench.demo.cohort.pathway_files import NOTICE
from workbench.demo.cohort.simulate import simulate
from workbench.demo.cohort.truth import write_truth
from workbench.errors import ParameterError

AS_AT = date(2025, 3, 31)
_EARLIEST, _LATEST = date(2000, 1, 1), date(2034, 12, 31)


@dataclass(frozen=True)
class RegionSummary:
    """What was written.

    Attributes
    ----------
    referrals, persons, cancers, shared : int
        Referrals, the people they are of, those in which cancer is found, and the pathways
        that two Trusts share by `as_at`.
    rows : mapping of str to int
        Rows of each file, by its path under the inbox.
    faults : mapping of str to int
        How often each kind of mess was put into the pathway files.
    real_areas : bool
        Whether the small areas are real ones.
    """

    folder: Path
    seed: int
    as_at: date
    referrals: int
    persons: int
    cancers: int
    shared: int
    rows: Mapping[str, int]
    faults: Mapping[str, int]
    real_areas: bool


def write_region(
    folder: Path,
    *,
    referrals: int = 60_000,
    seed: int = 1,
    as_at: date = AS_AT,
    geography: Path | None = None,
) -> RegionSummary:
    """Write a synthetic region: ``inbox/``, ``truth/`` and ``reference/``.

    Parameters
    ----------
    folder : Path
        Written into; files of the same names are replaced. To write all or nothing, give
        a draft and move it.
    referrals : int, optional
        Received in the 24 months that end at `as_at`. 60,000 are about what three middling
        Trusts receive in half a year: enough for every tumour group, small enough to try.
    seed : int, optional
        0 or more. The same arguments give the same bytes.
    as_at : date, optional
        The day that the data are seen from. Nothing later is known but what is booked.
    geography : Path, optional
        Folder of official files (see `areas.GEOGRAPHY_FILES`): real small areas then.

    Raises
    ------
    ParameterError
        An argument is out of range; all that are, are listed.
    InputError
        A file of `geography` is absent.
    """
    _refuse(referrals, seed, as_at)
    region = simulate(referrals, seed, as_at, geography)
    rows, faults = write_inbox(folder / "inbox", region)
    note = f"{NOTICE}. Written by `workbench demo`; safe to delete.\n"
    (folder / "inbox" / "SYNTHETIC.txt").write_text(note, encoding="utf-8", newline="\n")
    write_truth(folder / "truth", region)
    areas = region.areas.table()
    lookup = {name: areas[name].astype(str).to_numpy(dtype=str) for name in areas.columns}
    write_csv(folder / "reference" / "small_areas.csv", text_table(lookup))
    return RegionSummary(
        folder,
        seed,
        as_at,
        referrals,
        len(region.persons),
        int(region.referrals.cancer.sum()),
        int(np.sum(region.journeys.transferred <= region.as_at)),
        rows,
        dict(sorted(faults.items())),
        region.areas.real,
    )


def _refuse(referrals: int, seed: int, as_at: date) -> None:
    faults = []
    if not 1 <= referrals <= MOST:
        faults.append(
            f"referrals should be from 1 to {MOST:,}: the range of NHS numbers kept for tests "
            "holds no more"
        )
    if seed < 0:
        faults.append("seed should be 0 or more")
    if not _EARLIEST <= as_at <= _LATEST:
        faults.append(f"as_at should be from {_EARLIEST} to {_LATEST}")
    if faults:
        raise ParameterError(
            "The region cannot be made.", faults, remedy="workbench demo --referrals 60000 --seed 1"
        )
