"""`Function`: an operation with a gradient that the user defines, on tensors.

To the engine a call is one node, whose plan is a `function_call.Call`.
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
from .._core.warn import warn
from .._interpreters.jvp.tracer import has_tangent
from .._state import grad_enabled
from .function_call import Call, FunctionCtx, has_own, optional_method
from .function_transforms import run
from .grad_mode import no_grad

__all__ = ["Function", "FunctionCtx", "once_differentiable"]


class Function:
    """Base class of operations with a user-defined gradient.  `apply` calls them.

    A subclass has two static methods.  ``forward(ctx, *args)`` computes on tensors, without being recorded.
    ``backward(ctx, *grads)`` gets one gradient per output and returns one per argument of forward, None for arguments
    without one.  With ``create_graph=True`` the operations of backward are recorded, so higher derivatives follow from
    it. Alternatively ``forward`` takes the arguments alone, and ``setup_context(ctx, inputs, output)`` saves what is
    needed.

    Two more are optional.  ``jvp(ctx, *tangents)`` is the forward-mode rule; without it forward mode transposes
    ``backward``, which is linear in its gradients.  ``vmap(info, in_dims, *args)`` computes a whole batch, where
    ``forward`` cannot run on batched tensors.

    The gradient with respect to a complex variable is the conjugate of the derivative, as everywhere in PyTorch.

    Raises:
        TypeError: the class is instantiated.

    Example::

        >>> class Cube(polygrad.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.save_for_backward(x)
        ...         return x * x * x
        ...
        ...     @staticmethod
        ...     def backward(ctx, grad):
        ...         (x,) = ctx.saved_tensors
        ...         return 3 * x * x * grad
        >>> x = polygrad.tensor(2.0, requires_grad=True)
        >>> Cube.apply(x).backward()
        >>> x.grad
        tensor(12.)
    """

    #: Whether `polygrad.vmap` runs forward, backward and jvp on batches, as it does without a ``vmap``.
    generate_vmap_rule = False

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Any:
        """Raise TypeError: the methods of a Function are static."""
        raise TypeError(f"{cls.__name__} is not instantiated: its methods are static; write {cls.__name__}.apply(...)")

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs from ``(ctx, *args)``, or from ``*args`` where there is a `setup_context`."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    @optional_method
    def setup_context(ctx: FunctionCtx, inputs: tuple[Any, ...], output: Any) -> None:
        """Save what `backward` needs, where `forward` does not take ``ctx``."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    @optional_method
    def backward(ctx: FunctionCtx, *grad_outputs: Any) -> Any:
        """Compute the gradients of the arguments of forward from those of its outputs."""
        raise NotImplementedError(
            "You must implement the backward method for your custom autograd.Function to use it with backward mode AD."
        )

    @staticmethod
    @optional_method
    def vjp(ctx: FunctionCtx, *grad_outputs: Any) -> Any:
        """Another name of `backward`: a Function defines one of them."""
        raise NotImplementedError(
            "You must implement the backward method for your custom autograd.Function to use it with backward mode AD."
        )

    @staticmethod
    @optional_method
    def jvp(ctx: FunctionCtx, *grad_inputs: Any) -> Any:
        """Compute the tangents of the outputs, None for constant ones, from those of the arguments of forward.

        An argument that is a tensor without a tangent has one of zeros, or None after
        ``set_materialize_grads(False)``.  Other arguments have None.
        """
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    @optional_method
    def vmap(info: Any, in_dims: tuple[Any, ...], *args: Any) -> Any:
        """Compute ``(outputs, out_dims)`` of a batch.  It needs a `setup_context`.

        Args:
            info: has ``batch_size`` and ``randomness``.
            in_dims: for each argument the dimension of the batch, or None where it is the same for all examples.
            *args: the arguments of forward.

        Returns:
            The outputs, and the dimension of the batch in each, or None.
        """
        raise NotImplementedError("this Function does not define vmap")

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Call the function.

        Args:
            *args: the arguments of forward without ``ctx``: tensors and anything else.
            **kwargs: arguments of forward by name.

        Returns:
            What forward returns, as tensors that are joined to the graph.

        Raises:
            RuntimeError: forward changed a leaf in place, or an input that it did not return.
        """
        separate = has_own(cls, "setup_context")
        if separate or kwargs:
            args, kwargs = _bind(cls.forward, args, kwargs, separate)
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
        joined = _join_outputs(cls, ctx, args, outputs, single) if records else _detach_outputs(ctx, outputs)
        ctx._saved = ctx._saved_for_forward = None
        return joined[0] if single else joined


def _bind(forward: Callable, args: tuple, kwargs: dict, separate: bool) -> tuple[tuple, dict]:
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
    """Raise where forward changed a leaf in place, or an input that it did not return."""
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


def _detach_outputs(ctx: FunctionCtx, outputs: Sequence[Any]) -> tuple[Any, ...]:
    """The outputs of a call that is not recorded."""
    dirty = {id(x) for x in ctx._dirty}
    made = {id(out): cell(out._read()) for out in outputs if isinstance(out, Tensor) and id(out) not in dirty}
    return tuple([made.get(id(out), out) for out in outputs])


def _join_outputs(
    cls: type, ctx: FunctionCtx, args: Sequence[Any], outputs: Sequence[Any], single: bool
) -> tuple[Any, ...]:
    """The outputs as tensors that a new node joins to the graph.

    Each is a new cell, since forward's own tensor may be an input, or a view of one, or be kept by ``ctx``.  A tensor
    that is returned twice becomes one tensor, whose gradient is that of the last output.
    """
    call = Call(cls, ctx, args, outputs, tuple([x._edge is not None for x in args if isinstance(x, Tensor)]))
    dirty = {id(x) for x in ctx._dirty}
    constant = {id(out) for out in ctx._constant}
    varies = [isinstance(out, Tensor) and id(out) not in constant and out.dtype.is_differentiable for out in outputs]
    # A saved output is joined to the node itself, which must not hold itself: its number is saved instead.
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


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a `Function.backward` that cannot be differentiated: it runs unrecorded, and a second derivative raises.

    It goes below ``@staticmethod``.

    Args:
        backward: the static method ``backward(ctx, *grads)``.

    Returns:
        The marked function.

    Example::

        >>> class Exp(polygrad.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.result = polygrad.tensor(np.exp(x.numpy()))
        ...         return ctx.result
        ...
        ...     @staticmethod
        ...     @polygrad.autograd.once_differentiable
        ...     def backward(ctx, grad):
        ...         return polygrad.tensor(grad.numpy() * ctx.result.numpy())
        >>> x = polygrad.tensor(0.0, requires_grad=True)
        >>> Exp.apply(x).backward()
        >>> x.grad
        tensor(1.)
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
