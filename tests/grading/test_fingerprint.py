"""What has a submission graded again: a change of code that decides its points, and no other."""

import ast
import shutil
from itertools import combinations, pairwise

import pytest

from dwsep_helpers import course
from dwsep_helpers.grading.class_folder import ClassFolder
from dwsep_helpers.grading.fingerprint import imported, of_code, sources, text_of
from dwsep_helpers.grading.nbgrader_session import NbgraderSession

UNITS = [unit.name for unit in course.UNITS if unit.points]


@pytest.fixture
def copy(root, tmp_path):
    """A copy of the package that can be edited, and fingerprinted."""
    python_alone = shutil.ignore_patterns("__pycache__", "*.csv")
    shutil.copytree(root / "dwsep_helpers", tmp_path / "dwsep_helpers", ignore=python_alone)
    return tmp_path


def fingerprints(root):
    for kept in (of_code, text_of):
        kept.cache_clear()
    return {unit: of_code(unit, root) for unit in UNITS}


def changed(root, *paths):
    """Return, for each of some files, the units whose fingerprints change with it."""
    states = [fingerprints(root)]
    for path in paths:
        with path.open("a") as file:
            file.write("# edited\n")
        states.append(fingerprints(root))
    return [{u for u in UNITS if old[u] != new[u]} for old, new in pairwise(states)]


@pytest.mark.parametrize("unit", UNITS)
def test_an_edit_to_a_units_checks_changes_that_unit_alone(copy, unit):
    others = {path for other in UNITS if other != unit for path in sources(other, copy)}
    own = [path for path in sources(unit, copy) if path not in others]
    assert own
    assert changed(copy, *own) == [{unit}] * len(own)


@pytest.mark.parametrize(
    "path",
    [
        "dwsep_helpers/checks/engine.py",
        "dwsep_helpers/grading/execution.py",
        "dwsep_helpers/grading/graded_cells.py",
        "dwsep_helpers/grading/mending.py",
        "dwsep_helpers/grading/reading.py",
        "dwsep_helpers/grading/settings.py",
    ],
)
def test_an_edit_to_what_judges_all_changes_all(copy, path):
    assert changed(copy, copy / path) == [set(UNITS)]


def test_a_reference_changes_who_uses_it(copy):
    users = {
        "hardware/quantization.py": {"07_eight_bits"},
        "mobilenet/folding.py": {"05_mobilenet"},
        "intervals.py": {"05_mobilenet"},
        "cost/networks.py": {"02_depthwise", "03_pointwise", "04_cost"},
    }
    assert changed(copy, *(copy / "dwsep_helpers" / path for path in users)) == [*users.values()]


@pytest.mark.parametrize("room", ["figures", "predictions", "grading/classes"])
def test_an_edit_to_what_decides_nothing_changes_none(copy, room):
    paths = sorted((copy / "dwsep_helpers" / room).glob("*.py"))[:3]
    assert changed(copy, *paths) == [set()] * len(paths)


def test_units_differ(copy):
    for one, other in combinations(UNITS, 2):
        assert of_code(one, copy) != of_code(other, copy)


def test_imports_are_those_that_python_reads(root):
    for path in (root / "dwsep_helpers").rglob("*.py"):
        text, asked = path.read_text(), set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                asked |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{path} imports relatively, which is not followed"
                asked |= {f"{node.module}.{alias.name}" for alias in node.names}
        asked = {name for name in asked if name.startswith("dwsep_helpers.")}
        read = imported(text)
        found = {f"{module}.{name}" for module, names in read for name in names}
        assert asked <= found | {module for module, _ in read}, path


@pytest.mark.parametrize(
    ("setting", "counts"),
    [
        ("c.LateRule.percent_per_day = 10", False),
        ("c.CourseDirectory.course_id = 'other'", False),
        ("c.ExecutePreprocessor.timeout = 5", True),
        ("c.ExecuteThroughDeaths.follow_on = True", True),
        ("c.Autograde.autograde_preprocessors = []", True),
    ],
)
def test_a_setting_counts_where_points_hang_on_it(root, tmp_path, setting, counts):
    plain, changed = tmp_path / "plain", tmp_path / "changed"
    for folder, more in ((plain, ""), (changed, setting)):
        folder.mkdir()
        text = (root / "nbgrader_config.py").read_text()
        (folder / "nbgrader_config.py").write_text(f"{text}\n{more}\n")
    before, after = (NbgraderSession(ClassFolder(str(one))).judged_by for one in (plain, changed))
    assert (before != after) == counts
