"""One call of a `Function`: its context, and the plan of its node.

Here PyTorch's convention, in which gradients are conjugated, is converted to the engine's bilinear one and back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .._core.engine import from_torch_convention, to_torch_convention, unbroadcast
from .._core.graph import Node, make_node
from .._core.primitive import OPERATIONS, AnyType
from .._core.tensor import Size, Tensor, cell
from .._dtypes import DType
from ..backends.base import Backend


class FunctionCtx:
    """The context that `Function.forward` passes to `Function.backward`.  Any attribute may be set on it."""

    # Forward and backward share the attributes, not the saved tensors: these are restored for each backward, so that
    # they live no longer than the graph keeps them.
    __slots__ = ("__dict__", "__weakref__", "_saved", "_saved_for_forward")

    #: Which arguments of forward need a gradient: one bool each, False for those that are not tensors.
    needs_input_grad: tuple[bool, ...]

    if TYPE_CHECKING:  # any attribute may be set

        def __getattr__(self, name: str) -> Any: ...

        def __setattr__(self, name: str, value: Any) -> None: ...

    def __init__(self, needs_input_grad: tuple[bool, ...]):
        self.needs_input_grad = needs_input_grad
        self._dirty: tuple[Tensor, ...] = ()
        self._constant: tuple[Tensor, ...] = ()
        self._materializes = True
        self._saved: tuple[Tensor | None, ...] | None = ()
        self._saved_for_forward: tuple[Tensor | None, ...] | None = None

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Save tensors (or None) for `backward`, which finds them in `saved_tensors`.  Call it at most once.

        Inputs, outputs and intermediate tensors may be saved; they are freed with the graph.  Derivatives of
        `backward` take an intermediate tensor as a constant: return it as an output where it is not.

        Args:
            *tensors: tensors, or None.

        Raises:
            TypeError: a value is not a tensor; set it as an attribute.
        """
        self._saved = _tensors_only("save_for_backward", tensors)

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Save tensors (or None) for `jvp`, which finds them in `saved_tensors`.  Call it at most once.

        Without it, `jvp` finds there what was saved for `backward`.

        Args:
            *tensors: tensors, or None.

        Raises:
            TypeError: a value is not a tensor; set it as an attribute.
        """
        self._saved_for_forward = _tensors_only("save_for_forward", tensors)

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """The saved tensors, with the values they had, joined to the graph as they were."""
        if self._saved is None:
            raise RuntimeError(
                "saved_tensors can be read in forward, backward and jvp only, and this ctx was kept after the call"
            )
        return self._saved

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Declare which inputs were changed in place.  They must be returned."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Declare which outputs do not depend on the inputs.  They have no gradients."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (True, the default) or None for outputs that the loss does not depend on."""
        self._materializes = value

    def _copy_with_saved(self, saved: tuple[Tensor | None, ...]) -> FunctionCtx:
        opened = object.__new__(FunctionCtx)
        opened.__dict__ = self.__dict__
        opened._saved, opened._saved_for_forward = saved, None
        return opened

    def _copy_for_jvp(self) -> FunctionCtx:
        saved = self._saved if self._saved_for_forward is None else self._saved_for_forward
        return self._copy_with_saved(saved or ())

    def _take(self, other: FunctionCtx, convert: Callable[[Any], Any]) -> None:
        """Take over what ``other`` holds, with ``convert`` applied to every value."""
        self.__dict__.update({name: convert(value) for name, value in other.__dict__.items()})
        self._saved = convert(other._saved)
        self._saved_for_forward = convert(other._saved_for_forward)


def _tensors_only(name: str, tensors: tuple[Any, ...]) -> tuple[Tensor | None, ...]:
    for number, value in enumerate(tensors):
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(
                f"{name} can only save tensors, but argument {number} is of type {type(value).__name__}; keep it as an "
                "attribute, as in ctx.size = size"
            )
    return tensors


