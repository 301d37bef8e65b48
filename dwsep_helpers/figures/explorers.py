"""Which numbers meet: sliders over the positions of a layer."""

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import meeting
from dwsep_helpers.figures.grids import number_text, sliding_window, sum_written
from dwsep_helpers.figures.picture import Picture, picture
from dwsep_helpers.figures.sliders import Ends, Explorer, Values
from dwsep_helpers.kernels import conv_output_size

LARGEST_IMAGE, LARGEST_KERNEL, MOST_CHANNELS, MOST_KERNELS = 6, 3, 4, 2


def explore_sliding_window(
    image: ArrayLike, kernel: ArrayLike, stride: int = 1, padding: int = 0
) -> Explorer:
    """Show `sliding_window` with a slider over its positions.

    Where no kernel is running, a strip of some positions shows.

    Parameters
    ----------
    image, kernel, stride, padding
        As for `sliding_window`.
    """
    sliding_window(image, kernel, stride, padding)  # refuses what can't be drawn
    planes = np.asarray(image, float)[None], np.asarray(kernel, float)[None]
    _, *shape = meeting.depthwise_outputs(*planes, stride, padding).shape
    positions = list(np.ndindex(*shape))

    def draw(values: Values) -> Picture:
        return sliding_window(image, kernel, stride, padding, positions[values["position"]])

    def ends(_values: Values) -> Ends:
        return {"position": (0, len(positions) - 1)}

    return Explorer({"position": 0}, ends, draw, _depthwise_strip(*planes, stride, padding))


