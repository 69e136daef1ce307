"""Cache keys of programs: what a program depends on, of the arguments and the global modes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core.lending import LENT_TYPES, end_loan
from .._core.tensor import TENSOR_TYPES, Tensor
from .._dtypes import get_default_dtype
from .._pytree import flatten
from .._state import grad_enabled
from ..backends.registry import get_backend


def _array(x: Tensor) -> Any:
    """The array of ``x``; ends a loan of its memory to NumPy if possible."""
    if x._data.__class__ in LENT_TYPES:
        end_loan(x)
    return x._data


def any_lent(tensors: Sequence[Any]) -> bool:
    """Whether one of ``tensors`` shares its memory with NumPy arrays, so that no program can use it."""
    return bool(LENT_TYPES) and any(x._data.__class__ in LENT_TYPES for x in tensors)


def key_of_tensors(args: Sequence[Any]) -> tuple[Any, ...] | None:
    """The key for arguments that are distinct tensors, or no arguments: the frequent case.  None for others."""
    if not args:
        return grad_enabled(), get_default_dtype(), get_backend()
    parts: list[Any] = [grad_enabled(), get_default_dtype()]
    for x in args:
        if x.__class__ not in TENSOR_TYPES:
            return None
        array = x._data if not LENT_TYPES else _array(x)
        parts += array.__class__, array.shape, array.dtype, x._edge.__class__
    return tuple(parts) if len(args) == 1 or len(set(map(id, args))) == len(args) else None


def key_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], list[Tensor]]:
    """The key for any arguments, and the tensors among them.

    It has the shape, dtype and requires_grad of tensors, and the value of anything else.
    """
    leaves, structure = flatten((args, kwargs))
    tensors = [leaf for leaf in leaves if isinstance(leaf, Tensor)]
    first: dict[int, int] = {}
    parts: list[Any] = [structure, grad_enabled(), get_default_dtype(), None if tensors else get_backend()]
    for place, leaf in enumerate(leaves):
        if isinstance(leaf, Tensor):
            array = _array(leaf)
            edge = leaf._edge.__class__
            parts.append((array.__class__, tuple(array.shape), array.dtype, edge, first.setdefault(id(leaf), place)))
        else:
            parts.append(
                (leaf.__class__, repr(leaf) if leaf.__class__ is float else leaf)
            )  # -0.0 equals 0.0, and nan does not equal itself
    return tuple(parts), tensors
