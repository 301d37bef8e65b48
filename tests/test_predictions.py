"""Predictions: kept, revealed, recapped."""

import ast

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from dwsep_helpers import course, notebook, predictions
from dwsep_helpers.checks import EXERCISES
from dwsep_helpers.grading.cells_needed import cells_needed
from dwsep_helpers.predictions import QUESTIONS, predict, recap, reveal
from dwsep_helpers.wrapping import wrapped


@pytest.fixture(autouse=True)
def _new_session(monkeypatch):
    monkeypatch.setattr(predictions, "_entries", {})
    monkeypatch.setattr(notebook, "passed", set())


def printed_by(capsys):
    return " ".join(capsys.readouterr().out.split())


def unwritten():
    raise NotImplementedError


# What a learner's code may do, and what is said of it once its check passed, or before.
YOURS = {
    "right": (lambda: 14, "", ""),
    "NumPy's": (lambda: __import__("numpy").int64(14), "", ""),
    "wrong": (
        lambda: 13,
        "Your function says 13: run the check of exercise 1.4 first.",
        "Your function says 13: it passed its check, so the cells above may hold other numbers",
    ),
    "None": (lambda: None, "Your function says None: run the check of exercise 1.4 first.", ""),
    "no number": (lambda: float("nan"), "Your function says nan: run the check", ""),
    "an array": (lambda: [[1, 2]], "Your function says [[1, 2]]: run the check", ""),
    "raises": (
        lambda: 1 // 0,
        "Your code raised ZeroDivisionError: integer division or modulo by zero: run the check",
        "Your code raised ZeroDivisionError: integer division or modulo by zero: it passed its",
    ),
    "leaves": (lambda: exit(1), "Your code raised SystemExit: 1: run the check of", ""),
    "missing": (
        lambda: conv_output_size(32, 5),  # noqa: F821
        "conv_output_size isn't there yet: run the cell above that defines it.",
        "",
    ),
    "unwritten": (unwritten, "Write exercise 1.4 to see your own code say so.", ""),
    "left out": (None, "", ""),
}


@pytest.mark.parametrize("predicted", [13, 14])
@pytest.mark.parametrize("yours", YOURS)
def test_what_comes_out_is_the_truth_whatever_the_learners_code_does(capsys, yours, predicted):
    run, before, after = YOURS[yours]
    predict("1.5", predicted)
    capsys.readouterr()
    told = {13: "You predicted 13. It is 14.", 14: "As you predicted, it is 14."}[predicted]
    for passed, said in ((set(), before), ({"1.4"}, after)):
        notebook.passed = passed
        reveal("1.5", run)
        printed = printed_by(capsys)
        why = " ".join(QUESTIONS["1.5"].why.split())
        assert printed.startswith(f"{told} {why} {said}".strip())
        if not before:
            assert "Your" not in printed
    assert rows()["1.5"][2:4] == (str(predicted), "14")
    assert recap("01").surprises == [QUESTIONS["1.5"].about] * (predicted == 13)


def test_a_cell_above_that_did_not_run_is_asked_for_behind_the_outcome(capsys):
    def shows():
        return conv_output_size  # noqa: F821

    predict("1.5", 13)
    capsys.readouterr()
    assert reveal("1.5", shows, shows=shows) is None
    printed, first = printed_by(capsys), notebook.what_to_run("conv_output_size")
    assert first
    why = " ".join(QUESTIONS["1.5"].why.split())
    assert printed.startswith(f"You predicted 13. It is 14. {why} {first}")
    with pytest.raises(NameError):
        reveal("1.5", shows=lambda: no_name_of_the_course)  # noqa: F821


def test_code_that_is_right_may_count_otherwise(capsys):
    predict("2.7", 1296)
    reveal("2.7", lambda: 1024)
    assert "Your function says 1,024: run the check of exercise 2.2 first." in printed_by(capsys)
    notebook.passed = {"2.2"}
    reveal("2.7", lambda: 1024)
    assert "Your code makes 1,024 multiplications" in printed_by(capsys)
    assert recap("02").surprises == []


