"""Element-wise functions of NumPy's that are not universal functions, choices among elements, and sorting."""

from __future__ import annotations

import math
from typing import Any

from ... import array_api as xp
from ..._core.tensor import Tensor
from ..._functions import public
from ..._functions.public import FUNCTIONS as NAMES
from .arguments import declare_function, floating, numpy_function, tensor_like, together

declare_function("real", "val /", xp.real)
declare_function("imag", "val /", xp.imag)
declare_function("isposinf", "x / !out", public("isposinf"))
declare_function("isneginf", "x / !out", public("isneginf"))
declare_function("fix", "x / !out", xp.trunc)
declare_function(
    "nan_to_num", "x / copy nan posinf neginf", lambda x, copy=True, **named: public("nan_to_num")(x, **named)
)
declare_function("isclose", "a b / rtol atol equal_nan", public("isclose"))
declare_function("round around", "a / decimals !out", public("round"))
declare_function("nonzero", "a /", xp.nonzero)
declare_function("argwhere", "a /", public("argwhere"))
declare_function("unique_all", "x /", xp.unique_all)
declare_function("unique_counts", "x /", xp.unique_counts)
declare_function("unique_inverse", "x /", xp.unique_inverse)
declare_function("unique_values", "x /", xp.unique_values)
for _name in ("sinc", "i0"):
    if _name in NAMES:
        declare_function(_name, "x /", public(_name))


