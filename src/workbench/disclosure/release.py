"""Pass a table through disclosure control.

Under a profile that masks:

- a count above `withhold_above` and below `withhold_below` is withheld, any other
  goes to the nearest multiple of `round_to`, ties up. Totals are rounded on their
  own, so that columns need not add up;
- a share publishes two counts, its numerator and the rest of its denominator. It
  is withheld if any of the three would be: 98 of 100 would else be shown as 100%,
  which is untrue of two people;
- a statistic is withheld where any count of its row is; a table of statistics
  with no count cannot be judged, and is refused;
- a statistic of whole numbers alone looks like a count that escaped the rule, and
  is refused, unless `not_people` says that it counts no one: days, months, ranks.

A key is a label, and is shown as it stands, so that deciles "1" to "10" may be named.
A number of people turned into text would be too: nothing here can tell it from a label.

A row is never dropped, so that a small group stays visible as such.

What is left is held against one who adds and takes away: along a row, from parts to a
total, from a table to those that the same notebook released before it (see `gate`).
Where a small count would be one of fewer than five numbers, others are withheld with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from workbench.disclosure.control import controlled
from workbench.disclosure.declaration import (
    declaration_faults,
    value_faults,
    whole_number_faults,
)
from workbench.disclosure.figures import figures_of
from workbench.disclosure.gate import current
from workbench.disclosure.profiles import Profile, chosen_profile
from workbench.disclosure.released import Content, Released, Share, seal
from workbench.errors import DisclosureError


def release(
    frame: pd.DataFrame,
    *,
    keys: Sequence[str],
    counts: Sequence[str] = (),
    shares: Mapping[str, Share] | None = None,
    statistics: Sequence[str] = (),
    not_people: Sequence[str] = (),
    profile: str,
) -> Released:
    """Apply a disclosure profile to a table, and vouch for the result.

    Parameters
    ----------
    frame : DataFrame
        One row a cell of a table. Never changed. Every column needs a role.
    keys : sequence of str
        Columns that say what a row is about: text, dates or categories, no
        value missing, no two rows alike.
    counts : sequence of str, optional
        Columns that count people; halves are allowed.
    shares : mapping of str to Share, optional
        Column name to the counts that it is made of. The column and its limits
        are computed here, from the disclosed counts, whether or not the frame
        has them: a share of exact counts would undo the rounding.
    statistics : sequence of str, optional
        Columns that are neither: limits of a chart, coefficients, medians.
    not_people : sequence of str, optional
        Statistics whose numbers may be whole and yet count no people: days, months,
        files, ranks, scores. Under a profile that masks, none of `statistics` may.
    profile : str
        Name of a profile in the data dictionary.

    Returns
    -------
    Released
        Same rows in the same order: a group is masked, never dropped.

    Raises
    ------
    DisclosureError
        The profile is unknown or not available, a column has no role or two, or
        holds what its role cannot; all faults are listed.
    """
    rule = chosen_profile(profile)
    made_of = dict(shares or {})
    _refuse(frame, keys, counts, made_of, statistics, not_people, rule)
    statistics = [*statistics, *not_people]
    figures = figures_of(frame, keys, counts, made_of)
    passed = current().passed(figures, rule)
    numbers = {name: passed.numbers[:, place] for place, name in enumerate(counts)}
    hidden = {name: passed.withheld[:, place] for place, name in enumerate(counts)}
    shown, withheld = controlled(frame, counts, made_of, statistics, rule, numbers, hidden)
    return seal(
        Content(
            frame=shown,
            withheld=withheld,
            profile=rule.name,
            stamp=rule.stamp,
            keys=tuple(keys),
            counts=tuple(counts),
            shares=made_of,
            statistics=tuple(statistics),
        )
    )


def _refuse(
    frame: pd.DataFrame,
    keys: Sequence[str],
    counts: Sequence[str],
    shares: Mapping[str, Share],
    statistics: Sequence[str],
    not_people: Sequence[str],
    rule: Profile,
) -> None:
    """Raise with every fault of the declaration, or else of the values under it."""
    if isinstance(statistics, str) or isinstance(not_people, str):
        faults = ["statistics and not_people must be lists of column names"]
    else:
        faults = declaration_faults(frame, keys, counts, shares, [*statistics, *not_people])
    if not faults:
        faults = value_faults(frame, keys, counts, shares, [*statistics, *not_people], rule)
        faults += whole_number_faults(frame, statistics, rule)
    if faults:
        raise DisclosureError(
            "The table cannot be released.",
            faults,
            remedy="Give each column one role (keys, counts, shares, statistics) that fits it, "
            "or leave the column out.",
        )
