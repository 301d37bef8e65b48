"""What the learner's own code says to a question, and what to do where that is of no use."""

from __future__ import annotations

import math
import reprlib
import textwrap
from typing import Any

from dwsep_helpers import notebook
from dwsep_helpers.predictions.question import AnswerError, Question

_CHANGED = "it passed its check, so the cells above may hold other numbers than they did"


def run(question: Question, yours: Any) -> tuple[str | float | None, str]:
    """Return what the learner's code says, and what to do where that is of no use."""
    if yours is None:
        return None, ""
    try:
        with notebook.patient():
            found = yours() if callable(yours) else yours
        return question.read(found), ""
    except AnswerError:
        return None, differs(question, reprlib.repr(found))
    except NotImplementedError:
        return None, f"Write {notebook.to_write(question.needs)} to see your own code say so."
    except (Exception, SystemExit) as error:
        if isinstance(error, NameError) and (first := notebook.what_to_run(error.name or "")):
            return None, first
        said = textwrap.shorten(f"{type(error).__name__}: {error}", 200)
        return None, f"Your code raised {said}: {unchecked(question) or _CHANGED}."


def differs(question: Question, yours: str) -> str:
    """Say that the learner's code gives something else than the right answer."""
    first = unchecked(question)
    if question.differs and not first:
        return question.differs.format(yours=yours)
    return f"Your function says {yours}: {first or _CHANGED}."


def unchecked(question: Question) -> str:
    """Say which checks to run first of the code that a question needs; nothing if they passed."""
    open_ = [number for number in question.needs.split(" and ") if number not in notebook.passed]
    checks = f"check{'s' * (len(open_) > 1)}"
    return f"run the {checks} of {notebook.numbered(open_)} first" if open_ else ""


def same(one: str | float, other: str | float) -> bool:
    """Whether two answers are one, but for how numbers are rounded."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return math.isclose(one, other, rel_tol=1e-6)
