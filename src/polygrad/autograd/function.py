"""`Function`: an operation whose gradient the user writes, on tensors.

To the engine a call is one more node.  Its plan, a `_Call`, is made for that call alone and has what the sweep asks of
any plan; here the user's convention (PyTorch's: gradients are conjugated) meets the engine's bilinear one.
"""

from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from .._core.engine import from_user, to_user, unbroadcast
from .._core.graph import Edge, Leaf, Node, make_node
from .._core.primitive import OPERATIONS, AnyType
from .._core.tensor import Tensor, cell
from .._state import grad_enabled
from .grad_mode import no_grad

__all__ = ["Function", "FunctionCtx", "once_differentiable"]


class FunctionCtx:
    """What `Function.forward` leaves for `Function.backward`.  Any attribute may be set on it."""

    # The attributes are shared between forward and backward, the saved tensors are not: they are put together anew for
    # each backward, so that they live no longer than the graph keeps them.
    __slots__ = ("__dict__", "__weakref__", "_saved")

    #: Which arguments of forward need a gradient: one bool for each, False for what is not a tensor.
    needs_input_grad: tuple[bool, ...]

    def __init__(self, needs_input_grad: tuple[bool, ...]):
        self.needs_input_grad = needs_input_grad
        self._dirty: tuple[Tensor, ...] = ()
        self._constant: tuple[Tensor, ...] = ()
        self._materializes = True
        self._saved: tuple[Tensor | None, ...] | None = ()

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep tensors (or None) for `backward`, which finds them in `saved_tensors`.  Called at most once.

        Inputs, outputs and what was computed between may be saved; they are freed with the graph.
        Raises TypeError for anything that is not a tensor: set that as an attribute.
        """
        for number, value in enumerate(tensors):
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"save_for_backward can only save tensors, but argument {number} is of type "
                    f"{type(value).__name__}; keep it as an attribute, as in ctx.size = size"
                )
        self._saved = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Accepted, as in PyTorch, for functions that also have a forward-mode rule.  It does nothing."""

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """The tensors that were saved: with the values they had, and joined to the graph as they were."""
        if self._saved is None:
            raise RuntimeError("saved_tensors can be read in forward and in backward, but not by somebody who kept ctx")
        return self._saved

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Say which inputs were changed in place.  They must be returned."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Say which outputs do not vary with the inputs.  Their gradients are not asked for."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (True, the default) or None for outputs that the loss does not depend on."""
        self._materializes = value

    def _opened(self, saved: tuple[Tensor | None, ...]) -> FunctionCtx:
        opened = object.__new__(FunctionCtx)
        opened.__dict__ = self.__dict__
        opened._saved = saved
        return opened


class Function:
    """The base of operations with a gradient of one's own.  `apply` calls them.

    A subclass has two static methods.  ``forward(ctx, *args)`` computes on tensors, unrecorded; and
    ``backward(ctx, *grads)`` gets one gradient per output and returns one per argument of forward, None for those
    without.  What backward does with tensors is recorded under ``create_graph=True``, so that higher derivatives come
    for free.  Alternatively ``forward`` takes the arguments alone and ``setup_context(ctx, inputs, output)`` saves what
    is needed.

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

    generate_vmap_rule = False

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"{cls.__name__} is not instantiated: its methods are static; write {cls.__name__}.apply(...)")

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs, a tensor or a tuple, from ``(ctx, *args)``, or from ``*args`` with a `setup_context`."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: FunctionCtx, inputs: tuple, output: Any) -> None:
        """Save what `backward` needs, where `forward` does not take ``ctx``."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: FunctionCtx, *grad_outputs: Any) -> Any:
        """The gradients of the arguments of forward, from those of its outputs."""
        raise NotImplementedError(
            "You must implement the backward method for your custom autograd.Function to use it with backward mode AD."
        )

    @staticmethod
    def jvp(ctx: FunctionCtx, *grad_inputs: Any) -> Any:
        """The forward-mode rule.  It may be given, and is not used."""
        raise NotImplementedError("forward mode does not use jvp of a Function")

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Call the function.

        Raises RuntimeError for a leaf that was changed in place, and for a changed input that was not returned.
        """
        separate = cls.setup_context is not Function.setup_context
        if separate or kwargs:
            args, kwargs = _bound(cls.forward, args, kwargs, separate)
        if any(isinstance(x, Tensor) and x.backend.level > 1 for x in args):
            levelled = iter(OPERATIONS.on_one_level([x for x in args if isinstance(x, Tensor)]))
            args = tuple([next(levelled) if isinstance(x, Tensor) else x for x in args])
        ctx = FunctionCtx(tuple([isinstance(x, Tensor) and x._edge is not None for x in args]))
        records = grad_enabled() and True in ctx.needs_input_grad
        tensors = [x for x in args if isinstance(x, Tensor)] if records else []
        # A leaf that forward changes in place gets its value back.
        leaves = [(x, x._read()) for x in tensors if x._edge.__class__ is Leaf]
        with no_grad():
            if separate:
                output = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, output)
            else:
                output = cls.forward(ctx, *args, **kwargs)
        single = not isinstance(output, (tuple, list))
        outputs = (output,) if single else tuple(output)
        _check_dirty(cls, ctx, outputs, leaves)
        joined = _joined(cls, ctx, args, outputs, single) if records else _unjoined(ctx, outputs)
        ctx._saved = None
        return joined[0] if single else joined


