"""Who waits longer, after case mix; by how much, how sure, and who is not in the data.

>>> from workbench import equity
>>> found = equity.measures(counts, "imd_decile", total="total")
>>> found.groups, found.summary

`measures` picks what suits a characteristic. The measures themselves are in `inequality`,
gaps at equal case mix in `adjust`, why a gap is there in `decompose`.
"""

from __future__ import annotations

from workbench.equity import (
    adjust,
    case_mix,
    characteristics,
    decompose,
    gradient,
    groups,
    inequality,
    proms,
    representativeness,
    sufficiency,
)
from workbench.equity.characteristics import core20
from workbench.equity.groups import Measures, measures

__all__ = [
    "Measures",
    "adjust",
    "case_mix",
    "characteristics",
    "core20",
    "decompose",
    "gradient",
    "groups",
    "inequality",
    "measures",
    "proms",
    "representativeness",
    "sufficiency",
]
