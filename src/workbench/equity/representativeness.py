"""Who is in the data, against who there is: too few of whom, and what is not known of whom.

References
----------
Public Health England (2018). Technical guide: confidence intervals. Breslow NE, Day NE
(1987). Statistical Methods in Cancer Research II. IARC (indirect standardisation).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from workbench.equity.characteristics import in_order, known
from workbench.equity.figures import quantile
from workbench.equity.layout import name_of
from workbench.equity.sufficiency import status_of
from workbench.equity.unknowns import gap_bounds, missingness
from workbench.errors import InputError
from workbench.statistics.inputs import Floats, floats
from workbench.statistics.intervals import wilson
from workbench.statistics.standardisation import indirectly_standardised_ratio

__all__ = [
    "against_expectation",
    "age_standardised",
    "census_groups",
    "gap_bounds",
    "missingness",
    "representation",
    "total_variation",
]


def representation(
    cohort: pd.Series,
    population: pd.Series,
    characteristic: str,
    *,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Each group's share of the cohort against its share of a population.

    ``ratio = (x/N) / q``, ``log ratio ± z √((1 - x/N) / x)``: the population is taken as
    known. Those of whom it is not known are left out of ``N``, and bound the ratio.

    Parameters
    ----------
    cohort : Series of count, by group
        Those not known included.
    population : Series of count, by group
        Or of expected numbers: `age_standardised`. A census counts everyone, and cancer
        comes with age: against it alone an older group looks over-represented.
    characteristic : str
        What the groups are of.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    DataFrame
        One row a group of either, those not known last: ``group, n, share, population,
        expected_share, ratio, lower, upper, least, most, difference, status``. `least` and
        `most` are the ratio if none, or all, of the not known were of the group;
        `difference` is standardised, ``(p - q) / √((p(1-p) + q(1-q)) / 2)``.

    Raises
    ------
    InputError
        A count is missing or below 0, a group stands twice, a group with people in the
        cohort is not in the population, or nobody is known.
    """
    z = quantile(confidence)
    names, x, people = _matched(cohort, population, characteristic)
    here = known(characteristic, names)
    total, everyone = float(x[here].sum()), float(x.sum())
    q = np.where(here, people / people[here].sum(), np.nan)
    p = np.where(here, x / total, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(q > 0, p / q, np.nan)
        error = np.sqrt((1 - p) / np.where(x > 0, x, np.nan))
        difference = (p - q) / np.sqrt((p * (1 - p) + q * (1 - q)) / 2)
        unknown = everyone - total
        least, most = x / everyone / q, (x + unknown) / everyone / q
    none = _of_none(total, q, confidence)
    table = pd.DataFrame(
        {
            "group": names, "n": x, "share": np.where(here, p, x / everyone),
            "population": np.where(here, people, np.nan), "expected_share": q, "ratio": ratio,
            "lower": np.where(x > 0, ratio * np.exp(-z * error), 0.0),
            "upper": np.where(x > 0, ratio * np.exp(z * error), none),
            "least": least, "most": most, "difference": difference,
            "status": status_of(x),
        }
    )  # fmt: skip
    table.loc[~here, ["lower", "upper", "least", "most"]] = np.nan
    return table


def total_variation(shares: ArrayLike, expected: ArrayLike) -> float:
    """``½ Σ |p - q|``: the part of the cohort that would have to be of another group.

    Parameters
    ----------
    shares, expected : array_like, shape (groups,)
        Counts or shares; each is brought to sum to 1.

    Raises
    ------
    InputError
        Shapes differ, or one of them does not sum to more than 0.
    """
    p, q = floats(shares, "shares"), floats(expected, "expected")
    if p.shape != q.shape or not (p.sum() > 0 and q.sum() > 0):
        raise InputError("Both must have one number a group, and not all 0.")
    return float(np.abs(p / p.sum() - q / q.sum()).sum() / 2)


def age_standardised(
    cohort: pd.DataFrame, population: pd.DataFrame, characteristic: str, age: str = "age_band"
) -> pd.Series:
    """How many of each group there would be, had all groups the cohort's rates by age.

    Indirect standardisation: ``E_g = Σ_a N_ga X_a / N_a`` over those of whom group and age
    are known. The sum of the expected is the number observed.

    Parameters
    ----------
    cohort : DataFrame
        Columns `characteristic`, `age` and ``n``.
    population : DataFrame
        The same columns, of the people that the cohort comes from.
    characteristic, age : str
        Names of the columns.

    Returns
    -------
    Series of float, by group
        For `representation` as its population, or `against_expectation`.

    Raises
    ------
    InputError
        An age of the cohort has nobody in the population, or a column is not there.
    """
    seen = _grid(cohort, characteristic, age)
    people = _grid(population, characteristic, age)
    seen = seen.loc[known(characteristic, list(seen.index)), :]
    seen = seen.loc[:, known(age, list(seen.columns))]
    people = people.loc[known(characteristic, list(people.index)), :]
    ages = people.sum(axis=0)
    cases = seen.sum(axis=0).reindex(ages.index, fill_value=0.0)
    strange = sorted(set(seen.columns[seen.sum(axis=0) > 0]) - set(ages.index[ages > 0]))
    if strange:
        raise InputError("The population has nobody of some ages of the cohort.",
                         remedy="Use the same bands of age in both.")  # fmt: skip
    rates = (cases / ages.where(ages > 0)).fillna(0.0)
    return pd.Series(people.to_numpy() @ rates.to_numpy(), people.index, name="expected")


def against_expectation(
    cohort: pd.Series, expected: pd.Series, characteristic: str, *, confidence: float = 0.95
) -> pd.DataFrame:
    """Observed over expected numbers of each group, with Poisson limits.

    Parameters
    ----------
    cohort : Series of count, by group
        Those not known are left out: they are no group's observed.
    expected : Series of float, by group
        From `age_standardised`.
    characteristic : str
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    DataFrame
        ``group, n, expected, ratio, lower, upper, status``.

    Raises
    ------
    InputError
        As `representation`.
    """
    names, x, e = _matched(cohort, expected, characteristic)
    here = known(characteristic, names)
    found = indirectly_standardised_ratio(x[here], e[here], confidence=confidence)
    return pd.DataFrame(
        {
            "group": [name for name, used in zip(names, here, strict=True) if used],
            "n": x[here], "expected": e[here], "ratio": found.estimate, "lower": found.lower,
            "upper": found.upper, "status": status_of(x[here]),
        }
    )  # fmt: skip


def census_groups(census: pd.DataFrame, areas: pd.Series | None = None) -> pd.Series:
    """People of each broad ethnic group of the census, by the names of the code list.

    Parameters
    ----------
    census : DataFrame
        ``lsoa21_code, ethnic_group, n``, as the census by small area has it.
    areas : Series of str, optional
        Areas to count; all by default.

    Returns
    -------
    Series of count, by group
        ``Asian, Black, Mixed, Other, White``: of the census, where Chinese is Asian.
        Compare with groups of the code list ``ethnic_category_census``, not with those of
        the 2001 set, where Chinese is Other.

    Raises
    ------
    InputError
        An area asked for is not in the census.
    """
    if areas is not None:
        census = census[census["lsoa21_code"].isin(areas)]
        if census["lsoa21_code"].nunique() < areas.nunique():
            raise InputError("Some areas are not in the census: check whether they are of 2021.")
    first_word = census["ethnic_group"].str.extract(r"^(\w+)", expand=False)
    return census.groupby(first_word.rename("group"))["n"].sum().sort_index()


def _matched(
    cohort: pd.Series, population: pd.Series, characteristic: str
) -> tuple[list[str], Floats, Floats]:
    faults: list[str] = []
    own = _counted(cohort, "cohort", faults)
    there = _counted(population, "population", faults)
    if faults:
        raise InputError("Cohort and population cannot be compared.", faults)
    names = sorted({*own.index, *there.index})
    names = [names[i] for i in in_order(characteristic, names)]
    here = known(characteristic, names)
    x = np.asarray(own.reindex(names, fill_value=0.0), dtype=float)
    people = np.asarray(there.reindex(names, fill_value=0.0), dtype=float)
    if (here & (people == 0) & (x > 0)).any():
        raise InputError("A group of the cohort is not in the population.",
                         remedy="Use the same names of groups in both.")  # fmt: skip
    if not x[here].sum() > 0 or not people[here].sum() > 0:
        raise InputError("Nobody in the cohort, or in the population, is of a known group.")
    return names, x, people


def _counted(given: pd.Series, what: str, faults: list[str]) -> pd.Series:
    """Counts by name of group; notes what is wrong with them."""
    made = pd.Series(floats(given, what), [name_of(group) for group in given.index])
    if made.index.duplicated().any():
        faults.append(f"{what} has a group twice")
    if not (made >= 0).all():
        faults.append(f"{what} has a count that is missing or below 0")
    return made


def _of_none(total: float, q: Floats, confidence: float) -> Floats:
    """Upper limit of the ratio of a group that nobody of the cohort is of."""
    most = float(wilson(0, total, confidence).upper)
    return np.asarray(np.divide(most, q, out=np.full(len(q), np.nan), where=q > 0))


def _grid(table: pd.DataFrame, characteristic: str, age: str) -> pd.DataFrame:
    absent = [name for name in (characteristic, age, "n") if name not in table.columns]
    if absent:
        raise InputError("Columns are not there.", [f"no column {name!r}" for name in absent])
    named = table.assign(**{name: table[name].map(name_of) for name in (characteristic, age)})
    return named.pivot_table(
        index=characteristic, columns=age, values="n", aggfunc="sum", fill_value=0.0
    )
