"""`workbench`: finds the command, runs it, turns errors into words and exit codes.

A command is one file beside this one. It has ``SUMMARY`` (a line), ``EXAMPLES``
(what to type), ``add_arguments(parser)`` and ``run(args) -> int``; heavy imports
stand inside ``run``, so that ``--help`` is instant.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import json
import pkgutil
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from workbench import __version__, cli
from workbench.errors import INTERRUPTED, UsageError, WorkbenchError

_NOT_COMMANDS = {"main", "output"}


def main(argv: list[str] | None = None) -> int:
    """Run one command line and give its exit code."""
    arguments, unknown = _parser().parse_known_args(argv)
    if unknown:
        arguments.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        return int(arguments.module.run(arguments))
    except KeyboardInterrupt:
        print("Interrupted; nothing was left half-written.", file=sys.stderr)
        return INTERRUPTED
    except WorkbenchError as error:
        _tell(error, as_json=arguments.json)
        return error.exit_code
    except OSError as error:
        refused = _refused_by_the_system(error)
        _tell(refused, as_json=arguments.json)
        return refused.exit_code


def _refused_by_the_system(error: OSError) -> UsageError:
    """What the system would not let us do, in words: a full disk, a folder not to be written to."""
    name = f"{error.filename}: " if error.filename else ""
    reason = error.strerror or type(error).__name__
    return UsageError(
        f"{name}{reason}.",
        remedy="Check that the place exists, that you may write to it and that it has room.",
    )


class _Parser(argparse.ArgumentParser):
    """Says which command or option may have been meant."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2; the usage, what is wrong, and a near name if there is one."""
        typed = re.search(r"invalid choice: '([^']*)'|unrecognized arguments: (\S+)", message)
        known = [
            str(name)
            for action in self._actions
            for name in (action.choices or action.option_strings)
        ]
        near = difflib.get_close_matches(typed[1] or typed[2], known, n=1) if typed else []
        super().error(f"{message}; did you mean '{near[0]}'?" if near else message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="workbench",
        description="Cancer pathways across Trusts: who waits too long, and is it fair?",
        epilog="Start with: workbench demo",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"workbench {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, module in _commands().items():
        command = commands.add_parser(
            name,
            help=module.SUMMARY,
            description=module.__doc__,
            epilog=f"examples:\n{module.EXAMPLES}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        module.add_arguments(command)
        command.add_argument(
            "--workspace",
            type=Path,
            default=Path(),
            metavar="DIR",
            help="workspace (default: here)",
        )
        command.add_argument("--quiet", action="store_true", help="print errors only")
        command.add_argument(
            "--json", action="store_true", help="print a machine-readable summary instead"
        )
        command.set_defaults(module=module, parser=command)
    return parser


def _commands() -> dict[str, ModuleType]:
    names = sorted(m.name for m in pkgutil.iter_modules(cli.__path__))
    return {
        name.rstrip("_"): importlib.import_module(f"workbench.cli.{name}")
        for name in names
        if name not in _NOT_COMMANDS and not name.startswith("_")
    }


def _tell(error: WorkbenchError, *, as_json: bool) -> None:
    if as_json:
        facts: dict[str, Any] = {
            "error": type(error).__name__,
            "exit_code": error.exit_code,
            "message": error.message,
            "faults": error.faults,
            "remedy": error.remedy,
        }
        if error.details:
            facts["details"] = list(error.details)
        print(json.dumps(facts, indent=2))
    word = "workbench" if isinstance(error, UsageError) else "workbench: refused"
    print(f"{word}: {error}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
