"""A browser opens a unit as learners get it: half written, with a loop that doesn't end."""

import lab
import nbformat
import pytest

from demo import examples
from dwsep_helpers import course

UNIT = course.unit("01_conv2d")
WRITTEN = ("conv_output_size", "correlate2d", "conv2d")
SUMMARY = "What it should look like"
SETUP = "from dwsep_helpers import checks, notebook\nnotebook.PATIENCE = 0.2"
LOOP = """def conv_output_size(input_size, kernel_size, stride=1, padding=0, dilation=1):
    while True:
        pass"""
CHECK = "checks.conv_output_size(conv_output_size)"
# The number beside each code cell, which it gets when it has run.
PROMPTS = """() => Array.from(
    document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt'),
    prompt => prompt.innerText)"""


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    made = tmp_path_factory.mktemp("learner") / "course"
    made.mkdir()
    released, solution = (
        nbformat.read(root / folder / UNIT.path, as_version=4)
        for folder in ("notebooks", "solutions")
    )
    right = examples.right_answers(solution)
    filled = examples.fill(released, {name: right[name] for name in WRITTEN})
    nbformat.write(filled, made / "unit.ipynb")
    cells = [nbformat.v4.new_code_cell(source) for source in (SETUP, LOOP, CHECK)]
    loop = nbformat.v4.new_notebook(cells=cells, metadata=released.metadata)
    nbformat.write(loop, made / "loop.ipynb")
    return made


@pytest.fixture(scope="module")
def opened(folder):
    with lab.pages_on(folder, folder.parent) as opened:
        yield opened


def test_run_all_goes_on_and_expected_pictures_unfold(opened, root):
    page = opened("unit.ipynb")
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "learner.png"):
        lab.run_all(page)
        assert all(any(map(str.isdigit, prompt)) for prompt in page.evaluate(PROMPTS))
        assert page.get_by_text("not attempted yet.").count() == 4

        folded = page.locator("details", has=page.get_by_text(SUMMARY, exact=True))
        assert folded.count() == 1
        image = folded.first.locator("img")
        assert not image.is_visible()
        folded.first.locator("summary").click()
        image.wait_for(state="visible")
        assert image.evaluate("image => image.complete && image.naturalWidth") > 500
        assert "pagoda" in image.get_attribute("alt")
        assert "![" not in folded.first.inner_text()
        learners = page.locator(".jp-OutputArea img[alt^='A colour photograph of 60×90']").first
        widths = [one.bounding_box()["width"] for one in (image, learners)]
        assert widths[0] == pytest.approx(widths[1], rel=0.05)
        lab.end_kernels(page)
    page.close()


def test_an_endless_loop_is_mentioned_and_interrupted(opened, root):
    page = opened("loop.ipynb")
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "loop.png"):
        page.get_by_text(lab.IDLE).wait_for(timeout=lab.RUNS_WITHIN)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.get_by_text("Still in conv_output_size").wait_for(timeout=lab.RUNS_WITHIN)
        page.get_by_role("menuitem", name="Kernel", exact=True).click()
        page.get_by_role("menuitem", name="Interrupt Kernel").click()
        said = page.locator(".jp-OutputArea-output", has_text="Interrupted in conv_output_size")
        said.wait_for(timeout=lab.RUNS_WITHIN)
        first, second = said.inner_text().strip().splitlines()
        assert first.startswith("Interrupted in conv_output_size, Cell In[2], line ")
        assert second.strip() in ("while True:", "pass")
        lab.end_kernels(page)
    page.close()
