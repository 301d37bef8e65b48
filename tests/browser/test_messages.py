"""What checks and recaps show in JupyterLab: it wraps between words at any width, in both themes.

And a budget's bar shows in a notebook that isn't trusted, where its words stand beside it.
"""

import json

import lab
import nbformat
import pytest

from dwsep_helpers import stamping, story

CELLS = (
    stamping.setup_cell(),
    "def conv_output_size(input_size, kernel_size, stride=1, padding=0):\n"
    "    return len(range(0, input_size + 2 * padding - kernel_size + 1, stride))",
    "checks.conv_output_size(conv_output_size)",
    "def conv2d(x, weight, bias=None, stride=1, padding=0):\n"
    "    return dwsep_helpers.kernels.conv2d(x, weight, bias, stride) if padding else weight @ x",
    "recap('01')",
    "recap('00')",
    "checks.conv2d(conv2d)",
)
WIDTHS = (390, 640, 768, 1280, 1600)  # 640 is 1280 at 200 % zoom
BOX = '.jp-OutputArea-output[data-mime-type="text/html"]'
STOPPED = '[data-mime-type="application/vnd.jupyter.stderr"]'  # what JupyterLab takes an error for
# The words that are broken although a line of their own would hold them, and what sticks out.
FAULTS = """box => {
    const broken = [], walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, room = node.parentElement.clientWidth;
        for (const word of node.data.matchAll(/[^\\s\\-–—/×]+/g)) {
            const range = document.createRange();
            range.setStart(node, word.index);
            range.setEnd(node, word.index + word[0].length);
            const rects = [...range.getClientRects()].filter(r => r.width > 0);
            const long = rects.reduce((sum, r) => sum + r.width, 0);
            if (new Set(rects.map(r => r.top)).size > 1 && long < room) broken.push(word[0]);
        }
    }
    return {broken, over: box.scrollWidth - box.clientWidth};
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("messages") / "course"
    cells = [nbformat.v4.new_markdown_cell(f"# Unit 03\n\n{story.ends('03')}")]
    cells += map(nbformat.v4.new_code_cell, CELLS)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    (made / "01_conv2d").mkdir(parents=True)
    nbformat.write(notebook, made / "01_conv2d" / "messages.ipynb")
    return made


@pytest.fixture(scope="module", params=["JupyterLab Light", "JupyterLab Dark"])
def page(request, folder, tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    theme = state / "settings" / "@jupyterlab" / "apputils-extension"
    theme.mkdir(parents=True)
    chosen = json.dumps({"theme": request.param})
    (theme / "themes.jupyterlab-settings").write_text(chosen)
    with lab.pages_on(folder, state) as opened:
        page = opened("01_conv2d/messages.ipynb")
        page.get_by_text(lab.IDLE).wait_for(timeout=lab.RUNS_WITHIN)
        page.keyboard.press("Control+b")  # closes the list of files
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.locator(STOPPED).wait_for(timeout=lab.RUNS_WITHIN)
        yield page
        lab.end_kernels(page)
        page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_breaks_inside_a_word_or_sticks_out(page, width, root):
    page.set_viewport_size({"width": width, "height": 3000})
    with lab.kept_if_it_fails(page, root / "build" / "browser" / f"messages_{width}.png"):
        page.wait_for_timeout(500)
        boxes = page.locator(BOX).all()
        assert len(boxes) == 4
        for box in boxes:
            box.evaluate("box => box.querySelectorAll('details').forEach(one => one.open = true)")
            found = box.evaluate(FAULTS)
            assert found == {"broken": [], "over": 0}, box.inner_text()


def test_another_way_opens_by_the_keyboard(page):
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = false)")
    page.set_viewport_size({"width": 1280, "height": 3000})
    details = page.locator(f"{BOX} details")
    assert details.count() == 1, "after a pass, not after a failure"
    summary = details.locator("summary")
    summary.focus()
    assert details.get_attribute("open") is None
    page.keyboard.press("Enter")
    assert details.get_attribute("open") is not None
    assert "range" in details.inner_text()
    page.keyboard.press("Enter")


def test_the_budget_is_a_bar_beside_its_words(page):
    bar = page.locator(".jp-MarkdownOutput progress")
    assert bar.evaluate("bar => bar.position") == pytest.approx(53_952 / 1_228_800)
    assert bar.get_attribute("title") == "53,952 MACs in one layer, of 1,228,800 at first"
    assert bar.bounding_box()["width"] > 80
    said = page.locator(".jp-MarkdownOutput").first.inner_text()
    assert "53,952 MACs in one layer, of 1,228,800" in said
