"""The recipe: it trains, the same every time, and says what is wrong with its data."""

from contextlib import suppress
from itertools import islice

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss

from dwsep_helpers import data
from dwsep_helpers.mobilenet import SMALL_IMAGES, MobileNetV1, training


def network(seed=0):
    torch.manual_seed(seed)
    return MobileNetV1(10, 0.5, in_channels=1, layers=SMALL_IMAGES)


def some(count):
    images, labels = data.digits()
    return images[:count], labels[:count]


def test_training_learns_its_training_set():
    images, labels = some(60)
    trained = network()
    losses = training.fit(trained, images, labels, steps=60)
    assert len(losses) == 60
    assert np.mean(losses[:5]) > 1.5 > 0.5 > np.mean(losses[-5:])
    assert not trained.training
    assert training.evaluate(trained, images, labels)[0] > 0.9


def test_the_same_seeds_give_the_same_weights():
    weights = []
    for _ in range(2):
        trained = network()
        training.fit(trained, *some(40), steps=3, seed=5)
        weights.append(trained.classifier.weight.detach().numpy())
    np.testing.assert_array_equal(*weights)


@pytest.mark.parametrize(("count", "size"), [(10, 4), (3, 8), (8, 8), (50, 32)])
def test_no_image_comes_twice_in_a_pass(count, size):
    drawn = list(islice(training.batches(count, size, np.random.default_rng(0)), 20))
    assert {len(batch) for batch in drawn} == {min(size, count)}
    each_time = count // min(size, count)
    for start in range(0, 20 - each_time, each_time):  # what fills no batch is left out
        once = np.concatenate(drawn[start : start + each_time])
        assert len(set(once)) == len(once)
    assert set(np.concatenate(drawn)) == set(range(count))


@pytest.mark.parametrize(("count", "size"), [(0, 4), (5, 0), (5, -1)])
def test_batches_of_nothing_are_refused(count, size):
    message = f"count is {count} and batch_size {size}; both should be 1 or more"
    with pytest.raises(ValueError, match=message):
        next(training.batches(count, size, np.random.default_rng(0)))


def test_evaluation_is_scikit_learns():
    images, labels = some(50)
    trained = network()
    given = training.scores(trained, images)
    accuracy, loss = training.evaluate(trained, images, labels)
    exponents = np.exp(given.astype(float))
    probabilities = exponents / exponents.sum(1, keepdims=True)
    assert accuracy == accuracy_score(labels, given.argmax(1))
    assert loss == pytest.approx(log_loss(labels, probabilities, labels=range(10)))


def test_evaluation_leaves_the_mode():
    fresh = network().train()
    training.scores(fresh, some(4)[0])
    assert fresh.training
    assert fresh.stem.norm.num_batches_tracked == 0


def test_images_without_labels_are_refused():
    images, labels = some(5)
    with pytest.raises(ValueError, match="images has 5 of them, and labels has 4"):
        training.fit(network(), images, labels[:4])
    with pytest.raises(ValueError, match="images has 0"):
        training.fit(network(), images[:0], labels[:0])
    with pytest.raises(ValueError, match="images has 5 of them, and labels has 1"):
        training.evaluate(network(), images, labels[:1])


def test_confusions_are_scikit_learns():
    rng = np.random.default_rng(0)
    labels, predictions = rng.integers(6, size=(2, 300))
    ours = training.confusion_matrix(labels, predictions, classes=7)
    np.testing.assert_array_equal(ours, confusion_matrix(labels, predictions, labels=range(7)))
    nobody = np.zeros(0, int)
    assert training.confusion_matrix(nobody, nobody, 2).tolist() == [[0, 0], [0, 0]]


def test_what_is_no_class_is_named():
    for arguments, message in (
        (([0, -1], [0, 1]), "labels has -1 to 0, and classes=10 go from 0 to 9"),
        (([0, 1], [0, 3], 3), "predictions has 0 to 3, and classes=3 go from 0 to 2"),
        (([0, 1], [0]), r"labels has shape \(2,\) but predictions has \(1,\)"),
    ):
        with pytest.raises(ValueError, match=message):
            training.confusion_matrix(*arguments)
    with pytest.raises(TypeError, match="labels must hold integers, got dtype float64"):
        training.confusion_matrix([0.5], [0])
    with pytest.raises(TypeError, match="predictions is a masked array"):
        training.confusion_matrix([0, 1], np.ma.array([0, 1], mask=[0, 1]))


def test_one_thread_is_for_a_while():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with suppress(KeyError), training.one_thread():
            assert torch.get_num_threads() == 1
            raise KeyError
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
