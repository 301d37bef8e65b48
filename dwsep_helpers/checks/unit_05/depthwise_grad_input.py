"""Exercise 5.6: the gradient for a depthwise layer's input."""

from collections.abc import Callable

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import by_hand, listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import bank
from dwsep_helpers.checks.inputs import Pair
from dwsep_helpers.checks.recipes.backward import LAYERS, STRICT, at, drawn


def _added(there: np.ndarray, sent: np.ndarray) -> np.ndarray:
    return there + sent


def _cut(grad: np.ndarray, size: Pair, padding: int) -> np.ndarray:
    return grad[:, :, padding : padding + size[0], padding : padding + size[1]]


def _grad_input(
    input_size: Pair,
    weight: np.ndarray,
    grad_y: np.ndarray,
    stride: int = 1,
    padding: int = 0,
    *,
    kernels: Callable[[np.ndarray], np.ndarray] = lambda w: w,
    step: Callable[[int], int] = lambda s: s,
    send: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda w, g: w[:, None, None] * g,
    receive: Callable[[np.ndarray, np.ndarray], np.ndarray] = _added,
    cut: Callable[[np.ndarray, Pair, int], np.ndarray] = _cut,
    finish: Callable[[np.ndarray], np.ndarray] = lambda grad: grad,
) -> np.ndarray:
    """Send each output's gradient back to its window, save for the steps that are replaced."""
    weight = kernels(weight)
    sizes = (size + 2 * padding for size in input_size)
    grad = np.zeros((*grad_y.shape[:2], *sizes))
    height, width = grad_y.shape[2:]
    for u, v in np.ndindex(*weight.shape[2:]):
        cells = ..., at(u, step(stride), height), at(v, step(stride), width)
        grad[cells] = receive(grad[cells], send(weight[:, 0, u, v], grad_y))
    return finish(cut(grad, input_size, padding))


# fmt: off
MISTAKES = bank(_grad_input, [
    ("kernel-flipped", {"kernels": lambda w: w[..., ::-1, ::-1]},
     "You send the gradient back by the kernel turned by 180°; where output and input met by a "
     "weight, it should go back by that weight."),
    ("columns-mirrored", {"kernels": lambda w: w[..., ::-1]},
     "You send the gradient back by the kernel mirrored from left to right; where output and input "
     "met by a weight, it should go back by that weight."),
    ("rows-mirrored", {"kernels": lambda w: w[..., ::-1, :]},
     "You send the gradient back by the kernel mirrored from top to bottom; where output and input "
     "met by a weight, it should go back by that weight."),
    ("overwritten-not-added", {"receive": lambda there, sent: sent},
     "You overwrite what windows share; where they overlap, gradients should add up.", 1),
    ("weight-ignored", {"kernels": np.ones_like},
     "You send each output's gradient back as it is; it should be multiplied by the weight that "
     "the input met.", 1),
    ("grad-ignored", {"send": lambda w, g: w[:, None, None] * np.ones_like(g)},
     "You add up weights; each should be multiplied by the gradient of its output.", 1),
    ("stride-forgotten", {"step": lambda s: 1},
     "You put windows one cell apart; they should lie a stride apart, as in the forward pass."),
    ("padding-not-cut-off", {"cut": lambda grad, size, p: grad},
     "You return the gradient of the zeros around the map, too; they should be cut off.", 3),
    ("padding-cut-at-the-end", {"cut": lambda grad, size, p: grad[:, :, :size[0], :size[1]]},
     "You cut the padding off at the far end alone; half of it should go at each end.", 3),
    ("padding-cut-at-the-start", {"cut": lambda grad, size, p: grad[:, :, 2 * p:, 2 * p:]},
     "You cut the padding off at the near end alone; half of it should go at each end.", 3),
    ("one-kernel-for-all", {"kernels": lambda w: np.broadcast_to(w[:1], w.shape)},
     "You send every channel back by the first kernel; each should go by its own."),
    ("kernel-order-reversed", {"kernels": lambda w: w[::-1]},
     "You send the first channel back by the last kernel; each should go by its own."),
    ("kernel-of-the-channel-before", {"kernels": lambda w: np.roll(w, 1, axis=0)},
     "You send each channel back by the kernel of the one before; each should go by its own."),
    ("kernel-of-the-channel-behind", {"kernels": lambda w: np.roll(w, -1, axis=0)},
     "You send each channel back by the kernel of the next one; each should go by its own."),
    ("channels-summed",
     {"finish": lambda grad: np.broadcast_to(grad.sum(1, keepdims=True), grad.shape)},
     "You add the channels together; each should keep its own gradient."),
    ("batch-summed", {"finish": lambda grad: np.broadcast_to(grad.sum(0), grad.shape)},
     "You add the images together; each should keep its own gradient, since each is an input."),
    ("batch-averaged", {"finish": lambda grad: grad / len(grad)},
     "You divide by the number of images; their gradients should stay as they are.", 3),
    ("batch-first-only", {"finish": lambda grad: grad[:1]},
     "You return the first image's gradient alone; every image should have one.", 3),
    ("kernel-averaged", {"kernels": lambda w: w / w[0].size},
     "You divide by the kernel's size; gradients should add up, not be averaged.", 3),
    ("sign-turned", {"finish": lambda grad: -grad},
     "You return minus the gradient; going downhill should be left to the optimizer.", 3),
    ("integer-truncation", {"finish": lambda grad: np.trunc(grad).astype(np.int64)},
     "You lose the digits after the decimal point; the array you write to should be of floats.", 3),
    ("nothing-written", {"finish": np.zeros_like},
     "You return zeros; what is sent back should be stored in the array that you return.", 3),
])
# fmt: on

_HAND = by_hand((1, 3), np.array([[[[5, 7]]]]), np.array([[[[10, 1]]]]))
_layer = drawn(lambda x, weight, grad_y: (x.shape[2:], weight, grad_y))

depthwise_grad_input = Check(
    number="5.6",
    name="depthwise_grad_input",
    points=2,
    reference=kernels.depthwise_grad_input,
    cases=listed(_HAND, *LAYERS, of=_layer),
    strict=listed(_HAND, *STRICT, of=_layer),
    mistakes=MISTAKES,
    axes=("N", "C", "H", "W"),
)
