"""Compute the polynomials of the special functions: ``python tools/special_tables.py`` writes ``_ops/special_tables.py``.

Each is a function on an interval, interpolated at the zeros of a Chebyshev polynomial in 40 digits, cut off where the rest is
below 1e-18 of the function, and written as a polynomial of ``t`` between -1 and 1, or of ``(t + 1) / 2`` where all terms have
one sign and the function is smallest at 0.  It needs mpmath, and takes a few minutes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mpmath import mp

mp.dps = 40
one = mp.mpf(1)

TARGET = Path(__file__).resolve().parents[1] / "src" / "polygrad" / "_ops" / "special_tables.py"
NODES = 44
TINY = mp.mpf(10) ** -30

Function = Callable[[Any], Any]


# -- what t stands for: functions of x become functions of t between -1 and 1 --------------------------------------------


def along(low: Any, high: Any) -> Callable[[Function], Function]:
    """``x`` runs from ``low`` to ``high``."""
    middle, half = (mp.mpf(high) + mp.mpf(low)) / 2, (mp.mpf(high) - mp.mpf(low)) / 2
    return lambda function: lambda t: function(middle + half * t)


def squares(last: Any) -> Callable[[Function], Function]:
    """The square of ``x`` runs from 0 to that of ``last``."""
    return lambda function: along(0, last * last)(lambda square: function(mp.sqrt(square + TINY)))


def inverses(first: Any) -> Callable[[Function], Function]:
    """``first / x`` runs from 0 to 1."""
    return lambda function: along(0, 1)(lambda part: function(first / (part + TINY)))


def inverse_squares(first: Any) -> Callable[[Function], Function]:
    """The square of ``first / x`` runs from 0 to 1."""
    return lambda function: along(0, 1)(lambda part: function(first / mp.sqrt(part + TINY)))


def quotients(middle: Any, low: Any = 0, high: Any = mp.inf) -> Callable[[Function], Function]:
    """``(x - middle) / (x + middle)`` runs from its value at ``low`` to its value at ``high``."""
    first, last = (one if x == mp.inf else (x - middle) / (mp.mpf(x) + middle) for x in (low, high))
    return lambda function: along(first, last)(lambda s: function(middle * (1 + s) / (1 - s)))


def polynomial(function: Function) -> list[Any]:
    """The coefficients of ``function`` of ``t``, the highest power first."""
    angles = [(2 * k + 1) * mp.pi / (2 * NODES) for k in range(NODES)]
    values = [function(mp.cos(angle)) for angle in angles]
    size = max(min(map(abs, values)), max(map(abs, values)) / 1000)
    series = [
        2 * mp.fsum(v * mp.cos(j * angle) for v, angle in zip(values, angles, strict=True)) / NODES
        for j in range(NODES)
    ]
    series[0] /= 2
    while abs(series[-1]) < size * mp.mpf(10) ** -18:
        series.pop()
    assert len(series) < NODES - 3, "more nodes are needed"
    powers = [mp.mpf(0)] * len(series)
    before, current = [mp.mpf(1)], [mp.mpf(0), mp.mpf(1)]
    for amount in series:
        for k, c in enumerate(before):
            powers[k] += amount * c
        following = [mp.mpf(0), *[2 * c for c in current]]
        for k, c in enumerate(before):
            following[k] -= c
        before, current = current, following
    return powers[::-1]


def from_zero(powers: list[Any]) -> list[Any]:
    """A polynomial of ``t``, the highest power first, as one of ``(t + 1) / 2``."""
    result = [powers[0]]
    for c in powers[1:]:  # times t = 2 u - 1, plus c
        longer = [2 * r for r in result] + [mp.mpf(0)]
        for k, r in enumerate(result):
            longer[k + 1] -= r
        longer[-1] += c
        result = longer
    assert all(c > 0 for c in result)
    return result


# -- functions -----------------------------------------------------------------------------------------------------------


def erfcx(x: Any) -> Any:
    """``exp(x * x) * erfc(x)``."""
    if x < 30:
        return mp.exp(x * x) * mp.erfc(x)
    return mp.fsum((-1) ** k * mp.fac2(2 * k - 1) / (2 * x * x) ** k for k in range(30)) / (x * mp.sqrt(mp.pi))


def quantile(r: Any) -> Any:
    """Where the normal distribution's upper tail is ``exp(-r * r / 2)``, by Newton's method."""
    x = mp.sqrt(r * r - 2 * mp.log(r) - mp.log(2 * mp.pi)) if r > 2.3 else one * 0.7
    for _ in range(60):
        tail = mp.erfc(x / mp.sqrt(2)) / 2
        step = (mp.log(tail) + r * r / 2) / (mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi) / tail)
        x += step
        if abs(step) < mp.mpf(10) ** -35:
            return x
    raise AssertionError("no convergence")


def stirling(x: Any) -> Any:
    """What the logarithm of the gamma function has beyond Stirling's formula, times ``x``."""
    return x * (mp.loggamma(x) - (x - one / 2) * mp.log(x) + x - mp.log(2 * mp.pi) / 2)


