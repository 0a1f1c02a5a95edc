"""The judged model beside the plainer ones, its other self, and at sites it has not seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.breach.evaluation import ALL, Evaluation, evaluate, measured_table, measures_of
from workbench.breach.frames import Cases
from workbench.breach.models import BOOSTING, LOGISTIC, LONGEST, RATES
from workbench.breach.plan import Plan
from workbench.breach.roles import Roles
from workbench.breach.splits import Split, leave_one_site_out
from workbench.breach.training import Model, fit

SITES = ("site", "model", "metric", "estimate", "lower", "upper", "n", "patients", "events")
SEEN, NOT_SEEN = "has learnt from this site", "has not seen this site"


@dataclass(frozen=True, eq=False)
class Judged:
    """What judging gives.

    Attributes
    ----------
    model : Model
        The one that was judged.
    plain : Model
        The same without protected characteristics; often the one that was judged.
    evaluation : Evaluation
    sites : DataFrame
        `SITES`: by site, the model beside one that has not seen the site, on the same rows.
    """

    model: Model
    plain: Model
    evaluation: Evaluation
    sites: pd.DataFrame


def judge(held: Cases, roles: Roles, split: Split, plan: Plan) -> Judged:
    """Fit on what was known before the judging clocks started, and judge on those.

    Parameters
    ----------
    held : Cases
    roles : Roles
        Without protected characteristics among the features.
    split : Split
    plan : Plan
    """
    used = roles.with_protected() if plan.protected else roles
    model = fit(held, used, split, plan.seed, plan.model, **plan.options)
    others = [name for name in (BOOSTING, LOGISTIC, RATES, LONGEST) if name != plan.model]
    models = [model, *(fit(held, used, split, plan.seed, name) for name in others)]
    test = held.taken(split.test)
    how = "time" if held.origin is not None else "patients"
    made = evaluate(models, test, replicates=plan.replicates, seed=plan.seed, split=how)
    other, twin = _twin(held, roles, split, plan)
    tables = [made.measures]
    if other is not None:
        label = f"{plan.model}, {twin} protected characteristics"
        tables.append(_table(other, test, plan).assign(model=label, split=how))
    left_out = _left_out(held, used, split, plan) if plan.sites_left_out else {}
    tables += [one.assign(split=f"site left out: {site}") for site, one in left_out.items()]
    measures = pd.concat(tables, ignore_index=True)[list(made.measures.columns)]
    plain = other if plan.protected and other is not None else model
    return Judged(
        model, plain, replace(made, measures=measures), _sites(model, test, left_out, plan)
    )


def _twin(held: Cases, roles: Roles, split: Split, plan: Plan) -> tuple[Model | None, str]:
    """The same model with protected characteristics, or without; None where there are none."""
    both = roles.with_protected()
    if both.features == roles.features:
        return None, ""
    other, label = (roles, "without") if plan.protected else (both, "with")
    return fit(held, other, split, plan.seed, plan.model, **plan.options), label


def _left_out(held: Cases, roles: Roles, split: Split, plan: Plan) -> dict[str, pd.DataFrame]:
    """By site, the measures of a model that has not seen it."""
    if len(held.site.levels) < 3:  # one site and those of whom it is not known
        return {}
    tables = {}
    for site, one in leave_one_site_out(held, split):
        train = held.outcome[one.train]
        if len(train) and train.min() < train.max():
            model = fit(held, roles, one, plan.seed, plan.model, **plan.options)
            tables[site] = _table(model, held.taken(one.test), plan)
    return tables


def _table(model: Model, test: Cases, plan: Plan) -> pd.DataFrame:
    return measured_table(model, model.risk(test), test, replicates=plan.replicates, seed=plan.seed)


def _whole(model: Model, test: Cases, plan: Plan) -> pd.DataFrame:
    """Measures of all landmarks together alone."""
    return measures_of(
        model.name, model.risk(test), test, replicates=plan.replicates, seed=plan.seed,
        by_landmark=False,
    )  # fmt: skip


def _sites(
    model: Model, test: Cases, left_out: dict[str, pd.DataFrame], plan: Plan
) -> pd.DataFrame:
    parts = []
    for site, unseen in left_out.items():
        here = test.taken(np.flatnonzero(test.site.places == test.site.levels.index(site)))
        parts += [
            table[table["landmark_day"] == ALL].assign(site=site, model=label)
            for label, table in ((SEEN, _whole(model, here, plan)), (NOT_SEEN, unseen))
        ]
    if not parts:
        return pd.DataFrame(columns=list(SITES))
    return pd.concat(parts, ignore_index=True)[list(SITES)]
