"""Rules for a unit's form: the same skeleton everywhere, in steps that one can take."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from importlib import import_module

from dwsep_helpers import course, stamping

from .book import Book, calls, parsed, without_code

WORDS = 2500
CELLS = range(35, 61)  # of a graded unit
MEDIAN_LINES, MOST_LINES = 8, 25
# Who reads a picture's text reads no picture; nobody reads a link's address, or a tag.
_UNREAD = re.compile(r"!\[[^]]*\]\([^)]*\)|(?<=\])\([^)\s]*\)|</?[a-z][^>]*>")
_ROOMS = ("checks", "data", "figures", "hardware")


def unit_has_the_skeleton(book: Book) -> Iterator[str]:
    """A learner knows from the first unit on where to find what."""
    title = book.cells[0].source
    if title.splitlines()[0] != f"# {book.unit.heading}":
        yield f"the first line is not {'# ' + book.unit.heading!r}"
    if course.unit_links(book.unit) not in title.splitlines():
        yield "the title cell lacks course.unit_links(); run make notebooks"
    aims = re.search(r"^\*\*You will be able to\*\*\n+((?:- .*\n)+)", title + "\n", re.MULTILINE)
    if not aims or not 3 <= len(aims[1].splitlines()) <= 5:
        yield "'You will be able to' wants three to five points"
    if not re.search(r"^\*\*Before you start\*\*", title, re.MULTILINE):
        yield "'Before you start' is missing"
    further = sum(exercise.optional for exercise in book.exercises)
    time = stamping.time_line(book.unit, len(book.exercises) - further, further)
    if time not in title.splitlines():
        yield f"the title cell lacks {time!r}; run make notebooks"
    headings = re.findall(r"^## (.*)", "\n".join(cell.source for cell in book.texts), re.MULTILINE)
    if headings[-2:] != ["Recap", "Going further"]:
        yield f"the last headings are {headings[-2:]}, not Recap and Going further"
    if "arxiv.org/abs/" not in book.texts[-1].source:
        yield "'Going further' names no paper"
    following = stamping.next_line(book.unit)
    last = book.texts[-1].source.splitlines()[-1]
    if following != (last if last.startswith("**Next**") else None):
        yield f"the last line is not {following!r}; run make notebooks"


def graded(book: Book) -> bool:
    """Tell whether the unit counts for a grade."""
    return book.unit.points > 0


def steps_are_small(book: Book) -> Iterator[str]:
    """One idea per cell, a unit in one sitting."""
    prose = "\n".join(_UNREAD.sub("", without_code(cell.source)) for cell in book.texts)
    words = len(re.findall(r"\w+", prose))
    if words > WORDS:
        yield f"{words:,} words, more than {WORDS:,}"
    if graded(book) and len(book.cells) not in CELLS:
        yield f"{len(book.cells)} cells, not {CELLS[0]} to {CELLS[-1]}"
    lines = [sum(bool(line.strip()) for line in cell.source.splitlines()) for cell in book.codes]
    if (median := statistics.median(lines)) > MEDIAN_LINES:
        yield f"half the code cells have more than {median:g} lines"
    if sum(count > MOST_LINES for count in lines) > len(lines) / 10:
        yield f"more than a tenth of the code cells have over {MOST_LINES} lines"


def code_can_run(book: Book) -> Iterator[str]:
    """What a cell takes from the course's rooms is there: a check has its function's name."""
    for cell in book.codes:
        try:
            tree = parsed(cell.source)
        except SyntaxError as error:
            yield f"{cell.id}: {error}"
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in _ROOMS
                and not hasattr(import_module(f"dwsep_helpers.{node.value.id}"), node.attr)
            ):
                yield f"{cell.id}: there is no {ast.unparse(node)}"


def predictions_are_revealed(book: Book) -> Iterator[str]:
    """A prediction is asked for right below its question, and comes back in the recap."""
    number = str(int(book.unit.number))
    asked, revealed = set(), set()
    above = ""
    for cell in book.cells:
        if cell.cell_type == "markdown":
            above = cell.source
            continue
        questions = re.findall(r"^\*\*Predict\.\*\* .*", above, re.MULTILINE)
        for call in calls(cell, "predict"):
            name = call.args[0].value
            asked.add(name)
            if not questions or not above.endswith(questions[-1]):
                yield f"{cell.id}: the text right above it doesn't end with **Predict.**"
            if len(call.args) > 1:
                yield f"{cell.id}: the prediction is already there"
            if name.partition(".")[0] != number:
                yield f"{cell.id}: {name} is of another unit"
        predicts = len([*calls(cell, "predict")])
        if predicts not in (0, len(questions)):
            yield f"{cell.id}: {predicts} predictions below {len(questions)} questions"
        if any(re.search(r"\([ab]\) ", question) for question in questions):
            yield f"{cell.id}: the question above lists options, which show when it is asked"
        above = ""
        for call in calls(cell, "reveal"):
            for name in call.args[0].value.split(" and "):
                revealed.add(name)
                if name not in asked:
                    yield f"{cell.id}: {name} is revealed before it is asked"
        if calls(cell, "recap") and cell is not book.codes[-1]:
            yield f"{cell.id}: the recap is not the last code"
    for name in sorted(asked - revealed):
        yield f"prediction {name} is never revealed"
    if asked and not calls(book.codes[-1], "recap"):
        yield "the predictions are not in a recap"


def outcomes_show_with_their_reveal(book: Book) -> Iterator[str]:
    """What a cell shows beside a reveal would be seen by who hasn't predicted yet."""
    for cell in book.codes:
        if not calls(cell, "reveal"):
            continue
        for node in _run_at_once(parsed(cell.source)):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in ("print", "look", "display") or called.startswith("figures."):
                yield f"{cell.id}: {called} runs without a prediction; hand it to reveal as shows="
            if isinstance(node, ast.Expr) and not ast.unparse(node).startswith("reveal("):
                yield f"{cell.id}: {ast.unparse(node)[:40]!r} shows beside the reveal"


def _run_at_once(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a cell that run when it does, not those of functions that it defines."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.Lambda):
            yield child
            yield from _run_at_once(child)


RULES = (
    unit_has_the_skeleton,
    steps_are_small,
    code_can_run,
    predictions_are_revealed,
    outcomes_show_with_their_reveal,
)
