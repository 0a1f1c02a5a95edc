"""A Trust's records of one pathway, taken together: the parts that pathways are joined from.

A part is everything that one Trust holds under one pathway identifier of one issuer:
the referral and each treatment on it.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from workbench.dictionary.load import Dictionary
from workbench.errors import InputError
from workbench.linkage import pathway_items as items
from workbench.linkage.pathway_rules import PathwayRules

PART = "part"
_KEY = (items.SOURCE, items.IDENTIFIER, items.ISSUER)
_BEGINNINGS = (items.REFERRED, items.UPGRADED, items.SEEN, items.DECIDED, items.TREATED)
_BETWEEN = "\x1f"
_ID_DIGITS = 32
"""Half of a SHA-256: two of a thousand million parts meet with probability 1e-21."""


def typed_records(records: ir.Table, where: str = "pathway_records") -> ir.Table:
    """Give every item its type, and null where the table lacks it.

    Parameters
    ----------
    records : Table
        One row a record, NCWTMDS items by canonical name.
    where : str, optional
        What the table is called in messages.

    Returns
    -------
    Table
        ``record_id``, ``source``, identifier, issuer, ``extract_date``, every item of
        `pathway_items.ITEMS`, and `PART`, the name of the part that the record is of.

    Raises
    ------
    InputError
        A column is missing without which pathways cannot be told apart.
    """
    missing = [f"missing column: {name}" for name in items.NEEDED if name not in records.columns]
    if missing:
        raise InputError(f"{where}: pathways cannot be joined.", missing, remedy="workbench ingest")
    first, *others = (records[name].cast("string").fill_null("") for name in _KEY)
    key = first.concat(*(cell for other in others for cell in (_BETWEEN, other)))
    columns = {name: _typed(records, name) for name in (*items.ITEMS, items.EXTRACTED)}
    keys = {name: records[name].cast("string") for name in (items.RECORD, *_KEY)}
    part = key.hexdigest("sha256").substr(0, _ID_DIGITS)
    return records.select(**{PART: part}, **keys, **columns)


def _typed(records: ir.Table, name: str) -> Any:
    kind = items.kind(name)
    if name not in records.columns:
        return ibis.null(kind)
    cell = records[name]
    return cell if kind == "string" and cell.type().is_string() else cell.try_cast(kind)


def with_tumour_group(records: ir.Table, dictionary: Dictionary) -> ir.Table:
    """Add ``tumour_group``, by the diagnosis; null where there is none or it is not known.

    Parameters
    ----------
    records : Table
        From `typed_records`.
    dictionary : Dictionary
        Its lookup ``icd10_tumour_group``; a code of four characters that is not in it
        takes the group of its first three.
    """
    lookup = dictionary.lookup("icd10_tumour_group")[["icd10", "tumour_group"]].dropna()
    plain_lookup = lookup.astype("str").drop_duplicates("icd10")
    groups = ibis.memtable(pa.Table.from_pandas(plain_lookup, preserve_index=False))
    # each code is looked up once: there are hundreds of them, and records by the million
    codes = records.filter(records[items.DIAGNOSIS].notnull()).select(items.DIAGNOSIS).distinct()
    plain = codes[items.DIAGNOSIS].upper().re_replace("[^A-Z0-9]", "").re_replace("X+$", "")
    keyed = codes.mutate(four=plain.left(4), three=plain.left(3))
    for length in ("four", "three"):
        own = groups.select(**{length: groups.icd10, f"group_of_{length}": groups.tumour_group})
        joined = keyed.left_join(own, length)
        keyed = joined.select(*keyed.columns, f"group_of_{length}")
    known = keyed.select(
        items.DIAGNOSIS,
        tumour_group=ibis.coalesce(keyed.group_of_four, keyed.group_of_three),
    )
    found = records.left_join(known, items.DIAGNOSIS)
    return found.select(*records.columns, "tumour_group")


def parts_of(records: ir.Table, people: ir.Table, rules: PathwayRules) -> ir.Table:
    """Sum a part's records up in what it is joined by.

    Parameters
    ----------
    records : Table
        From `with_tumour_group`.
    people : Table
        From `whose_parts`: one row a part.
    rules : PathwayRules

    Returns
    -------
    Table
        One row a part: `PART`, ``source``, identifier, issuer, ``person_id``; the days
        ``referred``, ``started`` (the first day known of it), ``seen``, ``requested``,
        ``received``, ``decided``, ``treated``, ``ended`` (null while it is open);
        ``suspected``, ``tumour_group``, ``referring``, ``receiving``; ``held``, how many
        records there are.
    """
    closing = records[items.FDS_REASON].isin(rules.closing_fds_end_reasons).fill_null(False)
    told = ibis.ifelse(closing, records[items.FDS_END], ibis.null("date"))
    known = records.mutate(
        begun=ibis.coalesce(*(records[name] for name in _BEGINNINGS)),
        told=told,
    )
    parts = known.group_by([PART, *_KEY]).aggregate(
        referred=known[items.REFERRED].min(),
        started=known.begun.min(),
        seen=known[items.SEEN].min(),
        requested=known[items.REQUESTED].min(),
        received=known[items.RECEIVED].min(),
        decided=known[items.DECIDED].min(),
        treated=known[items.TREATED].min(),
        told=known.told.min(),
        suspected=_agreed(known[items.SUSPECTED]),
        tumour_group=_agreed(known.tumour_group),
        held=known.count(),
        referring=known[items.REFERRING].min().left(rules.provider_code_length),
        receiving=known[items.RECEIVING].min().left(rules.provider_code_length),
    )
    parts = parts.mutate(ended=ibis.coalesce(parts.treated, parts.told)).drop("told")
    return parts.inner_join(people, PART)


def _agreed(column: Any) -> Any:
    """The one value that a part's records have; null where they have several or none."""
    return ibis.ifelse(column.min() == column.max(), column.min(), ibis.null("string"))


def whose_parts(records: ir.Table, demographics: ir.Table | None, links: ir.Table) -> ir.Table:
    """Tell of which linked person each part is.

    Parameters
    ----------
    records : Table
        From `typed_records`.
    demographics : Table, optional
        The store's: what a person record, named in `links`, is about is told by its
        pathway identifier.
    links : Table
        ``record_id`` (of demographics, or of a pathway record that came without),
        ``person_id``, ``match_probability``.

    Returns
    -------
    Table
        `PART`, ``person_id``, ``match_probability`` (null where nothing had to be linked),
        ``age_at_referral`` (null where demographics do not say); one row a part that
        `links` knows.
    """
    known = (items.PERSON, "match_probability")
    own = records.inner_join(links, items.RECORD)
    found = own.select(PART, *known, age_at_referral=ibis.null("int64"), name=items.RECORD)
    if demographics is not None:
        age = (
            demographics.age_at_referral.cast("int64")
            if "age_at_referral" in demographics.columns
            else ibis.null("int64")
        )
        described = demographics.select(items.RECORD, *_KEY, age_at_referral=age)
        theirs = (
            records.select(PART, *_KEY)
            .distinct()
            .inner_join(
                described.inner_join(links.select(items.RECORD, *known), items.RECORD), list(_KEY)
            )
        )
        found = theirs.select(PART, *known, "age_at_referral", name=items.RECORD).union(found)
    # several person records of one part: the first by its name, whatever order they came in
    first = ibis.window(group_by=PART, order_by=["name", items.PERSON])
    placed = found.mutate(place=ibis.row_number().over(first))
    return placed.filter(placed.place == 0).drop("place", "name")
