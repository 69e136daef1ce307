"""Linear algebra under PyTorch's names, ``torch.linalg``: decompositions, systems of equations, norms.

Every function takes batches: matrices are the last two dimensions.  All are differentiable to every order, on real and
complex matrices, with PyTorch's convention for complex gradients.

    values, vectors = polygrad.linalg.eigh(A + A.mH)
"""

from __future__ import annotations

from .._core.errors import LinAlgError
from .._core.primitive import OPERATIONS as _operations
from .._core.tensor import Tensor
from .._functions.decompositions import cholesky, eigh, eigvalsh, qr, svd, svdvals
from .._functions.diagonals import diagonal as _diagonal
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

__all__ = [
    "LinAlgError",
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
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
    "vecdot",
    "vector_norm",
]

matmul = _operations.matmul


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of matrices, as `polygrad.diagonal`, by default those of the last two dimensions.  A view."""
    return _diagonal(A, offset, dim1, dim2)
