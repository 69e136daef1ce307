"""Kernels that overwrite an array: ``"NAME_"`` in the table, ``(array, *operands) -> bool``.

polygrad calls them only if no other array shares the memory.  What they cannot do exactly as the ordinary operation would
they leave alone, and return False.  Assignment by index arrays is not here: on a GPU it has no order, and of equal
indices the last one must win.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cupy

OVERWRITING: dict[str, Callable[..., bool]] = {}

#: The kinds of array into which a Python number of the type goes without changing the array's type.
_TAKES = {int: "iufc", float: "fc", complex: "c"}


def _broadcasts(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    offset = len(target) - len(shape)
    return offset >= 0 and all(n in (1, m) for n, m in zip(shape, target[offset:], strict=True))


def _fits(array: Any, operand: Any) -> bool:
    return (
        isinstance(operand, cupy.ndarray) and operand.dtype == array.dtype and _broadcasts(operand.shape, array.shape)
    )


def _unshared(operand: Any, array: Any) -> Any:
    """``operand``, copied if it lies in the memory of ``array``: CuPy's kernels read and write in no order."""
    return operand.copy() if operand is not array and cupy.may_share_memory(operand, array) else operand


def _ufunc(name: str, kinds: str) -> None:
    def overwrite(array: Any, operand: Any) -> bool:
        if array.dtype.kind not in kinds:
            return False
        if _fits(array, operand):
            operand = _unshared(operand, array)
        elif array.dtype.kind not in _TAKES.get(type(operand), ""):
            return False
        try:
            getattr(cupy, name)(array, operand, out=array)
        except OverflowError:  # a Python integer that the array's type cannot hold
            return False
        return True

    OVERWRITING[f"{name}_"] = overwrite


for _name in ("add", "subtract", "multiply"):
    _ufunc(_name, "iufc")
_ufunc("divide", "fc")


def slice_put_(array: Any, value: Any, key: tuple[Any, ...]) -> bool:
    """``array[key] = value`` for a basic key."""
    part = array[key]
    if not _fits(part, value):
        return False
    part[...] = _unshared(value, array)
    return True


def masked_put_(array: Any, mask: Any, value: Any) -> bool:
    """``value``, of no dimensions, where ``mask`` is true."""
    if not _fits(array, value) or not isinstance(mask, cupy.ndarray) or not _broadcasts(mask.shape, array.shape):
        return False
    cupy.copyto(array, _unshared(value, array), where=_unshared(mask, array))
    return True


OVERWRITING |= {"slice_put_": slice_put_, "masked_put_": masked_put_}
