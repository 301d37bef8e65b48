"""The author's loop: what is derived follows what is written."""

import base64

import nbformat
import pytest

from dwsep_helpers import authoring, course, stamping, story
from dwsep_helpers.checks import messages, unit_01
from dwsep_helpers.figures.expected import EXPECTED
from dwsep_helpers.figures.picture import at_its_size

UNIT = course.UNITS[1]
EXERCISE, POINTS = "### Exercise ", " — f\nDifficulty ●○○○○ · about 1 min · 3 points\n\n"
OPTIONAL = POINTS.replace("3 points", "1 optional point")


def read(root, unit):
    """Return a unit's solution notebook."""
    path = root / "solutions" / unit.name / f"{unit.name}.ipynb"
    return nbformat.read(path, as_version=4)


@pytest.fixture
def notebook():
    """A notebook of two cells whose links and setup are out of date."""
    cells = [
        nbformat.v4.new_markdown_cell(
            "# A title\n\nLINKS\n\n**Time**: OLD\n\n**Imports**: OLD\n\nWords.", id="title"
        ),
        nbformat.v4.new_code_cell("import os", id="setup"),
        nbformat.v4.new_markdown_cell(EXERCISE + "1.1" + POINTS + EXERCISE + "1.2" + OPTIONAL),
        nbformat.v4.new_markdown_cell("## Going further\n\nNext is unit 09, long gone."),
    ]
    return nbformat.v4.new_notebook(cells=cells)


def test_links_and_setup_are_stamped_again_and_again(notebook):
    for _ in range(2):
        authoring.stamp(notebook, UNIT)
        links, imports = course.unit_links(UNIT), messages.imports(unit_01.EXERCISES)
        time = stamping.time_line(UNIT, 1, 1)
        assert notebook.cells[0].source == (
            f"# A title\n\n{story.begins('01')}\n\n{links}\n\n{time}\n\n{imports}\n\nWords."
        )
        assert notebook.cells[1].source == stamping.setup_cell()
        following = stamping.next_line(UNIT)
        assert notebook.cells[-1].source == f"## Going further\n\n{following}"


def test_the_last_unit_leads_nowhere(notebook):
    authoring.stamp(notebook, course.UNITS[-1])
    assert notebook.cells[-1].source == "## Going further"


def test_a_unit_without_its_place_for_time_is_refused(notebook):
    notebook.cells[0].source = "# A title\n\nLINKS"
    with pytest.raises(ValueError, match=r"0 lines of \*\*Time\*\*, not 1"):
        authoring.stamp(notebook, UNIT)


def test_a_title_without_its_place_for_links_is_refused(notebook):
    notebook.cells[0].source = "# A title"
    with pytest.raises(ValueError, match="0 lines of links"):
        authoring.stamp(notebook, UNIT)


def test_a_graded_unit_without_its_place_for_imports_is_refused(notebook):
    notebook.cells[0].source = "# A title\n\nLINKS\n\n**Time**: OLD"
    with pytest.raises(ValueError, match=r"0 lines that begin with \*\*Imports\*\*, not 1"):
        authoring.stamp(notebook, UNIT)


def test_a_notebook_without_a_setup_cell_is_refused(notebook):
    notebook.cells[1]["id"] = "another"
    with pytest.raises(ValueError, match="'another', not 'setup'"):
        authoring.stamp(notebook, UNIT)


def test_a_graded_cell_whose_id_is_no_exercises_is_told_what_it_should_be(notebook):
    source = '"""Exercise 1.1: correlate2d. 4 points."""'
    notebook.cells.insert(2, nbformat.v4.new_code_cell(source, id="6c5e18ed"))
    with pytest.raises(ValueError, match=r"'6c5e18ed' is the id .* one of .*test_correlate2d"):
        authoring.stamp(notebook, UNIT)
    notebook.cells[2]["id"] = "test_correlate2d"
    authoring.stamp(notebook, UNIT)


def test_a_picture_is_attached_with_its_alternative_text_and_folded_away(notebook):
    notebook.cells[0].source = "See:\n\n![old](attachment:kernel_gallery.png)\n\nWords."
    notebook.cells[0].attachments = {"stale.png": {"image/png": ""}}
    with at_its_size():
        picture = EXPECTED["kernel_gallery"]()
    for _ in range(2):
        authoring.attach_pictures(notebook)
        assert notebook.cells[0].source == (
            "See:\n\n<details><summary>What it should look like</summary>\n\n"
            f"![{picture.alt}](attachment:kernel_gallery.png)\n\n</details>\n\nWords."
        )
    assert list(notebook.cells[0].attachments) == ["kernel_gallery.png"]
    attached = notebook.cells[0].attachments["kernel_gallery.png"]["image/png"]
    assert base64.b64decode(attached) == picture.data
    nbformat.validate(notebook)


def test_the_page_for_phones_is_linked_and_its_code_is_not_folded(notebook):
    notebook.cells[2].source = "[phone.html](x)\n\n![](attachment:phone_page.png)"
    for _ in range(2):
        authoring.stamp(notebook, UNIT)
        authoring.attach_pictures(notebook)
        address = course.site_url("phone.html")
        assert notebook.cells[2].source == (
            f"[phone.html]({address})\n\n![QR code of {address}](attachment:phone_page.png)"
        )
        assert list(notebook.cells[2].attachments) == ["phone_page.png"]


def test_check_cells_import_the_checks(notebook):
    check = '"""Exercise 1.1: x. 3 points."""\nchecks.conv_output_size(conv_output_size)'
    end = notebook.cells.pop()
    first = len(notebook.cells)
    notebook.cells.append(nbformat.v4.new_code_cell(check))
    notebook.cells.append(end)
    notebook.cells[first]["id"] = "test_conv_output_size"
    for _ in range(2):
        authoring.stamp(notebook, UNIT)
        docstring, imported, _, called = notebook.cells[first].source.splitlines()
        assert docstring.startswith('"""Exercise 1.1')
        assert imported == "from dwsep_helpers import checks"
        assert called == "checks.conv_output_size(conv_output_size)"


def test_an_attachment_that_no_text_shows_goes(notebook):
    notebook.cells[0].attachments = {"stale.png": {"image/png": ""}}
    authoring.attach_pictures(notebook)
    assert "attachments" not in notebook.cells[0]


def test_an_unknown_picture_is_named(notebook):
    notebook.cells[0].source = "![x](attachment:masterpiece.png)"
    with pytest.raises(ValueError, match=r"masterpiece.*kernel_gallery"):
        authoring.attach_pictures(notebook)


@pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)
def test_the_solutions_are_in_step(root, unit):
    notebook = read(root, unit)
    written = nbformat.writes(notebook)
    authoring.stamp(notebook, unit)
    authoring.attach_pictures(notebook)
    assert nbformat.writes(notebook) == written, "run make notebooks"


def test_the_readme_picture_is_the_courses(root):
    from dwsep_helpers.figures import course_picture

    assert (root / ".github" / "course.png").read_bytes() == course_picture().data


def test_the_recap_says_what_is_left_and_an_old_line_goes():
    old = "## Recap\n\n**Cost** <progress></progress> of before.\n\nYou can now say:"
    fresh = authoring._below(old, authoring._RECAP, story.ends("03"))
    assert fresh == f"## Recap\n\n{story.ends('03')}\n\nYou can now say:"
    assert authoring._below(fresh, authoring._RECAP, story.ends("03")) == fresh
