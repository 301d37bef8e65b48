"""What a network's scores say."""

import numpy as np


def top_classes(scores: np.ndarray, k: int = 5) -> list[tuple[int, float]]:
    """Return the most probable classes and their probabilities, the best first.

    Parameters
    ----------
    scores : ndarray, shape (classes,)
        Before softmax.
    k : int
        How many.

    Notes
    -----
    Softmax: exp(score) over the sum of all of them. To subtract the largest score first changes
    no ratio, and keeps exp from overflowing.

    Examples
    --------
    >>> [(c, round(p, 3)) for c, p in top_classes(np.log([0.2, 0.5, 0.3]), k=2)]
    [(1, 0.5), (2, 0.3)]
    """
    scores = np.asarray(scores, dtype=float)
    powers = np.exp(scores - scores.max())
    best = np.argsort(-scores, kind="stable")[:k]
    return [(int(one), float(powers[one] / powers.sum())) for one in best]
