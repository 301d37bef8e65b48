"""Whether a function left its arguments as they were."""

from typing import Any

import numpy as np


def differs(now: Any, then: Any) -> bool:
    """Whether a value isn't any more what its copy says it was: numbers, order, keys, layers.

    Parameters
    ----------
    now, then : Any
        What was handed over, and a copy that nobody had. Arrays, tensors, torch modules, values
        that can be compared, and lists, tuples and dicts of all these, in one another.

    Examples
    --------
    >>> differs([{"width": 1}, {"width": 2}], [{"width": 2}, {"width": 1}])
    True
    """
    if type(now) is not type(then):
        return True
    if hasattr(then, "state_dict"):  # a torch module, whose text says how its layers are made
        modes = ([part.training for part in one.modules()] for one in (now, then))
        return (
            str(now) != str(then)
            or differs(*modes)
            or differs({**now.state_dict()}, {**then.state_dict()})
        )
    if isinstance(then, dict):
        return now.keys() != then.keys() or any(differs(now[name], then[name]) for name in then)
    if isinstance(then, list | tuple):
        return len(now) != len(then) or any(map(differs, now, then))
    if hasattr(then, "detach"):  # a tensor
        now, then = now.detach().numpy(), then.detach().numpy()
    if isinstance(then, np.ndarray):
        return now.dtype != then.dtype or not np.array_equal(now, then)
    return bool(now != then)


def kind_of(value: Any) -> str:
    """Return "array", "tensor" or "other": each is copied in a way of its own.

    Examples
    --------
    >>> kind_of(np.ones(2)), kind_of([1, 2])
    ('array', 'other')
    """
    if isinstance(value, np.ndarray):
        return "array"
    return "tensor" if hasattr(value, "detach") else "other"
