"""The error function's and the gamma function's families.

Every forward is one text over the standard's functions: a polynomial for each part of the domain, all of them evaluated and
one chosen, so that it compiles and runs in batches.  `special_tables` has the polynomials.  Formulas are those of the Digital
Library of Mathematical Functions (DLMF).  Half precision computes in single precision and is rounded once.
"""

from __future__ import annotations

import math

from .._core.primitive import primitive
from . import special_tables as tables

_SQRT_PI = math.sqrt(math.pi)
_SQRT_HALF = math.sqrt(0.5)
_SQRT_TWO_PI = math.sqrt(2 * math.pi)

special_function = primitive(promotes="float", elementwise=True, real_only=True, accumulates=True)
special_functions = primitive(promotes="float", broadcasts=True, elementwise=True, real_only=True, accumulates=True)


def horner(t, coefficients):
    """A polynomial of ``t``, by Horner's rule; the highest power first."""
    total = t * coefficients[0] + coefficients[1]
    for c in coefficients[2:]:
        total = total * t + c
    return total


def between(xp, x, low, high):
    """``x`` where it is in the interval, and the nearest end of it elsewhere; NaN is NaN."""
    return xp.minimum(xp.maximum(x, xp.zeros_like(x) + low), xp.zeros_like(x) + high)


def from_whole(xp, x):
    """``x`` without its nearest integer, exactly: between -1/2 and 1/2."""
    return x - xp.round(x)


# -- the error function --------------------------------------------------------------------------------------------------


def _split(xp, x, last=40.0):
    """``x`` as a sum of a number whose square is exact and a small one; the limit ``last`` for larger ones."""
    x = xp.minimum(x, xp.zeros_like(x) + last)
    head = xp.round(x * 16) / 16
    return head, (x - head) * (x + head)


def _scaled_erfc(xp, x):
    """``exp(x * x) * erfc(x)`` for ``x >= 0`` (Shepherd and Laframboise, Mathematics of Computation 36, 1981)."""
    return horner(1 - 7.5 / (x + 3.75), tables.ERFCX) / (x + 0.5) / 2


@special_function
def gaussian(xp, x, /, factor):
    """``exp(-factor * x * x)`` for a factor of 1 or 1/2, in which the rounding of the square does not count."""
    head, rest = _split(xp, xp.abs(x))
    # A compiler may add the exponents of a product of two exponentials, and round their sum.
    return xp.exp(-factor * (head * head)) * (1 + xp.expm1(-factor * rest))


gaussian.defvjp(x=lambda xp, g, x, ans, factor: g * (-2 * factor * x * ans))


@special_function
def erfc(xp, x, /):
    size = xp.abs(x)
    tail = _scaled_erfc(xp, size) * xp.gaussian(size, 1.0)
    return xp.where(x < 0, 2 - tail, tail)


erfc.defvjp(x=lambda xp, g, x: g * (xp.gaussian(x, 1.0) * (-2 / _SQRT_PI)))
erfc.publish(
    doc="The complement of the error function, ``1 - erf(input)``, relatively accurate where it is small.  The derivative is"
    " ``-2 / sqrt(pi) * exp(-input ** 2)`` (DLMF 7.2).",
    example="polygrad.erfc(polygrad.tensor([0.0, 1.0, 5.0]))  # tensor([1.0000e+00, 1.5730e-01, 1.5375e-12])",
)


@special_function
def erfcx(xp, x, /):
    size = xp.abs(x)
    tail = _scaled_erfc(xp, size)
    head, rest = _split(xp, size)
    return xp.where(x < 0, 2 * xp.exp(head * head) * (1 + xp.expm1(rest)) - tail, tail)


erfcx.defvjp(x=lambda xp, g, x: g * (-2 * xp.scaled_erfc_integral(x, 1)))
erfcx.publish(
    module="special",
    doc="The scaled complement of the error function, ``exp(input ** 2) * erfc(input)``, which does not vanish for large"
    " elements.  The derivative is ``2 * input * erfcx(input) - 2 / sqrt(pi)``, computed without its cancellation (DLMF 7.18).",
    example="polygrad.special.erfcx(polygrad.tensor([0.0, 1.0, 50.0]))  # tensor([1.0000, 0.4276, 0.0113])",
)

#: From here on the quotients of repeated integrals come from their continued fraction, with so many terms.
_FRACTION_FROM, _FRACTION_TERMS = 1.5, 60


