"""Products of vectors and matrices."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from .._core.errors import DTypeError, ShapeError
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import check_same_dtype, require_same_dtype
from .._core.scalars import OTHER_TENSORS
from .._core.tensor import Tensor
from .._core.warn import warn
from .._dtypes import DType, float32
from .._ops.axes import normal_axis
from . import linalg
from .broadcasting import broadcast_shapes
from .common import check_tensor, numpy_spelling
from .einsum import tensordot
from .public import public_function, public_in_module


def check_ndim(name: str, *operands: tuple[str, Any, int]) -> None:
    """Raise unless every operand, given as (argument name, operand, ndim), is a tensor of `ndim` dimensions."""
    for argument, x, ndim in operands:
        if x.__class__ not in OTHER_TENSORS:  # their products are computed by themselves
            check_tensor(x, name, argument)
        if x.ndim != ndim:
            what = {1: "a 1-D tensor", 2: "a matrix", 3: "a 3-D tensor"}[ndim]
            raise ShapeError(
                f"{name}(): {argument} must be {what}, but it has {x.ndim} dimensions (its shape is {tuple(x.shape)})"
            )


def _check_inner_lengths(x: Tensor, y: Tensor) -> None:
    if x.shape[1] != y.shape[0]:
        raise ShapeError(
            f"mat1 and mat2 shapes cannot be multiplied ({x.shape[0]}x{x.shape[1]} and {y.shape[0]}x{y.shape[1]})"
        )


@public_function("mm spmm", method="mm", out=True)
def mm(input: Tensor, mat2: Tensor, out_dtype: DType | None = None) -> Tensor:
    """Multiply two matrices.

    Args:
        input: a matrix of shape ``(n, m)``.
        mat2: a matrix of shape ``(m, p)`` and the same data type.
        out_dtype: the data type of the result: float32 for matrices of half precision, whose products are then not rounded
            to half precision, or their own.

    Returns:
        A matrix of shape ``(n, p)``.

    Raises:
        RuntimeError: an operand is not a matrix, or the shapes or data types do not fit.

    Example::

        >>> polygrad.mm(polygrad.tensor([[1.0, 2.0]]), polygrad.tensor([[3.0], [4.0]]))
        tensor([[11.]])
    """
    check_ndim("mm", ("input", input, 2), ("mat2", mat2, 2))
    _check_inner_lengths(input, mat2)
    return xp.matmul(*_in_out_dtype("mm", input, mat2, out_dtype))


def _in_out_dtype(name: str, input: Tensor, mat2: Tensor, out_dtype: Any) -> tuple[Tensor, Tensor]:
    """The operands in the data type that their product is wanted in."""
    if out_dtype is None or out_dtype is input.dtype:
        return input, mat2
    if not isinstance(out_dtype, DType):
        raise TypeError(f"{name}(): argument 'out_dtype' must be a data type, not {type(out_dtype).__name__}")
    if out_dtype is not float32 or not input.dtype.is_half or mat2.dtype is not input.dtype:
        raise DTypeError(
            f"{name}(): out_dtype must be the type of both operands, or float32 for operands of half precision, but it is "
            f"{out_dtype.name} for {input.dtype.name} and {mat2.dtype.name}"
        )
    return xp.astype(input, float32), xp.astype(mat2, float32)


@public_function(method=True, out=True)
def bmm(input: Tensor, mat2: Tensor, out_dtype: DType | None = None) -> Tensor:
    """Multiply two batches of matrices; nothing is broadcast.

    Args:
        input: a tensor of shape ``(b, n, m)``.
        mat2: a tensor of shape ``(b, m, p)`` and the same data type.
        out_dtype: the data type of the result, as in `mm`.

    Returns:
        A tensor of shape ``(b, n, p)``.

    Raises:
        RuntimeError: an operand does not have three dimensions, or the shapes or data types do not fit.

    Example::

        >>> polygrad.bmm(polygrad.ones(5, 2, 3), polygrad.ones(5, 3, 4)).shape
        polygrad.Size([5, 2, 4])
    """
    check_ndim("bmm", ("input", input, 3), ("mat2", mat2, 3))
    (batch, _, inner), theirs = input.shape, mat2.shape
    if theirs[:2] != (batch, inner):
        raise ShapeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{batch}, {inner}] but got: "
            f"[{theirs[0]}, {theirs[1]}]."
        )
    return xp.matmul(*_in_out_dtype("bmm", input, mat2, out_dtype))


@public_function(method=True, out=True)
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """Multiply a matrix and a vector.

    Args:
        input: a matrix of shape ``(n, m)``.
        vec: a vector of length ``m`` and the same data type.

    Returns:
        A vector of length ``n``.

    Raises:
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> polygrad.mv(polygrad.tensor([[1.0, 2.0], [3.0, 4.0]]), polygrad.tensor([1.0, 1.0]))
        tensor([3., 7.])
    """
    check_ndim("mv", ("input", input, 2), ("vec", vec, 1))
    if input.shape[1] != vec.shape[0]:
        raise ShapeError(
            f"size mismatch, got input ({input.shape[0]}), mat ({linalg.format_shape(input)}), vec ({vec.shape[0]})"
        )
    return xp.matmul(input, vec)


@public_function(method=True, out=True)
def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """Return the sum of the products of the elements of two vectors.  Complex elements are not conjugated, as in `vdot`.

    Args:
        input: a vector.
        tensor: a vector of the same length and data type.

    Returns:
        A tensor without dimensions.

    Raises:
        RuntimeError: an operand is not a vector, or the lengths or data types differ.

    Example::

        >>> polygrad.dot(polygrad.tensor([1.0, 2.0]), polygrad.tensor([3.0, 4.0]))
        tensor(11.)
    """
    check_ndim("dot", ("input", input, 1), ("tensor", tensor, 1))
    return xp.matmul(input, tensor)


@public_function(method=True, out=True)
def vdot(input: Tensor, other: Tensor) -> Tensor:
    """Return the inner product of two vectors, ``sum(conj(input) * other)``.

    Args:
        input: a vector; complex elements are conjugated.
        other: a vector of the same length and data type.

    Returns:
        A tensor without dimensions.

    Raises:
        RuntimeError: an operand is not a vector, or the lengths or data types differ.

    Example::

        >>> polygrad.vdot(polygrad.tensor([1j, 2 + 0j]), polygrad.tensor([1j, 1 + 0j]))
        tensor(3.+0.j)
    """
    check_ndim("vdot", ("input", input, 1), ("other", other, 1))
    return xp.matmul(_conj(input), other)


def _conj(x: Tensor) -> Tensor:
    return xp.conj(x) if x.dtype.is_complex else x


@public_function(out=True)
@numpy_spelling
@require_same_dtype("x", "y")
@in_single_precision
def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
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
    check_tensor(x, "vecdot", "x"), check_tensor(y, "vecdot", "y")
    shape = broadcast_shapes(x.shape, y.shape)
    axis = normal_axis(dim, len(shape))
    return xp.sum(xp.multiply(_conj(x), y), axis - len(shape) if shape else ())


@public_function(method=True, out=True)
def inner(input: Tensor, other: Tensor) -> Tensor:
    """Return the products of all vectors in the last dimensions of two tensors.

    Args:
        input: a tensor of shape ``(*a, m)``.
        other: a tensor of shape ``(*b, m)`` and the same data type.

    Returns:
        A tensor of shape ``(*a, *b)``.  Where an operand has no dimensions, the product.

    Raises:
        RuntimeError: the last dimensions or the data types differ.

    Example::

        >>> polygrad.inner(polygrad.tensor([[1.0, 2.0], [0.0, 1.0]]), polygrad.tensor([3.0, 4.0]))
        tensor([11.,  4.])
    """
    if not input.ndim or not other.ndim:
        return xp.multiply(input, other)
    if input.shape[-1] != other.shape[-1]:
        raise ShapeError(
            f"inner() the last dimension must match on both input tensors but got shapes {list(input.shape)} and "
            f"{list(other.shape)}"
        )
    return tensordot(input, other, ([-1], [-1]))


@public_function("outer ger", method="outer", out=True)
def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """Return the products of each element of one vector with each of another.

    Args:
        input: a vector of length ``n``.
        vec2: a vector of length ``m``.

    Returns:
        A matrix of shape ``(n, m)``.

    Raises:
        RuntimeError: an operand is not a vector.

    Example::

        >>> polygrad.outer(polygrad.tensor([1, 2]), polygrad.tensor([3, 4]))
        tensor([[3, 4],
                [6, 8]])
    """
    check_ndim("outer", ("input", input, 1), ("vec2", vec2, 1))
    return xp.multiply(xp.expand_dims(input, axis=-1), vec2)


@public_function(method=True, out=True)
def kron(input: Tensor, other: Tensor) -> Tensor:
    """Return the Kronecker product: the block matrix whose block ``(i, j)`` is ``input[i, j] * other``.

    Args:
        input: a tensor.
        other: a tensor.  Of the two, the one with fewer dimensions gets leading ones of length 1.

    Returns:
        A tensor whose lengths are the products of those of the operands.

    Example::

        >>> polygrad.kron(polygrad.eye(2), polygrad.tensor([[1.0, 2.0]]))
        tensor([[1., 2., 0., 0.],
                [0., 0., 1., 2.]])
    """
    rank = max(input.ndim, other.ndim)
    a = (1,) * (rank - input.ndim) + tuple(input.shape)
    b = (1,) * (rank - other.ndim) + tuple(other.shape)
    left = xp.reshape(input, tuple(n for length in a for n in (length, 1)))
    right = xp.reshape(other, tuple(n for length in b for n in (1, length)))
    return xp.reshape(xp.multiply(left, right), tuple(m * n for m, n in zip(a, b, strict=True)))


@public_function(method=True, out=True)
@numpy_spelling
def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """Return the cross products of vectors of three elements.  `linalg.cross` takes the last dimension by default.

    Args:
        input: a tensor.
        other: a tensor of the same data type whose shape broadcasts with that of ``input``.
        dim: the dimension of the vectors, of length 3.  None, the default, takes the first one of that length, with a
            warning.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the dimension does not have length 3, the shapes do not broadcast, or the data types differ.

    Example::

        >>> polygrad.cross(polygrad.tensor([1.0, 0.0, 0.0]), polygrad.tensor([0.0, 1.0, 0.0]), dim=0)
        tensor([0., 0., 1.])
    """
    if dim is None:
        check_tensor(input, "cross")
        warn(
            "cross: the default of dim, the first dimension of length 3, is deprecated; give dim, or use linalg.cross, "
            "whose default is the last dimension"
        )
        dim = next((d for d, length in enumerate(input.shape) if length == 3), None)
        if dim is None:
            raise ShapeError(f"cross: no dimension of size 3 in input, whose shape is {tuple(input.shape)}")
    return linalg.cross(input, other, dim=dim)


@public_in_module
def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
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
    factors = list(tensors)
    if len(factors) < 2:
        raise RuntimeError(f"multi_dot(): there must be at least 2 tensors, but there are {len(factors)}")
    check_same_dtype("multi_dot", {f"tensors[{number}]": x for number, x in enumerate(factors)})
    return _multiply_chain(factors)


@in_single_precision
def _multiply_chain(factors: list[Tensor]) -> Tensor:
    row, column = factors[0].ndim == 1, factors[-1].ndim == 1
    if row:
        factors[0] = xp.expand_dims(factors[0], axis=0)
    if column:
        factors[-1] = xp.expand_dims(factors[-1], axis=-1)
    for number, x in enumerate(factors):
        check_ndim("multi_dot", (f"tensors[{number}]", x, 2))
    for x, y in itertools.pairwise(factors):
        _check_inner_lengths(x, y)
    result = _multiply_in_best_order(factors)
    shape = tuple(result.shape)[int(row) : 1 if column else 2]
    return xp.reshape(result, shape) if row or column else result


def _multiply_in_best_order(factors: list[Tensor]) -> Tensor:
    sides = [factors[0].shape[0], *(x.shape[1] for x in factors)]
    count = len(factors)
    cost = [[0] * count for _ in range(count)]
    cut = [[0] * count for _ in range(count)]
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            options = [(cost[i][k] + cost[k + 1][j] + sides[i] * sides[k + 1] * sides[j + 1], k) for k in range(i, j)]
            cost[i][j], cut[i][j] = min(options)

    def product(i: int, j: int) -> Tensor:
        return factors[i] if i == j else xp.matmul(product(i, cut[i][j]), product(cut[i][j] + 1, j))

    return product(0, count - 1)


@public_function(out=True)
def chain_matmul(*matrices: Tensor) -> Tensor:
    """Multiply several matrices, as `linalg.multi_dot` does, given as separate arguments.

    Args:
        *matrices: at least two matrices of one data type; the first and the last may be vectors.

    Returns:
        The product.

    Raises:
        RuntimeError: there are fewer than two operands, or the shapes or data types do not fit.

    Example::

        >>> polygrad.chain_matmul(polygrad.ones(1, 3), polygrad.ones(3, 4), polygrad.ones(4, 1))
        tensor([[12.]])
    """
    return multi_dot(matrices)


# -- a product added to something --------------------------------------------------------------------------------------


def _add_product(input: Tensor, product: Tensor, beta: Any, alpha: Any, name: str) -> Tensor:
    """Return ``beta * input + alpha * product``.  With ``beta`` 0, NaN in ``input`` has no effect."""
    check_tensor(input, name)
    for argument, value in (("beta", beta), ("alpha", alpha)):
        if not product.dtype.is_differentiable and int(value) != value:
            raise RuntimeError(
                f"{name}(): for integer tensors {argument} must be an integer, not {value}; convert the tensors "
                "first, as in x.float()"
            )
    if alpha != 1:
        product = xp.multiply(product, alpha)
    if beta == 0:
        return product
    if broadcast_shapes(input.shape, product.shape) != tuple(product.shape):
        raise ShapeError(
            f"{name}(): input of shape {tuple(input.shape)} cannot be broadcast to the product's shape "
            f"{tuple(product.shape)}"
        )
    return xp.add(input if beta == 1 else xp.multiply(input, beta), product)


@public_function(method=True, in_place=True, out=True)
@require_same_dtype("input", "mat1", "mat2")
@in_single_precision
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """Return ``beta * input + alpha * (mat1 @ mat2)`` for matrices.

    Args:
        input: a tensor whose shape broadcasts to that of the product.
        mat1: a matrix of shape ``(n, m)``.
        mat2: a matrix of shape ``(m, p)``.
        beta: the factor of ``input``, a number.  With 0, ``input`` has no effect, not even NaN in it.
        alpha: the factor of the product, a number.

    Returns:
        A matrix of shape ``(n, p)``.

    Raises:
        RuntimeError: the shapes or data types do not fit, or a factor of integer tensors is not an integer.

    Example::

        >>> polygrad.addmm(polygrad.ones(2), polygrad.eye(2), polygrad.eye(2), alpha=2)
        tensor([[3., 1.],
                [1., 3.]])
    """
    return _add_product(input, mm(mat1, mat2), beta, alpha, "addmm")


@public_function(method=True, in_place=True, out=True)
@require_same_dtype("input", "mat", "vec")
@in_single_precision
def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """Return ``beta * input + alpha * (mat @ vec)``.

    Args:
        input: a tensor whose shape broadcasts to that of the product.
        mat: a matrix of shape ``(n, m)``.
        vec: a vector of length ``m``.
        beta: the factor of ``input``, a number.  With 0, ``input`` has no effect, not even NaN in it.
        alpha: the factor of the product, a number.

    Returns:
        A vector of length ``n``.

    Raises:
        RuntimeError: the shapes or data types do not fit, or a factor of integer tensors is not an integer.

    Example::

        >>> polygrad.addmv(polygrad.ones(2), polygrad.eye(2), polygrad.tensor([1.0, 2.0]))
        tensor([2., 3.])
    """
    return _add_product(input, mv(mat, vec), beta, alpha, "addmv")


@public_function(method=True, in_place=True, out=True)
@in_single_precision
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """Return ``beta * input + alpha * outer(vec1, vec2)``.

    Args:
        input: a tensor whose shape broadcasts to that of the product.
        vec1: a vector of length ``n``.
        vec2: a vector of length ``m``.
        beta: the factor of ``input``, a number.  With 0, ``input`` has no effect, not even NaN in it.
        alpha: the factor of the product, a number.

    Returns:
        A matrix of shape ``(n, m)``.

    Raises:
        RuntimeError: the shapes do not fit, or a factor of integer tensors is not an integer.

    Example::

        >>> polygrad.addr(polygrad.zeros(2, 2), polygrad.tensor([1.0, 2.0]), polygrad.tensor([3.0, 4.0]))
        tensor([[3., 4.],
                [6., 8.]])
    """
    return _add_product(input, outer(vec1, vec2), beta, alpha, "addr")


@public_function(method=True, in_place=True, out=True)
@require_same_dtype("input", "batch1", "batch2")
@in_single_precision
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """Return ``beta * input + alpha * (batch1 @ batch2)`` for batches of matrices.

    Args:
        input: a tensor whose shape broadcasts to that of the product.
        batch1: a tensor of shape ``(b, n, m)``.
        batch2: a tensor of shape ``(b, m, p)``.
        beta: the factor of ``input``, a number.  With 0, ``input`` has no effect, not even NaN in it.
        alpha: the factor of the product, a number.

    Returns:
        A tensor of shape ``(b, n, p)``.

    Raises:
        RuntimeError: the shapes or data types do not fit, or a factor of integer tensors is not an integer.

    Example::

        >>> polygrad.baddbmm(polygrad.ones(1), polygrad.ones(1, 2, 3), polygrad.ones(1, 3, 2))
        tensor([[[4., 4.],
                 [4., 4.]]])
    """
    return _add_product(input, bmm(batch1, batch2), beta, alpha, "baddbmm")


@public_function(method=True, in_place=True, out=True)
@require_same_dtype("input", "batch1", "batch2")
@in_single_precision
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """Return ``beta * input + alpha * sum(batch1 @ batch2)``, summed over the batch.

    Args:
        input: a tensor whose shape broadcasts to that of the product.
        batch1: a tensor of shape ``(b, n, m)``.
        batch2: a tensor of shape ``(b, m, p)``.
        beta: the factor of ``input``, a number.  With 0, ``input`` has no effect, not even NaN in it.
        alpha: the factor of the product, a number.

    Returns:
        A matrix of shape ``(n, p)``.

    Raises:
        RuntimeError: the shapes or data types do not fit, or a factor of integer tensors is not an integer.

    Example::

        >>> polygrad.addbmm(polygrad.ones(1), polygrad.ones(2, 1, 3), polygrad.ones(2, 3, 1))
        tensor([[7.]])
    """
    return _add_product(input, xp.sum(bmm(batch1, batch2), 0), beta, alpha, "addbmm")
