"""The base class of tracers.

Tracers look like arrays of the Array API, so that rules and forwards run on them unchanged.  The highest level among its
operands runs an operation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..backends.registry import BY_TYPE
from .trace import Trace

#: The types of Python's own numbers.
NUMBERS = frozenset((bool, int, float, complex))


class Tracer:
    """An array of a trace.  It wraps ``inside``, an array of a lower level."""

    __slots__ = ("shape", "trace")

    #: Set on the subclass for a level; see `trace`.
    level: int
    backend: Any
    trace: Trace
    shape: tuple[int, ...]

    # Libraries' own arrays leave ``array * tracer`` to the tracer.
    __array_ufunc__ = None
    __array_priority__ = 2000
    __hash__ = object.__hash__

    @property
    def inside(self) -> Any:
        """The array that it wraps."""
        raise NotImplementedError

    def flatten(self) -> tuple[Callable[..., Tracer], tuple[Any, ...]]:
        """A function that rebuilds the tracer from its parts, and the parts.  The function holds none of them."""
        raise NotImplementedError

    @property
    def dtype(self) -> Any:
        """The library's own data type."""
        return self.inside.dtype

    @property
    def device(self) -> Any:
        """The library's own device."""
        return self.backend.device(self)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    def __getitem__(self, key: Any) -> Any:
        return self.backend.xp.getitem(self, key if isinstance(key, tuple) else (key,))

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of an array without dimensions")
        return self.shape[0]

    def __pow__(self, exponent: Any) -> Any:
        xp = self.backend.xp
        return xp.power(self, exponent) if isinstance(exponent, (int, float, complex)) else xp.pow(self, exponent)

    def __rpow__(self, base: Any) -> Any:
        return self.backend.xp.pow(base, self)

    def __bool__(self) -> bool:
        return bool(self.backend.item(self))

    def __int__(self) -> int:
        return int(self.backend.item(self))

    def __float__(self) -> float:
        return float(self.backend.item(self))

    def __complex__(self) -> complex:
        return complex(self.backend.item(self))

    def __array__(self, *arguments: Any, **named: Any) -> Any:
        """NumPy's protocol, without which NumPy would iterate over the elements."""
        return self.backend.to_numpy(self).__array__(*arguments, **named)

    def __index__(self) -> int:
        return self.backend.item(self).__index__()

    def __repr__(self) -> str:
        return f"<{self.backend.name} array of shape {self.shape}>"


def layers(array: Any) -> list[Trace]:
    """The traces that ``array`` belongs to, the highest first."""
    found = []
    while isinstance(array, Tracer):
        found.append(array.trace)
        array = array.inside
    return found


def plain(array: Any) -> Any:
    """The library's array at the bottom of ``array``."""
    while isinstance(array, Tracer):
        array = array.inside
    return array


def _operand(array: Tracer, other: Any) -> Any:
    """``other`` as an operand with ``array``: a 0-d array of another library becomes a Python number, such as an eps."""
    kind = other.__class__  # exactly: numbers of libraries may be subclasses of Python's
    if kind in NUMBERS or isinstance(other, Tracer) or BY_TYPE[kind] is array.backend.base:
        return other
    return other.item() if getattr(other, "shape", None) == () else other


def _binary(name: str) -> tuple[Callable, Callable]:
    def operator(self: Tracer, other: Any) -> Any:
        return getattr(self.backend.xp, name)(self, _operand(self, other))

    def reflected(self: Tracer, other: Any) -> Any:
        return getattr(self.backend.xp, name)(_operand(self, other), self)

    return operator, reflected


def _unary(name: str) -> Callable:
    return lambda self: getattr(self.backend.xp, name)(self)


for _symbol, _name in {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "floordiv": "floor_divide",
    "mod": "remainder", "matmul": "matmul", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
    "lshift": "bitwise_left_shift", "rshift": "bitwise_right_shift",
}.items():  # fmt: skip
    _operator, _reflected = _binary(_name)
    setattr(Tracer, f"__{_symbol}__", _operator)
    setattr(Tracer, f"__r{_symbol}__", _reflected)
for _symbol, _name in {
    "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal"
}.items():  # fmt: skip
    setattr(Tracer, f"__{_symbol}__", _binary(_name)[0])
for _symbol, _name in {"neg": "negative", "pos": "positive", "abs": "abs", "invert": "bitwise_invert"}.items():
    setattr(Tracer, f"__{_symbol}__", _unary(_name))
