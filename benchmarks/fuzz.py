"""Hand in nonsense for some minutes: whatever a file, a name or a reply is, the grader goes on.

``python -m benchmarks fuzz [--minutes 10] [--seed 0]``: damaged notebooks are looked at in locked
processes, folders with odd names are found, and damaged replies are taken in. Each ends in a value,
or in an error of those that grading knows; the last line says how many of each there were.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import nbformat.validator

from demo import ROOT
from dwsep_helpers.grading import examined, locked, scratch
from dwsep_helpers.grading.confinement.forking_parent import TaskFailed, TooMuch
from dwsep_helpers.grading.ledger import Ledger
from dwsep_helpers.grading.metadata import NOTES
from dwsep_helpers.grading.names import shown
from dwsep_helpers.grading.preflight import submissions
from tests.grading import units

UNIT = "02_depthwise"
BYTES = 4096  # of a file that are replaced by chance, at most
ODD: list[Any] = [None, True, -1, 1e999, "", "\ud800", "\0", [], {}, [[[]]], "a" * 100_000, 2**70]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return a file with bytes flipped, cut out, moved, repeated or replaced."""
    for _ in range(chance.randint(1, 4)):
        start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        end = min(end, start + BYTES)
        part = data[start:end]
        new = chance.choice(
            [
                b"",
                part[::-1],
                part * chance.randint(2, 50),
                chance.randbytes(len(part)),
                b"[" * 5000,
            ]
        )
        data = data[:start] + new + data[end:]
    return data


def altered(value: Any, chance: random.Random, share: float) -> Any:
    """Return what JSON can hold with some share of its parts replaced, renamed or left out."""
    if chance.random() < share:
        return chance.choice(ODD)
    if isinstance(value, dict):
        return {
            key if chance.random() > share else repr(chance.choice(ODD))[:99]: altered(
                one, chance, share
            )
            for key, one in value.items()
            if chance.random() > share
        }
    return [altered(one, chance, share) for one in value] if isinstance(value, list) else value


def notebooks(place: Path, chance: random.Random) -> None:
    """Have a damaged notebook looked at."""
    path, room = place / "n.ipynb", place / "room"
    room.mkdir(exist_ok=True)
    data = json.loads(nbformat.writes(units.answered(UNIT)))
    if chance.random() < 0.5:
        path.write_bytes(json.dumps(altered(data, chance, 0.02)).encode())
    else:
        path.write_bytes(damaged(nbformat.writes(units.answered(UNIT)).encode(), chance))
    released = str(ROOT / "notebooks" / UNIT / f"{UNIT}.ipynb")
    argument = {"path": str(path), "released": {UNIT: released}}
    task = "dwsep_helpers.grading.examining.look"
    locked.call(task, argument, room, reads=[str(path), released], seconds=60)


def names(place: Path, chance: random.Random) -> None:
    """Find a learner with an odd name: there is one submission, and its record can be kept."""
    name = bytes(chance.choice(range(1, 256)) for _ in range(chance.randint(1, 255)))
    name = name.replace(b"/", b"_")
    submitted = place / f"submitted-{chance.randrange(2**60)}"
    folder = os.fsencode(submitted) + b"/" + (name if name.strip(b".") else b"x")
    os.makedirs(folder + b"/" + UNIT.encode())
    Path(os.fsdecode(folder), UNIT, f"{UNIT}.ipynb").write_text("{}")
    found = submissions(submitted, {UNIT: Path("none")})
    if len(found) != 1:
        raise AssertionError(f"{name!r} has {len(found)} submissions")
    record = Ledger(place / "ledger").path(UNIT, found[0].learner)
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(found[0].learner, encoding="utf-8")
    shown(found[0].learner).encode("ascii", "backslashreplace")


def replies(place: Path, chance: random.Random) -> None:
    """Take in a damaged reply of an examiner's: what is taken in is a valid notebook."""
    cells = [
        {
            **{"cell_type": cell.cell_type, "id": cell.id, "source": cell.source},
            "grade_id": cell.metadata.get("nbgrader", {}).get("grade_id"),
            **{"outputs": [], "execution_count": None, "attachments": {}, NOTES: {}},
        }
        for cell in units.answered(UNIT).cells
    ]
    reply = altered({"status": "graded", "repairs": [], "cells": cells}, chance, 0.001)
    notebook, _ = examined.taken_in(reply, units.originals(UNIT))
    nbformat.validator.validate(notebook)


KNOWN: dict[Callable[[Path, random.Random], None], tuple[type[Exception], ...]] = {
    notebooks: (TooMuch, TaskFailed),
    names: (),
    replies: (TypeError, ValueError, KeyError, AttributeError),
}


def attempt(what: Callable[[Path, random.Random], None], place: Path, chance: random.Random) -> str:
    """Do it; return how that ended."""
    try:
        what(place, chance)
    except nbformat.ValidationError:  # a ValueError too, and none that is to come
        raise
    except KNOWN[what] as error:
        return type(error).__name__
    return "taken"


def main(arguments: list[str]) -> int:
    """Go on for some minutes, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    end = time.monotonic() + 60 * options.minutes
    count: Counter[str] = Counter()
    with scratch.folder() as folder:
        while time.monotonic() < end:
            for what in KNOWN:
                count[f"{what.__name__} {attempt(what, folder, chance)}"] += 1
    locked.end_all()
    print("  ".join(f"{what}: {number}" for what, number in sorted(count.items())))
    return 0
