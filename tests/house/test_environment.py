"""pyproject.toml, constraints.txt and environment.yml describe one environment."""

import importlib.metadata
import re
import subprocess
import sys
import sysconfig
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

# What conda-forge calls otherwise: no desktop toolkit with matplotlib, no CUDA with torch.
CONDA_NAMES = {"matplotlib": "matplotlib-base", "torch": "pytorch-cpu"}
LEARNERS_EXTRAS = ("torch", "lab")


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def lock(root):
    lines = (root / "constraints.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


@pytest.fixture(scope="module")
def conda(root):
    return yaml.safe_load((root / "environment.yml").read_text())


def requirements(project, *extras) -> list[Requirement]:
    """Return the direct dependencies, those of the extras included, but not the course itself."""
    lines = [
        *project["dependencies"],
        *(line for extra in extras for line in project["optional-dependencies"][extra]),
    ]
    return [r for r in map(Requirement, lines) if r.name != project["name"]]


def test_lock_is_exact_sorted_and_without_build_labels(root, lock):
    names = list(lock)
    assert names == sorted(names)
    assert names == [canonicalize_name(name) for name in names]
    assert all(str(Version(v)) == v and Version(v).local is None for v in lock.values())


def test_lock_is_within_the_ranges(project, lock):
    for requirement in requirements(project, *project["optional-dependencies"]):
        assert requirement.specifier, f"{requirement} has no lower bound"
        assert lock[canonicalize_name(requirement.name)] in requirement.specifier


def test_all_means_all(project):
    extras = project["optional-dependencies"]
    assert set(Requirement(extras["all"][0]).extras) == set(extras) - {"all"}


def test_conda_has_the_locks_versions(project, lock, conda):
    pinned = dict(d.split("=") for d in conda["dependencies"] if isinstance(d, str) and "=" in d)
    python = pinned.pop("python")
    wanted = {
        CONDA_NAMES.get(r.name, r.name): lock[r.name]
        for r in requirements(project, *LEARNERS_EXTRAS)
    }
    assert pinned == wanted
    assert Version(python) in Requirement(f"python{project['requires-python']}").specifier


def test_conda_installs_the_course_itself_and_the_weights_pip_alone_has(project, lock, conda):
    assert conda["channels"][0] == "conda-forge"
    assert "pip" in conda["dependencies"]
    names = [Requirement(r).name for r in project["optional-dependencies"]["pretrained"]]
    weights = [f"{name}=={lock[name]}" for name in names]
    assert {"pip": ["-e .", *weights]} in conda["dependencies"]


def test_these_tests_run_on_the_lock(project, lock):
    direct = {
        canonicalize_name(r.name)
        for r in requirements(project, "torch", "mobile", "lab", "pretrained", "test")
    }
    here = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    installed = {  # there, and not what some package carries along and puts on sys.path
        canonicalize_name(d.name): Version(d.version).public
        for d in importlib.metadata.distributions(path=here)
    }
    assert direct <= installed.keys()
    other = {n: (v, installed[n]) for n, v in lock.items() if installed.get(n, v) != v}
    assert not other, f"locked and installed differ, run make: {other}"


def test_the_lock_fits_the_oldest_python_promised(project, lock):
    oldest = project["requires-python"].removeprefix(">=") + ".0"
    too_new = {
        d.name: d.metadata["Requires-Python"]
        for d in importlib.metadata.distributions()
        if canonicalize_name(d.name) in lock
        and oldest not in SpecifierSet(d.metadata.get("Requires-Python", ""))
    }
    assert not too_new


def test_binder_would_build_it(root):
    run = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = run.stdout + run.stderr
    assert run.returncode == 0, said
    assert "Building conda environment for python=3.11" in said
    assert re.search(r'env update -p \S+ --file "environment.yml"', said)
