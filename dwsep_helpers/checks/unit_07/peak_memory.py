"""Exercise 7.8: the most bytes that a plan needs at once."""

from collections.abc import Sequence

from dwsep_helpers import hardware
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole
from dwsep_helpers.hardware.memory import lifetimes, needed

Sizes = dict[str, int]
Steps = Sequence[tuple[str, Sequence[str]]]


def _over(sizes: Sizes, steps: Steps, spans: dict[str, tuple[int, int]]) -> int:
    """Return the peak for lifetimes that may be wrong."""
    totals = [
        sum(sizes[name] for name, (first, last) in spans.items() if first <= number <= last)
        for number in range(-1, len(steps) + 1)
    ]
    return max(totals)


def _inputs(steps: Steps) -> set[str]:
    return {name for _, inputs in steps for name in inputs} - {output for output, _ in steps}


def _unread(steps: Steps) -> set[str]:
    return {output for output, _ in steps} - {name for _, inputs in steps for name in inputs}


def _readers(name: str, steps: Steps) -> list[int]:
    return [number for number, (_, inputs) in enumerate(steps) if name in inputs]


def _freed_too_early(sizes: Sizes, steps: Steps) -> int:
    spans = {
        name: (first, last if name in _unread(steps) else max(last - 1, first))
        for name, (first, last) in lifetimes(steps).items()
        if name not in _inputs(steps) or last
    }
    return _over(sizes, steps, spans)


# What goes wrong, of sizes and steps.
# fmt: off
MISTAKES = bank(hardware.peak_memory, [
    ("nothing-freed", lambda sizes, steps: sum(sizes[name] for name in lifetimes(steps)),
     "You add up all tensors; one should be freed once the last step that reads it has run.", 1),
    ("largest-tensor", lambda sizes, steps: max(sizes[name] for name in lifetimes(steps)),
     "You return the largest tensor; all that are alive at once should be added up.", 1),
    ("of-the-step-alone",
     lambda sizes, steps: max(sizes[y] + sum(sizes[x] for x in {*inputs}) for y, inputs in steps),
     "You count what a step reads and makes; what a later step still reads should count, too."),
    ("of-the-step-alone-twice",
     lambda sizes, steps: max(sizes[y] + sum(sizes[x] for x in inputs) for y, inputs in steps),
     "You count what a step reads as often as it reads it, and nothing else that lives; each "
     "tensor should count once."),
    ("outputs-alone", lambda sizes, steps: max(sizes[y] for y, _ in steps),
     "You return the largest output; what is read should be there while it is made.", 1),
    ("freed-before-the-step", _freed_too_early,
     "You free what a step reads before it runs; both sides of a step should be there."),
    ("freed-a-step-late",
     lambda sizes, steps: _over(sizes, steps, {
         n: (first, last + 1) for n, (first, last) in lifetimes(steps).items()}),
     "You keep a tensor for a step after the last that reads it; there it should be free."),
    ("input-of-the-plan-forgotten",
     lambda sizes, steps: _over(sizes, steps, {
         n: s for n, s in lifetimes(steps).items() if n not in _inputs(steps)}),
     "You leave out what no step makes; the plan's input should count until it was read.", 1),
    ("input-from-its-first-reader",
     lambda sizes, steps: _over(sizes, steps, {
         n: (_readers(n, steps)[0], s[1]) if n in _inputs(steps) else s
         for n, s in lifetimes(steps).items()}),
     "You count an input of the plan from its first reader on; what no step makes should be there "
     "from the start."),
    ("input-of-the-plan-kept",
     lambda sizes, steps: _over(sizes, steps, {
         n: (0, len(steps)) if n in _inputs(steps) else s for n, s in lifetimes(steps).items()}),
     "You keep the plan's input to the end; it should be free once its last reader has run."),
    ("freed-after-the-first-reader",
     lambda sizes, steps: _over(sizes, steps, {
         n: (s[0], min(_readers(n, steps), default=s[1]))
         for n, s in lifetimes(steps).items()}),
     "You free a tensor after its first reader; it should stay until the last."),
    ("results-freed",
     lambda sizes, steps: _over(sizes, steps, {
         n: (s[0], s[0] if n in _unread(steps) else s[1]) for n, s in lifetimes(steps).items()}),
     "You free what no step reads; that is a result, and it should stay to the end."),
    ("summed-over-steps", lambda sizes, steps: sum(needed(sizes, steps)),
     "You add up what all steps need; it should be the most that one of them does.", 1),
    ("last-step", lambda sizes, steps: needed(sizes, steps)[-1],
     "You return what is alive at the end; it should be the most at any step."),
    ("first-step", lambda sizes, steps: needed(sizes, steps)[0],
     "You return what the first step needs; it should be the most at any step."),
])
# fmt: on

