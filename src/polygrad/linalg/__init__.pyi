"""Linear algebra, under the names of ``torch.linalg``: decompositions, linear systems, norms.

Written by `python tools/stubs.py`.
"""

from collections.abc import Sequence
from .._core.errors import LinAlgError as LinAlgError
from .._core.tensor import Tensor
from .._core.typing import DTypeLike, Dims
from .._functions.decompositions import EigResult, EighResult, QRResult, SVDResult
from .._functions.factorizations import LUFactors, LUFactorsInfo, LUResult
from .._functions.linalg import LeastSquares, SlogdetResult

def cholesky(A: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """Return the Cholesky factors of Hermitian positive definite matrices.

    The factor ``L`` is lower triangular, and ``L @ L.mH == A``.  The gradient with respect to ``A`` is Hermitian.

    Args:
        A: a tensor of shape ``(*, n, n)``.  Only the lower triangle is read, or the upper one with ``upper``.
        upper: whether to return the upper triangular ``U`` with ``U.mH @ U == A`` instead.

    Returns:
        A tensor of shape ``(*, n, n)``.

    Raises:
        LinAlgError: a matrix is not positive definite.  Backends that do not test for it return NaN.
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.cholesky(polygrad.tensor([[4.0, 2.0], [2.0, 5.0]]))
        tensor([[2., 0.],
                [1., 2.]])
    """
def cond(A: Tensor, p: float | str | None = None, *, out: Tensor | None = None) -> Tensor:
    """Return the condition numbers of matrices: ``norm(A, p) * norm(inv(A), p)``.

    Args:
        A: a tensor of shape ``(*, n, n)``, or ``(*, n, m)`` where ``p`` is None, 2 or -2.
        p: the order, as of `matrix_norm`.  None, the default, is 2: the largest singular value divided by the smallest.

    Returns:
        A real tensor of shape ``(*)``.

    Raises:
        RuntimeError: the matrices are not square, or ``p`` is unknown.

    Example::

        >>> polygrad.linalg.cond(polygrad.tensor([[4.0, 0.0], [0.0, 2.0]]))
        tensor(2.)
    """
def cross(input: Tensor, other: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """Return the cross products of vectors of three elements along a dimension.

    Args:
        input: a tensor.
        other: a tensor of the same data type whose shape broadcasts with that of ``input``.
        dim: the dimension of the vectors, of length 3.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the dimension does not have length 3, the shapes do not broadcast, or the data types differ.

    Example::

        >>> polygrad.linalg.cross(polygrad.tensor([1.0, 0.0, 0.0]), polygrad.tensor([0.0, 1.0, 0.0]))
        tensor([0., 0., 1.])
    """
def det(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the determinants of square matrices.

    The gradient, the matrix of cofactors, is also right for singular matrices.

    Args:
        A: a tensor of shape ``(*, n, n)``.

    Returns:
        A tensor of shape ``(*)``.

    Raises:
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.det(polygrad.tensor([[2.0, 1.0], [0.0, 3.0]]))
        tensor(6.)
    """
def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of matrices, a view, as `polygrad.diagonal` with other defaults.

    Args:
        A: a tensor of shape ``(*, m, n)``.
        offset: which diagonal: 0 is the main one, positive ones are above it, negative ones below.
        dim1: the first dimension of the matrices.
        dim2: the second dimension of the matrices.

    Returns:
        A tensor of shape ``(*, k)``, where ``k`` is the length of the diagonal.

    Example::

        >>> polygrad.linalg.diagonal(polygrad.arange(4).reshape(2, 2))
        tensor([0, 3])
    """
def eig(A: Tensor, *, out: Tensor | None = None) -> EigResult:
    """Return the eigenvalues and eigenvectors of square matrices; both are complex.

    The gradient is right for a loss that does not depend on the complex phases of the vectors (C. Boeddeker et al., "On the
    computation of complex-valued gradients", 2017).  Where eigenvalues coincide, their vectors have no derivative: a loss that
    uses the vectors gets NaN.  `eigh` is for Hermitian matrices.

    Args:
        A: a tensor of shape ``(*, n, n)``.

    Returns:
        The named tuple ``(eigenvalues, eigenvectors)``: values of shape ``(*, n)``, in no order, and vectors of length 1, of
        shape ``(*, n, n)``, in columns.

    Raises:
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.eig(polygrad.tensor([[2.0, 0.0], [0.0, 3.0]])).eigenvalues
        tensor([2.+0.j, 3.+0.j])
    """
def eigh(A: Tensor, UPLO: str = 'L', *, out: Tensor | None = None) -> EighResult:
    """Return the eigenvalues and eigenvectors of Hermitian matrices.

    The gradient is Hermitian, and right for a loss that does not depend on the signs or complex phases of the vectors.
    Where eigenvalues coincide, their vectors have no derivative: a loss that uses the vectors gets NaN. `eigvalsh` has
    its gradient there as well.

    Args:
        A: a tensor of shape ``(*, n, n)``.
        UPLO: which triangle is read: ``"L"``, the lower one, or ``"U"``.

    Returns:
        The named tuple ``(eigenvalues, eigenvectors)``: values of shape ``(*, n)``, ascending, and vectors of shape
        ``(*, n, n)``, in columns.

    Raises:
        RuntimeError: the matrices are not square, or ``UPLO`` is unknown.

    Example::

        >>> polygrad.linalg.eigh(polygrad.tensor([[3.0, 0.0], [0.0, 1.0]])).eigenvalues
        tensor([1., 3.])
    """
def eigvals(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the eigenvalues of square matrices, which are complex.

    The gradient needs the matrices to be diagonalizable.  `eigvalsh` is for Hermitian matrices.

    Args:
        A: a tensor of shape ``(*, n, n)``.

    Returns:
        A complex tensor of shape ``(*, n)``, in no order.

    Raises:
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.eigvals(polygrad.tensor([[0.0, 1.0], [-1.0, 0.0]])).abs()
        tensor([1., 1.])
    """
def eigvalsh(A: Tensor, UPLO: str = 'L', *, out: Tensor | None = None) -> Tensor:
    """Return the eigenvalues of Hermitian matrices, ascending.

    Args:
        A: a tensor of shape ``(*, n, n)``.
        UPLO: which triangle is read: ``"L"``, the lower one, or ``"U"``.

    Returns:
        A real tensor of shape ``(*, n)``.

    Raises:
        RuntimeError: the matrices are not square, or ``UPLO`` is unknown.

    Example::

        >>> polygrad.linalg.eigvalsh(polygrad.tensor([[3.0, 0.0], [0.0, 1.0]]))
        tensor([1., 3.])
    """
def householder_product(input: Tensor, tau: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the first columns of a product of Householder reflections ``I - tau[i] * v[i] @ v[i].mH``.

    Args:
        input: of shape ``(*, n, m)`` with ``n >= m``.  Column ``i`` has ``v[i]`` below the diagonal; on it, ``v[i]`` is 1.
        tau: of shape ``(*, k)`` with ``k <= m`` and of the same data type.

    Returns:
        A tensor of shape ``(*, n, m)``.

    Raises:
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> Q = polygrad.linalg.householder_product(*polygrad.geqrf(polygrad.tensor([[3.0], [4.0]])))
        >>> polygrad.allclose(Q, polygrad.tensor([[-0.6], [-0.8]]))
        True
    """
def inv(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the inverses of square matrices.

    To solve a system of equations, `linalg.solve` is faster and more accurate.

    Args:
        A: a tensor of shape ``(*, n, n)``.

    Returns:
        A tensor of shape ``(*, n, n)``.

    Raises:
        LinAlgError: a matrix is singular, on backends that test for it.
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.inv(polygrad.tensor([[2.0, 0.0], [0.0, 4.0]]))
        tensor([[0.5000, 0.0000],
                [0.0000, 0.2500]])
    """
def lstsq(
    A: Tensor,
    B: Tensor,
    rcond: float | None = None,
    *,
    driver: str | None = None,
    out: Tensor | None = None,
) -> LeastSquares:
    """Find the ``X`` that minimizes ``norm(A @ X - B)``; of several, the one of least norm.

    The solution is ``pinv(A) @ B`` for every ``driver``.  As in PyTorch, the driver decides what comes with it.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        B: a tensor of the same data type and of shape ``(*, n, k)`` or ``(*, n)``.
        rcond: the relative tolerance below which a singular value counts as 0, as `rtol` of `pinv`.
        driver: ``"gelsy"``, the default, ``"gels"``, ``"gelsd"`` or ``"gelss"``.

    Returns:
        The named tuple ``(solution, residuals, rank, singular_values)``.  ``residuals`` are squared distances if ``n >
        m`` and the rank is full (which ``"gels"`` assumes), else empty, also for ``"gelsy"``; ``rank`` is empty for
        ``"gels"``; ``singular_values`` are empty but for ``"gelss"`` and ``"gelsd"``.

    Raises:
        RuntimeError: the shapes or data types do not fit, or ``driver`` is unknown.

    Example::

        >>> A, B = polygrad.tensor([[1.0], [0.0]]), polygrad.tensor([[2.0], [3.0]])
        >>> polygrad.linalg.lstsq(A, B).solution
        tensor([[2.]])
    """
def lu(A: Tensor, *, pivot: bool = True, out: Tensor | None = None) -> LUResult:
    """Return the LU decomposition with exchanged rows, ``A == P @ L @ U``.

    Args:
        A: a tensor of shape ``(*, n, m)``; let ``k = min(n, m)``.
        pivot: whether rows are exchanged.  Only True is implemented.

    Returns:
        The named tuple ``(P, L, U)``: a permutation matrix of shape ``(*, n, n)``, the lower triangular ``L`` of shape
        ``(*, n, k)`` with ones on the diagonal, and the upper triangular ``U`` of shape ``(*, k, m)``.

    Raises:
        RuntimeError: ``A`` has fewer than two dimensions, or ``pivot`` is False.
        NotImplementedError: ``A`` has an integer type.

    Example::

        >>> P, L, U = polygrad.linalg.lu(polygrad.tensor([[1.0, 2.0], [2.0, 2.0]]))
        >>> U
        tensor([[2., 2.],
                [0., 1.]])
    """
def lu_factor(A: Tensor, *, pivot: bool = True, out: Tensor | None = None) -> LUFactors:
    """Return the LU factorization with exchanged rows, ``A == P @ L @ U``, in the form that `lu_solve` takes.

    The gradient needs the first ``min(n, m)`` columns and rows to be linearly independent (F. de Hoog, R. Anderssen and M. Lukas,
    "Differentiation of matrix functionals using triangular factorization", 2011).

    Args:
        A: a tensor of shape ``(*, n, m)``.
        pivot: whether rows are exchanged.  Only True is implemented.

    Returns:
        The named tuple ``(LU, pivots)``.  ``LU``, of the shape of ``A``, holds ``U`` from the diagonal on, and below it ``L``,
        whose diagonal is 1.  ``pivots``, int32 of shape ``(*, min(n, m))``, says which row each row was exchanged with,
        counted from 1.

    Raises:
        LinAlgError: a square matrix is singular.
        RuntimeError: ``A`` has fewer than two dimensions, or ``pivot`` is False.
        NotImplementedError: ``A`` has an integer type.

    Example::

        >>> polygrad.linalg.lu_factor(polygrad.tensor([[1.0, 2.0], [2.0, 2.0]])).LU
        tensor([[2.0000, 2.0000],
                [0.5000, 1.0000]])
    """
def lu_factor_ex(
    A: Tensor,
    *,
    pivot: bool = True,
    check_errors: bool = False,
    out: Tensor | None = None,
) -> LUFactorsInfo:
    """Return the LU factorization as `lu_factor`, and where it has a zero instead of an error.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        pivot: whether rows are exchanged.  Only True is implemented.
        check_errors: whether a zero raises all the same.

    Returns:
        The named tuple ``(LU, pivots, info)``.  ``info``, int32 of shape ``(*)``, is 0, or the place of the first zero on the
        diagonal of ``U``, counted from 1.

    Raises:
        LinAlgError: there is a zero, and ``check_errors``.
        RuntimeError: as `lu_factor`.

    Example::

        >>> polygrad.linalg.lu_factor_ex(polygrad.zeros(2, 2)).info
        tensor(1, dtype=polygrad.int32)
    """
def lu_solve(
    LU: Tensor,
    pivots: Tensor,
    B: Tensor,
    *,
    left: bool = True,
    adjoint: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Solve the linear equations ``A @ X == B``, given the LU factorization of ``A``.

    Args:
        LU: of shape ``(*, n, n)``, as `lu_factor` gives it.
        pivots: int32, of shape ``(*, n)``, as `lu_factor` gives them.
        B: the right side, of the data type of ``LU`` and of shape ``(*, n, k)``, or ``(*, k, n)`` where ``left`` is False.
        left: False solves ``X @ A == B`` instead.
        adjoint: whether ``A.mH`` stands in the place of ``A``.

    Returns:
        The solution, of the shape of ``B`` with the batch dimensions broadcast.

    Raises:
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> A, B = polygrad.tensor([[1.0, 2.0], [2.0, 2.0]]), polygrad.tensor([[3.0], [4.0]])
        >>> polygrad.linalg.lu_solve(*polygrad.linalg.lu_factor(A), B)
        tensor([[1.],
                [1.]])
    """
def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix product: ``input @ other``.

    Args:
        input: of shape ``(..., n, k)``, or a vector ``(k,)``, which counts as a row.
        other: of shape ``(..., k, m)``, or a vector ``(k,)``, which counts as a column.

    Returns:
        A tensor of shape ``(..., n, m)``, with the leading dimensions broadcast; without ``n`` or ``m`` where a vector was given.

    Raises:
        RuntimeError: if the shapes do not fit, or the data types differ.
        TypeError: if an operand is no tensor.

    Example::

        >>> polygrad.matmul(polygrad.tensor([[1.0, 2.0], [3.0, 4.0]]), polygrad.tensor([1.0, 1.0]))
        tensor([3., 7.])
    """
def matrix_exp(A: Tensor) -> Tensor:
    """Return the exponential of square matrices, ``I + A + A @ A / 2 + …``.

    By scaling and squaring (N. J. Higham, "The scaling and squaring method for the matrix exponential revisited", 2005); its
    derivative is a block of the exponential of a matrix of twice the size (R. Mathias, "A chain rule for matrix functions and
    applications", 1996).

    Args:
        A: a tensor of shape ``(*, n, n)``, floating-point or complex.

    Returns:
        A tensor of shape ``(*, n, n)``.

    Raises:
        RuntimeError: the matrices are not square, or have an integer type.

    Example::

        >>> polygrad.linalg.matrix_exp(polygrad.tensor([[0.0, 1.0], [0.0, 0.0]]))
        tensor([[1., 1.],
                [0., 1.]])
    """
def matrix_norm(
    A: Tensor,
    ord: float | str = 'fro',
    dim: Sequence[int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return a norm of matrices.

    Args:
        A: a tensor of a floating-point or complex type with at least two dimensions.
        ord: ``"fro"``, the root of the sum of squares; ``"nuc"``, the sum of the singular values; 2 or -2, the largest
            or smallest singular value; 1 or -1, the largest or smallest sum of absolute values of a column; infinity or
            minus infinity, of a row.
        dim: the dimensions of the rows and of the columns.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type that the elements are converted to first.  By default that of ``A``.

    Returns:
        A real tensor of the shape of ``A`` without the two dimensions.

    Raises:
        RuntimeError: ``ord`` is unknown, ``dim`` is not two dimensions, or the data type is an integer type or bool.

    Example::

        >>> polygrad.linalg.matrix_norm(polygrad.tensor([[1.0, 2.0], [3.0, 4.0]]), ord=1)
        tensor(6.)
    """
def matrix_power(A: Tensor, n: int, *, out: Tensor | None = None) -> Tensor:
    """Raise square matrices to an integer power, by repeated squaring.

    Args:
        A: a tensor of shape ``(*, n, n)``.
        n: the exponent, an int.  A negative one is a power of the inverse; 0 gives the identity.

    Returns:
        A tensor of shape ``(*, n, n)``.

    Raises:
        TypeError: the exponent is not an int.
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.matrix_power(polygrad.tensor([[1.0, 1.0], [0.0, 1.0]]), 3)
        tensor([[1., 3.],
                [0., 1.]])
    """
def matrix_rank(
    A: Tensor,
    tol: float | Tensor | None = None,
    *,
    atol: float | Tensor | None = None,
    rtol: float | Tensor | None = None,
    hermitian: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Count the singular values that are larger than ``max(atol, rtol * largest)``.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        tol: an older name of ``atol``.
        atol: the absolute tolerance, a number, or a tensor with one for each matrix.  By default 0.
        rtol: the relative tolerance, in the same forms.  By default ``max(n, m)`` times the ``eps`` of the data type,
            or 0 if ``atol`` is given.
        hermitian: whether the matrices are Hermitian; only the lower triangle is read.

    Returns:
        An int64 tensor of shape ``(*)``.

    Raises:
        RuntimeError: ``A`` has fewer than two dimensions, or is not square although ``hermitian``.

    Example::

        >>> polygrad.linalg.matrix_rank(polygrad.tensor([[1.0, 2.0], [2.0, 4.0]]))
        tensor(1)
    """
def multi_dot(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Multiply several matrices, in the order that needs the fewest multiplications.

    T. H. Cormen et al., "Introduction to Algorithms", section 15.2.

    Args:
        tensors: a sequence of at least two matrices of one data type; the first and the last may be vectors.

    Returns:
        The product: a matrix, a vector or a number.

    Raises:
        RuntimeError: there are fewer than two operands, or the shapes or data types do not fit.

    Example::

        >>> polygrad.linalg.multi_dot([polygrad.ones(2, 3), polygrad.ones(3, 4), polygrad.ones(4)])
        tensor([12., 12.])
    """
def norm(
    A: Tensor,
    ord: float | str | None = None,
    dim: Dims | None = None,
    keepdim: bool = False,
    *,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return a norm of matrices or of vectors, whichever the arguments mean.

    It is `matrix_norm` if ``ord`` is a name, if two dimensions and an order are given, or for the order of a matrix
    without ``dim``; and `vector_norm` otherwise.

    Args:
        A: a tensor of a floating-point or complex type.
        ord: the order, as of `matrix_norm` or `vector_norm`.  None, the default, is the root of the sum of squares.
        dim: the dimension of vectors, or the two of matrices.  None, the default, means all.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type that the elements are converted to first.  By default that of ``A``.

    Returns:
        A real tensor of the shape of ``A`` without the reduced dimensions.

    Raises:
        RuntimeError: ``ord`` is unknown, or the data type is an integer type or bool.

    Example::

        >>> polygrad.linalg.norm(polygrad.tensor([[1.0, 2.0], [3.0, 4.0]]), ord="nuc")
        tensor(5.8310)
    """
def pinv(
    A: Tensor,
    rcond: float | None = None,
    hermitian: bool = False,
    *,
    atol: float | None = None,
    rtol: float | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return the pseudoinverses of matrices.

    Singular values up to ``max(atol, rtol * largest)`` count as 0.  The gradient is that of a change of ``A`` which keeps
    the rank.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        rcond: an older name of ``rtol``.
        atol: the absolute tolerance.  By default 0.
        rtol: the relative tolerance.  By default ``max(n, m)`` times the ``eps`` of the data type, or 0 if ``atol`` is
            given.
        hermitian: whether the matrices are Hermitian; only the lower triangle is read.

    Returns:
        A tensor of shape ``(*, m, n)``.

    Raises:
        RuntimeError: ``A`` has fewer than two dimensions, or is not square although ``hermitian``.

    Example::

        >>> polygrad.linalg.pinv(polygrad.tensor([[2.0], [0.0]]))
        tensor([[0.5000, 0.0000]])
    """
def qr(A: Tensor, mode: str | bool = 'reduced', *, out: Tensor | None = None) -> QRResult:
    """Return the QR decomposition ``A == Q @ R``.

    The gradient needs the first ``min(n, m)`` columns of ``A`` to be linearly independent.  In mode ``"complete"`` a matrix with
    more rows than columns has none, since the last columns of ``Q`` are any that complete it.

    Args:
        A: a tensor of shape ``(*, n, m)``; let ``k = min(n, m)``.
        mode: ``"reduced"``; ``"complete"``, with a square ``Q``; or ``"r"``, with an empty ``Q``.  The older argument ``some``
            is True for the first and False for the second.

    Returns:
        The named tuple ``(Q, R)``: ``Q`` of shape ``(*, n, k)`` with orthonormal columns, and the upper triangular
        ``R`` of shape ``(*, k, m)``.  In mode ``"complete"``, ``(*, n, n)`` and ``(*, n, m)``.

    Raises:
        RuntimeError: ``mode`` is another one, ``A`` has fewer than two dimensions, or a gradient is asked for that there is not.

    Example::

        >>> Q, R = polygrad.linalg.qr(polygrad.tensor([[3.0, 1.0], [4.0, 2.0]]))
        >>> polygrad.allclose(Q @ R, polygrad.tensor([[3.0, 1.0], [4.0, 2.0]]), atol=1e-6)
        True
    """
def slogdet(A: Tensor, *, out: Tensor | None = None) -> SlogdetResult:
    """Return the sign of the determinant, and the logarithm of its absolute value, which does not overflow.

    Args:
        A: a tensor of shape ``(*, n, n)``.

    Returns:
        The named tuple ``(sign, logabsdet)`` of two tensors of shape ``(*)``.  The sign of complex matrices is a number
        of absolute value 1.

    Raises:
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.slogdet(polygrad.tensor([[2.0, 0.0], [0.0, -3.0]]))
        SlogdetResult(sign=tensor(-1.), logabsdet=tensor(1.7918))
    """
def solve(A: Tensor, B: Tensor, *, left: bool = True, out: Tensor | None = None) -> Tensor:
    """Solve the linear equations ``A @ X == B``.

    Args:
        A: a tensor of shape ``(*, n, n)``.
        B: the right side: matrices of shape ``(*, n, k)``, or vectors, if the shape is ``(n,)`` or that of ``A`` without
            the last dimension.  It has the data type of ``A``.
        left: False solves ``X @ A == B`` instead.

    Returns:
        The solution, of the shape of ``B`` with the batch dimensions broadcast.

    Raises:
        LinAlgError: a matrix is singular, on backends that test for it.
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> polygrad.linalg.solve(polygrad.tensor([[2.0, 0.0], [0.0, 4.0]]), polygrad.tensor([2.0, 2.0]))
        tensor([1.0000, 0.5000])
    """
def solve_triangular(
    A: Tensor,
    B: Tensor,
    *,
    upper: bool,
    left: bool = True,
    unitriangular: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Solve the linear equations ``A @ X == B`` for triangular matrices.

    Args:
        A: a tensor of shape ``(*, n, n)``.  Only one triangle is read.
        B: a tensor of shape ``(*, n, k)`` and the same data type.
        upper: whether the upper triangle is read, or the lower one.
        left: False solves ``X @ A == B`` instead.
        unitriangular: whether the diagonal counts as 1 and is not read.

    Returns:
        The solution, of the shape of ``B`` with the batch dimensions broadcast.

    Raises:
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> A, B = polygrad.tensor([[2.0, 0.0], [1.0, 1.0]]), polygrad.tensor([[2.0], [3.0]])
        >>> polygrad.linalg.solve_triangular(A, B, upper=False)
        tensor([[1.],
                [2.]])
    """
def svd(
    A: Tensor,
    full_matrices: bool = True,
    *,
    driver: str | None = None,
    out: Tensor | None = None,
) -> SVDResult:
    """Return the singular value decomposition ``A == U @ diag(S) @ Vh``.

    The gradient is right for a loss that does not depend on the signs or complex phases of the vectors, nor on the
    vectors beyond the number of singular values.  Where singular values coincide, or one is 0 and ``A`` is not square, a
    loss that uses the vectors gets NaN. `svdvals` has its gradient there as well.

    Args:
        A: a tensor of shape ``(*, n, m)``; let ``k = min(n, m)``.
        full_matrices: whether ``U`` and ``Vh`` are square, of shapes ``(*, n, n)`` and ``(*, m, m)``, instead of ``(*,
            n, k)`` and ``(*, k, m)``.
        driver: accepted for compatibility with PyTorch; the backend chooses the algorithm.

    Returns:
        The named tuple ``(U, S, Vh)``; ``S`` has shape ``(*, k)``, descending.

    Raises:
        RuntimeError: ``A`` has fewer than two dimensions.

    Example::

        >>> polygrad.linalg.svd(polygrad.tensor([[3.0, 0.0], [0.0, 4.0]])).S
        tensor([4., 3.])
    """
def svdvals(A: Tensor, *, driver: str | None = None, out: Tensor | None = None) -> Tensor:
    """Return the singular values of matrices, descending.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        driver: accepted for compatibility with PyTorch; the backend chooses the algorithm.

    Returns:
        A real tensor of shape ``(*, min(n, m))``.

    Raises:
        RuntimeError: ``A`` has fewer than two dimensions.

    Example::

        >>> polygrad.linalg.svdvals(polygrad.tensor([[3.0, 0.0], [0.0, 4.0]]))
        tensor([4., 3.])
    """
def tensorinv(A: Tensor, ind: int = 2, *, out: Tensor | None = None) -> Tensor:
    """Return the inverse of a tensor as the linear map of `tensordot`.

    Args:
        A: a tensor whose first ``ind`` dimensions have as many elements together as the others.
        ind: the number of dimensions of what the map gives.

    Returns:
        A tensor of shape ``A.shape[ind:] + A.shape[:ind]``, with ``tensordot(tensorinv(A), A, A.ndim - ind)`` the identity.

    Raises:
        LinAlgError: the map has no inverse.
        RuntimeError: the dimensions do not fit, or ``ind`` is not positive.

    Example::

        >>> polygrad.linalg.tensorinv(2 * polygrad.eye(4).reshape(4, 2, 2), ind=1).shape
        polygrad.Size([2, 2, 4])
    """
def tensorsolve(
    A: Tensor,
    B: Tensor,
    dims: int | Sequence[int] | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Solve ``tensordot(A, X, X.ndim) == B``.

    Args:
        A: a tensor of shape ``B.shape + X.shape``, after ``dims`` are moved to its end.
        B: the right side, of the same data type.
        dims: the dimensions of ``A`` that are moved to its end first; by default none.

    Returns:
        The solution.

    Raises:
        LinAlgError: the map has no inverse.
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> A = 2 * polygrad.eye(4).reshape(2, 2, 4)
        >>> polygrad.linalg.tensorsolve(A, polygrad.ones(2, 2))
        tensor([0.5000, 0.5000, 0.5000, 0.5000])
    """
def vander(x: Tensor, *, N: int | None = None, out: Tensor | None = None) -> Tensor:
    """Return Vandermonde matrices: rows of powers ``x ** 0, x ** 1, …, x ** (N - 1)``.

    Args:
        x: a tensor of shape ``(*, n)``; a number counts as a vector of one.
        N: the number of columns; by default ``n``.

    Returns:
        A tensor of shape ``(*, n, N)``.

    Raises:
        RuntimeError: ``N`` is below 2, or ``x`` is boolean.

    Example::

        >>> polygrad.linalg.vander(polygrad.tensor([1, 2, 3]))
        tensor([[1, 1, 1],
                [1, 2, 4],
                [1, 3, 9]])
    """
def vecdot(x: Tensor, y: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """Return the inner products of vectors along a dimension, ``sum(conj(x) * y, dim)``.

    Args:
        x: a tensor; complex elements are conjugated.
        y: a tensor of the same data type whose shape broadcasts with that of ``x``.
        dim: the dimension.

    Returns:
        A tensor of the broadcast shape without ``dim``.

    Raises:
        RuntimeError: the shapes do not broadcast, or the data types differ.

    Example::

        >>> polygrad.linalg.vecdot(polygrad.tensor([[1.0, 2.0], [0.0, 1.0]]), polygrad.tensor([3.0, 4.0]))
        tensor([11.,  4.])
    """
def vector_norm(
    x: Tensor,
    ord: float = 2,
    dim: Dims | None = None,
    keepdim: bool = False,
    *,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return the vector norm ``sum(abs(x) ** ord) ** (1 / ord)`` of all elements, or along ``dim``.

    The gradient at a norm of 0 is 0.

    Args:
        x: a tensor of a floating-point or complex type.
        ord: the order, a number.  Infinity gives the largest absolute value, minus infinity the smallest, 0 the number
            of elements that are not 0.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type that the elements are converted to first.  By default that of ``x``.

    Returns:
        A real tensor of the shape of ``x`` without the reduced dimensions.

    Raises:
        TypeError: ``ord`` is not a number.
        RuntimeError: the data type is an integer type or bool.

    Example::

        >>> polygrad.linalg.vector_norm(polygrad.tensor([3.0, 4.0]))
        tensor(5.)
    """
