"""Choose recipes without a look at the test, and compare networks pair by pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from dwsep_helpers.intervals import Interval, interval
from dwsep_helpers.mobilenet.overfitting.contenders import contenders
from dwsep_helpers.mobilenet.overfitting.runs import STEPS, Job, Run, jobs
from dwsep_helpers.mobilenet.overfitting.tasks import (
    FIXED,
    FOLDS,
    HALVES,
    RECIPES,
    REPETITIONS,
    TASKS,
    Recipe,
    Task,
    shared,
)

TUNED_ON: Final = (0, 3, 6)  # the folds of a half by which the other half's recipe is chosen
# What differs between two networks, and the two: the first minus the second.
COMPARISONS: Final = {
    "as wide: dense − separable": ("dense", "separable"),
    "19,000 each: dense − separable": ("dense, thinner", "separable"),
    "19,000 each: dense − separable, ReLU6 alone": ("dense, thinner", "separable, ReLU6 between"),
    "19,000 each: dense − separable, norm alone": ("dense, thinner", "separable, norm between"),
    "19,000 each: dense − separable, nothing": ("dense, thinner", "separable, nothing between"),
    "135,000 each: dense − separable": ("dense", "separable, wider"),
    "135,000 each: dense − separable, nothing": ("dense", "separable, wider, nothing between"),
    "two dense stages: nothing − both between": (
        "dense, two stages, nothing between",
        "dense, two stages",
    ),
    "dense: 135,000 − 19,000": ("dense", "dense, thinner"),
}


def tuning(steps: int = STEPS) -> list[Job]:
    """Return the runs by which recipes are chosen, and those by one recipe for all networks."""
    chosen_on = [half * FOLDS + fold for fold in TUNED_ON for half in range(HALVES)]
    found = [*jobs(TASKS, steps=steps), *jobs(TASKS, RECIPES, chosen_on, steps)]
    return list(dict.fromkeys(found))


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


def chosen(
    runs: Sequence[Run], network: str, task: Task, recipe: Recipe | None = FIXED
) -> list[Run]:
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
    It takes all repetitions to overlap; those of different halves don't: the interval is wide.

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


def compared(
    runs: Sequence[Run],
    task: Task,
    recipe: Recipe | None = FIXED,
    measure: str = "test_accuracy",
) -> dict[str, Interval]:
    """Return all :data:`COMPARISONS` of a task; the arguments are :func:`paired`'s."""
    return {what: paired(runs, *pair, task, recipe, measure) for what, pair in COMPARISONS.items()}
