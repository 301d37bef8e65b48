"""Lines of the learner's code, counted while it runs."""

import builtins
import contextlib
import functools
import importlib
import inspect
import itertools
import math
import operator
import os
import sys
import threading
import trace
from concurrent.futures import Executor
from functools import reduce

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from dwsep_helpers.checks.lines import executed_lines, is_library, is_of_a_library
from dwsep_helpers.checks.tracing import NotTracedError
from dwsep_helpers.hardware import measure

SMALL, LARGE = np.ones((5, 6)), np.ones((15, 20))
KERNEL = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def for_loop(image):
    total = 0.0
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            total += image[row, column]
    return total


def for_loop_on_one_line(image):
    total = 0.0
    for value in image.ravel(): total += value  # noqa: E701 # fmt: skip
    return total


def while_loop(image):
    i = 0
    while i < image.size:
        i += 1


def while_loop_on_one_line(image):
    i = 0
    while i < image.size: i += 1  # noqa: E701 # fmt: skip


def recursion(image, i=0):
    return 0.0 if i == image.size else image.flat[i] + recursion(image, i + 1)


def nditer(image):
    total = 0.0
    for value in np.nditer(image):
        total += float(value)
    return total


def itertools_product(image):
    from itertools import product

    return [image[place] for place in product(*map(range, image.shape))]


def in_a_thread(image):
    thread = threading.Thread(target=for_loop, args=(image,))
    thread.start()
    thread.join()


def in_generated_code(image):
    exec("for value in image.ravel(): pass", {"image": image})


PIXEL = np.ones(6)
DOT = np.ones((3, 6)).dot


def pixels(image):
    return np.repeat(image.reshape(-1, 1), 6, axis=1)


def with_a_name_of_its_own(image, each=None):
    each = map
    return [*each(DOT, pixels(image))]


def imported_inside(image):
    from itertools import starmap
    from operator import mul

    return list(starmap(mul, zip(image.ravel(), image.ravel(), strict=True)))


def builtins_imported_inside(image):
    import builtins as python

    return [*python.map(DOT, pixels(image))]


def by_rows(image):
    """Add up rows, of which there are as many as in the image."""
    return sum(image)


# Python sees one line of each of these.
HIDDEN = {
    "map of a method": lambda image: np.array(list(map(DOT, pixels(image)))),
    "map into fromiter": lambda image: np.fromiter(map(PIXEL.dot, pixels(image)), float),
    "map of a partial": lambda image: [
        *map(functools.partial(np.tensordot, PIXEL, axes=1), pixels(image))
    ],
    "map of an operator": lambda image: [*map(operator.mul, image.flat, image.flat)],
    "map of a ufunc": lambda image: np.stack([*map(np.multiply, image, image)]),
    "map of two": lambda image: [*map(np.dot, itertools.repeat(PIXEL), pixels(image))],
    "map under another name": with_a_name_of_its_own,
    "sum of a map": lambda image: sum(map(PIXEL.dot, pixels(image))),
    "sum of rows": by_rows,
    "sum of a list": lambda image: sum(image.ravel().tolist()),
    "starmap": imported_inside,
    "accumulate": lambda image: [*itertools.accumulate(image.ravel().tolist())],
    "reduce": lambda image: functools.reduce(np.add, image),
    "reduce by its own name": lambda image: reduce(operator.add, image.ravel().tolist()),
    "filter": lambda image: [*filter(np.isfinite, image.flat)],
    "takewhile": lambda image: [*itertools.takewhile(np.isfinite, image.flat)],
    "filterfalse": lambda image: [*itertools.filterfalse(np.isnan, image.flat)],
    "map of builtins": lambda image: [*builtins.map(DOT, pixels(image))],
    "sum of builtins": lambda image: builtins.sum(image.ravel().tolist()),
    "map by its name": lambda image: [*getattr(builtins, "map")(DOT, pixels(image))],  # noqa: B009
    "builtins imported inside": builtins_imported_inside,
    "vectorize by keyword": lambda image: np.vectorize(pyfunc=math.sqrt)(image),
    "apply_along_axis of a method": lambda image: np.apply_along_axis(DOT, 1, pixels(image)),
    "vectorize of a method": lambda image: np.vectorize(DOT, signature="(c)->(f)")(pixels(image)),
    "vectorize of a function in C": lambda image: np.vectorize(math.sqrt)(image),
    "frompyfunc of a function in C": lambda image: np.frompyfunc(operator.mul, 2, 1)(image, 3),
}

