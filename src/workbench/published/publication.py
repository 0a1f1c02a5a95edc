"""What `read` gives back: figures, the files they came from, and notes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from workbench.published.layout import ITEM_BANDS, KEY, MEASURES

_LABELS = ("level", *KEY, "organisation_name")


@dataclass(frozen=True)
class Publication:
    """NHS England's published figures, read and told apart.

    Attributes
    ----------
    rows : DataFrame
        One row per published row of the files used: ``month`` (YYYY-MM),
        ``basis`` (provider, commissioner), ``level`` (national, organisation),
        ``organisation`` (ODS code; ENG for England), ``organisation_name``,
        ``standard`` (FDS, 31D, 62D, or a referral item), ``cancer_type``,
        ``route_or_stage``, ``modality``, ``sheet``, ``row``, ``file``, then the
        counts of patients and ``performance``, the share as published. A count
        that is blank, or not published for the item, is NaN, never nought.
    superseded : DataFrame
        The same for files of a month that a better file replaces.
    vintages : DataFrame
        One row per file, month and basis: see `workbench.published.vintage`.
    notes : DataFrame
        ``file`` and ``note``: what was left aside, and what a reader should know.
    """

    rows: pd.DataFrame
    superseded: pd.DataFrame
    vintages: pd.DataFrame
    notes: pd.DataFrame

    @property
    def synthetic(self) -> bool:
        """Whether any file says that its figures are made up."""
        return bool(self.vintages["synthetic"].any())

    @property
    def months(self) -> list[str]:
        """Months with figures, in order."""
        return sorted(self.rows["month"].unique().tolist())

    @cached_property
    def figures(self) -> pd.DataFrame:
        """All figures in long form: one row per count.

        Returns
        -------
        DataFrame
            ``month, basis, level, organisation, organisation_name, standard,
            cancer_type, route_or_stage, modality, measure, value``, sorted. Only
            measures that are published for an item have rows; a blank cell is a
            row with a missing value.
        """
        parts = []
        for standard, part in self.rows.groupby("standard", observed=True, sort=False):
            headline = ["total"] if part["within"].isna().all() else ["total", "within", "after"]
            parts.append(
                part.melt(
                    id_vars=list(_LABELS),
                    value_vars=[*headline, *ITEM_BANDS[str(standard)]],
                    var_name="measure",
                )
            )
        long = pd.concat(parts, ignore_index=True)
        long["measure"] = pd.Categorical(long["measure"], categories=list(MEASURES))
        columns = ["month", "basis", "level", "organisation", "organisation_name", "standard"]
        columns += ["cancer_type", "route_or_stage", "modality", "measure"]
        order = [*KEY, "measure"]
        return long.sort_values(order, ignore_index=True)[[*columns, "value"]]
