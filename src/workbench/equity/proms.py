"""What patients report, by group: who is heard, who is likely never asked, how they are.

References
----------
Lambert D (1992). Zero-inflated Poisson regression. Technometrics 34:1-14; Hall DB (2000).
Zero-inflated Poisson and binomial regression with random effects. Biometrics 56:1030-1039.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from workbench.equity.characteristics import in_order, known
from workbench.equity.figures import Estimate, from_error, quantile
from workbench.equity.layout import Layout, laid_out, levels
from workbench.equity.sufficiency import TOO_FEW, status_of
from workbench.errors import InputError, ParameterError
from workbench.statistics.differences import newcombe
from workbench.statistics.inputs import Floats
from workbench.statistics.intervals import wilson
from workbench.statistics.regression import summed_by

_TURNS = 500
_TINY = 1e-300


def completeness(
    pathways: pd.DataFrame,
    responses: pd.DataFrame,
    characteristic: str,
    *,
    key: str = "pathway_id",
    occasions: Sequence[str] = ("timepoint", "instrument"),
    offered: str | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Of how many pathways a patient was heard, by group, and how many were likely asked.

    An extract of responses does not say who was asked. Whoever is asked and answers one
    occasion in two is heard at least once of four in fifteen of sixteen cases; so many
    who are never heard were never asked. A zero-inflated binomial says how many:
    ``P(0) = 1 - a + a (1 - b)^k``, ``P(j) = a C(k, j) b^j (1 - b)^(k-j)``.

    Parameters
    ----------
    pathways : DataFrame
        One row a pathway that ought to be asked, with `key` and `characteristic`.
    responses : DataFrame
        One row a response, with `key` and `occasions`; of other pathways is not counted.
    characteristic : str
        Column of groups.
    key : str, optional
        Column that names a pathway.
    occasions : sequence of str, optional
        Columns that together name what a response answers.
    offered : str, optional
        Column of `pathways`: how many occasions each has come to. Left out, each is taken
        to have come to all that there are in `responses`, and those early on their way
        look as if they had not been asked.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    DataFrame
        ``group, pathways, heard, heard_share, lower, upper`` (Wilson), ``gap, gap_lower,
        gap_upper`` (to everyone else), ``responses_each`` (of those heard), ``asked_share,
        asked_lower, asked_upper``, ``answer_share`` (of occasions, by those asked),
        ``status``. The share asked rests on answers being independent from occasion to
        occasion: where people who answer once always do, it is too low.

    Raises
    ------
    ParameterError
        A column is not there.
    InputError
        A pathway stands twice, there is none, or one has more responses than occasions.
    """
    _require(pathways, [key, characteristic, *([offered] if offered else [])])
    _require(responses, [key, *occasions])
    if pathways.empty or pathways[key].duplicated().any() or pathways[key].isna().any():
        raise InputError("Pathways must be there, each once, each with its name.")
    distinct = responses[[key, *occasions]].drop_duplicates()
    many = len(distinct[list(occasions)].drop_duplicates())
    answered = distinct[key].value_counts()
    given = np.asarray(pathways[key].map(answered).fillna(0), dtype=np.int64)
    codes, names = levels(pathways[characteristic])
    table = _heard(codes, names, given, confidence)
    came = np.asarray(pathways[offered], dtype=np.int64) if offered else np.full(len(given), many)
    if (came < given).any():
        raise InputError("Some pathways have more responses than occasions they came to.")
    asked = [
        asked_and_answered(given[codes == at], came[codes == at], confidence)
        for at in range(len(names))
    ]
    table["asked_share"] = [found.estimate for found, _ in asked]
    table["asked_lower"] = [found.lower for found, _ in asked]
    table["asked_upper"] = [found.upper for found, _ in asked]
    table["answer_share"] = [share for _, share in asked]
    table["status"] = status_of(table["pathways"])
    too_few = (table["status"] == TOO_FEW).to_numpy()
    table.loc[too_few, table.columns[3:-1]] = np.nan
    return table.iloc[in_order(characteristic, names)].reset_index(drop=True)


