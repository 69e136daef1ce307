"""Checkpoints: parts of a graph that are freed, and computed again when their gradient is needed.

They trade memory for activations against a second forward pass (T. Chen, B. Xu, C. Zhang and C. Guestrin, "Training
deep nets with sublinear memory cost", 2016).  The function runs once, to find where its graph begins; one node then
replaces that graph.  Backward runs the function again, on the values that its arguments and the leaves that it reads
had at first, and sweeps through the new graph.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .._core.engine import sweep, to_torch_convention
from .._core.graph import NODE, Edge, Leaf, Node, make_node, next_sequence
from .._core.primitive import AnyType
from .._core.tensor import Tensor, cell
from .._functions.generator import default_generator
from .._interpreters.lifting import stop_node
from .._pytree import flatten, unflatten
from .._state import Around, Recorder, grad_enabled, recorder, recording
from ..autograd.grad_mode import enable_grad
from ..backends.base import CompilingBackend
from ..backends.registry import BY_TYPE
from ..nn.containers import Sequential

__all__ = ["checkpoint", "checkpoint_sequential"]


def _no_contexts() -> tuple[Any, Any]:
    return contextlib.nullcontext(), contextlib.nullcontext()


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], tuple[Any, Any]] = _no_contexts,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """Call a function without saving anything for backward, which computes the call again.

    Args:
        function: takes and returns tensors, alone or in lists, tuples and dicts; it must do the same both times.
        *args: its arguments.
        use_reentrant: True refuses ``kwargs``, as in PyTorch; the gradients are the same.
        context_fn: returns two context managers, for the first run and for the second.
        determinism_check: ``"default"`` compares the shapes of the results of both runs, ``"none"`` nothing.
        debug: accepted for compatibility with PyTorch, without effect.
        early_stop: accepted for compatibility with PyTorch, without effect.
        preserve_rng_state: whether the second run draws the random numbers of the first.
        **kwargs: its keyword arguments.

    Returns:
        What ``function`` returns.

    Raises:
        ValueError: ``kwargs`` are given with ``use_reentrant=True``, or ``determinism_check`` is unknown.
        RuntimeError: in backward, the second run returns other shapes than the first.

    References:
        T. Chen, B. Xu, C. Zhang and C. Guestrin, "Training deep nets with sublinear memory cost" (2016).

    Example::

        >>> x = polygrad.tensor([0.0, 1.0], requires_grad=True)
        >>> y = polygrad.utils.checkpoint.checkpoint(lambda x: x.exp().exp(), x, use_reentrant=False)
        >>> y.sum().backward()
        >>> x.grad
        tensor([ 2.7183, 41.1936])
    """
    if use_reentrant and kwargs:
        raise ValueError(f"unexpected keyword arguments with use_reentrant=True: {', '.join(kwargs)}")
    if determinism_check not in ("default", "none"):
        raise ValueError(f"determinism_check is 'default' or 'none', not {determinism_check!r}")
    first, second = context_fn()
    if not grad_enabled():
        with first:
            return function(*args, **kwargs)
    leaves, structure = flatten((args, kwargs))
    places = [place for place, x in enumerate(leaves) if isinstance(x, Tensor)]
    arrays = [leaves[place]._read() for place in places]
    random = default_generator._state._read() if preserve_rng_state else None
    since = next_sequence()
    with first:
        result = function(*args, **kwargs)
    found, shape = flatten(result)
    numbers = [number for number, out in enumerate(found) if isinstance(out, Tensor) and _is_inside(out._edge, since)]
    edges = list(_boundary([found[number]._edge for number in numbers], since))
    if not edges:
        return result
    call = _Call(function, leaves, structure, places, edges, numbers, since, second)
    call.check = determinism_check == "default"
    call.shapes = [tuple(found[number].shape) for number in numbers]
    variables = [leaf._read() for leaf in call.variables]
    node = make_node(call, tuple(edges), (None, *arrays, *variables, random), None)
    for output, number in enumerate(numbers):
        array = found[number]._read()
        found[number] = cell(array, make_node(call, (node,), (), array.shape, output))
    return unflatten(shape, found)


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """Call functions one after the other in segments, all but the last of which are checkpoints.

    Args:
        functions: a `polygrad.nn.Sequential`, or a list of functions of one tensor.
        segments: the number of segments.
        input: the argument of the first function.
        use_reentrant: as in `checkpoint`.
        **kwargs: ``preserve_rng_state``, as in `checkpoint`.

    Returns:
        The result of the last function.

    Raises:
        ValueError: there are fewer functions than segments, or a keyword argument is unknown.

    References:
        T. Chen, B. Xu, C. Zhang and C. Guestrin, "Training deep nets with sublinear memory cost" (2016).

    Example::

        >>> layers = [polygrad.exp, polygrad.sin, polygrad.exp, polygrad.sin]
        >>> x = polygrad.tensor([0.0, 1.0], requires_grad=True)
        >>> y = polygrad.utils.checkpoint.checkpoint_sequential(layers, 2, x, use_reentrant=False)
        >>> y.sum().backward()
        >>> x.grad
        tensor([-0.8534, -0.2346])
    """
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError(f"unexpected keyword arguments: {', '.join(kwargs)}")
    steps = list(functions.children()) if isinstance(functions, Sequential) else list(functions)
    if not 1 <= segments <= max(len(steps), 1):
        raise ValueError(f"checkpoint_sequential: {len(steps)} functions do not make {segments} segments")
    size = len(steps) // segments
    stop_node = 0
    for start in range(0, size * (segments - 1), size):
        stop_node = start + size
        input = checkpoint(
            _chain(steps[start:stop_node]), input, use_reentrant=use_reentrant, preserve_rng_state=preserve
        )
    return _chain(steps[stop_node:])(input)


def _chain(steps: Sequence[Callable]) -> Callable:
    def run(x: Any) -> Any:
        for step in steps:
            x = step(x)
        return x

    return run


# -- the graph of one run ----------------------------------------------------------------------------------------------


def _is_inside(edge: Edge | None, since: int) -> bool:
    """Whether ``edge`` was made after ``since``."""
    return edge is not None and edge.sequence > since


def _inside(roots: Sequence[Any], since: int) -> Iterator[Node]:
    """The nodes behind ``roots`` that were recorded after ``since``."""
    seen: set[Edge] = set()
    stack = list(roots)
    while stack:
        edge = stack.pop()
        if edge in seen or not _is_inside(edge, since):
            continue
        seen.add(edge)
        if edge.__class__ is Node:
            yield edge
            stack.extend(edge.edges)


def _boundary(roots: Sequence[Any], since: int) -> dict[Edge, None]:
    """The edges from before ``since`` where the graph behind ``roots`` begins."""
    return {edge: None for node in _inside(roots, since) for edge in node.edges if not _is_inside(edge, since)}


def _replace(roots: Sequence[Any], since: int, others: dict[Edge, Edge]) -> None:
    """Replace edges in the graph behind ``roots`` that was recorded after ``since``."""
    for node in list(_inside(roots, since)):
        if any(edge in others for edge in node.edges):
            node.edges = tuple([others.get(edge, edge) for edge in node.edges])


class _Call:
    """The plan of one checkpoint's node: how it goes backward.  It is also its own primitive."""

    arrays = ((0, NODE),)
    broadcasts, frees, variadic = False, True, False
    residuals: tuple[Any, ...] = ()
    operation = name = "checkpoint"

    def __init__(
        self, function: Callable[..., Any], leaves: list[Any], structure: Any, places: list[int], edges: list[Edge],
        numbers: list[int], since: int, context: Any,
    ):  # fmt: skip
        self.function, self.structure, self.places, self.numbers = function, structure, places, numbers
        self.context, self.outputs, self.mask = context, len(numbers), (True,) * len(edges)
        self.edges, self.check = edges, True
        self.shapes: list[tuple[int, ...]] = []
        #: The arguments, with edges in place of tensors, whose values the node saved.
        self.leaves = [x._edge if isinstance(x, Tensor) else x for x in leaves]
        given = {id(leaves[place]) for place in places}
        found = [edge.variable for edge in edges if isinstance(edge, Leaf)]
        #: The tensors that the function reads from its enclosing scope, such as parameters.
        self.variables = [x for x in found if x is not None and id(x) not in given]

    @property
    def primitive(self) -> _Call:
        """What the engine asks for the number of outputs."""
        return self

    @property
    def backward(self) -> AnyType:
        """The rule, for every type of array."""
        return AnyType(self._rule)

    def _rule(self, cotangents: list[Any], saved: tuple) -> list[Any]:
        node, *arrays, random = saved
        if node is not None:
            return self._recompute_and_sweep(arrays, random, cotangents, node.edges)
        given = [c for c in cotangents if c is not None]
        arrived: list[bool] = []

        def run(*operands: Any) -> list[Any]:
            rest = iter(operands[len(arrays) :])
            results = self._recompute_and_sweep(
                operands[: len(arrays)], random, [None if c is None else next(rest) for c in cotangents]
            )
            arrived[:] = [g is not None for g in results]
            return [g for g in results if g is not None]

        # The barrier keeps a compiler from merging the second run with the first, which would save what is to be freed.
        backend = BY_TYPE[given[0].__class__]
        barrier = backend.optimization_barrier if isinstance(backend, CompilingBackend) else None
        found = iter(run(*arrays, *given) if barrier is None else barrier(run, [*arrays, *given]))
        return [next(found) if one else None for one in arrived]

    def _recompute_and_sweep(
        self, arrays: Sequence[Any], random: Any, cotangents: Sequence[Any], edges: Sequence[Edge] | None = None
    ) -> list[Any]:
        """The cotangents of the edges, by a second run and a sweep through its graph.

        With ``edges`` the sweep is recorded, and its graph leads on to them.
        """
        following: Sequence[Edge | None] = edges or [None] * len(self.edges)
        ends: dict[Edge, Edge] = {
            edge: stop_node(to, edge.shape) for edge, to in zip(self.edges, following, strict=True)
        }
        since = next_sequence()
        outputs = self._rerun(arrays, random, ends)
        _replace([out._edge for out in outputs], since, ends)
        pairs = [(out, to_torch_convention(c)) for out, c in zip(outputs, cotangents, strict=True) if c is not None]
        reached = sweep(
            [out for out, _ in pairs], [c for _, c in pairs], None, edges is not None, dict.fromkeys(ends.values())
        )
        return [reached.get(end) for end in ends.values()]

    def _rerun(self, arrays: Sequence[Any], random: Any, ends: dict[Edge, Edge]) -> list[Tensor]:
        """The differentiable outputs of a second run, on the values of the first."""
        leaves, count = list(self.leaves), len(self.places)
        for place, array in zip(self.places, arrays[:count], strict=True):
            edge = self.leaves[place]
            leaves[place] = cell(array, ends.get(edge, edge))
        args, kwargs = unflatten(self.structure, leaves)
        held = list(zip(self.variables, arrays[count:], strict=True))
        if random is not None:
            held.append((default_generator._state, random))
        with enable_grad(), self.context, _restore_values(held):
            found, _ = flatten(self.function(*args, **kwargs))
        outputs = [found[number] for number in self.numbers if number < len(found)]
        shapes = [tuple(out.shape) if isinstance(out, Tensor) else None for out in outputs]
        if len(outputs) != self.outputs or (self.check and shapes != self.shapes):
            raise RuntimeError(
                f"checkpoint: the function gave results of other shapes when it was computed again: {shapes} instead of "
                f"{self.shapes}; it has to do the same both times"
            )
        return outputs


