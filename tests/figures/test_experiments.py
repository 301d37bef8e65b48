"""Differences between networks: what is drawn and said is what was measured."""

import numpy as np
import pytest
from layout import faults

from dwsep_helpers import figures
from dwsep_helpers.figures import experiments
from dwsep_helpers.intervals import Interval, interval

ACCURACIES = {"dense": [0.9, 0.8, 0.85, 0.95], "separable": [0.8, 0.72, 0.74, 0.9]}
ROWS = {"dense − separable, at equal widths": Interval(0.124, 0.099, 0.148)} | {
    f"pair {number}": Interval(-0.01 * number, -0.02 * number, 0.005) for number in range(1, 6)
}


@pytest.fixture
def drawn(monkeypatch):
    kept = {}
    for name in ("_draw_runs", "_draw_differences"):
        draw = getattr(experiments, name)

        def noted(*arguments, draw=draw):
            kept["figure"] = draw(*arguments)
            return kept["figure"]

        monkeypatch.setattr(experiments, name, noted)
    return kept


def test_each_pair_is_a_line_and_the_interval_is_that_of_the_differences(drawn):
    figures.paired_runs(ACCURACIES, shared=0.1)
    left, right = drawn["figure"].axes
    pairs = [line.get_ydata().tolist() for line in left.lines if len(line.get_xdata()) == 2][:4]
    np.testing.assert_allclose(pairs, 100 * np.transpose([*ACCURACIES.values()]))
    found = interval(np.subtract(*ACCURACIES.values()), shared=0.1)
    [container] = right.containers
    _, _, [bars] = container
    np.testing.assert_allclose(sorted(bars.get_segments()[0][:, 1]), [100 * v for v in found[1:]])
    assert faults(drawn["figure"]) == []


def test_differences_stand_at_their_intervals(drawn):
    said = figures.paired_differences(ROWS, "After 50 digits").alt
    [axes] = drawn["figure"].axes
    line, _, [bars] = axes.containers[0]
    np.testing.assert_allclose(line.get_xdata(), [100 * row.mean for row in ROWS.values()])
    ends = [sorted(segment[:, 0]) for segment in bars.get_segments()]
    np.testing.assert_allclose(ends, [[100 * row.low, 100 * row.high] for row in ROWS.values()])
    assert faults(drawn["figure"]) == []
    assert said.startswith("After 50 digits. Differences in accuracy, points, with 95 % intervals.")
    assert "dense − separable, at equal widths: 12.4 (9.9 to 14.8)." in said
    assert "pair 2: −2.0 (−4.0 to 0.5)." in said


def test_what_two_networks_did_is_said():
    said = figures.paired_runs(ACCURACIES).alt
    assert "Two networks, 4 repetitions. dense: 87.5 (" in said
    assert "dense minus separable, repetition by repetition: 8.5 (" in said


@pytest.mark.parametrize(
    ("accuracies", "says"),
    [
        ({"one": [1, 1]}, r"accuracies has \{'one': 2\}, and two networks"),
        ({"one": [1, 1], "two": [1]}, r"accuracies has \{'one': 2, 'two': 1\}"),
    ],
)
def test_pairs_that_cant_be_drawn(accuracies, says):
    with pytest.raises(ValueError, match=says):
        figures.paired_runs(accuracies)


@pytest.mark.parametrize("rows", [{}, {str(n): Interval(0, 0, 0) for n in range(13)}])
def test_as_many_differences_as_can_be_read(rows):
    with pytest.raises(ValueError, match=f"rows has {len(rows)} differences, and 1 to 12"):
        figures.paired_differences(rows)
