"""Pairs of encoded records that share a block, and how much their filters have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from workbench.engine import connect
from workbench.linkage.encoded_files import header
from workbench.linkage.encoding import BLOCK, FILTER

EQUAL, MISSING, DIFFERENT = 0, 1, 2
"""What the keyed hashes of two NHS numbers say."""
AGREEING = (("sounds", 1), ("names", 2), ("birth_date", 3), ("birth_day_and_month_either_way", 3))
"""What else the keyed hashes of blocks tell, by component: that names sound alike (1) or are the
same (2), and that birth dates are (3 more). A move of house, a twin and a parent take as much
from the likeness of two filters, and these tell them apart."""
KINDS = 3 * 6
"""Of evidence: by NHS number, names and birth date."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_BATCH = 1 << 17


@dataclass(frozen=True, eq=False)
class Pairs:
    """Compared pairs of records.

    Attributes
    ----------
    left, right : arrays of int
        Rows of the two tables.
    dice : array of float
        Twice the bits that both have, over the bits of each: 0 to 1.
    number : array of int
        `EQUAL`, `MISSING` or `DIFFERENT`.
    kind : array of int
        Of evidence, below `KINDS`.
    """

    left: Ints
    right: Ints
    dice: Floats
    number: Ints
    kind: Ints

    def __len__(self) -> int:
        return len(self.left)

    def at(self, chosen: Bools) -> Pairs:
        """Some of the pairs."""
        return Pairs(
            self.left[chosen],
            self.right[chosen],
            self.dice[chosen],
            self.number[chosen],
            self.kind[chosen],
        )


def compared(left: pa.Table, right: pa.Table, *, most: int) -> tuple[Pairs, int]:
    """Compare the records of two sources that share a block.

    Parameters
    ----------
    left, right : pyarrow.Table
        Encoded sources; the same one twice gives the pairs of different records within it.
    most : int
        Records of one source in a block above which it tells nobody apart.

    Returns
    -------
    Pairs
        Sorted by row.
    int
        Blocks passed over because they are larger than `most`.
    """
    one, over_left = _blocked(left, most)
    other, over_right = (one, 0) if right is left else _blocked(right, most)
    i, j = _sharing(one, other, same=right is left)
    number = _numbers(left, right, i, j)
    dice = _dice(_words(left), _words(right), i, j)
    kind = number * (KINDS // 3) + _told_by_blocks(left, right, i, j)
    return Pairs(i, j, dice, number, kind), over_left + over_right


def _blocked(table: pa.Table, most: int) -> tuple[pa.Table, int]:
    """One row a record and block that it is in; blocks that are too large left out, and counted."""
    parts, over = [], 0
    rows = pa.array(np.arange(table.num_rows, dtype=np.int64))
    names = [name for name in table.column_names if name.startswith(BLOCK)]
    for kind, name in enumerate(names):
        column = table[name].combine_chunks()
        counted = column.drop_null().value_counts()
        small = counted.field("values").filter(pc.less_equal(counted.field("counts"), most))
        over += len(counted) - len(small)
        kept = pc.is_in(column, value_set=small)
        shared, row = column.filter(kept), rows.filter(kept)
        kinds = pa.array(np.full(len(row), kind, dtype=np.int64))
        parts.append(pa.table({"kind": kinds, "block": shared, "row": row}))
    return pa.concat_tables(parts), over


def _sharing(left: pa.Table, right: pa.Table, *, same: bool) -> tuple[Ints, Ints]:
    """Rows of each pair that shares a block, each pair once, sorted."""
    con = connect()
    try:
        con.raw_sql("SET temp_directory = ''")  # never to a disk
        one = con.create_table("one", left, temp=True)
        other = con.create_table("other", right, temp=True).rename(other="row")
        pairs = one.join(other, ["kind", "block"]).select(i="row", j="other").distinct()
        if same:
            pairs = pairs.filter(pairs.i != pairs.j)
        together = pairs.order_by("i", "j").to_pyarrow()
    finally:
        con.disconnect()
    return together["i"].to_numpy(), together["j"].to_numpy()


def _words(table: pa.Table) -> npt.NDArray[np.uint64]:
    """Filters as whole words of 64 bits, one row a record."""
    column = table[FILTER].combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks)
    width = column.type.byte_width
    content = np.frombuffer(column.buffers()[1], dtype=np.uint8)
    start = column.offset * width
    held = content[start : start + len(column) * width]
    return held.reshape(len(column), width).view(np.uint64)


def _dice(left: npt.NDArray[np.uint64], right: npt.NDArray[np.uint64], i: Ints, j: Ints) -> Floats:
    """Dice coefficient of each pair, rounded so that no machine's last bit can order two."""
    sizes = np.bitwise_count(left).sum(axis=1), np.bitwise_count(right).sum(axis=1)
    shared = np.empty(len(i), dtype=np.int64)
    for start in range(0, len(i), _BATCH):
        chunk = slice(start, start + _BATCH)
        shared[chunk] = np.bitwise_count(left[i[chunk]] & right[j[chunk]]).sum(axis=1)
    both = (sizes[0][i] + sizes[1][j]).astype(np.float64)
    dice: Floats = np.divide(2.0 * shared, both, out=np.zeros(len(i)), where=both > 0)
    return np.round(dice, 6)


def _agree(left: pa.Table, right: pa.Table, name: str, i: Ints, j: Ints) -> tuple[Bools, Bools]:
    """Of each pair, whether a block's hashes are both there, and whether they are equal."""
    one = left[name].fill_null(-1).to_numpy()[i]
    other = right[name].fill_null(-1).to_numpy()[j]
    there = (one >= 0) & (other >= 0)
    return there, there & (one == other)


def _numbers(left: pa.Table, right: pa.Table, i: Ints, j: Ints) -> Ints:
    there, equal = _agree(left, right, f"{BLOCK}nhs_number", i, j)
    return np.where(equal, EQUAL, np.where(there, DIFFERENT, MISSING)).astype(np.int64)


def _told_by_blocks(left: pa.Table, right: pa.Table, i: Ints, j: Ints) -> Ints:
    """What `AGREEING` says of each pair: 0 to 5."""
    names, born = np.zeros(len(i), dtype=np.int64), np.zeros(len(i), dtype=np.int64)
    blocks: dict[str, list[str]] = header(left)["blocks"]
    for part, told in AGREEING:
        for name in (BLOCK + block for block, parts in blocks.items() if part in parts):
            equal = _agree(left, right, name, i, j)[1]
            if told == 3:
                born[equal] = told
            else:
                names[equal] = np.maximum(names[equal], told)
    return names + born
