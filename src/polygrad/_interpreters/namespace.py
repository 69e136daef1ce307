"""The ``xp`` of tracers: every primitive by name, run by the highest level among its operands.

Rules and forwards of primitives are written over ``xp``.  On this one they run on tracers, mixed with plain arrays.  What
needs no array, such as data types and constants, is the plain library's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.primitive import PRIMITIVES, Primitive
from .._ops import arithmetic
from .._ops.recurrent import scan_steps
from ..backends.registry import BY_TYPE
from .tracer import NUMBERS, Tracer, plain


class _Levels(dict):
    """Type of an operand → its level; Python numbers are below every array."""

    def __missing__(self, kind: type) -> int:
        found = self[kind] = -1 if kind in NUMBERS else BY_TYPE[kind].level
        return found


_levels = _Levels()


def highest(operands: Sequence[Any]) -> type:
    """The type of the highest level among ``operands``."""
    return max([x.__class__ for x in operands], key=_levels.__getitem__)


def highest_inside(values: Sequence[Any]) -> type:
    """`highest` of the arrays among ``values``, which may be lists and tuples of them, settings, or None."""
    flat = [one for x in values for one in (x if isinstance(x, (list, tuple)) else (x,))]
    return highest([x for x in flat if hasattr(x, "shape")])


def raw(primitive: Primitive) -> Callable[..., Any]:
    """``primitive`` on raw arrays of any level: ``(*operands, *settings)``."""
    kernels, count = primitive.kernels, len(primitive.operands)
    if primitive.variadic:

        def of_list(arrays: Any, *settings: Any, **named: Any) -> Any:
            arrays = list(arrays)
            return kernels[highest(arrays)](arrays, *settings, **named)

        return of_list

    if count == 1:

        def of_one(x: Any, *settings: Any, **named: Any) -> Any:
            return kernels[x.__class__](x, *settings, **named)

        return of_one

    if count == 2:

        def of_two(x: Any, y: Any, *settings: Any, **named: Any) -> Any:
            kind = x.__class__
            return kernels[kind if y.__class__ is kind else highest((x, y))](x, y, *settings, **named)

        return of_two

    def of_several(*arguments: Any, **named: Any) -> Any:
        return kernels[highest(arguments[:count])](*arguments, **named)

    return of_several


def bind_settings(primitive: Primitive) -> Callable[[tuple, dict[str, Any]], dict[str, Any]]:
    """A function that returns all settings of a call by name: those given by position, by name, and the defaults."""
    names, defaults = primitive.settings, primitive.defaults

    def bind(settings: tuple, named: dict[str, Any]) -> dict[str, Any]:
        return {**defaults, **dict(zip(names, settings, strict=False)), **named}

    return bind


def call_by_name(primitive: Primitive) -> Callable[..., Any]:
    """`raw` with settings given by name.  Kernels get them by position, since their parameters may have other names."""
    run = raw(primitive)
    if not primitive.settings:
        return run
    ordered = [name for name in primitive.settings if name not in primitive.keyword_only]
    named = [name for name in primitive.settings if name in primitive.keyword_only]
    if not named:
        return lambda *operands, **settings: run(*operands, *[settings[name] for name in ordered])

    def by_name(*operands: Any, **settings: Any) -> Any:
        return run(*operands, *[settings[name] for name in ordered], **{name: settings[name] for name in named})

    return by_name


class _Probe:
    """Operand with only ``__rmul__``: tests whether the library's operators defer."""

    __array_ufunc__ = None
    __array_priority__ = 2000

    def __rmul__(self, other: Any) -> bool:
        return True


def on_one_type(values: Sequence[Any]) -> list[Any]:
    """Lift ``values``, arrays and lists and tuples of arrays, to the highest level among them."""
    inside = _arrays(values)
    if not inside:
        return list(values)
    top = max(inside, key=lambda array: array.level)

    def lift(x: Any) -> Any:
        if isinstance(x, (list, tuple)):
            return type(x)([lift(one) for one in x])
        return x if x is None or x.__class__ is top.__class__ or not hasattr(x, "shape") else top.trace.constant(x)

    return [lift(x) for x in values]


