"""Implicit differentiation: gradients of what a solver finds, without differentiating the solver."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._functions.creation import as_tensor
from ..autograd.function import Function
from ..autograd.grad_mode import no_grad
from .jacobians import jacrev
from .reverse import vjp
from .trees import TransformError


def implicit_diff(residual: Callable[..., Tensor], solver: Callable[..., Any]) -> Callable[..., Tensor]:
    """Make a solver differentiable by the equation that its solution satisfies: ``residual(x, *args) == 0``.

    By the implicit function theorem ``dx/dargs = -inv(dresidual/dx) @ dresidual/dargs``.  The solver may be of any library: it is
    not differentiated.  Gradients of every order in reverse mode.  A fixed point ``x = f(x)`` is a root of ``f(x) - x``.

    Args:
        residual: takes the solution and ``args``, and returns a tensor of the shape of the solution.
        solver: takes ``args``, outside of the graph, and returns the solution, a tensor or an array of the backend or of NumPy.

    Returns:
        A function of ``args``, floating-point tensors, that returns the solution as a tensor.

    Raises:
        TransformError: from the function, where an argument is not a tensor, or the residual has another shape.
        LinAlgError: from the backward pass, where the residual's derivative by the solution has no inverse.

    References:
        M. Blondel et al., "Efficient and modular implicit differentiation" (2022); A. Griewank and A. Walther, "Evaluating
        Derivatives" (2008), chapter 15.

    Example::

        >>> cube_root = polygrad.func.implicit_diff(lambda x, a: x**3 - a, lambda a: a ** (1 / 3))
        >>> a = polygrad.tensor(8.0, requires_grad=True)
        >>> cube_root(a).backward()
        >>> a.grad
        tensor(0.0833)
    """

    class Solution(Function):
        @staticmethod
        def forward(ctx: Any, *args: Tensor) -> Tensor:
            with no_grad():
                x = as_tensor(solver(*[one.detach() for one in args]), dtype=args[0].dtype).detach()
            ctx.save_for_backward(x, *args)
            return x

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Any:
            x, *args = ctx.saved_tensors
            count = x.shape.numel()
            found, pull_back = vjp(lambda *args: residual(x, *args), *args)
            if tuple(found.shape) != tuple(x.shape):
                raise TransformError(
                    f"implicit_diff: residual must return the shape of the solution, {tuple(x.shape)}, not {tuple(found.shape)}"
                )
            jacobian = xp.reshape(jacrev(residual)(x, *args), (count, count))
            turned = xp.matrix_transpose(xp.conj(jacobian) if jacobian.dtype.is_complex else jacobian)
            weights = xp.solve(turned, xp.reshape(g, (count, 1)))
            return tuple([-one for one in pull_back(xp.reshape(weights, tuple(x.shape)))])

    @functools.wraps(solver)
    def solution(*args: Tensor) -> Tensor:
        for number, one in enumerate(args):
            if not isinstance(one, Tensor) or not one.dtype.is_differentiable:
                raise TransformError(
                    f"implicit_diff: argument {number} must be a floating-point or complex tensor, not {type(one).__name__}; what "
                    "does not vary belongs into the functions"
                )
        if not args:
            raise TransformError(
                "implicit_diff: the solution must have at least one argument, with respect to which it varies"
            )
        return Solution.apply(*args)

    return solution
