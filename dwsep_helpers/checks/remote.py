"""Check a function that lives in another process, which may lie.

:func:`answer` runs where the learner's function is. It is sent inputs, and sends back what came
out, as text. :class:`Remote` stands in for the function where the check runs: expected values
never leave that process, and neither does the verdict.
"""

import base64
import inspect
import io
import json
import pickle
import sys
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from dwsep_helpers.checks import earlier
from dwsep_helpers.checks.calling import About, Call, Learner, Place, Raised
from dwsep_helpers.checks.exercise import Case, Exercise, Measured
from dwsep_helpers.checks.plain import Unreadable, from_plain, to_plain
from dwsep_helpers.checks.put_in import guarded_name, put_in
from dwsep_helpers.translation import Phrase

MEDIA_TYPE = "application/x-dwsep-answer"
CHARACTERS = 4 * 2**20  # of what is sent back; the largest right answer takes under a million


def answer(request: str, function: Any) -> None:
    """Do what a :class:`Remote` asks of the learner's function, and display what came out."""
    from IPython.display import publish_display_data

    publish_display_data({MEDIA_TYPE: respond(request, function)})


def respond(request: str, function: Any) -> str:
    """Do what a check asks, and return what came out as text."""
    return reply(request, Learner(function))


def reply(request: str, learner: Learner) -> str:
    """Do what a check asks of a function that was met already."""
    asked, arguments = _Unpickler(io.BytesIO(zlib.decompress(base64.b64decode(request)))).load()
    return json.dumps(_ANSWERS[asked](learner, *arguments))


class Remote(Learner):
    """A learner's function in another process.

    Parameters
    ----------
    ask : callable
        Takes a request for :func:`answer`, returns what it displayed. What it raises, a lost
        connection for one, goes through to who called the check.
    given : mapping of str to str, optional
        Functions that are the course's while it is called: the exercises' names by the learner's.

    Attributes
    ----------
    called : set of str
        Which of those were called.
    """

    def __init__(self, ask: Callable[[str], str], given: Mapping[str, str] = {}):
        self._ask = ask
        self._given = dict(given)
        self.called: set[str] = set()

    def meet(
        self, cases: Sequence[Case], allows: Collection[str] = ()
    ) -> tuple[About, Iterator[Call]]:
        """Look at the function, and have it called with each case's arguments."""
        said = self._asked(dict, "meet", cases, tuple(allows), self._given)
        try:
            self.called |= {name for name in said.pop("called") if name in self._given}
            about, calls = said["about"], said["calls"]
            signature = about.pop("signature")
            thing = Phrase.from_plain(about.pop("thing"))
            known = About(thing, **about, signature=signature and _Signature(*signature))
            if len(calls) not in (0, len(cases)):
                raise Unreadable(f"{len(calls)} answers to {len(cases)} calls")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Unreadable(str(error)) from None
        return known, _to_calls(cases, calls)

    def is_function(self, function: Callable[..., Any]) -> bool:
        """Whether the learner's function is this one; it is none of this process's."""
        return False

    def lines(self, case: Case, allows: Collection[str], **_: Any) -> Measured:
        """Return how many lines of Python a call runs, of the learner's functions alone."""
        return self._measured("lines", case, tuple(allows), {})

    def held(self, case: Case, halves: np.ndarray, allows: Collection[str], **_: Any) -> Measured:
        """Return how many of some numbers, of which halves are given, a call holds on its way."""
        return self._measured("held", case, halves, tuple(allows), self._given)

    def macs(self, case: Case, x: np.ndarray, allows: Collection[str]) -> Measured:
        """Return the MACs of each layer of the module that a call builds, and its outputs."""
        return self._measured("macs", case, x, tuple(allows), self._given)

    def products(self, case: Case, position: int) -> int:
        """Return how often a call multiplies the numbers of the array at a position."""
        return self._asked(int, "products", case, position, self._given)

    def _measured(self, what: str, *arguments: Any) -> Measured:
        said = self._asked(dict, what, *arguments)
        try:
            amount = said["amount"]
            if isinstance(amount, list):
                amount = [int(n) for n in amount]
            elif amount is not None:
                amount = int(amount)
            return Measured(amount, from_plain(said["answer"]))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise Unreadable(str(error)) from None

    def _asked(self, kind: type, what: str, *arguments: Any) -> Any:
        request = zlib.compress(pickle.dumps((what, arguments)), level=1)  # for labels, a hundredth
        said = self._ask(base64.b64encode(request).decode())
        if len(said) > CHARACTERS:
            raise Unreadable(f"{len(said):,} characters, and {CHARACTERS:,} are the most")
        try:
            said = json.loads(said)
        except (ValueError, RecursionError) as error:
            raise Unreadable(str(error)) from None
        if type(said) is not kind:
            raise Unreadable(f"a {type(said).__name__} came back where a {kind.__name__} is due")
        return said