class InterpreterNamespace:
    """The namespace ``xp`` of tracers over the plain arrays of the backend ``base``."""

    def __init__(self, base: Any):
        self._base = base
        #: Whether the library leaves ``plain * tracer`` to the tracer, by Python's protocol for operators.  Where it raises
        #: instead, rules get all arrays on one level.
        try:
            self.operators_defer = (base.xp.ones((1,)) * _Probe()) is True
        except Exception:
            self.operators_defer = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in PRIMITIVES:
            found = raw(PRIMITIVES[name])
        else:
            found = getattr(self._base.xp, name)
            if callable(found) and not isinstance(found, type):
                found = _foreign(name, found)
        setattr(self, name, found)
        return found

    # -- the standard's functions that are no primitives, or take more than these ------------------------------------------

    def scan_steps(self, *arguments: Any, **named: Any) -> Any:
        """The loop, step by step: a library's own loop takes only its own arrays."""
        return scan_steps(self, *arguments, **named)

    def device(self, x: Any) -> Any:
        """The device that ``x`` lives on."""
        return self._base.device(plain(x))

    def astype(self, x: Any, dtype: Any, *, copy: bool = True) -> Any:
        """``x`` in another data type."""
        return self.cast(x, dtype)

    def asarray(self, x: Any, /, *, dtype: Any = None, device: Any = None, copy: bool | None = None) -> Any:
        """``x`` as an array.  Nothing writes to tracers, so a tracer is its own copy."""
        if not isinstance(x, Tracer):
            return self._base.xp.asarray(x, dtype=dtype, device=device, copy=copy)
        return x if dtype is None else self.cast(x, dtype)

    def zeros_like(self, x: Any, /, *, dtype: Any = None, device: Any = None) -> Any:
        """Zeros with the shape of ``x``."""
        return self._typed(_zeros_like(x), dtype)

    def ones_like(self, x: Any, /, *, dtype: Any = None, device: Any = None) -> Any:
        """Ones with the shape of ``x``."""
        return self._typed(_ones_like(x), dtype)

    def full_like(self, x: Any, value: Any, /, *, dtype: Any = None, device: Any = None) -> Any:
        """``value``, a number, in the shape of ``x``."""
        made = self._base.xp.full((), value, dtype=x.dtype if dtype is None else dtype, device=self.device(x))
        return self.where(self.zeros_like(x, dtype=self.bool), made, made)

    def _typed(self, x: Any, dtype: Any) -> Any:
        return x if dtype is None else self.cast(x, dtype)

    def take(self, x: Any, indices: Any, /, *, axis: int = 0) -> Any:
        """The elements of ``x`` along ``axis`` at ``indices``, a 1-D array."""
        if not axis % len(x.shape):
            return self.take_rows(x, indices)
        front = _to_front(len(x.shape), axis)
        rows = self.take_rows(self.permute_dims(x, front), indices)
        return self.permute_dims(rows, tuple(sorted(range(len(front)), key=front.__getitem__)))


_zeros_like, _ones_like = raw(arithmetic.zeros_like), raw(arithmetic.ones_like)


def _to_front(ndim: int, axis: int) -> tuple[int, ...]:
    axis %= ndim
    return (axis, *(a for a in range(ndim) if a != axis))


def _arrays(arguments: Any) -> list[Any]:
    """The tracers among ``arguments``, and in lists of them."""
    found = []
    for x in arguments:
        if isinstance(x, Tracer):
            found.append(x)
        elif isinstance(x, (list, tuple)):
            found += _arrays(x)
    return found


def _foreign(name: str, function: Callable) -> Callable:
    """The function ``name`` of the standard, which is no primitive, on tracers."""

    def run(*arguments: Any, **named: Any) -> Any:
        inside = _arrays((*arguments, *named.values()))
        if not inside:
            return function(*arguments, **named)
        return highest(inside).backend.foreign(name, run, arguments, named)  # type: ignore[attr-defined]  # tracers have such a backend

    return run


_namespaces: dict[Any, InterpreterNamespace] = {}


def namespace_over(base: Any) -> InterpreterNamespace:
    """The namespace over the backend ``base``, made once."""
    made = _namespaces.get(base)
    if made is None:
        made = _namespaces[base] = InterpreterNamespace(base)
    return made
