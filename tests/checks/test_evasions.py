"""Answers that hide from the watch what computes them: each earns nothing, here and elsewhere."""

import bdb
import builtins
import contextlib
import copy
import cProfile
import ctypes
import functools
import importlib
import subprocess
import sys
import threading
import types
import warnings
from unittest import mock

import numpy as np
import pytest
import torch
from test_settled import outcomes
from torch import nn

from dwsep_helpers import checks, kernels, mobilenet
from dwsep_helpers.checks import guard, ready_made

CONV2D = kernels.conv2d


def by_an_endless_recursion():
    def deeper():
        deeper()

    with contextlib.suppress(RecursionError):
        deeper()


def by_a_module_without_a_name():
    made = {"__name__": 5}
    exec("def odd(): pass", made)
    made["odd"]()


def by_c_code():
    list(map(sys.setprofile, [None]))


def by_pythons_own_interface():
    ctypes.pythonapi.PyEval_SetProfile(None, None)


def by_another_profiler():
    profile = cProfile.Profile()
    profile.enable()
    profile.disable()


SWITCHES = [by_an_endless_recursion, by_c_code, by_pythons_own_interface]
if sys.version_info < (3, 12):  # later ones take nobody's place
    SWITCHES.append(by_another_profiler)


def and_back(switch):
    """Switch the profile function off, compute, and switch it on again."""

    def conv2d(*given, **options):
        profile = sys.getprofile()
        switch()
        answer = CONV2D(*given, **options)
        sys.setprofile(profile)
        return answer

    return conv2d


def in_a_trace_function(*given, **options):
    found = []

    def trace(frame, event, argument):
        sys.settrace(None)
        found.append(CONV2D(*given, **options))

    sys.settrace(trace)
    (lambda: None)()
    return found[0]


def in_a_trace_function_of_a_thread(*given, **options):
    found = []

    def trace(frame, event, argument):
        if not found:
            found.append(None)
            found[0] = CONV2D(*given, **options)

    before = threading.gettrace()
    threading.settrace(trace)
    try:
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()
    finally:
        threading.settrace(before)
    return found[0]


class WithAClass:
    """Computes where Python asks what class it is."""

    def __init__(self, compute):
        self.compute = compute
        self.answer = None

    @property
    def __class__(self):
        if self.answer is None and sys.getprofile() is None:
            self.answer = self.compute()
        return WithAClass

    def __array__(self, *_, **__):
        return self.answer


def where_its_class_is_asked_for(*given, **options):
    return WithAClass(functools.partial(CONV2D, *given, **options))


