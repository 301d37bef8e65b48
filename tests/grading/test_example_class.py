"""The example classes, released, graded and given feedback."""

import nbformat
import pytest
from feedback_pages import read_pages

from demo.classes import CLASSES
from dwsep_helpers import course
from dwsep_helpers.grading.class_folder import database
from dwsep_helpers.grading.scores import exercises, scores, table

WORTH = {
    "01_conv2d": {"1.1": 4, "1.2": 2, "1.3": 2, "1.4": 3, "1.5": 4, "1.6": 2, "1.7": 3},
    "02_depthwise": {"2.1": 3, "2.2": 5, "2.3": 3, "2.4": 2, "2.5": 2, "2.6": 2},
    "03_pointwise": {"3.1": 2, "3.2": 3, "3.3": 3, "3.4": 3, "3.5": 2, "3.6": 2, "3.7": 2},
    "04_cost": {
        **{"4.1": 3, "4.2": 3, "4.3": 3, "4.4": 2},
        **{"4.5": 2, "4.6": 3, "4.7": 2, "4.8": 2},
    },
    "05_mobilenet": {
        **{"5.1": 3, "5.2": 3, "5.3": 2, "5.4": 2},
        **{"5.5": 2, "5.6": 2, "5.7": 1, "5.8": 2, "5.9": 2, "5.10": 2},
    },
    "06_mobile_hardware": {
        **{"6.1": 2, "6.2": 2, "6.3": 1, "6.4": 3, "6.5": 3, "6.6": 2, "6.7": 2},
    },
    "07_eight_bits": {
        **{"7.1": 1, "7.2": 1, "7.3": 1, "7.4": 2, "7.5": 2},
        **{"7.6": 2, "7.7": 2, "7.8": 2, "7.9": 1, "7.10": 1},
    },
    "08_capstone": {"8.1": 3, "8.2": 6, "8.3": 3, "8.4": 5, "8.5": 3},
}
# Answers in words: no points before someone has read them.
BY_HAND = {"05_mobilenet": "5.9"}
# Exercises without points; the others have all of theirs.
LOST = {
    "01_conv2d": {
        "perfect": [],
        "partly-right": ["1.3", "1.5", "1.6", "1.7"],
        "untouched": [*WORTH["01_conv2d"]],
        "kernel-flipped": ["1.5"],
        # conv2d uses the learner's conv_output_size: one mistake, two exercises.
        "padding-counted-once": ["1.4", "1.5"],
        "batch-forgotten": ["1.6"],
        # 1.2 raises, 1.6 ends Python; what comes after is graded all the same.
        "crashes": ["1.2", "1.6"],
        "cell-duplicated": [],
    },
    "02_depthwise": {
        "perfect": [],
        "partly-right": ["2.3", "2.4", "2.5", "2.6"],
        "untouched": [*WORTH["02_depthwise"]],
        "channels-mixed": ["2.1"],
        "kernel-major-order": ["2.2"],
        "multiplier-forgotten": ["2.5", "2.6"],
        "crashes": ["2.4", "2.5"],
        "cell-duplicated": [],
    },
    "03_pointwise": {
        "perfect": [],
        "partly-right": ["3.3", "3.4", "3.5", "3.6", "3.7"],
        "untouched": [*WORTH["03_pointwise"]],
        # The separable layer calls the learner's pointwise_conv2d.
        "weight-transposed": ["3.2", "3.3"],
        "nonlinearity-between": ["3.3"],
        "less-or-equal": ["3.6", "3.7"],
        "crashes": ["3.4", "3.6"],
        "cell-duplicated": [],
    },
    "04_cost": {
        "perfect": [],
        "partly-right": ["4.3", "4.4", "4.5", "4.6", "4.7", "4.8"],
        "untouched": [*WORTH["04_cost"]],
        # A separable layer's count and MobileNet's use the learner's grouped_macs.
        "input-size-for-output": ["4.1", "4.2", "4.6"],
        "upside-down": ["4.3"],
        # The parameters of MobileNet use the learner's separable_params.
        "rounded-alone": ["4.5", "4.7", "4.8"],
        "crashes": ["4.4", "4.8"],
        "cell-duplicated": [],
    },
    "05_mobilenet": {
        "perfect": [],
        "partly-right": ["5.2", "5.4", "5.5", "5.6", "5.7", "5.8", "5.10"],
        "untouched": [*WORTH["05_mobilenet"]],
        # The network is made of the learner's blocks.
        "groups-forgotten": ["5.1", "5.2"],
        # And a network is folded by the learner's fold_batch_norm.
        "eps-forgotten": ["5.3", "5.4"],
        "transposed": ["5.6", "5.7", "5.10"],
        "crashes": ["5.4", "5.8"],
        "cell-duplicated": [],
    },
    "06_mobile_hardware": {
        "perfect": [],
        "partly-right": ["6.2", "6.4", "6.5", "6.6", "6.7"],
        "untouched": [*WORTH["06_mobile_hardware"]],
        # The intensity divides by the learner's bytes_moved.
        "groups-forgotten": ["6.1", "6.2"],
        "crashes": ["6.3"],
        "sums-compared": ["6.4"],
        "ignores": ["6.5", "6.6"],
        "cell-duplicated": [],
    },
    "07_eight_bits": {
        "perfect": [],
        "partly-right": ["7.1", "7.3", "7.5", "7.7", "7.8", "7.9"],
        "untouched": [*WORTH["07_eight_bits"]],
        # Both layers come back by the learner's requantize.
        "wraps-round": ["7.2", "7.4", "7.5", "7.6"],
        "pads-with-zeros": ["7.5", "7.8"],
        "mean-of-speedups": ["7.9"],
        "first-that-fits": ["7.3", "7.10"],
        "crashes": ["7.1"],
        "cell-duplicated": [],
    },
    "08_capstone": {
        "perfect": [],
        "partly-right": ["8.2", "8.4", "8.5"],
        "untouched": [*WORTH["08_capstone"]],
        # The block and the network pad with the learner's same_padding.
        "padded-on-both-sides": ["8.1", "8.2", "8.4"],
        # The network is made of the learner's blocks.
        "activation-after-project": ["8.2", "8.4"],
        "eps-of-torch": ["8.3", "8.5"],
        "courses-own": ["8.4"],
        "crashes": ["8.3", "8.5"],
        "cell-duplicated": [],
    },
}
SAYS = {
    "01_conv2d": {
        "padding-counted-once": "You lengthen the input by the padding at one end",
        "kernel-flipped": "You turn the kernel by 180°",
        "crashes": "os._exit() would end Python here, so it did nothing",
    },
    "02_depthwise": {
        "channels-mixed": "This looks like channels-summed",
        "kernel-major-order": "This looks like kernel-major-order",
        "multiplier-forgotten": "This looks like multiplier-forgotten",
        "crashes": "os._exit() would end Python here, so it did nothing",
    },
    "03_pointwise": {
        "weight-transposed": "This looks like weight-transposed",
        "nonlinearity-between": "This looks like nonlinearity-between",
        "less-or-equal": "This looks like less-or-equal",
        "crashes": "os._exit() would end Python here, so it did nothing",
    },
    "04_cost": {
        "input-size-for-output": "This looks like input-size-for-output",
        "upside-down": "This looks like upside-down",
        "rounded-alone": "`separable_params` ran `dwsep_helpers.cost.separable_cost`",
        "crashes": "os._exit() would end Python here, so it did nothing",
    },
    "05_mobilenet": {
        "groups-forgotten": "This looks like groups-forgotten",
        "eps-forgotten": "This looks like eps-forgotten",
        "transposed": "`inverted_residual` ran `dwsep_helpers.mobilenet.InvertedResidual`",
        "crashes": "os._exit() would end Python here, so it did nothing",
    },
    "06_mobile_hardware": {
        "groups-forgotten": "This looks like groups-forgotten",
        "crashes": "ZeroDivisionError",
        "sums-compared": "This looks like sums-compared",
        "ignores": "This looks like strides-ignored",
    },
    "07_eight_bits": {
        "wraps-round": "This looks like product-in-32-bits",
        "pads-with-zeros": "This looks like padded-with-zeros",
        "mean-of-speedups": "This looks like mean-of-speedups",
        "first-that-fits": "`symmetric_scale` ran `dwsep_helpers.hardware.symmetric_scale`",
        "crashes": "os._exit() would end Python here, so it did nothing",
    },
    "08_capstone": {
        "padded-on-both-sides": "This looks like half-the-kernel",
        "activation-after-project": "This looks like activation-after-project",
        "eps-of-torch": "This looks like eps-of-torch",
        "courses-own": "`mobilenet_v2` ran `dwsep_helpers.kernels.mobilenet_v2`",
        "crashes": "os._exit() would end Python here, so it did nothing",
    },
}
HIDDEN = {
    "01_conv2d": "checks.conv2d(conv2d, strict=True)",
    "02_depthwise": "checks.depthwise_conv2d(depthwise_conv2d, strict=True)",
    "03_pointwise": "checks.pointwise_conv2d(pointwise_conv2d, strict=True)",
    "04_cost": "checks.separable_macs(separable_macs, strict=True)",
    "05_mobilenet": "checks.fold_network(fold_network, strict=True)",
    "06_mobile_hardware": "checks.intensity(intensity, strict=True)",
    "07_eight_bits": "checks.quantize(quantize, strict=True)",
    "08_capstone": "checks.bottleneck(bottleneck, strict=True)",
}


