"""Which column of a frame plays which part, and what may be a feature at all.

A frame of one's own is put in by saying so in a YAML file::

    id: encounter
    group: patient            # rows of one patient never stand on both sides of a split
    time: admitted            # optional: without it there is no split by time
    outcome: readmitted
    event: ["<30"]            # values that are the event; true, yes and 1 without it
    features:
      age: {kind: code, known_at: row}
      ct_result: {kind: number, known_at: ct_date}
    protected: [sex]

Every feature says when it is known: ``row`` (by the row's own time) or the name of the
column that holds the day. A cell that was known later than its row's time is blanked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.breach.role_faults import ROW, contradictions, refused_names
from workbench.breach.settings import Settings, load_settings
from workbench.dictionary.reader import Entry, read_yaml
from workbench.errors import ParameterError

__all__ = [
    "KINDS", "MOST_GROUPS", "ROW", "Feature", "Roles", "landmark_roles", "read_roles", "roles_of",
    "too_many_groups",
]  # fmt: skip
KINDS = ("number", "code")
MOST_GROUPS = 300
"""Of one protected characteristic; more are names or long numbers, not groups."""


@dataclass(frozen=True)
class Feature:
    """One column that a model may use.

    Attributes
    ----------
    name : str
    kind : {"number", "code"}
        A code is text without order.
    known_at : str
        `ROW`, or the column that holds the day on which the cell was known.
    """

    name: str
    kind: str
    known_at: str


@dataclass(frozen=True)
class Roles:
    """The parts that columns play; made by `read_roles` or `roles_of`.

    Attributes
    ----------
    id : tuple of str
        What tells rows apart.
    outcome : str
    event : tuple of str
        Values of the outcome that are the event; empty: true, yes or 1.
    features : tuple of Feature
    group : str or None
        Patient; None: each row is a patient of its own.
    time : str or None
        Day as of which the row is known.
    origin : str or None
        Day on which the row's clock started; splits by time go by it. `time` if None.
    settled : str or None
        Day on which the outcome was known. `time` if None.
    site, landmark : str or None
    protected : tuple of str
        For audit; not features unless asked for.
    of_the_day : tuple of str
        Features that tell more of the day than of the patient, such as a load or a season: a
        learner could know from them when a row was, so no drift is looked for behind them.
    missing : tuple of str
        Texts that stand for a missing cell.
    leave_out : mapping of str to tuple of str
        By column, values whose rows are not of the population.
    """

    id: tuple[str, ...]
    outcome: str
    features: tuple[Feature, ...]
    event: tuple[str, ...] = ()
    group: str | None = None
    time: str | None = None
    origin: str | None = None
    settled: str | None = None
    site: str | None = None
    landmark: str | None = None
    protected: tuple[str, ...] = ()
    of_the_day: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    leave_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def columns(self) -> list[str]:
        """Every column that a role names, each once."""
        parts = (self.group, self.time, self.origin, self.settled, self.site, self.landmark)
        known = [one.known_at for one in self.features if one.known_at != ROW]
        names = [*self.id, self.outcome, *filter(None, parts), *self.protected, *known]
        return list(dict.fromkeys([*names, *(one.name for one in self.features), *self.leave_out]))

    def needed_to_score(self) -> list[str]:
        """Columns without which rows cannot be scored: no outcome, patient or audit."""
        known = [one.known_at for one in self.features if one.known_at != ROW]
        names = [*self.id, *filter(None, (self.time, self.landmark)), *known]
        return list(dict.fromkeys([*names, *(one.name for one in self.features)]))

    def with_protected(self) -> Roles:
        """The same with protected characteristics among the features."""
        held = {one.name for one in self.features}
        more = [Feature(name, "code", ROW) for name in self.protected if name not in held]
        return replace(self, features=(*self.features, *more))

    def without_days(self) -> Roles:
        """The same without the features that tell of the day; with all if there are no others."""
        kept = tuple(one for one in self.features if one.name not in self.of_the_day)
        return replace(self, features=kept or self.features)

    def as_dict(self) -> dict[str, Any]:
        """As a roles file has it."""
        plain: dict[str, Any] = {"id": list(self.id), "outcome": self.outcome}
        for name in ("group", "time", "origin", "settled", "site", "landmark"):
            if getattr(self, name) is not None:
                plain[name] = getattr(self, name)
        for name in ("event", "protected", "of_the_day", "missing"):
            if getattr(self, name):
                plain[name] = list(getattr(self, name))
        if self.leave_out:
            plain["leave_out"] = {name: list(held) for name, held in self.leave_out.items()}
        plain["features"] = {
            one.name: {"kind": one.kind, "known_at": one.known_at} for one in self.features
        }
        return plain


def read_roles(path: Path, settings: Settings | None = None) -> Roles:
    """Read a roles file.

    Raises
    ------
    ParameterError
        As `roles_of`, or it is not YAML.
    """
    faults: list[str] = []
    held = read_yaml(path, faults)
    if faults:
        raise ParameterError(f"{path.name}: the roles cannot be read.", faults)
    return roles_of(held, settings, where=path.name)


def landmark_roles(settings: Settings | None = None, target: str = "open") -> Roles:
    """Parts that the columns of `workbench.breach.landmarks` play.

    Parameters
    ----------
    settings : Settings, optional
    target : {"open", "late"}, optional
        Still open past the standard's day, or ended late by treatment.
    """
    known = settings or load_settings()
    roles = roles_of(known.roles, known)
    return roles if target == "open" else replace(roles, outcome="late", settled="late_date")


def roles_of(
    held: Mapping[str, Any], settings: Settings | None = None, *, where: str = "The roles"
) -> Roles:
    """Check declared roles.

    Parameters
    ----------
    held : mapping
        As a roles file has it.
    settings : Settings, optional
        Which names are refused; the shipped ones by default.
    where : str, optional
        What the roles are called in messages.

    Raises
    ------
    ParameterError
        A role is missing or unknown, a feature does not say when it is known, or its name
        is on the list of what is known only after the fact; all faults are listed.
    """
    faults: list[str] = []
    entry = Entry(held, where, faults)
    roles = _roles(entry)
    entry.finish()
    faults += contradictions(roles)
    faults += refused_names(roles, settings or load_settings())
    if faults:
        raise ParameterError(
            f"{where}: the roles cannot be used.",
            faults,
            remedy="Say for each feature what kind it is and when it is known, and leave out what "
            "is known only after the fact.",
        )
    return roles


def _roles(entry: Entry) -> Roles:
    optional = {
        name: entry.take(name, str, None)
        for name in ("group", "time", "origin", "settled", "site", "landmark")
    }
    features = entry.under("features", "features")
    named = tuple(_feature(features, name) for name in features.names())
    if not named:
        entry.fault("'features' is missing or empty")
    leave_out = entry.under("leave_out", "leave_out")
    return Roles(
        id=_ids(entry),
        outcome=entry.take("outcome", str),
        features=named,
        event=entry.texts("event"),
        protected=entry.texts("protected"),
        of_the_day=entry.texts("of_the_day"),
        missing=entry.texts("missing"),
        leave_out={name: leave_out.texts(name) for name in leave_out.names()},
        **optional,
    )


def _ids(entry: Entry) -> tuple[str, ...]:
    """One column, or a list of them."""
    held = entry.take("id", object, "")
    names = held if isinstance(held, list) else [held]
    if not all(isinstance(name, str) and name for name in names) or not names:
        entry.fault("'id' should name one column, or a list of columns")
        return ("id",)
    return tuple(names)


def _feature(features: Entry, name: str) -> Feature:
    one = features.under(name, name)
    kind = one.choice("kind", KINDS)
    known_at = one.take("known_at", str, "")
    if not known_at:
        one.fault("'known_at' is not declared: say the day on which it is known")
    one.finish()
    return Feature(name, kind or KINDS[0], known_at or ROW)


def too_many_groups(groups: Mapping[str, int]) -> Iterator[str]:
    """Name characteristics of more than `MOST_GROUPS`, which stand by name on a model card.

    Parameters
    ----------
    groups : mapping of str to int
        How many groups each protected characteristic has.
    """
    for name, number in groups.items():
        if number > MOST_GROUPS:
            yield f"{name}: {number:,} groups are too many to audit: put numbers into bands"
