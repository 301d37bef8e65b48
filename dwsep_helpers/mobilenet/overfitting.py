"""Do fewer parameters mean less overfitting? The experiment of unit 05.

Dense and separable networks are trained on few and on many digits. Two of them have the same
widths, and so one has seven times the parameters of the other; the other two are made wider or
thinner until the parameters agree. What differs between any two of the four is then either the
shape of their layers or the number of their parameters.

``python -m dwsep_helpers.mobilenet.overfitting`` runs it and goes on where it stopped.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import astuple, dataclass, fields
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np
import torch
from sklearn.model_selection import train_test_split

from dwsep_helpers import data, measurements
from dwsep_helpers.mobilenet import training
from dwsep_helpers.mobilenet.networks import SMALL_IMAGES, MobileNetV1, count_parameters
from dwsep_helpers.progress import progress

RECORDED: Final = Path(__file__).with_name("overfitting.csv")
SIZES: Final = (50, 100, 200, 400, 800, 1400)
SEEDS: Final = tuple(range(10))
TEST_IMAGES: Final = 397  # all that 1,400 leave of 1,797


@dataclass(frozen=True)
class Contender:
    """One of the four networks, with a name such as ``"dense, thinner"``."""

    name: str
    separable: bool
    width_multiplier: float

    def build(self) -> MobileNetV1:
        """Return the network, with weights from torch's generator."""
        return MobileNetV1(
            10, self.width_multiplier, in_channels=1, separable=self.separable, layers=SMALL_IMAGES
        )


@dataclass(frozen=True)
class Run:
    """One trained network.

    Attributes
    ----------
    network : str
        The contender's name.
    images : int
        In the training set.
    seed : int
        Of the split, the weights and the order of images.
    train_accuracy, test_accuracy : float
        From 0 to 1, in eval mode, after the last step.
    train_loss, test_loss : float
        Mean cross-entropy in nats.
    """

    network: str
    parameters: int
    images: int
    seed: int
    steps: int
    train_accuracy: float
    test_accuracy: float
    train_loss: float
    test_loss: float

    @property
    def key(self) -> tuple[str, int, int, int]:
        """What makes it this run and no other."""
        return self.network, self.images, self.seed, self.steps


@cache
def contenders() -> tuple[Contender, ...]:
    """Return the four networks.

    Examples
    --------
    >>> for c in contenders():
    ...     print(f"{c.name:16} {c.width_multiplier:.3f} {count_parameters(c.build()):7,}")
    dense            1.000 135,674
    separable        1.000  18,826
    dense, thinner   0.375  19,564
    separable, wider 2.875 134,146
    """
    dense, separable = Contender("dense", False, 1.0), Contender("separable", True, 1.0)
    return (
        dense,
        separable,
        _matched("dense, thinner", False, count_parameters(separable.build())),
        _matched("separable, wider", True, count_parameters(dense.build())),
    )


