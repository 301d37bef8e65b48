"""Train the networks, and keep what comes out."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import astuple, dataclass
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import torch

from dwsep_helpers import measurements
from dwsep_helpers.mobilenet import training
from dwsep_helpers.mobilenet.networks import count_parameters
from dwsep_helpers.mobilenet.overfitting.contenders import Contender, contenders
from dwsep_helpers.mobilenet.overfitting.tasks import FEW, FIXED, REPETITIONS, Recipe, Task, split
from dwsep_helpers.progress import progress

RECORDED: Final = Path(__file__).with_name("runs.csv")
STEPS: Final = 200


@dataclass(frozen=True)
class Run:
    """One trained network.

    Attributes
    ----------
    network : str
        The contender's name.
    images, wrong_labels : int, float
        The task: how many digits, and the part of their labels that is wrong.
    learning_rate, weight_decay : float
        The recipe.
    repetition : int
        The digits to train and to test on, the weights and the order.
    train_accuracy : float
        From 0 to 1, in eval mode, after the last step; the labels are those trained on.
    test_accuracy : float
        On digits that were not trained on, with their true labels.
    memorized : float or None
        The part of the wrong labels that the network gives back.
    train_loss, test_loss : float
        Mean cross-entropy in nats.
    """

    network: str
    parameters: int
    images: int
    wrong_labels: float
    learning_rate: float
    weight_decay: float
    repetition: int
    steps: int
    train_accuracy: float
    test_accuracy: float
    memorized: float | None
    train_loss: float
    test_loss: float

    @property
    def task(self) -> Task:
        """What was learned."""
        return Task(self.images, self.wrong_labels)

    @property
    def recipe(self) -> Recipe:
        """How it was learned."""
        return Recipe(self.learning_rate, self.weight_decay)

    @property
    def gap(self) -> float:
        """Training accuracy minus test accuracy."""
        return self.train_accuracy - self.test_accuracy

    @property
    def key(self) -> tuple:
        """What makes it this run and no other."""
        return self.network, self.task, self.recipe, self.repetition, self.steps


Job = tuple[Contender, Task, Recipe, int, int]


def train(
    contender: Contender, task: Task, recipe: Recipe, repetition: int, steps: int = STEPS
) -> Run:
    """Train one network, and see how it does on what it has seen and what it has not."""
    x, y, test_x, test_y = split(task, repetition)
    _, truth, _, _ = split(task._replace(wrong_labels=0.0), repetition)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(repetition)
        network = contender.build()
    with training.one_thread():
        training.fit(network, x, y, steps=steps, seed=repetition, **recipe._asdict())
        train_accuracy, train_loss = training.evaluate(network, x, y)
        test_accuracy, test_loss = training.evaluate(network, test_x, test_y)
        said = training.scores(network, x).argmax(axis=1)
    wrong = y != truth
    return Run(
        contender.name,
        count_parameters(network),
        *task,
        *recipe,
        repetition,
        steps,
        train_accuracy=round(train_accuracy, 4),
        test_accuracy=round(test_accuracy, 4),
        memorized=round(float((said == y)[wrong].mean()), 4) if wrong.any() else None,
        train_loss=float(f"{train_loss:.4g}"),
        test_loss=float(f"{test_loss:.4g}"),
    )


def jobs(
    tasks: Iterable[Task] = (FEW,),
    recipes: Iterable[Recipe] = (FIXED,),
    repetitions: Iterable[int] = REPETITIONS,
    steps: int = STEPS,
) -> list[Job]:
    """Return the runs of all networks on these tasks, by these recipes, in these repetitions."""
    return list(product(contenders(), tasks, recipes, repetitions, (steps,)))


def run(todo: Sequence[Job], *, done: Iterable[Run] = (), processes: int = 1) -> Iterator[Run]:
    """Yield the runs of these jobs that aren't done, as they end.

    Parameters
    ----------
    todo : sequence
        From :func:`jobs`, :func:`tuning` or :func:`tuned`.
    done : iterable of Run
        What need not be done again.
    processes : int
        Each on one thread; 1 works in this one.
    """
    known = {r.key for r in done}
    left = [job for job in dict.fromkeys(todo) if (job[0].name, *job[1:]) not in known]
    if processes == 1:
        for job in progress(left, what="training"):
            yield train(*job)
        return
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        waiting = [pool.submit(train, *job) for job in left]
        try:
            for future in progress(as_completed(waiting), total=len(left), what="training"):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def read(path: Path = RECORDED) -> list[Run]:
    """Return the runs of a file, by network, task, recipe and repetition.

    A line that was cut while it was written is left out. Without a path, the runs are those that
    the course ships.

    Raises
    ------
    ValueError
        If the file has other columns; the message names it.
    """
    columns = ",".join(Run.__annotations__)
    if columns not in path.read_text("utf-8-sig", errors="replace").splitlines():
        raise ValueError(f"{path} is no table of runs: it has other columns than {columns}")
    runs = [Run(**row) for row in measurements.read(path).rows]
    order = {contender.name: place for place, contender in enumerate(contenders())}
    return sorted(runs, key=lambda run: (order[run.network], *run.key[1:]))


def provenance(path: Path = RECORDED) -> dict[str, str]:
    """Return how the runs of a file were made: the lines at its top."""
    return measurements.read(path).provenance


def go_on(todo: Sequence[Job], path: Path, processes: int = 1) -> list[Run]:
    """Run what a file lacks of these jobs, write each result as it comes, and return all runs."""
    if path.exists():
        read(path)  # or it is another file, which stays as it is
        content = path.read_bytes()
        path.write_bytes(content[: content.rfind(b"\n") + 1])  # drops a line that was cut
    else:
        path.write_text(measurements.header(_provenance(), Run.__annotations__), encoding="utf-8")
    with path.open("a", encoding="utf-8", newline="") as file:
        for result in run(todo, done=read(path), processes=processes):
            csv.writer(file, lineterminator="\n").writerow(astuple(result))
            file.flush()
    return read(path)


def _provenance() -> dict[str, str]:
    return measurements.provenance(
        "python -m dwsep_helpers.mobilenet.overfitting",
        f"AdamW, the learning rate falls along half a cosine, {STEPS} steps, batches of "
        f"{training.BATCH_SIZE}, no augmentation, no dropout; one thread for each network; each "
        f"digit is tested on once; recipes are chosen in the half that isn't tested on",
        ("torch", "scikit-learn"),
    )
