"""Breach risk: which open pathways will pass a standard's day, calibrated and judged unseen.

`landmarks` gives one row per pathway still open on each landmark day, as known that day;
`study` judges learners on the latest unseen clocks and fits the one that is used; `scores`
gives each open pathway's risk with an interval. All of it takes any frame whose columns'
parts are declared (`read_roles`), not only landmarks.

>>> import workbench as wb
>>> rows = wb.breach.landmarks(records, milestones, standard="62D", as_at="2025-03-31")
>>> found = wb.breach.study(rows.frame, wb.breach.landmark_roles())
>>> found.evaluation.measures
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.breach.evaluation import Evaluation, evaluate
    from workbench.breach.frames import Cases, cases
    from workbench.breach.landmark_rows import Landmarks, landmarks
    from workbench.breach.persistence import Stored, load_model, save
    from workbench.breach.plan import Plan
    from workbench.breach.roles import Roles, landmark_roles, read_roles, roles_of
    from workbench.breach.scoring import Scored, scored, scores
    from workbench.breach.settings import Settings, load_settings
    from workbench.breach.store import landmarks_of_store
    from workbench.breach.studies import Study, study
    from workbench.breach.training import Model, fit
    from workbench.breach.waiting import aalen_johansen, kaplan_meier, waits_of

_LATER = {
    "Cases": "frames",
    "Evaluation": "evaluation",
    "Landmarks": "landmark_rows",
    "Model": "training",
    "Plan": "plan",
    "Roles": "roles",
    "Scored": "scoring",
    "Settings": "settings",
    "Stored": "persistence",
    "Study": "studies",
    "aalen_johansen": "waiting",
    "cases": "frames",
    "evaluate": "evaluation",
    "fit": "training",
    "kaplan_meier": "waiting",
    "landmark_roles": "roles",
    "landmarks": "landmark_rows",
    "landmarks_of_store": "store",
    "load_model": "persistence",
    "load_settings": "settings",
    "read_roles": "roles",
    "roles_of": "roles",
    "save": "persistence",
    "scored": "scoring",
    "scores": "scoring",
    "study": "studies",
    "waits_of": "waiting",
}

__all__ = [
    "Cases",
    "Evaluation",
    "Landmarks",
    "Model",
    "Plan",
    "Roles",
    "Scored",
    "Settings",
    "Stored",
    "Study",
    "aalen_johansen",
    "cases",
    "evaluate",
    "fit",
    "kaplan_meier",
    "landmark_roles",
    "landmarks",
    "landmarks_of_store",
    "load_model",
    "load_settings",
    "read_roles",
    "roles_of",
    "save",
    "scored",
    "scores",
    "study",
    "waits_of",
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(importlib.import_module(f"workbench.breach.{_LATER[name]}"), name)
    raise AttributeError(f"module 'workbench.breach' has no attribute '{name}'")
