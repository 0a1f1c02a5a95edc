"""Stores and landmarks that several tests of breach risk share."""

from __future__ import annotations

import pytest
from breach_records import Store, made

from workbench.breach.landmark_rows import Landmarks, landmarks


@pytest.fixture(scope="session")
def store() -> Store:
    return made()


@pytest.fixture(scope="session")
def built(store: Store) -> dict[str, Landmarks]:
    return {
        standard: landmarks(
            store.records,
            store.milestones,
            demographics=store.demographics,
            standard=standard,
            as_at="2024-04-30",
        )
        for standard in ("FDS", "31D", "62D")
    }
