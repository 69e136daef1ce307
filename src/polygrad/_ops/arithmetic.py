"""Arithmetic of two operands, casts, and complex parts."""

from __future__ import annotations

import math

import numpy as np

from .._core.operands import is_integral_or_bool
from .._core.primitive import OPERATIONS, PRIMITIVES, elementwise, primitive
from .._core.tensor import cell
from .._state import RECORDERS
from ..backends.base import CompilingBackend
from ..backends.registry import BY_TYPE
from .batching import element_by_element, leading_axes

elementwise("add", x=lambda xp, g: g, y=lambda xp, g: g, public=False, operator="+", accepts_scalars=True)
elementwise(
    "subtract", x=lambda xp, g: g, y=lambda xp, g: -g, public=False, names="sub", operator="-", accepts_scalars=True,
    refuses_bool="`-` is not supported for boolean tensors: `~` inverts a mask, and `^` says where two of them differ",
)  # fmt: skip
elementwise(
    "multiply", x=lambda xp, g, y: g * y, y=lambda xp, g, x: g * x, names="mul multiply", operator="*", accepts_scalars=True,
    doc="The product of each pair of elements: ``input * other``.",
    example="polygrad.mul(polygrad.tensor([2.0, 3.0]), 10)  # tensor([20., 30.])",
)  # fmt: skip
elementwise(
    "divide", promote_to_float=True, public=False, names="div", operator="/", accepts_scalars=True,
    x=lambda xp, g, y: xp.safe_divide(g, y),
    y=lambda xp, g, x, y: -xp.safe_divide(xp.safe_divide(g * x, y), y),
)  # fmt: skip


def masked_product(xp, g, derivative):
    """``g * derivative``, and 0 where ``g`` is 0 and the derivative infinite."""
    singular = xp.logical_and(g == 0, xp.logical_not(xp.isfinite(derivative)))
    return g * xp.where(singular, xp.zeros_like(derivative), derivative)


@primitive(broadcasts=True, promotes=True, elementwise=True)
def safe_divide(xp, x, y, /):
    """``x / y``, and 0 where ``x`` is 0, whatever ``y``.

    A gradient that a mask set to zero stays zero at a singular point and at NaN.
    """
    return xp.divide(x, xp.where(x == 0, xp.ones_like(y), y))


safe_divide.defvjp(
    x=lambda xp, g, y: xp.safe_divide(g, y),
    y=lambda xp, g, x, y: -xp.safe_divide(xp.safe_divide(masked_product(xp, x, g), y), y),
)


def _pow_exponent(xp, g, ans, x, y):
    # d(x**y)/dy = x**y * log(x); at x = 0 it is 0 for y >= 0 (as in PyTorch), although log(0) is infinite.
    zero = xp.logical_and(x == 0, (xp.real(y) if xp.isdtype(y.dtype, "complex floating") else y) >= 0)
    return xp.where(zero, xp.zeros_like(ans), masked_product(xp, g, ans * xp.log(xp.where(zero, xp.ones_like(x), x))))


elementwise(
    "pow",
    public=False,
    operator="**",
    x=lambda xp, g, x, y: xp.where(y == 0, xp.zeros_like(g * x), masked_product(xp, g, y * xp.pow(x, y - 1))),
    y=_pow_exponent,
)


@primitive(broadcasts=True, promotes=True, differentiable=False)
def whole_power(xp, x, y, /):
    """Integers to integer powers.  A negative power is rounded towards 0, which leaves those of 1 and -1."""
    if not xp.isdtype(y.dtype, "signed integer"):
        return xp.pow(x, y)
    result = xp.pow(x, xp.where(y < 0, y & 1, y))
    return xp.where((y < 0) & (x != 1) & (x != -1), xp.zeros_like(result), result)


whole_power.defbatch(element_by_element)
PRIMITIVES["pow"].of_integers = whole_power
PRIMITIVES["pow"].parameters = ("input", "exponent")


@primitive(elementwise=True)
def power(xp, x, /, exponent):
    """``x`` to a Python number.  Small integer powers are multiplied out: ``x**3`` is far slower as a general power."""
    if exponent == 2:
        return x * x
    if exponent == 3:
        return x * x * x
    if exponent == 0.5:
        return xp.sqrt(x)
    if exponent == -1:
        return 1 / x
    return x**exponent


def _power(xp, g, x, exponent):
    if exponent == 0:
        return xp.zeros_like(g)
    if exponent == 1:
        return g
    if exponent == 2:
        return g * x * 2
    if isinstance(exponent, complex) or exponent > 1:
        return g * xp.power(x, exponent - 1) * exponent
    return xp.safe_divide(g * exponent, xp.power(x, 1 - exponent))


power.defvjp(x=_power)