def test_what_is_measured_counts_once_the_checks_passed(capsys):
    predict("1.7", 50)
    reveal("1.7", lambda: 2.0)
    said = printed_by(capsys)
    assert "Measured: 2. For it to count, run the checks of exercises 1.5 and 1.7 first." in said
    reveal("1.7", unwritten)
    assert printed_by(capsys).startswith("Nothing to reveal yet. Write exercise")
    reveal("1.7", lambda: 1 / 0)
    assert printed_by(capsys).startswith("Nothing to reveal yet. Your code raised ZeroDivision")
    assert recap("01").summary == "No prediction was both made and revealed yet."
    notebook.passed = {"1.5", "1.7"}
    reveal("1.7", lambda: 77.1234)
    assert "You predicted 50. It is 77.1, close." in printed_by(capsys)
    assert recap("01").summary == "1 of 1 as you predicted."


def test_nothing_is_revealed_before_a_prediction(capsys):
    asked = []
    reveal("1.3")
    reveal("1.5", lambda: asked.append(1))
    said = capsys.readouterr().out
    assert "You haven't predicted 1.3 yet: run its cell, and answer there." in said
    assert 'predict("1.3", …) with "a", "b" or "c"' in said
    assert 'To go on without: predict("1.3", "skip").' in said
    assert "edges" not in said
    assert "14" not in said
    assert not asked


def test_a_question_can_be_skipped(capsys):
    predict("1.2", "skip")
    predict("1.5", "Skip")
    reveal("1.2")
    said = printed_by(capsys)
    assert "Prediction 1.2 is skipped." in said
    assert "It is b (vertical edges)." in said
    assert rows()["1.5"][2:] == ("skipped", "—", "")
    assert rows()["1.2"][2:4] == ("skipped", "b (vertical edges)")

    assert recap("01").summary == "No prediction was both made and revealed yet."


def rows():
    """Return the rows of unit 01's recap by the question's number."""
    return {row[0]: row for row in recap("01").rows}


def test_what_tells_the_outcome_shows_with_it(capsys):
    assert reveal("1.3", shows=lambda: print("180°")) is None
    assert "180" not in capsys.readouterr().out
    predict("1.3", "skip")
    assert reveal("1.3", shows=lambda: "a picture") == "a picture"
    assert "It is b (the kernel turned by 180°)." in capsys.readouterr().out


def test_questions_of_one_picture_are_revealed_together(capsys):
    predict("5.4", "a")
    assert reveal("5.4 and 5.5", shows=lambda: "a picture") is None
    said = capsys.readouterr().out
    assert "You haven't predicted 5.5 yet" in said
    assert "5.4 yet" not in said
    assert "85.5 %" not in said
    predict("5.5", "b")
    assert reveal("5.4 and 5.5", shows=lambda: "a picture") == "a picture"
    said = capsys.readouterr().out
    assert "You predicted a (the separable one). It is b (the dense one)." in said
    assert "As you predicted, it is b (does about as well)." in said


STAYS = "stays {}: its outcome has been shown.\n"


@pytest.mark.parametrize(
    ("first", "again", "said"),
    [
        ("a", "b", "Prediction 1.3 " + STAYS.format("a (the kernel as it is)")),
        ("a", "skip", "Prediction 1.3 " + STAYS.format("a (the kernel as it is)")),
        ("a", None, "Prediction 1.3 " + STAYS.format("a (the kernel as it is)")),
        ("skip", None, "Prediction 1.3 " + STAYS.format("skipped")),
        ("skip", "b", "Prediction 1.3 " + STAYS.format("skipped")),
        ("a", "A", ""),
        ("skip", "skip", ""),
    ],
)
def test_a_prediction_stays_once_its_outcome_was_shown(capsys, first, again, said):
    predict("1.3", "c")
    predict("1.3", first)  # nothing was shown yet
    reveal("1.3")
    before = rows()["1.3"]
    capsys.readouterr()
    predict("1.3", again)
    assert capsys.readouterr().out == said
    assert rows()["1.3"] == before


