"""The experiment: its design, a reduced run, and the measurements that the course ships."""

import re

import nbformat
import numpy as np
import pytest
import torch
from torch import nn

from dwsep_helpers import data
from dwsep_helpers.intervals import interval
from dwsep_helpers.mobilenet import (
    SMALL_IMAGES,
    MobileNetV1,
    count_parameters,
    overfitting,
    training,
)
from dwsep_helpers.mobilenet.overfitting import FEW, FIXED, MANY, NOISY, Recipe, Task
from dwsep_helpers.mobilenet.overfitting.__main__ import main
from dwsep_helpers.mobilenet.overfitting.comparisons import TUNED_ON
from dwsep_helpers.mobilenet.overfitting.runs import RECORDED, STEPS, go_on
from dwsep_helpers.mobilenet.overfitting.tasks import FOLDS, RECIPES, REPETITIONS, TASKS
from dwsep_helpers.predictions import QUESTIONS

CONTENDERS = {contender.name: contender for contender in overfitting.contenders()}


@pytest.fixture(scope="module")
def runs():
    return overfitting.read()


def test_networks_of_a_comparison_differ_in_what_it_says():
    counts = {name: count_parameters(c.build()) for name, c in CONTENDERS.items()}
    assert CONTENDERS["dense"].width_multiplier == CONTENDERS["separable"].width_multiplier == 1
    assert counts["dense"] > 7 * counts["separable"]
    for what, pair in overfitting.COMPARISONS.items():
        if "each" in what or "two dense" in what:
            one, other = (counts[name] for name in pair)
            assert one == pytest.approx(other, rel=0.09), what


@pytest.mark.parametrize("name", CONTENDERS)
def test_between_the_stages_lies_what_the_name_says(name):
    network = CONTENDERS[name].build()
    blocks = [block for block in network.blocks if hasattr(block, "depthwise")]
    kinds = [[type(block.depthwise_norm), type(block.depthwise_relu)] for block in blocks]
    assert bool(kinds) == (name.startswith("separable") or "two stages" in name)
    if "nothing" in name:
        expected = [nn.Identity, nn.Identity]
    elif "norm between" in name:
        expected = [nn.BatchNorm2d, nn.Identity]
    elif "ReLU6 between" in name:
        expected = [nn.Identity, nn.ReLU6]
    else:
        expected = [nn.BatchNorm2d, nn.ReLU6]
    assert all(kind == expected for kind in kinds)
    groups = {conv.groups for conv in network.modules() if isinstance(conv, nn.Conv2d)}
    assert (groups != {1}) == name.startswith("separable")
    assert network(torch.zeros(2, 1, 8, 8)).shape == (2, 10)


@pytest.mark.parametrize("task", TASKS)
def test_sets_are_apart_balanced_and_each_digit_is_tested_once(task):
    images, _ = data.digits()
    place = {image.tobytes(): number for number, image in enumerate(images)}
    assert len(place) == len(images), "no digit is there twice"
    tested, trained = [], []
    for repetition in REPETITIONS:
        x, y, test_x, test_y = overfitting.split(task, repetition)
        assert len(x) == len(y) == task.images
        ours, theirs = ({place[image.tobytes()] for image in part} for part in (x, test_x))
        assert not ours & theirs
        assert np.ptp(np.bincount(test_y, minlength=10)) <= 2
        tested += theirs
        trained += ours
    assert sorted(tested) == list(range(len(images)))
    shares = len(set(trained)) < len(trained)
    assert shares == (overfitting.shared(task) > 0)


