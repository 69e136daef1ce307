"""The tracer of vmap: it represents one array per example, and runs an operation once for all of them.

``value`` holds the examples along its first axis.  An array that is the same for all examples is not ``mapped``, and its
``value`` is that one array.  A primitive runs by its batching rule (``defbatch``).  Without a rule, its forward runs on tracers.
Where that is not possible, it runs example by example, with a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..._core.engine import namespace_of
from ..._core.tensor import Tensor, cell
from ..._ops.batching import Batching, element_by_element
from ...backends.registry import BY_TYPE
from ..delegating import Interpreter
from ..lifting import LiftOp, apply, map_inner
from ..namespace import bind_settings, call_by_name, highest, highest_inside, namespace_over, raw
from ..trace import Trace, plain_backend
from ..tracer import NUMBERS, Tracer, plain
from .fallback import Fallback, stack_results, warn_slow


class BatchTracer(Tracer):
    """One array per example of a batch."""

    __slots__ = ("mapped", "value")

    trace: BatchTrace

    def __init__(self, trace: BatchTrace, value: Any, mapped: bool):
        self.trace, self.value, self.mapped = trace, value, mapped
        self.shape = tuple(value.shape[1:]) if mapped else tuple(value.shape)

    @property
    def inside(self) -> Any:
        return self.value

    def flatten(self) -> tuple[Callable[..., Tracer], tuple[Any, ...]]:
        return partial(self.trace.wrap, mapped=self.mapped), (self.value,)


def _unwrap(kind: type[BatchTracer], operands: Sequence[Any]) -> tuple[Any, list[Any], list[bool]]:
    """The trace of the operands of type ``kind``, all operands one level below, and which have the batch axis."""
    trace: Any = None
    values, mapped = [], []
    for x in operands:
        if x.__class__ is kind:
            trace = x.trace
            values.append(x.value)
            mapped.append(x.mapped)
        else:
            values.append(x)
            mapped.append(False)
    return trace, values, mapped


def _unwrap_all(kind: type[BatchTracer], operands: Sequence[Any]) -> tuple[Any, list[Any], list[Any]]:
    """`_unwrap`, with lists and tuples of arrays among the operands."""
    trace, values, flags = _unwrap(kind, operands)
    mapped: list[Any] = list(flags)
    for number, x in enumerate(operands):
        if isinstance(x, (list, tuple)):
            inner, values[number], mapped[number] = _unwrap(kind, x)
            trace = inner if trace is None else trace
    return trace, values, mapped


class BatchBackend(Interpreter):
    """Runs primitives on the batch tracers of one level."""

    transform = "vmap"
    array_type: type[BatchTracer]

    def kernel(self, primitive: Any) -> Callable[..., Any]:
        if primitive.name in ("zeros_like", "ones_like"):
            return self._constant_like(raw(primitive))
        rule = primitive.batching_rule or (element_by_element if primitive.is_elementwise else None)
        is_direct = primitive.is_elementwise and not primitive.settings
        if is_direct and len(primitive.operands) == 1:
            return self._of_one(raw(primitive))
        general = self._general(primitive, rule)
        return self._of_two(raw(primitive), general) if is_direct else general

    def _general(self, primitive: Any, rule: Callable | None) -> Callable[..., Any]:
        """A kernel that runs ``primitive`` by ``rule``, or by the fallback."""
        kind, xp, op, bind = self.array_type, self.xp, call_by_name(primitive), bind_settings(primitive)
        fallback = Fallback(primitive, self)
        count, variadic, has_settings = len(primitive.operands), primitive.variadic, bool(primitive.settings)

        def run(*arguments: Any, **named: Any) -> Any:
            operands = arguments[0] if variadic else arguments[:count]
            settings = bind(arguments[count:], named) if has_settings else {}
            trace, values, mapped = _unwrap(kind, operands)
            given = (values,) if variadic else values
            if True not in mapped:
                return self.wrap(trace, op(*given, **settings), False)
            batch = Batching(op, xp, trace.size, mapped)
            if rule is not None:
                result = rule(batch, *given, **settings)
                if result is not NotImplemented:
                    return self.wrap(trace, result, True)
            return fallback.run(trace, batch, operands, values, settings)

        return run

    def _of_one(self, op: Callable) -> Callable[..., Any]:
        """An element-wise function of one operand."""
        kind = self.array_type
        return lambda x: kind(x.trace, op(x.value), x.mapped)

    def _of_two(self, op: Callable, general: Callable) -> Callable[..., Any]:
        """An element-wise function of two operands.  The common cases, which need no reshape, come first."""
        kind = self.array_type

        def run(x: Any, y: Any) -> Any:
            if x.__class__ is kind:
                if y.__class__ is kind:
                    if x.mapped is y.mapped and len(x.shape) == len(y.shape):
                        return kind(x.trace, op(x.value, y.value), x.mapped)
                elif y.__class__ in NUMBERS:
                    return kind(x.trace, op(x.value, y), x.mapped)
            elif x.__class__ in NUMBERS:
                return kind(y.trace, op(x, y.value), y.mapped)
            return general(x, y)

        return run

    def rule(self, plan: Any) -> Callable[..., Any]:
        usual = super().rule(plan)
        own = plan.primitive.batched_joint
        if own is None and plan.primitive.is_elementwise and set(plan.residuals) <= {"ans", *plan.primitive.operands}:
            return self._elementwise_rule(plan, usual)
        if own is None or plan.primitive.joint is None:
            return usual
        kind, xp = self.array_type, self.xp

        def below(g: Any, *saved: Any) -> Any:
            return plan.backward[highest_inside((g, *saved))](g, saved)

        def run(g: Any, saved: tuple) -> Any:
            trace, values, mapped = _unwrap_all(kind, (g, *saved))
            found = own(Batching(below, xp, trace.size, mapped), *values)
            if found is NotImplemented:
                return usual(g, saved)
            return [kind(trace, c, True) for c, needed in zip(found, plan.mask, strict=True) if needed]

        return run

    def _elementwise_rule(self, plan: Any, usual: Callable) -> Callable[..., Any]:
        """The gradient of an element-wise function, run once one level below where nothing needs a reshape."""
        kind, backward, xp = self.array_type, plan.backward, self.xp
        one_operand = len(plan.primitive.operands) == 1

        def run(g: Any, saved: tuple) -> Any:
            if g.__class__ is not kind or not g.mapped:
                return usual(g, saved)
            ndim, lower = len(g.shape), []
            for x in saved:
                mapped = False
                if x.__class__ is kind:
                    if x.mapped and len(x.shape) != ndim:
                        return usual(g, saved)
                    x, mapped = x.value, x.mapped
                if one_operand and not mapped:  # a kernel gets arrays of one shape
                    x = xp.broadcast_to(x, tuple(g.value.shape))
                lower.append(x)
            found = backward[highest((g.value, *lower))](g.value, tuple(lower))
            # A cotangent that does not depend on ``g`` has no batch axis.
            return [c if c is None else kind(g.trace, c, len(c.shape) > ndim) for c in found]

        return run

    def wrap(self, trace: Any, value: Any, mapped: bool) -> Any:
        """Wrap ``value``, an array of the level below or a tuple of them, in tracers of ``trace``."""
        kind = self.array_type
        if value.__class__ is tuple:
            return tuple([kind(trace, one, mapped) for one in value])
        return kind(trace, value, mapped)

    def _constant_like(self, op: Callable) -> Callable:
        """`zeros_like` or `ones_like`, whose result is the same for all examples."""

        def run(x: Any) -> Any:
            if x.mapped and not x.trace.size:
                return self.wrap(x.trace, op(x.value), True)
            return self.wrap(x.trace, op(self.xp.getitem(x.value, (0, Ellipsis)) if x.mapped else x.value), False)

        return run

    def foreign(self, name: str, function: Callable, arguments: tuple, named: dict[str, Any]) -> Any:
        trace: Any = None

        def part(x: Any, number: int) -> Any:
            nonlocal trace
            if x.__class__ is self.array_type:
                trace = x.trace
                return self.xp.getitem(x.value, (number, Ellipsis)) if x.mapped else x.value
            return type(x)([part(one, number) for one in x]) if isinstance(x, (list, tuple)) else x

        part(arguments, 0)
        part(tuple(named.values()), 0)
        results = [
            function(*part(arguments, i), **{key: part(x, i) for key, x in named.items()}) for i in range(trace.size)
        ]
        result = stack_results(self.xp, results, name)
        warn_slow(name)
        return self.wrap(trace, result, True)

    # -- values ------------------------------------------------------------------------------------------------------------

    def item(self, array: Any) -> Any:
        if not array.mapped:
            return BY_TYPE[array.value.__class__].item(array.value)
        raise RuntimeError(
            f"vmap: item(), float(), bool() and `if` need one value, but this tensor of shape {array.shape} has one for each "
            f"of the {array.trace.size} examples; choose with polygrad.where(condition, a, b) instead of `if`, "
            "and return the tensor instead of its value" + _hint_if_ended(array)
        )

    def to_numpy(self, array: Any) -> Any:
        if not array.mapped:
            return BY_TYPE[array.value.__class__].to_numpy(array.value)
        raise RuntimeError(
            f"vmap: numpy(), tolist() and print need the values of a tensor of shape {array.shape}, but it differs between the "
            f"{array.trace.size} examples; return it from the function, and look at the result of vmap"
            + _hint_if_ended(array)
        )


def _hint_if_ended(array: Any) -> str:
    if array.trace.active:
        return ""
    return ".  The call of vmap that it belongs to has ended: the tensor was kept by something outside of the function"


class BatchTrace(Trace):
    """One call of vmap over ``size`` examples.  ``randomness`` is that of `polygrad.vmap`."""

    array_class = BatchTracer
    backend_class = BatchBackend
    name, varying = "vmap", "differs from example to example"

    def __init__(self, size: int, randomness: str = "error"):
        super().__init__()
        self.size, self.randomness = size, randomness

    def wrap(self, value: Any, mapped: bool) -> BatchTracer:
        """Wrap ``value``, of the level below, in a tracer."""
        return self.type_over(value)(self, value, mapped)

    def build(self, parts: list[Any], mapped: bool) -> BatchTracer:
        return self.wrap(parts[0], mapped)

    def length_of_random(self) -> int:
        """The number of examples to draw random numbers for.  Raises RuntimeError with ``randomness="error"``."""
        if self.randomness == "error":
            raise RuntimeError(
                'vmap: the function draws random numbers; say how: vmap(function, randomness="different") draws new ones for each '
                'example, randomness="same" the same ones for all'
            )
        return self.size

    def constant(self, array: Any) -> BatchTracer:
        return self.wrap(array, False)

    def lower_unvarying(self, array: Any) -> Any:
        return array.value if isinstance(array, BatchTracer) and array.trace is self and not array.mapped else None

    def lower_gradient(self, array: Any, axis: int) -> Any:
        if not isinstance(array, BatchTracer) or array.trace is not self:
            return array * self.size
        return array.backend.xp.sum(array.value, axis=0) if array.mapped else array.value * self.size

    def map_inside(self, array: BatchTracer, function: Callable[[Any, int], Any]) -> BatchTracer:
        return self.wrap(function(array.value, int(array.mapped)), array.mapped)


# -- into the batch and out of it ------------------------------------------------------------------------------------------


class Enter(LiftOp):
    """Enter the batch: the first axis of an array becomes the batch axis of a tracer."""

    __slots__ = ()

    def forward(self, x: Any) -> Any:
        def wrap(part: Any, axis: int) -> Any:
            return self.trace.wrap(move_axis(part, axis, 0), True)

        return map_inner(x, self.trace, wrap)

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (_embed_in_row(self.trace, g) if self.trace.active else apply(Leave, self.trace, g),)


class Leave(LiftOp):
    """Leave the batch: the batch axis of a tracer becomes the first axis of an array.  The adjoint of `Enter`."""

    __slots__ = ()

    def forward(self, y: Any) -> Any:
        trace = self.trace
        if isinstance(y, BatchTracer) and y.trace is trace and y.mapped:
            return y.value

        def unwrap(part: Any, axis: int) -> Any:
            xp = namespace_over(plain_backend(part.__class__))
            if isinstance(part, BatchTracer) and part.trace is trace:
                if part.mapped:
                    return move_axis(part.value, 0, axis)
                part = part.value
            shape = (*part.shape[:axis], trace.size, *part.shape[axis:])
            return xp.broadcast_to(xp.expand_dims(part, axis=axis), shape)

        return map_inner(y, trace, unwrap)

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (apply(Enter, self.trace, g),)


def move_axis(x: Any, source: int, target: int) -> Any:
    """Move the axis ``source`` of ``x`` to ``target``."""
    if source == target:
        return x
    axes = [axis for axis in range(len(x.shape)) if axis != source]
    axes.insert(target, source)
    return namespace_over(plain_backend(x.__class__)).permute_dims(x, tuple(axes))


def _embed_in_row(trace: Any, g: Any) -> Any:
    """Inside an example, the gradient of the whole batch: ``g`` in the example's row, and zeros in the others."""
    tensor = isinstance(g, Tensor)
    array = g._read() if tensor else g
    plain_xp = plain_backend(array.__class__).xp
    numbers = plain_xp.arange(trace.size, device=plain_backend(array.__class__).device(plain(array)))
    mine = trace.wrap(numbers, True) == numbers
    mask = mine.backend.xp.reshape(mine, (trace.size, *(1,) * len(array.shape)))
    xp = namespace_of(g)
    row = xp.reshape(g, (1, *array.shape))
    return xp.where(cell(mask) if tensor else mask, row, xp.zeros_like(row))
