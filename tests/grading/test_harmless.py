"""What of a submission others get to see: text and pictures."""

import base64

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from dwsep_helpers.grading.harmless import MakeHarmless, count, outputs, page, pictures
from dwsep_helpers.grading.learner_page.rendering import make_whole
from dwsep_helpers.grading.safe_html import LONGEST, source, with_pictures

PICTURE = base64.encodebytes(b"a picture").decode()
RUNS = "document.title = 'owned'"


def shown(**data):
    return {"output_type": "display_data", "data": data, "metadata": {"image/png": {"width": RUNS}}}


def test_text_and_pictures_stay():
    kept = [
        new_output("stream", name="stderr", text="a < b\n"),
        new_output("display_data", data={"text/plain": "7", "image/png": PICTURE}),
        new_output("execute_result", data={"text/plain": "7"}, execution_count=3),
        new_output("error", ename="ValueError", evalue="no", traceback=["one", "two"]),
    ]
    assert outputs(kept) == kept


@pytest.mark.parametrize(
    ("output", "data"),
    [
        (
            shown(**{"text/html": f"<script>{RUNS}</script>", "text/plain": "7"}),
            {"text/plain": "7"},
        ),
        (shown(**{"application/javascript": RUNS}), {}),
        (shown(**{"image/svg+xml": f"<svg onload={RUNS!r}/>"}), {}),
        (shown(**{"image/png": f'"><script>{RUNS}</script>'}), {}),
        (shown(**{"image/png": 3, "text/plain": ["a", "b"]}), {"text/plain": "ab"}),
        (shown(**{"text/plain": {"a": 1}}), {"text/plain": "{'a': 1}"}),
        ({"output_type": "display_data", "data": 3}, {}),
    ],
)
def test_what_could_run_goes(output, data):
    (kept,) = outputs([output])
    assert kept.data == data
    assert kept.metadata == {}
    nbformat.validate(new_notebook(cells=[new_code_cell(outputs=[kept])]))


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": [], "text": {}},
        {"output_type": "error", "ename": 1, "traceback": "text"},
        {"output_type": "error", "ename": "E", "traceback": [1, None, ["x"]]},
        {"output_type": "execute_result", "execution_count": "<b>", "data": None},
        {"output_type": "stream"},
    ],
)
def test_nonsense_becomes_a_valid_output(output):
    nbformat.validate(new_notebook(cells=[new_code_cell(outputs=outputs([output]))]))


def test_what_is_no_output_goes():
    assert outputs([{}, {"output_type": "more"}, "text", None]) == []
    assert [count(number) for number in (3, None, True, "3", 3.5, -1)] == [3, *[None] * 5]


def test_further_types_are_text():
    (kept,) = outputs([shown(**{"application/x": "text", "text/html": "<b>"})], ("application/x",))
    assert kept.data == {"application/x": "text"}


@pytest.mark.parametrize(
    "text",
    [
        f"<script>{RUNS}</script>",
        f'<img src=x onerror="{RUNS}">',
        f'<svg onload="{RUNS}"/>',
        f'<a href="javascript:{RUNS}">link</a>',
        f'<a href="java&#115;cript:{RUNS}">link</a>',
        f'<details open ontoggle="{RUNS}">x</details>',
        '<iframe src="https://example.org"></iframe>',
        '<form action="https://example.org"><input name="token"></form>',
        '<base href="https://example.org">',
        '<meta http-equiv="refresh" content="0; url=https://example.org">',
        '<p style="background: url(javascript:x); position: fixed">x</p>',
    ],
)
def test_pages_run_nothing(text):
    cleaned = page(text)
    for opening in ("<script", "<svg", "<iframe", "<form", "<input", "<base", "<meta"):
        assert opening not in cleaned
    for word in (" onerror=", " ontoggle=", "url(", "position"):
        assert word not in cleaned or "&lt;" in cleaned
    assert 'href="java' not in cleaned


