"""A browser opens JupyterLab on each graded unit, runs it and sees its figures."""

import lab
import nbformat
import pytest

from dwsep_helpers import course
from dwsep_helpers.grading import examples

UNITS = [unit for unit in course.UNITS if unit.points]
# What each code cell of the page shows: what went wrong in it, and how many pictures.
CELLS = """() => Array.from(document.querySelectorAll('.jp-Notebook .jp-CodeCell'), cell => ({
    wrong: Array.from(
        cell.querySelectorAll(
            '[data-mime-type="application/vnd.jupyter.error"],'
            + '[data-mime-type="application/vnd.jupyter.stderr"]'),
        output => output.innerText),
    pictures: cell.querySelectorAll('.jp-OutputArea img').length,
}))"""
# Of all that should be in sight: sliders hide their strip.
IMAGES = """() => Array.from(document.querySelectorAll(
    '.jp-Notebook img:not(.dwsep-strip img)'), image => ({
    alt: image.alt,
    width: image.naturalWidth,
    shown: image.getBoundingClientRect().width > 0,
}))"""
LOADED = "() => Array.from(document.querySelectorAll('.jp-Notebook img')).every(i => i.complete)"


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    """The learner's units with their answers filled in."""
    made = tmp_path_factory.mktemp("lab") / "course"
    for unit in UNITS:
        released, solution = (
            nbformat.read(root / folder / unit.path, as_version=4)
            for folder in ("notebooks", "solutions")
        )
        path = made / unit.path
        path.parent.mkdir(parents=True)
        nbformat.write(examples.fill(released, examples.right_answers(solution)), path)
    return made


@pytest.fixture(scope="module")
def opened(folder):
    """What opens a notebook in a JupyterLab that all tests share."""
    with lab.pages_on(folder, folder.parent) as opened:
        yield opened


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_unit_runs_and_shows_its_figures(unit, folder, opened, root):
    notebook = nbformat.read(folder / unit.path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    draws = [cell.id for cell in code if cell.source.splitlines()[-1].startswith("figures.")]
    assert draws

    page = opened(unit.path)
    with lab.kept_if_it_fails(page, root / "build" / "browser" / f"{unit.name}.png"):
        lab.run_all(page)

        shown = dict(zip((cell.id for cell in code), page.evaluate(CELLS), strict=True))
        assert {name: cell["wrong"] for name, cell in shown.items() if cell["wrong"]} == {}
        assert [name for name in draws if not shown[name]["pictures"]] == []

        page.wait_for_function(LOADED, timeout=lab.RUNS_WITHIN)
        images = page.evaluate(IMAGES)
        assert len(images) >= len(draws)
        hidden = [i for i in images if not (i["width"] and i["shown"] and i["alt"])]
        assert hidden == []
    page.close()
