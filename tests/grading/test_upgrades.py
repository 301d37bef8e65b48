"""What the course overrides of nbgrader, nbclient, Jupyter and Python has the form it had.

A new version that renames or reshapes such a method would leave ours uncalled, or called wrongly.
"""

import inspect
import sys

import pytest
from nbclient import NotebookClient
from nbgrader.api import Gradebook
from nbgrader.apps import ZipCollectApp

from dwsep_helpers.grading import (
    changed_release,
    examined,
    execution,
    feedback,
    harmless,
    one_learner,
    releasing,
    surviving,
)
from dwsep_helpers.grading.confinement import provisioner
from dwsep_helpers.grading.learner_page import rendering
from dwsep_helpers.grading.nbgrader_session import open_fast
from dwsep_helpers.grading.people import zip_collect
from dwsep_helpers.grading.points import export, late, on_page, saving

PREPROCESS = "nb resources"
# By class and method: the parameters that it has where it comes from.
OVERRIDDEN = {
    "ExecuteThroughDeaths": {
        "preprocess": "nb resources km",
        "preprocess_cell": "cell resources index",
        "process_message": "msg cell cell_index",
        "create_kernel_manager": "",
        "start_new_kernel_client": "kwargs",
        "_async_poll_kernel_alive": "",
    },
    "ExaminedNotebook": {"from_filename": "filename resources kw"},
    "MakeHarmless": {"preprocess": PREPROCESS},
    "HideTests": {"preprocess_cell": "cell resources cell_index"},
    "ShortenTracebacks": {"preprocess_cell": "cell resources index"},
    "_Renderer": {"inline_math": "body", "block_math": "body", "latex_environment": "name body"},
    "PageExporter": {"from_notebook_node": "nb resources kw"},
    "OneLearner": {
        "start": "",
        "init_notebooks": "",
        "_format_source": "assignment_id student_id escape",
        "convert_notebooks": "",
    },
    "ReleaseCollected": {"copy_files": ""},
    "GoOn": {"preprocess_cell": "cell resources index"},
    "ReleaseWhereTold": {"ensure_root": ""},
    "CarefulExtractor": {"extract": "archive_path extracted_path"},
    "PlatformCollector": {"collect": "submitted_file"},
    "BoundedClient": {"wait_for_ready": "timeout"},
    "AssignPenalty": {"preprocess": PREPROCESS},
    "CourseExport": {"export": "gradebook"},
    "GetPoints": {
        "preprocess": PREPROCESS,
        "_get_score": "cell resources",
        "_get_comment": "cell resources",
    },
    "LateRule": {"late_submission_penalty": "student_id score total_seconds_late"},
    "SaveGrades": {
        "preprocess": PREPROCESS,
        "_add_score": "cell resources",
        "_add_comment": "cell resources",
    },
    "SaveChangedCells": {"_create_notebook": "nb"},
    "RoomProvisioner": {"launch_kernel": "cmd kwargs"},
}
MODULES = (
    changed_release,
    examined,
    execution,
    export,
    feedback,
    harmless,
    late,
    on_page,
    one_learner,
    provisioner,
    releasing,
    rendering,
    saving,
    surviving,
    zip_collect,
)
CLASSES = {
    name: found
    for module in MODULES
    for name, found in vars(module).items()
    if inspect.isclass(found) and found.__module__ == module.__name__
}


def overridden(ours):
    """Return the methods of a class that one above it has too, and theirs."""
    found = {}
    for name, method in vars(ours).items():
        theirs = next((vars(base)[name] for base in ours.__mro__[1:] if name in vars(base)), None)
        if inspect.isfunction(method) and inspect.isfunction(theirs) and name[:2] != "__":
            found[name] = theirs
    return found


def test_all_that_is_overridden_is_listed():
    found = {name: set(overridden(ours)) for name, ours in CLASSES.items()}
    listed = {name: set(methods) for name, methods in OVERRIDDEN.items()}
    assert {name: methods for name, methods in found.items() if methods} == listed


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_what_is_overridden_has_its_form(name):
    theirs = overridden(CLASSES[name])
    for method, parameters in OVERRIDDEN[name].items():
        assert " ".join([*inspect.signature(theirs[method]).parameters][1:]) == parameters, method


def test_what_is_called_without_being_public_is_there():
    assert callable(NotebookClient._cleanup_kernel)
    assert callable(ZipCollectApp._format_collect_path)
    assert callable(provisioner.AsyncKernelClient._context_default)
    from ipykernel import compiler, iostream, kernelapp

    assert kernelapp.IOPubThread is iostream.IOPubThread
    assert [*inspect.signature(iostream.IOPubThread).parameters][:2] == ["socket", "pipe"]
    assert "ipykernel" in sys.modules
    assert [*inspect.signature(compiler.murmur2_x86).parameters] == ["data", "seed"]
    assert "murmur2_x86" in compiler.get_file_name.__code__.co_names


def test_a_gradebook_that_is_opened_again_is_like_one_that_is_opened_first(tmp_path, monkeypatch):
    monkeypatch.setattr(Gradebook, "__init__", Gradebook.__init__)  # what open_fast() sets goes
    open_fast()
    address = f"sqlite:///{tmp_path}/gradebook.db"
    for course in ("a", "b"):
        with Gradebook(address, course) as first:
            first.add_student(f"ada of {course}")
        with Gradebook(address, course_id=course) as again:
            assert again.engine is first.engine
            assert vars(again).keys() == vars(first).keys()
            assert again.course_id == first.course_id == course
            assert f"ada of {course}" in {student.id for student in again.students}
