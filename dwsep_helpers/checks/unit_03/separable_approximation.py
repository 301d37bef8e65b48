"""Exercise 3.5: the closest sum of depthwise separable layers."""

from collections.abc import Callable

import numpy as np

from dwsep_helpers.checks.cases import by_hand, listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Pair, Rng
from dwsep_helpers.checks.unit_03.depthwise_separable_conv2d import LAYERS
from dwsep_helpers.kernels import separable_approximation as right


def _low_rank(matrices: np.ndarray, terms: int) -> np.ndarray:
    """Keep the heaviest terms of each matrix, (…, rows, columns)."""
    rows, columns = matrices.shape[-2:]
    weight = matrices.reshape(-1, rows, 1, columns).swapaxes(0, 1)
    return right(weight, terms).swapaxes(0, 1).reshape(matrices.shape)


def _of_terms(weigh: Callable[..., np.ndarray]) -> Callable[[np.ndarray, int], np.ndarray]:
    """Return what adds up ``weigh(terms, values, how_many)``, terms and values heaviest first."""

    def approximate(weight: np.ndarray, how_many: int) -> np.ndarray:
        rank = min(len(weight), weight[0, 0].size)
        terms = np.diff([right(weight, t + 1) for t in range(rank)], axis=0, prepend=0)
        values = np.sqrt((terms**2).sum(axis=(1, 3, 4), keepdims=True))  # one for each channel
        return weigh(terms, values, how_many).sum(axis=0)

    return approximate


def _pooled(weight: np.ndarray, terms: int) -> np.ndarray:
    """Keep as many terms as belong to all channels, wherever the singular values are largest."""
    kernels = weight.swapaxes(0, 1)
    u, s, v = np.linalg.svd(kernels.reshape(*kernels.shape[:2], -1), full_matrices=False)
    least = np.sort(s, axis=None)[::-1][: terms * len(s)][-1]
    return ((u * np.where(s < least, 0, s)[:, None]) @ v).reshape(kernels.shape).swapaxes(0, 1)


def _columns_of_v(weight: np.ndarray, terms: int) -> np.ndarray:
    """Read v as if its columns were the singular vectors."""
    kernels = weight.swapaxes(0, 1)
    u, s, v = np.linalg.svd(kernels.reshape(*kernels.shape[:2], -1))
    kept = (u[..., :terms] * s[:, None, :terms]) @ v[..., :terms].swapaxes(1, 2)
    return kept.reshape(kernels.shape).swapaxes(0, 1)


def _mean_kernel(weight: np.ndarray, terms: int) -> np.ndarray:
    """Let each filter be a multiple of the channel's mean kernel."""
    mean = weight.mean(axis=0, keepdims=True)
    products, squares = ((a * mean).sum(axis=(2, 3), keepdims=True) for a in (weight, mean))
    return products / squares * mean


