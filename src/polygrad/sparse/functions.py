"""The functions of `polygrad.sparse`, with PyTorch's names and arguments."""

from __future__ import annotations

from typing import Any

from .._core.tensor import Tensor
from . import products, reductions
from .tensor import SparseTensor


def _check_sparse(input: Any, name: str) -> None:
    if not isinstance(input, SparseTensor):
        raise TypeError(
            f"{name}(): input must be a sparse tensor, not a {type(input).__name__}; x.to_sparse() makes one"
        )


def mm(sparse: Any, dense: Any) -> Any:
    """Multiply two matrices, of which at least one is sparse.

    Gradients flow to the values of the sparse matrix and to the dense one.

    Args:
        sparse: a matrix of shape ``(n, m)``, sparse or dense.
        dense: a matrix of shape ``(m, p)`` and the same data type, dense or sparse.

    Returns:
        A dense matrix of shape ``(n, p)``; a sparse one of the layout of ``sparse`` where both are sparse.

    Raises:
        RuntimeError: the shapes or data types do not fit.
        TypeError: no operand is sparse.

    Example::

        >>> adjacency = polygrad.sparse_coo_tensor([[0, 1, 1], [1, 0, 2]], [1.0, 1.0, 1.0], (3, 3))
        >>> polygrad.sparse.mm(adjacency, polygrad.tensor([[1.0], [2.0], [4.0]]))
        tensor([[2.],
                [5.],
                [0.]])
    """
    if not isinstance(dense, SparseTensor):
        _check_sparse(sparse, "sparse.mm")
    return products.matmul(sparse, dense, "sparse.mm")


def addmm(mat: Tensor, mat1: Any, mat2: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """Return ``beta * mat + alpha * (mat1 @ mat2)`` for a sparse matrix and a dense one.

    Args:
        mat: a dense tensor whose shape broadcasts to that of the product.
        mat1: a matrix of shape ``(n, m)``, sparse or dense.
        mat2: a matrix of shape ``(m, p)``; it or ``mat1`` is sparse, and the other one dense.
        beta: the factor of ``mat``, a number.  With 0, ``mat`` has no effect, not even NaN in it.
        alpha: the factor of the product, a number.

    Returns:
        A dense matrix of shape ``(n, p)``.

    Raises:
        RuntimeError: the shapes or data types do not fit, or both matrices are sparse.
        TypeError: no matrix is sparse.

    Example::

        >>> polygrad.sparse.addmm(polygrad.ones(2, 2), polygrad.eye(2).to_sparse(), polygrad.eye(2), alpha=2)
        tensor([[3., 1.],
                [1., 3.]])
    """
    if not isinstance(mat2, SparseTensor):
        _check_sparse(mat1, "sparse.addmm")
    return products.add_product(mat, mat1, mat2, beta, alpha, "sparse.addmm")


def sampled_addmm(
    input: SparseTensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1.0, alpha: float = 1.0
) -> SparseTensor:
    """Return ``beta * input + alpha * (mat1 @ mat2)`` at the places that a sparse matrix stores.

    Only these elements of the product are computed.

    Args:
        input: a sparse matrix of shape ``(n, p)``.
        mat1: a dense matrix of shape ``(n, m)``.
        mat2: a dense matrix of shape ``(m, p)``.
        beta: the factor of ``input``, a number.  With 0, its values have no effect.
        alpha: the factor of the product, a number.

    Returns:
        A sparse matrix of the pattern of ``input``.

    Raises:
        RuntimeError: the shapes or data types do not fit.
        TypeError: ``input`` is not sparse, or another matrix is.

    Example::

        >>> places = polygrad.eye(2).to_sparse_csr()
        >>> polygrad.sparse.sampled_addmm(places, polygrad.ones(2, 3), polygrad.ones(3, 2), beta=0.0).to_dense()
        tensor([[3., 0.],
                [0., 3.]])
    """
    return products.sampled(input, mat1, mat2, beta, alpha)


def sum(input: SparseTensor, dim: Any = None, dtype: Any = None) -> Any:
    """Add the elements of a sparse tensor up.

    Args:
        input: a sparse tensor; of the layout `sparse_csr` only the sum of all elements is supported.
        dim: the dimensions that are summed, an int or several.  None, the default, sums all.
        dtype: the data type of the result.  By default that of ``input``, int64 for integers.

    Returns:
        A sparse tensor of the dimensions that are left, coalesced; a dense one where no sparse dimension is left.

    Raises:
        RuntimeError: ``input`` has the layout `sparse_csr` and ``dim`` is given, or a dimension is named twice.
        IndexError: a dimension is out of range.
        TypeError: ``input`` is not sparse.

    Example::

        >>> x = polygrad.sparse_coo_tensor([[0, 1], [2, 2]], [3.0, 4.0], (2, 3))
        >>> polygrad.sparse.sum(x, 0).to_dense()
        tensor([0., 0., 7.])
    """
    _check_sparse(input, "sparse.sum")
    return reductions.total(input, dim, dtype)


def softmax(input: SparseTensor, dim: int, *, dtype: Any = None) -> SparseTensor:
    """The softmax over the stored elements along a dimension.

    Elements that are not stored count as -infinity, so that their softmax is 0.

    Args:
        input: a sparse tensor of layout `sparse_coo`.
        dim: the dimension along which the results add up to 1.
        dtype: the data type that is computed in; by default that of ``input``.

    Returns:
        A sparse tensor of the pattern of ``input``, coalesced.

    Raises:
        RuntimeError: the layout is `sparse_csr`, or the data type is not of floating point.
        IndexError: ``dim`` is out of range.
        TypeError: ``input`` is not sparse.

    Example::

        >>> x = polygrad.sparse_coo_tensor([[0, 0, 1], [0, 2, 1]], [1.0, 1.0, 5.0], (2, 3))
        >>> polygrad.sparse.softmax(x, 1).to_dense()
        tensor([[0.5000, 0.0000, 0.5000],
                [0.0000, 1.0000, 0.0000]])
    """
    _check_sparse(input, "sparse.softmax")
    return reductions.softmax(input, dim, dtype, logarithm=False)


def log_softmax(input: SparseTensor, dim: int, *, dtype: Any = None) -> SparseTensor:
    """The logarithm of the softmax over the stored elements along a dimension.

    Elements that are not stored count as -infinity, and stay unstored.

    Args:
        input: a sparse tensor of layout `sparse_coo`.
        dim: the dimension along which the exponentials of the results add up to 1.
        dtype: the data type that is computed in; by default that of ``input``.

    Returns:
        A sparse tensor of the pattern of ``input``, coalesced.

    Raises:
        RuntimeError: the layout is `sparse_csr`, or the data type is not of floating point.
        IndexError: ``dim`` is out of range.
        TypeError: ``input`` is not sparse.

    Example::

        >>> x = polygrad.sparse_coo_tensor([[0, 0], [0, 2]], [1.0, 1.0], (1, 3))
        >>> polygrad.sparse.log_softmax(x, 1).values()
        tensor([-0.6931, -0.6931])
    """
    _check_sparse(input, "sparse.log_softmax")
    return reductions.softmax(input, dim, dtype, logarithm=True)