def test_halves_never_meet():
    seen = [set(), set()]
    for repetition in REPETITIONS:
        x, _, test_x, _ = overfitting.split(MANY, repetition)
        seen[repetition // FOLDS] |= {image.tobytes() for image in (*x, *test_x)}
    assert not seen[0] & seen[1]


def test_wrong_labels_are_wrong_and_as_many_as_said():
    for repetition in (0, 11):
        x, y, _, test_y = overfitting.split(NOISY, repetition)
        clean_x, clean_y, _, clean_test_y = overfitting.split(MANY, repetition)
        np.testing.assert_array_equal(x, clean_x)
        np.testing.assert_array_equal(test_y, clean_test_y)
        assert np.sum(y != clean_y) == round(0.3 * 790)
        assert set(y) == set(range(10))


@pytest.mark.parametrize(
    ("task", "repetition", "says"),
    [
        (Task(9), 0, "images is 9, and a training set has 10 to "),
        (Task(900), 0, "images is 900, and a training set has 10 to "),
        (FEW, 18, "repetition is 18, and there are 0 to 17"),
        (Task(50, 1.0), 0, "wrong_labels is 1.0, and goes from 0 to below 1"),
    ],
)
def test_impossible_training_sets_are_refused(task, repetition, says):
    with pytest.raises(ValueError, match=says):
        overfitting.split(task, repetition)


def test_a_reduced_experiment_goes_on_where_it_stopped(tmp_path):
    path = tmp_path / "runs.csv"
    todo = [job for job in overfitting.jobs([Task(20)], steps=2) if job[3] == 4][:4]
    whole = go_on(todo, path, processes=2)
    assert [run.network for run in whole] == [contender.name for contender, *_ in todo]
    # Stopped while the last line was written.
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-2]) + lines[-2][:9])
    assert len(overfitting.read(path)) == 2
    again = go_on(todo, path)
    assert [run.key for run in again] == [run.key for run in whole]
    assert [run.test_loss for run in again] == pytest.approx(
        [run.test_loss for run in whole], rel=0.01
    )
    assert set(overfitting.provenance(path)) >= set(overfitting.provenance())


@pytest.mark.parametrize("content", ["", "a note", "a note\nand half of", "a,b\n1,2\n"])
def test_another_file_is_refused_and_stays_as_it_is(tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"notes\.txt is no table of runs"):
        go_on([], path)
    assert path.read_text() == content


def test_the_command_has_nothing_left_to_do(tmp_path, capsys):
    path = tmp_path / "runs.csv"
    path.write_bytes(RECORDED.read_bytes())
    main(["--output", str(path), "--jobs", "1"])
    assert f"0 runs, and {len(overfitting.read())} were there before" in capsys.readouterr().out
    assert path.read_bytes() == RECORDED.read_bytes()


def test_the_shipped_measurements_are_complete(runs):
    keys = [run.key for run in runs]
    jobs = {*overfitting.tuning(), *overfitting.tuned(runs)}
    assert len(keys) == len(set(keys))
    assert set(keys) == {(contender.name, *how) for contender, *how in jobs}
    parameters = {name: count_parameters(c.build()) for name, c in CONTENDERS.items()}
    assert all(run.parameters == parameters[run.network] for run in runs)
    assert {"date", "processor", "versions", "protocol"} <= set(overfitting.provenance())


def test_a_shipped_run_can_be_made_again(runs):
    # Another processor rounds otherwise, and training makes much of a rounding.
    [recorded] = [r for r in runs if r.key == ("dense, thinner", FEW, FIXED, 0, STEPS)]
    again = overfitting.train(CONTENDERS["dense, thinner"], FEW, FIXED, 0)
    assert again.train_accuracy == recorded.train_accuracy == 1
    assert again.test_accuracy == pytest.approx(recorded.test_accuracy, abs=0.06)


