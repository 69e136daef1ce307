"""Hooks on the tensors that the graph saves for backward.

While hooks are active, the plan of each new node is replaced by one that holds what the pack hook made of each saved array,
and asks the unpack hook for the array when the node's rule runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import FrameType, TracebackType
from typing import Any

from .._core.engine import lift_saved
from .._core.graph import NODE, Node
from .._core.primitive import Plan
from .._core.tensor import Tensor, cell
from .._core.watching import unwatch, watch
from .._state import grad_mode, recorder
from .checked_plans import WrappedPlan
from .function_call import Call

__all__ = ["disable_saved_tensors_hooks", "save_on_cpu", "saved_tensors_hooks"]

Pack = Callable[[Tensor], Any]
Unpack = Callable[[Any], Tensor]

#: The hooks of this thread or task, the innermost last; and why there must be none.
_active: ContextVar[tuple[tuple[Pack, Unpack], ...]] = ContextVar("polygrad_saved_tensors_hooks", default=())
_disabled: ContextVar[str | None] = ContextVar("polygrad_saved_tensors_hooks_disabled", default=None)


class saved_tensors_hooks:
    """Say how the graph keeps the tensors that it saves for backward: a context manager.

    For each tensor that an operation in the block saves, ``pack_hook`` is called at once, and what it returns is kept instead.
    When the gradient of the operation is computed, ``unpack_hook`` gets that back and returns the tensor.  Of nested blocks the
    innermost applies.  Inside the hooks nothing is packed, and compiled functions run eagerly in the block.

    Args:
        pack_hook: a function of the saved tensor, which must not change it in place.
        unpack_hook: a function of what ``pack_hook`` returned, to a tensor with the values and shape of the saved one.

    Raises:
        RuntimeError: hooks are disabled, it is entered inside a compiled function, or ``pack_hook`` changes the tensor in place.
        TypeError: in backward, ``unpack_hook`` returns something else than a tensor.

    Example::

        >>> x = polygrad.tensor([1.0, 2.0], requires_grad=True)
        >>> with polygrad.autograd.graph.saved_tensors_hooks(lambda x: x.numpy(force=True).tolist(), polygrad.tensor):
        ...     y = x.exp().sum()
        >>> y.backward()
        >>> x.grad
        tensor([2.7183, 7.3891])
    """

    def __init__(self, pack_hook: Pack, unpack_hook: Unpack):
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook
        self._tokens: list[Token] = []

    def __enter__(self) -> None:
        if (message := _disabled.get()) is not None:
            raise RuntimeError(message)
        if recorder() is not None:
            raise RuntimeError(
                "hooks on saved tensors cannot be entered inside a compiled function, whose saved tensors have no values while it "
                "is traced; write the block around the call of the compiled function, which then runs eagerly"
            )
        self._tokens.append(_active.set((*_active.get(), (self.pack_hook, self.unpack_hook))))
        watch(_pack_node)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        unwatch(_pack_node)
        _active.reset(self._tokens.pop())


class save_on_cpu(saved_tensors_hooks):
    """Keep the tensors that operations in the block save on the CPU, and bring them back in backward: a context manager.

    On a backend whose tensors are on the CPU, nothing is moved.

    Args:
        pin_memory: accepted for compatibility with PyTorch, without effect.
        device_type: accepted for compatibility with PyTorch, without effect.

    Raises:
        RuntimeError: as `saved_tensors_hooks`.

    Example::

        >>> x = polygrad.tensor(3.0, requires_grad=True)
        >>> with polygrad.autograd.graph.save_on_cpu():
        ...     y = x * x
        >>> y.backward()
        >>> x.grad
        tensor(6.)
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda"):
        def pack(x: Tensor) -> tuple[Any, Tensor]:
            return x.device, x.cpu()

        def unpack(packed: tuple[Any, Tensor]) -> Tensor:
            device, x = packed
            return x.to(device)

        super().__init__(pack, unpack)


@contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Forbid hooks on saved tensors: a context manager.

    Args:
        error_message: the text of the error.

    Raises:
        RuntimeError: with that text, where hooks are active already, or are entered in the block.

    Example::

        >>> with polygrad.autograd.graph.disable_saved_tensors_hooks("not here"):
        ...     try:
        ...         with polygrad.autograd.graph.save_on_cpu():
        ...             pass
        ...     except RuntimeError as error:
        ...         print(error)
        not here
    """
    if _active.get():
        raise RuntimeError(error_message)
    token = _disabled.set(error_message)
    try:
        yield
    finally:
        _disabled.reset(token)


class _Packed:
    """What a pack hook made of an array."""

    __slots__ = ("value",)

    def __init__(self, value: Any):
        self.value = value


class _PackedPlan(WrappedPlan):
    """A node's plan over packed values: the plan itself, whose rule gets them unpacked."""

    #: With ``create_graph`` the rule gets the node, and joins the unpacked values to the graph itself.
    arrays = ((0, NODE),)

    def __init__(self, plan: Any, unpack: Unpack, residuals: list[str]):
        super().__init__(plan)
        self.unpack, self.residuals = unpack, residuals

    def run(self, rule: Any, g: Any, saved: tuple) -> Any:
        node, *rest = saved
        token = _active.set(())
        try:
            values = tuple([self._open(value) for value in rest])
        finally:
            _active.reset(token)
        return rule(g, values if node is None else lift_saved(node, self.plan, values))

    def _open(self, value: Any) -> Any:
        if value.__class__ is _Packed:
            x = self.unpack(value.value)
            if not isinstance(x, Tensor):
                raise TypeError(
                    f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {type(x).__name__}"
                )
            return x._read()
        if value.__class__ in (list, tuple):
            return type(value)([self._open(one) for one in value])
        return value


def _pack_node(node: Node, frame: FrameType) -> None:
    """A watcher that packs what the node saves, where this thread has hooks."""
    hooks = _active.get()
    plan, saved = node.plan, node.saved
    if not hooks or not saved:
        return
    pack, unpack = hooks[-1]
    edges = iter(node.edges)
    if isinstance(plan, Plan):
        edge_of: list[Any] = [next(edges) if needed else None for needed in plan.mask]
        packed = list(saved)
        given = _operands_of(plan, frame)
        for slot, operand in plan.arrays:
            value = packed[slot]
            if operand >= 0 and plan.primitive.variadic:
                packed[slot] = [_pack(pack, one, edge) for one, edge in zip(value, edge_of, strict=True)]
            elif value.__class__ is tuple:  # several results
                packed[slot] = tuple([_pack(pack, one, None) for one in value])
            elif operand < 0:
                packed[slot] = _pack(pack, value, node)
            elif given is None or isinstance(given[operand], Tensor):
                packed[slot] = _pack(pack, value, edge_of[operand])
        residuals = ["", *plan.residuals]
    elif isinstance(plan, Call):
        packed = [
            entry and (_pack(pack, entry[0], None if entry[1].__class__ is int else entry[1]), entry[1])
            for entry in saved
        ]
        residuals = [""] * (len(packed) + 1)
    else:  # a checkpoint saves nothing but its arguments; inside the other plans nothing is saved
        return
    node.plan, node.saved = _PackedPlan(plan, unpack, residuals), (None, *packed)


def _operands_of(plan: Plan, frame: FrameType) -> list[Any] | None:
    """What the user gave for the operands, tensors and Python numbers, if ``frame`` is the dispatcher."""
    if frame.f_globals.get("primitive") is not plan.primitive:
        return None
    given = frame.f_locals
    return [given.get(name) for name in plan.primitive.parameters]


def _pack(pack: Pack, array: Any, edge: Any) -> Any:
    """``array`` as the hook packs it."""
    x = cell(array, edge)
    hooks, mode = _active.set(()), grad_mode.set(False)
    try:
        packed = pack(x)
    finally:
        grad_mode.reset(mode)
        _active.reset(hooks)
    if x._version:
        raise RuntimeError(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified "
            "by in-place operations; return a changed copy, as in x.clone().add_(1)"
        )
    # The tensor itself would hold its node, which holds what is packed.
    return _Packed(cell(array) if packed is x else packed)