# fmt: off
MISTAKES = bank(right, [
    ("each-kernel-by-itself", _low_rank,
     "You decompose each kernel by itself, which is spatial separability; one channel's kernels "
     "of all filters should make the matrix."),
    ("channels-together", lambda w, t: _low_rank(w.reshape(len(w), -1), t).reshape(w.shape),
     "You put all channels in one matrix, so that they share what is kept; each should have a "
     "decomposition of its own.", 1),
    ("singular-values-pooled", _pooled,
     "You keep the largest singular values of all channels together; each channel should keep its "
     "own.", 3),
    ("each-filter-by-itself",
     lambda w, t: _low_rank(w.reshape(*w.shape[:2], -1), t).reshape(w.shape),
     "You put one filter's channels in a matrix; a matrix should hold one channel's filters."),
    ("channels-reshaped-not-moved",
     lambda w, t: _low_rank(w.reshape(w.shape[1], len(w), -1), t).reshape(w.shape),
     "You reshape to bring the channels first, which mixes them up with filters; the axis should "
     "be moved: a reshape keeps the numbers in order."),
    ("not-moved-back", lambda w, t: right(w, t).swapaxes(0, 1),
     "You leave the channels first, as in your matrices; they should be moved back to axis 1.", 3),
    ("singular-values-forgotten", _of_terms(lambda terms, values, t: (terms / values)[:t]),
     "You leave the singular values out, so all terms count the same; each should have its own "
     "weight.", 3),
    ("singular-values-squared", _of_terms(lambda terms, values, t: (terms * values)[:t]),
     "You multiply by the singular values twice; they should count once.", 3),
    ("lightest-terms-kept", _of_terms(lambda terms, values, t: terms[-t:]),
     "You keep the terms with the smallest singular values; those with the largest should be "
     "kept.", 1),
    ("terms-ignored", lambda w, t: right(w, 1),
     "You keep one term, however many are asked for; there should be that many.", 3),
    ("one-term-too-many", lambda w, t: right(w, t + 1),
     "You keep one term more than asked for; where should the slice end?", 3),
    ("one-term-too-few", _of_terms(lambda terms, values, t: terms[:t - 1]),
     "You keep one term fewer than asked for; where should the slice end?", 3),
    ("last-term-alone", _of_terms(lambda terms, values, t: terms[t - 1:t]),
     "You return the last of the terms alone; it should be the sum of them all.", 3),
    ("columns-of-v", _columns_of_v,
     "You take the right singular vectors from columns; they should be taken from rows, where "
     "NumPy puts them.", 3),
    ("integer-truncation", lambda w, t: np.trunc(right(w, t)).astype(np.int64),
     "You lose the digits after the decimal point; the array you write to should be of floats.", 3),
    ("weight-dtype-kept", lambda w, t: right(w, t).astype(w.dtype),
     "You give the answer the dtype of the weight; where that is of whole numbers, it should be "
     "of floats.", 3),
    ("rest-returned", lambda w, t: w - right(w, t),
     "You return what the terms leave over; it should be the terms themselves."),
    ("weight-unchanged", lambda w, t: w,
     "You return the weight itself, with all its terms; only as many as asked for should be "
     "kept.", 1),
    ("mean-kernel", _mean_kernel,
     "You give every filter a multiple of the channel's mean kernel; it should be a multiple of "
     "the kernel that comes closest.", 1),
    ("first-filters-kept", lambda w, t: np.where(np.arange(len(w))[:, None, None, None] < t, w, 0),
     "You keep the first filters and set the others to zero; all filters should have a part in "
     "each term.", 1),
])
# fmt: on


def _kernel(rng: Rng, says: str, filters: int, channels: int, kernel: Pair, **terms: int) -> Case:
    """Return a dense kernel whose singular values lie well apart: each is 3/5 of the one before.

    Equal ones leave the choice of terms open, and a right answer might make another. Those of a
    channel are 5 times as large as those of the one before.
    """
    cells = kernel[0] * kernel[1]
    rank = min(filters, cells)
    u, v = (np.linalg.qr(rng.normal(size=(channels, size, rank)))[0] for size in (filters, cells))
    values = 7 * 0.6 ** np.arange(rank) * rng.uniform(0.9, 1.1, (channels, rank))
    values *= 5.0 ** np.arange(channels)[:, None]
    matrices = (u * values[:, None]) @ v.swapaxes(1, 2)
    weight = matrices.reshape(channels, filters, *kernel).swapaxes(0, 1).copy()
    return Case(says, (weight,), terms)


_KERNEL = np.array([[1, 0], [0, 3]]).reshape(2, 1, 1, 2)
_HALVES = np.array([[2, 1], [1, 2]]).reshape(2, 1, 1, 2)
_HAND = (
    by_hand(_KERNEL),
    by_hand(_KERNEL, says="a hand example with two terms", terms=2),
    by_hand(_HALVES, says="whole numbers whose closest term has fractions"),
)

separable_approximation = Check(
    number="3.5",
    name="separable_approximation",
    points=2,
    reference=right,
    cases=listed(
        *_HAND,
        ("one term", 5, 3, (2, 2)),
        ("two terms", 6, 2, (3, 2), {"terms": 2}),
        ("three terms, all sizes alike", 4, 4, (4, 4), {"terms": 3}),
        ("more cells than filters", 3, 2, (3, 3), {"terms": 2}),
        ("as many terms as the rank", 4, 3, (2, 3), {"terms": 4}),
        ("more terms than the rank", 3, 2, (2, 2), {"terms": 5}),
        ("one channel", 7, 1, (2, 3), {"terms": 2}),
        of=_kernel,
    ),
    strict=listed(
        *_HAND,
        ("one term", 4, 5, (3, 2)),
        ("four terms", 8, 3, (2, 4), {"terms": 4}),
        ("two terms, all sizes alike", 3, 3, (3, 3), {"terms": 2}),
        ("more cells than filters", 4, 2, (3, 4), {"terms": 3}),
        ("more terms than the rank", 2, 3, (2, 2), {"terms": 4}),
        of=_kernel,
    ),
    mistakes=MISTAKES,
    allows=LAYERS,  # as exercise 3.4, whose answer may be called
    axes=("C_out", "C_in", "K_h", "K_w"),
)
