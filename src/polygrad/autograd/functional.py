"""Jacobian and Hessian products of functions, and the matrices themselves, as in ``torch.autograd.functional``.

For a function f from n to m variables with Jacobian J (m rows, n columns), one backward sweep gives v·J for a vector v
of length m without forming J: `vjp`.  J·v takes two sweeps: v·J is linear in v, so J·v is its derivative with respect
to v (`jvp`; J. Townsend, "A new trick for calculating Jacobian vector products", 2017).  `jacobian` stacks the m rows.

The functions leave the inputs and their ``.grad`` unchanged.  Without ``create_graph`` their results have no graph.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor, cell
from .._functions.common import place_of
from .._functions.creation import arange, ones_like, unit_vectors, zeros_like
from .differentiation import grad
from .grad_mode import enable_grad

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = Tensor | tuple[Tensor, ...]


def vjp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Tensors, Tensors]:
    """The outputs of a function, and the product of a vector with its Jacobian, v·J.

    Args:
        func: takes tensors, returns a tensor or a tuple of tensors.
        inputs: a tensor or a tuple of tensors.
        v: the vector, a tensor or a tuple of tensors of the outputs' shapes; None where there is one output of one
            element.
        create_graph: whether to record the computation, so that the results can be differentiated.
        strict: whether an output that does not depend on an input is an error instead of giving zeros; with
            ``create_graph``, also a product that does not depend on one.

    Returns:
        ``(outputs, products)``: ``products`` has the structure and shapes of ``inputs``.

    Raises:
        RuntimeError: ``v`` does not match the outputs, or an output is independent with ``strict``.
        TypeError: inputs or outputs are not tensors.

    Example::

        >>> A = polygrad.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> v = polygrad.tensor([1.0, 0.0])
        >>> outputs, product = polygrad.autograd.functional.vjp(lambda x: A @ x, polygrad.ones(2), v)
        >>> product
        tensor([1., 2.])
    """
    with enable_grad():
        xs, outputs, one_input, one_output = _call("vjp", func, inputs, create_graph, strict)
        seeds = _check_vector("vjp", v, outputs, one_output, "the user-provided function")
        products = _grads(outputs, xs, seeds, create_graph, strict)
    return _detach_results(outputs, one_output, create_graph), _detach_results(products, one_input, create_graph)


def jvp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Tensors, Tensors]:
    """The outputs of a function, and the product of its Jacobian with a vector, J·v.

    Args:
        func: takes tensors, returns a tensor or a tuple of tensors.
        inputs: a tensor or a tuple of tensors.
        v: the vector, a tensor or a tuple of tensors of the inputs' shapes; None where there is one input of one
            element.
        create_graph: whether to record the computation, so that the results can be differentiated.
        strict: whether an output that does not depend on an input is an error instead of giving zeros; with
            ``create_graph``, also a product that does not depend on one.

    Returns:
        ``(outputs, products)``: ``products`` has the structure and shapes of the outputs.

    Raises:
        RuntimeError: ``v`` does not match the inputs, or an output is independent with ``strict``.
        TypeError: inputs or outputs are not tensors.

    References:
        J. Townsend, "A new trick for calculating Jacobian vector products" (2017).

    Example::

        >>> x, v = polygrad.tensor([1.0, 2.0]), polygrad.ones(2)
        >>> outputs, product = polygrad.autograd.functional.jvp(lambda x: x**2, x, v)
        >>> product
        tensor([2., 4.])
    """
    with enable_grad():
        xs, outputs, one_input, one_output = _call("jvp", func, inputs, create_graph, strict)
        directions = _check_vector("jvp", v, xs, one_input, "the input")
        seeds = [zeros_like(out).requires_grad_() for out in outputs]
        products = _grads(outputs, xs, seeds, True, strict)
        derivatives = _grads(products, seeds, directions, create_graph, strict)
    return _detach_results(outputs, one_output, create_graph), _detach_results(derivatives, one_output, create_graph)


def jacobian(
    func: Callable[..., Any],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of a function, one backward sweep for each element of the outputs, or all of them in one batch.

    Args:
        func: takes tensors, returns a real tensor or a tuple of real tensors.
        inputs: a tensor or a tuple of tensors.
        create_graph: whether to record the computation, so that the Jacobian can be differentiated.
        strict: whether an output that does not depend on an input is an error instead of giving zeros.
        vectorize: whether to compute all rows in one batch, as `polygrad.vmap` does: faster, with more memory.
        strategy: ``"reverse-mode"``, or ``"forward-mode"``, which computes the columns for each input in one batch, needs
            ``vectorize``, and is faster where there are fewer inputs than outputs.

    Returns:
        For one input and one output a tensor of shape ``(*output.shape, *input.shape)``, whose element ``[j, i]`` is
        the derivative of output ``j`` with respect to input ``i``.  Several inputs or several outputs give a tuple of
        these, both a tuple of tuples, indexed by output, then input.

    Raises:
        RuntimeError: an output is complex, ``strict`` together with ``vectorize``, or an output is independent with
            ``strict``.
        NotImplementedError: forward mode without ``vectorize``, with ``create_graph``, or for a complex input.
        ValueError: ``strategy`` is unknown.

    Example::

        >>> polygrad.autograd.functional.jacobian(lambda x: x * x, polygrad.tensor([1.0, 2.0]))
        tensor([[2., 0.],
                [0., 4.]])
    """
    if strategy not in ("reverse-mode", "forward-mode"):
        raise ValueError(f"strategy is 'reverse-mode' or 'forward-mode', not {strategy!r}")
    if strict and vectorize:
        raise RuntimeError("jacobian: strict=True and vectorize=True are not supported together; leave vectorize out")
    if strategy == "forward-mode":
        if create_graph or not vectorize:
            raise NotImplementedError(
                'jacobian: strategy="forward-mode" needs vectorize=True and create_graph=False; polygrad.func.jacfwd can be '
                "differentiated"
            )
        return _forward_jacobian(func, inputs)
    with enable_grad():
        xs, outputs, one_input, one_output = _call("jacobian", func, inputs, create_graph, strict)
        find = _batched_rows if vectorize else _rows
        rows = tuple(_detach_results(find(out, xs, create_graph, strict), one_input, create_graph) for out in outputs)
    return rows[0] if one_output else rows


