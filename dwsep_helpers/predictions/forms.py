"""What a page shows of a prediction: the question, and a place for what waits for its answer."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dwsep_helpers import explorables
from dwsep_helpers.explorables import Explorable
from dwsep_helpers.explorables.question import State
from dwsep_helpers.predictions.entries import Entry
from dwsep_helpers.predictions.question import Question

if TYPE_CHECKING:
    from IPython.utils.capture import RichOutput

WIDGET = "application/vnd.jupyter.widget-view+json"
_RUN_AGAIN = "Now run this cell again."
_PRE = (
    '<div style="white-space: pre-wrap; font-family: var(--jp-code-font-family, monospace); '
    'font-size: var(--jp-code-font-size, 13px)">{}</div>'
)


class Form:
    """A question in its cell.

    Parameters
    ----------
    question : Question
    answered : callable
        Called with an answer: a letter, a number or ``"skip"``. It raises a ValueError where that
        is none, for a page can say anything.
    again : bool
        Whether it is a warm-up.
    """

    def __init__(self, question: Question, answered: Callable[[Any], None], again: bool = False):
        self._question, self._answered, self._again = question, answered, again
        self._shown: Explorable | None = None

    def show(self, entry: Entry, outcome: str | float | None = None) -> None:
        """Show the question below the cell that runs, with an outcome that may lie in the page."""
        from IPython.display import display

        self._shown = self._drawn(entry, outcome)
        display(self._shown)

    def draw(self, entry: Entry) -> None:
        """Show it where it is in its new state."""
        drawn = self._drawn(entry, None)
        if self._shown is not None:
            drawn.replace(self._shown)
        self._shown = drawn

    def _drawn(self, entry: Entry, outcome: str | float | None) -> Explorable:
        question = self._question
        came_out = entry.outcome if entry.outcome is not None else outcome
        outcome_ = None if came_out is None else question.outcome(came_out)
        shown = entry.shown and not entry.is_open  # who reads along may still answer
        return explorables.question(
            question.id,
            question.about,
            question.asks,
            question.options,
            whole=question.truth is not None,
            again=self._again,
            state=State(entry.predicted, entry.skipped, shown, outcome_, entry.note),
            received=self._received,
        )

    def _received(self, said: Any) -> None:
        if isinstance(said, dict) and said.get("id") == self._question.id:
            self._answered(said.get("answer"))


class Later:
    """A place in a cell for what shows once a question is answered.

    Parameters
    ----------
    asks : str
        What it says until then.
    go_on : callable
        What then prints, displays or returns something, in place of that.
    """

    def __init__(self, asks: str, go_on: Callable[[], Any]):
        self._asks, self._go_on = asks, go_on
        self._handle: Any = None

    def show(self) -> None:
        """Ask, below the cell that runs."""
        from IPython.display import display

        page = {"text/html": _PRE.format(html.escape(self._asks)), "text/plain": self._asks}
        self._handle = display(page, raw=True, display_id=True)

    def run(self) -> None:
        """Go on, wherever the answer came from; what shows, shows in the cell that asked."""
        from IPython.display import display
        from IPython.utils.capture import capture_output

        with capture_output() as captured:
            try:
                if (result := self._go_on()) is not None:
                    display(result)
            except (Exception, KeyboardInterrupt, SystemExit):
                print(_RUN_AGAIN)  # there it is an error of its own cell
        inside = _latest(captured.outputs)
        for output in captured.outputs:
            if output.update and output not in inside:  # of another cell
                output.display()
        self._handle.update(_together(captured.stdout, inside), raw=True)


def _latest(outputs: list[RichOutput]) -> list[RichOutput]:
    """Return what was displayed, each in its latest state, and no update of what was before."""
    latest: dict[Any, RichOutput] = {}
    for output in outputs:
        name = output.transient.get("display_id", output)
        if not output.update or name in latest:
            latest[name] = output
    return [*latest.values()]


def _together(printed: str, outputs: list[RichOutput]) -> dict[str, str]:
    """Return one output for what was printed, and what was displayed below it."""
    lines = "\n".join(line.rpartition("\r")[2] for line in printed.rstrip("\r\n").splitlines())
    page, plain = [_PRE.format(html.escape(lines))] * bool(lines), [lines] * bool(lines)
    for data in (output.data for output in outputs):
        text = data.get("text/plain", "")
        image = f'<img src="data:image/png;base64,{data.get("image/png")}" alt="">'
        alone = image if "image/png" in data else _PRE.format(html.escape(text))
        if WIDGET in data and "text/html" not in data:  # it lives in a cell's own output alone
            alone = _PRE.format(_RUN_AGAIN)
        page.append(data.get("text/html", alone))
        plain.append(text)
    return {"text/html": "\n".join(page), "text/plain": "\n".join(filter(None, plain))}
