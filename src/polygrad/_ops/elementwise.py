"""Functions of one operand that work element by element: one expression for the derivative serves vjp and jvp."""

from __future__ import annotations

import math

from .._core.dispatch import is_complex
from .._core.primitive import PRIMITIVES, elementwise, predicate, primitive
from .arithmetic import apart_from_zero

_SQRT_PI = math.sqrt(math.pi)

elementwise("negative", x=lambda xp, g: -g)
elementwise("positive", x=lambda xp, g: g)
elementwise("square", lambda xp, x: 2 * x)
elementwise("exp", lambda xp, ans: ans, floats=True)
elementwise("expm1", lambda xp, x: xp.exp(x), floats=True)
elementwise("sin", lambda xp, x: xp.cos(x), floats=True)
elementwise("cos", lambda xp, x: -xp.sin(x), floats=True)
elementwise("tan", lambda xp, ans: 1 + ans * ans, floats=True)
elementwise("sinh", lambda xp, x: xp.cosh(x), floats=True)
elementwise("cosh", lambda xp, x: xp.sinh(x), floats=True)
elementwise("tanh", lambda xp, ans: 1 - ans * ans, floats=True)
elementwise("atan", lambda xp, x: 1 / (1 + x * x), floats=True)
elementwise("asinh", lambda xp, x: 1 / xp.sqrt(1 + x * x), floats=True)

# Singular at the edge of the domain: a zero cotangent stays zero there.
elementwise("log", floats=True, x=lambda xp, g, x: xp.safe_divide(g, x))
elementwise("log2", floats=True, x=lambda xp, g, x: xp.safe_divide(g * (1 / math.log(2)), x))
elementwise("log10", floats=True, x=lambda xp, g, x: xp.safe_divide(g * (1 / math.log(10)), x))
elementwise("sqrt", floats=True, x=lambda xp, g, ans: xp.safe_divide(g * 0.5, ans))
elementwise("reciprocal", floats=True, x=lambda xp, g, x: -xp.safe_divide(xp.safe_divide(g, x), x))
elementwise("asin", floats=True, x=lambda xp, g, x: xp.safe_divide(g, xp.sqrt(1 - x * x)))
elementwise("acos", floats=True, x=lambda xp, g, x: -xp.safe_divide(g, xp.sqrt(1 - x * x)))
elementwise("acosh", floats=True, x=lambda xp, g, x: xp.safe_divide(xp.safe_divide(g, xp.sqrt(x - 1)), xp.sqrt(x + 1)))
elementwise("atanh", floats=True, x=lambda xp, g, x: xp.safe_divide(g, 1 - x * x))


@primitive(promotes="float")
def log1p(xp, x, /):
    return _log1p_by_parts(xp, x) if is_complex[type(x), x.dtype] else xp.log1p(x)


def _log1p_by_parts(xp, z):
    """``log(1 + z)`` of complex numbers.  Libraries take ``log(|1 + z|)``, which rounds a small ``z`` away."""
    x, y = xp.real(z), xp.imag(z)
    small = xp.logical_and(xp.abs(x) < 0.5, xp.abs(y) < 0.5)
    a, b = xp.where(small, x, xp.zeros_like(x)), xp.where(small, y, xp.zeros_like(y))
    near = xp.log1p(a * (2 + a) + b * b) / 2  # of |1 + z|**2 - 1
    # Where even the squares are too small to be numbers, the logarithm is x.
    near = xp.where(a * (2 + a) + b * b == 0, a, near)
    return xp.complex(xp.where(small, near, xp.log(xp.hypot(1 + x, y))), xp.atan2(y, 1 + x))


log1p.defvjp(x=lambda xp, g, x: xp.safe_divide(g, 1 + x))

# Piecewise constant: the derivative is 0 wherever it exists.
for _name in ("floor", "ceil", "round", "trunc"):
    elementwise(_name, x=lambda xp, g: xp.zeros_like(g))


def _sign(xp, g, x, ans):
    """sign(z) = z / |z|.  For real numbers 0; for complex ones the bilinear form of the Hermitian rule."""
    if not xp.isdtype(x.dtype, "complex floating"):
        return xp.zeros_like(g)
    size = xp.abs(x)
    along = xp.real(g * ans)
    return (g - xp.conj(ans) * xp.cast(along, x.dtype)) * _inverse(xp, size, x.dtype)


def _inverse(xp, length, dtype):
    return xp.cast(1 / apart_from_zero(xp, length), dtype)


