"""For translators: every text that a check can show, as a gettext template.

``python -m dwsep_helpers.translating checks.pot`` writes the template. With ``--update de.po`` it
brings a translation up to date in place: what was translated stays, and what changed is marked as
fuzzy, to be looked at again.
"""

from __future__ import annotations

import argparse
import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dwsep_helpers import __version__, checks
from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.translation import Phrase

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

PACKAGE = Path(__file__).parent
ONE, SEVERAL = ("say", "Phrase"), ("say_n", "phrase_n")
SEEDS = range(3)  # what cases are about is drawn, too


class Text(NamedTuple):
    """A text, and where it is used."""

    one: str
    many: str | None  # for all numbers but 1, where there are two
    use: str
    place: str  # the file, in the repository
    line: int = 1


def texts() -> Iterator[Text]:
    """Return all texts: those in the code, then those in the exercises' tables."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield from in_code(path)
    for exercise in (*checks.of_unit("00"), *checks.EXERCISES):
        yield from in_tables(exercise)
    for path in sorted((PACKAGE / "another_way").glob("*.toml")):
        for name, way in tomllib.loads(path.read_text("utf-8")).items():
            use = f"how another right answer to {name} differs"
            yield Text(way["differs"], None, use, _place(path))


def in_code(path: Path) -> Iterator[Text]:
    """Return the texts that a module writes out where it says them."""
    for node, use in said_in(path):
        one, *others = (getattr(argument, "value", None) for argument in node.args)
        if isinstance(one, str):  # else it is data, and listed there
            many = str(others[0]) if getattr(node.func, "id", "") in SEVERAL else None
            yield Text(one, many, use, _place(path), node.lineno)


def in_tables(exercise: Exercise) -> Iterator[Text]:
    """Return the texts of an exercise's mistakes, cases and demand."""
    unit, _, _ = exercise.number.partition(".")
    place = _place(PACKAGE / "checks" / f"unit_{unit.zfill(2)}" / f"{exercise.name}.py")
    of = f"exercise {exercise.number}, {exercise.name}"
    for mistake in exercise.mistakes:
        yield Text(mistake.name, None, f"{of}: the name of a mistake", place)
        yield Text(mistake.says, None, f"{of}: what the mistake {mistake.name} says", place)
    for seed in SEEDS:
        for strict in (False, True):
            for case in exercise.tries(strict=strict, seed=seed):
                yield Text(Phrase(case.says).template, None, f"{of}: what a case is about", place)
    if exercise.demand:
        yield Text(exercise.demand.praise, None, f"{of}: praise of what meets the demand", place)


def template() -> Catalog:
    """Return the template, a catalogue without translations."""
    from babel.messages.catalog import Catalog

    found = Catalog(project="dwsep_helpers", version=__version__, fuzzy=False)
    for text in dict.fromkeys(texts()):
        ids = text.one if text.many is None else (text.one, text.many)
        found.add(ids, locations=[(text.place, text.line)], auto_comments=[text.use])
    return found


def write(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue as a .po file."""
    from babel.messages.pofile import write_po

    with path.open("wb") as file:
        write_po(file, catalogue, width=100)


def update(path: Path) -> None:
    """Bring a translation up to date: new texts are added, those that are gone go to its end."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        kept = read_po(file, abort_invalid=True)
    kept.update(template())
    write(kept, path)


def said_in(path: Path) -> list[tuple[ast.Call, str]]:
    """Return the calls of a module that say something, or will later, each with its use."""
    source = path.read_text("utf-8")
    if "from dwsep_helpers.translation import" not in source:
        return []
    found = _calls(ast.parse(source))
    return [one for one in found if getattr(one[0].func, "id", "") in (*ONE, *SEVERAL)]


def _calls(tree: ast.AST, use: str = "") -> Iterator[tuple[ast.Call, str]]:
    """Return calls, each with the first line of the docstring above it."""
    if isinstance(tree, ast.Module | ast.ClassDef | ast.FunctionDef):
        use = (ast.get_docstring(tree) or use).partition("\n")[0]
    if isinstance(tree, ast.Call):
        yield tree, use
    for node in ast.iter_child_nodes(tree):
        yield from _calls(node, use)


def _place(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).as_posix()


def main() -> None:
    """Write the template, or bring a translation up to date."""
    parser = argparse.ArgumentParser("python -m dwsep_helpers.translating", description=__doc__)
    parser.add_argument("template", type=Path, nargs="?", help="where to write the template")
    parser.add_argument("--update", type=Path, metavar="FILE.po", help="a translation")
    given = parser.parse_args()
    if not (given.template or given.update):
        parser.error("say where to write the template, or what to --update")
    if given.template:
        write(template(), given.template)
    if given.update:
        update(given.update)


if __name__ == "__main__":
    main()
