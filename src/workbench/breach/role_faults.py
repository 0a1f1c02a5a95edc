"""What is wrong with declared roles: parts that contradict each other, and refused names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.dictionary.reader import repeated

if TYPE_CHECKING:
    from workbench.breach.roles import Roles
    from workbench.breach.settings import Settings

ROW, EVERYONE = "row", "All"


def contradictions(roles: Roles) -> Iterator[str]:
    """Parts that one column cannot play together.

    Parameters
    ----------
    roles : Roles
    """
    names = [one.name for one in roles.features]
    yield from (f"feature '{name}' comes twice" for name in repeated(names))
    yield from (f"protected '{name}' comes twice" for name in repeated(roles.protected))
    strange = [name for name in roles.of_the_day if name not in names]
    yield from (f"'{name}' is said to be of the day, but is no feature" for name in strange)
    own = {roles.outcome: "the outcome", roles.settled: "the day the outcome was known"}
    if roles.group:
        own[roles.group] = "the patient"
    yield from (f"feature '{name}' is {own[name]}" for name in names if name in own)
    yield from _of_the_outcome(roles)
    yield from _not_protected(roles)
    if roles.time is None:
        dated = [one.name for one in roles.features if one.known_at != ROW]
        yield from (f"feature '{name}' has a day, but no 'time' to hold it to" for name in dated)


def _of_the_outcome(roles: Roles) -> Iterator[str]:
    """The outcome tells of nothing else: as a site or a day it would get to the model."""
    parts = {name: getattr(roles, name) for name in ("group", "time", "origin", "site", "landmark")}
    parts |= {f"id {place}": name for place, name in enumerate(roles.id, start=1)}
    parts |= {f"'known_at' of {one.name}": one.known_at for one in roles.features}
    for part, column in parts.items():
        if column == roles.outcome:
            yield f"'{column}' is the outcome: it cannot be the {part}"


def _not_protected(roles: Roles) -> Iterator[str]:
    people = {*roles.id, roles.group}
    for name in roles.protected:
        if name in people:
            yield (
                f"'{name}' tells patients or rows apart: it cannot be a protected characteristic"
            )
        if name == EVERYONE:
            yield f"'{name}' stands for everyone in tables of groups: call the column otherwise"
        if name in {roles.outcome, roles.settled}:
            yield f"'{name}' tells the outcome: it cannot be a protected characteristic"


def refused_names(roles: Roles, settings: Settings) -> Iterator[str]:
    """Features that are known only after the fact, by their names.

    Protected characteristics as well: a model is always judged with them among its features.

    Parameters
    ----------
    roles : Roles
    settings : Settings
        The list of refused names.
    """
    parts = [("feature", one.name) for one in roles.features]
    held = {name for _, name in parts}
    parts += [("protected", name) for name in roles.protected if name not in held]
    for part, name in parts:
        for pattern, why in settings.refused:
            if pattern.search(name.lower()):
                yield f"{part} '{name}' is refused: {why}"
                break
