"""What a session shows in a cell: a block of facts, and how it looks in JupyterLab.

A run's page is drawn from the facts alone, so nothing that a cell prints by
itself can reach a reader. Colours and words are in ``templates``.
"""

from __future__ import annotations

import base64
import os
import random
from typing import Any

MIME = "application/vnd.workbench.block+json"


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
        bundle["image/png"] = base64.b64encode(image).decode("ascii")
    if os.environ.get("WORKBENCH_STEP") is None and image is None:
        from workbench.reporting.render import block_html

        bundle["text/html"] = block_html(block)
    metadata = {"image/png": {"alt": block["alt"]}} if image is not None else {}
    display(bundle, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]


def as_text(block: dict[str, Any]) -> str:
    """One line for places that show only text."""
    kind = block["kind"]
    if kind == "checks":
        passed = sum(row["passed"] for row in block["rows"])
        return f"Checks: {passed} of {len(block['rows'])} passed"
    words = block.get("text") or block.get("alt") or block.get("caption") or block.get("why", "")
    return f"{kind.capitalize()}: {words}"


def settle() -> None:
    """Fix what would otherwise differ from run to run or from kernel to kernel."""
    import numpy as np
    import pandas as pd

    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - for libraries that still use the global generator
    pd.set_option("display.max_columns", 20)
    pd.set_option("display.max_rows", 60)
    pd.set_option("display.width", 100)
