"""The pictures that a right solution gives, by the name under which a notebook attaches them.

Each is drawn by the function that the learner's notebook calls, from the same inputs, with the
reference kernels in the place of the learner's code.
"""

from collections.abc import Callable
from typing import Final

from dwsep_helpers.figures.expected import unit_01, unit_02, unit_03, unit_04
from dwsep_helpers.figures.picture import Picture

EXPECTED: Final[dict[str, Callable[[], Picture]]] = {
    **unit_01.PICTURES,
    **unit_02.PICTURES,
    **unit_03.PICTURES,
    **unit_04.PICTURES,
}