def _heard(
    codes: NDArray[np.int64], names: list[str], given: NDArray[np.int64], confidence: float
) -> pd.DataFrame:
    """Who was heard at least once, against everyone else."""
    n = np.bincount(codes, minlength=len(names)).astype(float)
    x = np.asarray(np.bincount(codes, (given > 0).astype(float), len(names)), dtype=float)
    answers = np.asarray(np.bincount(codes, given, len(names)), dtype=float)
    own = wilson(x, n, confidence)
    gap = newcombe(x, n, x.sum() - x, n.sum() - n, confidence)
    return pd.DataFrame(
        {
            "group": names, "pathways": n.astype(int), "heard": x.astype(int),
            "heard_share": own.estimate, "lower": own.lower, "upper": own.upper,
            "gap": gap.estimate, "gap_lower": gap.lower, "gap_upper": gap.upper,
            "responses_each": np.divide(answers, x, out=np.full(len(x), np.nan), where=x > 0),
        }
    )  # fmt: skip


def asked_and_answered(
    answers: NDArray[np.int64], occasions: int | NDArray[np.int64], confidence: float = 0.95
) -> tuple[Estimate, float]:
    """Share of people who were asked, and of occasions that those asked answered.

    Maximum likelihood of the zero-inflated binomial, by expectation and maximisation; its
    error from the sum of squared scores.

    Parameters
    ----------
    answers : array of int, shape (people,)
        How many occasions each answered.
    occasions : int or array of int, shape (people,)
        How many there were; at least 2 for someone, for one says nothing of who was asked.
        People who came to none are left out.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    Estimate, float
        NaN where nobody answered or nobody had more than one occasion.
    """
    offered = np.broadcast_to(np.asarray(occasions), answers.shape)
    came = offered > 0
    given, offered = answers[came], offered[came]
    nan = float("nan")
    if not given.any() or int(offered.max()) < 2:
        return Estimate(nan, nan, nan, nan), nan
    silent = given == 0
    asked, answered = (1 + float(np.mean(~silent))) / 2, float(given.sum() / offered.sum())
    for _ in range(_TURNS):
        missed = asked * (1 - answered) ** offered
        was_asked = np.where(silent, missed / (missed + 1 - asked + _TINY), 1.0)
        new = float(was_asked.mean())
        answered = min(float(given.sum() / (was_asked @ offered)), 1.0)
        settled, asked = abs(new - asked) < 1e-9, new
        if settled:
            break
    error = _asked_error(given, offered, asked, answered)
    found = from_error(asked, error, confidence, lowest=0.0)
    return Estimate(asked, found.lower, min(found.upper, 1.0), error), answered


def _asked_error(
    given: NDArray[np.int64], offered: NDArray[np.int64], asked: float, answered: float
) -> float:
    """Standard error of the share asked; NaN at the ends, where there is no curvature."""
    if not (0 < answered < 1 and 0 < asked < 1):
        return float("nan")
    none = (1 - answered) ** offered
    chance = 1 - asked + asked * none
    silent = given == 0
    of_asked = np.where(silent, (none - 1) / chance, 1 / asked)
    of_answered = np.where(
        silent,
        -asked * offered * (1 - answered) ** (offered - 1) / chance,
        given / answered - (offered - given) / (1 - answered),
    )
    scores = np.column_stack([of_asked, of_answered])
    return float(np.sqrt(np.linalg.pinv(scores.T @ scores)[0, 0]))


