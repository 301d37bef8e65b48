"""Predictions of unit 04: what layers and networks cost."""

from dwsep_helpers.predictions.question import Question

QUESTIONS = (
    Question(
        id="4.1",
        about="when separating a layer makes it dearer",
        why=(
            "With one filter there is nothing to share a filtered channel with, and a 1×1 kernel "
            "was a pointwise layer before. In both cases one stage costs as much as the whole, "
            "and the other comes on top."
        ),
        options={
            "a": "never",
            "b": "with large kernels",
            "c": "with a single filter, or with 1×1 kernels",
        },
        answer="c",
    ),
    Question(
        id="4.2",
        about="the filters it takes to be 8 times cheaper",
        why=(
            "1/N + 1/9 ≤ 1/8 leaves 1/72 for 1/N. And 9 times is never reached: that would leave "
            "nothing."
        ),
        within=1.2,
        needs="4.6",
    ),
    Question(
        id="4.3",
        about="what biases make of the parameters",
        why=(
            "259 biases are little beside 19,200 weights and much beside 843. MobileNet has none: "
            "the batch norm behind each convolution shifts already."
        ),
        options={
            "a": "it stays 22.8 times",
            "b": "it falls to about 18 times",
            "c": "it rises to about 25 times",
        },
        answer="b",
    ),
    Question(
        id="4.4",
        about="what half the channels leave of the MACs",
        why=(
            "Pointwise stages have half the channels on both sides, and keep a quarter. Depthwise "
            "stages, the first layer and the classifier keep a half."
        ),
        options={
            "a": "a little less than a quarter",
            "b": "exactly a quarter",
            "c": "a little more than a quarter",
        },
        answer="c",
    ),
    Question(
        id="4.5",
        about="the depthwise stages' part of the numbers moved",
        why=(
            "For each number that it reads, a depthwise 3×3 stage makes nine MACs and no more; a "
            "pointwise stage makes as many as it has outputs."
        ),
        options={"a": "about 3 %", "b": "about 10 %", "c": "about 35 %"},
        answer="c",
    ),
)