def _bound(forward: Callable, args: tuple, kwargs: dict, separate: bool) -> tuple[tuple, dict]:
    """The arguments as forward names them, in order and with their defaults, and those that are keyword-only."""
    signature = inspect.signature(forward)
    if not separate:
        signature = signature.replace(parameters=list(signature.parameters.values())[1:])
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.args, bound.kwargs


def _check_dirty(cls: type, ctx: FunctionCtx, outputs: Sequence[Any], leaves: Sequence[tuple[Tensor, Any]]) -> None:
    returned = {id(out) for out in outputs}
    for x in ctx._dirty:
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
    return tuple([cell(out._read()) if isinstance(out, Tensor) and id(out) not in dirty else out for out in outputs])


def _joined(cls: type, ctx: FunctionCtx, args: Sequence[Any], outputs: Sequence[Any], single: bool) -> tuple[Any, ...]:
    """The outputs, joined to the graph by a new node.

    Each is a new cell: forward's own tensor may be an input, or a view of one, or be kept by ``ctx``.
    """
    call = _Call(cls, ctx, args, outputs)
    dirty = {id(x) for x in ctx._dirty}
    constant = {id(out) for out in ctx._constant}
    varies = [isinstance(out, Tensor) and id(out) not in constant and out.dtype.is_differentiable for out in outputs]
    # What is saved as an output is joined to the node itself, which must not hold itself: a number stands for it.
    inputs = {id(x) for x in args} - dirty
    edge_of: dict[int, Any] = {id(out): number if varies[number] else None for number, out in enumerate(outputs)}
    saved = tuple([None if x is None else (x._read(), _edge_when_saved(x, inputs, edge_of)) for x in ctx._saved])
    call.frees = any(entry is not None for entry in saved)
    edges = tuple([x._edge for x in args if isinstance(x, Tensor) and x._edge is not None])
    node = make_node(call, edges, saved, outputs[0]._read().shape if single and varies[0] else None)
    call.node = weakref.ref(node)
    joined = []
    for number, out in enumerate(outputs):
        if isinstance(out, Tensor):
            array = out._read()
            edge: Edge | None = None
            if varies[number]:
                edge = node if single else make_node(call, (node,), (), array.shape, number)
            if id(out) in dirty:
                out._rebind(array, edge)
            else:
                out = cell(array, edge)
        joined.append(out)
    return tuple(joined)


def _edge_when_saved(x: Tensor, inputs: set[int], edge_of: dict[int, Any]) -> Any:
    return x._edge if id(x) in inputs else edge_of.get(id(x), x._edge)


class _Like:
    """Where a tensor lives and what shape and type it has; enough to check a gradient, or to make one of zeros."""

    __slots__ = ("array", "backend", "device", "dtype", "shape")

    def __init__(self, tensor: Tensor):
        self.shape, self.dtype, self.backend = tensor.shape, tensor.dtype, tensor.backend
        # Arrays that compute something else (a batch, a dual number) know more than their shape.
        self.array = tensor._read() if self.backend.level else None
        self.device = None if self.backend.level else tensor.device

    def zeros(self) -> Tensor:
        if self.array is not None:
            return OPERATIONS.zeros_like(cell(self.array))
        dtype = self.backend.to_dtype(self.dtype)
        return cell(self.backend.xp.zeros(tuple(self.shape), dtype=dtype, device=self.device))


