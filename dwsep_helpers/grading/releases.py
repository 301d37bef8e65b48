"""What learners were given: the cells of a released unit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode


def released_cells(step: Any, names: Mapping[str, str]) -> list[NotebookNode]:
    """Return the cells of the unit that a step of nbgrader's works on; none if it isn't released.

    Parameters
    ----------
    step : traitlets.config.Configurable
        Its parent's parent is the command that it belongs to.
    names : mapping of str to str
        The unit's, as ``assignment``, and the ``notebook``'s.
    """
    course = getattr(getattr(getattr(step, "parent", None), "parent", None), "coursedir", None)
    if not (course and names):
        return []
    folder = course.format_path(course.release_directory, ".", names["assignment"])
    path = Path(folder) / f"{names['notebook']}.ipynb"
    return nbformat.read(path, as_version=4).cells if path.exists() else []
