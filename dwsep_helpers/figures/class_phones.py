"""A class's phones: how many times as fast MobileNet is on each, by the year it came out."""

from collections.abc import Sequence

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.charts import furnish
from dwsep_helpers.figures.picture import Picture, new_figure, picture
from dwsep_helpers.figures.types import Figure
from dwsep_helpers.hardware.phone_lines import Phone

WIDTH, HEIGHT = 7.4, 4.0
MARKS = {"float32": ("o", palette.INPUT), "int8": ("s", palette.KERNEL)}
UNKNOWN = "not said"


def devices(phones: Sequence[Phone], title: str = "") -> Picture:
    """Draw phones as points: when they came out, how many times as fast MobileNet is there.

    Parameters
    ----------
    phones : sequence of Phone
        From :func:`dwsep_helpers.hardware.phones.read`. Those without a year stand apart.
    title : str, written above

    Raises
    ------
    ValueError
        If there are none.

    Examples
    --------
    >>> devices([Phone("mine", 0.5, 160, "int8", 9, 3, year=2023)]).alt
    'Phones by year. mine (2023), α = 0.5, 160×160, int8: 3 times as fast.'
    """
    if not phones:
        raise ValueError("phones is empty, and one at least is drawn")
    said = "; ".join(
        f"{one.label} ({one.year or 'year ' + UNKNOWN}), {one.size}: {one.times_faster:.3g}"
        for one in phones
    )
    return picture(f"{title or 'Phones by year'}. {said} times as fast.", _draw, phones, title)


def _draw(phones: Sequence[Phone], title: str) -> Figure:
    figure = new_figure(WIDTH, HEIGHT)
    axes = figure.add_axes((0.09, 0.13, 0.7, 0.76 if title else 0.82))
    years = sorted({one.year for one in phones if one.year})
    apart = (years[0] if years else 2000) - 2
    for dtype, (mark, shade) in MARKS.items():
        some = [one for one in phones if one.dtype == dtype]
        at = [one.year or apart for one in some]
        times = [one.times_faster for one in some]
        if some:
            axes.plot(at, times, mark, color=shade.line, ms=8, label=dtype)
        for x, one in zip(at, some, strict=True):
            words = f"{one.label}, α = {one.width:g}, {one.resolution}"
            axes.annotate(words, (x, one.times_faster), (7, 4), textcoords="offset points", size=8)
    ticks = [*([apart] if any(not one.year for one in phones) else []), *years]
    axes.set_xticks(ticks, [str(x) if x != apart else UNKNOWN for x in ticks])
    axes.set_xlim(min(ticks) - 0.7, max(ticks) + 0.7)
    axes.set_ylim(0, 1.15 * max(one.times_faster for one in phones))
    axes.set_ylabel("times as fast as the dense twin")
    furnish(axes, title, legend=0.81)
    return figure
