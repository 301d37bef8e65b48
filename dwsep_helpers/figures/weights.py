"""Depthwise kernels, as training began and as it left them."""

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures.panels import Grid, Panel, lay
from dwsep_helpers.figures.picture import Picture, picture
from dwsep_helpers.figures.tones import tone_of

KERNEL, APART = 0.4, 0.04  # inches across a kernel, and between its two states
ACROSS = 6  # pairs in a row


def correlations(before: ArrayLike, after: ArrayLike) -> np.ndarray:
    """Return how each filter correlates with what it was: 1 where its pattern is the same.

    Parameters
    ----------
    before, after : array, shape (C, …)
        Of as many filters; none of them all one number.

    Returns
    -------
    ndarray, shape (C,)

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> correlations([[1, 2, 3], [1, 2, 3]], [[2, 4, 6], [3, 2, 1]]).round(6).tolist()
    [1.0, -1.0]
    """
    first, then = np.asarray(before, float), np.asarray(after, float)
    if first.shape != then.shape or first.ndim < 2:
        raise ValueError(f"before has shape {first.shape}, and after has {then.shape}")
    pairs = zip(first.reshape(len(first), -1), then.reshape(len(then), -1), strict=True)
    return np.array([np.corrcoef(one, other)[0, 1] for one, other in pairs])


def learned(before: ArrayLike, after: ArrayLike, most: int = 24) -> Picture:
    """Draw depthwise kernels before and after training, with the correlation of the two.

    Blue is negative, grey zero, yellow positive, all to one scale.

    Parameters
    ----------
    before, after : array, shape (C, 1, K_h, K_w)
    most : int
        How many kernels are drawn.

    Raises
    ------
    ValueError
        If the shapes are others, or differ.
    """
    for name, given in (("before", before), ("after", after)):
        shape = np.shape(given)
        if len(shape) != 4 or shape[1] != 1:
            raise ValueError(f"{name} has shape {shape}, and (C, 1, K_h, K_w) is drawn")
    alike = correlations(before, after)
    pairs = np.stack([np.asarray(before, float), np.asarray(after, float)], axis=1)[:most, :, 0]
    more = f", of {len(alike)}" if len(alike) > most else ""
    alt = (
        f"{len(pairs)} depthwise kernels of {pairs.shape[2]}×{pairs.shape[3]}{more}, each before "
        f"and after training. Correlation of the two: {alike.min():.2f} to {alike.max():.2f}, "
        f"{np.median(alike):.2f} in the middle."
    )
    heading = "Left: the random start. Right: trained. Below: their correlation."
    tone = tone_of(pairs.ravel(), np.zeros(1))  # a tone with a sign
    drawn = []
    for pair, correlation in zip(pairs, alike, strict=False):
        both = Grid([[Panel(plane, tone, KERNEL / pairs.shape[3]) for plane in pair]], APART)
        words = f"{correlation:.2f}".replace("-", "−")
        drawn.append(Grid([[both], [words]], down=0.04))
    rows = [drawn[start : start + ACROSS] for start in range(0, len(drawn), ACROSS)]
    return picture(alt, lay, [[heading], [Grid(rows)], [Panel(look=tone, scale=True)]])
