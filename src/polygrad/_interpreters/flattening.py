"""Flatten tracers into plain arrays, for native loops, and rebuild them.

A `TracerSpec` says how a tracer is built.  The carry of a loop must keep one spec from step to step.  `unify` finds the spec
that two specs can be broadcast to: with a batch axis where one of them has it, and with a tangent where one of them has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from .._core.tensor import Tensor
from .lifting import lift
from .namespace import namespace_over
from .trace import Trace, plain_backend
from .tracer import Tracer


class TracerSpec(NamedTuple):
    """How a tracer of ``trace`` is built: from its value, and from a tangent if it has one.  None means a plain array."""

    trace: Any
    #: Whether the value has a batch axis.
    mapped: bool
    parts: tuple[Any, ...]


def spec_of(array: Any) -> TracerSpec | None:
    """The spec of ``array``."""
    if not isinstance(array, Tracer):
        return None
    return TracerSpec(array.trace, getattr(array, "mapped", False), tuple([spec_of(part) for part in _parts(array)]))


def traces_of(spec: TracerSpec | None) -> list[Trace]:
    """The traces of ``spec``, the highest first."""
    return [] if spec is None else [spec.trace, *traces_of(spec.parts[0])]


def varies_in_batch(array: Any) -> bool:
    """Whether ``array`` has a value for each example of a batch."""
    return any(_depths(spec_of(array)))


def _parts(array: Tracer) -> list[Any]:
    return [part for part in array.flatten()[1] if part is not None]


def unify(one: TracerSpec | None, other: TracerSpec | None) -> TracerSpec | None:
    """The spec that arrays of both specs can be broadcast to."""
    if one is None or other is None:
        return one or other
    if one.trace is not other.trace:  # an array of the lower one is a constant of the higher trace
        high, low = (one, other) if one.trace.level > other.trace.level else (other, one)
        return high._replace(parts=(unify(high.parts[0], low), *high.parts[1:]))
    parts = [unify(a, b) for a, b in zip_longest(one.parts, other.parts)]
    return TracerSpec(one.trace, one.mapped or other.mapped, tuple(parts))


def broadcast_to_spec(array: Any, spec: TracerSpec | None) -> Any:
    """Broadcast ``array`` to a wider spec."""
    if spec is None:
        return array
    own = isinstance(array, Tracer) and array.trace is spec.trace
    given = _parts(array) if own else [array]
    parts = [broadcast_to_spec(part, inner) for part, inner in zip(given, spec.parts, strict=False)]
    value = parts[0]
    if spec.mapped and not (own and array.mapped):
        parts = [namespace_over(plain_backend(type(value))).broadcast_to(value, (spec.trace.size, *value.shape))]
    for inner in spec.parts[len(parts) :]:
        zeros = plain_backend(type(value)).xp.zeros(tuple(value.shape), dtype=value.dtype)
        parts.append(broadcast_to_spec(zeros, inner))
    return spec.trace.build(parts, spec.mapped)


def _flatten(array: Any) -> list[Any]:
    if not isinstance(array, Tracer):
        return [array]
    return [plain for part in _parts(array) for plain in _flatten(part)]


def _rebuild(spec: TracerSpec | None, arrays: Iterator[Any]) -> Any:
    if spec is None:
        return next(arrays)
    return spec.trace.build([_rebuild(part, arrays) for part in spec.parts], spec.mapped)


def _depths(spec: TracerSpec | None, depth: int = 0) -> list[int]:
    """The number of batch axes in front of each plain array of ``spec``."""
    if spec is None:
        return [depth]
    return [found for part in spec.parts for found in _depths(part, depth + spec.mapped)]


def lift_to_spec(x: Tensor, spec: TracerSpec | None) -> Tensor:
    """Lift ``x`` into all traces of ``spec`` if it is in the graph, so that its gradient belongs to them."""
    return x if x._edge is None else lift(x, traces_of(spec))


class Flattener:
    """Flattens several arrays, and rebuilds them; each has a spec."""

    def __init__(self, arrays: Sequence[Any]):
        self.specs = [spec_of(x) for x in arrays]

    def admit(self, arrays: Sequence[Any]) -> bool:
        """Widen the specs so that ``arrays`` fit; more arrays may follow at the end.  Returns whether all fitted already."""
        before, found = self.specs, [spec_of(x) for x in arrays]
        self.specs = [*map(unify, before, found), *found[len(before) :]]
        return self.specs == before

    def pack(self, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The plain arrays of ``arrays``."""
        return tuple([
            plain for x, spec in zip(arrays, self.specs, strict=True) for plain in _flatten(broadcast_to_spec(x, spec))
        ])  # fmt: skip

    def unpack(self, plain: Sequence[Any]) -> list[Any]:
        """The arrays from plain ones."""
        rest = iter(plain)
        return [_rebuild(spec, rest) for spec in self.specs]

    # A native loop steps along the first axis of plain arrays.  The first axis of an example comes after the batch axes.

    def pack_steps(self, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The plain arrays of ``arrays``, with the step axis in front."""
        return tuple([
            _move_axis(x, depth, 0) for x, depth in zip(self.pack(arrays), self._all_depths(), strict=True)
        ])  # fmt: skip

    def unpack_steps(self, plain: Sequence[Any]) -> list[Any]:
        """The arrays from plain ones that have the step axis in front."""
        return self.unpack([_move_axis(x, 0, depth) for x, depth in zip(plain, self._all_depths(), strict=True)])

    def __len__(self) -> int:
        return len(self._all_depths())

    def _all_depths(self) -> list[int]:
        return [depth for spec in self.specs for depth in _depths(spec)]


def _move_axis(x: Any, source: int, target: int) -> Any:
    return x if source == target else plain_backend(type(x)).xp.moveaxis(x, source, target)
