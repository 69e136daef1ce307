"""Differences and integrals of sampled functions."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._ops.axes import normal_axis
from .._ops.reductions import axes_of
from .common import check_tensor, dims_of, numpy_spelling
from .joining import cat
from .public import public_function


@public_function(method=True, out=True)
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
        raise ShapeError(f"diff: n must not be negative, but it is {n}")
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
        IndexError: ``y`` has no dimensions.
        RuntimeError: ``y`` or ``x`` is boolean, or ``x`` does not have one point for each sample.

    Example::

        >>> polygrad.trapezoid(polygrad.tensor([0.0, 1.0, 4.0]), dx=0.5)
        tensor(1.5000)
    """
    areas, axis = _trapezoid_areas("trapezoid", y, x, dx, dim)
    return xp.sum(areas, axis)


def _trapezoid_areas(name: str, y: Tensor, x: Tensor | None, dx: float, dim: int) -> tuple[Tensor, int]:
    """Return the area under each pair of neighbouring samples, and the axis of ``dim``."""
    if not check_tensor(y, name, "y").ndim:
        raise IndexError(f"{name}(): y must have at least one dimension")
    axis = normal_axis(dim, y.ndim)
    for argument, points in (("y", y), ("x", x)):
        if points is not None and points.dtype.kind == "bool":
            raise RuntimeError(f"{name}: received a bool input for `{argument}`, but bool is not supported")
    if x is not None and (not x.ndim or (x.ndim == 1 and x.shape[0] != y.shape[axis])):
        raise ShapeError(
            f"{name}: there must be one `x` value for each sample point; x has shape {tuple(x.shape)}, and y {tuple(y.shape)}"
        )
    # The sum of two small integers may overflow.
    y, x = (p if p is None or p.dtype.is_differentiable else xp.astype(p, _dtypes.int64) for p in (y, x))  # type: ignore[assignment]  # y is never None
    before = (slice(None),) * axis
    means = (y[(*before, slice(1, None))] + y[(*before, slice(None, -1))]) / 2
    if x is None:
        return means * dx, axis
    if x.ndim == 1:
        x = xp.reshape(x, (x.shape[0], *(1,) * (y.ndim - axis - 1)))
    x = xp.reshape(x, (*(1,) * (y.ndim - x.ndim), *x.shape))
    return means * (x[(*before, slice(1, None))] - x[(*before, slice(None, -1))]), axis


trapz = trapezoid


@public_function()
@in_single_precision
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1.0, dim: int = -1) -> Tensor:
    """Integrate samples along a dimension by the trapezoidal rule, up to each of them.

    Args:
        y: the sampled values, a tensor of at least one dimension.
        x: where the samples were taken: a vector with one point for each sample, or a tensor whose shape broadcasts
            with that of ``y``.
        dx: the distance of the points, where ``x`` is not given.
        dim: the dimension of ``y`` to integrate along.

    Returns:
        A tensor of the shape of ``y``, shorter by one along ``dim``: the integral from the first sample up to each other.

    Raises:
        IndexError: ``y`` has no dimensions.
        RuntimeError: ``y`` or ``x`` is boolean, or ``x`` does not have one point for each sample.

    Example::

        >>> polygrad.cumulative_trapezoid(polygrad.tensor([0.0, 1.0, 4.0]), dx=0.5)
        tensor([0.2500, 1.5000])
    """
    return xp.cumulative_sum(*_trapezoid_areas("cumulative_trapezoid", y, x, dx, dim))


@public_function()
def gradient(input: Tensor, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """Estimate the derivatives of a sampled function along dimensions.

    Central differences of second order inside; for points at unequal distances ``a`` before and ``b`` after, the
    derivative of the parabola through three samples (Fornberg, "Generation of finite difference formulas on arbitrarily
    spaced grids", 1988).

    Args:
        input: the samples, a tensor of at least one dimension.
        spacing: the distance of the points: a number, or one for each dimension; or where the points are, a vector for
            each dimension.
        dim: the dimension, or several.  None, the default, means all.
        edge_order: 1 or 2, the order of the one-sided differences at the ends.

    Returns:
        A tuple of tensors of the shape of ``input``, one for each dimension.

    Raises:
        RuntimeError: ``edge_order`` is neither 1 nor 2, a dimension has no more than ``edge_order`` samples or is named
            twice, or ``spacing`` does not have one entry for each dimension.

    Example::

        >>> polygrad.gradient(polygrad.tensor([0.0, 1.0, 4.0, 9.0]))
        (tensor([1., 2., 4., 5.]),)
    """
    check_tensor(input, "gradient")
    if edge_order not in (1, 2):
        raise RuntimeError(f"gradient(): edge_order must be 1 or 2, but it is {edge_order}")
    axes = axes_of(tuple(range(input.ndim)) if dim is None else dims_of(dim), input.ndim)
    spacing = 1 if spacing is None else spacing
    several = isinstance(spacing, (list, tuple))
    steps = list(spacing) if several else [spacing] * len(axes)
    if len(steps) != len(axes):
        raise ShapeError(
            f"gradient(): spacing must have one entry for each of {len(axes)} dimensions, not {len(steps)}"
        )
    if any(input.shape[axis] <= edge_order for axis in axes):
        raise ShapeError(
            f"gradient(): each dimension must have at least edge_order + 1 samples, {edge_order + 1}, but the shape is "
            f"{tuple(input.shape)}"
        )
    x = input if input.dtype.is_differentiable else xp.astype(input, _dtypes.get_default_dtype())
    return tuple([_derivative(x, axis, step, edge_order) for axis, step in zip(axes, steps, strict=True)])


def _derivative(x: Tensor, axis: int, step: Any, edge_order: int) -> Tensor:
    """Return the derivative along ``axis`` for points at distances of ``step``, or at the points ``step``."""
    length = x.shape[axis]

    def part(start: int, stop: int) -> Tensor:
        return x[(slice(None),) * axis + (slice(start, stop),)]

    if isinstance(step, Tensor) and step.ndim:
        if tuple(step.shape) != (length,):
            raise ShapeError(
                f"gradient(): dimension {axis} has {length} samples, but its points have the shape {tuple(step.shape)}"
            )
        distances = step[1:] - step[:-1]
        distances = xp.reshape(distances, (length - 1, *(1,) * (x.ndim - axis - 1)))
        widths = [distances[:1], distances[1:2], distances[-2:-1], distances[-1:]]
        a, b = distances[:-1], distances[1:]
        inner = (
            part(0, -2) * (-b / (a * (a + b)))
            + part(1, -1) * ((b - a) / (a * b))
            + part(2, length) * (a / (b * (a + b)))
        )
    else:
        widths = [step] * 4
        inner = (part(2, length) - part(0, -2)) / (2 * step)
    if edge_order == 1:
        first = (part(1, 2) - part(0, 1)) / widths[0]
        last = (part(length - 1, length) - part(length - 2, length - 1)) / widths[3]
    else:
        a, b = widths[:2]
        first = (
            part(0, 1) * (-(2 * a + b) / (a * (a + b)))
            + part(1, 2) * ((a + b) / (a * b))
            - part(2, 3) * (a / (b * (a + b)))
        )
        a, b = widths[2:]
        last = (
            part(length - 3, length - 2) * (b / (a * (a + b)))
            - part(length - 2, length - 1) * ((a + b) / (a * b))
            + part(length - 1, length) * ((2 * b + a) / (b * (a + b)))
        )
    return xp.concat([first, inner, last], axis=axis)