OVER_PIXELS = {
    "for": for_loop,
    "for on one line": for_loop_on_one_line,
    "while": while_loop,
    "while on one line": while_loop_on_one_line,
    "recursion": recursion,
    "nditer": nditer,
    "itertools.product": itertools_product,
    "thread": in_a_thread,
    "exec": in_generated_code,
    "list comprehension": lambda image: [value for value in image.ravel()],
    "nested comprehension": lambda image: [[value for value in row] for row in image],
    "set comprehension": lambda image: {value + 1 for value in image.ravel()},
    "dict comprehension": lambda image: {i: v for i, v in enumerate(image.flat)},
    "generator expression": lambda image: sum(2 * value for value in image.ravel()),
    "map of a lambda": lambda image: list(map(lambda value: 2 * value, image.flat)),
    "vectorize": lambda image: np.vectorize(lambda value: 2 * value)(image),
    "frompyfunc": lambda image: np.frompyfunc(lambda value: 2 * value, 1, 1)(image),
    "fromiter": lambda image: np.fromiter((2 * value for value in image.flat), float),
    "ndenumerate": lambda image: {place: value for place, value in np.ndenumerate(image)},
    "ndindex": lambda image: sum(image[place] for place in np.ndindex(image.shape)),
    "apply_along_axis": lambda image: np.apply_along_axis(lambda row: row.sum(), 1, image),
    "rows alone": lambda image: np.stack([2 * row for row in image]),
    **HIDDEN,
}


def over_offsets(image):
    (H, W), (K_h, K_w) = image.shape, KERNEL.shape
    y = np.zeros((H - K_h + 1, W - K_w + 1))
    for a in range(K_h):
        for b in range(K_w):
            y += image[a : a + y.shape[0], b : b + y.shape[1]] * KERNEL[a, b]
    return y


VECTORIZED = {
    "loop over kernel offsets": over_offsets,
    "einsum": lambda image: np.einsum(
        "hwab,ab->hw", sliding_window_view(image, KERNEL.shape), KERNEL
    ),
    "tensordot": lambda image: np.tensordot(sliding_window_view(image, KERNEL.shape), KERNEL, 2),
    "im2col": lambda image: (
        sliding_window_view(image, KERNEL.shape).reshape(-1, 6) @ KERNEL.ravel()
    ),
    "as_strided": lambda image: np.tensordot(
        as_strided(image, (*np.subtract(image.shape, 1), 2, 2), (*image.strides, *image.strides)),
        np.eye(2),
    ),
    "matmul": lambda image: pixels(image) @ np.ones((6, 3)),
    "map over sizes": lambda image: image.reshape(*map(int, image.shape), 1),
    "sum over offsets": lambda image: sum(
        image[a : a + len(image) - 1] * KERNEL[a, 0] for a in range(len(KERNEL))
    ),
    "reduce over offsets": lambda image: functools.reduce(
        np.add, map(np.multiply, (image[1:], image[:-1]), KERNEL[:, 0])
    ),
    "np.add.reduce": lambda image: np.add.reduce(image, axis=0),
    "library that maps": lambda image: np.block([[image, image], [image, image]]),
    "padded": lambda image: np.pad(image, 1).sum(),
    "fft": lambda image: np.fft.irfft2(np.fft.rfft2(image)),
}


@pytest.mark.parametrize("style", OVER_PIXELS)
def test_a_loop_over_pixels_runs_more_lines_on_a_larger_image(style):
    function = OVER_PIXELS[style]
    small, large = executed_lines(function, SMALL), executed_lines(function, LARGE)
    assert large - small >= LARGE.shape[0] - SMALL.shape[0]


@pytest.mark.parametrize("style", VECTORIZED)
def test_vectorized_code_runs_as_many_lines_on_any_image(style):
    function = VECTORIZED[style]
    assert executed_lines(function, SMALL) == executed_lines(function, LARGE) > 0


def test_lines_and_entries_are_counted_one_by_one():
    def two_lines(n):
        n += 1
        return n

    assert executed_lines(two_lines, 1) == 3  # entered, and two lines


def test_helpers_of_the_learner_count():
    def outer(image):
        return for_loop(image)

    assert executed_lines(outer, SMALL) == executed_lines(for_loop, SMALL) + 2


def test_arguments_arrive_by_position_and_name():
    seen = []
    executed_lines(lambda *args, **kwargs: seen.append((args, kwargs)), 1, 2, stride=3)
    assert seen == [((1, 2), {"stride": 3})]


def test_lines_of_this_package_do_not_count():
    few, many = (executed_lines(lambda: measure({"len": _called}, rounds)) for rounds in (1, 7))  # noqa: B023
    assert many - few == 6 * executed_lines(_called)


