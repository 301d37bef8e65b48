"""The recipe by which unit 05 and its experiment train: short and plain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from dwsep_helpers import data
from dwsep_helpers.kernels.arguments import refuse_mask
from dwsep_helpers.kernels.shapes import LONGEST, integer
from dwsep_helpers.mobilenet.arguments import as_module

STEPS = 400
BATCH_SIZE = 32
LEARNING_RATE = 3e-3
TEST_IMAGES = 397  # all that 1,400 leave of 1,797


def split(images: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return digits to train on and their labels, then digits to test on and theirs.

    Every kind of digit has its share in both. For one seed the test set is the same however many
    training images there are.

    Raises
    ------
    ValueError
        If the training set has fewer than 10 images, or more than 1,390 and not all 1,400.
    """
    # Imported here: it takes more than a second, and most notebooks with networks split nothing.
    from sklearn.model_selection import train_test_split

    pool, labels = data.digits()
    most = len(pool) - TEST_IMAGES
    if images not in (*range(10, most - 9), most):
        raise ValueError(
            f"images is {images!r}, and a training set has 10 to {most - 10:,} of them, or {most:,}"
        )
    x, test_x, y, test_y = train_test_split(
        pool, labels, test_size=TEST_IMAGES, stratify=labels, random_state=seed
    )
    if images < most:
        x, _, y, _ = train_test_split(x, y, train_size=images, stratify=y, random_state=seed)
    return x, y, test_x, test_y


def fit(
    network: nn.Module,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    steps: int = STEPS,
    seed: int = 0,
    learning_rate: float = LEARNING_RATE,
    weight_decay: float = 0.0,
    progress: Callable[[range], Iterable[int]] = iter,
) -> list[float]:
    """Train a network in place; return the loss of each step.

    A step sees :data:`BATCH_SIZE` images, or the whole training set where it has fewer. AdamW's
    learning rate falls to zero along half a cosine. All is done on one thread: in networks this
    small, several mostly wait for each other.

    Parameters
    ----------
    network : Module
        Takes (N, C, H, W) to scores (N, classes). It is left in eval mode.
    images : ndarray, shape (N, C, H, W), float32
    labels : ndarray, shape (N,), int64
    steps : int
        Updates, not epochs: a small training set is then seen more often, not trained less.
    seed : int
        Of the order in which images come. The weights' seed is the caller's.
    learning_rate : float
        At the first step.
    weight_decay : float
        At each step every weight loses this part of it, times the learning rate.
    progress : callable
        Wraps the steps, as :func:`dwsep_helpers.progress.progress` does.

    Raises
    ------
    ValueError
        If there are not as many images as labels, or none.
    """
    as_module("network", network, nn.Module)
    _check_as_many(images, labels)
    x, y = torch.as_tensor(images), torch.as_tensor(labels)
    order = batches(len(x), BATCH_SIZE, np.random.default_rng(seed))
    optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=weight_decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    losses = []
    network.train()
    with one_thread():
        for _ in progress(range(steps)):
            chosen = torch.from_numpy(next(order))
            loss = nn.functional.cross_entropy(network(x[chosen]), y[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
    network.eval()
    return losses


def _check_as_many(images: np.ndarray, labels: np.ndarray) -> None:
    if len(images) != len(labels) or not len(images):
        raise ValueError(f"images has {len(images)} of them, and labels has {len(labels)}")


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread, as suits small networks; afterwards on as many as before.

    Examples
    --------
    >>> with one_thread():
    ...     torch.get_num_threads()
    1
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def batches(count: int, batch_size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield batches of indices of ``count`` images, without end, in passes of a new order each.

    No image comes twice in a pass. What fills no batch at its end is left out of it.

    Raises
    ------
    ValueError
        If there are no images, or none in a batch.

    Examples
    --------
    >>> order = batches(5, 2, np.random.default_rng(0))
    >>> np.concatenate([next(order), next(order)])  # a pass, without image 1
    array([2, 4, 3, 0])
    """
    if min(count, batch_size) < 1:
        raise ValueError(f"count is {count} and batch_size {batch_size}; both should be 1 or more")
    batch_size = min(batch_size, count)
    while True:
        shuffled = rng.permutation(count)
        for start in range(0, count - batch_size + 1, batch_size):
            yield shuffled[start : start + batch_size]


@torch.no_grad()
def scores(network: nn.Module, images: np.ndarray) -> np.ndarray:
    """Return a network's scores of images in eval mode, (N, classes); its mode stays."""
    training = as_module("network", network, nn.Module).training
    network.eval()
    try:
        return network(torch.as_tensor(images)).numpy()
    finally:
        network.train(training)


def evaluate(network: nn.Module, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the accuracy, and the mean cross-entropy in nats, of a network on labelled images.

    Raises
    ------
    ValueError
        If there are not as many images as labels, or none.
    """
    _check_as_many(images, labels)
    given = torch.from_numpy(scores(network, images))
    target = torch.as_tensor(labels)
    accuracy = (given.argmax(1) == target).double().mean()
    return accuracy.item(), nn.functional.cross_entropy(given.double(), target).item()


def confusion_matrix(labels: ArrayLike, predictions: ArrayLike, classes: int = 10) -> np.ndarray:
    """Count how often each class was taken for each.

    Parameters
    ----------
    labels, predictions : array_like of int, shape (N,)
        What each image is, and what it was taken for: from 0 to ``classes - 1``.
    classes : int

    Returns
    -------
    ndarray of int, shape (classes, classes)
        Row: the label. Column: the prediction.

    Raises
    ------
    TypeError
        If labels or predictions aren't integers, or are masked.
    ValueError
        If there are not as many of both, or one is none of the classes.

    Examples
    --------
    >>> confusion_matrix([0, 1, 1, 2, 2], [0, 1, 2, 1, 1], classes=3)
    array([[1, 0, 0],
           [0, 1, 1],
           [0, 2, 0]])
    """
    classes = integer("classes", classes, at_least=1, at_most=LONGEST)
    given: dict[str, np.ndarray] = {}
    for name, numbers in (("labels", labels), ("predictions", predictions)):
        refuse_mask(name, numbers, TypeError)
        try:
            values = given[name] = np.asarray(numbers)
        except ValueError as error:
            raise TypeError(f"{name} must hold integers: {error}") from None
        if values.dtype.kind not in "iu":
            raise TypeError(f"{name} must hold integers, got dtype {values.dtype}")
        if values.size and not 0 <= values.min() <= values.max() < classes:
            raise ValueError(
                f"{name} has {values.min()} to {values.max()}, and classes={classes} go from 0 to "
                f"{classes - 1}"
            )
    rows, columns = given.values()
    if rows.shape != columns.shape:
        raise ValueError(f"labels has shape {rows.shape} but predictions has {columns.shape}")
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (rows, columns), 1)
    return matrix
