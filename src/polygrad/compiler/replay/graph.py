"""The graph of a replay, and its tracer: an array that holds a real one and records every function that is applied to it.

Functions are computed while they are recorded, so shapes, types and errors are the library's own; a kernel is written
down as one operation.  The values are there and must not be asked for: what depends on them would be wrong the next
time.  `tracer` has the backend of such arrays, and `compiler.replay` makes a program of what was recorded.
"""

from __future__ import annotations

import operator
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ..._dtypes import promote_scalar
from ..._interpreters.tracer import NUMBERS

_MT, _T = operator.attrgetter("mT"), operator.attrgetter("T")


class ValueUnknown(TypeError):
    """Python code needs the value of a tracer."""


class Slot(int):
    """The number of an array in a graph."""

    __slots__ = ()


class Operation(NamedTuple):
    """One function that was applied: its arguments, with `Slot` for tracers, and the slots of its results."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: dict[str, Any]
    #: A slot, None for what is no array, or a tuple or list of such.
    results: Any
    #: For a function that overwrites arrays: (slot before, slot after) of each.
    overwritten: tuple[tuple[Slot, Slot], ...] = ()
    #: For a guard on values: the answer that the program depends on.
    answer: Any = None
    is_question: bool = False
    #: (result, array whose memory it sees) for results that are views of an operand, or of an earlier result.
    views: tuple[tuple[Slot, Slot], ...] = ()
    #: The primitive that an error names, and its operands.
    origin: tuple[Any, list[Slot]] | None = None


class Aval(NamedTuple):
    """An array without its values: shape, type, and layout.

    Whose memory it sees is no property of an array but of the operations that there are: see `may_alias`.
    """

    shape: tuple[int, ...]
    dtype: Any
    nbytes: int
    #: Whether it owned writable memory during the trace.
    owned: bool
    #: Whether it was C-contiguous during the trace.
    compact: bool


class ReplayTracer:
    """A tracer: an array of a graph, with the real array that it had during the trace."""

    __slots__ = ("__weakref__", "constant", "graph", "slot", "value")

    backend: Any
    __array_ufunc__ = None
    __array_priority__ = 1900

    constant: bool
    graph: Any  # None in what `TracerBackend.abstract` makes
    slot: Slot
    value: Any

    def __init__(self, graph: Graph | None, slot: Slot, value: Any, constant: bool):
        self.graph, self.slot, self.value, self.constant = graph, slot, value, constant

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape."""
        return tuple(self.value.shape)

    @property
    def dtype(self) -> Any:
        """The library's own data type."""
        return self.value.dtype

    @property
    def device(self) -> Any:
        """The library's own device."""
        return self.backend.base.device(self.value)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.value.shape)

    @property
    def mT(self) -> Any:
        """The matrices of the last two axes transposed."""
        return self.graph.apply(_MT, (self,))

    @property
    def T(self) -> Any:
        """The matrix transposed."""
        return self.graph.apply(_T, (self,))

    def __getitem__(self, key: Any) -> Any:
        if _depends_on_values(key):
            raise ValueUnknown("a boolean mask as an index")
        return self.graph.apply(operator.getitem, (self, key))

    def __len__(self) -> int:
        return len(self.value)

    def _raise_unknown(self, *_: Any) -> Any:
        raise ValueUnknown("the value of an array that is being recorded")

    __bool__ = __int__ = __float__ = __complex__ = __index__ = __array__ = __dlpack__ = _raise_unknown
    item = tolist = _raise_unknown

    def __repr__(self) -> str:
        return f"<{self.backend.name} array of shape {self.shape}>"


def _depends_on_values(key: Any) -> bool:
    """Whether a key contains a mask, so that the shape of the selection depends on values."""
    parts = key if isinstance(key, tuple) else (key,)
    return any(isinstance(part, ReplayTracer) and part.backend.from_dtype(part.dtype).kind == "bool" for part in parts)


def _binary(function: Callable) -> tuple[Callable, Callable]:
    def straight(self: ReplayTracer, other: Any) -> Any:
        return self.graph.apply(function, (self, other))

    def reflected(self: ReplayTracer, other: Any) -> Any:
        return self.graph.apply(function, (other, self))

    return straight, reflected


def _unary(function: Callable) -> Callable:
    return lambda self: self.graph.apply(function, (self,))


for _name in "add sub mul truediv floordiv mod matmul and or xor lshift rshift pow".split():
    _straight, _reflected = _binary(getattr(operator, f"__{_name}__"))
    setattr(ReplayTracer, f"__{_name}__", _straight)
    setattr(ReplayTracer, f"__r{_name}__", _reflected)
