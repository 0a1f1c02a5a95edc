"""How the judged risks do in each group of patients: more than a model may know of them.

The groups are those of the protected characteristics, none of which need be a feature. Who
is not recorded is a group like any other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.breach.evaluation import measures_of
from workbench.breach.frames import MISSING, Cases, Floats
from workbench.breach.roles import Roles
from workbench.dictionary.groups import NOT_KNOWN

NOT_RECORDED, BLANK = NOT_KNOWN, "blank"
"""What a missing cell is called; the second where the first is a code of the rows' own."""
COLUMNS = (
    "characteristic", "group", "n", "patients", "events", "affected",
    "observed_expected", "observed_expected_lower", "observed_expected_upper",
    "auc", "auc_lower", "auc_upper",
)  # fmt: skip
_METRICS = ("observed_expected", "auc")


def by_group(
    risk: Floats, test: Cases, roles: Roles, *, replicates: int, seed: int
) -> pd.DataFrame:
    """Calibration and discrimination by group.

    Parameters
    ----------
    risk : array
        Of the judged model.
    test : Cases
        The judged rows.
    roles : Roles
        Which characteristics are protected.
    replicates, seed : int
        Of the bootstrap by patient.

    Returns
    -------
    DataFrame
        `COLUMNS`, one row a group that is there; empty without protected characteristics.
        ``events`` counts rows, ``affected`` the patients whose rows they are.
    """
    rows = []
    for name in roles.protected:
        coded = test.codes.get(name)
        if coded is None:
            continue
        for place in _in_order(coded.levels):
            here = np.flatnonzero(coded.places == place)
            if len(here) == 0:
                continue
            table = measures_of(
                name, risk[here], test.taken(here), replicates=replicates, seed=seed,
                by_landmark=False,
            ).set_index("metric")  # fmt: skip
            row: dict[str, Any] = {
                "characteristic": name,
                "group": _label(coded.levels[place], coded.levels),
            }
            row |= {count: int(table[count].iloc[0]) for count in ("n", "patients", "events")}
            row |= {"affected": affected(test, here)}
            for metric in _METRICS:
                found = table.loc[metric]
                row |= {metric: found["estimate"], f"{metric}_lower": found["lower"]}
                row[f"{metric}_upper"] = found["upper"]
            rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def affected(test: Cases, rows: npt.NDArray[Any]) -> int:
    """How many patients some rows' events are of: one patient may have many rows."""
    return len(np.unique(test.group[rows][test.outcome[rows] == 1]))


def _in_order(levels: tuple[str, ...]) -> list[int]:
    """Places of the levels: numbers by size, texts as they are sorted, not recorded last."""
    told = [level for level in levels if level != MISSING]
    numbers = pd.to_numeric(pd.Series(told, dtype="str"), errors="coerce")
    order = numbers.argsort(kind="stable") if numbers.notna().all() else range(len(told))
    places = [levels.index(told[place]) for place in order]
    return [*places, *([levels.index(MISSING)] if MISSING in levels else [])]


def _label(level: str, levels: tuple[str, ...]) -> str:
    """The level as a reader knows it; a blank has a name that no level has."""
    if level != MISSING:
        return level
    return NOT_RECORDED if NOT_RECORDED not in levels else BLANK
