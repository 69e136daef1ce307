"""Differences and integrals of sampled functions."""

from __future__ import annotations

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._ops.axes import normal_axis
from .common import check_tensor, numpy_spelling
from .joining import cat
from .public import public_function


@public_function(method=True)
@numpy_spelling
def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """Return the differences of neighbouring elements along a dimension, taken ``n`` times.

    Args:
        input: a tensor of at least one dimension.
        n: how many times the differences are taken; 0 copies ``input``.
        dim: the dimension.
        prepend: a tensor that is put before ``input`` along ``dim`` first.
        append: a tensor that is put after ``input`` along ``dim`` first.

    Returns:
        A tensor that is shorter by ``n`` along ``dim``.  Of a boolean tensor: where neighbours differ.

    Raises:
        RuntimeError: ``input`` has no dimensions, or ``n`` is negative.

    Example::

        >>> polygrad.diff(polygrad.tensor([1.0, 4.0, 9.0, 16.0]))
        tensor([3., 5., 7.])
    """
    if not check_tensor(input, "diff").ndim:
        raise ShapeError("diff: a tensor without dimensions has no neighbours; it needs at least one dimension")
    axis = normal_axis(dim, input.ndim)
    if n < 0:
        raise RuntimeError(f"diff: n must not be negative, but it is {n}")
    if n == 0:
        return xp.clone(input)
    parts = [x for x in (prepend, input, append) if x is not None]
    x = cat(parts, axis) if len(parts) > 1 else input
    before = (slice(None),) * axis
    for _ in range(min(n, x.shape[axis])):
        high, low = x[(*before, slice(1, None))], x[(*before, slice(None, -1))]
        x = xp.not_equal(high, low) if x.dtype.kind == "bool" else high - low
    return x


@public_function("trapezoid trapz")
@in_single_precision
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1.0, dim: int = -1) -> Tensor:
    """Integrate samples along a dimension by the trapezoidal rule.

    The integral is the sum of ``(x[i + 1] - x[i]) * (y[i] + y[i + 1]) / 2``.

    Args:
        y: the sampled values, a tensor of at least one dimension.
        x: where the samples were taken: a vector with one point for each sample, or a tensor whose shape broadcasts
            with that of ``y``.
        dx: the distance of the points, where ``x`` is not given.
        dim: the dimension of ``y`` to integrate along.

    Returns:
        A tensor of the shape of ``y`` without ``dim``.

    Raises:
        RuntimeError: ``y`` or ``x`` is boolean, or ``x`` does not have one point for each sample.

    Example::

        >>> polygrad.trapezoid(polygrad.tensor([0.0, 1.0, 4.0]), dx=0.5)
        tensor(1.5000)
    """
    axis = normal_axis(dim, check_tensor(y, "trapezoid", "y").ndim)
    for argument, points in (("y", y), ("x", x)):
        if points is not None and points.dtype.kind == "bool":
            raise RuntimeError(f"trapezoid: received a bool input for `{argument}`, but bool is not supported")
    if x is not None and (not x.ndim or (x.ndim == 1 and x.shape[0] != y.shape[axis])):
        raise ShapeError(
            f"trapezoid: there must be one `x` value for each sample point; x has shape {tuple(x.shape)}, and y {tuple(y.shape)}"
        )
    # The sum of two small integers may overflow.
    y, x = (p if p is None or p.dtype.is_differentiable else xp.astype(p, _dtypes.int64) for p in (y, x))  # type: ignore[assignment]  # y is never None
    before = (slice(None),) * axis
    means = (y[(*before, slice(1, None))] + y[(*before, slice(None, -1))]) / 2
    if x is None:
        return xp.sum(means, axis) * dx
    if x.ndim == 1:
        x = xp.reshape(x, (x.shape[0], *(1,) * (y.ndim - axis - 1)))
    x = xp.reshape(x, (*(1,) * (y.ndim - x.ndim), *x.shape))
    return xp.sum(means * (x[(*before, slice(1, None))] - x[(*before, slice(None, -1))]), axis)


trapz = trapezoid
