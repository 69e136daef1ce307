"""Views of one memory, as a file describes them: an offset, a shape and strides, in elements."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor, cell
from .._dtypes import DType
from .._state import grad_mode
from ..backends.registry import get_backend

#: How much larger than its memory a view that repeats elements (``expand``) may be, where it is no small one.
_MOST_REPEATS, _SMALL = 16, 1 << 18


class Window(NamedTuple):
    """The elements of a view, counted in the flat memory; ``dtype`` is its own, which may be that of the real parts."""

    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def ends(self) -> tuple[int, int]:
        """The first element of the memory that belongs to the view, and the one behind its last."""
        reach = [(length - 1) * stride for length, stride in zip(self.shape, self.strides, strict=True)]
        return self.offset + sum(r for r in reach if r < 0), self.offset + sum(r for r in reach if r > 0) + 1


class _without_graph:
    def __enter__(self) -> None:
        self._token = grad_mode.set(False)

    def __exit__(self, *exc: object) -> None:
        grad_mode.reset(self._token)


def family(tensor: Tensor) -> tuple[Tensor, list[tuple[Any, dict[str, Any]]]]:
    """The tensor that owns the memory of ``tensor``, and the operations that lead from it to ``tensor``."""
    steps = []
    while tensor._base is not None:
        base, primitive, settings = tensor._base
        if primitive is not None:
            steps.append((primitive, settings))
        tensor = base
    return tensor, steps[::-1]


def window_of(tensor: Tensor, memory: Tensor, steps: list[tuple[Any, dict[str, Any]]]) -> Window | None:
    """Which elements of ``memory`` the view ``tensor`` has, or None where offset and strides cannot say it.

    The view is made again on the backend whose views are windows with addresses: of memory that is never touched, or
    else, where a step of it copies, of the elements' numbers.
    """
    if not tensor.shape.numel():
        return None
    # The operations of views move elements: of what type these are matters only where it is complex.
    dtype = np.dtype(memory.dtype.name if memory.dtype.is_complex else np.int8)
    model = np.empty(tuple(memory.shape), dtype)
    view = _again(model, steps)
    if np.may_share_memory(view, model):
        item, strides = view.dtype.itemsize, view.strides
        place = view.__array_interface__["data"][0] - model.__array_interface__["data"][0]
        window = _window(place // item, view.shape, tuple(stride // item for stride in strides))
        if place % item or any(stride % item for stride in strides):
            return None
    else:
        found = _window_of_numbers(_numbers(_again(_numbered(memory), steps), memory.dtype, tensor.dtype))
        if found is None:
            return None
        window = found
    return window if can_be_made(window, memory.shape.numel(), memory.dtype, tensor.dtype) else None


def _again(model: np.ndarray, steps: list[tuple[Any, dict[str, Any]]]) -> np.ndarray:
    made = cell(get_backend("numpy").asarray(model))
    with _without_graph():
        for primitive, settings in steps:
            made = primitive.op(made, **settings)
    return made._read()


def _window(offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Window:
    return Window(offset, shape, tuple(0 if n == 1 else stride for n, stride in zip(shape, strides, strict=True)))


def _numbered(memory: Tensor) -> np.ndarray:
    """The elements' numbers; of a complex number those of both parts."""
    numbers = np.arange(memory.shape.numel()).reshape(memory.shape)
    return 2 * numbers + 1j * (2 * numbers + 1) if memory.dtype.is_complex else numbers


def _numbers(view: np.ndarray, memory: DType, dtype: DType) -> np.ndarray | None:
    if not memory.is_complex:
        return view
    if dtype is not memory:
        return view.astype(np.int64)
    # A conjugate has other parts than the memory.
    return view.real.astype(np.int64) // 2 if (view.imag == view.real + 1).all() else None


def _window_of_numbers(numbers: np.ndarray | None) -> Window | None:
    if numbers is None:
        return None
    first = numbers[(0,) * numbers.ndim]
    strides = [
        int(numbers[(*(0,) * axis, 1, *(0,) * (numbers.ndim - axis - 1))] - first) if numbers.shape[axis] > 1 else 0
        for axis in range(numbers.ndim)
    ]
    expected = first + sum(
        (np.arange(n) * stride).reshape(-1, *(1,) * (numbers.ndim - axis - 1))
        for axis, (n, stride) in enumerate(zip(numbers.shape, strides, strict=True))
    )
    return Window(int(first), numbers.shape, tuple(strides)) if (numbers == expected).all() else None


