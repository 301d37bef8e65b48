"""The book: units, landing page, teacher's guide, reference and licences, as pages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from builder import ROOT, SITE, landing, licences, lite, node, pdf, reference, units
from builder.outputs import Files
from dwsep_helpers import course

# What the repository has as files, the book has as pages.
_PAGES = {
    "TEACHING.md": "teaching.md",
    "GRADING.md": "grading.md",
    "CONTRIBUTING.md": "contribute.md",
}
_LINKS = _PAGES | {f"{unit.name}.ipynb": f"{unit.name}.ipynb" for unit in course.UNITS}
_TREE = "tree" if "github" in course.REPOSITORY else "-/tree"


def build(target: Path, reduced: bool = False) -> None:
    """Write the book into a folder, which is made anew.

    Nothing of the notebooks is executed: what they show is what ``solutions/`` holds.

    Parameters
    ----------
    target : Path
        Becomes the site's top.
    reduced : bool
        Whether to leave out the PDF of the whole course, which takes longest.

    Raises
    ------
    builder.node.Missing
        If Node or its packages are.
    RuntimeError
        If Sphinx finds something to warn of; it says what.
    """
    packages = node.packages()
    printer = None if reduced else pdf.browser()
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "sources"
        _write_sources(sources, packages, pdf.NAME if printer else None)
        _run_sphinx(sources, target, Path(folder) / "doctrees")
    (target / "notebooks").mkdir()
    for unit in course.UNITS:
        shutil.copy(ROOT / "notebooks" / unit.path, target / "notebooks")
    for name in ("objects.inv", ".buildinfo"):
        (target / name).unlink()
    if printer:
        pdf.write(target, printer)


def _write_sources(folder: Path, packages: Path, paper: str | None) -> None:
    """Write what Sphinx reads; the landing page links a PDF of that name, if it is to be."""
    shutil.copytree(SITE / "book", folder)
    _copy_katex(packages / "katex" / "dist", folder / "_static" / "katex")
    files = Files(folder / "_static" / "units", "_static/units")
    for unit in course.UNITS:
        units.write(unit, folder, files)
    readme = (ROOT / "README.md").read_text("utf-8")
    for door in ("Learn", "Teach"):
        _page(folder / f"{door.lower()}.md", f"# {door}\n{_linked(section(readme, door))}")
    for name, page in _PAGES.items():
        _page(folder / page, (ROOT / name).read_text("utf-8"))
    reference.write(folder / "reference")
    (folder / "browser.md").write_text(lite.page(), encoding="utf-8")
    _page(folder / "licences.md", licences.page(packages))
    (folder / "index.md").write_text(landing.page(files, paper), encoding="utf-8")


def _linked(text: str) -> str:
    """Return text whose tables of units lead to the units' pages."""
    for unit in course.UNITS:
        name = f"{unit.number} {unit.title}"
        text = text.replace(f"| {name} |", f"| [{name}]({unit.name}.ipynb) |")
    return text


def _copy_katex(dist: Path, folder: Path) -> None:
    """Copy the style sheet, and its fonts in the one format that all browsers read by now."""
    (folder / "fonts").mkdir(parents=True)
    for font in (dist / "fonts").glob("*.woff2"):
        shutil.copy(font, folder / "fonts")
    style = (dist / "katex.min.css").read_text("utf-8")
    style = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)', "", style)
    (folder / "katex.min.css").write_text(style, encoding="utf-8")


def section(text: str, heading: str) -> str:
    r"""Return what stands below a heading of the second level.

    Examples
    --------
    >>> section("# A course\n## Learn\nby doing\n## Teach\n", "Learn")
    'by doing\n'
    """
    return text.partition(f"## {heading}\n")[2].partition("\n## ")[0].rstrip() + "\n"


def _page(path: Path, text: str) -> None:
    """Write a page of a file, with links to what the book has, and to the rest where it lies."""

    def link(found: re.Match[str]) -> str:
        place = found[1]
        return f"]({_LINKS.get(place, f'{course.REPOSITORY}/{_TREE}/{course.RELEASE}/{place}')})"

    path.write_text(re.sub(r"\]\((?!https?:|#)([^)\s]+)\)", link, text), encoding="utf-8")


def _run_sphinx(sources: Path, target: Path, doctrees: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q"]
    command += ["-d", str(doctrees), str(sources), str(target)]
    paths = [str(SITE), str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    made = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if made.returncode:
        raise RuntimeError(f"Sphinx could not build the book without a warning:\n{made.stderr}")