def test_a_recipe_is_chosen_in_the_other_half(runs):
    """The tests of a repetition's half may say what they like: its recipe stays."""
    best = {r: overfitting.best_recipe(runs, "dense", FEW, r) for r in (0, FOLDS)}
    for repetition, recipe in best.items():
        half = repetition // FOLDS
        mean = {
            tried: np.mean(
                [
                    r.test_accuracy
                    for r in runs
                    if (r.network, r.task, r.recipe) == ("dense", FEW, tried)
                    and r.repetition in [(1 - half) * FOLDS + fold for fold in TUNED_ON]
                ]
            )
            for tried in RECIPES
        }
        assert mean[recipe] == max(mean.values())
        others = [r for r in runs if r.repetition // FOLDS != half]
        assert overfitting.best_recipe(others, "dense", FEW, repetition) == recipe
        same = [r for r in runs if r.repetition // FOLDS == half]
        with pytest.raises(ValueError, match="runs lack some of dense"):
            overfitting.best_recipe(same, "dense", FEW, repetition)


def test_a_difference_is_that_of_the_pairs(runs):
    one, other = (
        [r.test_accuracy for r in overfitting.chosen(runs, name, MANY)]
        for name in ("dense", "separable")
    )
    expected = interval(np.subtract(one, other), shared=overfitting.shared(MANY))
    assert overfitting.paired(runs, "dense", "separable", MANY) == expected
    with pytest.raises(ValueError, match="runs lack dense"):
        overfitting.chosen(runs, "dense", FEW, Recipe(0.5, 0.5))


def difference(runs, what, task=FEW, recipe=FIXED, measure="test_accuracy"):
    return overfitting.paired(runs, *overfitting.COMPARISONS[what], task, recipe, measure)


def mean(runs, network, task, measure, recipe=FIXED):
    found = [getattr(run, measure) for run in overfitting.chosen(runs, network, task, recipe)]
    return float(np.mean(found))


@pytest.mark.parametrize("recipe", [FIXED, None], ids=["one for all", "each its own"])
def test_what_the_unit_says_of_shape_and_nonlinearity(runs, recipe):
    assert difference(runs, "as wide: dense − separable", recipe=recipe).low > 0
    assert difference(runs, "19,000 each: dense − separable", recipe=recipe).low > 0
    assert difference(runs, "19,000 each: dense − separable, ReLU6 alone", recipe=recipe).low > 0
    assert difference(runs, "two dense stages: nothing − both between", recipe=recipe).low > 0
    both, relu6 = (
        difference(runs, f"19,000 each: dense − separable{between}", recipe=recipe).mean
        for between in ("", ", ReLU6 alone")
    )
    assert both / 2 < relu6 < both, "most of it with the ReLU6 alone"
    for what in (
        "19,000 each: dense − separable, norm alone",
        "19,000 each: dense − separable, nothing",
        "135,000 each: dense − separable, nothing",
    ):
        level = difference(runs, what, recipe=recipe)
        assert level.low < 0 < level.high, what


def test_the_recipe_changes_no_verdict_after_few_digits(runs):
    for what in overfitting.COMPARISONS:
        one, own = (difference(runs, what, recipe=recipe) for recipe in (FIXED, None))
        assert (one.low > 0) == (own.low > 0), what
        assert one.high > 0 < own.high, what


def test_what_the_unit_says_of_the_pair_it_draws(runs):
    assert difference(runs, "135,000 each: dense − separable").low > 0
    dense, wider = (
        interval([r.test_accuracy for r in overfitting.chosen(runs, name, FEW)])
        for name in ("dense", "separable, wider")
    )
    assert dense.low < wider.high, "the intervals of the two overlap"
    pair = [
        [run.test_accuracy for run in overfitting.chosen(runs, name, FEW)]
        for name in ("dense", "separable, wider")
    ]
    moves = np.cov(pair)
    assert moves[0, 1] > 0.5 * np.diag(moves).max(), "most of what moves one moves the other"
    assert np.subtract(*pair).var(ddof=1) < np.diag(moves).min(), "and goes away in the difference"


def test_what_the_unit_says_of_wrong_labels(runs):
    heart = difference(runs, "dense: 135,000 − 19,000", NOISY, measure="memorized")
    assert heart.low > 0.2
    assert difference(runs, "dense: 135,000 − 19,000", NOISY).high < 0
    assert difference(runs, "19,000 each: dense − separable", NOISY, measure="memorized").high < 0
    assert all(run.train_accuracy == 1 for run in runs if run.task == FEW and run.recipe == FIXED)
    assert mean(runs, "dense, thinner", NOISY, "train_accuracy") < 0.9
    own = difference(runs, "dense: 135,000 − 19,000", NOISY, None, "memorized")
    assert own.low > 0.2
    level = difference(runs, "dense: 135,000 − 19,000", NOISY, None)
    assert level.low < 0 < level.high, "can't be told from 0"
    as_wide = difference(runs, "as wide: dense − separable", NOISY, measure="memorized")
    assert as_wide.low < 0 < as_wide.high, "as many, by one recipe"


def points(found):
    return "{:.1f} ({:.1f} to {:.1f})".format(*(100 * value for value in found)).replace("-", "−")


def test_numbers_that_the_unit_prints_are_the_measured_ones(runs, root):
    why = {id: re.sub(r"\s+", " ", question.why) for id, question in QUESTIONS.items()}
    for network in ("dense", "separable"):
        assert f"{100 * mean(runs, network, FEW, 'test_accuracy'):.1f} %" in why["5.4"]
    wide, own = (
        points(difference(runs, "as wide: dense − separable", recipe=recipe))
        for recipe in (FIXED, None)
    )
    assert wide.replace(" (", " points (95 % interval ") in why["5.4"]
    assert own.replace(" (", " points (") in why["5.4"]
    level = points(difference(runs, "19,000 each: dense − separable, nothing"))
    behind = points(difference(runs, "19,000 each: dense − separable"))
    assert level.replace(" (", " points (") in why["5.5"]
    assert behind in why["5.5"]
    assert points(difference(runs, "two dense stages: nothing − both between")) in why["5.5"]
    behind_in_noise = overfitting.paired(runs, "dense, thinner", "dense", NOISY)
    assert points(behind_in_noise).replace(" (", " points (") in why["5.6"]
    notebook = nbformat.read(root / "solutions/05_mobilenet/05_mobilenet.ipynb", as_version=4)
    source = {cell.id: cell.source for cell in notebook.cells}
    for text in (why["5.6"], source["answer_5_9"]):
        for network in ("dense", "dense, thinner", "separable"):
            assert f"{100 * mean(runs, network, NOISY, 'memorized'):.0f} %" in text, network
    alone = (
        points(difference(runs, f"19,000 each: dense − separable, {what} alone"))
        for what in ("norm", "ReLU6")
    )
    for number in (level, behind, *alone):
        assert number in source["answer_5_9"]
    names = "dense", "dense, thinner", "separable"
    own = [f"{100 * mean(runs, name, NOISY, 'memorized', None):.0f}" for name in names]
    assert "the three learned {}, {} and {} %".format(*own) in why["5.6"]
    assert f"{own[2]} %, the larger dense one {own[0]} %" in source["answer_5_9"]
    fewer = difference(runs, "as wide: dense − separable", NOISY, None, "memorized")
    assert fewer.low > 0
    assert f"{100 * fewer.mean:.0f} points fewer" in source["recap_text"]
    wider = np.sqrt(1 + len(REPETITIONS) * overfitting.shared(NOISY))
    assert f"{wider:.1f} times as wide" in source["look_wrong_labels"]
    for name, contender in CONTENDERS.items():
        assert f"{count_parameters(contender.build()):,}" in source["claim"], name


def test_digits_are_the_real_ones():
    images, labels = data.digits()
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (0, 1)
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_unseen_digits_that_the_units_own_training_gets_right():
    """As prediction 5.3 says."""
    x, y, test_x, test_y = training.split(1400, 0)
    torch.manual_seed(0)
    network = MobileNetV1(10, in_channels=1, layers=SMALL_IMAGES)
    training.fit(network, x, y)
    accuracy, _ = training.evaluate(network, test_x, test_y)
    [said] = re.findall(r"([\d.]+) %", QUESTIONS["5.3"].why)
    assert 100 * accuracy == pytest.approx(float(said), abs=1.5)


@pytest.mark.parametrize("images", [10, 50, 1390, 1400])
def test_a_split_keeps_its_sets_apart_and_balanced(images):
    x, y, test_x, test_y = training.split(images, 3)
    assert (len(x), len(y), len(test_x), len(test_y)) == (images, images, 397, 397)
    assert not {image.tobytes() for image in x} & {image.tobytes() for image in test_x}
    assert np.ptp(np.bincount(y, minlength=10)) <= max(1, images // 50)
    assert np.bincount(test_y).min() >= 37


@pytest.mark.parametrize("images", [9, 20.5, 1391, 1399, 1401])
def test_impossible_splits_are_refused(images):
    message = f"images is {images}, and a training set has 10 to 1,390 of them, or 1,400"
    with pytest.raises(ValueError, match=message):
        training.split(images, 0)