def digamma_rest(x: Any) -> Any:
    """What digamma lacks of ``log(x) - 1 / (2 * x)``, times ``x * x``."""
    return (mp.log(x) - 1 / (2 * x) - mp.digamma(x)) * x * x


def scaled(bessel: Callable, order: int, sign: int) -> Function:
    """A modified Bessel function without its exponential and its square root."""
    return lambda x: bessel(order, x) * mp.exp(sign * x) * mp.sqrt(x)


def phases(order: int) -> tuple[Function, Function]:
    """``P`` and ``x * Q`` of DLMF 10.17.3 and 10.17.4, from the Bessel functions of both kinds."""

    def turned(x: Any) -> tuple[Any, Any]:
        with mp.workdps(70 if x < 1e9 else 100):
            phase, height = x - (2 * order + 1) * mp.pi / 4, mp.sqrt(mp.pi * x / 2)
            j, y = mp.besselj(order, x) * height, mp.bessely(order, x) * height
            return j * mp.cos(phase) + y * mp.sin(phase), (y * mp.cos(phase) - j * mp.sin(phase)) * x

    return lambda x: turned(x)[0], lambda x: turned(x)[1]


DIGAMMA_ROOT = mp.findroot(mp.digamma, 1.46)
J, Y, I, K = mp.besselj, mp.bessely, mp.besseli, mp.besselk  # noqa: E741


def without_logarithm(second: Callable, first: Callable, order: int, factor: Any) -> Function:
    """A function of the second kind without its part ``factor * log(x / 2)`` times that of the first kind; even in ``x``."""
    return lambda x: (second(order, x) - factor * mp.log(x / 2) * first(order, x)) * x**order


