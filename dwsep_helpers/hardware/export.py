"""Networks for phones: exported to ExecuTorch, run by XNNPACK's kernels.

XNNPACK is what ExecuTorch, LiteRT and others run on a phone's cores; ExecuTorch's package brings
it for desktops too, so that the same program can be tried here. Needs the extra ``mobile``.
"""

from __future__ import annotations

import torch

from dwsep_helpers.hardware.inputs import calibrated, folded, plain
from dwsep_helpers.hardware.libraries import explained, quiet
from dwsep_helpers.hardware.programs import Operator, Program

__all__ = ["Operator", "Program", "export", "quantized"]


def export(network: torch.nn.Module, x: torch.Tensor) -> Program:
    """Export a network for a phone's cores.

    Parameters
    ----------
    network : Module
        It is exported as in eval mode; batch norms that follow their convolutions are folded.
        Or what :func:`quantized` returned.
    x : Tensor, shape (N, C, H, W)
        An input, of any strides: the program takes this shape and dtype alone.

    Raises
    ------
    ModuleNotFoundError
        Without ExecuTorch; the message says how to add it.
    ValueError
        If the network returns anything but one tensor, or can't be exported; if it has eight-bit
        layers of another dtype than float32; or if the program's answer for x isn't the network's.

    Notes
    -----
    A larger network takes ten seconds, most of which the compiler spends on its graph.
    """
    with quiet():
        from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
        from executorch.exir import to_edge_transform_and_lower

        x = plain(x)
        step = _last_step(network)
        ready = network if step else folded(network)
        with explained("network can't be exported"):
            graph = torch.export.export(ready, (x,))
        _refuse_few_digits(graph)
        with explained("network can't be exported"):
            lowered = to_edge_transform_and_lower(graph, partitioner=[XnnpackPartitioner()])
            buffer = bytes(lowered.to_executorch().buffer)
            answer = Program(buffer)(x)
        with torch.no_grad(), explained("network can't run on x"):
            right = ready(x)
        if not isinstance(right, torch.Tensor):
            raise ValueError(f"network returns a {type(right).__name__}; it should be one tensor")
        if not _same(answer, right, step):
            raise ValueError(
                "network and program disagree on x: a part of the network is random, or the "
                "runtime computes it otherwise"
            )
        return Program(buffer)  # another one: of a network with a state, it has the first


def quantized(
    network: torch.nn.Module, calibration: torch.Tensor, *, per_channel: bool = True
) -> torch.fx.GraphModule:
    """Return a network that computes as its eight-bit program will.

    Parameters
    ----------
    network : Module
        It is taken as in eval mode; batch norms are folded.
    calibration : Tensor, shape (N, C, H, W)
        Images from which the ranges of activations are read, one after the other.
    per_channel : bool
        Whether each output channel's weights have their own scale.

    Returns
    -------
    GraphModule
        Runs in torch, and goes into :func:`export`.

    Raises
    ------
    ModuleNotFoundError
        Without ExecuTorch; the message says how to add it.
    ValueError
        If there are no images to calibrate with, one isn't finite, or the network can't be
        exported.

    Notes
    -----
    ExecuTorch's scales are at least 2⁻¹²: weights and activations far below that become 0.
    """
    calibration = calibrated(calibration)
    with quiet():
        from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import (
            XNNPACKQuantizer,
            get_symmetric_quantization_config,
        )
        from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

        config = get_symmetric_quantization_config(is_per_channel=per_channel)
        quantizer = XNNPACKQuantizer().set_global(config)
        # The patterns of training look for batch norms, which are folded, and take a second.
        quantizer.SUPPORTED_PATTERNS = [p for p in quantizer.SUPPORTED_PATTERNS if not p.is_qat]
        ready = folded(network)
        with explained("network can't be exported"), torch.no_grad():
            graph = torch.export.export(ready, (calibration[:1],)).module()
            prepared = prepare_pt2e(graph, quantizer)
            for image in calibration.split(1):
                prepared(image)
            return convert_pt2e(prepared)


def _refuse_few_digits(graph: torch.export.ExportedProgram) -> None:
    """Refuse eight-bit layers whose other side isn't float32.

    For XNNPACK that side is float32 whatever the graph says: of a float16 output it writes twice
    the bytes that there are, and the process ends at some later time.
    """
    for node in graph.graph.nodes:
        name = getattr(node.target, "__name__", "")
        if "quantize_per" in name:
            value = node if name.startswith("dequantize") else node.all_input_nodes[0]
            dtype = value.meta["val"].dtype
            if dtype != torch.float32:
                raise ValueError(f"network has eight-bit layers of {dtype}; they should be float32")


def _last_step(network: torch.nn.Module) -> float:
    """Return the last scale of what :func:`quantized` made, and 0 of another network."""
    nodes = network.graph.nodes if isinstance(network, torch.fx.GraphModule) else ()
    scales = [n.args[1] for n in nodes if "dequantize_per_tensor" in str(n.target)]
    return float(scales[-1]) if scales else 0.0


def _same(ours: torch.Tensor, right: torch.Tensor, step: float) -> bool:
    """Return whether two answers differ by no more than rounding."""
    if ours.shape != right.shape or ours.dtype != right.dtype:
        return False
    few_digits = right.dtype in (torch.float16, torch.bfloat16)
    ours, right = ours.double(), right.double()
    finite = right[right.isfinite()].abs()
    largest = finite.max().item() if finite.numel() else 0.0
    if step:  # a tie that one layer rounds otherwise travels through the next ones
        return bool((ours - right).abs().mean() <= max(0.1 * largest, 4 * step))
    close = (0.05 if few_digits else 1e-3) * largest
    return torch.allclose(ours, right, rtol=0, atol=close, equal_nan=True)