def _called():
    return None


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        (threading.__file__, True),
        (np.__file__, True),
        (pytest.__file__, True),
        (sys.modules["dwsep_helpers"].__file__, True),
        ("<frozen importlib._bootstrap>", True),
        (__file__, False),
        ("<string>", False),
        ("/tmp/ipykernel_1234/5678.py", False),
        ("<ipython-input-3-abcdef>", False),
    ],
)
def test_what_is_a_library(filename, expected):
    assert is_library(filename) is expected


def test_errors_pass_and_the_trace_functions_are_back():
    def tracer(frame, event, arg):
        return None

    def thread_tracer(frame, event, arg):
        return None

    before, before_in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(tracer)
    threading.settrace(thread_tracer)
    try:
        with pytest.raises(ZeroDivisionError):
            executed_lines(lambda: 1 / 0)
        after, after_in_threads = sys.gettrace(), threading.gettrace()
    finally:
        sys.settrace(before)
        threading.settrace(before_in_threads)
    assert after is tracer
    assert after_in_threads is thread_tracer


def test_a_call_inside_a_call_is_counted_and_the_one_around_it_is_not():
    inner = []

    def outer():
        inner.append(executed_lines(for_loop, SMALL))

    with pytest.raises(NotTracedError):
        executed_lines(outer)
    assert inner == [executed_lines(for_loop, SMALL)]


def evading(way):
    def evades(image):
        way()
        for_loop(image)

    return evades


def by_another_tracer():
    trace.Trace(count=1, trace=0).runfunc(int)


def by_deep_recursion():
    def deeper():
        deeper()

    with contextlib.suppress(RecursionError):
        deeper()


def sets_it_back(image):
    tracer = sys.gettrace()
    sys.settrace(None)
    for_loop(image)
    sys.settrace(tracer)


def has_no_tracer(image):
    sys._getframe().f_trace = None
    for _ in image.ravel():
        pass


def has_no_lines(image):
    sys._getframe().f_trace_lines = False
    for _ in image.ravel():
        pass


def has_no_lines_in_a_thread(image):
    thread = threading.Thread(target=has_no_lines, args=(image,))
    thread.start()
    thread.join()


EVADING = {
    "settrace": evading(lambda: sys.settrace(None)),
    "settrace by map": evading(lambda: [*map(sys.settrace, [None])]),
    "settrace in C": evading(functools.partial(sys.settrace, None)),
    "set back": sets_it_back,
    "another tracer": evading(by_another_tracer),
    "deep recursion": evading(by_deep_recursion),
    "f_trace": has_no_tracer,
    "f_trace_lines": has_no_lines,
    "f_trace_lines in a thread": has_no_lines_in_a_thread,
}


@pytest.mark.parametrize("way", EVADING)
def test_lines_that_were_kept_from_being_counted_are_an_error(way):
    before = sys.gettrace()
    with pytest.raises(NotTracedError):
        executed_lines(EVADING[way], SMALL)
    assert sys.gettrace() is before


def in_threads(image):
    """Begin threads one after the other: Python gives some the number of one that ended."""
    for _ in range(5):
        thread = threading.Thread(target=for_loop, args=(image,))
        thread.start()
        thread.join()


def test_lines_of_threads_one_after_the_other_are_counted():
    assert executed_lines(in_threads, SMALL) > 5 * executed_lines(for_loop, SMALL)


def unfinished(image):
    """Leave a generator and a thread as they are, in the middle."""
    rows = (row for row in image)
    waits = threading.Event()
    threading.Thread(target=waits.wait, daemon=True).start()
    return next(rows)


def inspects_itself(image):
    return inspect.currentframe().f_code.co_name, sys.gettrace()


@pytest.mark.parametrize("function", [unfinished, inspects_itself])
def test_who_looks_at_frames_or_leaves_some_open_evades_nothing(function):
    assert executed_lines(function, SMALL) > 0


CODE = """
def over_pixels(image):
    for value in image.ravel():
        pass
"""


@pytest.mark.parametrize(
    "filename", ["<frozen x>", "<frozen os>", np.__file__, f"{np.__file__[:-3]}_x.py"]
)
@pytest.mark.parametrize("names", [{}, vars(np).copy(), vars(np)], ids=["own", "copied", "numpy's"])
def test_code_is_no_library_s_by_the_name_of_its_file(filename, names):
    before = set(names)
    exec(compile(CODE, filename, "exec"), names)
    function = names["over_pixels"]
    for name in set(names) - before:
        del names[name]
    assert executed_lines(function, LARGE) - executed_lines(function, SMALL) >= SMALL.size