def split(images: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return training images and labels, then test images and labels.

    Every digit has its share in both. For one seed the test set is the same however many
    training images there are, and so it is for all networks: their results come in pairs.

    Raises
    ------
    ValueError
        If the training set has fewer than 10 images or more than 1,400.
    """
    all_images, all_labels = _digits()
    most = len(all_images) - TEST_IMAGES
    if not 10 <= images <= most:
        raise ValueError(f"images is {images}, and a training set has 10 to {most:,} of them")
    pool, test, pool_labels, test_labels = train_test_split(
        all_images, all_labels, test_size=TEST_IMAGES, stratify=all_labels, random_state=seed
    )
    if images == most:
        return pool, pool_labels, test, test_labels
    few, _, few_labels, _ = train_test_split(
        pool, pool_labels, train_size=images, stratify=pool_labels, random_state=seed
    )
    return few, few_labels, test, test_labels


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    """Return the digits, read once: a split copies what it takes."""
    return data.digits()


def train(contender: Contender, images: int, seed: int, steps: int = training.STEPS) -> Run:
    """Train one network, and see how it does on what it has seen and what it has not."""
    x, y, test_x, test_y = split(images, seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = contender.build()
    training.fit(network, x, y, steps=steps, seed=seed)
    train_accuracy, train_loss = training.evaluate(network, x, y)
    test_accuracy, test_loss = training.evaluate(network, test_x, test_y)
    return Run(
        network=contender.name,
        parameters=count_parameters(network),
        images=images,
        seed=seed,
        steps=steps,
        train_accuracy=round(train_accuracy, 4),
        test_accuracy=round(test_accuracy, 4),
        train_loss=float(f"{train_loss:.4g}"),
        test_loss=float(f"{test_loss:.4g}"),
    )


def run(
    sizes: Sequence[int] = SIZES,
    seeds: Sequence[int] = SEEDS,
    steps: int = training.STEPS,
    *,
    done: Iterable[Run] = (),
    jobs: int = 1,
) -> Iterator[Run]:
    """Yield a run of each network for each training set and seed, as they end.

    Parameters
    ----------
    sizes : sequence of int
        Images in the training sets.
    done : iterable of Run
        What need not be done again.
    jobs : int
        Processes, each on one thread; 1 works in this one.
    """
    known = {r.key for r in done}
    todo = [
        (contender, size, seed, steps)
        for seed in seeds
        for size in sizes
        for contender in contenders()
        if (contender.name, size, seed, steps) not in known
    ]
    if jobs == 1:
        for task in progress(todo, what="training"):
            yield train(*task)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), torch.set_num_threads, (1,)) as pool:
        waiting = [pool.submit(train, *task) for task in todo]
        try:
            for future in progress(as_completed(waiting), total=len(todo), what="training"):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def read(path: Path = RECORDED) -> list[Run]:
    """Return the runs of a file, by network, size and seed.

    A line that was cut while it was written is left out. Without a path, the runs are those that
    the course ships.
    """
    runs = [Run(**row) for row in measurements.read(path).rows]
    order = [contender.name for contender in contenders()]
    return sorted(runs, key=lambda run: (order.index(run.network), *run.key[1:]))


def provenance(path: Path = RECORDED) -> dict[str, str]:
    """Return how the runs of a file were made: the lines at its top."""
    return measurements.read(path).provenance


def main(arguments: list[str] | None = None) -> None:
    """Run the experiment, or what is left of it, and write each result as it comes."""
    parser = argparse.ArgumentParser(
        prog="python -m dwsep_helpers.mobilenet.overfitting", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--output", type=Path, default=RECORDED, help="the table to go on with")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="IMAGES")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many")
    parser.add_argument("--steps", type=int, default=training.STEPS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    options = parser.parse_args(arguments)
    if not options.output.exists():
        _begin(options.output)
    done = read(options.output)
    _end_line(options.output)
    torch.set_num_threads(1)
    runs = run(options.sizes, range(options.seeds), options.steps, done=done, jobs=options.jobs)
    written = 0
    with options.output.open("a", encoding="utf-8", newline="") as file:
        for result in runs:
            csv.writer(file, lineterminator="\n").writerow(astuple(result))
            file.flush()
            written += 1
    print(f"{written} runs, and {len(done)} were there before: {options.output}")


def _begin(path: Path) -> None:
    made = measurements.provenance(
        "python -m dwsep_helpers.mobilenet.overfitting",
        f"Adam, learning rate {training.LEARNING_RATE} along half a cosine, batches of "
        f"{training.BATCH_SIZE}, no augmentation, no weight decay, no dropout; "
        f"{TEST_IMAGES} test images, split anew for each seed; one thread for each network",
        ("torch", "scikit-learn"),
    )
    columns = (field.name for field in fields(Run))
    path.write_text(measurements.header(made, columns), encoding="utf-8")


def _end_line(path: Path) -> None:
    """Drop what was written of a line when the program was stopped."""
    content = path.read_bytes()
    if not content.endswith(b"\n"):
        path.write_bytes(content[: content.rfind(b"\n") + 1])


def _matched(name: str, separable: bool, parameters: int) -> Contender:
    """Return the contender whose parameters come nearest to a number."""
    widths = np.arange(1, 64) / 16  # all sixteenths: every width of the table is a whole number
    candidates = [Contender(name, separable, float(width)) for width in widths]
    with torch.device("meta"):  # shapes are enough to count
        return min(candidates, key=lambda c: abs(count_parameters(c.build()) - parameters))


if __name__ == "__main__":
    main()