for _name in "eq ne lt le gt ge".split():
    setattr(ReplayTracer, f"__{_name}__", _binary(getattr(operator, f"__{_name}__"))[0])
for _name in "neg pos abs invert".split():
    setattr(ReplayTracer, f"__{_name}__", _unary(getattr(operator, f"__{_name}__")))
ReplayTracer.__hash__ = object.__hash__  # type: ignore[method-assign]  # `==` gives an array


class Graph:
    """A recorded graph: the operations in order, with their inputs, constants and results."""

    def __init__(self, backend: Any):
        self.backend = backend
        self._array_type, self._is_plain = backend.array_type, backend.plain_types
        self._has_views = "mutable" in backend.base.capabilities
        self.operations: list[Operation] = []
        self.avals: list[Aval] = []
        self.inputs: list[Slot] = []
        #: View → the earlier slot whose memory it sees.
        self.views: dict[Slot, Slot] = {}
        #: The arrays of slots that depend on no input.
        self.constants: dict[int, Any] = {}
        self.results: list[Any] = []
        #: The id of an array that owns memory → its slot; and weak references, since ids are reused.
        self._memory: dict[int, Slot] = {}
        self._watched: dict[int, weakref.ref] = {}
        self._scalars: dict[tuple[str, Any], ReplayTracer] = {}
        #: Constants by the id of their arrays.
        self._plain: dict[int, ReplayTracer] = {}
        #: The primitive that is being recorded, and its operands, for error messages.
        self.origin: tuple[Any, list[Slot]] | None = None

    def add(self, value: Any, constant: bool = False) -> ReplayTracer:
        """A new tracer for ``value``."""
        base, facts = self.backend.base, self.backend.facts
        slot = Slot(len(self.avals))
        owned = compact = False
        if self._has_views:
            owner = base.base_of(value)
            memory = self._owner(value if owner is None else owner, slot)
            if memory != slot:
                self.views[slot] = memory
            owned, compact = memory == slot and base.is_writable(value), facts.is_compact(value)
        self.avals.append(Aval(tuple(value.shape), value.dtype, facts.nbytes(value), owned, compact))
        if constant:
            self.constants[slot] = value
        return self._array_type(self, slot, value, constant)

    def _owner(self, owner: Any, slot: Slot) -> Slot:
        known = self._memory.get(id(owner))
        if known is None:
            known = slot
            scalar, memory = id(owner), self._memory

            def forget(_: Any) -> None:
                memory.pop(scalar, None)

            try:
                self._watched[scalar] = weakref.ref(owner, forget)
                memory[scalar] = slot
            except TypeError:  # a number, or memory that cannot be watched
                pass
        return known

    def apply(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any] | None = None
    ) -> Any:
        """Compute ``function`` of tracers and other arrays, and record the operation."""
        found: list[ReplayTracer] = []
        plain = self._values_of(arguments, found)
        with_names = dict(zip(named, self._values_of(named.values(), found), strict=True)) if named else {}
        if not found:
            return function(*plain, **with_names)
        value = function(*plain, **with_names)
        for x in found:
            if not x.constant:
                break
        else:
            return self._wrap(value, found, True)[0]
        if len(plain) == 2:
            arguments = self._with_scalar_arrays(function, arguments, plain)
        slots = tuple(self._slots(arguments))
        slots_by_name = dict(zip(named, self._slots(named.values()), strict=True)) if named else {}
        new = len(self.avals)
        result, results = self._wrap(value, found, False)
        slots_written = [results] if results.__class__ is Slot else list(_leaves(results))
        if slots_written and slots_written[0] >= new:  # not one of the arguments itself
            views = (
                tuple([(slot, self.views[slot]) for slot in slots_written if slot in self.views]) if self.views else ()
            )
            self.operations.append(Operation(function, slots, slots_by_name, results, views=views, origin=self.origin))
        return result

    def scalar(self, value: Any, dtype: Any, like: Any) -> ReplayTracer:
        """A Python number as a constant."""
        key = repr(value), dtype
        if key not in self._scalars:
            self._scalars[key] = self.add(self.backend.base.scalar(value, dtype, like), True)
        return self._scalars[key]

    def _values_of(
        self, values: Iterable[Any], found: list[ReplayTracer], instead: dict[int, Any] | None = None
    ) -> list[Any]:
        """``values`` with tracers replaced by their real arrays; ``found`` collects the tracers."""
        taken, record_calls = list(values), self._array_type
        for place, x in enumerate(taken):
            kind = x.__class__
            if kind is record_calls:
                found.append(x)
                taken[place] = x.value if instead is None else instead.get(x.slot, x.value)
            elif kind is tuple or kind is list:
                taken[place] = kind(self._values_of(x, found, instead))
        return taken

    def _slots(self, values: Iterable[Any]) -> list[Any]:
        """``values`` with arrays replaced by their slots.  Plain arrays become constants, so that views of them are found."""
        slots, record_calls, is_plain = list(values), self._array_type, self._is_plain
        for place, x in enumerate(slots):
            kind = x.__class__
            if kind is record_calls:
                slots[place] = x.slot
            elif kind is tuple or kind is list:
                slots[place] = kind(self._slots(x))
            elif is_plain[kind]:
                if id(x) not in self._plain:
                    self._plain[id(x)] = self.add(x, True)
                slots[place] = self._plain[id(x)].slot
        return slots

    def _with_scalar_arrays(self, function: Callable, arguments: tuple, plain: list) -> tuple:
        """Convert a Python number to an array of the other operand's type if the result is the same: that is faster."""
        base = self.backend.base
        place = int(plain[1].__class__ in NUMBERS)
        scalar, other = plain[place], plain[1 - place]
        dtype = getattr(other, "dtype", None)
        if dtype is None or scalar.__class__ not in NUMBERS:
            return arguments
        if not base.shares_scalars or not self.backend.facts.is_elementwise(function):
            return arguments
        own = base.from_dtype(dtype)
        if promote_scalar(own, scalar.__class__) is not own:
            return arguments
        slots_written = self.scalar(scalar, dtype, other)
        return (arguments[0], slots_written) if place else (slots_written, arguments[1])

    def _wrap(self, value: Any, given: Sequence[ReplayTracer], constant: bool) -> tuple[Any, Any]:
        """``value`` with arrays wrapped in tracers, and their slots; one of ``given`` if it is that very array."""
        if self._is_plain[value.__class__]:
            for x in given:
                # NumPy's scalars such as True are singletons: identity does not mean that the argument was returned.
                if x.value is value and self.backend.base.native(value) is value:
                    return x, x.slot
            slots_written = self.add(value, constant)
            return slots_written, slots_written.slot
        if not isinstance(value, (tuple, list)):
            return value, None
        # Every part is a result of the operation, also one that is an operand itself: it counts as a view.
        parts = [self._wrap(part, (), constant) for part in value]
        kind = tuple if hasattr(value, "_fields") else type(value)
        return kind([part[0] for part in parts]), kind([part[1] for part in parts])

    def overwrite(
        self, function: Callable[..., bool], arguments: tuple[Any, ...], targets: Sequence[ReplayTracer]
    ) -> Any:
        """Record ``function``, which overwrites ``targets`` among its arguments.

        Returns what they hold afterwards; None where the function says that it cannot.
        """
        copies: dict[int, Any] = {x.slot: self.backend.base.asarray(x.value, copy=True) for x in targets}
        if not function(*self._values_of(arguments, [], copies)):
            return None
        slots = tuple(self._slots(arguments))
        slots_written = [self.add(copies[x.slot]) for x in targets]
        pairs = tuple((x.slot, new.slot) for x, new in zip(targets, slots_written, strict=True))
        self.operations.append(Operation(function, slots, {}, None, pairs))
        return slots_written

    def assume(self, question: Callable[[Any], Any], x: ReplayTracer) -> Any:
        """The answer to ``question`` about the values of ``x``, as a guard of the program."""
        base = self.backend.base

        def answer_now(array: Any) -> Any:
            return question(base.values_for_checks(array))

        answer = answer_now(x.value)
        if not x.constant:
            self.operations.append(Operation(answer_now, (x.slot,), {}, None, answer=answer, is_question=True))
        return answer

    def forget(self) -> None:
        """Drop what is needed only while recording."""
        self.operations.clear()
        self._memory.clear()
        self._watched.clear()
        self._scalars.clear()
        self._plain.clear()


def _leaves(slots: Any) -> Iterator[Slot]:
    if slots.__class__ is Slot:
        yield slots
    elif slots.__class__ is tuple or slots.__class__ is list:
        for part in slots:
            yield from _leaves(part)


#: The slots in an argument or a result.
slots_in = _leaves


def graph_of(arguments: Any) -> Graph | None:
    """The graph that a tracer among ``arguments`` belongs to; None without a tracer."""
    for x in arguments:
        if isinstance(x, ReplayTracer):
            return x.graph
        if x.__class__ is list or x.__class__ is tuple:
            found = graph_of(x)
            if found is not None:
                return found
    return None