@special_function
def scaled_erfc_integral(xp, x, /, order):
    """``exp(x * x)`` times the repeated integral of the error function's complement, of an order from 1 on (DLMF 7.18).

    These are, with signs and factors, the derivatives of `erfcx`.  The recurrence DLMF 7.18.7 loses digits for large ``x``;
    there it is run backwards, for the quotients of one order and the one before.
    """
    before, current = 2 / _SQRT_PI, xp.erfcx(x)
    large = xp.maximum(x, xp.zeros_like(x) + _FRACTION_FROM)
    product = _scaled_erfc(xp, large)
    last = order + _FRACTION_TERMS
    quotient = 1 / (large + xp.sqrt(large * large + 2.0 * last))
    for k in range(last - 1, 0, -1):
        quotient = 0.5 / (large + (k + 1) * quotient)
        if k <= order:
            product = product * quotient
    for k in range(1, order + 1):
        before, current = current, (before - 2 * x * current) / (2 * k)
    return xp.where(x > _FRACTION_FROM, product, current)


scaled_erfc_integral.defvjp(x=lambda xp, g, x, order: g * (-2 * (order + 1) * xp.scaled_erfc_integral(x, order + 1)))


@special_function
def ndtr(xp, x, /):
    size = xp.abs(x)
    tail = _scaled_erfc(xp, size * _SQRT_HALF) * xp.gaussian(size, 0.5) / 2
    return xp.where(x < 0, tail, 1 - tail)


ndtr.defvjp(x=lambda xp, g, x: g * (xp.gaussian(x, 0.5) / _SQRT_TWO_PI))
ndtr.publish(
    module="special",
    doc="The distribution function of the normal distribution: the integral of its density from minus infinity to each element."
    "  The derivative is the density, ``exp(-input ** 2 / 2) / sqrt(2 * pi)``.",
    example="polygrad.special.ndtr(polygrad.tensor([-2.0, 0.0, 2.0]))  # tensor([0.0228, 0.5000, 0.9772])",
)


@special_function
def log_ndtr(xp, x, /):
    size = xp.abs(x)
    scaled = _scaled_erfc(xp, size * _SQRT_HALF) / 2
    tail = scaled * xp.gaussian(size, 0.5)
    upper = xp.where(tail > 0.25, xp.log(1 - tail), xp.log1p(-tail))  # XLA's log1p is good near 0 only
    return xp.where(x < 0, xp.log(scaled) - size * size / 2, upper)


log_ndtr.defvjp(x=lambda xp, g, x: g * xp.inverse_mills(x))
log_ndtr.publish(
    module="special",
    doc="The logarithm of the normal distribution function, accurate in both tails.  The derivative is the quotient of the"
    " density and the distribution function.",
    example="polygrad.special.log_ndtr(polygrad.tensor([-40.0, 0.0, 2.0]))  # tensor([-8.0461e+02, -6.9315e-01, -2.3013e-02])",
)


@special_function
def inverse_mills(xp, x, /):
    """The density of the normal distribution over its distribution function; Mills' ratio is the inverse."""
    size = xp.abs(x)
    scaled = _scaled_erfc(xp, size * _SQRT_HALF)
    density = xp.gaussian(size, 0.5)
    return xp.where(x < 0, 1 / scaled, density / (2 - scaled * density)) * (2 / _SQRT_TWO_PI)


def _mills_slope(xp, g, x, ans):
    """``-ans * (x + ans)``; for negative ``x``, where the sum cancels, it is a repeated integral over the error function."""
    size = xp.where(x < 0, -x, xp.zeros_like(x)) * _SQRT_HALF
    sum_ = xp.where(x < 0, xp.scaled_erfc_integral(size, 1) / xp.erfcx(size) * (2 * _SQRT_HALF), x + ans)
    return g * (-ans * sum_)


inverse_mills.defvjp(x=_mills_slope)


def _quantile(xp, u, tail):
    """The normal distribution's quantile of 1/2 + ``u``; ``tail`` is its distance from 0 or 1, whichever is nearer."""
    square = u * u
    centre = u * horner(square * 32 - 1, tables.NDTRI_CENTRE)
    r = xp.sqrt(-2 * xp.log(tail))
    near, far = between(xp, r, 1.6, 8.0), between(xp, r, 8.0, 39.0)
    middle = horner(_position(2, 1.6, 8, near), tables.NDTRI_MIDDLE)
    beyond = horner(_position(16, 8, 39, far), tables.NDTRI_FAR)
    # The polynomials are of numbers inside their intervals; at 0 the root is infinite, and outside of 0 to 1 NaN.
    outer = r * xp.where(r < 8, middle, beyond)
    outer = xp.where(u < 0, -outer, outer)
    return xp.where(xp.abs(u) <= 0.25, centre, outer)


