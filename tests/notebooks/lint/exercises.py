"""Rules for exercises: one form, honest points, help in steps, and no answer given away."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from dwsep_helpers import checks

from .book import Book, Exercise, calls, parsed

_SUMMARY = re.compile(r"<summary>(.*?)</summary>(\n\n)?")
_SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
_NAMED = re.compile(r"^\s*([a-z]+(?:_[a-z]+)+) = ", re.MULTILINE)
SHORTEST_NAME = 7  # and of several words: h_out is everybody's
SHORTEST_LINE = 12  # of an answer, without its spaces: what is shorter is in every program


def headers_have_the_one_form(book: Book) -> Iterator[str]:
    """Number, title, difficulty, minutes, points: always there, always in the same place."""
    well_formed = {exercise.text.id for exercise in book.exercises}
    for cell in book.texts:
        if re.search(r"^#+ *Exercise", cell.source, re.MULTILINE) and cell.id not in well_formed:
            yield f"{cell.id}: the header is not of the one form"
    expected = [f"{int(book.unit.number)}.{i}" for i in range(1, len(book.exercises) + 1)]
    if (numbers := [exercise.number for exercise in book.exercises]) != expected:
        yield f"the exercises are numbered {numbers}"
    for exercise in book.exercises:
        if not re.fullmatch(r"(?=.{5}$)●+○*", exercise.difficulty):
            yield f"{exercise.text.id}: the difficulty is {exercise.difficulty}"
        if "by hand" not in exercise.text.source.lower():
            yield f"{exercise.text.id}: no example by hand"


def hints_are_numbered(book: Book) -> Iterator[str]:
    """One to three hints, closed until they are wanted."""
    for exercise in book.exercises:
        text = exercise.text.source
        hints = _SUMMARY.findall(text)
        titles = [title for title, _ in hints]
        if titles != [f"Hint {i + 1} of {len(titles)}" for i in range(len(titles))]:
            yield f"{exercise.text.id}: the hints are called {titles}"
        if not (0 if exercise.by_hand else 1) <= len(titles) <= 3:
            yield f"{exercise.text.id}: {len(titles)} hints, not one to three"
        if not text.count("<details>") == text.count("</details>") == len(titles):
            yield f"{exercise.text.id}: a hint is not closed"
        if not all(blank for _, blank in hints):
            yield f"{exercise.text.id}: a hint wants an empty line before its text"


def stubs_follow_their_text(book: Book) -> Iterator[str]:
    """After the text comes the learner's cell: a documented function, named as the exercise."""
    for exercise in book.exercises:
        if exercise.by_hand:
            continue
        if exercise.code is None or not _nbgrader(exercise.code).get("solution"):
            yield f"{exercise.text.id}: no cell for the learner's code follows"
            continue
        functions = {
            node.name: ast.get_docstring(node)
            for node in parsed(exercise.code.source).body
            if isinstance(node, ast.FunctionDef)
        }
        if not functions.get(exercise.name):
            yield f"{exercise.name}: it defines no documented function of this name"
        if book.released and not exercise.code.source.endswith("raise NotImplementedError"):
            yield f"{exercise.name}: what is released does not say that it is to be written"
        if not book.released and not _SOLUTION.search(exercise.code.source):
            yield f"{exercise.name}: it has no solution"


def tests_have_the_one_form(book: Book) -> Iterator[str]:
    """A docstring says what it is; the check, then the same with other numbers out of sight.

    It imports the checks itself: run first in a new kernel, it can say what to run before.
    """
    for exercise in book.exercises:
        test = exercise.test
        if exercise.by_hand:
            continue
        if test is None or test.id != f"test_{exercise.name}":
            yield f"{exercise.text.id}: no cell test_{exercise.name} follows the learner's"
            continue
        if not _nbgrader(test).get("locked"):
            yield f"{test.id}: learners can change it"
        if test.source != (form := _expected_test(exercise, book.released)):
            yield f"{test.id}: it is not of the one form:\n{form}"


