"""The backend of the tracers of replay: data types, devices and new arrays are those of the plain backend.

Generic rules and forwards run on tracers, and every function that they call becomes an operation.  A kernel is one
operation, or the steps of its decomposition.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any

from ..._core.lending import LENT_TYPES
from ..._core.primitive import PRIMITIVES
from ..._interpreters.delegating import DelegatingBackend
from ..._ops.recurrent import scan_steps
from ...backends.base import Backend, CompilingBackend
from ...backends.namespace import STANDARD
from ...backends.registry import BY_TYPE, register_backend
from .facts import ReplayFacts, facts_of
from .graph import Aval, Graph, ReplayTracer, Slot, ValueUnknown, graph_of

_active: ContextVar[Graph | None] = ContextVar("polygrad_recording", default=None)

#: Functions whose result has a shape that depends on values.
#: Functions whose result has a shape that depends on values.
SHAPED_BY_VALUES = frozenset(
    "nonzero unique_all unique_counts unique_inverse unique_values repeat_interleave bincount".split()
)


#: Constants of fewer bytes are kept, rather than made in every call.
_SMALL = 4096


class TracerNamespace:
    """The namespace ``xp`` of tracers."""

    def __init__(self, backend: TracerBackend):
        self._backend = backend

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in PRIMITIVES and name not in ("take", "astype"):
            found = self._backend.kernel(PRIMITIVES[name])
        else:
            found = getattr(self._backend.base.xp, name)
            if callable(found) and not isinstance(found, type):
                found = self._backend.record_calls(found, name)
        setattr(self, name, found)
        return found

    def device(self, x: Any) -> Any:
        """The device that ``x`` lives on."""
        return self._backend.device(x)

    def scan_steps(self, *arguments: Any, **named: Any) -> Any:
        """The loop, recorded step by step."""
        return scan_steps(self, *arguments, **named)

    def philox(self, key: Any, counter: Any, blocks: int, device: Any = None) -> Any:
        """Random words by the library's own generator."""
        return self._backend.record_calls(partial(_random_words, self._backend.base, blocks), "philox")(key, counter)


class ForwardNamespace:
    """The namespace for a primitive's forward: the primitive's name means the library's function there."""

    def __init__(self, backend: TracerBackend, name: str):
        self._backend, self._name = backend, name

    def __getattr__(self, name: str) -> Any:
        if name != self._name:
            found = getattr(self._backend.xp, name)
        elif name in STANDARD:
            found = self._backend.record_calls(getattr(self._backend.base.xp, name), name)
        else:
            raise AttributeError(f"the forward of {name} is {name} itself")
        setattr(self, name, found)
        return found


def _random_words(base: Any, blocks: int, key: Any, counter: Any) -> Any:
    return base.random_bits(int(key), int(counter), blocks)


class _PlainTypes(dict[type, bool]):
    """Type → whether it is an array type of the plain backend."""

    def __init__(self, base: Backend):
        super().__init__()
        self._base = base

    def __missing__(self, kind: type) -> bool:
        # Numbers, tuples and the like are not arrays: no need to search the registry.
        found = self._base.owns(kind) and BY_TYPE[kind] is self._base and kind not in LENT_TYPES
        self[kind] = found
        return found


