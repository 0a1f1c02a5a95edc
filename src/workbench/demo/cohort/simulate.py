"""One region from end to end, in memory: who is referred, what happens, what is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from workbench.demo.cohort import calendar
from workbench.demo.cohort.areas import Areas, Ints, draw_areas
from workbench.demo.cohort.calibration import calibrated
from workbench.demo.cohort.journeys import (
    Journeys,
    Subsequents,
    draw_journeys,
    draw_subsequents,
)
from workbench.demo.cohort.margins import ROUTES, kinds
from workbench.demo.cohort.persons import Persons, assign_persons
from workbench.demo.cohort.records import Records, draw_records
from workbench.demo.cohort.referrals import Referrals, draw_referrals
from workbench.demo.cohort.region_model import Region
from workbench.demo.cohort.registrations import Registrations, register
from workbench.demo.cohort.streams import Streams
from workbench.demo.cohort.waits import Chances, Waits, draw_waits


@dataclass(frozen=True)
class Simulated:
    """Everything that was drawn, before any of it is written.

    Attributes
    ----------
    person : array of int
        Person of each referral.
    registration : array of int
        Registration of each record.
    """

    streams: Streams
    region: Region
    areas: Areas
    referrals: Referrals
    persons: Persons
    person: Ints
    waits: Waits
    journeys: Journeys
    subsequents: Subsequents
    records: Records
    registered: Registrations
    registration: Ints
    as_at: int


def simulate(referrals: int, seed: int, as_at: date, geography: Path | None = None) -> Simulated:
    """Draw a region.

    Parameters
    ----------
    referrals : int
        How many, over the 24 months that end at `as_at`.
    seed : int
        0 or more.
    as_at : date
        The day that the region is seen from.
    geography : Path, optional
        Folder of official files for real small areas.
    """
    streams = Streams(seed)
    first = calendar.day_number(calendar.first_day(as_at))
    last = calendar.day_number(as_at)
    areas = draw_areas(streams["areas"], geography)
    region = calibrated(areas, first, last, streams["reference"])
    drawn = draw_referrals(referrals, kinds(), areas, first, last, streams["referrals"])
    drawn, persons, person = assign_persons(drawn, areas, streams["persons"])
    strata = (drawn.tumour + 1) * len(ROUTES) + drawn.route
    waits = draw_waits(drawn, region, Chances.drawn(referrals, streams["waits"], strata))
    journeys = draw_journeys(drawn, waits, streams["journeys"])
    subsequents = draw_subsequents(drawn, journeys, region, streams["subsequents"])
    records = draw_records(drawn, journeys, subsequents, last, streams["records"])
    registered, registration = register(
        persons, person[records.referral], records.trust, streams["registrations"]
    )
    return Simulated(
        streams, region, areas, drawn, persons, person, waits, journeys, subsequents, records,
        registered, registration, last,
    )  # fmt: skip
