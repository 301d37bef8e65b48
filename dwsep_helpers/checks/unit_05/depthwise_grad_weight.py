"""Exercise 5.5: the gradient for a depthwise layer's weight."""

from collections.abc import Callable

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import by_hand, listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import bank
from dwsep_helpers.checks.inputs import Pair
from dwsep_helpers.checks.recipes.backward import LAYERS, STRICT, at, drawn, padded


def _grad_weight(
    x: np.ndarray,
    kernel_size: Pair,
    grad_y: np.ndarray,
    stride: int = 1,
    padding: int = 0,
    *,
    pads: Callable[[int], Pair] = lambda p: (p, p),
    step: Callable[[int], int] = lambda s: s,
    meet: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda seen, g: (seen * g).sum(
        axis=(0, 2, 3)
    ),
    finish: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray] = lambda w, x, g: w,
) -> np.ndarray:
    """Add up what each tap met, save for the steps that are replaced."""
    x = padded(x, *pads(padding))
    grad = np.empty((x.shape[1], 1, *kernel_size))
    height, width = grad_y.shape[2:]
    for u, v in np.ndindex(*kernel_size):
        seen = x[:, :, at(u, step(stride), height), at(v, step(stride), width)]
        grad[:, 0, u, v] = meet(seen, grad_y)
    return finish(grad, x, grad_y)


# fmt: off
MISTAKES = bank(_grad_weight, [
    ("kernel-flipped", {"finish": lambda w, x, g: w[..., ::-1, ::-1]},
     "You turn the gradient by 180°; its first tap should be that of the kernel's first."),
    ("columns-mirrored", {"finish": lambda w, x, g: w[..., ::-1]},
     "You mirror the gradient from left to right; its first tap should be that of the kernel's "
     "first."),
    ("rows-mirrored", {"finish": lambda w, x, g: w[..., ::-1, :]},
     "You mirror the gradient from top to bottom; its first tap should be that of the kernel's "
     "first."),
    ("grad-ignored", {"meet": lambda seen, g: seen.sum(axis=(0, 2, 3))},
     "You add up what each tap met; each should be multiplied by the gradient of its output.", 1),
    ("input-ignored", {"meet": lambda seen, g: g.sum(axis=(0, 2, 3))},
     "You add up the gradients of the outputs; each should be multiplied by what the tap met "
     "there.", 1),
    ("stride-forgotten", {"step": lambda s: 1},
     "You look at windows one cell apart; they should lie a stride apart, as in the forward pass."),
    ("padding-at-the-end", {"pads": lambda p: (0, 2 * p)},
     "You pad at the far end alone; half of the zeros should come first, as in the forward pass."),
    ("channels-summed", {"finish": lambda w, x, g: np.broadcast_to(w.sum(0, keepdims=True),
                                                                 w.shape)},
     "You add the channels together; each kernel should get the gradient of its own channel."),
    ("first-channel-for-all", {"finish": lambda w, x, g: np.broadcast_to(w[:1], w.shape)},
     "You give every kernel the first channel's gradient; each should get its own."),
    ("batch-averaged", {"finish": lambda w, x, g: w / len(g)},
     "You average over the images; their gradients should add up.", 3),
    ("positions-averaged", {"finish": lambda w, x, g: w / g[0, 0].size},
     "You average over the positions; their products should add up.", 3),
    ("batch-first-only", {"meet": lambda seen, g: (seen * g)[0].sum(axis=(1, 2))},
     "You add up over the first image alone; every image should count.", 3),
    ("first-position-only", {"meet": lambda seen, g: (seen * g)[:, :, 0, 0].sum(axis=0)},
     "You look at the first position alone; every position of the kernel should count.", 3),
    ("last-position-only", {"meet": lambda seen, g: (seen * g)[:, :, -1, -1].sum(axis=0)},
     "You keep the last position's product; the products of all positions should add up.", 3),
    ("last-row-missing", {"meet": lambda seen, g: (seen * g)[:, :, :-1].sum(axis=(0, 2, 3))},
     "You leave out the last row of outputs; all of them should count.", 3),
    ("axis-of-one-missing", {"finish": lambda w, x, g: w[:, 0]},
     "You leave out axis 1, of length 1; the gradient should have the weight's shape.", 3),
    ("sign-turned", {"finish": lambda w, x, g: -w},
     "You return minus the gradient; going downhill should be left to the optimizer.", 3),
    ("integer-truncation", {"finish": lambda w, x, g: np.trunc(w).astype(np.int64)},
     "You lose the digits after the decimal point; the array you write to should be of floats.", 3),
    ("nothing-written", {"finish": lambda w, x, g: np.zeros_like(w)},
     "You return zeros; each tap's sum should be stored in the array that you return.", 3),
])
# fmt: on

_HAND = by_hand(np.array([[[[1, 2, 3]]]]), (1, 2), np.array([[[[10, 1]]]]))
_layer = drawn(lambda x, weight, grad_y: (x, weight.shape[2:], grad_y))

depthwise_grad_weight = Check(
    number="5.5",
    name="depthwise_grad_weight",
    points=2,
    reference=kernels.depthwise_grad_weight,
    cases=listed(_HAND, *LAYERS, of=_layer),
    strict=listed(_HAND, *STRICT, of=_layer),
    mistakes=MISTAKES,
    axes=("C", "1", "K_h", "K_w"),
)
