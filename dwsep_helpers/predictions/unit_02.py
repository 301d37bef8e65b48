"""Predictions of unit 02: depthwise convolution."""

from dwsep_helpers.predictions.question import Question

QUESTIONS = (
    Question(
        id="2.1",
        about="how many maps come out",
        why="Each channel is filtered by itself, and nothing is summed: one map for each channel.",
        options={"a": "one", "b": "three", "c": "nine"},
        answer="b",
    ),
    Question(
        id="2.2",
        about="where a smooth sky vanishes",
        why=(
            "Sobel's numbers add up to zero, so where neighbours are alike the products cancel. "
            "Those of the other two kernels add up to 1, and leave a smooth sky as it is."
        ),
        options={"a": "red, blurred", "b": "green, Sobel", "c": "blue, sharpened"},
        answer="b",
    ),
    Question(
        id="2.3",
        about="which outputs a channel moves",
        why=(
            "A depthwise kernel reads its own channel only. Each standard filter reads all "
            "channels, so whatever moves in one of them moves every output."
        ),
        options={
            "a": "depthwise 1, standard 3",
            "b": "depthwise 1, standard 1",
            "c": "all three in both",
        },
        answer="a",
    ),
    Question(
        id="2.4",
        about="which channel output 3 reads",
        why="Outputs 0 and 1 belong to channel 0, outputs 2 and 3 to channel 1.",
        needs="2.2",
    ),
    Question(
        id="2.5",
        about="what the einsum sums over",
        why=(
            "The channel stays, as an axis of the result: its letter is on both sides of the "
            "arrow. Only the kernel's rows and columns disappear."
        ),
        options={"a": "c, h and w", "b": "h and w", "c": "c alone"},
        answer="b",
    ),
    Question(
        id="2.6",
        about="zeros in the equal dense weight",
        why="Each filter has 64 slices and reads one channel: 63 of its slices are zero.",
        options={"a": "1/64", "b": "1/2", "c": "63/64"},
        answer="c",
    ),
    Question(
        id="2.7",
        about="the MACs of a depthwise layer",
        why="Four channels, 36 positions each, 9 MACs at each position.",
        needs="2.2",
    ),
)
