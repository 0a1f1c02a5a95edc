"""The judged model, kept beside the one in use: what is judged has to be there to be explained."""

from __future__ import annotations

import tempfile
from pathlib import Path

from workbench.breach import Stored, Study, save

KEPT = "judged"
"""Its folder, in that of the model in use."""
_OF_USE = ("rows", "rows_calibrating", "trend_a_year")
"""Facts that are of the model in use alone."""


def judged_files(found: Study) -> dict[str, bytes]:
    """Give the judged model as files of a model's folder of its own, without refits.

    Parameters
    ----------
    found : Study

    Returns
    -------
    dict of str to bytes
        By path in the folder of the model in use.
    """
    facts = {name: one for name, one in found.stored.facts.items() if name not in _OF_USE}
    facts["windows"] = dict(found.split.windows)
    kept = Stored(found.judged, (), found.stored.doubts, found.stored.roles, facts)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / KEPT
        save(folder, kept, {})
        return {f"{KEPT}/{one.name}": one.read_bytes() for one in sorted(folder.iterdir())}
