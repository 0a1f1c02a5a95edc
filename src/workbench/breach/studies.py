"""A whole study of one outcome: evaluate on unseen rows, then fit the model that is used.

The model that is judged was fitted on what was known before the judging clocks started.
The model that is used is fitted in the same way on all that is known by now; its own
future is judged by `workbench.breach.drift` and by the next study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from workbench.breach.cross_check import COLUMNS as CROSS_CHECKED
from workbench.breach.cross_check import NEEDED, cross_check
from workbench.breach.drift import Drift, drift
from workbench.breach.evaluation import Evaluation
from workbench.breach.frames import Cases, cases
from workbench.breach.intervals import Doubt, doubt
from workbench.breach.judged_rows import judged_rows
from workbench.breach.judging import Judged, judge
from workbench.breach.learning import COLUMNS as LEARNT
from workbench.breach.learning import learning_curve
from workbench.breach.models import LONGEST
from workbench.breach.persistence import Stored
from workbench.breach.plan import Plan
from workbench.breach.refits import NONE, Refits, refit
from workbench.breach.roles import Roles
from workbench.breach.settings import Settings, load_settings
from workbench.breach.splits import Places, Split, by_patient, by_time, latest_window
from workbench.breach.stability import stability
from workbench.breach.training import Model, fit
from workbench.errors import ParameterError


@dataclass(frozen=True, eq=False)
class Study:
    """What came out.

    Attributes
    ----------
    stored : Stored
        The model that is used.
    judged : Model
        The one that was judged.
    split : Split
    held : Cases
        Every row.
    test : Cases
        What it was judged on.
    rows : DataFrame
        As `workbench.breach.judged_rows.judged_rows`: `test` with its risks.
    evaluation : Evaluation
    drift : Drift or None
        None where there are no days.
    counts : DataFrame
        ``step, count`` of rows taken out, blanked cells and codes not seen before.
    stability : DataFrame
        As `workbench.breach.stability.stability`, of the model that is used.
    learning, hazard, sites : DataFrame
        As `learning.learning_curve`, `cross_check.cross_check` and `judging.Judged`; empty
        where they were not asked for, or the rows do not lend themselves.
    """

    stored: Stored
    judged: Model
    split: Split
    held: Cases
    test: Cases
    rows: pd.DataFrame
    evaluation: Evaluation
    drift: Drift | None
    counts: pd.DataFrame
    stability: pd.DataFrame
    learning: pd.DataFrame
    hazard: pd.DataFrame
    sites: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table, by name."""
        made = {
            "measures": self.evaluation.measures,
            "calibration": self.evaluation.calibration,
            "decision_curve": self.evaluation.decisions,
            "capture": self.evaluation.captured,
            "counts": self.counts,
            "stability": self.stability,
            "learning": self.learning,
            "hazard": self.hazard,
            "sites": self.sites,
        }
        return made if self.drift is None else {**made, "drift": self.drift.months}


