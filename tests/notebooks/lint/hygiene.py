"""Rules for what a notebook carries besides its text: no noise, stable names, a small file."""

from __future__ import annotations

import re
from collections.abc import Iterator

import nbformat

from dwsep_helpers import stamping

from .book import Book

LARGEST = 1_000_000  # bytes
_ID = re.compile(r"[a-z][a-z0-9_]*")
_PATH = re.compile(r"(?:/root/|/home/|/Users/|/tmp/|\b[A-Z]:\\Users\\)[^\s'\"]*")

_EMBEDDED = re.compile(r";base64,[A-Za-z0-9+/=]+")


def metadata_is_quiet(book: Book) -> Iterator[str]:
    """What an editor or a run leaves behind makes every diff longer."""
    about = book.notebook.metadata
    if about.get("kernelspec", {}).get("name") != "python3":
        yield f"the kernel is {about.get('kernelspec', {}).get('name')!r}, not 'python3'"
    if unknown := about.keys() - {"kernelspec", "language_info"}:
        yield f"the notebook's metadata has {sorted(unknown)}"
    if unknown := about.get("language_info", {}).keys() - {"name"}:
        yield f"the notebook's language_info has {sorted(unknown)}"
    expected = {"nbgrader", "tags"} | ({"deletable", "editable"} if book.released else set())
    for cell in book.cells:
        if unknown := cell.metadata.keys() - expected:
            yield f"{cell.id}: its metadata has {sorted(unknown)}"


def cells_ran_from_top_to_bottom(book: Book) -> Iterator[str]:
    """Outputs are those of one clean run, or there are none."""
    ran = [cell.execution_count for cell in book.codes if cell.execution_count is not None]
    if book.released:
        for cell in book.codes:
            if cell.outputs or cell.execution_count is not None:
                yield f"{cell.id}: a released notebook has no outputs"
    elif ran and ran != list(range(1, len(book.codes) + 1)):
        yield f"the cells ran as {ran}: run python -m dwsep_helpers.authoring --execute UNIT"


def outputs_are_calm(book: Book) -> Iterator[str]:
    """No reader should meet an error or a warning that the course didn't mean to show."""
    for cell in book.codes:
        for output in cell.outputs:
            meant = "raises-exception" in cell.metadata.get("tags", [])
            if output.output_type == "error" and not meant:
                yield f"{cell.id}: its output is {output.ename}"
            if output.get("name") == "stderr":
                yield f"{cell.id}: it wrote to stderr: {output.text[:60]!r}"


def no_machine_shows(book: Book) -> Iterator[str]:
    """Paths of the author's machine mean nothing on another."""
    for cell in book.cells:
        texts = [cell.source]
        for output in cell.get("outputs", []):
            texts += [output.get("text", ""), *output.get("traceback", [])]
            data = output.get("data", {})
            texts += [text for kind, text in data.items() if kind.startswith("text/")]
        shown = _EMBEDDED.sub("", "\n".join("".join(text) for text in texts))
        for found in _PATH.findall(shown):
            yield f"{cell.id}: it shows {found}"


def ids_are_readable(book: Book) -> Iterator[str]:
    """A cell keeps its id for good, and a person can tell from it which cell is meant."""
    seen = set()
    for cell in book.cells:
        if not _ID.fullmatch(cell.get("id", "")) or re.fullmatch(r"[0-9a-f]{6,}", cell.id):
            yield (
                f"{cell.get('id')!r} is no readable id: set it in the .ipynb, to the function's name "
                "or to one like exercise_2_6"
            )
        if cell.get("id") in seen:
            yield f"{cell.id}: another cell has this id"
        seen.add(cell.get("id"))
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", cell.id)
        if grade_id != cell.id:
            yield f"{cell.id}: nbgrader calls it {grade_id!r}"


def setup_cell_is_the_courses(book: Book) -> Iterator[str]:
    """Every unit begins with the same cell, and learners can't change it."""
    cell = book.cells[1]
    if cell.source != stamping.setup_cell():
        yield f"{cell.id}: the second cell is not stamping.setup_cell(); run make notebooks"
    if not cell.metadata.get("nbgrader", {}).get("locked"):
        yield f"{cell.id}: the setup cell is not locked"


def the_file_is_small(book: Book) -> Iterator[str]:
    """GitHub shows it, Colab opens it quickly, and git stays light."""
    size = len(nbformat.writes(book.notebook).encode())
    if size >= LARGEST:
        yield f"the notebook has {size:,} bytes"


RULES = (
    metadata_is_quiet,
    cells_ran_from_top_to_bottom,
    outputs_are_calm,
    no_machine_shows,
    ids_are_readable,
    setup_cell_is_the_courses,
    the_file_is_small,
)
