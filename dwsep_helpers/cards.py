"""A unit's recap, or the course's: what passed on this machine, predictions, what to do next.

All of it comes from files that the checks left beside the notebooks, and from what was predicted in
this session. Nothing is sent anywhere, and a notebook that is graded shows predictions alone.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from dwsep_helpers import carried, checks, course, notebook, predictions
from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.predictions.recaps import SURPRISE, Recap

_CARD = (
    "border: 1px solid #bdbdbd; border-color: var(--jp-border-color1, #bdbdbd); "
    "border-radius: 4px; padding: 8px 14px; max-width: 62em; "
    "line-height: 1.5; overflow-wrap: break-word"
)
_BAR = "width: 8em; max-width: 100%; vertical-align: middle"


@dataclass(frozen=True)
class Progress:
    """How far a unit is.

    Attributes
    ----------
    passed, exercises : int
        How many of its exercises passed, of how many.
    points, most : int
        What those that passed are worth, of all that checks give. Optional points are in no sum.
    made, agreed, asked : int
        Of its predictions: how many were made and revealed, how many of these were borne out, and
        how many there are.
    following : Exercise or None
        The first that hasn't passed, if there is one.
    """

    unit: course.Unit
    passed: int
    exercises: int
    points: int
    most: int
    made: int
    agreed: int
    asked: int
    following: Exercise | None

    @property
    def in_words(self) -> tuple[str, ...]:
        """Its numbers, a sentence for each kind."""
        by_hand = self.unit.points - self.most
        return (
            f"{self.passed} of {self.exercises} exercise{'s' * (self.exercises > 1)} passed",
            *([f"{self.points} of {self.most} points"] if self.most else []),
            *([f"{by_hand} more graded by hand"] if by_hand else []),
            f"{self.made} of {self.asked} prediction{'s' * (self.asked > 1)} made"
            + (f", {self.agreed} borne out" if self.made else ""),
        )


def so_far(unit: course.Unit) -> Progress:
    """Return how far a unit is, by what is known on this machine.

    Examples
    --------
    >>> so_far(course.unit("01_conv2d")).in_words[:2]
    ('0 of 7 exercises passed', '0 of 20 points')
    """
    known = checks.of_unit(unit.number)
    graded = [one for one in known if not one.optional]
    passed = [one for one in known if one.number in notebook.passed or carried.passed(one.name)]
    verdicts = [row[-1] for row in predictions.recap(unit.number).rows]
    made = sum(verdict != "" for verdict in verdicts)
    return Progress(
        unit=unit,
        passed=sum(one in passed for one in graded),
        exercises=len(graded),
        points=sum(one.points for one in graded if one in passed),
        most=sum(one.points for one in graded),
        made=made,
        agreed=made - verdicts.count(SURPRISE),
        asked=len(verdicts),
        following=next((one for one in graded if one not in passed), None),
    )


def borne_out() -> tuple[int, int]:
    """Return how many of the course's predictions were borne out, and how many were made.

    Examples
    --------
    >>> borne_out()
    (0, 0)
    """
    units = [so_far(unit) for unit in course.UNITS]
    return sum(unit.agreed for unit in units), sum(unit.made for unit in units)


@dataclass(frozen=True)
class Card:
    """How far some units are, what comes next, and a unit's predictions."""

    units: tuple[Progress, ...]
    recap: Recap

    @property
    def following(self) -> tuple[str, str]:
        """What to do next, and the notebook that it is in; none for what is in this one."""
        for one in self.units:
            if one.following:
                path = "" if len(self.units) == 1 else f"../{one.unit.path}"
                exercise = f"exercise {one.following.number}, {one.following.name}"
                return exercise, path
        after = course.after(self.units[-1].unit)
        if after:
            return after.heading, f"../{after.path}"
        return "that was the last unit; unit 00 shows all of them", f"../{course.UNITS[0].path}"

    def __str__(self) -> str:
        lines = [f"{one.unit.heading}: {'; '.join(one.in_words)}." for one in self.units]
        return "\n".join([*lines, f"Next: {self.following[0]}.", "", str(self.recap)])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        parts = _rows(self.units) if len(self.units) > 1 else _unit(self.units[0])
        following, path = self.following
        link = f'<a href="{path}">{html.escape(following)}</a>' if path else html.escape(following)
        return (
            f'<div style="{_CARD}">{parts}<div><strong>Next</strong>: {link}</div></div>'
            f'<div style="overflow-x: auto">{self.recap._repr_html_()}</div>'
        )


def _unit(one: Progress) -> str:
    words = "".join(f"<li>{html.escape(words)}</li>" for words in one.in_words)
    return (
        f"<div><strong>{html.escape(one.unit.heading)}</strong></div>"
        f"<div>{_bar(one)}</div>"
        f'<ul style="margin: 4px 0; padding-left: 1.4em">{words}</ul>'
    )


def _rows(units: Sequence[Progress]) -> str:
    rows = "".join(
        f'<li style="margin: 2px 0">{_bar(one)} <a href="../{one.unit.path}">{one.unit.number} '
        f"{html.escape(one.unit.title)}</a> · {html.escape(' · '.join(one.in_words))}</li>"
        for one in units
    )
    return f'<ul style="list-style: none; margin: 0; padding: 0">{rows}</ul>'


def _bar(one: Progress) -> str:
    """Return a bar of the exercises that passed; what it shows is said below it."""
    says = one.in_words[0]
    return (
        f'<progress max="{one.exercises}" value="{one.passed}" title="{says}" '
        f'aria-label="{says}" style="{_BAR}"></progress>'
    )


def recap(unit: str) -> Card | Recap:
    """Return how far a unit is, what to do next, and its predictions beside what came out.

    Parameters
    ----------
    unit : str
        The unit's two digits, such as ``"01"``. ``"00"`` shows all units.

    Returns
    -------
    Card or Recap
        Shows itself in a notebook; ``print`` gives it as text. Outside of a notebook, and while
        one is graded, it is the predictions alone.

    Raises
    ------
    ValueError
        If no unit of that number has predictions.
    """
    made = predictions.recap(unit)
    if not notebook.is_open():
        return made
    shown = [one for one in course.UNITS if unit in ("00", one.number)]
    return Card(tuple(map(so_far, shown)), made)
