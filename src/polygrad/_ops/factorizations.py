"""Factorizations that the standard lacks, the matrix exponential, and what comes with them.

The forwards are loops over columns in functions of the standard, without a decision that depends on a value: they run on every
library and inside of every transform.  Where a library has LAPACK's routines, its kernels call those.
"""

from __future__ import annotations

import math

from .._core.primitive import primitive
from .._pade import column_norm, largest_norm, pade
from .batching import leading_axes
from .decompositions import adjoint
from .linalg import on_diagonal

# -- LU ----------------------------------------------------------------------------------------------------------------


def _size(xp, x):
    """What LAPACK compares to choose a pivot: ``|re| + |im|``, cheaper than the absolute value of a complex number."""
    if xp.isdtype(x.dtype, "complex floating"):
        return xp.abs(xp.real(x)) + xp.abs(xp.imag(x))
    return xp.abs(x)


def _exchange(xp, numbers, first, second):
    """``numbers`` (a permutation, or several) with the places ``first``, an int, and ``second``, an array, exchanged."""
    places = xp.arange(numbers.shape[-1], dtype=numbers.dtype, device=xp.device(numbers))
    of_first = xp.sum(xp.where(places == first, numbers, xp.zeros_like(numbers)), axis=-1, keepdims=True)
    of_second = xp.sum(xp.where(places == second, numbers, xp.zeros_like(numbers)), axis=-1, keepdims=True)
    return xp.where(places == first, of_second, xp.where(places == second, of_first, numbers))


@primitive(promotes="float", outputs=2, accumulates=True)
def lu_factor(xp, x, /):
    """``L`` below the diagonal and ``U`` from the diagonal on, in one matrix, and LAPACK's pivots.

    Row ``j`` was exchanged with row ``pivots[j] - 1``, for every ``j`` in turn.  G. H. Golub and C. F. Van Loan, "Matrix
    Computations" (2013), algorithm 3.4.1.
    """
    *batch, rows, columns = x.shape
    numbers = xp.arange(rows, dtype=xp.int32, device=xp.device(x))
    places = xp.arange(columns, dtype=xp.int32, device=xp.device(x))
    pivots = []
    for j in range(min(rows, columns)):
        size = _size(xp, x[..., j])
        best = xp.argmax(xp.where(numbers < j, xp.zeros_like(size) - 1, size), axis=-1, keepdims=True)
        best = xp.astype(best, xp.int32)
        pivots.append(best + 1)
        order = _exchange(xp, xp.broadcast_to(numbers, (*batch, rows)), j, best)
        x = xp.take_along_axis(x, xp.broadcast_to(xp.expand_dims(order, axis=-1), x.shape), axis=-2)
        pivot = x[..., j : j + 1, j : j + 1]
        below = xp.expand_dims(numbers, axis=-1) > j
        # A pivot of 0 has only zeros below it: they stay.
        factors = xp.where(
            below, x[..., j : j + 1] / xp.where(pivot == 0, xp.ones_like(pivot), pivot), xp.zeros_like(pivot)
        )
        row = xp.where(places > j, x[..., j : j + 1, :], xp.zeros_like(pivot))
        x = xp.where(xp.logical_and(below, places == j), factors, x - factors * row)
    found = xp.concat(pivots, axis=-1) if pivots else xp.zeros((*batch, 0), dtype=xp.int32, device=xp.device(x))
    return x, found


@primitive(differentiable=False)
def rows_of_pivots(xp, pivots, /, *, rows):
    """The order of ``rows`` rows that LAPACK's ``pivots`` lead to: ``A[order] = L @ U``."""
    numbers = xp.arange(rows, dtype=pivots.dtype, device=xp.device(pivots))
    order = xp.broadcast_to(numbers, (*pivots.shape[:-1], rows))
    for j in range(pivots.shape[-1]):
        order = _exchange(xp, order, j, pivots[..., j : j + 1] - 1)
    return order


def unit_lower(xp, packed):
    """The lower triangular factor in a square packed matrix, with ones on the diagonal."""
    return xp.tril(packed, k=-1) + on_diagonal(xp, xp.ones_like(packed), 0)


def _of_right(xp, upper, g):
    """``g @ inv(upper).T``."""
    return xp.matrix_transpose(xp.solve_triangular(upper, xp.matrix_transpose(g), upper=True))


def _lu_factor(xp, g, ans, x_shape):
    # F. de Hoog, R. Anderssen and M. Lukas, "Differentiation of matrix functionals using triangular factorization" (2011), for
    # square matrices.  What is beyond the square part is L @ U2 or L2 @ U, so its cotangent goes through a triangular solution.
    packed, pivots = ans
    rows, columns = x_shape[-2:]
    side = min(rows, columns)
    square, of_square = packed[..., :side, :side], g[0][..., :side, :side]
    of_lower = of_upper = of_square
    turned = xp.matrix_transpose(unit_lower(xp, square))
    solve_left = lambda y: xp.solve_triangular(turned, y, upper=True, unitriangular=True)  # noqa: E731
    if columns > rows:
        beyond = solve_left(g[0][..., side:])
        of_lower = of_lower - xp.matmul(beyond, xp.matrix_transpose(packed[..., side:]))
    elif rows > columns:
        beyond = _of_right(xp, square, g[0][..., side:, :])
        of_upper = of_upper - xp.matmul(xp.matrix_transpose(packed[..., side:, :]), beyond)
    inner = xp.tril(xp.matmul(turned, of_lower), k=-1)
    inner = inner + xp.triu(xp.matmul(of_upper, xp.matrix_transpose(xp.triu(square))))
    result = _of_right(xp, square, solve_left(inner))
    if rows != columns:
        result = xp.concat([result, beyond], axis=-1 if columns > rows else -2)
    back = xp.argsort(xp.rows_of_pivots(pivots, rows=rows), axis=-1)
    return xp.take_along_axis(result, xp.broadcast_to(xp.expand_dims(back, axis=-1), result.shape), axis=-2)