@pytest.fixture(scope="module", params=CLASSES)
def unit(request):
    return request.param


@pytest.fixture(scope="module")
def graded(graded_classes):
    """A folder with the graded classes of all units."""
    return graded_classes


@pytest.fixture(scope="module")
def feedback(graded, unit):
    """What the pages that go back say, by learner."""
    return read_pages(graded, unit)


def points(unit, learner):
    waiting = {BY_HAND[unit]: None} if unit in BY_HAND else {}
    return WORTH[unit] | waiting | dict.fromkeys(LOST[unit][learner], 0)


def test_exercises_are_worth_what_the_course_says(graded, unit):
    assert [*exercises(database(graded), unit).items()] == [*WORTH[unit].items()]
    assert sum(WORTH[unit].values()) == course.unit(unit).points + course.unit(unit).optional


def test_every_learner_gets_the_exact_score(graded, unit):
    rows = scores(database(graded), unit)
    assert {row.learner: row.points for row in rows} == {n: points(unit, n) for n in LOST[unit]}
    print(f"\n{table(WORTH[unit], rows)}")


def test_every_learner_gets_feedback(feedback, unit):
    assert set(feedback) == set(LOST[unit])


def test_feedback_names_the_mistake(feedback, graded, unit):
    worth = course.unit(unit).points
    rows = {row.learner: row for row in scores(database(graded), unit)}
    for learner, page in feedback.items():
        assert f"{rows[learner].total:g} of {worth} points" in page
        assert ("CheckFailed" in _errors(graded, unit, learner)) == bool(LOST[unit][learner])
    for learner, words in SAYS[unit].items():
        assert words in " ".join(feedback[learner].split())


def test_feedback_shows_no_hidden_test(feedback, graded, unit):
    hidden = HIDDEN[unit]
    for page in feedback.values():
        assert hidden.replace(", strict=True", "") in page
        assert hidden not in page
        assert "HIDDEN TESTS" not in page
    autograded = (graded / "autograded" / "perfect" / unit / f"{unit}.ipynb").read_text()
    assert hidden in autograded  # it was there to be shown


def _errors(graded, unit, learner):
    path = graded / "autograded" / learner / unit / f"{unit}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    return {
        output.ename
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
        for output in cell.outputs
        if output.output_type == "error"
    }
