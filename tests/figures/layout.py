"""What a person sees at once, found by measuring: words cut off, words over words."""

from itertools import combinations
from unittest.mock import patch

from matplotlib.figure import Figure

SLACK = 1.0  # pixels: letters don't fill their boxes


def faults(figure):
    """Return what is wrong with a figure's layout, a line for each.

    Parameters
    ----------
    figure : Figure

    Returns
    -------
    list of str
    """
    figure.draw_without_rendering()
    texts = [text for axes in figure.axes for text in axes.texts] + figure.texts
    texts += [text for axes in figure.axes for text in _about(axes)]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts if text.get_text()]
    canvas = figure.bbox
    found = [
        f"{words!r} is cut off"
        for words, box in boxes
        if min(box.x0, box.y0, canvas.x1 - box.x1, canvas.y1 - box.y1) < 0
    ]
    for (words, a), (others, b) in combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        down = min(a.y1, b.y1) - max(a.y0, b.y0)
        if min(across, down) > SLACK:
            found.append(f"{words!r} lies over {others!r}")
    return found


def _about(axes):
    """Return what is written about axes that are shown: their names and ticks."""
    found = []
    for each in [axes, *axes.child_axes] if axes.axison else []:
        for axis, place in ((each.xaxis, 0), (each.yaxis, 1)):
            low, high = sorted(axis.get_view_interval())
            ticks = axis.get_ticklabels() if axis.get_visible() else []
            found += [tick for tick in ticks if low <= tick.get_position()[place] <= high]
            found += [axis.label] if axis.get_visible() else []
    return found


def texts(figure):
    """Return what is written in a figure, in the order in which it was drawn."""
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def images(figure):
    """Return the arrays that a figure shows as images, scales left out."""
    return [
        image.get_array().data
        for axes in figure.axes
        for image in axes.images
        if image.get_array().shape[0] > 1
    ]


def figure_of(draw, *arguments, **options):
    """Return the figure that a call draws as a picture."""
    drawn = []
    save = Figure.savefig

    def noted(figure, *where, **how):
        drawn.append(figure)
        return save(figure, *where, **how)

    with patch.object(Figure, "savefig", noted):
        draw(*arguments, **options)
    (figure,) = drawn
    return figure