def test_the_courses_own_texts_stay_as_they_are(root):
    from nbconvert.filters import markdown2html

    for path in sorted(root.glob("notebooks/*/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                made = markdown2html(cell.source.replace("attachment:", ""))
                assert source(cell.source) == cell.source
                for tag in (
                    "<details",
                    "<summary",
                    "<img",
                    "<table",
                    "<td",
                    "<h2",
                    "<a",
                    "<code",
                    "<progress",
                ):
                    assert page(made).count(tag) == made.count(tag), (path.name, cell.id, tag)
                assert "&lt;" in made or "&lt;" not in page(made), (path.name, cell.id)


def test_a_notebook_is_left_with_what_is_shown():
    notebook = new_notebook(
        metadata={"title": RUNS, "widgets": {}, "dwsep": {"repairs": ["one"]}},
        cells=[
            new_raw_cell(f"<script>{RUNS}</script>"),
            new_markdown_cell("text", attachments={"x": {"image/svg+xml": "PHN2Zy8+"}}),
            new_markdown_cell("text", attachments={"x": {"image/png": "AAAA"}}),
        ],
    )
    made, _ = MakeHarmless().preprocess(notebook, {})
    assert made.metadata == {"dwsep": {"repairs": ["one"]}, "language_info": {"name": "python"}}
    assert "<" not in made.cells[0].source
    assert [list(cell.attachments) for cell in made.cells[1:]] == [[], ["x"]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('<p id="test_conv2d">x</p>', '<p id="text-test_conv2d">x</p>'),
        ('<a href="#test_conv2d">x</a>', '<a href="#text-test_conv2d">x</a>'),
        ('<p class="score form-control navbar-fixed-top k">x</p>', '<p class="k">x</p>'),
        ('<img src="/logout">', '<img alt="">'),
        ('<img src="../formgrader/api/x">', '<img alt="">'),
        ('<img src="https://example.org/seen.png">', '<img alt="">'),
        ('<img src="data:image/svg+xml;base64,PHN2Zy8+">', '<img alt="">'),
        ('<img src="data:image/png;base64,AAAA">', '<img src="data:image/png;base64,AAAA" alt="">'),
        ('<img width="9999999999" alt="x">', '<img alt="x">'),
        ('<a href="/logout">x</a>', "<a>x</a>"),
        ('<a href="logout">x</a>', "<a>x</a>"),
        ('<a href="//example.org">x</a>', "<a>x</a>"),
        ('<a href="data:text/html,x">x</a>', "<a>x</a>"),
        ('<a href="mailto:a@b.org">x</a>', 'href="mailto:a@b.org"'),
        ('<a href="https://example.org">x</a>', 'rel="noopener noreferrer"'),
        ('<p style="height: 0; overflow: visible; float: left">x</p>', '<p style="">x</p>'),
        ('<p style="margin-top: -90px; color: red">x</p>', '<p style="color: red;">x</p>'),
        ('<p style="line-height: 0; display: none; width: 1px">x</p>', '<p style="">x</p>'),
    ],
)
def test_pages_reach_for_nothing(text, shown):
    assert shown in page(text)


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 7_200,
        "<ul><li>" * 3_000,
        "<b></i>" * 2_000,
        "".join(f'<p><b title="{n}"></p>' for n in range(900)),
        "<table><tr><td>" * 1_000,
        "<DIV>" * 100,
        "<br><p>x</p>" * 4_000,
    ],
)
def test_texts_that_take_long_to_make_stand_as_they_are(text):
    assert page(text).startswith("<pre>&lt;")
    assert source(text).startswith("````\n<")


@pytest.mark.parametrize("text", [r"\begin{a}" * 4_000, "x" * (LONGEST + 1), "`" * 30_000])
def test_long_texts_are_cut_and_shown_plainly(text):
    cut = source(text)
    fence = cut.partition("\n")[0]
    assert set(fence) == {"`"}
    assert fence not in cut[len(fence) : -len(fence)]
    assert len(cut) < 4 * LONGEST


def test_ordinary_texts_stay(root):
    html = "<p>one<p>two<br>" * 90 + "<ul>" + "<li>three" * 200 + "</ul><b>x</b>"
    assert source(html) == html
    assert not page(html).startswith("<pre>")


def left(text, attachments):
    """Return a text cell as it is left, and its page by nbconvert as it comes."""
    notebook = new_notebook(cells=[new_markdown_cell(text)])
    notebook.cells[0]["attachments"] = attachments
    made, _ = MakeHarmless().preprocess(notebook, {})
    nbformat.validate(made)
    html, _ = HTMLExporter(template_name="classic").from_notebook_node(made)
    return made.cells[0], html


