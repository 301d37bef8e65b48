"""Tensors and networks in the memory that the mobile runtimes read."""

from __future__ import annotations

import torch

from dwsep_helpers.hardware.libraries import first_line
from dwsep_helpers.mobilenet.folding import fold


def plain(x: torch.Tensor, name: str = "x") -> torch.Tensor:
    """Return a copy in the CPU's memory, row by row.

    ExecuTorch hands its kernels the memory as it lies. ``contiguous()`` isn't enough: where an
    axis has length 1, it keeps strides from which the runtime reads another order of axes.

    Parameters
    ----------
    x : Tensor
        Of any shape, dtype and strides, on any device.
    name : str
        What an error calls it.

    Raises
    ------
    ValueError
        If x is no tensor, or has no numbers to copy: a meta tensor, a sparse or a nested one.

    Examples
    --------
    >>> plain(torch.zeros(1, 1, 2, 3).to(memory_format=torch.channels_last)).stride()
    (6, 6, 3, 1)
    """
    if not isinstance(x, torch.Tensor):
        raise ValueError(f"{name} is a {type(x).__name__}; it should be a tensor")
    try:
        with torch.no_grad():
            copy = torch.empty(tuple(x.shape), dtype=x.dtype, device="cpu")
            copy.copy_(x)  # what this returns may be of a class of its own, as x
    except (RuntimeError, NotImplementedError, AssertionError) as error:
        raise ValueError(f"{name} can't be copied to plain memory: {first_line(error)}") from error
    return copy


def calibrated(calibration: torch.Tensor) -> torch.Tensor:
    """Return images to read ranges from, as :func:`plain` does.

    Raises
    ------
    ValueError
        If there are none, or one has NaN or infinity.
    """
    images = plain(calibration, "calibration")
    if not images.numel():
        raise ValueError("calibration is empty: a range is read from one image at least")
    finite = images.isfinite().flatten(1).all(1) if images.ndim > 1 else images.isfinite()
    if not finite.all():
        raise ValueError(f"calibration has NaN or infinity in image {finite.int().argmin()}")
    return images


def folded(network: torch.nn.Module) -> torch.nn.Module:
    """Return a copy of a network in eval mode, its batch norms folded, its weights as by `plain`.

    Raises
    ------
    ValueError
        If a weight can't be copied, or as for :func:`~dwsep_helpers.mobilenet.folding.fold`.

    Examples
    --------
    >>> folded(torch.nn.Conv2d(1, 2, 3).to(memory_format=torch.channels_last)).weight.stride()
    (9, 9, 3, 1)
    """
    copy = fold(network)
    with torch.no_grad():
        for name, held in (*copy.named_parameters(), *copy.named_buffers()):
            held.data = plain(held.data, f"{name} of network")
    return copy