def hessian(
    func: Callable[..., Any],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The matrix of second derivatives of a function with one output of one element.

    Args:
        func: takes tensors, returns a tensor of one element.
        inputs: a tensor or a tuple of tensors.
        create_graph: whether to record the computation, so that the Hessian can be differentiated.
        strict: whether an input that the output does not depend on is an error instead of giving zeros.
        vectorize: whether to compute all rows in one batch, as in `jacobian`.
        outer_jacobian_strategy: how the gradient is differentiated, as ``strategy`` in `jacobian`.

    Returns:
        For one input a tensor of shape ``(*input.shape, *input.shape)``; for several a tuple of tuples, whose element
        ``[i][j]`` has the derivatives with respect to input ``i`` and input ``j``.

    Raises:
        RuntimeError: the output has several elements, or ``strict`` together with ``vectorize``.
        NotImplementedError: as for `jacobian`.

    Example::

        >>> polygrad.autograd.functional.hessian(lambda x: (x**3).sum(), polygrad.tensor([1.0, 2.0]))
        tensor([[ 6.,  0.],
                [ 0., 12.]])
    """

    def gradient(*xs: Tensor) -> Any:
        return jacobian(lambda *ys: _call_for_scalar("hessian", func, ys), xs, create_graph=True, strict=strict)

    if strict and vectorize:
        raise RuntimeError("hessian: strict=True and vectorize=True are not supported together; leave vectorize out")
    one = isinstance(inputs, Tensor)
    rows = jacobian(gradient, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)
    return rows[0] if one else rows


def vhp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Tensor, Tensors]:
    """The output of a function, and the product of a vector with its Hessian, v·H.

    It costs less than `hvp`, and is the same for real functions, whose Hessian is symmetric.

    Args:
        func: takes tensors, returns a tensor of one element.
        inputs: a tensor or a tuple of tensors.
        v: the vector, a tensor or a tuple of tensors of the inputs' shapes; None where there is one input of one
            element.
        create_graph: whether to record the computation, so that the results can be differentiated.
        strict: whether an input that the output does not depend on is an error instead of giving zeros.

    Returns:
        ``(output, products)``: ``products`` has the structure and shapes of ``inputs``.

    Raises:
        RuntimeError: ``v`` does not match the inputs, or the output has several elements.

    Example::

        >>> x = polygrad.tensor([1.0, 2.0])
        >>> output, product = polygrad.autograd.functional.vhp(lambda x: (x**3).sum(), x, polygrad.ones(2))
        >>> product
        tensor([ 6., 12.])
    """
    with enable_grad():
        xs, outputs, one_input, _ = _call("vhp", _returning_scalar("vhp", func), inputs, create_graph, strict)
        directions = _check_vector("vhp", v, xs, one_input, "the input")
        gradient = _grads(outputs, xs, [ones_like(outputs[0])], True, strict)
        products = _grads(gradient, xs, directions, create_graph, strict)
    return _detach_results(outputs, True, create_graph), _detach_results(products, one_input, create_graph)


def hvp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Tensor, Tensors]:
    """The output of a function, and the product of its Hessian with a vector, H·v.

    Args:
        func: takes tensors, returns a tensor of one element.
        inputs: a tensor or a tuple of tensors.
        v: the vector, a tensor or a tuple of tensors of the inputs' shapes; None where there is one input of one
            element.
        create_graph: whether to record the computation, so that the results can be differentiated.
        strict: whether an input that the output does not depend on is an error instead of giving zeros.

    Returns:
        ``(output, products)``: ``products`` has the structure and shapes of ``inputs``.

    Raises:
        RuntimeError: ``v`` does not match the inputs, or the output has several elements.

    References:
        B. A. Pearlmutter, "Fast exact multiplication by the Hessian" (1994).

    Example::

        >>> x = polygrad.tensor([1.0, 2.0])
        >>> output, product = polygrad.autograd.functional.hvp(lambda x: (x**3).sum(), x, polygrad.ones(2))
        >>> product
        tensor([ 6., 12.])
    """
    with enable_grad():
        xs, outputs, one_input, _ = _call("hvp", _returning_scalar("hvp", func), inputs, create_graph, strict)
        directions = _check_vector("hvp", v, xs, one_input, "the input")
        gradient = _grads(outputs, xs, [ones_like(outputs[0])], True, strict)
        seeds = [zeros_like(x).requires_grad_() for x in xs]
        transposed = _grads(gradient, xs, seeds, True, strict)
        products = _grads(transposed, seeds, directions, create_graph, strict)
    return _detach_results(outputs, True, create_graph), _detach_results(products, one_input, create_graph)


# -- what they share ---------------------------------------------------------------------------------------------------


def _as_tuple(value: Any, what: str, name: str) -> tuple[Tensor, ...]:
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
    """The inputs as new variables, the outputs computed from them, and whether there is one of each."""
    xs = tuple(_variable(x, create_graph) for x in _as_tuple(inputs, "inputs given to", name))
    result = func(*xs)
    outputs = _as_tuple(result, "outputs of the user-provided function given to", name)
    for index, out in enumerate(outputs):
        if strict and not out.requires_grad:
            raise RuntimeError(
                f"Output {index} of the user-provided function does not require gradients. The outputs must be "
                "computed in a differentiable manner from the input when running in strict mode."
            )
    return xs, outputs, not isinstance(inputs, tuple), not isinstance(result, tuple)


def _variable(x: Tensor, create_graph: bool) -> Tensor:
    """A new variable with the value of ``x``, which leads to the graph of ``x`` with ``create_graph``."""
    if create_graph and x.requires_grad:
        return OPERATIONS.positive(x)
    # `detach` would drop the derivatives that a transform follows.
    return (cell(x._read()) if create_graph and x.backend.level else x.detach()).requires_grad_()


def _call_for_scalar(name: str, func: Callable, xs: Sequence[Tensor]) -> Tensor:
    out = func(*xs)
    _as_tuple(out, "outputs of the user-provided function given to", name)
    if not isinstance(out, Tensor):
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if out.numel() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")
    return out.reshape(())


def _returning_scalar(name: str, func: Callable) -> Callable:
    return lambda *xs: _call_for_scalar(name, func, xs)


def _check_vector(name: str, v: Any, others: Sequence[Tensor], one: bool, whose: str) -> list[Tensor]:
    """``v`` as one tensor for each of ``others``."""
    if v is None:
        if not one or others[0].numel() != 1:
            raise RuntimeError(f"The vector v can only be None if {whose} is a single Tensor with a single element.")
        return [ones_like(others[0])]
    several = _as_tuple(v, "vector v given to", name)
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
    """The gradients of ``outputs`` with respect to ``inputs``, zeros where they do not depend on one.

    With ``create_graph``, ``strict`` also requires that the gradients depend on the inputs.
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
    _check_real_output(out)
    count = out.numel()
    position = arange(count, **place_of(out))
    rows = []
    for j in range(count):
        seed = (position == j).to(out.dtype).reshape(out.shape)
        rows.append(_grads((out,), xs, (seed,), create_graph, strict))
    if not rows:
        return tuple(OPERATIONS.broadcast_to(zeros_like(x), (*out.shape, *x.shape)) for x in xs)
    columns = zip(*rows, strict=True)
    return tuple(OPERATIONS.stack(list(c)).reshape((*out.shape, *x.shape)) for c, x in zip(columns, xs, strict=True))


def _batched_rows(out: Tensor, xs: tuple[Tensor, ...], create_graph: bool, strict: bool) -> tuple[Tensor, ...]:
    """What `_rows` gives, from one sweep for a batch of cotangents."""
    from .transforms import run_batched

    if out.dtype.is_complex or not out.numel():
        return _rows(out, xs, create_graph, strict)
    found = run_batched(lambda seed: _grads((out,), xs, (seed,), create_graph, strict), unit_vectors(out))
    return tuple(OPERATIONS.reshape(part, (*out.shape, *x.shape)) for part, x in zip(found, xs, strict=True))


def _forward_jacobian(func: Callable[..., Any], inputs: Any) -> Any:
    """The Jacobian in forward mode, the columns for each input from one run."""
    from .transforms import run_batched, run_jvp

    xs = [x.detach() for x in _as_tuple(inputs, "inputs given to", "jacobian")]
    if any(x.dtype.is_complex for x in xs):
        raise NotImplementedError('jacobian: strategy="forward-mode" is for real inputs')
    one_output = True

    def outputs(*args: Tensor) -> tuple[Tensor, ...]:
        nonlocal one_output
        result = func(*args)
        one_output = not isinstance(result, tuple)
        several = _as_tuple(result, "outputs of the user-provided function given to", "jacobian")
        for out in several:
            _check_real_output(out)
        return tuple(out if out.dtype.is_differentiable else zeros_like(out, dtype=xs[0].dtype) for out in several)

    columns: list[list[Tensor]] = []
    for number, x in enumerate(xs):
        if x.numel():

            def column(direction: Tensor, number: int = number) -> list[Tensor]:
                return run_jvp(outputs, xs, {number: direction})

            found = run_batched(column, unit_vectors(x))
            found = [OPERATIONS.permute_dims(t, (*range(1, t.ndim), 0)) for t in found]
        else:
            found = [OPERATIONS.broadcast_to(zeros_like(x), (*out.shape, 0)) for out in outputs(*xs)]
        columns.append([OPERATIONS.reshape(t, (*t.shape[:-1], *x.shape)) for t in found])
    rows = tuple(_detach_results(row, isinstance(inputs, Tensor), False) for row in zip(*columns, strict=True))
    return rows[0] if one_output else rows


def _check_real_output(out: Tensor) -> None:
    if out.dtype.is_complex:
        raise RuntimeError(
            "jacobian takes functions with real outputs, and this one returns a complex tensor; give the real and the "
            "imaginary part as two outputs"
        )


def _detach_results(tensors: Sequence[Tensor], one: bool, create_graph: bool) -> Any:
    results = tuple(tensors) if create_graph else tuple(x.detach() for x in tensors)
    return results[0] if one else results
