"""Reductions: sums, means, extrema, tests and norms of all elements or along dimensions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from .. import _dtypes
from .._core.errors import LayoutError, ShapeError
from .._core.precision import upcast
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import OTHER_TENSORS, to_python
from .._core.tensor import Tensor
from .._core.warn import warn
from .._dtypes import DType
from .._ops.reductions import axes_of
from .common import check_real, check_tensor, dims_of, numpy_spelling, second_names
from .creation import check_dtype
from .linalg import matrix_norm, vector_norm
from .public import public_function
from .scatter_gather import gather


class ValuesAndIndices(NamedTuple):
    """The values along a dimension, and their int64 indices."""

    values: Tensor
    indices: Tensor


def accumulate(operation: Callable[..., Tensor], input: Tensor, dtype: DType | None, *settings: Any) -> Tensor:
    """Apply ``operation``, a sum or a product, to ``input`` as ``dtype``.

    Without ``dtype`` the result of integers and booleans is int64.  Small integers are accumulated in int64 and converted
    at the end, which is the same modulo their range; a boolean result tells whether the accumulated value is not 0.
    """
    if (dtype := check_dtype(dtype)) is not None:
        input = xp.astype(input, dtype)
    wanted = input.dtype
    if wanted.is_differentiable or wanted is _dtypes.int64:
        return operation(input, *settings)
    result = operation(xp.astype(input, _dtypes.int64), *settings)
    return result if dtype is None else xp.astype(result, wanted)


def normalize_dims(input: Tensor, dim: Any) -> Any:
    """Return ``dim`` as the primitives take an axis: None, a non-negative int, or a tuple of several."""
    axis = dims_of(dim)
    if axis is not None:
        axis = axes_of(axis, input.ndim)
        return axis if len(axis) != 1 else axis[0]
    return None


def nonempty_dims(name: str, input: Tensor, dim: Any) -> Any:
    """Return the axes of ``dim``.  Raises IndexError or ShapeError where one of them has no elements."""
    axis = normalize_dims(input, dim)
    if 0 not in input.shape:
        return axis
    if axis is None:
        error = IndexError if name.startswith("arg") else ShapeError
        raise error(
            f"{name}(): a tensor of shape {tuple(input.shape)} has no elements; give a dim whose length is not 0"
        )
    for a in (axis,) if isinstance(axis, int) else axis:
        if not input.shape[a]:
            raise IndexError(f"{name}(): dimension {a} of the shape {tuple(input.shape)} has no elements")
    return axis


@public_function(method=True, hot=True, out=True)
@numpy_spelling
def sum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """Return the sum of all elements, or of those along ``dim``.

    Args:
        input: a tensor of any shape.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type in which the elements are added, and of the result.  By default that of ``input``, and int64
            for integers and booleans.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions.

    Example::

        >>> x = polygrad.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> polygrad.sum(x), polygrad.sum(x, dim=0)
        (tensor(10.), tensor([4., 6.]))
    """
    if not isinstance(input, Tensor):
        return _sum_of_other(input, dim, keepdim, dtype)
    return accumulate(xp.sum, input, dtype, normalize_dims(input, dim), keepdim)


def _sum_of_other(input: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    """The sum of a sparse tensor.  Raises TypeError for what is no tensor."""
    if input.__class__ not in OTHER_TENSORS:
        check_tensor(input, "sum")
    if keepdim:
        raise LayoutError("sum() of a sparse tensor does not take keepdim=True; write x.to_dense()")
    return input.sum(dim, dtype=dtype)


@public_function(method=True, out=True)
def nansum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Return the sum of all elements, or of those along ``dim``, counting NaN as 0.

    Args:
        input: a real tensor of any shape.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type in which the elements are added, and of the result.  By default that of ``input``, and int64
            for integers and booleans.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions.

    Raises:
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.nansum(polygrad.tensor([1.0, float("nan"), 2.0]))
        tensor(3.)
    """
    check_real("nansum", input)
    return _zero_nan(input).sum(dim, keepdim, dtype=dtype)


def _zero_nan(input: Tensor) -> Tensor:
    return xp.where(xp.isnan(input), 0, input) if input.dtype.is_differentiable else input


@public_function(method=True, out=True)
@numpy_spelling
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """Return the product of all elements, or of those along ``dim``.

    Its gradient is also right where elements are 0.

    Args:
        input: a tensor of any shape.
        dim: the dimension to reduce.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type in which the elements are multiplied, and of the result.  By default that of ``input``, and
            int64 for integers and booleans.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimension.

    Example::

        >>> polygrad.prod(polygrad.tensor([2.0, 3.0, 4.0]))
        tensor(24.)
    """
    check_tensor(input, "prod")
    return accumulate(xp.prod, input, dtype, normalize_dims(input, dim), keepdim)


