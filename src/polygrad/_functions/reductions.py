"""Reductions in PyTorch's language: ``dim`` and ``keepdim``, values with indices, ``std`` with correction 1."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.precision import widen
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import plain
from .._core.tensor import Tensor
from .._dtypes import DType
from .._ops.reductions import axes_of
from .common import check_tensor, dims_of, numpy_spelling, warn
from .comparison import check_real
from .creation import check_dtype
from .linalg import matrix_norm, vector_norm
from .scatter_gather import gather


class ValuesAndIndices(NamedTuple):
    """What `max`, `min` and others return along a dimension."""

    values: Tensor
    indices: Tensor


def accumulate(operation: Callable[..., Tensor], input: Tensor, dtype: DType | None, *settings: Any) -> Tensor:
    """``operation``, which adds or multiplies elements, of ``input`` as ``dtype``; the result is of that type, too.

    Without ``dtype`` that is int64 for integers and booleans.  Small integers are accumulated in int64, and wrap at the end, which
    is the same; the result of a boolean type is whether it is not 0.
    """
    if (dtype := check_dtype(dtype)) is not None:
        input = xp.astype(input, dtype)
    wanted = input.dtype
    if wanted.is_differentiable or wanted is _dtypes.int64:
        return operation(input, *settings)
    result = operation(xp.astype(input, _dtypes.int64), *settings)
    return result if dtype is None else xp.astype(result, wanted)


def normalize_dims(input: Tensor, dim: Any) -> Any:
    axis = dims_of(dim)
    if axis is not None:
        axis = axes_of(axis, input.ndim)
        return axis if len(axis) != 1 else axis[0]
    return None


def nonempty_dims(name: str, input: Tensor, dim: Any) -> Any:
    """The axes of ``dim``, along which there must be elements."""
    axis = normalize_dims(input, dim)
    if 0 not in input.shape:
        return axis
    if axis is None:
        error = IndexError if name.startswith("arg") else ShapeError
        raise error(f"{name}(): a tensor of shape {tuple(input.shape)} has no elements, and so no {name}; specify dim")
    for a in (axis,) if isinstance(axis, int) else axis:
        if not input.shape[a]:
            raise IndexError(f"{name}(): dimension {a} of the shape {tuple(input.shape)} has no elements")
    return axis


@numpy_spelling
def sum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """The sum of all elements, or along ``dim``.  Integers and booleans are added as int64."""
    check_tensor(input, "sum")
    return accumulate(xp.sum, input, dtype, normalize_dims(input, dim), keepdim)


def nansum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum, NaN counting as 0.  Raises RuntimeError for complex numbers."""
    return _without_nan(check_real(input, "nansum")).sum(dim, keepdim, dtype=dtype)


def _without_nan(input: Tensor) -> Tensor:
    return xp.where(xp.isnan(input), 0, input) if input.dtype.is_differentiable else input


@numpy_spelling
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """The product of all elements, or along ``dim``."""
    check_tensor(input, "prod")
    return accumulate(xp.prod, input, dtype, normalize_dims(input, dim), keepdim)


@numpy_spelling
def mean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """The mean of all elements, or along ``dim``."""
    check_tensor(input, "mean")
    if (dtype := check_dtype(dtype)) is not None:
        input = xp.astype(input, dtype)
    if not input.dtype.is_differentiable:
        raise RuntimeError(
            f"mean(): the input must be of floating-point or complex type, but it is {input.dtype.name}; "
            "convert it first, as in x.float().mean()"
        )
    return xp.mean(input, normalize_dims(input, dim), keepdim)


def nanmean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of what is not NaN."""
    x = widen(check_real(input, "nanmean"))
    count = xp.astype(xp.logical_not(xp.isnan(x)), x.dtype).sum(dim, keepdim)
    result = nansum(x, dim, keepdim, dtype=dtype) / count
    return result if x is input or dtype is not None else xp.astype(result, input.dtype)


@numpy_spelling
def var(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> Tensor:
    """The variance of all elements, or along ``dim``, with Bessel's correction unless ``correction`` says otherwise."""
    return xp.var(input, *_spread("var", input, dim, unbiased, correction), keepdim)


def _spread(name: str, input: Tensor, dim: Any, unbiased: Any, correction: Any) -> tuple[Any, Any]:
    """The axes and the correction of a variance."""
    dim = plain(dim)
    if isinstance(dim, bool):  # var(x, unbiased)
        dim, unbiased = None, dim
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    axes = normalize_dims(input, dim)
    along = input.shape if axes is None else [input.shape[a] for a in ((axes,) if isinstance(axes, int) else axes)]
    if (count := math.prod(along)) - correction <= 0:
        warn(
            f"{name}(): degrees of freedom is <= 0: {count} elements along the dimensions, and a correction of {correction}, which "
            "should be less"
        )
    return axes, correction


