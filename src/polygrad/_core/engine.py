"""The backward sweep.

Nodes wait in a heap, the latest first, so every node is reached after all nodes that used its result.  Nothing recurses.
The engine, and no rule, sums gradients over broadcast axes, adds up the gradients of several paths, and conjugates at the
boundary (seeds, leaves, hooks): rules follow the bilinear convention, and users see PyTorch's gradients.  Leaves are
accumulated into at the very end, so that a sweep that fails changes no ``.grad``.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from .._forking import lock
from .._state import RECORDERS, grad_mode, note_read, recorder
from ..backends.registry import BY_TYPE
from .graph import NODE, Edge, GradientEdge, Hooks, Leaf, Node, hooks_of, make_node
from .hooks import HOOKS
from .operands import is_integral_or_bool
from .primitive import OPERATIONS
from .tensor import Tensor, cell

#: Held while a gradient is read, added to and stored: several threads may accumulate into one leaf.
_accumulation_lock = lock()

#: What goes around every sweep, such as anomaly mode: functions ``(roots, useful)`` to the context that the sweep runs in.
#: ``roots`` are the edges that it starts from; ``useful`` are the only ones that it visits, or None where it visits all.
sweep_contexts: list[Callable[[Iterable[Edge], set[Edge] | None], AbstractContextManager]] = []


def backward(
    outputs: Sequence[Tensor],
    gradients: Sequence[Tensor | None],
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Accumulate gradients into the ``.grad`` of all leaves, or of ``inputs`` only."""
    wanted = None
    if inputs is not None:
        inputs = [inputs] if isinstance(inputs, (Tensor, GradientEdge)) else list(inputs)
        if not inputs:
            raise RuntimeError("inputs argument to backward() cannot be empty")
        wanted = dict.fromkeys(_find_edges(inputs, outputs))
        for edge in wanted:
            if edge.__class__ is Node:
                hooks_of(edge).retains_grad = True
    reached = sweep(outputs, gradients, retain_graph, create_graph, wanted)
    found = [(edge, to_torch_convention(g)) for edge, g in reached.items() if edge.__class__ is Leaf]
    for _, g in found:
        if BY_TYPE[g._read().__class__].level:
            _check_levels(found)
            break
    hooked = []
    with _accumulation_lock:
        for leaf, g in found:
            if leaf.hooks is None or not leaf.hooks.after_accumulation:
                _accumulate(leaf, g, create_graph)
            else:
                hooked.append((leaf, g))
    if hooked:
        token = grad_mode.set(create_graph)  # hooks are part of going backward
        try:
            for leaf, g in hooked:
                _accumulate_and_call(leaf, g, create_graph)
        finally:
            grad_mode.reset(token)


