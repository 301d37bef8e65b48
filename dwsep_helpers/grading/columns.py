"""What an exercise is called in tables: its number, or else its name in the gradebook.

A teacher may translate the course's headers, or add cells of their own that call no check of the
course's. So a number is looked for in all that has one, and none is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dwsep_helpers.checks.exercise import Exercise

_NUMBER = re.compile(r"Exercise (\d+\.\d+)")
_ANSWER = re.compile(r"answer_(\d+)_(\d+)")
# As in "Übung 1.8: …" and "Exercice 1.8 — …".
_TRANSLATED = re.compile(r"\W*\w+ (\d+\.\d+) *(?:[:：.—–-]|\W*$)")
_NAME = re.compile(r"\d *[:：—–-] *([^.:：]+)")
_OPTIONAL = "optional"  # in a cell's first line, or a part of its name in the gradebook
Value = TypeVar("Value")


@dataclass(frozen=True)
class Column:
    """An exercise of a unit.

    Attributes
    ----------
    key : str
        Its number, such as ``"1.5"``; without one, its name in the gradebook.
    name : str
        What it is about, such as ``"conv2d"``, as far as that is known.
    optional : bool
        Whether its points are in no sum.
    exercise : Exercise or None
        The first of the course's that its cell checks.
    """

    key: str
    name: str = ""
    optional: bool = False
    exercise: Exercise | None = None


def column(grade_id: str, source: str, cell_type: str = "code") -> Column:
    r'''Return what a graded cell is called in tables.

    Parameters
    ----------
    grade_id : str
        Its name in the gradebook. One with the part ``optional``, as in ``test_more_optional``, has
        optional points.
    source : str
        As its author wrote it.
    cell_type : str
        That of an answer in words is ``"markdown"``.

    Examples
    --------
    >>> column("test_conv2d", "checks.conv2d(conv2d)").key
    '1.5'
    >>> mine = column("test_mine", '"""Übung 1.8: mine. 2 Punkte."""\nassert mine(1) == 2')
    >>> mine.key, mine.name
    ('1.8', 'mine')
    >>> column("test_mine", "assert mine(1) == 2").key
    'test_mine'
    '''
    from dwsep_helpers.grading.graded_cells import checks_called  # it loads all checks

    code = cell_type == "code"
    title = source.strip().partition("\n")[0] if code else ""
    calls = checks_called(source) if code else None
    exercise = calls[0].exercise if calls else None
    answer = _ANSWER.fullmatch(grade_id)
    if exercise:
        key = exercise.number
    elif found := _NUMBER.search(title) or _TRANSLATED.match(title):
        key = found[1]
    elif answer:
        key = ".".join(answer.groups())
    else:
        key = grade_id
    name = exercise.name if exercise else ""
    if not name and (said := _NAME.search(title)):
        name = said[1].strip().strip("\"'")
    if not code:
        name = "answer in words"
    marked = _OPTIONAL in title or _OPTIONAL in re.split(r"\W|_", grade_id)
    return Column(key, name, marked or bool(exercise and exercise.optional), exercise)


def columns(cells: Iterable[tuple[str, str, str]]) -> dict[str, Column]:
    """Return the columns of graded cells by their names in the gradebook, each key once.

    Of cells with the same number, one has it that checks an exercise of the course's, or else the
    first by name; the others go by their own names.

    Parameters
    ----------
    cells : iterable of (str, str, str)
        What :func:`column` takes of each.
    """
    made = {cell[0]: column(*cell) for cell in sorted(cells)}
    keys: dict[str, str] = {}
    for name, one in sorted(made.items(), key=lambda item: item[1].exercise is None):
        keys.setdefault(one.key, name)
    return {
        name: one if keys[one.key] == name else replace(one, key=name) for name, one in made.items()
    }


def in_order(values: Mapping[str, Value]) -> dict[str, Value]:
    """Sort by the exercises' numbers, 4.10 after 4.9; those that have none come last, by name.

    Examples
    --------
    >>> [*in_order({"test_mine": 1, "4.10": 2, "4.9": 3})]
    ['4.9', '4.10', 'test_mine']
    """

    def place(key: str) -> tuple[bool, list[int], str]:
        numbered = re.fullmatch(r"\d+\.\d+", key) is not None
        return not numbered, [*map(int, key.split("."))] if numbered else [], key

    return {key: values[key] for key in sorted(values, key=place)}
