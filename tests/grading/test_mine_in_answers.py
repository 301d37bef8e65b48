"""An answer that calls ``mine`` earns, graded, what it earned at home: no more and no less."""

import nbformat
import pytest

from demo import ROOT
from demo.examples import fill, right_answers
from demo.grading import grade
from dwsep_helpers.grading.class_folder import database, nbgrader
from dwsep_helpers.grading.scores import scores

UNIT, LEARNER = "03_pointwise", "looks-back"
ANSWERS = {
    # Unit 02's, where a unit's first cell says that it is welcome.
    "depthwise_separable_conv2d": """\
from dwsep_helpers import mine
depthwise = mine.depthwise_conv2d
def depthwise_separable_conv2d(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    y = depthwise(x, depthwise_weight, stride=stride, padding=padding)
    return (y.transpose(0, 2, 3, 1) @ pointwise_weight[:, :, 0, 0].T).transpose(0, 3, 1, 2)""",
    # Unit 01's, where nothing says so: at home the check asks for its code.
    "pointwise_conv2d": """\
from dwsep_helpers import mine
def pointwise_conv2d(x, weight, bias=None):
    return mine.conv2d(x, weight, bias)""",
    # The exercise's own, written by nobody.
    "break_even_terms": "from dwsep_helpers import mine\nbreak_even_terms = mine.break_even_terms",
}


@pytest.fixture
def handed_in(tmp_path):
    """A class of one, whose notebook has a file beside it where ``mine`` would look at home."""
    nbgrader("generate_assignment", UNIT, directory=tmp_path)
    released, solution = (
        nbformat.read(folder / UNIT / f"{UNIT}.ipynb", as_version=4)
        for folder in (tmp_path / "notebooks", ROOT / "solutions")
    )
    path = tmp_path / "submitted" / LEARNER / UNIT / f"{UNIT}.ipynb"
    (path.parent / ".mine").mkdir(parents=True)
    (path.parent / ".mine" / "conv2d.py").write_text("def conv2d(*arguments): return 1 / 0")
    nbformat.write(fill(released, {**right_answers(solution), **ANSWERS}), path)
    return tmp_path


def lost(folder):
    """Return the exercises that earned nothing."""
    (row,) = scores(database(folder), UNIT)
    return [number for number, points in row.points.items() if not points]


def test_dwsep_and_nbgrader_alone_agree(handed_in):
    grade([UNIT], handed_in)
    assert lost(handed_in) == ["3.2", "3.6"]
    page = handed_in / "feedback" / LEARNER / UNIT / f"{UNIT}.html"
    assert "`mine.conv2d`, which is the course" in page.read_text()
    nbgrader("autograde", UNIT, "--force", directory=handed_in)
    assert lost(handed_in) == ["3.2", "3.6"]
