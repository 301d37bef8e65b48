"""A network on photographs: how large an image it can take, where time goes, files for phones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from dwsep_helpers.hardware.timing import quick
from dwsep_helpers.wrapping import wrapped

if TYPE_CHECKING:
    import torch
    from torch import nn

    from dwsep_helpers.hardware.programs import Program
    from dwsep_helpers.hardware.tflite import Interpreter

SIZES: Final = (224, 160, 128, 96, 64, 32)  # of images, in pixels; the last is tried first
SECONDS: Final = 40.0  # that a person waits for one


def affordable_size(run: Callable[[np.ndarray], Any], seconds: float = SECONDS) -> int:
    """Return the largest image, in pixels, that a network takes so many seconds for at most.

    It is run on a small one, and its time taken to grow with the pixels. Where that isn't 224, a
    sentence says so. While a notebook is graded, it is the smallest.

    Parameters
    ----------
    run : callable
        Takes x (1, 3, H, W): the learner's network.
    seconds : float

    Examples
    --------
    >>> affordable_size(lambda x: x)
    224
    """
    whole, small = SIZES[0], SIZES[-1]
    if quick():
        return small
    x = np.zeros((1, 3, small, small), np.float32)
    start = time.perf_counter()
    run(x)
    took = time.perf_counter() - start
    if took < seconds * (small / whole) ** 2:
        return whole
    fits = [n for n in SIZES if took * (n / small) ** 2 <= seconds]
    size = max(fits, default=small)
    print(
        wrapped(
            f"At {whole}×{whole} your layers would take about {took * (whole / small) ** 2:.0f} "
            f"seconds: right, and slow, as loops are. So the image has {size}×{size} pixels, "
            f"{(whole / size) ** 2:.2g} times fewer. The network was trained on {whole}×{whole}: "
            "its verdict may be another."
        )
    )
    return size


def are_theirs(*layers: Callable[..., Any]) -> bool:
    """Tell whether functions are the learner's own, and none the course's in its place.

    Examples
    --------
    >>> are_theirs(abs)
    True
    """
    return not any(getattr(layer, "of_the_course", False) for layer in layers)


def programs(network: nn.Module, images: torch.Tensor) -> dict[str, Program | Interpreter]:
    """Return a network as files for two runtimes, ready to run on one thread.

    Parameters
    ----------
    network : Module
    images : Tensor, shape (N, C, H, W)
        From which eight bits read ranges. The files take one of their size.

    Returns
    -------
    dict of str to Program or Interpreter
        By runtime and type of number. Each takes an image and has a ``size``, in bytes.

    Raises
    ------
    ModuleNotFoundError
        Without the runtimes; the message says how to add them.
    """
    from dwsep_helpers.hardware import export, tflite

    one = images[:1]
    return {
        "ExecuTorch, float32": export.export(network, one),
        "LiteRT, float32": tflite.Interpreter(tflite.to_tflite(network, one, "float32")),
        "LiteRT, int8": tflite.Interpreter(tflite.to_tflite(network, images, float_edges=True)),
    }


@contextmanager
def clocked(namespace: dict[str, Any], kinds: Mapping[str, str]) -> Iterator[dict[str, float]]:
    """Take the time that functions of a notebook take, inside a ``with`` block.

    Parameters
    ----------
    namespace : dict
        The notebook's ``globals()``.
    kinds : mapping of str to str
        From functions' names there to what their time counts as.

    Yields
    ------
    dict of str to float
        Seconds by kind, which grow with each call; in the end ``"other"``, what the block took
        beside them.

    Examples
    --------
    >>> names = {"layer": abs}
    >>> with clocked(names, {"layer": "depthwise"}) as seconds:
    ...     _ = names["layer"](1)
    >>> [*seconds], names["layer"] is abs
    (['depthwise', 'other'], True)
    """
    seconds = dict.fromkeys(kinds.values(), 0.0)
    before = {name: namespace[name] for name in kinds}

    def timed(function: Callable[..., Any], kind: str) -> Callable[..., Any]:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                seconds[kind] += time.perf_counter() - start

        return run

    start = time.perf_counter()
    try:
        namespace.update({name: timed(before[name], kind) for name, kind in kinds.items()})
        yield seconds
        seconds["other"] = time.perf_counter() - start - sum(seconds.values())
    finally:
        namespace.update(before)
