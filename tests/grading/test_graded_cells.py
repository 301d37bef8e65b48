"""Which graded cells are judged from outside, and what they show."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dwsep_helpers import checks, course
from dwsep_helpers.checks.remote import respond
from dwsep_helpers.grading.graded_cells import NoReply, checks_called, judge_cell
from dwsep_helpers.kernels import conv2d

SOURCE = '"""Exercise 1.5."""\nchecks.conv2d(conv2d)\nchecks.conv2d(conv2d, strict=True)'


@pytest.mark.parametrize("unit", [u for u in course.UNITS if u.points], ids=lambda unit: unit.name)
def test_every_graded_cell_of_the_course_is(root, unit):
    for folder in ("solutions", "notebooks"):
        for cell in nbformat.read(root / folder / unit.path, as_version=4).cells:
            if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"):
                assert checks_called(cell.source)


def test_the_calls_are_read():
    plain, strict = checks_called(SOURCE)
    assert (plain.exercise, plain.function, plain.strict) == (checks.conv2d, "conv2d", False)
    assert strict.strict
    imported = SOURCE.replace("\n", "\nfrom dwsep_helpers import checks\n", 1)
    assert checks_called(imported) == [plain, strict]
    (made,) = checks_called("checks.conv2d(lambda x: make(x)[0])")
    assert made.function == "lambda x: make(x)[0]"


@pytest.mark.parametrize(
    "source",
    [
        "",
        '"""Only a text."""',
        "assert conv2d(1) == 2",
        "checks.conv2d(conv2d); print(1)",
        "checks.conv2d()",
        "checks.conv2d(conv2d, strict=maybe)",
        "checks.conv2d(conv2d, **how)",
        "checks.conv2d(conv2d, conv2d)",
        "checks.nothing(conv2d)",
        "checks.CheckFailed(conv2d)",
        "other.conv2d(conv2d)",
        "x = checks.conv2d(conv2d)",
        "from dwsep_helpers import checks",
        "from dwsep_helpers import checks as other\nchecks.conv2d(conv2d)",
        "from dwsep_helpers import checks, conv2d\nchecks.conv2d(conv2d)",
        "from elsewhere import checks\nchecks.conv2d(conv2d)",
        "from .dwsep_helpers import checks\nchecks.conv2d(conv2d)",
        "checks.conv2d(conv2d",
    ],
)
def test_other_cells_run_in_the_kernel(source):
    assert checks_called(source) is None


def right(x, weight, bias=None, stride=1, padding=0):
    return conv2d(x, weight, bias, stride=stride, padding=padding)


def ask(function):
    return lambda request, name: respond(request, function)


def test_a_failed_check_shows_its_message_and_no_more():
    judged = judge_cell(checks_called(SOURCE), ask(lambda x, weight: None))
    (error,) = judged.outputs
    assert error.ename == "CheckFailed"
    assert "\n".join(error.traceback).startswith("Exercise 1.5, conv2d: ")
    assert (judged.exercise, judged.outcome, judged.answered) == ("conv2d", "crashed", True)


def test_the_second_check_runs_if_the_first_passed():
    judged = judge_cell(checks_called(SOURCE), ask(right))
    assert judged.outcome == "used a forbidden shortcut"
    assert len(judged.outputs) == 1


def test_seeds_are_drawn_for_strict_checks_alone():
    seen = {"plain": set(), "strict": set()}

    def listen(request, name):
        seen[name].add(request)
        return respond(request, right)

    for _ in range(3):
        judge_cell(checks_called("checks.conv2d(plain)"), listen)
        judge_cell(checks_called("checks.conv2d(strict, strict=True)"), listen)
    assert len(seen["plain"]) == 1
    assert len(seen["strict"]) == 3


def test_no_answer_is_shown_as_what_kept_it():
    def dead(request, name):
        raise NoReply([nbformat.v4.new_output("error", ename="DeadKernelError", evalue="")])

    for ask_for, name in ((dead, "DeadKernelError"), (lambda *_: "nonsense", "Unreadable")):
        judged = judge_cell(checks_called(SOURCE), ask_for)
        assert (judged.outputs[0].ename, judged.answered) == (name, False)
        assert judged.outcome == "gave no answer"


def replaced(value, new):
    """Yield a reply with each of its parts in turn replaced by something else."""
    yield new
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(min(len(value), 1)):
            for changed in replaced(value[key], new):
                copy = value.copy()
                copy[key] = changed
                yield copy


@pytest.mark.parametrize("new", [None, 5, "\ud800", [], {}], ids=repr)
@pytest.mark.parametrize("function", [right, lambda x, weight: 1 / 0], ids=["right", "raises"])
def test_replies_of_any_type_cost_one_function_alone(new, function):
    calls = checks_called(SOURCE)[:1]
    said = []
    judge_cell(calls, lambda request, name: said.append(respond(request, function)) or said[-1])
    for reply in replaced(json.loads(said[0]), new):
        judged = judge_cell(calls, lambda request, name, reply=reply: json.dumps(reply))
        nbformat.validate(new_notebook(cells=[new_code_cell(outputs=judged.outputs)]))


def test_a_machine_without_kernels_is_nobodys_mistake():
    def gone(request, name):
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space left"):
        judge_cell(checks_called(SOURCE), gone)
