"""Words and tables of what changed: month on month, and from provisional to final."""

from __future__ import annotations

import pandas as pd

from workbench.published.publication import Publication
from workbench.published.revisions import revisions
from workbench.published.summaries import change_by_cancer_type, last_months, latest_change
from workbench.published.words import CHANGE, CHANGE_KEYS, REVISION_KEYS, REVISIONS, TYPES, named
from workbench.wording import in_words

Change = tuple[str, pd.DataFrame, list[str], str, dict[str, str]]


def changes(publication: Publication) -> list[Change]:
    """Tables of changes, each with its name, keys, caption and headers.

    Parameters
    ----------
    publication : Publication

    Returns
    -------
    list of (name, DataFrame, keys, caption, headers)
        Tables have ``total, within, total_before, within_before, points``; the last one
        compares provisional figures (before) with final ones, and may be empty.
    """
    month = last_months(publication, 1)[-1]
    latest = named(latest_change(publication))
    revised = revisions(publication).rename(
        columns={"total_after": "total", "within_after": "within", "share_after": "share"}
    )
    return [
        ("latest_change", latest, CHANGE_KEYS, f"England in {in_words(month)}", CHANGE),
        (
            "change_by_cancer_type",
            change_by_cancer_type(publication, "62D"),
            ["cancer_type"],
            "Treated within 62 days, largest fall first",
            TYPES,
        ),
        (
            "revisions",
            revised,
            REVISION_KEYS,
            "England as first published and as used here",
            REVISIONS,
        ),
    ]