def tensor_backward(  # noqa: D417  # the method's self
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add the gradient of this tensor with respect to every leaf it depends on into the leaves' ``.grad``.

    Args:
        gradient: the cotangent to start from, of the shape of this tensor.  A tensor of one element needs none.
        retain_graph: whether to keep the saved values, so that backward can run again.  By default as `create_graph`.
        create_graph: whether to record the backward pass itself, so that its results can be differentiated.
        inputs: leaves, one or a sequence: only into these the gradient is added.

    Raises:
        RuntimeError: the tensor does not require grad, `gradient` is missing or has another shape, or the saved values
            of the graph were freed.

    Example::

        >>> x = polygrad.tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x).sum().backward()
        >>> x.grad
        tensor([2., 4.])
    """
    backward((self,), (gradient,), retain_graph, create_graph, inputs)


def grad(
    outputs: Sequence[Tensor],
    inputs: Sequence[Tensor],
    gradients: Sequence[Tensor | None],
    retain_graph: bool | None,
    create_graph: bool,
    allow_unused: bool,
) -> list[Tensor | None]:
    """The gradients of ``outputs`` with respect to ``inputs``; None where an input was not used, if that is allowed."""
    edges = _find_edges(inputs, outputs)
    reached = sweep(outputs, gradients, retain_graph, create_graph, dict.fromkeys(edges), not allow_unused)
    return [to_torch_convention(reached[edge]) if edge in reached else None for edge in edges]


def unused_input_message(number: int, edge: Edge | GradientEdge) -> str:
    """Error message for an unused input."""
    return (
        f"input {number}, of shape {tuple(edge.shape)}, was not used in computing the outputs; pass allow_unused=True to "
        "get None for it, or materialize_grads=True to get zeros"
    )


def _find_edges(inputs: Sequence[Any], outputs: Sequence[Any]) -> list[Edge]:
    found: list[Edge] = []
    for number, x in enumerate(inputs):
        if not isinstance(x, (Tensor, GradientEdge)):
            raise TypeError(f"inputs are tensors, but number {number} is a {type(x).__name__}")
        if isinstance(x, GradientEdge):
            edges = [y.find(()) if isinstance(y, GradientEdge) else y._edge for y in outputs]
            found.append(x.find([edge for edge in edges if edge is not None]))
            continue
        if x._edge is None:
            raise RuntimeError(
                f"one of the differentiated tensors does not require grad: input {number}, of shape {tuple(x.shape)}; "
                "call x.requires_grad_() before it is used"
            )
        found.append(x._edge)
    return found


def sweep(
    outputs: Sequence[Tensor],
    gradients: Sequence[Tensor | None],
    retain_graph: bool | None,
    create_graph: bool,
    wanted: dict[Edge, None] | None,
    complete: bool = False,
) -> dict[Edge, Any]:
    """Run the graph backward once and return the cotangents of all leaves, or of the ``wanted`` edges.

    With ``complete``, raises RuntimeError for a wanted edge that cannot be reached, before anything is computed or freed.
    Cotangents are raw arrays, or Tensors with ``create_graph``.
    """
    retain = create_graph if retain_graph is None else retain_graph
    cotangents: dict[Edge, Any] = {}
    for output, gradient in zip(outputs, gradients, strict=True):
        if isinstance(output, GradientEdge):
            edge = output.find(())
            g = _seed_of_edge(edge, gradient, create_graph)
        else:
            edge = output._edge
            g = _seed(output, gradient, create_graph)
        cotangents[edge] = cotangents[edge] + g if edge in cotangents else g
    useful: set[Edge] | None = None
    if wanted is not None:
        useful = _reachable_backward(wanted, cotangents)
        if complete:
            for number, edge in enumerate(wanted):
                if edge not in useful:
                    raise RuntimeError(unused_input_message(number, edge))
        cotangents = {edge: g for edge, g in cotangents.items() if edge in useful}
    heap = [(-edge.sequence, edge) for edge in cotangents if edge.__class__ is Node]
    heapq.heapify(heap)
    retained: dict[Edge, Tensor] = {}
    token = grad_mode.set(create_graph)
    try:
        if not sweep_contexts:
            reached = _run_backward(heap, cotangents, retained, retain, create_graph, wanted, useful)
        else:
            with ExitStack() as around:
                for context in tuple(sweep_contexts):
                    around.enter_context(context(tuple(cotangents), useful))
                reached = _run_backward(heap, cotangents, retained, retain, create_graph, wanted, useful)
    finally:
        grad_mode.reset(token)
    for edge, kept in retained.items():
        hooks = hooks_of(edge)
        with _accumulation_lock:
            hooks.grad = kept if hooks.grad is None else hooks.grad + kept
    return reached


def _run_backward(
    heap: list[tuple[int, Node]],
    cotangents: dict[Edge, Any],
    retained: dict[Edge, Tensor],
    retain: bool,
    create_graph: bool,
    wanted: dict[Edge, None] | None,
    useful: set[Edge] | None,
) -> dict[Edge, Any]:
    reached: dict[Edge, Any] = {}
    push, pop, take = heapq.heappush, heapq.heappop, cotangents.pop
    # Most nodes have one successor, which is next.  It and its cotangent stay in ``node`` and ``g``, outside the heap.
    node: Node | None = None
    g: Any = None
    while heap or node is not None:
        if node is None:
            node = pop(heap)[1]
            g = take(node)
        elif heap and -heap[0][0] > node.sequence:
            cotangents[node] = g
            node = heapq.heapreplace(heap, (-node.sequence, node))[1]
            g = take(node)
        hooks = node.hooks
        if hooks is not None:
            g = _run_hooks(hooks, node, g, retained)
        if wanted is not None and node in wanted:
            reached[node] = g
            # If no wanted edge lies beyond, the node does not run and its saved values stay.
            if not any(edge in useful for edge in node.edges):  # type: ignore[operator]  # it is a set where `wanted` is one
                node = None
                continue
        if hooks is not None and hooks.prehooks:
            g = _run_prehooks(hooks, g)
        if node.output is not None:  # one output of several: collect it at the operation's node
            _collect(node, node.output, g, cotangents, heap)
            node = None
            continue
        plan, saved = node.plan, node.saved
        if saved is None:
            raise RuntimeError(_freed_message(node))
        if create_graph:
            saved = lift_saved(node, plan, saved)
        kind = type(g)
        if kind is list:
            kind = next(type(c) for c in g if c is not None)
        results = plan.backward[kind](g, saved)
        if plan.frees and not retain:
            node.saved = None
        if hooks is not None and hooks.posthooks:
            results = _run_posthooks(hooks, plan.mask, results, g)
        broadcasts, following, into = plan.broadcasts, None, node.into
        if type(into) is Node and useful is None:  # one operand: the loop below, unrolled
            edge, c = into, results[0]
            if c is not None and edge not in cotangents:
                node, g = edge, unbroadcast(c, edge.shape) if broadcasts and c.shape != edge.shape else c
                continue
        for edge, c in zip(into if type(into) is tuple else (into,), results):  # noqa: B905  (no keyword: this is the inner loop)
            if c is None or (useful is not None and edge not in useful):
                continue
            if broadcasts and c.shape != edge.shape:
                c = unbroadcast(c, edge.shape)
            if edge is following:
                g = g + c
            elif edge in cotangents:
                cotangents[edge] = cotangents[edge] + c
            elif type(edge) is not Node:
                cotangents[edge] = c
            elif following is None:
                following, g = edge, c
            else:
                cotangents[edge] = c
                push(heap, (-edge.sequence, edge))
        node = following
    for leaf, g in cotangents.items():  # only leaves are left
        if leaf.hooks is not None:
            g = _run_hooks(leaf.hooks, leaf, g, retained)
        if wanted is None or leaf in wanted:
            reached[leaf] = g
    return reached


def _collect(node: Node, output: int, g: Any, cotangents: dict[Edge, Any], heap: list[tuple[int, Node]]) -> None:
    operation = node.edges[0]
    collected = cotangents.get(operation)
    if collected is None:
        collected = cotangents[operation] = [None] * operation.plan.primitive.outputs
        heapq.heappush(heap, (-operation.sequence, operation))
    if len(collected) <= output:  # the settings decide how many outputs there are
        collected.extend([None] * (output + 1 - len(collected)))
    known = collected[output]
    collected[output] = g if known is None else known + g


def namespace_of(array: Any) -> Any:
    """The ``xp`` of ``array``: a backend's namespace, or polygrad's own operations for a Tensor."""
    return OPERATIONS if array.__class__ is Tensor else BY_TYPE[array.__class__].xp


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum ``g`` over the axes along which an operand of ``shape`` was broadcast."""
    xp = namespace_of(g)
    extra = len(g.shape) - len(shape)
    axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1))
    if axes:
        g = xp.sum(g, axis=axes, keepdims=True)
    return xp.reshape(g, shape) if extra else g


