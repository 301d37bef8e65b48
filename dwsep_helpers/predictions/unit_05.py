"""Predictions of unit 05: MobileNet, built, trained and judged."""

from dwsep_helpers.predictions.question import Question

QUESTIONS = (
    Question(
        id="5.1",
        about="the numbers that a block learns",
        why=(
            "9 · 32 for filtering, 32 · 64 for combining, and two for each channel of each norm: "
            "288 + 2,048 + 64 + 128."
        ),
        within=1.05,
        needs="5.1",
    ),
    Question(
        id="5.2",
        about="what a batch norm costs at inference",
        why=(
            "In eval mode its numbers are fixed: a scale and a shift for each channel. The "
            "convolution before it can do both, with other weights and a bias."
        ),
        options={
            "a": "a MAC for each value",
            "b": "nothing but a bias",
            "c": "as much as in training",
        },
        answer="b",
    ),
    Question(
        id="5.3",
        about="unseen digits that 18,826 parameters get right",
        why=(
            "Ten seeds of this training got 98.1 % right on average. Digits of 8×8 pixels are an "
            "easy task, and pictures of the wrong ones show how little is left to read."
        ),
        options={"a": "about half", "b": "about 80 %", "c": "more than 95 %"},
        answer="c",
    ),
    Question(
        id="5.4",
        about="who does better on new digits, after 50",
        why=(
            "The dense twin has seven times the parameters and was right on 84.1 % of the new "
            "digits, the separable one on 72.7 %."
        ),
        options={"a": "the separable one", "b": "the dense one", "c": "both alike"},
        answer="b",
    ),
    Question(
        id="5.5",
        about="whose gap is smaller at equal parameters",
        why=(
            "With about 19,000 parameters each, and 50 digits, the dense network's gap was 8.2 "
            "points smaller (95 % interval 6.0 to 10.4); with about 135,000, 2.2 (1.1 to 3.2)."
        ),
        options={"a": "the separable one's", "b": "the dense one's", "c": "neither"},
        answer="b",
    ),
)
