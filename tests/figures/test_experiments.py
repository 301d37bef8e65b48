"""Accuracies and gaps: the intervals drawn are those of the runs."""

from dataclasses import dataclass

import numpy as np
import pytest
from layout import faults

from dwsep_helpers import figures
from dwsep_helpers.figures import experiments
from dwsep_helpers.intervals import interval
from dwsep_helpers.mobilenet import overfitting


@dataclass
class Run:
    network: str
    parameters: int
    images: int
    train_accuracy: float
    test_accuracy: float


RUNS = [
    Run(name, size, images, 1.0 - 0.01 * seed, 0.5 + 0.1 * number + 0.02 * seed + images / 1000)
    for number, (name, size) in enumerate((("thin", 1200), ("wide", 34_000)))
    for images in (100, 50)
    for seed in range(3)
]


@pytest.fixture
def drawn(monkeypatch):
    kept = {}
    draw = experiments._draw

    def noted(*arguments):
        kept["figure"] = draw(*arguments)
        return kept["figure"]

    monkeypatch.setattr(experiments, "_draw", noted)
    return kept


def test_means_and_intervals_are_drawn(drawn):
    figures.generalization(RUNS, "Two networks")
    for axes, measure in zip(
        drawn["figure"].axes,
        (lambda r: r.test_accuracy, lambda r: r.train_accuracy - r.test_accuracy),
        strict=True,
    ):
        looks = set()
        for container, name in zip(axes.containers, ("thin", "wide"), strict=True):
            line, _, [bars] = container
            for (x, y), segment, images in zip(
                line.get_xydata(), bars.get_segments(), (50, 100), strict=True
            ):
                same = [r for r in RUNS if (r.network, r.images) == (name, images)]
                mean, low, high = interval([measure(r) for r in same])
                assert x == pytest.approx(images, rel=0.05)
                assert y == pytest.approx(mean)
                np.testing.assert_allclose(sorted(segment[:, 1]), [low, high])
            looks.add((line.get_marker(), line.get_linestyle()))
        assert len(looks) == 2, "told apart without colour"


@pytest.mark.parametrize("title", ["", "Two networks"])
def test_nothing_is_cut_off(drawn, title):
    figures.generalization(RUNS, title)
    assert faults(drawn["figure"]) == []
    figures.generalization(overfitting.read(), title)
    assert faults(drawn["figure"]) == []


def test_what_is_drawn_is_said():
    said = figures.generalization(RUNS).alt
    gap = interval([r.train_accuracy - r.test_accuracy for r in RUNS[3:6]])
    assert RUNS[3].images == 50
    low, mean, high = (f"{100 * v:.1f}" for v in (gap.low, gap.mean, gap.high))
    assert f"thin (1,200): {mean} ({low} to {high}) points with 50 images; " in said
    assert "wide (34,000): " in said


@pytest.mark.parametrize(
    ("runs", "says"),
    [
        ([], "runs has 0 networks"),
        (RUNS[:1], r"runs has one run of thin \(1,200\) on 100 images"),
        ([Run(str(n), 1, 10, 1, 1) for n in range(5)], "runs has 5 networks, and 1 to 4"),
    ],
)
def test_runs_that_cant_be_drawn(runs, says):
    with pytest.raises(ValueError, match=says):
        figures.generalization(runs)
