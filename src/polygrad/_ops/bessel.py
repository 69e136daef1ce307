"""Bessel functions of the orders 0 and 1, of every kind, and the quotients that their derivatives need at 0.

As in `special`, every forward is one text over the standard's functions.  Formulas are those of DLMF 10.
"""

from __future__ import annotations

import math

from . import special_tables as tables
from .special import horner, special_function

_LAST = 8.0  # where the polynomials for small arguments end
_LAST_OF_SECOND_KIND = 2.0  # of the modified functions


def _square(xp, size, last):
    """Where the polynomials in the square of ``size`` are taken, up to ``last``."""
    small = xp.minimum(size, xp.zeros_like(size) + last)
    return small * small * (2 / last**2) - 1


def _part(xp, size):
    """The square of ``size`` as a part of the largest that the polynomials of modified functions are for."""
    small = xp.minimum(size, xp.zeros_like(size) + _LAST)
    return small * small * (1 / _LAST**2)


def _inverse(xp, size, first):
    """Where the polynomials in ``first / size`` are taken."""
    return 2 * first / xp.maximum(size, xp.zeros_like(size) + first) - 1


# -- modified functions --------------------------------------------------------------------------------------------------


def _modified(xp, size, order, scaled):
    """I0 or I1 of a ``size``, or that times ``exp(-size)``."""
    near, far = ((tables.I0_NEAR, tables.I0_FAR), (tables.I1_NEAR, tables.I1_FAR))[order]
    small = horner(_part(xp, size), near)
    small = small * size if order else small
    large = xp.maximum(size, xp.zeros_like(size) + _LAST)
    large = horner(_inverse(xp, size, _LAST), far) / xp.sqrt(large)
    if scaled:
        return xp.where(size < _LAST, small * xp.exp(-size), large)
    half = xp.exp(xp.minimum(size, xp.zeros_like(size) + 720) / 2)  # the whole exponential overflows too early
    result = xp.where(size < _LAST, small, large * half * half)
    return xp.where(size > 720, xp.zeros_like(size) + math.inf, result)


def _odd(xp, x, size):
    """``size`` with the sign of ``x``."""
    return xp.where(x < 0, -size, size)


@special_function
def i0(xp, x, /):
    return _modified(xp, xp.abs(x), 0, False)


i0.defvjp(x=lambda xp, g, x: g * xp.i1(x))
i0.publish(
    doc="The modified Bessel function of the first kind of order 0 (DLMF 10.25).  The derivative is that of order 1.",
    example="polygrad.i0(polygrad.tensor([0.0, 1.0, 5.0]))  # tensor([ 1.0000,  1.2661, 27.2399])",
)


@special_function
def i1(xp, x, /):
    return _odd(xp, x, _modified(xp, xp.abs(x), 1, False))


def _i1(xp, g, x):
    even = xp.i0(x)
    quotient = xp.bessel_quotient(x, 1, "modified")
    return g * (even - xp.where(xp.isinf(even), xp.zeros_like(quotient), quotient))


i1.defvjp(x=_i1)
i1.publish(
    module="special",
    doc="The modified Bessel function of the first kind of order 1 (DLMF 10.25).  The derivative is ``i0(input) - i1(input) /"
    " input``, and 1/2 at 0.",
    example="polygrad.special.i1(polygrad.tensor([0.0, 1.0, 5.0]))  # tensor([ 0.0000,  0.5652, 24.3356])",
)


@special_function
def i0e(xp, x, /):
    return _modified(xp, xp.abs(x), 0, True)


i0e.defvjp(x=lambda xp, g, x, ans: g * (xp.i1e(x) - xp.sign(x) * ans))
i0e.publish(
    module="special",
    doc="``exp(-abs(input)) * i0(input)``, which does not overflow.  The derivative is ``i1e(input) - sign(input) * i0e(input)``,"
    " and 0 at 0, where there is a kink.",
    example="polygrad.special.i0e(polygrad.tensor([0.0, 1.0, 500.0]))  # tensor([1.0000, 0.4658, 0.0178])",
)


@special_function
def i1e(xp, x, /):
    return _odd(xp, x, _modified(xp, xp.abs(x), 1, True))


def _i1e(xp, g, x, ans):
    zero = x == 0
    slope = xp.i0e(x) - ans * (xp.sign(x) + 1 / xp.where(zero, xp.ones_like(x), x))
    return g * xp.where(zero, xp.zeros_like(x) + 0.5, slope)


i1e.defvjp(x=_i1e)
i1e.publish(
    module="special",
    doc="``exp(-abs(input)) * i1(input)``, which does not overflow.  The derivative is ``i0e(input) - i1e(input) * (sign(input) + 1"
    " / input)``, and 1/2 at 0.",
    example="polygrad.special.i1e(polygrad.tensor([0.0, 1.0, 500.0]))  # tensor([0.0000, 0.2079, 0.0178])",
)


