"""Run a `Function` inside transforms.

In forward mode ``forward`` computes on the primals, and the tangents come from the user's ``jvp``, or from the
transpose of ``backward``.  In a batch the user's ``vmap`` replaces forward; without one, forward runs on batched
arrays.  Each transform is removed from the arguments, the call runs one level below, and its results are wrapped for
the transform again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._core import engine
from .._core.graph import Leaf
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor, cell
from .._dtypes import finfo
from .._functions.common import values_for_checks
from .._interpreters.batching.tracer import BatchTrace, BatchTracer, move_axis
from .._interpreters.jvp.tracer import JVPTrace, join_dual, split_dual
from .._interpreters.trace import Trace, stack
from .._interpreters.tracer import layers
from .function_call import Call, FunctionCtx, backward_of, has_own
from .grad_mode import enable_grad


class VmapInfo(NamedTuple):
    """The batch that a `Function.vmap` computes: its size, and the ``randomness`` of `polygrad.vmap`."""

    batch_size: int
    randomness: str


def run(cls: Any, ctx: FunctionCtx, args: Sequence[Any], kwargs: dict[Any, Any]) -> Any:
    """The result of forward on arguments of any transforms, with ``ctx`` set up for them.  Nothing is recorded."""
    separate = has_own(cls, "setup_context")
    trace = _next_frame(cls, args)
    if trace is None:
        output = cls.forward(*args, **kwargs) if separate else cls.forward(ctx, *args, **kwargs)
    else:
        with _outside(trace):
            output = (_run_jvp if isinstance(trace, JVPTrace) else _run_batched)(cls, ctx, args, kwargs, trace)
    if separate:
        cls.setup_context(ctx, args, output)
    return output


def _next_frame(cls: Any, args: Sequence[Any]) -> Any:
    """The transform to remove first, or None where forward can run on the arguments.

    A function of batches is differentiated as a whole, unless it has a ``vmap``, which computes one level below the
    batch.
    """
    traces = {trace for x in args if isinstance(x, Tensor) for trace in layers(x._read())}
    if not traces:
        return None
    highest = max(traces, key=lambda trace: trace.level)
    if isinstance(highest, BatchTrace) and has_own(cls, "vmap"):
        return highest
    directions = [trace for trace in traces if isinstance(trace, JVPTrace)]
    return max(directions, key=lambda trace: trace.level, default=None)


@contextlib.contextmanager
def _outside(trace: Trace) -> Iterator[None]:
    """Run the block as if the transform ``trace`` were not active."""
    token = stack.set(tuple([one for one in stack.get() if one is not trace]))
    try:
        yield
    finally:
        stack.reset(token)


def _wrap_outputs(
    args: Sequence[Any],
    values: Sequence[Any],
    before: Sequence[Any],
    output: Any,
    arrays: Sequence[Any],
    dirty: Sequence[Tensor] = (),
) -> Any:
    """``output``, computed one level below from ``values``, with the arrays ``arrays``.

    An argument that was changed in place, or is marked as ``dirty``, and is returned gets its new array; ``before``
    has the former arrays of ``values``.
    """
    marked = {id(value) for value in dirty}
    changed = {
        id(value): x
        for x, value, array in zip(args, values, before, strict=True)
        if isinstance(x, Tensor) and (value._read() is not array or id(value) in marked)
    }
    made = []
    for out, array in zip(_as_tuple(output), arrays, strict=True):
        if not isinstance(out, Tensor):
            made.append(out)
        elif id(out) in changed:
            changed[id(out)]._rebind(array, changed[id(out)]._edge)
            made.append(changed[id(out)])
        else:
            made.append(cell(array))
    return tuple(made) if isinstance(output, (tuple, list)) else made[0]


def _as_tuple(output: Any) -> tuple:
    return tuple(output) if isinstance(output, (tuple, list)) else (output,)


def _read(values: Sequence[Any]) -> list[Any]:
    return [x._read() if isinstance(x, Tensor) else None for x in values]


# -- batches -----------------------------------------------------------------------------------------------------------


def _run_batched(cls: Any, ctx: FunctionCtx, args: Sequence[Any], kwargs: dict, trace: BatchTrace) -> Any:
    """The outputs by the user's ``vmap``, as arrays of ``trace``."""
    if cls.generate_vmap_rule:
        raise RuntimeError(
            f"{cls.__name__} has generate_vmap_rule=True and a vmap staticmethod as well; leave one of them out"
        )
    if not has_own(cls, "setup_context"):
        raise RuntimeError(
            f"{cls.__name__} has a vmap staticmethod, which is not given the ctx, and so it needs a setup_context: write "
            "forward(*args) without ctx, and setup_context(ctx, inputs, output) for what backward needs"
        )
    values, in_dims = list(args), [None] * len(args)  # type: list[Any], list[int | None]
    for number, array in enumerate(_read(args)):
        if isinstance(array, BatchTracer) and array.trace is trace:
            values[number], in_dims[number] = cell(array.value), 0 if array.mapped else None
        elif array is not None:
            values[number] = cell(array)
    before = _read(values)
    if 0 not in in_dims:
        output = run(cls, FunctionCtx(ctx.needs_input_grad), values, kwargs)
        out_dims: Any = None
    else:
        result = cls.vmap(VmapInfo(trace.size, trace.randomness), tuple(in_dims), *values, **kwargs)
        if not isinstance(result, tuple) or len(result) != 2:
            raise RuntimeError(
                f"the vmap staticmethod of {cls.__name__} returns two things, (outputs, out_dims), not a {type(result).__name__}"
            )
        output, out_dims = result
    outputs = _as_tuple(output)
    dims = out_dims if isinstance(out_dims, (tuple, list)) else (out_dims,) * len(outputs)
    if dims is out_dims and (type(out_dims) is not type(output) or len(dims) != len(outputs)):
        raise RuntimeError(
            f"the vmap staticmethod of {cls.__name__} returns {len(outputs)} outputs and {len(dims)} out_dims; there is one for each, in a "  # noqa: E501
            "tuple or list as the outputs are, or one int or None for all"
        )
    arrays = [_in_batch(cls, trace, x, d) if isinstance(x, Tensor) else x for x, d in zip(outputs, dims, strict=True)]
    return _wrap_outputs(args, values, before, output, arrays)