def study(
    frame: pd.DataFrame,
    roles: Roles,
    plan: Plan | None = None,
    *,
    settings: Settings | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Study:
    """Judge the learners on unseen rows and fit the one that is used.

    Parameters
    ----------
    frame : DataFrame
        One row a case, or a landmark of one.
    roles : Roles
    plan : Plan, optional
    settings : Settings, optional
    facts : mapping, optional
        Kept with the model: standard, target, the day of the data.

    Raises
    ------
    InputError
        The frame does not fit its roles, or there is too little to learn from.
    ParameterError
        The plan names a model that gives no risk.
    """
    todo, known = plan or Plan(), settings or load_settings()
    if todo.model == LONGEST:
        raise ParameterError("The longest waiter ranks, and gives no risk.")
    checked = cases(frame, roles)
    held, told = checked.cases, dict(facts or {})
    used = roles.with_protected() if todo.protected else roles
    split = by_patient(held, todo.seed) if held.origin is None else by_time(held, known)
    judged = judge(held, roles, split, todo)
    test = held.taken(split.test)
    stored, again = _used(held, used, judged.model, split, todo, known, told)
    # with protected characteristics the refits are of another model than the one shown here
    others = NONE if todo.protected else again
    apart = split.calibrate if len(split.calibrate) else split.test
    doubts = _doubt(judged.plain, held, roles, others.without(split.test), apart)
    return Study(
        stored=stored,
        judged=judged.model,
        split=split,
        held=held,
        test=test,
        rows=judged_rows(frame, roles, test, judged.plain, stored.refits, doubts),
        evaluation=judged.evaluation,
        drift=_drifted(judged.model, test, split, known),
        counts=_counts(held, checked.left_out, checked.blanked, judged.model, test, split),
        stability=stability(stored.model, stored.refits, test),
        learning=learning_curve(held, used, split, todo, judged.model)
        if todo.learning
        else pd.DataFrame(columns=list(LEARNT)),
        hazard=_second_way(frame, roles, judged, test, split, todo, known, told),
        sites=judged.sites,
    )


def _second_way(
    frame: pd.DataFrame, roles: Roles, judged: Judged, test: Cases, split: Split, plan: Plan,
    settings: Settings, facts: Mapping[str, Any],
) -> pd.DataFrame:  # fmt: skip
    """The cross-check, where the rows are landmarks and the target is to be open past the day."""
    there = all(name in frame.columns for name in NEEDED) and facts.get("target") == "open"
    if not (plan.cross_check and there):
        return pd.DataFrame(columns=list(CROSS_CHECKED))
    return cross_check(
        frame, roles, settings, plan, test=test, judged=judged.plain.risk(test), name=plan.model,
        starts=date.fromisoformat(split.windows["test_from"]),
        standard=str(facts["standard"]), standard_days=int(facts["standard_days"]),
    )  # fmt: skip


def _used(
    held: Cases, roles: Roles, judged: Model, split: Split, plan: Plan, settings: Settings,
    facts: Mapping[str, Any],
) -> tuple[Stored, Refits]:  # fmt: skip
    """The model that is used, with what its intervals need."""
    latest = latest_window(held, settings)
    model = fit(held, roles, latest, plan.seed, plan.model, **plan.options)
    again = refit(held, roles, latest, plan)
    more = {
        "model": plan.model, "seed": plan.seed, "protected": plan.protected,
        "trend_a_year": model.trend.a_day * 365.25,
        "windows": latest.windows, "rows": len(latest.train), "rows_calibrating": len(
            latest.calibrate
        ),
    }  # fmt: skip
    doubts = _doubt(judged, held, roles, again, np.sort(np.r_[split.calibrate, split.test]))
    return Stored(model, again.models, doubts, roles, {**facts, **more}), again


def _doubt(judged: Model, held: Cases, roles: Roles, again: Refits, apart: Places) -> Doubt:
    """From whom the refits left out; with fewer than two, from rows not judged or judging."""
    if len(again.models) > 1:
        return doubt(again.margin, held.taken(again.rows), roles, again.apart)
    unseen = held.taken(apart)
    return doubt(judged.margin(unseen), unseen, roles)


def _drifted(judged: Model, test: Cases, split: Split, settings: Settings) -> Drift | None:
    if test.origin is None:
        return None
    calibrated_to = date.fromisoformat(split.windows.get("calibrate_to", split.windows["train_to"]))
    return drift(judged.risk(test), test, settings, calibrated_to)


def _counts(
    held: Cases, left_out: Mapping[str, int], blanked: Mapping[str, int], judged: Model,
    test: Cases, split: Split,
) -> pd.DataFrame:  # fmt: skip
    steps = {f"rows not of the population, by {name}": n for name, n in left_out.items()}
    steps |= {
        "rows": len(held),
        "rows whose outcome is not known": int(np.isnan(held.outcome).sum()),
    }
    if held.origin is not None and np.isnat(held.origin).any():
        steps["rows without a day, not learnt from"] = int(np.isnat(held.origin).sum())
    steps |= {
        f"cells of {name} known only after their day, blanked": n for name, n in blanked.items()
    }
    steps |= {
        "rows judged: learnt from": len(split.train),
        "rows judged: calibrating": len(split.calibrate),
        "rows judged: judging": len(split.test),
    }
    new = judged.fitted.encoding.unknown(test)
    steps |= {f"cells of {name} with a code not seen before": n for name, n in new.items()}
    return pd.DataFrame({"step": list(steps), "count": list(steps.values())})
