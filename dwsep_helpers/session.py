"""What every notebook begins with: versions, seeds, and a self-test of the environment."""

from __future__ import annotations

import importlib
import platform
import random
import re
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

import numpy as np

import dwsep_helpers
from dwsep_helpers import notebook, predictions
from dwsep_helpers.translation import say

T = TypeVar("T")
SEED = 0
PACKAGES = ("numpy", "matplotlib", "scikit-learn", "ipywidgets", "torch")


def setup(seed: int = SEED) -> None:
    """Print the versions that this notebook runs on, seed the random generators, and warm up.

    In a unit's folder, what came out otherwise than predicted in the unit before is asked once
    more; see :func:`dwsep_helpers.predictions.warm_up`.

    Parameters
    ----------
    seed : int
        Given to :mod:`random` and NumPy's global generator. torch is seeded by the units
        that train.
    """
    random.seed(seed)
    np.random.seed(seed)
    print(
        f"dwsep_helpers {dwsep_helpers.__version__} · Python {platform.python_version()} · "
        + " · ".join(f"{name} {_version(name) or 'not installed'}" for name in PACKAGES)
    )
    if notebook.somebody_watches() and (unit := re.fullmatch(r"(\d\d)_\w+", Path.cwd().name)):
        predictions.warm_up(unit[1])


def self_test() -> None:
    """Try what the course needs, print one line each, and say what to do about what is missing.

    Nothing here raises: a missing optional part only limits what it says it limits.
    """
    results = [_try(name, works) for name, works in _TRIALS]
    width = max(len(name) for name, _, _ in results)
    for name, passed, remark in results:
        print(f"{'✓' if passed else '✗'} {name:<{width}}  {remark}")
    if all(passed for _, passed, _ in results):
        print("\nEverything is here: read on.")
    else:
        print("\nSomething is missing (✗). The line says which part of the course needs it.")


def look(exercises: str, at: Callable[[], T]) -> T | None:
    """Return what a learner's code makes, or say calmly that it isn't written yet.

    Parameters
    ----------
    exercises : str
        The exercises whose code is looked at, such as ``"1.5"`` or ``"2.2 and 2.3"``.
    at : function without arguments
        Runs the code and returns what there is to see; None is returned where an exercise is
        still open, which is said once in a cell.
    """
    try:
        with notebook.patient():
            return at()
    except NotImplementedError:
        missing = notebook.to_write(exercises)
        notebook.say_once(
            say("Nothing to look at yet: write {exercises} first.", exercises=missing)
        )
        return None


def _version(name: str) -> str | None:
    try:
        return version(name).partition("+")[0]  # 2.13.0+cpu is version 2.13.0
    except PackageNotFoundError:
        return None


def _try(name: str, works: Callable[[], str]) -> tuple[str, bool, str]:
    try:
        return name, True, works()
    except Exception as problem:
        return name, False, f"{type(problem).__name__}: {problem}"


def _kernels() -> str:
    image = np.arange(16, dtype=np.float64).reshape(1, 1, 4, 4)
    y = dwsep_helpers.conv2d(image, np.ones((1, 1, 3, 3)))
    if y.tolist() != [[[[45.0, 54.0], [81.0, 90.0]]]]:
        raise ArithmeticError(f"a 3×3 box over 0 … 15 summed to {y.tolist()}")
    return "a small convolution by hand and by code agree"


def _photograph() -> str:
    from dwsep_helpers import data

    channels, height, width = data.photograph().shape
    return f"the photograph loads, {width}×{height} pixels, {channels} channels"


def _pictures() -> str:
    from dwsep_helpers import figures

    figures.kernel_flipped([[1, 2], [0, -1]])
    return "drawing works"


def _widgets() -> str:
    importlib.import_module("ipywidgets")
    return f"ipywidgets {_version('ipywidgets')}: what you do in a figure reaches Python"


def _torch() -> str:
    try:
        torch = importlib.import_module("torch")
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "not installed: units 01 to 04 only lose their comparison with torch; 05 to 08 need it"
        ) from None
    return f"torch {_version(torch.__name__)}"


def _mobile() -> str:
    from dwsep_helpers import hardware

    if not hardware.has_mobile():
        raise ModuleNotFoundError("not installed: units 06 to 08 show what was recorded")
    return f"ExecuTorch {_version('executorch')}, LiteRT, Vela"


_TRIALS = (
    ("kernels", _kernels),
    ("photograph", _photograph),
    ("pictures", _pictures),
    ("widgets", _widgets),
    ("torch", _torch),
    ("mobile", _mobile),
)
