"""Predictions of unit 00: how the course works."""

from dwsep_helpers.predictions.question import Question

QUESTIONS = (
    Question(
        id="0.1",
        about="MACs and FLOPs",
        why="Each of the nine MACs is a multiplication and an addition: 2 FLOPs.",
        answer=18,
    ),
)