def test_a_picture_that_is_not_attached_keeps_no_page_from_being_shown():
    attached = {"x.png": {"image/png": "AAAA"}, "y.png": {"image/svg+xml": "AAAA"}}
    text = "![a](attachment:x.png) ![b](attachment:y.png)"
    cell, html = left(text, attached)
    assert cell.source == text
    assert 'alt="a" src="data:image/png;base64,AAAA"' in html
    assert 'alt="b" src="data:image/png;base64,"' in html
    assert 'alt="b"' in page('<img src="data:image/png;base64," alt="b">')


@pytest.mark.parametrize(
    "text",
    [
        "![a](attachment&#58;a.png)",
        r"![a](attachment\:a.png)",
        "![a](&#97;ttachment:a)",
        '![a](attachment:"a)',
        "![a](attachment:)",
        "![a](<attachment:>)",
        "![a](attachment:a%ff.png 'title')",
        "[![a](attachment:a)](https://example.org)",
        "| x |\n|---|\n| ![a](attachment:a) |",
        "![a][b]\n\n[b]: attachment:a",
        "![a]\n\n[a]: <attachment:b c>",
    ],
)
def test_a_missing_picture_is_its_words_however_it_is_asked_for(text):
    for attached in ({}, {"a.png": {}}, {"a": {"image/png": 3}}, {"a": None}):
        _, html = left(text, attached)
        assert 'alt="a" src="data:image/png;base64,"' in html


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Größe.png", "attachment:Größe.png"),
        ("Gro\u0308ße.png", "attachment:Gr%C3%B6%C3%9Fe.png"),
        ("图.png", "attachment:图.png"),
        ("image(1).png", "attachment:image(1).png"),
        ("a b.png", "<attachment:a b.png>"),
        ("a b.png", "attachment:a%20b.png"),
        ("a%20b.png", "attachment:a%20b.png"),
        ("a'b\".png", "<attachment:a'b\".png>"),
        ("a&b.png", "attachment:a&amp;b.png"),
        ("[a].png", "attachment:[a].png"),
        ("100%.png", "attachment:100%.png"),
        ("", "attachment:"),
    ],
)
def test_an_attached_picture_is_shown_whatever_it_is_called(name, address):
    cell, html = left(f"![a]({address})", {name: {"image/png": "AAAA"}})
    assert 'alt="a" src="data:image/png;base64,AAAA"' in html
    assert len(cell.attachments) == 1


def test_of_a_picture_the_versions_stay_that_are_pictures():
    given = {"image/png": "AAAA", "image/svg+xml": "PHN2Zy8+", "text/html": "<b>"}
    attached = {"a": given, "b": {"image/gif": "R0lG"}, "c": {"image/svg+xml": "AAAA"}, "d": {}}
    assert pictures(attached) == {"a": {"image/png": "AAAA"}, "b": {"image/gif": "R0lG"}}
    assert pictures([attached]) == {}


def test_a_picture_that_is_shown_over_and_over_fills_no_page():
    text = "![a](attachment:a)" * 500
    cell, html = left(text, {"a": {"image/png": "AAAA" * 2**15}})
    assert cell.source == f"````\n{text}\n````"
    assert len(html) < 2**20


def test_a_text_that_nbconvert_can_not_take_stands_as_it_is():
    assert with_pictures("[a](\ud800)", {}) == ("````\n[a](\ud800)\n````", {})


def test_no_comment_keeps_a_page_from_being_written():
    text = new_markdown_cell("![a](attachment:a)")
    code = new_code_cell(metadata={"nbgrader": {"comment": "![b](attachment:b) *well*"}})
    good = new_code_cell(metadata={"nbgrader": {"comment": "*well* done"}})
    for cell in (text, code, good):
        make_whole(cell)
    assert text.attachments == {"a": {"image/png": ""}}
    assert code.metadata["nbgrader"]["comment"] == "````\n![b](attachment:b) *well*\n````"
    assert good.metadata["nbgrader"]["comment"] == "*well* done"


def test_long_code_is_cut():
    cells = [new_code_cell("x = 1\n" * 100_000), new_raw_cell("y" * 900_000)]
    made, _ = MakeHarmless().preprocess(new_notebook(cells=cells), {})
    assert all(len(cell.source) < 201_000 for cell in made.cells)
    assert "400,000 characters more" in made.cells[0].source
