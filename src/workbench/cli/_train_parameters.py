"""Parameters of `workbench train`: what there is, and what was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.errors import ParameterError

PARAMETERS: dict[str, tuple[type, Any, str]] = {
    "model": (str, "boosting", "boosting, logistic or rates"),
    "target": (str, "open", "open (past the standard's day) or late (treated past it)"),
    "seed": (int, 1, "same seed, same bits"),
    "replicates": (int, 200, "of the bootstrap by patient; 0 for none"),
    "refits": (int, 20, "on halves of the weeks, for intervals of risks; 0 for none"),
    "protected": (bool, False, "protected characteristics among the features"),
    "sites_left_out": (bool, True, "judge at each site that the model has not seen"),
    "learning": (bool, True, "judge models that have learnt from fewer patients"),
    "cross_check": (bool, True, "the store's risks a second way, by a hazard"),
}


_WORDS = {int: "a whole number", bool: "true or false"}
_MOST = 2**32 - 1
"""The greatest seed that scikit-learn takes."""


def parameters(pairs: Sequence[str], *, of_store: bool) -> dict[str, Any]:
    """Take apart what was given by ``-p``.

    Parameters
    ----------
    pairs : sequence of str
        ``name=value``.
    of_store : bool
        Whether the store's pathways are learnt from, and not a frame.

    Raises
    ------
    ParameterError
        A name is not known, or a value cannot be used; all that are, are listed.
    """
    given: dict[str, Any] = {name: default for name, (_, default, _) in PARAMETERS.items()}
    faults = []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if name == "target" and not of_store:
            faults.append("'target' is of the store's pathways: a frame's roles name its outcome")
        if not equals or name not in PARAMETERS:
            faults.append(f"'{name}' is no parameter; known are {', '.join(PARAMETERS)}")
            continue
        try:
            given[name] = _parsed(PARAMETERS[name][0], value)
        except ValueError:
            faults.append(f"'{name}' should be {_WORDS[PARAMETERS[name][0]]}")
    for name, allowed in (
        ("model", ("boosting", "logistic", "rates")),
        ("target", ("open", "late")),
    ):
        if given[name] not in allowed:
            faults.append(f"'{name}' should be one of {', '.join(allowed)}")
    faults += [
        f"'{n}' should be 0 or more" for n in ("seed", "replicates", "refits") if given[n] < 0
    ]
    if given["seed"] > _MOST:
        faults.append(f"'seed' should be {_MOST} or less")
    if faults:
        raise ParameterError("The parameters cannot be used.", faults)
    return given


def _parsed(kind: type, value: str) -> Any:
    if kind is bool:
        if value.lower() not in {"true", "false"}:
            raise ValueError
        return value.lower() == "true"
    return kind(value)
