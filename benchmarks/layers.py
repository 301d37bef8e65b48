"""The convolutions of MobileNetV1-1.0-224 (A. Howard et al., 2017, table 1)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """A 3x3 (padding 1) or 1x1 convolution on a square map, and how often the network has it."""

    c_in: int
    c_out: int
    size: int
    stride: int = 1
    kernel_size: int = 3
    count: int = 1

    @property
    def padding(self) -> int:
        """Zeros at each end of both axes."""
        return self.kernel_size // 2

    def __str__(self) -> str:
        times = f" x{self.count}" if self.count > 1 else ""
        return f"{self.c_in} -> {self.c_out} @ {self.size}, stride {self.stride}{times}"


STEM = Layer(3, 32, size=224, stride=2)

# The thirteen blocks, as the dense 3x3 convolution that each replaces. The paper prints stride 2
# for the last one, though its input and its output are both 7x7: it is 1.
BLOCKS = [
    Layer(32, 64, 112),
    Layer(64, 128, 112, stride=2),
    Layer(128, 128, 56),
    Layer(128, 256, 56, stride=2),
    Layer(256, 256, 28),
    Layer(256, 512, 28, stride=2),
    Layer(512, 512, 14, count=5),
    Layer(512, 1024, 14, stride=2),
    Layer(1024, 1024, 7),
]
DEPTHWISE = [Layer(b.c_in, b.c_in, b.size, b.stride, count=b.count) for b in BLOCKS]
POINTWISE = [
    Layer(b.c_in, b.c_out, b.size // b.stride, kernel_size=1, count=b.count) for b in BLOCKS
]
