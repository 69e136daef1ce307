"""Forward mode: Jacobian-vector products of functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core import engine
from .._core.graph import Leaf
from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor, cell
from .._interpreters.batching.tracer import BatchTracer
from .._interpreters.jvp.tracer import JVPTrace, JVPTracer, MakeDual, PrimalOf
from .._interpreters.lifting import Lower, apply, lift
from .._interpreters.tracer import layers
from .._state import grad_enabled
from ..autograd.grad_mode import enable_grad
from .reverse import ReverseRun
from .trees import (
    TransformError,
    copy_cells,
    find_written,
    flatten,
    replace_at,
    results_of,
    substitute_arguments,
    tensors_of,
    unflatten,
)


class JVPRun:
    """One run of a function in one direction.

    ``directions`` has one tangent, or None for zero, for each leaf of the arguments at ``positions``.  ``outputs`` and
    ``tangents`` are the leaves of the results, nested by ``structure``.  ``changes`` are the arguments that the
    function wrote to, with their new values.
    """

    structure: Any
    changes: list[tuple[Tensor, Any]]
    outputs: list[Any]
    tangents: list[Any]
    aux: Any

    def __init__(
        self,
        name: str,
        func: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[Any, Any],
        positions: Sequence[int],
        directions: Sequence[Tensor | None],
        has_aux: bool = False,
        strict: bool = False,
    ):
        given = [args[position] for position in positions]
        leaves, structure = tensors_of(given, name, "a primal", differentiable=True)
        inside, pairs = substitute_arguments(args, positions)
        with JVPTrace() as trace:
            duals = [
                cell(x._read(), x._edge)
                if t is None
                else apply(MakeDual, trace, lift(x, trace.below), lift(t, trace.below))
                for x, t in zip(leaves, directions, strict=True)
            ]
            pairs += [(x, y, y._read()) for x, y in zip(leaves, duals, strict=True)]
            result = func(*replace_at(inside, positions, unflatten(structure, duals)), **kwargs)
        aux: Any = None
        if has_aux:
            if not isinstance(result, tuple) or len(result) != 2:
                raise TransformError(
                    f"{name}: with has_aux=True the function returns (output, aux), not a {type(result).__name__}"
                )
            result, aux = result
        found, self.structure = results_of(result, name)
        others, aux_structure = flatten(aux)
        found, others = copy_cells(found), copy_cells(others)
        self.changes = [(x, apply(PrimalOf, trace, _lift_to(trace, y))) for x, y in find_written(pairs)]
        del inside, duals, pairs, result, aux
        trace.check_written()
        found = [_lift_to(trace, y) for y in found]
        if strict:
            for number, y in enumerate(found):
                _check_depends(name, y._read(), trace, number)
        self.outputs = [apply(PrimalOf, trace, y) for y in found]
        self.tangents = [apply(Lower, trace, y) for y in found]
        self.aux = unflatten(aux_structure, [apply(PrimalOf, trace, x) if isinstance(x, Tensor) else x for x in others])

    def write_back(self) -> None:
        """Write the new values of arguments that the function changed in place to the caller's tensors."""
        for x, new in self.changes:
            x.copy_(_drop_other_batches(new, x))


def _lift_to(trace: JVPTrace, y: Tensor) -> Tensor:
    """``y`` as a tensor of ``trace``, if it has a graph."""
    return lift(y, (*trace.below, trace)) if y._edge is not None else y


def _drop_other_batches(new: Tensor, x: Tensor) -> Tensor:
    """``new`` outside of the batches that ``x`` does not belong to, where it is the same for all examples."""
    array, own = new._read(), layers(x._read())
    while new._edge is None and isinstance(array, BatchTracer) and not array.mapped and array.trace not in own:
        array = array.value
    return new if array is new._read() else cell(array)


def _check_depends(name: str, array: Any, trace: JVPTrace, number: int) -> None:
    if not isinstance(array, JVPTracer) or array.trace is not trace or array.tangent is None:
        raise RuntimeError(
            f"{name}: strict=True, and output {number} of the function does not depend on its arguments; without strict its "
            "tangent is zero"
        )


def _check_matching(name: str, primals: Sequence[Tensor], tangents: Sequence[Tensor]) -> None:
    for x, t in zip(primals, tangents, strict=True):
        if x.shape != t.shape:
            raise RuntimeError(f"{name}: a tangent has shape {tuple(t.shape)}, but its primal has {tuple(x.shape)}")
        if x.dtype is not t.dtype:
            raise RuntimeError(
                f"{name}: a tangent is {t.dtype.name}, but its primal is {x.dtype.name}; convert it, as in "
                f"t.to(polygrad.{x.dtype.name})"
            )


