"""Pairs of learners whose code has in common what few others' has."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

SHORT = 30  # tokens: less is too little to say anything, even where all letters are the same


@dataclass(frozen=True)
class Pair:
    """What two have in common.

    Attributes
    ----------
    first, second : str
    letters, tokens : tuple of str
        Answers that are the same to the letter, comments and all; or but for comments and spaces.
    share : float
        Of the runs of tokens of the one with fewer, how many the other has too.
    bits : float
        How surprising that is: each common run counts the more, the fewer have it.
    alike : tuple of str
        Answers, those first that count most.
    """

    first: str
    second: str
    letters: tuple[str, ...]
    tokens: tuple[str, ...]
    share: float
    bits: float
    alike: tuple[str, ...]


# By name of the answer, what ``runs.compared`` says of it.
Code = Mapping[str, Mapping[str, Any]]


@dataclass
class Compared:
    """The pairs of a class.

    Attributes
    ----------
    pairs : list of Pair
        The most surprising first.
    usual : float
        The share that half of all pairs stay below.
    """

    pairs: list[Pair]
    usual: float


def compare(learners: Mapping[str, Code], course: Mapping[str, Code], handed_out: Code) -> Compared:
    """Compare learners with each other, and with what the course publishes.

    Parameters
    ----------
    learners : mapping of str to Code
    course : mapping of str to Code
        Texts that anybody can look up, by what they are called.
    handed_out : Code
        What all were given: it doesn't count.
    """
    given = {run for answer in handed_out.values() for run in answer["runs"]}
    same = {answer["tokens"] for answer in handed_out.values()}
    own = {who: _own(code, given, same) for who, code in {**course, **learners}.items()}
    had = Counter(run for who in learners for run in _runs(own[who]))
    found, shares = [], []
    for first, second in combinations(own, 2):
        if first in course and second in course:
            continue
        pair = _pair(first, second, own, had, len(learners))
        if first not in course:
            shares.append(pair.share)
        if pair.bits:
            found.append(pair)
    found.sort(key=lambda pair: -pair.bits)
    return Compared(found, sorted(shares)[len(shares) // 2] if shares else 0.0)


@dataclass(frozen=True)
class _Answer:
    runs: frozenset[str]
    letters: str
    tokens: str
    length: int


def _own(code: Code, given: set[str], same: set[str]) -> dict[str, _Answer]:
    return {
        name: _Answer(
            frozenset(one["runs"]) - given, one["letters"], one["tokens"], int(one["length"])
        )
        for name, one in code.items()
        if one["tokens"] not in same
    }


def _runs(answers: Mapping[str, _Answer]) -> frozenset[str]:
    return frozenset().union(*(answer.runs for answer in answers.values()))


def _pair(
    first: str,
    second: str,
    own: Mapping[str, Mapping[str, _Answer]],
    had: Mapping[str, int],
    many: int,
) -> Pair:
    one, other = own[first], own[second]
    of_one, of_other = _runs(one), _runs(other)
    common = of_one & of_other
    bits = {run: math.log2((many + 1) / max(1, had[run])) for run in common}
    least = min(len(of_one), len(of_other))
    both = [n for n in one if n in other and one[n].length >= SHORT]
    letters = [n for n in both if one[n].letters == other[n].letters]
    tokens = [n for n in both if one[n].tokens == other[n].tokens and n not in letters]
    weight = {name: _bits(answer.runs & common, bits) for name, answer in one.items()}
    return Pair(
        first,
        second,
        tuple(letters),
        tuple(tokens),
        len(common) / least if least else 0.0,
        _bits(common, bits),
        tuple(sorted((n for n in weight if weight[n]), key=lambda n: -weight[n])),
    )


def _bits(runs: Iterable[str], bits: Mapping[str, float]) -> float:
    return math.fsum(bits[run] for run in runs)