def can_be_made(window: Window, elements: int, memory: DType, dtype: DType) -> bool:
    """Whether `view_through` can give this window on a memory of so many ``elements``."""
    parts = 1
    if dtype is not memory:
        if memory.to_real() is not dtype:
            return False
        parts = 2  # of complex numbers, all the real or all the imaginary parts
        if any(stride % 2 for stride in window.strides):
            return False
    low, high = window.ends()
    dims = _dimensions(window)
    nested = all(
        inner_length * inner <= outer or (place == len(dims) - 1 and (inner_length - 1) * inner < outer)
        for place, ((outer, _), (inner, inner_length)) in enumerate(pairwise(dims), 1)
    )
    repeats = math.prod(n for n, stride in zip(window.shape, window.strides, strict=True) if not stride)
    modest = repeats <= _MOST_REPEATS or math.prod(window.shape) <= _SMALL
    return 0 <= low < high <= parts * elements and nested and modest


def _dimensions(window: Window) -> list[tuple[int, int]]:
    """Strides and lengths, from the widest stride to the narrowest; what lies together is one dimension."""
    moving = [(abs(s), n) for n, s in zip(window.shape, window.strides, strict=True) if n > 1 and s]
    dims: list[tuple[int, int]] = []
    for stride, length in sorted(moving, key=lambda dim: -dim[0]):
        if dims and dims[-1][0] == stride * length:
            dims[-1] = (stride, dims[-1][1] * length)
        else:
            dims.append((stride, length))
    return dims


def padding(window: Window, elements: int, memory: DType, dtype: DType) -> int:
    """How many elements more than it has the memory needs, for `view_through` to cut it into rows."""
    dims = _dimensions(window)
    if len(dims) < 2:
        return 0
    stride, length = dims[0]
    parts = 1 if dtype is memory else 2
    return max(0, -(-(window.ends()[0] + stride * length) // parts) - elements)


def view_through(memory: Tensor, window: Window, dtype: DType) -> Tensor:
    """A view of the flat ``memory``: made of views, so that a write to any of them reaches the others."""
    with _without_graph():
        offset, strides = window.ends()[0], window.strides
        if dtype is not memory.dtype:
            memory = OPERATIONS.imag(memory) if offset % 2 else OPERATIONS.real(memory)
            offset, strides = offset // 2, tuple(stride // 2 for stride in strides)
        dims = _dimensions(window._replace(strides=strides))
        made = memory
        if len(dims) < 2:
            stride, length = dims[0] if dims else (1, 1)
            made = _cut(made, slice(offset, offset + (length - 1) * stride + 1, stride))
        else:
            stride, length = dims[0]
            made = OPERATIONS.reshape(_cut(made, slice(offset, offset + stride * length, 1)), (length, stride))
            for stride, length in dims[1:-1]:
                rows = tuple(made.shape[:-1])
                made = OPERATIONS.reshape(_cut(made, ..., slice(0, stride * length, 1)), (*rows, length, stride))
            stride, length = dims[-1]
            made = _cut(made, ..., slice(0, (length - 1) * stride + 1, stride))
        return _arranged(made, window.shape, strides)


def _arranged(made: Tensor, shape: tuple[int, ...], strides: tuple[int, ...]) -> Tensor:
    """``made``, whose axes go from the widest stride to the narrowest, with axes as in ``shape``."""
    axes = range(len(shape))
    moving = sorted((axis for axis in axes if shape[axis] > 1 and strides[axis]), key=lambda axis: -abs(strides[axis]))
    made = _reshaped(made, tuple(shape[axis] for axis in moving))
    order = tuple(moving.index(axis) for axis in sorted(moving))
    if order != tuple(sorted(order)):
        made = OPERATIONS.permute_dims(made, order)
    made = _reshaped(made, tuple(shape[axis] if axis in moving else 1 for axis in axes))
    if any(strides[axis] < 0 for axis in moving):
        made = _cut(
            made,
            *(slice(n - 1, None, -1) if n > 1 and s < 0 else slice(None) for n, s in zip(shape, strides, strict=True)),
        )
    return made if tuple(made.shape) == shape else OPERATIONS.broadcast_to(made, shape)


def _reshaped(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    return x if tuple(x.shape) == shape else OPERATIONS.reshape(x, shape)


def _cut(x: Tensor, *key: Any) -> Tensor:
    return OPERATIONS.getitem(x, key if ... in key else (*key, ...))
