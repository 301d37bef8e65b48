import contextlib
import os
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
import torch
from answers.unit_01.right import CONVOLVE2D, CORRELATE2D, einsum_over_windows, seven_loops
from scipy.signal import correlate2d as renamed
from torch.nn.functional import conv2d as torch_conv2d

import dwsep_helpers
from dwsep_helpers import checks, kernels
from dwsep_helpers.checks import messages
from dwsep_helpers.checks.compare import compare
from dwsep_helpers.checks.unit_01 import EXERCISES
from dwsep_helpers.cost import conv2d_cost
from dwsep_helpers.kernels import conv2d as library_conv2d


def failure_of(check, function, **how):
    with pytest.raises(checks.CheckFailed) as caught:
        check(function, **how)
    return caught.value


def right(x, weight, bias=None, stride=1, padding=0):
    return einsum_over_windows(x, weight, bias, stride, padding)


# Attempted?


def conv2d_stub(x, weight, bias=None, stride=1, padding=0):
    """Do as the stub in the notebook does: some lines, then the place for the code."""
    _filters, _channels, *_kernel = weight.shape
    raise NotImplementedError


def conv2d_pass(x, weight, bias=None, stride=1, padding=0):
    """Only a docstring and pass."""
    pass


def conv2d_dots(x, weight, bias=None, stride=1, padding=0): ...


def conv2d_none(x, weight, bias=None, stride=1, padding=0):
    return None


@pytest.mark.parametrize("stub", [conv2d_stub, conv2d_pass, conv2d_dots, conv2d_none])
@pytest.mark.parametrize("strict", [False, True])
def test_stub_is_not_attempted(stub, strict):
    failed = failure_of(checks.conv2d, stub, strict=strict)
    assert failed.outcome == "not attempted"
    assert failed.mistake is None
    assert failed.message.startswith("Exercise 1.5, conv2d: not attempted yet.\n")
    assert "Hint 1 of exercise 1.5" in failed.message


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_every_stub_is_not_attempted(exercise):
    def stub(*args, **kwargs):
        raise NotImplementedError

    assert failure_of(exercise, stub).outcome == "not attempted"


def test_helper_that_is_not_written_is_asked_for_first():
    def conv_output_size(input_size, kernel_size, stride=1, padding=0):
        raise NotImplementedError

    def correlate2d(image, kernel):
        return np.zeros([conv_output_size(len(image), len(kernel))] * 2)

    failed = failure_of(checks.correlate2d, correlate2d)
    assert failed.outcome == "crashed"
    assert "`correlate2d` calls `conv_output_size`, which is not written yet" in failed.message


def test_none_from_code_that_does_something():
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        right(x, weight, bias, stride, padding)

    failed = failure_of(checks.conv2d, conv2d)
    assert failed.outcome == "wrong type"
    assert "returned None: is there a `return` at its end?" in failed.message


def test_check_shows_what_it_asks_for():
    shown = "<the check of exercise 1.5: conv2d(x, weight, bias=None, stride=1, padding=0)>"
    assert repr(checks.conv2d) == shown


# A function that takes the arguments?


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (None, "It was given None"),
        (np.zeros((2, 3)), "It was given an ndarray"),
        (torch.zeros(3), "It was given a Tensor"),
        ("conv2d", "It was given a str"),
        (dict, "`dict` is a class"),
        (torch.nn.Conv2d, "`Conv2d` is a class"),
        (checks.conv2d, "That is a check"),
        (checks.correlate2d, "That is a check"),
        (checks, "It was given a module"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_function(given, says):
    failed = failure_of(checks.conv2d, given)
    assert failed.outcome == "wrong type"
    assert says in failed.message


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x,
        lambda x, weight: x,
        lambda x, weight, bias, stride, padding, more: x,
        lambda x, weight, bias=None, stride=1: x,
        lambda x, weight, b=None, s=1, p=0: x,
    ],
)
def test_function_that_does_not_take_the_arguments(function):
    failed = failure_of(checks.conv2d, function)
    assert failed.outcome == "crashed"
    assert "`conv2d(x, weight, bias=None, stride=1, padding=0)`" in failed.message
    assert "Keep the first line of the stub" in failed.message


# Errors.


def test_crash_shows_the_learners_line_and_nothing_of_ours():
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return np.einsum("ncij,fchw->nf", x, weight[:, :, 0])  # the learner's line

    failed = failure_of(checks.conv2d, conv2d)
    line = conv2d.__code__.co_firstlineno + 1
    assert failed.outcome == "crashed"
    assert failed.message.startswith("Exercise 1.5, conv2d: your code raised an error.\nTried ")
    assert "ValueError: einstein sum" in failed.message
    assert (
        f"test_checks_engine.py, line {line}, in conv2d:\n    return np.einsum(" in failed.message
    )
    assert "x (1, 1, 3, 3)" in failed.message
    for ours in ("calling.py", "checks/engine.py", "Traceback", "site-packages"):
        assert ours not in failed.message
    assert failed.__cause__ is None
    assert failed.__context__ is None


def test_crash_late_tells_the_shapes_it_crashed_on():
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        assert len(weight) < 4 or isinstance(stride, int), "one stride only"
        return right(x, weight, bias, stride, padding)

    failed = failure_of(checks.conv2d, conv2d)
    assert failed.outcome == "crashed"
    assert "AssertionError: one stride only" in failed.message
    assert (
        "Tried all sizes different: x (2, 3, 8, 11), weight (4, 3, 3, 2), bias (4,), "
        "stride=(2, 3), padding=(1, 2)\n"
    ) in failed.message


class SpeechlessError(Exception):
    def __str__(self):
        raise ValueError("no words")


@pytest.mark.parametrize(
    "error",
    [KeyError("y"), SystemExit(3), RecursionError(), SpeechlessError(), ValueError("a" * 999)],
)
def test_any_error_becomes_a_message(error):
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        raise error

    failed = failure_of(checks.conv2d, conv2d)
    assert failed.outcome == "crashed"
    assert type(error).__name__ in failed.message
    assert len(failed.message) < 1000


def test_endless_recursion():
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return conv2d(x, weight)

    failed = failure_of(checks.conv2d, conv2d)
    assert failed.outcome == "crashed"
    assert "RecursionError" in failed.message


def test_interrupt_is_the_learners():
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checks.conv2d(conv2d)


# Messages.


def test_wrong_shape_names_the_axis():
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x, weight, bias, 1, padding)

    failed = failure_of(checks.conv2d, conv2d)
    assert failed.outcome == "wrong shape"
    assert failed.mistake == "stride-forgotten"
    lines = failed.message.splitlines()
    assert lines[:3] == [
        "Exercise 1.5, conv2d: wrong shape.",
        "This looks like stride-forgotten. You move the kernel by one; it should move by the "
        "stride.",
        "",
    ]
    assert lines[3].startswith("Tried ")
    assert [line.split(" = ")[0] for line in lines[4:6]] == ["    x", "    weight"]
    assert re.fullmatch(
        r"Expected shape \(1, 1, \d, \d\), that is \(N, C_out, H_out, W_out\)\.\n"
        r"Got shape \(1, 1, \d, \d\)\.\n"
        r"The first axis to differ is axis 2 \(H_out\): expected \d, got \d\.\n"
        r"Hint 2 of exercise 1\.5 may help\.",
        "\n".join(lines[-4:]),
    )


def test_a_mistake_that_other_answers_contradict_is_named_for_its_case_alone():
    """Here a second mistake shows in the cases that have a bias."""

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x, weight[..., ::-1, ::-1], None, stride, padding)

    failed = failure_of(checks.conv2d, conv2d)
    assert failed.mistake == "kernel-flipped"
    said = "This looks like kernel-flipped, though not in every case. You turn"
    assert failed.message.splitlines()[1].startswith(said)
    named = checks.conv2d.mistake("kernel-flipped").function
    assert (
        failure_of(checks.conv2d, named)
        .message.splitlines()[1]
        .startswith("This looks like kernel-flipped. You turn")
    )


def test_wrong_number_of_axes():
    failed = failure_of(checks.conv2d, lambda x, weight, bias=None, stride=1, padding=0: 0)
    assert "Expected 4 axes, got one number." in failed.message


