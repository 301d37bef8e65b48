"""``dwsep similar``: whose code is alike, as a page and a table. It proves nothing by itself."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.commands import add_class, class_of, no_unit, none_yet, several
from dwsep_helpers.grading.names import shown

if TYPE_CHECKING:
    from dwsep_helpers.grading.nbgrader_session import NbgraderSession
    from dwsep_helpers.grading.similarity.pairs import Code, Compared

HELP = "whose code is alike, within the class and with the published solutions"
ABOUT = (
    "Compare the code of graded notebooks, within the class and with the published solutions, and "
    "write the most surprising pairs into similar-UNIT.html, side by side, and similar-UNIT.csv."
)
_SAID = 5  # pairs on the terminal


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    add_class(parser)
    most = "how many pairs to show, of learners and of the solutions each; without it, 30"
    parser.add_argument("--pairs", type=several, default=30, metavar="N", help=most)


def run(options: argparse.Namespace) -> int:
    """Compare the code of a class, unit by unit."""
    from dwsep_helpers.grading.nbgrader_session import session

    nbgrader = session(class_of(options))
    known = nbgrader.units()
    if unknown := sorted(set(options.units) - known):
        raise WrongCall(no_unit(unknown[0], known))
    if not known:
        raise none_yet(nbgrader.folder)
    for unit in options.units or sorted(known):
        _report(nbgrader, unit, options.pairs)
    return 0


def _report(nbgrader: NbgraderSession, unit: str, most: int) -> None:
    from dwsep_helpers.grading.similarity import answers, page, pairs

    learners, problems = answers.of_class(nbgrader, unit)
    if len(learners) < 2:
        print(f"{unit}: {len(learners)} with a graded notebook; it takes two to compare.")
        return
    course = answers.of_course(nbgrader, unit)
    code, more = answers.compared({**learners, **course, "": answers.handed_out(nbgrader, unit)})
    given = code.pop("", {})
    published = {name: code.pop(name) for name in course if name in code}
    found = pairs.compare(code, published, given)
    shown_pairs = _worth_showing(found, published, most)
    path = nbgrader.folder / f"similar-{unit}.html"
    page.write_page(path, unit, shown_pairs, {**course, **learners}, list(course))
    page.write_csv(path.with_suffix(".csv"), unit, shown_pairs.pairs)
    print(
        f"{unit}: {len(code)} learners; half of all pairs have less than {found.usual:.0%} alike."
    )
    for pair in shown_pairs.pairs[:_SAID]:
        same = f", to the letter: {' '.join(pair.letters)}" if pair.letters else ""
        print(shown(f"  {pair.first} and {pair.second}: {pair.share:.0%}{same}"))
    for problem in (*problems, *more):
        print(shown(f"  {problem}"), file=sys.stderr)
    print(f"  {path}\n  {page.DOES_NOT_PROVE}")


def _worth_showing(found: Compared, course: Mapping[str, Code], most: int) -> Compared:
    """Keep the pairs that are more alike than usual: learners', and as many with the course."""
    from dwsep_helpers.grading.similarity.pairs import Compared

    unusual = [one for one in found.pairs if one.letters or one.share > found.usual]
    among = [one for one in unusual if one.first not in course][:most]
    with_course = [one for one in unusual if one.first in course][:most]
    return Compared(sorted([*among, *with_course], key=lambda one: -one.bits), found.usual)
