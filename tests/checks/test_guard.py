"""Ready-made convolutions, noticed whatever they are called and whoever calls them."""

import _thread
import cProfile
import functools
import importlib
import operator
import pstats
import subprocess
import sys
import threading
import trace
from contextlib import nullcontext

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
import torch
from scipy.ndimage import correlate as filtered
from scipy.signal import convolve2d as totally_my_own
from torch._C import _len_torch_dispatch_stack
from torch.nn.functional import conv2d as my_conv2d

import dwsep_helpers
from dwsep_helpers import checks, cost, kernels, papers
from dwsep_helpers.checks.guard import Refused, watch

IMAGE, KERNEL = np.arange(30.0).reshape(5, 6), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
X, WEIGHT = IMAGE[None, None], KERNEL[None, None]
TX, TWEIGHT = torch.from_numpy(X), torch.from_numpy(WEIGHT)
LAYER = torch.nn.Conv2d(1, 1, (3, 2), dtype=torch.float64)
JOB = functools.partial(torch.conv2d, TX, TWEIGHT)


def helper(image, kernel):
    return totally_my_own(image, kernel, mode="valid")


class Hidden:
    def __call__(self, image, kernel):
        return [operator.methodcaller("conv2d", image, kernel)(kernels)]


SHORTCUTS = {
    "the course's kernel": (lambda: dwsep_helpers.conv2d(X, WEIGHT), "dwsep_helpers.conv2d"),
    "by module": (lambda: kernels.depthwise_conv2d(X, WEIGHT), "dwsep_helpers.depthwise_conv2d"),
    "in an object": (lambda: Hidden()(X, WEIGHT), "dwsep_helpers.conv2d"),
    "torch, renamed": (lambda: my_conv2d(TX, TWEIGHT), "torch.conv2d"),
    "torch, in a partial": (lambda: JOB(), "torch.ops.aten.convolution"),
    "torch, mapped": (
        lambda: list(map(torch.conv2d, [TX], [TWEIGHT])),
        "torch.ops.aten.convolution",
    ),
    "torch, getattr": (lambda: getattr(torch, "conv" + "2d")(TX, TWEIGHT), "torch.conv2d"),
    "torch, the layer": (lambda: LAYER(TX), "torch.nn.Conv2d"),
    "torch, transposed": (
        lambda: torch.nn.functional.conv_transpose2d(TX, TWEIGHT),
        "torch.conv_transpose2d",
    ),
    "torch, the operator": (
        lambda: torch.ops.aten.convolution(
            TX, TWEIGHT, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1
        ),
        "torch.convolution",
    ),
    "torch, without gradients": (
        torch.inference_mode()(lambda: JOB()),
        "torch.ops.aten.conv2d",
    ),
    "scipy, renamed": (lambda: totally_my_own(IMAGE, KERNEL), "scipy.signal.convolve2d"),
    "scipy, in a helper": (lambda: helper(IMAGE, KERNEL), "scipy.signal.convolve2d"),
    "scipy, mapped": (
        lambda: list(map(totally_my_own, [IMAGE], [KERNEL])),
        "scipy.signal.convolve2d",
    ),
    "scipy.ndimage": (lambda: filtered(IMAGE, KERNEL), "scipy.ndimage.correlate"),
    "imported inside": (
        lambda: importlib.import_module("scipy.signal").fftconvolve(IMAGE, KERNEL),
        "scipy.signal.fftconvolve",
    ),
    **{
        f"scipy.{module.__name__[6:]}.{name}": (
            functools.partial(getattr(module, name), IMAGE, KERNEL),
            f"{module.__name__}.{name}",
        )
        for module, names in {
            scipy.signal: ["convolve", "correlate", "correlate2d", "oaconvolve"],
            scipy.ndimage: ["convolve"],
        }.items()
        for name in names
    },
    "generic_filter": (
        lambda: scipy.ndimage.generic_filter(IMAGE, np.sum, (3, 2)),
        "scipy.ndimage.generic_filter",
    ),
    "gaussian_filter": (
        lambda: scipy.ndimage.gaussian_filter(IMAGE, 1),
        "scipy.ndimage.correlate1d",
    ),
}


@pytest.mark.parametrize("way", SHORTCUTS)
def test_a_shortcut_is_named_once_by_its_public_name(way):
    call, name = SHORTCUTS[way]
    with watch() as shortcuts:
        call()
        call()
    assert shortcuts == [name]


@pytest.mark.parametrize("way", SHORTCUTS)
def test_a_shortcut_that_is_allowed_is_not_named(way):
    call, name = SHORTCUTS[way]
    with watch(allow={name.partition(".")[0]}) as shortcuts:
        call()
    assert shortcuts == []


