"""An exercise that fails only because an earlier function is wrong, graded with ``--follow-on``."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from demo import examples, grading
from demo.classes import CLASSES
from dwsep_helpers.grading import locked
from dwsep_helpers.grading.class_folder import database, dwsep
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.metadata import notes
from dwsep_helpers.grading.scores import scores
from tests.grading import units
from tests.grading.units import cell, place

pytestmark = pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
)
UNIT = "01_conv2d"
WRONG = "def correlate2d(image, kernel):\n    return np.zeros((1, 1))"
FULL = {n[5:]: o.details["points"] for n, o in units.originals(UNIT).items() if "test_" in n}


@pytest.fixture(scope="module", autouse=True)
def ended():
    """Leave no process behind."""
    yield
    locked.end_all()


def graded(unit=UNIT, *, follow_on=True, **answers):
    """Return what a notebook with all answers gets whose others are these."""
    notebook = units.answered(unit)
    for name, source in answers.items():
        cell(notebook, name).source = source
    made = units.run(notebook, unit, follow_on=follow_on)
    lost = {name for name, had in units.points(made).items() if not had}
    stood_in = {
        about["exercise"]: about["in_place"]
        for one in made.cells
        if (about := notes(one.metadata)).get("in_place")
    }
    return lost, stood_in, made


def test_one_slip_is_charged_once_if_the_teacher_says_so():
    flipped = cell(units.answered(UNIT), "correlate2d").source.replace(
        "* kernel", "* kernel[::-1, ::-1]"
    )
    lost, stood_in, _ = graded(correlate2d=flipped, follow_on=False)
    assert (lost, stood_in) == ({"correlate2d", "convolve2d", "correlate_channels"}, {})
    lost, stood_in, made = graded(correlate2d=flipped)
    assert lost == {"correlate2d"}
    assert stood_in == {"convolve2d": "correlate2d", "correlate_channels": "correlate2d"}
    (*_, told) = cell(made, "test_convolve2d").outputs
    assert told.text == "Judged with the course's correlate2d in place of yours.\n"


def test_what_is_wrong_itself_stays_so():
    wrong = "def convolve2d(image, kernel):\n    return correlate2d(image, kernel)"
    lost, stood_in, made = graded(correlate2d=WRONG, convolve2d=wrong)
    assert lost == {"correlate2d", "convolve2d"}
    assert stood_in == {"correlate_channels": "correlate2d"}
    assert notes(cell(made, "test_convolve2d").metadata)["outcome"] != "passed"


@pytest.mark.parametrize("looping", ["raise NotImplementedError", "while True: pass", "return 0"])
def test_a_vectorized_twin_is_not_given_what_it_asks_for(looping):
    arguments = "(x, weight, bias=None, stride=1, padding=0)"
    twin = f"def conv2d_vectorized{arguments}:\n    return conv2d(x, weight, bias, stride, padding)"
    pair = cell(units.answered(UNIT), "conv2d").source.partition("def conv2d")[0]  # others use it
    looped = f"{pair}\ndef conv2d{arguments}:\n    {looping}"
    lost, stood_in, _ = graded(conv2d=looped, conv2d_vectorized=twin)
    assert lost == {"conv2d", "conv2d_vectorized"}
    assert stood_in == {}


def test_what_is_kept_of_it_earns_nothing_elsewhere():
    keeps = (
        "import inspect, pathlib\n"
        "def correlate_channels(image, kernel):\n"
        "    kept.append(correlate2d)\n"
        "    return sum(correlate2d(a, b) for a, b in zip(image, kernel))"
    )
    later = (
        "def conv2d(x, weight, bias=None, stride=1, padding=0):\n"
        "    y = [[sum(kept[-1](p, q) for p, q in zip(one, f)) for f in weight] for one in x]\n"
        "    return np.array(y)"
    )
    notebook = units.answered(UNIT)
    notebook.cells.insert(place(notebook, "setup") + 1, new_code_cell("kept = []"))
    for name, source in (("correlate2d", WRONG), ("correlate_channels", keeps), ("conv2d", later)):
        cell(notebook, name).source = source
    made = units.run(notebook, UNIT, follow_on=True)
    had = units.points(made)
    assert had["correlate_channels"] == FULL["correlate_channels"]
    assert had["conv2d"] == 0


@pytest.mark.parametrize(
    ("unit", "learner", "lost", "stood_in"),
    [
        ("03_pointwise", "weight-transposed", {"pointwise_conv2d"}, {"depthwise_separable_conv2d"}),
        (
            "04_cost",
            "input-size-for-output",
            {"grouped_macs"},
            {"separable_macs", "mobilenet_macs"},
        ),
        ("05_mobilenet", "groups-forgotten", {"separable_block"}, {"mobilenet"}),
        ("05_mobilenet", "eps-forgotten", {"fold_batch_norm"}, {"fold_network"}),
        ("08_capstone", "padded-on-both-sides", {"same_padding"}, {"bottleneck", "mobilenet_v2"}),
    ],
)
def test_in_other_units_too(tmp_path, unit, learner, lost, stood_in):
    example = next(one for one in CLASSES[unit] if one.name == learner)
    released, solution = (
        units.ROOT / folder / unit / f"{unit}.ipynb" for folder in ("notebooks", "solutions")
    )
    examples.write(example, released=released, solution=solution, submitted=tmp_path)
    (path,) = tmp_path.rglob("*.ipynb")
    made = units.run(nbformat.read(path, as_version=4), unit, follow_on=True)
    assert {name for name, had in units.points(made).items() if had == 0} == lost
    noted = [notes(one.metadata) for one in made.cells]
    assert {one["exercise"] for one in noted if one.get("in_place")} == stood_in


def test_the_option_regrades_and_is_told(tmp_path):
    grading.release(UNIT, tmp_path)
    one = ("--student", "padding-counted-once")
    dwsep("autograde", UNIT, *one, directory=tmp_path)

    def had():
        return scores(database(tmp_path), UNIT)[0].points

    assert (had()["1.4"], had()["1.5"]) == (0, 0)
    said = dwsep("autograde", UNIT, *one, "--follow-on", directory=tmp_path)
    assert "1 to grade" in said
    assert "conv2d was judged with the course's conv_output_size" in said
    assert (had()["1.4"], had()["1.5"]) == (0, 4)
    assert "0 to grade" in dwsep("autograde", UNIT, *one, "--follow-on", directory=tmp_path)
    report = dwsep("report", UNIT, directory=tmp_path)
    assert "passed with the course's conv_output_size 1" in report
    page = tmp_path / "feedback" / one[1] / UNIT / f"{UNIT}.html"
    told = "Judged with the course&#39;s conv_output_size in place of yours."
    assert page.read_text().count(told) == 2
    assert "1 to grade" in dwsep("autograde", UNIT, *one, directory=tmp_path)
    assert had()["1.5"] == 0
    assert json.loads(next(tmp_path.glob(".dwsep/*/*.json")).read_text().splitlines()[1])
