"""Divisors of integers."""

from __future__ import annotations

from .._core.primitive import primitive


@primitive(broadcasts=True, promotes=True, differentiable=False, elementwise=True)
def gcd(xp, x, y, /):
    """The greatest common divisor, by Euclid's algorithm.

    The remainders fall at least as fast as Fibonacci's numbers (G. Lamé, 1844), so a fixed number of steps is enough for all
    integers of a type.
    """
    if not xp.isdtype(x.dtype, "integral"):
        raise TypeError("gcd and lcm are for integers")
    x, y = xp.abs(x), xp.abs(y)
    for _ in range(3 * xp.iinfo(x.dtype).bits // 2):
        zero = y == 0
        rest = xp.remainder(x, xp.where(zero, xp.ones_like(y), y))
        x, y = xp.where(zero, x, y), xp.where(zero, y, rest)
    return x


@primitive(broadcasts=True, promotes=True, differentiable=False, elementwise=True)
def lcm(xp, x, y, /):
    """The least common multiple; 0 if either is 0."""
    divisor = xp.gcd(x, y)
    return xp.abs(xp.floor_divide(x, xp.where(divisor == 0, xp.ones_like(divisor), divisor)) * y)


for _primitive, _words, _result in (
    (
        gcd,
        "The greatest common divisor of each pair of integers, which is not negative; that of 0 and 0 is 0.",
        "[6, 1]",
    ),
    (
        lcm,
        "The least common multiple of each pair of integers, which is not negative; 0 where either is 0.",
        "[36, 35]",
    ),
):
    _primitive.publish(
        doc=f"{_words} It has no gradient.",
        example=f"polygrad.{_primitive.name}(polygrad.tensor([12, 5]), polygrad.tensor([18, 7]))  # tensor({_result})",
    )
