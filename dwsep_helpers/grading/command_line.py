"""The commands of ``dwsep``, read from what was typed, and run."""

from __future__ import annotations

import argparse
import io
import sys
from types import ModuleType
from typing import Any, Final

from dwsep_helpers.grading import class_folder, faster_imports, faults  # noqa: F401
from dwsep_helpers.grading.commands import (
    autograde,
    collect,
    deadline,
    doctor,
    new_term,
    report,
    roster,
    similar,
)
from dwsep_helpers.grading.names import near, shown

COMMANDS: Final[dict[str, ModuleType]] = {
    "roster": roster,
    "collect": collect,
    "autograde": autograde,
    "deadline": deadline,
    "report": report,
    "similar": similar,
    "new-term": new_term,
    "doctor": doctor,
}


ABOUT: Final = "What an instructor does with a class; and, for learners, a look at a notebook."
EPILOG: Final = (
    "Each command has a --help of its own; TEACHING.md has them in the order of a term. "
    "Exit status: 0 done, 1 something failed, 2 wrong call, 130 stopped."
)


class Command(argparse.ArgumentParser):
    """Reads the words of a command, which may stand on both sides of an option."""

    _intermixed = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Return what was read, and what is unknown."""
        if self._intermixed:  # argparse's own calls
            return super().parse_known_args(args, namespace)
        self._intermixed = True
        try:
            found, unknown = self.parse_known_intermixed_args(args, namespace)
        finally:
            self._intermixed = False
        if unknown:
            option = unknown[0].partition("=")[0]
            known = (name.lstrip("-") for name in self._option_string_actions)
            meant = near(option.lstrip("-"), known).replace("'", "'--", 1)
            self.error(f"it takes no {shown(option)}{meant}")
        return found, unknown


def run(arguments: list[str] | None = None) -> int:
    """Run a command; return its exit status."""
    parser = argparse.ArgumentParser(prog="dwsep", description=ABOUT, epilog=EPILOG)
    parsers = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Command)
    for name, command in COMMANDS.items():
        about = getattr(command, "ABOUT", None)
        one = parsers.add_parser(name, help=command.HELP, description=about)
        command.add_options(one)
        one.set_defaults(run=command.run)

    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # a name that the terminal has no letters for is shown
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return options.run(options)
    except class_folder.WrongCall as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # `cli` finds out whose
        raise
    except Exception as error:
        if fault := faults.machine_fault(error):
            said = f"It failed: {fault}. What is graded stays graded; run it again."
        elif isinstance(error, OSError) and error.strerror:  # a folder that isn't this user's
            said = f"It failed: {faults.sentence(error)}."
        else:
            raise
        print(said, file=sys.stderr)
        return 1