def mean_scores(
    responses: pd.DataFrame,
    score: str,
    characteristic: str,
    *,
    person: str | None = None,
    value_set: str | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Mean of a score by group, and its difference from everyone else's.

    Parameters
    ----------
    responses : DataFrame
        One row a response; those without the score are left out and counted.
    score : str
        Column of numbers.
    characteristic : str
        Column of groups.
    person : str, optional
        Column of whom a response is of, where people have several: errors are then by
        person.
    value_set : str, optional
        Column that names an index's value set; scores of different sets are refused.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    DataFrame
        ``group, responses, without_score, mean, lower, upper`` (Student's t), ``gap,
        gap_lower, gap_upper`` (to everyone else), ``status``. Of those who answered: whoever
        was not heard may be worse off.

    Raises
    ------
    ParameterError
        A column is not there.
    InputError
        Nobody has a score, or there are several value sets.
    """
    _require(responses, [score, characteristic, *(c for c in (person, value_set) if c)])
    scored = responses[responses[score].notna()]
    if scored.empty:
        raise InputError("No response has the score.")
    if value_set and len(scored[value_set].unique()) > 1:
        raise InputError("Scores of several value sets cannot be averaged together.",
                         remedy="Choose the responses of one value set.")  # fmt: skip
    layout = laid_out(scored, characteristic, [], [score], cluster=person)
    table, people = _means(layout, layout.columns[score], confidence)
    lacking = _tallied(responses.loc[responses[score].isna(), characteristic])
    without = [lacking.get(label, 0) for label in layout.labels]
    table.insert(2, "without_score", without)
    table["status"] = status_of(people)
    few = (table["status"] == TOO_FEW).to_numpy()
    table.loc[few, ["mean", "lower", "upper", "gap", "gap_lower", "gap_upper"]] = np.nan
    unknown = ~known(characteristic, layout.labels)
    table.loc[unknown, ["gap", "gap_lower", "gap_upper"]] = np.nan
    return table.iloc[layout.in_order(characteristic)].reset_index(drop=True)


def _means(layout: Layout, values: Floats, confidence: float) -> tuple[pd.DataFrame, Floats]:
    """Mean of each group and its gap to everyone else, and people of each."""
    own = (layout.place[:, None] == np.arange(len(layout.labels))[None, :]).astype(float)
    n = own.sum(axis=0)
    rest_n = n.sum() - n
    mean, rest = own.T @ values / n, (values.sum() - own.T @ values) / rest_n
    inside = own * (values[:, None] - mean) / n
    outside = (1 - own) * (values[:, None] - rest) / rest_n
    error, people = _error(inside, own, layout.cluster)
    reach = student.ppf((1 + confidence) / 2, np.maximum(people - 1, 1)) * error
    apart = quantile(confidence) * _error(inside - outside, own, layout.cluster)[0]
    table = pd.DataFrame(
        {
            "group": layout.labels, "responses": n.astype(int),
            "mean": mean, "lower": mean - reach, "upper": mean + reach,
            "gap": mean - rest, "gap_lower": mean - rest - apart, "gap_upper": mean - rest + apart,
        }
    )  # fmt: skip
    return table, people


def _require(table: pd.DataFrame, columns: Sequence[str]) -> None:
    absent = [name for name in columns if name not in table.columns]
    if absent:
        raise ParameterError("Columns are not there.", [f"no column {name!r}" for name in absent])


def _error(
    influence: Floats, own: Floats, cluster: NDArray[np.int64] | None
) -> tuple[Floats, Floats]:
    """Standard error of each group's figure, and how many people it rests on."""
    if cluster is not None:
        influence, own = summed_by(influence, cluster), summed_by(own, cluster)
    people = np.asarray((own > 0).sum(axis=0), dtype=float)
    factor = people / np.maximum(people - 1, 1)
    return np.asarray(np.sqrt(factor * np.sum(influence**2, axis=0))), people


def _tallied(column: pd.Series) -> dict[str, int]:
    """Rows of each group."""
    if column.empty:
        return {}
    codes, names = levels(column)
    return dict(zip(names, np.bincount(codes, minlength=len(names)).tolist(), strict=True))
