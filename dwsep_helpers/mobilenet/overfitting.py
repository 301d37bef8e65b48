"""Do fewer parameters mean less overfitting? The experiment of unit 05.

Ten networks are trained on the same digits. Some have the same widths, some the same number of
parameters; some have a batch norm and a ReLU6 between the two stages of a block, some one of
the two, some neither. Two networks that differ in one of these alone tell what it does.

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
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import torch
from sklearn.model_selection import StratifiedKFold
from torch import nn

from dwsep_helpers import data, measurements
from dwsep_helpers.intervals import Interval, interval
from dwsep_helpers.mobilenet import training
from dwsep_helpers.mobilenet.networks import SMALL_IMAGES, MobileNetV1, count_parameters
from dwsep_helpers.progress import progress

RECORDED: Final = Path(__file__).with_name("overfitting.csv")
STEPS: Final = 200
HALVES: Final = 2
FOLDS: Final = 9  # of each half
REPETITIONS: Final = tuple(range(HALVES * FOLDS))
TUNED_ON: Final = (0, 3, 6)  # the folds of a half by which the other half's recipe is chosen


class Task(NamedTuple):
    """What is learned: from how many digits, and how many of their labels are wrong."""

    images: int
    wrong_labels: float = 0.0


class Recipe(NamedTuple):
    """How it is learned: AdamW's learning rate at the start, and its weight decay."""

    learning_rate: float = training.LEARNING_RATE
    weight_decay: float = 0.0


FEW: Final = Task(50)
MANY: Final = Task(790)
NOISY: Final = Task(790, 0.3)
TASKS: Final = (FEW, MANY, NOISY)
FIXED: Final = Recipe()
RECIPES: Final = tuple(map(Recipe._make, product((1e-3, 3e-3, 1e-2), (0.0, 1.0))))


@dataclass(frozen=True)
class Contender:
    """One of the networks.

    Attributes
    ----------
    name : str
        Such as ``"dense, thinner"``.
    filtering : str
        What the first stage of a block is: ``"depthwise"`` or ``"dense"``, with a pointwise
        stage behind it; ``"standard"``, one dense convolution and nothing behind it.
    between : tuple of str
        What lies between the two stages: ``"norm"``, ``"relu"``, both or neither.
    """

    name: str
    filtering: str
    width_multiplier: float = 1.0
    between: tuple[str, ...] = ("norm", "relu")

    def build(self) -> MobileNetV1:
        """Return the network, with weights from torch's generator."""
        network = MobileNetV1(
            10,
            self.width_multiplier,
            in_channels=1,
            separable=self.filtering != "standard",
            layers=SMALL_IMAGES,
        )
        if self.filtering != "standard":
            for block in network.blocks:
                self._change(block)
        return network

    def _change(self, block: nn.Module) -> None:
        if self.filtering == "dense":
            old = block.depthwise
            channels, stride = old.out_channels, old.stride
            block.depthwise = nn.Conv2d(channels, channels, 3, stride, padding=1, bias=False)
        for part in {"norm", "relu"} - set(self.between):
            setattr(block, f"depthwise_{part}", nn.Identity())


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


@cache
def contenders() -> tuple[Contender, ...]:
    """Return the ten networks.

    Examples
    --------
    >>> for c in contenders():
    ...     print(f"{c.name:38} {c.width_multiplier:.3f} {count_parameters(c.build()):7,}")
    dense                                  1.000 135,674
    separable                              1.000  18,826
    dense, thinner                         0.375  19,564
    separable, wider                       2.875 134,146
    """
    nothing: tuple[str, ...] = ()
    dense = Contender("dense", "standard")
    separable = Contender("separable", "depthwise")
    few, many = (count_parameters(c.build()) for c in (separable, dense))
    thinner = _matched("dense, thinner", "standard", few)
    wider = _matched("separable, wider", "depthwise", many)
    two = _matched("dense, two stages", "dense", few)
    return (
        dense,
        separable,
        thinner,
        wider,
        Contender("separable, nothing between", "depthwise", between=nothing),
        Contender("separable, norm between", "depthwise", between=("norm",)),
        Contender("separable, ReLU6 between", "depthwise", between=("relu",)),
        Contender(
            "separable, wider, nothing between", "depthwise", wider.width_multiplier, nothing
        ),
        two,
        Contender("dense, two stages, nothing between", "dense", two.width_multiplier, nothing),
    )