def _position(middle, low, high, x):
    """``(x - middle) / (x + middle)``, so that it goes from -1 to 1 while ``x`` goes from ``low`` to ``high``."""
    first, last = (low - middle) / (low + middle), (high - middle) / (high + middle)
    return (1 - 2 * middle / (x + middle)) * (2 / (last - first)) - (last + first) / (last - first)


@special_function
def ndtri(xp, x, /):
    return _quantile(xp, x - 0.5, xp.minimum(x, 1 - x))


ndtri.defvjp(x=lambda xp, g, ans: g * (_SQRT_TWO_PI / xp.gaussian(ans, 0.5)))
ndtri.publish(
    module="special",
    doc="The quantile of the normal distribution, the inverse of `ndtr`: infinite at 0 and 1, NaN outside of them.  The"
    " derivative is ``sqrt(2 * pi) * exp(ndtri(input) ** 2 / 2)``.",
    example="polygrad.special.ndtri(polygrad.tensor([0.025, 0.5, 0.975]))  # tensor([-1.9600,  0.0000,  1.9600])",
)


@special_function
def erfinv(xp, x, /):
    return _quantile(xp, x / 2, (1 - xp.abs(x)) / 2) * _SQRT_HALF


erfinv.defvjp(x=lambda xp, g, ans: g * (_SQRT_PI / 2 / xp.gaussian(ans, 1.0)))
erfinv.publish(
    doc="The inverse of the error function: infinite at -1 and 1, NaN outside of them.  The derivative is ``sqrt(pi) / 2 *"
    " exp(erfinv(input) ** 2)`` (DLMF 7.17).",
    example="polygrad.erfinv(polygrad.tensor([0.0, 0.5, -1.0]))  # tensor([0.0000, 0.4769,   -inf])",
)


@special_function
def entr(xp, x, /):
    result = -x * xp.log(xp.where(x > 0, x, xp.ones_like(x)))
    return xp.where(x < 0, xp.zeros_like(x) - math.inf, xp.where(x == 0, xp.zeros_like(x), result))


entr.defvjp(x=lambda xp, g, x: -g * (1 + xp.log(x)))
entr.publish(
    module="special",
    doc="The term of an entropy, ``-input * log(input)``: 0 at 0, and minus infinity for negative elements.  The derivative is"
    " ``-1 - log(input)``.",
    example="polygrad.special.entr(polygrad.tensor([0.0, 0.5, 2.0]))  # tensor([ 0.0000,  0.3466, -1.3863])",
)

# -- the gamma function --------------------------------------------------------------------------------------------------


def _near_and_far(xp, size):
    """Where the polynomials for 1 to 2.5 and beyond are taken, and ``size``, or ``size + 1``, less 1."""
    shifted = xp.where(size < 1, size, xp.minimum(size, xp.zeros_like(size) + 2.5) - 1)
    inverse = 2.5 / xp.maximum(size, xp.zeros_like(size) + 2.5)
    return shifted, (shifted - 0.75) / 0.75, inverse * inverse * 2 - 1


@special_function
def lgamma(xp, x, /):
    size = xp.abs(x)
    logarithm = xp.log(size)
    shifted, near, far = _near_and_far(xp, size)
    near = shifted * (shifted - 1) * horner(near, tables.LGAMMA_NEAR)
    near = xp.where(size < 1, near - logarithm, near)
    rest = horner(far, tables.LGAMMA_FAR) / xp.maximum(size, xp.ones_like(size))
    beyond = (size - 0.5) * (logarithm - 1) + (rest + (0.5 * math.log(2 * math.pi) - 0.5))  # DLMF 5.11.1
    result = xp.where(size < 2.5, near, beyond)
    sine = xp.sin(from_whole(xp, size) * math.pi)
    reflected = -xp.log(xp.abs(sine) / math.pi) - logarithm - result  # DLMF 5.5.3
    result = xp.where(x < 0, reflected, result)
    return xp.where(xp.isinf(x), size, result)


lgamma.defvjp(x=lambda xp, g, x: g * xp.digamma(x))
lgamma.publish(
    doc="The logarithm of the absolute value of the gamma function; infinite at 0 and the negative integers.  The derivative is"
    " `digamma` (DLMF 5.2).",
    example="polygrad.lgamma(polygrad.tensor([0.5, 3.0, 10.0]))  # tensor([ 0.5724,  0.6931, 12.8018])",
)


