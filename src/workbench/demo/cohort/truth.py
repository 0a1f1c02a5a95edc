"""The planted truth, apart from what the Trusts send; analysis code never reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.demo.cohort import effects, names
from workbench.demo.cohort.areas import TRUSTS, Ints
from workbench.demo.cohort.hazards import SHAPE_31D, SHAPE_FDS, shapes_62d
from workbench.demo.cohort.held import ROLES, SUBSEQUENT
from workbench.demo.cohort.items import ISSUER, PATHWAY
from workbench.demo.cohort.journeys import NEVER
from workbench.demo.cohort.margins import ROUTES, TUMOURS, Floats
from workbench.demo.cohort.planted import planted_effects
from workbench.demo.cohort.population import ETHNIC_CODES, ETHNIC_GROUPS
from workbench.demo.cohort.registrations import ERROR_RATES, ETHNICITY_RIGHT
from workbench.demo.cohort.simulate import Simulated


def write_truth(folder: Path, region: Simulated) -> None:
    """Write what was planted.

    Writes
    ------
    persons.parquet
        Who there is.
    pathways.parquet
        Which Trust records are of which pathway and person, and what is wrong with the
        identifiers of each.
    hazards.parquet
        For each pathway and standard: true characteristics, the parameters of the daily
        hazard (see `hazards.daily_hazard`) and the wait, whether or not it was over.
    effects.parquet
        The planted effects on every scale.
    identifier_errors.parquet
        Rate of each identifier error by ethnic group.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "persons.parquet", _persons(region))
    _write(folder / "pathways.parquet", _pathways(region))
    pq.write_table(clocks_table(region), folder / "hazards.parquet", compression="zstd")
    planted = planted_effects(region.region, region.streams["effects"])
    _write(folder / "effects.parquet", {str(name): planted[name] for name in planted.columns})
    rates = _error_rates()
    _write(folder / "identifier_errors.parquet", {str(name): rates[name] for name in rates.columns})


def _write(path: Path, columns: dict[str, Any]) -> None:
    pq.write_table(_table(columns), path, compression="zstd")


def _table(columns: dict[str, Any]) -> pa.Table:
    return pa.table({name: _column(values) for name, values in columns.items()})


def _column(values: Any) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    values = np.asarray(values)
    return pa.array(values.tolist() if values.dtype == object else values)


def _coded(place: Ints, labels: tuple[str, ...]) -> pa.Array:
    """Text from a short list; -1 is missing."""
    mask = place < 0
    codes = pa.array(np.where(mask, 0, place).astype(np.int32), mask=mask)
    return pa.DictionaryArray.from_arrays(codes, pa.array(labels))


def _days(days: Ints) -> pa.Array:
    return pa.array(days.astype("datetime64[D]"), mask=days == NEVER, type=pa.date32())


def _ids(letter: str, places: Ints) -> names.Text:
    return np.strings.add(letter, np.strings.zfill((places + 1).astype("U7"), 7))


def _persons(region: Simulated) -> dict[str, Any]:
    persons, areas = region.persons, region.areas
    people, rows = persons.people, np.arange(len(region.persons))
    twin = np.where(persons.twin >= 0, _ids("N", np.maximum(persons.twin, 0)), "")
    return {
        "person_id": _ids("N", rows),
        "nhs_number": persons.nhs_number.astype("U10"),
        "given_name": persons.given_name(rows)[0],
        "family_name": names.family_names().right[persons.family],
        "birth_date": _days(persons.born),
        "postcode": persons.postcode,
        "sex": _coded(people.sex, ("1", "2")),
        "ethnic_category": _coded(people.ethnic, ETHNIC_CODES),
        "ethnic_group": _coded(people.group("ethnic_group"), ETHNIC_GROUPS),
        "lsoa": areas.code[people.area],
        "imd_decile": areas.decile[people.area],
        "home_trust": _coded(areas.trust[people.area], TRUSTS),
        "twin_of": pa.array(twin, mask=twin == ""),
    }