def split(task: Task, repetition: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return training images and labels, then test images and labels.

    The digits are cut into two halves, and each half into nine folds. A repetition tests on one
    fold and trains on the folds of the same half that follow it, so that every digit is tested
    on once. Up to the size of a fold, no two repetitions train on the same digit. All networks
    get the same digits: their results come in pairs.

    Raises
    ------
    ValueError
        If there is no such repetition, or the training set is larger than eight folds, or
        smaller than ten digits, or the part of wrong labels isn't from 0 to below 1.
    """
    if repetition not in REPETITIONS:
        raise ValueError(f"repetition is {repetition}, and there are 0 to {REPETITIONS[-1]}")
    if not 0 <= task.wrong_labels < 1:
        raise ValueError(f"wrong_labels is {task.wrong_labels}, and goes from 0 to below 1")
    images, labels = data.digits()
    half, number = divmod(repetition, FOLDS)
    folds = _folds()[half]
    pool = np.concatenate([folds[(number + i) % FOLDS] for i in range(1, FOLDS)])
    if not 10 <= task.images <= len(pool):
        raise ValueError(
            f"images is {task.images}, and a training set has 10 to {len(pool)} of them"
        )
    chosen, test = pool[: task.images], folds[number]
    return images[chosen], _spoilt(labels[chosen], task, repetition), images[test], labels[test]


@cache
def _folds() -> list[list[np.ndarray]]:
    """Return the digits' indices: folds of halves, every kind of digit with its share in each.

    Within a fold the kinds take turns, so that its first digits are balanced as well.
    """
    _, labels = data.digits()
    made = []
    halves = StratifiedKFold(HALVES, shuffle=True, random_state=0).split(labels, labels)
    for half, (_, members) in enumerate(halves):
        parts = StratifiedKFold(FOLDS, shuffle=True, random_state=half)
        made.append(
            [
                _taking_turns(members[fold], labels)
                for _, fold in parts.split(members, labels[members])
            ]
        )
    return made


def _taking_turns(indices: np.ndarray, labels: np.ndarray) -> np.ndarray:
    place = np.zeros(len(indices), dtype=int)
    for kind in range(10):
        of_kind = labels[indices] == kind
        place[of_kind] = np.arange(of_kind.sum())
    return indices[np.lexsort((labels[indices], place))]


def _spoilt(labels: np.ndarray, task: Task, repetition: int) -> np.ndarray:
    """Return labels of which some were replaced by another of the ten."""
    rng = np.random.default_rng((repetition, task.images))
    wrong = rng.permutation(len(labels))[: round(task.wrong_labels * len(labels))]
    spoilt = labels.copy()
    spoilt[wrong] = (labels[wrong] + rng.integers(1, 10, len(wrong))) % 10
    return spoilt


def train(
    contender: Contender, task: Task, recipe: Recipe, repetition: int, steps: int = STEPS
) -> Run:
    """Train one network, and see how it does on what it has seen and what it has not."""
    x, y, test_x, test_y = split(task, repetition)
    _, truth, _, _ = split(task._replace(wrong_labels=0.0), repetition)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(repetition)
        network = contender.build()
    training.fit(network, x, y, steps=steps, seed=repetition, **recipe._asdict())
    train_accuracy, train_loss = training.evaluate(network, x, y)
    test_accuracy, test_loss = training.evaluate(network, test_x, test_y)
    wrong = y != truth
    said = training.scores(network, x).argmax(axis=1)
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


Job = tuple[Contender, Task, Recipe, int, int]


def tuning(tasks: Sequence[Task] = TASKS, steps: int = STEPS) -> list[Job]:
    """Return the runs by which recipes are chosen, and those by one recipe for all networks."""
    chosen_on = [half * FOLDS + fold for fold in TUNED_ON for half in range(HALVES)]
    fixed = product(tasks, (FIXED,), REPETITIONS)
    tried = product(tasks, RECIPES, chosen_on)
    return [
        (contender, task, recipe, repetition, steps)
        for task, recipe, repetition in dict.fromkeys([*fixed, *tried])
        for contender in contenders()
    ]


def tuned(runs: Sequence[Run], steps: int = STEPS) -> list[Job]:
    """Return the runs by each network's own recipe.

    Raises
    ------
    ValueError
        If runs lack one by which a recipe is chosen.
    """
    tasks = dict.fromkeys(run.task for run in runs if run.steps == steps)
    return [
        (contender, task, best_recipe(runs, contender.name, task, repetition), repetition, steps)
        for task in tasks
        for repetition in REPETITIONS
        for contender in contenders()
    ]


def best_recipe(runs: Iterable[Run], network: str, task: Task, repetition: int) -> Recipe:
    """Return the recipe by which a network does best in the half that a repetition is not of.

    The digits of a half never meet those of the other, so the digits that the repetition tests
    on played no part in the choice. Best is the highest mean accuracy; of equals, the one with
    the lower loss.

    Raises
    ------
    ValueError
        If a run is missing.
    """
    other = 1 - repetition // FOLDS
    chosen_on = {other * FOLDS + fold for fold in TUNED_ON}
    found: dict[Recipe, list[Run]] = {recipe: [] for recipe in RECIPES}
    for run in runs:
        if (run.network, run.task) == (network, task) and run.repetition in chosen_on:
            found[run.recipe].append(run)
    if missing := [recipe for recipe, same in found.items() if len(same) != len(chosen_on)]:
        raise ValueError(f"runs lack some of {network} on {task}: {missing[0]}")
    return max(
        found,
        key=lambda recipe: (
            np.mean([run.test_accuracy for run in found[recipe]]),
            -np.mean([run.test_loss for run in found[recipe]]),
        ),
    )


def chosen(runs: Sequence[Run], network: str, task: Task, recipe: Recipe | None) -> list[Run]:
    """Return a network's runs on a task, one for each repetition in their order.

    Parameters
    ----------
    recipe : Recipe or None
        None is the network's own: see :func:`best_recipe`.

    Raises
    ------
    ValueError
        If a run is missing.
    """
    same = {
        (run.recipe, run.repetition): run
        for run in runs
        if (run.network, run.task) == (network, task)
    }
    repetitions = sorted({repetition for _, repetition in same})
    found = []
    for repetition in repetitions:
        wanted = recipe or best_recipe(runs, network, task, repetition)
        if (wanted, repetition) not in same:
            raise ValueError(f"runs lack {network} on {task} by {wanted}, repetition {repetition}")
        found.append(same[wanted, repetition])
    return found


def paired(
    runs: Sequence[Run],
    network: str,
    other: str,
    task: Task,
    recipe: Recipe | None = FIXED,
    measure: str = "test_accuracy",
) -> Interval:
    """Return by how much a measure of one network exceeds another's, repetition by repetition.

    Where repetitions trained on the same digits, the interval is widened by the correction of
    C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003).

    Parameters
    ----------
    network, other : str
        Names of contenders.
    recipe : Recipe or None
        One for both, or None for each one's own.
    measure : str
        An attribute of :class:`Run`.
    """
    one, two = (chosen(runs, name, task, recipe) for name in (network, other))
    differences = [getattr(a, measure) - getattr(b, measure) for a, b in zip(one, two, strict=True)]
    return interval(differences, shared=shared(task))


def shared(task: Task) -> float:
    """Return how many times more digits a repetition trains on than it tests on, turned over.

    0 where no two repetitions train on the same digit: their results are independent.

    Examples
    --------
    >>> shared(FEW), round(shared(MANY), 3)
    (0.0, 0.126)
    """
    fold = len(data.digits()[1]) // len(REPETITIONS)
    return 0.0 if task.images <= fold else fold / task.images


def run(jobs: Sequence[Job], *, done: Iterable[Run] = (), processes: int = 1) -> Iterator[Run]:
    """Yield the runs of these jobs that aren't done, as they end.

    Parameters
    ----------
    jobs : sequence
        From :func:`tuning` or :func:`tuned`.
    done : iterable of Run
        What need not be done again.
    processes : int
        Each on one thread; 1 works in this one.
    """
    known = {r.key for r in done}
    todo = [
        (contender, *how)
        for contender, *how in dict.fromkeys(jobs)
        if (contender.name, *how) not in known
    ]
    if processes == 1:
        for job in progress(todo, what="training"):
            yield train(*job)
        return
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        waiting = [pool.submit(train, *job) for job in todo]
        try:
            for future in progress(as_completed(waiting), total=len(todo), what="training"):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def read(path: Path = RECORDED) -> list[Run]:
    """Return the runs of a file, by network, task, recipe and repetition.

    A line that was cut while it was written is left out. Without a path, the runs are those that
    the course ships.
    """
    runs = [Run(**row) for row in measurements.read(path).rows]
    order = {contender.name: place for place, contender in enumerate(contenders())}
    return sorted(runs, key=lambda run: (order[run.network], *run.key[1:]))


def provenance(path: Path = RECORDED) -> dict[str, str]:
    """Return how the runs of a file were made: the lines at its top."""
    return measurements.read(path).provenance


def main(arguments: list[str] | None = None) -> None:
    """Run the experiment, or what is left of it, and write each result as it comes."""
    parser = argparse.ArgumentParser(
        prog="python -m dwsep_helpers.mobilenet.overfitting", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--output", type=Path, default=RECORDED, help="the table to go on with")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    options = parser.parse_args(arguments)
    if not options.output.exists():
        _begin(options.output)
    before = len(read(options.output))
    _end_line(options.output)
    _go_on(tuning(steps=options.steps), options.output, options.jobs)
    _go_on(tuned(read(options.output), options.steps), options.output, options.jobs)
    after = len(read(options.output))
    print(f"{after - before} runs, and {before} were there before: {options.output}")


def _go_on(jobs: Sequence[Job], path: Path, processes: int) -> None:
    done = read(path)
    with path.open("a", encoding="utf-8", newline="") as file:
        for result in run(jobs, done=done, processes=processes):
            csv.writer(file, lineterminator="\n").writerow(astuple(result))
            file.flush()


def _begin(path: Path) -> None:
    made = measurements.provenance(
        "python -m dwsep_helpers.mobilenet.overfitting",
        f"AdamW, the learning rate falls along half a cosine, {STEPS} steps, batches of "
        f"{training.BATCH_SIZE}, no augmentation, no dropout; one thread for each network; each "
        f"digit is tested on once; recipes are chosen in the half that isn't tested on",
        ("torch", "scikit-learn"),
    )
    columns = (field.name for field in fields(Run))
    path.write_text(measurements.header(made, columns), encoding="utf-8")


def _end_line(path: Path) -> None:
    """Drop what was written of a line when the program was stopped."""
    content = path.read_bytes()
    if not content.endswith(b"\n"):
        path.write_bytes(content[: content.rfind(b"\n") + 1])


def _matched(name: str, filtering: str, parameters: int) -> Contender:
    """Return the contender whose parameters come nearest to a number."""
    widths = np.arange(1, 64) / 16  # all sixteenths: every width of the table is a whole number
    candidates = [Contender(name, filtering, float(width)) for width in widths]
    with torch.device("meta"):  # shapes are enough to count
        return min(candidates, key=lambda c: abs(count_parameters(c.build()) - parameters))


if __name__ == "__main__":
    main()
