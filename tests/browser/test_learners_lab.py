"""A browser sees what learners see in the JupyterLab of ``make lab``: no more, and a way on."""

import re
import shutil
import subprocess

import lab
import nbformat
import pytest

from dwsep_helpers import course

CREATE = "Create Assignment"
FIRST, SECOND = course.UNITS[:2]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    """Two units, as released, and a notebook beside them."""
    made = tmp_path_factory.mktemp("lab") / "course"
    for unit in (FIRST, SECOND):
        shutil.copytree(root / "notebooks" / unit.name, made / unit.name)
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


def wait_for_nbgrader(page) -> None:
    """Return when the notebook is there, with nbgrader's own buttons."""
    page.get_by_text("Validate", exact=True).first.wait_for(timeout=lab.RUNS_WITHIN)
    page.get_by_text(lab.IDLE).wait_for(timeout=lab.RUNS_WITHIN)


def test_instructors_are(folder, tmp_path, root):
    """Theirs is a plain `jupyter lab`; this comes first, since the others share one browser."""
    with lab.pages_on(folder, tmp_path) as opened:
        page = opened(FIRST.path)
        with lab.kept_if_it_fails(page, root / "build" / "browser" / "instructor.png"):
            wait_for_nbgrader(page)
            assert page.get_by_text(CREATE).count() > 0
            lab.end_kernels(page)


def test_learners_are_offered_no_assignment_to_create(opened, root):
    page = opened(FIRST.path)
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "toolbar.png"):
        wait_for_nbgrader(page)
        assert page.get_by_text(CREATE).count() == 0
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
