"""Exported networks, loaded and run by ExecuTorch's runtime with XNNPACK's kernels."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dwsep_helpers.hardware.inputs import plain
from dwsep_helpers.hardware.libraries import explained, quiet


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
    """An exported network, ready to run; ``buffer`` is the file's content.

    Raises
    ------
    ValueError
        If the buffer is no program of one tensor in and one out.
    """

    def __init__(self, buffer: bytes):
        self.buffer = buffer
        self._program, self._method = _load(buffer)
        self._shape, self._dtype = _takes(self._method)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.buffer)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Return the network's output for one input.

        Parameters
        ----------
        x : Tensor
            Of the exported shape and dtype; of any strides, and on any device.

        Raises
        ------
        ValueError
            If the shape or the dtype is another, x has NaN, or holds no numbers to copy.
        """
        return self._run(self._method, x)

    def _run(self, method: Any, x: torch.Tensor) -> torch.Tensor:
        x = plain(x)
        if tuple(x.shape) != self._shape:
            raise ValueError(f"x has shape {tuple(x.shape)}; it should have {self._shape}")
        if x.dtype != self._dtype:
            raise ValueError(f"x has dtype {x.dtype}; it should have {self._dtype}")
        if x.isnan().any():  # a maximum of XNNPACK's drops it, torch's keeps it
            raise ValueError("x has NaN, which the runtime's kernels don't all hand on")
        with explained("the runtime can't run the program"):
            return method.execute([x])[0]

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
            If there is nothing to run, or x isn't as the program takes it.
        """
        if calls < 1:
            raise ValueError(f"calls must be at least 1, got {calls}")
        with quiet():
            from executorch.devtools import Inspector

            with tempfile.TemporaryDirectory() as folder:
                dump, debug = f"{folder}/profile.etdp", f"{folder}/debug.bin"
                program, method = _load(self.buffer, profiled=True)
                for _ in range(calls + 10):
                    self._run(method, x)
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


def _takes(method: Any) -> tuple[tuple[int, ...], torch.dtype]:
    """Return the shape and the dtype of the tensor that a program takes."""
    from executorch.exir.scalar_type import ScalarType
    from executorch.exir.tensor import get_scalar_type

    about = method.metadata
    if (about.num_inputs(), about.num_outputs()) != (1, 1):
        raise ValueError(
            f"program takes {about.num_inputs()} inputs and gives {about.num_outputs()} outputs; "
            "it should be one tensor each"
        )
    tensor = about.input_tensor_meta(0)
    return tuple(tensor.sizes()), get_scalar_type(ScalarType(tensor.dtype()))


def _load(buffer: bytes, profiled: bool = False) -> tuple[Any, Any]:
    with quiet():
        from executorch.runtime import Runtime, Verification

        _one_thread()
        with explained(f"buffer, of {len(buffer)} bytes, is no program that can be loaded"):
            program = Runtime.get().load_program(
                buffer, verification=Verification.InternalConsistency, enable_etdump=profiled
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
    def kind(place: int, name: str) -> str:
        if "DWConv" in name:
            return "depthwise"
        if name.startswith("Convolution"):
            return "standard"
        if name.startswith("Fully Connected"):  # to XNNPACK, a pointwise layer is one too
            maps = any(later.startswith("Transpose") for later in names[place:])
            return "pointwise" if maps else "linear"  # maps are turned to channels first at the end
        return "other"

    return [kind(place, name) for place, name in enumerate(names)]
