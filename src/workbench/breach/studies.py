"""A whole study of one outcome: evaluate on unseen rows, then fit the model that is used.

The model that is judged was fitted on what was known before the judging clocks started.
The model that is used is fitted in the same way on all that is known by now; its own
future is judged by `workbench.breach.drift` and by the next study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from workbench.breach.drift import Drift, drift
from workbench.breach.evaluation import Evaluation, evaluate, measured_table
from workbench.breach.frames import Cases, cases
from workbench.breach.intervals import REFITS, doubt
from workbench.breach.models import BOOSTING, LOGISTIC, LONGEST, RATES
from workbench.breach.persistence import Stored
from workbench.breach.roles import Roles
from workbench.breach.settings import Settings, load_settings
from workbench.breach.splits import Split, by_patient, by_time, latest_window, leave_one_site_out
from workbench.breach.stability import stability
from workbench.breach.training import Model, fit
from workbench.errors import ParameterError


@dataclass(frozen=True)
class Plan:
    """What a study does; the defaults are those of ``workbench train``.

    Attributes
    ----------
    model : {"boosting", "logistic", "rates"}
    seed : int
    replicates : int
        Of the bootstrap; 0 for no intervals.
    refits : int
        On samples of patients, for the intervals of single risks.
    protected : bool
        Whether the model that is used has protected characteristics among its features.
        Both kinds are judged.
    sites_left_out : bool
        Whether to judge the model at each site that it has not seen.
    options : mapping
        Of the learner.
    """

    model: str = BOOSTING
    seed: int = 1
    replicates: int = 200
    refits: int = REFITS
    protected: bool = False
    sites_left_out: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)


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
    test : Cases
        What it was judged on.
    evaluation : Evaluation
    drift : Drift or None
        None where there are no days.
    counts : DataFrame
        ``step, count`` of rows taken out, blanked cells and codes not seen before.
    stability : DataFrame
        As `workbench.breach.stability.stability`, of the model that is used.
    """

    stored: Stored
    judged: Model
    split: Split
    test: Cases
    evaluation: Evaluation
    drift: Drift | None
    counts: pd.DataFrame
    stability: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table, by name."""
        made = {
            "measures": self.evaluation.measures,
            "calibration": self.evaluation.calibration,
            "decision_curve": self.evaluation.decisions,
            "capture": self.evaluation.captured,
            "counts": self.counts,
            "stability": self.stability,
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
    held = checked.cases
    used = roles.with_protected() if todo.protected else roles
    split = by_patient(held, todo.seed) if held.origin is None else by_time(held, known)
    judged = fit(held, used, split, todo.seed, todo.model, **todo.options)
    test = held.taken(split.test)
    evaluation = _evaluated(held, roles, used, split, judged, todo)
    stored = _used(held, used, judged, split, todo, known, dict(facts or {}))
    return Study(
        stored=stored,
        judged=judged,
        split=split,
        test=test,
        evaluation=evaluation,
        drift=_drifted(judged, test, split, known),
        counts=_counts(held, checked.left_out, checked.blanked, judged, test, split),
        stability=stability(stored.model, stored.refits, test),
    )


def _evaluated(
    held: Cases, roles: Roles, used: Roles, split: Split, judged: Model, plan: Plan
) -> Evaluation:
    """The judged model against the plainer ones, and at each site that it has not seen."""
    others = [name for name in (BOOSTING, LOGISTIC, RATES, LONGEST) if name != plan.model]
    models = [judged, *(fit(held, used, split, plan.seed, name) for name in others)]
    how = "time" if held.origin is not None else "patients"
    test = held.taken(split.test)
    made = evaluate(models, test, replicates=plan.replicates, seed=plan.seed, split=how)
    more = [made.measures]
    other = roles if plan.protected else roles.with_protected()
    if other.features != used.features:
        model = fit(held, other, split, plan.seed, plan.model, **plan.options)
        label = "without" if plan.protected else "with"
        more.append(
            measured_table(
                model, model.risk(test), test, replicates=plan.replicates, seed=plan.seed
            ).assign(model=f"{plan.model}, {label} protected characteristics", split=how)
        )
    if plan.sites_left_out and len(held.site.levels) > 2:
        more += list(_left_out(held, used, split, plan))
    measures = pd.concat(more, ignore_index=True)[list(made.measures.columns)]
    return replace(made, measures=measures)


def _left_out(held: Cases, roles: Roles, split: Split, plan: Plan) -> list[pd.DataFrame]:
    tables = []
    for site, one in leave_one_site_out(held, split):
        train = held.outcome[one.train]
        if len(train) == 0 or train.min() == train.max():
            continue
        model = fit(held, roles, one, plan.seed, plan.model, **plan.options)
        test = held.taken(one.test)
        table = measured_table(
            model, model.risk(test), test, replicates=plan.replicates, seed=plan.seed
        )
        tables.append(table.assign(split=f"site left out: {site}"))
    return tables


def _used(
    held: Cases, roles: Roles, judged: Model, split: Split, plan: Plan, settings: Settings,
    facts: dict[str, Any],
) -> Stored:  # fmt: skip
    """The model that is used, with what its intervals need."""
    latest = latest_window(held, settings)
    model = fit(held, roles, latest, plan.seed, plan.model, **plan.options)
    refits = [
        fit(held, roles, sampled(held, latest, plan.seed + 1 + number), plan.seed, plan.model,
            **plan.options)
        for number in range(plan.refits)
    ]  # fmt: skip
    unseen = held.taken(np.sort(np.r_[split.calibrate, split.test]))
    facts |= {
        "model": plan.model, "seed": plan.seed, "protected": plan.protected,
        "trend_a_year": model.trend.a_day * 365.25,
        "windows": latest.windows, "rows": len(latest.train), "rows_calibrating": len(
            latest.calibrate
        ),
    }  # fmt: skip
    return Stored(model, tuple(refits), doubt(judged, unseen, roles), roles, facts)


def sampled(held: Cases, split: Split, seed: int) -> Split:
    """Draw the patients of a split again, with replacement.

    Parameters
    ----------
    held : Cases
    split : Split
    seed : int

    Returns
    -------
    Split
        A patient's rows are there as often as the patient was drawn.
    """
    random = np.random.default_rng(seed)

    def drawn(rows: Any) -> Any:
        if len(rows) == 0:
            return rows
        _, place = np.unique(held.group[rows], return_inverse=True)
        count = int(place.max()) + 1
        times = np.bincount(random.integers(0, count, count), minlength=count)
        return np.repeat(rows, times[place])

    return replace(split, train=drawn(split.train), calibrate=drawn(split.calibrate))


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