def test_several_shortcuts_come_in_the_order_of_their_calls():
    with watch() as shortcuts:
        helper(IMAGE, KERNEL)
        my_conv2d(TX, TWEIGHT)
        dwsep_helpers.conv2d(X, WEIGHT)
        JOB()
    assert shortcuts == [
        "scipy.signal.convolve2d",
        "torch.conv2d",
        "dwsep_helpers.conv2d",
        "torch.ops.aten.convolution",
    ]


def conv2d(image, kernel):
    """Multiply and add, under a name that libraries use, too."""
    (H, W), (K_h, K_w) = image.shape, kernel.shape
    return np.array(
        [
            [np.sum(image[h : h + K_h, w : w + K_w] * kernel) for w in range(W - K_w + 1)]
            for h in range(H - K_h + 1)
        ]
    )


HONEST = {
    "loops": lambda: conv2d(IMAGE, KERNEL),
    "np.convolve, one axis": lambda: [np.convolve(row, KERNEL[0]) for row in IMAGE],
    "np.correlate, one axis": lambda: [np.correlate(row, KERNEL[0]) for row in IMAGE],
    "np.corrcoef": lambda: np.corrcoef(IMAGE),
    "einsum": lambda: np.einsum(
        "hwab,ab->hw", np.lib.stride_tricks.sliding_window_view(IMAGE, (3, 2)), KERNEL
    ),
    "fft": lambda: np.fft.irfft2(np.fft.rfft2(IMAGE)),
    "torch arithmetic": lambda: TWEIGHT.reshape(1, 6) @ torch.nn.functional.unfold(TX, (3, 2)),
    "making a layer": lambda: torch.nn.Conv2d(1, 2, 3),
}


@pytest.mark.parametrize("way", HONEST)
def test_honest_work_is_not_noticed(way):
    with watch() as shortcuts:
        HONEST[way]()
    assert shortcuts == []


def test_results_are_the_same_watched_or_not():
    with watch():
        watched = helper(IMAGE, KERNEL), my_conv2d(TX, TWEIGHT).numpy()[0, 0]
    np.testing.assert_array_equal(watched[0], totally_my_own(IMAGE, KERNEL, mode="valid"))
    np.testing.assert_array_equal(watched[1], conv2d(IMAGE, KERNEL))


def test_a_shortcut_that_raises_is_noticed_and_so_is_the_next():
    with watch() as shortcuts:
        with pytest.raises(ValueError, match="2-D"):
            totally_my_own([1.0], [1.0])
        with pytest.raises(RuntimeError):
            my_conv2d(TX, TX[0, 0, 0])
        dwsep_helpers.conv2d(X, WEIGHT)
    assert shortcuts == ["scipy.signal.convolve2d", "torch.conv2d", "dwsep_helpers.conv2d"]


def test_a_thread_is_watched_and_a_finished_watch_is_blind():
    with watch() as shortcuts:
        thread = threading.Thread(target=helper, args=(IMAGE, KERNEL))
        thread.start()
        thread.join()
    helper(IMAGE, KERNEL)
    my_conv2d(TX, TWEIGHT)
    assert shortcuts == ["scipy.signal.convolve2d"]


def in_a_thread_without_profile():
    done = threading.Event()
    _thread.start_new_thread(lambda: (helper(IMAGE, KERNEL), done.set()), ())
    done.wait()


class WithoutBeginning(threading.Thread):
    """A thread that leaves out what threading does first."""

    def _bootstrap(self):
        helper(IMAGE, KERNEL)
        self._started.set()


def in_a_thread_of_its_own_kind():
    WithoutBeginning().start()


@pytest.mark.parametrize("way", [in_a_thread_without_profile, in_a_thread_of_its_own_kind])
def test_a_thread_that_nobody_sees_is_named(way):
    with watch() as shortcuts:
        way()
    assert shortcuts == ["_thread.start_new_thread"]


# Once there was another interpreter, torch refuses to differentiate in this process.
OTHER_INTERPRETERS = {
    "Python's own": """
try:
    import _interpreters as inside
except ModuleNotFoundError:  # before Python 3.13
    import _xxsubinterpreters as inside
made = inside.create()  # as in a cell, long before
def run():
    inside.run_string(made, "pass")
ran = f"{inside.__name__}.run_string"
""",
    "that of its tests": """
import _testcapi
def run():
    _testcapi.run_in_subinterp("pass")
ran = "_testcapi.run_in_subinterp"
""",
}
WATCHED = """
from dwsep_helpers.checks.guard import watch
with watch() as shortcuts:
    run()
assert shortcuts == [ran], shortcuts
"""


