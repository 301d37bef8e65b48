"""The networks of the experiment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import nn

from dwsep_helpers.mobilenet.networks import SMALL_IMAGES, MobileNetV1, count_parameters


@dataclass(frozen=True)
class Contender:
    """One of the networks.

    Attributes
    ----------
    name : str
        Such as ``"dense, thinner"``.
    filtering : str
        What the first stage of a block is: ``"depthwise"`` or ``"dense"``, with a pointwise
        stage behind it; ``"standard"``, one dense convolution and nothing behind it.
    between : tuple of str
        What lies between the two stages: ``"norm"``, ``"relu"``, both or neither.
    """

    name: str
    filtering: str
    width_multiplier: float = 1.0
    between: tuple[str, ...] = ("norm", "relu")

    def build(self) -> MobileNetV1:
        """Return the network, with weights from torch's generator."""
        network = MobileNetV1(
            10,
            self.width_multiplier,
            in_channels=1,
            separable=self.filtering != "standard",
            layers=SMALL_IMAGES,
        )
        if self.filtering != "standard":
            for block in network.blocks:
                self._change(block)
        return network

    def _change(self, block: nn.Module) -> None:
        old = block.depthwise
        if self.filtering == "dense" and isinstance(old, nn.Conv2d):
            channels, stride = old.out_channels, old.stride[0]
            block.depthwise = nn.Conv2d(channels, channels, 3, stride, padding=1, bias=False)
        for part in {"norm", "relu"} - set(self.between):
            setattr(block, f"depthwise_{part}", nn.Identity())


@cache
def contenders() -> tuple[Contender, ...]:
    """Return the ten networks.

    Examples
    --------
    >>> for c in contenders():
    ...     print(f"{c.name:38} {c.width_multiplier:.3f} {count_parameters(c.build()):7,}")
    dense                                  1.000 135,674
    separable                              1.000  18,826
    dense, thinner                         0.375  19,564
    separable, wider                       2.875 134,146
    separable, nothing between             1.000  18,474
    separable, norm between                1.000  18,826
    separable, ReLU6 between               1.000  18,474
    separable, wider, nothing between      2.875 133,134
    dense, two stages                      0.438  20,212
    dense, two stages, nothing between     0.438  20,058
    """
    nothing: tuple[str, ...] = ()
    dense = Contender("dense", "standard")
    separable = Contender("separable", "depthwise")
    few, many = (count_parameters(c.build()) for c in (separable, dense))
    thinner = _matched("dense, thinner", "standard", few)
    wider = _matched("separable, wider", "depthwise", many)
    two = _matched("dense, two stages", "dense", few)
    return (
        dense,
        separable,
        thinner,
        wider,
        Contender("separable, nothing between", "depthwise", between=nothing),
        Contender("separable, norm between", "depthwise", between=("norm",)),
        Contender("separable, ReLU6 between", "depthwise", between=("relu",)),
        Contender(
            "separable, wider, nothing between", "depthwise", wider.width_multiplier, nothing
        ),
        two,
        Contender("dense, two stages, nothing between", "dense", two.width_multiplier, nothing),
    )


def _matched(name: str, filtering: str, parameters: int) -> Contender:
    """Return the contender whose parameters come nearest to a number."""
    widths = np.arange(1, 64) / 16  # all sixteenths: every width of the table is a whole number
    candidates = [Contender(name, filtering, float(width)) for width in widths]
    with torch.device("meta"):  # shapes are enough to count
        return min(candidates, key=lambda c: abs(count_parameters(c.build()) - parameters))
