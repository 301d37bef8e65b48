"""What happens to notebooks in learners' hands, and is mended before they run."""

from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from dwsep_helpers import checks
from dwsep_helpers.grading.form import repaired
from dwsep_helpers.grading.mending import mend
from dwsep_helpers.grading.merged import own_cells
from tests.grading import units
from tests.grading.units import cell, place

UNIT, WORDS = "02_depthwise", "05_mobilenet"
ANSWER, QUESTION = "answer_5_9", "exercise_5_9"
SAID = "A verdict: it depends on the data."


def mended(notebook, unit):
    """Return a notebook as it runs, and what was said."""
    notebook, said = repaired(notebook)
    said += mend(notebook, units.originals(unit), units.released(unit).cells)
    nbformat.validate(notebook)
    names = [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]
    assert len(names) == len(set(names))
    assert {*names} >= {n for n, o in units.originals(unit).items() if o.details["locked"]}
    return notebook, said


def test_a_notebook_in_order_needs_nothing():
    for unit in (UNIT, WORDS):
        notebook, said = mended(units.answered(unit), unit)
        assert said == []
        assert [c.source for c in notebook.cells] == [c.source for c in units.answered(unit).cells]


# Answers in words: what a learner did, from the released notebook.


def in_a_cell_below(notebook):
    notebook.cells.insert(place(notebook, ANSWER) + 1, new_markdown_cell(SAID))


def in_a_cell_above(notebook):
    notebook.cells.insert(place(notebook, ANSWER), new_raw_cell(SAID))


def in_a_code_cell(notebook):
    notebook.cells.insert(place(notebook, ANSWER) + 1, new_code_cell(SAID))


def in_a_copy(notebook):
    copy = deepcopy(cell(notebook, ANSWER))
    copy.source, copy.id = SAID, "copy"
    notebook.cells.insert(place(notebook, ANSWER) + 1, copy)


def in_its_place_as_code(notebook):
    box = cell(notebook, ANSWER)
    metadata = box.metadata
    notebook.cells[place(notebook, ANSWER)] = new_code_cell(SAID, metadata=metadata, id=box.id)


def deleted_and_rewritten(notebook):
    notebook.cells[place(notebook, ANSWER)] = new_markdown_cell(SAID)


def in_the_question(notebook):
    next(c for c in notebook.cells if c.id == QUESTION).source += f"\n\n{SAID}"


def deleted_and_in_the_question(notebook):
    in_the_question(notebook)
    del notebook.cells[place(notebook, ANSWER)]


def merged_into_the_next_question(notebook):
    below = notebook.cells[place(notebook, ANSWER) + 1]
    below.source = f"{SAID}\n\n{below.source}"
    del notebook.cells[place(notebook, ANSWER)]


def at_the_end_with_its_number(notebook):
    notebook.cells.append(new_markdown_cell(f"### 5.9\n{SAID}"))


ELSEWHERE = [
    in_a_cell_below,
    in_a_cell_above,
    in_a_code_cell,
    in_a_copy,
    in_its_place_as_code,
    deleted_and_rewritten,
    in_the_question,
    deleted_and_in_the_question,
    merged_into_the_next_question,
    at_the_end_with_its_number,
]


@pytest.mark.parametrize("lost_metadata", [False, True])
@pytest.mark.parametrize("did", ELSEWHERE, ids=lambda did: did.__name__)
def test_an_answer_in_words_is_found(did, lost_metadata):
    notebook = units.released(WORDS)
    did(notebook)
    if lost_metadata and "copy" not in did.__name__:
        for one in notebook.cells:
            one.metadata.pop("nbgrader", None)
    notebook, _ = mended(notebook, WORDS)
    box = cell(notebook, ANSWER)
    assert SAID in box.source
    assert box.cell_type == "markdown"
    assert sum(c.source.count(SAID) for c in notebook.cells) == 1 + ("question" in did.__name__)
    ids = [c.id for c in notebook.cells]
    assert ids.index(QUESTION) < place(notebook, ANSWER) < ids.index("exercise_5_10")


def test_words_elsewhere_are_no_answer():
    notebook = units.released(WORDS)
    notebook.cells.insert(3, new_markdown_cell("My notes: read the paper again."))
    mended_one, said = mended(notebook, WORDS)
    assert cell(mended_one, ANSWER).source == cell(notebook, ANSWER).source
    assert said == []


