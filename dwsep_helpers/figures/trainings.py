"""The loss of each step of a training."""

from collections.abc import Sequence

import numpy as np

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_floats
from dwsep_helpers.figures.charts import furnish
from dwsep_helpers.figures.grids import number_text
from dwsep_helpers.figures.picture import Picture, new_figure, picture
from dwsep_helpers.figures.types import Figure

WIDTH, HEIGHT = 7.0, 2.6
WINDOW = 20  # steps that the line is the mean of


def losses(values: Sequence[float], title: str = "") -> Picture:
    """Draw the loss of each step as a point, and the mean of the last 20 as a line.

    Parameters
    ----------
    values : sequence of float
        In the order of the steps.
    title : str, written above

    Raises
    ------
    ValueError
        If there are none, or one is infinite or NaN.

    Examples
    --------
    >>> losses([2.3, 1.0, 0.5]).alt
    'Loss. 3 steps, from 2.30 to 0.50.'
    """
    given = as_floats(values, "values")
    if given.ndim != 1 or not given.size:
        raise ValueError(f"values has shape {given.shape}, and one loss for each step is drawn")
    if not np.isfinite(given).all():
        step = int(np.argmin(np.isfinite(given)))
        raise ValueError(f"values[{step}] is {given[step]}: the training has come apart")
    ends = f"from {_said(given[0])} to {_said(given[-1])}"
    steps = f"{len(given):,} step{'s' * (len(given) > 1)}"
    return picture(f"{title or 'Loss'}. {steps}, {ends}.", _draw, given, title)


def _said(loss: float) -> str:
    return f"{loss:.2f}" if loss == 0 or 0.01 <= loss < 1000 else number_text(loss)


def _draw(values: np.ndarray, title: str) -> Figure:
    figure = new_figure(WIDTH, HEIGHT)
    axes = figure.add_axes((0.09, 0.19, 0.88, 0.66 if title else 0.75))
    steps = np.arange(1, len(values) + 1)
    sums = np.concatenate([[0], values.cumsum()])
    since = np.maximum(steps - WINDOW, 0)
    axes.plot(steps, values, ".", color=palette.INPUT.line, ms=3, alpha=0.5)
    axes.plot(steps, (sums[steps] - sums[since]) / (steps - since), color=palette.EMPHASIS, lw=1.8)
    axes.set_ylim(bottom=min(0, 1.05 * values.min()))
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    furnish(axes, title)
    return figure