class _Call:
    """The plan of one call: how its node goes backward.  It is its own primitive."""

    __slots__ = ("ctx", "frees", "function", "inputs", "likes", "mask", "node", "outputs")

    #: Nothing for the engine to lift and nothing to sum: both happen here, in the user's convention.
    arrays: tuple = ()
    broadcasts = False
    residuals: tuple = ()
    variadic = False

    def __init__(self, function: type, ctx: FunctionCtx, args: Sequence[Any], outputs: Sequence[Any]):
        self.function, self.ctx, self.frees = function, ctx, False
        #: One entry per argument, None for those that are not tensors; one per output likewise.
        self.inputs = [_Like(x) if isinstance(x, Tensor) else None for x in args]
        self.likes = [_Like(out) if isinstance(out, Tensor) else None for out in outputs]
        self.outputs = len(outputs)
        self.mask = tuple([x._edge is not None for x in args if isinstance(x, Tensor)])
        self.node: Any = None

    @property
    def primitive(self) -> _Call:
        """What the engine asks for the number of outputs."""
        return self

    @property
    def operation(self) -> str:
        """The class's name."""
        return self.function.__name__

    name = operation

    @property
    def backward(self) -> AnyType:
        """The rule, for every type of array."""
        return AnyType(self._rule)

    def _rule(self, g: Any, saved: tuple) -> list[Any]:
        cotangents = g if g.__class__ is list else [g]
        create_graph = any(c.__class__ is Tensor for c in cotangents)
        ctx = self.ctx._opened(self._lifted(saved))
        given = [self._given(c, like) for c, like in zip(cotangents, self.likes, strict=True)]
        results = self.function.backward(ctx, *given)
        results = tuple(results) if isinstance(results, (tuple, list)) else (results,)
        return [
            None if result is None else from_user(result, create_graph)
            for needed, result in zip(self.mask, self._checked(results), strict=True)
            if needed
        ]

    def _given(self, cotangent: Any, like: _Like | None) -> Tensor | None:
        if cotangent is not None:
            return to_user(cotangent)
        return like.zeros() if like is not None and self.ctx._materializes else None

    def _lifted(self, saved: tuple) -> tuple[Tensor | None, ...]:
        """The saved arrays as tensors, each joined to where it came from."""
        lifted: list[Tensor | None] = []
        for entry in saved:
            if entry is None:
                lifted.append(None)
                continue
            array, edge = entry
            if edge.__class__ is int:
                node: Node = self.node()
                edge = node if node.shape is not None else make_node(self, (node,), (), array.shape, edge)
            lifted.append(cell(array, edge))
        return tuple(lifted)

    def _checked(self, results: tuple) -> list[Tensor | None]:
        """What the user's backward returned, for each tensor among the arguments.  Raises what PyTorch raises."""
        name, expected = f"{self.operation}Backward", len(self.inputs)
        if len(results) > expected and all(result is None for result in results[expected:]):
            results = results[:expected]
        if len(results) != expected:
            raise RuntimeError(
                f"function {name} returned an incorrect number of gradients (expected {expected}, got {len(results)})"
            )
        fitted: list[Tensor | None] = []
        for position, (result, like) in enumerate(zip(results, self.inputs, strict=True)):
            if like is None:
                if result is not None:
                    raise RuntimeError(
                        f"function {name} returned a gradient different than None at position {position + 1}, but the "
                        "corresponding forward input was not a tensor"
                    )
            elif result is None:
                fitted.append(None)
            elif not isinstance(result, Tensor):
                got = type(result).__name__
                raise TypeError(f"function {name}: expected a Tensor or None at position {position + 1} (got {got})")
            else:
                fitted.append(result if not self.mask[len(fitted)] else _fitted(result, like, name, len(fitted)))
        return fitted


def _fitted(result: Tensor, like: _Like, name: str, index: int) -> Tensor:
    """``result`` in the shape and type of the input that it is the gradient of."""
    where = f"Function {name} returned an invalid gradient at index {index}"
    if result.backend is not like.backend and not (result.backend.level or like.backend.level):
        raise TypeError(f"{where} - expected backend {like.backend.name!r} but got {result.backend.name!r}")
    if result.shape != like.shape:
        pairs = zip(reversed(like.shape), reversed(result.shape), strict=False)
        if len(like.shape) > len(result.shape) or any(n not in (1, m) for n, m in pairs):
            got, expected = list(result.shape), list(like.shape)
            raise RuntimeError(f"{where} - got {got} but expected shape compatible with {expected}")
        result = unbroadcast(cell(result._read(), result._edge), tuple(like.shape))
    if result.dtype is not like.dtype:
        if result.dtype.is_complex and not like.dtype.is_complex:
            raise RuntimeError(f"{where} - got {result.dtype.name} but the input is real, of type {like.dtype.name}")
        result = OPERATIONS.astype(result, like.dtype)
    return result


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

    @functools.wraps(backward)
    def wrapper(ctx: FunctionCtx, *grads: Any) -> Any:
        with no_grad():
            results = backward(ctx, *grads)
        sources = [x for x in (*grads, *ctx.saved_tensors) if x is not None and x.requires_grad]
        if not grad_enabled() or not sources:
            return results
        several = list(results) if isinstance(results, (tuple, list)) else [results]
        marked = [i for i, r in enumerate(several) if isinstance(r, Tensor) and r.dtype.is_differentiable]
        reason = "trying to differentiate twice a function that was marked with @once_differentiable"
        tensors = _Undifferentiable.apply(reason, len(marked), *[several[i] for i in marked], *sources)
        for i, tensor in zip(marked, tensors, strict=True):
            several[i] = tensor
        return tuple(several) if isinstance(results, (tuple, list)) else several[0]

    return wrapper