class TracerBackend(DelegatingBackend, CompilingBackend):
    """Records the operations of the backend ``base``."""

    level = 1
    value_errors = (ValueUnknown,)
    shares_scalars = False
    has_control_flow = False

    facts: ReplayFacts
    array_type: type[ReplayTracer]
    plain_types: _PlainTypes

    def __init__(self, base: Backend):
        # Backend.__init__() is not called: there is no library to inspect.
        self.base, self.facts = base, facts_of(base)
        self.name = f"{base.name}, recorded"
        self.capabilities, self.accumulates = base.capabilities - {"mutable"}, base.accumulates
        self.array_type = type("ReplayTracer", (ReplayTracer,), {"__slots__": (), "backend": self})
        self.kernels = {}
        self.library = self.xp = TracerNamespace(self)  # type: ignore[assignment]  # a namespace, if not a module
        self.plain_types = _PlainTypes(base)

    def owns(self, array_type: type) -> bool:
        return array_type is self.array_type

    def is_plain(self, value: Any) -> bool:
        """Whether ``value`` is an array of the plain backend."""
        return self.plain_types[value.__class__]

    def abstract(self, slot: Slot, kind: Aval) -> ReplayTracer:
        """A tracer without a value, for error messages."""
        return self.array_type(None, slot, kind, False)

    # -- functions ---------------------------------------------------------------------------------------------------------

    def record_calls(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        """Wrap ``function``: a call with a tracer among the arguments is recorded."""
        unknown, filled = name in SHAPED_BY_VALUES, name in ("zeros_like", "ones_like")

        def run(*arguments: Any, **named: Any) -> Any:
            graph = graph_of(arguments) or (graph_of(named.values()) if named else None)
            if graph is None:
                return self._constant(function(*arguments, **named))
            if unknown:
                raise ValueUnknown(f"{name} has a result whose shape depends on values")
            if filled and self.facts.nbytes(arguments[0].value) < _SMALL:  # the values of the argument do not matter
                return graph.add(function(arguments[0].value, *arguments[1:], **named), True)
            return graph.apply(function, arguments, named)

        return run

    def _constant(self, value: Any) -> Any:
        """A new array as a constant of the active graph."""
        graph = _active.get()
        if graph is None or not self.is_plain(value):
            return value
        return graph.add(value, True)

    def kernel(self, primitive: Any) -> Callable[..., Any]:
        base, name = self.base, primitive.name
        raw = self.record_calls(base.kernel(primitive), name)
        steps = self.facts.decompositions.get(name)
        if steps is not None:
            inner = partial(steps, _do)
        elif name in base.kernels or primitive.is_of_standard:
            inner = None
        else:
            inner = partial(primitive.forward, ForwardNamespace(self, name))
        count = len(primitive.operands)

        def run(*arguments: Any, **named: Any) -> Any:
            operands = arguments[0] if primitive.variadic else arguments[:count]
            graph = graph_of(operands)
            if graph is None:
                return raw(*arguments, **named)
            outer = graph.origin
            if outer is None:
                graph.origin = primitive, [x.slot for x in operands if isinstance(x, ReplayTracer)]
            try:
                if inner is not None:
                    before = len(graph.operations)
                    try:
                        return inner(*arguments, **named)
                    except Exception:  # it cannot be decomposed; or a user's error, which comes again below
                        del graph.operations[before:]
                return raw(*arguments, **named)
            finally:
                graph.origin = outer

        return run

    def rule(self, plan: Any) -> Callable[..., Any]:
        name = plan.primitive.name + ".vjp"
        override = self.base.kernels.get(name)
        if override is None:
            usual = plan.rule(self.xp)
        else:
            steps = self.facts.decompositions.get(name)
            usual = plan.rule_from_kernel(self.record_calls(override, name) if steps is None else partial(steps, _do))
        return usual

    def record_update(self, name: str, columns: Sequence[Any], settings: dict[str, Any]) -> Any:
        kernel = self.base.kernels.get(name)
        graph = graph_of(columns[0])
        if kernel is None or graph is None:
            return None
        if self.facts.prefers_rule(name, [x.value for x in columns[0]]):
            return None
        settings = dict(settings)
        step = settings.pop("step")
        names = tuple(settings)

        def run(columns: Sequence[Any], *numbers: Any) -> bool:
            columns = list(columns)
            if step is not None:
                columns[step] = [float(count) + 1 for count in columns[step]]
            return kernel(*columns, **{n: _number(v) for n, v in zip(names, numbers, strict=True)})

        places = [place for place, column in enumerate(columns) if column is not None and place not in (1, step)]
        targets = [x for place in places for x in columns[place]]
        slots_written = graph.overwrite(run, (tuple(columns), *settings.values()), targets)
        if slots_written is None:
            return None
        rest = iter(slots_written)
        found: list[Any] = [None] * len(columns)
        for place in places:
            found[place] = [next(rest) for _ in columns[place]]
        if step is not None:
            found[step] = [count + 1 for count in columns[step]]
        return [found[0], *found[2:]]

    # -- values are unknown while recording ---------------------------------------------------------------------------------

    def to_numpy(self, array: Any) -> Any:
        raise ValueUnknown("the values of an array that is being recorded")

    item = values_for_checks = to_numpy

    def assume(self, array: Any, question: Callable[[Any], Any]) -> Any:
        return array.graph.assume(question, array)

    def is_traced(self, array: Any) -> bool:
        return isinstance(array, ReplayTracer)

    def note_write(self, tensor: Any, array: Any) -> None:
        """Nothing to do: the recorder has seen the write."""

    # -- recording ---------------------------------------------------------------------------------------------------------

    def record(self, function: Callable[[], list[Any]]) -> Graph:
        """The graph of ``function``, from what it stages to what it returns."""
        graph = Graph(self)
        token = _active.set(graph)
        try:
            graph.results = [x.slot if isinstance(x, ReplayTracer) else graph.add(x, True).slot for x in function()]
        finally:
            _active.reset(token)
        return graph

    def stage(self, array: Any) -> Any:
        graph = _active.get()
        assert graph is not None
        if not hasattr(array, "dtype"):
            array = self.base.asarray(array)
        foreign = not self.is_plain(array)
        slots_written = graph.add(self.base.asarray(BY_TYPE[type(array)].to_numpy(array)) if foreign else array)
        graph.inputs.append(slots_written.slot)
        return graph.apply(_Import(self.base), (slots_written,)) if foreign else slots_written

    @contextlib.contextmanager
    def concrete(self) -> Iterator[None]:
        token = _active.set(None)
        try:
            yield
        finally:
            _active.reset(token)

    # -- delegated to the plain backend ------------------------------------------------------------------------------------

    def device(self, array: Any) -> Any:
        return self.base.device(array.value if isinstance(array, ReplayTracer) else array)

    def to_device(self, array: Any, device: Any) -> Any:
        return array

    def asarray(self, obj: Any, dtype: Any = None, device: Any = None, copy: bool | None = None) -> Any:
        if isinstance(obj, ReplayTracer):
            return obj if dtype is None or obj.dtype == dtype else self.xp.astype(obj, dtype)
        return self._constant(self.base.asarray(obj, dtype=dtype, device=device, copy=copy))

    def scalar(self, value: Any, dtype: Any, like: Any) -> Any:
        if not isinstance(like, ReplayTracer):
            return self.base.scalar(value, dtype, like)
        return like.graph.scalar(value, dtype, like.value)

    def random_bits(self, key: int, counter: int, blocks: int, device: Any = None) -> Any:
        return self._constant(self.base.random_bits(key, counter, blocks, device))

    def synchronize(self) -> None:
        self.base.synchronize()


class _Import:
    """Converts an array of another library to the plain backend, such as state that another program has left."""

    def __init__(self, base: Backend):
        self._base = base

    def __call__(self, array: Any) -> Any:
        return self._base.asarray(BY_TYPE[type(array)].to_numpy(array), copy=True)


def _do(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Run one step of a decomposition, recorded if a tracer is among the arguments."""
    graph = graph_of(arguments)
    return function(*arguments, **named) if graph is None else graph.apply(function, arguments, named)


def _number(value: Any) -> Any:
    """A setting as a Python number."""
    return value.item() if hasattr(value, "item") else value


_made: dict[int, TracerBackend] = {}


def tracer_backend(base: Backend, kind: type[TracerBackend] = TracerBackend) -> Any:
    """The backend that records what ``base`` computes, made once."""
    slots_written = _made.get(id(base))
    if slots_written is None:
        slots_written = _made[id(base)] = kind(base)
        register_backend(slots_written)
    return slots_written