@numpy_spelling
def std(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> Tensor:
    """The standard deviation: the square root of `var`.  The gradient at a standard deviation of 0 is 0."""
    return xp.std(input, *_spread("std", input, dim, unbiased, correction), keepdim)


@numpy_spelling
def var_mean(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> tuple[Tensor, Tensor]:
    """The variance and the mean."""
    along = None if isinstance(dim, bool) else dim
    return var(input, dim, unbiased, keepdim, correction=correction), mean(input, along, keepdim)


@numpy_spelling
def std_mean(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean."""
    along = None if isinstance(dim, bool) else dim
    return std(input, dim, unbiased, keepdim, correction=correction), mean(input, along, keepdim)


def _extremum(name: str, input: Tensor, dim: Any, keepdim: bool) -> Any:
    check_tensor(input, name)
    if isinstance(dim, Tensor):
        return getattr(xp, name + "imum")(input, dim)
    if not input.shape.numel() and dim is None:
        raise RuntimeError(
            f"{name}(): expected a tensor with elements, and this one has shape {tuple(input.shape)}; specify dim"
        )
    if dim is None:
        return getattr(xp, name)(input)
    axis = normalize_dims(input, dim)
    if not input.ndim:
        return ValuesAndIndices(xp.clone(input), xp.argmax(input))
    if not input.shape[axis]:
        raise IndexError(f"{name}(): dimension {axis} has no elements")
    indices = getattr(xp, "arg" + name)(input, axis, True)
    values = gather(input, axis, indices)
    return (
        ValuesAndIndices(values, indices)
        if keepdim
        else ValuesAndIndices(_squeezed(values, axis), _squeezed(indices, axis))
    )


def _squeezed(x: Tensor, axis: int) -> Tensor:
    return xp.reshape(x, x.shape[:axis] + x.shape[axis + 1 :])


@numpy_spelling
def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest element; with ``dim``, the largest along it, and where; with a tensor, the larger of each pair."""
    return _extremum("max", input, dim, keepdim)


@numpy_spelling
def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest element; with ``dim``, the smallest along it, and where; with a tensor, the smaller of each pair."""
    return _extremum("min", input, dim, keepdim)


@numpy_spelling
def amax(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """The largest element along ``dim``; equal ones share the gradient."""
    return xp.max(input, nonempty_dims("amax", input, dim), keepdim)


@numpy_spelling
def amin(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """The smallest element along ``dim``; equal ones share the gradient."""
    return xp.min(input, nonempty_dims("amin", input, dim), keepdim)


def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """The smallest and the largest element."""
    return check_tensor(input, "aminmax").amin(dim, keepdim), input.amax(dim, keepdim)


@numpy_spelling
def all(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether all elements are true, or nonzero; of each element by itself along no dimensions, ``()``.

    The result is boolean, and of bytes (uint8) 1 and 0, as in PyTorch.
    """
    return _asked(xp.all, input, dim, keepdim)


@numpy_spelling
def any(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether any element is true, or nonzero; of each element by itself along no dimensions, ``()``.

    The result is boolean, and of bytes (uint8) 1 and 0, as in PyTorch.
    """
    return _asked(xp.any, input, dim, keepdim)


def _asked(question: Callable, input: Tensor, dim: Any, keepdim: bool) -> Tensor:
    # Only here does an empty tuple of dimensions not mean all of them.
    if isinstance(dim, (tuple, list)) and not dim:
        result = xp.logical_or(_nonzero_mask(input), False)
    else:
        result = question(_nonzero_mask(input), normalize_dims(input, dim), keepdim)
    return xp.astype(result, _dtypes.uint8) if input.dtype is _dtypes.uint8 else result


def _nonzero_mask(input: Tensor) -> Tensor:
    return input if input.dtype.kind == "bool" else xp.not_equal(input, 0)


def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """How many elements are not zero."""
    return sum(_nonzero_mask(input), dim)


@numpy_spelling
def logsumexp(input: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    """``log(sum(exp(input)))`` along ``dim``, without overflow; of no elements ``-inf``."""
    axis = normalize_dims(check_tensor(input, "logsumexp"), dim)
    if 0 in input.shape:
        return xp.sum(input, axis, keepdim) - math.inf
    return xp.logsumexp(input, axis, keepdim)


@numpy_spelling
def norm(
    input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """The vector norm of order ``p`` of all elements, or along ``dim``: ``sum(|x|**p) ** (1/p)``.

    ``"fro"`` is order 2; ``"nuc"`` is the sum of a matrix's singular values.  The gradient at a norm of 0 is 0.
    """
    if p == "nuc":
        return matrix_norm(input, p, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(input, 2 if p is None or p == "fro" else p, dim, keepdim, dtype=dtype)
