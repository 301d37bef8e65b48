"""The experiment: its design, a reduced run, and the measurements that the course ships."""

import subprocess
import sys

import nbformat
import numpy as np
import pytest

from dwsep_helpers import data
from dwsep_helpers.intervals import interval
from dwsep_helpers.mobilenet import count_parameters, overfitting
from dwsep_helpers.predictions import QUESTIONS

RUNS = overfitting.read()


def gaps(network, images):
    """Gaps by seed."""
    return {
        run.seed: run.train_accuracy - run.test_accuracy
        for run in RUNS
        if (run.network, run.images) == (network, images)
    }


def difference(network, other, images):
    """How much larger one network's gap is, seed by seed."""
    one, two = gaps(network, images), gaps(other, images)
    return interval([one[seed] - two[seed] for seed in one])


def test_design_is_widths_and_parameters_crossed():
    dense, separable, thinner, wider = overfitting.contenders()
    assert dense.width_multiplier == separable.width_multiplier == 1
    assert [c.separable for c in (dense, separable, thinner, wider)] == [False, True, False, True]
    counts = [count_parameters(c.build()) for c in (dense, separable, thinner, wider)]
    assert counts[0] > 7 * counts[1]
    assert counts[2] == pytest.approx(counts[1], rel=0.05)
    assert counts[3] == pytest.approx(counts[0], rel=0.05)


@pytest.mark.parametrize("images", [10, 50, 1400])
def test_a_split_keeps_its_sets_apart_and_balanced(images):
    x, y, test_x, test_y = overfitting.split(images, 3)
    assert (len(x), len(y), len(test_x), len(test_y)) == (images, images, 397, 397)
    assert not {image.tobytes() for image in x} & {image.tobytes() for image in test_x}
    assert np.ptp(np.bincount(y, minlength=10)) <= max(1, images // 50)
    assert np.bincount(test_y).min() >= 37


def test_a_seeds_test_set_is_the_same_for_all_sizes_and_another_for_others():
    first, second, other = (overfitting.split(*how)[2] for how in ((50, 0), (800, 0), (50, 1)))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("images", [9, 1401])
def test_impossible_training_sets_are_refused(images):
    with pytest.raises(ValueError, match=f"images is {images}, and a training set has 10 to 1,400"):
        overfitting.split(images, 0)


def run(path, *options):
    command = [sys.executable, "-m", "dwsep_helpers.mobilenet.overfitting", "--output", path]
    reduced = ["--sizes", "20", "--seeds", "1", "--steps", "4"]
    done = subprocess.run([*command, *reduced, *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_reduced_experiment_goes_on_where_it_stopped(tmp_path):
    path = tmp_path / "runs.csv"
    assert "4 runs, and 0 were there before" in run(path, "--jobs", "2")
    whole = overfitting.read(path)
    assert [r.network for r in whole] == [c.name for c in overfitting.contenders()]
    assert {(r.images, r.seed, r.steps) for r in whole} == {(20, 0, 4)}
    # Stopped while the last line was written.
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-2]) + lines[-2][:9])
    assert len(overfitting.read(path)) == 2
    assert "2 runs, and 2 were there before" in run(path, "--jobs", "1")
    again = overfitting.read(path)
    assert [r.key for r in again] == [r.key for r in whole]
    assert [r.test_accuracy for r in again] == pytest.approx([r.test_accuracy for r in whole])
    assert "0 runs, and 4 were there before" in run(path)
    assert set(overfitting.provenance(path)) >= set(overfitting.provenance())


def test_the_shipped_measurements_are_complete():
    keys = {run.key for run in RUNS}
    assert keys == {
        (contender.name, images, seed, 400)
        for contender in overfitting.contenders()
        for images in overfitting.SIZES
        for seed in overfitting.SEEDS
    }
    assert len(RUNS) == len(keys) == 240
    parameters = {c.name: count_parameters(c.build()) for c in overfitting.contenders()}
    assert all(run.parameters == parameters[run.network] for run in RUNS)
    assert {"date", "processor", "versions", "protocol"} <= set(overfitting.provenance())


def test_a_shipped_run_can_be_made_again():
    # Another processor rounds otherwise, and training makes much of a rounding.
    [recorded] = [r for r in RUNS if r.key == ("dense, thinner", 100, 0, 400)]
    again = overfitting.train(overfitting.contenders()[2], 100, 0)
    assert again.train_accuracy == recorded.train_accuracy == 1
    assert again.test_accuracy == pytest.approx(recorded.test_accuracy, abs=0.04)


def test_what_the_unit_says_about_the_measurements():
    assert all(run.train_accuracy == 1 for run in RUNS), "all know their training set by heart"
    for images in overfitting.SIZES:
        # Same widths, then same parameters, then the same shape with fewer parameters.
        assert difference("separable", "dense", images).low > 0
        assert difference("separable", "dense, thinner", images).low > 0
        assert difference("dense, thinner", "dense", images).low > 0
        assert difference("separable", "separable, wider", images).low > 0
        assert (difference("separable, wider", "dense", images).low > 0) == (images < 1400)


def percent(network, images):
    runs = [r for r in RUNS if (r.network, r.images) == (network, images)]
    return f"{100 * np.mean([r.test_accuracy for r in runs]):.1f} %"


def points(gap):
    return "{:.1f} ({:.1f} to {:.1f})".format(*(100 * value for value in gap))


def test_numbers_that_the_unit_prints_are_the_measured_ones(root):
    why = {id: question.why for id, question in QUESTIONS.items()}
    assert percent("separable", 1400) in why["5.3"]
    assert percent("dense", 50) in why["5.4"]
    assert percent("separable", 50) in why["5.4"]
    small = points(difference("separable", "dense, thinner", 50))
    large = points(difference("separable, wider", "dense", 50))
    assert small.replace(" (", " points smaller (95 % interval ") in why["5.5"]
    assert large in why["5.5"]
    notebook = nbformat.read(root / "solutions/05_mobilenet/05_mobilenet.ipynb", as_version=4)
    [answer] = [cell.source for cell in notebook.cells if cell.id == "answer_5_7"]
    for network in ("separable", "dense"):
        gap = points(interval(list(gaps(network, 50).values())))
        assert gap.replace(" (", " points (", network == "separable") in answer


def test_digits_are_the_real_ones():
    images, labels = data.digits()
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (0, 1)
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
