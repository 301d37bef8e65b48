"""Exercise 6.1: the bytes that a layer moves."""

from collections.abc import Callable

from dwsep_helpers import hardware
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole

_moved: Callable[..., int] = hardware.bytes_moved

# What goes wrong, of C_in, C_out, kernel, rows before and after, groups and bytes of a number.
# A kernel of no rows has no weights, an image of no rows is not moved.
# fmt: off
MISTAKES = bank(_moved, [
    ("weights-forgotten", lambda m, n, k, b, a, *of: _moved(m, n, 0, b, a, *of),
     "You leave the weights out; they should count too, since they come from memory.", 1),
    ("input-forgotten", lambda m, n, k, b, a, *of: _moved(m, n, k, 0, a, *of),
     "You leave the input out; it should count too, since it has to be read.", 1),
    ("output-forgotten", lambda m, n, k, b, a, *of: _moved(m, n, k, b, 0, *of),
     "You leave the output out; it should count too, since it has to be written.", 1),
    ("weights-alone", lambda m, n, k, b, a, *of: _moved(m, n, k, 0, 0, *of),
     "You count the weights alone; input and output should count too.", 1),
    ("groups-forgotten", lambda m, n, k, b, a, g, i: _moved(m, n, k, b, a, 1, i),
     "You count the weights of a layer with one group; each filter should see the channels of "
     "its own group alone."),
    ("groups-divide-outputs-too",
     lambda m, n, k, b, a, g, i: _moved(m, n, 0, b, a, g, i) + _moved(m, n, k, 0, 0, g, i) // g,
     "You divide the number of filters by the groups, too; every filter should count, if with "
     "fewer channels."),
    ("groups-multiply",
     lambda m, n, k, b, a, g, i: _moved(m, n, 0, b, a, g, i) + g * _moved(m, n, k, 0, 0, 1, i),
     "You let the weights grow with the groups; more groups should mean fewer weights."),
    ("input-size-for-output", lambda m, n, k, b, a, *of: _moved(m, n, k, b, b, *of),
     "You give the output as many rows as the input; it should have its own size, which a stride "
     "makes smaller."),
    ("output-size-for-input", lambda m, n, k, b, a, *of: _moved(m, n, k, a, a, *of),
     "You give the input as many rows as the output; it should have its own size."),
    ("sizes-swapped", lambda m, n, k, b, a, *of: _moved(m, n, k, a, b, *of),
     "You swap the sizes of input and output; each should go with its own channels."),
    ("kernel-not-squared",
     lambda m, n, k, b, a, *of: _moved(m, n, 0, b, a, *of) + k * _moved(m, n, 1, 0, 0, *of),
     "You count one side of the kernel; both its rows and its columns should count."),
    ("images-not-squared",
     lambda m, n, k, b, a, g, i: _moved(m, n, k, 0, 0, g, i) + i * (m * b + n * a),
     "You count one side of the images; both their rows and their columns should count."),
    ("input-read-for-each-tap", lambda m, n, k, b, a, *of: _moved(m, n, k, k * b, a, *of),
     "You count the input once for each tap; it should be read once, and kept.", 1),
    ("macs-for-bytes", lambda m, n, k, b, a, *of: _moved(m, n, k * a, 0, 0, *of),
     "You count MACs; each number should count once: it is used many times, but moved once.", 1),
    ("elements-for-bytes", lambda *s: _moved(*s[:-1], 1),
     "You count numbers; each of them should count as many bytes as itemsize says.", 3),
    ("always-four-bytes", lambda *s: _moved(*s[:-1], 4),
     "You take four bytes for each number; it should take as many as itemsize says.", 3),
    ("defaults-throughout", lambda m, n, k, b, a, *of: _moved(m, n, k, b, a),
     "You count with one group and four bytes for each number; groups and itemsize should be used "
     "as given."),
    ("elements-of-one-group", lambda m, n, k, b, a, *of: _moved(m, n, k, b, a, 1, 1),
     "You count numbers, and weights as with one group; groups and itemsize should both be used."),
    ("itemsize-for-weights-alone",
     lambda m, n, k, b, a, g, i: _moved(m, n, 0, b, a, g, 1) + _moved(m, n, k, 0, 0, g, i),
     "You count bytes of the weights and numbers of the images; all of them should be times "
     "itemsize.", 3),
    ("float-result", lambda *s: float(_moved(*s)),
     "You return the right number as a float; bytes should be counted by an int.", 3),
    ("bits-for-bytes", lambda *s: 8 * _moved(*s),
     "You count bits; itemsize should be used as it is, since it is in bytes already.", 3),
])
# fmt: on


def _drawn(rng: Rng) -> Case:
    groups = whole(rng, 1, 6)
    channels = groups * whole(rng, 1, 9), groups * whole(rng, 1, 9)
    sides = whole(rng, 1, 7), whole(rng, 8, 40), whole(rng, 3, 40)
    options = {"groups": groups, "itemsize": whole(rng, 1, 8)}
    return Case("drawn numbers", (*channels, *sides), options)


_EIGHT_BITS = {"groups": 512, "itemsize": 1}

bytes_moved = Check(
    number="6.1",
    name="bytes_moved",
    points=2,
    reference=hardware.bytes_moved,
    cases=listed(
        ("a hand example", (2, 3, 1, 2, 2)),
        ("a standard layer", (3, 5, 3, 9, 7)),
        ("a depthwise layer", (6, 6, 3, 8, 8), {"groups": 6}),
        ("a pointwise layer", (7, 4, 1, 5, 5)),
        ("a depthwise layer of MobileNet", (512, 512, 3, 14, 14), {"groups": 512}),
        ("the same layer with eight-bit numbers", (512, 512, 3, 14, 14), _EIGHT_BITS),
        ("a stride", (4, 10, 5, 13, 6), {"itemsize": 2}),
        ("two groups", (8, 6, 3, 10, 5), {"groups": 2, "itemsize": 8}),
    ),
    strict=listed(
        ("a grouped layer", (12, 18, 2, 7, 6), {"groups": 3, "itemsize": 2}),
        ("a depthwise layer with a multiplier", (5, 15, 7, 21, 11), {"groups": 5}),
        ("a pointwise layer of MobileNet", (256, 512, 1, 14, 14), {"itemsize": 1}),
        ("a first layer", (3, 32, 3, 224, 112)),
        *3 * [_drawn],
    ),
    mistakes=MISTAKES,
)
