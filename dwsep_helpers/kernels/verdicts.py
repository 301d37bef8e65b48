"""What a network's scores say."""

import numpy as np

from dwsep_helpers.kernels.arguments import real_numbers
from dwsep_helpers.kernels.shapes import integer


def top_classes(scores: np.ndarray, k: int = 5) -> list[tuple[int, float]]:
    """Return the most probable classes and their probabilities, the best first.

    Parameters
    ----------
    scores : ndarray, shape (classes,)
        Before softmax.
    k : int
        How many.

    Raises
    ------
    TypeError, ValueError
        If the scores aren't finite numbers along one axis, or ``k`` isn't a positive integer.

    Notes
    -----
    Softmax: exp(score) over the sum of all of them. To subtract the largest score first changes
    no ratio, and keeps exp from overflowing.

    Examples
    --------
    >>> [(c, round(p, 3)) for c, p in top_classes(np.log([0.2, 0.5, 0.3]), k=2)]
    [(1, 0.5), (2, 0.3)]
    """
    scores, k = real_numbers("scores", scores), integer("k", k, at_least=1)
    if scores.ndim != 1 or not scores.size:
        raise ValueError(f"scores has shape {scores.shape}; it should be one number for each class")
    powers = np.exp(scores - scores.max())
    best = np.argsort(-scores, kind="stable")[:k]
    return [(int(one), float(powers[one] / powers.sum())) for one in best]
