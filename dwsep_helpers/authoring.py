"""The author's loop: keep what is derived in step with what is written.

``python -m dwsep_helpers.authoring`` (or ``make notebooks``) stamps the addresses into the
README and the solution notebooks, draws the expected pictures into them, and generates the
learner notebooks. With ``--execute`` it runs the solution notebooks first and keeps their
outputs, so that a person who reads the repository sees the course.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from dwsep_helpers import checks, course, stamping, story
from dwsep_helpers.checks import messages
from dwsep_helpers.predictions import READ_ALONG

if TYPE_CHECKING:
    from dwsep_helpers.figures import Picture

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "solutions"
WIDGET = "application/vnd.jupyter.widget-view+json"
SUMMARY = "What it should look like"
_ATTACHED = re.compile(
    r"(?:<details><summary>[^\n]*</summary>\n\n)?"
    r"!\[[^]]*\]\(attachment:(?P<name>\w+)\.png\)"
    r"(?:\n\n</details>)?"
)
PHONE_PAGE = "phone_page"  # the picture of its address
_PHONE_LINK = re.compile(r"\[phone\.html\]\([^)]*\)")
_IMPORTS = re.compile(r"^\*\*Imports\*\*:.*$", re.MULTILINE)
_TIME = re.compile(r"^\*\*Time\*\*:.*$", re.MULTILINE)
_NEXT = re.compile(r"\n+^(?:\*\*Next\*\*:|Next is unit)[^\n]*$", re.MULTILINE)
_TITLE = re.compile(r"\A# .*$", re.MULTILINE)
_RECAP = re.compile(r"^## Recap$", re.MULTILINE)
_BUDGET = re.compile(r"^\*\*Cost\*\* <progress.*\n+", re.MULTILINE)
_HEADER = re.compile(r"^### Exercise .*\n.* points?\b.*$", re.MULTILINE)
_CHECK = re.compile(r'^("""Exercise .*""")\n+(?:from dwsep_helpers import checks\n+)?(?=checks\.)')
_LINKS = re.compile(r"^(?:LINKS|\[!?\[?[^\n]*colab[^\n]*)$", re.MULTILINE | re.IGNORECASE)


def stamp(notebook: nbformat.NotebookNode, unit: course.Unit) -> None:
    """Set what is the same everywhere, so that no author has to remember it.

    The line of links, what the title says of time and imports, the budget's line there and in the
    recap, the setup cell, the form of check cells, and where to go next.
    """
    title, setup = notebook.cells[0], notebook.cells[1]
    if setup.get("id") != "setup":
        raise ValueError(f"{unit.name}: the second cell's id is {setup.get('id')!r}, not 'setup'")
    title.source, found = _LINKS.subn(lambda _: course.unit_links(unit), title.source)
    if found != 1:
        raise ValueError(f"{unit.name}: the title cell has {found} lines of links, not 1")
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    headers = _HEADER.findall(text)
    further = sum("optional point" in header for header in headers)
    time = stamping.time_line(unit, len(headers) - further, further)
    title.source, found = _TIME.subn(lambda _: time, title.source)
    if found != 1:
        raise ValueError(f"{unit.name}: the title cell has {found} lines of **Time**, not 1")
    exercises = [e for e in checks.EXERCISES if e.number.split(".")[0] == str(int(unit.number))]
    title.source, found = _IMPORTS.subn(lambda _: messages.imports(exercises), title.source)
    if found != bool(exercises):
        raise ValueError(
            f"{unit.name}: the title cell has {found} lines that begin with **Imports**, "
            f"not {int(bool(exercises))}"
        )
    listed = {f"test_{exercise.name}" for exercise in exercises}
    for cell in notebook.cells if exercises else ():
        if cell.source.startswith('"""Exercise') and cell.get("id") not in listed:
            raise ValueError(
                f"{unit.name}: {cell.get('id')!r} is the id of a graded cell, and should be test_ "
                f"and the name of an exercise in EXERCISES of checks/unit_{unit.number}, one of "
                f"{', '.join(sorted(listed))}"
            )
    title.source = _below(title.source, _TITLE, story.begins(unit.number))
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and _RECAP.search(cell.source):
            cell.source = _below(cell.source, _RECAP, story.ends(unit.number))
        cell.source = _PHONE_LINK.sub(f"[phone.html]({_phone_page()})", cell.source)
    setup.source = stamping.setup_cell()
    last, following = notebook.cells[-1], stamping.next_line(unit)
    last.source = _NEXT.sub("", last.source) + (f"\n\n{following}" if following else "")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = _CHECK.sub(r"\1\nfrom dwsep_helpers import checks\n\n", cell.source)


def _below(source: str, heading: re.Pattern[str], budget: str) -> str:
    """Put the line of the budget below a heading, in place of the one that is there."""
    return heading.sub(lambda found: f"{found[0]}\n\n{budget}", _BUDGET.sub("", source), count=1)