def _share_of(xp, g, chosen, other, ans):
    """The share of ``g`` that goes to ``chosen``: all where it was chosen, half where both are equal; both get all of it at NaN."""
    return xp.where(chosen == other, g * 0.5, xp.where(other == ans, xp.zeros_like(g), g))


for _name, _which in (("maximum", "larger"), ("minimum", "smaller")):
    elementwise(
        _name,
        x=lambda xp, g, x, y, ans: _share_of(xp, g, x, y, ans),
        y=lambda xp, g, x, y, ans: _share_of(xp, g, y, x, ans),
        real_only=True,
        in_place=False,
        doc=f"The {_which} element of each pair, and NaN if one of them is NaN. Equal elements share the gradient.",
        example=f"polygrad.{_name}(polygrad.tensor([1.0, 5.0]), polygrad.tensor([2.0, 3.0]))"
        f"  # tensor([{'2., 5.' if _which == 'larger' else '1., 3.'}])",
    )


@primitive(broadcasts=True, promotes=True, elementwise=True, real_only=True)
def clamp_min(xp, x, low, /):
    """The larger of each pair; of equal ones ``x`` gets the gradient, as in `clamp`."""
    return xp.maximum(x, low)


@primitive(broadcasts=True, promotes=True, elementwise=True, real_only=True)
def clamp_max(xp, x, high, /):
    """The smaller of each pair; of equal ones ``x`` gets the gradient, as in `clamp`."""
    return xp.minimum(x, high)


clamp_min.defvjp(
    x=lambda xp, g, x, low: xp.where(x >= low, g, xp.zeros_like(g)),
    low=lambda xp, g, x, low: xp.where(low > x, g, xp.zeros_like(g)),
)
clamp_max.defvjp(
    x=lambda xp, g, x, high: xp.where(x <= high, g, xp.zeros_like(g)),
    high=lambda xp, g, x, high: xp.where(high < x, g, xp.zeros_like(g)),
)


def apart_from_zero(xp, length):
    """``length``, a norm, with infinity in place of 0: what is divided by it is then 0, and so are all its derivatives.

    A norm has no derivative at 0.  0 is taken, in every order and mode, as if the norm were constant there.
    """
    return xp.where(length == 0, xp.ones_like(length) * math.inf, length)


def _atan2(xp, g, other, x, y):
    length = apart_from_zero(xp, xp.hypot(x, y))
    return g * (other / length) / length


elementwise(
    "atan2", promote_to_float=True, x=lambda xp, g, x, y: _atan2(xp, g, y, x, y), y=lambda xp, g, x, y: _atan2(xp, g, -x, x, y),
    names="atan2 arctan2",
    doc="The angle of each point, from the positive horizontal axis, in radians: ``input`` is its vertical coordinate, ``other``"
    " its horizontal one. The gradient at the origin is 0.",
    example="polygrad.atan2(polygrad.tensor([1.0, 0.0]), polygrad.tensor([1.0, -1.0]))  # tensor([0.7854, 3.1416])",
)  # fmt: skip
elementwise("hypot", promote_to_float=True, x=lambda xp, g, x, ans: g * (x / apart_from_zero(xp, ans)),
            y=lambda xp, g, y, ans: g * (y / apart_from_zero(xp, ans)),
            doc="``sqrt(input ** 2 + other ** 2)`` of each pair, without overflow. The gradient at (0, 0) is 0.",
            example="polygrad.hypot(polygrad.tensor([3.0]), polygrad.tensor([4.0]))  # tensor([5.])")  # fmt: skip


@primitive(broadcasts=True, promotes="float", elementwise=True)
def logaddexp(xp, x, y, /):
    """``log(exp(x) + exp(y))``, without overflow."""
    if not xp.isdtype(x.dtype, "complex floating"):
        return xp.logaddexp(x, y)
    larger = xp.real(x) >= xp.real(y)
    top, low = xp.where(larger, x, y), xp.where(larger, y, x)
    same = _infinite_and_equal(xp, x, y)
    low = xp.where(same, top, low - xp.where(same, xp.zeros_like(top), top))
    return xp.where(same, top, top + xp.log1p(xp.exp(low)))


def _infinite_and_equal(xp, x, y):
    x, y = (xp.real(v) if xp.isdtype(v.dtype, "complex floating") else v for v in (x, y))
    return xp.logical_and(x == y, xp.isinf(x))


def _share(xp, g, x, y):
    """``g`` times the share of ``exp(x)`` in the sum; as in `logsumexp` 0 where both are 0, and 1 where both are infinite."""
    same = _infinite_and_equal(xp, x, y)
    difference = xp.where(same, x, x - xp.where(same, xp.zeros_like(y), y))
    return g * xp.logistic(difference)


