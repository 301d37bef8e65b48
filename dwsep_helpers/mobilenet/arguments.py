"""What functions of networks accept."""

from __future__ import annotations

from typing import TypeVar

from torch import nn

Kind = TypeVar("Kind", bound=nn.Module)


def as_module(name: str, value: object, kind: type[Kind]) -> Kind:
    """Check that a value is a module of some kind, and neither its class nor None."""
    if not isinstance(value, kind):
        given = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
        asked = "an nn.Module" if kind is nn.Module else f"a {kind.__name__}"
        raise TypeError(f"{name} must be {asked}, got {given}")
    return value
