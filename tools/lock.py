"""Write constraints.txt: the exact versions that ``pip install .[all]`` takes today.

Run by ``make lock`` on Python 3.11. pip resolves for 3.11.0, the oldest Python that the course
promises to run on, as in an empty environment, and installs nothing. torch stays at the
locked version unless another is named: ``make lock TORCH=2.14.0``.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "constraints.txt"
OLDEST = "3.11.0"

HEADER = """\
# The lock: exact versions of everything that `pip install .[all]` takes on Python 3.11,
# the versions that the tests ran on. Used as pip's --constraint, so that packages which only
# another system needs (torch's CUDA libraries, for one) may join.
# Made by `make lock`; not edited by hand.
"""

# Published as source alone: built here first, since for another Python pip takes wheels alone.
# antlr4 comes with ExecuTorch, by way of omegaconf.
SOURCE_ONLY = ("antlr4-python3-runtime==4.9.*", "fvcore", "iopath")

# Newer ones build grammars while they are imported: a second more for each program of Jupyter's.
HELD_BACK = ("jsonschema<4.25",)

# Companions that torch pins by itself, different on every platform.
PLATFORM_ONLY = re.compile(r"nvidia-|cuda-|triton$")


def locked_torch() -> str:
    """Return the torch version in the present lock."""
    (version,) = re.findall(r"^torch==(\S+)$", LOCK.read_text(), re.MULTILINE)
    return version


def direct_dependencies() -> list[str]:
    """Return every requirement that pyproject.toml names, but the course itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return [line for group in groups for line in group if not line.startswith(project["name"])]


def resolve(torch: str) -> list[str]:
    """Return ``name==version`` lines, sorted, for ``.[all]`` with that torch."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        wheels = f"{folder}/wheels"
        pip(folder, "wheel", "--no-deps", "--wheel-dir", wheels, *SOURCE_ONLY)
        # For another Python than its own, pip wants a place to put what it takes.
        oldest = ["--python-version", OLDEST, "--only-binary=:all:", "--target", folder]
        report = Path(folder, "report.json")
        command = ["install", "--dry-run", "--report", str(report), "--find-links", wheels]
        pip(folder, *command, *oldest, f"torch=={torch}", *HELD_BACK, *direct_dependencies())
        packages = [item["metadata"] for item in json.loads(report.read_text())["install"]]
    versions = {
        name_of(package["name"]): package["version"].partition("+")[0] for package in packages
    }
    return [f"{n}=={v}" for n, v in sorted(versions.items()) if not PLATFORM_ONLY.match(n)]


def pip(folder: str, *arguments: str) -> None:
    """Run pip of an empty environment."""
    command = [f"{folder}/bin/python", "-m", "pip", *arguments, "--quiet"]
    if subprocess.run(command, check=False).returncode:
        sys.exit("pip could not resolve the dependencies; constraints.txt stays as it was.")


def name_of(requirement: str) -> str:
    """Return the name in a requirement, in its standard form."""
    name, _ = re.split(r"[^\w.-]|$", requirement, maxsplit=1)
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """Resolve and rewrite the lock."""
    if sys.version_info[:2] != (3, 11):
        sys.exit("The lock is made on Python 3.11: make lock PYTHON=/path/to/python3.11")
    lines = resolve(sys.argv[1] if len(sys.argv) > 1 else locked_torch())
    LOCK.write_text(HEADER + "\n".join(lines) + "\n")
    print(f"constraints.txt: {len(lines)} packages")


if __name__ == "__main__":
    main()
