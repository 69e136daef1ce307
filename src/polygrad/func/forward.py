"""Forward mode: derivatives of functions in a direction."""

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
from .reverse import Recorded
from .trees import TransformError, apart, flatten, replaced, results_of, stand_ins, tensors_of, unflatten, written


class Pushed:
    """One run of a function in one direction.

    ``directions`` has one tangent for each leaf of the arguments at ``positions``; None for one that stays.  ``outputs``
    and ``tangents`` are the results' leaves, nested as ``structure`` says.  ``changes`` are tensors among the arguments that
    the function wrote to, each with its new value.
    """

    def __init__(
        self,
        name: str,
        func: Callable,
        args: Sequence[Any],
        kwargs: dict,
        positions: Sequence[int],
        directions: Sequence[Tensor | None],
        has_aux: bool = False,
        strict: bool = False,
    ):
        given = [args[position] for position in positions]
        leaves, structure = tensors_of(given, name, "a primal", differentiable=True)
        inside, pairs = stand_ins(args, positions)
        with JVPTrace() as trace:
            duals = [
                cell(x._read(), x._edge)
                if t is None
                else apply(MakeDual, trace, lift(x, trace.below), lift(t, trace.below))
                for x, t in zip(leaves, directions, strict=True)
            ]
            pairs += [(x, y, y._read()) for x, y in zip(leaves, duals, strict=True)]
            result = func(*replaced(inside, positions, unflatten(structure, duals)), **kwargs)
        aux: Any = None
        if has_aux:
            if not isinstance(result, tuple) or len(result) != 2:
                raise TransformError(
                    f"{name}: with has_aux=True the function returns (output, aux), not a {type(result).__name__}"
                )
            result, aux = result
        found, self.structure = results_of(result, name)
        others, aux_structure = flatten(aux)
        found, others = apart(found), apart(others)
        self.changes = [(x, apply(PrimalOf, trace, _of(trace, y))) for x, y in written(pairs)]
        del inside, duals, pairs, result, aux
        trace.check_written()
        found = [_of(trace, y) for y in found]
        if strict:
            for number, y in enumerate(found):
                _check_depends(name, y._read(), trace, number)
        self.outputs = [apply(PrimalOf, trace, y) for y in found]
        self.tangents = [apply(Lower, trace, y) for y in found]
        self.aux = unflatten(aux_structure, [apply(PrimalOf, trace, x) if isinstance(x, Tensor) else x for x in others])

    def reach_arguments(self) -> None:
        """Let what the function wrote to its arguments reach what was given for them."""
        for x, new in self.changes:
            x.copy_(_without_batches(new, x))


def _of(trace: JVPTrace, y: Tensor) -> Tensor:
    """``y`` as a tensor of ``trace``, if it has a graph."""
    return lift(y, (*trace.below, trace)) if y._edge is not None else y


def _without_batches(new: Tensor, x: Tensor) -> Tensor:
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


def _matching(name: str, primals: Sequence[Tensor], tangents: Sequence[Tensor]) -> None:
    for x, t in zip(primals, tangents, strict=True):
        if x.shape != t.shape:
            raise RuntimeError(f"{name}: a tangent has shape {tuple(t.shape)}, but its primal has {tuple(x.shape)}")
        if x.dtype is not t.dtype:
            raise RuntimeError(
                f"{name}: a tangent is {t.dtype.name}, but its primal is {x.dtype.name}; convert it, as in "
                f"t.to(polygrad.{x.dtype.name})"
            )


def _directions(name: str, primals: Any, tangents: Any) -> list[Tensor]:
    """The tangents' leaves.  Raises where they do not fit the primals."""
    for what, value in (("primals", primals), ("tangents", tangents)):
        if not isinstance(value, tuple):
            raise TransformError(
                f"{name}: {what} is a tuple with one entry for each argument, not a {type(value).__name__}; write ({what[:-1]},)"
            )
    leaves, structure = tensors_of(list(primals), name, "a primal", differentiable=True)
    if not leaves:
        raise TransformError(f"{name}: there is no tensor among the primals, and nothing to differentiate by")
    directions, other = tensors_of(list(tangents), name, "a tangent")
    if structure != other:
        raise TransformError(
            f"{name}: the tangents must be nested as the primals are, of {len(leaves)} tensors, and these are {len(directions)} nested otherwise"  # noqa: E501
        )
    _matching(name, leaves, directions)
    return directions


def jvp(
    func: Callable, primals: tuple, tangents: tuple, *, strict: bool = False, has_aux: bool = False
) -> tuple[Any, ...]:
    """``(func(*primals), J·tangents)``: the output, and its derivative in the direction ``tangents``, in one run.

    ``primals`` and ``tangents`` are tuples with one entry for each argument, of equal structures, shapes and types.  With
    ``has_aux`` the function returns ``(output, aux)``, and aux comes as a third result.  An output that does not depend on
    the arguments has a tangent of zeros, and with ``strict`` it is an error.

    Raises TransformError or RuntimeError where tangents and primals do not fit.

    Example::

        y, slope = polygrad.func.jvp(polygrad.sin, (polygrad.tensor(0.0),), (polygrad.tensor(1.0),))
        slope  # cos(0)
    """
    directions = _directions("jvp", primals, tangents)
    run = Pushed("jvp", func, primals, {}, range(len(primals)), directions, has_aux, strict)
    run.reach_arguments()
    results = unflatten(run.structure, run.outputs), unflatten(run.structure, run.tangents)
    return (*results, run.aux) if has_aux else results


def linearize(func: Callable, *primals: Any) -> tuple[Any, Callable]:
    """``(func(*primals), jvp_fn)``: the output, and the function from tangents, one for each primal, to its derivative.

    The function runs once; ``jvp_fn`` only goes through what was recorded, and pays where there are many directions.
    It is the transpose of the gradient, which is linear in the cotangent.

    Example::

        y, jvp_fn = polygrad.func.linearize(polygrad.sin, polygrad.tensor(0.0))
        jvp_fn(polygrad.tensor(2.0))  # 2 cos(0)
    """
    run = Recorded("linearize", func, primals, {}, range(len(primals)), False)
    seeds = [OPERATIONS.zeros_like(y) for y in run.outputs]
    for seed in seeds:
        seed._edge = Leaf(seed, tuple(seed.shape))
    with enable_grad():
        gradients = run.pull([seed * 1 for seed in seeds])  # no leaf: a Function's backward may change it in place

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
