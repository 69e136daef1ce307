"""Arrays that compute something else, as the plain arrays that they are made of: what a library's own loop takes.

A `TracerSpec` says how they are put together again.  What goes through a loop keeps its form from step to step, so where two
forms meet there is one that both fit into (`joined`): a batch where one of them is the same for all examples, a tangent
where one of them has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from .._core.tensor import Tensor
from .lifting import lifted
from .namespace import namespace_over
from .trace import Frame, plain_backend
from .tracer import Tracer


class TracerSpec(NamedTuple):
    """How an array of ``frame`` is made: of its value, and of a tangent where it has one.  None stands for a plain array."""

    frame: Any
    #: Whether the value has the axis of a batch.
    mapped: bool
    parts: tuple[Any, ...]


def form_of(array: Any) -> TracerSpec | None:
    """The form of ``array``."""
    if not isinstance(array, Tracer):
        return None
    return TracerSpec(array.frame, getattr(array, "mapped", False), tuple([form_of(part) for part in _parts(array)]))


def frames_of(form: TracerSpec | None) -> list[Frame]:
    """The frames that arrays of ``form`` belong to, the highest first."""
    return [] if form is None else [form.frame, *frames_of(form.parts[0])]


def varies_in_batch(array: Any) -> bool:
    """Whether ``array`` has a value for each example of a batch."""
    return any(_depths(form_of(array)))


def _parts(array: Tracer) -> list[Any]:
    return [part for part in array.taken_apart()[1] if part is not None]


def joined(one: TracerSpec | None, other: TracerSpec | None) -> TracerSpec | None:
    """The form that arrays of both can be brought into."""
    if one is None or other is None:
        return one or other
    if one.frame is not other.frame:  # in the lower one, what belongs to the higher frame is constant
        high, low = (one, other) if one.frame.level > other.frame.level else (other, one)
        return high._replace(parts=(joined(high.parts[0], low), *high.parts[1:]))
    parts = [joined(a, b) for a, b in zip_longest(one.parts, other.parts)]
    return TracerSpec(one.frame, one.mapped or other.mapped, tuple(parts))


def grown(array: Any, form: TracerSpec | None) -> Any:
    """``array`` in a form that its own fits into."""
    if form is None:
        return array
    own = isinstance(array, Tracer) and array.frame is form.frame
    given = _parts(array) if own else [array]
    parts = [grown(part, inner) for part, inner in zip(given, form.parts, strict=False)]
    value = parts[0]
    if form.mapped and not (own and array.mapped):
        parts = [namespace_over(plain_backend(type(value))).broadcast_to(value, (form.frame.size, *value.shape))]
    for inner in form.parts[len(parts) :]:
        zeros = plain_backend(type(value)).xp.zeros(tuple(value.shape), dtype=value.dtype)
        parts.append(grown(zeros, inner))
    return form.frame.made(parts, form.mapped)


def _taken_apart(array: Any) -> list[Any]:
    if not isinstance(array, Tracer):
        return [array]
    return [plain for part in _parts(array) for plain in _taken_apart(part)]


def _made(form: TracerSpec | None, arrays: Iterator[Any]) -> Any:
    if form is None:
        return next(arrays)
    return form.frame.made([_made(part, arrays) for part in form.parts], form.mapped)


def _depths(form: TracerSpec | None, depth: int = 0) -> list[int]:
    """How many axes of batches each plain array of ``form`` begins with."""
    if form is None:
        return [depth]
    return [found for part in form.parts for found in _depths(part, depth + form.mapped)]


def raised(x: Tensor, form: TracerSpec | None) -> Tensor:
    """``x`` as a tensor of all frames of ``form``, where it is in the graph: so its gradient is, too."""
    return x if x._edge is None else lifted(x, frames_of(form))


class Flattener:
    """Several arrays as plain ones, and back; each has a form."""

    def __init__(self, arrays: Sequence[Any]):
        self.forms = [form_of(x) for x in arrays]

    def admit(self, arrays: Sequence[Any]) -> bool:
        """Widen the forms so that ``arrays``, of which more may be at the end, fit, too.  Says whether they did."""
        before, found = self.forms, [form_of(x) for x in arrays]
        self.forms = [*map(joined, before, found), *found[len(before) :]]
        return self.forms == before

    def pack(self, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The plain arrays of ``arrays``."""
        return tuple([
            plain for x, form in zip(arrays, self.forms, strict=True) for plain in _taken_apart(grown(x, form))
        ])  # fmt: skip

    def unpack(self, plain: Sequence[Any]) -> list[Any]:
        """The arrays from plain ones."""
        rest = iter(plain)
        return [_made(form, rest) for form in self.forms]

    # A loop goes along the first axis of a plain array, which the first of an example lies behind axes of batches.

    def pack_steps(self, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The plain arrays of ``arrays``, with the first axis of these in front."""
        return tuple([
            _moved(x, depth, 0) for x, depth in zip(self.pack(arrays), self._all_depths(), strict=True)
        ])  # fmt: skip

    def unpack_steps(self, plain: Sequence[Any]) -> list[Any]:
        """The arrays whose first axis lies in front of all others of the plain ones."""
        return self.unpack([_moved(x, 0, depth) for x, depth in zip(plain, self._all_depths(), strict=True)])

    def __len__(self) -> int:
        return len(self._all_depths())

    def _all_depths(self) -> list[int]:
        return [depth for form in self.forms for depth in _depths(form)]


def _moved(x: Any, source: int, target: int) -> Any:
    return x if source == target else plain_backend(type(x)).xp.moveaxis(x, source, target)
