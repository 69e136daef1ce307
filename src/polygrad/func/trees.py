"""Arguments and results of transforms: nested lists, tuples and dicts of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import _pytree as pytree
from .._core.tensor import Tensor, cell
from .._pytree import unflatten

__all__ = [
    "TransformError",
    "copy_cells",
    "find_written",
    "flatten",
    "replace_at",
    "resolve_argnums",
    "results_of",
    "substitute_arguments",
    "tensors_of",
    "unflatten",
]  # fmt: skip


class TransformError(TypeError, ValueError, RuntimeError):
    """A transform got an argument, or its function returned a result, that it cannot take.

    It is a TypeError, a ValueError and a RuntimeError, since PyTorch raises any of them in such cases.
    """


def flatten(tree: Any) -> tuple[list[Any], Any]:
    """The leaves of ``tree``, and its structure, which is None for a leaf."""
    return ([tree], None) if tree.__class__ is Tensor or tree is None else pytree.flatten(tree)


def tensors_of(tree: Any, name: str, what: str, differentiable: bool = False) -> tuple[list[Tensor], Any]:
    """The leaves of ``tree``, and its structure.

    Raises TransformError for a leaf that is not a tensor, or, if ``differentiable``, not of floating-point or complex
    type.
    """
    leaves, structure = flatten(tree)
    for number, leaf in enumerate(leaves):
        if isinstance(leaf, Tensor) and (not differentiable or leaf.dtype.is_differentiable):
            continue
        place = f"{what}, leaf {number}," if len(leaves) > 1 else what
        if not isinstance(leaf, Tensor):
            raise TransformError(
                f"{name}: {place} must be a Tensor, not {type(leaf).__name__}; tensors may be nested in lists, tuples and dicts"
            )
        raise TransformError(
            f"{name}: {place} is {leaf.dtype.name}; derivatives are taken with respect to floating-point or complex tensors: "
            "convert it, as in x.to(polygrad.float32), or leave it out of argnums"
        )
    return leaves, structure


def results_of(tree: Any, name: str) -> tuple[list[Tensor], Any]:
    """`tensors_of` the result of a function.  Raises TransformError also where there is no tensor."""
    leaves, structure = tensors_of(tree, name, "what the function returns")
    if not leaves:
        raise TransformError(f"{name}: the function must return at least one tensor, and it returned {tree!r}")
    return leaves, structure


def copy_cells(leaves: Sequence[Any]) -> list[Any]:
    """``leaves`` as new tensors of the same arrays, so that results are freed unless the caller holds them."""
    return [cell(x._read(), x._edge) if isinstance(x, Tensor) else x for x in leaves]


def substitute_arguments(
    args: Sequence[Any], positions: Sequence[int]
) -> tuple[list[Any], list[tuple[Tensor, Tensor, Any]]]:
    """``args`` with new tensors around the same arrays, except at ``positions``.

    Also a list of ``(given tensor, substitute, its array)``, for `find_written`.
    """
    inside, pairs = list(args), []
    for position, tree in enumerate(args):
        if position not in positions:
            leaves, structure = flatten(tree)
            own = copy_cells(leaves)
            inside[position] = own[0] if structure is None else unflatten(structure, own)
            pairs += [(x, y, y._read()) for x, y in zip(leaves, own, strict=True) if isinstance(y, Tensor)]
    return inside, pairs


def find_written(pairs: Sequence[tuple[Tensor, Tensor, Any]]) -> list[tuple[Tensor, Tensor]]:
    """The pairs ``(given tensor, substitute)`` of substitutes that a function wrote to without changing their shape."""
    found = []
    for x, y, array in pairs:
        if (now := y._read()) is not array and now.shape == array.shape:
            found.append((x, y))
    return found


def resolve_argnums(name: str, args: Sequence[Any], argnums: int | Sequence[int]) -> tuple[list[int], bool]:
    """The positions in ``args`` that ``argnums`` names, and whether it is a single int.

    Raises TransformError for positions that are not ints, out of range, or repeated.
    """
    single = isinstance(argnums, int)
    given = (argnums,) if single else argnums
    if not isinstance(given, tuple) or not all(isinstance(n, int) and not isinstance(n, bool) for n in given):
        raise TransformError(f"{name}: argnums is an int or a tuple of ints, not {argnums!r}")
    if not given:
        raise TransformError(f"{name}: argnums is empty: there is nothing to differentiate with respect to")
    for n in given:
        if not -len(args) <= n < len(args):
            raise TransformError(
                f"{name}: argnums={argnums!r}, but the function was called with {len(args)} positional arguments, number "
                f"{'0' if len(args) == 1 else f'0 to {len(args) - 1}' if args else 'none'}; argnums counts these"
            )
    positions = [n % len(args) for n in given]
    if len(set(positions)) < len(positions):
        raise TransformError(f"{name}: argnums={argnums!r} names an argument twice")
    return positions, single


def replace_at(args: Sequence[Any], positions: Sequence[int], new: Sequence[Any]) -> tuple[Any, ...]:
    """``args`` with the values ``new`` at ``positions``."""
    result = list(args)
    for position, value in zip(positions, new, strict=True):
        result[position] = value
    return tuple(result)