def test_wrong_values_name_the_index_and_both_numbers():
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        y = right(x, weight, bias, stride, padding)
        y[0, 0, 1, 0] += 0.5 if y.dtype.kind == "f" else 3
        return y

    failed = failure_of(checks.conv2d, conv2d)
    assert failed.message == (
        "Exercise 1.5, conv2d: wrong values.\n"
        "Tried a hand example: x (1, 1, 3, 3) int64, weight (1, 1, 2, 2) int64, bias=None, "
        "stride=1, padding=0\n"
        "    x = [[[[1, 2, 0], [0, 1, 3], [2, 0, 1]]]]\n"
        "    weight = [[[[1, 2], [0, -1]]]]\n"
        "First wrong value at [0, 0, 1, 0], axes (N, C_out, H_out, W_out):\n"
        "    expected 2\n"
        "    got      5\n"
        "Wrong: 1 of 4 values.\n"
        "Hint 1 of exercise 1.5 may help."
    )


def test_hints_go_further_with_each_try(monkeypatch):
    def hint(check, function):
        return failure_of(check, function).message.rpartition("Hint ")[2][0]

    def zeros(image, kernel):
        return right(image[None, None], kernel[None, None])[0, 0] * 1.001

    assert hint(checks.correlate2d, conv2d_stub) == "1"
    assert [hint(checks.correlate2d, zeros) for _ in range(4)] == ["1", "2", "3", "3"]
    assert hint(checks.convolve2d, zeros) == "1"  # each exercise by itself
    checks.correlate2d(CORRELATE2D["slices"])
    assert hint(checks.correlate2d, zeros) == "1"
    flipped = CONVOLVE2D["slices"]
    assert [hint(checks.correlate2d, flipped) for _ in range(3)] == ["2", "2", "2"]  # known
    assert hint(checks.correlate2d, zeros) == "3"
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    graded = [failure_of(checks.conv2d, lambda *a, **k: 0).message for _ in range(3)]
    assert len(set(graded)) == 1


def test_float16_is_told_that_it_keeps_few_digits():
    def mix_channels(image, weights):
        return np.einsum("chw,c->hw", image, weights).astype(np.float16)

    failed = failure_of(checks.mix_channels, mix_channels)
    assert failed.outcome == "wrong values"
    assert "Yours is float16, which keeps three digits" in failed.message


def test_float16_is_enough_where_the_right_answer_has_no_more():
    right = np.linspace(1, 2, 7)
    assert compare(right.astype(np.float16), right) is not None
    assert compare(right.astype(np.float16), right.astype(np.float16)) is None
    assert compare(right, right.astype(np.float16)) is None


def test_an_error_that_a_known_mistake_raises_too_is_named_and_no_other():
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        if bias is not None and len(bias) > 1:
            raise ValueError("another one")
        return right(x, weight, bias, stride, padding)

    assert failure_of(checks.conv2d, conv2d).mistake is None


def test_numbers_that_look_alike_are_printed_with_enough_digits():
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x, weight, bias, stride, padding) * (1 + 1e-5)

    message = failure_of(checks.conv2d, conv2d).message
    lines = {line.split()[0]: line.split()[-1] for line in message.splitlines() if line}
    expected, got = lines["expected"], lines["got"]
    assert expected != got


def test_nan_is_explained():
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x, weight, bias, stride, padding) * np.nan

    assert (
        "nan is no number: it comes from 0/0, inf/inf or memory"
        in failure_of(checks.conv2d, conv2d).message
    )


def test_pass_tells_what_was_tried(capsys):
    checks.conv2d(right)
    out = capsys.readouterr().out
    assert out.startswith("Exercise 1.5, conv2d: passed. Well done!\nTried: a hand example; ")
    assert "a stride larger than the kernel" in " ".join(out.split())
    checks.conv2d(right, strict=True)
    assert capsys.readouterr().out == (
        "Exercise 1.5, conv2d: passed with other shapes and numbers too.\n"
    )


def test_whole_numbers_pass_and_fail_in_short(capsys):
    failed = failure_of(checks.conv_output_size, lambda n, k, stride=1, padding=0: n - k)
    assert failed.message.startswith(
        "Exercise 1.4, conv_output_size: wrong values.\n"
        "Tried a hand example: input_size=7, kernel_size=3, stride=1, padding=0\n"
        "    expected 5\n"
        "    got      4\n"
    )


# Prints, warnings, state.


