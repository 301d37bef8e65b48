"""The course's notebooks keep the rules, and each rule is proven by a notebook that breaks it."""

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from dwsep_helpers import course, stamping
from tests.notebooks import lint
from tests.notebooks.lint import exercises, hygiene, prose, structure

BOOKS = [(u, folder) for u in course.UNITS for folder in ("solutions", "notebooks")]


def read(root, unit, folder) -> lint.Book:
    notebook = nbformat.read(root / folder / unit.path, as_version=4)
    return lint.Book(notebook, unit, released=folder == "notebooks")


@pytest.mark.parametrize(("unit", "folder"), BOOKS, ids=lambda x: getattr(x, "name", x))
def test_notebook_keeps_the_rules(root, unit, folder):
    book = read(root, unit, folder)
    nbformat.validate(book.notebook)
    complaints = [f"{rule.__name__}: {place}" for rule in lint.RULES for place in rule(book)]
    assert not complaints, "\n" + "\n".join(complaints)


@pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)
def test_no_answer_is_given_away(root, unit):
    books = (read(root, unit, folder) for folder in ("solutions", "notebooks"))
    complaints = list(lint.answers_given_away(*books))
    assert not complaints, "\n" + "\n".join(complaints)


# A made-up unit that keeps every rule. Each bad example below changes one thing in it.

UNIT = course.Unit("09_made_up", "Made up", "nothing", minutes="10–15", points=2)

TITLE = f"""\
# Unit 09 · Made up

{course.unit_links(UNIT)}

**You will be able to**

- *see* one thing;
- *do* another;
- *say* a third.

**Before you start**: nothing.

{stamping.time_line(UNIT, 1)}"""

EXERCISE = """\
## 1 · The only step

Two formulas, $a^{2}$ and $b$.

### Exercise 9.1 — one layer
Difficulty ●●○○○ · about 12 min · 2 points

Write `conv2d`. By hand: 1 times 1 is 1.

<details><summary>Hint 1 of 2</summary>

Begin.

</details>

<details><summary>Hint 2 of 2</summary>

Go on.

</details>"""

CODE = '''\
def conv2d(x, weight):
    """Convolve."""
    ### BEGIN SOLUTION
    whole_answer = x * weight + 0
    return whole_answer
    ### END SOLUTION'''

TEST = '''\
"""Exercise 9.1: conv2d. 2 points."""
from dwsep_helpers import checks

checks.conv2d(conv2d)
### BEGIN HIDDEN TESTS
checks.conv2d(conv2d, strict=True)
### END HIDDEN TESTS'''

BY_HAND = """\
### Exercise 9.2 — a verdict
Difficulty ●●○○○ · about 3 min · 1 point, graded by hand

- *1 point* for a verdict."""

PICTURE = "![Two squares, side by side, of the same size](attachment:squares.png)"
PNG = {"image/png": "iVBORw0KGgo="}


def text(name, source, **more):
    return new_markdown_cell(source, id=name, **more)


def code(name, source, outputs=(), **nbgrader):
    metadata = {"nbgrader": {"grade_id": name, **nbgrader}} if nbgrader else {}
    return new_code_cell(source, id=name, metadata=metadata, outputs=list(outputs))


