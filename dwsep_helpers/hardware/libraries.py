"""Other libraries, kept from talking into a notebook; what they raise, put into sentences."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import warnings
from collections.abc import Iterator

from dwsep_helpers.hardware.mobile_runtimes import has_mobile, how_to_add_mobile


@contextlib.contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn what a library raises into a ValueError that begins with what couldn't be done.

    Raises
    ------
    ValueError
        For any exception inside.

    Examples
    --------
    >>> with explained("x has no inverse"):
    ...     1 / 0
    Traceback (most recent call last):
    ValueError: x has no inverse: division by zero
    """
    try:
        yield
    except Exception as error:
        raise ValueError(f"{what}: {first_line(error)}") from error


def first_line(error: BaseException) -> str:
    """Return the first line of what an exception, or the one that caused it, says.

    Examples
    --------
    >>> first_line(ValueError())
    'ValueError'
    """
    while error.__cause__ is not None:  # the compiler's passes wrap what went wrong in them
        error = error.__cause__
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what the libraries log about themselves out of a notebook; say what is missing."""
    if not has_mobile():
        raise ModuleNotFoundError(how_to_add_mobile())
    loggers = [logging.getLogger(name) for name in ("torchao", "torch.utils._pytree", "root")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        # The runtime logs to Python's stderr as well, which a notebook sends elsewhere.
        with hidden_stderr(), contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextlib.contextmanager
def hidden_stderr() -> Iterator[None]:
    """Drop what is written to the process's stderr, by compiled code too."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
