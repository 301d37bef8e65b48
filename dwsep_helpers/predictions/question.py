"""What a prediction is asked about, and when it agrees with what came out."""

from __future__ import annotations

from dataclasses import dataclass, field


class AnswerError(ValueError):
    """An answer that is not of its question's form. In a notebook it shows as one line."""

    def __init__(self, question: Question, answer: object):
        super().__init__(f"answer to {question.id} must be {question.form}, and {answer!r} is not")

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True)
class Question:
    """One question to predict on, by a letter or by a number."""

    id: str  # as the notebook prints it, such as "1.4"
    about: str  # what the recap calls it
    why: str  # one or two sentences shown with what came out
    options: dict[str, str] = field(default_factory=dict)  # letter and text; empty for a number
    answer: str | float | None = None  # None where the notebook computes or measures it
    within: float = 1.0  # a number agrees when it is off by at most this factor
    needs: str = ""  # the exercise whose code the outcome is computed with

    @property
    def unit(self) -> str:
        """The unit's two digits."""
        return f"{int(self.id.split('.')[0]):02d}"

    @property
    def form(self) -> str:
        """What an answer looks like."""
        letters = ", ".join(f'"{letter}"' for letter in self.options)
        return f"one of {letters}" if letters else "a number"

    def read(self, answer: object) -> str | float:
        """Return the answer in its standard form, or raise a ValueError that names the form."""
        if self.options:
            letter = str(answer).strip().lower()
            if letter not in self.options:
                raise AnswerError(self, answer)
            return letter
        try:
            return float(str(answer).replace(",", "").replace("_", ""))
        except ValueError:
            raise AnswerError(self, answer) from None

    def agree(self, predicted: str | float, outcome: str | float) -> bool:
        """Whether the prediction counts as borne out."""
        if isinstance(predicted, str) or isinstance(outcome, str) or predicted == outcome:
            return predicted == outcome
        low, high = sorted((predicted, outcome))
        return low > 0 and high <= self.within * low
