"""A bar on the terminal while rows are worked through; nothing where no one looks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TextIO

WIDTH = 30


def progress_bar(done: str, stream: TextIO | None = None) -> Callable[[int, int], None] | None:
    """A function that draws how far some work is.

    Parameters
    ----------
    done : str
        What the rows are by then: "scored".
    stream : text stream, optional
        Standard error, so that the bar never gets into a file of results.

    Returns
    -------
    callable or None
        Takes how many rows are done, and of how many; None where the stream is no terminal.
    """
    out = stream or sys.stderr
    if not out.isatty():
        return None

    def draw(reached: int, total: int) -> None:
        filled = WIDTH * reached // max(total, 1)
        bar = "#" * filled + "." * (WIDTH - filled)
        out.write(f"\r[{bar}] {reached:,} of {total:,} rows {done}")
        out.write("\n" if reached >= total else "")
        out.flush()

    return draw
