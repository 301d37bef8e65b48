"""The cells of a unit as its author wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode


@dataclass(frozen=True)
class Original:
    """A cell as its author wrote it.

    Attributes
    ----------
    cell : NotebookNode
        With its hidden tests, and nbgrader's metadata.
    released : str
        Its text as learners get it, without hidden tests.
    """

    cell: NotebookNode
    released: str

    @property
    def name(self) -> str:
        """Its name in the gradebook. The course's cells have it as their id too."""
        return self.details["grade_id"]

    @property
    def details(self) -> dict[str, Any]:
        """What nbgrader knows of it."""
        return self.cell.metadata["nbgrader"]

    @property
    def by_hand(self) -> bool:
        """Whether it is an answer that someone reads and gives points for."""
        return bool(self.details["grade"] and self.details["solution"])

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {"cell": self.cell, "released": self.released}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Original:
        """Return what :meth:`to_json` was called on."""
        return cls(nbformat.from_dict(data["cell"]), data["released"])
