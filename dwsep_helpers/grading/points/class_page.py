"""What to teach on Monday: a page on a unit, one across units, and their numbers as tables."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from dwsep_helpers.grading import report
from dwsep_helpers.grading.metadata import (
    FAILED,
    GRADED,
    NOT_HANDED_IN,
    NOT_YET,
    NOTHING,
    UNREADABLE,
)
from dwsep_helpers.grading.names import for_spreadsheet, shown
from dwsep_helpers.grading.points import pictures, statistics
from dwsep_helpers.grading.points.gathered import UnitPoints
from dwsep_helpers.grading.points.statistics import ExerciseNumbers
from dwsep_helpers.grading.scores import Scores

if TYPE_CHECKING:
    from dwsep_helpers.grading.people.roster import Person

_SHOWN = 200  # people in a list; the table of points has all of them
_STYLE = """
:root { color-scheme: light dark; --text: #1c1c1c; --page: #fff; --line: #767676; --bar: #0045ad }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8e8e8; --page: #161616; --line: #8c8c8c; --bar: #7db4ff }
}
@media print { :root { --text: #000; --page: #fff; --line: #767676; --bar: #0045ad } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page);
  max-width: 60rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.25rem; margin-top: 2rem }
a { color: var(--bar) }
svg rect { fill: var(--bar) } svg text { fill: var(--text); font-size: 11px; text-anchor: middle }
svg path { stroke: var(--line) }
.histogram { width: 100%; max-width: 34rem; height: auto }
.bar { width: 6rem; height: .6rem; vertical-align: middle; border: 1px solid var(--line) }
.wide { overflow-x: auto }
table { border-collapse: collapse } tr { break-inside: avoid }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid var(--line) }
td.number, th.number { text-align: right } td.number { white-space: nowrap }
"""
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head><body><main>
<h1>{title}</h1>
{body}
</main></body></html>
"""
_ABOUT_DISCRIMINATION = (
    "Discrimination is the correlation of an exercise's points with those of the unit's other "
    "exercises (corrected item-total correlation, Henrysson 1963; where an exercise is either "
    "right or wrong, it is the point-biserial one). Near 0 or below, the exercise itself deserves "
    "a look. In a small class, chance moves it a lot."
)
_HANDED_NOTHING = (NOTHING, NOT_HANDED_IN)


def write_unit(
    folder: Path,
    of: UnitPoints,
    counts: Mapping[str, Counter[str]],
    people: Mapping[str, Person],
) -> Path:
    """Write ``class-UNIT.html`` and ``class-UNIT.csv``; return where the page is.

    Parameters
    ----------
    folder : Path
    of : UnitPoints
    counts : mapping of str to Counter
        How checks ended, by the function's name.
    people : mapping of str to Person
        Who the learners are.
    """
    rows = [row for row in of.rows if row.status == GRADED]
    numbers = statistics.exercises(of, rows, counts)
    _write_csv(folder / f"class-{of.unit}.csv", of.unit, numbers)
    body = [_totals(of, rows), _exercises(numbers), _mistakes(numbers), _people(of, people)]
    return _write(folder / f"class-{of.unit}.html", f"{of.unit}: the class", body)


