"""Functions that passed are there in later units, in real kernels; grading knows none of them."""

import os
import textwrap
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from jupyter_client.manager import start_new_kernel

from dwsep_helpers import carried, checks, kernels, mine

CONV2D = '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as all_windows

from dwsep_helpers import checks, mine

AXES = (2, 3)  # rows, columns


def pair(value):
    """Return (rows, columns)."""
    return value if isinstance(value, tuple) else (value, value)


def padded(x, padding):
    p_h, p_w = pair(padding)
    return np.pad(x, ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w)))


def conv2d(x, weight, bias=None, stride=1, padding=0):
    s_h, s_w = pair(stride)
    windows = all_windows(padded(x, padding), weight.shape[2:], axis=AXES)[:, :, ::s_h, ::s_w]
    y = np.einsum("ncijhw,fchw->nfij", windows, weight)
    return y if bias is None else y + np.reshape(bias, (-1, 1, 1))
'''
FILTER = """
from dwsep_helpers import checks, mine
import numpy as np
def filter_each_channel(image, kernels):
    maps = [conv2d(image[None, c : c + 1], kernels[c][None, None])[0, 0] for c in range(len(image))]
    return np.stack(maps)
"""


@pytest.fixture
def course(tmp_path):
    """A copy of the course without notebooks: two units' folders."""
    for unit in ("01_conv2d", "02_depthwise"):
        (tmp_path / unit).mkdir()
    return tmp_path


@contextmanager
def kernel():
    """A kernel of one's own, as a notebook has it; yield what runs a cell there."""
    manager, client = start_new_kernel(startup_timeout=300)

    def execute(cell):
        """Return what a cell printed or raised, and its payload: what becomes of the next cell."""
        shown = []

        def listen(message):
            content = message["content"]
            box = content.get("data", {}).get("text/plain", "")
            shown.append(content.get("text", "") + box + content.get("evalue", ""))

        reply = client.execute_interactive(
            textwrap.dedent(cell), output_hook=listen, timeout=300, allow_stdin=False
        )
        return "".join(shown), reply["content"].get("payload", [])

    try:
        yield execute
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def shared():
    with kernel() as execute:
        yield execute


AFRESH = """
%reset -f
import os, sys
os.environ.pop("NBGRADER_EXECUTION", None)
if "dwsep_helpers.mine" in sys.modules:
    sys.modules["dwsep_helpers.mine"]._TOLD.clear()
os.chdir({folder!r})
"""


@pytest.fixture
def run(shared):
    """What runs cells as in a fresh kernel in some folder; it returns what each showed."""

    def cells_in(folder, *cells):
        shared(AFRESH.format(folder=str(folder)))
        return [shared(cell)[0] for cell in cells]

    return cells_in


PASS = (CONV2D, "checks.conv2d(conv2d)")
USE = "y = mine.conv2d(np.ones((1, 2, 4, 4)), np.ones((3, 2, 3, 3)))\nprint(y[0, 2].tolist())"


def test_a_later_unit_finds_the_function_that_passed(course, run):
    run(course / "01_conv2d", *PASS)
    said = run(
        course / "02_depthwise",
        "import numpy as np\nfrom dwsep_helpers import mine",
        USE,
        "print(mine.conv2d.__code__.co_filename, mine.conv2d is mine.conv2d)",
    )
    assert said[1] == "[[18.0, 18.0], [18.0, 18.0]]\n"
    assert said[2] == f"{course / '.mine' / 'conv2d.py'} True\n"


def test_without_it_the_courses_stands_in_and_says_so_once(course, run):
    said = run(course / "02_depthwise", CONV2D, USE, USE)
    assert said[1] == (
        "mine.conv2d is the course's own function: none of yours that passed in unit 01 is kept\n"
        "here.\n[[18.0, 18.0], [18.0, 18.0]]\n"
    )
    assert said[2] == "[[18.0, 18.0], [18.0, 18.0]]\n"


def test_what_failed_is_not_kept_and_what_passed_before_stays(course, run):
    wrong = CONV2D.replace("[:, :, ::s_h, ::s_w]", "")
    said = run(course / "01_conv2d", wrong, "checks.conv2d(conv2d)")
    assert "wrong shape" in said[1]
    assert not (course / ".mine").exists()
    run(course / "01_conv2d", *PASS, wrong, "checks.conv2d(conv2d)")
    assert "::s_h, ::s_w" in (course / ".mine" / "conv2d.py").read_text()


def test_two_copies_of_the_course_know_nothing_of_each_other(course, tmp_path_factory, run):
    run(course / "01_conv2d", *PASS)
    other = tmp_path_factory.mktemp("other") / "02_depthwise"
    other.mkdir()
    assert "the course's own" in run(other, CONV2D, USE)[1]


def test_notebooks_in_one_folder_share_it_too(tmp_path, run):
    folder = tmp_path / "Downloads"
    folder.mkdir()
    run(folder, *PASS)
    assert "the course's own" not in run(folder, CONV2D, USE)[1]
    assert [path.name for path in folder.iterdir()] == [".mine"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only_costs_no_check(course, run):
    course.chmod(0o555)
    assert "passed" in run(course / "01_conv2d", *PASS)[1]
    course.chmod(0o755)


def test_a_place_that_cannot_be_written_costs_no_check(course, run):
    (course / ".mine").write_text("a file, where a folder should be")
    assert "passed" in run(course / "01_conv2d", *PASS)[1]
    assert "the course's own" in run(course / "02_depthwise", CONV2D, USE)[1]


def test_a_file_that_does_not_load_costs_nothing(course, run):
    (course / ".mine").mkdir()
    for text in ("def conv2d(", "import a_package_that_is_gone", "conv2d = 3\n", "\0"):
        (course / ".mine" / "conv2d.py").write_text(text)
        assert "the course's own" in run(course / "02_depthwise", CONV2D, USE)[1], text


def test_two_kernels_at_once_see_what_the_other_keeps(course):
    """Each file is there whole, and the newest counts."""
    with kernel() as first, kernel() as second:
        for execute, unit in ((first, "01_conv2d"), (second, "02_depthwise")):
            execute(f"import os; os.chdir({str(course / unit)!r})")
            execute(CONV2D)
        assert "the course's own" in second(USE)[0]
        assert "passed" in first(PASS[1])[0]
        assert second("print(mine.conv2d.__globals__['AXES'])")[0] == "(2, 3)\n"
        first(CONV2D.replace("(2, 3)", "(-2, -1)"))
        first(PASS[1])
        assert second("print(mine.conv2d.__globals__['AXES'])")[0] == "(-2, -1)\n"
    assert {path.name for path in (course / ".mine").iterdir()} == {
        "conv2d.py",
        "conv2d.passed",
    }


@pytest.mark.parametrize("kind", ["autograde", "validate"])
def test_while_it_is_graded_nothing_is_kept_or_read(course, run, kind):
    run(course / "01_conv2d", *PASS)
    before = (course / ".mine" / "conv2d.py").read_bytes()
    graded = f"import os; os.environ['NBGRADER_EXECUTION'] = {kind!r}"
    assert "the course's own" in run(course / "02_depthwise", graded, CONV2D, USE)[2]
    run(course / "01_conv2d", graded, CONV2D.replace("(2, 3)", "(-2, -1)"), PASS[1])
    assert (course / ".mine" / "conv2d.py").read_bytes() == before


# In answers.


def test_an_answer_that_calls_the_courses_is_refused_and_told_why(course, run):
    answer = FILTER.replace("conv2d(image", "mine.conv2d(image")
    said = run(course / "02_depthwise", answer, "checks.filter_each_channel(filter_each_channel)")
    assert "a shortcut" in said[1]
    assert "`filter_each_channel` ran `mine.conv2d`, which is the course's own" in said[1]
    bound = FILTER.replace("def filter", "conv2d = mine.conv2d\ndef filter")
    said = run(course / "02_depthwise", bound, "checks.filter_each_channel(filter_each_channel)")
    assert "ran `mine.conv2d`, which is the course's own" in said[1]


def test_an_answer_that_calls_ones_own_is_told_how_to_bring_it_along(course, run):
    """Graded, the notebook is alone: what passes at home has to pass there."""
    run(course / "01_conv2d", *PASS)
    check = "checks.filter_each_channel(filter_each_channel)"
    for answer in (
        FILTER.replace("conv2d(image", "mine.conv2d(image"),
        FILTER.replace("def filter", "conv2d = mine.conv2d\ndef filter"),
    ):
        said = run(course / "02_depthwise", answer, check)[1]
        assert "a function that isn't in this notebook" in said
        assert "which is yours" in said
        assert 'mine.copy("conv2d")' in " ".join(said.split())
        assert "Hint" not in said


def test_copied_code_is_an_answer_wherever_it_is_graded(course, run, shared, tmp_path_factory):
    run(course / "01_conv2d", *PASS)
    run(course / "02_depthwise", "from dwsep_helpers import mine")
    said, (payload,) = shared('mine.copy("conv2d")')
    assert payload["replace"]
    assert said == "Here it is: now run this cell.\n"
    nowhere = tmp_path_factory.mktemp("graded")
    said = run(nowhere, payload["text"], FILTER, "checks.filter_each_channel(filter_each_channel)")
    assert "passed" in said[2]


OWN = "def correlate2d(image, kernel):\n    return image"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"\n{OWN}"),
        (f"{OWN}\n", ""),
        ("# def conv2d(x):  an idea for later\n", ""),
        ("for _ in range(1):\n    ", ""),
        ("text = ", ""),
        ("%%time\n", ""),
    ],
)
def test_a_copy_takes_nothing_away(course, run, shared, before, after):
    """Where a cell holds more, it stays, and the code comes below."""
    run(course / "01_conv2d", *PASS)
    run(course / "02_depthwise", "from dwsep_helpers import mine")
    said, (payload,) = shared(f'{before}mine.copy("conv2d"){after}')
    assert not payload["replace"]
    assert "def conv2d(" in payload["text"]
    assert "in a new cell below" in said
    assert "now run" in said


def test_a_copy_keeps_imports_and_copies_beside_it(course, run, shared):
    run(course / "01_conv2d", *PASS)
    (course / ".mine" / "conv_output_size.py").write_text("def conv_output_size():\n    return 3\n")
    run(course / "02_depthwise", "1")
    copies = 'mine.copy("conv_output_size")\nmine.copy("conv2d")'
    _, (payload,) = shared(f"from dwsep_helpers import mine\n{copies}")
    assert payload["replace"]
    assert payload["text"].startswith("from dwsep_helpers import mine\n\ndef conv_output_size(")
    assert "def conv2d(" in payload["text"]


def test_nothing_to_copy_is_said(course, run):
    said = run(course / "02_depthwise", CONV2D, 'mine.copy("conv2d")', 'mine.copy("conv3d")')
    assert said[1].startswith("There is no conv2d to copy: none of yours")
    assert said[2].startswith("no exercise asks for 'conv3d'")


SEPARABLE = """
from dwsep_helpers import checks, mine
depthwise = mine.depthwise_conv2d
def depthwise_separable_conv2d(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    y = depthwise(x, depthwise_weight, stride=stride, padding=padding)
    return (y.transpose(0, 2, 3, 1) @ pointwise_weight[:, :, 0, 0].T).transpose(0, 3, 1, 2)
"""


def test_where_the_courses_is_welcome_mine_is_too(course, run):
    check = "checks.depthwise_separable_conv2d(depthwise_separable_conv2d)"
    assert "passed" in run(course / "02_depthwise", SEPARABLE, check)[1]
    own = CONV2D + (
        "def depthwise_conv2d(x, weight, bias=None, stride=1, padding=0):\n"
        "    dense = np.zeros((len(weight), x.shape[1], *weight.shape[2:]), weight.dtype)\n"
        "    outputs = np.arange(len(weight))\n"
        "    dense[outputs, outputs * x.shape[1] // len(weight)] = weight[:, 0]\n"
        "    return conv2d(x, dense, bias, stride, padding)\n"
    )
    run(course / "02_depthwise", own, "checks.depthwise_conv2d(depthwise_conv2d)")
    assert (course / ".mine" / "depthwise_conv2d.py").exists()
    said = run(course / "02_depthwise", SEPARABLE, check, "print(depthwise.__module__)")
    assert "passed" in said[1]
    assert said[2] == "mine\n"


def test_a_filename_hides_no_ready_made_answer(course, run):
    hidden = """
    from dwsep_helpers import checks, kernels, mine
    cell = {"__name__": "x", "kernels": kernels}
    code = "def depthwise_conv2d(*a): return kernels.depthwise_separable_conv2d(*a)"
    exec(compile(code, "/.mine/depthwise_conv2d.py", "exec"), cell)
    def depthwise_separable_conv2d(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
        return cell["depthwise_conv2d"](x, depthwise_weight, pointwise_weight)
    """
    check = "checks.depthwise_separable_conv2d(depthwise_separable_conv2d)"
    said = run(course / "02_depthwise", hidden, check)[1]
    assert "ran `dwsep_helpers.depthwise_separable_conv2d`" in said


# What is kept of a function.


def kept(run, folder, *cells):
    """Define a function in a kernel; return what the code that is kept of it gives for 3."""
    says = "print(carried.source('f', f))"
    said = run(folder, "from dwsep_helpers import carried", *cells, says)
    if said[-1] == "None\n":
        return None
    cell = {}
    exec(said[-1], cell)
    return cell["f"](3)


@pytest.mark.parametrize(
    "cells",
    [
        ["def f(x):\n    return x + 1"],
        ["f = lambda x: x + 1"],
        ["def g(x):\n    return x + 1", "f = g"],
        ["ONE = 1", "def f(x):\n    return [x + ONE for _ in range(1)][0]"],
        ["import functools", "@functools.lru_cache\ndef f(x):\n    return x + 1"],
        ["from functools import cache as kept", "@kept\ndef f(x):\n    return x + 1"],
        ["def one():\n    return 1", "def f(x, more=one()):\n    return x + more"],
        [
            "class C:\n    def __call__(self, x):\n        return x + 1",
            "def f(x):\n    return C()(x)",
        ],
        ["def f(x):\n    return x if x > 3 else f(x + 1)"],
        ["def g(x):\n    return x if x > 3 else f(x)", "def f(x):\n    return g(x + 1)"],
        ["import numpy as np", "def f(x):\n    return int(np.add(x, 1))"],
        ["import os.path", "def f(x):\n    return len(os.path.join('ab', 'c'))"],
        ["from math import floor", "def f(x: int) -> int:\n    return floor(x) + 1"],
        ["x = object()", "def f(x):\n    return x + 1"],
        ["def h(x):\n    return 0", "def f(x):\n    h = lambda x: x + 1\n    return h(x)"],
    ],
)
def test_a_function_comes_with_what_it_needs(tmp_path, cells, run):
    assert kept(run, tmp_path, *cells) == 4


@pytest.mark.parametrize(
    "cells",
    [
        ["def make(n):\n    def f(x):\n        return x + n\n    return f", "f = make(1)"],
        [
            "import threading",
            "lock = threading.Lock()",
            "def f(x):\n    with lock:\n        return x",
        ],
        ["class C:\n    def __call__(self, x):\n        return x", "f = C()"],
        ["import functools", "f = functools.partial(int.__add__, 1)"],
        ["from dwsep_helpers import mine", "g = mine.conv2d", "def f(x):\n    return g"],
        ["exec('def f(x): return x')"],
        ["if True:\n    def f(x):\n        return x"],
    ],
)
def test_what_no_text_gives_again_is_not_kept(tmp_path, cells, run):
    assert kept(run, tmp_path, *cells) is None


def test_imports_are_from_public_places():
    line = carried._imported("windows", np.lib.stride_tricks.sliding_window_view)
    assert line == "from numpy.lib.stride_tricks import sliding_window_view as windows"
    line = carried._imported("conv_output_size", kernels.conv_output_size)
    assert line == "from dwsep_helpers import conv_output_size"


def test_outside_of_a_notebook_nothing_is_kept_or_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    checks.mix_channels(lambda image, weights: np.tensordot(weights, image, 1))
    assert list(tmp_path.iterdir()) == []
    assert carried.folder() is None
    assert carried.read("conv2d") is None


def test_mine_has_the_functions_of_all_exercises():
    names = {exercise.name for exercise in checks.EXERCISES}
    assert set(dir(mine)) == names | {"copy"}
    assert "copy" not in names
    with pytest.raises(AttributeError, match=r"no exercise asks for 'conv3d'; there are .*conv2d"):
        mine.conv3d  # noqa: B018
    assert Path(mine.__file__).name == "mine.py"


def test_the_courses_functions_take_by_position_what_learners_do(capsys):
    """A notebook that is graded alone calls them with the arguments of the learner's own."""
    x, weight, bias = np.ones((1, 1, 4, 4)), np.ones((1, 1, 2, 2)), np.ones(1)
    y = kernels.conv2d(x, weight, bias, stride=2, padding=1)
    for function in (mine.conv2d, mine.conv2d_vectorized, mine.depthwise_conv2d):
        np.testing.assert_array_equal(function(x, weight, bias, 2, 1), y)
        np.testing.assert_array_equal(function(x, weight, bias, stride=2, padding=1), y)
    with pytest.raises(TypeError):
        mine.conv2d(x)
