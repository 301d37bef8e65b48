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
    """One question to predict on, by a letter or by a number.

    Attributes
    ----------
    id : str
        As the notebook prints it, such as ``"1.4"``.
    about : str
        What the recap calls it.
    why : str
        One or two sentences shown with what came out.
    options : dict of str to str
        Letter and text; empty where a number is asked for.
    answer : str or number, optional
        What comes out. None where the notebook computes or measures it.
    within : float
        A number agrees when it is off by at most this factor; 1 asks for the very number.
    needs : str
        The exercise whose code the outcome is computed with.
    """

    id: str
    about: str
    why: str
    options: dict[str, str] = field(default_factory=dict)
    answer: str | float | None = None
    within: float = 1.0
    needs: str = ""

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
