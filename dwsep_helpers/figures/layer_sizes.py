"""What there is to say about a layer that a figure draws: its sizes and its costs."""

from dwsep_helpers.cost import conv2d_cost
from dwsep_helpers.kernels import conv_output_size

MEANS = {
    "standard": "every filter reads all channels",
    "depthwise": "each channel by itself, with a kernel of its own",
    "pointwise": "all channels of one pixel, and none of its neighbours",
}
MOST_SHEETS, LARGEST = 6, 24  # more can't be told apart on paper


class Layer:
    """A layer's sizes: how many numbers an output value reads, and what that costs."""

    def __init__(
        self, kind: str, channels: int, filters: int, size: int, kernel_size: int, padding: int
    ):
        if kind not in MEANS:
            raise ValueError(f"kind is {kind!r}, and these are drawn: {', '.join(MEANS)}")
        given = {"channels": channels, "filters": filters, "size": size, "kernel_size": kernel_size}
        for name, value in {**given, "padding": padding}.items():
            if value < (least := int(name != "padding")):
                raise ValueError(f"{name} is {value}, and must be at least {least}")
        if channels > MOST_SHEETS:
            raise ValueError(f"channels is {channels}, and at most {MOST_SHEETS} are drawn")
        self.kind, self.channels, self.filters, self.size = kind, channels, filters, size
        # Cells along an axis: of the kernel, of zeros about a sheet, and of a sheet with them.
        self.taps, self.pad = (1, 0) if kind == "pointwise" else (kernel_size, padding)
        self.padded = size + 2 * self.pad
        if self.padded > LARGEST:
            raise ValueError(
                f"size with padding is {self.padded}, and at most {LARGEST} cells are drawn"
            )
        self.out_size = conv_output_size(size, self.taps, padding=self.pad)
        depthwise = kind == "depthwise"
        self.maps = channels if depthwise else filters  # of the output
        sizes, groups = (channels, self.maps, self.taps, size), channels if depthwise else 1
        self.cost = conv2d_cost(*sizes, padding=self.pad, groups=groups)  # of all output values
        self.each = self.cost.macs // self.cost.output_elements  # MACs of one output value
        square = f"{self.taps}×{self.taps}"
        self.filter_shape = square if depthwise else f"{square}×{channels}"

    def check(self, position: tuple[int, int]) -> None:
        """Refuse a position that the output doesn't have."""
        if len(position) != 2 or not all(0 <= place < self.out_size for place in position):
            raise ValueError(
                f"position is {position}, and an output map has {self.out_size}×{self.out_size}"
            )

    def zeros(self, position: tuple[int, int]) -> int:
        """Count the padding zeros among what one output value reads."""
        inside = [
            min(place - self.pad + self.taps, self.size) - max(place - self.pad, 0)
            for place in position
        ]
        sheets = 1 if self.kind == "depthwise" else self.channels
        return sheets * (self.taps**2 - inside[0] * inside[1])

    def one(self, position: tuple[int, int]) -> str:
        """Say what one output value reads."""
        product = f"{self.filter_shape} = {self.each}"
        zeros = self.zeros(position)
        of_them = f", {zeros} of them padding" if zeros else ""
        numbers = "numbers" if self.each > 1 else "number"
        return f"reads {product} {numbers}{of_them}: {self.each} MACs"

    def all(self) -> str:
        """Say what all output values cost."""
        size = self.out_size
        return f"{size}×{size}×{self.maps} × {self.each} = {self.cost.macs:,} MACs"

    def alt(self, position: tuple[int, int]) -> str:
        """Say what the picture shows."""
        where = f"row {position[0]}, column {position[1]}"
        through = {
            "standard": f"A block of {self.filter_shape} numbers, through all {self.channels} "
            f"channels of the input, meets one of {self.filters} filters and gives one number "
            f"of one output map, {where}.",
            "depthwise": f"{self.channels} separate channels, each with its own window and its "
            f"own {self.filter_shape} kernel; each gives one number of its own output map, "
            f"{where}.",
            "pointwise": f"A pencil of {self.filter_shape} numbers, one pixel through all "
            f"{self.channels} channels of the input, meets one of {self.filters} filters and "
            f"gives one number of one output map, {where}.",
        }
        return (
            f"{self.kind.capitalize()} convolution, {MEANS[self.kind]}. "
            f"Input {self.size}×{self.size}×{self.channels}, output "
            f"{self.out_size}×{self.out_size}×{self.maps}. {through[self.kind]} "
            f"Each output value {self.one(position)}. The layer: {self.all()}."
        )
