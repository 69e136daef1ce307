"""`Function`: an operation whose gradient the user writes, on tensors.

To the engine a call is one more node, whose plan is a `function_call.Call`.
"""

from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from .._core.graph import Edge, Leaf, make_node
from .._core.hooks import HOOKS
from .._core.tensor import Tensor, cell
from .._functions.common import warn
from .._interpreters.jvp.tracer import has_tangent
from .._state import grad_enabled
from .function_call import Call, FunctionCtx, has_own, missing
from .function_transforms import run
from .grad_mode import no_grad

__all__ = ["Function", "FunctionCtx", "once_differentiable"]


class Function:
    """The base of operations with a gradient of one's own.  `apply` calls them.

    A subclass has two static methods.  ``forward(ctx, *args)`` computes on tensors, unrecorded; and
    ``backward(ctx, *grads)`` gets one gradient per output and returns one per argument of forward, None for those
    without.  What backward does with tensors is recorded under ``create_graph=True``, so that higher derivatives come
    for free.  Alternatively ``forward`` takes the arguments alone and ``setup_context(ctx, inputs, output)`` saves what
    is needed.

    Two more may be given.  ``jvp(ctx, *tangents)`` is the forward-mode rule: the tangents of the outputs from those of
    the arguments.  Without it forward mode transposes ``backward``, which is linear in the gradients that it is given.
    ``vmap(info, in_dims, *args)`` computes the outputs of a whole batch, for a ``forward`` that cannot run on one.

    For a complex variable the gradient is, as everywhere in PyTorch, the conjugate of the derivative.

    Example::

        class Cube(polygrad.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x * x * x

            @staticmethod
            def backward(ctx, grad):
                (x,) = ctx.saved_tensors
                return 3 * x * x * grad

        x = polygrad.tensor(2.0, requires_grad=True)
        Cube.apply(x).backward()
        x.grad  # tensor(12.)
    """

    #: Whether `polygrad.vmap` runs forward, backward and jvp on batches, as it does where there is no ``vmap``.
    generate_vmap_rule = False

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"{cls.__name__} is not instantiated: its methods are static; write {cls.__name__}.apply(...)")

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs, a tensor or a tuple, from ``(ctx, *args)``, or from ``*args`` with a `setup_context`."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    @missing
    def setup_context(ctx: FunctionCtx, inputs: tuple, output: Any) -> None:
        """Save what `backward` needs, where `forward` does not take ``ctx``."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    @missing
    def backward(ctx: FunctionCtx, *grad_outputs: Any) -> Any:
        """The gradients of the arguments of forward, from those of its outputs."""
        raise NotImplementedError(
            "You must implement the backward method for your custom autograd.Function to use it with backward mode AD."
        )

    @staticmethod
    @missing
    def vjp(ctx: FunctionCtx, *grad_outputs: Any) -> Any:
        """Another name of `backward`: a Function defines one of them."""
        raise NotImplementedError(
            "You must implement the backward method for your custom autograd.Function to use it with backward mode AD."
        )

    @staticmethod
    @missing
    def jvp(ctx: FunctionCtx, *grad_inputs: Any) -> Any:
        """The tangents of the outputs, None for those that do not vary, from those of the arguments of forward.

        An argument that is a tensor without a tangent has one of zeros, or None after ``set_materialize_grads(False)``; one
        that is no tensor has None.
        """
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    @missing
    def vmap(info: Any, in_dims: tuple, *args: Any) -> Any:
        """``(outputs, out_dims)`` of a batch.

        ``args`` are those of forward; ``in_dims`` has for each the dimension along which its examples lie, or None where
        it is the same for all.  ``info`` has ``batch_size`` and ``randomness``.  ``out_dims`` says the same of the
        outputs.  It needs a ``setup_context``.
        """
        raise NotImplementedError("this Function has no vmap of its own")

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Call the function.

        Raises RuntimeError for a leaf that was changed in place, and for a changed input that was not returned.
        """
        separate = has_own(cls, "setup_context")
        if separate or kwargs:
            args, kwargs = _bound(cls.forward, args, kwargs, separate)
        edges = [isinstance(x, Tensor) and x._edge is not None for x in args]
        needs = edges
        if any(isinstance(x, Tensor) and x.backend.level > 1 for x in args):
            levelled = iter(HOOKS.unify_levels([x for x in args if isinstance(x, Tensor)]))
            args = tuple([next(levelled) if isinstance(x, Tensor) else x for x in args])
            needs = [
                edge or (isinstance(x, Tensor) and has_tangent(x._read())) for edge, x in zip(edges, args, strict=True)
            ]
        ctx = FunctionCtx(tuple(needs))
        records = True in edges and grad_enabled()
        tensors = [x for x in args if isinstance(x, Tensor)] if records else []
        # A leaf that forward changes in place gets its value back.
        leaves = [(x, x._read()) for x in tensors if x._edge.__class__ is Leaf]
        with no_grad():
            output = run(cls, ctx, args, kwargs)
        single = not isinstance(output, (tuple, list))
        outputs = (output,) if single else tuple(output)
        _check_dirty(cls, ctx, args, outputs, leaves)
        joined = _joined(cls, ctx, args, outputs, single) if records else _unjoined(ctx, outputs)
        ctx._saved = ctx._saved_for_forward = None
        return joined[0] if single else joined


def _bound(forward: Callable, args: tuple, kwargs: dict, separate: bool) -> tuple[tuple, dict]:
    """The arguments as forward names them, in order and with their defaults, and those that are keyword-only."""
    signature = inspect.signature(forward)
    if not separate:
        signature = signature.replace(parameters=list(signature.parameters.values())[1:])
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.args, bound.kwargs


def _check_dirty(
    cls: type, ctx: FunctionCtx, args: Sequence[Any], outputs: Sequence[Any], leaves: Sequence[tuple[Tensor, Any]]
) -> None:
    returned = {id(out) for out in outputs}
    for x in ctx._dirty:
        if all(x is not given for given in args):
            warn(
                f"{cls.__name__}: a tensor was passed to mark_dirty that was not an input to forward; pass only inputs"
            )
        for leaf, before in leaves:
            if leaf is x:
                with no_grad():
                    leaf._rebind(before, leaf._edge)
                raise RuntimeError(
                    f"{cls.__name__}: a leaf tensor that requires grad has been used in an in-place operation; its "
                    "value was put back.  Pass x.clone()"
                )
        if id(x) not in returned:
            raise RuntimeError(
                f"{cls.__name__}: some elements marked as dirty during the forward method were not returned as output. "
                "The inputs that are modified inplace must all be outputs of the Function."
            )


def _unjoined(ctx: FunctionCtx, outputs: Sequence[Any]) -> tuple[Any, ...]:
    """The outputs of a call that is not recorded."""
    dirty = {id(x) for x in ctx._dirty}
    made = {id(out): cell(out._read()) for out in outputs if isinstance(out, Tensor) and id(out) not in dirty}
    return tuple([made.get(id(out), out) for out in outputs])


def _joined(cls: type, ctx: FunctionCtx, args: Sequence[Any], outputs: Sequence[Any], single: bool) -> tuple[Any, ...]:
    """The outputs, joined to the graph by a new node.

    Each is a new cell: forward's own tensor may be an input, or a view of one, or be kept by ``ctx``.  A tensor that is returned
    twice is one tensor, of which the last output's gradient is that of all.
    """
    call = Call(cls, ctx, args, outputs, tuple([x._edge is not None for x in args if isinstance(x, Tensor)]))
    dirty = {id(x) for x in ctx._dirty}
    constant = {id(out) for out in ctx._constant}
    varies = [isinstance(out, Tensor) and id(out) not in constant and out.dtype.is_differentiable for out in outputs]
    # What is saved as an output is joined to the node itself, which must not hold itself: a number stands for it.
    inputs = {id(x) for x in args} - dirty
    edge_of: dict[int, Any] = {id(out): number if varies[number] else None for number, out in enumerate(outputs)}
    saved = tuple([None if x is None else (x._read(), _edge_when_saved(x, inputs, edge_of)) for x in ctx._saved or ()])
    call.frees = any(entry is not None for entry in saved)
    edges = tuple([x._edge for x in args if isinstance(x, Tensor) and x._edge is not None])
    node = make_node(call, edges, saved, outputs[0]._read().shape if single and varies[0] else None)
    call.node = weakref.ref(node)
    joined: dict[int, Tensor] = {}
    for number, out in reversed(list(enumerate(outputs))):
        if isinstance(out, Tensor) and id(out) not in joined:
            array = out._read()
            edge: Edge | None = None
            if varies[number]:
                edge = node if single else make_node(call, (node,), (), array.shape, number)
            if id(out) in dirty:
                out._rebind(array, edge)
                joined[id(out)] = out
            else:
                joined[id(out)] = cell(array, edge)
    return tuple([joined.get(id(out), out) for out in outputs])


def _edge_when_saved(x: Tensor, inputs: set[int], edge_of: dict[int, Any]) -> Any:
    return x._edge if id(x) in inputs else edge_of.get(id(x), x._edge)


class _Undifferentiable(Function):
    """The first ``count`` tensors, as computed from all of them, with a backward that says why there is none."""

    @staticmethod
    def forward(ctx: FunctionCtx, reason: str, count: int, *tensors: Tensor) -> tuple[Tensor, ...]:
        ctx.reason = reason
        return tensors[:count]

    @staticmethod
    def backward(ctx: FunctionCtx, *grads: Any) -> Any:
        raise RuntimeError(ctx.reason)


def once_differentiable(backward: Callable) -> Callable:
    """Decorate a `Function.backward` that cannot be differentiated: it runs unrecorded, and a second order raises.

    It goes below ``@staticmethod``.
    """
    reason = "trying to differentiate twice a function that was marked with @once_differentiable"

    @functools.wraps(backward)
    def wrapper(ctx: FunctionCtx, *grads: Any) -> Any:
        given = [x for x in (*grads, *ctx.saved_tensors) if x is not None]
        if any(has_tangent(x._read()) for x in given):
            raise RuntimeError(f"{reason}: forward mode goes through its backward")
        with no_grad():
            results = backward(ctx, *grads)
        sources = [x for x in given if x.requires_grad]
        if not grad_enabled() or not sources:
            return results
        several = list(results) if isinstance(results, (tuple, list)) else [results]
        marked = [i for i, r in enumerate(several) if isinstance(r, Tensor) and r.dtype.is_differentiable]
        tensors = _Undifferentiable.apply(reason, len(marked), *[several[i] for i in marked], *sources)
        for i, tensor in zip(marked, tensors, strict=True):
            several[i] = tensor
        return tuple(several) if isinstance(results, (tuple, list)) else several[0]

    wrapper.differentiable_once = True  # type: ignore[attr-defined]  # functions take attributes
    return wrapper