def _pathways(region: Simulated) -> dict[str, Any]:
    records = region.records
    rows = np.flatnonzero(records.role != SUBSEQUENT)
    referral, registration = records.referral[rows], region.registration[rows]
    return {
        "source": _coded(records.trust[rows], TRUSTS),
        PATHWAY: records.columns[PATHWAY][rows],
        ISSUER: records.columns[ISSUER][rows],
        "pathway_id": _ids("W", referral),
        "person_id": _ids("N", region.person[referral]),
        "role": _coded(records.role[rows], ROLES),
        **{name: held[registration] for name, held in region.registered.errors.items()},
    }


def clocks_table(region: Simulated) -> pa.Table:
    """One row a clock, 62 days, 28 days, first and later treatments, for `daily_hazard`.

    Parameters of the hazard are missing where it has no closed form: the 28 days of those
    in whom cancer is found (the decision to treat may end it) and the 31 days of first
    treatments (which lie inside the 62).
    """
    referrals, waits, after = region.referrals, region.waits, region.subsequents
    cancers = np.flatnonzero(referrals.cancer)
    told = np.flatnonzero(waits.outcome >= 0)
    first = np.flatnonzero(region.journeys.treated < NEVER)
    ruled_out = ~referrals.cancer[told]
    nothing = np.full(len(first), np.nan)
    start_31 = region.journeys.treated[first] - region.journeys.adjustment[first]
    parts = [
        _clock(cancers, 0, 0, referrals.clock_start[cancers], waits.treatment[cancers],
               np.array(shapes_62d())[referrals.tumour[cancers]],
               waits.log_odds["62D"][cancers], waits.frailty["62D"][cancers]),
        _clock(told, 1, -1, (referrals.received + referrals.reset)[told], waits.outcome[told],
               np.full(len(told), SHAPE_FDS),
               np.where(ruled_out, waits.log_odds["FDS"][told], np.nan),
               np.where(ruled_out, waits.frailty["FDS"][told], np.nan)),
        _clock(first, 2, 0, start_31 - waits.decision[first], waits.decision[first],
               np.full(len(first), SHAPE_31D), nothing, nothing),
        _clock(after.referral, 2, 1, after.decided, after.wait,
               np.full(len(after.wait), SHAPE_31D), after.log_odds, after.frailty),
    ]  # fmt: skip
    clocks = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return _table(_described(region, clocks))


def _clock(
    referral: Ints, standard: int, stage: int, start: Ints, wait: Ints, shape: Floats,
    log_odds: Floats, frailty: Floats,
) -> dict[str, Any]:  # fmt: skip
    count = len(referral)
    return {
        "referral": referral,
        "standard": np.full(count, standard),
        "stage": np.full(count, stage),
        "start": start,
        "wait": wait,
        "shape": shape,
        "log_odds": log_odds,
        "frailty": frailty,
    }


def _described(region: Simulated, clocks: dict[str, Any]) -> dict[str, Any]:
    referrals = region.referrals
    referral = clocks["referral"]
    people = referrals.people.taken(referral)
    labels = effects.groups()
    return {
        "pathway_id": _ids("W", referral),
        "person_id": _ids("N", region.person[referral]),
        "standard": _coded(clocks["standard"], ("62D", "FDS", "31D")),
        "treatment_stage": _coded(clocks["stage"], ("first", "subsequent")),
        "clock_start_date": _days(clocks["start"]),
        "wait_days": clocks["wait"],
        "shape": clocks["shape"],
        "log_odds": clocks["log_odds"],
        "frailty": clocks["frailty"],
        "referral_route": _coded(referrals.route[referral], ROUTES),
        "tumour_group": _coded(referrals.tumour[referral], TUMOURS),
        "referral_type": referrals.suspicion[referral],
        "cancer_found": referrals.cancer[referral],
        "provider_referred": _coded(referrals.trust[referral], TRUSTS),
        "provider_treating": _coded(referrals.treating[referral], TRUSTS),
        "leaves_untreated": region.journeys.left[referral] < NEVER,
        "age": people.age,
        **{name: _coded(people.group(name), labels[name]) for name in labels},
    }


def _error_rates() -> pd.DataFrame:
    right = pd.DataFrame({"ethnic_category_not_right": 1 - ETHNICITY_RIGHT}, ERROR_RATES.index)
    rates = ERROR_RATES.join(right).rename_axis("ethnic_group").reset_index()
    return rates.melt("ethnic_group", var_name="error", value_name="rate")
