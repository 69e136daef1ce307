"""Reverse mode: gradients and vector-Jacobian products of functions.

The function runs on variables that belong to this transform alone: new leaves, or, where the given tensor has a graph,
an identity node that leads to it.  A sweep computes the gradients with respect to these only, so nested transforms do
not see each other's variables.  The sweep is recorded only where an outer transform or graph can differentiate its
result.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from .._core import engine, graph
from .._core.graph import Edge, Leaf
from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor, cell
from .._interpreters.lifting import Identity, apply, lift, lift_array
from .._interpreters.trace import stack
from .._state import differentiating, grad_enabled, grad_mode
from ..autograd.grad_mode import enable_grad
from .trees import (
    TransformError,
    find_written,
    flatten,
    replace_at,
    resolve_argnums,
    results_of,
    substitute_arguments,
    tensors_of,
    unflatten,
)


class ReverseRun:
    """One run of a function, recorded for differentiation with respect to some of its arguments.

    ``outputs`` are the leaves of its results, nested by ``structure``; ``aux`` is the second result with ``has_aux``.
    """

    inputs_structure: Any
    inputs: list[Tensor]
    outputs: list[Tensor]
    structure: Any
    open: bool
    joined: bool
    closed: bool
    aux: Any

    def __init__(
        self,
        name: str,
        func: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[Any, Any],
        positions: Sequence[int],
        has_aux: bool,
    ):
        self.name = name
        around = grad_enabled()
        start = graph.next_sequence()
        given = [args[position] for position in positions]
        leaves, self.inputs_structure = tensors_of(
            given, name, "an argument to differentiate with respect to", differentiable=True
        )
        self.inputs = [_make_variable(x) for x in leaves]
        inside, pairs = substitute_arguments(args, positions)
        mode, token = grad_mode.set(True), differentiating.set(name)
        try:
            result = func(*replace_at(inside, positions, unflatten(self.inputs_structure, self.inputs)), **kwargs)
        finally:
            differentiating.reset(token)
            grad_mode.reset(mode)
        aux: Any = None
        if has_aux:
            if not isinstance(result, tuple) or len(result) != 2:
                raise TransformError(
                    f"{name}: with has_aux=True the function returns (output, aux), not {_describe(result)}"
                )
            result, aux = result
        self.outputs, self.structure = results_of(result, name)
        others, aux_structure = flatten(aux)
        changes = find_written(pairs)
        returned = (*self.outputs, *others, *[y for _, y in changes])
        edges = [x._edge for x in returned if isinstance(x, Tensor) and x._edge is not None]
        #: Whether this graph leads to an outer one: then it is kept, and sweeps through it are recorded.
        self.open = _reaches_outer_graph(edges, self.inputs, start)
        #: Whether the results join that graph.
        self.joins_outer = around and self.open
        #: Whether every path of a sweep ends in an input.
        self.closed = not self.open and all(x._edge.__class__ is Leaf for x in self.inputs)
        self.aux = unflatten(aux_structure, [self.detach_inner(x) for x in others])
        for x, y in changes:  # write in-place changes of arguments back to the caller's tensors
            x.copy_(self.detach_inner(y))

    def detach_inner(self, x: Any) -> Any:
        """A result for the caller: without the graph, unless that belongs to an outer one."""
        return cell(x._read()) if isinstance(x, Tensor) and not self.joins_outer else x

    @property
    def result(self) -> Any:
        """What the function returned."""
        return unflatten(self.structure, [self.detach_inner(x) for x in self.outputs])

    def pull_back(self, cotangents: Sequence[Tensor | None], again: bool = True) -> list[Tensor]:
        """The gradients with respect to the inputs, zeros where there is none.  None among ``cotangents`` is zero.

        ``again`` says that another sweep may follow.
        """
        pairs = [(y, g) for y, g in zip(self.outputs, cotangents, strict=True) if g is not None and y._edge is not None]
        found: list[Tensor | None] = [None] * len(self.inputs)
        if pairs:
            create = grad_enabled() and (self.open or any(g._edge is not None for _, g in pairs))
            outputs, gradients = zip(*pairs, strict=True)
            if self.closed:
                reached = engine.sweep(outputs, gradients, again or create, create, None)
                found = [
                    engine.to_torch_convention(reached[x._edge]) if x._edge in reached else None for x in self.inputs
                ]
            else:
                found = engine.grad(outputs, self.inputs, gradients, again or create, create, True)
        return [OPERATIONS.zeros_like(x) if g is None else g for x, g in zip(self.inputs, found, strict=True)]

    def nest_as_inputs(self, gradients: Sequence[Any], single: bool) -> Any:
        """One value for each input leaf, nested as the arguments are."""
        trees = unflatten(self.inputs_structure, gradients)
        return trees[0] if single else tuple(trees)


def _make_variable(x: Tensor) -> Tensor:
    """``x`` as a variable of this run, lift to the level of all active transforms once."""
    traces = stack.get()
    if x._edge is not None:
        with enable_grad():  # a sweep may be recorded even if the function's run is not
            made = apply(Identity, None, lift(x, traces))
    else:
        made = cell(lift_array(x._read(), traces))
    if made._edge is None:
        made._edge = Leaf(made, tuple(made.shape))
    return made


def _reaches_outer_graph(edges: Sequence[Edge], inputs: Sequence[Tensor], start: int) -> bool:
    """Whether the graph from ``edges`` reaches a node from before ``start``, or a leaf that is not an argument."""
    own = {x._edge for x in inputs if x._edge.__class__ is Leaf}
    stack, seen = list(edges), set(edges)
    while stack:
        edge = stack.pop()
        if edge in own:
            continue
        if edge.__class__ is Leaf or edge.sequence < start:
            return True
        for following in edge.edges:
            if following not in seen:
                seen.add(following)
                stack.append(following)
    return False


def _describe(value: Any) -> str:
    return f"a tuple of {len(value)}" if isinstance(value, tuple) else f"a {type(value).__name__}"


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The output of a function, and the function from a cotangent to its vector-Jacobian product.

    Args:
        func: takes ``primals``, returns a tensor or a nested structure of tensors.
        *primals: the arguments, each a tensor or a nested list, tuple or dict of tensors.
        has_aux: whether ``func`` returns ``(output, aux)``, where ``aux`` is not differentiated.

    Returns:
        ``(output, vjp_fn)``, or ``(output, vjp_fn, aux)``.  ``vjp_fn`` takes a cotangent with the output's structure
        and shapes, and returns a tuple of gradients, one for each primal, of its structure and shapes.  It may be
        called several times.

    Raises:
        TransformError: a primal is not a floating-point or complex tensor; from ``vjp_fn`` also for another structure.
        RuntimeError: from ``vjp_fn``, a cotangent has another shape than its output.

    Example::

        >>> y, vjp_fn = polygrad.func.vjp(lambda x: x**2, polygrad.tensor([1.0, 2.0]))
        >>> vjp_fn(polygrad.ones(2))
        (tensor([2., 4.]),)
    """
    run = ReverseRun("vjp", func, primals, {}, range(len(primals)), has_aux)

    def vjp_fn(cotangents: Any) -> tuple[Any, ...]:
        leaves, structure = tensors_of(cotangents, "vjp_fn", "a cotangent")
        if structure != run.structure:
            raise TransformError(
                f"vjp_fn: the cotangents must have the structure of the output: expected {len(run.outputs)} tensors, got "
                f"{len(leaves)} or another nesting"
            )
        for y, g in zip(run.outputs, leaves, strict=True):
            if y.shape != g.shape:
                raise RuntimeError(
                    f"vjp_fn: a cotangent has shape {tuple(g.shape)}, but its output has {tuple(y.shape)}"
                )
        return run.nest_as_inputs(run.pull_back(leaves), False)

    return (run.result, vjp_fn, run.aux) if has_aux else (run.result, vjp_fn)


