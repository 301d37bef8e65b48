"""What a running notebook says beside Python, in kernels as learners have them."""

import re
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from jupyter_client.manager import start_new_kernel

from dwsep_helpers import notebook, stamping

SETUP = stamping.setup_cell()
CHECK = """\"\"\"Exercise 1.1: conv_output_size. 3 points.\"\"\"
from dwsep_helpers import checks

checks.conv_output_size(conv_output_size)"""
RIGHT = """def conv_output_size(input_size, kernel_size, stride=1, padding=0, dilation=1):
    span = dilation * (kernel_size - 1) + 1
    return (input_size + 2 * padding - span) // stride + 1"""
ENDLESS = RIGHT.replace("    span", "    while True:\n        span = 1\n    span", 1)
BUSY = "Exercise 1.4: the check is still busy, after "
STILL = "Still in conv_output_size, after "


def on_screen(text):
    """Return what is left to see of lines that are written over."""
    lines = []
    for line in text.split("\n"):
        seen = ""
        for part in line.split("\r"):
            seen = part + seen[len(part) :]
        lines.append(seen.rstrip())
    return "\n".join(lines).strip()


class Kernel:
    """A kernel, and what its cells show."""

    def __init__(self, manager, client):
        self.manager, self.client = manager, client

    def start(self, source, *, person=False):
        """Begin to run a cell; a person's frontend takes questions, a program's doesn't."""
        return self.client.execute(source, allow_stdin=person)

    def until(self, message, kind):
        """Return what the cell has shown when a message of this kind comes."""
        shown = []
        while True:
            got = self.client.get_iopub_msg(timeout=300)
            if got["parent_header"].get("msg_id") != message:
                continue
            content = got["content"]
            if got["msg_type"] == "stream":
                shown.append(content["text"])
            elif got["msg_type"] == "display_data":
                shown.append(content["data"]["text/plain"] + "\n")
            elif got["msg_type"] == "error":
                shown.append("\n".join(content["traceback"]))
            if got["msg_type"] == kind and content.get("execution_state", "idle") == "idle":
                return re.sub(r"\x1b\[[\d;]*m", "", "".join(shown))

    def run(self, source, **how):
        """Return what a cell shows."""
        return self.until(self.start(source, **how), "status")


@contextmanager
def new_kernel():
    manager, client = start_new_kernel(kernel_name="python3", transport_encryption="auto")
    try:
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel():
    """A new kernel, in which nothing has run."""
    with new_kernel() as kernel:
        yield kernel


@pytest.fixture
def patience(kernel):
    """A kernel in which a moment is a long time."""
    kernel.run(f"{SETUP}\nfrom dwsep_helpers import notebook\nnotebook.PATIENCE = 0.2")
    return kernel


def on_one_line(text):
    return " ".join(text.split())


def test_names_of_the_setup_are_those_of_its_cell():
    brought = set(re.findall(r"import (.+)", SETUP)) | {"np"}
    names = {name.strip() for line in brought for name in line.split(",")}
    assert set(notebook.SETUP) == names - {"numpy as np", "sys"}  # sys is for installing alone


def test_a_check_that_runs_first_says_what_to_run(kernel):
    said = on_one_line(kernel.run(CHECK))
    assert said.startswith("conv_output_size isn't there yet: run the cell above that defines it.")
    assert "Run All Above" in said
    assert "Traceback" not in said
    assert "checks isn't there" not in said


def test_a_function_that_lacks_the_setup_says_so(kernel):
    kernel.run(RIGHT.replace("span =", "span = np.int64(0) +"))
    said = on_one_line(kernel.run(CHECK))
    assert "np isn't there yet: run the setup cell" in said
    assert on_one_line(kernel.run("np.ones(3)")).startswith("np isn't there yet: run the setup")


