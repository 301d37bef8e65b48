"""Figures that live in the browser: they answer in a frame, and in a saved notebook too.

Each function returns an :class:`~dwsep_helpers.explorables.explorable.Explorable`, which shows
itself as the last line of a cell. Where scripts may not run, its still picture shows.
"""

# "as" says that a name is for others to use.
from dwsep_helpers.explorables.explorable import Explorable as Explorable
from dwsep_helpers.explorables.question import question as question
