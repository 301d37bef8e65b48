"""The commands: they set themselves up, do nothing twice, and say what is missing."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

SETTING_UP = "tools/setup.sh"


@pytest.fixture
def clone(root, tmp_path):
    """The files that setting up reads, in a folder with a space in its name."""
    folder = tmp_path / "a course"
    shutil.copytree(root / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "README.md", "LICENSE"):
        shutil.copy(root / name, folder)
    return folder


def run(*command, cwd, **environment):
    """Run a command as a person would, not as make's child."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        command,
        cwd=cwd,
        env=inherited | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def script(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def python_in_which(path: Path, module: str, source: str) -> Path:
    """Write a command that runs this Python with one module put before the others."""
    folder = path.parent / f"{path.name}-modules"
    folder.mkdir()
    (folder / f"{module}.py").write_text(source)
    return script(path, f'PYTHONPATH="{folder}" exec "{sys.executable}" "$@"')


@pytest.fixture
def commands(tmp_path):
    """A folder to stand alone on PATH, with nothing of Python in it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sh").symlink_to(shutil.which("sh"))
    return folder


@pytest.fixture
def find_python(root, commands):
    def find(*arguments):
        return run("/bin/sh", "tools/find_python.sh", *arguments, cwd=root, PATH=str(commands))

    return find


def test_find_python_skips_what_has_the_name_and_fails_when_run(find_python, commands):
    script(commands / "python3.11", "echo 'pyenv: python3.11: command not found' >&2", "exit 127")
    (commands / "python3").symlink_to(sys.executable)
    found = find_python()
    assert found.returncode == 0
    assert Path(found.stdout.strip()).exists()
    assert found.stderr == ""


def test_find_python_takes_a_path_with_a_space(find_python, tmp_path):
    mine = script(tmp_path / "my python", f'exec "{sys.executable}" "$@"')
    assert find_python(str(mine)).returncode == 0


def test_find_python_says_that_there_is_none(find_python):
    found = find_python()
    assert found.returncode == 1
    assert "needs Python 3.11 or newer, and none was found." in found.stderr


def test_find_python_says_what_is_too_old(find_python, commands):
    python_in_which(
        commands / "python3",
        "sitecustomize",
        "import sys; sys.version_info = (3, 9, 18, 'final', 0)",
    )
    found = find_python()
    assert found.returncode == 1
    assert "none was found (python3 is 3.9.18)." in found.stderr


def test_find_python_says_that_venv_is_a_package_of_its_own(find_python, commands):
    python_in_which(commands / "python3", "ensurepip", "raise ImportError")
    found = find_python()
    assert found.returncode == 1
    assert "sudo apt install python3-venv" in found.stderr


def test_find_python_prefers_one_that_has_venv(find_python, commands):
    python_in_which(commands / "python3.11", "ensurepip", "raise ImportError")
    (commands / "python3.12").symlink_to(sys.executable)
    assert find_python().returncode == 0


def test_find_python_says_that_the_one_named_is_no_good(find_python, commands):
    (commands / "python3").symlink_to(sys.executable)
    found = find_python("/no/such/python")
    assert found.returncode == 1
    assert "PYTHON=/no/such/python is not that (it does not run)" in found.stderr


def set_up_without_an_index(folder):
    return run(
        "make",
        "lint",
        f"PYTHON={sys.executable}",
        cwd=folder,
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL="http://127.0.0.1:9/simple",  # the discard port: nobody answers
        PIP_EXTRA_INDEX_URL="",
        PIP_FIND_LINKS="",
        PIP_RETRIES="0",
    )


def test_without_an_index_setting_up_says_so_and_leaves_no_stamp(clone):
    made = set_up_without_an_index(clone)
    assert made.returncode != 0
    assert "pip reached no package index" in made.stderr
    assert "then run the same command again" in made.stderr
    assert not (clone / ".venv/ready").exists()


def test_an_environment_that_is_a_link_leaves_the_other_folders_alone(clone, tmp_path):
    others = tmp_path / "another course" / ".venv"
    others.mkdir(parents=True)
    for name in ("home", "ready"):
        (others / name).write_text("theirs")
    (clone / ".venv").symlink_to(others)
    assert set_up_without_an_index(clone).returncode != 0
    assert not (clone / ".venv").is_symlink()
    assert [path.read_text() for path in others.iterdir()] == ["theirs", "theirs"]


@pytest.fixture
def ready(clone):
    """The clone, as if it were set up: make only looks at these three."""
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / ".venv/bin/python").symlink_to(sys.executable)
    (clone / ".venv/home").write_text(f"{clone.resolve()}\n")
    (clone / ".venv/ready").touch()
    os.utime(clone / ".venv/ready", (4e9, 4e9))  # newer than all else, whatever the clock
    return clone


def would_run(folder, *arguments) -> str:
    made = run("make", "--dry-run", *arguments, cwd=folder)
    assert made.returncode == 0, made.stderr
    return made.stdout


def test_a_fresh_clone_is_set_up_first(clone):
    lines = would_run(clone, "lint")
    assert lines.index(SETTING_UP) < lines.index("ruff check")


def test_what_is_set_up_stays(ready):
    assert SETTING_UP not in would_run(ready, "lab", "test", "quick", "demo", "notebooks", "bench")


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_dependency_is_installed(ready, name):
    os.utime(ready / name, (4.1e9, 4.1e9))
    assert SETTING_UP in would_run(ready, "lint")


def test_a_moved_folder_is_set_up_anew(ready):
    assert SETTING_UP in would_run(ready.rename(ready.with_name("moved")), "lint")


def test_a_lost_python_is_set_up_anew(ready):
    (ready / ".venv/bin/python").unlink()
    assert SETTING_UP in would_run(ready, "lint")


def test_the_environment_is_not_built_on_itself(ready):
    moved = ready.rename(ready.with_name("moved"))
    (building,) = [line for line in would_run(moved, "lint").splitlines() if SETTING_UP in line]
    assert "PATH=" in building
    assert str(moved) not in building


def test_jupyterlab_is_told_about_root_and_gets_more_arguments(ready):
    command = would_run(ready, "lab", "LAB_ARGS=--no-browser")
    assert ("--allow-root" in command) == (os.geteuid() == 0)
    assert "--no-browser" in command


def test_quick_tests_the_units_named(ready):
    command = would_run(ready, "quick", "UNIT=03_pointwise 04_cost")
    assert command.index("ruff check") < command.index("--unit=03_pointwise --unit=04_cost")
    assert "pytest" not in would_run(ready, "quick", "UNIT=")


def test_quick_tests_the_units_that_changed(ready):
    for path in ("solutions/02_depthwise/02_depthwise.ipynb", "dwsep_helpers/checks/unit_05/a.py"):
        (ready / path).parent.mkdir(parents=True)
        (ready / path).touch()
    assert run("git", "init", "--quiet", cwd=ready).returncode == 0
    assert "--unit=02 --unit=05 " in would_run(ready, "quick")


def test_one_units_tests_are_its_notebooks_and_its_exercises(root):
    collect = (sys.executable, "-m", "pytest", "--collect-only", "-q")
    files = ("tests/notebooks/test_lint.py", "tests/checks/test_unit_03.py")
    listed = run(*collect, "--unit=03_pointwise", *files, cwd=root).stdout
    assert "test_notebook_keeps_the_rules[03_pointwise-solutions]" in listed
    assert "test_the_dense_kernel_equals_the_layer" in listed
    assert "04_cost" not in listed
    assert "there is no unit '99'" in run(*collect, "--unit=99", *files, cwd=root).stderr


def test_what_starts_first_is_there(root, request):
    """A file that was renamed would be run late, while other cores wait."""
    conftest = request.config.pluginmanager.get_plugin(str(root / "tests" / "conftest.py"))
    assert [name for name in conftest.LONGEST if not (root / "tests" / name).is_file()] == []


def test_help_lists_every_command(clone):
    listed = run("make", cwd=clone).stdout
    targets = re.search(r"^\.PHONY: (help .*)$", (clone / "Makefile").read_text(), re.M)[1].split()
    assert [t for t in targets if not re.search(rf"^  {t} +\S", listed, re.M)] == []


def test_the_forks_workflow_runs_what_ci_runs(root):
    (job,) = yaml.safe_load((root / ".github/workflows/test.yml").read_text())["jobs"].values()
    assert any(step.get("run") == "bash .ci/run" for step in job["steps"])
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.13"]


def test_the_sites_workflow_publishes_tags_and_looks_after_links(root):
    workflow = yaml.safe_load((root / ".github/workflows/site.yml").read_text())
    when, jobs = workflow[True], workflow["jobs"]  # YAML 1.1 takes "on" for true
    assert when["push"] == {"tags": ["v*"]}  # as links name releases, never a branch
    (weekly,) = when["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* \d", weekly["cron"])
    ran = [step["run"] for step in jobs["build"]["steps"] if "run" in step]
    assert ran == ["make site", ".venv/bin/python -m pytest tests/site"]
    assert jobs["deploy"]["needs"] == jobs["links"]["needs"] == "build"
    assert jobs["deploy"]["if"] == "github.ref_type == 'tag'"
    assert jobs["deploy"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert workflow["permissions"] == {"contents": "read"}


def test_hooks_are_well_formed(root):
    from pre_commit.clientlib import load_config

    (local,) = load_config(root / ".pre-commit-config.yaml")["repos"]
    assert {hook["id"] for hook in local["hooks"]} >= {"ruff-check", "notebooks-generated"}
