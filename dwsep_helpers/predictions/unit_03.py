"""Predictions of unit 03: pointwise convolution, and the two together."""

from dwsep_helpers.predictions.question import Question

QUESTIONS = (
    Question(
        id="3.1",
        about="what the weights (1, 0, 0) make",
        why=(
            "One channel comes out, and one channel is a grey picture: bright where there was "
            "much red."
        ),
        options={
            "a": "a red picture",
            "b": "the red channel, as a grey picture",
            "c": "a blurred one",
        },
        answer="b",
    ),
    Question(
        id="3.2",
        about="the MACs of one pixel",
        why="Each of the 256 outputs weighs 3 channels. No neighbours, so that is all.",
        needs="3.2",
    ),
    Question(
        id="3.3",
        about="what a single number moves",
        why=(
            "Depthwise, nine windows of one channel hold the pixel. Pointwise, one pixel of each "
            "output reads it, and there are three outputs."
        ),
        options={
            "a": "3×3 depthwise 9, pointwise 3",
            "b": "depthwise 27, pointwise 1",
            "c": "depthwise 9, pointwise 1",
        },
        answer="a",
    ),
    Question(
        id="3.4",
        about="how many times fewer MACs",
        why="1,228,800 / 53,952. The misprint is the depthwise stage's: 4,800 it is.",
        within=1.005,
        needs="3.3",
    ),
    Question(
        id="3.5",
        about="what combining first would cost",
        why=(
            "The depthwise stage would filter 256 channels in place of 3, and the pointwise stage "
            "mix the pixels of the larger input."
        ),
        options={"a": "not dearer", "b": "about 2 times", "c": "about 10 times"},
        answer="c",
    ),
    Question(
        id="3.6",
        about="the rank across filters",
        why="All 256 rows are multiples of one: the depthwise kernel of channel 0.",
        needs="3.4",
    ),
    Question(
        id="3.7",
        about="how many separable layers still pay",
        why=(
            "T (25 + 256) < 25 · 256. The bound is 22.78, the factor of the article's example: "
            "what one layer saves is how many you can afford."
        ),
        needs="3.6",
    ),
    Question(
        id="3.8",
        about="which kernels are spatially separable",
        why=(
            "Blur is a column of ones times a row of ones, Sobel is [1, 2, 1] times [−1, 0, 1]. "
            "The Laplacian takes two such products."
        ),
        options={"a": "Sobel alone", "b": "Sobel and blur", "c": "all three"},
        answer="b",
    ),
)
