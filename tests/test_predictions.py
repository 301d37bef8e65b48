"""Predictions: kept, revealed, recapped."""

import pytest

from dwsep_helpers import predictions
from dwsep_helpers.predictions import QUESTIONS, predict, recap, reveal


@pytest.fixture(autouse=True)
def _new_session(monkeypatch):
    monkeypatch.setattr(predictions, "_entries", {})


def test_a_prediction_is_kept_and_held_against_what_comes_out(capsys):
    predict("1.1", 13)
    reveal("1.1", lambda: 14)
    printed = capsys.readouterr().out
    assert "noted: 13" in printed
    assert "You predicted 13. It is 14." in printed
    assert QUESTIONS["1.1"].why in printed.replace("\n", " ")


def test_a_right_prediction_is_said_to_be_right(capsys):
    predict("1.3", "B")
    reveal("1.3")
    assert "well seen" in capsys.readouterr().out


def test_none_asks_for_a_prediction_and_keeps_nothing(capsys):
    predict("1.3", None)
    assert 'one of "a", "b", "c"' in capsys.readouterr().out
    assert recap("01").rows[2][2] == "—"


def test_revealing_waits_for_the_exercise(capsys):
    def unwritten():
        raise NotImplementedError

    predict("1.1", 14)
    reveal("1.1", unwritten)
    assert "write exercise 1.1 first" in capsys.readouterr().out
    assert recap("01").rows[0][3] == "—"


def test_any_other_error_of_the_learners_code_is_shown():
    with pytest.raises(ZeroDivisionError):
        reveal("1.1", lambda: 1 // 0)


def test_the_recap_names_what_was_mispredicted_and_about_what(capsys):
    predict("1.1", 13)
    reveal("1.1", 14)
    predict("1.3", "b")
    reveal("1.3")
    table = recap("01")
    assert table.surprises == [QUESTIONS["1.1"].about]
    assert "1 of 2 as you predicted" in table.summary
    assert QUESTIONS["1.1"].about in table._repr_html_()
    assert str(table).splitlines()[1].startswith("1.1")


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
        (lambda: predict("1.1", "many"), "'many'"),
        (lambda: reveal("1.7"), "1.7"),
        (lambda: recap("77"), "'77'"),
    ],
)
def test_bad_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()


def test_what_came_out_is_shown_in_few_digits(capsys):
    reveal("1.7", 77.1234)
    assert "It is 77.1." in capsys.readouterr().out


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))
def test_every_question_can_be_answered_and_revealed(question):
    assert (question.answer is None) == bool(question.needs)
    if question.answer is not None:
        assert question.agree(question.read(question.answer), question.read(question.answer))