def test_prints_and_warnings_are_told_in_stdout(capfd):
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        print("x has shape", x.shape)
        print("to stderr", file=sys.stderr)
        warnings.warn("slow, is it not?", stacklevel=1)
        np.float64(1) / np.float64(0)
        return right(x, weight, bias, stride, padding)

    assert checks.conv2d(conv2d) is None
    out, err = capfd.readouterr()
    assert err == ""
    assert "Your function printed:\nx has shape (1, 1, 3, 3)\nto stderr\n" in out
    assert "UserWarning: slow, is it not?\n" in out
    assert "RuntimeWarning: divide by zero" in out
    assert out.count("x has shape") == 1


def test_many_prints_are_cut(capfd):
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        for line in range(2000):
            print(line, "." * 100)
        return right(x, weight, bias, stride, padding)

    checks.conv2d(conv2d)
    out, _ = capfd.readouterr()
    assert "\n…\n" in out
    assert len(out) < 3000


def test_prints_of_the_failing_call_come_before_the_message(capsys):
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        print("filters", len(weight))
        return right(x, weight, bias, 1 if len(weight) > 3 else stride, padding)

    failure_of(checks.conv2d, conv2d)
    assert capsys.readouterr().out == "Your function printed:\nfilters 4\n"


def test_state_of_the_caller_is_kept():
    state = np.random.get_state()[1].tolist()
    filters = list(warnings.filters)
    streams = sys.stdout, sys.stderr
    tracers = sys.gettrace(), sys.getprofile()
    checks.conv2d_vectorized(right)
    with contextlib.suppress(checks.CheckFailed):
        checks.conv2d(conv2d_stub)
    assert np.random.get_state()[1].tolist() == state
    assert list(warnings.filters) == filters
    assert (sys.stdout, sys.stderr) == streams
    assert (sys.gettrace(), sys.getprofile()) == tracers


def test_the_same_inputs_every_time_whatever_the_global_seed():
    seen = []

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        seen.append(float(x.sum()))
        np.random.seed(len(seen))
        return right(x, weight, bias, stride, padding)

    checks.conv2d(conv2d)
    first, seen[:] = list(seen), []
    np.random.seed(99)
    checks.conv2d(conv2d)
    assert seen == first
    seen.clear()
    checks.conv2d(conv2d, strict=True)
    assert set(seen) & set(first) == set(seen[:4])  # all but those by hand are other numbers


def test_strict_shapes_are_others():
    for exercise in EXERCISES:
        plain, strict = (
            {
                str([getattr(a, "shape", a) for a in c.arguments] + [*c.options.items()])
                for c in cases
            }
            for cases in (exercise.tries(strict=False), exercise.tries(strict=True))
        )
        assert len(strict - plain) >= 4, exercise.name


# Shortcuts.


@pytest.mark.parametrize("unit", "12345678")
def test_what_is_off_limits_is_named_and_is_off_limits(unit):
    exercises = [e for e in checks.EXERCISES if e.number.startswith(unit)]
    named, _, welcome = messages.imports(exercises).partition(" are off limits")
    off = re.findall(r"`([\w.]+\.\w+)`", named)
    assert {"scipy.signal.correlate2d", "dwsep_helpers.conv2d"} <= set(off)
    others = {"3": "torch.nn.functional.channel_shuffle"}
    others["5"] = "torch.nn.utils.fusion.fuse_conv_bn_eval"
    for number, name in others.items():
        assert (name in off) == (unit == number)
    assert ("Ready-made answers, such as" in named) == (unit in others)
    for name in off:
        assert all(exercise.forbids(name) for exercise in exercises)
        assert name not in welcome


@pytest.mark.parametrize("helper", ["conv2d", "pointwise_conv2d"])
def test_a_layer_of_the_helpers_is_no_answer_to_the_pointwise_exercise(helper):
    def pointwise_conv2d(x, weight, bias=None):
        return getattr(dwsep_helpers, helper)(x, weight, bias)

    failed = failure_of(checks.pointwise_conv2d, pointwise_conv2d)
    assert f"`pointwise_conv2d` ran `dwsep_helpers.{helper}`" in failed.message
    assert "all welcome" not in failed.message, "np.vectorize isn't, in this exercise"


def layer_by(convolve):
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return convolve(x, weight, bias, stride, padding)

    return conv2d


