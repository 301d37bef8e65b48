"""A cost: numbers that add up, and what follows from them."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Cost:
    """The cost of one layer, or of several added up; exact integers.

    Attributes
    ----------
    macs : int
        Multiply-accumulates.
    params : int
        Learned numbers: weights and biases.
    input_elements, weight_elements, output_elements : int
        How many numbers are read as input, read as weights (bias included) and written.

    Examples
    --------
    >>> article = Cost(1_228_800, 19_200, 192, 19_200, 16_384)
    >>> print(article)
    1.23 M MACs · 19.2 k parameters · moves 35.8 k elements: 192 in, 19.2 k weights, 16.4 k out
    >>> article.bytes("float32"), round(article.intensity("float32"), 2)
    (143104, 8.59)
    """

    macs: int = 0
    params: int = 0
    input_elements: int = 0
    weight_elements: int = 0
    output_elements: int = 0

    @property
    def elements(self) -> int:
        """Numbers moved if each is moved once: inputs, weights and outputs."""
        return self.input_elements + self.weight_elements + self.output_elements

    def bytes(self, dtype: Any) -> int:
        """Return the bytes moved if each element is moved once.

        Parameters
        ----------
        dtype : str, numpy.dtype, torch.dtype or int
            Of all elements, such as ``"float32"`` or ``"int8"``; or how many bytes one has.

        Raises
        ------
        TypeError
            If there is no such type of numbers.
        """
        return self.elements * _bytes_of_one(dtype)

    def intensity(self, dtype: Any) -> float:
        """Return the arithmetic intensity, in MACs per byte moved; NaN if nothing is moved.

        The type of numbers is as for :meth:`bytes`. S. Williams, A. Waterman, D. Patterson,
        "Roofline", Communications of the ACM 52 (2009), there in operations per byte.
        """
        moved = self.bytes(dtype)
        return self.macs / moved if moved else math.nan

    def __add__(self, other: Cost) -> Cost:
        if not isinstance(other, Cost):
            return NotImplemented
        return Cost(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __str__(self) -> str:
        return (
            f"{short(self.macs)} MACs · {short(self.params)} parameters · "
            f"moves {short(self.elements)} elements: {short(self.input_elements)} in, "
            f"{short(self.weight_elements)} weights, {short(self.output_elements)} out"
        )

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """Show as text where a cell ends with a cost."""
        printer.text(str(self))


def short(number: float) -> str:
    """Write a count with three digits and a prefix: 53.9 k, 569 M, 1.23 G.

    Examples
    --------
    >>> short(568_740_352), short(53_952), short(843), short(0), short(999_999)
    ('569 M', '54.0 k', '843', '0', '1.00 M')
    """
    if abs(number) < 1000:
        return str(number)
    scaled = float(number)
    for prefix in "kMGT":
        scaled /= 1000
        if abs(scaled) < 999.5 or prefix == "T":
            break
    digits = 2 if abs(scaled) < 9.995 else 1 if abs(scaled) < 99.95 else 0
    return f"{scaled:.{digits}f} {prefix}"


def _bytes_of_one(dtype: Any) -> int:
    if isinstance(dtype, int) and not isinstance(dtype, bool) and dtype > 0:
        return dtype
    size = getattr(dtype, "itemsize", None)  # a dtype of torch's, bfloat16 for one
    try:
        known = np.dtype(dtype)
        size = known.itemsize if dtype is not None and known.kind in "biufc" else None
    except (TypeError, ValueError):
        pass
    if not isinstance(size, int):
        raise TypeError(
            f"dtype is {dtype!r}, and a type of numbers is asked for, such as 'float32' or 'int8'"
        )
    return size
