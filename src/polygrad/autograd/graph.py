"""The recorded graph: its nodes, the edges that join tensors to it, and hooks on gradients and on saved tensors."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .._core import engine
from .._core.graph import Edge, GradientEdge, Node, RemovableHandle, node_and_output, reachable
from .._core.tensor import Tensor
from .saved_tensors import disable_saved_tensors_hooks, save_on_cpu, saved_tensors_hooks

__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The edge that joins ``tensor`` to the graph: its node, and which of the node's outputs it is.

    `polygrad.autograd.grad` takes it as an input or output, so that the tensor itself need not be kept.

    Args:
        tensor: a tensor that requires grad.

    Returns:
        A `GradientEdge`, with ``node`` and ``output_nr``.

    Raises:
        RuntimeError: ``tensor`` does not require grad.

    Example::

        >>> x = polygrad.tensor(3.0, requires_grad=True)
        >>> edge = polygrad.autograd.graph.get_gradient_edge(x * x)
        >>> edge.node.name()
        'MultiplyBackward'
    """
    if tensor._edge is None:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require gradients; call "
            "x.requires_grad_() before it is used"
        )
    return GradientEdge(*node_and_output(tensor._edge), tensor._edge)


# -- one hook on several gradients -----------------------------------------------------------------------------------------


class _Sweep:
    """What the hooks on several gradients know of one backward sweep."""

    def __init__(self, roots: Iterable[Edge], useful: set[Edge] | None):
        self._roots, self._useful = roots, useful
        #: Hook → the gradients so far, and how many are still to come.
        self.begun: dict[_MultiHook, tuple[list[Tensor | None], list[int]]] = {}

    def visited(self) -> set[Edge]:
        """The edges that the sweep visits."""
        return set(reachable(self._roots)) if self._useful is None else self._useful


_sweep: ContextVar[_Sweep | None] = ContextVar("polygrad_multi_grad_hooks", default=None)


@contextmanager
def _follow_sweep(roots: Iterable[Edge], useful: set[Edge] | None) -> Iterator[None]:
    sweep = _Sweep(roots, useful)
    token = _sweep.set(sweep)
    try:
        yield
        for hook, (gradients, missing) in sweep.begun.items():
            if missing[0] > 0 and hook.waits:  # a gradient that is no tensor, as from a rule that returned None
                hook.call(gradients)
    finally:
        _sweep.reset(token)


def _forget_hook() -> None:
    engine.sweep_contexts.remove(_follow_sweep)


class _MultiHook:
    """A hook on several gradients.  ``waits``: for all of them."""

    def __init__(self, edges: Sequence[Edge | None], call: Callable[[Any], Any], waits: bool):
        self.call, self.waits = call, waits
        #: The nodes of the edges: a graph that is dead needs no hook.
        self.edges = [None if edge is None else weakref.ref(edge) if edge.__class__ is Node else edge for edge in edges]
        engine.sweep_contexts.append(_follow_sweep)
        weakref.finalize(self, _forget_hook).atexit = False

    def at(self, position: int) -> Callable[[Tensor], None]:
        """The hook of one of the tensors."""

        def note(gradient: Tensor) -> None:
            sweep = _sweep.get()
            if sweep is None:
                return
            if self not in sweep.begun:
                visited = sweep.visited()
                alive = [edge() if isinstance(edge, weakref.ref) else edge for edge in self.edges]
                sweep.begun[self] = [None] * len(alive), [sum(edge in visited for edge in alive if edge is not None)]
                if not self.waits:
                    self.call(gradient)
            gradients, missing = sweep.begun[self]
            gradients[position] = gradient
            missing[0] -= 1
            if self.waits and missing[0] == 0:
                self.call(gradients)

        return note


class _Handles:
    """The handle of a hook on several gradients: `remove`, or the end of a ``with`` block, removes it."""

    def __init__(self, handles: Sequence[RemovableHandle]):
        self._handles = tuple(handles)

    def remove(self) -> None:
        """Remove the hook.  A second call does nothing."""
        for handle in self._handles:
            handle.remove()
        self._handles = ()

    def __enter__(self) -> _Handles:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()


def register_multi_grad_hook(
    tensors: Sequence[Tensor],
    fn: Callable[[Sequence[Tensor | None]], None] | Callable[[Tensor], None],
    *,
    mode: str = "all",
) -> _Handles:
    """Call a function once for the gradients of several tensors, in every backward pass that computes some of them.

    While such a hook is registered, compiled functions run eagerly.

    Args:
        tensors: tensors that require grad.  With ``mode="any"`` others are left out.
        fn: with ``mode="all"`` a function of the list of their gradients, None for those that the pass does not compute, called
            when the last one is there; with ``mode="any"`` a function of the first gradient.  It must not change them.
        mode: ``"all"`` or ``"any"``.

    Returns:
        A handle, whose ``remove()`` removes the hook.

    Raises:
        ValueError: ``mode`` is unknown.
        RuntimeError: a tensor does not require grad, with ``mode="all"``.

    Example::

        >>> a, b = polygrad.ones(2, requires_grad=True), polygrad.ones(2, requires_grad=True)
        >>> c, d = a * b, a * b
        >>> handle = polygrad.autograd.graph.register_multi_grad_hook(
        ...     (a, b, c, d), lambda grads: print([g is not None for g in grads])
        ... )
        >>> c.sum().backward()
        [True, True, True, False]
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    chosen = [x for x in tensors if mode == "all" or x.requires_grad]
    for x in chosen:
        if x._edge is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    hook = _MultiHook([x._edge for x in chosen], fn, mode == "all")
    return _Handles([x.register_hook(hook.at(position)) for position, x in enumerate(chosen)])


# -- changes in place ------------------------------------------------------------------------------------------------------


class _Mutation:
    """What `allow_mutation_on_saved_tensors` gives."""

    def clear(self) -> None:
        """Do nothing: there are no copies to forget."""


@contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_Mutation]:
    """Allow that tensors which the graph has saved are changed in place: a context manager.

    polygrad allows it everywhere, since a change in place gives a tensor another array, and the graph keeps the one that it has
    saved.  The block is there for programs that are written for PyTorch.

    Returns:
        An object with a method ``clear``, which does nothing.

    Example::

        >>> x = polygrad.tensor([1.0, 2.0], requires_grad=True)
        >>> with polygrad.autograd.graph.allow_mutation_on_saved_tensors():
        ...     y = x.clone()
        ...     z = (y * y).sum()
        ...     _ = y.zero_()
        ...     z.backward()
        >>> x.grad
        tensor([2., 4.])
    """
    yield _Mutation()


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Count one more change in place of a tensor's memory, in ``_version``.

    Args:
        tensor: a tensor or an iterable of tensors, which something else than polygrad has changed.

    Raises:
        RuntimeError: it is something else.

    Example::

        >>> x = polygrad.zeros(2)
        >>> x.add_(1)._version
        1
        >>> polygrad.autograd.graph.increment_version(x)
        >>> x._version
        2
    """
    several = (tensor,) if isinstance(tensor, Tensor) else tensor
    if not isinstance(several, Iterable):
        raise RuntimeError("increment_version expect a Iterable[Tensor] as input")
    for x in several:
        if not isinstance(x, Tensor):
            raise RuntimeError("increment_version expects each element of the iterable to be a tensor")
        x._count_write()