def explore_depthwise(
    image: ArrayLike, kernels: ArrayLike, stride: int = 1, padding: int = 0
) -> Explorer:
    """Show which numbers meet in a depthwise convolution, with sliders for all that moves them.

    There are sliders for row and column of the output, stride, padding and multiplier.

    Parameters
    ----------
    image : array_like, shape (C, H, W)
        At most 4 channels of 6×6 small numbers.
    kernels : array_like, shape (C * m, K_h, K_w)
        One or two of at most 3×3 for each channel: output channel c·m + k reads channel c. With
        two, a slider for the depth multiplier chooses whether the second of each is used.
    stride, padding : int
        Where the sliders start.

    Raises
    ------
    ValueError
        If the arrays have other shapes, or the kernel does not fit.

    Examples
    --------
    >>> explorer = explore_depthwise([[[1, 2], [3, 4]]], [[[1, 0]]])
    >>> explorer.sliders["row"].value = 1
    >>> explorer.values
    {'multiplier': 1, 'stride': 1, 'padding': 0, 'row': 1, 'column': 0}
    """
    image, kernels = np.asarray(image, float), np.asarray(kernels, float)
    _check_image(image)
    channels, *size = image.shape
    if kernels.ndim != 3 or 0 in kernels.shape or max(kernels.shape[1:]) > LARGEST_KERNEL:
        raise ValueError(
            f"kernels has shape {kernels.shape}, and (C·m, K_h, K_w) with at most "
            f"{LARGEST_KERNEL}×{LARGEST_KERNEL} can be read"
        )
    if len(kernels) % channels or len(kernels) > MOST_KERNELS * channels:
        raise ValueError(
            f"kernels has {len(kernels)} kernels (axis 0) and image {channels} channels: "
            f"1 to {MOST_KERNELS} for each channel are drawn"
        )
    multiplier, taps = len(kernels) // channels, kernels.shape[1:]
    for length, width in zip(size, taps, strict=True):
        conv_output_size(length, width, stride, padding)  # refuses what does not fit
    least = max(0, *(-((length - width) // 2) for length, width in zip(size, taps, strict=True)))
    widest = max(least, padding, max(taps) // 2)
    by_channel = kernels.reshape(channels, multiplier, *taps)

    def ends(values: Values) -> Ends:
        rows, columns = (
            conv_output_size(length, width, values["stride"], max(values["padding"], least))
            for length, width in zip(size, taps, strict=True)
        )
        return {
            "multiplier": (1, multiplier),
            "stride": (1, max(stride, 3)),
            "padding": (least, widest),
            "row": (0, rows - 1),
            "column": (0, columns - 1),
        }

    def draw(values: Values) -> Picture:
        used = by_channel[:, : values["multiplier"]].reshape(-1, *taps)
        return _depthwise(image, used, values["stride"], values["padding"], _place(values))

    start = {"multiplier": multiplier, "stride": stride, "padding": padding, "row": 0, "column": 0}
    return Explorer(start, ends, draw, _depthwise_strip(image, by_channel[:, 0], stride, padding))


def explore_pointwise(image: ArrayLike, weight: ArrayLike) -> Explorer:
    """Show which numbers meet in a pointwise convolution, with sliders for pixel and output.

    Parameters
    ----------
    image : array_like, shape (C_in, H, W)
        At most 4 channels of 6×6 small numbers.
    weight : array_like, shape (C_out, C_in)
        At most 6 rows.

    Raises
    ------
    ValueError
        If the arrays have other shapes.

    Examples
    --------
    >>> explorer = explore_pointwise([[[1, 2]], [[3, 4]]], [[1, 1], [1, -1]])
    >>> explorer.sliders["output"].value = 1
    >>> explorer.values
    {'output': 1, 'row': 0, 'column': 0}
    """
    image, weight = np.asarray(image, float), np.asarray(weight, float)
    _check_image(image)
    if weight.ndim != 2 or not 1 <= len(weight) <= LARGEST_IMAGE:
        raise ValueError(
            f"weight has shape {weight.shape}, and (C_out, C_in) "
            f"with at most {LARGEST_IMAGE} rows can be read"
        )
    if weight.shape[1] != len(image):
        raise ValueError(
            f"weight has C_in={weight.shape[1]} (axis 1) but image has {len(image)} channels"
        )
    most = dict(zip(("output", "row", "column"), (len(weight), *image.shape[1:]), strict=True))

    def ends(_values: Values) -> Ends:
        return {name: (0, count - 1) for name, count in most.items()}

    def draw(values: Values) -> Picture:
        return _pointwise(image, weight, _place(values), values["output"])

    return Explorer(dict.fromkeys(most, 0), ends, draw, _pointwise_strip(image, weight))


def _place(values: Values) -> tuple[int, int]:
    return values["row"], values["column"]


def _check_image(image: np.ndarray) -> None:
    fits = image.ndim == 3 and 0 not in image.shape and len(image) <= MOST_CHANNELS
    if not fits or max(image.shape[1:]) > LARGEST_IMAGE:
        raise ValueError(
            f"image has shape {image.shape}, and (C, H, W) with at most {MOST_CHANNELS} channels "
            f"of {LARGEST_IMAGE}×{LARGEST_IMAGE} can be read"
        )


def _depthwise(
    image: np.ndarray, kernels: np.ndarray, stride: int, padding: int, place: tuple[int, int]
) -> Picture:
    read = meeting.window(image, kernels.shape[1:], stride, padding, place)
    made = meeting.depthwise_outputs(image, kernels, stride, padding)
    multiplier = len(kernels) // len(image)
    sums = [
        f"Output {number} reads channel {number // multiplier}: "
        f"{sum_written(read[number // multiplier].flat, kernel.flat)} = "
        f"{number_text(made[number][place])}."
        for number, kernel in enumerate(kernels)
    ]
    alt = (
        f"Depthwise convolution, stride {stride}, padding {padding}, depth multiplier "
        f"{multiplier}, at output row {place[0]}, column {place[1]}. {' '.join(sums)}"
    )
    return picture(alt, meeting.draw_depthwise, image, kernels, stride, padding, place)


def _depthwise_strip(image: np.ndarray, kernels: np.ndarray, stride: int, padding: int) -> Picture:
    """Draw the first positions, as many as are readable side by side, and the last."""
    made = meeting.depthwise_outputs(image, kernels, stride, padding)
    room = meeting.WIDEST / meeting.NARROWEST - kernels.shape[2] - 1.6
    count = int(room // (image.shape[2] + 2 * padding + 3.4))
    places = list(np.ndindex(made.shape[1:]))
    places = [*places[: min(max(count, 1), 4) - 1], places[-1]]
    said = [
        f"row {row}, column {column}: {', '.join(number_text(n) for n in made[:, row, column])}"
        for row, column in dict.fromkeys(places)
    ]
    each = "Each channel has its own kernel. " if len(image) > 1 else ""
    alt = (
        f"A kernel at some of its positions, stride {stride}, padding {padding}. {each}"
        f"Outputs at {'; '.join(said)}."
    )
    layer = (image, kernels, stride, padding)
    return picture(alt, meeting.draw_depthwise_strip, *layer, list(dict.fromkeys(places)))


def _pointwise(
    image: np.ndarray, weight: np.ndarray, place: tuple[int, int], output: int
) -> Picture:
    pencil = image[(slice(None), *place)]
    alt = (
        f"Pointwise convolution of {len(image)} channels. Output {output} at row {place[0]}, "
        f"column {place[1]}: {sum_written(weight[output], pencil)} = "
        f"{number_text(weight[output] @ pencil)}."
    )
    return picture(alt, meeting.draw_pointwise, image, weight, place, output)


def _pointwise_strip(image: np.ndarray, weight: np.ndarray) -> Picture:
    """Draw two pixels for the first output, and one for the last."""
    ends = len(weight) - 1, image.shape[1] - 1, image.shape[2] - 1
    places = list(dict.fromkeys([(0, 0, 0), (0, 0, min(1, ends[2])), ends]))
    said = [
        f"output {output}, row {row}, column {column}: "
        f"{sum_written(weight[output], image[:, row, column])} = "
        f"{number_text(weight[output] @ image[:, row, column])}"
        for output, row, column in places
    ]
    alt = f"A pointwise convolution at some of its positions. {'; '.join(said)}."
    return picture(alt, meeting.draw_pointwise_strip, image, weight, places)