def to_torch(*arrays):
    return [None if a is None else torch.tensor(np.asarray(a, float)) for a in arrays]


def by_module(x, weight, bias, stride, padding):
    layer = torch.nn.Conv2d(
        weight.shape[1], len(weight), weight.shape[2:], stride, padding, bias=bias is not None
    ).double()
    state = dict(zip(["weight", "bias"], to_torch(weight, bias), strict=True))
    layer.load_state_dict({k: v for k, v in state.items() if v is not None})
    return layer(*to_torch(x)).detach().numpy()


def by_getattr(x, weight, bias, stride, padding):
    return getattr(sys.modules["dwsep_helpers"].kernels, "conv" + "2d")(
        x, weight, bias, stride=stride, padding=padding
    )


def by_depthwise(x, weight, bias, stride, padding):
    parts = [
        kernels.depthwise_conv2d(x, k[:, None], stride=stride, padding=padding) for k in weight
    ]
    y = np.stack([part.sum(1) for part in parts], axis=1)
    return y if bias is None else y + bias[:, None, None]


LAYER_SHORTCUTS = {
    "module attribute": (
        lambda x, w, b, s, p: kernels.conv2d(x, w, b, stride=s, padding=p),
        "dwsep_helpers",
    ),
    "imported name": (
        lambda x, w, b, s, p: library_conv2d(x, w, b, stride=s, padding=p),
        "dwsep_helpers",
    ),
    "package": (
        lambda x, w, b, s, p: dwsep_helpers.kernels.conv2d(x, w, b, stride=s, padding=p),
        "dwsep_helpers",
    ),
    "getattr": (by_getattr, "dwsep_helpers"),
    "another kernel": (by_depthwise, "dwsep_helpers"),
    "F.conv2d": (
        lambda x, w, b, s, p: torch.nn.functional.conv2d(*to_torch(x, w, b), s, p).numpy(),
        "torch",
    ),
    "imported F.conv2d": (
        lambda x, w, b, s, p: torch_conv2d(*to_torch(x, w, b), s, p),
        "torch",
    ),
    "torch.conv2d": (lambda x, w, b, s, p: torch.conv2d(*to_torch(x, w, b), s, p), "torch"),
    "nn.Conv2d": (by_module, "torch"),
    "aten": (
        lambda x, w, b, s, p: torch.ops.aten.conv2d(
            *to_torch(x, w, b),
            [s] * 2 if isinstance(s, int) else s,
            [p] * 2 if isinstance(p, int) else p,
        ),
        "torch",
    ),
}


@pytest.mark.parametrize("check", [checks.conv2d, checks.conv2d_vectorized], ids=lambda c: c.name)
@pytest.mark.parametrize("way", LAYER_SHORTCUTS)
def test_shortcut_to_a_layer_is_noticed(way, check):
    convolve, family = LAYER_SHORTCUTS[way]
    failed = failure_of(check, layer_by(convolve))
    assert failed.outcome == "used a forbidden shortcut"
    assert f" ran `{family}." in failed.message
    assert "your own code" in failed.message


@pytest.mark.parametrize(
    "convolve",
    [
        lambda i, k: scipy.signal.correlate2d(i, k, mode="valid"),
        lambda i, k: renamed(i, k, mode="valid"),
        lambda i, k: scipy.signal.correlate(i, k, mode="valid", method="direct"),
        lambda i, k: scipy.signal.fftconvolve(i, k[::-1, ::-1], mode="valid"),
        lambda i, k: scipy.ndimage.correlate(i, k)[: -len(k) + 1 or None],
        lambda i, k: kernels.conv2d(i[None, None], k[None, None])[0, 0],
    ],
)
def test_shortcut_on_the_plane_is_noticed(convolve):
    assert failure_of(checks.correlate2d, convolve).outcome == "used a forbidden shortcut"


@pytest.mark.parametrize(
    "size",
    [kernels.conv_output_size, lambda *args, **options: kernels.conv_output_size(*args, **options)],
)
def test_size_formula_of_the_library_is_a_shortcut_in_its_own_exercise(size):
    assert failure_of(checks.conv_output_size, size).outcome == "used a forbidden shortcut"