def _in_batch(cls: Any, trace: BatchTrace, out: Tensor, dim: int | None) -> Any:
    array = out._read()
    if dim is None:
        return trace.constant(array)
    if not -out.ndim <= dim < out.ndim or out.shape[dim] != trace.size:
        raise RuntimeError(
            f"the vmap staticmethod of {cls.__name__} says that the {trace.size} examples lie along dimension {dim} of an "
            f"output of shape {tuple(out.shape)}"
        )
    return trace.wrap(move_axis(array, dim % out.ndim, 0), True)


# -- forward mode ------------------------------------------------------------------------------------------------------


def _run_jvp(cls: Any, ctx: FunctionCtx, args: Sequence[Any], kwargs: dict, trace: JVPTrace) -> Any:
    """The outputs with their tangents, as arrays of ``trace``."""
    taken = [split_dual(x._read(), trace) if isinstance(x, Tensor) else (x, None) for x in args]
    values = [cell(part) if isinstance(x, Tensor) else x for x, (part, _) in zip(args, taken, strict=True)]
    tangents = [None if t is None else cell(t) for _, t in taken]
    before = _read(values)
    inner = FunctionCtx(ctx.needs_input_grad)
    output = run(cls, inner, values, kwargs)
    outputs = _as_tuple(output)
    found: list[Tensor | None] = [None] * len(outputs)
    if any(t is not None for t in tangents):
        constant = {id(out) for out in inner._constant}
        varies = [isinstance(x, Tensor) and x.dtype.is_differentiable and id(x) not in constant for x in outputs]
        rule = _tangents_by_jvp if has_own(cls, "jvp") else _tangents_by_transposition
        found = rule(cls, inner, values, tangents, outputs, varies)
    arrays = [
        join_dual(x._read(), None if t is None else t._read(), trace) if isinstance(x, Tensor) else x
        for x, t in zip(outputs, found, strict=True)
    ]
    wrapped = _wrap_outputs(args, values, before, output, arrays, inner._dirty)
    if not has_own(cls, "setup_context"):
        _pass_context(inner, ctx, values, args, outputs, _as_tuple(wrapped))
    return wrapped


def _pass_context(
    inner: FunctionCtx,
    ctx: FunctionCtx,
    values: Sequence[Any],
    args: Sequence[Any],
    outputs: Sequence[Any],
    wrapped: Sequence[Any],
) -> None:
    """Move the attributes of ``inner`` to ``ctx``, with arguments and outputs replaced by those of the outer level."""
    of_output = {id(x): y for x, y in zip(outputs, wrapped, strict=True) if isinstance(x, Tensor)}
    outer = {**of_output, **{id(x): y for x, y in zip(values, args, strict=True) if isinstance(x, Tensor)}}

    def convert(value: Any) -> Any:
        kind = value.__class__
        if isinstance(value, Tensor):
            return outer.get(id(value), value)
        if kind is tuple or kind is list:
            return kind([convert(one) for one in value])
        return {key: convert(one) for key, one in value.items()} if kind is dict else value

    constant = tuple([of_output[id(x)] for x in inner._constant if id(x) in of_output])
    ctx._take(inner, convert)
    ctx._constant = constant


def _tangents_by_jvp(
    cls: Any,
    ctx: FunctionCtx,
    values: Sequence[Any],
    tangents: Sequence[Tensor | None],
    outputs: Sequence[Any],
    varies: Sequence[bool],
) -> list[Tensor | None]:
    """The tangents of the outputs by the user's ``jvp``."""
    given = [
        xp.zeros_like(x) if t is None and isinstance(x, Tensor) and ctx._materializes else t
        for x, t in zip(values, tangents, strict=True)
    ]
    results = _as_tuple(cls.jvp(ctx._copy_for_jvp(), *given))
    if len(results) != len(outputs):
        raise RuntimeError(
            f"the jvp of {cls.__name__} returned an invalid number of forward gradients (expected {len(outputs)} but got "
            f"{len(results)})"
        )
    return [
        None if t is None else _check_tangent(cls.__name__, number, t, out, varied)
        for number, (t, out, varied) in enumerate(zip(results, outputs, varies, strict=True))
    ]


