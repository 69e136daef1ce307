"""Reverse mode: gradients, and products of a vector with the Jacobian, of functions.

The function runs on arguments of its own: new leaves, or, where the tensor that was given for one has a graph, a node that
leads to it.  A sweep asks for the gradients by these and by nothing else, so transforms inside transforms do not see
each other's variables.  The sweep itself is recorded only where somebody outside can differentiate its result.
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
from .trees import TransformError, chosen, flatten, replaced, results_of, stand_ins, tensors_of, unflatten, written


class Recorded:
    """One run of a function for differentiation by some of its arguments.

    ``outputs`` are its results' leaves, ``structure`` how they are nested, ``aux`` what else it returned.
    """

    def __init__(
        self, name: str, func: Callable, args: Sequence[Any], kwargs: dict, positions: Sequence[int], has_aux: bool
    ):
        self.name = name
        around = grad_enabled()
        start = graph.next_sequence()
        given = [args[position] for position in positions]
        leaves, self.inputs_structure = tensors_of(given, name, "an argument to differentiate by", differentiable=True)
        self.inputs = [_argument(x) for x in leaves]
        inside, pairs = stand_ins(args, positions)
        mode, token = grad_mode.set(True), differentiating.set(name)
        try:
            result = func(*replaced(inside, positions, unflatten(self.inputs_structure, self.inputs)), **kwargs)
        finally:
            differentiating.reset(token)
            grad_mode.reset(mode)
        aux: Any = None
        if has_aux:
            if not isinstance(result, tuple) or len(result) != 2:
                raise TransformError(
                    f"{name}: with has_aux=True the function returns (output, aux), not {_kind(result)}"
                )
            result, aux = result
        self.outputs, self.structure = results_of(result, name)
        others, aux_structure = flatten(aux)
        changes = written(pairs)
        returned = (*self.outputs, *others, *[y for _, y in changes])
        edges = [x._edge for x in returned if isinstance(x, Tensor) and x._edge is not None]
        #: Whether a graph outside can reach into this one: then it has to stay, and sweeps through it are recorded.
        self.open = _leads_outside(edges, self.inputs, start)
        #: Whether the results belong to that graph.
        self.joined = around and self.open
        #: Whether a sweep ends in the inputs wherever it goes.
        self.closed = not self.open and all(x._edge.__class__ is Leaf for x in self.inputs)
        self.aux = unflatten(aux_structure, [self.seen(x) for x in others])
        for x, y in changes:  # what the function wrote to an argument reaches what was given for it
            x.copy_(self.seen(y))

    def seen(self, x: Any) -> Any:
        """A result as the caller sees it: without the graph, where nothing outside belongs to it."""
        return cell(x._read()) if isinstance(x, Tensor) and not self.joined else x

    @property
    def result(self) -> Any:
        """What the function returned."""
        return unflatten(self.structure, [self.seen(x) for x in self.outputs])

    def pull(self, cotangents: Sequence[Tensor | None], again: bool = True) -> list[Tensor]:
        """The gradients by the inputs, zeros where there is none; None among ``cotangents`` is zero.

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

    def as_inputs(self, gradients: Sequence[Any], single: bool) -> Any:
        """One value for each input leaf, nested as the arguments are."""
        trees = unflatten(self.inputs_structure, gradients)
        return trees[0] if single else tuple(trees)


def _argument(x: Tensor) -> Tensor:
    """``x`` as a variable of its own, of all transforms around: so nothing has to be lifted each time that it is used."""
    traces = stack.get()
    if x._edge is not None:
        with enable_grad():  # a sweep may be recorded, whether the function's run is or not
            made = apply(Identity, None, lift(x, traces))
    else:
        made = cell(lift_array(x._read(), traces))
    if made._edge is None:
        made._edge = Leaf(made, tuple(made.shape))
    return made


def _leads_outside(edges: Sequence[Edge], inputs: Sequence[Tensor], start: int) -> bool:
    """Whether the graph from ``edges`` reaches something that was there before, or a leaf that is no argument."""
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


def _kind(value: Any) -> str:
    return f"a tuple of {len(value)}" if isinstance(value, tuple) else f"a {type(value).__name__}"


def vjp(func: Callable, *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """``(func(*primals), vjp_fn)``: the output, and the function from a cotangent to its product with the Jacobian.

    ``vjp_fn(cotangents)`` takes what has the output's structure and shapes and returns a tuple with one entry for each
    of ``primals``, of their structures and shapes.  It may be called several times.  With ``has_aux`` the function
    returns ``(output, aux)``, and aux comes as a third result.

    Raises TransformError for primals that are not floating-point tensors and cotangents of another structure, and
    RuntimeError for cotangents of other shapes.

    Example::

        y, vjp_fn = polygrad.func.vjp(polygrad.sin, polygrad.tensor([0.0, 1.0]))
        vjp_fn(polygrad.ones(2))  # (cos(x),)
    """
    run = Recorded("vjp", func, primals, {}, range(len(primals)), has_aux)

    def vjp_fn(cotangents: Any) -> tuple[Any, ...]:
        leaves, structure = tensors_of(cotangents, "vjp_fn", "a cotangent")
        if structure != run.structure:
            raise TransformError(
                f"vjp_fn: the cotangents must be nested as the output is, of {len(run.outputs)} tensors, and these are "
                f"{len(leaves)} nested otherwise"
            )
        for y, g in zip(run.outputs, leaves, strict=True):
            if y.shape != g.shape:
                raise RuntimeError(
                    f"vjp_fn: a cotangent has shape {tuple(g.shape)}, but its output has {tuple(y.shape)}"
                )
        return run.as_inputs(run.pull(leaves), False)

    return (run.result, vjp_fn, run.aux) if has_aux else (run.result, vjp_fn)


def grad_and_value(func: Callable, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Callable:
    """The function that returns the gradient of ``func`` together with its value: ``(grad, value)``.

    The arguments are `grad`'s; with ``has_aux`` it returns ``(grad, (value, aux))``.
    """

    @functools.wraps(func)
    def gradient_and_value(*args: Any, **kwargs: Any) -> Any:
        positions, single = chosen("grad", args, argnums)
        run = Recorded("grad", func, args, kwargs, positions, has_aux)
        _check_scalar(run)
        gradient = run.as_inputs(run.pull([OPERATIONS.ones_like(run.outputs[0])], again=False), single)
        return gradient, ((run.result, run.aux) if has_aux else run.result)

    return gradient_and_value


def _check_scalar(run: Recorded) -> None:
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


def grad(func: Callable, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Callable:
    """The function that computes the gradient of ``func``, which returns a real tensor of no dimensions.

    Args:
        func: a function of tensors, or of nested lists, tuples and dicts of tensors.
        argnums: the position of the argument to differentiate by, or a tuple of positions, which gives a tuple of gradients.
        has_aux: whether ``func`` returns ``(output, aux)``; then the result is ``(gradient, aux)``.

    A gradient has its argument's structure and shapes, and is zero where the output does not depend on it.  The function may
    be called inside any other transform.  Raises RuntimeError where the output is no real number, TransformError for
    arguments that are not floating-point tensors.

    Example::

        slope = polygrad.func.grad(lambda x: x**3)
        polygrad.func.grad(slope)(polygrad.tensor(2.0))  # 12
    """
    with_value = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        found, value = with_value(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient
