"""CuPy kernels that override the generic implementations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cupy
import cupyx
import cupyx.scipy.special

KERNELS: dict[str, Callable[..., Any]] = {}


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Put ``function`` into the table under its name."""
    KERNELS[function.__name__.rstrip("_")] = function
    return function


# -- element by element ------------------------------------------------------------------------------------------------


@kernel
def erf(x, /):
    return cupyx.scipy.special.erf(x).astype(x.dtype, copy=False)  # CuPy gives float32 for float16


@kernel
def sigmoid(x, /):
    if x.dtype.kind == "c":
        return 1 / (1 + cupy.exp(-x))
    return cupyx.scipy.special.expit(x).astype(x.dtype, copy=False)


@kernel
def complex_(x, y, /):
    result = cupy.empty(cupy.broadcast_shapes(x.shape, y.shape), cupy.result_type(x.dtype, cupy.complex64))
    result.real, result.imag = x, y
    return result


# -- index arrays, along axis 0 ----------------------------------------------------------------------------------------

#: The type in which rows of a type are added by atomic operations, where that is another one.
_ADDS_AS = {
    "int64": "uint64",
    "int16": "int32",
    "int8": "int32",
    "uint16": "uint32",
    "uint8": "uint32",
    "bool": "uint32",
}


@kernel
def take_rows(x, indices, /):
    return x.take(indices, axis=0)


@kernel
def index_add(x, indices, /, size):
    if x.dtype.kind == "c":  # as pairs of real numbers
        pairs = cupy.ascontiguousarray(x)[..., None].view(x.real.dtype)
        return index_add(pairs, indices, size).view(x.dtype)[..., 0]
    # Two's complement: signed integers of 64 bits add up as unsigned ones do.
    dtype = cupy.dtype(_ADDS_AS.get(x.dtype.name, x.dtype))
    result = cupy.zeros((size, *x.shape[1:]), dtype=dtype)
    cupyx.scatter_add(result, indices, x.astype(dtype, copy=False))
    return result.astype(x.dtype, copy=False)


def _winners(indices, size):
    """Which row writes last to each of ``size`` places, -1 for none: an assignment by index has no order on a GPU."""
    winners = cupy.full((size,), -1, dtype=cupy.int32)
    cupyx.scatter_max(winners, indices, cupy.arange(indices.shape[0], dtype=cupy.int32))
    return winners


def _column(mask, like):
    return mask.reshape(mask.shape + (1,) * (like.ndim - 1))


@kernel
def put_rows(x, value, indices, /):
    if value.shape[0] == 0 or x.shape[0] == 0:
        return x
    winners = _winners(indices, x.shape[0])
    return cupy.where(_column(winners >= 0, x), value.take(cupy.maximum(winners, 0), axis=0), x)


@kernel
def last_rows(x, indices, /, size):
    if x.shape[0] == 0:
        return x
    last = _winners(indices, size).take(indices, axis=0) == cupy.arange(x.shape[0], dtype=cupy.int32)
    return cupy.where(_column(last, x), x, cupy.zeros_like(x))
