"""Landings that were removed for their age: remembered, so that no file comes back.

A file removed from the vault may still stand in the inbox, or be sent again. Its name in
the vault says nothing of anyone; the list is encrypted all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from workbench.intake.vault import Vault

SECRET = "removed.json"


def removed_files(vault: Vault) -> set[str]:
    """Files whose landings were removed: landings' names without the reading."""
    if SECRET not in vault.secrets():
        return set()
    return set(json.loads(vault.secret(SECRET)))


def file_of(landing: str) -> str:
    """What a landing's name says of its file, however it was read."""
    return landing.partition(".")[0]


def remove_for_good(vault: Vault, landings: Iterable[str]) -> None:
    """Remove landings, remembered first: stopped at any instant, `finish_removal` goes on."""
    held = removed_files(vault) | {file_of(name) for name in landings}
    vault.keep_secret(SECRET, json.dumps(sorted(held)).encode())
    finish_removal(vault)


def finish_removal(vault: Vault) -> None:
    """Remove what is on the list and still there."""
    gone = removed_files(vault)
    for name in vault.names():
        if file_of(name) in gone:
            vault.remove(name)
