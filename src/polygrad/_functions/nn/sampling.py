"""Sampling of images at given positions, which may depend on parameters.

Jaderberg et al., "Spatial transformer networks", 2015, arXiv:1506.02025.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import _dtypes
from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.same_dtype import check_same_dtype
from ..._core.tensor import Tensor
from ..._core.warn import warn
from ..common import check_tensor, place_of, sizes, xp
from ..creation import arange, tensor
from ..joining import stack

_MODES = ("bilinear", "nearest", "bicubic")
_PADDINGS = ("zeros", "border", "reflection")


def _warn_of_default(name: str, align_corners: bool | None) -> bool:
    if align_corners is None:
        warn(f"{name}: align_corners is False unless given; write it, since PyTorch before 1.3 had True")
    return bool(align_corners)


# -- positions ---------------------------------------------------------------------------------------------------------


def _reflect(x: Tensor, length: int, align_corners: bool) -> Tensor:
    """Reflect positions at the centres of the outer elements, or at their edges, until they are inside."""
    low, span = (0.0, length - 1.0) if align_corners else (-0.5, float(length))
    if not span:
        return xp.where(xp.isnan(x), x, 0)
    distance = xp.where(x < low, low - x, x - low)
    flips = xp.floor(distance / span)
    inside = distance - flips * span
    return xp.where(flips - 2 * xp.floor(flips / 2) == 0, inside + low, span - inside + low)


def _clip(x: Tensor, length: int) -> Tensor:
    """Move positions to the nearest element inside; those that are moved, or lie at the border, get no gradient."""
    fixed = xp.clip(x, 0, length - 1).detach()
    return xp.where(xp.logical_and(x > 0, x < length - 1), x, fixed)


def _inside(x: Tensor, length: int, padding_mode: str, align_corners: bool) -> Tensor:
    """Map positions outside of the image as ``padding_mode`` says."""
    if padding_mode == "reflection":
        x = _reflect(x, length, align_corners)
    return x if padding_mode == "zeros" else _clip(x, length)


def _cubic_weights(share: Tensor) -> list[Tensor]:
    """Return the weights of four neighbours: the cubic convolution of Keys (1981) with a = -0.75."""
    a = -0.75

    def near(x: Tensor) -> Tensor:
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x: Tensor) -> Tensor:
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return [far(share + 1), near(share), near(1 - share), far(2 - share)]


def _neighbours(
    position: Tensor, length: int, mode: str, padding_mode: str, align_corners: bool
) -> list[tuple[Tensor, Tensor]]:
    """Return the places along one axis that a position mixes, as floating-point numbers, and their weights."""
    if align_corners:
        x = (position + 1) * ((length - 1) / 2)
    else:
        x = ((position + 1) * length - 1) / 2
    if padding_mode != "reflection":
        x = xp.clip(x, -4, length + 3)  # further away nothing changes, and infinity has no neighbours
    if mode == "bicubic":
        below = xp.floor(x)
        places = [_inside(below + step, length, padding_mode, align_corners) for step in (-1, 0, 1, 2)]
        return list(zip(places, _cubic_weights(x - below), strict=True))
    x = _inside(x, length, padding_mode, align_corners)
    if mode == "nearest":
        return [(xp.round(x), xp.where(xp.isnan(x), x, 1))]  # 1 with a gradient, of zeros
    below = xp.floor(x)
    share = x - below
    return [(below, 1 - share), (below + 1, share)]


def _sample(x: Tensor, grid: Tensor, mode: str, padding_mode: str, align_corners: bool) -> Tensor:
    """Mix the elements around each position: rows of ``x`` with the channels last, each with the product of its weights."""
    (batch, channels, *lengths), axes = x.shape, x.ndim - 2
    positions = xp.reshape(grid, (batch, -1 if batch and grid.shape.numel() else 0, axes))
    along = [
        _neighbours(positions[:, :, axes - 1 - axis], length, mode, padding_mode, align_corners)
        for axis, length in enumerate(lengths)
    ]
    numbers, weights, inside = [], [], []
    for corner in itertools.product(*along):
        number: Any = None
        weight: Any = None
        valid: Any = None
        for (place, amount), length in zip(corner, lengths, strict=True):
            known = xp.logical_and(place >= 0, place <= length - 1)  # not so for NaN
            whole = xp.astype(xp.where(known, place, 0), _dtypes.int64)
            number = whole if number is None else number * length + whole
            valid = known if valid is None else xp.logical_and(valid, known)
            weight = amount if weight is None else weight * amount
        numbers.append(number)
        inside.append(valid)
        weights.append(weight)
    first = xp.reshape(arange(batch, **place_of(grid)), (batch, 1, 1)) * x.shape[2:].numel()
    index = stack(numbers, 1) + first
    rows = xp.permute_dims(xp.reshape(x, (batch, channels, x.shape[2:].numel())), (0, 2, 1))
    rows = xp.reshape(rows, (batch * x.shape[2:].numel(), channels))
    picked = xp.reshape(xp.take_rows(rows, xp.reshape(index, (index.shape.numel(),))), (*index.shape, channels))
    picked = xp.where(stack(inside, 1)[..., None], picked, 0)
    mixed = xp.sum(picked * stack(weights, 1)[..., None], axis=1)
    return xp.reshape(xp.permute_dims(mixed, (0, 2, 1)), (batch, channels, *grid.shape[1:-1]))


@in_single_precision
def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """Sample images or volumes at the positions of a grid.

    Jaderberg et al., "Spatial transformer networks", 2015, arXiv:1506.02025.  "bicubic" is the cubic convolution of Keys (1981)
    with ``a = -0.75``.

    Args:
        input: images ``(N, C, H, W)`` or volumes ``(N, C, D, H, W)``.
        grid: positions ``(N, H', W', 2)`` as ``(x, y)``, or ``(N, D', H', W', 3)`` as ``(x, y, z)``; ``x`` is along ``W``, -1 is
            the first column and 1 the last.
        mode: "bilinear", which is trilinear for volumes, "nearest", or "bicubic" for images.
        padding_mode: what lies outside: "zeros", "border" for the nearest element, or "reflection".
        align_corners: whether -1 and 1 are the centres of the outer elements, or their outer edges.  None is False, and warns.

    Returns:
        A tensor ``(N, C, H', W')`` or ``(N, C, D', H', W')``.

    Raises:
        ValueError: ``mode`` or ``padding_mode`` is unknown.
        ShapeError: the shapes do not fit.
        MixedTypesError: the data types differ.
        NotImplementedError: "bicubic" of volumes.

    Example::

        >>> x = polygrad.arange(4.0).reshape(1, 1, 2, 2)
        >>> grid = polygrad.tensor([[[[0.0, 0.0], [1.0, 1.0]]]])
        >>> F.grid_sample(x, grid, align_corners=True).flatten()
        tensor([1.5000, 3.0000])
    """
    if mode not in _MODES:
        raise ValueError(f"grid_sample: mode must be 'bilinear', 'nearest' or 'bicubic', not {mode!r}")
    if padding_mode not in _PADDINGS:
        raise ValueError(f"grid_sample: padding_mode must be 'zeros', 'border' or 'reflection', not {padding_mode!r}")
    align_corners = _warn_of_default("grid_sample", align_corners)
    check_tensor(input, "grid_sample")
    check_tensor(grid, "grid_sample", "grid")
    shapes = f"got input of shape {tuple(input.shape)} and grid of shape {tuple(grid.shape)}"
    if input.ndim not in (4, 5) or grid.ndim != input.ndim:
        raise ShapeError(f"grid_sample: input and grid must both have 4 dimensions, or both 5; {shapes}")
    if grid.shape[-1] != input.ndim - 2:
        raise ShapeError(f"grid_sample: the last dimension of the grid must have length {input.ndim - 2}; {shapes}")
    if grid.shape[0] != input.shape[0]:
        raise ShapeError(f"grid_sample: input and grid must have the same batch size; {shapes}")
    if 0 in input.shape[2:]:
        raise ShapeError(f"grid_sample: the images must not be empty; {shapes}")
    if mode == "bicubic" and input.ndim != 4:
        raise NotImplementedError("grid_sample: mode 'bicubic' is only for images, inputs of 4 dimensions")
    check_same_dtype("grid_sample", {"input": input, "grid": grid})
    return _sample(input, grid, mode, padding_mode, align_corners)


# -- grids -------------------------------------------------------------------------------------------------------------


@in_single_precision
def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """Make the grid, for `grid_sample`, of an affine map of the positions of the result.

    Args:
        theta: matrices ``(N, 2, 3)`` for images or ``(N, 3, 4)`` for volumes; they map ``(x, y, 1)`` or ``(x, y, z, 1)``.
        size: the size of the result, ``(N, C, H, W)`` or ``(N, C, D, H, W)``.
        align_corners: whether -1 and 1 are the centres of the outer elements, or their outer edges.  None is False, and warns.

    Returns:
        Positions ``(N, H, W, 2)`` or ``(N, D, H, W, 3)``.

    Raises:
        ValueError: ``theta`` is not of a floating-point type or shape that fits ``size``, or a size is not positive.
        NotImplementedError: ``size`` has other than 4 or 5 elements.

    Example::

        >>> theta = polygrad.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
        >>> F.affine_grid(theta, (1, 1, 2, 2), align_corners=True).flatten()
        tensor([-1., -1.,  1., -1., -1.,  1.,  1.,  1.])
    """
    align_corners = _warn_of_default("affine_grid", align_corners)
    if not check_tensor(theta, "affine_grid", "theta").dtype.is_floating_point:
        raise ValueError(f"affine_grid: theta must be of a floating-point type, not {theta.dtype.name}")
    shape = sizes(size)
    if len(shape) not in (4, 5):
        raise NotImplementedError(f"affine_grid takes sizes of 4 or 5 elements, for images or volumes, not {shape}")
    axes = len(shape) - 2
    if tuple(theta.shape) != (shape[0], axes, axes + 1):
        raise ValueError(
            f"affine_grid: theta must have shape {(shape[0], axes, axes + 1)} for size {shape}, not {tuple(theta.shape)}"
        )
    if min(shape) <= 0:
        raise ValueError(f"affine_grid: the sizes must be positive, not {shape}")
    if align_corners and min(shape[2:]) == 1:
        warn(
            "affine_grid: with align_corners=True, the position along an axis of length 1 is 0, and not -1 as before PyTorch 1.3"
        )
    columns = []
    for length in shape[2:]:
        steps = np.linspace(-1, 1, length) if length > 1 else np.zeros(1)
        columns.append(steps if align_corners else steps * (length - 1) / length)
    mesh = np.meshgrid(*columns, indexing="ij")
    base = np.stack([*reversed(mesh), np.ones_like(mesh[0])], -1).reshape(-1, axes + 1)
    positions = tensor(base, dtype=theta.dtype, **place_of(theta))
    found = xp.matmul(positions, xp.matrix_transpose(theta))
    return xp.reshape(found, (shape[0], *shape[2:], axes))