def test_a_function_whose_cell_failed_is_not_checked(kernel):
    kernel.run(f"{SETUP}\n{RIGHT}")
    assert "passed" in kernel.run(CHECK)
    assert "SyntaxError" in kernel.run(RIGHT.replace("stride + 1", "stride + "))
    said = on_one_line(kernel.run(CHECK))
    assert said.startswith("Exercise 1.4, conv_output_size: nothing was checked.")
    assert "SyntaxError in line 3" in said
    assert "Traceback" not in said
    # A misspelt def, and a cell that stops before it gets to it.
    for broken, why in ((RIGHT.replace("def", "deff"), "SyntaxError"), (f"1 / 0\n{RIGHT}", "Zero")):
        kernel.run(broken)
        assert why in (said := on_one_line(kernel.run(CHECK))), said
        assert "nothing was checked" in said
    kernel.run(RIGHT)
    assert "passed" in kernel.run(CHECK)


def test_a_function_that_comes_from_elsewhere_is_checked(kernel):
    kernel.run(f"{SETUP}\n{RIGHT}")
    kernel.run("def conv_output_size(:")
    kernel.run(RIGHT.replace("def conv_output_size", "def mine"))
    kernel.run("conv_output_size = mine")
    assert "passed" in kernel.run(CHECK)
    # The cell defines it, and fails later: what is checked is what it shows.
    kernel.run(f"{RIGHT}\n1 / 0")
    assert "passed" in kernel.run(CHECK)


def test_a_name_whose_cell_failed_says_so(kernel):
    kernel.run(SETUP)
    kernel.run("def conv_output_size(:\n    return 1")
    said = on_one_line(kernel.run(CHECK))
    assert said.startswith("conv_output_size isn't there: its cell failed (SyntaxError in line 1).")


def test_a_letter_without_quotes_is_explained(kernel):
    kernel.run(SETUP)
    assert kernel.run('predict("1.3", c)') == 'Letters need quotes: predict("1.3", "c")'


def test_names_of_other_cells_are_explained_below_the_traceback(kernel):
    kernel.run(SETUP)
    said = kernel.run("photo.mean()")
    assert "NameError: name 'photo' is not defined" in said
    assert said.endswith("If a cell above defines photo, run that one first.")
    said = kernel.run("def f():\n    return lenght\nf()")
    assert said.endswith("NameError: name 'lenght' is not defined")
    said = kernel.run("def f():\n    x = x + 1\nf()")
    assert "run that one first" not in said


STUB = "def conv_output_size(input_size, kernel_size):\n    raise NotImplementedError"
LOOK = 'look("{}", lambda: conv_output_size(3, 2))'


def test_a_cell_says_once_what_is_still_open(kernel):
    kernel.run(f"{SETUP}\n{STUB}\n")
    kernel.run("def correlate2d(image, kernel):\n    return image")  # written, not checked yet
    loop = f"for i in range(5):\n    {LOOK.format('1.4')}\n{LOOK.format('1.1 and 1.4')}"
    open_ = "Nothing to look at yet: write exercise 1.4 first.\n"
    assert kernel.run(loop) == open_
    assert kernel.run(loop) == open_, "the cell that ran again says it again"
    kernel.run(STUB.replace("conv_output_size", "correlate2d"))
    assert kernel.run(LOOK.format("1.1 and 1.4")) == (
        "Nothing to look at yet: write exercises 1.1 and 1.4 first.\n"
    )


def test_a_hook_that_fails_disturbs_no_cell(kernel):
    kernel.run(SETUP)
    kernel.run("from dwsep_helpers import notebook\nnotebook._exercises = notebook._cell = None")
    assert kernel.run("def conv_output_size(a):\n    return a") == ""
    assert kernel.run("print(conv_output_size(3))") == "3\n"
    said = kernel.run("photo")
    assert "NameError: name 'photo' is not defined" in said
    assert "callback" not in said
    assert "SyntaxError" in kernel.run("def conv2d(:")


