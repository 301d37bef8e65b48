"""The same networks and the same protocol on another processor, to compare with.

An AMD core of the Zen 5 generation, whose instructions multiply and add sixteen float32 numbers
(AVX-512) or sixty-four eight-bit integers (AVX-512 VNNI) in one step. MobileNetV1 and its dense
twin, 3×224×224, α = 1, one thread, batch 1, best of at least 40 calls in turn; torch 2.13.0,
ExecuTorch 1.5.1. Only these figures were kept; what ships as a table was measured on one machine.
"""

from __future__ import annotations

from typing import Final

MILLISECONDS: Final = {
    ("separable", "eager", "float32"): 17.99,
    ("dense", "eager", "float32"): 84.5,
    ("separable", "ExecuTorch", "float32"): 6.09,
    ("dense", "ExecuTorch", "float32"): 48.9,
    ("separable", "ExecuTorch", "int8"): 2.45,
    ("dense", "ExecuTorch", "int8"): 12.1,
}
"""By network, runtime and type of numbers."""

BY_KIND: Final = {
    "depthwise": {"float32": 0.56, "int8": 0.57},
    "pointwise": {"float32": 4.78, "int8": 1.41},
}
"""Milliseconds of all depthwise and all pointwise layers in XNNPACK, by type of numbers."""
