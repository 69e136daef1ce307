"""NumPy kernels that overwrite an array: ``"NAME_"`` in the table, ``(array, *operands) -> bool``.

The engine calls them only if nothing but the tensor and its views uses the memory.  An operand may still be a view of
the same memory; ufuncs and assignment work as if it had been copied first, and where they would not, it is
copied.  What a kernel cannot do exactly as the ordinary operation would, it leaves alone and returns False: then the
operation runs, or says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...._dtypes import float16

#: Primitive name, with a "_" → kernel.
OVERWRITING: dict[str, Callable[..., bool]] = {}

#: The kinds of array into which a Python number of the type goes without changing the array's type.
_TAKES = {bool: "iufc", int: "iufc", float: "fc", complex: "c"}


def _fits(array: Any, operand: Any) -> bool:
    """Whether an operation of ``array`` and ``operand`` has a result of the shape and type of ``array``."""
    kind = operand.__class__
    if kind is np.ndarray or isinstance(operand, np.generic):
        return operand.dtype == array.dtype and _broadcasts(operand.shape, array.shape)
    if array.dtype == np.float16 and kind in (int, float) and not float16.has(operand):
        return False  # computed in single precision, where the number is not rounded first
    return array.dtype.kind in _TAKES.get(kind, "")


def _broadcasts(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    if shape == target:
        return True
    offset = len(target) - len(shape)
    return offset >= 0 and all(n in (1, m) for n, m in zip(shape, target[offset:], strict=True))


def _ufunc(name: str, ufunc: Any, kinds: str) -> None:
    def overwrite(array: Any, operand: Any) -> bool:
        if array.dtype.kind not in kinds or not array.flags.writeable or not _fits(array, operand):
            return False
        try:
            ufunc(array, operand, out=array)
        except OverflowError:  # a Python integer that the array's type cannot hold
            return False
        return True

    overwrite.__name__ = overwrite.__qualname__ = name
    OVERWRITING[name] = overwrite


_ufunc("add_", np.add, "iufc")
_ufunc("subtract_", np.subtract, "iufc")
_ufunc("multiply_", np.multiply, "iufc")
_ufunc("divide_", np.divide, "fc")


def _kernel(function: Callable[..., bool]) -> Callable[..., bool]:
    OVERWRITING[function.__name__] = function
    return function


def _unshared(operand: Any, array: Any) -> Any:
    return operand.copy() if np.may_share_memory(operand, array) else operand


def _assignable(array: Any, value: Any) -> bool:
    return (
        array.flags.writeable and isinstance(value, (np.ndarray, np.generic)) and value.dtype == array.dtype
    )  # fmt: skip


@_kernel
def slice_put_(array: Any, value: Any, key: tuple[Any, ...]) -> bool:
    """``array[key] = value`` for a basic key."""
    if not _assignable(array, value):
        return False
    try:
        array[key] = value
    except ValueError:  # of shapes that do not fit, before anything is written
        return False
    return True


@_kernel
def masked_put_(array: Any, mask: Any, value: Any) -> bool:
    """``value``, of no dimensions, where ``mask`` is true."""
    if not _assignable(array, value) or not isinstance(mask, np.ndarray) or not _broadcasts(mask.shape, array.shape):
        return False
    np.copyto(array, value, where=_unshared(mask, array))
    return True


@_kernel
def index_put_(array: Any, value: Any, key: tuple[Any, ...], axes: tuple[int, ...], *indices: Any) -> bool:
    """``array[key][indices on axes] = value``; of equal indices the last one wins.  Indices are in range."""
    if not _assignable(array, value) or not all(isinstance(index, np.ndarray) for index in indices):
        return False
    part = array[key]
    at = [slice(None)] * part.ndim
    for axis, index in zip(axes, indices, strict=True):
        at[axis] = _unshared(index, array)
    try:
        part[tuple(at)] = _unshared(value, array)
    except ValueError:
        return False
    return True
