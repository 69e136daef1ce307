"""Strides as PyTorch defines them: they decide whether `reshape` returns a view or a copy.

An array library may lay out memory as it likes, and whether a write reaches another tensor must not depend on that.  So
the strides are derived from how a view was made, from a base that counts as contiguous.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor, cell
from .._ops.axes import normal_axis
from .public import public_method


def contiguous_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the strides, in elements, of a contiguous tensor of ``shape``."""
    strides, step = [], 1
    for length in reversed(shape):
        strides.append(step)
        step *= max(length, 1)
    return tuple(reversed(strides))


def strides_of(tensor: Tensor) -> tuple[int, ...]:
    """Return the strides of ``tensor``, in elements."""
    chain = tensor._view_chain()
    shape = tuple(chain[-1].shape)
    strides = contiguous_strides(shape)
    for view in reversed(chain[:-1]):
        _, primitive, settings = view._base
        strides = _STRIDES[primitive.name](shape, strides, tuple(view.shape), **settings)
        shape = tuple(view.shape)
    return strides


@public_method()
def stride(input: Tensor, dim: int | None = None) -> Any:
    """Return how many elements lie between neighbours along each dimension, in PyTorch's memory layout.

    Args:
        input: a tensor of any shape.
        dim: the dimension.  None, the default, returns the strides of all of them.

    Returns:
        An int, or a tuple of ints.

    Raises:
        IndexError: ``dim`` is out of range.

    Example::

        >>> polygrad.ones(2, 3).stride(), polygrad.ones(2, 3).T.stride()
        ((3, 1), (1, 3))
    """
    strides = strides_of(input)
    return strides if dim is None else strides[normal_axis(dim, input.ndim)]


@public_method()
def is_contiguous(input: Tensor, memory_format: Any = None) -> bool:
    """Test whether the elements lie one after the other in PyTorch's memory layout: a transpose does not.

    Args:
        input: a tensor of any shape.
        memory_format: accepted for compatibility with PyTorch.

    Returns:
        A Python bool.

    Example::

        >>> polygrad.ones(2, 3).is_contiguous(), polygrad.ones(2, 3).T.is_contiguous()
        (True, False)
    """
    if input._base is None:
        return True
    shape = tuple(input.shape)
    return 0 in shape or all(
        n == 1 or a == b for n, a, b in zip(shape, strides_of(input), contiguous_strides(shape), strict=True)
    )


def separate(tensor: Tensor) -> Tensor:
    """Return the same value and graph edge in a cell that shares no memory."""
    return cell(tensor._read(), tensor._edge)


def separate_from(input: Tensor, result: Tensor) -> Tensor:
    """Return ``result`` in new memory, as PyTorch does, where it is ``input`` itself or a view."""
    return xp.clone(input) if result is input else result if result._base is None else separate(result)


def reshaped_strides(
    shape: tuple[int, ...], strides: tuple[int, ...], target: tuple[int, ...]
) -> tuple[int, ...] | None:
    """Return the strides of a view of shape ``target``, or None where there is no such view.

    Dimensions that lie evenly in memory form a run; a new dimension must not cross from one run into another.
    """
    if 0 in shape:
        return contiguous_strides(target)
    runs: list[list[int]] = []  # [number of elements, stride of the innermost]
    for length, step in zip(shape, strides, strict=True):
        if length == 1:
            continue
        if runs and runs[-1][1] == length * step:
            runs[-1] = [runs[-1][0] * length, step]
        else:
            runs.append([length, step])
    result: list[int] = []
    count, step = runs.pop() if runs else (1, 1)
    for length in reversed(target):
        if count == 1 and length > 1:
            count, step = runs.pop()
        if count % length:
            return None
        result.append(step)
        count //= length
        step *= length
    return tuple(reversed(result))


# -- what each view does to strides ------------------------------------------------------------------------------------


def _getitem(shape, strides, result_shape, /, key):
    result, axis = [], 0
    for item in key:
        if item is None:
            result.append(1)
        elif item is Ellipsis:
            skipped = len(shape) - sum(1 for k in key if k is not None and k is not Ellipsis)
            result.extend(strides[axis : axis + skipped])
            axis += skipped
        else:
            if isinstance(item, slice):
                result.append(strides[axis] * (item.step or 1))
            axis += 1
    result.extend(strides[axis:])
    # An inserted dimension has the stride that PyTorch's unsqueeze gives it.
    for place in reversed([i for i, item in enumerate(_dims_of_key(key, len(shape))) if item is None]):
        result[place] = result_shape[place + 1] * result[place + 1] if place + 1 < len(result) else 1
    return tuple(result)


def _dims_of_key(key, ndim):
    """Return, for each dimension of the result, the part of the key that makes it."""
    items: list[Any] = []
    for item in key:
        if item is Ellipsis:
            items.extend([item] * (ndim - sum(1 for k in key if k is not None and k is not Ellipsis)))
        elif not isinstance(item, int):
            items.append(item)
    return items


def _permute(shape, strides, result_shape, /, axes):
    return tuple(strides[a] for a in axes)


def _transpose(shape, strides, result_shape, /):
    return (*strides[:-2], strides[-1], strides[-2])


def _broadcast(shape, strides, result_shape, /, **settings):
    offset = len(result_shape) - len(shape)
    result = [0 if n != m else s for n, m, s in zip(shape, result_shape[offset:], strides, strict=True)]
    for place in reversed(range(offset)):  # a new dimension of length 1 is like one of unsqueeze
        inner = result_shape[place + 1] * result[0] if result else 0
        result.insert(0, inner if result_shape[place] == 1 else 0)
    return tuple(result)


def _reshape(shape, strides, result_shape, /, **settings):
    # PyTorch has no such view; its result counts as contiguous.
    return reshaped_strides(shape, strides, result_shape) or contiguous_strides(result_shape)


def _part(shape, strides, result_shape, /):
    return tuple(2 * s for s in strides)  # the real or imaginary parts of complex numbers


def _parts(shape, strides, result_shape, /):
    return (*_part(shape, strides, result_shape), 1)


def _pairs(shape, strides, result_shape, /):
    return tuple(s // 2 for s in strides[:-1])


def _select(shape, strides, result_shape, /, **settings):
    return contiguous_strides(result_shape)


def _diagonal(shape, strides, result_shape, /, offset):
    return (*strides[:-2], strides[-2] + strides[-1])


_STRIDES: dict[str, Callable[..., tuple[int, ...]]] = {
    "getitem": _getitem, "permute_dims": _permute, "matrix_transpose": _transpose, "broadcast_to": _broadcast,
    "reshape": _reshape, "real": _part, "imag": _part, "view_as_real": _parts, "view_as_complex": _pairs,
    "conj": lambda shape, strides, result_shape, /: strides, "diagonal": _diagonal,
    "selection": _select,
}  # fmt: skip
