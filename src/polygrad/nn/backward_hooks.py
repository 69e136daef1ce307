"""Backward hooks of modules.

All tensors that enter a module pass through one node of the graph, and all that leave it through another.  Both pass
gradients on unchanged, and the hooks are attached to them.  So a hook sees the gradients of all inputs, or of all outputs,
together, with None for missing ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from .._core.graph import Node, make_node
from .._core.tensor import Tensor, cell
from .._core.warn import warn
from .._state import grad_enabled

Gradients = tuple[Tensor | None, ...]


class _Passage:
    """Plan of a node with as many results as operands, each of which has the gradient of its operand."""

    broadcasts = frees = False
    arrays: tuple[Any, ...] = ()
    operation = name = "module_boundary"

    def __init__(self, count: int):
        self.outputs, self.mask, self.primitive = count, (True,) * count, self
        self.backward: Any = defaultdict(lambda: lambda g, saved: g)


def _pass(values: Sequence[Any]) -> tuple[list[Any], list[int], Node | None]:
    """Pass the tensors that require grad through one node; return all values, the places of these tensors, and the node."""
    places = [i for i, x in enumerate(values) if isinstance(x, Tensor) and x.requires_grad]
    if not places or not grad_enabled():
        return list(values), [], None
    plan = _Passage(len(places))
    node = make_node(plan, tuple([values[i]._edge for i in places]), (), None)
    passed = list(values)
    for number, place in enumerate(places):
        array = values[place]._read()
        passed[place] = cell(array, make_node(plan, (node,), (), array.shape, number))
    return passed, places, node


class GradientHooks:
    """The backward hooks of one call of a module: `enter` takes its arguments, `leave` its result."""

    module: Any
    before: list[Callable[..., Any]]
    after: list[Callable[..., Any]]
    inputs: int
    observed: bool

    def __init__(self, module: Any, before: list[Callable[..., Any]], after: list[Callable[..., Any]]):
        self.module, self.before, self.after = module, before, after
        #: The gradients of the outputs; None unless a gradient is on its way from there to the inputs.
        self.incoming: Gradients | None = None
        self.inputs = 0
        self.observed = False

    def enter(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Connect the arguments to a node, after whose gradients the ``after`` hooks are called."""
        passed, places, node = _pass(args)
        self.inputs = len(args)
        if node is not None and self.after:
            self.observed = True
            node.register_hook(lambda inputs, _: self._call_after(inputs, places))
        return tuple(passed)

    def leave(self, result: Any) -> Any:
        """Connect the result to a node, before whose gradients the ``before`` hooks are called."""
        if not isinstance(result, (Tensor, tuple)):
            warn(
                "for backward hooks to be called, a module's output should be a Tensor or a tuple of Tensors, and that of "
                f"{type(self.module).__name__} is a {type(result).__name__}"
            )
        single = not isinstance(result, tuple)
        passed, places, node = _pass((result,) if single else result)
        count = len(passed)  # the hook must not reference the tensors, which reference the graph
        if node is not None:
            node.register_prehook(lambda outputs: self._call_before(outputs, places, count))
        return passed[0] if single else type(result)(passed) if type(result) is tuple else type(result)(*passed)

    def _call_before(self, outputs: Gradients, places: list[int], count: int) -> Gradients | None:
        incoming = _scatter(outputs, places, count)
        for hook in self.before:
            replaced = hook(self.module, incoming)
            if replaced is not None:
                incoming = _check_gradients(replaced, incoming, hook, "grad_output")
        if self.observed:
            self.incoming = incoming
        else:  # no input requires grad, so the hooks are called here
            if self.after:
                warn(
                    "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs "
                    f"of {type(self.module).__name__} require gradients."
                )
            for hook in self.after:
                replaced = hook(self.module, (None,) * self.inputs, incoming)
                if replaced is not None and any(g is not None for g in _as_tuple(replaced)):
                    raise RuntimeError(
                        f"backward hook {hook!r} returned gradients for the inputs of {type(self.module).__name__}, none of "
                        "which requires grad"
                    )
        return tuple(incoming[i] for i in places)

    def _call_after(self, inputs: Gradients, places: list[int]) -> Gradients:
        incoming, self.incoming = self.incoming, None
        if incoming is None:  # not from the outputs: a derivative of the module's gradient, which calls no hook
            return inputs
        gradients = _scatter(inputs, places, self.inputs)
        for hook in self.after:
            replaced = hook(self.module, gradients, incoming)
            if replaced is not None:
                gradients = _check_gradients(replaced, gradients, hook, "grad_input")
        return tuple(gradients[i] for i in places)


def _scatter(gradients: Gradients, places: list[int], count: int) -> Gradients:
    """Return ``gradients`` at their places among ``count`` values, and None elsewhere."""
    found = dict(zip(places, gradients, strict=True))
    return tuple(found.get(i) for i in range(count))


def _as_tuple(replaced: Any) -> tuple[Any, ...]:
    return replaced if isinstance(replaced, tuple) else (replaced,)


def _check_gradients(replaced: Any, gradients: Gradients, hook: Callable, what: str) -> Gradients:
    several = _as_tuple(replaced)
    if len(several) != len(gradients):
        raise RuntimeError(
            f"backward hook {hook!r} returned {len(several)} gradients, but {what} has {len(gradients)}; it returns None, or "
            "as many as it was given"
        )
    return several