@numpy_function("clip", "a / a_min a_max !out min max !dtype")
def clip(a: Tensor, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Tensor:
    """`numpy.clip`."""
    low, high = [bound if isinstance(bound, (int, float, complex)) or bound is None else tensor_like(a, bound)
                 for bound in (a_min if min is None else min, a_max if max is None else max)]  # fmt: skip
    return +a if low is None and high is None else public("clamp")(a, low, high)


@numpy_function("angle", "z / deg")
def angle(z: Tensor, deg: bool = False) -> Tensor:
    """`numpy.angle`."""
    result = public("angle")(z)
    return result * (180 / math.pi) if deg else result


@numpy_function("iscomplex", "x /")
def iscomplex(x: Tensor) -> Tensor:
    """`numpy.iscomplex`."""
    return xp.imag(x) != 0


@numpy_function("isreal", "x /")
def isreal(x: Tensor) -> Tensor:
    """`numpy.isreal`."""
    return xp.imag(x) == 0


@numpy_function("real_if_close", "a / tol")
def real_if_close(a: Tensor, tol: float = 100) -> Tensor:
    """`numpy.real_if_close`."""
    if not a.dtype.is_complex:
        return a
    bound = tol * xp.finfo(a.dtype).eps if tol > 1 else tol
    return xp.real(a) if bool(xp.all(xp.abs(xp.imag(a)) < bound)) else a


@numpy_function("where", None)
def where(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    """`numpy.where`."""
    arrays = together(condition, x, y)
    if x is None and y is None:
        return xp.nonzero(arrays[0])
    if x is None or y is None:
        raise ValueError("numpy.where() takes either both x and y, or neither")
    chosen = arrays[0] if arrays[0].dtype is xp.bool else arrays[0] != 0
    x, y = [
        given if isinstance(given, (int, float, complex)) else made
        for given, made in zip((x, y), arrays[1:], strict=True)
    ]
    return public("where")(chosen, x, y)


@numpy_function("select", "/ condlist choicelist default")
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Tensor:
    """`numpy.select`."""
    if len(condlist) != len(choicelist) or not len(condlist):
        raise ValueError("numpy.select() takes lists of one length, which are not empty")
    result = default
    for condition, choice in zip(list(condlist)[::-1], list(choicelist)[::-1], strict=True):
        condition, choice, result = together(condition, choice, result)
        result = public("where")(condition, choice, result)
    return result


def _index(a: Tensor, indices: Any) -> Tensor:
    return together(a, indices)[1]


@numpy_function("take", "a indices / axis !out !mode")
def take(a: Tensor, indices: Tensor, axis: int | None = None) -> Tensor:
    """`numpy.take`."""
    if axis is None:
        a, axis = a.reshape(-1), 0
    return a[(*[slice(None)] * (axis % a.ndim), indices)]


@numpy_function("take_along_axis", "arr indices / axis")
def take_along_axis(arr: Tensor, indices: Tensor, axis: int | None = -1) -> Tensor:
    """`numpy.take_along_axis`."""
    if axis is None:
        arr, axis = arr.reshape(-1), 0
    return xp.take_along_axis(arr, indices, axis=axis)


@numpy_function("compress", "condition a / axis !out")
def compress(condition: Tensor, a: Tensor, axis: int | None = None) -> Tensor:
    """`numpy.compress`."""
    return take(a, xp.nonzero(condition)[0], axis)


@numpy_function("extract", "condition arr /")
def extract(condition: Tensor, arr: Tensor) -> Tensor:
    """`numpy.extract`."""
    return compress(condition.reshape(-1), arr)


@numpy_function("flatnonzero", "a /")
def flatnonzero(a: Tensor) -> Tensor:
    """`numpy.flatnonzero`."""
    return xp.nonzero(a.reshape(-1))[0]


@numpy_function("searchsorted", "a v / side sorter")
def searchsorted(a: Tensor, v: Tensor, side: str = "left", sorter: Any = None) -> Tensor:
    """`numpy.searchsorted`."""
    return xp.searchsorted(a, v, side=side, sorter=None if sorter is None else _index(a, sorter))


@numpy_function("digitize", "x bins / right")
def digitize(x: Tensor, bins: Tensor, right: bool = False) -> Tensor:
    """`numpy.digitize`."""
    if len(bins) > 1 and bool(bins[0] > bins[-1]):
        return len(bins) - xp.searchsorted(xp.flip(bins), x, side="right" if right else "left")
    return xp.searchsorted(bins, x, side="left" if right else "right")


@numpy_function("isin", "element test_elements / assume_unique invert kind")
def isin(
    element: Tensor, test_elements: Tensor, assume_unique: bool = False, invert: bool = False, kind: Any = None
) -> Tensor:
    """`numpy.isin`."""
    return xp.isin(element, test_elements, invert=invert)


@numpy_function("sort", "a / axis !kind !order stable")
def sort(a: Tensor, axis: int | None = -1, stable: bool | None = None) -> Tensor:
    """`numpy.sort`."""
    return xp.sort(a.reshape(-1)) if axis is None else xp.sort(a, axis=axis)


@numpy_function("argsort", "a / axis !kind !order stable")
def argsort(a: Tensor, axis: int | None = -1, stable: bool | None = None) -> Tensor:
    """`numpy.argsort`."""
    return xp.argsort(a.reshape(-1)) if axis is None else xp.argsort(a, axis=axis)


@numpy_function("partition", "a / kth axis !kind !order")
def partition(a: Tensor, kth: Any, axis: int | None = -1) -> Tensor:
    """`numpy.partition`: sorted in full, which is one of the results that it allows."""
    return sort(a, axis)


@numpy_function("argpartition", "a / kth axis !kind !order")
def argpartition(a: Tensor, kth: Any, axis: int | None = -1) -> Tensor:
    """`numpy.argpartition`: sorted in full, which is one of the results that it allows."""
    return argsort(a, axis)


@numpy_function("unique", "ar / return_index return_inverse return_counts !axis equal_nan sorted")
def unique(
    ar: Tensor, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False,
    equal_nan: bool = True, sorted: bool = True,
) -> Any:  # fmt: skip
    """`numpy.unique`."""
    if equal_nan and ar.dtype.is_differentiable and int(xp.count_nonzero(xp.isnan(ar))) > 1:
        raise TypeError("numpy.unique(): NaNs are told apart here; write equal_nan=False")
    found = xp.unique_all(ar)
    chosen = [found.values]
    for wanted, part in (
        (return_index, found.indices),
        (return_inverse, found.inverse_indices),
        (return_counts, found.counts),
    ):
        if wanted:
            chosen.append(part)
    return tuple(chosen) if len(chosen) > 1 else chosen[0]


@numpy_function("linspace", "start stop / num endpoint !retstep dtype axis !device")
def linspace(
    start: Tensor, stop: Tensor, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Tensor:
    """`numpy.linspace` between tensors."""
    start, stop = floating(start), floating(stop)
    parts = together(start, [n / max(num - 1 if endpoint else num, 1) for n in range(num)])[1]
    parts = parts.to(start.dtype).reshape([-1, *[1] * max(start.ndim, stop.ndim)])
    result = xp.moveaxis(start + (stop - start) * parts, 0, axis)
    return result if dtype is None else result.to(dtype)
