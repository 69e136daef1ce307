"""Products with Jacobians and Hessians of functions, and these matrices themselves.

For a function f from n to m variables with Jacobian J (m rows, n columns), one backward sweep gives v·J for a row v of
length m without ever forming J: `vjp`.  J·v takes two sweeps, since v·J is linear in v and so J·v is its derivative by
v (`jvp`; J. Townsend, "A new trick for calculating Jacobian vector products", 2017).  `jacobian` puts together the m
rows.

The functions leave the inputs and their ``.grad`` alone.  Without ``create_graph`` their results are outside any graph.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor
from .._functions.creation import arange, ones_like, zeros_like
from .differentiation import grad
from .grad_mode import enable_grad

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = Tensor | tuple[Tensor, ...]


def vjp(
    func: Callable, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Tensors, Tensors]:
    """``(func(*inputs), v·J)``: the outputs, and the product of the vector ``v`` with the Jacobian at ``inputs``.

    Args:
        func: takes tensors, returns a tensor or a tuple of tensors.
        inputs: a tensor or a tuple of tensors.
        v: of the outputs' shapes; may be left out where there is one output of one element.
        create_graph: record the computation, so that the results can be differentiated.
        strict: raise where an output does not depend on an input, instead of giving zeros; with ``create_graph``, also where
            the result does not.

    Raises RuntimeError for a ``v`` that does not fit.

    Example::

        A = polygrad.tensor([[1.0, 2.0], [3.0, 4.0]])
        y, product = polygrad.autograd.functional.vjp(lambda x: A @ x, polygrad.ones(2), polygrad.tensor([1.0, 0.0]))
        product  # the first row of A
    """
    with enable_grad():
        xs, outputs, one_input, one_output = _call("vjp", func, inputs, create_graph, strict)
        seeds = _vector("vjp", v, outputs, one_output, "the user-provided function")
        products = _grads(outputs, xs, seeds, create_graph, strict)
    return _given(outputs, one_output, create_graph), _given(products, one_input, create_graph)


def jvp(
    func: Callable, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Tensors, Tensors]:
    """``(func(*inputs), J·v)``: the outputs, and the derivative of ``func`` at ``inputs`` in the direction ``v``.

    ``v`` has the inputs' shapes, and may be left out where there is one input of one element.  The other arguments and
    errors are those of `vjp`.

    Example::

        y, slope = polygrad.autograd.functional.jvp(lambda x: x**2, polygrad.tensor([1.0, 2.0]), polygrad.ones(2))
        slope  # tensor([2., 4.])
    """
    with enable_grad():
        xs, outputs, one_input, one_output = _call("jvp", func, inputs, create_graph, strict)
        directions = _vector("jvp", v, xs, one_input, "the input")
        seeds = [zeros_like(out).requires_grad_() for out in outputs]
        products = _grads(outputs, xs, seeds, True, strict)
        derivatives = _grads(products, seeds, directions, create_graph, strict)
    return _given(outputs, one_output, create_graph), _given(derivatives, one_output, create_graph)


def jacobian(
    func: Callable,
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of ``func`` at ``inputs``, row by row: one backward sweep per element of the outputs.

    For one input and one output it is a tensor of shape ``(*output.shape, *input.shape)`` whose element ``[j, i]`` is
    the derivative of output ``j`` by input ``i``; several inputs, or outputs, give a tuple of these, or a tuple of
    tuples of which the first index is the output's.  ``vectorize`` and ``strategy`` are accepted and change nothing.

    Raises RuntimeError for complex outputs, for ``strict`` together with ``vectorize``, and as `vjp`.

    Example::

        polygrad.autograd.functional.jacobian(lambda x: x * x, polygrad.tensor([1.0, 2.0]))
        # tensor([[2., 0.], [0., 4.]])
    """
    if strategy not in ("reverse-mode", "forward-mode"):
        raise ValueError(f"strategy is 'reverse-mode' or 'forward-mode', not {strategy!r}")
    if strict and vectorize:
        raise RuntimeError("jacobian: strict=True and vectorize=True are not supported together; leave vectorize out")
    with enable_grad():
        xs, outputs, one_input, one_output = _call("jacobian", func, inputs, create_graph, strict)
        rows = tuple(_given(_rows(out, xs, create_graph, strict), one_input, create_graph) for out in outputs)
    return rows[0] if one_output else rows