def _directions(name: str, primals: Any, tangents: Any) -> list[Tensor]:
    """The leaves of the tangents.  Raises where they do not match the primals."""
    for what, value in (("primals", primals), ("tangents", tangents)):
        if not isinstance(value, tuple):
            raise TransformError(
                f"{name}: {what} is a tuple with one entry for each argument, not a {type(value).__name__}; write ({what[:-1]},)"
            )
    leaves, structure = tensors_of(list(primals), name, "a primal", differentiable=True)
    if not leaves:
        raise TransformError(f"{name}: there is no tensor among the primals to differentiate with respect to")
    directions, other = tensors_of(list(tangents), name, "a tangent")
    if structure != other:
        raise TransformError(
            f"{name}: the tangents must have the structure of the primals: expected {len(leaves)} tensors, got {len(directions)} "
            "or another nesting"
        )
    _check_matching(name, leaves, directions)
    return directions


def jvp(
    func: Callable[..., Any],
    primals: tuple[Any, ...],
    tangents: tuple[Any, ...],
    *,
    strict: bool = False,
    has_aux: bool = False,
) -> tuple[Any, ...]:
    """The output of a function and its Jacobian-vector product, in one run.

    Args:
        func: takes one tensor, or one nested list, tuple or dict of tensors, for each entry of ``primals``.
        primals: a tuple of arguments.
        tangents: a tuple of directions, with the structure, shapes and data types of ``primals``.
        strict: whether an output that does not depend on ``primals`` is an error; otherwise its tangent is zero.
        has_aux: whether ``func`` returns ``(output, aux)``, where ``aux`` is not differentiated.

    Returns:
        ``(output, tangent)``, or ``(output, tangent, aux)``.  ``tangent``, of the output's structure and shapes, is
        the derivative of the output along ``tangents``.

    Raises:
        TransformError: tangents and primals differ in structure, or are not floating-point or complex tensors.
        RuntimeError: they differ in shape or data type, or an output is independent with ``strict``.

    Example::

        >>> x, v = polygrad.tensor([1.0, 2.0]), polygrad.tensor([1.0, 0.0])
        >>> y, tangent = polygrad.func.jvp(lambda x: x**2, (x,), (v,))
        >>> tangent
        tensor([2., 0.])
    """
    directions = _directions("jvp", primals, tangents)
    run = JVPRun("jvp", func, primals, {}, range(len(primals)), directions, has_aux, strict)
    run.write_back()
    results = unflatten(run.structure, run.outputs), unflatten(run.structure, run.tangents)
    return (*results, run.aux) if has_aux else results


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """The output of a function, and the linear function from tangents to its Jacobian-vector product.

    The function runs once: ``jvp_fn`` only transposes the recorded gradient, which is linear in the cotangent.  It
    pays where there are many directions.

    Args:
        func: takes ``primals``, returns a tensor or a nested structure of tensors.
        *primals: the arguments, each a tensor or a nested list, tuple or dict of tensors.

    Returns:
        ``(output, jvp_fn)``.  ``jvp_fn`` takes one tangent for each primal, of its structure and shapes.

    Raises:
        TransformError: a primal is not a floating-point or complex tensor; from ``jvp_fn`` also for another structure.
        RuntimeError: from ``jvp_fn``, a tangent has another shape or data type than its primal.

    References:
        J. Townsend, "A new trick for calculating Jacobian vector products" (2017).

    Example::

        >>> y, jvp_fn = polygrad.func.linearize(lambda x: x**2, polygrad.tensor([1.0, 2.0]))
        >>> jvp_fn(polygrad.tensor([1.0, 0.0]))
        tensor([2., 0.])
        >>> jvp_fn(polygrad.tensor([0.0, 1.0]))
        tensor([0., 4.])
    """
    run = ReverseRun("linearize", func, primals, {}, range(len(primals)), False)
    seeds = [OPERATIONS.zeros_like(y) for y in run.outputs]
    for seed in seeds:
        seed._edge = Leaf(seed, tuple(seed.shape))
    with enable_grad():
        gradients = run.pull_back(
            [seed * 1 for seed in seeds]
        )  # not a leaf, since a Function's backward may change it in place

    def jvp_fn(*tangents: Any) -> Any:
        directions = _directions("jvp_fn", primals, tangents)
        pairs = [(g, t) for g, t in zip(gradients, directions, strict=True) if g._edge is not None]
        found: list[Tensor | None] = [None] * len(seeds)
        if pairs:
            create = grad_enabled() and (run.open or any(t._edge is not None for _, t in pairs))
            found = engine.grad([g for g, _ in pairs], seeds, [t for _, t in pairs], True, create, True)
        tangents_out = [
            OPERATIONS.zeros_like(cell(y._read())) if t is None else t for y, t in zip(run.outputs, found, strict=True)
        ]
        return unflatten(run.structure, tangents_out)

    return run.result, jvp_fn