logaddexp.defvjp(x=_share, y=lambda xp, g, x, y: _share(xp, g, y, x))
logaddexp.publish(
    in_place=False,
    doc="``log(exp(input) + exp(other))`` of each pair, without overflow. The gradient is shared as `softmax` of the two shares.",
    example="polygrad.logaddexp(polygrad.tensor([0.0, 1000.0]), polygrad.tensor([0.0, 1000.0]))"
    "  # tensor([6.9315e-01, 1.0007e+03])",
)
elementwise(
    "copysign", promote_to_float=True, x=lambda xp, g, x, ans: g * xp.sign(x) * xp.sign(ans), y=lambda xp, g: xp.zeros_like(g),
    doc="Each element of ``input`` with the sign of that of ``other``, also of -0.0.",
    example="polygrad.copysign(polygrad.tensor([1.0, 2.0]), polygrad.tensor([-3.0, 0.0]))  # tensor([-1.,  2.])",
)  # fmt: skip


def _whole_quotient(xp, g, x, y, ans):
    """``-g`` times the whole number of ``y`` that was taken from ``x``; ``x / y`` itself may round to the next one."""
    return -g * xp.round((x - ans) / y)


elementwise(
    "remainder", x=lambda xp, g: g, y=_whole_quotient, operator="%",
    doc="What is left of ``input`` when whole multiples of ``other`` are taken away: ``input % other``. It has the sign of"
    " ``other``; `fmod` has that of ``input``. The derivative by ``other`` is minus the number of multiples.",
    example="polygrad.remainder(polygrad.tensor([5.0, -5.0]), 3)  # tensor([2., 1.])",
)  # fmt: skip


@primitive(broadcasts=True, promotes=True, elementwise=True)
def fmod(xp, x, y, /):
    """What is left of ``x`` after as many whole ``y`` as are in it, exactly; the sign is that of ``x``."""
    rest = xp.remainder(xp.abs(x), xp.abs(y))
    return xp.copysign(rest, x) if xp.isdtype(x.dtype, "real floating") else xp.where(x < 0, -rest, rest)


fmod.defvjp(x=lambda xp, g: g, y=_whole_quotient)


@primitive(broadcasts=True, promotes=True, elementwise=True)
def floor_divide(xp, x, y, /):
    """``x / y`` rounded down.  Of infinities and zeros, where libraries differ, it is what the standard says."""
    result = xp.floor_divide(x, y)
    if not xp.isdtype(x.dtype, "real floating"):
        return result
    special = xp.logical_or(x == 0, xp.logical_or(xp.isinf(x), xp.isinf(y)))
    return xp.where(special, xp.floor(xp.divide(x, y)), result)


floor_divide.accepts_scalars = True
floor_divide.defvjp(x=lambda xp, g: xp.zeros_like(g), y=lambda xp, g: xp.zeros_like(g))
floor_divide.publish(
    operator="//",
    doc="``input // other`` of each pair: the quotient, rounded down. The derivative is 0.",
    example="polygrad.floor_divide(polygrad.tensor([5.0, -5.0]), 3)  # tensor([ 1., -2.])",
)


def _check_divisor(primitive, x, y):
    """Raise RuntimeError for integers that are divided by 0; a program that is compiled by a library does not look."""

    def check(values):
        if not np.all(values):
            raise RuntimeError(f"ZeroDivisionError: {primitive.public_name} divides an integer by 0")

    backend = BY_TYPE[y.__class__]
    if backend.is_traced(y):
        if isinstance(backend, CompilingBackend):
            backend.assume(y, check)
    elif not RECORDERS:
        check(backend.values_for_checks(y))


for _name in ("remainder", "fmod", "floor_divide"):
    PRIMITIVES[_name].check = _check_divisor


@primitive(differentiable=False)
def zeros_like(xp, x, /):
    return xp.zeros_like(x)


@primitive(differentiable=False)
def ones_like(xp, x, /):
    return xp.ones_like(x)


@primitive(broadcasts=True, promotes=("x", "y"), linear=("x", "y"))
def where(xp, condition, x, y, /):
    return xp.where(condition, x, y)


where.defvjp(
    x=lambda xp, g, condition: xp.where(condition, g, xp.zeros_like(g)),
    y=lambda xp, g, condition: xp.where(condition, xp.zeros_like(g), g),
)
where.defbatch(element_by_element)


@primitive(linear=("x",))
def cast(xp, x, /, dtype):
    """``x`` as the library's own ``dtype``; a complex number gives its real part to a real type."""
    if xp.isdtype(x.dtype, "complex floating") and not xp.isdtype(dtype, "complex floating"):
        x = xp.real(x)
    return xp.astype(x, dtype)


cast.defvjp(x=lambda xp, g, x_dtype: xp.cast(g, x_dtype))
cast.defbatch(leading_axes)


# -- complex numbers: the bilinear convention, so no rule conjugates but conj's own ----------------------------------------


@primitive(linear=("x",), view=lambda base, value: OPERATIONS.conj(value))
def conj(xp, x, /):
    return xp.conj(x)