def test_a_deleted_answer_gets_its_place_back():
    notebook = units.released(WORDS)
    del notebook.cells[place(notebook, ANSWER)]
    notebook, said = mended(notebook, WORDS)
    ids = [c.id for c in notebook.cells]
    assert ids.index(QUESTION) + 1 == place(notebook, ANSWER)
    assert said == [f"cell {ANSWER!r} went missing"]


# Cells of code.


def merge(notebook, index):
    """Merge a cell with the next one, as Jupyter does."""
    first, second = notebook.cells[index : index + 2]
    first.source += f"\n\n{second.source}"
    del notebook.cells[index + 1]


def test_a_test_merged_with_the_next_answer():
    notebook = units.answered(UNIT)
    first, answer = "test_filter_each_channel", "depthwise_conv2d"
    index = place(notebook, first)
    while place(notebook, first) + 1 < place(notebook, answer):
        del notebook.cells[index + 1]
    merge(notebook, index)
    source = cell(units.answered(UNIT), answer).source
    notebook, said = mended(notebook, UNIT)
    assert cell(notebook, answer).source == source
    assert place(notebook, answer) == place(notebook, first) + 1
    assert any("had code of the learner's in it" in one for one in said)


@pytest.mark.parametrize("above", [True, False])
def test_what_is_written_into_a_test_is_kept(above):
    notebook = units.answered(UNIT)
    test = cell(notebook, "test_depthwise_conv2d")
    original = test.source
    lines = ["helper = 1", *original.splitlines()] if above else [original, "helper = 1"]
    test.source = "\n".join(lines)
    notebook, _ = mended(notebook, UNIT)
    where = place(notebook, "test_depthwise_conv2d")
    assert notebook.cells[where].source == original
    assert notebook.cells[where - 1 if above else where + 1].source == "helper = 1"


def test_what_only_shows_something_in_a_test_is_not_kept():
    notebook = units.answered(UNIT)
    cell(notebook, "test_depthwise_conv2d").source = "print('passed')"
    count = len(notebook.cells)
    notebook, said = mended(notebook, UNIT)
    assert len(notebook.cells) == count
    assert said == ["cell 'test_depthwise_conv2d' differed from the release, and went back to it"]


def test_code_in_the_setup_is_kept():
    notebook = units.answered(UNIT)
    setup = cell(notebook, "setup")
    setup.source = f"import scipy\n{setup.source}\nSIZE = 3"
    where = place(mended(notebook, UNIT)[0], "setup")
    assert [mended(notebook, UNIT)[0].cells[i].source for i in (where - 1, where + 1)] == [
        "import scipy",
        "SIZE = 3",
    ]


def test_the_copy_with_an_answer_counts():
    notebook = units.released(UNIT)
    answer = units.answered(UNIT)
    copy = deepcopy(cell(answer, "depthwise_conv2d"))
    copy.id = "copy"
    notebook.cells.append(copy)
    notebook, said = mended(notebook, UNIT)
    assert cell(notebook, "depthwise_conv2d").id == "copy"
    assert said == ["cell 'depthwise_conv2d' came twice, with points for one of them alone"]


@pytest.mark.parametrize("ends", ["\r\n", "\r", " \n"])
def test_line_ends_differ_from_nothing(ends):
    notebook = units.answered(UNIT)
    for one in notebook.cells:
        one.source = one.source.replace("\n", ends)
    assert mended(notebook, UNIT)[1] == []


def test_many_cells_that_might_be_alike_take_no_time(monkeypatch):
    notebook = units.answered(UNIT)
    text = cell(notebook, "setup").source
    for one in notebook.cells:
        one.metadata.pop("nbgrader", None)
        one.id = f"x{one.id}"
    cell_of = [new_code_cell(text[::-1] + str(i)) for i in range(2_000)]
    notebook.cells = [*cell_of, *notebook.cells]
    compared = []
    real = mend.__globals__["_likeness"]
    monkeypatch.setitem(mend.__globals__, "_likeness", lambda *a: compared.append(1) or real(*a))
    mended(notebook, UNIT)
    assert len(compared) < 60 * len(units.originals(UNIT))


def test_an_untouched_stub_has_nothing_of_its_own():
    released, answered = units.released(UNIT), units.answered(UNIT)
    assert own_cells(released, released) == 0
    assert own_cells(answered, released) == len(checks.of_unit("02"))
