"""Differences and integrals of sampled functions."""

from __future__ import annotations

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._ops.manipulation import normal_axis
from .common import check_tensor, numpy_spelling
from .joining import cat


@numpy_spelling
def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """The differences of neighbours along ``dim``, taken ``n`` times."""
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


@in_single_precision
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1.0, dim: int = -1) -> Tensor:
    """The integral along ``dim`` by the trapezoidal rule, of points ``x`` or of points at distances ``dx``.

    Raises RuntimeError for booleans, and where there is not one ``x`` for each point.
    """
    axis = normal_axis(dim, check_tensor(y, "trapezoid", "y").ndim)
    for argument, points in (("y", y), ("x", x)):
        if points is not None and points.dtype.kind == "bool":
            raise RuntimeError(f"trapezoid: received a bool input for `{argument}`, but bool is not supported")
    if x is not None and (not x.ndim or (x.ndim == 1 and x.shape[0] != y.shape[axis])):
        raise ShapeError(
            f"trapezoid: there must be one `x` value for each sample point; x has shape {tuple(x.shape)}, and y {tuple(y.shape)}"
        )
    # Small integers would overflow in a sum of two.
    y, x = (p if p is None or p.dtype.is_differentiable else xp.astype(p, _dtypes.int64) for p in (y, x))  # type: ignore[assignment]  # of two, y is none of the Nones
    before = (slice(None),) * axis
    means = (y[(*before, slice(1, None))] + y[(*before, slice(None, -1))]) / 2
    if x is None:
        return xp.sum(means, axis) * dx
    if x.ndim == 1:
        x = xp.reshape(x, (x.shape[0], *(1,) * (y.ndim - axis - 1)))
    x = xp.reshape(x, (*(1,) * (y.ndim - x.ndim), *x.shape))
    return xp.sum(means * (x[(*before, slice(1, None))] - x[(*before, slice(None, -1))]), axis)


trapz = trapezoid
