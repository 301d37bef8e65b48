"""Cells that end Python, at once or later, are found out and lose nobody's points but their own."""

import base64
import json

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from dwsep_helpers.grading import locked, surviving
from dwsep_helpers.grading.confinement import sandbox
from tests.grading import units
from tests.grading.units import cell, place

pytestmark = pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
)
UNIT = "02_depthwise"
FULL = {n[5:]: o.details["points"] for n, o in units.originals(UNIT).items() if "test_" in n}
CRASH = "ctypes.string_at(0)"


@pytest.fixture(scope="module", autouse=True)
def ended():
    """Leave no process behind."""
    yield
    locked.end_all()


def with_cell(source, after="setup"):
    """Return a notebook with all answers and one more cell."""
    notebook = units.answered(UNIT)
    notebook.cells.insert(place(notebook, after) + 2, new_code_cell(source, id="more"))
    return notebook


def errors(notebook, name="more"):
    shown = next(c for c in notebook.cells if c.id == name).outputs
    return [output.evalue for output in shown if output.output_type == "error"]


def printed(notebook):
    shown = next(c for c in notebook.cells if c.id == "more").outputs
    return "".join(output.get("text", "") for output in shown)


ENDS = (
    "exit()",
    "quit()",
    "import os; os._exit(0)",
    "import os; os.abort()",
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "import signal; signal.raise_signal(signal.SIGTERM)",
)


def test_what_ends_python_is_an_error_in_its_own_cell():
    notebook = units.answered(UNIT)
    cells = [new_code_cell(f"one = 1\n{source}\nprint('went on')") for source in ENDS]
    notebook.cells[2:2] = cells
    graded = units.run(notebook, UNIT)
    assert units.points(graded) == FULL
    for ran in graded.cells[2 : 2 + len(cells)]:
        (shown,) = ran.outputs
        assert "would end Python here, so it did nothing" in shown.evalue


def test_what_would_end_python_later_does_nothing():
    source = (
        "import os, signal, threading\n"
        "threading.Timer(0.2, lambda: os._exit(0)).start()\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.3)\n"
        "import time; time.sleep(0.5)"
    )
    graded = units.run(with_cell(source), UNIT)
    assert units.points(graded) == FULL
    assert errors(graded) == []


@pytest.mark.parametrize("seconds", [0, 0.2])
def test_a_crash_that_comes_later_is_found(seconds):
    source = f"import ctypes, threading\nthreading.Timer({seconds}, lambda: {CRASH}).start()"
    graded = units.run(with_cell(source), UNIT)
    assert units.points(graded) == FULL
    said = errors(graded)
    assert len(said) == 1 or seconds, "unless it came after all was done"
    assert all(one.startswith("the Python process ended ") for one in said)


@pytest.mark.parametrize(
    "source",
    [
        "import posix; l=get_ipython().kernel.io_loop; l.call_at(l.time()+0.7, posix._exit, 0)",
        "import posix; get_ipython().events.register('pre_run_cell', lambda *a: posix._exit(0))",
        "import time; l=get_ipython().kernel.io_loop; l.call_at(l.time()+0.5, time.sleep, 10**6)",
    ],
    ids=["timer", "hook", "hang"],
)
def test_what_ends_or_hangs_later_is_found_whatever_its_text(source):
    assert not surviving._LATER.search(source)
    graded = units.run(with_cell(source), UNIT)
    assert units.points(graded) == FULL
    (said,) = errors(graded)
    assert said == "the Python process ended or hung, because of this cell"
    others = [c for c in graded.cells if c.cell_type == "code" and c.id != "more"]
    assert not [o for c in others for o in c.outputs if o.output_type == "error"]


def test_a_crash_is_its_cells_alone():
    graded = units.run(with_cell(f"import ctypes\n{CRASH}"), UNIT)
    assert units.points(graded) == FULL
    assert errors(graded) == ["the Python process ended while this cell ran"]


def test_an_answer_that_crashes_costs_itself_alone():
    notebook = units.answered(UNIT)
    source = f"import ctypes\ndef filter_each_channel(*_):\n    {CRASH}"
    cell(notebook, "filter_each_channel").source = source
    graded = units.run(notebook, UNIT)
    assert units.points(graded) == FULL | {"filter_each_channel": 0}


