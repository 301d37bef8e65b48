"""What all tests share."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock

from dwsep_helpers import course, notebook, predictions
from dwsep_helpers.checks import tries

# The same examples on every run and machine: a failure is then the change's, not the day's.
# To look further: make test PYTEST_ARGS="--hypothesis-profile=explore".
hypothesis.settings.register_profile("course", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("course")

# No examples stand in these files; and two modules of that name can't be imported for them.
collect_ignore_glob = ["*conftest.py"]

# The files that take longest, in that order. They start first: one that came last would leave
# the other cores idle. Those that wait for another file's fixture stand far behind it.
LONGEST = (
    "grading/test_example_class.py",
    "grading/test_attacks.py",
    "browser/test_jupyterlab_timing.py",
    "browser/test_jupyterlab.py",
    "grading/test_imported_answers.py",
    "grading/test_surviving.py",
    "deploy/test_jupyterhub.py",
    "grading/test_autograde.py",
    "checks/test_remote.py",
    "checks/test_checks_wrong.py",
    "checks/test_imported.py",
    "notebooks/test_base_environment.py",
    "teaching/test_teaching.py",
    "grading/test_follow_on.py",
    "hardware/test_export.py",
    "grading/test_exchange.py",
    "browser/test_learners_lab.py",
    "site/test_site_pages.py",
    "site/test_book.py",
    "site/test_phone_page.py",
    "site/test_photo_page.py",
    "grading/test_hard_submissions.py",
    "grading/test_fingerprint.py",
    "grading/test_installed.py",
    "hardware/test_recorded.py",
    "explorables/test_layer_machine.py",
    "grading/test_options.py",
    "grading/test_locked.py",
    "browser/test_explorables.py",
    "browser/test_formgrader.py",
    "grading/test_going_on.py",
    "grading/test_cluster.py",
    "browser/test_predicting.py",
    "browser/test_messages.py",
    "checks/test_checks_right.py",
    "hardware/test_mobile.py",
    "explorables/test_question.py",
    "explorables/test_explorable.py",
    "explorables/test_kernel_lab.py",
    "explorables/test_arithmetic.py",
    "explorables/test_cost_explorer.py",
    "figures/test_expected.py",
    "grading/test_mine_in_answers.py",
    "grading/test_odd_class.py",
)


class OwnSession:
    """Lets each test, the examples in docstrings too, begin a learner's session of its own."""

    @pytest.fixture(autouse=True)
    def own_session(self) -> None:
        tries.forget()
        for kept in (notebook.passed, notebook._failed, predictions._entries, predictions._later):
            kept.clear()


def pytest_addoption(parser):
    parser.addoption(
        "--unit",
        action="append",
        default=[],
        metavar="03_pointwise",
        help="the tests of this unit, its notebook's and its exercises', and no others",
    )


def pytest_configure(config):
    for name in config.getoption("unit"):
        if not any(name in (unit.name, unit.number) for unit in course.UNITS):
            names = ", ".join(unit.name for unit in course.UNITS)
            raise pytest.UsageError(f"there is no unit {name!r}: {names}")
    config.pluginmanager.register(OwnSession())


def pytest_collection_modifyitems(config, items):
    """Keep the tests of the units asked for; put the longest files first."""
    if wanted := {name[:2] for name in config.getoption("unit")}:
        config.hook.pytest_deselected(items=[item for item in items if _unit(item) not in wanted])
        items[:] = [item for item in items if _unit(item) in wanted]
    first = {name: place for place, name in enumerate(LONGEST)}
    tests = Path(__file__).parent
    names = {
        item: item.path.relative_to(tests).as_posix()
        for item in items
        if tests in item.path.parents
    }
    items.sort(key=lambda item: first.get(names.get(item), len(first)))


def _unit(item: pytest.Item) -> str | None:
    """Return the number of the unit that a test is about: its parameters or its file say so."""
    from dwsep_helpers.checks import EXERCISES

    numbers = {exercise.name: exercise.number for exercise in EXERCISES}
    callspec = getattr(item, "callspec", None)
    for value in callspec.params.values() if callspec else ():
        number = numbers.get(value) if isinstance(value, str) else getattr(value, "number", None)
        if isinstance(number, str):  # 03 of a unit, 3.5 of an exercise
            return number.partition(".")[0].zfill(2)
        if isinstance(value, str) and (found := re.match(r"(\d\d)_", value)):
            return found[1]
    found = re.search(r"unit_(\d\d)", item.path.stem)
    return found[1] if found else None


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def once(request, tmp_path_factory) -> Callable[[str, Callable[[Path], None]], Path]:
    """A function that makes a folder once, for all processes that run tests."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if hasattr(request.config, "workerinput") else base

    def once(name: str, make: Callable[[Path], None]) -> Path:
        folder, made = base / name, base / f"{name}.made"
        with FileLock(base / f"{name}.lock"):
            if not made.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                made.touch()
        return folder

    return once


@pytest.fixture(scope="session")
def handed_in_classes(once) -> Path:
    """The example classes of all units, not graded. Read it, or ``take`` a unit from it."""
    from tests.grading import example_classes

    return once("handed-in", example_classes.hand_in)


@pytest.fixture(scope="session")
def graded_classes(once, handed_in_classes) -> Path:
    """The example classes of all units, graded. Read it, or ``take`` a unit from it."""
    from tests.grading import example_classes

    return once("graded", lambda folder: example_classes.grade(handed_in_classes, folder))
