"""How networks compare that were trained and tested on the same digits."""

from collections.abc import Mapping, Sequence

import numpy as np

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.charts import furnish
from dwsep_helpers.figures.picture import Picture, new_figure, picture
from dwsep_helpers.figures.types import Axes, Figure
from dwsep_helpers.intervals import Interval, interval
from dwsep_helpers.kernels.shapes import mapping

WIDTH = 7.6
MOST = 12  # rows that can be read
Accuracies = Mapping[str, Sequence[float]]


def paired_runs(accuracies: Accuracies, shared: float = 0.0) -> Picture:
    """Draw two networks' accuracies, repetition by repetition, and their differences.

    Left: a line joins what the two made of the same digits; beside them the interval of each
    network by itself. Right: the differences, and their interval.

    Parameters
    ----------
    accuracies : mapping of two names to accuracies, from 0 to 1
        Of the same repetitions in the same order. The difference is the first minus the second.
    shared : float
        As for :func:`dwsep_helpers.intervals.interval`.

    Raises
    ------
    TypeError
        If ``accuracies`` is no mapping.
    ValueError
        If there aren't two networks, or not as many accuracies of both.
    """
    mapping("accuracies", accuracies)
    sizes = {name: len(values) for name, values in accuracies.items()}
    if len(sizes) != 2 or len(set(sizes.values())) != 1:
        raise ValueError(f"accuracies has {sizes}, and two networks with as many each are drawn")
    (first, one), (second, two) = accuracies.items()
    each = {name: interval(values, shared=shared) for name, values in accuracies.items()}
    difference = interval(np.subtract(one, two), shared=shared)
    said = " ".join(f"{name}: {_said(found)}." for name, found in each.items())
    return picture(
        f"Two networks, {sizes[first]} repetitions. {said} {first} minus {second}, repetition by "
        f"repetition: {_said(difference)} points.",
        _draw_runs,
        accuracies,
        each,
        difference,
    )


def paired_differences(
    rows: Mapping[str, Interval], title: str = "", what: str = "accuracy"
) -> Picture:
    """Draw differences between two networks as intervals, one below the other.

    Parameters
    ----------
    rows : mapping of str to Interval
        What is compared, such as ``"dense − separable"``, and the difference, from −1 to 1.
    title : str, written above
    what : str
        What is compared.

    Raises
    ------
    TypeError
        If ``rows`` is no mapping.
    ValueError
        If there are no rows, or too many to be read.
    """
    mapping("rows", rows)
    if not 1 <= len(rows) <= MOST:
        raise ValueError(f"rows has {len(rows)} differences, and 1 to {MOST} are drawn")
    said = " ".join(f"{name}: {_said(found)}." for name, found in rows.items())
    alt = f"{title or 'Differences'}. Differences in {what}, points, with 95 % intervals. {said}"
    return picture(alt, _draw_differences, rows, title, what)


def _said(found: Interval) -> str:
    mean, low, high = (f"{100 * value:.1f}".replace("-", "−") for value in found)
    return f"{mean} ({low} to {high})"


def _draw_runs(
    accuracies: Accuracies, each: Mapping[str, Interval], difference: Interval
) -> Figure:
    figure = new_figure(WIDTH, 3.4)
    left, right = (figure.add_axes((x, 0.16, w, 0.74)) for x, w in ((0.1, 0.5), (0.72, 0.26)))
    one, two = (100 * np.asarray(values) for values in accuracies.values())
    left.plot([0, 1], [one, two], color=palette.NEUTRAL.line, lw=0.7, marker="o", ms=3, alpha=0.6)
    for x, found in zip((-0.15, 1.15), each.values(), strict=True):
        _bar(left, x, found, palette.INPUT.line)
    left.set_xticks([0, 1], list(accuracies))
    left.set_xlim(-0.4, 1.4)
    left.set_ylabel("right of the new digits, %")
    scatter = np.linspace(-0.12, 0.12, len(one))
    right.plot(scatter, one - two, "o", ms=3, color=palette.NEUTRAL.line, alpha=0.6)
    _bar(right, 0.3, difference, palette.EMPHASIS)
    right.axhline(0, color=palette.NEUTRAL.line, lw=0.8)
    right.set_xticks([])
    right.set_xlim(-0.3, 0.5)
    right.set_xlabel(" −\n".join(accuracies))
    right.set_ylabel("difference, points")
    for axes in (left, right):
        furnish(axes)
    return figure


def _bar(axes: Axes, x: float, found: Interval, colour: str) -> None:
    mean, low, high = (100 * value for value in found)
    axes.errorbar(x, mean, [[mean - low], [high - mean]], fmt="s", ms=5, capsize=3, color=colour)


def _draw_differences(rows: Mapping[str, Interval], title: str, what: str) -> Figure:
    height = 0.9 + 0.32 * len(rows)
    figure = new_figure(WIDTH, height)
    axes = figure.add_axes((0.46, 0.5 / height, 0.32, 1 - 0.85 / height))
    places = -np.arange(len(rows))
    mean, low, high = (100 * np.array(values) for values in zip(*rows.values(), strict=True))
    axes.errorbar(
        mean,
        places,
        xerr=[mean - low, high - mean],
        fmt="s",
        ms=5,
        capsize=3,
        color=palette.EMPHASIS,
    )
    axes.axvline(0, color=palette.NEUTRAL.line, lw=0.8)
    axes.set_yticks(places, list(rows))
    axes.set_ylim(places[-1] - 0.6, 0.6)
    axes.set_xlabel(f"difference in {what}, points")
    furnish(axes)
    for place, found in zip(places, rows.values(), strict=True):
        where = (1.04, place)
        axes.annotate(
            _said(found), where, xycoords=("axes fraction", "data"), va="center", fontsize=8
        )
    figure.text(0.02, 1 - 0.08 / height, title, va="top", fontsize=11, weight="bold")
    return figure
