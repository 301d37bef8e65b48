"""What a check shows in a notebook: one line in words, and another way once it passed."""

import ast
import difflib
import html
import re
from types import SimpleNamespace

import nbformat
import pytest
from answers import another_way

from dwsep_helpers import checks, course, notebook
from dwsep_helpers.checks import boxes
from dwsep_helpers.kernels import conv2d

ALL = [exercise for unit in course.UNITS for exercise in checks.of_unit(unit.number)]
AUTHORS = {
    name: source for unit in course.UNITS for name, source in another_way.author_cells(unit).items()
}
named = pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)


@pytest.fixture
def shown(monkeypatch):
    """What a notebook would show."""
    found = []
    monkeypatch.setattr(notebook, "is_open", lambda: True)
    monkeypatch.setattr(boxes, "_display", found.append)
    return found


def right(x, weight, bias=None, stride=1, padding=0):
    return another_way.FUNCTIONS["conv2d"](x, weight, bias, stride, padding)


def text_of(markup):
    """Return what is read of HTML, its blocks on lines of their own."""
    blocks = re.sub(r"</?(?:div|pre|p|details|summary)\b[^>]*>", "\n", markup)
    return html.unescape(re.sub(r"<[^>]+>", "", blocks))


def on_one_line(text):
    return " ".join(text.split())


@named
def test_there_is_another_way_and_it_says_what_differs(exercise):
    way = boxes.another_way(exercise)
    assert len(way.differs.split()) >= 12
    assert len(way.code.strip().splitlines()) <= 22
    assert f"def {exercise.name}(" in way.code


def test_the_practice_exercise_passes_by_it(capsys):
    checks.multiply_accumulate(another_way.FUNCTIONS["multiply_accumulate"])
    assert "passed" in capsys.readouterr().out


def body(source, name):
    tree = ast.parse(source)
    (function,) = (
        one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name
    )
    if ast.get_docstring(function):
        function.body = function.body[1:]
    return [ast.unparse(line) for line in function.body]


@named
def test_it_is_in_another_style_than_the_authors(exercise):
    ours, theirs = (
        "\n".join(body(source, exercise.name))
        for source in (boxes.another_way(exercise).code, AUTHORS[exercise.name])
    )
    assert difflib.SequenceMatcher(None, ours, theirs, autojunk=False).ratio() < 0.9


@pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)
def test_no_released_notebook_has_it(root, unit):
    released = nbformat.read(root / "notebooks" / unit.path, as_version=4)
    cells = ["".join(cell.source.split()) for cell in released.cells]
    for exercise in checks.of_unit(unit.number):
        way = boxes.another_way(exercise)
        assert not any("".join(way.differs.split()) in cell for cell in cells)
        for line in body(way.code, exercise.name):
            # What is shorter is in every program.
            answer = "".join(line.split())
            assert len(answer) < 40 or not any(answer in cell for cell in cells), line


def test_a_pass_is_a_line_with_its_points_and_another_way_folded(shown):
    checks.conv2d(right)
    (box,) = shown
    assert repr(box).startswith("Exercise 1.5, conv2d: passed. Well done! Worth 4 points.\nTried: ")
    assert "Another way" not in repr(box)
    markup = box._repr_html_()
    assert boxes.PASSED in markup
    assert "✓ Exercise 1.5, conv2d: passed. Well done! Worth 4 points." in text_of(markup)
    folded = re.search(r"<details>(.*)</details>", markup, re.DOTALL)
    assert "np.einsum" in folded[1]
    assert "<details open" not in markup
    assert "<script" not in markup


def test_practice_and_optional_points_are_called_so():
    assert boxes.worth(checks.multiply_accumulate) == "Practice, no points."
    assert boxes.worth(checks.correlate_channels) == "Worth 2 points."
    assert boxes.worth(checks.confusion_matrix) == "Worth 1 point."


def test_a_graded_check_prints_and_shows_no_other_way(monkeypatch, capsys):
    monkeypatch.setattr(boxes, "_display", lambda box: pytest.fail("shown"))
    monkeypatch.setattr(notebook, "_shell", lambda: SimpleNamespace(kernel=None))
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    checks.conv2d(right)
    with pytest.raises(checks.CheckFailed) as caught:
        checks.conv2d(lambda *arguments, **options: conv2d(*arguments, **options) * 2)
    assert caught.value._render_traceback_()[0].startswith("Exercise 1.5, conv2d: ")
    out = capsys.readouterr().out
    assert out.startswith("Exercise 1.5, conv2d: passed. Well done!\nTried: ")
    assert "Worth" not in out
    assert "einsum" not in out


@pytest.mark.parametrize("name", ["conv2d", "correlate2d", "conv_output_size", "depthwise_conv2d"])
def test_a_failure_keeps_its_text_and_is_shown_once(shown, name):
    check = getattr(checks, name)
    for mistake in check.mistakes[:12]:
        shown.clear()
        with pytest.raises(checks.CheckFailed) as caught:
            check(mistake.function)
        assert shown == []  # who catches it prints it
        first, second = (caught.value._render_traceback_() for _ in range(2))
        (box,) = shown
        assert first == second == [f"Exercise {check.number}: not passed."]
        markup = box._repr_html_()
        assert boxes.FAILED in markup
        assert on_one_line(text_of(markup)) == f"✗ {on_one_line(caught.value.message)}"
        assert on_one_line(repr(box)) == on_one_line(caught.value.message)
        indented = [line for line in caught.value.message.splitlines() if line.startswith(" ")]
        assert all(line in text_of(markup) for line in indented)


def test_what_a_learner_wrote_is_text(shown):
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        raise ValueError("<b>&amp;</b><script>alert(1)</script>")

    with pytest.raises(checks.CheckFailed) as caught:
        checks.conv2d(conv2d)
    caught.value._render_traceback_()
    assert "<script" not in shown[0]._repr_html_()
    assert "&lt;b&gt;&amp;amp;" in shown[0]._repr_html_()


def test_a_message_of_one_line_is_shown_as_ever(shown):
    verdict = SimpleNamespace(exercise="x", outcome="y", mistake=None)
    failed = checks.CheckFailed(verdict, "One line.")
    assert failed._render_traceback_() == ["One line."]
    assert shown == []
