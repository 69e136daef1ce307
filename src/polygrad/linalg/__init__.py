"""Linear algebra, under the names of ``torch.linalg``: decompositions, linear systems, norms.

Every function takes batches: matrices are the last two dimensions.  All are differentiable to any order, for real and
complex matrices, with PyTorch's convention for complex gradients.
"""

from __future__ import annotations

from .._core.errors import LinAlgError
from .._core.primitive import PRIMITIVES as _primitives
from .._core.tensor import Tensor
from .._functions.decompositions import cholesky, eig, eigh, eigvals, eigvalsh, qr, svd, svdvals
from .._functions.diagonals import diagonal as _diagonal
from .._functions.factorizations import householder_product, lu, lu_factor, lu_factor_ex, lu_solve
from .._functions.linalg import (
    cond,
    cross,
    det,
    inv,
    lstsq,
    matrix_norm,
    matrix_power,
    matrix_rank,
    norm,
    pinv,
    slogdet,
    solve,
    solve_triangular,
    vector_norm,
)
from .._functions.matmul import multi_dot, vecdot
from .._functions.matrix_functions import matrix_exp, tensorinv, tensorsolve, vander

__all__ = [
    "LinAlgError",
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "householder_product",
    "inv",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]

matmul = _primitives["matmul"].function


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
    return _diagonal(A, offset, dim1, dim2)
