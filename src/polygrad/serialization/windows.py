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

#: How often a view may repeat elements (``expand``), and the size up to which it may do so more often.
_MOST_REPEATS, _SMALL = 16, 1 << 18


class Window(NamedTuple):
    """The elements of a view, counted in the flat memory.

    Where memory and view differ in being complex, real numbers are counted.  With ``conjugate``, it is a window on the
    memory's complex conjugate.
    """

    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    conjugate: bool = False

    def ends(self) -> tuple[int, int]:
        """The first element of the memory that belongs to the view, and the one after its last."""
        reach = [(length - 1) * stride for length, stride in zip(self.shape, self.strides, strict=True)]
        return self.offset + sum(r for r in reach if r < 0), self.offset + sum(r for r in reach if r > 0) + 1

    def span(self, memory: DType, dtype: DType) -> tuple[int, int]:
        """`ends`, in elements of a memory of type ``memory``, for a view of type ``dtype``."""
        low, high = self.ends()
        if memory.is_complex and not dtype.is_complex:
            return low // 2, -(-high // 2)
        return low, high + (dtype.is_complex and not memory.is_complex)

    def shift(self, start: int, memory: DType, dtype: DType) -> Window:
        """This window on a memory that begins at element ``start`` of the former one."""
        return self._replace(offset=self.offset - start * (2 if memory.is_complex and not dtype.is_complex else 1))


class _without_graph:
    def __enter__(self) -> None:
        self._token = grad_mode.set(False)

    def __exit__(self, *exc: object) -> None:
        grad_mode.reset(self._token)


def view_chain(tensor: Tensor) -> tuple[Tensor, list[tuple[Any, dict[str, Any]]]]:
    """The tensor that owns the memory of ``tensor``, and the operations that lead from it to ``tensor``."""
    steps = []
    while tensor._base is not None:
        base, primitive, settings = tensor._base
        if primitive is not None:
            steps.append((primitive, settings))
        tensor = base
    return tensor, steps[::-1]