def test_cost_of_the_library_is_a_shortcut():
    def conv2d_macs(n_filters, channels, kernel_size, output_size, batch=1):
        size = output_size + kernel_size - 1
        return conv2d_cost(channels, n_filters, kernel_size, (size, size), batch=batch).macs

    failed = failure_of(checks.conv2d_macs, conv2d_macs)
    assert failed.outcome == "used a forbidden shortcut"
    assert "`dwsep_helpers.cost.conv2d_cost`" in failed.message


def test_size_formula_of_the_library_may_be_borrowed_elsewhere():
    checks.correlate2d(CORRELATE2D["borrowed_size"])


def test_library_itself_is_a_shortcut():
    assert failure_of(checks.conv2d, kernels.conv2d).outcome == "used a forbidden shortcut"


def test_shortcut_hidden_behind_a_right_answer_is_noticed():
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        mine = right(x, weight, bias, stride, padding)
        if len(x) > 1:
            kernels.conv2d(x, weight)
        return mine

    assert failure_of(checks.conv2d, conv2d).outcome == "used a forbidden shortcut"


# Vectorized.


def test_loop_over_rows_is_not_vectorized():
    def conv2d_vectorized(x, weight, bias=None, stride=1, padding=0):
        y = right(x, weight, bias, stride, padding)
        for i in range(y.shape[2]):
            y[:, :, i] = y[:, :, i] + 0
        return y

    failed = failure_of(checks.conv2d_vectorized, conv2d_vectorized)
    assert failed.outcome == "not vectorized"
    assert "right values, but not vectorized" in failed.message


def test_loop_inside_a_comprehension_is_not_vectorized():
    def conv2d_vectorized(x, weight, bias=None, stride=1, padding=0):
        y = right(x, weight, bias, stride, padding)
        return np.stack([y[..., j] for j in range(y.shape[3])], axis=-1)

    failed = failure_of(checks.conv2d_vectorized, conv2d_vectorized)
    assert failed.outcome == "not vectorized"


def test_loops_over_images_filters_and_taps_are_vectorized():
    def conv2d_vectorized(x, weight, bias=None, stride=1, padding=0):
        y = [
            np.concatenate([right(image[None], kernel[None], None, stride, padding)], axis=1)
            for image in x
            for kernel in weight
        ]
        y = np.concatenate(y, axis=1).reshape(len(x), len(weight), *y[0].shape[2:])
        return y if bias is None else y + bias[:, None, None]

    checks.conv2d_vectorized(conv2d_vectorized)


def test_wrong_values_come_before_the_count_of_lines():
    def conv2d_vectorized(x, weight, bias=None, stride=1, padding=0):
        return seven_loops(x, weight, None, stride, padding)

    failed = failure_of(checks.conv2d_vectorized, conv2d_vectorized)
    assert (failed.outcome, failed.mistake) == ("wrong values", "bias-forgotten")


# As a whole, in a fresh process.

SCRIPT = """
import warnings
import numpy as np
from dwsep_helpers import checks

def conv_output_size(input_size, kernel_size, stride=1, padding=0):
    warnings.warn("hm")
    np.log(np.zeros(1))
    return (input_size + 2 * padding - kernel_size) // stride + 1

def correlate2d(image, kernel):
    raise NotImplementedError

assert checks.conv_output_size(conv_output_size) is None
assert checks.conv_output_size(conv_output_size, strict=True) is None
try:
    checks.correlate2d(correlate2d)
except AssertionError as failed:
    print(failed)
"""


def test_nothing_on_stderr_with_warnings_as_errors():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "UserWarning: hm" in done.stdout
    assert "not attempted yet" in done.stdout


