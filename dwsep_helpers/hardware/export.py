"""Networks for phones: exported to ExecuTorch, run by XNNPACK's kernels.

XNNPACK is what ExecuTorch, LiteRT and others run on a phone's cores; ExecuTorch's package brings
it for desktops too, so that the same program can be tried here. Needs the extra ``mobile``.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dwsep_helpers.hardware.mobile_runtimes import has_mobile, how_to_add_mobile
from dwsep_helpers.mobilenet.folding import fold


@dataclass(frozen=True)
class Operator:
    """One operator of a program, as the runtime's own profiler saw it.

    Attributes
    ----------
    name : str
        The runtime's, such as ``"Convolution (NHWC, F32) DWConv #1"``.
    kind : str
        ``"standard"``, ``"depthwise"``, ``"pointwise"``, ``"linear"`` or ``"other"``.
    seconds : float
        Per call: the mean over the quicker half of the calls. The profiler counts whole
        microseconds, so the best call of a short operator would read 0.
    """

    name: str
    kind: str
    seconds: float


class Program:
    """An exported network, ready to run; ``buffer`` is the file's content."""

    def __init__(self, buffer: bytes):
        self.buffer = buffer
        self._program, self._method = _load(buffer)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.buffer)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Return the network's output for one input of the exported shape."""
        return self._method.execute([x])[0]

    def save(self, path: str | Path) -> None:
        """Write the file that a phone would load."""
        Path(path).write_bytes(self.buffer)

    def operators(self, x: torch.Tensor, calls: int = 100) -> list[Operator]:
        """Profile the operators, in order of execution, with the runtime's own profiler.

        Parameters
        ----------
        x : Tensor
            An input.
        calls : int
            How often to run, after ten that don't count.

        Raises
        ------
        ValueError
            If there is nothing to run.
        """
        if calls < 1:
            raise ValueError(f"calls must be at least 1, got {calls}")
        with _quiet():
            from executorch.devtools import Inspector

            with tempfile.TemporaryDirectory() as folder:
                dump, debug = f"{folder}/profile.etdp", f"{folder}/debug.bin"
                program, method = _load(self.buffer, profiled=True)
                for _ in range(calls + 10):
                    method.execute([x])
                program.write_etdump_result_to_file(dump, debug)
                blocks = Inspector(etdump_path=dump).event_blocks
        events = next(block for block in blocks if block.name == "Execute").events
        times = {e.name: 1e-3 * np.asarray(e.perf_data.raw)[10:] for e in events}
        whole = times.pop("Method::execute")
        times.pop("DELEGATE_CALL", None)
        quick = np.argsort(whole)[: max(1, len(whole) // 2)]
        kinds = _kinds(list(times))
        return [
            Operator(name, kind, float(seconds[quick].mean()))
            for (name, seconds), kind in zip(times.items(), kinds, strict=True)
        ]


def export(network: torch.nn.Module, x: torch.Tensor) -> Program:
    """Export a network for a phone's cores.

    Parameters
    ----------
    network : Module
        In eval mode; batch norms that follow their convolutions are folded. Or what
        :func:`quantized` returned.
    x : Tensor, shape (N, C, H, W)
        An input: the program takes this shape alone.

    Raises
    ------
    ModuleNotFoundError
        Without ExecuTorch; the message says how to add it.

    Notes
    -----
    A larger network takes ten seconds, most of which the compiler spends on its graph.
    """
    with _quiet():
        from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
        from executorch.exir import to_edge_transform_and_lower

        ready = network if isinstance(network, torch.fx.GraphModule) else fold(network)
        lowered = to_edge_transform_and_lower(
            torch.export.export(ready, (x,)), partitioner=[XnnpackPartitioner()]
        )
        return Program(bytes(lowered.to_executorch().buffer))


def quantized(
    network: torch.nn.Module, calibration: torch.Tensor, *, per_channel: bool = True
) -> torch.fx.GraphModule:
    """Return a network that computes as its eight-bit program will.

    Parameters
    ----------
    network : Module
        In eval mode; batch norms are folded.
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
        If there are no images to calibrate with.
    """
    if not len(calibration):
        raise ValueError("calibration is empty: a range is read from one image at least")
    with _quiet():
        from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import (
            XNNPACKQuantizer,
            get_symmetric_quantization_config,
        )
        from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

        config = get_symmetric_quantization_config(is_per_channel=per_channel)
        quantizer = XNNPACKQuantizer().set_global(config)
        graph = torch.export.export(fold(network), (calibration[:1],)).module()
        prepared = prepare_pt2e(graph, quantizer)
        with torch.no_grad():
            for image in calibration.split(1):
                prepared(image)
        return convert_pt2e(prepared)


def _load(buffer: bytes, profiled: bool = False) -> tuple[Any, Any]:
    with _quiet():
        from executorch.runtime import Runtime, Verification

        _one_thread()
        program = Runtime.get().load_program(
            buffer, verification=Verification.Minimal, enable_etdump=profiled
        )
        return program, program.load_method("forward")


_limited = False


def _one_thread() -> None:
    """Give XNNPACK one thread, as long as no program is loaded: later it would crash."""
    global _limited
    if not _limited:
        from executorch.extension.pybindings import portable_lib

        portable_lib._unsafe_reset_threadpool(1)
        _limited = True


def _kinds(names: list[str]) -> list[str]:
    products = [name for name in names if name.startswith("Fully Connected")]

    def kind(name: str) -> str:
        if "DWConv" in name:
            return "depthwise"
        if name.startswith("Convolution"):
            return "standard"
        if name in products:  # a pointwise layer is a matrix product to XNNPACK, as the last is
            return "linear" if name == products[-1] else "pointwise"
        return "other"

    return [kind(name) for name in names]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the libraries log about themselves out of a notebook; say what is missing."""
    if not has_mobile():
        raise ModuleNotFoundError(how_to_add_mobile())
    loggers = [logging.getLogger(name) for name in ("torchao", "torch.utils._pytree", "root")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        # The runtime logs to Python's stderr as well, which a notebook sends elsewhere.
        with hidden_stderr(), contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextlib.contextmanager
def hidden_stderr() -> Iterator[None]:
    """Drop what is written to the process's stderr, by compiled code too."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