@pytest.mark.parametrize(
    "function", [np.tensordot, np.pad, contextlib.suppress, os.path.join, importlib.import_module]
)
def test_code_of_a_library_is_what_its_file_holds(function):
    frames = []

    def see(frame, event, argument):
        frames.append(frame)

    previous = sys.getprofile()
    sys.setprofile(see)
    try:
        with contextlib.suppress(TypeError):
            function(
                *{np.tensordot: (np.eye(2), np.eye(2)), np.pad: (np.eye(2), 1)}.get(function, "a")
            )
    except ImportError:
        pass
    finally:
        sys.setprofile(previous)
    others = [frame for frame in frames if frame.f_code.co_filename != __file__]
    assert others
    assert all(map(is_of_a_library, others))


LOOPS_OF_PANDAS = {
    "Series.map": lambda pd, image: pd.Series(list(pixels(image))).map(
        functools.partial(np.dot, b=PIXEL)
    ),
    "Series.map of a ufunc": lambda pd, image: pd.Series(image.ravel()).map(np.sqrt),
    "Series.apply": lambda pd, image: pd.Series(list(pixels(image))).apply(PIXEL.dot),
    "DataFrame.apply": lambda pd, image: pd.DataFrame(pixels(image)).apply(PIXEL.dot, axis=1),
    "DataFrame.map": lambda pd, image: pd.DataFrame(image).map(math.sqrt),
    "Index.map": lambda pd, image: pd.Index(image.ravel()).map(math.sqrt),
    "groupby": lambda pd, image: pd.Series(image.ravel()).groupby(np.arange(image.size)).agg(max),
}
WHOLE_IN_PANDAS = {
    "Series.apply of a ufunc": lambda pd, image: pd.Series(image.ravel()).apply(np.sqrt),
    "a product": lambda pd, image: pd.DataFrame(image) @ np.ones((image.shape[1], 2)),
    "Series.map of a dict": lambda pd, image: pd.Series(image.ravel()).map({1.0: 2.0}),
}


@pytest.fixture(scope="module")
def pandas():
    return pytest.importorskip("pandas", reason="it isn't among the course's requirements")


@pytest.mark.parametrize("style", LOOPS_OF_PANDAS)
def test_loops_of_pandas_are_loops(pandas, style):
    function = functools.partial(LOOPS_OF_PANDAS[style], pandas)
    small, large = executed_lines(function, SMALL), executed_lines(function, LARGE)
    assert large - small >= LARGE.shape[0] - SMALL.shape[0]
    assert not any("_StandIn" in type(one).__name__ for one in vars(pandas.Series).values())


@pytest.mark.parametrize("style", WHOLE_IN_PANDAS)
def test_pandas_computes_arrays_without_a_loop(pandas, style):
    function = functools.partial(WHOLE_IN_PANDAS[style], pandas)
    assert executed_lines(function, SMALL) == executed_lines(function, LARGE)


def test_a_stand_in_passes_for_what_it_stands_for():
    def asks():
        return [
            isinstance(iter([]), map | filter | None),
            isinstance(itertools.starmap(min, []), itertools.starmap),
            isinstance(map(min, []), (map, filter)),
            issubclass(bool, (map, int)),
            np.vectorize.__name__,
        ]

    seen = []
    executed_lines(lambda: seen.append(asks()))
    assert seen == [asks()]


@pytest.mark.parametrize("style", [*HIDDEN, *VECTORIZED])
def test_what_is_counted_gives_the_answer_that_it_gives_otherwise(style):
    function, seen = {**HIDDEN, **VECTORIZED}[style], []
    executed_lines(lambda: seen.append(function(SMALL)))
    np.testing.assert_array_equal(seen[0], function(SMALL))


def test_what_maps_is_back_afterwards():
    def fails(image):
        assert type(sum) is not type(abs)
        return functools.reduce(operator.truediv, [1, 0])

    places = builtins, functools, itertools, np, Executor
    before = globals().copy(), *[vars(place).copy() for place in places]
    with pytest.raises(ZeroDivisionError):
        executed_lines(fails, SMALL)
    after = globals(), *map(vars, places)
    for then, now in zip(before, after, strict=True):
        assert then.keys() == now.keys()
        assert all(then[name] is now[name] for name in then)


def test_a_function_of_the_learners_that_is_called_sum_stays():
    namespace = {}
    code = "def sum(x): return x.sum()\ndef total(image): return sum(image)"
    exec(compile(code, "a cell", "exec"), namespace)
    total = namespace["total"]
    assert executed_lines(total, SMALL) == executed_lines(total, LARGE) == 4
    assert total(SMALL) == 30


def test_code_that_a_library_generates_is_no_line():
    assert executed_lines(inspect.getfullargspec, for_loop) == 0  # builds a named tuple