CELL = """
import numpy as np
from dwsep_helpers import checks
def correlate2d(image, kernel):
    y = np.zeros((2, 2))
    return y[image.shape]
checks.correlate2d(correlate2d)
"""
IPYTHON = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(colors="nocolor", history_manager=None)
shell.run_cell({cell!r}, store_history=True)
"""


def test_notebook_shows_one_message_and_no_traceback(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", IPYTHON.format(cell=CELL)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=os.environ | {"HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path)},
    )
    lines = done.stdout.strip().splitlines()
    assert lines[0] == "Exercise 1.1, correlate2d: your code raised an error."
    assert lines[4].startswith("IndexError: ")
    assert lines[5] == "Cell In[1], line 5, in correlate2d:"
    assert lines[6] == "    return y[image.shape]"
    assert lines[-1] == "Hint 1 of exercise 1.1 may help."
    assert "Traceback" not in done.stdout


def test_what_is_missing_or_not_written_is_no_try():
    """A hint helps an answer; where there is none, the message says what to do."""

    def lacks_setup(image, kernel):
        return nq.zeros(3)  # noqa: F821

    def noise(image, kernel):
        return np.full((3, 3), 1234.5)

    def other_arguments(image):
        return image

    def calls_a_stub(image, kernel):
        return conv2d_stub(image, kernel)

    for no_try in (lacks_setup, other_arguments, calls_a_stub, 3, checks.conv2d):
        for _ in range(2):
            assert "Hint" not in failure_of(checks.correlate2d, no_try).message
    assert "Hint 1 of" in failure_of(checks.correlate2d, conv2d_stub).message
    assert "Hint 1 of" in failure_of(checks.correlate2d, noise).message
    said = failure_of(checks.correlate2d, lacks_setup).message.splitlines()
    assert said[1] == "If a cell above defines nq, run that one first."


def test_a_pair_that_raises_is_mentioned():
    def conv2d_macs(out_channels, in_channels, kernel_size, output_size, batch=1):
        return batch * out_channels * in_channels * kernel_size**2 * output_size**2

    def unpacked(out_channels, in_channels, kernel_size, output_size, batch=1):
        k_h, k_w = kernel_size
        return batch * out_channels * in_channels * k_h * k_w * output_size**2

    said = failure_of(checks.conv2d_macs, conv2d_macs).message
    which = "Here `kernel_size` and `output_size` are each"
    assert said.endswith(f"{which} a pair, rows and columns; it may be either.")
    said = failure_of(checks.conv2d_macs, unpacked).message
    assert said.endswith("are each one number; it may be either.")

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        top = x[:, :, stride - 1 : x.shape[2] + 2 * padding]
        return right(x, weight, bias, stride, padding) if top.ndim else None

    assert (
        "Here `stride` and `padding` are each a pair" in failure_of(checks.conv2d, conv2d).message
    )


EARLIER = """
import numpy as np
def conv_output_size(input_size, kernel_size, stride=1, padding=0):
    return np.float64((input_size + 2 * padding - kernel_size) / stride + 1)
def sizes(x, weight, stride, padding):
    return conv_output_size(x.shape[2], weight.shape[2], stride, padding)
def conv2d(x, weight, bias=None, stride=1, padding=0):
    return np.zeros((len(x), len(weight), sizes(x, weight, stride, padding), 1))
"""


def test_an_earlier_function_that_is_wrong_is_named():
    cell = {"__name__": "__main__"}
    exec(EARLIER, cell)
    said = failure_of(checks.conv2d, cell["conv2d"]).message
    assert said.splitlines()[1].startswith(
        "It calls your `conv_output_size`, which doesn't pass the check of exercise 1.4: wrong "
        "type. This looks like float-"
    )
    assert "Hint" not in said
    for right_one in ("(input_size + 2 * padding - kernel_size) // stride + 1", "no_such_thing"):
        cell["conv_output_size"] = eval(
            f"lambda input_size, kernel_size, stride=1, padding=0: {right_one}", cell
        )
        assert "It calls" not in failure_of(checks.conv2d, cell["conv2d"]).message


def test_layers_are_told_by_their_shapes():
    def mobilenet_v2(x, layers, blocks):
        return 0

    with pytest.raises(checks.CheckFailed) as failed:
        checks.mobilenet_v2(mobilenet_v2)
    said = " ".join(failed.value.message.split())
    assert "layers of stem (4, 3, 3, 3) and (4,), blocks.0.depthwise (4, 1, 3, 3) and (4,)" in said
    assert "array(" not in said


def test_a_case_of_tuples_of_arrays_is_tried_again_with_other_numbers():
    """Or a function that remembers its answers by shape would pass."""
    *_, again, refilled, _ = checks.bottleneck.tries(strict=False)
    assert refilled.says == f"{again.says}, other numbers"
    assert again.form() == refilled.form()
    assert not np.array_equal(again.arguments[2][0], refilled.arguments[2][0])
