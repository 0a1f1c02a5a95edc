"""Ways in which extracts go wrong, each drawn by a seed."""

from __future__ import annotations

import random
from collections.abc import Callable

Corruption = Callable[[bytes, random.Random], bytes]


def cut(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(len(content))]


def flip(content: bytes, draw: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(draw.randrange(1, 12)):
        spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
    return bytes(spoilt)


def quote(content: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(content))
    return content[:place] + b'"' * draw.randrange(1, 4) + content[place:]


def insert(content: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(content))
    strange = [b"\x00", b"\xff\xfe", b"\r", b"\n", b"\r\n\r\n", b",", b";", b"\xe2\x80", b"\x1a"]
    return content[:place] + draw.choice(strange) + content[place:]


def other_separator(content: bytes, draw: random.Random) -> bytes:
    return content.replace(b",", draw.choice([b";", b"\t", b"|"]))


def other_encoding(content: bytes, draw: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(draw.choice(["utf-16", "utf-8-sig", "utf-16-le", "cp1252"]), "replace")


def lines(content: bytes, draw: random.Random) -> bytes:
    """Lines lost, repeated, swapped, or the header gone."""
    held = content.split(b"\r\n")
    for _ in range(draw.randrange(1, 4)):
        one, other = draw.randrange(len(held)), draw.randrange(len(held))
        change = draw.randrange(4)
        if change == 0:
            held[one], held[other] = held[other], held[one]
        elif change == 1:
            held.insert(one, held[other])
        elif change == 2 and len(held) > 2:
            del held[one]
        else:
            held[one] += b"," + held[other]
    return b"\r\n".join(held)


def cells(content: bytes, draw: random.Random) -> bytes:
    """Cells that slip to another column, or hold what no cell should."""
    held = [line.split(b",") for line in content.split(b"\r\n")]
    strange = [b"", b"x" * 300, b"31/02/2025", b"=1+1", b"-", b"1e400", b"99999999999999999999"]
    for _ in range(draw.randrange(1, 8)):
        row = draw.choice(held)
        place = draw.randrange(len(row))
        if draw.random() < 0.5:
            row[place] = draw.choice(draw.choice(held))
        else:
            row[place] = draw.choice(strange)
    return b"\r\n".join(b",".join(row) for row in held)


def slip(content: bytes, draw: random.Random) -> bytes:
    """All cells of some rows one column to the side."""
    held = [line.split(b",") for line in content.split(b"\r\n")]
    for row in held[1:]:
        if draw.random() < 0.3:
            row.insert(0, row.pop())
    return b"\r\n".join(b",".join(row) for row in held)


def header(content: bytes, draw: random.Random) -> bytes:
    """Columns renamed, swapped, blank or named twice."""
    first, _, rest = content.partition(b"\r\n")
    names = first.split(b",")
    for _ in range(draw.randrange(1, 4)):
        place = draw.randrange(len(names))
        new = [b"", names[draw.randrange(len(names))], names[place] + b"_2", names[place].lower()]
        names[place] = draw.choice(new)
    if draw.random() < 0.5:
        draw.shuffle(names)
    return b",".join(names) + b"\r\n" + rest


KINDS: tuple[Corruption, ...] = (
    cut, flip, quote, insert, other_separator, other_encoding, lines, cells, slip, header,
)  # fmt: skip


def corrupted(content: bytes, seed: int) -> bytes:
    """Content with one to three things wrong."""
    draw = random.Random(seed)
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        content = draw.choice(KINDS)(content, draw) or b" "
    return content
