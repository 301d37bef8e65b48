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

# Published as source alone. pip resolves those only for the Python that it runs on.
SOURCE_ONLY = ("fvcore", "iopath")

# Companions that torch pins by itself, different on every platform.
PLATFORM_ONLY = re.compile(r"nvidia-|cuda-|triton$")


def locked_torch() -> str:
    """Return the torch version in the present lock."""
    return re.search(r"^torch==(\S+)$", LOCK.read_text(), re.MULTILINE).group(1)


def direct_dependencies() -> list[str]:
    """Return every requirement that pyproject.toml names, but the course itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return [line for group in groups for line in group if not line.startswith(project["name"])]


def resolve(torch: str) -> list[str]:
    """Return ``name==version`` lines, sorted, for ``.[all]`` with that torch."""
    needed = direct_dependencies()
    from_source = [line for line in needed if name_of(line) in SOURCE_ONLY]
    wheels = [line for line in needed if line not in from_source]
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        sources = [
            package
            for package in would_install(folder, *from_source)
            if name_of(package["name"]) in SOURCE_ONLY
        ]
        for package in sources:
            parts = package.get("requires_dist", [])
            wheels += [p for p in parts if "extra ==" not in p and name_of(p) not in SOURCE_ONLY]
        # For another Python than its own, pip wants wheels alone and a place to put them.
        oldest = ["--python-version", OLDEST, "--only-binary=:all:", "--target", folder]
        packages = sources + would_install(folder, *oldest, f"torch=={torch}", *wheels)
    versions = {
        name_of(package["name"]): package["version"].partition("+")[0] for package in packages
    }
    return [f"{n}=={v}" for n, v in sorted(versions.items()) if not PLATFORM_ONLY.match(n)]


def would_install(folder: str, *arguments: str) -> list[dict]:
    """Return the metadata of what pip would install; it installs nothing."""
    report = Path(folder) / "report.json"
    command = [f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "--dry-run"]
    command += ["--report", str(report), *arguments]
    if subprocess.run(command, check=False).returncode:
        sys.exit("pip could not resolve the dependencies; constraints.txt stays as it was.")
    return [item["metadata"] for item in json.loads(report.read_text())["install"]]


def name_of(requirement: str) -> str:
    """Return the name in a requirement, in its standard form."""
    name = re.match(r"[\w.-]+", requirement).group()
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
