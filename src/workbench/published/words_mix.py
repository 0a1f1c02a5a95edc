"""Words for Trusts and boards at equal case mix, and for what changed, built from the figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.published.publication import Publication
from workbench.published.trusts import Comparison
from workbench.published.words import source
from workbench.wording import Caption, percent, span

FAR = 10
"""Places that a Trust has to move to be called out."""
IDENTITY = 1e-12
"""What rounding in the computer may leave between a gap and the sum of its parts."""
SHOWN = 12
"""Trusts in the picture: those that move farthest."""
KEYS = ["provider", "name", "changes_side"]
FIGURES = ("share", "expected_share", "standardised", "lower", "upper", "gap", "gap_lower",
           "gap_upper", "mix", "rate", "rate_lower", "rate_upper")  # fmt: skip
RANKS = ("rank", "rank_at_equal_mix", "places")
GAPS: dict[str, Any] = {
    "value": "rate",
    "lower": "rate_lower",
    "upper": "rate_upper",
    "label": "At equal case mix",
    "second": ("gap", "gap_lower", "gap_upper", "As it is"),
    "reference_label": "All Trusts",
}
"""How the picture of the farthest is drawn: columns, and what each mark is."""
COLUMNS: dict[str, tuple[str, int | None, bool]] = {
    "name": ("Trust", None, False),
    "share": ("As it is (%)", 1, True),
    "standardised": ("At equal case mix (%)", 1, True),
    "rank": ("Place as it is", None, False),
    "rank_at_equal_mix": ("Place at equal case mix", None, False),
    "places": ("Places gained", None, False),
}
"""Columns of the table: header for a reader, decimals, and whether a share stands as per cent."""
FIFTHS = {"1": "1 (most deprived)", "2": "2", "3": "3", "4": "4", "5": "5 (least deprived)"}


def named(table: pd.DataFrame, trusts: pd.DataFrame) -> pd.DataFrame:
    """Trusts at equal mix, by the name that people say.

    Parameters
    ----------
    table : DataFrame
        ``organisation`` and what `workbench.equity.case_mix.at_equal_mix` finds.
    trusts : DataFrame
        ``provider, name``.
    """
    joined = table.rename(columns={"organisation": "provider"})
    joined = joined.merge(trusts[["provider", "name"]], on="provider", validate="one_to_one")
    sides = joined["changes_side"].map({True: "changes side", False: "same side"})
    return joined.assign(changes_side=sides)[[*KEYS, "total", "within", *FIGURES, *RANKS]]


def farthest(table: pd.DataFrame) -> pd.DataFrame:
    """The Trusts that move most, the largest gain first."""
    order = table.assign(far=table["places"].abs()).sort_values(
        ["far", "provider"], ascending=[False, True]
    )
    kept = order.head(SHOWN).drop(columns="far")
    return kept.sort_values(["places", "provider"], ascending=[False, True], ignore_index=True)


def moved(publication: Publication, table: pd.DataFrame, months: Sequence[str]) -> Caption:
    """Words for the Trusts that equal case mix moves most."""
    far = int((table["places"].abs() > FAR).sum())
    sides = int((table["changes_side"] == "changes side").sum())
    most = farthest(table).set_index("name")["places"]
    name = str(most.abs().idxmax())
    places = int(most[name])
    way = "up" if places > 0 else "down"
    return Caption(
        title=f"{far} of {len(table)} Trusts move more than {FAR} places; {sides} change side",
        subtitle="Share treated within 62 days, less that of all Trusts: as it is, and with the "
        f"cancers and routes of all Trusts. {span(list(months))}, the {min(SHOWN, len(table))} "
        "Trusts that move most",
        alt=f"Two marks a Trust: its gap as it is and at equal case mix. {far} of {len(table)} "
        f"Trusts move more than {FAR} places in order, and {sides} change from one side of the "
        f"average to the other. {name} moves most: {abs(places)} places "
        f"{way}.",
        source=source(publication),
    )


def funnel(publication: Publication, comparison: Comparison, before: Comparison) -> Caption:
    """Words for the funnel of Trusts at equal case mix."""
    count, wide = len(comparison.table), comparison.outside_overdispersed
    stand = {0: "none stands out", 1: "1 stands out"}.get(wide, f"{wide} stand out")
    return Caption(
        title=f"At equal case mix, of {count} Trusts {stand}",
        subtitle=f"Before, {before.outside_overdispersed} did. Within 62 days with the cancers "
        f"and routes of all Trusts, {span(comparison.months)}",
        alt=f"Each dot is a Trust, by size and share at equal case mix. "
        f"{comparison.outside_naive} of {count} lie outside the limits of chance alone "
        f"(before: {before.outside_naive}), {wide} outside limits that allow for how Trusts "
        f"differ (before: {before.outside_overdispersed}).",
        source=source(publication),
    )


def with_identity(checks: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Add to a report's checks that every Trust's gap is the sum of its two parts."""
    apart = float((table["mix"] + table["rate"] - table["gap"]).abs().max())
    own = {
        "check": "Each Trust's gap is the sum of its mix and its rate",
        "passed": apart < IDENTITY,
        "detail": f"{len(table)} Trusts, apart by less than {IDENTITY:g}",
    }
    return pd.concat([checks, pd.DataFrame([own])], ignore_index=True)


def in_fifths(table: pd.DataFrame) -> pd.DataFrame:
    """Fifths of boards by the names that a reader knows."""
    return table.assign(fifth=table["fifth"].map(FIFTHS))


def deprivation(
    publication: Publication,
    slope: Any,
    fifths: pd.DataFrame,
    months: Sequence[str],
) -> Caption:
    """Words for the gradient of boards.

    Parameters
    ----------
    publication : Publication
    slope : Estimate
        The slope index: ``estimate, lower, upper`` as shares, least deprived less most.
    fifths : DataFrame
        From `in_fifths`.
    months : sequence of str
    """
    at, low, high = (100 * value for value in (slope.estimate, slope.lower, slope.upper))
    sure = low > 0 or high < 0
    title = "No clear slope between more and less deprived areas"
    if sure:
        title = f"Least deprived areas: {abs(at):.1f} points {'higher' if at > 0 else 'lower'}"
    return Caption(
        title=title,
        subtitle="Share within 62 days at equal case mix, boards in fifths by how deprived their "
        f"area is, {span(list(months))}, with 95% intervals. Slope from most to least deprived: "
        f"{at:+.1f} points ({low:+.1f} to {high:+.1f})",
        alt=f"Dots by fifth of deprivation, from {percent(fifths['share'].iloc[0])} in the most "
        f"deprived to {percent(fifths['share'].iloc[-1])} in the least deprived. The slope is "
        f"{at:.1f} points, 95% interval {low:.1f} to {high:.1f}. Areas, not people.",
        source=f"{source(publication)} English Indices of Deprivation.",
    )