def _phone_page() -> str:
    return course.site_url("phone.html")


def attach_pictures(notebook: nbformat.NotebookNode) -> None:
    """Draw every picture that a text cell attaches: described, and folded away until it is wanted.

    It is as large as the one that the learner's cell draws, to be compared with it.

    A cell asks for one by ``![](attachment:NAME.png)``, where NAME is in
    :data:`dwsep_helpers.figures.expected.EXPECTED`; or :data:`PHONE_PAGE`, the QR code of the
    site's page that measures phones, which isn't folded.
    """
    from dwsep_helpers import figures
    from dwsep_helpers.figures.expected import EXPECTED
    from dwsep_helpers.figures.picture import at_its_size

    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        names = [match["name"] for match in _ATTACHED.finditer(cell.source)]
        if unknown := set(names) - {*EXPECTED, PHONE_PAGE}:
            raise ValueError(f"{cell.id} attaches {unknown}, and the pictures are {list(EXPECTED)}")
        with at_its_size():
            pictures = {name: EXPECTED[name]() for name in names if name != PHONE_PAGE}
        if PHONE_PAGE in names:
            pictures[PHONE_PAGE] = figures.qr_code(_phone_page())
        if not pictures:
            cell.pop("attachments", None)
            continue
        cell.source = _ATTACHED.sub(partial(_folded, pictures), cell.source)
        cell.attachments = {
            f"{name}.png": {"image/png": base64.b64encode(picture.data).decode("ascii")}
            for name, picture in pictures.items()
        }


def _folded(pictures: Mapping[str, Picture], match: re.Match[str]) -> str:
    name = match["name"]
    image = f"![{pictures[name].alt}](attachment:{name}.png)"
    if name == PHONE_PAGE:
        return image
    # Markdown inside HTML wants blank lines around it.
    return f"<details><summary>{SUMMARY}</summary>\n\n{image}\n\n</details>"


def execute(notebook: nbformat.NotebookNode) -> None:
    """Run the notebook from top to bottom and keep its outputs, without execution noise.

    Outcomes show, though nobody has predicted them: the outputs are there to be read.
    Widgets are left out: without a running kernel they show an error. Their static strips stay.
    """
    from nbclient import NotebookClient
    from traitlets.config import Config

    encrypted = Config(KernelManager={"transport_encryption": "auto"})
    with tempfile.TemporaryDirectory() as folder:  # where no function of the author's is kept
        NotebookClient(
            notebook,
            timeout=600,
            kernel_name="python3",
            config=encrypted,
            resources={"metadata": {"path": folder}},
        ).execute(env=os.environ | {READ_ALONG: "1"})
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if WIDGET not in out.get("data", {})]
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info = {"name": "python"}


def update(unit: course.Unit, run: bool) -> None:
    """Bring one solution notebook in step."""
    path = SOLUTIONS / unit.name / f"{unit.name}.ipynb"
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    stamp(notebook, unit)
    attach_pictures(notebook)
    if run:
        execute(notebook)
    nbformat.validate(notebook)
    after = nbformat.writes(notebook) + "\n"
    if after != before:
        path.write_text(after, encoding="utf-8")
        print(f"{path.relative_to(ROOT)} is updated")


def generate(names: str = "*", directory: Path = ROOT) -> None:
    """Generate learner notebooks with nbgrader, whose start takes longer than all of them.

    Parameters
    ----------
    names : str
        A unit's name, or a pattern such as ``"0[1-3]*"``.
    directory : Path
        Where its folder ``notebooks`` is made.
    """
    release = f"--CourseDirectory.release_directory={directory / 'notebooks'}"
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", names]
    command += ["--no-db", "--force", "--log-level=ERROR", release]
    subprocess.run(command, cwd=ROOT, check=True)


def main(arguments: list[str] | None = None) -> None:
    """Do the author's loop for the units named, or for all, and draw the README's picture."""
    from dwsep_helpers import figures

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("units", nargs="*", help="such as 01_conv2d; all if none is named")
    parser.add_argument("--execute", action="store_true", help="run the solution notebooks first")
    options = parser.parse_args(arguments)
    if not SOLUTIONS.is_dir():
        parser.error(f"{ROOT} has no solutions/: authors work in a clone, with pip install -e")
    units = [course.unit(name) for name in options.units] or list(course.UNITS)
    stamping.stamp_files(ROOT)
    figures.course_picture().save(ROOT / ".github" / "course.png")
    for unit in units:
        update(unit, run=options.execute)
    for name in [unit.name for unit in units] if options.units else ["*"]:
        generate(name)
    print(f"{os.path.relpath(ROOT / 'notebooks')} is generated from solutions: {len(units)} units")


if __name__ == "__main__":
    main()