conj.defvjp(x=lambda xp, g: xp.conj(g))
conj.defbatch(leading_axes)


@primitive(linear=("x",), view=lambda base, value: OPERATIONS.complex(value, OPERATIONS.imag(base)))
def real(xp, x, /):
    return xp.real(x)


# The conjugate takes the sign off the zero that a user sees, who gets the conjugate of this.
real.defvjp(x=lambda xp, g, x_dtype: xp.conj(xp.cast(g, x_dtype)))
real.defbatch(leading_axes)


@primitive(linear=("x",), view=lambda base, value: OPERATIONS.complex(OPERATIONS.real(base), value))
def imag(xp, x, /):
    return xp.imag(x)


imag.defvjp(x=lambda xp, g: xp.complex(xp.zeros_like(g), -g))
imag.defbatch(leading_axes)


@primitive(name="complex", broadcasts=True, promotes=True, linear=("x", "y"))
def complex_(xp, x, y, /):
    """The complex numbers of these parts, which are exact: also infinities, NaN and signed zeros.

    The standard has no function for it.  Of ``x + 1j * y`` each product is rounded, and 0 times infinity is NaN; here sums
    join numbers of which one has the part and the other -0.0, which changes no number.
    """
    dtype = xp.complex64 if x.dtype == xp.float32 else xp.complex128
    finite = xp.isfinite(y)
    below = -xp.abs(xp.where(finite, y, xp.zeros_like(y))) * 1j  # -0.0 and -|y|, but for |y| = 0, which is +0.0
    imaginary = xp.where((y > 0) | ((y == 0) & xp.signbit(y)), xp.conj(below), below)
    for special, value in ((y == math.inf, math.inf), (y == -math.inf, -math.inf), (xp.isnan(y), math.nan)):
        imaginary = xp.where(special, xp.asarray(complex(-0.0, value), dtype=dtype, device=xp.device(y)), imaginary)
    return xp.conj(xp.astype(x, dtype)) + imaginary


complex_.defvjp(x=lambda xp, g: xp.real(g), y=lambda xp, g: -xp.imag(g))
complex_.defbatch(element_by_element)


@primitive(linear=("x",), view=lambda base, value: OPERATIONS.view_as_complex(value))
def view_as_real(xp, x, /):
    """The real and imaginary parts as pairs, in a new last dimension."""
    return xp.stack([xp.real(x), xp.imag(x)], axis=-1)


@primitive(linear=("x",), view=lambda base, value: OPERATIONS.view_as_real(value))
def view_as_complex(xp, x, /):
    """The pairs in the last dimension as complex numbers."""
    return xp.complex(xp.getitem(x, (Ellipsis, 0)), xp.getitem(x, (Ellipsis, 1)))


view_as_real.defvjp(x=lambda xp, g: xp.conj(xp.view_as_complex(g)))
view_as_complex.defvjp(x=lambda xp, g: xp.view_as_real(xp.conj(g)))
view_as_real.defbatch(leading_axes)
view_as_complex.defbatch(leading_axes)


@primitive(linear=("x",))
def transfer(xp, x, /, target, device, source, source_device):
    """``x`` on another backend or device.  ``target`` and ``source`` are backends."""
    if target is source:
        return target.to_device(x, device)
    array = source.to_numpy(x)
    return target.asarray(array, dtype=target.to_dtype(source.from_dtype(x.dtype)), device=device, copy=True)


transfer.defvjp(
    x=lambda xp, g, target, device, source, source_device: xp.transfer(g, source, source_device, target, device)
)
transfer.defbatch(leading_axes)


def astype(x, dtype):
    """``x`` in another data type, a `DType` or the backend's own; the same tensor if it has it already.

    Integers and booleans do not vary with ``x``, so no gradient goes through them.
    """
    native = x.backend.to_dtype(dtype) if hasattr(dtype, "is_differentiable") else dtype
    array = x._read()
    if array.dtype == native:
        return x
    return cast.op(cell(array) if x._edge is not None and is_integral_or_bool[array.__class__, native] else x, native)


def isdtype(dtype, kind):
    """Whether ``dtype``, a `DType`, is of the standard's ``kind``, as ``xp.isdtype`` says it of a library's type."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return any(dtype.kind in DTYPE_KINDS[one] for one in kinds)


#: The standard's words for kinds of data types → the kinds of `DType`.
DTYPE_KINDS = {
    "bool": ("bool",), "signed integer": ("int",), "unsigned integer": ("uint",), "integral": ("int", "uint"),
    "real floating": ("float",), "complex floating": ("complex",), "numeric": ("int", "uint", "float", "complex"),
}  # fmt: skip

OPERATIONS.astype = OPERATIONS.cast = astype
OPERATIONS.isdtype = isdtype