def window_of(tensor: Tensor, memory: Tensor, steps: list[tuple[Any, dict[str, Any]]]) -> Window | None:
    """The window of ``memory`` that the view ``tensor`` is, or None where offset and strides cannot describe it.

    The view is replayed on the backend whose views are windows with addresses: on memory that is never touched, or,
    where a step copies, on the elements' numbers.
    """
    if not tensor.shape.numel():
        return None
    # Views only move elements: their type matters only where real numbers become complex.
    named = memory.dtype.name if memory.dtype.name in ("float32", "float64", "complex64", "complex128") else "int8"
    model = np.empty(tuple(memory.shape), named)
    view = _replay(model, steps)
    if np.may_share_memory(view, model):
        unit = min(view.dtype.itemsize, model.dtype.itemsize)
        place = view.__array_interface__["data"][0] - model.__array_interface__["data"][0]
        window: Window | None = _window(place // unit, view.shape, [stride // unit for stride in view.strides])
    else:
        numbers = np.arange(float(memory.shape.numel())).reshape(memory.shape)
        if memory.dtype.is_complex:  # the numbers of both parts
            numbers = 2 * numbers + 1j * (2 * numbers + 1)
        window = _window_of_numbers(_replay(numbers, steps), memory.dtype.is_complex)
    if window is None or not can_be_made(window, memory.shape.numel(), memory.dtype, tensor.dtype):
        return None
    return window


def _replay(model: np.ndarray, steps: list[tuple[Any, dict[str, Any]]]) -> np.ndarray:
    made = cell(get_backend("numpy").asarray(model))
    with _without_graph():
        for primitive, settings in steps:
            made = primitive.op(made, **settings)
    return made._read()


def _window(offset: int, shape: tuple[int, ...], strides: list[int], conjugate: bool = False) -> Window:
    plain = tuple(0 if n == 1 else stride for n, stride in zip(shape, strides, strict=True))
    return Window(offset, shape, plain, conjugate)


def _window_of_numbers(view: np.ndarray, of_complex: bool) -> Window | None:
    """The window that shows elements of these numbers, or None."""
    if np.iscomplexobj(view):
        numbers, conjugate = view.real, bool((view.imag < 0).any())
        if (view.imag != (-1 if conjugate else 1) * (numbers + 1)).any():
            return None
        if of_complex:
            numbers = numbers / 2
    else:  # of a conjugate, the imaginary parts are negative
        numbers, conjugate = abs(view), bool((view < 0).any())
        if conjugate and ((view < 0) != (numbers % 2 == 1)).any():
            return None
    first = numbers[(0,) * numbers.ndim]
    steps = [numbers.take(min(1, n - 1), axis) for axis, n in enumerate(numbers.shape)]
    strides = [int(step[(0,) * step.ndim] - first) for step in steps]
    expected = first + sum(
        (np.arange(n) * stride).reshape(-1, *(1,) * (numbers.ndim - axis - 1))
        for axis, (n, stride) in enumerate(zip(numbers.shape, strides, strict=True))
    )
    return _window(int(first), numbers.shape, strides, conjugate) if (numbers == expected).all() else None


def can_be_made(window: Window, elements: int, memory: DType, dtype: DType) -> bool:
    """Whether `view_through` can make this window on a memory of so many ``elements``."""
    plain = _plain(window, memory, dtype)
    if plain is None or (window.conjugate and not (memory.is_complex or dtype.is_complex)):
        return False
    low, high = window.span(memory, dtype)
    dims = _dimensions(plain)
    nested = all(
        inner_length * inner <= outer or (place == len(dims) - 1 and (inner_length - 1) * inner < outer)
        for place, ((outer, _), (inner, inner_length)) in enumerate(pairwise(dims), 1)
    )
    repeats = math.prod(n for n, stride in zip(window.shape, window.strides, strict=True) if not stride)
    modest = repeats <= _MOST_REPEATS or math.prod(window.shape) <= _SMALL
    return 0 <= low < high <= elements and nested and modest


def _plain(window: Window, memory: DType, dtype: DType) -> Window | None:
    """The window on the memory's elements in the type ``dtype``; None where it has no such elements."""
    if dtype is memory or (memory.is_complex and memory.to_real() is dtype):
        return window
    if not dtype.is_complex or dtype.to_real() is not memory or any(stride % 2 for stride in window.strides):
        return None
    return Window(window.offset // 2, window.shape, tuple(stride // 2 for stride in window.strides), window.conjugate)


def _dimensions(window: Window) -> list[tuple[int, int]]:
    """Strides and lengths, from the widest stride to the narrowest; contiguous ones are merged."""
    moving = [(abs(s), n) for n, s in zip(window.shape, window.strides, strict=True) if n > 1 and s]
    dims: list[tuple[int, int]] = []
    for stride, length in sorted(moving, key=lambda dim: -dim[0]):
        if dims and dims[-1][0] == stride * length:
            dims[-1] = (stride, dims[-1][1] * length)
        else:
            dims.append((stride, length))
    return dims


def count_padding(window: Window, elements: int, memory: DType, dtype: DType) -> int:
    """How many more elements the memory needs for `view_through` to cut it into rows."""
    plain = _plain(window, memory, dtype)
    dims = _dimensions(plain) if plain else []
    if plain is None or len(dims) < 2:
        return 0
    stride, length = dims[0]
    needed = plain.ends()[0] + stride * length
    if memory.is_complex and not dtype.is_complex:
        needed = -(-needed // 2)
    elif dtype.is_complex and not memory.is_complex:
        needed = 2 * needed + 1
    return max(0, needed - elements)


def view_through(memory: Tensor, window: Window, dtype: DType) -> Tensor:
    """A view of the flat ``memory``, made of views, so that a write to any of them reaches the others."""
    with _without_graph():
        plain = _plain(window, memory.dtype, dtype)
        assert plain is not None  # checked by `can_be_made`
        made = _in_type(memory, window, dtype)
        offset, strides = plain.ends()[0], plain.strides
        dims = _dimensions(plain)
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
        return _arrange(made, window.shape, strides)


def _in_type(memory: Tensor, window: Window, dtype: DType) -> Tensor:
    """The flat ``memory``, or its conjugate, with elements of type ``dtype``."""
    if dtype.is_complex and not memory.dtype.is_complex:
        first = window.offset % 2
        pairs = (memory.shape.numel() - first) // 2
        memory = OPERATIONS.view_as_complex(
            OPERATIONS.reshape(_cut(memory, slice(first, first + 2 * pairs, 1)), (pairs, 2))
        )
    if window.conjugate:
        memory = OPERATIONS.conj(memory)
    if not dtype.is_complex and memory.dtype.is_complex:
        memory = OPERATIONS.reshape(OPERATIONS.view_as_real(memory), (2 * memory.shape.numel(),))
    return memory


def _arrange(made: Tensor, shape: tuple[int, ...], strides: tuple[int, ...]) -> Tensor:
    """``made``, whose axes go from the widest stride to the narrowest, with axes as in ``shape``."""
    axes = range(len(shape))
    moving = sorted((axis for axis in axes if shape[axis] > 1 and strides[axis]), key=lambda axis: -abs(strides[axis]))
    made = _reshape(made, tuple(shape[axis] for axis in moving))
    order = tuple(moving.index(axis) for axis in sorted(moving))
    if order != tuple(sorted(order)):
        made = OPERATIONS.permute_dims(made, order)
    made = _reshape(made, tuple(shape[axis] if axis in moving else 1 for axis in axes))
    if any(strides[axis] < 0 for axis in moving):
        made = _cut(
            made,
            *(slice(n - 1, None, -1) if n > 1 and s < 0 else slice(None) for n, s in zip(shape, strides, strict=True)),
        )
    return made if tuple(made.shape) == shape else OPERATIONS.broadcast_to(made, shape)


def _reshape(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    return x if tuple(x.shape) == shape else OPERATIONS.reshape(x, shape)


def _cut(x: Tensor, *key: Any) -> Tensor:
    return OPERATIONS.getitem(x, key if ... in key else (*key, ...))
