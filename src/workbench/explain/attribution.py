"""What each feature adds to each row's margin: Shapley values, additive or refused.

The margin is the one that is used: of a model of this workbench the calibrated log odds.
Its parts are attributed so:

- trees, or the terms of a logistic regression: to the features, times the sigmoid's slope;
- the sigmoid's intercept: to the base;
- the intercept of a landmark's own, less the background's mean: to the landmark;
- the trend of the service since calibration, less the background's mean, whole: to `DRIFT`.

An attribution says which features go with a high margin in this model. It is an
association, not a cause: changing the feature need not change what happens.

References
----------
Lundberg SM, Lee SI (2017). NeurIPS 30. Lundberg SM et al (2020). Nature Machine
Intelligence 2:56-67.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.breach import Cases, Model, Roles, Stored, cases
from workbench.breach.calibration import expit
from workbench.breach.linear import linear_terms
from workbench.breach.models import BOOSTING, LOGISTIC, Fitted
from workbench.errors import CheckError, InputError, ParameterError
from workbench.explain.forest import Floats, Forest, forest_of, forest_of_boosted
from workbench.explain.shapley import shapley_values

TOLERANCE = 1e-8
"""Furthest that base and values may add up from a row's margin."""
DRIFT, LANDMARK = "drift", "landmark"
FEWEST = 100
"""Rows that may be their own background: the mean of fewer says little of anyone else."""


@dataclass(frozen=True, eq=False)
class Attributions:
    """Shapley values of rows; made by `attributions`.

    Attributes
    ----------
    values : DataFrame
        One row a case, in the order given, one column a source feature, on the margin's scale
        (log odds).
    base : float
        Mean margin of the background.
    margin : Series
        What the model says of each row: base and values add up to it.
    """

    values: pd.DataFrame
    base: float
    margin: pd.Series[float]

    def __post_init__(self) -> None:
        off = np.abs(self.base + self.values.sum(axis=1) - self.margin).to_numpy()
        wrong = int((~(off <= TOLERANCE)).sum())
        if wrong:
            raise CheckError(
                "The explanation does not add up to the model's own margin, so it is refused.",
                [f"{wrong} of {len(off)} rows are off by more than {TOLERANCE:g}"],
                remedy="The trees were read wrongly: hold the version of scikit-learn to the lock.",
            )

    def __len__(self) -> int:
        return len(self.margin)

    @property
    def by_feature(self) -> pd.DataFrame:
        """The values: a name that no one takes for the bare array of a frame."""
        return self.values

    @property
    def risk(self) -> pd.Series[float]:
        """The margins as risks."""
        return pd.Series(expit(np.asarray(self.margin, dtype=np.float64)), name="risk")

    def folded(self, sources: Mapping[str, str]) -> Attributions:
        """Add up columns that come from one source; those not named stay as they are."""
        return Attributions(_folded(self.values, sources), self.base, self.margin)


def attributions(
    model: Any,
    rows: Any,
    *,
    background: Any = None,
    roles: Roles | None = None,
    sources: Mapping[str, str] | None = None,
    threads: int | None = None,
) -> Attributions:
    """Explain rows.

    Parameters
    ----------
    model : Stored, Model, or a fitted HistGradientBoosting model
        Of this workbench, boosting or logistic.
    rows : Cases, DataFrame or array
        Frames of a `Stored` model go by its roles; of scikit-learn, they are what its
        ``predict`` takes (give the encoded frame where a pipeline encodes).
    background : as `rows`, optional
        What a row is compared with: a value of 0 is "as in the background on average". The
        rows themselves without it; of scikit-learn's models, the rows learnt from.
    roles : Roles, optional
        Of a bare `Model` whose rows are a frame, or to name its landmark.
    sources : mapping of str to str, optional
        Column to source feature, where several columns encode one.
    threads : int, optional
        Changes no bit of any value.

    Returns
    -------
    Attributions

    Raises
    ------
    CheckError
        Base and values do not add up to the margin within `TOLERANCE` on every row.
    InputError
        The rows do not fit, or are too few to be their own background.
    ParameterError
        Such a model cannot be explained.
    """
    if isinstance(model, Stored):
        model, roles = model.model, roles or model.roles
    if isinstance(model, Model):
        held = _held(rows, roles)
        reference = _reference(held, background, roles)
        made = _calibrated(model, held, reference, roles, threads)
    elif hasattr(model, "_predictors"):
        made = _boosted(model, rows, background, threads)
    else:
        raise ParameterError(
            f"A model of type {type(model).__name__} cannot be explained.",
            remedy="Give a model of `workbench train`, or a HistGradientBoosting model; of a "
            "pipeline, its last step and the frame that reaches it.",
        )
    return made.folded(sources) if sources else made


