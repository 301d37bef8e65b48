"""Exercise 7.7: channels of a depthwise and a pointwise layer evened out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dwsep_helpers import hardware
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.compare import WrongTypeError, described, to_array
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.guard import unwatched
from dwsep_helpers.checks.inputs import Rng
from dwsep_helpers.translation import Phrase

Parts = tuple[np.ndarray, np.ndarray, np.ndarray]


def _largest(depthwise: np.ndarray, pointwise: np.ndarray) -> Parts:
    """Return each channel's largest magnitudes before and behind, and whether both are used."""
    before = np.abs(depthwise).max(axis=(1, 2, 3))
    behind = np.abs(pointwise).max(axis=(0, 2, 3))
    return before, behind, (before > 0) & (behind > 0)


def _by_roots(before: np.ndarray, behind: np.ndarray) -> np.ndarray:
    return np.sqrt(before / behind)


def _right(
    depthwise: np.ndarray,
    bias: np.ndarray,
    pointwise: np.ndarray,
    *,
    largest: Callable[[np.ndarray, np.ndarray], Parts] = _largest,
    factor: Callable[[np.ndarray, np.ndarray], np.ndarray] = _by_roots,
    on_depthwise: float = -1,
    on_bias: float = -1,
    on_pointwise: float = 1,
    along_pointwise: tuple[int, ...] = (1, -1, 1, 1),
) -> Parts:
    """Even out rightly, save for the steps that are replaced: powers of the factors among them."""
    before, behind, used = largest(depthwise, pointwise)
    s = np.where(used, factor(np.where(used, before, 1), np.where(used, behind, 1)), 1)
    return (
        depthwise * s.reshape(-1, 1, 1, 1) ** on_depthwise,
        bias * s**on_bias,
        pointwise * s.reshape(along_pointwise) ** on_pointwise,
    )


def _signed(depthwise: np.ndarray, pointwise: np.ndarray) -> Parts:
    before, behind = depthwise.max(axis=(1, 2, 3)), pointwise.max(axis=(0, 2, 3))
    return before, behind, (before > 0) & (behind > 0)


def _by_mean(depthwise: np.ndarray, pointwise: np.ndarray) -> Parts:
    *_, used = _largest(depthwise, pointwise)
    return np.abs(depthwise).mean(axis=(1, 2, 3)), np.abs(pointwise).mean(axis=(0, 2, 3)), used


def _own_outputs(depthwise: np.ndarray, pointwise: np.ndarray) -> Parts:
    """Read the pointwise layer's filters where its inputs are asked for, as far as both go."""
    before, behind, used = _largest(depthwise, pointwise)
    filters = np.abs(pointwise).max(axis=(1, 2, 3))
    behind[: len(filters)] = filters[: len(behind)]
    return before, behind, used


def _all_used(depthwise: np.ndarray, pointwise: np.ndarray) -> Parts:
    before, behind, used = _largest(depthwise, pointwise)
    return before, behind, np.ones_like(used)


def _zeros_scaled(*arrays: np.ndarray) -> Parts:
    with np.errstate(divide="ignore", invalid="ignore"):
        return _right(*arrays, largest=_all_used)


# What goes wrong, of both layers.
# fmt: off
MISTAKES = bank(_right, [
    ("bias-left", {"on_bias": 0},
     "You leave the bias as it was; a channel's bias should be divided as its filter is.", 3),
    ("pointwise-left", {"on_pointwise": 0},
     "You leave the pointwise layer as it was; it should undo what the depthwise one was divided "
     "by.", 1),
    ("depthwise-left", {"on_depthwise": 0, "on_bias": 0},
     "You leave the depthwise layer as it was; it should be divided, and the pointwise one "
     "multiplied.", 1),
    ("the-wrong-way", {"on_depthwise": 1, "on_bias": 1, "on_pointwise": -1},
     "You multiply the depthwise layer and divide the pointwise one; it should be the other way "
     "round.", 1),
    ("both-divided", {"on_pointwise": -1},
     "You divide both layers; the pointwise one should be multiplied, so that nothing changes.", 1),
    ("root-forgotten", {"factor": lambda r, behind: r / behind},
     "You divide by the whole quotient, which swaps the two sides; it should be its square root."),
    ("product-for-quotient", {"factor": lambda r, behind: np.sqrt(r * behind)},
     "You divide by the root of the product, which is where both end; the divisor should be the "
     "quotient's root."),
    ("quotient-upside-down", {"factor": lambda r, behind: np.sqrt(behind / r),
                              "on_bias": 1},
     "You turn the quotient upside down, for the filters; the depthwise layer's should be on "
     "top."),
    ("to-one", {"factor": lambda r, behind: r},
     "You bring the depthwise layer's channels to 1 and leave it all to the pointwise one; the two "
     "should meet halfway.", 1),
    ("one-factor-for-all", {"factor": lambda r, behind: np.full_like(r, _by_roots(r.max(),
                                                                                  behind.max()))},
     "You divide all channels by one number; each should have its own.", 1),
    ("magnitude-forgotten", {"largest": _signed},
     "You take the largest number; a negative one may reach further: it should be the largest "
     "magnitude."),
    ("mean-magnitude", {"largest": _by_mean},
     "You take mean magnitudes; a scale should fit the largest one.", 1),
    ("filters-for-inputs", {"largest": _own_outputs},
     "You take the largest magnitude of each pointwise filter, axis 0; it should be of each input "
     "channel, axis 1."),
    ("zeros-scaled", _zeros_scaled,
     "You divide by 0 where a channel is all zeros on one side; it should stay as it is.", 3),
    ("along-the-filters", {"along_pointwise": (-1, 1, 1, 1)},
     "You lay the numbers along the pointwise layer's filters, axis 0; they should go along its "
     "input channels, axis 1."),
])
# fmt: on


