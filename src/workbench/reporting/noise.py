"""The key of a workspace's noise: made from its own secret, and of use for nothing else."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from workbench.errors import ParameterError

KEY_FILE = Path("keys") / "pseudonym_key.txt"
"""Where a workspace keeps the secret of its pseudonyms; see `workbench.intake.keys`."""

_USE = b"noise of released counts"


def noise_secret(root: Path) -> bytes:
    """Key for profiles that move counts.

    Parameters
    ----------
    root : Path
        The workspace's folder. Where its pseudonym key is changed, the same people get
        other noise.

    Raises
    ------
    ParameterError
        The workspace has no keys.
    """
    try:
        secret = (root / KEY_FILE).read_bytes().strip()
    except OSError:
        raise ParameterError(
            "This workspace has no keys, and noise without one could be taken off by anyone.",
            remedy="workbench keys new",
        ) from None
    return hmac.digest(secret, _USE, hashlib.sha256)
