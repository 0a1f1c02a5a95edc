"""Explanations: what a model's risks are made of, exactly additive or refused.

`attributions` gives exact Shapley values of the calibrated margin, of models of this
workbench and of scikit-learn's boosted trees; what does not add up to the model's own
margin is refused. An attribution is an association, not a cause.

>>> import workbench as wb
>>> stored = wb.breach.load_model(folder)
>>> found = wb.explain.attributions(stored, rows)
>>> wb.explain.global_importance(found)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.explain.attribution import Attributions, attributions
    from workbench.explain.by_value import dependence
    from workbench.explain.gaps import Disparity, disparity
    from workbench.explain.importance import global_importance, stability
    from workbench.explain.kinds import Kinds, load_kinds
    from workbench.explain.pathway_reasons import reason_counts, reasons

_LATER = {
    "Attributions": "attribution",
    "Disparity": "gaps",
    "Kinds": "kinds",
    "attributions": "attribution",
    "dependence": "by_value",
    "disparity": "gaps",
    "global_importance": "importance",
    "load_kinds": "kinds",
    "reason_counts": "pathway_reasons",
    "reasons": "pathway_reasons",
    "stability": "importance",
}

__all__ = [
    "Attributions",
    "Disparity",
    "Kinds",
    "attributions",
    "dependence",
    "disparity",
    "global_importance",
    "load_kinds",
    "reason_counts",
    "reasons",
    "stability",
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(importlib.import_module(f"workbench.explain.{_LATER[name]}"), name)
    raise AttributeError(f"module 'workbench.explain' has no attribute '{name}'")
