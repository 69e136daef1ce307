"""Data types: polygrad's own objects, and its own promotion table.

Array libraries promote a little differently, so none of their rules is inherited: the table here is the Array API
standard's ("Type Promotion Rules"), completed by PyTorch's answer where the standard leaves the result open (an
integer with a float gives the float), and it is the same on every backend.
"""

from __future__ import annotations

import builtins
import math
import sys
from typing import Any

__all__ = ["DType", "finfo", "get_default_dtype", "iinfo", "promote", "promote_scalar", "set_default_dtype"]

_LARGEST_FLOAT = int(sys.float_info.max)


class DType:
    """A data type, such as ``polygrad.float32``.

    Data types are singletons: compare them with ``is`` or ``==``.

    Args:
        name: the name, such as ``"float32"``.
        kind: ``"bool"``, ``"int"``, ``"uint"``, ``"float"`` or ``"complex"``.
        itemsize: the size of an element in bytes.

    Attributes:
        name: the name.
        kind: the kind.
        itemsize: the size of an element in bytes.
        is_floating_point: whether it is a real floating-point type.
        is_complex: whether it is a complex type.
        is_half: whether it is a floating-point type of 16 bits, whose sums are computed in ``float32``.
        is_differentiable: whether tensors of this type can require grad: real floating-point and complex types.
        is_signed: whether it has negative numbers.

    Example::

        >>> polygrad.float32.itemsize, polygrad.int8.is_signed
        (4, True)
    """

    __slots__ = (
        "is_complex", "is_differentiable", "is_floating_point", "is_half", "is_signed", "itemsize", "kind", "name",
    )  # fmt: skip

    name: str
    kind: str
    itemsize: int
    is_floating_point: builtins.bool
    is_half: builtins.bool
    is_complex: builtins.bool
    is_differentiable: builtins.bool
    is_signed: builtins.bool

    def __init__(self, name: str, kind: str, itemsize: int) -> None:
        self.name, self.kind, self.itemsize = name, kind, itemsize
        self.is_floating_point, self.is_complex = kind == "float", kind == "complex"
        self.is_half = self.is_floating_point and itemsize == 2
        self.is_differentiable = self.is_floating_point or self.is_complex
        self.is_signed = self.is_differentiable or kind == "int"

    def to_real(self) -> DType:
        """The data type of the real part: ``float32`` for ``complex64``; a real type itself."""
        return _REAL_OF.get(self, self)

    def to_complex(self) -> DType:
        """The complex data type with parts of this type: ``complex64`` for ``float32``."""
        return _COMPLEX_OF.get(self, self)

    def holds(self, value: float | complex) -> builtins.bool:
        """Whether the Python number ``value`` is in the range of this type; integer types truncate a float."""
        if self.kind in ("int", "uint"):
            lowest, highest = self.limits
            return isinstance(value, complex) or (-math.inf < value < math.inf and lowest <= int(value) <= highest)
        return value.__class__ is not int or abs(value) <= _LARGEST_FLOAT or self.kind == "bool"

    def has(self, value: float) -> builtins.bool:
        """Whether the real number ``value`` is exactly a normal number of this floating-point type, 0, infinite or NaN.

        Processors may treat a subnormal number as 0.
        """
        if not math.isfinite(value) or not value:
            return True
        digits, exponent = _FLOATS[self]
        if not self.holds(value):
            return False
        mantissa, power = math.frexp(value)  # from 0.5 to 1
        return 2 - exponent <= power <= exponent + 1 and math.ldexp(mantissa, digits + 1).is_integer()

    def check(self, value: float | complex) -> None:
        """Raise RuntimeError unless this type `holds` the Python number ``value``."""
        if not self.holds(value):
            shown = value if self.kind in ("int", "uint") else "with so many digits"
            within = "{} to {}".format(*self.limits) if self.kind in ("int", "uint") else f"up to {_LARGEST_FLOAT:.1e}"
            raise RuntimeError(
                f"the number {shown} does not fit into {self.name}, which has numbers {within}; convert the tensor first, "
                "as in x.to(polygrad.int64)"
            )

    @property
    def limits(self) -> tuple[int, int]:
        """The smallest and the largest number of an integer type."""
        bits = 8 * self.itemsize
        return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if self.kind == "int" else (0, 2**bits - 1)

    def __repr__(self) -> str:
        return f"polygrad.{self.name}"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_by_name, (self.name,))


