"""Exercise 6.6: where an element lies in memory."""

import operator

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole

Four = tuple[int, int, int, int]
_right = kernels.element_offset


def _folded(places: Four, sizes: Four) -> int:
    """Return the offset of a place in an array whose last axis changes fastest."""
    offset = 0
    for place, size in zip(places, sizes, strict=True):
        offset = offset * size + place
    return offset


def _turned(four: Four, layout: str) -> Four:
    n, c, h, w = four
    return (n, h, w, c) if layout == "NHWC" else (n, c, h, w)


def _other(layout: str) -> str:
    return "NCHW" if layout == "NHWC" else "NHWC"


def _without_images(index: Four) -> Four:
    return 0, *index[1:]


# What goes wrong, of index, shape and layout.
# fmt: off
MISTAKES = bank(_right, [
    ("layout-ignored", lambda i, s, of: _right(i, s, "NCHW"),
     "You count as in NCHW whatever the layout; in NHWC the channels should lie together.", 1),
    ("always-channels-last", lambda i, s, of: _right(i, s, "NHWC"),
     "You count as in NHWC whatever the layout; in NCHW the columns should lie together.", 1),
    ("layouts-swapped", lambda i, s, of: _right(i, s, _other(of)),
     "You swap the two layouts; the last letter should name the axis that changes fastest.", 1),
    ("sizes-not-turned", lambda i, s, of: _folded(_turned(i, of), s),
     "You turn the index and not the shape; in NHWC both should be taken in that order."),
    ("index-not-turned", lambda i, s, of: _folded(i, _turned(s, of)),
     "You turn the shape and not the index; in NHWC both should be taken in that order."),
    ("first-axis-fastest",
     lambda i, s, of: _folded(_turned(i, of)[::-1], _turned(s, of)[::-1]),
     "You let the first axis change fastest; the layout's last one should."),
    ("images-forgotten", lambda i, s, of: _right(_without_images(i), s, of),
     "You stay within the first image; the images before should lie before."),
    ("one-too-many", lambda i, s, of: _right(i, s, of) + 1,
     "You count the element itself; those before it alone should count."),
    ("bytes-for-elements", lambda i, s, of: 4 * _right(i, s, of),
     "You count bytes; it should be numbers.", 3),
    ("rows-and-columns-swapped",
     lambda i, s, of: _right((i[0], i[1], i[3], i[2]), (s[0], s[1], s[3], s[2]), of),
     "You let rows change faster than columns; columns should, in both layouts."),
    ("rows-for-columns",
     lambda i, s, of: _folded(_turned(i, of), _turned((s[0], s[1], s[2], s[2]), of)),
     "You take as many columns as rows; the last size should be used for columns."),
    ("columns-for-rows",
     lambda i, s, of: _folded(_turned(i, of), _turned((s[0], s[1], s[3], s[3]), of)),
     "You take as many rows as columns; the third size should be used for rows."),
    ("step-of-a-row-as-high",
     lambda i, s, of: _right(i, s, of) + i[2] * (s[2] - s[3]) * (s[1] if of == "NHWC" else 1),
     "You take as many numbers to a row as the map has rows; it should be as many as it has "
     "columns."),
    ("own-sizes-multiplied", lambda i, s, of: sum(map(operator.mul, i, s)),
     "You multiply each index by its own axis' size; it should be by the sizes of the axes "
     "within."),
    ("indices-added", lambda i, s, of: sum(i),
     "You add up the indices; a step along an outer axis should pass over all that lies within.",
     1),
    ("next-size-alone",
     lambda i, s, of: sum(map(operator.mul, _turned(i, of), (*_turned(s, of)[1:], 1))),
     "You multiply by the next axis' size alone; the sizes of all axes within should multiply."),
    ("fastest-axis-forgotten",
     lambda i, s, of: _right(i, s, of) - _turned(i, of)[-1],
     "You leave out the axis that changes fastest; its index should be added."),
    ("float-result", lambda i, s, of: float(_right(i, s, of)),
     "You return the right number as a float; an offset should be an int.", 3),
    ("shape-for-index", lambda i, s, of: _folded(_turned(s, of), _turned(s, of)),
     "You walk to the shape's numbers; it should be to those of the index.", 3),
    ("counted-from-the-end",
     lambda i, s, of: s[0] * s[1] * s[2] * s[3] - 1 - _right(i, s, of),
     "You count the numbers behind the element; those before it should count.", 1),
])
# fmt: on


def _drawn(rng: Rng) -> list[Case]:
    # All sizes differ, and no index is 0 or as large as another.
    sizes = rng.permutation([4, 5, 7, 9]).tolist()
    places = [whole(rng, 1, size - 1) for size in sizes]
    arguments = tuple(places), tuple(sizes)
    return [Case(f"a drawn place, {of}", (*arguments, of)) for of in ("NCHW", "NHWC")]


_SMALL = (1, 2, 2, 3)
_MAPS = (2, 32, 7, 5)

element_offset = Check(
    number="6.6",
    name="element_offset",
    points=2,
    reference=kernels.element_offset,
    cases=listed(
        ("a hand example in NCHW", ((0, 1, 0, 2), _SMALL, "NCHW")),
        ("the same place in NHWC", ((0, 1, 0, 2), _SMALL, "NHWC")),
        ("the first element", ((0, 0, 0, 0), _SMALL, "NHWC")),
        ("the next row, NCHW", ((0, 0, 1, 0), _SMALL, "NCHW")),
        ("the next row, NHWC", ((0, 0, 1, 0), _SMALL, "NHWC")),
        ("the second image, NCHW", ((1, 20, 6, 3), _MAPS, "NCHW")),
        ("the second image, NHWC", ((1, 20, 6, 3), _MAPS, "NHWC")),
        ("the last element", ((1, 31, 6, 4), _MAPS, "NHWC")),
        ("a square map with as many channels", ((2, 1, 3, 2), (3, 4, 4, 4), "NHWC")),
        _drawn,
    ),
    strict=listed(
        ("a tall image, NHWC", ((0, 2, 9, 1), (1, 3, 11, 2), "NHWC")),
        ("a tall image, NCHW", ((0, 2, 9, 1), (1, 3, 11, 2), "NCHW")),
        ("a map of MobileNet, NHWC", ((0, 500, 13, 6), (1, 512, 14, 14), "NHWC")),
        ("a map of MobileNet, NCHW", ((0, 500, 13, 6), (1, 512, 14, 14), "NCHW")),
        ("one channel", ((3, 0, 2, 4), (5, 1, 4, 6), "NHWC")),
        *3 * [_drawn],
    ),
    mistakes=MISTAKES,
)