def zeros_for(x, weight, stride=1, padding=0):
    sizes = zip(x.shape[2:], weight.shape[2:], np.broadcast_to(stride, 2), strict=True)
    pads = np.broadcast_to(padding, 2)
    after = [(n + 2 * p - k) // s + 1 for (n, k, s), p in zip(sizes, pads, strict=True)]
    return np.zeros((len(x), len(weight), *after))


def fill_the_answer(compute):
    frame = sys._getframe(1)
    while "answer" not in frame.f_locals or frame.f_locals["answer"] is None:
        frame = frame.f_back
    frame.f_locals["answer"][...] = compute()
    return ""


def where_a_warning_is_worded(x, weight, bias=None, stride=1, padding=0):
    compute = functools.partial(CONV2D, x, weight, bias, stride=stride, padding=padding)

    class Late(UserWarning):
        def __str__(self):
            return fill_the_answer(compute)

    warnings.warn(Late(), stacklevel=1)
    return zeros_for(x, weight, stride, padding)


def where_prints_are_read(x, weight, bias=None, stride=1, padding=0):
    compute = functools.partial(CONV2D, x, weight, bias, stride=stride, padding=padding)
    sys.stdout.getvalue = lambda: fill_the_answer(compute)
    return zeros_for(x, weight, stride, padding)


def computed_by(compute, *given, **options):
    """Have C code compute, where a function of the course asks an argument for its value."""
    found = []
    calls = map(functools.partial(compute, **options), *([one] for one in given))
    index = functools.partial(next, map(found.append, calls))
    with pytest.raises(TypeError):
        kernels.conv_output_size(type("Late", (), {"__index__": index})(), 1)
    return found[0]


def inside_a_welcome_function(compute):
    return functools.partial(computed_by, compute)


def while_a_module_is_imported(*given, **options):
    found, importing = [], importlib.__import__

    def hook(*names, **more):
        if not found:
            found.append(CONV2D(*given, **options))
        return importing(*names, **more)

    before, builtins.__import__ = builtins.__import__, hook
    try:
        importlib.reload(sys.modules["dwsep_helpers.wrapping"])
    finally:
        builtins.__import__ = before
    return found[0]


def by_the_code_alone(*given, **options):
    made = {**vars(sys.modules[CONV2D.__module__]), "__name__": "numpy"}
    code, defaults = CONV2D.__code__.replace(co_name="mine"), CONV2D.__defaults__
    mine = types.FunctionType(code, made, "mine", defaults)
    mine.__kwdefaults__ = CONV2D.__kwdefaults__
    return mine(*given, **options)


def called_by(file):
    return sys._getframe(2).f_code.co_filename == file


def a_module_whose_name_is_asked(compute):
    class Name(str):
        def partition(self, _):
            compute()
            return "odd", "", ""

    made = {"__name__": Name("odd")}
    exec("def odd(): pass", made)
    made["odd"]()


def a_name_that_is_looked_up(compute):
    class Key(str):
        __hash__ = str.__hash__

        def __eq__(self, other):
            if called_by(guard.__file__):
                compute()
            return str.__eq__(self, other)

    made = {Key("__name__"): "odd"}
    exec("def odd(): pass", made)
    made["odd"]()


def names_that_are_asked_for_one(compute):
    exec("pass", type("Names", (dict,), {"get": lambda *_: compute()})())


def a_name_that_is_compared(compute):
    exec("pass", {"__name__": type("Name", (), {"__eq__": lambda *_: compute()})()})


def a_file_that_is_asked(compute):
    def odd():
        pass

    class File(str):
        def startswith(self, *_):
            compute()
            return False

    odd.__code__ = odd.__code__.replace(co_filename=File("odd"))
    odd()


def a_thread_that_is_asked(compute):
    class Odd(threading.Thread):
        @property
        def _bootstrap(self):
            if called_by(guard.__file__):
                compute()
            return super()._bootstrap

    thread = Odd(target=lambda: None)
    thread.start()
    thread.join()


ASKED = (
    a_module_whose_name_is_asked,
    a_name_that_is_looked_up,
    names_that_are_asked_for_one,
    a_name_that_is_compared,
    a_file_that_is_asked,
    a_thread_that_is_asked,
)


def by_what_the_watch_asks(odd):
    """Compute where the watch itself looks at something of a learner's, and nobody at the watch."""

    def conv2d(*given, **options):
        found = []

        def compute():
            if not found:
                found.append(None)
                found[0] = CONV2D(*given, **options)

        odd(compute)
        return found[0]

    return conv2d


HIDDEN = {
    **{switch.__name__: and_back(switch) for switch in SWITCHES},
    "by a module without a name": lambda *given, **options: (
        by_a_module_without_a_name(),
        CONV2D(*given, **options),
    )[1],
    "in a trace function": in_a_trace_function,
    "in a trace function of a thread": in_a_trace_function_of_a_thread,
    "where its class is asked for": where_its_class_is_asked_for,
    "where a warning is worded": where_a_warning_is_worded,
    "where prints are read": where_prints_are_read,
    "inside a welcome function": inside_a_welcome_function(CONV2D),
    "while a module is imported": while_a_module_is_imported,
    "by its code alone": by_the_code_alone,
    **{odd.__name__: by_what_the_watch_asks(odd) for odd in ASKED},
}


@pytest.mark.parametrize("way", HIDDEN)
def test_what_hides_from_the_watch_earns_nothing(way):
    assert "passed" not in outcomes(checks.conv2d, HIDDEN[way])


def as_it_is(function):
    return function


def called_a_guard(function):
    function.__module__ = guard.__name__
    return function


def in_a_method(function):
    return types.MethodType(functools.partial(lambda _, *event: function(*event)), 1)


def in_a_class(function):
    return type("Odd", (), {"__call__": functools.partial(function)})()


def asked_for_its_function(function):
    class Odd:
        def __call__(self, *event):
            function(*event)

        @property
        def __func__(self):
            function()
            return threading.Thread.run

    return Odd()


def in_a_debugger(function):
    class Odd(bdb.Bdb):
        def dispatch_call(self, frame, argument):
            function()

    debugger = Odd()
    debugger.reset()
    return debugger.trace_dispatch


def in_a_mock(function):
    return mock.Mock(side_effect=function)


def monitor(callback):
    """Have a function called at each line, as Python 3.12 and later can; None ends it."""
    tool, events = 3, sys.monitoring.events
    if callback:
        sys.monitoring.use_tool_id(tool, "odd")
    sys.monitoring.register_callback(tool, events.LINE, callback)
    sys.monitoring.set_events(tool, events.LINE if callback else events.NO_EVENTS)
    if not callback:
        sys.monitoring.free_tool_id(tool)


TOLD = [as_it_is, called_a_guard, functools.partial, in_a_method, in_a_class]
TOLD += [asked_for_its_function, in_a_debugger, in_a_mock]
SETS = {"profile": sys.setprofile, "trace": sys.settrace, "thread": threading.settrace}
SETS |= {"monitoring": monitor} if sys.version_info >= (3, 12) else {}


TOLD_WHERE = [(switch, made) for switch in SETS for made in TOLD]
with contextlib.suppress(ValueError):
    TOLD_WHERE.remove(("monitoring", in_a_debugger))  # which wants other arguments


@pytest.mark.parametrize(("switch", "made"), TOLD_WHERE)
def test_what_python_tells_of_calls_computes_nothing(switch, made):
    """What Python calls for each call is asked unwatched; it was there before the check."""
    wanted = []

    def hear(*_):
        while wanted:
            wanted.pop()()

    def conv2d(*given, **options):
        found = []
        wanted.append(lambda: found.append(CONV2D(*given, **options)))
        thread = threading.Thread(target=len, args=("",))
        thread.start()
        thread.join()
        return found[0]

    gets = {"profile": sys.getprofile, "trace": sys.gettrace, "thread": threading.gettrace}
    before = gets.get(switch, lambda: None)()
    SETS[switch](made(hear))
    try:
        found = outcomes(checks.conv2d, conv2d)
    finally:
        SETS[switch](before)
        wanted.clear()
    assert "passed" not in found


def fold_by_linear_layers(conv, norm):
    from torch.nn.utils.fusion import fuse_linear_bn_weights

    statistics = norm.running_mean, norm.running_var, norm.eps, norm.weight, norm.bias
    weight, bias = fuse_linear_bn_weights(conv.weight.flatten(1), conv.bias, *statistics)
    made = copy.deepcopy(conv)
    made.weight = nn.Parameter(weight.detach().reshape(conv.weight.shape))
    made.bias = nn.Parameter(bias.detach())
    return made


def fold_by_freezing(conv, norm):
    both = nn.Sequential(copy.deepcopy(conv), copy.deepcopy(norm)).eval()
    made = copy.deepcopy(conv)
    for node in torch.jit.freeze(torch.jit.script(both)).graph.nodes():
        if node.kind() == "prim::Constant" and node.output().type().kind() == "TensorType":
            tensor = nn.Parameter(node.t("value").clone())
            setattr(made, "weight" if tensor.ndim == 4 else "bias", tensor)
    return made


class Asked:
    """Has torch call a function of the course."""

    def __init__(self, *given):
        self.given = given

    def __torch_function__(self, *_):
        return mobilenet.fold_batch_norm(*self.given)


def fold_inside_a_convolution(conv, norm):
    return nn.Conv2d._conv_forward(nn.Conv2d(1, 1, 1), Asked(conv, norm), Asked(conv, norm), None)


FOLDS = [fold_by_linear_layers, fold_by_freezing, fold_inside_a_convolution]


@pytest.mark.parametrize("fold", FOLDS)
def test_a_fold_that_others_compute_earns_nothing(fold):
    assert "passed" not in outcomes(checks.fold_batch_norm, fold)


def test_a_block_of_the_courses_is_no_answer_wherever_it_was_made():
    sizes = [
        case.arguments + tuple(case.options.values())
        for strict in (False, True)
        for case in checks.separable_block.tries(strict=strict)
    ]
    made = {size: mobilenet.DepthwiseSeparableConv2d(*size) for size in sizes}

    def separable_block(in_channels, out_channels, stride=1):
        found = made.get((in_channels, out_channels, stride)) or made[in_channels, out_channels]
        return copy.deepcopy(found)

    assert outcomes(checks.separable_block, separable_block) == {"used a forbidden shortcut"}


@pytest.mark.parametrize("says", [guard.unwatched, guard.calls_ours, guard.calls_learners])
def test_nobody_else_says_what_goes_unwatched(says):
    with pytest.raises(RuntimeError, match="only dwsep_helpers"):
        says(CONV2D)
    with pytest.raises(RuntimeError, match="only dwsep_helpers"):
        ready_made.has_no_answers(CONV2D.__code__.co_filename)


def test_a_hook_that_python_asks_unwatched_is_noticed():
    script = """
import sys
from dwsep_helpers import checks, kernels
found = []
def hook(event, given):
    if event == "compute":
        found.append(kernels.conv2d(*given[0], **given[1]))
sys.addaudithook(hook)
def conv2d(*given, **options):
    sys.audit("compute", given, options)
    return found[-1]
try:
    checks.conv2d(conv2d)
except checks.CheckFailed as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "ran `sys.addaudithook`" in run.stdout
