"""The recipe by which unit 05 and its experiment train: short, plain, the same for every network.

No augmentation, no weight decay, no dropout: whatever holds a network back from overfitting
shall be its shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

STEPS = 400
BATCH_SIZE = 32
LEARNING_RATE = 3e-3


def fit(
    network: nn.Module,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    steps: int = STEPS,
    seed: int = 0,
    progress: Callable[[range], Iterable[int]] = iter,
) -> list[float]:
    """Train a network in place; return the loss of each step.

    A step sees :data:`BATCH_SIZE` images, or the whole training set where it has fewer. Adam's
    learning rate falls from :data:`LEARNING_RATE` to zero along half a cosine.

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
    progress : callable
        Wraps the steps, as :func:`dwsep_helpers.progress.progress` does.

    Raises
    ------
    ValueError
        If there are not as many images as labels, or none.
    """
    if len(images) != len(labels) or not len(images):
        raise ValueError(f"images has {len(images)} of them, and labels has {len(labels)}")
    x, y = torch.as_tensor(images), torch.as_tensor(labels)
    order = batches(len(x), BATCH_SIZE, np.random.default_rng(seed))
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    losses = []
    network.train()
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
    """Yield batches of indices of ``count`` images, each once before any comes again, without end.

    Examples
    --------
    >>> order = batches(5, 2, np.random.default_rng(0))
    >>> sorted(np.concatenate([next(order), next(order)]).tolist()) != [0, 0, 1, 1]
    True
    """
    batch_size = min(batch_size, count)
    while True:
        shuffled = rng.permutation(count)
        for start in range(0, count - batch_size + 1, batch_size):
            yield shuffled[start : start + batch_size]


@torch.no_grad()
def scores(network: nn.Module, images: np.ndarray) -> np.ndarray:
    """Return a network's scores of images in eval mode, (N, classes); its mode stays."""
    training = network.training
    network.eval()
    try:
        return network(torch.as_tensor(images)).numpy()
    finally:
        network.train(training)


def evaluate(network: nn.Module, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the accuracy, and the mean cross-entropy in nats, of a network on labelled images."""
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
        If labels or predictions aren't integers.
    ValueError
        If there are not as many of both, or one is none of the classes.

    Examples
    --------
    >>> confusion_matrix([0, 1, 1, 2, 2], [0, 1, 2, 1, 1], classes=3)
    array([[1, 0, 0],
           [0, 1, 1],
           [0, 2, 0]])
    """
    given = {"labels": np.asarray(labels), "predictions": np.asarray(predictions)}
    for name, values in given.items():
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
