"""The package's wheel in an environment of its own, as an instructor without a clone has it."""

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


def install(
    root: Path, folder: Path, python: Path, programs: Iterable[str], others: Iterable[Path] = ()
) -> Path:
    """Make the environment; return it. Other packages come from where these tests have them.

    Parameters
    ----------
    root : Path
        The repository.
    folder : Path
        Gets the wheel, and the environment.
    python : Path
        What the environment is made of, of the same version as the one that runs the tests.
    programs : iterable of str
        Commands of other packages that it has.
    others : iterable of Path
        More folders with packages.
    """
    copy, environment = folder / "copy", folder / "environment"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, copy)
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "dwsep_helpers", copy / "dwsep_helpers", ignore=without)
    offline = ["--no-deps", "--no-build-isolation"]
    subprocess.run([*PIP, "wheel", *offline, "--wheel-dir", folder, copy], check=True)
    shutil.rmtree(copy)
    subprocess.run([python, "-m", "venv", "--without-pip", environment], check=True)
    (wheel,) = folder.glob("*.whl")
    target = ["--python", str(environment / "bin" / "python")]
    subprocess.run([*PIP, *target, "install", "--no-deps", wheel], check=True)

    (packages,) = environment.glob("lib/*/site-packages")
    places = dict.fromkeys([sysconfig.get_path("purelib"), *map(str, others)])
    (packages / "others.pth").write_text("\n".join(places) + "\n")
    shutil.copytree(Path(sys.prefix, "etc", "jupyter"), environment / "etc" / "jupyter")
    share = environment / "share" / "jupyter"
    share.mkdir(parents=True)
    for path in Path(sys.prefix, "share", "jupyter").iterdir():
        if path.name.startswith("lab"):  # large, and read by JupyterLab alone
            (share / path.name).symlink_to(path)
        else:  # locked processes follow no link to elsewhere
            shutil.copytree(path, share / path.name)
    for name in programs:
        (found,) = entry_points(group="console_scripts", name=name)
        program = environment / "bin" / name
        interpreter = f"#!{environment / 'bin' / 'python'}\n"
        program.write_text(
            f"{interpreter}from {found.module} import main\nraise SystemExit(main())\n"
        )
        program.chmod(0o755)
    return environment
