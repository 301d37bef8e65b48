"""Exercise 2.4: the standard layer that computes the same."""

import numpy as np

from dwsep_helpers.checks.cases import by_hand, listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import SIZE, Pair, Rng, numbers
from dwsep_helpers.checks.recipes.depthwise import of_every_channel, reading
from dwsep_helpers.kernels import depthwise_to_dense as right

# fmt: off
MISTAKES = bank(right, [
    ("kernel-on-every-channel", of_every_channel,
     "You write each filter's kernel to all of its slices; all slices but its own channel's "
     "should be zero.", 1),
    ("kernel-major-order", reading(lambda o, c: o % c),
     "You write kernel o to slice o modulo C_in; the m filters of one channel should lie side by "
     "side."),
    ("divided-by-the-channels", reading(lambda o, c: o // c),
     "You divide the filter's number by the number of channels; it should be divided by m."),
    ("remainder-by-m", reading(lambda o, c: o % (len(o) // c)),
     "You take what is left over when the filter's number is divided by m; it should be the whole "
     "quotient."),
    ("first-channel-only", reading(lambda o, c: 0 * o),
     "You write every kernel to slice 0; each filter should read its own channel."),
    ("diagonal-reversed", lambda w, c: right(w, c)[:, ::-1],
     "You let the first filters read the last channels; the diagonal should run the other way."),
    ("channel-before", lambda w, c: np.roll(right(w, c), -1, axis=1),
     "You let each filter read the channel before its own, the first ones the last channel; it "
     "should read its own."),
    ("weight-axes-swapped", lambda w, c: right(w, c).swapaxes(0, 1),
     "You swap the first two axes; axis 0 should be the filter, axis 1 the channel."),
    ("weight-unchanged", lambda w, c: w,
     "You return the depthwise weight itself; a standard filter should have a slice for every "
     "channel.", 1),
    ("square", lambda w, c: right(w, len(w)),
     "You make as many slices as there are filters; there should be one for every input channel."),
    ("multiplier-ignored", lambda w, c: right(w[:c], c),
     "You make as many filters as there are channels; each channel should have m of them."),
    ("first-kernel-of-each",
     lambda w, c: right(np.repeat(w[:: len(w) // c], len(w) // c, axis=0), c),
     "You give all m filters of a channel the kernel of the first; each should have its own.", 3),
    ("one-kernel-for-all", lambda w, c: right(np.broadcast_to(w[:1], w.shape), c),
     "You give every filter kernel 0; each should have its own.", 3),
    ("ones-for-weights", lambda w, c: right(np.ones_like(w), c),
     "You fill the right slices with ones; the kernel's numbers should go there.", 3),
    ("kernel-flipped", lambda w, c: right(w, c)[..., ::-1, ::-1],
     "You turn the kernels by 180°; both layers should slide them as they are."),
    ("kernel-flipped-up-down", lambda w, c: right(w, c)[..., ::-1, :],
     "You turn the order of the kernels' rows round; both layers should slide them as they are."),
    ("kernel-flipped-left-right", lambda w, c: right(w, c)[..., ::-1],
     "You turn the order of the kernels' columns round; both layers should slide them as they "
     "are."),
    ("kernel-transposed", lambda w, c: right(w, c).swapaxes(2, 3),
     "You swap the kernels' rows and columns; rows should stay rows."),
    ("divided-by-channels", lambda w, c: right(w, c) / c,
     "You divide the weights by the number of channels; they should stay as they are, since the "
     "other slices are zero."),
    ("integer-truncation", lambda w, c: np.trunc(right(w, c)).astype(np.int64),
     "You lose the digits after the decimal point; the array you write to should be of floats.", 3),
    ("zeros-read-as-ones", lambda w, c: right(np.where(w == 0, 1, w), c),
     "You write 1 where a kernel holds 0; its numbers should stay as they are.", 3),
    ("nothing-written", lambda w, c: np.zeros_like(right(w, c)),
     "You return zeros; the kernels should be stored in the array that you return.", 3),
])
# fmt: on


def _layer(rng: Rng, says: str, channels: int, m: int, kernel: Pair, dtype: type = float) -> Case:
    return Case(says, (numbers(rng, (channels * m, 1, *kernel), dtype), channels))


_HAND = (
    by_hand(np.array([3, 4, 5]).reshape(3, 1, 1, 1), 3),
    by_hand(np.array([[0, 2], [3, 0]]).reshape(2, 1, 1, 2), 2, says="kernels with zeros"),
)

depthwise_to_dense = Check(
    number="2.4",
    name="depthwise_to_dense",
    points=2,
    reference=right,
    cases=listed(
        *_HAND,
        ("two channels of two kernels", 2, 2, (1, 2), np.int64),
        ("one kernel for each channel", 3, 1, (2, 3)),
        ("two kernels for each channel", 3, 2, (3, 2)),
        ("as many kernels as channels", 3, 3, (2, 2)),
        ("one channel", 1, 4, (3, 3)),
        ("whole numbers", 4, 2, (1, 2), np.int64),
        ("float32", 2, 3, (3, 2), np.float32),
        of=_layer,
    ),
    strict=listed(
        *_HAND,
        ("one kernel for each channel", 5, 1, (3, 2)),
        ("four kernels for each channel", 3, 4, (2, 3)),
        ("a 1×1 kernel", 4, 3, (1, 1)),
        ("whole numbers", 2, 3, (3, 3), np.int64),
        of=_layer,
    ),
    mistakes=MISTAKES,
    axes=("C_in * m", "C_in", "K_h", "K_w"),
    allows=(SIZE,),  # for those who send impulses through their layer
)