def test_a_helper_beside_the_notebook_that_crashes_later_is_found(tmp_path):
    package = tmp_path / "mine" / "inner"
    package.mkdir(parents=True)
    (package / "later.py").write_text(
        f"import ctypes, threading\nthreading.Timer(0.1, lambda: {CRASH}).start()"
    )
    graded = units.run(with_cell("import mine.inner.later"), UNIT, beside=tmp_path)
    assert units.points(graded) == FULL


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("!pip install -q einops", "“pip install -q einops”: no other program starts"),
        ("%pip install einops", "no other program starts"),
        ("%%bash\nls", "“ls”: no other program starts"),
        ("files = !ls\nassert files == []", "no other program starts"),
        ("import os; os.system('ls')", "“ls”: no other program starts"),
        ("import os; assert os.popen('ls').read() == ''", "“ls”: no other program starts"),
        ("import subprocess\nsubprocess.run(['ls', '-l'], check=True)", "“ls -l”: no other"),
        ("import subprocess\nassert subprocess.check_output('ls', text=True) == ''", "no other"),
        ("import subprocess as s\np = s.Popen('ls')\nassert p.wait() == 0", "no other program"),
        (
            "from google.colab import drive\ndrive.mount('/content/drive')",
            "google.colab.drive.mount",
        ),
        ("import google.colab.files as files\nfiles.upload()", "google.colab.files.upload"),
        ("%matplotlib widget\nprint('drawn')", "drawn"),
        ("%matplotlib notebook\nprint('drawn')", "drawn"),
        ("import matplotlib\nmatplotlib.use('TkAgg')\nprint('drawn')", "drawn"),
    ],
)
def test_what_there_is_not_is_said_and_the_cell_goes_on(kernel, source, says):
    shown = kernel(f"{source}\nprint('went on')")
    assert "error" not in [output.output_type for output in shown]
    text = "".join(output.get("text", "") for output in shown)
    assert says in text
    assert ("went on" in text) == (not source.startswith("%%"))
    assert "stderr" not in [output.get("name") for output in shown]


@pytest.fixture(scope="module")
def kernel():
    """A function that runs a cell in a locked kernel, one for all."""
    outputs = {}

    def run(source):
        return outputs[source]

    rows = test_what_there_is_not_is_said_and_the_cell_goes_on.pytestmark[0].args[1]
    sources = [f"{source}\nprint('went on')" for source, _ in rows]
    notebook = units.answered(UNIT)
    notebook.cells = [notebook.cells[1], *map(new_code_cell, sources)]
    outputs.update({one.source: one.outputs for one in units.run(notebook, UNIT).cells})
    return run


def test_answers_below_their_checks_count_and_it_is_said():
    notebook = units.answered(UNIT)
    names = ("filter_each_channel", "depthwise_conv2d_macs")
    moved = [cell(notebook, name) for name in names]
    stub = cell(units.released(UNIT), names[0])
    notebook.cells = [c for c in notebook.cells if c not in moved] + moved
    notebook.cells.insert(3, new_code_cell(stub.source))
    graded = units.run(notebook, UNIT)
    assert units.points(graded) == FULL
    said = " ".join(graded.metadata["dwsep"]["repairs"])
    for name in names:
        assert f"cell 'test_{name}' stands above its answer, and came after it" in said


def test_an_answer_below_all_checks_counts_for_those_that_call_it_too():
    notebook = units.answered(UNIT)
    name = "depthwise_conv2d"  # which the vectorized form and the MACs are held against
    answer = cell(notebook, name)
    notebook.cells.append(new_code_cell(answer.source))
    answer.source = "# see below"
    graded = units.run(notebook, UNIT)
    assert units.points(graded) == FULL
    said = " ".join(graded.metadata["dwsep"]["repairs"])
    assert "stands above another cell's answer, and came after it" in said


