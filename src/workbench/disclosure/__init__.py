"""The gate: nothing is written for others that this room has not passed."""

from __future__ import annotations

from workbench.disclosure.disclose import Disclosed, disclose
from workbench.disclosure.profiles import Profile, load_profiles
from workbench.disclosure.release import release
from workbench.disclosure.released import Released, Share

__all__ = [
    "Disclosed",
    "Profile",
    "Released",
    "Share",
    "disclose",
    "load_profiles",
    "release",
]