@pytest.mark.parametrize("kind", OTHER_INTERPRETERS)
def test_another_interpreter_that_nobody_sees_is_named(kind):
    if "_testcapi" in OTHER_INTERPRETERS[kind]:
        pytest.importorskip("_testcapi", reason="this Python comes without its own tests")
    subprocess.run([sys.executable, "-c", OTHER_INTERPRETERS[kind] + WATCHED], check=True)


def test_a_function_of_cs_keeps_the_name_that_it_is_known_by(monkeypatch):
    monkeypatch.setattr(_thread.start_new_thread, "__module__", ["elsewhere"])
    with watch() as shortcuts:
        in_a_thread_without_profile()
    assert shortcuts == ["_thread.start_new_thread"]


def test_running_code_in_this_interpreter_is_no_shortcut():
    with watch() as shortcuts:
        exec("done = 1", {})
        operator.call(int, "1")
    assert shortcuts == []


def test_a_thread_is_watched_whatever_became_of_threadings_profile(monkeypatch):
    with watch() as shortcuts:
        monkeypatch.setattr(threading, "_profile_hook", None)
        thread = threading.Thread(target=helper, args=(IMAGE, KERNEL))
        thread.start()
        thread.join()
    assert shortcuts == ["scipy.signal.convolve2d"]


def test_a_watch_in_a_watch_hides_nothing_from_the_outer_one():
    with watch() as outer:
        helper(IMAGE, KERNEL)
        with watch(allow={"dwsep_helpers"}) as inner:
            filtered(IMAGE, KERNEL)
            dwsep_helpers.conv2d(X, WEIGHT)
    assert inner == ["scipy.ndimage.correlate"]
    assert outer == ["scipy.signal.convolve2d", "scipy.ndimage.correlate", "dwsep_helpers.conv2d"]


COMPUTING = {
    "a formula": (lambda: cost.conv2d_macs(2, 1, 2, 3), "dwsep_helpers.cost.conv2d_macs"),
    "a method": (
        lambda: papers.MOBILENET_V1.thinner(0.5),
        "dwsep_helpers.papers.Layers",
    ),
    "a property": (
        lambda: papers.LATENCIES[0].giga_macs_per_second,
        "dwsep_helpers.papers.Latency",
    ),
    "a reference": (lambda: checks.conv2d.reference(X, WEIGHT), "dwsep_helpers.conv2d"),
    "a mistake that is none": (
        lambda: checks.convolve2d.mistakes[0].function(IMAGE, KERNEL),
        "dwsep_helpers.checks.unit_01.correlate2d.correlate",
    ),
    "a private function": (
        lambda: sys.modules["dwsep_helpers.checks.unit_01.correlate_channels"]._correlate(
            IMAGE[None], KERNEL[None]
        ),
        "dwsep_helpers.checks.unit_01.correlate_channels._correlate",
    ),
}


@pytest.mark.parametrize("way", COMPUTING)
def test_whatever_computes_in_this_package_is_noticed_and_refused(way):
    call, name = COMPUTING[way]
    with watch() as shortcuts:
        call()
    assert shortcuts == [name]
    with pytest.raises(Refused, match=name), watch(only=()):
        call()
    # What is handed on to be called by another name is welcome by its own.
    with watch(only=[name, "dwsep_helpers.checks.recipes.*"]) as shortcuts:
        call()
    assert shortcuts == []


def test_where_torchs_convolution_is_welcome_no_operator_is_looked_at():
    with watch(only=()) as shortcuts:
        JOB()
    assert shortcuts == ["torch.ops.aten.convolution"]
    with watch(only=["torch.*convolution"]) as shortcuts:
        JOB()
        assert _len_torch_dispatch_stack() == 0
    assert shortcuts == []
    with watch(only=["torch.*convolution"]) as shortcuts:
        torch.nn.functional.conv_transpose2d(TX, TWEIGHT)
    assert shortcuts == ["torch.conv_transpose2d"]


def test_plain_values_may_be_made_and_read():
    with watch(only=()) as shortcuts:
        layer = papers.Layer("linear", 3, 4)._replace(stride=2)
        value = cost.Cost(1, 2, 3, 4, 5)
        assert (layer.stride, value.macs, papers.TOP_1[1.0, 224]) == (2, 1, 70.9)
        assert papers.MOBILENET_V1[1].out_channels == 64
    assert shortcuts == []