def _reachable_backward(wanted: dict[Edge, None], roots: Any) -> set[Edge]:
    """The edges from which one of ``wanted`` can be reached: the sweep visits only these."""
    earliest = min(edge.sequence for edge in wanted)
    found: set[Edge] = set()
    stack = list(roots)
    while stack:
        edge = stack.pop()
        if edge not in found and edge.sequence >= earliest:
            found.add(edge)
            stack.extend(edge.edges)
    useful: set[Edge] = set()
    for edge in sorted(found, key=lambda e: e.sequence):
        if edge in wanted or any(e in useful for e in edge.edges):
            useful.add(edge)
    return useful


def _seed_of_edge(edge: Edge, gradient: Tensor | None, create_graph: bool) -> Any:
    if gradient is None:
        raise RuntimeError("a GradientEdge knows its shape only; pass a gradient for it, of the tensor's data type")
    if edge.shape is not None and tuple(gradient.shape) != tuple(edge.shape):
        raise RuntimeError(
            f"the gradient has shape {tuple(gradient.shape)}, but the GradientEdge has {tuple(edge.shape)}"
        )
    if RECORDERS:
        note_read(gradient)
    return from_torch_convention(gradient, create_graph)


def _seed(output: Tensor, gradient: Tensor | None, create_graph: bool) -> Any:
    """The cotangent that the sweep starts from, in the bilinear convention."""
    if output._edge is None:
        raise RuntimeError(
            f"this tensor of shape {tuple(output.shape)} does not require grad and has no grad_fn: nothing that it was "
            "computed from has requires_grad=True, or it was computed under no_grad()"
        )
    if gradient is None:
        if output.shape.numel() != 1:
            raise RuntimeError(
                f"grad can be implicitly created only for scalar outputs, and this one has shape {tuple(output.shape)}; "
                "reduce it, as in loss.sum().backward(), or pass a gradient of that shape, as in "
                "loss.backward(polygrad.ones_like(loss))"
            )
        if output.dtype.is_complex:
            raise RuntimeError(
                f"grad can be implicitly created only for real scalar outputs, and this one is {output.dtype.name}; reduce it "
                "to a real number, as in loss.abs().backward(), or pass a gradient"
            )
        value = BY_TYPE[output._read().__class__].xp.ones_like(output._read())
        return cell(value) if create_graph else value
    if not isinstance(gradient, Tensor):
        raise TypeError(f"gradient is a Tensor or None, not {type(gradient).__name__}")
    if RECORDERS:
        note_read(gradient)
    if gradient.shape != output.shape:
        raise RuntimeError(
            f"the gradient has shape {tuple(gradient.shape)}, but the tensor that it belongs to has {tuple(output.shape)}"
        )
    backend: Any = output.backend  # a transform's has `base`
    if gradient.backend is not backend:
        own = backend.base if backend.level else backend
        if gradient.backend is not own and not gradient.backend.level:
            raise TypeError(
                f"the gradient is on backend {gradient.backend.name!r}, but the tensor that it belongs to is on "
                f"{own.name!r}; move it, as in gradient.to(backend={own.name!r})"
            )
        gradient = HOOKS.lift_like(gradient, output)  # a constant in the transforms that the output belongs to
    if gradient.dtype is not output.dtype:
        if gradient.dtype.is_complex and not output.dtype.is_complex:
            raise RuntimeError(
                f"the gradient is {gradient.dtype.name}, but the tensor that it belongs to is {output.dtype.name}; a real "
                "tensor has a real gradient"
            )
        gradient = OPERATIONS.astype(gradient, output.dtype)
    return from_torch_convention(gradient, create_graph)