def _second_modified(xp, x, order, scaled):
    """K0 or K1, or that times ``exp(x)``: infinite at 0, NaN for negative numbers (DLMF 10.31)."""
    small = xp.minimum(xp.maximum(x, xp.zeros_like(x)), xp.zeros_like(x) + _LAST_OF_SECOND_KIND)
    first = horner(_part(xp, small), (tables.I0_NEAR, tables.I1_NEAR)[order])
    near = horner(_square(xp, small, _LAST_OF_SECOND_KIND), (tables.K0_NEAR, tables.K1_NEAR)[order])
    logarithm = xp.log(small / 2)
    if order:
        near = xp.where(small == 0, 1 / small, logarithm * (small * first) + near / small)
    else:
        near = near - logarithm * first
    large = xp.maximum(x, xp.zeros_like(x) + _LAST_OF_SECOND_KIND)
    far = horner(_inverse(xp, x, _LAST_OF_SECOND_KIND), (tables.K0_FAR, tables.K1_FAR)[order]) / xp.sqrt(large)
    near, far = (near * xp.exp(small), far) if scaled else (near, far * xp.exp(-large))
    result = xp.where(x < _LAST_OF_SECOND_KIND, near, far)
    return xp.where(x < 0, xp.zeros_like(x) + math.nan, result)


@special_function
def modified_bessel_k0(xp, x, /):
    return _second_modified(xp, x, 0, False)


modified_bessel_k0.defvjp(x=lambda xp, g, x: -g * xp.modified_bessel_k1(x))
modified_bessel_k0.publish(
    module="special",
    doc="The modified Bessel function of the second kind of order 0 (DLMF 10.25): infinite at 0, NaN for negative elements.  The"
    " derivative is minus that of order 1.",
    example="polygrad.special.modified_bessel_k0(polygrad.tensor([0.5, 1.0, 5.0]))  # tensor([0.9244, 0.4210, 0.0037])",
)


@special_function
def modified_bessel_k1(xp, x, /):
    return _second_modified(xp, x, 1, False)


modified_bessel_k1.defvjp(x=lambda xp, g, x, ans: -g * (xp.modified_bessel_k0(x) + ans / x))
modified_bessel_k1.publish(
    module="special",
    doc="The modified Bessel function of the second kind of order 1 (DLMF 10.25): infinite at 0, NaN for negative elements.  The"
    " derivative is ``-k0(input) - k1(input) / input``.",
    example="polygrad.special.modified_bessel_k1(polygrad.tensor([0.5, 1.0, 5.0]))  # tensor([1.6564, 0.6019, 0.0040])",
)


@special_function
def scaled_modified_bessel_k0(xp, x, /):
    return _second_modified(xp, x, 0, True)


scaled_modified_bessel_k0.defvjp(x=lambda xp, g, x, ans: g * (ans - xp.scaled_modified_bessel_k1(x)))
scaled_modified_bessel_k0.publish(
    module="special",
    doc="``exp(input) * modified_bessel_k0(input)``, which does not vanish.  The derivative is the difference to that of order 1.",
    example="polygrad.special.scaled_modified_bessel_k0(polygrad.tensor([1.0, 500.0]))  # tensor([1.1445, 0.0560])",
)


@special_function
def scaled_modified_bessel_k1(xp, x, /):
    return _second_modified(xp, x, 1, True)


scaled_modified_bessel_k1.defvjp(x=lambda xp, g, x, ans: g * (ans - xp.scaled_modified_bessel_k0(x) - ans / x))
scaled_modified_bessel_k1.publish(
    module="special",
    doc="``exp(input) * modified_bessel_k1(input)``, which does not vanish.  The derivative is ``k1e(input) - k0e(input) -"
    " k1e(input) / input``, with ``k0e`` and ``k1e`` the scaled functions.",
    example="polygrad.special.scaled_modified_bessel_k1(polygrad.tensor([1.0, 500.0]))  # tensor([1.6362, 0.0561])",
)

# -- functions of the first and the second kind --------------------------------------------------------------------------


def _waves(xp, size, order):
    """Both kinds for large arguments (DLMF 10.17.3 and 10.17.4)."""
    large = xp.maximum(size, xp.zeros_like(size) + _LAST)
    inverse = _LAST / large
    along, across = ((tables.P0_FAR, tables.Q0_FAR), (tables.P1_FAR, tables.Q1_FAR))[order]
    t = inverse * inverse * 2 - 1
    p, q = horner(t, along), horner(t, across) / large
    sine, cosine = xp.sin(large), xp.cos(large)
    cosine, sine = (cosine + sine, sine - cosine) if order == 0 else (sine - cosine, -(cosine + sine))
    root = xp.sqrt(large * math.pi)
    first, second = (p * cosine - q * sine) / root, (p * sine + q * cosine) / root
    infinite, zero = xp.isinf(size), xp.zeros_like(size)
    return xp.where(infinite, zero, first), xp.where(infinite, zero, second)


def _first(xp, size, order):
    near = horner(_square(xp, size, _LAST), (tables.J0_NEAR, tables.J1_NEAR)[order])
    near = near * size if order else near
    return xp.where(size < _LAST, near, _waves(xp, size, order)[0])


