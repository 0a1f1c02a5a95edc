"""What can go wrong, told to the person who has to mend it.

Every error that a user can cause carries what is wrong, each single fault, and
what to do; each class has its own exit code, so that a scheduler can tell
them apart without reading the log. Messages never hold a value from the data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class WorkbenchError(Exception):
    """Base of all errors meant for a reader; never shown with a traceback.

    Parameters
    ----------
    message : str
        What is wrong, in one sentence.
    faults : sequence of str, optional
        Each single fault found: all of them, not only the first.
    remedy : str, optional
        What the reader can do about it.
    details : sequence of mapping, optional
        The faults for a program, whole where the words are cut short.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        faults: Sequence[str] = (),
        remedy: str = "",
        *,
        details: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(message, tuple(faults), remedy)
        self.message = message
        self.faults = tuple(faults)
        self.remedy = remedy
        self.details = tuple(details)

    def __str__(self) -> str:
        lines = [self.message, *(f"  - {fault}" for fault in self.faults)]
        if self.remedy:
            lines.append(f"What to do: {self.remedy}")
        return "\n".join(lines)


class UsageError(WorkbenchError):
    """The command's own words are wrong."""

    exit_code = 2


class ParameterError(WorkbenchError):
    """A parameter or setting is unknown, of the wrong type or out of range."""

    exit_code = 10


class InputError(WorkbenchError):
    """Input data cannot be used as it stands."""

    exit_code = 11


class NotebookError(WorkbenchError):
    """A cell of a notebook failed, or was never run."""

    exit_code = 12


class KernelError(WorkbenchError):
    """A notebook's kernel died, was killed or ran out of time."""

    exit_code = 13


class CheckError(WorkbenchError):
    """A check on the results failed."""

    exit_code = 14


class DisclosureError(WorkbenchError):
    """Something would be published that disclosure control has not passed."""

    exit_code = 15


class VerificationError(WorkbenchError):
    """A rerun did not give the same figures."""

    exit_code = 16


class EnvironmentDiffersError(WorkbenchError):
    """The installed packages are not those of the lock."""

    exit_code = 17


INTERRUPTED = 130


def exit_code_of(error_name: str, default: int = NotebookError.exit_code) -> int:
    """Exit code of an error class known only by name, as a notebook records it.

    Parameters
    ----------
    error_name : str
        Class name, such as ``"InputError"``.
    default : int, optional
        Code for any class that is not ours; a notebook error by default.
    """
    ours = {cls.__name__: cls.exit_code for cls in WorkbenchError.__subclasses__()}
    return ours.get(error_name, default)
