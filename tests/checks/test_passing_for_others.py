"""Code of a learner's that is compiled under the name of another's file is a learner's."""

import _thread
import importlib
import os
import queue

import pytest
from test_settled import outcomes

from dwsep_helpers import checks, figures, kernels
from dwsep_helpers.checks import lines, put_in

CONV2D, WELCOME = kernels.conv2d, kernels.conv_output_size


def run_as(file, text, run=exec, **names):
    """Run code as if it stood in a file, and return the names that it leaves."""
    names |= {"conv2d": CONV2D}
    run(compile(text, file, "exec"), names)
    return names


def in_a_file_of_the_course(*given, **options):
    text = "answer = conv2d(*given, **options)"
    return run_as(figures.__file__, text, given=given, options=options)["answer"]


def in_one_that_has_no_answers(*given, **options):
    text = "def answer(*given, **options):\n    return conv2d(*given, **options)"
    return run_as(put_in.__file__, text)["answer"](*given, **options)


def in_a_module_that_is_imported(*given, **options):
    def run(*of):
        importlib._bootstrap._call_with_frames_removed(exec, *of)

    text = "answer = conv2d(*given, **options)"
    return run_as(figures.__file__, text, run, given=given, options=options)["answer"]


def in_a_welcome_function(*given, **options):
    text = "def conv_output_size(*given, **options):\n    return conv2d(*given, **options)"
    names = run_as(WELCOME.__code__.co_filename, text, __name__=WELCOME.__module__)
    return names["conv_output_size"](*given, **options)


def in_a_thread_of_a_library(*given, **options):
    said = queue.SimpleQueue()
    run_as(
        os.__file__,
        "start(work, ())",
        start=_thread.start_new_thread,
        work=lambda: said.put(CONV2D(*given, **options)),
    )
    return said.get()


def in_a_library_that_a_welcome_function_calls(*given, **options):
    text = """
class Late:
    def __index__(self):
        self.answer = conv2d(*given, **options)
        return 5
"""
    late = run_as(os.__file__, text, given=given, options=options)["Late"]()
    WELCOME(late, 1)
    return late.answer


WAYS = [
    in_a_file_of_the_course,
    in_one_that_has_no_answers,
    in_a_module_that_is_imported,
    in_a_welcome_function,
    in_a_thread_of_a_library,
    in_a_library_that_a_welcome_function_calls,
]


@pytest.mark.parametrize("way", WAYS)
def test_code_that_passes_for_anothers_earns_nothing(way):
    assert outcomes(checks.conv2d, way) == {"used a forbidden shortcut"}


def test_a_file_that_was_put_there_meanwhile_is_believed(tmp_path, monkeypatch):
    """A package that is upgraded while a notebook runs is no trick of the learner's."""
    file = tmp_path / "upgraded.py"
    file.write_text("def new(): pass")
    monkeypatch.setattr(lines, "is_library", lambda name: name == str(file))
    old, other = (compile("def old(): pass", str(file), "exec") for _ in range(2))
    assert lines.is_code_of_a_library(old)
    monkeypatch.setattr(lines, "_BEGAN", file.stat().st_ctime + 1)
    assert not lines.is_code_of_a_library(other)
