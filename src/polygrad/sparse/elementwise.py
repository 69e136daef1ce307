"""Elementwise operations on sparse tensors: those that map 0 to 0, so that only the stored values are computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .. import _dtypes
from .._core.errors import LayoutError, ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import PYTHON_SCALARS, to_python
from .._core.tensor import Tensor
from .._functions.searching import nonzero
from .._layouts import sparse_csr
from .storage import _Storage, coalesced, dense_of, keys_of, own_keys, to_coo, to_csr

#: Primitives of one operand that map 0 to 0.  The linear ones need no sums of equal places.
LINEAR = frozenset("negative positive conj real imag astype clone".split())
ZERO_PRESERVING = frozenset(
    """
    abs sin tan asin atan sinh tanh asinh atanh expm1 log1p sqrt square sign floor ceil round trunc relu erf erfinv isnan isinf
    """.split()
)


def apply(name: str, s: Any, **settings: Any) -> Any:
    """The primitive ``name`` of the values of ``s``."""
    if name not in LINEAR:
        s = coalesced(s)
    return s._with_values(getattr(xp, name)(s._stored, **settings))


def check_other(name: str, other: Any) -> Any:
    """``other`` as an operand: a sparse or dense tensor, or a number.  Raises TypeError for anything else."""
    other = other if isinstance(other, (_Storage, Tensor)) else to_python(other)
    if not isinstance(other, (_Storage, Tensor)) and other.__class__ not in PYTHON_SCALARS:
        raise TypeError(
            f"{name}() takes a tensor or a number for a sparse tensor's other operand, not {type(other).__name__} "
            "(polygrad.tensor(...) makes a tensor)"
        )
    return other


def _is_number(x: Any) -> bool:
    return x.__class__ in PYTHON_SCALARS or (isinstance(x, Tensor) and not x.ndim)


def _check_shapes(name: str, a: Any, b: Any) -> None:
    if tuple(a.shape) != tuple(b.shape):
        raise ShapeError(f"{name}(): the shapes of the operands differ, {tuple(a.shape)} and {tuple(b.shape)}")


def same_pattern(a: Any, b: Any) -> bool:
    """Whether two sparse tensors store the same elements, by identity of their indices."""
    return a._layout is b._layout and all(x is y for x, y in zip(a._pattern, b._pattern, strict=True))


# -- sums --------------------------------------------------------------------------------------------------------------


def add(a: Any, b: Any, alpha: Any = 1, name: str = "add") -> Any:
    """``a + alpha * b``, of which one is sparse: sparse if both are, otherwise dense.  Raises LayoutError for COO + dense."""
    a, b = check_other(name, a), check_other(name, b)
    if not isinstance(b, _Storage):  # sparse + dense
        if a._layout is not sparse_csr or _is_number(b):
            raise LayoutError(
                f"{name}(sparse, dense) is not supported, since the result is dense; write x.to_dense() for a sparse x"
                + ("" if name != "add" or _is_number(b) else ", or dense + sparse")
            )
        _check_shapes(name, a, b)
        return xp.add(dense_of(a), b if alpha == 1 else b * alpha)
    scaled = b if alpha == 1 else scale(xp.multiply, b, alpha)
    if not isinstance(a, _Storage):
        if _is_number(a):
            raise LayoutError(f"{name}(number, sparse) is not supported, since the result is dense; write x.to_dense()")
        _check_shapes(name, a, b)
        return xp.add(a, dense_of(scaled))
    _check_shapes(name, a, b)
    if same_pattern(a, scaled):
        return a._with_values(xp.add(a._stored, scaled._stored))
    if a._sparse_ndim() != b._sparse_ndim():
        raise ShapeError(
            f"{name}(): one operand has {a._sparse_ndim()} sparse dimensions, the other {b._sparse_ndim()}"
        )
    dtype = _dtypes.promote(a._stored.dtype, scaled._stored.dtype)
    one, two = to_coo(a), to_coo(scaled)
    indices = xp.concat([one._pattern[0], two._pattern[0]], axis=1)
    values = xp.concat([xp.astype(one._stored, dtype), xp.astype(two._stored, dtype)], axis=0)
    both = one._coo(indices, values, a._shape, False)
    if a._layout is sparse_csr:
        return to_csr(coalesced(both))
    return coalesced(both) if one._coalesced and two._coalesced else both


def subtract(a: Any, b: Any, alpha: Any = 1) -> Any:
    """``a - alpha * b``."""
    return add(a, b, -alpha, "sub")


# -- products ----------------------------------------------------------------------------------------------------------


def scale(operation: Callable[..., Tensor], s: Any, factor: Any) -> Any:
    """``s`` with its values multiplied, or divided, by a number."""
    return s._with_values(operation(s._stored, factor))


def multiply(a: Any, b: Any) -> Any:
    """The product of each pair of elements, sparse."""
    a, b = check_other("mul", a), check_other("mul", b)
    if isinstance(a, _Storage) and isinstance(b, _Storage):
        return _intersect(a, b)
    s, other = (a, b) if isinstance(a, _Storage) else (b, a)
    if _is_number(other):
        return scale(xp.multiply, s, other)
    return s._with_values(xp.multiply(s._stored, at_pattern("mul", other, s)))


def divide(a: Any, b: Any, rounding_mode: Any = None) -> Any:
    """``a / b`` of a sparse ``a`` and a number ``b``.  Raises LayoutError for another ``b``: 0 / 0 has no place in a pattern."""
    a, b = check_other("div", a), check_other("div", b)
    if not isinstance(a, _Storage) or not _is_number(b):
        raise LayoutError(
            "div() of a sparse tensor takes a number, or a tensor without dimensions, to divide by; write x.to_dense(), or "
            "multiply by the reciprocals"
        )
    if rounding_mode is None:
        return scale(xp.divide, a, b)
    if rounding_mode not in ("trunc", "floor"):
        raise ShapeError(f"div(): rounding_mode is None, 'trunc' or 'floor', not {rounding_mode!r}")
    a = coalesced(a)
    return scale(xp.floor_divide if rounding_mode == "floor" else _truncated_quotient, a, b)


def _truncated_quotient(x: Tensor, y: Any) -> Tensor:
    return x.div(y, rounding_mode="trunc")


def power(a: Any, exponent: Any) -> Any:
    """``a ** exponent`` for a positive number: 0 stays 0.  Raises LayoutError for another exponent."""
    exponent = to_python(exponent)
    if not isinstance(a, _Storage) or exponent.__class__ not in (int, float) or not exponent > 0:
        raise LayoutError("pow() of a sparse tensor takes a positive number as exponent; write x.to_dense()")
    return scale(xp.pow, coalesced(a), exponent)


def at_pattern(name: str, dense: Tensor, s: Any) -> Tensor:
    """The elements of ``dense``, whose shape broadcasts to that of ``s``, at the places that ``s`` stores."""
    shape, own = tuple(s._shape), tuple(dense.shape)
    own = (1,) * (len(shape) - len(own)) + own
    if len(own) > len(shape) or any(n not in (1, length) for n, length in zip(own, shape, strict=True)):
        raise ShapeError(
            f"{name}(): a dense tensor of shape {tuple(dense.shape)} does not broadcast to the sparse tensor's shape {shape}"
        )
    ndim = s._sparse_ndim()
    lengths = own[:ndim]
    chosen = [(place, n) for place, n in zip(s._places(), lengths, strict=True) if n != 1]
    keys = keys_of([place for place, _ in chosen], [n for _, n in chosen], s._stored)
    return xp.take_rows(xp.reshape(dense, (math.prod(lengths), *own[ndim:])), keys)


def look_up(s: Any, keys: Tensor) -> tuple[Tensor, Tensor]:
    """Where ``keys`` are among the elements of ``s``, which is coalesced and not empty, and whether they are there."""
    own = own_keys(s)
    places = xp.clip(xp.searchsorted(own, keys), 0, own.shape[0] - 1)
    return places, xp.equal(xp.take_rows(own, places), keys)


def _intersect(a: Any, b: Any) -> Any:
    _check_shapes("mul", a, b)
    if a._sparse_ndim() != b._sparse_ndim():
        raise ShapeError(f"mul(): one operand has {a._sparse_ndim()} sparse dimensions, the other {b._sparse_ndim()}")
    if same_pattern(a, b) and a._coalesced:
        return a._with_values(xp.multiply(a._stored, b._stored))
    one, two = coalesced(to_coo(a)), coalesced(to_coo(b))
    indices, x, y = one._pattern[0], one._stored, two._stored
    if not one._count() or not two._count():
        both = one._coo(indices[:, :0], xp.multiply(x[:0], y[:0]), a._shape, True)
    else:
        places, found = look_up(two, own_keys(one))
        kept = xp.reshape(nonzero(found), (-1,))
        rows = xp.take_rows(xp.matrix_transpose(indices), kept)
        values = xp.multiply(xp.take_rows(x, kept), xp.take_rows(y, xp.take_rows(places, kept)))
        both = one._coo(xp.matrix_transpose(rows), values, a._shape, True)
    return to_csr(both) if a._layout is sparse_csr else both


def masked(x: Any, mask: Any) -> Any:
    """The elements of ``x``, dense or sparse, at the places that ``mask`` stores."""
    if not isinstance(mask, _Storage):
        raise TypeError(f"sparse_mask(): mask must be a sparse tensor, not {type(mask).__name__}")
    _check_shapes("sparse_mask", x, mask)
    if not isinstance(x, _Storage):
        return mask._with_values(at_pattern("sparse_mask", x, mask))
    if x._sparse_ndim() != mask._sparse_ndim():
        raise ShapeError("sparse_mask(): the tensor and the mask have different numbers of sparse dimensions")
    if same_pattern(x, mask) and x._coalesced:
        return x
    x = coalesced(to_coo(x))
    if not x._count():
        count = (mask._count(), *x._stored.shape[1:])
        return mask._with_values(xp.zeros_like(xp.broadcast_to(xp.sum(x._stored, axis=0), count)))
    places, found = look_up(x, own_keys(mask))
    found = xp.reshape(found, (found.shape[0], *(1,) * (x._stored.ndim - 1)))
    return mask._with_values(xp.where(found, xp.take_rows(x._stored, places), 0))
