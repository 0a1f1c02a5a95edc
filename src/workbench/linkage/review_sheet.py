"""A review sheet: for each pair what its two records have in common."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.linkage.masking import FIELDS, masked
from workbench.linkage.sampling import BAND, WEIGHT
from workbench.linkage.sealed import LEFT, RIGHT
from workbench.linkage.sheets import BY, DECISION, ON, PAIR_ID

_AGREEMENT = "agreement_"


def with_groups(pairs: pd.DataFrame, groups: pd.DataFrame | None) -> pd.DataFrame:
    """Pairs with the characteristics of their left record, or else of their right.

    Parameters
    ----------
    pairs : DataFrame
    groups : DataFrame or None
        ``record_id``, ``source`` and characteristics, one row a record.
    """
    if groups is None:
        return pairs
    names = [str(name) for name in groups if name not in ("record_id", "source")]
    known = groups.drop_duplicates(["record_id", "source"])
    sides = [
        pairs[[*side]]
        .set_axis(["record_id", "source"], axis=1)
        .merge(known, on=["record_id", "source"], how="left", validate="many_to_one")
        .set_index(pairs.index)
        for side in (LEFT, RIGHT)
    ]
    return pairs.assign(**{name: sides[0][name].fillna(sides[1][name]) for name in names})


def sheet_of(
    pairs: pd.DataFrame, who: pd.DataFrame, groups: Sequence[str], *, show_identifiers: bool
) -> pd.DataFrame:
    """Pairs with what their records have in common, and blank cells for a decision.

    Parameters
    ----------
    pairs : DataFrame
        With their ids and bands.
    who : DataFrame
        Identifiers, one row a record.
    groups : sequence of str
        Characteristics of `pairs` to show.
    show_identifiers : bool
        Add both records' identifiers, whole.
    """
    left, right = (_who(pairs, who, side) for side in (LEFT, RIGHT))
    evidence = masked(left, right)
    sheet = pairs[[PAIR_ID, BAND]].assign(
        match_probability=pairs["match_probability"].astype(float).round(2),
        source_left=pairs["source_left"],
        source_right=pairs["source_right"],
    )
    more = [str(name) for name in pairs if str(name).startswith(_AGREEMENT)]
    for name in more:  # of a linkage that had other columns than the vault's
        if name.removeprefix(_AGREEMENT) not in evidence:
            sheet[name] = pairs[name]
    sheet = sheet.join(evidence)
    for name in [*groups, *([WEIGHT] if WEIGHT in pairs else [])]:
        sheet[name] = pairs[name]
    if show_identifiers:
        for name in FIELDS:
            sheet[f"{name}_left"], sheet[f"{name}_right"] = left.get(name), right.get(name)
    return sheet.assign(**dict.fromkeys((DECISION, BY, ON), ""))


def _who(pairs: pd.DataFrame, who: pd.DataFrame, side: Sequence[str]) -> pd.DataFrame:
    """Identifiers of one side's records, row by row with the pairs."""
    keys = pairs[[*side]].set_axis(["record_id", "source"], axis=1)
    fields = [name for name in FIELDS if name in who]
    held = who[["record_id", "source", *fields]].drop_duplicates(["record_id", "source"])
    met = keys.merge(held, on=["record_id", "source"], how="left", validate="many_to_one")
    text = met[fields].astype("str").fillna("").replace({"None": "", "NaT": "", "nan": ""})
    return text.set_axis(pairs.index)