@public_function(method=True, hot=True, out=True)
@numpy_spelling
def mean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """Return the mean of all elements, or of those along ``dim``.

    Args:
        input: a tensor of a floating-point or complex type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type of the result; the elements are converted to it first.  By default that of ``input``.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions.  The mean of no elements is NaN.

    Raises:
        RuntimeError: the data type is an integer type or bool.

    Example::

        >>> x = polygrad.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> polygrad.mean(x, dim=1)
        tensor([1.5000, 3.5000])
    """
    check_tensor(input, "mean")
    if (dtype := check_dtype(dtype)) is not None:
        input = xp.astype(input, dtype)
    if not input.dtype.is_differentiable:
        raise RuntimeError(
            f"mean(): the input must be of floating-point or complex type, but it is {input.dtype.name}; "
            "convert it first, as in x.float().mean()"
        )
    return xp.mean(input, normalize_dims(input, dim), keepdim)


@public_function(method=True, out=True)
def nanmean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Return the mean of the elements that are not NaN, of all or along ``dim``.

    Args:
        input: a tensor of a real floating-point type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type in which the elements are added.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions; NaN where all elements are NaN.

    Raises:
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.nanmean(polygrad.tensor([1.0, float("nan"), 3.0]))
        tensor(2.)
    """
    check_real("nanmean", input)
    x = upcast(input)
    count = xp.astype(xp.logical_not(xp.isnan(x)), x.dtype).sum(dim, keepdim)
    result = nansum(x, dim, keepdim, dtype=dtype) / count
    return result if x is input or dtype is not None else xp.astype(result, input.dtype)


@public_function(method=True, hot=True, out=True)
@numpy_spelling
def var(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> Tensor:
    """Return the variance of all elements, or of those along ``dim``.

    The variance of ``n`` elements is ``sum(abs(x - mean) ** 2) / (n - correction)``.

    Args:
        input: a tensor of a floating-point or complex type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        unbiased: PyTorch's older argument: True is a correction of 1, False of 0.  It can take the place of ``dim``.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        correction: what is subtracted from the number of elements.  By default 1, Bessel's correction.

    Returns:
        A real tensor of the shape of ``input`` without the reduced dimensions.

    Example::

        >>> x = polygrad.tensor([1.0, 2.0, 3.0])
        >>> polygrad.var(x), polygrad.var(x, correction=0)
        (tensor(1.), tensor(0.6667))
    """
    return xp.var(input, *_variance_arguments("var", input, dim, unbiased, correction), keepdim)


def _variance_arguments(name: str, input: Tensor, dim: Any, unbiased: Any, correction: Any) -> tuple[Any, Any]:
    """Return the axes and the correction of a variance."""
    dim = to_python(dim)
    if isinstance(dim, bool):  # var(x, unbiased)
        dim, unbiased = None, dim
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    axes = normalize_dims(input, dim)
    along = input.shape if axes is None else [input.shape[a] for a in ((axes,) if isinstance(axes, int) else axes)]
    if (count := math.prod(along)) - correction <= 0:
        warn(f"{name}(): degrees of freedom is <= 0: {count} elements are reduced, and the correction is {correction}")
    return axes, correction


@public_function(method=True, hot=True, out=True)
@numpy_spelling
def std(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> Tensor:
    """Return the standard deviation of all elements, or of those along ``dim``: the square root of `var`.

    The gradient at a standard deviation of 0 is 0.

    Args:
        input: a tensor of a floating-point or complex type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        unbiased: PyTorch's older argument: True is a correction of 1, False of 0.  It can take the place of ``dim``.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        correction: what is subtracted from the number of elements.  By default 1, Bessel's correction.

    Returns:
        A real tensor of the shape of ``input`` without the reduced dimensions.

    Example::

        >>> polygrad.std(polygrad.tensor([1.0, 2.0, 3.0]))
        tensor(1.)
    """
    return xp.std(input, *_variance_arguments("std", input, dim, unbiased, correction), keepdim)


@public_function()
@numpy_spelling
def var_mean(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> tuple[Tensor, Tensor]:
    """Return the variance and the mean of all elements, or of those along ``dim``.

    Args:
        input: a tensor of a floating-point or complex type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        unbiased: PyTorch's older argument: True is a correction of 1, False of 0.  It can take the place of ``dim``.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        correction: what is subtracted from the number of elements for the variance.  By default 1, Bessel's correction.

    Returns:
        Two tensors, as `var` and `mean` give them.

    Example::

        >>> polygrad.var_mean(polygrad.tensor([1.0, 2.0, 3.0]))
        (tensor(1.), tensor(2.))
    """
    along = None if isinstance(dim, bool) else dim
    return var(input, dim, unbiased, keepdim, correction=correction), mean(input, along, keepdim)


@public_function()
@numpy_spelling
def std_mean(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> tuple[Tensor, Tensor]:
    """Return the standard deviation and the mean of all elements, or of those along ``dim``.

    Args:
        input: a tensor of a floating-point or complex type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        unbiased: PyTorch's older argument: True is a correction of 1, False of 0.  It can take the place of ``dim``.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        correction: what is subtracted from the number of elements for the variance.  By default 1, Bessel's correction.

    Returns:
        Two tensors, as `std` and `mean` give them.

    Example::

        >>> polygrad.std_mean(polygrad.tensor([1.0, 2.0, 3.0]))
        (tensor(1.), tensor(2.))
    """
    along = None if isinstance(dim, bool) else dim
    return std(input, dim, unbiased, keepdim, correction=correction), mean(input, along, keepdim)


def _reduce_extremum(name: str, input: Tensor, dim: Any, keepdim: bool) -> Any:
    check_tensor(input, name)
    if isinstance(dim, Tensor):
        return getattr(xp, name + "imum")(input, dim)
    if not input.shape.numel() and dim is None:
        raise RuntimeError(
            f"{name}(): a tensor of shape {tuple(input.shape)} has no elements; give a dim whose length is not 0"
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
        else ValuesAndIndices(_squeeze(values, axis), _squeeze(indices, axis))
    )


def _squeeze(x: Tensor, axis: int) -> Tensor:
    return xp.reshape(x, x.shape[:axis] + x.shape[axis + 1 :])


@public_function(method=True, hot=True, out=True)
@second_names(axis="dim", keepdims="keepdim", other="dim")
def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """Return the maximum of all elements, the maxima along ``dim`` with their indices, or elementwise maxima.

    Along ``dim`` the gradient goes to the element at the index; of all elements, equal maxima share it.

    Args:
        input: a tensor of any shape.  NaN counts as the largest value.
        dim: the dimension to reduce; None for all elements; or a second tensor, for the elementwise `maximum`.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        Without ``dim`` a tensor without dimensions; with it the named tuple ``(values, indices)``; with a tensor a tensor
        of the broadcast shape.

    Raises:
        RuntimeError: there are no elements and no ``dim``.
        IndexError: the dimension is out of range or has no elements.

    Example::

        >>> x = polygrad.tensor([[1.0, 5.0], [4.0, 3.0]])
        >>> polygrad.max(x)
        tensor(5.)
        >>> polygrad.max(x, dim=1).indices
        tensor([1, 0])
    """
    return _reduce_extremum("max", input, dim, keepdim)


@public_function(method=True, hot=True, out=True)
@second_names(axis="dim", keepdims="keepdim", other="dim")
def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """Return the minimum of all elements, the minima along ``dim`` with their indices, or elementwise minima.

    Along ``dim`` the gradient goes to the element at the index; of all elements, equal minima share it.

    Args:
        input: a tensor of any shape.  NaN counts as the smallest value.
        dim: the dimension to reduce; None for all elements; or a second tensor, for the elementwise `minimum`.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        Without ``dim`` a tensor without dimensions; with it the named tuple ``(values, indices)``; with a tensor a tensor
        of the broadcast shape.

    Raises:
        RuntimeError: there are no elements and no ``dim``.
        IndexError: the dimension is out of range or has no elements.

    Example::

        >>> x = polygrad.tensor([[1.0, 5.0], [4.0, 3.0]])
        >>> polygrad.min(x)
        tensor(1.)
        >>> polygrad.min(x, dim=1).indices
        tensor([0, 1])
    """
    return _reduce_extremum("min", input, dim, keepdim)


@public_function(method=True, out=True)
@numpy_spelling
def amax(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Return the maximum of all elements, or the maxima along ``dim``; equal maxima share the gradient.

    Args:
        input: a real tensor of any shape.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions.

    Raises:
        RuntimeError: there are no elements and no ``dim``.
        IndexError: a dimension is out of range or has no elements.

    Example::

        >>> polygrad.amax(polygrad.tensor([[1.0, 5.0], [4.0, 3.0]]), dim=(0, 1))
        tensor(5.)
    """
    return xp.max(input, nonempty_dims("amax", input, dim), keepdim)


