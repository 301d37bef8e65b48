"""Exercise 3.7, to go further: groups that meet."""

from functools import partial

import numpy as np

from dwsep_helpers.checks.cases import by_hand, filled, listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng
from dwsep_helpers.kernels import channel_shuffle as right


def _rows_of_table(x: np.ndarray, groups: int) -> np.ndarray:
    return x.reshape(len(x), groups, -1, *x.shape[2:])


# fmt: off
MISTAKES = bank(right, [
    ("table-on-its-side", lambda x, g: right(x, x.shape[1] // g),
     "You write the channels into a table of C / groups rows; a row should be a group, of "
     "C / groups channels.", 1),
    ("not-transposed", lambda x, g: x,
     "You leave the channels where they were; the first of each group should come first.", 1),
    ("groups-reversed", lambda x, g: _rows_of_table(x, g)[:, ::-1].reshape(x.shape),
     "You turn the order of the groups round; they should be interleaved."),
    ("reversed-within-groups", lambda x, g: _rows_of_table(x, g)[:, :, ::-1].reshape(x.shape),
     "You turn the order within each group round; groups should be interleaved."),
    ("one-group-back", lambda x, g: np.roll(x, -(x.shape[1] // g), axis=1),
     "You move all channels back by a group, the first group to the end; groups should be "
     "interleaved."),
    ("one-group-on", lambda x, g: np.roll(x, x.shape[1] // g, axis=1),
     "You move all channels on by a group, the last group to the front; groups should be "
     "interleaved."),
    ("last-group-first", lambda x, g: right(_rows_of_table(x, g)[:, ::-1].reshape(x.shape), g),
     "You begin each round with the last group; it should begin with the first."),
    ("twice", lambda x, g: right(right(x, g), g),
     "You shuffle twice; once should do.", 3),
    ("table-returned", lambda x, g: _rows_of_table(x, g).swapaxes(1, 2),
     "You leave the table's two axes apart; they should be one axis of channels again.", 3),
    ("rows-swapped", lambda x, g: _rows_of_table(x, g).swapaxes(2, 3).reshape(x.shape),
     "You swap the channels of a group with the image's rows; the table's own two axes should be "
     "swapped.", 3),
    ("reshaped-alone", lambda x, g: _rows_of_table(x, g).reshape(len(x), -1, g, *x.shape[2:]),
     "You turn the table by a reshape, which keeps the order of the numbers; its two axes should "
     "be swapped.", 2),
    ("pixels-moved-along", lambda x, g: _rows_of_table(x, g).T.reshape(x.shape),
     "You transpose all axes, pixels and images too; the table's two alone should be swapped.", 3),
    ("batch-shuffled-along",
     lambda x, g: x.reshape(g, -1, *x.shape[2:]).swapaxes(0, 1).reshape(x.shape),
     "You write the channels of all images into one table; each image should have its own.", 3),
    ("first-group-alone", lambda x, g: x[:, :x.shape[1] // g],
     "You return the first group's channels alone; none should be lost."),
    ("first-of-each-group", lambda x, g: x[:, ::x.shape[1] // g],
     "You return the first channel of each group alone; none should be lost."),
    ("groups-averaged", lambda x, g: _rows_of_table(x, g).mean(axis=1),
     "You average over the groups; channels should change their places and nothing else."),
])
# fmt: on


def _maps(rng: Rng, says: str, shape: tuple[int, ...], groups: int, dtype: type = float) -> Case:
    return filled(rng, says, shape, x=dtype, groups=groups)


_numbered = partial(by_hand, np.arange(6).reshape(1, 6, 1, 1))
_HAND = (
    _numbered(groups=2),
    _numbered(says="a hand example with three groups", groups=3),
)

channel_shuffle = Check(
    number="3.7",
    name="channel_shuffle",
    points=2,
    optional=True,
    reference=right,
    cases=listed(
        *_HAND,
        ("two groups", (2, 8, 2, 3), 2),
        ("three groups", (3, 12, 3, 2), 3),
        ("as many groups as channels in each", (2, 9, 2, 3), 3),
        ("one group", (1, 5, 2, 2), 1),
        ("as many groups as channels", (2, 4, 3, 2), 4),
        ("whole numbers", (2, 6, 1, 2), 3, np.int64),
        ("float32", (1, 10, 2, 3), 2, np.float32),
        of=_maps,
    ),
    strict=listed(
        *_HAND,
        ("two groups", (3, 10, 3, 2), 2),
        ("four groups", (2, 12, 2, 2), 4),
        ("five groups", (2, 15, 2, 3), 5),
        ("as many groups as channels in each", (2, 16, 3, 2), 4),
        ("whole numbers", (3, 8, 2, 1), 2, np.int64),
        of=_maps,
    ),
    mistakes=MISTAKES,
    axes=("N", "C", "H", "W"),
    ready_made=("torch.nn.functional.channel_shuffle",),
)
