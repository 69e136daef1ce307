"""Decompositions, and what is solved with them.

The literature states these rules for the Hermitian inner product; `from_hermitian` brings them to the bilinear
convention of the engine. Sources: M. B. Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008); I. Murray, "Differentiation of the Cholesky decomposition" (2016); S. F. Walter,
L. Lehmann and R. Lamour, "On evaluating higher-order derivatives of the QR decomposition of tall matrices with full
column rank" (2012); Z.-Q. Wan and S.-X. Zhang, "Automatic differentiation for complex valued SVD" (2019).

Where eigenvalues or singular values coincide, their vectors may be turned into each other and have no derivative.  What
a function of the values and the vectors together has, such as ``V @ diag(f(w)) @ V.mT``, cannot be told from the
cotangents: it would be 0 / 0.  So the gradient is NaN then, of every loss that goes through the vectors.  The gradient of
the values alone is what it is elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from .._core.generated import evaluate
from .._core.primitive import parameters, primitive
from .batching import leading_axes
from .linalg import collapse, on_diagonal
from .reductions import products_of_the_others


def conjugate(xp, x):
    """The conjugate of an array, of several, or of None."""
    if x is None:
        return None
    if isinstance(x, (tuple, list)):
        return tuple([conjugate(xp, one) for one in x])
    return xp.conj(x) if xp.isdtype(x.dtype, "complex floating") else x


def from_hermitian(rule: Callable) -> Callable:
    """Adapt ``rule``, written for the Hermitian inner product, to the bilinear convention."""
    residuals = "".join(f", {name}" for name in parameters(rule))
    text = f"lambda xp, g{residuals}: conjugate(xp, rule(xp, conjugate(xp, g){residuals}))"
    return evaluate(text, rule=rule, conjugate=conjugate)


def adjoint(xp, x):
    """The conjugate transpose."""
    return conjugate(xp, xp.matrix_transpose(x))


def of_triangle(xp, x):
    """The Hermitian matrix whose lower triangle is that of ``x``; imaginary parts on the diagonal are dropped."""
    half = (xp.tril(x) + xp.tril(x, k=-1)) * 0.5
    return half + adjoint(xp, half)


def _product(xp, first, *others):
    for x in others:
        first = xp.matmul(first, x)
    return first


def _columns(xp, x):
    """A vector as what multiplies the columns of a matrix."""
    return xp.expand_dims(x, axis=-2)


def _reciprocal(xp, x, negligible):
    """``1 / x``, and 0 where ``x`` is not larger than ``negligible``."""
    small = xp.abs(x) <= negligible
    return xp.where(small, xp.zeros_like(x), 1 / xp.where(small, xp.ones_like(x), x))


#: The errors of eigenvalues, as a multiple of the largest one's rounding.
_ROUNDING = 16.0


def _largest(xp, values):
    sizes = xp.abs(values)
    return xp.max(sizes, axis=-1, keepdims=True) if values.shape[-1] else xp.sum(sizes, axis=-1, keepdims=True)


def _over_gaps(xp, turn, cotangent, values, gaps):
    """``turn`` over ``gaps``, which are 0 for pairs of equal ``values``, without its diagonal.

    NaN for pairs that are equal, and for pairs that are equal up to rounding, unless the loss uses neither vector of the pair,
    as with the small values of a matrix of low rank: the columns of ``cotangent``, that of the vectors, are 0 there.
    """
    rounding = xp.expand_dims(_ROUNDING * xp.finfo(values.dtype).eps * _largest(xp, values), axis=-1)
    differences = _columns(xp, values) - xp.expand_dims(values, axis=-1)
    close = xp.abs(differences) <= rounding
    same = on_diagonal(xp, xp.ones_like(differences), 0) != 0
    nothing = xp.zeros_like(gaps)
    unused = xp.sum(xp.abs(cotangent), axis=-2, keepdims=True) == 0
    unused = xp.logical_and(unused, xp.matrix_transpose(unused))
    left_out = xp.logical_or(same, xp.logical_and(differences != 0, unused))
    undefined = xp.where(left_out, nothing, nothing + math.nan)
    return turn * xp.where(close, undefined, 1 / xp.where(close, xp.ones_like(gaps), gaps))


# -- systems of equations ----------------------------------------------------------------------------------------------


@primitive(promotes="float")
def solve(xp, a, b, /):
    """``X`` with ``a @ X = b``: square matrices and matrices, in batches that are broadcast."""
    return xp.solve(a, b)


def _solve(xp, g, a, a_shape, b_shape, ans, needs):
    of_b = xp.solve(xp.matrix_transpose(a), g)
    of_a = collapse(xp, -xp.matmul(of_b, xp.matrix_transpose(ans)), a_shape) if needs[0] else None
    return of_a, collapse(xp, of_b, b_shape) if needs[1] else None


solve.defvjp(_solve)
solve.defjvp(a=lambda xp, t, a, ans: -xp.solve(a, xp.matmul(t, ans)), b=lambda xp, t, a: xp.solve(a, t))


def _batch_solve(batch, a, b, **settings):
    ndim = max(batch.ndim(0, a), batch.ndim(1, b))
    return batch.op(batch.aligned(0, a, ndim), batch.aligned(1, b, ndim), **settings)


solve.defbatch(_batch_solve)


@primitive(promotes="float")
def solve_triangular(xp, a, b, /, *, upper, unitriangular=False):
    """``X`` with ``a @ X = b``, of which only the ``upper`` or lower triangle of ``a`` is read.

    With ``unitriangular`` the diagonal is taken to be 1 and is not read either.
    """
    offset = int(unitriangular)
    triangle = xp.triu(a, k=offset) if upper else xp.tril(a, k=-offset)
    if unitriangular:
        triangle = triangle + on_diagonal(xp, xp.ones_like(a), 0)
    return xp.solve(triangle, b)


def _solve_triangular(xp, g, a, a_shape, b_shape, ans, upper, unitriangular, needs):
    of_b = xp.solve_triangular(xp.matrix_transpose(a), g, upper=not upper, unitriangular=unitriangular)
    of_a = None
    if needs[0]:
        whole = collapse(xp, -xp.matmul(of_b, xp.matrix_transpose(ans)), a_shape)
        of_a = xp.triu(whole, k=int(unitriangular)) if upper else xp.tril(whole, k=-int(unitriangular))
    return of_a, collapse(xp, of_b, b_shape) if needs[1] else None


solve_triangular.defvjp(_solve_triangular)
solve_triangular.defbatch(_batch_solve)


@primitive(promotes="float")
def inv(xp, x, /):
    """The inverse of square matrices."""
    return xp.inv(x)


def _inv(xp, g, ans):
    back = xp.matrix_transpose(ans)
    return -_product(xp, back, g, back)


inv.defvjp(x=_inv)
inv.defjvp(x=lambda xp, t, ans: -_product(xp, ans, t, ans))
inv.defbatch(leading_axes)


@primitive(promotes="float")
def pinv(xp, x, /, *, rtol=None, atol=0.0, hermitian=False):
    """The pseudoinverse; singular values up to ``max(atol, rtol * largest)`` count as 0.

    With ``hermitian`` only the lower triangle is read.
    """
    if hermitian:
        x = of_triangle(xp, x)
    if 0 in x.shape[-2:]:
        return xp.matrix_transpose(x)
    u, s, vh = xp.svd(x, full_matrices=False)
    if rtol is None:
        rtol = 0.0 if atol else max(x.shape[-2:]) * float(xp.finfo(x.dtype).eps)
    limit = xp.max(s, axis=-1, keepdims=True) * rtol
    limit = xp.where(limit < atol, xp.ones_like(limit) * atol, limit)
    return xp.matmul(adjoint(xp, vh) * _columns(xp, xp.astype(_reciprocal(xp, s, limit), x.dtype)), adjoint(xp, u))


@from_hermitian
def _pinv(xp, g, x, ans):
    # G. H. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose
    # variables separate" (1973), for matrices of constant rank.
    gh, back = adjoint(xp, g), adjoint(xp, ans)
    inside = -_product(xp, back, g, back)
    left = _product(xp, gh, ans, back)
    right = _product(xp, back, ans, gh)
    return inside + left - _product(xp, x, ans, left) + right - _product(xp, right, ans, x)


pinv.defvjp(x=_pinv)
pinv.defbatch(leading_axes)

# -- determinants ------------------------------------------------------------------------------------------------------


@primitive(promotes="float")
def det(xp, x, /):
    """The determinant of square matrices."""
    return xp.det(x)


def _each_matrix(xp, g):
    """``g``, one number for every matrix, as what multiplies the matrices."""
    return xp.expand_dims(xp.expand_dims(g, axis=-1), axis=-1)


det.defvjp(x=lambda xp, g, x: _each_matrix(xp, g) * xp.matrix_transpose(xp.adjugate(x)))
det.defjvp(x=lambda xp, t, x: _trace(xp, xp.adjugate(x), t))
det.defbatch(leading_axes)


def _trace(xp, a, b):
    """The trace of ``a @ b``."""
    return xp.sum(xp.matrix_transpose(a) * b, axis=(-2, -1))


@primitive(promotes="float")
def adjugate(xp, x, /):
    """The transposed cofactors: ``det(x) * inv(x)`` where the inverse exists, and defined for singular matrices too.

    From the singular values: the adjugate of a product is the product of the adjugates in reverse order, and the
    adjugate of a unitary matrix is its inverse times its determinant.
    """
    if x.shape[-1] < 2:
        return xp.ones_like(x)
    u, s, vh = xp.svd(x, full_matrices=False)
    sign = _each_matrix(xp, xp.det(u) * xp.det(vh))
    return sign * xp.matmul(adjoint(xp, vh) * _columns(xp, products_of_the_others(xp, s)), adjoint(xp, u))


@primitive(promotes=True)
def adjugate_derivative(xp, x, direction, /):
    """The derivative of the adjugate of ``x`` in a ``direction`` of the same shape, also at singular matrices.

    Turned by the singular vectors, ``x`` is the diagonal matrix of its singular values ``s`` and the direction some matrix
    F.  The adjugate's derivative there is the sum of ``F[j, j] * prod(s without s[i], s[j])`` over ``j`` at (i, i), and
    ``-F[i, j] * prod(s without s[i], s[j])`` at (i, j): the minors of a diagonal matrix to first order in F.
    """
    if x.shape[-1] < 2:
        return xp.zeros_like(x)
    u, s, vh = xp.svd(x, full_matrices=False)
    one_left_out = xp.broadcast_to(_columns(xp, s), x.shape)
    diagonal = on_diagonal(xp, xp.ones_like(one_left_out), 0) > 0
    one_left_out = xp.where(diagonal, xp.ones_like(one_left_out), one_left_out)
    others = products_of_the_others(xp, one_left_out)
    others = xp.astype(xp.where(diagonal, xp.zeros_like(others), others), x.dtype)
    inner = _product(xp, adjoint(xp, u), direction, adjoint(xp, vh))
    along = xp.matmul(others, xp.expand_dims(xp.diagonal(inner), axis=-1))
    inner = xp.where(diagonal, xp.broadcast_to(along, x.shape), -inner * others)
    return _each_matrix(xp, xp.det(u) * xp.det(vh)) * _product(xp, adjoint(xp, vh), inner, adjoint(xp, u))


def _transposed_derivative(xp, g, x):
    # The second derivative of the determinant is symmetric in its directions.
    return xp.matrix_transpose(xp.adjugate_derivative(x, xp.matrix_transpose(g)))


adjugate.defvjp(x=_transposed_derivative)
adjugate.defjvp(x=lambda xp, t, x: xp.adjugate_derivative(x, t))
adjugate.defbatch(leading_axes)


def _adjugate_derivative(xp, g, x, direction, ans):
    # (trace(J E) J - J E J) / det(x), with the adjugate J and the direction E, differentiated once more.  It needs a regular
    # matrix: no third derivative of a singular determinant.
    adjugate, along = xp.adjugate(x), xp.matrix_transpose(g)
    mixed = _each_matrix(xp, _trace(xp, adjugate, direction)) * along
    mixed = mixed + _each_matrix(xp, _trace(xp, adjugate, along)) * direction
    mixed = mixed - _product(xp, direction, adjugate, along) - _product(xp, along, adjugate, direction)
    whole = xp.adjugate_derivative(x, mixed) - _each_matrix(xp, xp.sum(g * ans, axis=(-2, -1))) * adjugate
    return xp.matrix_transpose(whole) / _each_matrix(xp, xp.det(x))


adjugate_derivative.defvjp(x=_adjugate_derivative, direction=_transposed_derivative)
adjugate_derivative.defjvp(direction=lambda xp, t, x: xp.adjugate_derivative(x, t))
adjugate_derivative.defbatch(lambda batch, x, direction: batch.op(batch.whole(0, x), batch.whole(1, direction)))


@primitive(promotes="float", outputs=2)
def slogdet(xp, x, /):
    """The sign (for complex matrices, the unit number) of the determinant, and the logarithm of its size."""
    return tuple(xp.slogdet(x))


def _slogdet(xp, g, x, ans):
    # The logarithm of the determinant has the derivative inv(x).T; its real part is the second result, and its
    # imaginary part the angle of the first.
    of_sign, of_log = g
    whole = None if of_log is None else xp.cast(of_log, x.dtype)
    if of_sign is not None and xp.isdtype(x.dtype, "complex floating"):
        angle = xp.real(of_sign * ans[0] * 1j)
        turned = xp.cast(angle, x.dtype) * -1j
        whole = turned if whole is None else whole + turned
    if whole is None:
        return xp.zeros_like(x)
    return _each_matrix(xp, whole) * xp.matrix_transpose(xp.inv(x))


slogdet.defvjp(x=_slogdet)
slogdet.defbatch(leading_axes)

# Of matrices that ought to be Hermitian the lower triangle is read, as in LAPACK; the standard leaves it to the library.

# -- Cholesky ----------------------------------------------------------------------------------------------------------


@primitive(promotes="float")
def cholesky(xp, x, /):
    """The lower triangular ``L`` with ``L @ adjoint(L) = x``, for Hermitian positive definite ``x``."""
    return xp.cholesky(of_triangle(xp, x))


@from_hermitian
def _cholesky(xp, g, ans):
    upper = adjoint(xp, ans)
    inner = xp.matmul(upper, g)
    half = (xp.tril(inner) + xp.tril(inner, k=-1)) * 0.5
    left = xp.solve_triangular(upper, half, upper=True)
    whole = xp.solve_triangular(upper, adjoint(xp, left), upper=True)
    return (whole + adjoint(xp, whole)) * 0.5


cholesky.defvjp(x=_cholesky)
cholesky.defbatch(leading_axes)

# -- eigenvalues of Hermitian matrices ---------------------------------------------------------------------------------


@primitive(promotes="float", outputs=2)
def eigh(xp, x, /):
    """The eigenvalues, ascending, and eigenvectors, as columns, of Hermitian matrices.

    The gradient is Hermitian.  It is right for a loss that does not depend on the vectors' signs or complex phases, and NaN
    for one that depends on the vectors where eigenvalues coincide.
    """
    return tuple(xp.eigh(of_triangle(xp, x)))


@from_hermitian
def _eigh(xp, g, ans):
    of_values, of_vectors = g
    values, vectors = ans
    result = None if of_values is None else vectors * _columns(xp, of_values)
    if of_vectors is not None:
        turn = _skew(xp, xp.matmul(adjoint(xp, vectors), of_vectors)) * 0.5
        gaps = _columns(xp, values) - xp.expand_dims(values, axis=-1)
        turned = xp.matmul(vectors, _over_gaps(xp, turn, of_vectors, values, gaps))
        result = turned if result is None else result + turned
    result = xp.matmul(result, adjoint(xp, vectors))
    return (result + adjoint(xp, result)) * 0.5


eigh.defvjp(x=_eigh)
eigh.defbatch(leading_axes)


@primitive(promotes="float")
def eigvalsh(xp, x, /):
    """The eigenvalues, ascending, of Hermitian matrices."""
    return xp.eigvalsh(of_triangle(xp, x))


@from_hermitian
def _eigvalsh(xp, g, x):
    vectors = xp.eigh(of_triangle(xp, x))[1]
    return xp.matmul(vectors * _columns(xp, g), adjoint(xp, vectors))


eigvalsh.defvjp(x=_eigvalsh)
eigvalsh.defbatch(leading_axes)

# -- eigenvalues of general matrices -----------------------------------------------------------------------------------


def _as_complex(xp, x):
    return x if xp.isdtype(x.dtype, "complex floating") else xp.complex(x, xp.zeros_like(x))


@primitive(promotes="float", outputs=2)
def eig(xp, x, /):
    """The eigenvalues, in no order, and eigenvectors of length 1, as columns, of square matrices; both complex.

    The gradient is right for a loss that does not depend on the vectors' complex phases, and NaN for one that depends on the
    vectors where eigenvalues coincide.  C. Boeddeker, P. Hanebrink, L. Drude, J. Heymann and R. Haeb-Umbach, "On the computation
    of complex-valued gradients with application to statistically optimum beamforming" (2017), 4.77 and 4.81.
    """
    values, vectors = xp.eig(x)
    return _as_complex(xp, values), _as_complex(xp, vectors)


@from_hermitian
def _eig(xp, g, x, ans):
    of_values, of_vectors = g
    values, vectors = ans
    inner = None
    if of_vectors is not None:
        turn = xp.matmul(adjoint(xp, vectors), of_vectors)
        along = xp.cast(xp.real(xp.diagonal(turn)), vectors.dtype)  # a vector's length does not vary
        turn = turn - xp.matmul(adjoint(xp, vectors), vectors * _columns(xp, along))
        gaps = xp.conj(_columns(xp, values) - xp.expand_dims(values, axis=-1))
        inner = _over_gaps(xp, turn, of_vectors, values, gaps)
    if of_values is not None:
        inner = _sum(inner, on_diagonal(xp, xp.zeros_like(vectors) + _columns(xp, of_values), 0))
    return _of_similar(xp, inner, vectors, x.dtype)


def _of_similar(xp, inner, vectors, dtype):
    result = xp.solve(adjoint(xp, vectors), xp.matmul(inner, adjoint(xp, vectors)))
    return result if xp.isdtype(dtype, "complex floating") else xp.real(result)


eig.defvjp(x=_eig)
eig.defbatch(leading_axes)


@primitive(promotes="float")
def eigvals(xp, x, /):
    """The eigenvalues, in no order, of square matrices; complex."""
    return _as_complex(xp, xp.eigvals(x))


@from_hermitian
def _eigvals(xp, g, x):
    _, vectors = xp.eig(x)
    vectors = _as_complex(xp, vectors)
    return _of_similar(xp, on_diagonal(xp, xp.zeros_like(vectors) + _columns(xp, g), 0), vectors, x.dtype)


eigvals.defvjp(x=_eigvals)
eigvals.defbatch(leading_axes)

# -- singular values ---------------------------------------------------------------------------------------------------


@primitive(promotes="float", outputs=3)
def svd(xp, x, /, full_matrices=False):
    """``U``, ``S`` and ``Vh`` with ``x = U @ diag(S) @ Vh``, the singular values descending.

    The gradient is right for a loss that does not depend on the vectors' signs or complex phases, nor, with
    ``full_matrices``, on the vectors beyond the number of singular values.  It is NaN for one that depends on the vectors
    where singular values coincide, or where one is 0 and the matrix is not square.
    """
    return tuple(xp.svd(x, full_matrices=full_matrices))


@from_hermitian
def _svd(xp, g, x_shape, ans, full_matrices):
    u, s, vh = ans
    of_u, of_s, of_vh = g
    if full_matrices:
        rank = s.shape[-1]
        u, vh = u[..., :rank], vh[..., :rank, :]
        of_u, of_vh = None if of_u is None else of_u[..., :rank], None if of_vh is None else of_vh[..., :rank, :]
    rounding = xp.expand_dims(xp.finfo(s.dtype).eps * xp.sum(s, axis=-1, keepdims=True), axis=-1)
    row, column = _columns(xp, s), xp.expand_dims(s, axis=-1)
    gaps = (row - column) * (row + column)
    inner = None  # what stands between U and Vh, less its diagonal
    outer = None  # what is already multiplied by Vh
    left = None if of_s is None else u * _columns(xp, of_s)
    if of_u is not None:
        turn = _skew(xp, xp.matmul(adjoint(xp, u), of_u))
        inner = _over_gaps(xp, turn * row, of_u, s, gaps)
        if xp.isdtype(u.dtype, "complex floating"):
            phase = xp.diagonal(turn) * 0.5 * _reciprocal(xp, s, rounding[..., 0])
            left = _sum(left, u * _columns(xp, phase))
        if x_shape[-2] > s.shape[-1]:
            scaled = of_u * _inverse(xp, row)
            left = _sum(left, scaled - _product(xp, u, xp.matmul(adjoint(xp, u), scaled)))
    if of_vh is not None:
        turn = _skew(xp, xp.matmul(vh, adjoint(xp, of_vh)))
        inner = _sum(inner, _over_gaps(xp, column * turn, adjoint(xp, of_vh), s, gaps))
        if x_shape[-1] > s.shape[-1]:
            scaled = of_vh * _inverse(xp, column)
            outer = xp.matmul(u, scaled - xp.matmul(xp.matmul(scaled, adjoint(xp, vh)), vh))
    if inner is not None:
        left = _sum(left, xp.matmul(u, inner))
    return _sum(None if left is None else xp.matmul(left, vh), outer)


def _inverse(xp, s):
    """``1 / s``, and NaN where it is 0."""
    return xp.where(s == 0, xp.zeros_like(s) + math.nan, 1 / xp.where(s == 0, xp.ones_like(s), s))


def _sum(a, b):
    return b if a is None else a if b is None else a + b


def _skew(xp, x):
    return x - adjoint(xp, x)


svd.defvjp(x=_svd)
svd.defbatch(leading_axes)


@primitive(promotes="float")
def svdvals(xp, x, /):
    """The singular values, descending."""
    return xp.svdvals(x)


@from_hermitian
def _svdvals(xp, g, x):
    u, _, vh = xp.svd(x, full_matrices=False)
    return xp.matmul(u * _columns(xp, g), vh)


svdvals.defvjp(x=_svdvals)
svdvals.defbatch(leading_axes)

# -- QR ----------------------------------------------------------------------------------------------------------------


@primitive(promotes="float", outputs=2)
def qr(xp, x, /):
    """``Q``, with orthonormal columns, and the upper triangular ``R`` with ``x = Q @ R``, in their smallest form.

    The gradient needs the first columns, as many as the smaller side, to be linearly independent.
    """
    return tuple(xp.qr(x, mode="reduced"))


@from_hermitian
def _qr(xp, g, x, ans):
    q, r = ans
    of_q, of_r = g
    rows, columns = x.shape[-2:]
    if columns <= rows:
        return _qr_tall(xp, of_q, of_r, q, r)
    # The columns beyond the square part are Q @ (theirs of R).
    if of_r is None:
        beyond = xp.zeros_like(x[..., rows:])
    else:
        of_rest = of_r[..., rows:]
        beyond = xp.matmul(q, of_rest)
        of_q = _sum(of_q, xp.matmul(x[..., rows:], adjoint(xp, of_rest)))
        of_r = of_r[..., :rows]
    return xp.concat([_qr_tall(xp, of_q, of_r, q, r[..., :rows]), beyond], axis=-1)


def _qr_tall(xp, of_q, of_r, q, r):
    inner = _sum(
        None if of_r is None else xp.matmul(of_r, adjoint(xp, r)),
        None if of_q is None else -xp.matmul(adjoint(xp, q), of_q),
    )
    upper = (xp.triu(inner) + xp.triu(inner, k=1)) * 0.5
    whole = _sum(of_q, xp.matmul(q, upper + adjoint(xp, upper)))
    return adjoint(xp, xp.solve_triangular(r, adjoint(xp, whole), upper=True))


qr.defvjp(x=_qr)
qr.defbatch(leading_axes)


@primitive(promotes="float", outputs=2, differentiable=False)
def complete_qr(xp, x, /):
    """`qr` with a square ``Q``, whose columns beyond the smaller side are any that complete it: they have no derivative."""
    return tuple(xp.qr(x, mode="complete"))


complete_qr.defbatch(leading_axes)