@dataclass(frozen=True)
class _Parts:
    """A view of an answer's three arrays: one row of numbers, if they have these shapes."""

    shapes: tuple[tuple[int, ...], ...]

    def __call__(self, answer: Any) -> np.ndarray:
        if not isinstance(answer, tuple | list):
            raise WrongTypeError(_wanted(described(answer), self.shapes))
        arrays = [to_array(part) for part in answer]
        found = tuple(array.shape for array in arrays)
        if found != self.shapes:
            given = Phrase("arrays of shapes {shapes}", shapes=", ".join(map(str, found)))
            raise WrongTypeError(_wanted(given, self.shapes))
        return np.concatenate([array.ravel() for array in arrays])


@unwatched
def _wanted(what: Phrase, wanted: tuple[tuple[int, ...], ...]) -> Phrase:
    shapes = ", ".join(map(str, wanted))
    return Phrase("{what}; three arrays of shapes {shapes} are asked for", what=what, shapes=shapes)


def _case(
    says: str, depthwise: np.ndarray, bias: np.ndarray, pointwise: np.ndarray, show: bool = False
) -> Case:
    arrays = depthwise, bias, pointwise
    return Case(says, arrays, show=show, view=_Parts(tuple(array.shape for array in arrays)))


def _pair(
    rng: Rng,
    says: str,
    channels: int,
    outputs: int,
    kernel: int,
    unused: tuple[int, int] | None = None,
) -> Case:
    """Return a pair of layers; the largest magnitude of each side is negative in half of them."""
    spread = rng.permutation(4.0 ** np.linspace(-1, 2, channels))
    depthwise = rng.uniform(0.1, 0.7, (channels, 1, kernel, kernel))
    depthwise[:, 0, 0, 0] = np.where(np.arange(channels) % 2, -1, 1)
    pointwise = rng.uniform(0.05, 0.3, (outputs, channels, 1, 1))
    pointwise[0, :, 0, 0] = np.where(np.arange(channels) % 3, 0.5, -0.5) * rng.uniform(1, 2)
    depthwise *= spread.reshape(-1, 1, 1, 1)
    bias = rng.choice([-1, 1], channels) * rng.uniform(0.2, 1, channels) * spread
    if unused:
        depthwise[unused[0]], pointwise[:, unused[1]] = 0, 0
    return _case(says, depthwise, bias, pointwise)


equalize = Check(
    number="7.7",
    name="equalize",
    points=2,
    reference=hardware.equalize,
    cases=listed(
        _case("a hand example", np.array([8.0, -0.5]).reshape(2, 1, 1, 1), np.array([4.0, 1.0]),
              np.array([[0.5, -2.0]]).reshape(1, 2, 1, 1), show=True),
        ("more channels out than in", 3, 5, 3),
        ("as many channels out as in", 4, 4, 3),
        ("5×5", 6, 2, 5),
        ("a channel of zeros on each side", 5, 4, 3, (1, 3)),
        of=_pair,
    ),
    strict=listed(
        ("more channels out than in", 4, 7, 3),
        ("as many channels out as in", 5, 5, 3),
        ("1×1", 7, 3, 1),
        ("a channel of zeros on each side", 6, 6, 3, (4, 0)),
        of=_pair,
    ),
    mistakes=MISTAKES,
    axes=("depthwise, bias, pointwise",),
)  # fmt: skip
