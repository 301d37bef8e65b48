"""Inverted residuals in NumPy, and a network of them, from weights whose norms are folded."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from dwsep_helpers.kernels.arguments import as_input, as_weight, of_channels, real_number
from dwsep_helpers.kernels.dense import conv2d
from dwsep_helpers.kernels.depthwise import depthwise_conv2d
from dwsep_helpers.kernels.pointwise import pointwise_conv2d
from dwsep_helpers.kernels.shapes import mapping, same_padding

Weights = tuple[np.ndarray, np.ndarray]  # of a layer, its batch norm folded: weight and bias
Layer = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def fold_norm(
    weight: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    eps: float,
) -> Weights:
    r"""Return weight and bias of the one layer that does what a layer and its batch norm do.

    Parameters
    ----------
    weight : ndarray, shape (C_out, C_in/groups, K_h, K_w)
        Of a layer without bias.
    gamma, beta, mean, variance : ndarray, shape (C_out,)
        Of the batch norm that follows it, in eval mode.
    eps : float
        Added to the variance.

    Returns
    -------
    tuple of ndarray
        Weight, of the shape it had, and bias, (C_out,).

    Raises
    ------
    TypeError, ValueError
        As for `conv2d`; also if the norm doesn't have a number for each channel.

    Notes
    -----
    With :math:`s = \gamma / \sqrt{\sigma^2 + \epsilon}`, one for each output channel: :math:`W s`
    and :math:`\beta - \mu s`.

    Examples
    --------
    >>> one = np.ones(1)
    >>> weight, bias = fold_norm(np.full((1, 1, 1, 1), 3.0), 4 * one, one, 2 * one, 3 * one, 1)
    >>> weight.item(), bias.item()
    (6.0, -3.0)
    """
    weight = as_weight("weight", weight, ("C_out", "C_in/groups", "K_h", "K_w"))
    given = {"gamma": gamma, "beta": beta, "mean": mean, "variance": variance}
    gamma, beta, mean, variance = (
        of_channels(name, values, weight) for name, values in given.items()
    )
    if not 0 <= real_number("eps", eps) < math.inf:
        raise ValueError(f"eps is {eps}, and it keeps a division from one by zero")
    scale = gamma / np.sqrt(variance + np.asarray(eps, variance.dtype))
    return weight * scale[:, None, None, None], beta - mean * scale


def bottleneck(
    x: np.ndarray, expand: Weights | None, depthwise: Weights, project: Weights, stride: int = 1
) -> np.ndarray:
    """Widen, filter each channel, narrow again, and add the input: an inverted residual.

    Parameters
    ----------
    x : ndarray, shape (N, C_in, H, W)
    expand : tuple of ndarray, or None
        Weight (t·C_in, C_in, 1, 1) and bias of the pointwise layer that widens, ReLU6 after it;
        None leaves it out.
    depthwise : tuple of ndarray
        Weight (t·C_in, 1, K_h, K_w) and bias of the depthwise layer, ReLU6 after it. Its padding
        is TensorFlow's "SAME".
    project : tuple of ndarray
        Weight (C_out, t·C_in, 1, 1) and bias of the pointwise layer that narrows.
    stride : int
        Of the depthwise layer. The input is added where it is 1 and C_out is C_in.

    Returns
    -------
    ndarray, shape (N, C_out, ⌈H/stride⌉, ⌈W/stride⌉)

    Raises
    ------
    TypeError, ValueError
        As for `conv2d`; the message begins with the layer's name.

    Notes
    -----
    M. Sandler et al., arXiv:1801.04381, Table 1 and Figure 4.

    Examples
    --------
    >>> one, none = np.ones((1, 1, 1, 1)), np.zeros(1)
    >>> layer = one, none
    >>> bottleneck(2 * one, None, layer, layer).item()
    4.0
    """
    y = x = as_input(x)
    if expand is not None:
        y = relu6(_run("expand", pointwise_conv2d, x, expand))
    y = relu6(_run("depthwise", _same(depthwise_conv2d, stride), y, depthwise))
    y = _run("project", pointwise_conv2d, y, project)
    return x + y if stride == 1 and x.shape == y.shape else y


def mobilenet_v2(
    x: np.ndarray, layers: Mapping[str, Any], blocks: Iterable[tuple[int, int, int, int, int]]
) -> np.ndarray:
    """Run a network of inverted residuals.

    Parameters
    ----------
    x : ndarray, shape (N, 3, H, W)
    layers : mapping of str to tuple of ndarray
        Weight and bias of each layer, by name: ``stem``, a standard convolution of stride 2;
        ``blocks.0.depthwise``, ``blocks.0.project`` and, where it widens, ``blocks.0.expand``,
        and so on; ``head``, pointwise; ``classifier``, linear, (classes, C).
    blocks : iterable of (in_channels, out_channels, kernel_size, stride, expansion)
        The table: what each block is.

    Returns
    -------
    ndarray, shape (N, classes)
        Scores, before softmax.

    Raises
    ------
    TypeError, ValueError
        As for `bottleneck`; also if ``layers`` lacks one, or a row of ``blocks`` isn't five
        numbers.
    """
    x, layers = as_input(x), mapping("layers", layers)

    def run(name: str, layer: Layer, x: np.ndarray) -> np.ndarray:
        return _run(f"layers[{name!r}]", layer, x, _one_of(layers, name))

    x = relu6(run("stem", _same(conv2d, 2), x))
    for number, row in enumerate(_iterated("blocks", blocks)):
        try:
            _, _, _, stride, expansion = row
        except (TypeError, ValueError):
            raise ValueError(
                f"blocks[{number}] must be channels in and out, kernel, stride and expansion, "
                f"got {row!r}"
            ) from None
        names = [*(["expand"] if expansion != 1 else []), "depthwise", "project"]
        own = {name: _one_of(layers, f"blocks.{number}.{name}") for name in names}
        with _named(f"blocks[{number}]"):
            x = bottleneck(x, own.pop("expand", None), **own, stride=stride)
    x = relu6(run("head", pointwise_conv2d, x))
    return run("classifier", _linear, x.mean(axis=(2, 3)))


def _same(layer: Callable[..., np.ndarray], stride: int) -> Layer:
    """Return a layer that puts zeros about its map as TensorFlow's "SAME" has them."""

    def padded(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
        weight = as_weight("weight", weight, ("C_out", "C_in/groups", "K_h", "K_w"))
        sizes = zip(x.shape[2:], weight.shape[2:], strict=True)
        padding = [same_padding(size, kernel, stride) for size, kernel in sizes]
        return layer(x, weight, bias, stride=stride, padding=padding)

    return padded


def _linear(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    weight = as_weight("weight", weight, ("classes", "C"))
    bias = of_channels("bias", bias, weight)
    if x.shape[1] != weight.shape[1]:
        raise ValueError(f"weight has C={weight.shape[1]} (axis 1) but x has C={x.shape[1]}")
    return x @ weight.T + bias


def _run(name: str, layer: Layer, x: np.ndarray, own: Weights) -> np.ndarray:
    """Run a layer with its weight and bias; errors begin with its name."""
    with _named(name):
        try:
            weight, bias = own
        except (TypeError, ValueError):
            raise TypeError(f"a pair (weight, bias) is asked for, got {own!r}") from None
        return layer(x, weight, bias)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Let errors begin with a name."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None


def _one_of(layers: Mapping[str, Any], name: str) -> Any:
    if name not in layers:
        raise ValueError(f"layers has no {name!r}")
    return layers[name]


def _iterated(name: str, values: Iterable[Any]) -> Iterator[Any]:
    """Go through values one by one, as they come: a progress bar shows how far that is."""
    try:
        return iter(values)
    except TypeError:
        raise TypeError(f"{name} must be a sequence, got {values!r}") from None


def relu6(x: np.ndarray) -> np.ndarray:
    """Cut off what is below 0 and above 6, in place."""
    return np.clip(x, 0, 6, out=x)