def good(released=False) -> lint.Book:
    """Return the made-up unit."""
    cells = [
        text("title", TITLE),
        code("setup", stamping.setup_cell(), locked=True),
        text("question", "**Predict.** What comes out?"),
        code("predict_9_1", 'predict("9.1")'),
        text("exercise_9_1", EXERCISE),
        code("conv2d", CODE, solution=True),
        code("test_conv2d", TEST, grade=True, locked=True, points=2),
        code("look_9_1", 'reveal("9.1")'),
        text("picture", PICTURE, attachments={"squares.png": PNG}),
        *(code(f"step_{i}", f"x = {i}") for i in range(29)),
        text("recap", "## Recap\n\n- That was it."),
        code("recap_predictions", 'recap("09")'),
        text("going_further", "## Going further\n\n- [A paper](https://arxiv.org/abs/1704.04861)"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return lint.Book(new_notebook(cells=cells, metadata={"kernelspec": kernel}), UNIT, released)


def release(book: lint.Book) -> lint.Book:
    """Take out what nbgrader takes out."""
    notebook = copy.deepcopy(book.notebook)
    for cell in notebook.cells:
        if cell.id == "conv2d":
            cell.source = CODE.partition("    ### BEGIN")[0] + "    raise NotImplementedError"
        if cell.id == "test_conv2d":
            cell.source = TEST.partition("\n### BEGIN")[0]
    return lint.Book(notebook, book.unit, released=True)


def cell(book, name):
    (found,) = [c for c in book.cells if c.id == name]
    return found


# How to break a notebook: each returns a function that does it.


def replace(name, old, new):
    def change(book):
        assert old in cell(book, name).source
        cell(book, name).source = cell(book, name).source.replace(old, new, 1)

    return change


def append(name, more):
    def change(book):
        cell(book, name).source += more

    return change


def put(name, **values):
    """Set keys of a cell's metadata."""
    return lambda book: cell(book, name).metadata.update(values)


def grade(name, **values):
    """Set keys of what nbgrader knows of a cell."""
    return lambda book: cell(book, name).metadata.nbgrader.update(values)


def show(name, data, **metadata):
    output = new_output("display_data", data, metadata=metadata)
    return lambda book: cell(book, name).outputs.append(output)


def drop(name):
    return lambda book: book.cells.remove(cell(book, name))


def ran(*counts):
    def change(book):
        for place, count in enumerate(counts):
            book.codes[place].execution_count = count

    return change


def about(**values):
    """Set keys of the notebook's metadata."""
    return lambda book: book.notebook.metadata.update(values)


def attach(name):
    return lambda book: cell(book, name).update(attachments={"more.png": PNG})


def output(cell_id, kind, **values):
    return lambda book: cell(book, cell_id).outputs.append(new_output(kind, **values))


def ask(source, **nbgrader):
    """Add an exercise that is graded by hand, and its answer."""

    def change(book):
        answer = text("answer_9_2", "I think so.")
        answer.metadata.nbgrader = {"grade_id": "answer_9_2", "points": 1, **nbgrader}
        place = len(book.cells) - 3
        book.cells[place:place] = [text("exercise_9_2", source), answer]

    return change


def identify(name, new):
    return lambda book: cell(book, name).update(id=new)


MANY_WORDS = "word " * 2500
LONG = "\n".join(f"x = {i}" for i in range(26))

BAD = [
    (
        prose.pictures_have_alt_text,
        replace("picture", "Two squares, side by side, of the same", "A"),
        "'A size'",
    ),
    (prose.pictures_have_alt_text, append("recap", '\n<img src="data:x">'), "alt text is ''"),
    (
        prose.pictures_have_alt_text,
        append("recap", "\n<img alt='squares' src='data:x'>"),
        "'squares'",
    ),
    (prose.pictures_have_alt_text, show("step_1", PNG), "an output's picture"),
    (
        prose.pictures_have_alt_text,
        show("step_1", {"image/svg+xml": "<svg/>"}),
        "an output's picture",
    ),
    (
        prose.pictures_have_alt_text,
        show("step_1", {"text/html": "<img src='data:x'>"}),
        "an output's",
    ),
    (
        prose.pictures_travel_along,
        replace("picture", "attachment:", "../images/"),
        "../images/squares",
    ),
    (prose.pictures_travel_along, replace("picture", "squares.png", "circles.png"), "circles.png"),
    (
        prose.pictures_travel_along,
        append("recap", '\n<img src="https://a.b/c.png">'),
        "https://a.b",
    ),
    (prose.pictures_travel_along, attach("picture"), "is not attached"),
    (prose.pictures_travel_along, attach("recap"), "attached and not shown"),
    (prose.headings_step_down, append("recap", "\n# Again"), "a second title"),
    (prose.headings_step_down, append("recap", "\n\n#### Deep"), "level 4 follows one of level 2"),
    (
        prose.headings_step_down,
        append("recap", "\n\n<h4>Deep</h4>"),
        "level 4 follows one of level 2",
    ),
    (prose.headings_step_down, replace("title", "# ", "## "), "level 2 follows one of level 0"),
    (prose.maths_is_closed, replace("exercise_9_1", "$b$", "$b"), "odd number"),
    (prose.maths_is_closed, replace("exercise_9_1", "$b$", "$$b$"), "odd number"),
    (prose.maths_is_closed, replace("exercise_9_1", "$b$", "$b $"), "space at its edge"),
    (prose.maths_is_closed, replace("exercise_9_1", "{2}", "{2"), "open brace"),
    (prose.maths_is_closed, replace("exercise_9_1", "$b$", "$2cdot b$"), "without its one backslash"),
    (prose.maths_is_closed, replace("exercise_9_1", "$b$", r"$2 \\cdot b$"), "one backslash"),
    (prose.markdown_is_plain, append("recap", "\n\n:::{note}\nHi\n:::"), ":::"),
    (prose.markdown_is_plain, append("recap", "\n\n```{admonition} Note\n```"), "```{"),
    (prose.markdown_is_plain, append("recap", "\n\nSee {ref}`there`."), "{ref}"),
    (hygiene.metadata_is_quiet, put("step_1", execution={}), "['execution']"),
    (hygiene.metadata_is_quiet, put("recap", collapsed=False), "['collapsed']"),
    (hygiene.metadata_is_quiet, about(widgets={}), "['widgets']"),
    (hygiene.metadata_is_quiet, about(kernelspec={"name": "my-kernel"}), "'my-kernel'"),
    (hygiene.metadata_is_quiet, about(language_info={"version": "3.11.7"}), "['version']"),
    (hygiene.cells_ran_from_top_to_bottom, ran(2, 1), "ran as [2, 1]"),
    (hygiene.cells_ran_from_top_to_bottom, ran(1, 2), "ran as [1, 2]"),
    (hygiene.outputs_are_calm, output("step_1", "error", ename="KeyError"), "KeyError"),
    (hygiene.outputs_are_calm, output("step_1", "stream", name="stderr", text="Warning"), "stderr"),
    (hygiene.no_machine_shows, output("step_1", "stream", text="/home/me/x.py"), "/home/me/x.py"),
    (hygiene.no_machine_shows, append("step_1", "\nopen('/tmp/x')"), "/tmp/x"),
    (hygiene.no_machine_shows, show("step_1", {"text/plain": r"C:\Users\me"}), r"C:\Users\me"),
    (hygiene.ids_are_readable, identify("step_1", "3f2a91bc"), "no readable id"),
    (hygiene.ids_are_readable, identify("step_1", "beadfeed"), "no readable id"),
    (hygiene.ids_are_readable, identify("step_1", "Step 1"), "no readable id"),
    (hygiene.ids_are_readable, identify("step_1", "step_0"), "another cell"),
    (hygiene.ids_are_readable, grade("test_conv2d", grade_id="cell-1"), "'cell-1'"),
    (
        hygiene.setup_cell_is_the_courses,
        append("setup", "\nimport torch"),
        "not stamping.setup_cell()",
    ),
    (hygiene.setup_cell_is_the_courses, grade("setup", locked=False), "not locked"),
    (hygiene.the_file_is_small, append("recap", "x" * 1_000_000), "bytes"),
    (structure.unit_has_the_skeleton, replace("title", "Unit 09", "Unit 7"), "the first line"),
    (structure.unit_has_the_skeleton, replace("title", course.unit_links(UNIT), ""), "unit_links"),
    (structure.unit_has_the_skeleton, replace("title", "- *do* another;\n", ""), "three to five"),
    (
        structure.unit_has_the_skeleton,
        replace("title", "Before you", "When you"),
        "Before you start",
    ),
    (structure.unit_has_the_skeleton, replace("title", "10 to 15", "20"), "10 to 15 minutes"),
    (structure.unit_has_the_skeleton, replace("title", "2 points", "3 points"), "2 points"),
    (structure.unit_has_the_skeleton, append("going_further", "\n\n**Next**: x"), "the last line"),
    (structure.unit_has_the_skeleton, drop("recap"), "not Recap and Going further"),
    (structure.unit_has_the_skeleton, replace("going_further", "arxiv.org/abs/", "x/"), "no paper"),
    (structure.steps_are_small, append("recap", MANY_WORDS), "more than 2,500"),
    (structure.steps_are_small, lambda book: book.cells.extend(book.cells[8:28]), "61 cells"),
    (structure.steps_are_small, lambda book: book.cells.__delitem__(slice(8, 15)), "34 cells"),
    (
        structure.steps_are_small,
        lambda book: [append(f"step_{i}", "\nx = 1" * 8)(book) for i in range(29)],
        "half",
    ),
    (
        structure.steps_are_small,
        lambda book: [append(f"step_{i}", "\n" + LONG)(book) for i in range(4)],
        "tenth",
    ),
    (structure.code_can_run, append("step_1", "\nchecks.conv3d(conv2d)"), "no checks.conv3d"),
    (shows := structure.outcomes_show_with_their_reveal, append("look_9_1", "\nprint(3)"), "print"),
    (shows, append("look_9_1", "\nx = 3\nx"), "'x' shows beside"),
    (shows, append("look_9_1", "\npicture = figures.kernel_flipped([[1]])"), "figures.kernel_flipped runs"),
    (shows, append("look_9_1", "\nfor i in range(3):\n    look('9.1', list)"), "look runs"),
    (structure.code_can_run, append("step_1", "\nfigures.masterpiece()"), "no figures.masterpiece"),
    (structure.code_can_run, append("step_1", "\nx = = 1"), "invalid syntax"),
    (structure.predictions_are_revealed, replace("predict_9_1", ")", ", 3)"), "already there"),
    (structure.predictions_are_revealed, append("question", "\n\nMore."), "doesn't end with"),
    (structure.predictions_are_revealed, append("question", " (a) 1; (b) 2."), "lists options"),
    (structure.predictions_are_revealed, append("predict_9_1", '\npredict("9.1")'), "2 predictions"),
    (structure.predictions_are_revealed, replace("predict_9_1", "9.1", "6.1"), "of another unit"),
    (structure.predictions_are_revealed, drop("question"), "doesn't end with"),
    (structure.predictions_are_revealed, drop("predict_9_1"), "revealed before"),
    (structure.predictions_are_revealed, drop("look_9_1"), "never revealed"),
    (structure.predictions_are_revealed, drop("recap_predictions"), "not in a recap"),
    (structure.predictions_are_revealed, append("step_1", '\nrecap("09")'), "not the last code"),
    (
        exercises.headers_have_the_one_form,
        replace("exercise_9_1", " — ", " - "),
        "not of the one form",
    ),
    (
        exercises.headers_have_the_one_form,
        replace("exercise_9_1", "about 12 min", "12 min"),
        "one form",
    ),
    (
        exercises.headers_have_the_one_form,
        replace("exercise_9_1", "\nDiff", "\n\nDiff"),
        "one form",
    ),
    (exercises.headers_have_the_one_form, replace("exercise_9_1", "9.1", "9.2"), "['9.2']"),
    (exercises.headers_have_the_one_form, replace("exercise_9_1", "●●○○○", "●●○○"), "●●○○"),
    (exercises.headers_have_the_one_form, replace("exercise_9_1", "●●○○○", "○●●○○"), "○●●○○"),
    (exercises.headers_have_the_one_form, replace("exercise_9_1", "By hand", "Look"), "by hand"),
    (exercises.hints_are_numbered, replace("exercise_9_1", "1 of 2", "1 of 3"), "hints are called"),
    (exercises.hints_are_numbered, append("exercise_9_1", "</details>"), "not closed"),
    (exercises.hints_are_numbered, replace("exercise_9_1", "\n\nBegin", "\nBegin"), "empty line"),
    (
        exercises.hints_are_numbered,
        replace("exercise_9_1", "<details>", "<details open>"),
        "not closed",
    ),
    (
        exercises.hints_are_numbered,
        lambda book: cell(book, "exercise_9_1").update(source=EXERCISE.partition("<details>")[0]),
        "0 hints",
    ),
    (exercises.stubs_follow_their_text, drop("conv2d"), "no cell for the learner's code"),
    (
        exercises.stubs_follow_their_text,
        replace("conv2d", "def conv2d", "def conv"),
        "of this name",
    ),
    (exercises.stubs_follow_their_text, replace("conv2d", '"""Convolve."""', "pass"), "documented"),
    (exercises.stubs_follow_their_text, replace("conv2d", "BEGIN SOLUTION", "HERE"), "no solution"),
    (exercises.tests_have_the_one_form, drop("test_conv2d"), "no cell test_conv2d"),
    (exercises.tests_have_the_one_form, grade("test_conv2d", locked=False), "can change it"),
    (exercises.tests_have_the_one_form, replace("test_conv2d", "2 points", "3 points"), "2 points"),
    (exercises.tests_have_the_one_form, append("test_conv2d", "\n1"), "one form"),
    (
        exercises.answers_graded_by_hand_have_a_rubric,
        ask(BY_HAND, grade=True),
        "no text cell to be graded by hand follows",
    ),
    (
        exercises.answers_graded_by_hand_have_a_rubric,
        ask(BY_HAND, grade=True, solution=True, locked=True),
        "no text cell to be graded by hand follows",
    ),
    (
        exercises.answers_graded_by_hand_have_a_rubric,
        ask(BY_HAND.replace("*1 point*", "*2 points*"), grade=True, solution=True),
        "its rubric has 2 of 1 points",
    ),
    (
        exercises.points_add_up,
        replace("exercise_9_1", "2 points", "2 optional points"),
        "add up to 0 and 2 optional ones",
    ),
    (exercises.points_add_up, grade("test_conv2d", points=3), "nbgrader gives 3"),
    (exercises.points_add_up, put("step_1", nbgrader={"points": 1}), "add up to 3"),
    (exercises.points_add_up, replace("exercise_9_1", "12 min", "16 min"), "take 16 minutes"),
    (
        exercises.options_go_by_name,
        append("step_1", "\nconv2d(x, weight, None, 2, 1)"),
        "conv2d(x, weight, None, 2, 1) gives options by position",
    ),
]


@pytest.mark.parametrize("rule", lint.RULES, ids=lambda rule: rule.__name__)
def test_good_notebook_passes(rule):
    book = good()
    assert list(rule(book)) == []
    assert list(rule(release(book))) == []


@pytest.mark.parametrize(("rule", "change", "words"), BAD)
def test_bad_notebook_is_rejected(rule, change, words):
    book = good()
    change(book)
    complaints = list(rule(book))
    assert any(words in complaint for complaint in complaints), complaints


def test_every_rule_is_proven():
    assert {rule for rule, _, _ in BAD} == set(lint.RULES)


def test_outputs_in_a_released_notebook_are_rejected():
    book = good(released=True)
    show("step_1", {"text/plain": "1"})(book)
    assert list(hygiene.cells_ran_from_top_to_bottom(book)) != []


def test_a_released_stub_that_says_nothing_is_rejected():
    book = release(good())
    replace("conv2d", "raise NotImplementedError", "pass")(book)
    assert list(exercises.stubs_follow_their_text(book)) != []


def test_an_exercise_graded_by_hand_passes_and_its_answer_stays_behind():
    book = good()
    ask(BY_HAND, grade=True, solution=True)(book)
    found = [c for rule in exercises.RULES for c in rule(book)]
    assert found == ["the points add up to 3 and 0 optional ones, not to the 2 and 0 of "
                     "course.UNITS"]  # fmt: skip
    released = release(book)
    [leak] = exercises.answers_graded_by_hand_have_a_rubric(released)
    assert leak == "answer_9_2: what is released has an answer"
    cell(released, "answer_9_2").source = "YOUR ANSWER HERE"
    assert list(exercises.answers_graded_by_hand_have_a_rubric(released)) == []


def test_an_error_that_is_meant_to_show_passes():
    book = good()
    output("step_1", "error", ename="KeyError")(book)
    put("step_1", tags=["raises-exception"])(book)
    assert list(hygiene.outputs_are_calm(book)) == []


@pytest.mark.parametrize(
    "picture", [{**PNG, "text/html": "<img alt='a picture of squares' src='data:x'>"}, PNG]
)
def test_an_output_with_alt_text_passes(picture):
    book = good()
    show("step_1", picture, **{"image/png": {"alt": "a picture of squares"}})(book)
    assert list(prose.pictures_have_alt_text(book)) == []


def test_what_looks_like_markup_in_code_passes():
    book = good()
    append("recap", "\n\n```python\n# not a title, $5\n![](x.png)\n```\nand `$HOME`")(book)
    assert [c for rule in prose.RULES for c in rule(book)] == []


@pytest.mark.parametrize(
    ("name", "leak"),
    [
        ("exercise_9_1", "\nTry `whole_answer=x*weight + 0`."),
        ("step_1", "\nwhole_answer = x  *  weight + 0"),
        ("recap", "\nCall it whole_answer."),
        ("conv2d", "\nwhole_answer = x * weight + 0"),
    ],
)
def test_an_answer_given_away_is_noticed(name, leak):
    released = release(good())
    assert list(lint.answers_given_away(good(), released)) == []
    append(name, leak)(released)
    complaints = list(lint.answers_given_away(good(), released))
    assert any(complaint.startswith(f"{name}:") for complaint in complaints)
