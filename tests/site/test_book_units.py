"""What a page shows of a notebook, and what it leaves out."""

import base64
import io
import re

import nbformat
import pytest
from builder import units
from builder.outputs import Files, page
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from dwsep_helpers import course, explorables

UNIT = course.unit("02_depthwise")


def picture(width=2, height=1):
    drawn = io.BytesIO()
    Image.new("RGB", (width, height)).save(drawn, "png")
    return base64.b64encode(drawn.getvalue()).decode()


def graded(**marks):
    return {"nbgrader": {"grade": False, "solution": False, "locked": False} | marks}


def shows(html):
    return [new_output("display_data", {"text/html": html, "text/plain": "…"})]


def prints(text):
    return [new_output("stream", name="stdout", text=text)]


STUB = "def double(n):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
SOLVED = "def double(n):\n    ### BEGIN SOLUTION\n    return 2 * n\n    ### END SOLUTION"
CHECK = '"""Exercise 2.1: double. 1 point."""\nchecks.double(double)'
HIDDEN = "\n### BEGIN HIDDEN TESTS\nchecks.double(double, strict=True)\n### END HIDDEN TESTS"
TITLE = f"# Unit\n\n{course.unit_links(UNIT)}\n\n**Half-way**"


def cells(*pairs):
    """Return a learner's notebook and the author's, of (learner's source, author's cell)."""
    learners = new_notebook()
    for source, author in pairs:
        cell = nbformat.from_dict(dict(author))
        cell.source = source
        if cell.cell_type == "code":
            cell.outputs = []
        learners.cells.append(cell)
    return learners, new_notebook(cells=[author for _, author in pairs])


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path, "_static/units")


@pytest.fixture
def made(files, monkeypatch):
    """A function that returns the cells of a page of a unit, by id."""
    monkeypatch.setattr(units, "INSTEAD", {})

    def made(*pairs):
        title = (TITLE, new_markdown_cell(TITLE, id="title"))
        notebook = units.page(UNIT, *cells(title, *pairs), files)
        nbformat.validate(notebook)
        return {cell.id: cell for cell in notebook.cells}

    return made


def test_the_stub_comes_first_and_then_the_solution_folded(made):
    author = new_code_cell(SOLVED, id="double", metadata=graded(solution=True))
    shown = made((STUB, author))
    assert list(shown) == ["title", "double", "double-solution", "figures"]
    assert shown["double"].source == STUB
    assert shown["double-solution"].source == "def double(n):\n    return 2 * n"
    assert shown["double-solution"].metadata.tags == ["hide-input"]


def test_hidden_tests_and_what_they_said_are_left_out(made):
    said = prints("Exercise 2.1, double: passed with other shapes and numbers too.\n")
    author = new_code_cell(CHECK + HIDDEN, id="test_double", outputs=shows("<p>passed</p>") + said)
    cell = made((CHECK, author))["test_double"]
    assert cell.source == CHECK
    assert [one.data["text/html"] for one in cell.outputs] == ["<p>passed</p>"]
    assert cell.metadata.tags == ["hide-output"]


def test_no_mark_of_nbgraders_is_left(made):
    marks = graded(grade_id="x", locked=True) | {"tags": ["nbval-check-output"]}
    cell = made(("1", new_code_cell("1", id="one", metadata=marks)))["one"]
    assert cell.metadata == {}


def test_the_setup_is_folded(made):
    assert made(("import x", new_code_cell("import x", id="setup")))["setup"].metadata.tags == [
        "hide-cell"
    ]


def test_an_outcome_waits_for_its_predictions(made):
    source = 'reveal("2.1 and 2.2", shows=lambda: 1)'
    author = new_code_cell(source, id="look", outputs=prints("It is 4.\n"))
    cell = made((source, author))["look"]
    assert cell.metadata.tags == ["hide-output", "reveals-2-1", "reveals-2-2"]
    assert cell.outputs[0].text == "It is 4.\n"


def test_the_links_become_buttons_with_the_courses_addresses(made):
    title = made()["title"].source
    assert course.unit_links(UNIT) not in title
    for address in (course.colab_url(UNIT), course.binder_url(UNIT)):
        assert f'href="{address}"' in title
    assert 'href="notebooks/02_depthwise.ipynb" download' in title


