"""Right answers that need torch, loaded when they are first used."""

from typing import Any


class FromMobilenet:
    """A function or class of :mod:`dwsep_helpers.mobilenet`, which loads torch: when first used."""

    def __init__(self, name: str):
        self.__name__ = name

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call it."""
        return self.__wrapped__(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        if name != "__wrapped__":  # where inspect.signature looks for the parameters
            raise AttributeError(name)
        from dwsep_helpers import mobilenet

        return getattr(mobilenet, self.__name__)