def tables() -> dict[str, tuple[str, list[Any]]]:
    """Name → what it is, and the coefficients."""
    made: dict[str, tuple[str, Function]] = {
        "ERFCX": ("(1 + 2 x) erfcx(x); t is (x - 3.75) / (x + 3.75)", quotients(3.75)(lambda x: (1 + 2 * x) * erfcx(x))),
        "NDTRI_CENTRE": ("ndtri(1/2 + u) / u; u * u goes to 1/16",
                         squares(one / 4)(lambda u: mp.sqrt(2) * mp.erfinv(2 * u) / u)),
        "NDTRI_MIDDLE": ("-ndtri(exp(-r * r / 2)) / r, r from 1.6 to 8; t goes with (r - 2) / (r + 2)",
                         quotients(2, 1.6, 8)(lambda r: quantile(r) / r)),
        "NDTRI_FAR": ("the same, r from 8 to 39; t goes with (r - 16) / (r + 16)",
                      quotients(16, 8, 39)(lambda r: quantile(r) / r)),
        "LGAMMA_NEAR": ("lgamma(x) / ((x - 1) (x - 2)), x from 1 to 2.5",
                        along(1, 2.5)(lambda x: mp.loggamma(x) / ((x - 1) * (x - 2)))),
        "LGAMMA_FAR": ("the rest of Stirling's formula times x; the square of 2.5 / x", inverse_squares(2.5)(stirling)),
        "DIGAMMA_NEAR": ("digamma(x) / (x - its root), x from 1 to 2.5",
                         along(1, 2.5)(lambda x: mp.digamma(x) / (x - DIGAMMA_ROOT))),
        "DIGAMMA_FAR": ("(log(x) - 1 / (2 x) - digamma(x)) x * x; the square of 2.5 / x", inverse_squares(2.5)(digamma_rest)),
        "I0_NEAR": ("I0(x); x * x goes to 64", squares(8)(lambda x: I(0, x))),
        "I1_NEAR": ("I1(x) / x; x * x goes to 64", squares(8)(lambda x: I(1, x) / x)),
        "I0_FAR": ("exp(-x) sqrt(x) I0(x); 8 / x", inverses(8)(scaled(I, 0, -1))),
        "I1_FAR": ("exp(-x) sqrt(x) I1(x); 8 / x", inverses(8)(scaled(I, 1, -1))),
        "K0_NEAR": ("K0(x) + log(x / 2) I0(x); x * x goes to 4", squares(2)(without_logarithm(K, I, 0, -1))),
        "K1_NEAR": ("(K1(x) - log(x / 2) I1(x)) x; x * x goes to 4", squares(2)(without_logarithm(K, I, 1, 1))),
        "K0_FAR": ("exp(x) sqrt(x) K0(x); 2 / x", inverses(2)(scaled(K, 0, 1))),
        "K1_FAR": ("exp(x) sqrt(x) K1(x); 2 / x", inverses(2)(scaled(K, 1, 1))),
        "J0_NEAR": ("J0(x); x * x goes to 64", squares(8)(lambda x: J(0, x))),
        "J1_NEAR": ("J1(x) / x; x * x goes to 64", squares(8)(lambda x: J(1, x) / x)),
        "Y0_NEAR": ("Y0(x) - 2 / pi log(x / 2) J0(x); x * x goes to 64", squares(8)(without_logarithm(Y, J, 0, 2 / mp.pi))),
        "Y1_NEAR": ("(Y1(x) - 2 / pi log(x / 2) J1(x)) x; x * x goes to 64",
                    squares(8)(without_logarithm(Y, J, 1, 2 / mp.pi))),
        **{f"{letter}{order}_FAR": (f"{what} of order {order}; the square of 8 / x", inverse_squares(8)(phases(order)[k]))
           for order in (0, 1) for k, (letter, what) in enumerate((("P", "P"), ("Q", "x Q")))},
    }  # fmt: skip
    found = {name: (what, polynomial(function)) for name, (what, function) in made.items()}
    for name in ("I0_NEAR", "I1_NEAR"):
        found[name] = (found[name][0] + ", in its 64th part", from_zero(found[name][1]))
    high = mp.mpf(float(DIGAMMA_ROOT))
    found["DIGAMMA_ROOT"] = ("its root, as a sum of two numbers", [high, DIGAMMA_ROOT - high])
    found["EULER_MACLAURIN"] = ("Bernoulli's number 2 k over the factorial of 2 k, from k = 1 on",
                                [mp.bernoulli(2 * k) / mp.factorial(2 * k) for k in range(1, 13)])  # fmt: skip
    return found


HEAD = '''"""Polynomials of the special functions, the highest power first, in ``t`` between -1 and 1 or in what the comment says.

Written by `python tools/special_tables.py`, which says how they are computed.
"""
'''


def main() -> None:
    """Write the module."""
    parts = [HEAD]
    for name, (what, numbers) in tables().items():
        lines = textwrap.fill(
            ", ".join(repr(float(c)) for c in numbers), 120, initial_indent="    ", subsequent_indent="    "
        )
        parts.append(f"#: {what}\n{name} = (\n{lines},\n)  # fmt: skip\n")
    TARGET.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
