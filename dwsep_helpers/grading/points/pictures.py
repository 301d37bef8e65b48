"""Bars as SVG, from numbers alone: no script, no request, and a text that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_WIDTH, _HEIGHT, _FOOT = 400, 150, 20


def histogram(bars: Sequence[tuple[float, float, int]], what: str) -> str:
    """Return a histogram.

    Parameters
    ----------
    bars : sequence of (from, to, count)
    what : str
        What is counted, such as "learners by points".
    """
    told = ", ".join(f"{low:g} to {high:g}: {count}" for low, high, count in bars if count)
    wide, most = _WIDTH / len(bars), max(1, *(count for _, _, count in bars), 1)
    parts = []
    for at, (low, _, count) in enumerate(bars):
        high = count / most * (_HEIGHT - 2 * _FOOT)
        x, y = at * wide, _HEIGHT - _FOOT - high
        if count:
            parts.append(
                f'<rect x="{x + 1:.1f}" y="{y:.1f}" width="{wide - 2:.1f}" height="{high:.1f}"/>'
                f'<text x="{x + wide / 2:.1f}" y="{y - 5:.1f}">{count}</text>'
            )
        if len(bars) <= 10 or at % 5 == 0:
            parts.append(_label(x, f"{low:g}", "start"))
    parts.append(_label(_WIDTH, f"{bars[-1][1]:g}", "end"))
    base = f'<path d="M0 {_HEIGHT - _FOOT}H{_WIDTH}"/>'
    return (
        f'<svg class="histogram" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(what)}: {escape(told or "nobody")}">{base}{"".join(parts)}</svg>'
    )


def _label(x: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{_HEIGHT - 6}" style="text-anchor:{anchor}">{text}</text>'


def bar(share: float) -> str:
    """Return a bar as long as a share of 1; the number beside it says the same.

    Examples
    --------
    >>> '<rect width="50.0" height="10"/>' in bar(0.5)
    True
    """
    length = 100 * min(max(share, 0), 1)
    rect = f'<rect width="{length:.1f}" height="10"/>'
    return f'<svg class="bar" viewBox="0 0 100 10" aria-hidden="true">{rect}</svg>'