def hessian(
    func: Callable,
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The matrix of second derivatives of ``func``, which returns one tensor of one element, at ``inputs``.

    For one input it has the shape ``(*input.shape, *input.shape)``; several give a tuple of tuples, whose element
    ``[i][j]`` are the derivatives by input ``i`` and input ``j``.

    Example::

        polygrad.autograd.functional.hessian(lambda x: (x**3).sum(), polygrad.tensor([1.0, 2.0]))
        # tensor([[6., 0.], [0., 12.]])
    """

    def gradient(*xs: Tensor) -> Any:
        return jacobian(lambda *ys: _scalar("hessian", func, ys), xs, create_graph=True, strict=strict)

    if strict and vectorize:
        raise RuntimeError("hessian: strict=True and vectorize=True are not supported together; leave vectorize out")
    one = isinstance(inputs, Tensor)
    rows = jacobian(gradient, inputs, create_graph=create_graph, strict=strict, strategy=outer_jacobian_strategy)
    return rows[0] if one else rows


def vhp(
    func: Callable, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Tensor, Tensors]:
    """``(func(*inputs), v·H)``, with the Hessian H of a function that returns one tensor of one element.

    Cheaper than `hvp`, and the same for real functions, since H is symmetric there.
    """
    with enable_grad():
        xs, outputs, one_input, _ = _call("vhp", _single("vhp", func), inputs, create_graph, strict)
        directions = _vector("vhp", v, xs, one_input, "the input")
        gradient = _grads(outputs, xs, [ones_like(outputs[0])], True, strict)
        products = _grads(gradient, xs, directions, create_graph, strict)
    return _given(outputs, True, create_graph), _given(products, one_input, create_graph)


def hvp(
    func: Callable, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Tensor, Tensors]:
    """``(func(*inputs), H·v)``, with the Hessian H of a function that returns one tensor of one element.

    Example::

        x = polygrad.tensor([1.0, 2.0])
        y, product = polygrad.autograd.functional.hvp(lambda x: (x**3).sum(), x, polygrad.ones(2))
        product  # tensor([ 6., 12.])
    """
    with enable_grad():
        xs, outputs, one_input, _ = _call("hvp", _single("hvp", func), inputs, create_graph, strict)
        directions = _vector("hvp", v, xs, one_input, "the input")
        gradient = _grads(outputs, xs, [ones_like(outputs[0])], True, strict)
        seeds = [zeros_like(x).requires_grad_() for x in xs]
        transposed = _grads(gradient, xs, seeds, True, strict)
        products = _grads(transposed, seeds, directions, create_graph, strict)
    return _given(outputs, True, create_graph), _given(products, one_input, create_graph)


# -- what they share ---------------------------------------------------------------------------------------------------


def _tuple_of(value: Any, what: str, name: str) -> tuple[Tensor, ...]:
    several = value if isinstance(value, tuple) else (value,)
    for index, x in enumerate(several):
        if not isinstance(x, Tensor):
            raise TypeError(
                f"The {what} {name} must be either a Tensor or a tuple of Tensors but the value at index {index} has "
                f"type {type(x).__name__}."
            )
    return several


def _call(
    name: str, func: Callable, inputs: Any, create_graph: bool, strict: bool
) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...], bool, bool]:
    """The inputs as variables of their own, and the outputs computed from them; whether there is one of each."""
    xs = tuple(
        OPERATIONS.positive(x) if create_graph and x.requires_grad else x.detach().requires_grad_()
        for x in _tuple_of(inputs, "inputs given to", name)
    )
    result = func(*xs)
    outputs = _tuple_of(result, "outputs of the user-provided function given to", name)
    for index, out in enumerate(outputs):
        if strict and not out.requires_grad:
            raise RuntimeError(
                f"Output {index} of the user-provided function does not require gradients. The outputs must be "
                "computed in a differentiable manner from the input when running in strict mode."
            )
    return xs, outputs, not isinstance(inputs, tuple), not isinstance(result, tuple)


def _scalar(name: str, func: Callable, xs: Sequence[Tensor]) -> Tensor:
    out = func(*xs)
    _tuple_of(out, "outputs of the user-provided function given to", name)
    if not isinstance(out, Tensor):
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if out.numel() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")
    return out.reshape(())


def _single(name: str, func: Callable) -> Callable:
    return lambda *xs: _scalar(name, func, xs)


def _vector(name: str, v: Any, others: Sequence[Tensor], one: bool, whose: str) -> list[Tensor]:
    """``v`` as one tensor for each of ``others``."""
    if v is None:
        if not one or others[0].numel() != 1:
            raise RuntimeError(f"The vector v can only be None if {whose} is a single Tensor with a single element.")
        return [ones_like(others[0])]
    several = _tuple_of(v, "vector v given to", name)
    if len(several) != len(others):
        raise RuntimeError(f"v is a tuple of invalid length: should be {len(others)} but got {len(several)}.")
    for index, (mine, theirs) in enumerate(zip(several, others, strict=True)):
        if mine.shape != theirs.shape:
            should, got = tuple(theirs.shape), tuple(mine.shape)
            raise RuntimeError(f"v[{index}] has invalid size: should be {should} but got {got}.")
    return list(several)


def _grads(
    outputs: Sequence[Tensor], inputs: Sequence[Tensor], seeds: Sequence[Tensor], create_graph: bool, strict: bool
) -> tuple[Tensor, ...]:
    """The gradients of ``outputs`` by ``inputs``: zeros where they do not depend on one.

    Where they are to be differentiated, ``strict`` asks that they vary with the inputs, too.
    """
    used = [(out, seed) for out, seed in zip(outputs, seeds, strict=True) if out.requires_grad]
    found: Sequence[Tensor | None] = [None] * len(inputs)
    if used:
        outs, gs = zip(*used, strict=True)
        found = grad(outs, inputs, gs, retain_graph=True, create_graph=create_graph, allow_unused=True)
    for index, g in enumerate(found):
        if g is None and strict:
            raise RuntimeError(
                f"The output of the user-provided function is independent of input {index}. This is not allowed in "
                "strict mode."
            )
        if strict and create_graph and g is not None and not g.requires_grad:
            raise RuntimeError(
                f"The jacobian of the user-provided function is independent of input {index}. This is not allowed in strict mode "
                "when create_graph=True."
            )
    return tuple(zeros_like(x) if g is None else g for x, g in zip(inputs, found, strict=True))


def _rows(out: Tensor, xs: tuple[Tensor, ...], create_graph: bool, strict: bool) -> tuple[Tensor, ...]:
    """The derivatives of every element of ``out``, stacked."""
    if out.dtype.is_complex:
        raise RuntimeError(
            "jacobian takes functions with real outputs, and this one returns a complex tensor; give the real and the "
            "imaginary part as two outputs"
        )
    count = out.numel()
    position = arange(count, backend=out.backend, device=out.device)
    rows = []
    for j in range(count):
        seed = (position == j).to(out.dtype).reshape(out.shape)
        rows.append(_grads((out,), xs, (seed,), create_graph, strict))
    if not rows:
        return tuple(OPERATIONS.broadcast_to(zeros_like(x), (*out.shape, *x.shape)) for x in xs)
    columns = zip(*rows, strict=True)
    return tuple(OPERATIONS.stack(list(c)).reshape((*out.shape, *x.shape)) for c, x in zip(columns, xs, strict=True))


def _given(tensors: Sequence[Tensor], one: bool, create_graph: bool) -> Any:
    results = tuple(tensors) if create_graph else tuple(x.detach() for x in tensors)
    return results[0] if one else results