lu_factor.defvjp(x=_lu_factor)
lu_factor.defbatch(leading_axes)
rows_of_pivots.defbatch(leading_axes)

# -- Householder reflections -------------------------------------------------------------------------------------------


@primitive(promotes="float", outputs=2, differentiable=False, accumulates=True)
def geqrf(xp, x, /):
    """``R`` from the diagonal on, below it the vectors of the reflections whose product is ``Q``, and their factors.

    The vectors have a 1 on the diagonal, which is not stored.  G. H. Golub and C. F. Van Loan, "Matrix Computations" (2013),
    5.2.2, with the signs of LAPACK.
    """
    *batch, rows, columns = x.shape
    is_complex = xp.isdtype(x.dtype, "complex floating")
    numbers = xp.arange(rows, device=xp.device(x))
    places = xp.arange(columns, device=xp.device(x))
    taus = []
    for j in range(min(rows, columns)):
        column = x[..., j]
        rest = xp.where(numbers > j, column, xp.zeros_like(column))
        first = column[..., j : j + 1]
        real = xp.real(first) if is_complex else first
        imaginary = xp.imag(first) if is_complex else xp.zeros_like(first)
        below = xp.sum(xp.abs(rest) ** 2, axis=-1, keepdims=True)
        nothing = xp.logical_and(below == 0, imaginary == 0)  # no reflection is needed
        length = xp.sqrt(below + real * real + imaginary * imaginary)
        beta = xp.where(real < 0, length, -length)
        beta = xp.where(nothing, xp.where(real == 0, xp.ones_like(real), real), beta)
        tau = xp.where(nothing, xp.zeros_like(beta), (beta - real) / beta)
        scale = first - beta
        if is_complex:
            tau = xp.complex(tau, xp.where(nothing, xp.zeros_like(beta), -imaginary / beta))
        vector = rest / xp.where(xp.broadcast_to(nothing, scale.shape), xp.ones_like(scale), scale)
        vector = xp.where(numbers == j, xp.ones_like(vector), vector)
        back = xp.expand_dims(vector, axis=-1)
        along = xp.matmul(adjoint(xp, back), x)
        factor = xp.expand_dims(xp.conj(tau) if is_complex else tau, axis=-1)
        reflected = x - factor * back * along
        x = xp.where(places > j, reflected, x)
        at_j = xp.where(numbers < j, column, xp.where(numbers == j, reflected[..., j], vector))
        x = xp.where(places == j, xp.expand_dims(at_j, axis=-1), x)
        taus.append(tau)
    found = xp.concat(taus, axis=-1) if taus else xp.zeros((*batch, 0), dtype=x.dtype, device=xp.device(x))
    return x, found


geqrf.defbatch(leading_axes)

# -- the matrix exponential --------------------------------------------------------------------------------------------


@primitive(promotes="float", accumulates=True)
def matrix_exp(xp, x, /):
    """The exponential of square matrices, by scaling and squaring (N. J. Higham, 2005).

    A matrix is halved until its norm is small, and the result squared as often.  NaN for a norm so large that no digit of the
    result would be known.
    """
    if not x.shape[-1]:
        return xp.zeros_like(x)
    eps = float(xp.finfo(x.dtype).eps)
    single = eps > 1e-10
    limit = largest_norm(single)
    norm = column_norm(xp, x)
    scale, halved = xp.ones_like(norm), []
    for _ in range(int(-math.log2(eps))):
        large = norm > limit
        halved.append(large)
        norm, scale = xp.where(large, norm * 0.5, norm), xp.where(large, scale * 0.5, scale)
    scale = xp.where(norm > limit, xp.zeros_like(scale) + math.nan, scale)
    small = x * xp.astype(scale, x.dtype)
    result = xp.solve(*pade(xp, small, on_diagonal(xp, xp.ones_like(small), 0), single))
    for large in halved:
        result = xp.where(large, xp.matmul(result, result), result)
    return result


def _exp_derivative(xp, x, direction):
    """The Fréchet derivative: the upper right block of ``exp([[x, direction], [0, x]])``.

    N. J. Higham, "Functions of Matrices" (2008), (3.16); R. Mathias, "A chain rule for matrix functions and applications" (1996).
    """
    side = x.shape[-1]
    above = xp.concat([x, direction], axis=-1)
    below = xp.concat([xp.zeros_like(x), x], axis=-1)
    return xp.matrix_exp(xp.concat([above, below], axis=-2))[..., :side, side:]


matrix_exp.defvjp(x=lambda xp, g, x: _exp_derivative(xp, xp.matrix_transpose(x), g))
matrix_exp.defjvp(x=lambda xp, t, x: _exp_derivative(xp, x, t))
matrix_exp.defbatch(leading_axes)
