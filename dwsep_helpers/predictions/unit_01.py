"""Predictions of unit 01: 2D convolution."""

from dwsep_helpers.predictions.question import Question

QUESTIONS = (
    Question(
        id="1.1",
        about="how many positions fit",
        why=(
            "Starts are counted, not cells: the last start at which all taps fit ends the count, "
            "and cells left over at the edge are never read."
        ),
        needs="1.1",
    ),
    Question(
        id="1.2",
        about="one output value by hand",
        why="The 2×2 window at row 1, column 1 meets the kernel number by number; products add up.",
        needs="1.2",
    ),
    Question(
        id="1.3",
        about="what a Sobel kernel answers to",
        why=(
            "The kernel takes the right neighbours minus the left ones: flat areas cancel, and so "
            "do edges that run along the row. What changes from left to right stays."
        ),
        options={
            "a": "flat areas such as the sky",
            "b": "edges that run up and down",
            "c": "edges that run left to right",
        },
        answer="b",
    ),
    Question(
        id="1.4",
        about="what correlation makes of an impulse",
        why=(
            "The window reaches the single 1 with its bottom right tap first, so the kernel comes "
            "out turned by 180°. Flipping the kernel first, as true convolution does, undoes that."
        ),
        options={
            "a": "the kernel as it is",
            "b": "the kernel turned by 180°",
            "c": "the kernel mirrored left to right",
        },
        answer="b",
    ),
    Question(
        id="1.5",
        about="how many maps one filter makes",
        why="One filter has a slice for every channel, and the products of all slices add up.",
        answer=1,
    ),
    Question(
        id="1.6",
        about="the MACs of the article's layer",
        why="64 positions, 75 MACs at each, 256 filters.",
        options={
            "a": "about 12 thousand",
            "b": "about 120 thousand",
            "c": "about 1.2 million",
            "d": "about 12 million",
        },
        answer="c",
    ),
    Question(
        id="1.7",
        about="what vectorizing gains",
        why=(
            "The multiplications are the same. What goes away is Python's own work at each output "
            "value; the digits depend on your machine. (Within a factor of 3 counts as seen.)"
        ),
        within=3.0,
        needs="1.7",
    ),
)