def grad_and_value(
    func: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that computes the gradient of ``func`` together with its value.

    Args:
        func: a function of tensors, or of nested lists, tuples and dicts of tensors, that returns a real 0-d tensor.
        argnums: the position of the argument to differentiate with respect to, or a tuple of positions.
        has_aux: whether ``func`` returns ``(output, aux)``, where ``aux`` is not differentiated.

    Returns:
        A function with the arguments of ``func`` that returns ``(gradient, value)``, or ``(gradient, (value, aux))``.

    Raises:
        RuntimeError: on the call, where the output is not a real 0-d tensor.
        TransformError: on the call, for an argument that is not a floating-point or complex tensor.

    Example::

        >>> polygrad.func.grad_and_value(lambda x: x**3)(polygrad.tensor(2.0))
        (tensor(12.), tensor(8.))
    """

    @functools.wraps(func)
    def gradient_and_value(*args: Any, **kwargs: Any) -> Any:
        positions, single = resolve_argnums("grad", args, argnums)
        run = ReverseRun("grad", func, args, kwargs, positions, has_aux)
        _check_scalar(run)
        gradient = run.nest_as_inputs(run.pull_back([OPERATIONS.ones_like(run.outputs[0])], again=False), single)
        return gradient, ((run.result, run.aux) if has_aux else run.result)

    return gradient_and_value


def _check_scalar(run: ReverseRun) -> None:
    if run.structure is not None:
        raise TransformError(
            f"grad: the function must return one tensor, of no dimensions, and it returned {len(run.outputs)} in a structure"
        )
    y = run.outputs[0]
    if y.shape.numel() != 1 or y.ndim:
        raise RuntimeError(
            f"grad: the function must return a tensor of no dimensions, and it returned one of shape {tuple(y.shape)}; reduce it, as in "  # noqa: E501
            "y.sum(), or take polygrad.func.vjp or polygrad.func.jacrev"
        )
    if y.dtype.is_complex:
        raise RuntimeError(
            f"grad: the function must return a real number, and it returned {y.dtype.name}; reduce it to one, as in y.abs(), or take "  # noqa: E501
            "polygrad.func.vjp"
        )


def grad(func: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that computes the gradient of ``func``.

    It may be used inside any other transform, itself included.

    Args:
        func: a function of tensors, or of nested lists, tuples and dicts of tensors, that returns a real 0-d tensor.
        argnums: the position of the argument to differentiate with respect to, or a tuple of positions, for a tuple of
            gradients.
        has_aux: whether ``func`` returns ``(output, aux)``, where ``aux`` is not differentiated.

    Returns:
        A function with the arguments of ``func`` that returns the gradient, or ``(gradient, aux)``.  A gradient has
        the structure and shapes of its argument, and is zero where the output does not depend on it.

    Raises:
        RuntimeError: on the call, where the output is not a real 0-d tensor.
        TransformError: on the call, for an argument that is not a floating-point or complex tensor.

    Example::

        >>> slope = polygrad.func.grad(lambda x: x**3)
        >>> slope(polygrad.tensor(2.0))
        tensor(12.)
        >>> polygrad.func.grad(slope)(polygrad.tensor(2.0))
        tensor(12.)
    """
    with_value = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        found, value = with_value(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient
