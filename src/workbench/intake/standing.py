"""Which of all the rows that ever landed stand: repeats, conflicts, later extracts, full ones.

Nothing here depends on the order in which files arrived. Files of one Trust, dataset
and extract day are parts of one extract; a later extract's row replaces the earlier
one of the same key; a full extract replaces every older row of its period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa

from workbench.intake.engine import answered
from workbench.intake.names import UNDATED, Extract, extract_of
from workbench.intake.rows import DIGEST, PATHWAY, RECORD, ROW, SOUND
from workbench.intake.settings import Settings
from workbench.intake.vault import Vault

LANDING = "landing"
STATUS = "status"
CURRENT, SUPERSEDED, REPEATED, CONFLICT, UNSOUND = (
    "current", "superseded", "repeated", "conflict", "unsound",
)  # fmt: skip

_EARLIEST, _LATEST = dt.date(1, 1, 1), dt.date(9999, 12, 31)


@dataclass(frozen=True)
class Landed:
    """A landing of one dataset, without its rows.

    Attributes
    ----------
    name : str
    receipt : dict
    """

    name: str
    receipt: dict[str, Any]

    @property
    def extract(self) -> Extract:
        """Which extract it is a part of."""
        return extract_of(self.receipt)

    @property
    def trust(self) -> str:
        """Who sent it."""
        return str(self.receipt["trust"])


@dataclass(frozen=True)
class Replaced:
    """What full extracts take away from one older landing.

    Attributes
    ----------
    whole : bool
        Every row.
    spans : tuple of (date, date)
        Rows whose own date lies in one of these, both days included.
    """

    whole: bool = False
    spans: tuple[tuple[dt.date, dt.date], ...] = ()


def standing(
    con: Any, vault: Vault, landed: Sequence[Landed], dataset: str, settings: Settings
) -> pa.Table:
    """What became of each row of a dataset.

    Parameters
    ----------
    con : ibis backend
    vault : Vault
    landed : sequence of Landed
        All those of the dataset, sorted by name.
    dataset : str
    settings : Settings

    Returns
    -------
    pyarrow.Table
        `LANDING` (place in `landed`), `ROW`, `RECORD` and `STATUS`, sorted by the first two.
    """
    replaced = replaced_by_full(landed, settings)
    blank = settings.replaced_when_blank.get(dataset, ())
    anchors = settings.anchor_dates.get(dataset, ())
    wanted = [ROW, SOUND, DIGEST, RECORD, PATHWAY, "source", *dict.fromkeys((*blank, *anchors))]
    parts = []
    for place, one in enumerate(landed):
        part = vault.rows(one.name, wanted)
        part = part.append_column(LANDING, pa.repeat(pa.scalar(place, pa.int32()), len(part)))
        day = pa.repeat(pa.scalar(one.extract.day, pa.date32()), len(part))
        parts.append(part.append_column("day", day))
    what = ("standing", repr(replaced), blank, anchors)
    return answered(
        con,
        {"landed": pa.concat_tables(parts)},
        what,
        lambda rows: _judged(rows, replaced, blank, anchors),
    )


def _judged(
    rows: Any, replaced: Mapping[int, Replaced], blank: Sequence[str], anchors: Sequence[str]
) -> Any:
    extract = ibis.window(group_by=[RECORD, "day"])
    first = ibis.window(group_by=[RECORD, "day"], order_by=[LANDING, ROW])
    keyed = rows[RECORD].notnull()
    differ = keyed & (rows[DIGEST].min().over(extract) != rows[DIGEST].max().over(extract))
    sound = rows.mutate(
        differs=differ,
        again=keyed & rows[SOUND] & (ibis.row_number().over(first) > 0),
        untreated=_all_blank(rows, blank),
        replaced=_replaced(rows, replaced, anchors),
    )
    good = sound[SOUND] & ~sound.differs & ~sound.again
    dated = sound.mutate(good=good, good_day=ibis.ifelse(good, sound.day, None))
    treated_day = ibis.ifelse(dated.untreated, None, dated.good_day)
    record, pathway = ibis.window(group_by=RECORD), ibis.window(group_by=["source", PATHWAY])
    dated = dated.mutate(treated_day=treated_day)
    later = dated.good_day.max().over(record) > dated.day
    if blank:
        treated_later = dated.treated_day.max().over(pathway) > dated.day
        later = later | (dated.untreated & treated_later.fill_null(False))
    status = ibis.cases(
        (~dated[SOUND], UNSOUND),
        (dated.differs, CONFLICT),
        (dated.again, REPEATED),
        (dated.replaced | later, SUPERSEDED),
        else_=CURRENT,
    )
    return dated.select(LANDING, ROW, RECORD, status.name(STATUS)).order_by([LANDING, ROW])


def _all_blank(rows: Any, columns: Sequence[str]) -> Any:
    blank = ibis.literal(bool(columns))
    for column in columns:
        blank = blank & rows[column].isnull()
    return blank


def _replaced(rows: Any, replaced: Mapping[int, Replaced], anchors: Sequence[str]) -> Any:
    whole = [place for place, one in replaced.items() if one.whole]
    gone = rows[LANDING].isin(whole) if whole else ibis.literal(False)
    if not anchors:
        return gone
    anchor = ibis.coalesce(*(rows[name] for name in anchors)).try_cast("date")
    for place, one in replaced.items():
        for start, end in () if one.whole else one.spans:
            within = (rows[LANDING] == place) & anchor.between(start, end)
            gone = gone | within.fill_null(False)
    return gone


def replaced_by_full(landed: Sequence[Landed], settings: Settings) -> dict[int, Replaced]:
    """What full extracts take away from older landings of the same Trust.

    An older file that says its own period is replaced whole if that lies within the
    full extract's, and left alone if the two have no day in common; else its rows go
    by their own dates.

    Returns
    -------
    dict of int to Replaced
        By place in `landed`; those that lose nothing are left out.
    """
    full = _extracts(landed, settings)
    found: dict[int, Replaced] = {}
    for place, one in enumerate(landed):
        spans, whole = [], False
        for trust, by in full:
            if trust != one.trust or one.extract.day >= by.day:
                continue
            start, end = by.start or _EARLIEST, by.end or _LATEST
            own = one.extract
            if by.start is None or (own.start and own.end and start <= own.start <= own.end <= end):
                whole = True
            elif own.start is None or own.end is None or (own.start <= end and start <= own.end):
                spans.append((start, end))
        if whole or spans:
            found[place] = Replaced(whole, tuple(sorted(spans)))
    return found


def _extracts(landed: Sequence[Landed], settings: Settings) -> list[tuple[str, Extract]]:
    """Full extracts, each once however many parts it came in, that are sound enough to replace."""
    counts: dict[tuple[str, Extract], list[int]] = {}
    for one in landed:
        if one.extract.full and one.extract.day != UNDATED:
            held = counts.setdefault((one.trust, one.extract), [0, 0])
            held[0] += int(one.receipt["rows_read"])
            held[1] += int(one.receipt["sound"])
    share = settings.accepted_share
    return [key for key, (read, sound) in counts.items() if read and sound >= share * read]
