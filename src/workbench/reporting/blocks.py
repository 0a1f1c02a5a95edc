"""What a session shows in a cell: a block of facts, and how it looks in JupyterLab.

A run's page is drawn from the facts alone, so nothing that a cell prints by
itself can reach a reader. Colours and words are in ``templates``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import random
from collections.abc import Mapping
from typing import Any

from workbench.reporting import digests

MIME = "application/vnd.workbench.block+json"
PNG = "image/png"
FORMS = frozenset({MIME, "text/plain", PNG})
"""All that a block is stored as; any other form could say something else."""

KINDS = frozenset({"synthetic", "headline", "figure", "table", "checks"})
"""What a session shows."""


def show(block: dict[str, Any], image: bytes | None = None) -> None:
    """Show a block as the cell's output; does nothing outside a notebook.

    Parameters
    ----------
    block : dict
        ``kind`` and its facts.
    image : bytes, optional
        PNG of a figure.
    """
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        return
    bundle: dict[str, Any] = {MIME: block, "text/plain": as_text(block)}
    if image is not None:
        bundle[PNG] = base64.b64encode(image).decode("ascii")
    if os.environ.get("WORKBENCH_STEP") is None and image is None:
        from workbench.reporting.render import block_html

        bundle["text/html"] = block_html(block)
    display(bundle, metadata=metadata_of(block), raw=True)  # type: ignore[no-untyped-call]


def digest(block: Mapping[str, Any], image: bytes | None = None) -> str:
    """Digest by which a block is known again in the executed notebook."""
    picture = "" if image is None else hashlib.sha256(image).hexdigest()
    return digests.of_json([block, picture])


def digest_of_output(data: Mapping[str, Any]) -> str:
    """Digest of a block as a notebook stores it; empty if it is damaged."""
    encoded = data.get(PNG)
    try:
        text = "".join(encoded) if isinstance(encoded, list) else encoded
        return digest(data[MIME], None if text is None else base64.b64decode(text))
    except (binascii.Error, TypeError, ValueError):
        return ""


def as_text(block: dict[str, Any]) -> str:
    """One line for places that show only text."""
    kind = block["kind"]
    if kind == "checks":
        passed = sum(row["passed"] for row in block["rows"])
        return f"Checks: {passed} of {len(block['rows'])} passed"
    words = block.get("text") or block.get("alt") or block.get("caption") or block.get("why", "")
    return f"{kind.capitalize()}: {words}"


def metadata_of(block: Mapping[str, Any]) -> dict[str, Any]:
    """What goes beside a block: the words for who cannot see its picture."""
    return {PNG: {"alt": block["alt"]}} if block["kind"] == "figure" else {}


def settle() -> None:
    """Fix what would otherwise differ from run to run or from kernel to kernel."""
    import numpy as np
    import pandas as pd

    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - for libraries that still use the global generator
    pd.set_option("display.max_columns", 20)
    pd.set_option("display.max_rows", 60)
    pd.set_option("display.width", 100)