elementwise("sign", x=_sign)

PRIMITIVES["sign"].defjvp(
    x=lambda xp, t, x, ans: (
        (t - ans * xp.cast(xp.real(xp.conj(ans) * t), x.dtype)) * _inverse(xp, xp.abs(x), x.dtype)
        if xp.isdtype(x.dtype, "complex floating")
        else xp.zeros_like(t)
    )
)


@primitive(differentiable=False)
def whole_sign(xp, x, /):
    """The sign of integers; a boolean is its own."""
    return xp.logical_or(x, x) if xp.isdtype(x.dtype, "bool") else xp.sign(x)


@primitive(differentiable=False)
def whole_square(xp, x, /):
    """The squares of integers; those of booleans are integers, as their powers are."""
    return xp.astype(x, xp.int64) if xp.isdtype(x.dtype, "bool") else xp.square(x)


PRIMITIVES["sign"].of_integers, PRIMITIVES["square"].of_integers = whole_sign, whole_square


@primitive()
def abs_(xp, x, /):
    return xp.abs(x)


# |z|: the bilinear cotangent is g * conj(z) / |z|, and 0 at 0 (a subgradient; PyTorch's choice).
abs_.defvjp(x=lambda xp, g, x: g * xp.sign(xp.conj(x) if xp.isdtype(x.dtype, "complex floating") else x))
abs_.defjvp(
    x=lambda xp, t, x: xp.real(t * xp.sign(xp.conj(x))) if xp.isdtype(x.dtype, "complex floating") else t * xp.sign(x)
)

predicate("nextafter", 2).differentiable = True  # no rule: asking for its gradient is an error


@primitive(promotes="float")
def erf(xp, x, /):
    """The error function, ``2/sqrt(pi) * integral of exp(-t*t) from 0 to x``.

    Abramowitz and Stegun give 7.1.6 (a series of terms of one sign, used up to |x| = 3) and 7.1.14 (the continued fraction
    of erfc, used beyond); both are carried far enough for float64.
    """
    small = xp.where(xp.abs(x) < 3, x, xp.zeros_like(x))
    term, total = small, small
    square = small * small
    for n in range(1, 60):
        term = term * square * (2 / (2 * n + 1))
        total = total + term
    large = xp.where(xp.abs(x) < 3, xp.ones_like(x) * 3, xp.abs(x))
    fraction = large
    for n in range(40, 0, -1):
        fraction = large + n / 2 / fraction
    tail = 1 - xp.exp(-large * large) / (fraction * _SQRT_PI)
    return xp.where(xp.abs(x) < 3, total * xp.exp(-square) * (2 / _SQRT_PI), xp.sign(x) * tail)


erf.defvjp(x=lambda xp, g, x: g * (xp.exp(-x * x) * (2 / _SQRT_PI)))


@primitive(promotes="float")
def sigmoid(xp, x, /):
    """``1 / (1 + exp(-x))``, and ``exp(x) / (1 + exp(x))`` for negative ``x``: relatively accurate, and overflows nowhere."""
    positive = (xp.real(x) if xp.isdtype(x.dtype, "complex floating") else x) >= 0
    small = xp.exp(xp.where(positive, -x, x))
    return xp.where(positive, xp.ones_like(x), small) / (1 + small)


sigmoid.defvjp(x=lambda xp, g, ans: g * (ans * (1 - ans)))


@primitive(promotes="float")
def logistic(xp, x, /):
    """`sigmoid` for use in gradient rules: its own derivative, their second, is relatively accurate where it is near 1 as well."""
    return xp.sigmoid(x)


logistic.defvjp(x=lambda xp, g, x, ans: g * (ans * xp.logistic(-x)))


@primitive()
def relu(xp, x, /):
    if is_complex[type(x), x.dtype]:
        raise TypeError("complex numbers have no order")
    return xp.maximum(x, xp.zeros_like(x))


# A product with the mask would do for finite g only: inf * 0.
relu.defvjp(x=lambda xp, g, ans: xp.where(ans > 0, g, xp.zeros_like(g)))


@primitive()
def clip(xp, x, /, min=None, max=None):
    """``x`` held between Python numbers ``min`` and ``max``."""
    return xp.clip(x, min, max)


def _clip(xp, g, x, min, max):
    inside = xp.ones_like(g) == 1 if min is None else x >= min
    if max is not None:
        inside = xp.logical_and(inside, x <= max)
    return xp.where(inside, g, xp.zeros_like(g))


clip.defvjp(x=_clip)
