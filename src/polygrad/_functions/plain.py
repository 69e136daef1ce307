"""Conversion of data for a tensor to NumPy arrays: numbers, nested lists, arrays of any library, tensors in lists."""

from __future__ import annotations

import builtins
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.hooks import HOOKS
from .._core.scalars import TOO_DEEP
from .._core.tensor import Tensor
from .._core.warn import warn
from .._dtypes import DType, promote
from .._state import differentiating, grad_enabled
from ..backends.registry import BY_TYPE

_CONVERTED = (
    "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior: no gradient goes through it.  "
    "Consider using tensor.detach() first, or polygrad.as_tensor or polygrad.stack, which keep it."
)


def number_of(value: Any) -> Any:
    """Return a number, or a tensor of one element, as a number.  Warns, or raises, where a derivative is lost."""
    if not isinstance(value, Tensor):
        return value
    if loses_derivative(value):
        warn(_CONVERTED)
    return value.item()


def loses_derivative(data: Tensor) -> bool:
    """Test whether a copy of the values of ``data`` loses a derivative.  Raises RuntimeError where a transform takes it."""
    array = data._read()
    directed = BY_TYPE[type(array)].level > 1 and HOOKS.without_tangent(array) is not array
    if not directed and (data._edge is None or not grad_enabled()):
        return False
    transform = "jvp" if directed else differentiating.get()
    if transform is not None:
        raise RuntimeError(
            f"{transform}: the values of a tensor are copied here, and no derivative goes through them; write "
            "polygrad.as_tensor(...) or polygrad.stack(...), which keep it, or x.detach() if none is meant"
        )
    return True


def backend_of(data: Any) -> Any:
    """Return the backend of an array, or None for anything else."""
    if isinstance(data, (list, tuple, bool, int, float, complex)) and not hasattr(data, "dtype"):
        return None
    try:
        return BY_TYPE[type(data)]
    except TypeError:
        return None


def as_numpy(data: Any, dtype: DType | None) -> tuple[Any, DType]:
    """Return ``data`` as a NumPy array, and the data type of the tensor."""
    if isinstance(data, (np.ndarray, np.generic)):
        return data, _dtype_of_numpy(data.dtype) if dtype is None else dtype
    array, inferred = _from_sequence(data, dtype)
    wanted = inferred if dtype is None else dtype
    if wanted.kind in ("int", "uint"):
        if wanted is not _dtypes.int64 or array.dtype.kind not in "bi":
            _check_range(array, wanted)
    elif array.dtype.kind == "c" and wanted.kind == "float":
        raise TypeError(f"complex numbers do not fit into {wanted.name}: give their real parts, or dtype=complex64")
    return array, wanted


def _check_range(array: Any, dtype: DType) -> None:
    """Raise RuntimeError for Python numbers out of the range of an integer type; negative ones of an unsigned type wrap."""
    if array.dtype.kind == "c":
        raise TypeError(f"complex numbers do not fit into {dtype.name}: give their real parts, or a complex dtype")
    lowest, highest = dtype.limits
    lowest = lowest or -highest
    # Python compares its numbers exactly; NaN and infinities are out of range.
    ends = [array.min().item(), array.max().item()] if array.size else []
    if not all(-math.inf < x < math.inf and lowest <= int(x) <= highest for x in ends):
        raise RuntimeError(
            f"a number in the data does not fit into {dtype.name}, whose largest is {highest}: {ends[0]} to {ends[1]}"
        )


def _dtype_of_numpy(native: Any) -> DType:
    found = _dtypes.BY_NAME.get(native.newbyteorder("=").name)
    if found is None:
        raise TypeError(
            f"can't make a tensor of NumPy's {native!r}: the types are {', '.join(d.name for d in _dtypes.ALL)}"
        )
    return found


def _from_sequence(data: Any, dtype: DType | None) -> tuple[Any, DType]:
    kinds: set[Any] = set()
    try:
        plain = _to_plain(data, kinds)
    except RecursionError:
        raise TypeError(TOO_DEEP) from None
    dtypes = [k if isinstance(k, DType) else _dtypes.default_of(k) for k in kinds]
    if kinds and all(k in (builtins.bool, int, float, complex) for k in kinds):
        inferred = _dtypes.default_of(max(kinds, key=(builtins.bool, int, float, complex).index))
    else:
        inferred = promote(*dtypes) if dtypes else _dtypes.get_default_dtype()
    try:
        array = np.asarray(plain)
    except ValueError:
        raise ValueError(
            f"expected nested lists of equal lengths, but got lengths that differ: {_lengths(plain)}"
        ) from None
    if array.dtype.kind not in "biufc":  # integers beyond int64, perhaps mixed with other numbers
        if (inferred if dtype is None else dtype).kind in ("int", "uint"):
            raise RuntimeError("an integer in the data does not fit into int64")
        try:
            array = np.asarray(plain, np.complex128 if inferred.is_complex else np.float64)
        except OverflowError:
            raise RuntimeError("an integer in the data is too large for a floating-point number") from None
    return array, inferred


def _lengths(data: Any) -> str:
    return ", ".join(str(len(row)) if isinstance(row, (list, tuple)) else "a number" for row in data[:8])


def _unknown_data(kind: type) -> TypeError:
    return TypeError(f"can't make a tensor of {kind.__name__}: the data must be numbers, lists of numbers, or arrays")


def _items(sequence: Any) -> list[Any]:
    """Return the elements of a sequence of an unknown type.  Raises ValueError where it does not give them."""
    if isinstance(sequence, (str, bytes, Mapping)):
        raise _unknown_data(type(sequence))
    try:
        return [sequence[i] for i in range(len(sequence))]
    except Exception as error:
        raise ValueError(
            f"could not determine the shape of {type(sequence).__name__}: its elements cannot be read"
        ) from error


def _to_plain(data: Any, kinds: set[Any]) -> Any:
    """Convert tensors and arrays in ``data`` to lists; ``kinds`` collects the types of the numbers."""
    kind = type(data)
    if kind in (builtins.bool, int, float, complex):
        kinds.add(kind)
        return data
    if isinstance(data, (list, tuple, range)):
        return [_to_plain(item, kinds) for item in data]
    if isinstance(data, Tensor):
        if data.shape.numel() != 1:
            raise ValueError(
                "only one element tensors can be converted to Python scalars, and one in the data has shape "
                f"{tuple(data.shape)}; join tensors by polygrad.stack"
            )
        kinds.add(data.dtype)
        if loses_derivative(data):
            warn(_CONVERTED)
        return data.detach().item()
    if isinstance(data, (np.ndarray, np.generic)):
        kinds.add(_dtype_of_numpy(data.dtype))
        return data.tolist()
    backend = backend_of(data)
    if backend is not None:
        kinds.add(backend.from_dtype(data.dtype))
        return backend.to_numpy(data).tolist()
    for special, made in (("__index__", int), ("__float__", float)):
        if hasattr(data, special):
            kinds.add(made)
            return made(data)
    if hasattr(data, "__array__"):
        return _to_plain(np.asarray(data), kinds)
    if isinstance(data, memoryview) or (hasattr(data, "__len__") and hasattr(data, "__getitem__")):
        return _to_plain(_items(data), kinds)
    raise _unknown_data(kind)
