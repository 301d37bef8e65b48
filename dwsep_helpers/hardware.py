"""Time measured with care."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Timings:
    """Seconds per call of each contender, one list entry per round."""

    seconds: dict[str, list[float]]

    def best(self, name: str) -> float:
        """Return the fastest call in seconds: what the code costs when nothing disturbs it."""
        return min(self.seconds[name])

    def ratio(self, slow: str, fast: str) -> float:
        """Return how many times longer ``slow`` takes than ``fast``, each at its best."""
        return self.best(slow) / self.best(fast)


def processor() -> str:
    """Return the processor's name, as far as the system tells it.

    Examples
    --------
    >>> bool(processor())
    True
    """
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine() or "unknown"


def measure(contenders: Mapping[str, Callable[[], object]], rounds: int = 5) -> Timings:
    """Time functions against each other: one warm-up, then rounds in which each runs once.

    Taking turns is the point: when the machine slows down, it slows down for all.

    Parameters
    ----------
    contenders : mapping of str to callable
        Name and function without arguments.
    rounds : int
        How often each is timed.

    Returns
    -------
    Timings

    Raises
    ------
    ValueError
        If there is nothing to time.

    Examples
    --------
    >>> timings = measure({"many": lambda: sum(range(10**5)), "few": lambda: sum(range(10))})
    >>> timings.ratio("many", "few") > 1
    True
    """
    if not contenders:
        raise ValueError("contenders is empty: name at least one function to time")
    if rounds < 1:
        raise ValueError(f"rounds must be at least 1, got {rounds}")
    for function in contenders.values():
        function()
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, function in contenders.items():
            start = time.perf_counter()
            function()
            seconds[name].append(time.perf_counter() - start)
    return Timings(seconds)