bool = DType("bool", "bool", 1)
int8, int16, int32, int64 = (DType(f"int{8 * n}", "int", n) for n in (1, 2, 4, 8))
uint8, uint16, uint32, uint64 = (DType(f"uint{8 * n}", "uint", n) for n in (1, 2, 4, 8))
float16, bfloat16 = DType("float16", "float", 2), DType("bfloat16", "float", 2)
float32, float64 = DType("float32", "float", 4), DType("float64", "float", 8)
complex64, complex128 = DType("complex64", "complex", 8), DType("complex128", "complex", 16)

ALL = (
    bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64,
    float16, bfloat16, float32, float64, complex64, complex128,
)  # fmt: skip
BY_NAME = {dtype.name: dtype for dtype in ALL}
#: PyTorch's aliases.
ALIASES = {
    "half": float16, "float": float32, "double": float64, "short": int16, "int": int32, "long": int64,
    "cfloat": complex64, "cdouble": complex128,
}  # fmt: skip

#: Python's number types as data types of the same precision, as in PyTorch.
OF_PYTHON = {builtins.bool: bool, int: int64, float: float64, complex: complex128}

_REAL_OF = {complex64: float32, complex128: float64}
_COMPLEX_OF = {float16: complex64, bfloat16: complex64, float32: complex64, float64: complex128}
_SIGNED = {1: int8, 2: int16, 4: int32, 8: int64}
_KIND_RANK = {"bool": 0, "int": 1, "uint": 1, "float": 2, "complex": 3}


def _by_name(name: str) -> DType:
    return BY_NAME[name]


_default = float32


def get_default_dtype() -> DType:
    """The data type of new floating-point tensors.

    Returns:
        ``float32``, unless `set_default_dtype` changed it.

    Example::

        >>> polygrad.get_default_dtype()
        polygrad.float32
    """
    return _default


def set_default_dtype(d: DType) -> None:
    """Set the data type of new floating-point tensors.

    Args:
        d: a real floating-point data type.

    Raises:
        TypeError: ``d`` is not one.

    Example::

        >>> polygrad.set_default_dtype(polygrad.float64)
        >>> polygrad.tensor(1.0).dtype
        polygrad.float64
        >>> polygrad.set_default_dtype(polygrad.float32)
    """
    global _default
    if not isinstance(d, DType) or not d.is_floating_point:
        raise TypeError(f"set_default_dtype() takes a floating-point dtype such as polygrad.float64, not {d!r}")
    _default = d


def default_of(python_type: type) -> DType:
    """The data type that a Python ``bool``, ``int``, ``float`` or ``complex`` gets in a new tensor."""
    if python_type is builtins.bool:
        return bool
    if python_type is int:
        return int64
    return _default.to_complex() if python_type is complex else _default


def _promote(a: DType, b: DType) -> DType:
    if a is b:
        return a
    if _KIND_RANK[a.kind] < _KIND_RANK[b.kind]:
        a, b = b, a
    if b.kind == "bool":
        return a
    if a.kind in ("int", "uint"):
        if a.kind == b.kind:
            return a if a.itemsize >= b.itemsize else b
        signed, unsigned = (a, b) if a.kind == "int" else (b, a)
        if unsigned.itemsize < signed.itemsize:
            return signed
        if unsigned.itemsize == 8:
            raise TypeError(
                f"uint64 and {signed.name} have no common integer type; convert one of them, as in x.to(polygrad.int64)"
            )
        return _SIGNED[2 * unsigned.itemsize]
    if b.kind in ("int", "uint"):
        return a
    if a.kind == "float":  # float16 and bfloat16 fit in neither
        return float32 if a.itemsize == b.itemsize else (a if a.itemsize > b.itemsize else b)
    other = b.to_complex()
    return a if a.itemsize >= other.itemsize else other


_table: dict[tuple[DType, DType], DType] = {}


def promote(*dtypes: DType) -> DType:
    """The common data type of ``dtypes``: the standard's table, and the float for an integer with a float.

    Raises TypeError for ``uint64`` with a signed integer, which have no common integer type.
    """
    result = dtypes[0]
    for dtype in dtypes[1:]:
        pair = (result, dtype)
        result = _table.get(pair) or _table.setdefault(pair, _promote(*pair))
    return result


def promote_scalar(dtype: DType, python_type: type) -> DType:
    """The result type of a tensor of ``dtype`` with a Python scalar, which may change the kind, never the size."""
    if python_type is builtins.bool:
        return dtype
    if python_type is int:
        return int64 if dtype.kind == "bool" else dtype
    if python_type is float:
        return dtype if dtype.kind in ("float", "complex") else _default
    if dtype.kind == "complex":
        return dtype
    return (dtype if dtype.kind == "float" else _default).to_complex()


# -- limits ------------------------------------------------------------------------------------------------------------