@public_function(method=True, out=True)
@numpy_spelling
def amin(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Return the minimum of all elements, or the minima along ``dim``; equal minima share the gradient.

    Args:
        input: a real tensor of any shape.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions.

    Raises:
        RuntimeError: there are no elements and no ``dim``.
        IndexError: a dimension is out of range or has no elements.

    Example::

        >>> polygrad.amin(polygrad.tensor([[1.0, 5.0], [4.0, 3.0]]), dim=0)
        tensor([1., 3.])
    """
    return xp.min(input, nonempty_dims("amin", input, dim), keepdim)


@public_function(method=True, out=True)
def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """Return the minimum and the maximum of all elements, or along ``dim``.

    Args:
        input: a real tensor of any shape.
        dim: the dimension to reduce.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        Two tensors, as `amin` and `amax` give them.

    Raises:
        RuntimeError: there are no elements and no ``dim``.
        IndexError: the dimension is out of range or has no elements.

    Example::

        >>> polygrad.aminmax(polygrad.tensor([3.0, 1.0, 2.0]))
        (tensor(1.), tensor(3.))
    """
    return check_tensor(input, "aminmax").amin(dim, keepdim), input.amax(dim, keepdim)


@public_function(method=True, out=True)
@numpy_spelling
def all(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Test whether all elements are True, or not 0, of the whole tensor or along ``dim``.

    Args:
        input: a tensor of any shape and type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them, and ``()``
            none.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        A boolean tensor, or one of uint8 if ``input`` is.  Of no elements: True.

    Example::

        >>> polygrad.all(polygrad.tensor([[True, False], [True, True]]), dim=1)
        tensor([False,  True])
    """
    return _reduce_truth(xp.all, input, dim, keepdim)


@public_function(method=True, out=True)
@numpy_spelling
def any(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Test whether any element is True, or not 0, of the whole tensor or along ``dim``.

    Args:
        input: a tensor of any shape and type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them, and ``()``
            none.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        A boolean tensor, or one of uint8 if ``input`` is.  Of no elements: False.

    Example::

        >>> polygrad.any(polygrad.tensor([[True, False], [False, False]]), dim=1)
        tensor([ True, False])
    """
    return _reduce_truth(xp.any, input, dim, keepdim)


def _reduce_truth(question: Callable, input: Tensor, dim: Any, keepdim: bool) -> Tensor:
    # Unlike in other reductions, an empty tuple of dimensions does not mean all of them.
    if isinstance(dim, (tuple, list)) and not dim:
        result = xp.logical_or(nonzero_mask(input), False)
    else:
        result = question(nonzero_mask(input), normalize_dims(input, dim), keepdim)
    return xp.astype(result, _dtypes.uint8) if input.dtype is _dtypes.uint8 else result


def nonzero_mask(input: Tensor) -> Tensor:
    return input if input.dtype.kind == "bool" else xp.not_equal(input, 0)


@public_function(method=True)
def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """Count the elements that are not 0, of the whole tensor or along ``dim``.

    Args:
        input: a tensor of any shape and type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.

    Returns:
        An int64 tensor.

    Example::

        >>> polygrad.count_nonzero(polygrad.tensor([0, 3, 0, 1]))
        tensor(2)
    """
    return sum(nonzero_mask(input), dim)


@public_function(method=True, out=True)
@numpy_spelling
def logsumexp(input: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    """Return ``log(sum(exp(input)))`` along ``dim``, without overflow.

    The largest element is subtracted before exponentials are taken.

    Args:
        input: a tensor of any shape.
        dim: the dimension to reduce, or a tuple of dimensions.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions.  Of no elements: minus infinity.

    Example::

        >>> polygrad.logsumexp(polygrad.tensor([1000.0, 1000.0]), dim=0)
        tensor(1000.6932)
    """
    axis = normalize_dims(check_tensor(input, "logsumexp"), dim)
    if 0 in input.shape:
        return xp.sum(input, axis, keepdim) - math.inf
    return xp.logsumexp(input, axis, keepdim)


@public_function(method=True, out=True)
@numpy_spelling
def norm(
    input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """Return the vector norm ``sum(abs(x) ** p) ** (1 / p)`` of all elements, or along ``dim``.

    The gradient at a norm of 0 is 0.  `linalg.vector_norm` and `linalg.matrix_norm` are the newer functions.

    Args:
        input: a tensor of a floating-point or complex type.
        p: the order, a number.  ``"fro"`` is order 2; infinity gives the largest absolute value, minus infinity the
            smallest, 0 the number of elements that are not 0; ``"nuc"`` is the sum of the singular values of a matrix.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type that the elements are converted to first.  By default that of ``input``.

    Returns:
        A real tensor of the shape of ``input`` without the reduced dimensions.

    Raises:
        RuntimeError: the data type is an integer type or bool.

    Example::

        >>> polygrad.norm(polygrad.tensor([3.0, 4.0]))
        tensor(5.)
    """
    if p == "nuc":
        return matrix_norm(input, p, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(input, 2 if p is None or p == "fro" else p, dim, keepdim, dtype=dtype)