def _check_tangent(name: str, number: int, tangent: Any, out: Any, varies: bool) -> Tensor:
    where = f"the jvp of {name} returned for output {number}"
    if not isinstance(tangent, Tensor):
        raise TypeError(f"{where} a {type(tangent).__name__}; a tangent is a Tensor or None")
    if not varies:
        raise RuntimeError(f"{where} a tangent, but that output is not differentiable; return None in its place")
    if tangent.shape != out.shape:
        raise RuntimeError(
            f"{where} a tangent of shape {tuple(tangent.shape)}, but the output has {tuple(out.shape)}; they have one shape"
        )
    if tangent.dtype is out.dtype:
        return tangent
    if tangent.dtype.is_complex and not out.dtype.is_complex:
        raise RuntimeError(f"{where} a tangent of type {tangent.dtype.name}, but the output is {out.dtype.name}")
    return xp.astype(tangent, out.dtype)


def _tangents_by_transposition(
    cls: Any,
    ctx: FunctionCtx,
    values: Sequence[Any],
    tangents: Sequence[Tensor | None],
    outputs: Sequence[Any],
    varies: Sequence[bool],
) -> list[Tensor | None]:
    """The tangents of the outputs by the user's ``backward``.

    Backward is linear in the gradients ``g`` that it gets, so the derivative of ``<backward(g), tangents>`` with
    respect to ``g`` is the tangent, whatever ``g`` is (J. Townsend, "A new trick for calculating Jacobian vector
    products", 2017).
    """
    rule = f"write a jvp(ctx, *tangents) staticmethod for {cls.__name__}"
    if not has_own(cls, "backward"):
        raise NotImplementedError(f"jvp: {cls.__name__} has neither a jvp nor a backward for forward mode; {rule}")
    if getattr(backward_of(cls), "differentiable_once", False):
        raise RuntimeError(
            f"jvp: forward mode transposes the backward of {cls.__name__}, and that is marked with @once_differentiable, so it "
            f"cannot be differentiated; {rule}"
        )
    wanted = tuple([t is not None for x, t in zip(values, tangents, strict=True) if isinstance(x, Tensor)])
    seeds = [xp.ones_like(x) if varied else None for x, varied in zip(outputs, varies, strict=True)]
    for seed in seeds:
        if seed is not None:
            seed._edge = Leaf(seed, tuple(seed.shape))
    call = Call(cls, ctx, values, outputs, wanted)
    with enable_grad():
        given = [
            call.as_gradient(None, like)
            if seed is None
            else seed * 1  # not a leaf, since backward may change it in place
            for seed, like in zip(seeds, call.likes, strict=True)
        ]
        gradients = call.gradients(ctx._copy_with_saved(ctx._saved or ()), given)
    of_tensors = [t for x, t in zip(values, tangents, strict=True) if isinstance(x, Tensor)]
    pairs = [(g, t) for g, t in zip(gradients, of_tensors, strict=True) if g is not None and t is not None]
    live: list[Any] = [seed for seed in seeds if seed is not None]
    joined = [(g, t) for g, t in pairs if g._edge is not None]
    reached: list[Tensor | None] = [None] * len(live)
    if joined and live:
        reached = engine.grad([g for g, _ in joined], live, [t for _, t in joined], False, False, True)
    if not _is_linear(pairs, list(zip(live, reached, strict=True))):
        raise RuntimeError(
            f"jvp: forward mode transposes the backward of {cls.__name__}, which must be linear in the gradients that it is "
            "given and made of operations on tensors; this one detaches them, leaves polygrad, or is not linear (a "
            f"gradient that is zero is returned as None).  Otherwise {rule}"
        )
    found = iter(reached)
    return [None if seed is None else next(found) for seed in seeds]


def _is_linear(gradients: Sequence[tuple[Tensor, Tensor]], tangents: Sequence[tuple[Tensor, Tensor | None]]) -> bool:
    """Whether ``<backward(g), t>`` equals ``<g, tangent>``, as it must for a linear backward.

    Where values are unknown, in a program that is compiled, at least each gradient must depend on ``g``.
    """
    left = [_product(g, t) for g, t in gradients]
    right = [_product(g, t) for g, t in tangents if t is not None]
    if not left:
        return True
    difference = sum(x for x, _ in left) - sum(x for x, _ in right)
    scale: Any = sum(size for _, size in (*left, *right))
    found, size = values_for_checks(xp.abs(difference)), values_for_checks(scale)
    if found is None or size is None:
        return all(g._edge is not None for g, _ in gradients)
    # Allow for rounding; infinities are not compared.
    rounding = max(float(finfo(g.dtype).eps) for g, _ in gradients) ** 0.4
    return not np.any(found > rounding * size)


def _product(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """The inner product of tensors as real vectors, and the sum of the absolute values of its terms."""
    products = xp.real(xp.conj(a.detach()) * b)
    return xp.sum(products), xp.sum(xp.abs(products))