def test_a_link_to_the_next_unit_leads_to_its_page(made):
    text = "**Next**: [Unit 03](../03_pointwise/03_pointwise.ipynb) ([on Colab](https://x.org/y))."
    assert made((text, new_markdown_cell(text, id="next")))["next"].source == (
        "**Next**: [Unit 03](03_pointwise.ipynb)."
    )


def test_an_attached_picture_becomes_a_file(made, files, tmp_path):
    text = "![Bars](attachment:bars.png)"
    author = new_markdown_cell(text, id="bars", attachments={"bars.png": {"image/png": picture()}})
    found = re.fullmatch(
        r"!\[Bars\]\(_static/units/(\w+\.png)\)", made((text, author))["bars"].source
    )
    with Image.open(tmp_path / found[1]) as image:
        assert image.size == (2, 1)


@pytest.mark.parametrize(("width", "scrolls"), [(300, False), (800, True)])
def test_a_picture_becomes_a_file_with_its_size(files, tmp_path, width, scrolls):
    html = page(f'<img src="data:image/png;base64,{picture(4, 2)}" alt="a" width="{width}">', files)
    address = re.search(r'src="_static/units/(\w+\.png)"', html)[1]
    assert (tmp_path / address).exists()
    assert f'width="{width}" height="{width // 2}" loading="lazy"' in html
    assert html.count('alt="a"') == 1
    assert ('tabindex="0"' in html) == scrolls


def test_a_script_is_kept_once_for_all_that_it_draws(files, tmp_path):
    questions = [explorables.question(f"1.{n}", "x", "How many?", whole=True) for n in (1, 2)]
    html = [page(one._repr_html_(), files) for one in questions]
    (module,) = tmp_path.iterdir()
    assert module.read_text("utf-8").endswith("export { mount };\n")
    assert not any("<script" in one for one in html)
    tag = re.compile(r'import\("./_static/units/(\w+\.mjs)"\)')
    script = (tmp_path / tag.search(files.script())[1]).read_text("utf-8")
    assert script.count(f'from "./{module.name}"') == 1
    for number, one in enumerate(html, start=1):
        mark = re.search(r'class="dwsep-explorable ([\w-]+)"', one)[1]
        assert re.search(rf'\["{mark}", mount_\w+, {{"id":"1.{number}"', script)
    of_the_next = (tmp_path / tag.search(files.script())[1]).read_text("utf-8")
    assert "1.1" not in of_the_next


def test_progress_bars_and_whose_function_it_was_are_left_out(made):
    whose = (
        "mine.conv2d is the course's own function: none of yours that passed in unit 01 is kept\n"
    )
    outputs = shows("<progress max='5'></progress> measuring") + prints(f"{whose}here.\nratio 3\n")
    cell = made(("f()", new_code_cell("f()", id="f", outputs=outputs)))["f"]
    assert [one.text for one in cell.outputs] == ["ratio 3\n"]


def test_what_only_a_notebook_can_do_is_said_otherwise(files, monkeypatch):
    change = {"cell": "title", "text": "**Half-way**", "instead": "**Here**"}
    monkeypatch.setattr(units, "INSTEAD", {UNIT.name: [change]})
    learners, solved = cells((TITLE, new_markdown_cell(TITLE, id="title")))
    assert units.page(UNIT, learners, solved, files).cells[0].source.endswith("**Here**")
    change["text"] = "no such text"
    with pytest.raises(ValueError, match=r"02_depthwise, title: 'no such text' isn't there"):
        units.page(UNIT, *cells((TITLE, new_markdown_cell(TITLE, id="title"))), files)


def test_an_answer_in_words_is_folded(made):
    author = new_markdown_cell("Because.", id="answer", metadata=graded(solution=True, grade=True))
    assert (
        "<summary>Show an answer</summary>\n\nBecause." in made(("YOURS", author))["answer"].source
    )


@pytest.mark.parametrize(
    ("line", "kept"),
    [("Your pictures should look like these", "Three."), ("Three maps", "Three maps.\n\nThree.")],
)
def test_what_it_should_look_like_stands_above_already(made, line, kept):
    fold = "<details><summary>What it should look like</summary>\n\n![Bars](attachment:bars.png)"
    text = f"{line}:\n\n{fold}\n\n</details>\n\nThree."
    author = new_markdown_cell(text, id="bars", attachments={"bars.png": {"image/png": picture()}})
    assert made((text, author))["bars"].source == kept
