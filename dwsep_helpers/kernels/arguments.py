"""What the kernels accept: axes, sizes and dtypes, with errors that name both numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

INPUT_AXES = ("N", "C_in", "H", "W")

# Every integer up to this magnitude is a float64; and the largest int64.
FLOAT64_EXACT = 2**53
INT64_MAX = 2**63 - 1
_NOT_REAL = "cmMSU"  # complex numbers, times, text


def as_input(x: ArrayLike, name: str = "x") -> np.ndarray:
    """Check ``x`` (N, C_in, H, W), or another map. N may be 0, as in torch."""
    return _array(name, x, INPUT_AXES, may_be_empty="N")


def as_weight(name: str, weight: ArrayLike, axes: tuple[str, ...]) -> np.ndarray:
    """Check a weight whose axes are called ``axes``."""
    return _array(name, weight, axes)


def as_bias(
    name: str, bias: ArrayLike | None, weight: np.ndarray, weight_name: str
) -> np.ndarray | None:
    """Check that ``bias``, if there is one, has a value for each of the output channels."""
    return None if bias is None else of_channels(name, bias, weight, weight_name)


def of_channels(
    name: str, values: ArrayLike, weight: np.ndarray, weight_name: str = "weight"
) -> np.ndarray:
    """Check that there is one value for each of ``weight``'s output channels."""
    array = _array(name, values, ("C_out",))
    if len(array) != len(weight):
        raise ValueError(
            f"{name} has C_out={len(array)} (axis 0) but "
            f"{weight_name} has C_out={len(weight)} (axis 0)"
        )
    return array


def _array(
    name: str, value: ArrayLike, axes: tuple[str, ...], may_be_empty: str = ""
) -> np.ndarray:
    if _is_masked(value):
        raise TypeError(
            f"{name} is a masked array, and a convolution has no way to leave numbers out; "
            f"give it others: {name}.filled(0)"
        )
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:  # ragged lists; tensors with a gradient
        raise TypeError(f"{name} cannot be read as a NumPy array: {error}") from error
    kind, size = array.dtype.kind, array.dtype.itemsize
    if not (kind in "iu" or (kind == "f" and size in (4, 8))):
        raise TypeError(f"{name} must hold float32, float64 or integers, got dtype {array.dtype}")
    if array.ndim != len(axes):
        raise ValueError(
            f"{name} must have {len(axes)} axes ({', '.join(axes)}), "
            f"got {array.ndim}: shape {array.shape}"
        )
    for index, (axis, length) in enumerate(zip(axes, array.shape, strict=True)):
        if length == 0 and axis != may_be_empty:
            raise ValueError(f"{name} has {axis}=0 (axis {index}), needs at least 1")
    return array


def _is_masked(value: object) -> bool:
    """Whether NumPy would drop a mask without a word, in a list of arrays too."""
    if isinstance(value, (list, tuple)):
        return any(map(_is_masked, value))
    return isinstance(value, np.ma.MaskedArray)


def refuse_mask(name: str, values: object, error: type[Exception]) -> None:
    """Raise an error where NumPy would drop a mask without a word."""
    if _is_masked(values):
        raise error(f"{name} is a masked array, and the mask would be lost; fill it first")


def result_dtypes(
    x: np.ndarray, *stages: tuple[np.ndarray, np.ndarray | None]
) -> tuple[np.dtype, np.dtype]:
    """Choose the output's dtype, and the one to compute in, for (weight, bias) applied in turn.

    Floats: NumPy's promotion, for both. Integers: the output is int64, since sums of products
    outgrow the small types at once (127 * 127 is no int8); sums that might outgrow int64 are an
    error, not a wrong number.
    """
    given = [x, *(array for stage in stages for array in stage if array is not None)]
    if any(array.dtype.kind == "f" for array in given):
        dtype = np.result_type(*given)
        return dtype, dtype

    bound = largest = _magnitude(x)
    for weight, bias in stages:
        bound = weight[0].size * bound * _magnitude(weight)
        if bias is not None:
            bound += _magnitude(bias)
        largest = max(largest, bound)
    if largest > INT64_MAX:
        raise ValueError(
            f"x and weight hold integers so large that a sum may reach {largest}, beyond int64's "
            f"{INT64_MAX}; convert them to float64"
        )
    # Up to 2**53 float64 is exact too, and has BLAS: 8 ms against 78 ms in int64 for a 3x3
    # convolution, 32 -> 64 channels of int8 on 56x56.
    return np.dtype(np.int64), np.dtype(np.float64 if largest <= FLOAT64_EXACT else np.int64)


def _magnitude(array: np.ndarray) -> int:
    """Largest absolute value, as a Python int: np.abs(np.int8(-128)) is -128."""
    return max(int(array.max()), -int(array.min())) if array.size else 0


def real_number(name: str, value: Any) -> Any:
    """Return one real number, infinite perhaps; one of NumPy's or torch's as Python's.

    Those of few bits overflow in a sum or a product.
    """
    try:
        if isinstance(value, (bool, np.bool_, str, bytes)) or (
            hasattr(value, "ndim") and value.ndim
        ):
            raise TypeError
        float(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{name} must be one real number, got {value!r}") from None
    return value.item() if hasattr(value, "item") else value


def real_numbers(name: str, values: Any) -> np.ndarray:
    """Return values as float64, or say why they aren't finite real numbers."""
    refuse_mask(name, values, ValueError)
    try:
        if hasattr(values, "detach"):  # a tensor, maybe of a dtype that NumPy hasn't
            tensor = values.detach().cpu().resolve_neg()
            values = tensor.double() if tensor.is_floating_point() else tensor
        array = np.asarray(values)
        if array.dtype.kind not in _NOT_REAL:
            with np.errstate(over="ignore"):
                array = array.astype(np.float64)
    except OverflowError:  # Python's integers know no end
        raise ValueError(f"{name} is beyond the largest float, 1.8e308") from None
    except (TypeError, ValueError, NotImplementedError) as error:
        raise ValueError(f"{name} must hold real numbers: {error}") from None
    if array.dtype.kind in _NOT_REAL:
        raise ValueError(f"{name} has dtype {array.dtype}, and real numbers are asked for")
    for bad in array[~np.isfinite(array)][:1]:
        raise ValueError(f"{name} is {bad}, or has it; finite numbers are asked for")
    return array


def whole_numbers(name: str, values: ArrayLike) -> np.ndarray:
    """Return values as int64, or say that they aren't integers."""
    refuse_mask(name, values, TypeError)
    try:
        array = np.asarray(values)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must hold integers: {error}") from None
    if array.dtype.kind not in "iu" or (array.size and array.max() > INT64_MAX):
        raise TypeError(f"{name} must hold integers of 64 bits, got {values!r}")
    return array.astype(np.int64)