def _second(xp, x, order):
    small = xp.minimum(xp.maximum(x, xp.zeros_like(x)), xp.zeros_like(x) + _LAST)
    first = horner(_square(xp, small, _LAST), (tables.J0_NEAR, tables.J1_NEAR)[order])
    near = horner(_square(xp, small, _LAST), (tables.Y0_NEAR, tables.Y1_NEAR)[order])
    logarithm = xp.log(small / 2) * (2 / math.pi)
    if order:
        near = xp.where(small == 0, -1 / small, logarithm * (small * first) + near / small)
    else:
        near = logarithm * first + near
    result = xp.where(x < _LAST, near, _waves(xp, x, order)[1])
    return xp.where(x < 0, xp.zeros_like(x) + math.nan, result)


@special_function
def bessel_j0(xp, x, /):
    return _first(xp, xp.abs(x), 0)


bessel_j0.defvjp(x=lambda xp, g, x: -g * xp.bessel_j1(x))
bessel_j0.publish(
    module="special",
    doc="The Bessel function of the first kind of order 0 (DLMF 10.2).  The derivative is minus that of order 1.",
    example="polygrad.special.bessel_j0(polygrad.tensor([0.0, 1.0, 10.0]))  # tensor([ 1.0000,  0.7652, -0.2459])",
)


@special_function
def bessel_j1(xp, x, /):
    return _odd(xp, x, _first(xp, xp.abs(x), 1))


bessel_j1.defvjp(x=lambda xp, g, x: g * (xp.bessel_j0(x) - xp.bessel_quotient(x, 1, "ordinary")))
bessel_j1.publish(
    module="special",
    doc="The Bessel function of the first kind of order 1 (DLMF 10.2).  The derivative is ``j0(input) - j1(input) / input``, and"
    " 1/2 at 0.",
    example="polygrad.special.bessel_j1(polygrad.tensor([0.0, 1.0, 10.0]))  # tensor([0.0000, 0.4401, 0.0435])",
)


@special_function
def bessel_y0(xp, x, /):
    return _second(xp, x, 0)


bessel_y0.defvjp(x=lambda xp, g, x: -g * xp.bessel_y1(x))
bessel_y0.publish(
    module="special",
    doc="The Bessel function of the second kind of order 0 (DLMF 10.2): minus infinity at 0, NaN for negative elements.  The"
    " derivative is minus that of order 1.",
    example="polygrad.special.bessel_y0(polygrad.tensor([0.5, 1.0, 10.0]))  # tensor([-0.4445,  0.0883,  0.0557])",
)


@special_function
def bessel_y1(xp, x, /):
    return _second(xp, x, 1)


bessel_y1.defvjp(x=lambda xp, g, x, ans: g * (xp.bessel_y0(x) - ans / x))
bessel_y1.publish(
    module="special",
    doc="The Bessel function of the second kind of order 1 (DLMF 10.2): minus infinity at 0, NaN for negative elements.  The"
    " derivative is ``y0(input) - y1(input) / input``.",
    example="polygrad.special.bessel_y1(polygrad.tensor([0.5, 1.0, 10.0]))  # tensor([-1.4715, -0.7812,  0.2490])",
)

# -- quotients -----------------------------------------------------------------------------------------------------------


@special_function
def bessel_quotient(xp, x, /, order, family):
    """A Bessel function of the first kind divided by ``x`` to the power of its order: smooth at 0, and even.

    The families are ``"ordinary"`` (J), ``"modified"`` (I) and ``"spherical"`` (j).  The derivative is the quotient of the next
    order times ``x``, with a minus unless modified (DLMF 10.6.6, 10.29.4, 10.51.3), so it is right at 0 to every order.
    """
    size = xp.abs(x)
    square = size * size
    modified, half = family == "modified", family == "spherical"
    # A power series for small arguments (DLMF 10.2.2, 10.25.2, 10.53.1) ...
    most = max(4.0 * (order + 1), 1.0 * order * order, 144.0 * modified)
    inner = xp.minimum(square, xp.zeros_like(square) + most) * (0.25 if modified else -0.25)
    total = xp.ones_like(inner)
    for k in range(40 + order, 0, -1):
        total = 1 + inner * total / (k * (order + half / 2 + k))
    total = total / (math.prod(range(1, 2 * order + 2, 2)) if half else 2.0**order * math.factorial(order))
    # ... and elsewhere the recurrence over the order.
    outer = xp.where(square < most, xp.ones_like(size), size)
    if half:
        before, current = xp.cos(outer), xp.sin(outer) / outer
    else:
        before, current = (xp.i0(outer), xp.i1(outer)) if modified else (xp.bessel_j0(outer), xp.bessel_j1(outer))
        before, current = (current, before) if order == 0 else (before, current / outer)
    inverse = 1 / outer
    inverse = inverse * inverse
    for k in range(1 - half, order):
        step = 2 * k + half
        before, current = (
            current,
            (before - step * current if modified else step * current - before) * inverse,
        )
    current = xp.where(xp.isinf(outer), xp.zeros_like(outer), current)
    return xp.where(square < most, total, current)


def _quotient(xp, g, x, order, family):
    slope = x * xp.bessel_quotient(x, order + 1, family)
    return g * slope if family == "modified" else -g * slope


bessel_quotient.defvjp(x=_quotient)
