"""Points that a person gave stay, and are to be confirmed where the work changed since."""

import shutil

import pytest

from dwsep_helpers.grading.scores import scores
from tests.grading.points.books import UNIT, address, by_hand, grade, release


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a gradebook in which ada has one exercise right, and two by hand."""
    folder = tmp_path_factory.mktemp("by-hand")
    release(folder)
    grade(folder, "ada")
    by_hand(folder, "ada", "answer_1_3", 1.5)
    by_hand(folder, "ada", "conv2d_tests", 2)
    return folder


@pytest.fixture
def graded(made, tmp_path):
    """A copy of it."""
    shutil.copy(made / "gradebook.db", tmp_path)
    return tmp_path


def row(folder):
    (found,) = scores(address(folder), UNIT)
    return found


def test_what_waits_has_no_points(tmp_path):
    release(tmp_path)
    grade(tmp_path, "ada", right=("1.1", "1.4"))
    assert row(tmp_path).points == {"1.1": 4, "1.2": 0, "1.3": None, "1.4": 2}
    assert (row(tmp_path).total, row(tmp_path).extra, row(tmp_path).to_confirm) == (4, 2, ())


def test_the_same_work_graded_again_keeps_its_points(graded):
    before = row(graded)
    assert (before.total, before.to_confirm) == (7.5, ())
    grade(graded, "ada")
    assert row(graded) == before


def test_a_mended_check_leaves_points_given_by_hand_alone(graded):
    grade(graded, "ada", right=("1.2",))
    assert row(graded).points == {"1.1": 0, "1.2": 2, "1.3": 1.5, "1.4": 0}
    assert row(graded).to_confirm == ()


@pytest.mark.parametrize(
    ("answers", "confirm"),
    [
        ({"1.2": "def conv2d(): …"}, ("1.2",)),
        ({"1.3": "Because it is so."}, ("1.3",)),
        ({"1.2": "def conv2d(): …", "1.3": "No."}, ("1.2", "1.3")),
        ({"1.4": "def strided(): …"}, ()),
        ({"1.2": "pass \n"}, ()),
    ],
)
def test_other_work_is_to_be_confirmed_until_somebody_did(graded, answers, confirm):
    for _ in range(2):
        grade(graded, "ada", answers=answers)
        assert row(graded).points == {"1.1": 4, "1.2": 2, "1.3": 1.5, "1.4": 0}
        assert row(graded).to_confirm == confirm
    by_hand(graded, "ada", "answer_1_3", 1)
    by_hand(graded, "ada", "conv2d_tests", 3)
    grade(graded, "ada", answers=answers)
    assert (row(graded).total, row(graded).to_confirm) == (8, ())


def test_a_helper_elsewhere_counts_where_it_changed_what_the_check_says(graded):
    grade(graded, "ada", right=("1.1", "1.2"), answers={"1.4": "def helper(): …"})
    assert (row(graded).points["1.2"], row(graded).to_confirm) == (2, ("1.2",))


def test_extra_credit_is_by_hand_too(graded):
    by_hand(graded, "ada", "correlate2d_tests", None, extra=1)
    assert (row(graded).points["1.1"], row(graded).to_confirm) == (5, ())
    grade(graded, "ada", answers={"1.1": "def correlate2d(): pass"})
    assert (row(graded).points["1.1"], row(graded).to_confirm) == (5, ("1.1",))


def test_points_taken_back_in_formgrader_are_the_checks(graded):
    by_hand(graded, "ada", "conv2d_tests", None)
    by_hand(graded, "ada", "answer_1_3", None)
    grade(graded, "ada", answers={"1.2": "def conv2d(): …"})
    assert row(graded).points == {"1.1": 4, "1.2": 0, "1.3": None, "1.4": 0}
    assert row(graded).to_confirm == ()