def test_what_was_measured_is_an_outcome_shown(capsys):
    predict("1.7", 50)
    reveal("1.7", unwritten)
    predict("1.7", 60)  # nothing was shown yet
    reveal("1.7", lambda: 2.0)
    capsys.readouterr()
    predict("1.7", 2)
    assert capsys.readouterr().out == "Prediction 1.7 stays 60: its outcome has been shown.\n"


def test_who_reads_along_sees_outcomes(capsys, monkeypatch):
    monkeypatch.setenv(predictions.READ_ALONG, "1")
    assert reveal("1.3", shows=lambda: "a picture") == "a picture"
    assert "It is b" in capsys.readouterr().out
    assert rows()["1.3"][2:] == ("—", "b (the kernel turned by 180°)", "")


def test_a_prediction_is_kept_and_a_capital_letter_is_one(capsys):
    predict("1.2", "B")
    assert "noted: b (vertical edges)" in capsys.readouterr().out
    reveal("1.2")
    assert "As you predicted, it is b (vertical" in capsys.readouterr().out


@pytest.mark.parametrize("nothing", [(), (None,)])
def test_without_a_page_a_question_is_printed_and_nothing_kept(capsys, nothing):
    predict("1.3", *nothing)
    printed = capsys.readouterr().out
    assert " ".join(printed.split()).startswith(
        f"Prediction 1.3 is open: {QUESTIONS['1.3'].asks} a the kernel as it is b the kernel turned"
    )
    assert 'Answer by predict("1.3", …) with "a", "b" or "c".' in printed
    predict("1.5", *nothing)
    assert 'Answer by predict("1.5", …) with a whole number.' in capsys.readouterr().out
    assert recap("01").rows[2][2] == "—"


def test_the_recap_names_what_was_mispredicted_and_about_what(capsys):
    predict("1.5", 13)
    reveal("1.5", lambda: 14)
    predict("1.3", "b")
    reveal("1.3")
    table = recap("01")
    assert table.surprises == [QUESTIONS["1.5"].about]
    assert "1 of 2 as you predicted" in table.summary
    assert QUESTIONS["1.5"].about in table._repr_html_()
    assert any(line.startswith("1.5") for line in str(table).splitlines())


def test_the_recap_of_an_untouched_unit_says_so():
    assert recap("01").summary == "No prediction was both made and revealed yet."


def test_a_measured_ratio_agrees_within_its_factor(capsys):
    question = QUESTIONS["1.7"]
    assert question.agree(50.0, 149.0)
    assert not question.agree(50.0, 151.0)
    assert not question.agree(0.0, 151.0)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: predict("9.9", 1), "9.9"),
        (lambda: predict("1.3", "z"), "'z'"),
        (lambda: predict("1.5", "many"), "'many'"),
        (lambda: predict("1.5", float("inf")), "inf"),
        (lambda: predict("1.5", 14.5), "a whole number, and 14.5 is not"),
        (lambda: predict("1.5", [1, 2]), r"\[1, 2\]"),
        (lambda: (predict("1.7", 9), reveal("1.7")), "1.7"),
        (lambda: recap("77"), "'77'"),
    ],
)
def test_bad_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))
def test_every_question_has_an_answer(question):
    right = question.right()
    assert (right is None) == question.is_measured
    assert question.answer is None or question.truth is None, "computed, or written down"
    if question.options:
        assert question.answer in question.options
    else:
        assert question.answer is None, "what code could compute isn't written down"
    if question.is_measured or question.differs:
        assert question.needs
    numbers = {exercise.number for exercise in EXERCISES}
    assert not question.needs or set(question.needs.split(" and ")) <= numbers


