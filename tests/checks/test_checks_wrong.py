import re

import numpy as np
import pytest
from answers import RIGHT, WRONG
from answers.unit_01.right import einsum_over_windows
from answers.unit_01.wrong import UNFIT
from both_ways import ALL, judged

from dwsep_helpers import checks
from dwsep_helpers.checks import EXERCISES
from dwsep_helpers.checks.messages import message
from dwsep_helpers.checks.recipes import sizes

BANK = [(exercise, mistake) for exercise in EXERCISES for mistake in exercise.mistakes]
OTHERS = [(name, *row) for name, rows in WRONG.items() for row in rows]


def failure_of(check, function, **how):
    with pytest.raises(checks.CheckFailed) as caught:
        check(function, **how)
    return caught.value


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("exercise", "mistake"), BANK, ids=lambda value: getattr(value, "name", None)
)
def test_mistake_of_the_bank_is_named(exercise, mistake, strict):
    if strict:
        failed = failure_of(exercise, mistake.function, strict=True)
        said = failed.message
    else:
        failed = judged(exercise, mistake.function, ALL)
        said = message(exercise, failed)
    assert failed.exercise == exercise.name
    raising = {  # unless the sizes happen to agree
        "weight-axes-swapped",
        "bias-along-width",
        "bias-tested-for-truth",
        "images-and-channels-padded",
        "matrix-product",
        "weights-along-width",
        "along-the-filters",
        "scaled-along-the-columns",
        # Windows that hang over the edge, and a division by what is left where nothing is.
        *(name for name, *_ in sizes.ROWS),
        "divided-by-zero",
        "limit-let-through",
        "kernel-not-squared-behind-the-zero",
        "kernel-not-squared-below",
        # Groups and channels that there aren't, and an image that is left with too few rows.
        "divided-by-the-channels",
        "group-by-the-channels",
        "image-strided",
    }
    outcomes = {"wrong type", "wrong shape", "wrong values"}
    assert failed.outcome in (outcomes | {"crashed"} if mistake.name in raising else outcomes)
    assert failed.mistake == mistake.name, (
        f"{mistake.name} gives the answers of {failed.mistake} in every case: "
        "add a case that tells them apart, or drop one"
    )
    assert f"This looks like {mistake.name}. {mistake.says}" in said
    assert f"Hint {mistake.hint} of exercise {exercise.number} may help." in said


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_names_of_a_bank_are_unique(exercise):
    names = [mistake.name for mistake in exercise.mistakes]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_a_mistake_says_what_was_done_and_what_should_be_and_no_code(exercise):
    for mistake in exercise.mistakes:
        form = re.fullmatch(r"You [^;]+; .*\bshould\b.*[.?]", mistake.says)
        rule = f"{mistake.name}: *You …; it should …*, 160 characters at most, no code"
        assert form, rule
        assert len(mistake.says) <= 160, rule
        assert "`" not in mistake.says.replace("`padding`", "")
        assert mistake.name == mistake.name.lower().replace(" ", "-").replace("_", "-")


@pytest.mark.parametrize(("name", "function", "outcome", "mistake"), OTHERS)
def test_wrong_answer_of_a_learner(name, function, outcome, mistake):
    found = judged(getattr(checks, name), function)
    assert (found.outcome, found.mistake) == (outcome, mistake)


@pytest.mark.parametrize(("name", "function", "outcome", "mistake"), OTHERS)
def test_wrong_answer_fails_the_strict_check_too(name, function, outcome, mistake):
    failure_of(getattr(checks, name), function, strict=True)


@pytest.mark.parametrize("kind", UNFIT)
def test_answer_of_a_wrong_type(kind):
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return UNFIT[kind](einsum_over_windows(x, weight, bias, stride, padding))

    failed = failure_of(checks.conv2d, conv2d)
    assert failed.outcome == "wrong type"
    assert "`conv2d` returned " in failed.message
    assert failed.mistake is None


# A layer without loops answers to its loops' exercise; a convolution mixes channels as well.
ANSWERS_TO_BOTH = {
    frozenset(pair)
    for pair in (
        ("conv2d", "conv2d_vectorized"),
        ("depthwise_conv2d", "depthwise_conv2d_vectorized"),
        ("pointwise_conv2d", "conv2d"),
        ("pointwise_conv2d", "conv2d_vectorized"),
    )
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_answer_to_another_exercise_fails(name):
    """No check is so weak that a neighbour's answer passes."""
    for other, styles in RIGHT.items():
        if name == other or {name, other} in ANSWERS_TO_BOTH:
            continue
        failure_of(getattr(checks, name), next(iter(styles.values())))


@pytest.mark.parametrize("argument", ["x", "weight", "bias"])
def test_argument_changed_in_place(argument):
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        y = einsum_over_windows(x, weight, bias, stride, padding)
        changed = {"x": x, "weight": weight, "bias": bias}[argument]
        if changed is not None:
            changed[...] = 0
        return y

    failed = failure_of(checks.conv2d, conv2d)
    assert failed.outcome == "changed its input"
    assert f"`{argument}`" in failed.message
    assert failed.mistake is None


def test_argument_written_into_and_returned():
    def correlate2d(image, kernel):
        y = einsum_over_windows(image[None, None], kernel[None, None])[0, 0]
        inside = image[: y.shape[0], : y.shape[1]]
        if image.dtype != y.dtype:
            return y
        inside[...] = y
        return inside

    assert failure_of(checks.correlate2d, correlate2d).outcome == "changed its input"


def test_argument_reshaped_in_place():
    def correlate_channels(image, kernel):
        y = einsum_over_windows(image[None], kernel[None])[0, 0]
        if image.flags.c_contiguous:
            image.resize(image.size)
        return y

    assert failure_of(checks.correlate_channels, correlate_channels).outcome == "changed its input"


@pytest.mark.parametrize("error", [1e-4, -1e-5])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tolerance_is_small(dtype, error):
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        y = einsum_over_windows(x, weight, bias, stride, padding)
        return (y * (1 + error)).astype(dtype)

    assert failure_of(checks.conv2d, conv2d).outcome == "wrong values"


def test_integers_are_exact():
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        y = np.asarray(einsum_over_windows(x, weight, bias, stride, padding))
        if y.dtype.kind == "i":
            y.flat[-1] += 1
        return y

    failed = failure_of(checks.conv2d, conv2d)
    assert failed.outcome == "wrong values"
    assert "Wrong: 1 of 4 values." in failed.message
