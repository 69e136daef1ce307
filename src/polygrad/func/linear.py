"""The transpose of linear functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .reverse import vjp
from .trees import TransformError, flatten, results_of, tensors_of, unflatten


def linear_transpose(func: Callable[..., Any], *primals: Any) -> Callable[[Any], tuple[Any, ...]]:
    """The transpose of a linear function: of ``x -> A @ x`` the function ``y -> A.mT @ y``.

    It is the transpose also of complex functions, not the conjugate transpose that `vjp` applies.

    Args:
        func: a linear function, which takes ``primals`` and returns a tensor or a nested structure of tensors.
        *primals: tensors, or nested lists, tuples and dicts of tensors, of the shapes and types that ``func`` takes.  Their
            values do not matter.

    Returns:
        A function of what ``func`` returns.  It returns a tuple with an entry for each of ``primals``.

    Raises:
        TransformError: a primal is not a floating-point or complex tensor, or from the transpose, the structure is another.
        ValueError: ``func`` of zeros is not zero, so it is not linear.

    Example::

        >>> A = polygrad.tensor([[1.0, 2.0], [0.0, 3.0]])
        >>> transpose = polygrad.func.linear_transpose(lambda x: A @ x, polygrad.zeros(2))
        >>> transpose(polygrad.tensor([1.0, 1.0]))
        (tensor([1., 5.]),)
    """
    leaves, structure = tensors_of(list(primals), "linear_transpose", "a primal", differentiable=True)
    zeros = unflatten(structure, [xp.zeros_like(x.detach()) for x in leaves])
    output, pull_back = vjp(func, *zeros)
    found, expected = results_of(output, "linear_transpose")
    for y in found:
        backend, array = y.backend, y._read()
        if not backend.is_traced(array) and not backend.level and backend.values_for_checks(array).any():
            raise ValueError(
                "linear_transpose: the function of zeros is not zero, so it is not linear; leave its constant out"
            )

    def transpose(cotangent: Any) -> tuple[Any, ...]:
        given, other = tensors_of(cotangent, "linear_transpose", "the argument of the transpose")
        if other != expected:
            raise TransformError(
                "linear_transpose: the transpose takes what the function returns, and got another structure"
            )
        parts, shape = flatten(pull_back(unflatten(expected, [_conjugate(g) for g in given])))
        return unflatten(shape, [_conjugate(part) for part in parts])

    return transpose


def _conjugate(x: Tensor) -> Tensor:
    return xp.conj(x) if x.dtype.is_complex else x
