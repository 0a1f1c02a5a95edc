"""Tables by acro, in an environment of its own: reads counts, writes what acro shows as JSON."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from typing import Any

import pandas as pd


def main() -> None:
    """Make each table two ways with margins, and one way each, and print what is shown."""
    given = json.load(sys.stdin)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        began = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            tables = [_released(pd.DataFrame(one)) for one in given]
        spent = time.process_time() - began
        os.chdir("/")
    facts = {"acro": version("acro"), "pandas": version("pandas"), "cpu": spent, "tables": tables}
    print(json.dumps(facts))


def _released(counts: pd.DataFrame) -> list[list[str]]:
    from acro import ACRO

    people = counts.loc[counts.index.repeat(counts["n"])].reset_index(drop=True)
    session = ACRO(suppress=True)
    two = session.crosstab(people["group"], people["site"])
    shown = [
        [str(group), str(site), "" if pd.isna(value) else f"{value:g}"]
        for group, row in two.iterrows()
        for site, value in row.items()
    ]
    everyone = pd.Series(["all"] * len(people), name="everyone")
    for name, place in (("group", 0), ("site", 1)):
        one: Any = session.crosstab(people[name], everyone)
        for category, value in one.iloc[:, 0].items():
            row = ["All", "All", "" if pd.isna(value) else f"{value:g}"]
            row[place] = str(category)
            shown.append(row)
    # Categories and combinations without people are known from the list of groups.
    return shown


if __name__ == "__main__":
    main()
