"""What HiGHS, through SciPy, answers to a programme, and what it says where there is no answer."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.knowledge import Numbers

UNBOUNDED = 3
"""How it says that nothing bounds the objective."""

TOLERANCE = 1e-6
"""How far from whole, or beyond a bound, a value may be that is neither."""

MARGINAL = 1e-9
"""What a bound must be worth to bind."""

End = tuple[float, NDArray[np.int64], Numbers | None]
"""An end of a range, the cells that bind it, and atoms that reach it if it is finite."""


class InconsistentError(Exception):
    """No counts at all could have given what was shown."""


def solved(found: object) -> float:
    """Value of the objective.

    Raises
    ------
    InconsistentError
        Nothing fits all bounds.
    """
    if getattr(found, "status", None) != 0:
        raise InconsistentError
    return float(getattr(found, "fun", math.nan))
