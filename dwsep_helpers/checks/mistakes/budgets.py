"""Wrong speed-ups of a whole, and wrong choices within a budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dwsep_helpers.checks.exercise import Mistake


def _whole(name: str, says: str, wrong: Callable[[Any, Any], Any], hint: int = 2) -> Mistake:
    """Take a wrong speed-up of (shares, speed-ups)."""

    def function(shares, speedups):
        return np.asarray(wrong(shares, speedups), dtype=float)

    return Mistake(name, says, function, hint)


def _right_amdahl(shares: np.ndarray, speedups: np.ndarray) -> float:
    return 1 / (shares / speedups).sum()


AMDAHL = (
    _whole(
        "mean-of-speedups",
        "That is the mean of the speed-ups, weighted by time. Times add up; speed-ups don't.",
        lambda s, f: (s * f).sum(),
        1,
    ),
    _whole(
        "time-left",
        "That is the part of the time that is left; asked for is how many times faster.",
        lambda s, f: (s / f).sum(),
        1,
    ),
    _whole(
        "time-saved",
        "That is the part of the time that is saved.",
        lambda s, f: 1 - (s / f).sum(),
        1,
    ),
    _whole("plain-mean", "The shares are missing.", lambda s, f: f.mean(), 1),
    _whole("largest-speedup", "That is the best part's speed-up.", lambda s, f: f.max(), 1),
    _whole("smallest-speedup", "That is the slowest part's speed-up.", lambda s, f: f.min(), 1),
    _whole(
        "product-of-speedups",
        "The speed-ups are multiplied, as if each held for the whole.",
        lambda s, f: f.prod(),
        1,
    ),
    _whole(
        "geometric-mean",
        "That is a geometric mean; times add up.",
        lambda s, f: np.exp((s * np.log(f)).sum()),
    ),
    _whole(
        "plain-harmonic-mean",
        "The shares are missing: each part counts alike.",
        lambda s, f: len(f) / (1 / f).sum(),
    ),
    _whole(
        "largest-part-alone",
        "Only the largest part gets faster here.",
        lambda s, f: 1 / (1 - s.max() + s.max() / f[s.argmax()]),
    ),
    _whole(
        "first-part-alone",
        "Only the first part gets faster here.",
        lambda s, f: 1 / (1 - s[0] + s[0] / f[0]),
    ),
    _whole(
        "last-part-lost",
        "The last part is missing.",
        lambda s, f: 1 / (s / f)[:-1].sum(),
        3,
    ),
    _whole(
        "divided-the-wrong-way",
        "A part that gets f times faster takes 1/f of its time, not f times.",
        lambda s, f: 1 / (s * f).sum(),
    ),
    _whole(
        "slower-parts-ignored",
        "A part that gets slower counts as unchanged here.",
        lambda s, f: _right_amdahl(s, np.maximum(f, 1)),
    ),
    _whole(
        "in-per-cent",
        "That is per cent; asked for is how many times.",
        lambda s, f: 100 * _right_amdahl(s, f),
        3,
    ),
    _whole(
        "faster-by",
        "That is by how much faster, one less than how many times.",
        lambda s, f: _right_amdahl(s, f) - 1,
        3,
    ),
)


def _choice(name: str, says: str, choose: Callable[[list, dict], Any], hint: int = 2) -> Mistake:
    """Take a wrong choice of (designs, budget); the chosen row is answered rightly."""

    def function(designs, budget):
        row = choose(designs, budget)
        return np.array([row["width"], row["resolution"]], dtype=float)

    return Mistake(name, says, function, hint)


def _within(designs: list, budget: dict) -> list:
    return [row for row in designs if all(row[name] <= most for name, most in budget.items())]


def _best(rows: list) -> dict:
    return max(rows, key=lambda row: row["top_1"])


def _one_limit(which: int) -> Callable[[list, dict], dict]:
    def choose(designs: list, budget: dict) -> dict:
        names = list(budget)[which : which + 1 or None]
        return _best(_within(designs, {name: budget[name] for name in names}))

    return choose


def _strictly(designs: list, budget: dict) -> dict:
    return _best([r for r in designs if all(r[name] < most for name, most in budget.items())])


def _any_limit(designs: list, budget: dict) -> dict:
    fits = [r for r in designs if any(r[n] <= m for n, m in budget.items())] or designs
    return _best(fits)


def _other_side(designs: list, budget: dict) -> dict:
    fits = [r for r in designs if all(r[name] >= most for name, most in budget.items())]
    return _best(fits or designs)


def _numbers(name: str, says: str, wrong: Callable[[dict], list], hint: int = 3) -> Mistake:
    def function(designs, budget):
        return np.array(wrong(_best(_within(designs, budget))), dtype=float)

    return Mistake(name, says, function, hint)


BEST_DESIGN = (
    _choice(
        "budget-ignored",
        "That is the most accurate of all; it breaks the budget.",
        lambda d, b: _best(d),
        1,
    ),
    _choice(
        "first-that-fits",
        "That is the first that fits; a later one may be more accurate.",
        lambda d, b: _within(d, b)[0],
    ),
    _choice(
        "last-that-fits",
        "That is the last that fits; an earlier one may be more accurate.",
        lambda d, b: _within(d, b)[-1],
    ),
    _choice(
        "least-accurate",
        "That is the least accurate of those that fit.",
        lambda d, b: min(_within(d, b), key=lambda row: row["top_1"]),
    ),
    _choice(
        "cheapest-in-macs",
        "That is the one with the fewest MACs; within the budget only accuracy counts.",
        lambda d, b: min(_within(d, b), key=lambda row: row["macs"]),
        1,
    ),
    _choice(
        "widest",
        "That is the widest that fits, which need not be the most accurate.",
        lambda d, b: max(_within(d, b), key=lambda row: row["width"]),
    ),
    _choice(
        "highest-resolution",
        "That has the highest resolution of those that fit, which need not be the most accurate.",
        lambda d, b: max(_within(d, b), key=lambda row: row["resolution"]),
    ),
    _choice(
        "most-macs-that-fit",
        "That spends the most MACs; accuracy decides.",
        lambda d, b: max(_within(d, b), key=lambda row: row["macs"]),
        1,
    ),
    _choice(
        "limits-not-reached",
        "A design may reach a limit: at most means ≤.",
        _strictly,
        3,
    ),
    _choice("one-limit-is-enough", "It keeps one of the limits, not all of them.", _any_limit),
    _choice("other-side-of-the-limits", "It lies above the limits.", _other_side),
    _choice("first-limit-alone", "It keeps the first limit and breaks another.", _one_limit(0)),
    _choice("last-limit-alone", "It keeps the last limit and breaks another.", _one_limit(-1)),
    _numbers(
        "order-swapped",
        "The two have changed places: the width comes first.",
        lambda row: [row["resolution"], row["width"]],
    ),
    _numbers("accuracy-for-design", "That is its accuracy.", lambda row: [row["top_1"]]),
)
