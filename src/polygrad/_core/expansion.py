"""Writes to expanded tensors, where several elements share one memory location."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..backends.registry import BY_TYPE
from .primitive import OPERATIONS

#: Views that only move elements.  Run on the positions of the base, they give each element's position in the base.
_MOVES = frozenset({"reshape", "permute_dims", "matrix_transpose", "getitem", "diagonal", "broadcast_to"})


def find_expanded(tensor: Any) -> Any:
    """The tensor whose expansion ``tensor`` is, or is a view of; None if nothing was expanded."""
    expanded, base = None, tensor._base
    while base is not None and base[1] is not None and base[1].name in _MOVES:
        if base[1].name == "broadcast_to":
            expanded = base[0]
        base = base[0]._base
    return expanded


def find_positions(base: Any, view: Any) -> np.ndarray:
    """For each element of ``view`` its position in ``base``, flattened."""
    shape, steps, tensor = tuple(base.shape), [], view
    while tensor is not base:
        tensor, primitive, settings = tensor._base
        steps.append((primitive, settings))
    positions = np.arange(math.prod(shape)).reshape(shape)
    for primitive, settings in reversed(steps):
        positions = primitive.forward(BY_TYPE[np.ndarray].xp, positions, **settings)
    return positions


def positions_like(base: Any, positions: np.ndarray) -> Any:
    """``positions`` as a tensor on the backend and device of ``base``."""
    array = base._read()
    backend = BY_TYPE[array.__class__]
    return base._cell(backend.asarray(positions, device=None if backend.level else backend.device(array)))


def write_through(base: Any, view: Any, value: Any) -> Any:
    """The value of ``base`` after a write of ``value`` to ``view``, which is an expansion of ``base`` or a view of one.

    Raises RuntimeError if two elements of ``view`` share a memory location.
    """
    shape, positions = tuple(base.shape), find_positions(base, view).reshape(-1)
    if positions.size and np.bincount(positions).max() > 1:
        raise RuntimeError(
            f"unsupported operation: more than one element of the written-to tensor, of shape "
            f"{tuple(view.shape)} and expanded from a tensor of shape {shape}, refers to a single memory "
            "location; clone() the tensor first"
        )
    flat = OPERATIONS.reshape(base, (-1,))
    written = OPERATIONS.put_rows(flat, OPERATIONS.reshape(value, (-1,)), positions_like(base, positions))
    return OPERATIONS.reshape(written, shape)
