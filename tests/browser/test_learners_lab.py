"""A browser sees what learners see in the JupyterLab of ``make lab``: no more, and a way on.

Also in a unit that is half written, and where a loop doesn't end. All tests share one JupyterLab.
"""

import re
import shutil
import subprocess

import lab
import nbformat
import pytest

from demo import examples
from dwsep_helpers import course

FIRST, SECOND = course.UNITS[:2]
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
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    """Two units, one of them half written too, and a loop that doesn't end."""
    made = tmp_path_factory.mktemp("lab") / "course"
    for unit in (FIRST, SECOND):
        shutil.copytree(root / "notebooks" / unit.name, made / unit.name)
    released, solution = (
        nbformat.read(root / folder / SECOND.path, as_version=4)
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
def settings(root) -> str:
    """The folder of settings that `make lab` names."""
    dry = subprocess.run(
        ["make", "--dry-run", "lab"], cwd=root, capture_output=True, text=True, check=True
    )
    return re.search(r'JUPYTER_CONFIG_PATH="([^"$]+)', dry.stdout)[1]


@pytest.fixture(scope="module")
def opened(folder, settings):
    with lab.pages_on(folder, folder.parent, JUPYTER_CONFIG_PATH=settings) as opened:
        yield opened


def test_learners_are_offered_no_assignment_to_create(opened, root):
    page = opened(FIRST.path)
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "toolbar.png"):
        lab.wait_for_nbgrader(page)
        assert page.get_by_text(lab.CREATE).count() == 0
        lab.end_kernels(page)
    page.close()


def test_the_last_line_leads_to_the_next_unit(opened, root):
    page = opened(FIRST.path)
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "next.png"):
        assert ":8888/" not in page.url
        link = page.get_by_role("link", name=SECOND.heading)
        link.wait_for(timeout=lab.RUNS_WITHIN)
        link.click()
        heading = page.get_by_role("heading", name=SECOND.heading)
        heading.wait_for(timeout=lab.RUNS_WITHIN)
        assert page.url.split("?")[0].endswith(f"/lab/tree/{SECOND.path}")
        lab.end_kernels(page)
    page.close()


def test_a_cell_turns_into_ones_own_code(opened, folder, root):
    cells = ["from dwsep_helpers import checks, mine\nimport numpy as np",
             "def mix_channels(image, weights):\n    return np.tensordot(weights, image, 1)",
             "checks.mix_channels(mix_channels)",
             'mine.copy("mix_channels")']  # fmt: skip
    made = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=KERNEL), folder / "copies.ipynb")
    page = opened("copies.ipynb")
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "copies.png"):
        lab.run_all(page)
        page.get_by_text("# mix_channels, as it passed its check.").wait_for()
        assert page.get_by_text("mine.copy").count() == 0
        assert page.locator(".jp-Notebook .jp-CodeCell").count() == len(cells)
        lab.end_kernels(page)
    page.close()


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