_BLOCK = [("wide", ["x"]), ("filtered", ["wide"]), ("narrow", ["filtered"])]
_RESIDUAL = [*_BLOCK, ("sum", ["x", "narrow"])]
_CHAIN = [("a", ["x"]), ("b", ["a"]), ("c", ["b"]), ("d", ["c"]), ("e", ["d"])]
_TWO_HEADS = [("a", ["x"]), ("early", ["a"]), ("b", ["a"]), ("c", ["b"]), ("late", ["c"])]
_TWO_INPUTS = [("a", ["x"]), ("b", ["a"]), ("y", ["b", "second"])]
_BRANCHES = [
    ("a", ["x"]), ("left", ["a"]), ("right", ["a"]), ("wide", ["right"]), ("thin", ["wide"]),
    ("square", ["thin", "thin"]), ("sum", ["left", "square"]),
]  # fmt: skip


def _given(says: str, steps: Steps, *sizes: int, show: bool = False) -> Case:
    return Case(says, (dict(zip(lifetimes(steps), sizes, strict=True)), [*steps]), show=show)


def _drawn(rng: Rng, says: str, steps: Steps) -> Case:
    names = sorted(lifetimes(steps))
    wrong = {mistake.name: mistake.function for mistake in MISTAKES}
    while True:  # until several of the mistakes show, and the one that few plans show
        sizes = {name: 16 * whole(rng, 1, 60) for name in names}
        right = hardware.peak_memory(sizes, steps)
        shown = {name for name, one in wrong.items() if one(sizes, steps) != right}
        late = len(_inputs(steps)) == 1 or "input-from-its-first-reader" in shown
        if late and len(shown) > len(wrong) / 2:
            return Case(says, (sizes, [*steps]))


peak_memory = Check(
    number="7.8",
    name="peak_memory",
    points=2,
    reference=hardware.peak_memory,
    cases=listed(
        _given("a block", _BLOCK, 10, 60, 40, 15, show=True),
        _given("a block that adds its input", _RESIDUAL, 10, 60, 60, 10, 10, show=True),
        _given("one step", [("y", ["x"])], 30, 50),
        _given("a result that is made early", _TWO_HEADS, 8, 20, 30, 12, 40, 6),
        _given("a tensor that is read twice by one step", _BRANCHES, 9, 30, 14, 50, 20, 45, 33, 7),
        _given("a second input, read late", _TWO_INPUTS, 10, 50, 5, 40, 1, show=True),
        _given("the most at the end", _CHAIN, 90, 4, 3, 8, 70, 80),
        _given("the most at the start", _CHAIN, 90, 60, 30, 8, 20, 40),
        ("a chain", _CHAIN),
        ("two results", _TWO_HEADS),
        ("two inputs", _TWO_INPUTS),
        of=_drawn,
    ),
    strict=listed(
        _given("a block that adds its input", _RESIDUAL, 24, 96, 96, 24, 24),
        _given("a result that is made early", _TWO_HEADS, 5, 25, 45, 20, 35, 9),
        _given("a tensor that is read twice by one step", _BRANCHES, 9, 30, 14, 20, 20, 40, 70, 7),
        _given("the most at the end", _CHAIN, 60, 4, 3, 8, 75, 80),
        _given("the most at the start", _CHAIN, 95, 40, 30, 8, 20, 50),
        ("a chain", _CHAIN),
        ("branches", _BRANCHES),
        ("two results", _TWO_HEADS),
        ("two inputs", _TWO_INPUTS),
        of=_drawn,
    ),
    mistakes=MISTAKES,
)
