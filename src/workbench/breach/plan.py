"""What a study does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.breach.intervals import REFITS
from workbench.breach.models import BOOSTING


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
        On halves of the weeks, for the intervals of single risks.
    protected : bool
        Whether the model that is used has protected characteristics among its features.
        Both kinds are judged.
    sites_left_out : bool
        Whether to judge the model at each site that it has not seen.
    learning : bool
        Whether to judge models that have learnt from fewer patients.
    cross_check : bool
        Whether to reckon the risks a second way, where the rows are landmarks.
    options : mapping
        Of the learner.
    """

    model: str = BOOSTING
    seed: int = 1
    replicates: int = 200
    refits: int = REFITS
    protected: bool = False
    sites_left_out: bool = True
    learning: bool = True
    cross_check: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)
