"""Predictions of unit 06: what MACs do not say about time."""

from dwsep_helpers.predictions.question import Question

QUESTIONS = (
    Question(
        id="6.1",
        about="the speed-up of 8.6 times fewer MACs in eager PyTorch",
        why=(
            "The MACs that went away were the best used ones. What is left does less work for "
            "each byte and for each call from Python."
        ),
        options={"a": "more than 8.6 times", "b": "8.6 times", "c": "less"},
        answer="c",
    ),
    Question(
        id="6.2",
        about="the time of 3 % of the MACs",
        why=(
            "The depthwise layers move 65 % as many elements as the pointwise ones, and make "
            "3 % as many MACs of them."
        ),
        options={"a": "about 3 %", "b": "several times that", "c": "more than half"},
        answer="b",
    ),
    Question(
        id="6.3",
        about="ExecuTorch against eager PyTorch on a small network",
        why=(
            "Some eighty operations from Python cost more than this network's MACs. A program "
            "that was planned ahead has almost none of that."
        ),
        options={"a": "a few per cent", "b": "about twice", "c": "five times and more"},
        answer="c",
    ),
    Question(
        id="6.4",
        about="the separable network's advantage on a larger NPU",
        why=(
            "A larger array has still more multipliers than a depthwise layer can feed. The "
            "dense network fills them, and catches up."
        ),
        options={"a": "grows", "b": "stays", "c": "shrinks"},
        answer="c",
    ),
)
