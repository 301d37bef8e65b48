"""A browser opens JupyterLab on unit 01, runs it and sees its figures."""

from contextlib import contextmanager

import lab
import nbformat
import pytest

from dwsep_helpers import course
from dwsep_helpers.grading import examples

playwright = pytest.importorskip("playwright.sync_api")
BROWSER = lab.find_browser()
UNIT = course.unit("01_conv2d")
RUNS_WITHIN = 180_000  # milliseconds

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason=f"no browser: none of {', '.join(lab.BROWSERS)} is on PATH"
)

# What each code cell of the page shows: what went wrong in it, and how many pictures.
CELLS = """() => Array.from(document.querySelectorAll('.jp-Notebook .jp-CodeCell'), cell => ({
    wrong: Array.from(
        cell.querySelectorAll(
            '[data-mime-type="application/vnd.jupyter.error"],'
            + '[data-mime-type="application/vnd.jupyter.stderr"]'),
        output => output.innerText),
    pictures: cell.querySelectorAll('.jp-OutputArea img').length,
}))"""
IMAGES = """() => Array.from(document.querySelectorAll('.jp-Notebook img'), image => ({
    alt: image.alt,
    width: image.naturalWidth,
    shown: image.getBoundingClientRect().width > 0,
}))"""
LOADED = "() => Array.from(document.querySelectorAll('.jp-Notebook img')).every(i => i.complete)"
IDLE = "(ipykernel) | Idle"  # in the bar below; before there is a kernel, Run All asks for one
DONE = """() => {
    const prompts = Array.from(
        document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt'),
        prompt => prompt.innerText);
    const stopped = document.querySelector('[data-mime-type="application/vnd.jupyter.error"]');
    return prompts.length > 0 && !prompts.some(prompt => prompt.includes('*'))
        && (stopped !== null || prompts.every(prompt => /\\d/.test(prompt)));
}"""


@pytest.fixture
def answered(root, tmp_path):
    """A copy of the learners' course with the answers of unit 01 filled in."""
    released, solution = (
        nbformat.read(root / folder / UNIT.path, as_version=4)
        for folder in ("notebooks", "solutions")
    )
    path = tmp_path / "course" / UNIT.path
    path.parent.mkdir(parents=True)
    nbformat.write(examples.fill(released, examples.right_answers(solution)), path)
    return path


@pytest.fixture
def page(answered, tmp_path):
    """A browser's page on the notebook."""
    folder = tmp_path / "course"
    with lab.jupyterlab(folder, tmp_path) as address, playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1250, "height": 3000})
        page.goto(address.format(UNIT.path))
        yield page
        browser.close()


@contextmanager
def kept_if_it_fails(page, path):
    """Leave a picture of the page where something goes wrong."""
    try:
        yield
    except Exception:
        page.screenshot(path=path)
        raise


def test_unit_runs_and_shows_its_figures(page, answered, root):
    notebook = nbformat.read(answered, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    draws = [cell.id for cell in code if cell.source.splitlines()[-1].startswith("figures.")]
    assert draws

    with kept_if_it_fails(page, root / "build" / "browser" / f"{UNIT.name}.png"):
        page.get_by_text(IDLE).wait_for(timeout=RUNS_WITHIN)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.wait_for_function(DONE, timeout=RUNS_WITHIN)

        shown = dict(zip((cell.id for cell in code), page.evaluate(CELLS), strict=True))
        assert {name: cell["wrong"] for name, cell in shown.items() if cell["wrong"]} == {}
        assert [name for name in draws if not shown[name]["pictures"]] == []

        page.wait_for_function(LOADED, timeout=RUNS_WITHIN)
        images = page.evaluate(IMAGES)
        assert len(images) >= len(draws)
        hidden = [i for i in images if not (i["width"] and i["shown"] and i["alt"])]
        assert hidden == []
