"""Models and explanations that several tests share."""

from __future__ import annotations

from collections.abc import Iterator

import explain_cases
import pytest
from threadpoolctl import threadpool_limits

from workbench.breach import Cases, Model, cases, fit, load_settings
from workbench.breach.splits import by_time
from workbench.explain import Attributions, attributions


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Small models are fitted faster so: threads that wait for each other cost more."""
    import sklearn.ensemble  # noqa: F401 - its threads are limited once they are there

    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def waits() -> Cases:
    return cases(explain_cases.frame(), explain_cases.ROLES).cases


@pytest.fixture(scope="session")
def boosted(waits: Cases) -> Model:
    split = by_time(waits, load_settings())
    return fit(waits, explain_cases.ROLES, split, 1, max_iter=60)


@pytest.fixture(scope="session")
def logistic(waits: Cases) -> Model:
    split = by_time(waits, load_settings())
    return fit(waits, explain_cases.ROLES, split, 1, "logistic")


@pytest.fixture(scope="session")
def found(boosted: Model, waits: Cases) -> Attributions:
    return attributions(boosted, waits, roles=explain_cases.ROLES)