class Like:
    """Shape, data type, backend and device of a tensor: enough to check a gradient, or to make one of zeros."""

    __slots__ = ("array", "backend", "device", "dtype", "shape")

    array: Any
    backend: Backend
    device: Any
    dtype: DType
    shape: Size

    def __init__(self, tensor: Tensor):
        self.shape, self.dtype, self.backend = tensor.shape, tensor.dtype, tensor.backend
        # A tracer (a batch, a dual number) knows more than its shape.
        self.array = tensor._read() if self.backend.level else None
        self.device = None if self.backend.level else tensor.device.native

    def zeros(self) -> Tensor:
        """Zeros like the tensor."""
        if self.array is not None:
            return OPERATIONS.zeros_like(cell(self.array))
        dtype = self.backend.to_dtype(self.dtype)
        return cell(self.backend.xp.zeros(tuple(self.shape), dtype=dtype, device=self.device))


def optional_method(method: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a method of `Function` that subclasses may leave out."""
    method.is_missing = True  # type: ignore[attr-defined]  # functions take attributes
    return method


def has_own(cls: type, name: str) -> bool:
    """Whether a Function defines the method ``name``."""
    return not getattr(getattr(cls, name), "is_missing", False)


def backward_of(cls: Any) -> Callable[..., Any]:
    """The gradient that a Function defines, under one of its two names.  Raises RuntimeError where it has both."""
    if not has_own(cls, "vjp"):
        return cls.backward
    if has_own(cls, "backward"):
        raise RuntimeError(
            f"{cls.__name__} implements both backward and vjp, which are two names of one method; keep one of them"
        )
    return cls.vjp


class Call:
    """The plan of one call: how its node goes backward.  It is also its own primitive."""

    __slots__ = ("ctx", "frees", "function", "inputs", "likes", "mask", "node", "outputs")

    #: The engine neither lifts nor sums for this plan: both happen here, in PyTorch's convention.
    arrays: tuple[Any, ...] = ()
    broadcasts = False
    residuals: tuple[Any, ...] = ()
    variadic = False

    ctx: FunctionCtx
    frees: bool
    function: Any
    inputs: list[Like | None]
    likes: list[Like | None]
    mask: tuple[bool, ...]
    outputs: int

    def __init__(
        self, function: Any, ctx: FunctionCtx, args: Sequence[Any], outputs: Sequence[Any], mask: tuple[bool, ...]
    ):
        self.function, self.ctx, self.frees = function, ctx, False
        #: One entry per argument, None for those that are not tensors; one per output likewise.
        self.inputs = [Like(x) if isinstance(x, Tensor) else None for x in args]
        self.likes = [Like(out) if isinstance(out, Tensor) else None for out in outputs]
        self.outputs = len(outputs)
        #: Which of the tensors among the arguments need a gradient.
        self.mask = mask
        self.node: Any = None

    @property
    def primitive(self) -> Call:
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
        ctx = self.ctx._copy_with_saved(self._restore_saved(saved))
        given = [self.as_gradient(c, like) for c, like in zip(cotangents, self.likes, strict=True)]
        return [
            None if result is None else from_torch_convention(result, create_graph)
            for needed, result in zip(self.mask, self.gradients(ctx, given), strict=True)
            if needed
        ]

    def gradients(self, ctx: FunctionCtx, given: Sequence[Tensor | None]) -> list[Tensor | None]:
        """The results of the user's backward for the gradients ``given``, one for each tensor among the arguments."""
        results = backward_of(self.function)(ctx, *given)
        return self._check_gradients(tuple(results) if isinstance(results, (tuple, list)) else (results,))

    def as_gradient(self, cotangent: Any, like: Like | None) -> Tensor | None:
        """What backward gets for one output."""
        if cotangent is not None:
            return to_torch_convention(cotangent)
        return like.zeros() if like is not None and self.ctx._materializes else None

    def _restore_saved(self, saved: tuple) -> tuple[Tensor | None, ...]:
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

    def _check_gradients(self, results: tuple) -> list[Tensor | None]:
        """The results of the user's backward, one for each tensor among the arguments.  Raises what PyTorch raises."""
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
                fitted.append(result if not self.mask[len(fitted)] else _fit_gradient(result, like, name, len(fitted)))
        return fitted


def _fit_gradient(result: Tensor, like: Like, name: str, index: int) -> Tensor:
    """``result`` in the shape and data type of the input that it is the gradient of."""
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
