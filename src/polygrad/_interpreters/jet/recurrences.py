"""Recurrences for the coefficients of series: the primitives that others' derivatives are made of, and linear algebra.

A. Griewank and A. Walther, "Evaluating Derivatives" (2008), tables 13.1 and 13.2; linear systems by comparing coefficients.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Series = list[Any]


def _sum(a: Any, b: Any) -> Any:
    return b if a is None else a if b is None else a + b


def convolution(op: Callable, a: Series, b: Series, k: int, first: int = 0) -> Any:
    """The sum of ``op(a[j], b[k - j])`` for ``j`` from ``first`` to ``k``, of the terms that are not zero; or None."""
    total = None
    for j in range(first, k + 1):
        if a[j] is not None and b[k - j] is not None:
            total = _sum(total, op(a[j], b[k - j]))
    return total


def derivative(series: Series) -> Series:
    """The coefficients of the derivative, one fewer."""
    return [None if c is None else c if k == 1 else c * k for k, c in enumerate(series)][1:]


def integral(first: Any, derivative: Series) -> Series:
    return [first, *[None if c is None else c if k == 0 else c * (1 / (k + 1)) for k, c in enumerate(derivative)]]


#: Name of a primitive → its recurrence.
RECURRENCES: dict[str, Callable[..., Any]] = {}


def recurrence(names: str) -> Callable[[Callable], Callable]:
    """Put ``(xp, op, series, length, **settings) -> coefficients`` into the table under all ``names``."""

    def put(function: Callable) -> Callable:
        RECURRENCES.update(dict.fromkeys(names.split(), function))
        return function

    return put


@recurrence("add subtract")
def _add(xp: Any, op: Callable, series: list[Series], length: int) -> Series:
    x, y = series
    found = [op(x[0], y[0])]
    shape = tuple(found[0].shape)
    for k in range(1, length):
        a, b = x[k], y[k]
        if a is None and b is None:
            found.append(None)
            continue
        made: Any = op(xp.zeros_like(b), b) if a is None else a if b is None else op(a, b)
        found.append(made if tuple(made.shape) == shape else xp.broadcast_to(made, shape))
    return found


@recurrence("divide")
def _divide(xp: Any, op: Callable, series: list[Series], length: int) -> Series:
    x, y = series
    found = [op(x[0], y[0])]
    for k in range(1, length):
        rest = convolution(xp.multiply, y, found, k, 1)
        if rest is None:
            top = x[k]
        elif x[k] is None:
            top = -rest
        else:
            top = x[k] - rest
        found.append(None if top is None else op(top, y[0]))
    return found


@recurrence("reciprocal")
def _reciprocal(xp: Any, op: Callable, series: list[Series], length: int) -> Series:
    (x,) = series
    found = [op(x[0])]
    for k in range(1, length):
        rest = convolution(xp.multiply, x, found, k, 1)
        found.append(None if rest is None else -(rest * found[0]))
    return found


@recurrence("square")
def _square(xp: Any, op: Callable, series: list[Series], length: int) -> Series:
    (x,) = series
    return [op(x[0]), *[convolution(xp.multiply, x, x, k) for k in range(1, length)]]


@recurrence("exp")
def _exp(xp: Any, op: Callable, series: list[Series], length: int) -> Series:
    (x,) = series
    found, slope = [op(x[0])], derivative(x)
    for k in range(1, length):
        total = convolution(xp.multiply, slope, found, k - 1)
        found.append(None if total is None else total * (1 / k))
    return found


def _pair(xp: Any, x: Series, length: int, sine: str, cosine: str, sign: float) -> tuple[Series, Series]:
    """``s' = c x'`` and ``c' = sign * s x'``."""
    s, c = [getattr(xp, sine)(x[0])], [getattr(xp, cosine)(x[0])]
    slope = derivative(x)
    for k in range(1, length):
        of_s, of_c = convolution(xp.multiply, slope, c, k - 1), convolution(xp.multiply, slope, s, k - 1)
        s.append(None if of_s is None else of_s * (1 / k))
        c.append(None if of_c is None else of_c * (sign / k))
    return s, c


@recurrence("sin")
def _sin(xp: Any, op: Callable, series: list[Series], length: int) -> Series:
    return _pair(xp, series[0], length, "sin", "cos", -1.0)[0]


@recurrence("cos")
def _cos(xp: Any, op: Callable, series: list[Series], length: int) -> Series:
    return _pair(xp, series[0], length, "sin", "cos", -1.0)[1]


@recurrence("sinh")
def _sinh(xp: Any, op: Callable, series: list[Series], length: int) -> Series:
    return _pair(xp, series[0], length, "sinh", "cosh", 1.0)[0]


@recurrence("cosh")
def _cosh(xp: Any, op: Callable, series: list[Series], length: int) -> Series:
    return _pair(xp, series[0], length, "sinh", "cosh", 1.0)[1]


@recurrence("sqrt")
def _sqrt(xp: Any, op: Callable, series: list[Series], length: int) -> Series:
    (x,) = series
    found = [op(x[0])]
    double = found[0] * 2
    for k in range(1, length):
        inner = [None, *found[1:], None]
        middle = convolution(xp.multiply, inner, inner, k)
        top = x[k] if middle is None else -middle if x[k] is None else x[k] - middle
        found.append(None if top is None else top / double)
    return found


@recurrence("solve solve_triangular")
def _solve(xp: Any, op: Callable, series: list[Series], length: int, **settings: Any) -> Series:
    a, b = series
    if "upper" in settings:  # only a triangle is read, and of the derivatives also not the ones on the diagonal
        offset = int(settings["unitriangular"])
        read = (lambda x: xp.triu(x, k=offset)) if settings["upper"] else (lambda x: xp.tril(x, k=-offset))
        a = [a[0], *[None if c is None else read(c) for c in a[1:]]]
    found = [op(a[0], b[0], **settings)]
    shape = tuple(found[0].shape)
    for k in range(1, length):
        rest = convolution(xp.matmul, a, found, k, 1)
        top = b[k] if rest is None else -rest if b[k] is None else b[k] - rest
        made = None if top is None else op(a[0], top, **settings)
        found.append(made if made is None or tuple(made.shape) == shape else xp.broadcast_to(made, shape))
    return found


@recurrence("inv")
def _inv(xp: Any, op: Callable, series: list[Series], length: int) -> Series:
    (a,) = series
    found = [op(a[0])]
    for k in range(1, length):
        rest = convolution(xp.matmul, a, found, k, 1)
        found.append(None if rest is None else -xp.matmul(found[0], rest))
    return found


def _logarithmic(xp: Any, a: Series, length: int) -> Series:
    """The coefficients of ``trace(inv(a) @ a')``, the derivative of the determinant's logarithm, up to ``length - 1``."""
    inverse, slope = _inv(xp, xp.inv, [a], length), derivative(a)
    trace = lambda x, y: xp.sum(xp.matrix_transpose(x) * y, axis=(-2, -1))  # noqa: E731
    return [convolution(trace, inverse, slope, k) for k in range(length - 1)]


@recurrence("det")
def _det(xp: Any, op: Callable, series: list[Series], length: int) -> Series:
    (a,) = series
    found, slope = [op(a[0])], _logarithmic(xp, a, length)
    for k in range(1, length):
        total = convolution(xp.multiply, slope, found, k - 1)
        found.append(None if total is None else total * (1 / k))
    return found


@recurrence("slogdet")
def _slogdet(xp: Any, op: Callable, series: list[Series], length: int) -> Any:
    (a,) = series
    (sign, size), slope = op(a[0]), _logarithmic(xp, a, length)
    if not xp.isdtype(a[0].dtype, "complex floating"):
        return [sign], integral(size, slope)
    real = [None if c is None else xp.real(c) for c in slope]
    turn = [None if c is None else xp.complex(xp.zeros_like(xp.real(c)), xp.imag(c)) for c in slope]
    signs = [sign]
    for k in range(1, length):
        total = convolution(xp.multiply, turn, signs, k - 1)
        signs.append(None if total is None else total * (1 / k))
    return signs, integral(size, real)


@recurrence("matrix_exp")
def _matrix_exp(xp: Any, op: Callable, series: list[Series], length: int) -> Series:
    # The exponential of the block matrix that multiplies polynomials: N. J. Higham, "Functions of Matrices" (2008), theorem 3.6.
    (a,) = series
    zero = xp.zeros_like(a[0])
    blocks = [zero if c is None else c for c in a]
    rows = [xp.concat([zero] * k + blocks[: length - k], axis=-1) for k in range(length)]
    whole, side = op(xp.concat(rows, axis=-2)), a[0].shape[-1]
    return [whole[..., :side, side * k : side * (k + 1)] for k in range(length)]