class _Complex(dict):
    """(array type, the library's data type) → whether that is complex."""

    def __missing__(self, key: tuple[type, Any]) -> bool:
        found = self[key] = BY_TYPE[key[0]].from_dtype(key[1]).is_complex
        return found


_complex = _Complex()


def _is_complex(g: Any) -> bool:
    return g.dtype.is_complex if g.__class__ is Tensor else _complex[g.__class__, g.dtype]


def _conjugate(g: Any) -> Any:
    return namespace_of(g).conj(g) if _is_complex(g) else g


def to_torch_convention(g: Any) -> Tensor:
    """Conjugate the cotangent ``g`` to PyTorch's convention, in a new tensor for users."""
    g = _conjugate(g)
    return cell(g._read(), g._edge) if g.__class__ is Tensor else cell(g)


def from_torch_convention(tensor: Tensor, create_graph: bool) -> Any:
    """Conjugate a user's gradient to the bilinear convention: the inverse of `to_torch_convention`."""
    return _conjugate(cell(tensor._read(), tensor._edge) if create_graph else tensor._read())


def _run_hooks(hooks: Hooks, edge: Edge, g: Any, retained: dict[Edge, Tensor]) -> Any:
    """Pass ``g`` through the ``hooks`` of ``edge``; the result is also what `retain_grad` keeps."""
    for callback in list(hooks.callbacks.values()):
        result = callback(to_torch_convention(g))
        if result is not None:
            g = from_torch_convention(_check_hook_result(callback, g, result), g.__class__ is Tensor)
    if hooks.retains_grad:
        retained[edge] = to_torch_convention(g)
    return g


def _check_hook_result(callback: Callable, g: Any, result: Any) -> Tensor:
    """The ``result`` of a hook on ``g``.  Raises if its shape, data type or backend differ from those of ``g``."""
    name = getattr(callback, "__name__", repr(callback))
    if not isinstance(result, Tensor):
        raise TypeError(f"hook {name!r} returned a {type(result).__name__}; a hook returns a Tensor or None")
    if RECORDERS:
        note_read(result)
    before = to_torch_convention(g)
    for what in ("shape", "dtype", "backend"):
        old, new = getattr(before, what), getattr(result, what)
        if old != new:
            if what == "shape":
                old, new = tuple(old), tuple(new)
            raise RuntimeError(f"hook {name!r} has changed the {what} of the gradient from {old!r} to {new!r}")
    return result


def _to_torch_conventions(cotangents: Sequence[Any]) -> tuple[Tensor | None, ...]:
    return tuple(None if c is None else to_torch_convention(c) for c in cotangents)


def _check_hook_results(callback: Callable, before: Sequence[Any], after: Any) -> list[Any]:
    """The cotangents ``after`` that a node's hook returned for ``before``, checked one by one."""
    if not isinstance(after, (tuple, list)) or len(after) != len(before):
        name = getattr(callback, "__name__", repr(callback))
        raise RuntimeError(
            f"hook {name!r} of a node must return None or a tuple of {len(before)} gradients, not {after!r}"
        )
    create_graph = any(c.__class__ is Tensor for c in before)
    return [
        None
        if new is None
        else from_torch_convention(new if old is None else _check_hook_result(callback, old, new), create_graph)
        for old, new in zip(before, after, strict=True)
    ]


