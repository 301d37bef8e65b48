"""In JupyterLab a learner predicts by clicks and keys, and a saved notebook keeps what came out."""

import shutil

import lab
import nbformat
import pytest

from dwsep_helpers import course
from dwsep_helpers.predictions import QUESTIONS

FIRST, SECOND = course.UNITS[1:3]
SETUP = """import dwsep_helpers
from dwsep_helpers import figures, predict, recap, reveal
dwsep_helpers.setup()"""
CELLS = [
    SETUP,
    'predict("1.3")',
    'predict("1.5")',
    'predict("1.6")',
    'reveal("1.3", shows=lambda: figures.shapes(x=(1, 3, 8, 8)))',
    'reveal("1.5")',
    "ran = 1",
]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
TOLD = "You predicted a (the kernel as it is). It is b (the kernel turned by 180°)."
RAN = """() => document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')[4].innerText === '[9]:'"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("lab") / "course"
    for unit, cells in ((FIRST, CELLS), (SECOND, [SETUP])):
        path = made / unit.path
        path.parent.mkdir(parents=True)
        cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), path)
    return made


@pytest.fixture(scope="module")
def opened(folder):
    with lab.pages_on(folder, folder.parent) as opened:
        yield opened


def cell(page, number):
    return page.locator(".jp-CodeCell").nth(number).locator(".jp-OutputArea")


def live(page, number):
    return cell(page, number).locator(".live")


def test_a_learner_predicts_by_clicks_and_the_notebook_keeps_it(opened, folder, root):
    path = folder / FIRST.path
    page = opened(FIRST.path)
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "predicting.png"):
        lab.run_all(page)
        # A click: what waited for it shows in both cells, without running one again.
        cell(page, 4).get_by_text("You haven't predicted 1.3 yet").wait_for()
        live(page, 1).get_by_role("radio", name="a the kernel as it is").click()
        live(page, 1).get_by_text(TOLD).wait_for()
        cell(page, 4).get_by_text(TOLD).wait_for()
        cell(page, 4).locator("img").wait_for()
        assert page.evaluate("document.activeElement.shadowRoot.activeElement.className") == "came"

        # A number, by keys; JupyterLab's own keys for moving cells stay out.
        live(page, 2).get_by_role("textbox").click()
        page.keyboard.type("1d2")
        page.keyboard.press("Enter")
        live(page, 2).get_by_text("That is no whole number").wait_for()
        live(page, 2).get_by_role("textbox").fill("13")
        page.keyboard.press("Enter")
        live(page, 2).get_by_text("You predicted 13. It is 14.").wait_for()
        cell(page, 5).get_by_text("You predicted 13. It is 14.").wait_for()

        # Skipped, and open until the outcome shows.
        live(page, 3).evaluate("drawn => drawn.classList.add('old')")
        live(page, 3).get_by_role("button", name="Skip").click()
        cell(page, 3).locator(".live:not(.old)", has_text="Skipped; open to change").wait_for()

        # From inside a question a learner goes on to the next cell, and saves.
        page.keyboard.press("Shift+Enter")
        page.keyboard.press("Shift+Enter")
        page.wait_for_function(RAN, timeout=lab.RUNS_WITHIN)
        assert page.locator(".jp-CodeCell").count() == len(CELLS)
        live(page, 1).get_by_text(TOLD).click()
        page.keyboard.press("Control+s")
        for _ in range(100):
            if "You predicted 13. It is 14." in path.read_text("utf-8"):
                break
            page.wait_for_timeout(100)
        lab.end_kernels(page)
    page.close()
    saved = nbformat.read(path, as_version=4)
    assert "It is b" in saved.cells[1].outputs[0].data["text/plain"]
    assert "Skipped." in saved.cells[3].outputs[0].data["text/plain"]
    assert "64 positions" not in str(saved.cells[3].outputs)

    # Opened again without running a cell: alive.
    page = opened(FIRST.path)
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "predicted.png"):
        live(page, 1).get_by_text(TOLD).wait_for(timeout=lab.RUNS_WITHIN)
        live(page, 3).get_by_role("radio", name="about 6 million").click()
        live(page, 3).get_by_text("Noted on this page alone: run this cell").wait_for()
        assert not page.get_by_text("model not found").is_visible()
        lab.end_kernels(page)
    page.close()

    # From elsewhere, and so not trusted: as text.
    copy = path.with_name("copy.ipynb")
    shutil.copy(path, copy)
    copy.write_text(path.read_text("utf-8").replace("ran = 1", "ran = 2"), "utf-8")
    page = opened(f"{path.parent.name}/{copy.name}")
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "untrusted.png"):
        cell(page, 1).get_by_text(TOLD).wait_for(timeout=lab.RUNS_WITHIN)
        assert page.locator(".live").count() == 0
        assert cell(page, 3).get_by_text("about 6 million").is_visible()
        lab.end_kernels(page)
    page.close()


def test_the_next_unit_begins_with_what_came_out_otherwise(opened, folder, root):
    for at_first in (True, False):
        page = opened(SECOND.path)
        with lab.kept_if_it_fails(page, root / "build" / "browser" / "warm_up.png"):
            lab.run_all(page)
            asked = ["Warm-up 1.3", "Warm-up 1.5"] if at_first else ["Warm-up 1.5"]
            assert [one.get_attribute("aria-label") for one in page.locator(".live").all()] == asked
            if at_first:
                first = page.locator(".live").first
                assert first.get_by_text(QUESTIONS["1.3"].asks).is_visible()
                first.get_by_role("radio", name="turned by 180°").click()
                first.get_by_text("As you predicted, it is b").wait_for()
                kept = folder / ".mine" / "predictions" / "1.3.json"
                while '"again": true' not in kept.read_text("utf-8"):
                    page.wait_for_timeout(100)
            lab.end_kernels(page)
        page.close()
