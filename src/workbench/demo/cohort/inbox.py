"""The files that the three Trusts send, each in its own layout, and the opt-outs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from workbench.demo.cohort import layouts
from workbench.demo.cohort.areas import TRUSTS, Ints
from workbench.demo.cohort.capacity import (
    step_of_milestones,
    step_of_modalities,
    weekly_capacity,
)
from workbench.demo.cohort.demographics import draw_demographics
from workbench.demo.cohort.files_out import text_table, write_csv
from workbench.demo.cohort.held import Columns
from workbench.demo.cohort.items import PATHWAY
from workbench.demo.cohort.journeys import NEVER
from workbench.demo.cohort.layouts import BLOCK, SYSTEMS
from workbench.demo.cohort.milestones import Milestones, clinic_of, draw_milestones
from workbench.demo.cohort.pathway_files import write_pathways
from workbench.demo.cohort.proms import draw_proms
from workbench.demo.cohort.simulate import Simulated
from workbench.dictionary import load
from workbench.dictionary.model import DatasetMapping

OPTED_OUT = 0.03
"""Share of people who have opted out of uses beyond their own care."""

Rows = Callable[[Ints], Columns]
"""Gives the columns of some rows of a dataset."""


def write_inbox(inbox: Path, region: Simulated) -> tuple[dict[str, int], Counter[str]]:
    """Write every file of the inbox.

    Returns
    -------
    dict of str to int
        Rows of each file, by its path under the inbox.
    Counter
        Faults put into the pathway files.
    """
    rows: dict[str, int] = {}
    counts: Counter[str] = Counter()
    dictionary = load()
    mappings = [dictionary.mapping(system.mapping) for system in SYSTEMS]
    for place, mapping in enumerate(mappings):
        rows |= write_pathways(inbox / TRUSTS[place], region, place, mapping, counts)
    for name, trust, columns_of in _datasets(region):
        for place, mapping in enumerate(mappings):
            random = region.streams[f"{name} {TRUSTS[place]}"]
            at = np.flatnonzero(trust == place)
            blocks = [at[first : first + BLOCK] for first in range(0, len(at), BLOCK)]
            table = pa.concat_tables(
                _laid_out(columns_of(block), name, mapping.datasets[name], place, random)
                for block in blocks or [at]
            )
            path = inbox / TRUSTS[place] / f"{name}.csv"
            system = SYSTEMS[place]
            rows[f"{TRUSTS[place]}/{path.name}"] = write_csv(
                path, table, system.encoding, system.newline
            )
    rows["opt_outs.csv"] = _write_opt_outs(inbox / "opt_outs.csv", region)
    return rows, counts


def _laid_out(
    columns: Columns,
    name: str,
    layout: DatasetMapping,
    place: int,
    random: np.random.Generator,
) -> pa.Table:
    system = SYSTEMS[place]
    text = layouts.in_own_words(layouts.as_text(columns, system, random), layout, system, random)
    laid = layouts.in_layout(text, layout, {})
    keys = () if name == "capacity" else (PATHWAY,)
    return text_table(layouts.with_missing(laid, layout, keys, system, random))


def _datasets(region: Simulated) -> Iterator[tuple[str, Ints, Rows]]:
    """Everything but the pathways: name, Trust of each row, and what gives the columns.

    One at a time, so that none is held longer than it is written.
    """
    streams, as_at, records = region.streams, region.as_at, region.records
    milestones = draw_milestones(
        region.referrals, region.journeys, records, as_at, streams["milestones"]
    )
    yield "milestones", milestones.trust.astype(int), milestones.columns
    capacity = _capacity(region, milestones)
    del milestones
    yield "capacity", capacity["trust"], _picker(capacity)
    demographics = draw_demographics(
        records, region.registration, region.registered, region.persons, region.journeys,
        as_at, streams["demographics"],
    )  # fmt: skip
    yield "demographics", demographics["trust"], _picker(demographics)
    del demographics
    proms = draw_proms(
        region.referrals, region.journeys, region.waits, records, as_at, streams["proms"]
    )
    yield "proms", proms["trust"], _picker(proms)


def _picker(columns: Columns) -> Rows:
    def picked(rows: Ints) -> Columns:
        return {name: values[rows] for name, values in columns.items() if name != "trust"}

    return picked


def _capacity(region: Simulated, milestones: Milestones) -> Columns:
    journeys, referrals, after = region.journeys, region.referrals, region.subsequents
    treated = np.flatnonzero(journeys.treated < NEVER)
    clinic = clinic_of(referrals)
    steps = (
        step_of_milestones(milestones.codes)[milestones.code],
        step_of_modalities(journeys.diagnoses.modality[treated]),
        step_of_modalities(after.modality),
    )
    trusts = (milestones.trust, referrals.treating[treated], referrals.treating[after.referral])
    clinics = (milestones.clinic, clinic[treated], clinic[after.referral])
    days = (milestones.day, journeys.treated[treated], after.treated)
    return weekly_capacity(
        np.concatenate(trusts),
        np.concatenate(clinics),
        np.concatenate(steps),
        np.concatenate(days),
        region.region.first,
        region.as_at,
        region.streams["capacity"],
    )


def _write_opt_outs(path: Path, region: Simulated) -> int:
    random = region.streams["opt-outs"]
    chosen = np.flatnonzero(random.random(len(region.persons)) < OPTED_OUT)
    days = region.as_at - random.integers(30, 2_500, len(chosen))
    numbers = region.persons.nhs_number[chosen]
    order = np.argsort(numbers)
    columns = {
        "nhs_number": numbers[order].astype("U10"),
        "opt_out_date": days[order].astype("datetime64[D]").astype("U10"),
    }
    return write_csv(path, text_table(columns))