# An exercise's answer, by what a learner may have written.
WROTE = {
    "wrong": "def {}(*given, **named):\n    return 0.25",
    "raising": "def {}(*given, **named):\n    raise KeyError('mine')",
    "unwritten": "def {}(*given, **named):\n    raise NotImplementedError",
    "missing": "globals().pop({!r}, None)",
}
UNITS = [unit for unit in course.UNITS if any(q.unit == unit.number for q in QUESTIONS.values())]


@pytest.fixture(scope="module", params=UNITS, ids=lambda unit: unit.name)
def revealed(request, root):
    """A unit, and what its own reveals and its recap show, by what the learner wrote."""
    unit = request.param
    solution = nbformat.read(root / "solutions" / unit.path, as_version=4)
    pieces = [*_pieces(solution)]
    reveals = {source: name for name, source in pieces if source.startswith("reveal(")}
    cells = [new_code_cell(source) for _, source in pieces]
    always = [i for i, (_, source) in enumerate(pieces) if source in reveals]
    needed = cells_needed(cells, always, {cell.source for cell in cells})
    answers = {pieces[i][0] for i in needed if "### BEGIN SOLUTION" in pieces[i][1]}

    asked = [question for question in QUESTIONS.values() if question.unit == unit.number]
    program = [new_code_cell(solution.cells[1].source)]
    for question in asked:
        predicted = "skip" if question.is_measured else question.right()
        program.append(new_code_cell(f"predict({question.id!r}, {predicted!r})"))
    for i in sorted(needed - {*always}):
        program.append(new_code_cell(pieces[i][1]))
    program += [new_code_cell(f"checks.{name}({name})") for name in answers]
    for wrote in ("right", *WROTE):
        if wrote != "right":
            program += [new_code_cell(WROTE[wrote].format(name)) for name in answers]
        for source in (*reveals, f"print(recap({unit.number!r}))"):
            program.append(new_code_cell(source, metadata={"wrote": wrote}))
    ran = new_notebook(cells=program)
    NotebookClient(ran, kernel_name="python3", timeout=300, allow_errors=True).execute()
    shown = {wrote: [] for wrote in ("right", *WROTE)}
    for cell in ran.cells:
        if wrote := cell.metadata.get("wrote"):
            texts = [o for o in cell.outputs if "progress" not in str(o.get("data"))]
            assert {output.get("name") for output in texts} == {"stdout"}, cell.outputs
            said = "".join(output.text for output in texts)
            shown[wrote].append((cell.source, said))
    return shown


def _pieces(solution):
    """Yield the statements of a notebook's code, an answer's together, with their cell's id.

    Of what is revealed, one question each, and not what shows it.
    """
    for cell in solution.cells[2:]:
        if cell.cell_type == "code" and "### BEGIN SOLUTION" in cell.source:
            yield cell.id, cell.source
        elif cell.cell_type == "code" and not cell.id.startswith("test_"):
            for statement in ast.parse(TransformerManager().transform_cell(cell.source)).body:
                source = ast.unparse(statement)
                if source.startswith("reveal("):
                    call = statement.value
                    names, *yours = map(ast.unparse, call.args)
                    for name in ast.literal_eval(names).split(" and "):
                        yield cell.id, f"reveal({', '.join([repr(name), *yours])})"
                elif not source.startswith("predict("):
                    yield cell.id, source


@pytest.mark.parametrize("wrote", ["right", *WROTE])
def test_a_notebooks_own_reveals_tell_the_truth(revealed, wrote):
    *reveals, (_, table) = revealed[wrote]
    assert reveals
    for source, said in reveals:
        call = ast.parse(source).body[0].value
        question = QUESTIONS[call.args[0].value]
        first, *rest = said.splitlines()
        if question.is_measured:
            expected = "It is " if wrote == "right" else ("Measured: ", "Nothing to reveal yet.")
            assert first.startswith(expected)
            continue
        assert first.startswith("As you predicted, it is ")
        more = "\n".join(rest) != wrapped(question.why)
        if wrote == "right":
            assert not more or question.differs, said
        else:
            assert more == (len(call.args) == 2), said
    assert "surprise" not in table
