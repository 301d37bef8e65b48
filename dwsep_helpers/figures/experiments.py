"""How networks do on what they have seen and what they have not, by how much they have seen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.charts import furnish
from dwsep_helpers.figures.picture import Picture, new_figure, picture
from dwsep_helpers.figures.types import Axes, Figure
from dwsep_helpers.intervals import Interval, interval

WIDTH, HEIGHT = 7.6, 3.9
SHIFT = 1.028  # of the axis: intervals of several networks stand beside each other
# Told apart without colour: marker, line, and the networks' names in the legend.
LOOKS = (
    ("o", "-", palette.NEUTRAL.line),
    ("s", "-", palette.INPUT.line),
    ("^", "--", palette.KERNEL.line),
    ("D", "--", palette.EMPHASIS),
)

Line = Mapping[int, Interval]


class Run(Protocol):
    """What is asked of a run."""

    network: str
    parameters: int
    images: int
    train_accuracy: float
    test_accuracy: float


def generalization(runs: Iterable[Run], title: str = "") -> Picture:
    """Draw test accuracy, and the gap to training accuracy, by the size of the training set.

    Drawn are means over the seeds, with their 95 % intervals.

    Parameters
    ----------
    runs : iterable
        Such as :func:`dwsep_helpers.mobilenet.overfitting.read` returns; of each network and
        size at least two.
    title : str, written above

    Raises
    ------
    ValueError
        If there are no runs, or a single one of a network and size, or too many networks.
    """
    grouped: dict[str, dict[int, list[Run]]] = {}
    for run in runs:
        sizes = grouped.setdefault(f"{run.network} ({run.parameters:,})", {})
        sizes.setdefault(run.images, []).append(run)
    if not 1 <= len(grouped) <= len(LOOKS):
        raise ValueError(f"runs has {len(grouped)} networks, and 1 to {len(LOOKS)} are drawn")
    for name, by_size in grouped.items():
        for size, same in by_size.items():
            if len(same) < 2:
                raise ValueError(
                    f"runs has one run of {name} on {size} images; an interval takes 2"
                )
    accuracies = _lines(grouped, lambda run: run.test_accuracy)
    gaps = _lines(grouped, lambda run: run.train_accuracy - run.test_accuracy)
    return picture(_alt(gaps, title), _draw, accuracies, gaps, title)


def _lines(
    grouped: Mapping[str, Mapping[int, Sequence[Run]]], measure: Callable[[Run], float]
) -> dict[str, Line]:
    """Return the interval of a measure for each network and size."""
    return {
        name: {size: interval([measure(run) for run in sizes[size]]) for size in sorted(sizes)}
        for name, sizes in grouped.items()
    }


def _alt(gaps: Mapping[str, Line], title: str) -> str:
    """Say the gaps at both ends, with their intervals."""
    said = []
    for name, line in gaps.items():
        ends = dict.fromkeys((min(line), max(line)))
        said.append(f"{name}: {'; '.join(f'{_said(line[n])} with {n:,} images' for n in ends)}.")
    return (
        f"{title or 'Accuracy and gap'}. Gap between training and test accuracy by network, its "
        f"parameters in brackets, with 95 % intervals. {' '.join(said)}"
    )


def _said(gap: Interval) -> str:
    return f"{100 * gap.mean:.1f} ({100 * gap.low:.1f} to {100 * gap.high:.1f}) points"


def _draw(accuracies: Mapping[str, Line], gaps: Mapping[str, Line], title: str) -> Figure:
    figure = new_figure(WIDTH, HEIGHT)
    top = 0.74 if title else 0.8
    panels = [figure.add_axes((left, 0.13, 0.37, top - 0.13)) for left in (0.1, 0.61)]
    labels = ("test accuracy", "gap: train − test accuracy")
    for axes, lines, label in zip(panels, (accuracies, gaps), labels, strict=True):
        _draw_lines(axes, lines)
        axes.set_ylabel(label)
    handles, names = panels[0].get_legend_handles_labels()
    where = (0.5, 0.93 if title else 1.0)
    figure.legend(handles, names, loc="upper center", bbox_to_anchor=where, ncols=2, frameon=False)
    figure.text(0.02, 0.975, title, va="top", fontsize=11, weight="bold")
    return figure


def _draw_lines(axes: Axes, lines: Mapping[str, Line]) -> None:
    from matplotlib.ticker import FuncFormatter, NullLocator

    sizes = sorted({size for line in lines.values() for size in line})
    for number, ((name, line), (marker, dash, colour)) in enumerate(
        zip(lines.items(), LOOKS, strict=False)
    ):
        shift = SHIFT ** (number - (len(lines) - 1) / 2)
        x = [size * shift for size in line]
        means = [i.mean for i in line.values()]
        reach = [[i.mean - i.low for i in line.values()], [i.high - i.mean for i in line.values()]]
        look: dict[str, Any] = {"fmt": marker + dash, "color": colour, "lw": 1.3, "ms": 4.5}
        axes.errorbar(x, means, reach, label=name, capsize=2.5, elinewidth=1, **look)
    axes.set_xscale("log")
    axes.set_xlim(sizes[0] / 1.25, sizes[-1] * 1.25)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.set_xlabel("training images")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:.0f} %"))
    furnish(axes)
