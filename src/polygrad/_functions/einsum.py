"""Contractions of any number of dimensions: `tensordot` and `einsum`."""

from __future__ import annotations

import math
from typing import Any

from .._core.errors import ShapeError
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import require_same_dtype
from .._core.scalars import to_python_ints
from .._core.tensor import Tensor
from .._ops import einsum as einstein
from .._ops.axes import normal_axis
from .common import check_tensor, second_names
from .public import public_function

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _sum_broadcast(x: Tensor, axis: int) -> Tensor:
    return xp.astype(xp.sum(x, axis, True), x.dtype)


@public_function(out=True)
@second_names(axes="dims")
@require_same_dtype("a", "b")
def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """Multiply two tensors and sum over pairs of dimensions.

    Args:
        a: a tensor.
        b: a tensor of the same data type.
        dims: how many of the last dimensions of ``a`` are paired with the first ones of ``b``; or two sequences, the
            dimensions of ``a`` and those of ``b``.

    Returns:
        A tensor with the other dimensions of ``a``, then those of ``b``.

    Raises:
        RuntimeError: paired dimensions have different lengths (other than 1), or the data types differ.

    Example::

        >>> polygrad.tensordot(polygrad.ones(2, 3), polygrad.ones(3, 4), dims=1).shape
        polygrad.Size([2, 4])
    """
    if isinstance(dims, Tensor) and not dims.ndim:
        dims = to_python_ints(dims)
    if isinstance(dims, int):
        if not 0 <= dims <= min(a.ndim, b.ndim):
            raise ShapeError(
                f"tensordot(): dims must be from 0 to the smaller of the ranks {a.ndim} and {b.ndim}, but it is {dims}"
            )
        of_a, of_b = tuple(range(a.ndim - dims, a.ndim)), tuple(range(dims))
    else:
        chosen = dims.tolist() if isinstance(dims, Tensor) else to_python_ints(dims)
        first, second = ((d,) if isinstance(d, int) else tuple(d) for d in chosen)
        of_a, of_b = (tuple(normal_axis(d, x.ndim) for d in own) for own, x in ((first, a), (second, b)))
    if len(of_a) != len(of_b):
        raise ShapeError(
            f"tensordot(): dims must have as many dimensions of a as of b, but they are {list(of_a)} and {list(of_b)}"
        )
    for i, j in zip(of_a, of_b, strict=True):
        if 1 in (a.shape[i], b.shape[j]):  # it broadcasts
            a, b = (a, _sum_broadcast(b, j)) if a.shape[i] == 1 else (_sum_broadcast(a, i), b)
        elif a.shape[i] != b.shape[j]:
            raise ShapeError(
                f"tensordot(): paired dimensions must have one length, but a has {a.shape[i]} in dimension {i} and b has "
                f"{b.shape[j]} in dimension {j} (the shapes are {tuple(a.shape)} and {tuple(b.shape)})"
            )
    kept_a = tuple(d for d in range(a.ndim) if d not in of_a)
    kept_b = tuple(d for d in range(b.ndim) if d not in of_b)
    shape_a, shape_b = tuple(a.shape[d] for d in kept_a), tuple(b.shape[d] for d in kept_b)
    count = math.prod(a.shape[d] for d in of_a)
    left = xp.reshape(xp.permute_dims(a, kept_a + of_a), (math.prod(shape_a), count))
    right = xp.reshape(xp.permute_dims(b, of_b + kept_b), (count, math.prod(shape_b)))
    return xp.reshape(xp.matmul(left, right), shape_a + shape_b)


# -- einsum ------------------------------------------------------------------------------------------------------------


@public_function()
def einsum(equation: Any, *operands: Any) -> Tensor:
    """Return sums of products of elements in Einstein's notation: one letter for each dimension.

    A letter in several operands multiplies them along that dimension; a letter that is not in the output is summed
    over; a letter that occurs twice in an operand takes its diagonal.  ``...`` means dimensions that are broadcast.
    Without ``->`` the output has the letters that occur once, in alphabetical order.

    Args:
        equation: the letters of the operands and of the output, such as ``"ij,jk->ik"``.
        *operands: tensors.  Instead of ``equation``, each may be followed by a list of integers for its dimensions, and
            the last by that of the output: ``einsum(a, [0, 1], b, [1, 2], [0, 2])``.

    Returns:
        A tensor with the dimensions of the output.

    Raises:
        RuntimeError: the equation is malformed, or does not fit the shapes; the message names it.

    Example::

        >>> a, b = polygrad.ones(2, 3), polygrad.ones(3, 4)
        >>> polygrad.einsum("ij,jk->ik", a, b).shape
        polygrad.Size([2, 4])
        >>> polygrad.einsum("ii->", polygrad.eye(3))
        tensor(3.)
    """
    if not isinstance(equation, str):
        equation, operands = _from_sublists((equation, *operands))
    elif len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    for number, x in enumerate(operands):
        check_tensor(x, "einsum", f"operands[{number}]")
    if not operands:
        raise ShapeError(f"einsum({equation!r}): at least one operand is needed")
    if len({x.dtype for x in operands}) > 1:  # matmul refuses mixed types, elementwise products do not
        return _contract(*operands, equation=equation)
    return _contract_widely(*operands, equation=equation)


def _contract(*operands: Tensor, equation: str) -> Tensor:
    return einstein.einsum(xp, equation, operands)


_contract_widely = in_single_precision(_contract)


def _from_sublists(arguments: tuple) -> tuple[str, tuple]:
    operands, terms = arguments[0 : len(arguments) // 2 * 2 : 2], [*arguments[1::2]]
    output = arguments[-1] if len(arguments) % 2 else None

    def letters(labels: Any) -> str:
        if not isinstance(labels, (list, tuple)):
            raise TypeError(
                "einsum() takes an equation and tensors, or each tensor followed by a list of numbers, as in "
                "einsum(a, [0, 1], b, [1, 2], [0, 2])"
            )
        for n in labels:
            if n is not Ellipsis and not (isinstance(n, int) and 0 <= n < len(_LETTERS)):
                raise ShapeError(
                    f"einsum(): subscripts are integers from 0 to {len(_LETTERS) - 1} or Ellipsis, not {n!r}"
                )
        return "".join("..." if n is Ellipsis else _LETTERS[n] for n in labels)

    equation = ",".join(letters(term) for term in terms)
    return (equation if output is None else f"{equation}->{letters(output)}"), operands
