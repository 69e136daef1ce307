"""Sums, extremes, moments, quantiles and differences, with NumPy's arguments."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import array_api as xp
from ..._core.tensor import Tensor
from ..._functions import public
from .arguments import declare_function, floating, numpy_function, together

declare_function("sum", "a / axis dtype !out keepdims !initial !where", xp.sum)
declare_function("prod", "a / axis dtype !out keepdims !initial !where", xp.prod)
declare_function("max amax", "a / axis !out keepdims !initial !where", xp.max)
declare_function("min amin", "a / axis !out keepdims !initial !where", xp.min)
declare_function("all", "a / axis !out keepdims !where", xp.all)
declare_function("any", "a / axis !out keepdims !where", xp.any)
declare_function("argmax", "a / axis !out keepdims", xp.argmax)
declare_function("argmin", "a / axis !out keepdims", xp.argmin)
declare_function("count_nonzero", "a / axis keepdims", xp.count_nonzero)
declare_function("cumulative_sum", "x / axis dtype !out include_initial", xp.cumulative_sum)
declare_function("cumulative_prod", "x / axis dtype !out include_initial", xp.cumulative_prod)
declare_function("nansum", "a / axis:dim dtype !out keepdims:keepdim !initial !where", public("nansum"))


@numpy_function("mean", "a / axis dtype !out keepdims !where")
def mean(a: Tensor, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """`numpy.mean`."""
    return xp.mean(floating(a, dtype), axis=axis, keepdims=keepdims)


def _moment(function: Callable[..., Any]) -> Callable[..., Any]:
    def moment(
        a: Tensor, axis: Any = None, dtype: Any = None, ddof: Any = 0, keepdims: bool = False, correction: Any = None
    ) -> Tensor:
        correction = ddof if correction is None else correction
        return function(floating(a, dtype), axis, correction=correction, keepdim=keepdims)

    return moment


declare_function("var", "a / axis dtype !out ddof keepdims !where !mean correction", _moment(public("var")))
declare_function("std", "a / axis dtype !out ddof keepdims !where !mean correction", _moment(public("std")))


def _running(function: Callable[..., Any]) -> Callable[..., Any]:
    def running(a: Tensor, axis: int | None = None, dtype: Any = None) -> Tensor:
        if axis is None:
            a, axis = a.reshape(-1), 0
        return function(a, axis=axis, dtype=dtype)

    return running


cumsum, cumprod = _running(xp.cumulative_sum), _running(xp.cumulative_prod)
declare_function("cumsum", "a / axis dtype !out", cumsum)
declare_function("cumprod", "a / axis dtype !out", cumprod)


@numpy_function("trapezoid", "y / x dx axis")
def trapezoid(y: Tensor, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Tensor:
    """`numpy.trapezoid`."""
    return public("trapezoid")(y, dx=dx, dim=axis) if x is None else public("trapezoid")(y, together(y, x)[1], dim=axis)


@numpy_function("ptp", "a / axis !out keepdims")
def ptp(a: Tensor, axis: Any = None, keepdims: bool = False) -> Tensor:
    """`numpy.ptp`."""
    return xp.max(a, axis=axis, keepdims=keepdims) - xp.min(a, axis=axis, keepdims=keepdims)


def _replace_nan(a: Tensor, value: float) -> Tensor:
    return xp.where(xp.isnan(a), value, a)


def _nan_extreme(function: Callable[..., Any], neutral: float) -> Callable[..., Any]:
    def extreme(a: Tensor, axis: Any = None, keepdims: bool = False) -> Tensor:
        result = function(_replace_nan(a, neutral), axis=axis, keepdims=keepdims)
        return xp.where(xp.all(xp.isnan(a), axis=axis, keepdims=keepdims), math.nan, result)

    return extreme


declare_function("nanmax", "a / axis !out keepdims !initial !where", _nan_extreme(xp.max, -math.inf))
declare_function("nanmin", "a / axis !out keepdims !initial !where", _nan_extreme(xp.min, math.inf))


@numpy_function("nanprod", "a / axis dtype !out keepdims !initial !where")
def nanprod(a: Tensor, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """`numpy.nanprod`."""
    return xp.prod(_replace_nan(a, 1.0), axis=axis, dtype=dtype, keepdims=keepdims)


@numpy_function("nanmean", "a / axis dtype !out keepdims !where")
def nanmean(a: Tensor, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """`numpy.nanmean`."""
    a = floating(a, dtype)
    count = xp.sum(xp.astype(~xp.isnan(a), a.dtype), axis=axis, keepdims=keepdims)
    return xp.sum(_replace_nan(a, 0.0), axis=axis, keepdims=keepdims) / count


@numpy_function("nanvar", "a / axis dtype !out ddof keepdims !where !mean correction")
def nanvar(
    a: Tensor, axis: Any = None, dtype: Any = None, ddof: Any = 0, keepdims: bool = False, correction: Any = None
) -> Tensor:
    """`numpy.nanvar`."""
    a = floating(a, dtype)
    ddof = ddof if correction is None else correction
    differences = _replace_nan(a - nanmean(a, axis, keepdims=True), 0.0)
    squares = (differences * xp.conj(differences)).real if a.dtype.is_complex else xp.square(differences)
    count = xp.sum(xp.astype(~xp.isnan(a), squares.dtype), axis=axis, keepdims=keepdims)
    return xp.where(count > ddof, xp.sum(squares, axis=axis, keepdims=keepdims) / (count - ddof), math.nan)


@numpy_function("nanstd", "a / axis dtype !out ddof keepdims !where !mean correction")
def nanstd(a: Tensor, **settings: Any) -> Tensor:
    """`numpy.nanstd`.  The gradient is 0 where all numbers are equal, as that of `std`."""
    variance = nanvar(a, **settings)
    return xp.where(variance > 0, xp.sqrt(xp.where(variance > 0, variance, 1.0)), variance)


@numpy_function("average", "a / axis weights returned keepdims")
def average(a: Tensor, axis: Any = None, weights: Any = None, returned: bool = False, keepdims: bool = False) -> Any:
    """`numpy.average`."""
    if weights is None:
        result = mean(a, axis, keepdims=keepdims)
        scale = xp.full_like(result, a.size / builtins.max(result.size, 1))
    else:
        _, weights = together(a, weights)
        if weights.shape != a.shape:
            if weights.ndim != 1 or not isinstance(axis, int):
                raise TypeError("numpy.average(): weights of another shape than a need one dimension, and an axis")
            weights = weights.reshape([-1 if n == axis % a.ndim else 1 for n in range(a.ndim)])
            weights = xp.broadcast_to(weights, a.shape)
        scale = xp.sum(weights, axis=axis, keepdims=keepdims)
        result = xp.sum(a * weights, axis=axis, keepdims=keepdims) / scale
    return (result, scale) if returned else result


def _flatten_axes(a: Tensor, axis: Any) -> tuple[Tensor, tuple[int, ...]]:
    """The axes that a reduction takes, as the last one, and which they were."""
    axes = (
        tuple(range(a.ndim))
        if axis is None
        else tuple([n % a.ndim for n in ((axis,) if isinstance(axis, int) else axis)])
    )
    kept = [n for n in range(a.ndim) if n not in axes]
    return xp.permute_dims(a, (*kept, *axes)).reshape([*[a.shape[n] for n in kept], -1]), axes


@numpy_function("quantile", "a / q axis !out overwrite_input method keepdims !weights !interpolation")
def quantile(
    a: Tensor, q: Any, axis: Any = None, overwrite_input: bool = False, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """`numpy.quantile`."""
    a = floating(a)
    flat, axes = _flatten_axes(a, axis)
    _, q = together(a, q)
    q = q.to(a.dtype)
    result = public("quantile")(flat, q.reshape(-1), -1, interpolation=method)
    if keepdims:
        result = result.reshape([-1, *[1 if n in axes else length for n, length in enumerate(a.shape)]])
    return result.reshape([*q.shape, *result.shape[1:]])


@numpy_function("percentile", "a / q axis !out overwrite_input method keepdims !weights !interpolation")
def percentile(a: Tensor, q: Any, **settings: Any) -> Tensor:
    """`numpy.percentile`."""
    return quantile(a, (q if isinstance(q, Tensor) else np.asarray(q)) / 100, **settings)


@numpy_function("median", "a / axis !out overwrite_input keepdims")
def median(a: Tensor, axis: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Tensor:
    """`numpy.median`: the mean of the two values in the middle, where the number of elements is even."""
    return quantile(a, 0.5, axis, keepdims=keepdims)


@numpy_function("diff", "a / n axis prepend append")
def diff(a: Tensor, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Tensor:
    """`numpy.diff`."""

    def end(value: Any) -> Tensor | None:
        _, value = together(a, value)
        if value is None or value.ndim:
            return value
        return xp.broadcast_to(value, tuple([1 if k == axis % a.ndim else length for k, length in enumerate(a.shape)]))

    return xp.diff(a, n=n, axis=axis, prepend=end(prepend), append=end(append))


@numpy_function("ediff1d", "ary / !to_end !to_begin")
def ediff1d(ary: Tensor) -> Tensor:
    """`numpy.ediff1d`."""
    return xp.diff(ary.reshape(-1))


@numpy_function("gradient", None)
def gradient(f: Tensor, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """`numpy.gradient` for equal distances between the points."""
    axes = tuple(range(f.ndim)) if axis is None else ((axis,) if isinstance(axis, int) else tuple(axis))
    spacings = varargs or (1.0,)
    spacings = spacings * len(axes) if len(spacings) == 1 else spacings
    if len(spacings) != len(axes):
        raise TypeError("numpy.gradient(): as many distances as axes are needed, or one")
    if edge_order != 1 or any(together(f, h)[1].ndim for h in spacings):
        raise TypeError("numpy.gradient(): tensors need one distance for each axis, and edge_order=1")
    found = []
    for n, h in zip(axes, spacings, strict=True):
        x = xp.moveaxis(floating(f), n, 0)
        if x.shape[0] < 2:
            raise ValueError("numpy.gradient(): at least two points are needed along each axis")
        slopes = xp.concat([x[1:2] - x[:1], (x[2:] - x[:-2]) / 2, x[-1:] - x[-2:-1]]) / h
        found.append(xp.moveaxis(slopes, 0, n))
    return found[0] if len(found) == 1 else tuple(found)


@numpy_function("cov", "m / y rowvar bias ddof !fweights !aweights dtype")
def cov(
    m: Tensor, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None, dtype: Any = None
) -> Tensor:
    """`numpy.cov`."""
    rows = [floating(x, dtype) for x in together(m, y) if x is not None]
    rows = [x.reshape(1, -1) if x.ndim < 2 else x if rowvar else x.mT for x in rows]
    x = public("cat")(rows)
    x = x - xp.mean(x, axis=1, keepdims=True)
    count = x.shape[1] - ((0 if bias else 1) if ddof is None else ddof)
    result = x @ (xp.conj(x).mT if x.dtype.is_complex else x.mT) / count
    return result.reshape(()) if result.shape == (1, 1) else result


@numpy_function("corrcoef", "x / y rowvar !bias !ddof dtype")
def corrcoef(x: Tensor, y: Any = None, rowvar: bool = True, dtype: Any = None) -> Tensor:
    """`numpy.corrcoef`."""
    covariance = cov(x, y, rowvar, dtype=dtype)
    if not covariance.ndim:
        return covariance / covariance
    deviations = xp.sqrt(xp.real(xp.linalg.diagonal(covariance)))
    return covariance / deviations[:, None] / deviations[None, :]