def _held(rows: Any, roles: Roles | None) -> Cases:
    if isinstance(rows, Cases):
        return rows
    if roles is None or not isinstance(rows, pd.DataFrame):
        raise ParameterError("Rows to explain must be cases, or a frame with its roles.")
    return cases(rows, roles, outcome_needed=False).cases


def _reference(held: Cases, background: Any, roles: Roles | None) -> Cases:
    reference = held if background is None else _held(background, roles)
    if len(reference) < (FEWEST if background is None else 1):
        raise InputError(
            f"{len(reference)} rows are too few to be compared with.",
            remedy="Give as background the rows of a whole list, or those learnt from.",
        )
    return reference


def _calibrated(
    model: Model, held: Cases, reference: Cases, roles: Roles | None, threads: int | None
) -> Attributions:
    """Parts of the calibrated margin; see the module."""
    fitted, sigmoid = model.fitted, model.sigmoid
    base, parts = _bare(fitted, held, reference, threads)
    base = sigmoid.intercept + sigmoid.slope * base
    parts = {name: sigmoid.slope * part for name, part in parts.items()}
    if sigmoid.own:
        name = (roles.landmark if roles else None) or LANDMARK
        own, usual = (_own(sigmoid.own, one) for one in (held, reference))
        parts[name] = parts.get(name, np.zeros(len(held))) + own - usual.mean()
        base += float(usual.mean())
    carried, usual = (
        np.asarray(model.trend.added(one.origin, one.landmark)) for one in (held, reference)
    )
    if carried.any() or usual.any():
        parts[DRIFT] = carried - usual.mean()
        base += float(usual.mean())
    return Attributions(pd.DataFrame(parts), float(base), pd.Series(model.margin(held)))


def _bare(
    fitted: Fitted, held: Cases, reference: Cases, threads: int | None
) -> tuple[float, dict[str, Floats]]:
    """Base and parts of the margin before calibration."""
    if fitted.name == BOOSTING and fitted.trees is not None:
        forest = forest_of(fitted.trees)
        forest = forest.with_background(fitted.encoding.matrix(reference).T)
        values = shapley_values(forest, fitted.encoding.matrix(held).T, threads=threads)
        return forest.expected(), dict(zip(fitted.encoding.names, values, strict=True))
    if fitted.name == LOGISTIC:
        terms, usual = (linear_terms(fitted.numbers, one) for one in (held, reference))
        means = {name: float(term.mean()) for name, term in usual.items()}
        base = float(fitted.numbers["intercept"]) + sum(means.values())
        return base, {name: term - means[name] for name, term in terms.items()}
    raise ParameterError(
        f"The model '{fitted.name}' has no features to explain.",
        remedy="Explain boosting or logistic.",
    )


def _own(own: Mapping[int, float], held: Cases) -> Floats:
    return np.array([own.get(int(day), 0.0) for day in held.landmark])


def _boosted(model: Any, rows: Any, background: Any, threads: int | None) -> Attributions:
    """Values of scikit-learn's own model, put back in the order of its columns."""
    forest: Forest = forest_of_boosted(model)
    if background is not None:
        forest = forest.with_background(_encoded(model, background))
    values = shapley_values(forest, _encoded(model, rows), threads=threads)
    codes = getattr(model, "is_categorical_", None)
    place = np.arange(len(values))
    if codes is not None:  # its trees see the codes first
        place = np.r_[np.flatnonzero(codes), np.flatnonzero(~codes)]
    names = getattr(model, "feature_names_in_", [f"x{n}" for n in range(len(values))])
    made = {str(names[column]): values[at] for at, column in enumerate(place)}
    margin = model._raw_predict(rows).ravel()
    frame = pd.DataFrame({str(name): made[str(name)] for name in names})
    return Attributions(frame, forest.expected(), pd.Series(margin))


def _encoded(model: Any, rows: Any) -> Floats:
    """Rows as the model's trees see them: features by rows."""
    return np.asarray(model._preprocess_X(rows, reset=False), dtype=np.float64).T


def _folded(values: pd.DataFrame, sources: Mapping[str, str]) -> pd.DataFrame:
    made: dict[str, Any] = {}
    for name in values.columns:
        source = sources.get(name, name)
        made[source] = made[source] + values[name] if source in made else values[name]
    return pd.DataFrame(made, index=values.index)