class _Unpickler(pickle.Unpickler):
    """Reads requests, which come from the check, whatever the learner made of ``sys.modules``."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class of this package as it was before the learner's code ran."""
        known = _KNOWN.get(module)
        return getattr(known, name) if known else super().find_class(module, name)


class _Signature(inspect.Signature):
    """A signature without the values of its defaults, which prints as with them."""

    def __init__(self, text: str, parameters: list):
        empty = inspect.Parameter.empty
        made = [
            inspect.Parameter(name, inspect._ParameterKind(kind), default=None if has else empty)
            for name, kind, has in parameters
        ]
        super().__init__(made)
        self._text = str(text)

    def __str__(self) -> str:
        return self._text


def _meet(
    learner: Learner, cases: Sequence[Case], allows: Collection[str], given: Mapping[str, str]
) -> dict:
    known = _exercises(given)
    names = filter(None, map(guarded_name, known.values()))
    with put_in(learner.function, known) as called:
        return {**_met(learner, cases, (*allows, *names)), "called": called}


def _met(learner: Learner, cases: Sequence[Case], allows: Collection[str]) -> dict:
    about, calls = learner.meet(cases, allows)
    parameters = about.signature.parameters.values() if about.signature else ()
    described = [[p.name, int(p.kind), p.default is not p.empty] for p in parameters]
    signature = about.signature and [str(about.signature), described]
    usable = about.callable and not about.is_class and not about.is_check
    return {
        "about": {**vars(about), "thing": Phrase(about.thing).to_plain(), "signature": signature},
        "calls": [_from_call(done) for done in calls] if usable else [],
    }


def _measure(what: str) -> Callable[..., dict]:
    """Return what answers a request to measure a call."""

    def measure(learner: Learner, *asked: Any) -> dict:
        *arguments, allows, given = asked
        known = _exercises(given)
        names = filter(None, map(guarded_name, known.values()))
        with put_in(learner.function, known):
            measured = _MEASURES[what](learner, *arguments, (*allows, *names))
        return {"amount": measured.amount, "answer": to_plain(measured.answer)}

    return measure


def _products(learner: Learner, case: Case, position: int, given: Mapping[str, str]) -> int:
    with put_in(learner.function, _exercises(given)):
        return learner.products(case, position)


def _exercises(given: Mapping[str, str]) -> dict[str, Exercise]:
    known = {one.name: one for one in earlier.known}
    return {name: known[exercise] for name, exercise in given.items()}


def _from_call(done: Call) -> dict:
    said = {name: value for name, value in vars(done).items() if name != "case"}
    error = done.error and asdict(done.error)
    if error and error["wrong_type"] is not None:
        error["wrong_type"] = error["wrong_type"].to_plain()
    return {**said, "answer": to_plain(done.answer), "error": error}


def _to_calls(cases: Sequence[Case], said: list) -> Iterator[Call]:
    if not said:
        raise Unreadable("no answers to calls")
    yield from (_to_call(case, one) for case, one in zip(cases, said, strict=True))


def _to_call(case: Case, said: Any) -> Call:
    try:
        error = said["error"]
        if error is not None:
            place, wrong = error["place"] and Place(**error["place"]), error["wrong_type"]
            wrong = wrong if wrong is None else Phrase.from_plain(wrong)
            error = Raised(**{**error, "place": place, "wrong_type": wrong})
        return Call(
            case,
            from_plain(said["answer"]),
            error,
            changed=tuple(said["changed"]),
            overwrote=said["overwrote"] is True,
            shortcuts=tuple(map(str, said["shortcuts"])),
            printed=str(said["printed"]),
            warned=tuple(map(str, said["warned"])),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as broken:
        raise Unreadable(str(broken)) from None


_MEASURES: dict[str, Callable[..., Measured]] = {
    "lines": Learner.lines,
    "held": Learner.held,
    "macs": Learner.macs,
}
_ANSWERS: dict[str, Callable[..., Any]] = {
    "meet": _meet,
    "products": _products,
    **{name: _measure(name) for name in _MEASURES},
}
_KNOWN = {name: sys.modules[name] for name in sys.modules if name.startswith("dwsep_helpers.")}
