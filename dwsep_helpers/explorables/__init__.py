"""Figures that live in the browser: they answer in a frame, and in a saved notebook too.

Each function returns an :class:`~dwsep_helpers.explorables.explorable.Explorable`, which shows
itself as the last line of a cell. Where scripts may not run, its still picture shows.
"""

# "as" says that a name is for others to use.
from dwsep_helpers.explorables.arithmetic import arithmetic as arithmetic
from dwsep_helpers.explorables.costs import costs as costs
from dwsep_helpers.explorables.explorable import Explorable as Explorable
from dwsep_helpers.explorables.kernel_lab import kernel_lab as kernel_lab
from dwsep_helpers.explorables.layer_machine import layer_machine as layer_machine
from dwsep_helpers.explorables.layer_machine import layer_numbers as layer_numbers
from dwsep_helpers.explorables.question import question as question
