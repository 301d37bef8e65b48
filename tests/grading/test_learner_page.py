"""The page that a learner gets back: its table, its formulas; it loads and runs nothing."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from dwsep_helpers import checks
from dwsep_helpers.grading.learner_page import table
from dwsep_helpers.grading.learner_page.formulas import Formulas
from dwsep_helpers.grading.learner_page.rendering import render
from dwsep_helpers.grading.metadata import NOTES, UNREADABLE
from tests.explorables import pages as browser_pages
from tests.grading.units import ROOT

RUNS = "document.title = 'owned'"


def check(name, score, of=3, source=None, **noted):
    """Return a graded cell as it is when its page is written."""
    exercise = getattr(checks, name, None)
    number = exercise.number if exercise else "9.9"
    about = {"grade_id": f"test_{name}", "grade": True, "solution": False, "locked": True}
    about |= {"score": score, "points": of, "waits": False, "by_hand": False}
    noted = {"exercise": name, **noted} if noted else {}
    source = source or f'"""Exercise {number}: {name}. {of} points."""\nchecks.{name}({name})'
    return new_code_cell(source, metadata={"nbgrader": about, NOTES: noted})


def answer(name, comment=None):
    about = {"grade_id": name, "grade": False, "solution": True, "comment": comment}
    return new_code_cell(f"def {name}():\n    pass", metadata={"nbgrader": about})


def in_words(score, *, waits=False, by_hand=True, comment=None):
    about = {"grade_id": "answer_5_9", "grade": True, "solution": True, "comment": comment}
    about |= {"score": score, "points": 2, "waits": waits, "by_hand": by_hand}
    return new_markdown_cell("Because.", metadata={"nbgrader": about})


def page(*cells, late=0, learner="ada", **told):
    notebook = new_notebook(cells=list(cells), metadata={NOTES: told})
    return render({"notebook": notebook, "unit": "01_conv2d", "learner": learner, "late": late})


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("</style>")[2]).split())


def test_a_row_says_what_the_check_found():
    cells = [
        answer("correlate2d"),
        check("correlate2d", 0, outcome="wrong values", mistake="kernel-flipped", hint="2"),
        check("conv2d", 3, outcome="passed"),
    ]
    flipped, passed = table.rows(cells)
    mistake = checks.correlate2d.mistake("kernel-flipped")
    assert (flipped.key, flipped.name, flipped.had, flipped.of) == ("1.1", "correlate2d", 0, 3)
    assert flipped.says == (
        "Wrong values.",
        f"This looks like kernel-flipped. {mistake.says}",
        "Hint 2 of exercise 1.1 may help.",
    )
    assert (flipped.place, flipped.cell) == (0, 1)
    assert (passed.says, passed.place) == (("Passed.",), 2)


def test_what_was_noted_may_be_anything():
    for noted in (
        {"outcome": "magic"},
        {"outcome": "wrong values", "mistake": "none-such", "hint": "x"},
        {"exercise": "EXERCISES", "outcome": "passed"},
        {"exercise": 3, "outcome": ["passed"]},
    ):
        (row,) = table.rows([check("conv2d", 0, **noted)])
        assert row.says in ((), ("Wrong values.",))


def test_what_stopped_a_check_and_what_python_says():
    lost = check("conv2d", 0, outcome="gave no answer", why_no_answer="the Python process ended")
    own = check("mine", 0, source="assert mine(2) == 4")
    own.outputs = [new_output("error", ename="AssertionError", evalue="4, not 5\nmore")]
    right = check("theirs", 3, source="assert theirs(2) == 4")
    said = [row.says for row in table.rows([lost, own, right])]
    assert said == [
        ("No answer: the Python process ended.",),
        ("AssertionError: 4, not 5",),
        ("Passed.",),
    ]
    assert [row.key for row in table.rows([own, right])] == ["test_mine", "test_theirs"]


def test_a_comment_stands_in_the_row_of_its_exercise():
    one, two = table.rows(
        [answer("conv2d", "*Nice*"), check("conv2d", 3), in_words(1, comment="?")]
    )
    assert (one.comments, two.comments) == (("*Nice*",), ("?",))
    assert (two.key, two.says) == ("5.9", (table.BY_HAND,))
    (changed,) = table.rows([in_words(1, waits=True)])
    assert (changed.had, changed.says) == (1, (table.TO_CONFIRM,))
    assert "<em>Nice</em>" in page(answer("conv2d", "*Nice*"), check("conv2d", 3))


def test_sums_leave_out_what_is_optional_and_take_off_what_being_late_costs():
    rows = table.rows(
        [check("conv2d", 3), check("grouped_conv2d", 2, 2), in_words(0, waits=True, by_hand=False)]
    )
    assert [row.state for row in rows] == ["all", "all", "waits"]
    assert rows[2].had is None
    sums = table.totals(rows, late=1)
    assert (sums.had, sums.of, sums.extra, sums.extra_of, sums.final) == (3, 5, 2, 2, 2)
    assert sums.waits
    assert table.totals(rows, late=9).final == 0
    said = words(page(check("conv2d", 3), check("grouped_conv2d", 2, 2), late=1))
    assert "2 of 3 points" in said
    assert "Late −1" in said
    assert "Optional 2 of 2" in said


def test_what_was_mended_is_told():
    said = words(page(check("conv2d", 3), repairs=["cell 'a' <b> came twice"], status="graded"))
    assert "Before it was graded, this was mended: cell &#39;a&#39; &lt;b&gt; came twice" in said
    assert "could not be read" in words(page(status=UNREADABLE, repairs=["it is no file"]))


@pytest.mark.parametrize(
    "text",
    [
        f"<script>{RUNS}</script>",
        f'<x-tex onclick="{RUNS}"><img src=x onerror="{RUNS}"></x-tex>',
        f'$\\text{{<img src=x onerror="{RUNS}">}}$',
        f"$<script>{RUNS}</script>$",
        f"$$\\href{{javascript:{RUNS}}}{{x}}$$",
        f"![$<b onclick={RUNS}>$](attachment:a)",
        f"[$x$](javascript:{RUNS})",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "&lt;x-tex>\\text{a}&lt;/x-tex>",
    ],
)
def test_no_text_or_formula_brings_anything_with_it(text):
    comment = answer("conv2d", text)
    html = page(new_markdown_cell(text), comment, check("conv2d", 3), learner=text, repairs=[text])
    body = html.partition("</head>")[2]
    assert not re.search(r"<(script|style|iframe|link|object|svg)\b", body)
    assert not re.search(r"<[^>]*\s(on\w+|href=\"?javascript)", re.sub(r'"[^"]*"', '""', body))
    assert not re.search(r"<\w[^>]*(src|href)=\"(?!#|data:image|https?:|mailto:)", body)


def test_formulas_of_the_course_are_drawn():
    formulas, count = Formulas(), 0
    for path in sorted(ROOT.glob("solutions/*/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                for tex in re.findall(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", cell.source, re.DOTALL):
                    drawn = formulas.drawn("".join(tex), block=bool(tex[0]))
                    assert drawn.startswith("<math"), tex
                    count += 1
    assert count > 250


@pytest.mark.parametrize(
    "tex",
    [
        "{" * 5_000,
        r"\frac" * 120,
        "x^" * 250,
        r"\sqrt{" * 60 + "}" * 60,
        r"\begin{matrix}" * 40,
        r"\newcommand{\a}{\a\a}\a",
        r"\def\a{b}\a",
    ],
)
def test_a_formula_that_cannot_be_drawn_stands_there_as_it_is(tex):
    drawn = Formulas().drawn(tex)
    assert drawn == f"<code>{tex}</code>"


def test_formulas_take_no_longer_than_they_may():
    assert Formulas(seconds=9).drawn("x").startswith("<math")
    assert Formulas(seconds=0).drawn("x") == "<code>x</code>"


@pytest.fixture(scope="module")
def chromium():
    with browser_pages.chromium() as started:
        yield started


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    ("unit", "learner"), [("01_conv2d", "padding-counted-once"), ("05_mobilenet", "partly-right")]
)
def test_a_browser_asks_for_nothing_and_axe_finds_nothing(
    chromium, graded_classes, unit, learner, width, scheme
):
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    shown = context.new_page()
    asked, said = [], []
    shown.on("request", lambda request: asked.append(request.url))
    shown.on("console", lambda message: said.append(message.text))
    address = (graded_classes / "feedback" / learner / unit / f"{unit}.html").as_uri()
    shown.goto(address)
    assert browser_pages.violations(shown) == []
    assert not browser_pages.overflows(shown)
    assert [one for one in asked if not one.startswith("data:")] == [address]
    assert said == []
    assert shown.locator("script").count() == 0
    assert shown.locator("math").count() > 15
    assert shown.locator("table.points").bounding_box()["height"] < (900 if width > 400 else 2_000)
    shown.locator("table.points a").nth(3).click()
    target = shown.locator(":target")
    assert target.count() == 1
    assert target.bounding_box()["y"] < 900
    context.close()


def test_scripts_stay_text(chromium):
    text = f'<script>{RUNS}</script> <img src=x onerror="{RUNS}">'
    shown = chromium.new_page()
    shown.set_content(page(new_markdown_cell(text), answer("a", text), new_code_cell(text)))
    assert shown.title() == "Unit 01 · 2D convolution: ada"
    shown.close()
