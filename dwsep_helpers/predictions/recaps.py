"""A unit's predictions beside what came out."""

from __future__ import annotations

import html
from dataclasses import dataclass

from dwsep_helpers.explorables.question import worded
from dwsep_helpers.predictions.entries import Entry
from dwsep_helpers.predictions.question import Question

SURPRISE = "surprise"


@dataclass(frozen=True)
class Recap:
    """Predictions and outcomes of a unit."""

    # For each question: its id, what it is about, the prediction, what came out, a verdict.
    rows: tuple[tuple[str, str, str, str, str], ...]
    header = ("", "about", "you predicted", "it came out as", "")

    @property
    def surprises(self) -> list[str]:
        """What the mispredicted questions were about."""
        return [about for _, about, _, _, verdict in self.rows if verdict == SURPRISE]

    @property
    def summary(self) -> str:
        """One sentence on how it went, and about what."""
        made = sum(verdict != "" for *_, verdict in self.rows)
        if not made:
            return "No prediction was both made and revealed yet."
        right = f"{made - len(self.surprises)} of {made} as you predicted."
        again = f" Worth a second look: {'; '.join(self.surprises)}."
        return right + again * bool(self.surprises)

    def __str__(self) -> str:
        table = [self.header, *self.rows]
        widths = [max(len(row[column]) for row in table) for column in range(5)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
        return "\n".join([*lines, "", self.summary])

    def _repr_html_(self) -> str:
        def line(row: tuple[str, ...], cell: str) -> str:
            open_ = f'<{cell} style="text-align: left">'  # JupyterLab's tables are of numbers
            return "<tr>" + "".join(f"{open_}{html.escape(text)}</{cell}>" for text in row)

        body = "".join(line(row, "td") for row in self.rows)
        return (
            f"<table><thead>{line(self.header, 'th')}</thead><tbody>{body}</tbody></table>"
            f"<p>{html.escape(self.summary)}</p>"
        )

    def __repr__(self) -> str:
        return str(self)


def row(question: Question, entry: Entry) -> tuple[str, str, str, str, str]:
    """Return what a recap says of a question."""
    predicted, outcome = (
        "—" if value is None else worded(question.options, value)
        for value in (entry.predicted, entry.outcome)
    )
    if entry.skipped:
        predicted = "skipped"
    made = entry.predicted is not None and entry.outcome is not None
    verdict = (SURPRISE if surprised(question, entry) else "✓") if made else ""
    return question.id, question.about, predicted, outcome, verdict


def surprised(question: Question, entry: Entry) -> bool:
    """Whether something else came out than was predicted."""
    if entry.predicted is None or entry.outcome is None:
        return False
    return not question.agree(entry.predicted, entry.outcome)
