"""Interpolation of images, and rearrangement of their pixels and channels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.tensor import Tensor
from ..._core.warn import warn
from ..common import check_countable, check_tensor, place_of, sizes, values_for_checks, xp
from ..creation import tensor
from ..public import public_function
from ..strides import separate_from
from .convolution import check_filled

#: Modes that weight neighbours, with their number of spatial dimensions.
_SMOOTH = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}


@in_single_precision
def interpolate(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """Resize the spatial dimensions of images, sequences or volumes.

    "bicubic" is the cubic convolution of Keys (1981) with ``a = -0.75``.

    Args:
        input: a tensor ``(N, C, *)`` with one to three spatial dimensions.
        size: the new spatial lengths, or one int for all of them.
        scale_factor: the ratio of new to old length, or one ratio per dimension; given instead of ``size``.
        mode: "nearest", "nearest-exact", "area"; "linear" (one spatial dimension), "bilinear" or "bicubic" (two), "trilinear"
            (three).
        align_corners: for the last four modes: whether the centres of the corner elements are aligned, or their outer edges.
        recompute_scale_factor: interpolate with the ratio of the integer lengths, not with ``scale_factor``.
        antialias: for "bilinear" and "bicubic": average over as many elements as one of the result covers, where that shrinks.
            The cubic convolution then has ``a = -0.5``.

    Returns:
        A tensor ``(N, C, *size)``.

    Raises:
        ValueError: both or neither of ``size`` and ``scale_factor`` are given, or ``align_corners`` is given for another mode.
        TypeError: ``size`` is not an integer.
        ShapeError: ``input`` has no spatial dimension, or the result would be empty.
        NotImplementedError: ``mode`` does not suit the number of dimensions.

    Example::

        >>> F.interpolate(polygrad.tensor([[[1.0, 2.0]]]), scale_factor=2)
        tensor([[[1., 1., 2., 2.]]])
        >>> F.interpolate(polygrad.tensor([[[1.0, 2.0]]]), size=4, mode="linear")
        tensor([[[1.0000, 1.2500, 1.7500, 2.0000]]])
    """
    check_tensor(input, "interpolate")
    axes = input.ndim - 2
    if axes < 1:
        raise ShapeError(
            f"interpolate: the input must be (batch, channels, ...), but its shape is {tuple(input.shape)}"
        )
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate: pass either size or scale_factor")
    if antialias and mode not in ("bilinear", "bicubic"):
        raise ValueError("interpolate: antialias is only for the modes bilinear and bicubic")
    if mode in _SMOOTH and _SMOOTH[mode] != axes:
        raise NotImplementedError(f"interpolate: mode {mode!r} takes {_SMOOTH[mode]} spatial dimensions, not {axes}")
    if mode not in ("nearest", "nearest-exact") and not input.dtype.is_differentiable:
        raise NotImplementedError(
            f"interpolate: mode {mode!r} takes floating-point tensors, not {input.dtype.name}; write input.float()"
        )
    if mode not in _SMOOTH and align_corners is not None:
        raise ValueError("interpolate: align_corners is only for the modes linear, bilinear, bicubic and trilinear")
    if size is not None:
        lengths = sizes(size) * (axes if hasattr(size, "__index__") else 1)
        factors: tuple[Any, ...] = (None,) * axes
    elif scale_factor is not None:
        factors = (scale_factor,) * axes if isinstance(scale_factor, (int, float)) else tuple(scale_factor)
        lengths = tuple(math.floor(n * f) for n, f in zip(input.shape[2:], factors, strict=True))
    if recompute_scale_factor:
        factors = (None,) * axes
    if len(lengths) != axes or any(n < 1 for n in lengths):
        raise ShapeError(
            f"interpolate: the result would have sizes {lengths} for an input of shape {tuple(input.shape)}"
        )
    check_filled(input, "interpolate", 2 if mode == "area" else 1)
    check_countable("interpolate", (*input.shape[:2], *lengths))
    for axis, (new, factor) in enumerate(zip(lengths, factors, strict=True), 2):
        old = input.shape[axis]
        if mode in ("nearest", "nearest-exact"):
            shift = 0.5 if mode == "nearest-exact" else 0.0
            scale = old / new if factor is None else 1 / factor
            places = np.minimum(np.floor((np.arange(new) + shift) * scale).astype(np.int64), old - 1)
            input = take(input, axis, places)
        elif mode in _SMOOTH:
            scale = old / new if factor is None else 1 / factor
            smooth = _averaged if antialias else _neighbours
            places, amounts = smooth(old, new, scale, bool(align_corners), mode == "bicubic")
            input = mix(input, axis, places, amounts)
        elif mode == "area":
            input = mix(input, axis, *region_weights(old, new))
        else:
            raise NotImplementedError(f"interpolate: unknown mode {mode!r}")
    return input


def upsample(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """Call `interpolate`, under its older name, and warn that the name is deprecated.

    Args:
        input: a tensor ``(N, C, *)``.
        size: as in `interpolate`.
        scale_factor: as in `interpolate`.
        mode: as in `interpolate`.
        align_corners: as in `interpolate`.

    Returns:
        A tensor ``(N, C, *size)``.

    Raises:
        ValueError: as in `interpolate`.

    Example::

        >>> import warnings
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     F.upsample(polygrad.ones(1, 1, 2, 2), scale_factor=2).shape
        polygrad.Size([1, 1, 4, 4])
    """
    warn("nn.functional.upsample is deprecated; write nn.functional.interpolate")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(
    input: Tensor, size: int | Sequence[int] | None = None, scale_factor: float | Sequence[float] | None = None
) -> Tensor:
    """Call `interpolate` with ``mode="nearest"``, under an older name, and warn that the name is deprecated.

    Args:
        input: a tensor ``(N, C, *)``.
        size: as in `interpolate`.
        scale_factor: as in `interpolate`.

    Returns:
        A tensor ``(N, C, *size)``.

    Raises:
        ValueError: as in `interpolate`.

    Example::

        >>> import warnings
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     F.upsample_nearest(polygrad.ones(1, 1, 2, 2), scale_factor=2).shape
        polygrad.Size([1, 1, 4, 4])
    """
    warn("nn.functional.upsample_nearest is deprecated; write nn.functional.interpolate")
    return interpolate(input, size, scale_factor)


def upsample_bilinear(
    input: Tensor, size: int | Sequence[int] | None = None, scale_factor: float | Sequence[float] | None = None
) -> Tensor:
    """Call `interpolate` with ``mode="bilinear", align_corners=True``, and warn that the name is deprecated.

    Args:
        input: images ``(N, C, H, W)``.
        size: as in `interpolate`.
        scale_factor: as in `interpolate`.

    Returns:
        A tensor ``(N, C, *size)``.

    Raises:
        ValueError: as in `interpolate`.

    Example::

        >>> import warnings
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     F.upsample_bilinear(polygrad.ones(1, 1, 2, 2), scale_factor=2).shape
        polygrad.Size([1, 1, 4, 4])
    """
    warn("nn.functional.upsample_bilinear is deprecated; write nn.functional.interpolate")
    return interpolate(input, size, scale_factor, "bilinear", True)


def take(x: Tensor, axis: int, places: Any) -> Tensor:
    """Return the slices of ``x`` at ``places``, an array of positions along ``axis``."""
    front = (axis, *(a for a in range(x.ndim) if a != axis))
    rows = xp.take_rows(xp.permute_dims(x, front), tensor(places, **place_of(x)))
    return xp.permute_dims(rows, tuple(sorted(range(x.ndim), key=front.__getitem__)))


def _multiply_by_matrix(x: Tensor, axis: int, weights: Any) -> Tensor:
    """Map ``axis`` of ``x`` by a matrix of weights."""
    matrix = tensor(weights, dtype=x.dtype, **place_of(x))
    order = (*(a for a in range(x.ndim) if a != axis), axis)
    mapped = xp.matmul(xp.permute_dims(x, order), xp.matrix_transpose(matrix))
    return xp.permute_dims(mapped, tuple(sorted(range(x.ndim), key=order.__getitem__)))


#: A matrix of weights has at most this many elements: larger ones are almost empty.
_LARGEST_MATRIX = 1 << 20


def mix(x: Tensor, axis: int, places: Any, amounts: Any) -> Tensor:
    """Replace elements along ``axis`` by weighted sums of elements of ``x``: ``places`` and ``amounts`` are ``(neighbours, new)``.

    A product with a matrix is faster, but its zeros need finite values; those of a traced array are not known.
    """
    old, new = x.shape[axis], places.shape[1]
    if old * new <= _LARGEST_MATRIX and (values := values_for_checks(x)) is not None and np.isfinite(values).all():
        weights = np.zeros((new, old))
        for place, amount in zip(places, amounts, strict=True):
            np.add.at(weights, (np.arange(new), place), amount)
        return _multiply_by_matrix(x, axis, weights)
    shape = (*(1,) * axis, new, *(1,) * (x.ndim - axis - 1))
    total = None
    for place, amount in zip(places, amounts, strict=True):
        part = take(x, axis, place)
        if not amount.all():  # elements with weight 0 must not be infinite
            part = xp.where(tensor(amount.reshape(shape) != 0, **place_of(x)), part, xp.zeros_like(part))
        part = part * tensor(amount.reshape(shape), dtype=x.dtype, **place_of(x))
        total = part if total is None else total + part
    return total  # type: ignore[return-value]  # there is a neighbour


def region_weights(old: int, new: int) -> tuple[Any, Any]:
    """Return places and weights of the means of ``new`` regions of about equal length."""
    starts = np.arange(new) * old // new
    stops = -(-(np.arange(new) + 1) * old // new)
    places = starts + np.arange((stops - starts).max())[:, None]
    return np.minimum(places, old - 1), (places < stops) / (stops - starts)


def _neighbours(old: int, new: int, scale: float, align_corners: bool, cubic: bool) -> tuple[Any, Any]:
    """Return places and weights of linear interpolation, or of the cubic convolution of Keys (1981) with a = -0.75."""
    if align_corners:
        position = np.arange(new) * ((old - 1) / (new - 1) if new > 1 else 0.0)
    else:
        position = (np.arange(new) + 0.5) * scale - 0.5
    if not cubic:
        position = np.maximum(position, 0)
    below = np.floor(position).astype(np.int64)
    share = position - below
    steps = np.array((-1, 0, 1, 2) if cubic else (0, 1))[:, None]
    distance = np.abs(share - steps)
    return np.clip(below + steps, 0, old - 1), _cubic(distance) if cubic else 1 - distance


def _averaged(old: int, new: int, scale: float, align_corners: bool, cubic: bool) -> tuple[Any, Any]:
    """Return places and weights as `_neighbours` does, of a kernel that is as wide as an element of the result."""
    if align_corners:
        scale = (old - 1) / (new - 1) if new > 1 else 0.0
    width = max(scale, 1.0)
    support = (2 if cubic else 1) * width
    centre = (np.arange(new) + 0.5) * scale
    start = np.maximum((centre - support + 0.5).astype(np.int64), 0)
    stop = np.minimum((centre + support + 0.5).astype(np.int64), old)
    places = start + np.arange((stop - start).max())[:, None]
    distance = np.abs(places - centre + 0.5) / width
    amounts = _cubic(distance, -0.5) * (distance < 2) if cubic else np.maximum(1 - distance, 0)
    amounts = np.where(places < stop, amounts, 0.0)
    return np.minimum(places, old - 1), amounts / amounts.sum(0)


def _cubic(distance: Any, a: float = -0.75) -> Any:
    near = ((a + 2) * distance - (a + 3)) * distance**2 + 1
    return np.where(distance <= 1, near, ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a)


# -- pixels and channels -----------------------------------------------------------------------------------------------


def _check_factor(input: Tensor, factor: int, name: str) -> int:
    """Return ``factor`` if it is positive and ``input`` has at least 3 dimensions.  Raises ShapeError otherwise."""
    if check_tensor(input, name).ndim < 3:
        raise ShapeError(f"{name}: the input must have at least 3 dimensions, but its shape is {tuple(input.shape)}")
    if factor < 1:
        raise ShapeError(f"{name}: the factor or the number of groups must be positive, not {factor}")
    return factor


@public_function()
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Rearrange channels into pixels: ``(*, C * r * r, H, W)`` becomes ``(*, C, H * r, W * r)``.

    Shi et al., "Real-time single image and video super-resolution", 2016, arXiv:1609.05158.

    Args:
        input: a tensor ``(*, C * r * r, H, W)``.
        upscale_factor: ``r``, by which height and width grow.

    Returns:
        A tensor ``(*, C, H * r, W * r)``.

    Raises:
        ShapeError: ``input`` has fewer than 3 dimensions, or its channels are not divisible by ``r * r``.

    Example::

        >>> F.pixel_shuffle(polygrad.arange(4.0).reshape(4, 1, 1), 2)
        tensor([[[0., 1.],
                 [2., 3.]]])
    """
    r = _check_factor(input, upscale_factor, "pixel_shuffle")
    *lead, channels, height, width = input.shape
    if channels % (r * r):
        raise ShapeError(f"pixel_shuffle: {channels} channels of {tuple(input.shape)} are not divisible by {r} * {r}")
    n = len(lead)
    x = xp.reshape(input, (*lead, channels // (r * r), r, r, height, width))
    x = xp.permute_dims(x, (*range(n), n, n + 3, n + 1, n + 4, n + 2))
    return separate_from(input, xp.reshape(x, (*lead, channels // (r * r), height * r, width * r)))


@public_function()
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Rearrange pixels into channels, the inverse of `pixel_shuffle`.

    Args:
        input: a tensor ``(*, C, H * r, W * r)``.
        downscale_factor: ``r``, by which height and width shrink.

    Returns:
        A tensor ``(*, C * r * r, H, W)``.

    Raises:
        ShapeError: ``input`` has fewer than 3 dimensions, or height or width is not divisible by ``r``.

    Example::

        >>> F.pixel_unshuffle(polygrad.ones(1, 3, 8, 8), 2).shape
        polygrad.Size([1, 12, 4, 4])
    """
    r = _check_factor(input, downscale_factor, "pixel_unshuffle")
    *lead, channels, height, width = input.shape
    if height % r or width % r:
        raise ShapeError(f"pixel_unshuffle: height and width of {tuple(input.shape)} are not divisible by {r}")
    n = len(lead)
    x = xp.reshape(input, (*lead, channels, height // r, r, width // r, r))
    x = xp.permute_dims(x, (*range(n), n, n + 2, n + 4, n + 1, n + 3))
    return separate_from(input, xp.reshape(x, (*lead, channels * r * r, height // r, width // r)))


@public_function()
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Interleave the channels of groups: channel ``i`` of group ``g`` moves to ``i * groups + g``.

    Zhang et al., "ShuffleNet", 2017, arXiv:1707.01083.

    Args:
        input: a tensor ``(N, C, *)``.
        groups: how many groups of neighbouring channels there are.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has fewer than 3 dimensions, or its channels are not divisible by ``groups``.

    Example::

        >>> F.channel_shuffle(polygrad.arange(4).reshape(1, 4, 1), 2).flatten()
        tensor([0, 2, 1, 3])
    """
    groups = _check_factor(input, groups, "channel_shuffle")
    batch, channels, *rest = input.shape
    if channels % groups:
        raise ShapeError(f"channel_shuffle: {channels} channels of {tuple(input.shape)} are not divisible by {groups}")
    x = xp.reshape(input, (batch, groups, channels // groups, *rest))
    return separate_from(input, xp.reshape(xp.permute_dims(x, (0, 2, 1, *range(3, x.ndim))), tuple(input.shape)))