def test_modules_of_this_package_may_be_imported_inside():
    script = """
from dwsep_helpers.checks.guard import watch
with watch(only=()) as shortcuts:
    import dwsep_helpers.hardware.tflite, dwsep_helpers.checks, dwsep_helpers.mobilenet.networks
print(shortcuts)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_a_profiler_that_would_look_away_is_noticed():
    profile = cProfile.Profile()
    with watch() as shortcuts:
        profile.enable()
        profile.disable()
    new = sys.version_info >= (3, 12)
    assert shortcuts == ["sys.monitoring.register_callback" if new else "sys.setprofile"]


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, None])
def test_the_profile_functions_are_back_after_a_result_or_an_error(error):
    def profiler(frame, event, arg):
        return None

    before, before_in_threads = sys.getprofile(), threading.getprofile()
    sys.setprofile(profiler)
    threading.setprofile(profiler)
    try:
        with pytest.raises(error) if error else nullcontext(), watch():
            if error:
                raise error
        after, after_in_threads = sys.getprofile(), threading.getprofile()
    finally:
        sys.setprofile(before)
        threading.setprofile(before_in_threads)
    assert after is profiler
    assert after_in_threads is profiler


def test_a_profile_of_a_whole_cell_goes_on_after_the_watch():
    profile = cProfile.Profile()
    profile.enable()
    try:
        with watch() as shortcuts:
            helper(IMAGE, KERNEL)
        conv2d(IMAGE, KERNEL)
    finally:
        profile.disable()
    assert shortcuts == ["scipy.signal.convolve2d"]
    assert "conv2d" in {name for _, _, name in pstats.Stats(profile).stats}


def test_a_debuggers_trace_function_waits():
    """What it calls at a line may be a learner's, and nothing would be seen of that."""

    def counted(tracer, function):
        code = function.__code__
        lines = {line for *_, line in code.co_lines()}
        return lines & {line for file, line in tracer.counts if file == code.co_filename}

    def convolve(image, kernel):
        return helper(image, kernel)

    tracer = trace.Trace(count=True, trace=False)
    before = sys.gettrace()
    sys.settrace(tracer.globaltrace)
    try:
        with watch() as shortcuts:
            conv2d(IMAGE, KERNEL)
            helper(IMAGE, KERNEL)
        assert sys.gettrace() == tracer.globaltrace
        convolve(IMAGE, KERNEL)
    finally:
        sys.settrace(before)
    assert not counted(tracer, conv2d)
    assert counted(tracer, convolve)
    assert shortcuts == ["scipy.signal.convolve2d"]


def test_a_learners_trace_function_waits():
    seen = []

    def tracer(frame, event, arg):
        seen.append(frame.f_code)

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        with watch() as shortcuts:
            conv2d(IMAGE, KERNEL)
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)
    assert shortcuts == []
    assert conv2d.__code__ not in seen


def test_a_library_first_imported_inside_is_watched_and_its_import_is_not():
    script = """
import functools, sys
from dwsep_helpers.checks.guard import watch

with watch() as shortcuts:
    pass
print("torch" in sys.modules)
with watch() as shortcuts:
    import scipy.ndimage, scipy.signal, torch
    print(shortcuts)
    ones = torch.ones(1, 1, 4, 4)
    functools.partial(torch.conv2d, ones)(ones)
print(shortcuts)
# torch's compiler would take seconds to import.
print("torch._dynamo" in sys.modules)
"""
    command = [sys.executable, "-W", "error", "-c", script]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["False", "[]", "['torch.ops.aten.convolution']", "False"]


MANY_THREADS = """
import sys, threading, time
from dwsep_helpers.checks import guard, tracing
sys.setswitchinterval(1e-5)
lost, ran, started, found, end = [], [], [], [], time.monotonic() + 3
threading.excepthook = sys.unraisablehook = lambda about: lost.append(about.exc_value)

def begin():
    while time.monotonic() < end:
        threads = [threading.Thread(target=lambda: ran.append(sum(range(50)))) for _ in range(4)]
        for thread in threads:
            thread.start()
            started.append(thread)
        for thread in threads:
            thread.join()

guard.watch_threads()
beside = [threading.Thread(target=begin) for _ in range(2)]
for thread in beside:
    thread.start()
while time.monotonic() < end:
    with LOOK as seen:
        found += seen or []
        sum(range(50))
with LOOK:
    end = time.monotonic() + 2
    begin()
for thread in beside:
    thread.join()
print(lost, len(started) - len(ran), found)
"""


@pytest.mark.parametrize(
    "look", ["guard.watch(only=())", "tracing.traced(lambda *_: None, lambda _: True)"]
)
def test_threads_that_start_at_once_all_run(look):
    """CPython 3.11 refuses one of two that set a function at once: a thread, or the look itself."""
    script = MANY_THREADS.replace("LOOK", look)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "[] 0 []\n", done.stderr