@special_function
def digamma(xp, x, /):
    size = xp.abs(x)
    shifted, near, far = _near_and_far(xp, size)
    root, rest = tables.DIGAMMA_ROOT
    near = ((shifted - (root - 1)) - rest) * horner(near, tables.DIGAMMA_NEAR)
    near = xp.where(size < 1, near - 1 / size, near)
    large = xp.maximum(size, xp.ones_like(size))
    beyond = xp.log(large) - (0.5 + horner(far, tables.DIGAMMA_FAR) / large) / large  # DLMF 5.11.2
    result = xp.where(size < 2.5, near, beyond)
    part = from_whole(xp, size)
    reflected = result + 1 / size + math.pi / xp.tan(part * math.pi)  # DLMF 5.5.4
    reflected = xp.where(xp.logical_or(part == 0, xp.isinf(x)), xp.zeros_like(x) + math.nan, reflected)
    return xp.where(x < 0, reflected, xp.where(x == 0, -1 / x, result))


digamma.defvjp(x=lambda xp, g, x: g * xp.polygamma(x, 1))
digamma.publish(
    doc="The derivative of the logarithm of the gamma function.  At 0 it is infinite, at the negative integers NaN.  Its own"
    " derivative is ``polygamma(1, input)`` (DLMF 5.2).",
    example="polygrad.digamma(polygrad.tensor([0.5, 1.0, 10.0]))  # tensor([-1.9635, -0.5772,  2.2518])",
)

#: How many terms of the zeta function's series are added before the formula for the rest.
_ZETA_TERMS = 10


def _positive_zeta(xp, s, q):
    """The sum of ``(q + k) ** -s`` over all ``k`` from 0, for positive ``q``: Euler and Maclaurin's formula (DLMF 25.11.5)."""
    total = xp.pow(q, -s)
    for k in range(1, _ZETA_TERMS):
        total = total + xp.pow(q + k, -s)
    a = q + _ZETA_TERMS
    power = xp.pow(a, 1 - s)
    rest, factor = 0.5 + xp.zeros_like(a), s / a
    for k, number in enumerate(tables.EULER_MACLAURIN):
        rest = rest + number * factor
        factor = factor * ((s + (2 * k + 1)) / a) * ((s + (2 * k + 2)) / a)
    return total + xp.where(power == 0, power, power * (1 / (s - 1) + rest / a))


@special_functions
def zeta(xp, x, y, /):
    positive = xp.where(y > 0, y, xp.ones_like(y))
    result = _positive_zeta(xp, x, positive)
    # Of negative q, and then of whole x: all terms over the integers, less those that are not in the series.
    below = xp.where(y < 0, y, xp.zeros_like(y) - 0.5)
    below = xp.where(below == xp.floor(below), xp.zeros_like(y) - 0.5, below)
    sign = xp.where(x == 2 * xp.round(x / 2), xp.ones_like(x), -xp.ones_like(x))
    reflected = _positive_zeta(xp, x, below - xp.floor(below)) + sign * (
        _positive_zeta(xp, x, xp.ceil(below) - below) - _positive_zeta(xp, x, 1 - below)
    )
    infinite, undefined = xp.zeros_like(result) + math.inf, xp.zeros_like(result) + math.nan
    result = xp.where(y > 0, result, xp.where(x == xp.floor(x), reflected, undefined))
    result = xp.where(xp.logical_and(y <= 0, y == xp.floor(y)), infinite, result)
    result = xp.where(xp.isnan(y), y + result, xp.where(x < 1, undefined, result))
    return xp.where(x == 1, infinite, result)


zeta.defvjp(y=lambda xp, g, x, y: g * (-x * xp.zeta(x + 1, y)))
zeta.publish(
    module="special",
    doc="Hurwitz's zeta function, the sum of ``(other + k) ** -input`` over all whole ``k`` from 0: infinite for an ``input`` of 1,"
    " NaN below.  The derivative by ``other`` is ``-input * zeta(input + 1, other)`` (DLMF 25.11); by ``input`` there is none.",
    example="polygrad.special.zeta(polygrad.tensor([2.0, 4.0]), 1.0)  # tensor([1.6449, 1.0823])",
)


@special_function
def polygamma(xp, x, /, n):
    """The ``n``-th derivative of digamma (DLMF 5.15)."""
    if n == 0:
        return xp.digamma(x)
    factorial = math.gamma(n + 1.0) if n <= 170 else math.inf
    return xp.zeta(xp.zeros_like(x) + (n + 1), x) * (factorial if n % 2 else -factorial)


polygamma.defvjp(x=lambda xp, g, x, n: g * xp.polygamma(x, n + 1))
