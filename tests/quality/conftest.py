"""One made-up store for all tests of this room."""

from __future__ import annotations

import pytest
from quality_made import Made, made_of
from quality_store import demographics, faults, records


@pytest.fixture(scope="session")
def made() -> Made:
    own = records()
    return made_of(own, demographics(own), faults(own))
