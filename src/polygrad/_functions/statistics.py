"""Covariances and histograms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from .. import _dtypes
from .._core.errors import DTypeError, ShapeError
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._core.warn import warn
from .common import assume, check_tensor, place_of
from .creation import linspace
from .diagonals import diag
from .elementwise import clamp
from .manipulation import flatten, squeeze
from .public import public_function


class Histogram(NamedTuple):
    """How many elements fall into each bin, and the edges of the bins."""

    hist: Tensor
    bin_edges: Tensor


class HistogramOfPoints(NamedTuple):
    """How many points fall into each box, and the edges of the bins along each coordinate."""

    hist: Tensor
    bin_edges: tuple[Tensor, ...]


# -- covariance --------------------------------------------------------------------------------------------------------


@public_function(method=True)
@in_single_precision
def cov(
    input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """Return the covariance matrix of variables: ``sum(w * (x - mean) * conj(y - mean)) / (sum(w) - correction)``.

    With ``aweights`` the correction is multiplied by ``sum(w * aweights) / sum(w)``, as in NumPy.

    Args:
        input: a matrix with a variable in each row and an observation in each column; or a vector, one variable.
        correction: what is subtracted from the number of observations.  1, the default, is Bessel's correction.
        fweights: how often each observation occurs: an integer vector, none negative.
        aweights: the importance of each observation: a vector of a floating-point type, none negative.

    Returns:
        A square matrix with a row for each variable; of one variable a tensor without dimensions.

    Raises:
        RuntimeError: ``input`` has more than two dimensions or is boolean, or weights have the wrong type or length,
            are negative, or add up to 0.

    Example::

        >>> polygrad.cov(polygrad.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
        tensor([[ 1., -1.],
                [-1.,  1.]])
    """
    if check_tensor(input, "cov").ndim > 2:
        raise ShapeError(f"cov(): input must have one or two dimensions, but its shape is {tuple(input.shape)}")
    if input.dtype.kind == "bool":
        raise DTypeError("cov(): bool dtype is not supported for input; convert it first, as in x.float()")
    x = input if input.dtype.is_differentiable else xp.astype(input, _dtypes.get_default_dtype())
    x = x if x.ndim == 2 else xp.reshape(x, (1, x.shape.numel()))
    count = x.shape[1]
    weights, total = _observation_weights(count, fweights, aweights)
    weighted = x if weights is None else x * weights
    centred = x - xp.sum(weighted, 1, True) / total
    factor = total - correction
    if weights is not None and aweights is not None and correction:
        factor = total - correction * xp.sum(weights * aweights) / total
    if isinstance(factor, Tensor):
        few = assume(factor.detach(), lambda value: bool(value <= 0))
        factor = clamp(factor, min=0)
    else:
        few, factor = factor <= 0, max(factor, 0)
    if few:
        warn("cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.")
    products = xp.matmul(centred, xp.conj(xp.matrix_transpose(centred if weights is None else centred * weights)))
    return squeeze(xp.divide(products, factor))


def _observation_weights(count: int, fweights: Tensor | None, aweights: Tensor | None) -> tuple[Tensor | None, Any]:
    """Return the product of the weights, if there are any, and their sum."""
    weights = None
    for name, given in (("fweights", fweights), ("aweights", aweights)):
        if given is None:
            continue
        if check_tensor(given, "cov", name).ndim > 1:
            raise ShapeError(f"cov(): {name} must have at most one dimension, but its shape is {tuple(given.shape)}")
        wanted = ("int", "uint") if name == "fweights" else ("float",)
        if given.dtype.kind not in wanted:
            kind = "an integer" if name == "fweights" else "a floating-point"
            raise DTypeError(f"cov(): {name} must be of {kind} type, not {given.dtype.name}")
        if given.shape.numel() != count:
            raise ShapeError(
                f"cov(): {name} must have as many elements as there are observations, {count}, but has {given.shape.numel()}"
            )
        if assume(given.detach(), lambda values: bool((values < 0).any())):
            raise RuntimeError(f"cov(): {name} cannot be negative")
        weights = flatten(given) if weights is None else weights * flatten(given)
    if weights is None:
        return None, count
    total = xp.sum(weights)
    if assume(total.detach(), lambda value: bool(value == 0)):
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    return weights, total


@public_function(method=True)
@in_single_precision
def corrcoef(input: Tensor) -> Tensor:
    """Return Pearson's correlation coefficients of variables: ``cov(x, y) / (std(x) * std(y))``.

    Args:
        input: a matrix with a variable in each row and an observation in each column; or a vector, one variable.

    Returns:
        A square matrix with a row for each variable, of elements in [-1, 1]; of one variable a tensor without dimensions.

    Raises:
        RuntimeError: ``input`` has more than two dimensions or is boolean.

    Example::

        >>> polygrad.corrcoef(polygrad.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
        tensor([[ 1., -1.],
                [-1.,  1.]])
    """
    if check_tensor(input, "corrcoef").ndim > 2:
        raise ShapeError(f"corrcoef(): input must have one or two dimensions, but its shape is {tuple(input.shape)}")
    covariance = cov(input)
    if not covariance.ndim:
        return covariance / covariance
    variance = diag(covariance)
    deviation = xp.sqrt(xp.real(variance) if variance.dtype.is_complex else variance)
    found = covariance / xp.reshape(deviation, (-1, 1)) / deviation
    if not found.dtype.is_complex:
        return clamp(found, -1, 1)
    return xp.complex(clamp(xp.real(found), -1, 1), clamp(xp.imag(found), -1, 1))


# -- histograms --------------------------------------------------------------------------------------------------------


@public_function(method=True, out=True)
def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """Count the elements in each of a number of bins of equal width.  Elements outside of all bins are not counted.

    Counts have no derivative.

    Args:
        input: a tensor of a real floating-point type.
        bins: how many bins.
        min: the lower end of the first bin.
        max: the upper end of the last bin, which belongs to it.  If both ends are equal, they are the smallest and the
            largest element; if these are equal too, one less and one more.

    Returns:
        A vector of length ``bins`` of the data type of ``input``.

    Raises:
        RuntimeError: there are no bins, ``min`` is larger than ``max``, an end is not finite, or ``input`` is not of a
            real floating-point type.

    Example::

        >>> polygrad.histc(polygrad.tensor([1.0, 2.0, 1.0, 4.0]), bins=4, min=0, max=4)
        tensor([0., 2., 1., 1.])
    """
    x = _check_sample(input, "histc")
    low, high = _resolve_ends("histc", x, (min, max) if min != max else None, 1.0)
    bins = _check_count("histc", bins)
    places = xp.floor((x - low) / (high - low) * bins)
    inside = xp.logical_and(x >= low, x <= high)
    places = xp.clip(xp.where(inside, places, 0.0), 0, bins - 1)
    return _count(xp.astype(places, _dtypes.int64), inside, bins, None, x)


@public_function(method=True, out=True)
def histogram(
    input: Tensor,
    bins: int | Tensor,
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> Histogram:
    """Count the elements in each bin of a histogram.  Elements outside of all bins are not counted.

    Counts have no derivative.

    Args:
        input: a tensor of a real floating-point type.
        bins: how many bins of equal width; or their edges, an increasing vector.
        range: the lower and the upper end of the bins, if their number is given.  By default the smallest and the largest
            element, or 0.5 less and more if these are equal.
        weight: what each element counts: a tensor of the shape and data type of ``input``.  By default 1.
        density: whether the counts are divided by their sum and by the widths of the bins, so that the integral is 1.

    Returns:
        The named tuple ``(hist, bin_edges)`` of two vectors.  A bin includes its lower edge, and the last one both.

    Raises:
        RuntimeError: there are no bins, an end is not finite or the ends are in the wrong order, the shapes do not fit,
            or ``input`` is not of a real floating-point type.

    Example::

        >>> polygrad.histogram(polygrad.tensor([1.0, 2.0, 1.0, 4.0]), bins=2, range=(0, 4))
        Histogram(hist=tensor([2., 2.]), bin_edges=tensor([0., 2., 4.]))
    """
    x = flatten(_check_sample(input, "histogram"))
    if weight is not None and tuple(weight.shape) != tuple(input.shape):
        raise ShapeError(
            f"histogram(): weight must have the shape of input, {tuple(input.shape)}, but its shape is {tuple(weight.shape)}"
        )
    if isinstance(bins, Tensor) and range is not None:
        raise TypeError("histogram(): range is for a number of bins; these are given by their edges")
    edges = _resolve_edges("histogram", x, bins, range)
    places, inside = _place_in_bins(x, edges)
    hist = _count(places, inside, edges.shape[0] - 1, weight, x)
    if density:
        hist = hist / xp.sum(hist) / (edges[1:] - edges[:-1])
    return Histogram(hist, edges)


@public_function()
def histogramdd(
    input: Tensor,
    bins: int | Sequence[int] | Sequence[Tensor],
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> HistogramOfPoints:
    """Count the points in each box of a histogram of several coordinates.  Points outside of all boxes are not counted.

    Counts have no derivative.

    Args:
        input: points, a tensor of shape ``(*, D)`` of a real floating-point type.
        bins: how many bins of equal width each coordinate has: an int, or one for each; or the edges of the bins, an
            increasing vector for each coordinate.
        range: the lower and the upper end for each coordinate, ``2 * D`` numbers in a row, if numbers of bins are given.
            By default the smallest and the largest coordinate.
        weight: what each point counts: a tensor of the shape of ``input`` without the last dimension.  By default 1.
        density: whether the counts are divided by their sum and by the volumes of the boxes, so that the integral is 1.

    Returns:
        The named tuple ``(hist, bin_edges)`` of a tensor of ``D`` dimensions and a tuple of ``D`` vectors.

    Raises:
        RuntimeError: there are no bins, an end is not finite or the ends are in the wrong order, the shapes do not fit,
            or ``input`` is not of a real floating-point type.

    Example::

        >>> points = polygrad.tensor([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]])
        >>> polygrad.histogramdd(points, bins=2, range=(0, 2, 0, 2)).hist
        tensor([[0., 1.],
                [1., 1.]])
    """
    if _check_sample(input, "histogramdd").ndim < 2:
        raise ShapeError(
            f"histogramdd(): input must have two dimensions or more, but its shape is {tuple(input.shape)}"
        )
    size = input.shape[-1]
    if weight is not None and tuple(weight.shape) != tuple(input.shape[:-1]):
        raise ShapeError(
            f"histogramdd(): weight must have the shape of input without the last dimension, {tuple(input.shape[:-1])}, but "
            f"its shape is {tuple(weight.shape)}"
        )
    each = [bins] * size if isinstance(bins, int) else list(bins)
    if len(each) != size:
        raise ShapeError(
            f"histogramdd(): there are {size} coordinates, the last dimension of input, but {len(each)} bins"
        )
    ends = [None] * size if range is None else [tuple(range[2 * i : 2 * i + 2]) for i in _range(size)]
    if range is not None and len(range) != 2 * size:
        raise ShapeError(
            f"histogramdd(): range must have {2 * size} numbers, two for each coordinate, not {len(range)}"
        )
    x = xp.reshape(input.detach(), (-1, size))
    edges = [_resolve_edges("histogramdd", x[:, i], each[i], ends[i]) for i in _range(size)]
    shape = [one.shape[0] - 1 for one in edges]
    places: Any = 0
    inside: Any = None
    for i in _range(size):
        along, within = _place_in_bins(x[:, i], edges[i])
        places = places * shape[i] + along
        inside = within if inside is None else xp.logical_and(inside, within)
    hist = xp.reshape(_count(places, inside, math.prod(shape), weight, x), tuple(shape))
    if density:
        hist = hist / xp.sum(hist)
        for i, one in enumerate(edges):
            hist = hist / xp.reshape(one[1:] - one[:-1], (-1, *(1,) * (size - 1 - i)))
    return HistogramOfPoints(hist, tuple(edges))


_range = range  # an argument has this name


def _check_sample(input: Tensor, name: str) -> Tensor:
    if not check_tensor(input, name).dtype.is_floating_point:
        raise DTypeError(f"{name}(): the input must be of a real floating-point type, not {input.dtype.name}")
    return input.detach()


def _check_count(name: str, bins: Any) -> int:
    if not isinstance(bins, int):
        raise TypeError(f"{name}(): bins must be an int, not {type(bins).__name__}")
    if bins < 1:
        raise RuntimeError(f"{name}(): bins must be larger than 0, but it is {bins}")
    return bins


def _resolve_ends(name: str, x: Tensor, ends: Sequence[float] | None, margin: float) -> tuple[Any, Any]:
    """Return the ends of the bins: ``ends``, or by default those of the elements; ``margin`` away from them if they are equal."""
    if ends is not None:
        low, high = ends
        if not (math.isfinite(low) and math.isfinite(high)):
            raise RuntimeError(f"{name}(): the range from {low} to {high} is not finite")
        if low > high:
            raise RuntimeError(
                f"{name}(): the lower end must not be larger than the upper one, but they are {low} and {high}"
            )
        return (low, high) if low != high else (low - margin, high + margin)
    if not x.shape.numel():
        return (0.0, 1.0)
    low, high = xp.min(x), xp.max(x)
    if assume(high - low, lambda width: bool(width - width != 0)):
        raise RuntimeError(f"{name}(): the range of the elements is not finite; give the ends of the bins")
    equal = xp.astype(low == high, x.dtype) * margin
    return low - equal, high + equal


def _resolve_edges(name: str, x: Tensor, bins: Any, ends: Sequence[float] | None) -> Tensor:
    if isinstance(bins, Tensor):
        if bins.ndim != 1 or not bins.shape[0]:
            raise ShapeError(f"{name}(): the edges of bins must be a vector, but their shape is {tuple(bins.shape)}")
        if bins.dtype is not x.dtype:
            raise DTypeError(f"{name}(): the edges are of type {bins.dtype.name}, and input of {x.dtype.name}")
        return xp.clone(bins.detach())  # a result
    count = _check_count(name, bins)
    low, high = _resolve_ends(name, x, ends, 0.5)
    steps = linspace(0, 1, count + 1, dtype=x.dtype, **place_of(x))
    # The ends are exact.
    return xp.where(steps < 1, low + steps * (high - low), xp.zeros_like(steps) + high)


def _place_in_bins(x: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
    """Return the number of the bin of each element, and whether it is in one."""
    last = edges.shape[0] - 2
    inside = xp.logical_and(x >= edges[0], x <= edges[-1])
    places = xp.searchsorted(edges, xp.where(inside, x, edges[0]), side="right") - 1
    return xp.clip(places, 0, max(last, 0)), inside


def _count(places: Tensor, inside: Tensor, bins: int, weight: Tensor | None, like: Tensor) -> Tensor:
    counted = (
        xp.astype(inside, like.dtype)
        if weight is None
        else xp.where(inside, xp.reshape(weight.detach(), inside.shape), 0)
    )
    return xp.index_add(flatten(counted), flatten(places), bins)