def answers_graded_by_hand_have_a_rubric(book: Book) -> Iterator[str]:
    """A text cell of the learner's follows, and what its points are given for is said before."""
    for exercise in book.exercises:
        if not exercise.by_hand:
            continue
        marks = _nbgrader(exercise.test)
        if not (marks.get("grade") and marks.get("solution")) or marks.get("locked"):
            yield f"{exercise.text.id}: no text cell to be graded by hand follows"
        elif book.released and exercise.test.source != "YOUR ANSWER HERE":
            yield f"{exercise.test.id}: what is released has an answer"
        given = sum(map(int, re.findall(r"^- \*(\d+) points?\*", exercise.text.source, re.MULTILINE)))
        if given != exercise.points:
            yield f"{exercise.text.id}: its rubric has {given} of {exercise.points} points"


def _expected_test(exercise: Exercise, released: bool) -> str:
    name = exercise.name
    optional = "optional " * exercise.optional
    worth = f"{exercise.points} {optional}point{'s' * (exercise.points != 1)}"
    if not exercise.points:
        worth = "Practice, no points"
    lines = [
        f'"""Exercise {exercise.number}: {name}. {worth}."""',
        "from dwsep_helpers import checks",
        "",
        f"checks.{name}({name})",
    ]
    if exercise.points and not released:
        lines += [
            "### BEGIN HIDDEN TESTS",
            f"checks.{name}({name}, strict=True)",
            "### END HIDDEN TESTS",
        ]
    return "\n".join(lines)


def points_add_up(book: Book) -> Iterator[str]:
    """Header, nbgrader, the check and the table of units promise the same."""
    for exercise in book.exercises:
        given = _nbgrader(exercise.test).get("points", 0)
        if given != exercise.points:
            yield f"{exercise.text.id}: {exercise.points} points, but nbgrader gives {given}"
        check = getattr(checks, exercise.name, None) if exercise.name else None
        if check and check.number == exercise.number and (
            (check.points, check.optional) != (exercise.points, exercise.optional)
        ):
            yield f"{exercise.text.id}: {exercise.points} points, but its check says {check.points}"
    optional = sum(exercise.points for exercise in book.exercises if exercise.optional)
    total = sum(_nbgrader(cell).get("points", 0) for cell in book.cells) - optional
    if (total, optional) != (book.unit.points, book.unit.optional):
        yield (
            f"the points add up to {total} and {optional} optional ones, not to the "
            f"{book.unit.points} and {book.unit.optional} of course.UNITS"
        )
    minutes = sum(exercise.minutes for exercise in book.exercises if not exercise.optional)
    if minutes > (longest := max(map(int, re.findall(r"\d+", book.unit.minutes)))):
        yield f"the exercises take {minutes} minutes, more than the unit's {longest}"


def options_go_by_name(book: Book) -> Iterator[str]:
    """Checks call by name: who has the options in another order passes, and is right here too."""
    several = {}
    for check in checks.EXERCISES:
        kinds = [p.default is p.empty for p in check.signature.parameters.values()]
        if kinds.count(False) > 1:
            several[check.name] = kinds.count(True)
    answers = {exercise.name for exercise in book.exercises}
    for cell in book.codes:
        for name in several if cell.id not in answers else ():
            for call in calls(cell, name):
                if len(call.args) > several[name]:
                    yield f"{cell.id}: {ast.unparse(call)} gives options by position"


def _nbgrader(cell) -> dict:
    return {} if cell is None else cell.metadata.get("nbgrader", {})


RULES = (
    headers_have_the_one_form,
    hints_are_numbered,
    stubs_follow_their_text,
    tests_have_the_one_form,
    answers_graded_by_hand_have_a_rubric,
    points_add_up,
    options_go_by_name,
)


def answers_given_away(solutions: Book, released: Book) -> Iterator[str]:
    """Yield the lines and names of solutions that the learner's notebook shows anywhere."""
    shown = {cell.id: cell.source for cell in released.cells}
    for cell in solutions.codes:
        for solution in _SOLUTION.findall(cell.source):
            lines = {line.strip() for line in solution.splitlines()}
            names = {name for name in _NAMED.findall(solution) if len(name) >= SHORTEST_NAME}
            names -= set(re.findall(r"\w+", shown.get(cell.id, "")))  # the stub gives these
            for place, text in shown.items():
                for line in sorted(lines):
                    answer = _squeezed(line)
                    if len(answer) >= SHORTEST_LINE and answer in _squeezed(text):
                        yield f"{place}: it shows {line!r} of {cell.id}"
                for name in sorted(names.intersection(re.findall(r"\w+", text))):
                    yield f"{place}: it shows the name {name!r} of {cell.id}"


def _squeezed(text: str) -> str:
    return "".join(text.split())