#: Digits after the first one, and the largest exponent, both binary.
_FLOATS = {float16: (10, 15), bfloat16: (7, 127), float32: (23, 127), float64: (52, 1023)}


def _dtype_of(subject: Any) -> Any:
    """The type of a tensor, or the argument itself."""
    return subject if isinstance(subject, DType) else getattr(subject, "dtype", subject)


class finfo:
    """The limits of a floating-point data type, as Python numbers; for a complex type those of its parts.

    Args:
        dtype: a data type, or a tensor that has it; by default the default data type.

    Attributes:
        bits: the number of bits.
        eps: the distance from 1 to the next number.
        max: the largest number.
        min: the smallest number.
        tiny: the smallest positive number of full precision.
        smallest_normal: the same as ``tiny``.
        resolution: the decimal resolution.
        dtype: the name of the type.

    Raises:
        TypeError: the type is not a floating-point type.

    Example::

        >>> polygrad.finfo(polygrad.float32).eps
        1.1920928955078125e-07
    """

    __slots__ = ("bits", "dtype", "eps", "max", "min", "resolution", "smallest_normal", "tiny")

    bits: int
    dtype: str
    eps: float
    max: float
    min: float
    resolution: float
    smallest_normal: float
    tiny: float

    def __init__(self, dtype: Any = None):
        dtype = _dtype_of(_default if dtype is None else dtype)
        if not isinstance(dtype, DType) or dtype.to_real() not in _FLOATS:
            raise TypeError(f"finfo() takes a floating-point type, not {dtype!r}; iinfo() is for integers")
        real = dtype.to_real()
        digits, exponent = _FLOATS[real]
        self.dtype, self.bits, self.eps = real.name, 8 * real.itemsize, 2.0**-digits
        self.max = (2 - self.eps) * 2.0**exponent
        self.min, self.tiny, self.resolution = -self.max, 2.0 ** (1 - exponent), float(f"1e-{digits * 30103 // 100000}")
        self.smallest_normal = self.tiny

    def __repr__(self) -> str:
        names = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        return f"finfo({', '.join(f'{name}={getattr(self, name):g}' for name in names)}, dtype={self.dtype})"


class iinfo:
    """The limits of an integer data type, as ints.

    Args:
        dtype: a data type, or a tensor that has it.

    Attributes:
        bits: the number of bits.
        max: the largest number.
        min: the smallest number.
        dtype: the name of the type.

    Raises:
        TypeError: the type is not an integer type.

    Example::

        >>> polygrad.iinfo(polygrad.int8).max
        127
    """

    __slots__ = ("bits", "dtype", "max", "min")

    bits: int
    dtype: str
    max: int
    min: int

    def __init__(self, dtype: Any):
        dtype = _dtype_of(dtype)
        if not isinstance(dtype, DType) or dtype.kind not in ("int", "uint"):
            raise TypeError(f"iinfo() takes an integer type, not {dtype!r}; finfo() is for floating-point types")
        self.dtype, self.bits = dtype.name, 8 * dtype.itemsize
        self.min, self.max = dtype.limits

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"


_LARGEST = {dtype: (iinfo if dtype.kind in ("int", "uint") else finfo)(dtype).max for dtype in ALL[1:]}


#: Python's types of numbers.
_NUMBERS: frozenset[Any] = frozenset((builtins.bool, int, float, complex))


def cast_number(value: Any, dtype: DType) -> Any:
    """The Python number ``value`` as a number of ``dtype``: without its fraction for integers.

    Raises RuntimeError for one beyond the range of the type, and TypeError for what is no number.  Negative ints wrap in unsigned
    types, as in PyTorch.
    """
    if value.__class__ not in _NUMBERS:
        raise TypeError(f"a number is needed for {dtype.name}, not {type(value).__name__}")
    kind = dtype.kind
    if kind == "bool":
        return builtins.bool(value)
    largest, python = _LARGEST[dtype.to_real()], value.__class__
    if kind == "complex":
        fits = _in_float(value.real, largest) and _in_float(value.imag, largest)
    elif python is complex:
        if not value.imag:
            return cast_number(value.real, dtype)
        fits = False
    elif kind == "float":
        fits = _in_float(value, largest)
    else:
        lowest = -largest - 1 if kind == "int" else -largest if python is int else 0
        fits = lowest <= value <= largest  # False for NaN
    if not fits:
        raise RuntimeError(
            f"the number {value!r} does not fit into {dtype.name}: it cannot be converted without overflow"
        )
    if kind == "uint":
        return int(value) % (largest + 1)
    return int(value) if kind == "int" else value


def _in_float(value: float, largest: float) -> builtins.bool:
    return -largest <= value <= largest or value in (math.inf, -math.inf) or value != value