def test_somebody_elses_handler_stays(kernel):
    kernel.run(
        "def theirs(shell, kind, error, trace, tb_offset=None):\n    print('theirs')\n"
        "get_ipython().set_custom_exc((NameError,), theirs)"
    )
    kernel.run(SETUP)
    assert kernel.run("photo") == "theirs\n"


def test_nothing_is_listened_to_while_a_submission_is_graded(kernel):
    kernel.run(f"import os\nos.environ['NBGRADER_EXECUTION'] = 'autograde'\n{SETUP}\n{RIGHT}")
    kernel.run("def conv_output_size(:")
    assert "passed" in kernel.run(CHECK)
    assert "Traceback" in kernel.run("conv2d")


def until_shown(kernel, message, words):
    """Return what a cell has shown when it shows these words."""
    shown = ""
    while words not in shown:
        shown += kernel.until(message, "stream")
    return shown


def test_an_endless_loop_is_mentioned_and_interrupted_at_the_learners_line(patience):
    patience.run(ENDLESS)
    check = patience.start(CHECK, person=True)
    until_shown(patience, check, STILL)
    patience.manager.interrupt_kernel()
    said = patience.until(check, "status").split("\r")[-1].strip()
    first, second = said.splitlines()
    assert re.fullmatch(r"Interrupted in conv_output_size, Cell In\[\d+\], line [23]:", first)
    assert second in ("    while True:", "    span = 1")
    # The kernel is as it was.
    patience.run(RIGHT)
    assert "passed" in patience.run(CHECK, person=True)


@pytest.mark.parametrize("cell", ['look("1.1", lambda: {})', 'reveal("1.1", lambda: {})'])
def test_so_it_is_where_the_function_is_looked_at(patience, cell):
    patience.run(f'{ENDLESS}\npredict("1.1", 14)')
    look = patience.start(cell.format("conv_output_size(32, 5)"), person=True)
    until_shown(patience, look, STILL)
    patience.manager.interrupt_kernel()
    assert "Interrupted in conv_output_size" in patience.until(look, "status")


def test_what_takes_long_elsewhere_is_nobodys_loop(patience):
    """Many calls that end, and the course's own work, suspect nothing; in the end nothing stays."""
    slow = RIGHT.replace("    span", "    __import__('time').sleep(0.15)\n    span", 1)
    patience.run(slow)
    said = patience.run(CHECK, person=True)
    assert BUSY in said
    assert STILL not in said
    assert "busy" not in on_screen(said)
    assert on_screen(said).startswith("Exercise 1.4, conv_output_size: passed.")
    said = patience.run('import time\nlook("1.4", lambda: time.sleep(1))', person=True)
    assert "This cell is still busy, after " in said
    assert STILL not in said
    assert on_screen(said) == ""


def test_a_check_that_ends_in_time_mentions_nothing(kernel):
    kernel.run(f"{SETUP}\n{RIGHT}")
    assert "busy" not in kernel.run(CHECK, person=True)
    slow = RIGHT.replace("    span", "    __import__('time').sleep(0.05)\n    span", 1)
    kernel.run(f"from dwsep_helpers import notebook\nnotebook.PATIENCE = 0.2\n{slow}")
    # A program that runs notebooks isn't told.
    assert "busy" in kernel.run(CHECK, person=True)
    assert "busy" not in kernel.run(CHECK)
    time.sleep(0.5)
    assert "busy" not in kernel.run("1", person=True)


def test_outside_of_notebooks_it_is_silent():
    program = (
        f"{RIGHT}\nfrom dwsep_helpers import checks, notebook\nnotebook.PATIENCE = 0\n"
        "checks.conv_output_size(conv_output_size)\nprint(notebook._failed)"
    )
    ran = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True)
    assert "passed" in ran.stdout
    assert "busy" not in ran.stdout
    assert (ran.stdout.splitlines()[-1], ran.stderr, ran.returncode) == ("{}", "", 0)


def test_ten_seconds_are_what_it_waits():
    assert notebook.PATIENCE == 10