@pytest.mark.parametrize(
    "brings",
    ["from answers import *", "%run answers.py", "import answers\nglobals().update(vars(answers))"],
)
def test_answers_that_another_file_brings_below_all_checks_count(brings, tmp_path):
    notebook = units.answered(UNIT)
    names = [str(test).removeprefix("test_") for test in units.points(notebook)]
    answers = [cell(notebook, name) for name in names]
    imports = "import numpy as np\nfrom numpy.lib.stride_tricks import sliding_window_view\n"
    setup = imports + "from dwsep_helpers import checks, conv_output_size\n"
    helpers = [c.source for c in notebook.cells if c.cell_type == "code" and "def pair" in c.source]
    source = "\n\n".join([setup, *helpers, *(answer.source for answer in answers)])
    (tmp_path / "answers.py").write_text(source, encoding="utf-8")
    for answer in answers:
        answer.source = "# see answers.py"
    notebook.cells.append(new_code_cell(brings))
    assert units.points(units.run(notebook, UNIT, tmp_path)) == FULL


def test_a_wrong_answer_below_all_checks_is_told_what_is_wrong_with_it():
    notebook = units.answered(UNIT)
    name = "filter_each_channel"
    cell(notebook, name).source = "# see below"
    notebook.cells.append(new_code_cell(f"def {name}(image, kernels):\n    return kernels"))
    graded = units.run(notebook, UNIT)
    assert units.points(graded)[name] == 0
    said = str(cell(graded, f"test_{name}").outputs)
    assert "wrong shape" in said
    assert "NameError" not in said


def test_surrogates_in_errors_and_texts():
    graded = units.run(with_cell("print('\\ud83d')\nraise ValueError('\\ud83d')"), UNIT)
    assert units.points(graded) == FULL
    assert "".join(errors(graded)).encode()


def test_how_long_is_watched(monkeypatch):
    """Without a word of what acts later, hardly at all, but once before a cell is blamed."""
    watched = []
    lives = surviving.SurviveDeaths._lives_for
    monkeypatch.setattr(
        surviving.SurviveDeaths, "_lives_for", lambda self, s: watched.append(s) or lives(self, s)
    )
    notebook = with_cell("def f(x): return f(x)\nimport sys\nsys.setrecursionlimit(10**9)\nf(1)")
    assert units.points(units.run(notebook, UNIT, here=True)) == FULL
    *before, last = watched
    assert before in ([], [surviving.SHORT])  # the first where it ran out of time
    assert last <= surviving.LONG


def test_an_answer_that_would_end_python_is_told_so():
    notebook = units.answered(UNIT)
    source = "import os\ndef filter_each_channel(*_):\n    os._exit(1)"
    cell(notebook, "filter_each_channel").source = source
    graded = units.run(notebook, UNIT)
    assert units.points(graded) == FULL | {"filter_each_channel": 0}
    (shown,) = cell(graded, "test_filter_each_channel").outputs
    assert "os._exit() would end Python here, so it did nothing" in shown.evalue


@pytest.mark.parametrize("text", ["x", "é", "😀", "\u2028"])
def test_outputs_of_any_size_cost_no_points(text):
    notebook = units.answered(UNIT)
    cells = [new_code_cell(f"print({text!r} * 1_900_000)") for _ in range(8)]
    notebook.cells[2:2] = cells
    picture = {"a.png": {"image/png": base64.b64encode(bytes(5 * 2**20)).decode()}}
    for number in (4, 5):
        notebook.cells.insert(
            number, new_markdown_cell("![](attachment:a.png)", attachments=picture)
        )
    graded = units.run(notebook, UNIT)
    assert units.points(graded) == FULL
    assert "of outputs and pictures aren't shown" in str(graded.metadata["dwsep"]["repairs"])
    assert len(json.dumps(graded)) < 2**25


def test_a_forged_reply_costs_its_function_alone():
    """Here one whose parts are of wrong types, so that no message can be made of it."""
    notebook = units.answered(UNIT)
    source = (
        "import builtins, json\n"
        "from IPython.display import publish_display_data\n"
        "from dwsep_helpers.checks import remote\n"
        "def forged(request, function):\n"
        "    text = remote.respond(request, function)\n"
        "    if getattr(function, '__name__', '') == 'filter_each_channel':\n"
        "        met = json.loads(text)\n"
        "        for call in met if isinstance(met, list) else met.get('calls', []):\n"
        "            call['error'] = {'text': 5, 'place': None}\n"
        "        text = json.dumps(met)\n"
        "    publish_display_data({remote.MEDIA_TYPE: text})\n"
        "builtins._dwsep_answer = forged\n"
    )
    notebook.cells.insert(2, new_code_cell(source))
    graded = units.run(notebook, UNIT)
    assert units.points(graded) == FULL | {"filter_each_channel": 0}
