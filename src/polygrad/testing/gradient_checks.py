"""The check of a user's function or module: its gradients against finite differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._core.tensor import Tensor
from .._functions.creation import tensor
from ..autograd.gradcheck import gradcheck, gradgradcheck
from ..func.modules import functional_call
from ..nn.module import Module


def check_gradients(function: Any, inputs: Any, order: int = 2, **options: Any) -> None:
    """Compare the gradients of a function or a module with finite differences in double precision.

    Forward mode is compared too, and gradients in batches.  Of a module the gradients of parameters are compared as well
    as those of the inputs.

    Args:
        function: takes the inputs and returns a tensor or several; or a `Module`, or a class of modules that is
            called without arguments.
        inputs: a tuple of arguments, or a function that returns one.  A tensor of floating-point numbers is differentiated
            in double precision; so is a tuple of ints, a shape, filled with normal random numbers.
            Anything else is passed on.
        order: how often it is differentiated, 1 or 2.
        options: those of `polygrad.autograd.gradcheck`.

    Raises:
        GradcheckError: a gradient is wrong.
        TypeError: ``inputs`` is no tuple.
        ValueError: ``order`` is neither 1 nor 2.

    Example::

        >>> polygrad.testing.check_gradients(lambda x: (x * x).sum(), inputs=((2, 3),))
    """
    if order not in (1, 2):
        raise ValueError(f"order is 1 or 2, not {order!r}")
    given = inputs() if callable(inputs) else inputs
    if not isinstance(given, tuple):
        raise TypeError(f"inputs is a tuple of arguments, as in inputs=((2, 3),), not {given!r}")
    random = np.random.default_rng(0)
    arguments = [_argument(x, random) for x in given]
    module = function() if isinstance(function, type) and issubclass(function, Module) else function
    if isinstance(module, Module):
        function, parameters = _of_parameters(module, len(arguments))
        arguments += parameters
    options = {"check_forward_ad": True, "check_batched_grad": True, **options}
    gradcheck(function, tuple(arguments), **options)
    if order == 2:
        second = {name: value for name, value in options.items() if name in ("eps", "atol", "rtol", "nondet_tol")}
        gradgradcheck(function, tuple(arguments), **second)


def _argument(x: Any, random: np.random.Generator) -> Any:
    if isinstance(x, tuple) and all(isinstance(n, int) for n in x):
        return tensor(random.standard_normal(x), requires_grad=True)
    if isinstance(x, Tensor) and x.dtype.is_differentiable:
        return _doubled(x)
    return x


def _doubled(x: Tensor) -> Tensor:
    return (x.detach().cdouble() if x.dtype.is_complex else x.detach().double()).clone().requires_grad_()


def _of_parameters(module: Module, count: int) -> tuple[Callable[..., Any], list[Tensor]]:
    """The module as a function of ``count`` inputs and its parameters, and these in double precision."""
    named = {name: _doubled(x) for name, x in module.named_parameters()}
    buffers = {
        name: x.detach().double() if x.dtype.is_floating_point else x.detach() for name, x in module.named_buffers()
    }

    def function(*given: Any) -> Any:
        state = {**{name: x.clone() for name, x in buffers.items()}, **dict(zip(named, given[count:], strict=True))}
        return functional_call(module, state, given[:count])

    return function, list(named.values())
