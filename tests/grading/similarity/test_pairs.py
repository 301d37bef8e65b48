"""In a class whose right answers are of many styles, those who copied are the pairs on top."""

import inspect
import re
import textwrap

import pytest
from answers import RIGHT

from dwsep_helpers.grading.similarity.pairs import compare
from dwsep_helpers.grading.similarity.runs import compared

EXERCISES = ("correlate2d", "convolve2d", "correlate_channels", "conv_output_size", "conv2d")
LEARNERS = 7
HALF = ("conv2d", "correlate_channels")
GIVEN = {"stub": "def conv2d(x, weight):\n    # Your code here.\n    raise NotImplementedError\n"}


def texts_of(i):
    """Return right answers of one learner: nobody else's are of the same styles."""
    styles = {name: [*filter(inspect.isfunction, RIGHT[name].values())] for name in EXERCISES}
    return {name: _source(of_one[i]) for name, of_one in styles.items()}


def _source(function):
    return textwrap.dedent(inspect.getsource(function))


def code(texts):
    return compared({"texts": texts})


def renamed(text):
    """Rename variables, drop comments, change spaces."""
    for name in ("image", "kernel", "total", "rows", "cols", "weight", "out", "padded"):
        text = re.sub(rf"\b{name}\b", f"my_{name}", text)
    return text.replace(", ", ",").replace(" + ", "+")


@pytest.fixture(scope="module")
def learners():
    return {f"learner-{i}": texts_of(i) for i in range(LEARNERS)}


def found(learners, course=None):
    return compare(
        {who: code(texts) for who, texts in learners.items()},
        {who: code(texts) for who, texts in (course or {}).items()},
        code(GIVEN),
    )


@pytest.mark.parametrize("change", [lambda text: text, renamed], ids=["verbatim", "renamed"])
def test_a_copy_comes_first(learners, change):
    copy = {name: change(text) for name, text in learners["learner-2"].items()}
    first, *others = found({**learners, "copy": copy}).pairs
    assert {first.first, first.second} == {"copy", "learner-2"}
    assert first.share > 0.95
    assert first.bits > 1.3 * others[0].bits
    verbatim = change is not renamed
    assert bool(first.letters) == verbatim


def test_half_a_copy_comes_first(learners):
    half = texts_of(LEARNERS) | {name: learners["learner-3"][name] for name in HALF}
    first, *_ = found({**learners, "copy": half}).pairs
    assert {first.first, first.second} == {"copy", "learner-3"}


def test_what_is_published_is_found_and_named(learners):
    solution = texts_of(LEARNERS)
    pairs = found({**learners, "copy": solution}, {"the solution": solution}).pairs
    with_course = [pair for pair in pairs if pair.first == "the solution"]
    assert with_course[0].second == "copy"
    assert with_course[0].share == 1
    assert with_course[0].letters


def test_three_alike_alone_in_a_class_are_seen():
    solution = texts_of(5)
    pairs = found({who: solution for who in "abc"}, {"the solution": solution}).pairs
    assert len(pairs) == 6  # and not one of the course with itself
    assert all(pair.bits > 0 and pair.share == 1 for pair in pairs)


def test_what_was_handed_out_doesnt_count():
    assert found({"a": GIVEN, "b": GIVEN}).pairs == []


def test_common_ways_count_less_than_rare_ones(learners):
    text = {"one": learners["learner-0"]["conv2d"]}
    everybody = compare({who: code(text) for who in learners}, {}, {}).pairs
    two = compare({who: code(text if who < "learner-2" else {}) for who in learners}, {}, {}).pairs
    assert everybody[0].share == two[0].share == 1
    assert everybody[0].bits < two[0].bits / 5


def test_nobody_and_one_learner():
    assert found({}).pairs == found({"a": texts_of(1)}).pairs == []