def write_term(folder: Path, units: Sequence[UnitPoints], people: Mapping[str, Person]) -> Path:
    """Write ``class.html`` and ``class.csv``, across units; return where the page is."""
    columns: tuple[str, ...] = (
        "unit",
        "learners",
        "mean",
        "quartile_1",
        "median",
        "quartile_3",
        "max",
    )
    columns += ("not_handed_in", "not_graded")
    lines = []
    for of in units:
        totals = [row.total for row in of.rows if row.status == GRADED]
        spread = [f"{one:.2f}" for one in statistics.spread(totals)] if totals else [""] * 4
        missing = sum(row.status in _HANDED_NOTHING for row in of.rows)
        left = sum(row.status in (NOT_YET, FAILED, UNREADABLE) for row in of.rows)
        ends = (report.number(of.most), str(missing), str(left))
        lines.append([of.unit, str(len(totals)), *spread, *ends])
    with (folder / "class.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([columns, *lines])
    links = [f'<a href="class-{escape(of.unit)}.html">{escape(of.unit)}</a>' for of in units]
    told = [[link, *map(escape, line[1:])] for link, line in zip(links, lines, strict=True)]
    heads = ("unit", "learners", "mean", "first quartile", "median", "third quartile", "of")
    body = [_table((*heads, "no notebook", "not graded or unreadable"), told, range(1, 9))]
    body.append("<h2>Who fell behind</h2>")
    fell = statistics.fell_behind(units)
    percent = f"{statistics.FELL:.0%}"
    body.append(
        f"<p>Who has at least {percent} of the points less in {escape(units[-1].unit)} than on "
        "average before, or handed nothing in.</p>"
        if len(units) > 1
        else "<p>There is one unit, so nobody can have fallen behind.</p>"
    )
    shares = [
        [_name(one, people), *("–" if share is None else f"{share:.0%}" for share in had)]
        for one, had in fell[:_SHOWN]
    ]
    names = [of.unit for of in units]
    body.append(_table(("learner", *names), shares, range(1, len(units) + 1)) + _more(fell))
    return _write(folder / "class.html", "The class, across units", body)


def _totals(of: UnitPoints, rows: Sequence[Scores]) -> str:
    others = Counter(row.status for row in of.rows)
    order = (NOT_HANDED_IN, NOTHING, NOT_YET, FAILED, UNREADABLE)
    said = [f"{others[status]} {status}" for status in order if others[status]]
    rest = f" Of the others: {', '.join(said)}." if said else ""
    if not rows:
        return f"<p>Nobody's work was graded yet.{rest}</p>"
    totals = [row.total for row in rows]
    mean, first, median, third = statistics.spread(totals)
    waits = sum(None in row.points.values() for row in rows)
    left_out = "What being late costs is not in these numbers, nor are optional points"
    left_out += f", nor what waits for you: answers of {waits}." if waits else "."
    bars = statistics.histogram(totals, of.most)
    return (
        f"<p>{len(rows)} of {len(of.rows)} have points: {mean:.1f} of {of.most:g} on average; "
        f"quartiles {first:g}, {median:g} and {third:g}. {left_out}{rest}</p>"
        f"{pictures.histogram(bars, 'Learners by points')}"
    )


def _exercises(numbers: Sequence[ExerciseNumbers]) -> str:
    lines = []
    for one in numbers:
        full = "–" if one.full is None else f"{pictures.bar(one.full)} {one.full:.0%}"
        mean = "–" if one.mean is None else f"{one.mean:.0%}"
        how = "–" if one.discrimination is None else f"{one.discrimination:.2f}".replace("-", "−")
        called = f"{one.number} {one.name}" + (", optional" if one.optional else "")
        waits = str(one.waiting or "")
        lines.append([escape(called), f"{one.worth:g}", full, mean, how, waits])
    heads = ("exercise", "points", "have all points", "mean", "discrimination", "wait for you")
    return (
        f"<h2>The exercises</h2>{_table(heads, lines, range(1, 6))}<p>{_ABOUT_DISCRIMINATION}</p>"
    )


def _mistakes(numbers: Sequence[ExerciseNumbers]) -> str:
    """List mistakes that checks know by name first, and then how else checks ended."""
    found = [
        (not (told := statistics.sentence(one.name, end)), -count, place, end, told)
        for place, one in enumerate(numbers)
        for end, count in one.ends.items()
    ]
    lines = [
        [str(-count), f"{_called(numbers[place])}: <b>{escape(end)}</b>. {escape(told)}"]
        for _, count, place, end, told in sorted(found)
    ]
    heads = ("how many", "how the check of which exercise ended, and what it said")
    return f"<h2>The mistakes</h2>{_table(heads, lines, range(1))}"


def _called(one: ExerciseNumbers) -> str:
    return escape(f"{one.number} {one.name}")


def _people(of: UnitPoints, people: Mapping[str, Person]) -> str:
    stuck, never = statistics.stuck(of), statistics.never_started(of)
    lines = [[_name(row.learner, people), escape(", ".join(n))] for row, n in stuck[:_SHOWN]]
    names = "".join(f"<li>{_name(row.learner, people)}</li>" for row in never[:_SHOWN])
    return (
        f"<h2>Who is stuck</h2><p>No point in half of the exercises or more: {len(stuck)}.</p>"
        f"{_table(('learner', 'without a point'), lines)}{_more(stuck)}"
        f"<h2>Whose notebook is missing</h2><p>No notebook came from {len(never)}.</p>"
        f"{f'<ul>{names}</ul>' if names else ''}{_more(never)}"
    )


def _name(learner: str, people: Mapping[str, Person]) -> str:
    person = people.get(learner)
    name = f"{person.name} ({learner})" if person and person.name else learner
    return escape(shown(name))


def _more(found: Sequence[object]) -> str:
    over = len(found) - _SHOWN
    return f"<p>And {over} more: the table of points has them.</p>" if over > 0 else ""


def _table(
    heads: Sequence[str], lines: Sequence[Sequence[str]], numbers: Iterable[int] = ()
) -> str:
    """Return a table of HTML that is escaped already."""
    if not lines:
        return "<p>Nobody.</p>" if heads[0] == "learner" else "<p>None.</p>"
    right = {*numbers}
    kind = [' class="number"' if at in right else "" for at in range(len(heads))]
    top = "".join(f'<th scope="col"{k}>{h}</th>' for k, h in zip(kind, heads, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{k}>{c}</td>" for k, c in zip(kind, line, strict=True)) + "</tr>"
        for line in lines
    )
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _write_csv(path: Path, unit: str, numbers: Sequence[ExerciseNumbers]) -> None:
    columns: tuple[str, ...] = (
        "unit",
        "exercise",
        "name",
        "points",
        "optional",
        "learners",
        "full",
        "mean",
    )
    columns += ("discrimination", "waiting", "ended", "how_many", "told")
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for one in numbers:
            shares = ("" if n is None else f"{n:.4g}" for n in (one.full, one.mean))
            how = "" if one.discrimination is None else f"{one.discrimination:.2f}"
            optional = "yes" if one.optional else "no"
            about = [unit, one.number, one.name, f"{one.worth:g}", optional, one.learners]
            about += [*shares, how, one.waiting]
            for end, count in one.ends.most_common() or [("", 0)]:
                told = for_spreadsheet(statistics.sentence(one.name, end))
                writer.writerow([*about, for_spreadsheet(end), count or "", told])


def _write(path: Path, title: str, body: Sequence[str]) -> Path:
    page = _PAGE.format(title=escape(title), style=_STYLE, body="\n".join(body))
    path.write_text(page, encoding="utf-8", errors="backslashreplace")
    return path