class _WriteLog(Around):
    """A recorder that remembers what tensors held before they were written; ``before`` overrides this for some."""

    def __init__(self, outer: Recorder | None, before: list[tuple[Tensor, Any]]):
        super().__init__(outer)
        self._before = before
        self._written: dict[int, tuple[Tensor, Any]] = {}

    def abandon(self) -> None:
        """Restore the tensors that have no graph."""
        written = [(x, array) for x, array in self._written.values() if x._edge is None]
        for x, array in [*written, *self._before]:
            x._data = array

    def write(self, cell: Tensor) -> None:
        self._written.setdefault(id(cell), (cell, cell._data))
        if cell._edge is not None:  # tensors without a graph are restored
            self.outer.write(cell)


@contextlib.contextmanager
def _restore_values(held: Sequence[tuple[Tensor, Any]]) -> Iterator[None]:
    """Context in which tensors hold the given arrays: their values at first, which may have changed since.

    Afterwards they hold what they held before, and so do tensors without a graph that were written inside, such as
    running statistics.
    """
    for x, _ in held:
        x._read()  # tells a recorder of the read
    watching = _WriteLog(recorder(), [(x, x._data) for x, _ in held])
    try:
        for x, array in held:
            x._data = array
        with recording(watching):
            yield
    finally:
        watching.abandon()
