"""Cards tell what passed on this machine, from files that may be damaged or somebody else's."""

import os
import re

import nbformat
import pytest

from dwsep_helpers import cards, carried, checks, course, notebook, predictions


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A notebook in a unit's folder; the folder where passes are noted."""
    mine = tmp_path / ".mine"
    monkeypatch.setattr(carried, "folder", lambda: mine)
    monkeypatch.setattr(notebook, "is_open", lambda: True)
    monkeypatch.setattr(notebook, "passed", set())
    monkeypatch.setattr(predictions, "_entries", {})
    return mine


def output_size(input_size, kernel_size, stride=1, padding=0):
    return (input_size + 2 * padding - kernel_size) // stride + 1


def text(card):
    return str(card).partition("\n\n")[0].splitlines()


def test_a_new_machine_knows_nothing(here):
    assert text(cards.recap("01")) == [
        "Unit 01 · 2D convolution: 0 of 7 exercises passed; 0 of 20 points; "
        "0 of 7 predictions made.",
        "Next: exercise 1.1, correlate2d.",
    ]
    assert not here.exists()


def test_a_pass_is_noted_for_the_next_session(here, capsys):
    checks.conv_output_size(output_size)
    notebook.passed.clear()  # a new kernel
    card = cards.recap("01")
    assert "1 of 7 exercises passed; 3 of 20 points" in text(card)[0]
    assert "3 of 20 points" in card._repr_html_()


def test_a_wrong_answer_takes_it_back_and_a_stub_does_not(here):
    def stub(input_size, kernel_size, stride=1, padding=0):
        raise NotImplementedError

    stub.__name__ = "conv_output_size"
    checks.conv_output_size(output_size)
    with pytest.raises(checks.CheckFailed):
        checks.conv_output_size(stub)
    assert carried.passed("conv_output_size")

    def conv_output_size(*sizes, **options):
        return 3

    with pytest.raises(checks.CheckFailed):  # as unit 00 shows a wrong one, beside the answer
        checks.conv_output_size(lambda *sizes, **options: 3)
    assert carried.passed("conv_output_size")
    with pytest.raises(checks.CheckFailed):
        checks.conv_output_size(conv_output_size)
    assert not carried.passed("conv_output_size")
    assert "0 of 7" in text(cards.recap("01"))[0]


def note(here, *names):
    here.mkdir(exist_ok=True)
    for name in names:
        (here / f"{name}.passed").touch()


def test_what_comes_next(here):
    unit = [exercise.name for exercise in checks.of_unit("01")]
    note(here, *unit[:3])
    assert cards.recap("01").following == ("exercise 1.4, conv_output_size", "")
    note(here, *unit)
    card = cards.recap("01")
    assert card.following[0] == "Unit 02 · Depthwise convolution"
    assert 'href="../02_depthwise/02_depthwise.ipynb"' in card._repr_html_()
    whole = cards.recap("00")
    assert whole.following == ("exercise 0.1, multiply_accumulate", f"../{course.UNITS[0].path}")
    note(here, *(exercise.name for exercise in checks.EXERCISES), "multiply_accumulate")
    assert "last unit" in cards.recap(course.UNITS[-1].number).following[0]


def test_predictions_of_all_units_are_added_up(monkeypatch):
    import dataclasses

    def two_of_three(unit):
        return dataclasses.replace(found(unit), agreed=2, made=3)

    found = cards.so_far
    monkeypatch.setattr(cards, "so_far", two_of_three)
    assert cards.borne_out() == (2 * len(course.UNITS), 3 * len(course.UNITS))


def test_points_by_hand_and_optional_ones_are_in_no_sum(here):
    note(here, *(exercise.name for exercise in checks.EXERCISES))
    (line, _) = text(cards.recap("05"))
    assert "8 of 8 exercises passed; 17 of 17 points; 2 more graded by hand;" in line


def test_the_checks_points_are_the_units():
    for unit in course.UNITS:
        known = checks.of_unit(unit.number)
        assert sum(one.points for one in known if one.optional) == unit.optional
        by_hand = 2 * (unit.number == "05")
        assert sum(one.points for one in known if not one.optional) + by_hand == unit.points


def test_predictions_are_counted(here, capsys):
    for number, answer in (("1.1", -99), ("1.3", "b"), ("1.4", 27)):
        predictions.predict(number, answer)
        predictions.reveal(number)
    made = cards.so_far(course.unit("01_conv2d"))
    assert (made.made, made.agreed, made.asked) == (3, 2, 7)
    assert "3 of 7 predictions made, 2 borne out" in text(cards.recap("01"))[0]


def test_the_first_units_card_shows_all(here):
    note(here, "correlate2d")
    lines, markup = text(cards.recap("00")), cards.recap("00")._repr_html_()
    assert [line[:7] for line in lines[:-1]] == [f"Unit {unit.number}" for unit in course.UNITS]
    assert "4 of 20 points" in lines[1]
    assert markup.count("<progress") == len(course.UNITS)


def test_the_card_that_unit_00_shows_a_reader_is_of_today(here, root):
    kept = nbformat.read(root / "solutions" / course.UNITS[0].path, as_version=4)
    (cell,) = (cell for cell in kept.cells if cell.get("id") == "recap_predictions")
    (output,) = cell.outputs
    note(here, "multiply_accumulate")
    assert text(output.data["text/plain"]) == text(cards.recap("00"))


@pytest.mark.parametrize("foreign", ["folder", "dangling", "binary", "pipe", "file", "loop"])
def test_damaged_and_foreign_files_break_nothing(here, foreign, capsys):
    place = here / "conv_output_size.passed"
    if foreign == "file":
        here.write_text("where the folder should be")
    else:
        here.mkdir()
        (here / "notes.txt").write_bytes(b"\xff\0")
    match foreign:
        case "folder":
            place.mkdir()
        case "dangling":
            place.symlink_to(here / "nowhere")
        case "loop":
            place.symlink_to(place)
        case "binary":
            place.write_bytes(os.urandom(99))
        case "pipe":
            os.mkfifo(place)
    known = foreign == "binary"  # what it holds doesn't matter
    assert f"{int(known)} of 7 exercises passed" in text(cards.recap("01"))[0]
    checks.conv_output_size(output_size)
    assert "1 of 7 exercises passed" in text(cards.recap("01"))[0]
    with pytest.raises(checks.CheckFailed):
        checks.conv_output_size(lambda *sizes, **options: 3)


def test_the_bar_is_said_in_words_and_needs_no_script(here):
    markup = cards.recap("01")._repr_html_()
    (bar,) = re.findall(r"<progress[^>]*>", markup)
    assert 'title="0 of 7 exercises passed"' in bar
    assert "<li>0 of 7 exercises passed</li>" in markup
    assert "<script" not in markup
    assert " on" not in re.sub(r">[^<]*<", "><", markup)


def test_graded_notebooks_and_programs_get_the_predictions_alone(here, monkeypatch):
    monkeypatch.setattr(notebook, "is_open", lambda: False)
    assert isinstance(cards.recap("01"), predictions.Recap)


def test_an_unknown_unit_is_refused(here):
    with pytest.raises(ValueError, match="unit is '09'"):
        cards.recap("09")