def _run_prehooks(hooks: Hooks, g: Any) -> Any:
    several = g if g.__class__ is list else [g]
    for callback in list(hooks.prehooks.values()):
        replaced = callback(_to_torch_conventions(several))
        if replaced is not None:
            several = _check_hook_results(callback, several, replaced)
    return several if g.__class__ is list else several[0]


def _run_posthooks(hooks: Hooks, mask: Sequence[bool], results: Sequence[Any], g: Any) -> Sequence[Any]:
    """Pass the rule's ``results`` through the node's hooks, which get one gradient for each operand."""
    needed = iter(results)
    each = [next(needed) if wanted else None for wanted in mask]
    incoming = _to_torch_conventions(g if g.__class__ is list else [g])
    for callback in list(hooks.posthooks.values()):
        replaced = callback(_to_torch_conventions(each), incoming)
        if replaced is not None:
            each = _check_hook_results(callback, each, replaced)
    return [c for c, wanted in zip(each, mask, strict=True) if wanted]


def _freed_message(node: Node) -> str:
    shape = "" if node.shape is None else f", of shape {tuple(node.shape)}"
    return (
        f"backward goes through the graph a second time, but the values that {node!r} saved (the result of "
        f"{node.plan.operation}{shape}) were freed by the first; pass retain_graph=True to the first backward(), compute "
        "the result again before the second, or, if it was kept from an earlier step, use x.detach()"
    )


def lift_saved(node: Node, plan: Any, saved: tuple) -> tuple:
    """The raw arrays that ``plan`` saved as Tensors with their edges, so that the rule's own computation is recorded."""
    lifted = list(saved)
    mask = plan.mask
    for slot, operand in plan.arrays:
        value = lifted[slot]
        if operand == -1:
            lifted[slot] = (
                cell(value, node)
                if plan.primitive.outputs == 1
                else tuple(
                    [
                        cell(
                            out,
                            None
                            if is_integral_or_bool[type(out), out.dtype]
                            else make_node(node.plan, (node,), (), out.shape, number),
                        )
                        for number, out in enumerate(value)
                    ]
                )
            )
        elif operand == NODE:
            lifted[slot] = node
        elif plan.primitive.variadic:
            edges = iter(node.edges)
            lifted[slot] = [cell(v, next(edges) if needed else None) for v, needed in zip(value, mask, strict=True)]
        else:
            lifted[slot] = cell(value, node.edges[sum(mask[:operand])] if mask[operand] else None)
    return tuple(lifted)


def _check_levels(found: Sequence[tuple[Leaf, Tensor]]) -> None:
    """Raise RuntimeError if a leaf from outside a transform would keep a gradient from inside."""
    for leaf, g in found:
        variable = leaf.variable
        backend: Any = g.backend  # a transform's has its name
        if variable is not None and backend.level > variable.backend.level:
            raise RuntimeError(
                f"backward() inside {backend.transform} cannot accumulate into .grad of a tensor of shape {tuple(leaf.shape)} "
                "from outside; use polygrad.func.grad or polygrad.autograd.grad, which return the gradient"
            )


def _accumulate_and_call(leaf: Leaf, g: Tensor, create_graph: bool) -> None:
    """Accumulate, then run the leaf's hooks, under the leaf's own lock: a hook may wait for threads that need other leaves."""
    hooks = leaf.hooks
    assert hooks is not None
    with hooks.lock:
        with _accumulation_lock:
            _accumulate(leaf, g, create_graph)
        for callback in list(hooks.after_accumulation.values()):
            variable = leaf.variable
            returned = callback(variable)
            if returned is not None and returned is not variable:  # an operation in place returns its tensor
                name = getattr(callback, "__name__", repr(callback))
                raise RuntimeError(
                    f"hook {name!r} returned a value, but post accumulate grad hooks should return None; they change "
                    "the tensor or its .grad in place"
                )


def _accumulate(leaf: Leaf, g: Tensor, create_graph: bool) -> None:
    """Accumulate ``g`` into the leaf's ``.grad``.  The caller holds `_accumulation_lock`."""
    if RECORDERS and (active := recorder()) is not None:
        active.read_grad(leaf)
        active.write_grad(leaf)
    if leaf.grad is None:
        leaf.grad = g
    elif create_graph:
        leaf.grad = leaf.grad + g
    else:
        leaf.grad._rebind(leaf.grad._read() + g._read(), None)
