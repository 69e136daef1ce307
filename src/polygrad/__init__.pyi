"""polygrad: autograd with PyTorch's define-by-run API on any Array API library.

Written by `python tools/stubs.py`.
"""

from builtins import bool as _bool, complex as _complex, float as _float, int as _int
from collections.abc import Sequence
from numpy.typing import NDArray
from typing import Any, Literal, overload
from . import (
    array_api as array_api,
    autograd as autograd,
    backends as backends,
    compiler as compiler,
    cuda as cuda,
    distributions as distributions,
    fft as fft,
    func as func,
    linalg as linalg,
    nn as nn,
    optim as optim,
    random as random,
    serialization as serialization,
    signal as signal,
    sparse as sparse,
    special as special,
    testing as testing,
    types as types,
    utils as utils,
    viz as viz,
)
from ._allocator import tune_allocator as tune_allocator
from ._core.primitive import primitive as primitive
from ._core.tensor import Size as Size, Tensor as Tensor
from ._core.typing import BackendLike, DTypeLike, DeviceLike, Dims, Number, Operand, Real
from ._devices import Device as Device
from ._dtypes import (
    DType as DType,
    finfo as finfo,
    get_default_dtype as get_default_dtype,
    iinfo as iinfo,
    set_default_dtype as set_default_dtype,
)
from ._functions.decompositions import QRResult, SVDParts
from ._functions.elementwise import MantissaAndExponent
from ._functions.factorizations import GeqrfResult, LUResult
from ._functions.generator import (
    Generator as Generator,
    default_generator as default_generator,
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    seed as seed,
    set_rng_state as set_rng_state,
)
from ._functions.linalg import SlogdetResult
from ._functions.reductions import ValuesAndIndices
from ._functions.statistics import Histogram, HistogramOfPoints
from ._layouts import layout as layout, sparse_coo as sparse_coo, sparse_csr as sparse_csr, strided as strided
from .autograd.grad_mode import (
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    is_grad_enabled as is_grad_enabled,
    is_inference_mode_enabled as is_inference_mode_enabled,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from .autograd.non_finite import debug_nans as debug_nans
from .backends.registry import get_backend as get_backend, set_backend as set_backend, use_backend as use_backend
from .compiler import compile as compile
from .compiler.control_flow.api import cond as cond, scan as scan, while_loop as while_loop
from .func.batching import vmap as vmap
from .serialization import load as load, save as save
from .sparse.construction import sparse_coo_tensor as sparse_coo_tensor, sparse_csr_tensor as sparse_csr_tensor

__version__: str
BFloat16Tensor: type[Tensor]
BoolTensor: type[Tensor]
ByteTensor: type[Tensor]
CharTensor: type[Tensor]
DoubleTensor: type[Tensor]
FloatTensor: type[Tensor]
HalfTensor: type[Tensor]
IntTensor: type[Tensor]
LongTensor: type[Tensor]
ShortTensor: type[Tensor]
def abs(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The absolute value of each element, of a complex number its size. The derivative at 0 is 0.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.abs(polygrad.tensor([-1.5, 2.0]))
        tensor([1.5000, 2.0000])
    """
def absolute(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The absolute value of each element, of a complex number its size. The derivative at 0 is 0.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.abs(polygrad.tensor([-1.5, 2.0]))
        tensor([1.5000, 2.0000])
    """
def acos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse cosine of each element, between 0 and ``pi``; NaN outside of -1 to 1. The derivative is ``-1 / sqrt(1 - input ** 2)`` (DLMF 4.24).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.acos(polygrad.tensor([0.0, 1.0]))
        tensor([1.5708, 0.0000])
    """
def acosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic cosine of each element; NaN below 1. The derivative is ``1 / sqrt(input ** 2 - 1)`` (DLMF 4.38).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.acosh(polygrad.tensor([1.0, 2.0]))
        tensor([0.0000, 1.3170])
    """
def adaptive_avg_pool1d(input: Tensor, output_size: _int | Sequence[_int]) -> Tensor:
    """Take the means of as many regions of about equal length as the result has elements.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        output_size: the length of the result.

    Returns:
        A tensor ``(N, C, output_size)``, without ``N`` if ``input`` has none.  Region ``i`` of ``n`` is from ``floor(i * L / n)``
        to ``ceil((i + 1) * L / n)``.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_avg_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        tensor([[2., 1.]])
    """
@overload
def adaptive_max_pool1d(
    input: Tensor,
    output_size: _int | Sequence[_int | None] | None,
    return_indices: Literal[False] = False,
) -> Tensor:
    """Take the maxima of as many regions of about equal length as the result has elements.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        output_size: the length of the result.
        return_indices: also return where the maxima are in the sequence.

    Returns:
        A tensor ``(N, C, output_size)``, without ``N`` if ``input`` has none; with ``return_indices`` a pair of it and int64
        indices of its shape.  The regions are those of `adaptive_avg_pool1d`.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_max_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        tensor([[3., 2.]])
    """
@overload
def adaptive_max_pool1d(
    input: Tensor,
    output_size: _int | Sequence[_int | None] | None,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@overload
def adaptive_max_pool1d(
    input: Tensor,
    output_size: _int | Sequence[_int | None] | None,
    return_indices: _bool = False,
) -> Any: ...
def add(input: Operand, other: Operand, *, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """Return ``input + alpha * other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.
        alpha: the factor of ``other``, a number.

    Returns:
        A tensor of the broadcast shape and the promoted data type.

    Raises:
        RuntimeError: the shapes do not broadcast, or ``alpha`` is not an integer where the operands are.

    Example::

        >>> polygrad.add(polygrad.tensor([1.0, 2.0]), polygrad.tensor([10.0, 20.0]), alpha=0.1)
        tensor([2., 4.])
    """
def addbmm(
    input: Tensor,
    batch1: Tensor,
    batch2: Tensor,
    *,
    beta: Number = 1,
    alpha: Number = 1,
    out: Tensor | None = None,
) -> Tensor:
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
def addcdiv(
    input: Tensor,
    tensor1: Tensor,
    tensor2: Tensor,
    *,
    value: Number | Tensor = 1,
    out: Tensor | None = None,
) -> Tensor:
    """Return ``input + value * tensor1 / tensor2``.

    Args:
        input: a tensor.
        tensor1: the dividend, a tensor whose shape broadcasts with the others.
        tensor2: the divisor, a tensor whose shape broadcasts with the others.
        value: the factor of the quotient, a number.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> x, y = polygrad.tensor([1.0, 2.0]), polygrad.tensor([2.0, 4.0])
        >>> polygrad.addcdiv(polygrad.ones(2), x, y, value=2)
        tensor([2., 2.])
    """
def addcmul(
    input: Tensor,
    tensor1: Tensor,
    tensor2: Tensor,
    *,
    value: Number | Tensor = 1,
    out: Tensor | None = None,
) -> Tensor:
    """Return ``input + value * tensor1 * tensor2``.

    Args:
        input: a tensor.
        tensor1: a tensor whose shape broadcasts with the others.
        tensor2: a tensor whose shape broadcasts with the others.
        value: the factor of the product, a number.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> x, y = polygrad.tensor([1.0, 2.0]), polygrad.tensor([3.0, 4.0])
        >>> polygrad.addcmul(polygrad.ones(2), x, y, value=0.5)
        tensor([2.5000, 5.0000])
    """
def addmm(
    input: Tensor,
    mat1: Tensor,
    mat2: Tensor,
    *,
    beta: Number = 1,
    alpha: Number = 1,
    out: Tensor | None = None,
) -> Tensor:
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
def addmv(
    input: Tensor,
    mat: Tensor,
    vec: Tensor,
    *,
    beta: Number = 1,
    alpha: Number = 1,
    out: Tensor | None = None,
) -> Tensor:
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
def addr(
    input: Tensor,
    vec1: Tensor,
    vec2: Tensor,
    *,
    beta: Number = 1,
    alpha: Number = 1,
    out: Tensor | None = None,
) -> Tensor:
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
def adjoint(input: Tensor) -> Tensor:
    """Return the conjugate transpose of matrices: ``x.mH``.

    Args:
        input: a tensor of shape ``(*, n, m)``.

    Returns:
        A view of shape ``(*, m, n)``.

    Raises:
        RuntimeError: ``input`` is a vector.

    Example::

        >>> polygrad.adjoint(polygrad.tensor([[1 + 1j, 2j]]))
        tensor([[1.-1.j],
                [0.-2.j]])
    """
def all(input: Tensor, dim: Dims | None = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Test whether all elements are True, or not 0, of the whole tensor or along ``dim``.

    Args:
        input: a tensor of any shape and type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them, and ``()``
            none.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        A boolean tensor, or one of uint8 if ``input`` is.  Of no elements: True.

    Example::

        >>> polygrad.all(polygrad.tensor([[True, False], [True, True]]), dim=1)
        tensor([False,  True])
    """
def allclose(
    input: Tensor,
    other: Tensor,
    rtol: _float = 1e-05,
    atol: _float = 1e-08,
    equal_nan: _bool = False,
) -> _bool:
    """Test whether all elements of two tensors are equal within a tolerance, as `isclose` defines it.

    Args:
        input: a tensor.
        other: a tensor of the same data type, whose shape broadcasts with that of ``input``.
        rtol: the relative tolerance.
        atol: the absolute tolerance, in the units of the elements.
        equal_nan: whether NaN is close to NaN.

    Returns:
        A Python bool.

    Raises:
        ValueError: a tolerance is negative.
        RuntimeError: the data types differ.

    Example::

        >>> polygrad.allclose(polygrad.tensor([1.0]), polygrad.tensor([1.0 + 1e-7]))
        True
    """
def alpha_dropout(input: Tensor, p: _float = 0.5, training: _bool = False, inplace: _bool = False) -> Tensor:
    """Dropout that keeps the mean and the variance of activations of `selu`: dropped elements take its negative limit.

    Klambauer et al., "Self-normalizing neural networks", 2017, arXiv:1706.02515.

    Args:
        input: a tensor of any shape.
        p: the probability that an element is dropped, from 0 to 1.
        training: False, which is the default, returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ValueError: ``p`` is not from 0 to 1.

    Example::

        >>> F.alpha_dropout(polygrad.zeros(2, 3), p=0.5, training=True).shape
        polygrad.Size([2, 3])
    """
def amax(input: Tensor, dim: Dims | None = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Return the maximum of all elements, or the maxima along ``dim``; equal maxima share the gradient.

    Args:
        input: a real tensor of any shape.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions.

    Raises:
        RuntimeError: there are no elements and no ``dim``.
        IndexError: a dimension is out of range or has no elements.

    Example::

        >>> polygrad.amax(polygrad.tensor([[1.0, 5.0], [4.0, 3.0]]), dim=(0, 1))
        tensor(5.)
    """
def amin(input: Tensor, dim: Dims | None = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Return the minimum of all elements, or the minima along ``dim``; equal minima share the gradient.

    Args:
        input: a real tensor of any shape.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions.

    Raises:
        RuntimeError: there are no elements and no ``dim``.
        IndexError: a dimension is out of range or has no elements.

    Example::

        >>> polygrad.amin(polygrad.tensor([[1.0, 5.0], [4.0, 3.0]]), dim=0)
        tensor([1., 3.])
    """
def aminmax(
    input: Tensor,
    *,
    dim: _int | None = None,
    keepdim: _bool = False,
    out: tuple[Tensor, ...] | None = None,
) -> tuple[Tensor, Tensor]:
    """Return the minimum and the maximum of all elements, or along ``dim``.

    Args:
        input: a real tensor of any shape.
        dim: the dimension to reduce.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        Two tensors, as `amin` and `amax` give them.

    Raises:
        RuntimeError: there are no elements and no ``dim``.
        IndexError: the dimension is out of range or has no elements.

    Example::

        >>> polygrad.aminmax(polygrad.tensor([3.0, 1.0, 2.0]))
        (tensor(1.), tensor(3.))
    """
def angle(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the angle of each element in the complex plane.

    Args:
        input: a tensor of any shape.

    Returns:
        Angles in radians, in ``[-pi, pi]``.  Of real elements: pi where they are negative, else 0.

    Example::

        >>> polygrad.angle(polygrad.tensor([1 + 1j, -1 + 0j]))
        tensor([0.7854, 3.1416])
    """
def any(input: Tensor, dim: Dims | None = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Test whether any element is True, or not 0, of the whole tensor or along ``dim``.

    Args:
        input: a tensor of any shape and type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them, and ``()``
            none.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        A boolean tensor, or one of uint8 if ``input`` is.  Of no elements: False.

    Example::

        >>> polygrad.any(polygrad.tensor([[True, False], [False, False]]), dim=1)
        tensor([ True, False])
    """
def arange(
    start: Number,
    end: Number | None = None,
    step: Number = 1,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Create a vector of numbers at equal steps.

    Args:
        start: the first number.  With one argument: the end, and the start is 0.
        end: the numbers stop before it.
        step: the difference between neighbours, not 0.
        dtype: the data type.  By default int64 if all arguments are ints, else float32 (see `set_default_dtype`).
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A vector of length ``ceil((end - start) / step)``.

    Raises:
        RuntimeError: ``step`` is 0 or leads away from ``end``, or an argument is not finite.

    Example::

        >>> polygrad.arange(5), polygrad.arange(1.0, 2.0, 0.5)
        (tensor([0, 1, 2, 3, 4]), tensor([1.0000, 1.5000]))
    """
def arccos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse cosine of each element, between 0 and ``pi``; NaN outside of -1 to 1. The derivative is ``-1 / sqrt(1 - input ** 2)`` (DLMF 4.24).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.acos(polygrad.tensor([0.0, 1.0]))
        tensor([1.5708, 0.0000])
    """
def arccosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic cosine of each element; NaN below 1. The derivative is ``1 / sqrt(input ** 2 - 1)`` (DLMF 4.38).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.acosh(polygrad.tensor([1.0, 2.0]))
        tensor([0.0000, 1.3170])
    """
def arcsin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse sine of each element, between ``-pi / 2`` and ``pi / 2``; NaN outside of -1 to 1. The derivative is ``1 / sqrt(1 - input ** 2)`` (DLMF 4.24).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.asin(polygrad.tensor([0.0, 1.0]))
        tensor([0.0000, 1.5708])
    """
def arcsinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic sine of each element. The derivative is ``1 / sqrt(1 + input ** 2)`` (DLMF 4.38).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.asinh(polygrad.tensor([0.0, 1.0]))
        tensor([0.0000, 0.8814])
    """
def arctan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse tangent of each element, between ``-pi / 2`` and ``pi / 2``. The derivative is ``1 / (1 + input ** 2)`` (DLMF 4.24).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.atan(polygrad.tensor([0.0, 1.0]))
        tensor([0.0000, 0.7854])
    """
def arctan2(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The angle of each point, from the positive horizontal axis, in radians: ``input`` is its vertical coordinate, ``other`` its horizontal one. The gradient at the origin is 0.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.atan2(polygrad.tensor([1.0, 0.0]), polygrad.tensor([1.0, -1.0]))
        tensor([0.7854, 3.1416])
    """
def arctanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic tangent of each element; NaN outside of -1 to 1. The derivative is ``1 / (1 - input ** 2)`` (DLMF 4.38).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.atanh(polygrad.tensor([0.0, 0.5]))
        tensor([0.0000, 0.5493])
    """
def argmax(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Return the index of the largest element, in the flattened tensor or along ``dim``.

    Args:
        input: a real tensor of any shape.  NaN counts as the largest value, and of equal elements the first is taken.
        dim: the dimension to reduce.  None, the default, counts in the flattened tensor.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        An int64 tensor.

    Raises:
        IndexError: the dimension is out of range or has no elements.

    Example::

        >>> x = polygrad.tensor([[1.0, 5.0], [4.0, 3.0]])
        >>> polygrad.argmax(x), polygrad.argmax(x, dim=1)
        (tensor(1), tensor([1, 0]))
    """
def argmin(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Return the index of the smallest element, in the flattened tensor or along ``dim``.

    Args:
        input: a real tensor of any shape.  NaN counts as the smallest value, and of equal elements the first is taken.
        dim: the dimension to reduce.  None, the default, counts in the flattened tensor.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        An int64 tensor.

    Raises:
        IndexError: the dimension is out of range or has no elements.

    Example::

        >>> x = polygrad.tensor([[1.0, 5.0], [4.0, 3.0]])
        >>> polygrad.argmin(x), polygrad.argmin(x, dim=1)
        (tensor(0), tensor([0, 1]))
    """
def argsort(
    input: Tensor,
    dim: _int = -1,
    descending: _bool = False,
    *,
    stable: _bool = True,
    out: Tensor | None = None,
) -> Tensor:
    """Return the indices that sort a tensor along a dimension.  The sort is always stable.

    Args:
        input: a real tensor of any shape.  NaN counts as the largest value.
        dim: the dimension.
        descending: whether the index of the largest element comes first.
        stable: accepted for compatibility with PyTorch.

    Returns:
        An int64 tensor of the shape of ``input``.

    Raises:
        IndexError: the dimension is out of range.
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.argsort(polygrad.tensor([3.0, 1.0, 2.0]))
        tensor([1, 2, 0])
    """
def argwhere(input: Tensor) -> Tensor:
    """Return the positions of the elements that are not 0, one a row.

    Args:
        input: a tensor of any shape and type.

    Returns:
        An int64 tensor of shape ``(n, input.ndim)``.

    Example::

        >>> polygrad.argwhere(polygrad.tensor([0, 7, 0, 9]))
        tensor([[1],
                [3]])
    """
def as_array(
    data: Any,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    *,
    backend: BackendLike | None = None,
) -> Tensor:
    """Convert data to a tensor, keeping graphs.

    Args:
        data: as for `tensor`.  Tensors in nested lists are stacked.
        dtype: the data type.  By default that of the data, as for `tensor`.
        device: the device of the result.  By default the current one of the backend.
        backend: the backend, by name.  By default that of the data, else the current one.

    Returns:
        A tensor; ``data`` itself if it is a tensor that fits.

    Raises:
        TypeError: the data are not numbers.
        ValueError: the elements of a list have different shapes.

    Example::

        >>> x = polygrad.tensor(1.0, requires_grad=True)
        >>> polygrad.as_tensor([x, 2.0]).requires_grad
        True
    """
def as_strided(
    input: Tensor,
    size: _int | Sequence[_int],
    stride: _int | Sequence[_int],
    storage_offset: _int | None = None,
) -> Tensor:
    """Return a view of the memory of a tensor with a chosen shape and strides, in PyTorch's memory layout.

    Args:
        input: a tensor of any shape.
        size: the shape of the view.
        stride: how many elements of the memory lie between neighbours along each dimension, none negative.
        storage_offset: how many elements lie before the first one.  None, the default, is that of ``input``.

    Returns:
        A view, whose elements may be the same.  Where it reaches beyond the elements of ``input``, it is a view of the tensor
        that ``input`` is a view of.

    Raises:
        RuntimeError: the view reaches beyond the memory, or the lengths do not match.
        NotImplementedError: it reaches beyond ``input``, a view of another data type.

    Example::

        >>> polygrad.as_strided(polygrad.arange(5), (2, 3), (2, 1))
        tensor([[0, 1, 2],
                [2, 3, 4]])
    """
def as_strided_scatter(
    input: Tensor,
    src: Tensor,
    size: _int | Sequence[_int],
    stride: _int | Sequence[_int],
    storage_offset: _int | None = None,
) -> Tensor:
    """Return a copy of a tensor with another one written to a part of chosen strides.

    Args:
        input: a tensor of any shape.
        src: what is written, a tensor of shape ``size``.
        size: the shape of the part.
        stride: how many elements lie between neighbours along each dimension, none negative.
        storage_offset: how many elements lie before the first one.  None, the default, is 0.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        RuntimeError: the part reaches beyond ``input``, its elements are not different ones, or the shapes do not match.

    Example::

        >>> polygrad.as_strided_scatter(polygrad.zeros(4), polygrad.ones(2), (2,), (2,), 1)
        tensor([0., 1., 0., 1.])
    """
def as_tensor(
    data: Any,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    *,
    backend: BackendLike | None = None,
) -> Tensor:
    """Convert data to a tensor, keeping graphs.

    Args:
        data: as for `tensor`.  Tensors in nested lists are stacked.
        dtype: the data type.  By default that of the data, as for `tensor`.
        device: the device of the result.  By default the current one of the backend.
        backend: the backend, by name.  By default that of the data, else the current one.

    Returns:
        A tensor; ``data`` itself if it is a tensor that fits.

    Raises:
        TypeError: the data are not numbers.
        ValueError: the elements of a list have different shapes.

    Example::

        >>> x = polygrad.tensor(1.0, requires_grad=True)
        >>> polygrad.as_tensor([x, 2.0]).requires_grad
        True
    """
def asarray(
    obj: Any,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    copy: _bool | None = None,
    requires_grad: _bool | None = None,
    backend: BackendLike | None = None,
) -> Tensor:
    """Convert an object to a tensor: a tensor, an array of any library, a buffer, nested lists, or a number.

    Args:
        obj: the object.  Of bytes and other buffers, ``dtype`` says what they hold.
        dtype: the data type of the result.  By default that of ``obj``.
        device: the device of the result.  By default the current one of the backend.
        copy: True copies always, False never: memory is shared, with the promise not to write to it.  None, the
            default, copies everything but a tensor that fits.
        requires_grad: if given, the result is a leaf, outside the graph of ``obj``, and this says whether it requires
            grad.
        backend: the backend of the result, by name.  By default that of an array or tensor, else the current one.

    Returns:
        A tensor; ``obj`` itself if it is a tensor that fits.

    Raises:
        ValueError: ``copy=False``, and memory cannot be shared.
        TypeError: ``obj`` is none of these.

    Example::

        >>> polygrad.asarray(np.arange(3))
        tensor([0, 1, 2])
        >>> polygrad.asarray(bytes([1, 2]), dtype=polygrad.uint8)
        tensor([1, 2], dtype=polygrad.uint8)
    """
def asin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse sine of each element, between ``-pi / 2`` and ``pi / 2``; NaN outside of -1 to 1. The derivative is ``1 / sqrt(1 - input ** 2)`` (DLMF 4.24).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.asin(polygrad.tensor([0.0, 1.0]))
        tensor([0.0000, 1.5708])
    """
def asinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic sine of each element. The derivative is ``1 / sqrt(1 + input ** 2)`` (DLMF 4.38).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.asinh(polygrad.tensor([0.0, 1.0]))
        tensor([0.0000, 0.8814])
    """
def atan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse tangent of each element, between ``-pi / 2`` and ``pi / 2``. The derivative is ``1 / (1 + input ** 2)`` (DLMF 4.24).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.atan(polygrad.tensor([0.0, 1.0]))
        tensor([0.0000, 0.7854])
    """
def atan2(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The angle of each point, from the positive horizontal axis, in radians: ``input`` is its vertical coordinate, ``other`` its horizontal one. The gradient at the origin is 0.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.atan2(polygrad.tensor([1.0, 0.0]), polygrad.tensor([1.0, -1.0]))
        tensor([0.7854, 3.1416])
    """
def atanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic tangent of each element; NaN outside of -1 to 1. The derivative is ``1 / (1 - input ** 2)`` (DLMF 4.38).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.atanh(polygrad.tensor([0.0, 0.5]))
        tensor([0.0000, 0.5493])
    """
@overload
def atleast_1d(tensors: Operand, /) -> Tensor:
    """Return views with at least one dimension.

    Args:
        *tensors: tensors, one by one or as one sequence.

    Returns:
        A tensor for one tensor, a tuple for several.

    Example::

        >>> polygrad.atleast_1d(polygrad.tensor(1.0)).shape
        polygrad.Size([1])
    """
@overload
def atleast_1d(tensors: Sequence[Operand], /) -> tuple[Tensor, ...]: ...
@overload
def atleast_1d(*tensors: Operand) -> tuple[Tensor, ...]: ...
@overload
def atleast_2d(tensors: Operand, /) -> Tensor:
    """Return views with at least two dimensions; a vector becomes a row.

    Args:
        *tensors: tensors, one by one or as one sequence.

    Returns:
        A tensor for one tensor, a tuple for several.

    Example::

        >>> polygrad.atleast_2d(polygrad.ones(3)).shape
        polygrad.Size([1, 3])
    """
@overload
def atleast_2d(tensors: Sequence[Operand], /) -> tuple[Tensor, ...]: ...
@overload
def atleast_2d(*tensors: Operand) -> tuple[Tensor, ...]: ...
@overload
def atleast_3d(tensors: Operand, /) -> Tensor:
    """Return views with at least three dimensions: a vector gets shape ``(1, n, 1)``, a matrix ``(n, m, 1)``.

    Args:
        *tensors: tensors, one by one or as one sequence.

    Returns:
        A tensor for one tensor, a tuple for several.

    Example::

        >>> polygrad.atleast_3d(polygrad.ones(3)).shape
        polygrad.Size([1, 3, 1])
    """
@overload
def atleast_3d(tensors: Sequence[Operand], /) -> tuple[Tensor, ...]: ...
@overload
def atleast_3d(*tensors: Operand) -> tuple[Tensor, ...]: ...
def avg_pool1d(
    input: Tensor,
    kernel_size: _int | Sequence[_int],
    stride: _int | Sequence[_int] | None = None,
    padding: _int | Sequence[_int] = 0,
    ceil_mode: _bool = False,
    count_include_pad: _bool = True,
) -> Tensor:
    """Take the mean of each window of sequences.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        kernel_size: the length of a window.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many zeros to add at each end, at most half of ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the sequence.
        count_include_pad: count the zeros of the padding as elements.

    Returns:
        A tensor ``(N, C, L')`` with ``L' = (L + 2 * padding - kernel_size) // stride + 1``, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.avg_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        tensor([[2., 1.]])
    """
def baddbmm(
    input: Tensor,
    batch1: Tensor,
    batch2: Tensor,
    *,
    beta: Number = 1,
    alpha: Number = 1,
    out: Tensor | None = None,
) -> Tensor:
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
def bartlett_window(
    window_length: _int,
    periodic: _bool = True,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
) -> Tensor:
    """`signal.windows.bartlett`, periodic by default.

    Args:
        window_length: the number of values.
        periodic: whether it is the window of ``window_length + 1`` values without its last one, for transforms of periodic
            signals; False is for filters.
        dtype: a floating type; the default one if left out.
        device: the device of the result.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result.

    Returns:
        A tensor of shape ``(window_length,)``.

    Raises:
        RuntimeError: ``window_length`` is negative, or the data type is not floating.

    Example::

        >>> polygrad.bartlett_window(4)
        tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: _bool = False,
    momentum: _float = 0.1,
    eps: _float = 1e-05,
) -> Tensor:
    """Normalize each channel to mean 0 and variance 1: ``(input - mean) / sqrt(variance + eps) * weight + bias``.

    In training the statistics are those of ``input``, and ``running_mean`` and ``running_var`` are updated in place:
    ``running = (1 - momentum) * running + momentum * statistic``, with the unbiased variance.  Otherwise the running statistics
    are used.  Ioffe and Szegedy, "Batch normalization", 2015, arXiv:1502.03167.

    Args:
        input: a tensor ``(N, C, *)``.
        running_mean: the running mean ``(C,)``, or None, which is possible only in training.
        running_var: the running variance ``(C,)``, or None, which is possible only in training.
        weight: a factor for each channel, ``(C,)``, or None.
        bias: a summand for each channel, ``(C,)``, or None.
        training: whether to use, and follow, the statistics of ``input``.
        momentum: the part of the new statistics in the running ones.
        eps: a number added to the variance.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has fewer than 2 dimensions, or a parameter is not ``(C,)``.
        ValueError: there is one value per channel in training.
        RuntimeError: there are no running statistics in evaluation.
        MixedTypesError: the data types differ, other than half precision with float32 parameters.

    Example::

        >>> mean, var = polygrad.zeros(1), polygrad.ones(1)
        >>> F.batch_norm(polygrad.tensor([[1.0], [3.0]]), mean, var, training=True)
        tensor([[-1.0000],
                [ 1.0000]])
        >>> mean
        tensor([0.2000])
    """
def bernoulli(
    input: Tensor,
    p: _float | None = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Draw 1 with a given probability, and else 0.

    Args:
        input: the probabilities, a tensor of a floating-point type with elements in [0, 1]; with ``p``, a tensor whose
            shape, type and place are taken.
        p: one probability for all elements.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        RuntimeError: a probability is not in [0, 1], or ``input`` is not of a floating-point type.

    Example::

        >>> polygrad.bernoulli(polygrad.tensor([0.0, 1.0]))
        tensor([0., 1.])
    """
bfloat16: DType
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Bilinear map of the last dimensions: ``input1 @ weight[k] @ input2 + bias[k]`` for every output feature ``k``.

    Args:
        input1: a tensor ``(*, in1_features)``.
        input2: a tensor ``(*, in2_features)``, with the leading dimensions of ``input1``.
        weight: a tensor ``(out_features, in1_features, in2_features)``.
        bias: a vector ``(out_features,)``, or None.

    Returns:
        A tensor ``(*, out_features)``.

    Raises:
        ShapeError: the shapes do not match.

    Example::

        >>> F.bilinear(polygrad.ones(5, 2), polygrad.ones(5, 3), polygrad.ones(4, 2, 3)).shape
        polygrad.Size([5, 4])
    """
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    reduction: str = 'mean',
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of ``sigmoid(input)``, without overflow.

    Args:
        input: scores (logits) of any shape.
        target: a tensor of the same shape, with values from 0 to 1.
        weight: a factor for each element, that broadcasts to ``input``, or None.
        reduction: "mean", "sum", or "none" for the loss of each element.
        pos_weight: a factor for the term of ``target``, that broadcasts to ``input``; above 1 it favours recall.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes differ.
        RuntimeError: ``target`` is of an integer type.

    Example::

        >>> F.binary_cross_entropy_with_logits(polygrad.tensor([0.0, 100.0]), polygrad.tensor([1.0, 0.0]), reduction="none")
        tensor([  0.6931, 100.0000])
    """
def bincount(input: Tensor, weights: Tensor | None = None, minlength: _int = 0) -> Tensor:
    """Count how often each non-negative integer occurs, or add up the weights of its occurrences.

    The length of the result depends on values, so this cannot be compiled.

    Args:
        input: a vector of non-negative integers.
        weights: a tensor of the shape of ``input``.  The gradient goes to it.
        minlength: the least length of the result.

    Returns:
        A vector with one element for each integer from 0 to the largest: int64 counts, or sums of weights (float32 for
            float32, else float64).

    Raises:
        RuntimeError: ``input`` is not a vector of non-negative integers, ``weights`` has another shape, or ``minlength`` is
            negative.

    Example::

        >>> polygrad.bincount(polygrad.tensor([0, 2, 2]))
        tensor([1, 0, 2])
    """
def bitwise_and(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The bits that both integers have, or where both booleans are true: ``input & other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.bitwise_and(polygrad.tensor([5, 3]), polygrad.tensor([6, 2]))
        tensor([4, 2])
    """
def bitwise_left_shift(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The integers of ``input`` with their bits moved to the left, ``input * 2 ** other``: ``input << other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.bitwise_left_shift(polygrad.tensor([5, 3]), polygrad.tensor([6, 2]))
        tensor([320,  12])
    """
def bitwise_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The integers with every bit turned, ``-input - 1``, or the other of each boolean: ``~input``.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.bitwise_not(polygrad.tensor([0, 5]))
        tensor([-1, -6])
    """
def bitwise_or(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The bits that either integer has, or where either boolean is true: ``input | other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.bitwise_or(polygrad.tensor([5, 3]), polygrad.tensor([6, 2]))
        tensor([7, 3])
    """
def bitwise_right_shift(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The integers of ``input`` with their bits moved to the right, ``input // 2 ** other``: ``input >> other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.bitwise_right_shift(polygrad.tensor([5, 3]), polygrad.tensor([6, 2]))
        tensor([0, 0])
    """
def bitwise_xor(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The bits that just one of both integers has, or where just one of both booleans is true: ``input ^ other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.bitwise_xor(polygrad.tensor([5, 3]), polygrad.tensor([6, 2]))
        tensor([3, 1])
    """
def blackman_window(
    window_length: _int,
    periodic: _bool = True,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
) -> Tensor:
    """`signal.windows.blackman`, periodic by default.

    Args:
        window_length: the number of values.
        periodic: whether it is the window of ``window_length + 1`` values without its last one, for transforms of periodic
            signals; False is for filters.
        dtype: a floating type; the default one if left out.
        device: the device of the result.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result.

    Returns:
        A tensor of shape ``(window_length,)``.

    Raises:
        RuntimeError: ``window_length`` is negative, or the data type is not floating.

    Example::

        >>> polygrad.blackman_window(2) > 0.5
        tensor([False,  True])
    """
def block_diag(*tensors: Tensor) -> Tensor:
    """Return the block diagonal matrix of the given matrices.

    Args:
        *tensors: matrices; a vector counts as a row, a tensor without dimensions as a matrix of one element.

    Returns:
        A matrix with the blocks along its diagonal and zeros elsewhere.

    Raises:
        RuntimeError: a tensor has more than two dimensions.

    Example::

        >>> polygrad.block_diag(polygrad.tensor([[1, 2]]), polygrad.tensor([[3]]))
        tensor([[1, 2, 0],
                [0, 0, 3]])
    """
def bmm(input: Tensor, mat2: Tensor, out_dtype: DType | None = None, *, out: Tensor | None = None) -> Tensor:
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
bool: DType
def broadcast_shapes(*shapes: _int | Sequence[_int]) -> tuple[_int, ...]:
    """Return the shape that tensors of the given shapes broadcast to.

    Args:
        *shapes: shapes, each a tuple of lengths or one length.

    Returns:
        A tuple of ints.

    Raises:
        RuntimeError: the shapes do not broadcast, or a length is negative.
        TypeError: a shape is not made of ints.

    Example::

        >>> polygrad.broadcast_shapes((3, 1), (4,))
        (3, 4)
    """
def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Broadcast tensors to their common shape.  The elements are not copied, so the results can only be read.

    Args:
        *tensors: tensors whose shapes broadcast.

    Returns:
        A tuple of views.

    Raises:
        RuntimeError: the shapes do not broadcast.

    Example::

        >>> [x.shape for x in polygrad.broadcast_tensors(polygrad.ones(3, 1), polygrad.ones(4))]
        [polygrad.Size([3, 4]), polygrad.Size([3, 4])]
    """
def broadcast_to(input: Tensor, size: Sequence[_int]) -> Tensor:
    """Broadcast a tensor to a shape.  The elements are not copied, so the result can only be read.

    Args:
        input: a tensor.
        size: the new shape, which ``input`` broadcasts to.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: ``input`` does not broadcast to ``size``.

    Example::

        >>> polygrad.broadcast_to(polygrad.tensor([1, 2]), (2, 2))
        tensor([[1, 2],
                [1, 2]])
    """
def bucketize(
    input: Tensor | Number,
    boundaries: Tensor,
    *,
    out_int32: _bool = False,
    right: _bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Find the index of the interval between boundaries in which each value lies.

    Args:
        input: the values, a number or a tensor of any shape.
        boundaries: a vector in ascending order.
        out_int32: whether the result is int32 instead of int64.
        right: whether an interval contains its left end instead of its right one.

    Returns:
        A tensor of indices with the shape of ``input``: 0 before the first boundary, ``len(boundaries)`` after the last.

    Example::

        >>> polygrad.bucketize(polygrad.tensor([0.5, 2.0, 9.0]), polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([0, 1, 3])
    """
def can_cast(from_: DType, to: DType) -> _bool:
    """Test whether values of one data type may be written in place into a tensor of another.

    They may if the kind does not get smaller in the order bool, integer, floating-point, complex.

    Args:
        from_: the data type of the values.
        to: the data type of the tensor.

    Returns:
        A Python bool.

    Example::

        >>> polygrad.can_cast(polygrad.float64, polygrad.float32), polygrad.can_cast(polygrad.float32, polygrad.int64)
        (True, False)
    """
def cartesian_prod(*tensors: Tensor) -> Tensor:
    """Return all combinations of one element of each vector.

    Args:
        *tensors: vectors of one data type.

    Returns:
        A matrix with one combination a row; for a single vector that vector.

    Example::

        >>> polygrad.cartesian_prod(polygrad.tensor([1, 2]), polygrad.tensor([3, 4]))
        tensor([[1, 3],
                [1, 4],
                [2, 3],
                [2, 4]])
    """
def cat(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """Join tensors along an existing dimension.

    Args:
        tensors: a sequence of tensors whose shapes differ in ``dim`` only; vectors without elements fit anywhere.
        dim: the dimension.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes do not fit.

    Example::

        >>> polygrad.cat([polygrad.tensor([1, 2]), polygrad.tensor([3])])
        tensor([1, 2, 3])
    """
def cdist(x1: Tensor, x2: Tensor, p: _float = 2.0, compute_mode: str | None = None) -> Tensor:
    """Return the distances between all rows of two batches of matrices.

    ``out[i, j] = norm(x1[i] - x2[j], p)``; the gradient at a distance of 0 is 0.

    Args:
        x1: a tensor of shape ``(*, n, m)``.
        x2: a tensor of the same data type and of shape ``(*, k, m)``; the batch dimensions broadcast.
        p: the order of the norm, 0 or larger.
        compute_mode: accepted for compatibility with PyTorch.  The distances are always computed from the differences.

    Returns:
        A tensor of shape ``(*, n, k)``.

    Raises:
        RuntimeError: the rows have different lengths, a tensor has fewer than two dimensions, the data types differ, or
            ``p`` is negative.

    Example::

        >>> polygrad.cdist(polygrad.tensor([[0.0, 0.0]]), polygrad.tensor([[3.0, 4.0], [0.0, 1.0]]))
        tensor([[5., 1.]])
    """
cdouble: DType
def ceil(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smallest integer that is not below each element. The derivative is 0.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.ceil(polygrad.tensor([1.2, -1.7]))
        tensor([ 2., -1.])
    """
def celu(input: Tensor, alpha: _float = 1.0, inplace: _bool = False) -> Tensor:
    """`elu` with a continuous derivative: ``input`` where it is positive, else ``alpha * (exp(input / alpha) - 1)``.

    Barron, "Continuously differentiable exponential linear units", 2017, arXiv:1704.07483.

    Args:
        input: a tensor of any shape.
        alpha: the limit on the negative side is ``-alpha``.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.celu(polygrad.tensor([-1.0, 0.0, 2.0]), alpha=2.0)
        tensor([-0.7869,  0.0000,  2.0000])
    """
def celu_(input: Tensor, alpha: _float = 1.0) -> Tensor:
    """`celu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        alpha: the limit on the negative side is ``-alpha``.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.celu_(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.6321,  0.0000,  2.0000])
    """
cfloat: DType
def chain_matmul(*matrices: Tensor, out: Tensor | None = None) -> Tensor:
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
def channel_shuffle(input: Tensor, groups: _int) -> Tensor:
    """Interleave the channels of groups: channel ``i`` of group ``g`` moves to ``i * groups + g``.

    Zhang et al., "ShuffleNet", 2017, arXiv:1707.01083.

    Args:
        input: a tensor ``(N, C, *)``.
        groups: how many groups of neighbouring channels there are.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has fewer than 3 dimensions, or its channels are not divisible by ``groups``.

    Example::

        >>> F.channel_shuffle(polygrad.arange(4).reshape(1, 4, 1), 2).flatten()
        tensor([0, 2, 1, 3])
    """
def cholesky(A: Tensor, upper: _bool = False, *, out: Tensor | None = None) -> Tensor:
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
def cholesky_inverse(L: Tensor, upper: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Return the inverse of a matrix, given its Cholesky factor.

    Args:
        L: the factor, of shape ``(*, n, n)``, as `linalg.cholesky` gives it.
        upper: whether the factor is upper triangular.

    Returns:
        A tensor of shape ``(*, n, n)``.

    Raises:
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.cholesky_inverse(polygrad.tensor([[2.0, 0.0], [0.0, 4.0]]))
        tensor([[0.2500, 0.0000],
                [0.0000, 0.0625]])
    """
def cholesky_solve(B: Tensor, L: Tensor, upper: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Solve the linear equations ``A @ X == B``, given the Cholesky factor of ``A``.

    Args:
        B: a tensor of shape ``(*, n, k)``.
        L: the factor, of shape ``(*, n, n)``, as `linalg.cholesky` gives it.
        upper: whether the factor is upper triangular.

    Returns:
        The solution, of shape ``(*, n, k)``.

    Raises:
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> L = polygrad.linalg.cholesky(polygrad.tensor([[4.0, 2.0], [2.0, 5.0]]))
        >>> polygrad.cholesky_solve(polygrad.tensor([[6.0], [7.0]]), L)
        tensor([[1.],
                [1.]])
    """
def chunk(input: Tensor, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
    """Split a tensor along a dimension into at most ``chunks`` parts of equal length; the last one may be shorter.

    Args:
        input: a tensor of at least one dimension.
        chunks: how many parts are wanted.
        dim: the dimension.

    Returns:
        A tuple of views of ``input``.

    Raises:
        RuntimeError: ``chunks`` is less than 1.

    Example::

        >>> polygrad.chunk(polygrad.tensor([1, 2, 3]), 2)
        (tensor([1, 2]), tensor([3]))
    """
def clamp(
    input: Tensor,
    min: Operand | None = None,
    max: Operand | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Clamp each element to ``[min, max]``.

    The gradient is 0 where an element was clamped.

    Args:
        input: a tensor of any shape.
        min: the lower bound: a number, a tensor whose shape broadcasts with that of ``input``, or None for no bound.
        max: the upper bound, in the same forms.  Where it is less than ``min``, the result is ``max``.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: both bounds are None.

    Example::

        >>> polygrad.clamp(polygrad.tensor([-1.0, 0.5, 2.0]), 0, 1)
        tensor([0.0000, 0.5000, 1.0000])
    """
def clamp_max(input: Tensor, max: Operand | None, *, out: Tensor | None = None) -> Tensor:
    """Clamp each element to at most ``max``.

    Args:
        input: a tensor of any shape.
        max: the upper bound: a number, or a tensor whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> polygrad.clamp_max(polygrad.tensor([-1.0, 2.0]), 0)
        tensor([-1.,  0.])
    """
def clamp_min(input: Tensor, min: Operand | None, *, out: Tensor | None = None) -> Tensor:
    """Clamp each element to at least ``min``.

    Args:
        input: a tensor of any shape.
        min: the lower bound: a number, or a tensor whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> polygrad.clamp_min(polygrad.tensor([-1.0, 2.0]), 0)
        tensor([0., 2.])
    """
def clip(
    input: Tensor,
    min: Operand | None = None,
    max: Operand | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Clamp each element to ``[min, max]``.

    The gradient is 0 where an element was clamped.

    Args:
        input: a tensor of any shape.
        min: the lower bound: a number, a tensor whose shape broadcasts with that of ``input``, or None for no bound.
        max: the upper bound, in the same forms.  Where it is less than ``min``, the result is ``max``.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: both bounds are None.

    Example::

        >>> polygrad.clamp(polygrad.tensor([-1.0, 0.5, 2.0]), 0, 1)
        tensor([0.0000, 0.5000, 1.0000])
    """
def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Return a copy; the gradient passes through it.

    Args:
        input: a tensor of any shape.
        memory_format: accepted for compatibility with PyTorch.

    Returns:
        A tensor in new memory.

    Example::

        >>> x = polygrad.ones(2)
        >>> y = polygrad.clone(x)
        >>> y[0] = 5.0
        >>> x, y
        (tensor([1., 1.]), tensor([5., 1.]))
    """
def column_stack(tensors: Sequence[Tensor] | Tensor, *, out: Tensor | None = None) -> Tensor:
    """Join tensors side by side, along dimension 1; vectors count as columns.

    Args:
        tensors: a sequence of tensors.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes do not fit.

    Example::

        >>> polygrad.column_stack([polygrad.tensor([1, 2]), polygrad.tensor([3, 4])])
        tensor([[1, 3],
                [2, 4]])
    """
def combinations(input: Tensor, r: _int = 2, with_replacement: _bool = False) -> Tensor:
    """Return all choices of ``r`` elements of a vector, each in a row, in the order of `itertools.combinations`.

    Args:
        input: a vector.
        r: how many elements are chosen.
        with_replacement: whether an element may be chosen several times.

    Returns:
        A matrix with ``r`` columns; with ``r=0`` an empty vector.

    Raises:
        RuntimeError: ``input`` is not a vector, or ``r`` is negative.

    Example::

        >>> polygrad.combinations(polygrad.tensor([1, 2, 3]))
        tensor([[1, 2],
                [1, 3],
                [2, 3]])
    """
def complex(real: Tensor, imag: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return a complex tensor with the given real and imaginary parts.

    Args:
        real: a tensor of a real floating-point type.
        imag: a tensor of the same data type, whose shape broadcasts with that of ``real``.

    Returns:
        A complex tensor of the broadcast shape: complex64 for float32, complex128 for float64.

    Raises:
        RuntimeError: the data types differ, or are not real floating-point types.

    Example::

        >>> polygrad.complex(polygrad.tensor([1.0, 2.0]), polygrad.tensor([0.0, -1.0]))
        tensor([1.+0.j, 2.-1.j])
    """
complex128: DType
complex64: DType
def concat(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """Join tensors along an existing dimension.

    Args:
        tensors: a sequence of tensors whose shapes differ in ``dim`` only; vectors without elements fit anywhere.
        dim: the dimension.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes do not fit.

    Example::

        >>> polygrad.cat([polygrad.tensor([1, 2]), polygrad.tensor([3])])
        tensor([1, 2, 3])
    """
def concatenate(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """Join tensors along an existing dimension.

    Args:
        tensors: a sequence of tensors whose shapes differ in ``dim`` only; vectors without elements fit anywhere.
        dim: the dimension.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes do not fit.

    Example::

        >>> polygrad.cat([polygrad.tensor([1, 2]), polygrad.tensor([3])])
        tensor([1, 2, 3])
    """
def conj(input: Tensor) -> Tensor:
    """Return the complex conjugate as a view; a real tensor is returned itself.

    Args:
        input: a tensor of any shape.

    Returns:
        A view of ``input``.

    Example::

        >>> polygrad.conj(polygrad.tensor([1 + 2j]))
        tensor([1.-2.j])
    """
def conj_physical(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the complex conjugate in new memory; a real tensor is returned itself.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> polygrad.conj_physical(polygrad.tensor([1 + 2j]))
        tensor([1.-2.j])
    """
def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: _int | Sequence[_int] = 1,
    padding: _int | str | Sequence[_int] = 0,
    dilation: _int | Sequence[_int] = 1,
    groups: _int = 1,
) -> Tensor:
    """Convolve sequences with a set of kernels (cross-correlation: kernels are not flipped).

    ``out[n, o, t] = bias[o] + sum over c, k of weight[o, c, k] * input[n, c, t * stride + k * dilation - padding]``.

    Args:
        input: sequences ``(N, in_channels, L)`` or ``(in_channels, L)``.
        weight: kernels ``(out_channels, in_channels / groups, K)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step from window to window.
        padding: how many zeros to add at each end; "valid" for none, "same" for as many as keep ``L`` (with ``stride=1``).
        dilation: the step from element to element of a window.
        groups: how many groups of channels are convolved separately.

    Returns:
        A tensor ``(N, out_channels, L')`` with ``L' = (L + 2 * padding - dilation * (K - 1) - 1) // stride + 1``, without ``N``
        if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or no window fits.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.
        ValueError: ``padding`` is another string.
        RuntimeError: ``padding="same"`` with a stride.

    Example::

        >>> F.conv1d(polygrad.tensor([[1.0, 2.0, 4.0, 8.0]]), polygrad.tensor([[[-1.0, 1.0]]]))
        tensor([[1., 2., 4.]])
    """
def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: _int | Sequence[_int] = 1,
    padding: _int | str | Sequence[_int] = 0,
    dilation: _int | Sequence[_int] = 1,
    groups: _int = 1,
) -> Tensor:
    """Convolve images with a set of kernels (cross-correlation: kernels are not flipped).

    ``out[n, o, i, j] = bias[o] + sum over c, k, l of weight[o, c, k, l] * input[n, c, i + k, j + l]``, where stride, dilation
    and padding are 1, 1 and 0.

    Args:
        input: images ``(N, in_channels, H, W)`` or ``(in_channels, H, W)``.
        weight: kernels ``(out_channels, in_channels / groups, kernel height, kernel width)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step from window to window: an int, or a pair ``(height, width)``; so for the next two.
        padding: how many zeros to add at each edge; "valid" for none, "same" for as many as keep ``H`` and ``W`` (with
            ``stride=1``).
        dilation: the step from element to element of a window.
        groups: how many groups of channels are convolved separately.

    Returns:
        A tensor ``(N, out_channels, H', W')`` with ``H' = (H + 2 * padding - dilation * (kernel height - 1) - 1) // stride + 1``
        and ``W'`` likewise, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or no window fits.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.
        ValueError: ``padding`` is another string.
        RuntimeError: ``padding="same"`` with a stride.

    Example::

        >>> F.conv2d(polygrad.ones(1, 1, 4, 4), polygrad.ones(2, 1, 3, 3), padding="same").shape
        polygrad.Size([1, 2, 4, 4])
    """
def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: _int | Sequence[_int] = 1,
    padding: _int | str | Sequence[_int] = 0,
    dilation: _int | Sequence[_int] = 1,
    groups: _int = 1,
) -> Tensor:
    """Convolve volumes with a set of kernels (cross-correlation: kernels are not flipped).

    It is the sum, over the depth of the kernels, of what `conv2d` gives.

    Args:
        input: volumes ``(N, in_channels, D, H, W)`` or ``(in_channels, D, H, W)``.
        weight: kernels ``(out_channels, in_channels / groups, kernel depth, kernel height, kernel width)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step from window to window: an int, or three ``(depth, height, width)``; so for the next two.
        padding: how many zeros to add at each face; "valid" for none, "same" for as many as keep the size (with ``stride=1``).
        dilation: the step from element to element of a window.
        groups: how many groups of channels are convolved separately.

    Returns:
        A tensor ``(N, out_channels, D', H', W')`` with ``D' = (D + 2 * padding - dilation * (kernel depth - 1) - 1) // stride + 1``
        and the others likewise, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or no window fits.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.
        ValueError: ``padding`` is another string.
        RuntimeError: ``padding="same"`` with a stride.

    Example::

        >>> F.conv3d(polygrad.ones(1, 1, 4, 4, 4), polygrad.ones(2, 1, 3, 3, 3)).shape
        polygrad.Size([1, 2, 2, 2, 2])
    """
def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: _int | Sequence[_int] = 1,
    padding: _int | str | Sequence[_int] = 0,
    output_padding: _int | Sequence[_int] = 0,
    groups: _int = 1,
    dilation: _int | Sequence[_int] = 1,
) -> Tensor:
    """Adjoint of `conv1d`: the gradient of a convolution with respect to its input, as a layer that lengthens sequences.

    Args:
        input: sequences ``(N, in_channels, L)`` or ``(in_channels, L)``.
        weight: kernels ``(in_channels, out_channels / groups, K)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step of the convolution from window to window.
        padding: how many elements to leave out at each end.
        output_padding: how many elements to add at the end; smaller than ``stride`` or ``dilation``.
        groups: how many groups of channels are convolved separately.
        dilation: the step from element to element of a window.

    Returns:
        A tensor ``(N, out_channels, L')`` with ``L' = (L - 1) * stride - 2 * padding + dilation * (K - 1) + output_padding + 1``,
        without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or the result would be empty.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.

    Example::

        >>> F.conv_transpose1d(polygrad.tensor([[1.0, 2.0]]), polygrad.tensor([[[1.0, 0.5]]]), stride=2)
        tensor([[1.0000, 0.5000, 2.0000, 1.0000]])
    """
def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: _int | Sequence[_int] = 1,
    padding: _int | str | Sequence[_int] = 0,
    output_padding: _int | Sequence[_int] = 0,
    groups: _int = 1,
    dilation: _int | Sequence[_int] = 1,
) -> Tensor:
    """Adjoint of `conv2d`: the gradient of a convolution with respect to its input, as a layer that enlarges images.

    Args:
        input: images ``(N, in_channels, H, W)`` or ``(in_channels, H, W)``.
        weight: kernels ``(in_channels, out_channels / groups, kernel height, kernel width)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step of the convolution from window to window: an int, or a pair ``(height, width)``; so for ``padding``,
            ``output_padding`` and ``dilation``.
        padding: how many elements to leave out at each edge.
        output_padding: how many elements to add at the end; smaller than ``stride`` or ``dilation``.
        groups: how many groups of channels are convolved separately.
        dilation: the step from element to element of a window.

    Returns:
        A tensor ``(N, out_channels, H', W')`` with ``H' = (H - 1) * stride - 2 * padding + dilation * (kernel height - 1) +
        output_padding + 1`` and ``W'`` likewise, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or the result would be empty.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.

    Example::

        >>> F.conv_transpose2d(polygrad.ones(1, 2, 4, 4), polygrad.ones(2, 3, 2, 2), stride=2).shape
        polygrad.Size([1, 3, 8, 8])
    """
def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: _int | Sequence[_int] = 1,
    padding: _int | str | Sequence[_int] = 0,
    output_padding: _int | Sequence[_int] = 0,
    groups: _int = 1,
    dilation: _int | Sequence[_int] = 1,
) -> Tensor:
    """Adjoint of `conv3d`: the gradient of a convolution with respect to its input, as a layer that enlarges volumes.

    Args:
        input: volumes ``(N, in_channels, D, H, W)`` or ``(in_channels, D, H, W)``.
        weight: kernels ``(in_channels, out_channels / groups, kernel depth, kernel height, kernel width)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step of the convolution from window to window: an int, or three ``(depth, height, width)``; so for
            ``padding``, ``output_padding`` and ``dilation``.
        padding: how many elements to leave out at each face.
        output_padding: how many elements to add at the end; smaller than ``stride`` or ``dilation``.
        groups: how many groups of channels are convolved separately.
        dilation: the step from element to element of a window.

    Returns:
        A tensor ``(N, out_channels, D', H', W')`` with ``D' = (D - 1) * stride - 2 * padding + dilation * (kernel depth - 1) +
        output_padding + 1`` and the others likewise, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or the result would be empty.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.

    Example::

        >>> F.conv_transpose3d(polygrad.ones(1, 2, 4, 4, 4), polygrad.ones(2, 3, 2, 2, 2), stride=2).shape
        polygrad.Size([1, 3, 8, 8, 8])
    """
def copysign(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Each element of ``input`` with the sign of that of ``other``, also of -0.0.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.copysign(polygrad.tensor([1.0, 2.0]), polygrad.tensor([-3.0, 0.0]))
        tensor([-1.,  2.])
    """
def corrcoef(input: Tensor) -> Tensor:
    """Return Pearson's correlation coefficients of variables: ``cov(x, y) / (std(x) * std(y))``.

    Args:
        input: a matrix with a variable in each row and an observation in each column; or a vector, one variable.

    Returns:
        A square matrix with a row for each variable, of elements in [-1, 1]; of one variable a tensor without dimensions.

    Raises:
        RuntimeError: ``input`` has more than two dimensions or is boolean.

    Example::

        >>> polygrad.corrcoef(polygrad.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
        tensor([[ 1., -1.],
                [-1.,  1.]])
    """
def cos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The cosine of each element, in radians. The derivative is ``-sin(input)`` (DLMF 4.20).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.cos(polygrad.tensor([0.0, polygrad.pi]))
        tensor([ 1., -1.])
    """
def cosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic cosine of each element, ``(exp(x) + exp(-x)) / 2``. The derivative is `sinh` (DLMF 4.34).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.cosh(polygrad.tensor([0.0, 1.0]))
        tensor([1.0000, 1.5431])
    """
def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: _float = 0.0,
    reduction: str = 'mean',
) -> Tensor:
    """Loss of the cosine of two vectors: ``1 - cosine`` where ``target`` is 1, ``max(0, cosine - margin)`` where it is -1.

    Args:
        input1: vectors ``(N, D)`` or ``(D,)``.
        input2: vectors ``(N, D)`` or ``(D,)``.
        target: a tensor ``(N,)`` or ``()`` of 1 and -1.
        margin: the cosine below which dissimilar pairs cost nothing, from -1 to 1.
        reduction: "mean", "sum", or "none" for the loss of each pair.

    Returns:
        A scalar, or with "none" a tensor ``(N,)``.

    Raises:
        ShapeError: the numbers of dimensions do not match.

    Example::

        >>> F.cosine_embedding_loss(polygrad.tensor([1.0, 0.0]), polygrad.tensor([1.0, 1.0]), polygrad.tensor(1))
        tensor(0.2929)
    """
def cosine_similarity(x1: Tensor, x2: Tensor, dim: _int = 1, eps: _float = 1e-08) -> Tensor:
    """Cosine of the angle between vectors: ``x1 @ x2 / (max(norm(x1), eps) * max(norm(x2), eps))`` along ``dim``.

    Args:
        x1: a tensor of any shape.
        x2: a tensor that broadcasts with ``x1``.
        dim: the dimension of the vectors, which the result lacks.
        eps: the smallest value that a norm counts as.

    Returns:
        A tensor of the broadcast shape without ``dim``, with values from -1 to 1.

    Raises:
        RuntimeError: the tensors are of integers, or do not broadcast.

    Example::

        >>> F.cosine_similarity(polygrad.tensor([1.0, 0.0]), polygrad.tensor([1.0, 1.0]), dim=0)
        tensor(0.7071)
    """
def count_nonzero(input: Tensor, dim: Dims | None = None) -> Tensor:
    """Count the elements that are not 0, of the whole tensor or along ``dim``.

    Args:
        input: a tensor of any shape and type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.

    Returns:
        An int64 tensor.

    Example::

        >>> polygrad.count_nonzero(polygrad.tensor([0, 3, 0, 1]))
        tensor(2)
    """
def cov(
    input: Tensor,
    *,
    correction: _int = 1,
    fweights: Tensor | None = None,
    aweights: Tensor | None = None,
) -> Tensor:
    """Return the covariance matrix of variables: ``sum(w * (x - mean) * conj(y - mean)) / (sum(w) - correction)``.

    With ``aweights`` the correction is multiplied by ``sum(w * aweights) / sum(w)``, as in NumPy.

    Args:
        input: a matrix with a variable in each row and an observation in each column; or a vector, one variable.
        correction: what is subtracted from the number of observations.  1, the default, is Bessel's correction.
        fweights: how often each observation occurs: an integer vector, none negative.
        aweights: the importance of each observation: a vector of a floating-point type, none negative.

    Returns:
        A square matrix with a row for each variable; of one variable a tensor without dimensions.

    Raises:
        RuntimeError: ``input`` has more than two dimensions or is boolean, or weights have the wrong type or length,
            are negative, or add up to 0.

    Example::

        >>> polygrad.cov(polygrad.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
        tensor([[ 1., -1.],
                [-1.,  1.]])
    """
def cross(input: Tensor, other: Tensor, dim: _int | None = None, *, out: Tensor | None = None) -> Tensor:
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
def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | Sequence[_int],
    target_lengths: Tensor | Sequence[_int],
    blank: _int = 0,
    reduction: str = 'mean',
    zero_infinity: _bool = False,
) -> Tensor:
    """Negative log-likelihood of label sequences, summed over all their alignments with longer sequences of predictions.

    Graves et al., "Connectionist temporal classification", 2006.  The gradient is that of the likelihood with respect to
    ``log_probs``, the negative posterior probabilities; behind `log_softmax` it is what PyTorch has, which adds the probabilities.

    Args:
        log_probs: logarithms of probabilities, as `log_softmax` gives them: ``(T, N, C)`` or ``(T, C)``.
        targets: labels: ``(N, S)``, padded; or all labels after each other, ``(sum(target_lengths),)``.
        input_lengths: how many steps of ``log_probs`` count, ``(N,)``.
        target_lengths: how many labels there are, ``(N,)``.
        blank: the label of no output.
        reduction: "mean" divides each loss by its target length, and takes their mean; or "sum" or "none".
        zero_infinity: take 0, with no gradient, for the loss of a target that is too long for its input, which is infinite.

    Returns:
        A scalar, or with "none" ``(N,)``.

    Raises:
        ShapeError: the shapes do not fit, or a length is longer than what it measures.
        RuntimeError: lengths or targets are not integers, or ``blank`` is not a label.
        IndexError: a target is not a label.
        ValueError: ``reduction`` is unknown.

    Example::

        >>> log_probs = polygrad.tensor([[[0.5, 0.5]], [[0.5, 0.5]]]).log()
        >>> F.ctc_loss(log_probs, polygrad.tensor([[1]]), (2,), (1,)).exp()  # of 4 sequences 3 say "1"
        tensor(1.3333)
    """
def cummax(input: Tensor, dim: _int, *, out: tuple[Tensor, ...] | None = None) -> ValuesAndIndices:
    """Return the cumulative maximum along a dimension, with its indices.

    The gradient goes to the element at the index.

    Args:
        input: a real tensor of any shape.
        dim: the dimension.

    Returns:
        The named tuple ``(values, indices)`` of two tensors of the shape of ``input``.

    Raises:
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.cummax(polygrad.tensor([1.0, 3.0, 2.0]), dim=0).values
        tensor([1., 3., 3.])
    """
def cummin(input: Tensor, dim: _int, *, out: tuple[Tensor, ...] | None = None) -> ValuesAndIndices:
    """Return the cumulative minimum along a dimension, with its indices.

    The gradient goes to the element at the index.

    Args:
        input: a real tensor of any shape.
        dim: the dimension.

    Returns:
        The named tuple ``(values, indices)`` of two tensors of the shape of ``input``.

    Raises:
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.cummin(polygrad.tensor([3.0, 1.0, 2.0]), dim=0).values
        tensor([3., 1., 1.])
    """
def cumprod(input: Tensor, dim: _int, *, dtype: DTypeLike | None = None, out: Tensor | None = None) -> Tensor:
    """Return the cumulative product along a dimension.

    Its gradient is also right where elements are 0.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        dtype: the data type in which the elements are multiplied, and of the result.  By default that of ``input``, and
            int64 for integers and booleans.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> polygrad.cumprod(polygrad.tensor([1.0, 2.0, 3.0]), dim=0)
        tensor([1., 2., 6.])
    """
def cumsum(input: Tensor, dim: _int, *, dtype: DTypeLike | None = None, out: Tensor | None = None) -> Tensor:
    """Return the cumulative sum along a dimension.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        dtype: the data type in which the elements are added, and of the result.  By default that of ``input``, and int64
            for integers and booleans.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> polygrad.cumsum(polygrad.tensor([1.0, 2.0, 3.0]), dim=0)
        tensor([1., 3., 6.])
    """
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: _float = 1.0, dim: _int = -1) -> Tensor:
    """Integrate samples along a dimension by the trapezoidal rule, up to each of them.

    Args:
        y: the sampled values, a tensor of at least one dimension.
        x: where the samples were taken: a vector with one point for each sample, or a tensor whose shape broadcasts
            with that of ``y``.
        dx: the distance of the points, where ``x`` is not given.
        dim: the dimension of ``y`` to integrate along.

    Returns:
        A tensor of the shape of ``y``, shorter by one along ``dim``: the integral from the first sample up to each other.

    Raises:
        IndexError: ``y`` has no dimensions.
        RuntimeError: ``y`` or ``x`` is boolean, or ``x`` does not have one point for each sample.

    Example::

        >>> polygrad.cumulative_trapezoid(polygrad.tensor([0.0, 1.0, 4.0]), dx=0.5)
        tensor([0.2500, 1.5000])
    """
def deg2rad(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Convert angles from degrees to radians.

    Args:
        input: angles in degrees, a tensor of any shape.

    Returns:
        Angles in radians, a tensor of the shape of ``input``.

    Example::

        >>> polygrad.deg2rad(polygrad.tensor([180.0]))
        tensor([3.1416])
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
def detach(input: Tensor) -> Tensor:
    """Return the tensor outside of the graph.

    Args:
        input: a tensor of any shape.

    Returns:
        A leaf that does not require grad and shares the memory of ``input``.

    Example::

        >>> polygrad.detach(polygrad.ones(2, requires_grad=True))
        tensor([1., 1.])
    """
device = Device
def diag(input: Tensor, diagonal: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """Return the diagonal matrix of a vector, or a copy of the diagonal of a matrix.

    Args:
        input: a vector or a matrix.
        diagonal: which diagonal: 0 is the main one, positive numbers are above it, negative ones below.

    Returns:
        A matrix for a vector, a vector for a matrix.

    Raises:
        RuntimeError: ``input`` has another number of dimensions.

    Example::

        >>> polygrad.diag(polygrad.tensor([1, 2]))
        tensor([[1, 0],
                [0, 2]])
    """
def diag_embed(input: Tensor, offset: _int = 0, dim1: _int = -2, dim2: _int = -1) -> Tensor:
    """Return diagonal matrices of the vectors in the last dimension.

    Args:
        input: a tensor of shape ``(*, n)``.
        offset: which diagonal: 0 is the main one, positive numbers are above it, negative ones below.
        dim1: the dimension of the rows in the result.
        dim2: the dimension of the columns in the result.

    Returns:
        A tensor with one dimension more than ``input``; matrices have ``n + abs(offset)`` rows and columns.

    Raises:
        RuntimeError: ``input`` has no dimensions, or ``dim1`` and ``dim2`` are the same.

    Example::

        >>> polygrad.diag_embed(polygrad.ones(3, 2)).shape
        polygrad.Size([3, 2, 2])
    """
def diagflat(input: Tensor, offset: _int = 0) -> Tensor:
    """Return the diagonal matrix of all elements of a tensor.

    Args:
        input: a tensor of any shape with ``n`` elements.
        offset: which diagonal: 0 is the main one, positive numbers are above it, negative ones below.

    Returns:
        A matrix with ``n + abs(offset)`` rows and columns.

    Example::

        >>> polygrad.diagflat(polygrad.tensor([[1, 2]]))
        tensor([[1, 0],
                [0, 2]])
    """
def diagonal(input: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
    """Return the diagonals of matrices.

    Args:
        input: a tensor of at least two dimensions.
        offset: which diagonal: 0 is the main one, positive numbers are above it, negative ones below.
        dim1: the dimension of the rows.
        dim2: the dimension of the columns.

    Returns:
        A view of ``input`` without ``dim1`` and ``dim2``, and with the diagonal as its last dimension.

    Raises:
        RuntimeError: ``dim1`` and ``dim2`` are the same.

    Example::

        >>> polygrad.diagonal(polygrad.tensor([[1, 2], [3, 4]]))
        tensor([1, 4])
    """
def diagonal_scatter(input: Tensor, src: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
    """Return a copy of a tensor with the diagonals of its matrices replaced: the reverse of `diagonal`.

    Args:
        input: a tensor of at least two dimensions.
        src: the new diagonals, of the shape that `diagonal` gives.
        offset: which diagonal: 0 is the main one, positive numbers are above it, negative ones below.
        dim1: the dimension of the rows.
        dim2: the dimension of the columns.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        RuntimeError: ``src`` has another shape.

    Example::

        >>> polygrad.diagonal_scatter(polygrad.zeros(2, 2), polygrad.ones(2))
        tensor([[1., 0.],
                [0., 1.]])
    """
def diff(
    input: Tensor,
    n: _int = 1,
    dim: _int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Return the differences of neighbouring elements along a dimension, taken ``n`` times.

    Args:
        input: a tensor of at least one dimension.
        n: how many times the differences are taken; 0 copies ``input``.
        dim: the dimension.
        prepend: a tensor that is put before ``input`` along ``dim`` first.
        append: a tensor that is put after ``input`` along ``dim`` first.

    Returns:
        A tensor that is shorter by ``n`` along ``dim``.  Of a boolean tensor: where neighbours differ.

    Raises:
        RuntimeError: ``input`` has no dimensions, or ``n`` is negative.

    Example::

        >>> polygrad.diff(polygrad.tensor([1.0, 4.0, 9.0, 16.0]))
        tensor([3., 5., 7.])
    """
def digamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The derivative of the logarithm of the gamma function.  At 0 it is infinite, at the negative integers NaN.  Its own derivative is ``polygamma(1, input)`` (DLMF 5.2).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.digamma(polygrad.tensor([0.5, 1.0, 10.0]))
        tensor([-1.9635, -0.5772,  2.2518])
    """
def dist(input: Tensor, other: Tensor, p: _float = 2) -> Tensor:
    """Return the distance of two tensors: the norm of order ``p`` of their difference.  The gradient at a distance of 0 is 0.

    Args:
        input: a tensor of a floating-point or complex type.
        other: a tensor whose shape broadcasts with that of ``input``.
        p: the order of the norm.

    Returns:
        A real tensor without dimensions.

    Raises:
        RuntimeError: the shapes do not broadcast, or the data type is an integer type or bool.

    Example::

        >>> polygrad.dist(polygrad.tensor([1.0, 2.0]), polygrad.tensor([4.0, 6.0]))
        tensor(5.)
    """
def div(input: Operand, other: Operand, *, rounding_mode: str | None = None, out: Tensor | None = None) -> Tensor:
    """Return ``input / other``, exact or rounded to an integer.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.
        rounding_mode: None, ``"floor"`` (towards minus infinity, as ``//`` does) or ``"trunc"`` (towards zero).

    Returns:
        A tensor of the broadcast shape.  Without ``rounding_mode`` integers are converted to the default floating type.

    Raises:
        RuntimeError: ``rounding_mode`` is none of these, the shapes do not broadcast, or an integer is divided by 0 and
            rounded.

    Example::

        >>> polygrad.div(polygrad.tensor([-7, 7]), 2)
        tensor([-3.5000,  3.5000])
        >>> polygrad.div(polygrad.tensor([-7, 7]), 2, rounding_mode="trunc")
        tensor([-3,  3])
    """
def divide(
    input: Operand,
    other: Operand,
    *,
    rounding_mode: str | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return ``input / other``, exact or rounded to an integer.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.
        rounding_mode: None, ``"floor"`` (towards minus infinity, as ``//`` does) or ``"trunc"`` (towards zero).

    Returns:
        A tensor of the broadcast shape.  Without ``rounding_mode`` integers are converted to the default floating type.

    Raises:
        RuntimeError: ``rounding_mode`` is none of these, the shapes do not broadcast, or an integer is divided by 0 and
            rounded.

    Example::

        >>> polygrad.div(polygrad.tensor([-7, 7]), 2)
        tensor([-3.5000,  3.5000])
        >>> polygrad.div(polygrad.tensor([-7, 7]), 2, rounding_mode="trunc")
        tensor([-3,  3])
    """
def dot(input: Tensor, tensor: Tensor, *, out: Tensor | None = None) -> Tensor:
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
double: DType
def dropout(input: Tensor, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """Set each element to 0 with probability ``p`` and divide the others by ``1 - p``, so that the expected value stays the same.

    Hinton et al., "Improving neural networks by preventing co-adaptation of feature detectors", 2012, arXiv:1207.0580.

    Args:
        input: a tensor of any shape.
        p: the probability of a 0, from 0 to 1.
        training: False returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ValueError: ``p`` is not from 0 to 1.

    Example::

        >>> F.dropout(polygrad.ones(4), p=0.5, training=False)
        tensor([1., 1., 1., 1.])
        >>> set(F.dropout(polygrad.ones(100), p=0.5).tolist()) == {0.0, 2.0}
        True
    """
def dsplit(input: Tensor, indices_or_sections: _int | Sequence[_int] | Tensor) -> tuple[Tensor, ...]:
    """Split a tensor along dimension 2, as `tensor_split` does.

    Args:
        input: a tensor of at least three dimensions.
        indices_or_sections: the number of parts, or the positions to cut at.

    Returns:
        A tuple of views of ``input``.

    Example::

        >>> [x.shape for x in polygrad.dsplit(polygrad.ones(1, 2, 4), 2)]
        [polygrad.Size([1, 2, 2]), polygrad.Size([1, 2, 2])]
    """
def dstack(tensors: Sequence[Tensor] | Tensor, *, out: Tensor | None = None) -> Tensor:
    """Join tensors along dimension 2; vectors and matrices get that dimension first, as `atleast_3d` gives it.

    Args:
        tensors: a sequence of tensors.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes do not fit.

    Example::

        >>> polygrad.dstack([polygrad.tensor([1, 2]), polygrad.tensor([3, 4])])
        tensor([[[1, 3],
                 [2, 4]]])
    """
dtype = DType
e: _float
def einsum(equation: str | Tensor, *operands: Any) -> Tensor:
    """Return sums of products of elements in Einstein's notation: one letter for each dimension.

    A letter in several operands multiplies them along that dimension; a letter that is not in the output is summed
    over; a letter that occurs twice in an operand takes its diagonal.  ``...`` means dimensions that are broadcast.
    Without ``->`` the output has the letters that occur once, in alphabetical order.

    Args:
        equation: the letters of the operands and of the output, such as ``"ij,jk->ik"``.
        *operands: tensors.  Instead of ``equation``, each may be followed by a list of integers for its dimensions, and
            the last by that of the output: ``einsum(a, [0, 1], b, [1, 2], [0, 2])``.

    Returns:
        A tensor with the dimensions of the output.

    Raises:
        RuntimeError: the equation is malformed, or does not fit the shapes; the message names it.

    Example::

        >>> a, b = polygrad.ones(2, 3), polygrad.ones(3, 4)
        >>> polygrad.einsum("ij,jk->ik", a, b).shape
        polygrad.Size([2, 4])
        >>> polygrad.einsum("ii->", polygrad.eye(3))
        tensor(3.)
    """
def empty(
    size: _int | Sequence[_int] = (),
    *others: _int,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Create a tensor of zeros.  `empty` is another name: no tensor has undefined values.

    Args:
        size: the lengths, as one tuple or one by one.
        *others: the lengths after the first, where they are given one by one.
        dtype: the data type.  By default float32, see `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf.

    Raises:
        RuntimeError: a length is negative.

    Example::

        >>> polygrad.zeros(2, 3)
        tensor([[0., 0., 0.],
                [0., 0., 0.]])
    """
def empty_like(
    input: Tensor,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
) -> Tensor:
    """Create a tensor of zeros, with the shape of another tensor.  `empty_like` is another name.

    Args:
        input: the tensor whose shape is taken.
        dtype: the data type of the result.  By default that of ``input``.
        device: the device of the result.  By default that of ``input``.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default that of ``input``.

    Returns:
        A leaf of the shape of ``input``.

    Example::

        >>> polygrad.zeros_like(polygrad.tensor([1, 2]))
        tensor([0, 0])
    """
def eq(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where ``input`` is equal to ``other``: ``input == other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.eq(polygrad.tensor([1, 2, 3]), 2)
        tensor([False,  True, False])
    """
def equal(input: Tensor, other: Tensor) -> _bool:
    """Test whether two tensors have the same shape and equal elements.

    The operator ``==`` and `eq` compare element by element instead.

    Args:
        input: a tensor.
        other: a tensor.

    Returns:
        A Python bool.  NaN equals nothing.

    Example::

        >>> polygrad.equal(polygrad.tensor([1, 2]), polygrad.tensor([1, 2]))
        True
    """
def erf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The error function of each element, ``2 / sqrt(pi)`` times the integral of ``exp(-t ** 2)`` from 0 to ``input``.  The derivative is ``2 / sqrt(pi) * exp(-input ** 2)`` (DLMF 7.2).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.erf(polygrad.tensor([0.0, 1.0]))
        tensor([0.0000, 0.8427])
    """
def erfc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The complement of the error function, ``1 - erf(input)``, relatively accurate where it is small.  The derivative is ``-2 / sqrt(pi) * exp(-input ** 2)`` (DLMF 7.2).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.erfc(polygrad.tensor([0.0, 1.0, 5.0]))
        tensor([1.0000e+00, 1.5730e-01, 1.5375e-12])
    """
def erfinv(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of the error function: infinite at -1 and 1, NaN outside of them.  The derivative is ``sqrt(pi) / 2 * exp(erfinv(input) ** 2)`` (DLMF 7.17).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.erfinv(polygrad.tensor([0.0, 0.5, -1.0]))
        tensor([0.0000, 0.4769,   -inf])
    """
def exp(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The exponential of each element, ``e ** input``. It is its own derivative (DLMF 4.7).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.exp(polygrad.tensor([0.0, 1.0]))
        tensor([1.0000, 2.7183])
    """
def exp2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return 2 to the power of each element.

    Args:
        input: a tensor of any shape.  Integers are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> polygrad.exp2(polygrad.tensor([0.0, 1.0, 3.0]))
        tensor([1., 2., 8.])
    """
def expm1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``exp(input) - 1`` of each element, accurate near 0, where the difference would lose all digits.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.expm1(polygrad.tensor([0.0, 1e-10]))
        tensor([0.0000e+00, 1.0000e-10])
    """
def eye(
    n: _int,
    m: _int | None = None,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Create a matrix with ones on the diagonal and zeros elsewhere.

    Args:
        n: the number of rows.
        m: the number of columns.  By default ``n``.
        dtype: the data type.  By default float32, see `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf of shape ``(n, m)``.

    Raises:
        RuntimeError: a length is negative.

    Example::

        >>> polygrad.eye(2)
        tensor([[1., 0.],
                [0., 1.]])
    """
def fill(input: Tensor, value: Number | Tensor) -> Tensor:
    """Return a tensor like another one that is filled with one value.

    Args:
        input: a tensor of any shape.
        value: a number, or a tensor without dimensions, to which the gradient flows back.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        RuntimeError: ``value`` is a tensor with dimensions.

    Example::

        >>> polygrad.fill(polygrad.zeros(2), 7)
        tensor([7., 7.])
    """
def fix(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Each element without its fraction: rounded towards 0. The derivative is 0.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.trunc(polygrad.tensor([1.7, -1.7]))
        tensor([ 1., -1.])
    """
def flatten(input: Tensor, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
    """Merge consecutive dimensions into one.

    Args:
        input: a tensor of any shape.
        start_dim: the first dimension to merge.
        end_dim: the last dimension to merge.

    Returns:
        A view of ``input``, or a copy, as `reshape` decides.  A tensor without dimensions becomes a vector.

    Raises:
        RuntimeError: ``start_dim`` comes after ``end_dim``.

    Example::

        >>> polygrad.flatten(polygrad.ones(2, 3, 4), start_dim=1).shape
        polygrad.Size([2, 12])
    """
@overload
def flip(input: Tensor, dims: Sequence[_int]) -> Tensor:
    """Reverse the order of the elements along dimensions.

    Args:
        input: a tensor of any shape.
        dims: the dimensions, as one tuple or one by one.
        *others: the dimensions after the first, where they are given one by one.

    Returns:
        A copy.

    Raises:
        RuntimeError: a dimension occurs twice.
        TypeError: no dimensions are given.

    Example::

        >>> polygrad.flip(polygrad.tensor([[1, 2], [3, 4]]), (0,))
        tensor([[3, 4],
                [1, 2]])
    """
@overload
def flip(input: Tensor, *dims: _int) -> Tensor: ...
def fliplr(input: Tensor) -> Tensor:
    """Reverse the order of the columns, along dimension 1.

    Args:
        input: a tensor of at least two dimensions.

    Returns:
        A copy.

    Raises:
        RuntimeError: ``input`` has fewer than two dimensions.

    Example::

        >>> polygrad.fliplr(polygrad.tensor([[1, 2], [3, 4]]))
        tensor([[2, 1],
                [4, 3]])
    """
def flipud(input: Tensor) -> Tensor:
    """Reverse the order of the rows, along dimension 0.

    Args:
        input: a tensor of at least one dimension.

    Returns:
        A copy.

    Raises:
        RuntimeError: ``input`` has no dimensions.

    Example::

        >>> polygrad.flipud(polygrad.tensor([[1, 2], [3, 4]]))
        tensor([[3, 4],
                [1, 2]])
    """
float: DType
float16: DType
float32: DType
float64: DType
def float_power(input: Operand, exponent: Operand, *, out: Tensor | None = None) -> Tensor:
    """Raise ``input`` to the power of ``exponent`` in double precision.

    Args:
        input: the base, a tensor or a number.
        exponent: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape, of type float64, or complex128 where an operand is complex.

    Example::

        >>> polygrad.float_power(polygrad.tensor([2, 3]), -1)
        tensor([0.5000, 0.3333], dtype=polygrad.float64)
    """
def floor(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The largest integer that is not above each element. The derivative is 0.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.floor(polygrad.tensor([1.7, -1.2]))
        tensor([ 1., -2.])
    """
def floor_divide(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input // other`` of each pair: the quotient, rounded down. The derivative is 0.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.floor_divide(polygrad.tensor([5.0, -5.0]), 3)
        tensor([ 1., -2.])
    """
def fmax(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the larger element of each pair, ignoring NaN where only one of the two is NaN.

    The gradient goes to the chosen operand, and to ``input`` where both are equal.

    Args:
        input: a tensor.
        other: a tensor whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> polygrad.fmax(polygrad.tensor([1.0, float("nan")]), polygrad.tensor([3.0, 2.0]))
        tensor([3., 2.])
    """
def fmin(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the smaller element of each pair, ignoring NaN where only one of the two is NaN.

    The gradient goes to the chosen operand, and to ``input`` where both are equal.

    Args:
        input: a tensor.
        other: a tensor whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> polygrad.fmin(polygrad.tensor([1.0, float("nan")]), polygrad.tensor([3.0, 2.0]))
        tensor([1., 2.])
    """
def fmod(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return the remainder of a division that rounds towards zero: it has the sign of ``input``.

    `remainder` and the operator ``%`` have the sign of ``other``.

    Args:
        input: the dividend, a tensor or a number.
        other: the divisor: a tensor whose shape broadcasts with that of ``input``, or a number.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> polygrad.fmod(polygrad.tensor([-3.0, 3.0]), 2)
        tensor([-1.,  1.])
    """
def frac(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the fractional part, ``input - trunc(input)``, which has the sign of ``input``.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> polygrad.frac(polygrad.tensor([1.5, -2.25]))
        tensor([ 0.5000, -0.2500])
    """
def frexp(input: Tensor, *, out: Tensor | None = None) -> MantissaAndExponent:
    """Decompose into mantissas and exponents: ``input = mantissa * 2 ** exponent``, exactly.

    The derivative of the mantissa is ``2 ** -exponent``.

    Args:
        input: a tensor of a real floating-point type.

    Returns:
        The named tuple ``(mantissa, exponent)``: a tensor of the type of ``input`` with absolute values in [0.5, 1), and one
        of int32.  The exponent of 0, infinities and NaN is 0.

    Raises:
        RuntimeError: the data type is not a real floating-point type.

    Example::

        >>> polygrad.frexp(polygrad.tensor([1.0, -3.5, 0.0])).exponent
        tensor([1, 2, 0], dtype=polygrad.int32)
    """
def from_dlpack(
    ext_tensor: Any,
    *,
    device: DeviceLike | None = None,
    copy: _bool | None = True,
    backend: BackendLike | None = None,
) -> Tensor:
    """Convert an array of any library that supports DLPack.

    Args:
        ext_tensor: an object with ``__dlpack__``, or a DLPack capsule.
        device: the device of the result.  By default the current one of the backend.
        copy: True copies, so that a later write to the array changes no gradient.  False and None share memory where
            that is possible, with the promise not to write to it.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A tensor outside the graph.

    Example::

        >>> polygrad.from_dlpack(np.ones(2))
        tensor([1., 1.], dtype=polygrad.float64)
    """
def from_numpy(ndarray: NDArray[Any], *, copy: _bool = True) -> Tensor:
    """Create a tensor of a NumPy array on the current backend.

    Unlike PyTorch's function it copies, so that a later write to the array changes no gradient.

    Args:
        ndarray: a ``numpy.ndarray``.
        copy: whether memory is copied.  False shares it where possible, with the promise not to write to it.

    Returns:
        A leaf that does not require grad.

    Raises:
        TypeError: ``ndarray`` is not a NumPy array.

    Example::

        >>> polygrad.from_numpy(np.array([1.0, 2.0]))
        tensor([1., 2.], dtype=polygrad.float64)
    """
def frombuffer(
    buffer: Any,
    *,
    dtype: DTypeLike | None,
    count: _int = -1,
    offset: _int = 0,
    requires_grad: _bool = False,
) -> Tensor:
    """Create a vector of the bytes of a Python buffer.  Unlike PyTorch's function it copies them.

    Args:
        buffer: an object with Python's buffer protocol, such as ``bytes``.
        dtype: the data type.
        count: how many elements; a negative number means all.
        offset: how many bytes to skip.
        requires_grad: whether operations on the result are recorded.

    Returns:
        A vector.

    Raises:
        ValueError: ``buffer`` has no bytes or not as many as are asked for, or has no buffer protocol.

    Example::

        >>> polygrad.frombuffer(bytes([1, 0, 2, 0]), dtype=polygrad.int16)
        tensor([1, 2], dtype=polygrad.int16)
    """
def full(
    size: _int | Sequence[_int],
    fill_value: Number | Tensor,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Create a tensor filled with one value.

    Args:
        size: the shape: a tuple of lengths.
        fill_value: the value, a number.
        dtype: the data type.  By default float32 (see `set_default_dtype`), int64, complex64 or bool, as the value is.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf of shape ``size``.

    Raises:
        RuntimeError: a length is negative.

    Example::

        >>> polygrad.full((2, 2), 7)
        tensor([[7, 7],
                [7, 7]])
    """
def full_like(
    input: Tensor,
    fill_value: Number | Tensor,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
) -> Tensor:
    """Create a tensor filled with one value, with the shape of another tensor.

    Args:
        input: the tensor whose shape is taken.
        fill_value: the value, a number.
        dtype: the data type of the result.  By default that of ``input``.
        device: the device of the result.  By default that of ``input``.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default that of ``input``.

    Returns:
        A leaf of the shape of ``input``.

    Example::

        >>> polygrad.full_like(polygrad.ones(2), 7.0)
        tensor([7., 7.])
    """
def gather(
    input: Tensor,
    dim: _int,
    index: Tensor,
    *,
    sparse_grad: _bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Return elements at positions along a dimension: ``out[i, j] = input[index[i, j], j]`` for ``dim=0``.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: positions along ``dim``, none negative: an integer tensor with as many dimensions as ``input``, not longer
            than it in the others.
        sparse_grad: accepted for compatibility with PyTorch; gradients are dense.

    Returns:
        A tensor of the shape of ``index``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the numbers of dimensions differ.

    Example::

        >>> polygrad.gather(polygrad.tensor([[1, 2], [3, 4]]), 1, polygrad.tensor([[1], [0]]))
        tensor([[2],
                [3]])
    """
def gcd(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The greatest common divisor of each pair of integers, which is not negative; that of 0 and 0 is 0. It has no gradient.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.gcd(polygrad.tensor([12, 5]), polygrad.tensor([18, 7]))
        tensor([6, 1])
    """
def ge(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where ``input`` is at least ``other``: ``input >= other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.ge(polygrad.tensor([1, 2, 3]), 2)
        tensor([False,  True,  True])
    """
def geqrf(input: Tensor) -> GeqrfResult:
    """Return the QR decomposition as Householder reflections, whose product `linalg.householder_product` gives.

    It has no gradient, as in PyTorch; `linalg.qr` has one.

    Args:
        input: a tensor of shape ``(*, n, m)``.

    Returns:
        The named tuple ``(a, tau)``: ``a``, of the shape of ``input``, has ``R`` from the diagonal on and below it the vectors of
        the reflections; ``tau`` has shape ``(*, min(n, m))``.

    Raises:
        RuntimeError: ``input`` has fewer than two dimensions.

    Example::

        >>> a, tau = polygrad.geqrf(polygrad.tensor([[3.0], [4.0]]))
        >>> a[0]
        tensor([-5.])
    """
def ger(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
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
def get_default_device() -> Device:
    """Return the device on which tensors are made if none is given.

    Returns:
        A `Device`.

    Example::

        >>> polygrad.get_default_device()
        device(type='cpu')
    """
def get_float32_matmul_precision() -> str:
    """Return what `set_float32_matmul_precision` allows: by default ``"highest"``.

    Returns:
        ``"highest"``, ``"high"`` or ``"medium"``.

    Example::

        >>> polygrad.get_float32_matmul_precision()
        'highest'
    """
def get_num_threads() -> _int:
    """Return how many threads a matrix product on a CPU may use: what the environment says, or the number of cores.

    Returns:
        An int.

    Example::

        >>> polygrad.get_num_threads() >= 1
        True
    """
def gradient(
    input: Tensor,
    *,
    spacing: Number | Tensor | Sequence[Number] | Sequence[Tensor] = 1,
    dim: Dims | None = None,
    edge_order: _int = 1,
) -> tuple[Tensor, ...]:
    """Estimate the derivatives of a sampled function along dimensions.

    Central differences of second order inside; for points at unequal distances ``a`` before and ``b`` after, the
    derivative of the parabola through three samples (Fornberg, "Generation of finite difference formulas on arbitrarily
    spaced grids", 1988).

    Args:
        input: the samples, a tensor of at least one dimension.
        spacing: the distance of the points: a number, or one for each dimension; or where the points are, a vector for
            each dimension.
        dim: the dimension, or several.  None, the default, means all.
        edge_order: 1 or 2, the order of the one-sided differences at the ends.

    Returns:
        A tuple of tensors of the shape of ``input``, one for each dimension.

    Raises:
        RuntimeError: ``edge_order`` is neither 1 nor 2, a dimension has no more than ``edge_order`` samples or is named
            twice, or ``spacing`` does not have one entry for each dimension.

    Example::

        >>> polygrad.gradient(polygrad.tensor([0.0, 1.0, 4.0, 9.0]))
        (tensor([1., 2., 4., 5.]),)
    """
def greater(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where ``input`` is greater than ``other``: ``input > other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.gt(polygrad.tensor([1, 2, 3]), 2)
        tensor([False, False,  True])
    """
def greater_equal(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where ``input`` is at least ``other``: ``input >= other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.ge(polygrad.tensor([1, 2, 3]), 2)
        tensor([False,  True,  True])
    """
def group_norm(
    input: Tensor,
    num_groups: _int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: _float = 1e-05,
) -> Tensor:
    """Normalize groups of channels of each sample to mean 0 and variance 1, then scale and shift each channel.

    Wu and He, "Group normalization", 2018, arXiv:1803.08494.

    Args:
        input: a tensor ``(N, C, *)``.
        num_groups: how many groups of neighbouring channels there are.
        weight: a factor for each channel, ``(C,)``, or None.
        bias: a summand for each channel, ``(C,)``, or None.
        eps: a number added to the variance.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: the channels are not divisible by ``num_groups``, or a parameter is not ``(C,)``.
        ValueError: every group is of one value.

    Example::

        >>> F.group_norm(polygrad.tensor([[1.0, 3.0, 0.0, 10.0]]), 2)
        tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
def gt(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where ``input`` is greater than ``other``: ``input > other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.gt(polygrad.tensor([1, 2, 3]), 2)
        tensor([False, False,  True])
    """
half: DType
def hamming_window(
    window_length: _int,
    periodic: _bool = True,
    alpha: _float = 0.54,
    beta: _float = 0.46,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
) -> Tensor:
    """`signal.windows.hamming`, periodic by default, with other weights if wanted: ``alpha - beta cos(x)``.

    Args:
        window_length: the number of values.
        periodic: whether it is the window of ``window_length + 1`` values without its last one, for transforms of periodic
            signals; False is for filters.
        alpha: the weight of the constant.
        beta: the weight of the cosine.
        dtype: a floating type; the default one if left out.
        device: the device of the result.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result.

    Returns:
        A tensor of shape ``(window_length,)``.

    Raises:
        RuntimeError: ``window_length`` is negative, or the data type is not floating.

    Example::

        >>> polygrad.hamming_window(2)
        tensor([0.0800, 1.0000])
    """
def hann_window(
    window_length: _int,
    periodic: _bool = True,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
) -> Tensor:
    """`signal.windows.hann`, periodic by default.

    Args:
        window_length: the number of values.
        periodic: whether it is the window of ``window_length + 1`` values without its last one, for transforms of periodic
            signals; False is for filters.
        dtype: a floating type; the default one if left out.
        device: the device of the result.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result.

    Returns:
        A tensor of shape ``(window_length,)``.

    Raises:
        RuntimeError: ``window_length`` is negative, or the data type is not floating.

    Example::

        >>> polygrad.hann_window(4)
        tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
def hardshrink(input: Tensor, lambd: _float = 0.5, *, out: Tensor | None = None) -> Tensor:
    """Set small elements to 0: ``input`` where ``abs(input) > lambd``, else 0.

    Args:
        input: a tensor of any shape.
        lambd: the largest absolute value that becomes 0.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.hardshrink(polygrad.tensor([-1.0, 0.3, 0.7]))
        tensor([-1.0000,  0.0000,  0.7000])
    """
def heaviside(input: Tensor, values: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the step function: 0 where ``input`` is negative, 1 where it is positive, and ``values`` where it is 0.

    Args:
        input: a tensor.
        values: the result at 0, a tensor of the same data type whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the data types differ.

    Example::

        >>> polygrad.heaviside(polygrad.tensor([-1.0, 0.0, 2.0]), polygrad.tensor(0.5))
        tensor([0.0000, 0.5000, 1.0000])
    """
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: _float = 1.0, reduction: str = 'mean') -> Tensor:
    """Hinge loss of distances: ``input`` where ``target`` is 1, ``max(0, margin - input)`` where it is -1.

    Args:
        input: distances, of any shape.
        target: a tensor of the same shape, of 1 and -1.
        margin: the distance that dissimilar pairs should have.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.hinge_embedding_loss(polygrad.tensor([0.2, 0.2]), polygrad.tensor([1, -1]), reduction="none")
        tensor([0.2000, 0.8000])
    """
def histc(
    input: Tensor,
    bins: _int = 100,
    min: _float = 0,
    max: _float = 0,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Count the elements in each of a number of bins of equal width.  Elements outside of all bins are not counted.

    Counts have no derivative.

    Args:
        input: a tensor of a real floating-point type.
        bins: how many bins.
        min: the lower end of the first bin.
        max: the upper end of the last bin, which belongs to it.  If both ends are equal, they are the smallest and the
            largest element; if these are equal too, one less and one more.

    Returns:
        A vector of length ``bins`` of the data type of ``input``.

    Raises:
        RuntimeError: there are no bins, ``min`` is larger than ``max``, an end is not finite, or ``input`` is not of a
            real floating-point type.

    Example::

        >>> polygrad.histc(polygrad.tensor([1.0, 2.0, 1.0, 4.0]), bins=4, min=0, max=4)
        tensor([0., 2., 1., 1.])
    """
def histogram(
    input: Tensor,
    bins: _int | Tensor,
    *,
    range: Sequence[_float] | None = None,
    weight: Tensor | None = None,
    density: _bool = False,
    out: Tensor | None = None,
) -> Histogram:
    """Count the elements in each bin of a histogram.  Elements outside of all bins are not counted.

    Counts have no derivative.

    Args:
        input: a tensor of a real floating-point type.
        bins: how many bins of equal width; or their edges, an increasing vector.
        range: the lower and the upper end of the bins, if their number is given.  By default the smallest and the largest
            element, or 0.5 less and more if these are equal.
        weight: what each element counts: a tensor of the shape and data type of ``input``.  By default 1.
        density: whether the counts are divided by their sum and by the widths of the bins, so that the integral is 1.

    Returns:
        The named tuple ``(hist, bin_edges)`` of two vectors.  A bin includes its lower edge, and the last one both.

    Raises:
        RuntimeError: there are no bins, an end is not finite or the ends are in the wrong order, the shapes do not fit,
            or ``input`` is not of a real floating-point type.

    Example::

        >>> polygrad.histogram(polygrad.tensor([1.0, 2.0, 1.0, 4.0]), bins=2, range=(0, 4))
        Histogram(hist=tensor([2., 2.]), bin_edges=tensor([0., 2., 4.]))
    """
def histogramdd(
    input: Tensor,
    bins: _int | Sequence[_int] | Sequence[Tensor],
    range: Sequence[_float] | None = None,
    weight: Tensor | None = None,
    density: _bool = False,
) -> HistogramOfPoints:
    """Count the points in each box of a histogram of several coordinates.  Points outside of all boxes are not counted.

    Counts have no derivative.

    Args:
        input: points, a tensor of shape ``(*, D)`` of a real floating-point type.
        bins: how many bins of equal width each coordinate has: an int, or one for each; or the edges of the bins, an
            increasing vector for each coordinate.
        range: the lower and the upper end for each coordinate, ``2 * D`` numbers in a row, if numbers of bins are given.
            By default the smallest and the largest coordinate.
        weight: what each point counts: a tensor of the shape of ``input`` without the last dimension.  By default 1.
        density: whether the counts are divided by their sum and by the volumes of the boxes, so that the integral is 1.

    Returns:
        The named tuple ``(hist, bin_edges)`` of a tensor of ``D`` dimensions and a tuple of ``D`` vectors.

    Raises:
        RuntimeError: there are no bins, an end is not finite or the ends are in the wrong order, the shapes do not fit,
            or ``input`` is not of a real floating-point type.

    Example::

        >>> points = polygrad.tensor([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]])
        >>> polygrad.histogramdd(points, bins=2, range=(0, 2, 0, 2)).hist
        tensor([[0., 1.],
                [1., 1.]])
    """
def hsplit(input: Tensor, indices_or_sections: _int | Sequence[_int] | Tensor) -> tuple[Tensor, ...]:
    """Split a tensor along dimension 1, a vector along dimension 0, as `tensor_split` does.

    Args:
        input: a tensor of at least one dimension.
        indices_or_sections: the number of parts, or the positions to cut at.

    Returns:
        A tuple of views of ``input``.

    Example::

        >>> polygrad.hsplit(polygrad.tensor([[1, 2], [3, 4]]), 2)
        (tensor([[1],
                [3]]), tensor([[2],
                [4]]))
    """
def hstack(tensors: Sequence[Tensor] | Tensor, *, out: Tensor | None = None) -> Tensor:
    """Join tensors side by side: along dimension 1, vectors along dimension 0.

    Args:
        tensors: a sequence of tensors.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes do not fit.

    Example::

        >>> polygrad.hstack([polygrad.tensor([1, 2]), polygrad.tensor([3])])
        tensor([1, 2, 3])
    """
def hypot(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``sqrt(input ** 2 + other ** 2)`` of each pair, without overflow. The gradient at (0, 0) is 0.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.hypot(polygrad.tensor([3.0]), polygrad.tensor([4.0]))
        tensor([5.])
    """
def i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind of order 0 (DLMF 10.25).  The derivative is that of order 1.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.i0(polygrad.tensor([0.0, 1.0, 5.0]))
        tensor([ 1.0000,  1.2661, 27.2399])
    """
def imag(input: Tensor) -> Tensor:
    """Return the imaginary parts, as a view.

    As the attribute ``x.imag`` it can be assigned to.

    Args:
        input: a complex tensor of any shape.

    Returns:
        A real tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``input`` is real.

    Example::

        >>> polygrad.imag(polygrad.tensor([1 + 2j]))
        tensor([2.])
    """
def index_add(
    input: Tensor,
    dim: _int,
    index: Tensor,
    source: Tensor,
    *,
    alpha: Number = 1,
    out: Tensor | None = None,
) -> Tensor:
    """Return a copy of a tensor with slices added at positions of a dimension; slices at equal positions add up.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: an integer vector of positions, none negative, one for each slice of ``source``.
        source: the slices, a tensor of the data type of ``input`` whose shape differs along ``dim`` only.
        alpha: the factor of ``source``, a number.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit, or the data types differ.

    Example::

        >>> polygrad.index_add(polygrad.zeros(3), 0, polygrad.tensor([2, 2]), polygrad.tensor([1.0, 5.0]))
        tensor([0., 0., 6.])
    """
def index_copy(input: Tensor, dim: _int, index: Tensor, source: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return a copy of a tensor with slices written at positions of a dimension.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: an integer vector of positions, none negative, one for each slice of ``source``.
        source: the slices, a tensor of the data type of ``input`` whose shape differs along ``dim`` only.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit, or the data types differ.

    Example::

        >>> polygrad.index_copy(polygrad.zeros(3), 0, polygrad.tensor([2, 0]), polygrad.tensor([1.0, 5.0]))
        tensor([5., 0., 1.])
    """
def index_fill(input: Tensor, dim: _int, index: Tensor, value: Number | Tensor) -> Tensor:
    """Return a copy of a tensor with a value written into the slices at positions of a dimension.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: an integer vector of positions.
        value: a number, or a tensor without dimensions.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.

    Example::

        >>> polygrad.index_fill(polygrad.zeros(3), 0, polygrad.tensor([0, 2]), 7.0)
        tensor([7., 0., 7.])
    """
def index_put(input: Tensor, indices: Sequence[Tensor | None], values: Tensor, accumulate: _bool = False) -> Tensor:
    """Return a copy of a tensor with values written at ``input[indices]``.

    Args:
        input: a tensor of any shape.
        indices: a tuple of index tensors or masks, as in ``input[indices]``.
        values: what is written, a tensor whose shape broadcasts to that of ``input[indices]``.
        accumulate: whether values are added to the elements instead; values at equal positions add up.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit.

    Example::

        >>> rows, columns = polygrad.tensor([0, 1]), polygrad.tensor([1, 0])
        >>> polygrad.index_put(polygrad.zeros(2, 2), (rows, columns), polygrad.tensor([1.0, 5.0]))
        tensor([[0., 1.],
                [5., 0.]])
    """
def index_reduce(
    input: Tensor,
    dim: _int,
    index: Tensor,
    source: Tensor,
    reduce: str,
    *,
    include_self: _bool = True,
    out: Tensor | None = None,
) -> Tensor:
    """Return a copy with slices reduced into positions of a dimension.  Equal extrema share the gradient.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: an integer vector of positions, none negative, one for each slice of ``source``.
        source: the slices, a tensor of the data type of ``input`` whose shape differs along ``dim`` only.
        reduce: ``"prod"``, ``"mean"``, ``"amax"`` or ``"amin"``; `index_add` adds.
        include_self: whether the slice of ``input`` takes part.  Positions that ``index`` does not name keep it anyway.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit, the data types differ, ``reduce`` is unknown, or it is an extremum of complex
            numbers.

    Example::

        >>> x, index = polygrad.ones(2, 2), polygrad.tensor([0, 0])
        >>> polygrad.index_reduce(x, 0, index, polygrad.tensor([[2.0, 3.0], [4.0, 5.0]]), "prod")
        tensor([[ 8., 15.],
                [ 1.,  1.]])
    """
def index_select(input: Tensor, dim: _int, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the slices along a dimension at the given positions.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: an integer vector of positions, none negative.

    Returns:
        A copy with as many slices along ``dim`` as ``index`` has elements.

    Raises:
        IndexError: a position is out of range, or ``index`` is not a vector.

    Example::

        >>> polygrad.index_select(polygrad.tensor([[1, 2], [3, 4]]), 1, polygrad.tensor([1, 1]))
        tensor([[2, 2],
                [4, 4]])
    """
inf: _float
def inner(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
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
def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: _bool = True,
    momentum: _float = 0.1,
    eps: _float = 1e-05,
) -> Tensor:
    """Normalize each channel of each sample to mean 0 and variance 1, then scale and shift it.

    Ulyanov, Vedaldi and Lempitsky, "Instance normalization", 2016, arXiv:1607.08022.

    Args:
        input: a tensor ``(N, C, *)``.
        running_mean: the running mean ``(C,)``, updated in place as by `batch_norm`, or None.
        running_var: the running variance ``(C,)``, updated in place, or None.
        weight: a factor for each channel, ``(C,)``, or None.
        bias: a summand for each channel, ``(C,)``, or None.
        use_input_stats: whether to use, and follow, the statistics of ``input``; otherwise the running ones are used.
        momentum: the part of the new statistics in the running ones.
        eps: a number added to the variance.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: a parameter is not ``(C,)``.
        ValueError: a channel has fewer than 2 elements.

    Example::

        >>> F.instance_norm(polygrad.tensor([[[1.0, 3.0], [0.0, 10.0]]]))
        tensor([[[-1.0000,  1.0000],
                 [-1.0000,  1.0000]]])
    """
int: DType
int16: DType
int32: DType
int64: DType
int8: DType
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
def inverse(A: Tensor, *, out: Tensor | None = None) -> Tensor:
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
def is_complex(input: Tensor) -> _bool:
    """Test whether the data type is complex.

    Args:
        input: a tensor of any shape.

    Returns:
        A Python bool.

    Example::

        >>> polygrad.is_complex(polygrad.tensor(1j))
        True
    """
def is_conj(input: Tensor) -> _bool:
    """Test whether a tensor is a conjugated view, as `conj` makes it.

    Args:
        input: a tensor of any shape.

    Returns:
        A Python bool.

    Example::

        >>> x = polygrad.tensor([1 + 2j])
        >>> polygrad.is_conj(x.conj()), polygrad.is_conj(x.conj().conj())
        (True, False)
    """
def is_floating_point(input: Tensor) -> _bool:
    """Test whether the data type is a real floating-point type.

    Args:
        input: a tensor of any shape.

    Returns:
        A Python bool.

    Example::

        >>> polygrad.is_floating_point(polygrad.ones(1)), polygrad.is_floating_point(polygrad.tensor(1))
        (True, False)
    """
def is_nonzero(input: Tensor) -> _bool:
    """Test whether the only element is not 0.

    Args:
        input: a tensor of one element.

    Returns:
        A Python bool.

    Raises:
        RuntimeError: ``input`` has another number of elements.

    Example::

        >>> polygrad.is_nonzero(polygrad.tensor([2.0]))
        True
    """
def is_signed(input: Tensor) -> _bool:
    """Test whether the data type has negative values.

    Args:
        input: a tensor of any shape.

    Returns:
        A Python bool.

    Example::

        >>> polygrad.is_signed(polygrad.tensor(1, dtype=polygrad.uint8))
        False
    """
def is_storage(obj: Any, /) -> _bool:
    """Test whether an object is a storage of PyTorch's.  There are none here: the memory is the array library's.

    Args:
        obj: any object.

    Returns:
        False.

    Example::

        >>> polygrad.is_storage(polygrad.ones(2))
        False
    """
def is_tensor(obj: Any) -> _bool:
    """Test whether an object is a Tensor.

    Args:
        obj: any object.

    Returns:
        A Python bool.

    Example::

        >>> polygrad.is_tensor(polygrad.ones(1)), polygrad.is_tensor([1.0])
        (True, False)
    """
def isclose(
    input: Tensor,
    other: Tensor,
    rtol: _float = 1e-05,
    atol: _float = 1e-08,
    equal_nan: _bool = False,
) -> Tensor:
    """Test which elements of two tensors are equal within a tolerance.

    Two elements are close if ``|input - other| <= atol + rtol * |other|``.  Equal infinities are close.

    Args:
        input: a tensor.
        other: a tensor of the same data type, whose shape broadcasts with that of ``input``.
        rtol: the relative tolerance.
        atol: the absolute tolerance, in the units of the elements.
        equal_nan: whether NaN is close to NaN.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        ValueError: a tolerance is negative.
        RuntimeError: the data types differ.

    Example::

        >>> polygrad.isclose(polygrad.tensor([1.0, 2.0]), polygrad.tensor([1.0, 2.1]))
        tensor([ True, False])
    """
def isfinite(input: Tensor) -> Tensor:
    """Where ``input`` is finite: neither infinite nor NaN.

    Args:
        input: a tensor of any shape.

    Returns:
        A boolean tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.isfinite(polygrad.tensor([1.0, polygrad.inf, polygrad.nan]))
        tensor([ True, False, False])
    """
def isin(
    elements: Tensor | Number,
    test_elements: Tensor | Number,
    *,
    assume_unique: _bool = False,
    invert: _bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Test which elements are among others.

    Args:
        elements: a tensor of any shape, or a number.
        test_elements: the elements to look for, in the same forms.  One of the two is a tensor.
        assume_unique: accepted for compatibility with PyTorch.
        invert: whether to test which elements are not among them.

    Returns:
        A boolean tensor of the shape of ``elements``.

    Example::

        >>> polygrad.isin(polygrad.tensor([1, 2, 3]), polygrad.tensor([2, 5]))
        tensor([False,  True, False])
    """
def isinf(input: Tensor) -> Tensor:
    """Where ``input`` is infinite.

    Args:
        input: a tensor of any shape.

    Returns:
        A boolean tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.isinf(polygrad.tensor([1.0, polygrad.inf, polygrad.nan]))
        tensor([False,  True, False])
    """
def isnan(input: Tensor) -> Tensor:
    """Where ``input`` is NaN.

    Args:
        input: a tensor of any shape.

    Returns:
        A boolean tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.isnan(polygrad.tensor([1.0, polygrad.inf, polygrad.nan]))
        tensor([False, False,  True])
    """
def isneginf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Test which elements are negative infinity.

    Args:
        input: a real tensor of any shape.

    Returns:
        A boolean tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.isneginf(polygrad.tensor([1.0, float("inf"), -float("inf")]))
        tensor([False, False,  True])
    """
def isposinf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Test which elements are positive infinity.

    Args:
        input: a real tensor of any shape.

    Returns:
        A boolean tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.isposinf(polygrad.tensor([1.0, float("inf"), -float("inf")]))
        tensor([False,  True, False])
    """
def isreal(input: Tensor) -> Tensor:
    """Test which elements have an imaginary part of 0.

    Args:
        input: a tensor of any shape.

    Returns:
        A boolean tensor of the shape of ``input``; all True for a real tensor.

    Example::

        >>> polygrad.isreal(polygrad.tensor([1 + 0j, 1j]))
        tensor([ True, False])
    """
def istft(
    input: Tensor,
    n_fft: _int,
    hop_length: _int | None = None,
    win_length: _int | None = None,
    window: Tensor | None = None,
    center: _bool = True,
    normalized: _bool = False,
    onesided: _bool | None = None,
    length: _int | None = None,
    return_complex: _bool = False,
) -> Tensor:
    """Return the signal of least squares whose short-time Fourier transform is ``input``: the inverse of `stft`.

    Args:
        input: a complex tensor of shape ``(*, frequencies, pieces)``, as `stft` gives it.
        n_fft: the length of a piece, as in `stft`.
        hop_length: from the start of one piece to that of the next, as in `stft`.
        win_length: the length of the window, as in `stft`.
        window: the window, as in `stft`.
        center: whether pieces are centred at multiples of ``hop_length``, as in `stft`.
        normalized: whether the spectra were divided by ``sqrt(n_fft)``.
        onesided: whether ``input`` has only frequencies that are not negative; by default as its shape says.
        length: the length of the result; by default what the pieces cover.
        return_complex: whether the result is complex; False takes it to be real, and reads half of the spectrum.

    Returns:
        A tensor of shape ``(length,)`` or ``(batch, length)``.

    Raises:
        RuntimeError: lengths or shapes do not fit, or the windows leave a value of the signal undetermined.

    Example::

        >>> x, window = polygrad.arange(8.0), polygrad.ones(4)
        >>> spectra = polygrad.stft(x, 4, window=window, return_complex=True)
        >>> polygrad.allclose(polygrad.istft(spectra, 4, window=window), x, atol=1e-5)
        True
    """
def kaiser_window(
    window_length: _int,
    periodic: _bool = True,
    beta: _float = 12.0,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
) -> Tensor:
    """`signal.windows.kaiser`, periodic by default.

    Args:
        window_length: the number of values.
        periodic: whether it is the window of ``window_length + 1`` values without its last one, for transforms of periodic
            signals; False is for filters.
        beta: how narrow it is.
        dtype: a floating type; the default one if left out.
        device: the device of the result.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result.

    Returns:
        A tensor of shape ``(window_length,)``.

    Raises:
        RuntimeError: ``window_length`` is negative, or the data type is not floating.

    Example::

        >>> polygrad.kaiser_window(2, beta=0.0)
        tensor([1., 1.])
    """
def kl_div(input: Tensor, target: Tensor, reduction: str = 'mean', log_target: _bool = False) -> Tensor:
    """Kullback-Leibler divergence of ``target`` from ``input``: ``target * (log(target) - input)``.

    Args:
        input: log-probabilities of any shape.
        target: probabilities of the same shape, or their logarithms with ``log_target``.
        reduction: "batchmean" divides the sum by the length of the first dimension, which is the divergence; "mean" divides by
            the number of elements, and warns; or "sum" or "none".
        log_target: whether ``target`` has logarithms.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes do not broadcast.
        RuntimeError: ``target`` is of an integer type.

    Example::

        >>> input = polygrad.tensor([[0.5, 0.5]]).log()
        >>> F.kl_div(input, polygrad.tensor([[0.9, 0.1]]), reduction="batchmean")
        tensor(0.3681)
    """
def kron(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
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
def kthvalue(
    input: Tensor,
    k: _int,
    dim: _int = -1,
    keepdim: _bool = False,
    *,
    out: tuple[Tensor, ...] | None = None,
) -> ValuesAndIndices:
    """Return the ``k``-th smallest element along a dimension, with its index.

    Args:
        input: a real tensor of any shape.
        k: the rank, counted from 1.
        dim: the dimension.
        keepdim: whether ``dim`` stays in the result, with length 1.

    Returns:
        The named tuple ``(values, indices)`` of two tensors of the shape of ``input`` without ``dim``.

    Raises:
        RuntimeError: ``k`` is out of range.
        IndexError: the dimension is out of range or has no elements.
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.kthvalue(polygrad.tensor([3.0, 1.0, 2.0]), 2).values
        tensor(2.)
    """
def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[_int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: _float = 1e-05,
) -> Tensor:
    """Normalize the last dimensions to mean 0 and variance 1: ``(input - mean) / sqrt(variance + eps) * weight + bias``.

    Ba, Kiros and Hinton, "Layer normalization", 2016, arXiv:1607.06450.

    Args:
        input: a tensor ``(*, *normalized_shape)``.
        normalized_shape: the lengths of the dimensions that are normalized together.
        weight: a factor for each element, of shape ``normalized_shape``, or None.
        bias: a summand for each element, of shape ``normalized_shape``, or None.
        eps: a number added to the variance, which is the biased one.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` does not end in ``normalized_shape``, or ``weight`` or ``bias`` has another shape.
        MixedTypesError: the data types differ, other than half precision with float32 parameters.

    Example::

        >>> F.layer_norm(polygrad.tensor([[1.0, 3.0], [0.0, 10.0]]), (2,))
        tensor([[-1.0000,  1.0000],
                [-1.0000,  1.0000]])
    """
def lcm(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The least common multiple of each pair of integers, which is not negative; 0 where either is 0. It has no gradient.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.lcm(polygrad.tensor([12, 5]), polygrad.tensor([18, 7]))
        tensor([36, 35])
    """
def ldexp(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return ``input * 2 ** other``.

    Args:
        input: a tensor.
        other: the exponents, a tensor whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.  Of integers it has the default floating type.

    Raises:
        RuntimeError: the shapes do not broadcast.

    Example::

        >>> polygrad.ldexp(polygrad.tensor([1.0, 3.0]), polygrad.tensor([2, -1]))
        tensor([4.0000, 1.5000])
    """
def le(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where ``input`` is at most ``other``: ``input <= other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.le(polygrad.tensor([1, 2, 3]), 2)
        tensor([ True,  True, False])
    """
def lerp(input: Tensor, end: Tensor, weight: _float | Tensor, *, out: Tensor | None = None) -> Tensor:
    """Interpolate linearly: ``input + weight * (end - input)``.

    Args:
        input: the values at weight 0, a tensor.
        end: the values at weight 1, a tensor of the same data type whose shape broadcasts with that of ``input``.
        weight: a number, or a tensor of the same data type whose shape broadcasts with the others.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the data types differ.

    Example::

        >>> polygrad.lerp(polygrad.tensor([0.0, 10.0]), polygrad.tensor([1.0, 20.0]), 0.5)
        tensor([ 0.5000, 15.0000])
    """
def less(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where ``input`` is less than ``other``: ``input < other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.lt(polygrad.tensor([1, 2, 3]), 2)
        tensor([ True, False, False])
    """
def less_equal(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where ``input`` is at most ``other``: ``input <= other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.le(polygrad.tensor([1, 2, 3]), 2)
        tensor([ True,  True, False])
    """
def lgamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of the absolute value of the gamma function; infinite at 0 and the negative integers.  The derivative is `digamma` (DLMF 5.2).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.lgamma(polygrad.tensor([0.5, 3.0, 10.0]))
        tensor([ 0.5724,  0.6931, 12.8018])
    """
def linspace(
    start: Number,
    end: Number,
    steps: _int,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Create a vector of numbers at equal distances, both ends included.

    Args:
        start: the first number.
        end: the last number.
        steps: how many numbers.
        dtype: the data type.  By default float32 (see `set_default_dtype`), or complex64 if an end is complex.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A vector of length ``steps``.

    Raises:
        RuntimeError: an end is complex and ``dtype`` is real, or ``steps`` is negative.

    Example::

        >>> polygrad.linspace(0, 1, 5)
        tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
def log(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The natural logarithm of each element: ``-inf`` at 0, and NaN for negative numbers. The derivative is ``1 / input`` (DLMF 4.7).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.log(polygrad.tensor([1.0, polygrad.e]))
        tensor([0., 1.])
    """
def log10(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of each element to the base 10. The derivative is ``1 / (input * log(10))``.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.log10(polygrad.tensor([2.0, 1000.0]))
        tensor([0.3010, 3.0000])
    """
def log1p(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``log(1 + input)`` of each element, accurate near 0, where the sum would lose all digits.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.log1p(polygrad.tensor([0.0, 1e-10]))
        tensor([0.0000e+00, 1.0000e-10])
    """
def log2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of each element to the base 2. The derivative is ``1 / (input * log(2))``.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.log2(polygrad.tensor([3.0, 8.0]))
        tensor([1.5850, 3.0000])
    """
def log_softmax(
    input: Tensor,
    dim: _int | None = None,
    dtype: DTypeLike | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Logarithm of `softmax`, accurate also where the softmax underflows.

    Args:
        input: a tensor of any shape.
        dim: the dimension along which the exponentials add up to 1.  None chooses one, as in `softmax`, and warns.
        dtype: convert ``input`` to this data type first.

    Returns:
        A tensor of the shape of ``input``, with values up to 0.

    Raises:
        IndexError: ``input`` has no dimension ``dim``.

    Example::

        >>> F.log_softmax(polygrad.tensor([0.0, 1000.0]), dim=0)
        tensor([-1000.,     0.])
    """
def logaddexp(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``log(exp(input) + exp(other))`` of each pair, without overflow. The gradient is shared as `softmax` of the two shares.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.logaddexp(polygrad.tensor([0.0, 1000.0]), polygrad.tensor([0.0, 1000.0]))
        tensor([6.9315e-01, 1.0007e+03])
    """
def logaddexp2(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return ``log2(2 ** input + 2 ** other)``, without overflow.  The gradient is shared as by `logaddexp`.

    Args:
        input: a tensor of a floating-point type.
        other: a tensor whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.

    Example::

        >>> polygrad.logaddexp2(polygrad.tensor([1000.0]), polygrad.tensor([1000.0]))
        tensor([1001.])
    """
def logcumsumexp(input: Tensor, dim: _int, *, out: Tensor | None = None) -> Tensor:
    """Return the logarithm of the cumulative sum of exponentials along a dimension, without overflow.

    By doubling strides (Hillis and Steele, "Data parallel algorithms", 1986): ``log2(n)`` steps of `logaddexp`.

    Args:
        input: a tensor of a floating-point or complex type.
        dim: the dimension.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: the data type is an integer type or bool.
        IndexError: the dimension is out of range.

    Example::

        >>> polygrad.logcumsumexp(polygrad.tensor([0.0, 0.0, 1000.0]), dim=0)
        tensor([0.0000e+00, 6.9315e-01, 1.0000e+03])
    """
def logdet(input: Tensor) -> Tensor:
    """Return the logarithm of the determinant.

    Args:
        input: a tensor of shape ``(*, n, n)``.

    Returns:
        A tensor of shape ``(*)``; NaN where the determinant is negative, minus infinity where it is 0.

    Raises:
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.logdet(polygrad.tensor([[2.0, 0.0], [0.0, 3.0]]))
        tensor(1.7918)
    """
def logical_and(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where both are true, or not zero.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.logical_and(polygrad.tensor([True, True, False]), polygrad.tensor([1, 0, 0]))
        tensor([ True, False, False])
    """
def logical_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where ``input`` is false, or zero.

    Args:
        input: a tensor of any shape.

    Returns:
        A boolean tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.logical_not(polygrad.tensor([1, 0]))
        tensor([False,  True])
    """
def logical_or(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where ``input`` or ``other`` is true, or not zero.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.logical_or(polygrad.tensor([True, True, False]), polygrad.tensor([1, 0, 0]))
        tensor([ True,  True, False])
    """
def logical_xor(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where just one of both is true, or not zero.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.logical_xor(polygrad.tensor([True, True, False]), polygrad.tensor([1, 0, 0]))
        tensor([False,  True, False])
    """
def logit(input: Tensor, eps: _float | None = None, *, out: Tensor | None = None) -> Tensor:
    """Return the log-odds ``log(x / (1 - x))`` of each element, the inverse of `sigmoid`.

    Args:
        input: probabilities, a tensor of any shape.
        eps: if given, ``input`` is clamped to ``[eps, 1 - eps]`` first, which keeps the result finite.

    Returns:
        A tensor of the shape of ``input``.  It is infinite at 0 and 1 and NaN outside of them, unless ``eps`` is given.

    Example::

        >>> polygrad.logit(polygrad.tensor([0.25, 0.5]))
        tensor([-1.0986,  0.0000])
    """
def logspace(
    start: Number,
    end: Number,
    steps: _int,
    base: _float = 10.0,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Create a vector of numbers at equal ratios, from ``base ** start`` to ``base ** end``.

    Args:
        start: the exponent of the first number.
        end: the exponent of the last number.
        steps: how many numbers.
        base: the base of the powers.
        dtype: the data type.  By default float32 (see `set_default_dtype`), or complex64 if an end is complex.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A vector of length ``steps``.

    Raises:
        RuntimeError: an end is complex and ``dtype`` is real, or ``steps`` is negative.

    Example::

        >>> polygrad.logspace(0, 2, 3)
        tensor([  1.,  10., 100.])
    """
def logsumexp(
    input: Tensor,
    dim: _int | Sequence[_int],
    keepdim: _bool = False,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Return ``log(sum(exp(input)))`` along ``dim``, without overflow.

    The largest element is subtracted before exponentials are taken.

    Args:
        input: a tensor of any shape.
        dim: the dimension to reduce, or a tuple of dimensions.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions.  Of no elements: minus infinity.

    Example::

        >>> polygrad.logsumexp(polygrad.tensor([1000.0, 1000.0]), dim=0)
        tensor(1000.6932)
    """
long: DType
def lt(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where ``input`` is less than ``other``: ``input < other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.lt(polygrad.tensor([1, 2, 3]), 2)
        tensor([ True, False, False])
    """
def lu(A: Tensor, pivot: _bool = True, get_infos: _bool = False) -> tuple[Tensor, ...]:
    """Return the LU factorization: PyTorch's older form of `linalg.lu_factor` and `linalg.lu_factor_ex`.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        pivot: whether rows are exchanged.  Only True is implemented.
        get_infos: whether the place of a zero is returned instead of raised.

    Returns:
        The tuple ``(LU, pivots)``, or ``(LU, pivots, info)``.

    Raises:
        LinAlgError: there is a zero on the diagonal of ``U``, and ``get_infos`` is False.

    Example::

        >>> polygrad.linalg.lu_factor(polygrad.eye(2))[1]  # what to write instead
        tensor([1, 2], dtype=polygrad.int32)
    """
def lu_solve(input: Tensor, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
    """Solve ``A @ X == input``, given the LU factorization of ``A``: `linalg.lu_solve` with the right side first.

    Args:
        input: the right side, of shape ``(*, n, k)``.
        LU_data: of shape ``(*, n, n)``, as `linalg.lu_factor` gives it.
        LU_pivots: int32, of shape ``(*, n)``, as `linalg.lu_factor` gives them.

    Returns:
        The solution, of the shape of ``input`` with the batch dimensions broadcast.

    Raises:
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> A, b = polygrad.tensor([[1.0, 2.0], [2.0, 2.0]]), polygrad.tensor([[3.0], [4.0]])
        >>> polygrad.lu_solve(b, *polygrad.linalg.lu_factor(A))
        tensor([[1.],
                [1.]])
    """
def lu_unpack(
    LU_data: Tensor,
    LU_pivots: Tensor,
    unpack_data: _bool = True,
    unpack_pivots: _bool = True,
) -> LUResult:
    """Return the factors that `linalg.lu_factor` gives in one matrix.

    Args:
        LU_data: of shape ``(*, n, m)``, as `linalg.lu_factor` gives it.
        LU_pivots: int32, of shape ``(*, min(n, m))``.
        unpack_data: whether ``L`` and ``U`` are wanted; otherwise they are empty.
        unpack_pivots: whether ``P`` is wanted; otherwise it is empty.

    Returns:
        The named tuple ``(P, L, U)``, as of `linalg.lu`.

    Raises:
        RuntimeError: the pivots are not int32, or there are fewer than two dimensions.

    Example::

        >>> P, L, U = polygrad.lu_unpack(*polygrad.linalg.lu_factor(polygrad.tensor([[1.0, 2.0], [2.0, 2.0]])))
        >>> L
        tensor([[1.0000, 0.0000],
                [0.5000, 1.0000]])
    """
def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: _float = 0.0,
    reduction: str = 'mean',
) -> Tensor:
    """Hinge loss of a ranking: ``max(0, -target * (input1 - input2) + margin)``.

    Args:
        input1: a tensor of any shape.
        input2: a tensor of the same shape.
        target: 1 where ``input1`` should be the larger, -1 where ``input2`` should.
        margin: by how much.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input1``.

    Raises:
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.margin_ranking_loss(polygrad.tensor([2.0]), polygrad.tensor([1.0]), polygrad.tensor([-1.0]), margin=0.5)
        tensor(1.5000)
    """
def masked_fill(input: Tensor, mask: Tensor, value: Number | Tensor) -> Tensor:
    """Return a copy of a tensor with a value written where a mask is True.

    Args:
        input: a tensor.
        mask: a boolean tensor whose shape broadcasts with that of ``input``.
        value: a number, or a tensor without dimensions.

    Returns:
        A tensor of the broadcast shape and the data type of ``input``.

    Raises:
        RuntimeError: ``mask`` is not boolean, or ``value`` has dimensions.

    Example::

        >>> x = polygrad.tensor([1.0, -2.0])
        >>> polygrad.masked_fill(x, x < 0, 0.0)
        tensor([1., 0.])
    """
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """Return a copy of a tensor with the first elements of another one written, in order, where a mask is True.

    Args:
        input: a tensor.
        mask: a boolean tensor whose shape broadcasts with that of ``input``.
        source: a tensor of the data type of ``input`` with at least as many elements as ``mask`` has True ones.

    Returns:
        A tensor of the broadcast shape and the data type of ``input``.

    Raises:
        RuntimeError: ``mask`` is not boolean, the data types differ, or ``source`` has too few elements.

    Example::

        >>> mask = polygrad.tensor([True, False, True])
        >>> polygrad.masked_scatter(polygrad.zeros(3), mask, polygrad.tensor([1.0, 5.0]))
        tensor([1., 0., 5.])
    """
def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the elements where a mask is True.

    The shape of the result depends on values, so this cannot be compiled.

    Args:
        input: a tensor.
        mask: a boolean tensor whose shape broadcasts with that of ``input``.

    Returns:
        A vector.

    Raises:
        RuntimeError: ``mask`` is not boolean.

    Example::

        >>> x = polygrad.tensor([1.0, -2.0, 3.0])
        >>> polygrad.masked_select(x, x > 0)
        tensor([1., 3.])
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
def matrix_power(A: Tensor, n: _int, *, out: Tensor | None = None) -> Tensor:
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
@overload
def max(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the maximum of all elements, the maxima along ``dim`` with their indices, or elementwise maxima.

    Along ``dim`` the gradient goes to the element at the index; of all elements, equal maxima share it.

    Args:
        input: a tensor of any shape.  NaN counts as the largest value.
        dim: the dimension to reduce; None for all elements; or a second tensor, for the elementwise `maximum`.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        Without ``dim`` a tensor without dimensions; with it the named tuple ``(values, indices)``; with a tensor a tensor
        of the broadcast shape.

    Raises:
        RuntimeError: there are no elements and no ``dim``.
        IndexError: the dimension is out of range or has no elements.

    Example::

        >>> x = polygrad.tensor([[1.0, 5.0], [4.0, 3.0]])
        >>> polygrad.max(x)
        tensor(5.)
        >>> polygrad.max(x, dim=1).indices
        tensor([1, 0])
    """
@overload
def max(
    input: Tensor,
    dim: _int,
    keepdim: _bool = False,
    *,
    out: tuple[Tensor, ...] | None = None,
) -> ValuesAndIndices: ...
@overload
def max(input: Tensor, other: Tensor, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def max_pool1d(
    input: Tensor,
    kernel_size: _int | Sequence[_int],
    stride: _int | Sequence[_int] | None = None,
    padding: _int | Sequence[_int] = 0,
    dilation: _int | Sequence[_int] = 1,
    ceil_mode: _bool = False,
    return_indices: Literal[False] = False,
) -> Tensor:
    """Take the maximum of each window of sequences; of equal elements the first gets the gradient.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        kernel_size: the length of a window.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements to add at each end, at most half of ``kernel_size``; none of them is a maximum.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the sequence.
        return_indices: also return where the maxima are in the sequence.

    Returns:
        A tensor ``(N, C, L')`` with ``L' = (L + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1``, without ``N`` if
        ``input`` has none; with ``return_indices`` a pair of it and int64 indices of its shape.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2, return_indices=True)
        (tensor([[3., 2.]]), tensor([[1, 2]]))
    """
@overload
def max_pool1d(
    input: Tensor,
    kernel_size: _int | Sequence[_int],
    stride: _int | Sequence[_int] | None = None,
    padding: _int | Sequence[_int] = 0,
    dilation: _int | Sequence[_int] = 1,
    ceil_mode: _bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool1d(
    input: Tensor,
    kernel_size: _int | Sequence[_int],
    stride: _int | Sequence[_int] | None = None,
    padding: _int | Sequence[_int] = 0,
    dilation: _int | Sequence[_int] = 1,
    ceil_mode: _bool = False,
    return_indices: _bool = False,
) -> Any: ...
def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: _int | Sequence[_int],
    stride: _int | Sequence[_int] | None = None,
    padding: _int | Sequence[_int] = 0,
    dilation: _int | Sequence[_int] = 1,
    ceil_mode: _bool = False,
    return_indices: _bool = False,
) -> tuple[Tensor, Tensor]:
    """Call `max_pool1d` with ``return_indices=True``.

    Args:
        input: as in `max_pool1d`; so for the next five.
        kernel_size: the size of a window.
        stride: the step from window to window.
        padding: how many elements to add at each edge.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the edge.
        return_indices: ignored: the indices are always returned.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool1d_with_indices(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        (tensor([[3., 2.]]), tensor([[1, 2]]))
    """
@overload
def max_pool2d(
    input: Tensor,
    kernel_size: _int | Sequence[_int],
    stride: _int | Sequence[_int] | None = None,
    padding: _int | Sequence[_int] = 0,
    dilation: _int | Sequence[_int] = 1,
    ceil_mode: _bool = False,
    return_indices: Literal[False] = False,
) -> Tensor:
    """Take the maximum of each window of images; of equal elements the first gets the gradient.

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        kernel_size: the size of a window: an int, or a pair ``(height, width)``; so for the next three.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements to add at each edge, at most half of ``kernel_size``; none of them is a maximum.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the image.
        return_indices: also return where the maxima are, as ``row * W + column``.

    Returns:
        A tensor ``(N, C, H', W')`` with ``H' = (H + 2 * padding - dilation * (kernel height - 1) - 1) // stride + 1`` and ``W'``
        likewise, without ``N`` if ``input`` has none; with ``return_indices`` a pair of it and int64 indices of its shape.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool2d(polygrad.arange(16.0).reshape(1, 4, 4), 2)
        tensor([[[ 5.,  7.],
                 [13., 15.]]])
    """
@overload
def max_pool2d(
    input: Tensor,
    kernel_size: _int | Sequence[_int],
    stride: _int | Sequence[_int] | None = None,
    padding: _int | Sequence[_int] = 0,
    dilation: _int | Sequence[_int] = 1,
    ceil_mode: _bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool2d(
    input: Tensor,
    kernel_size: _int | Sequence[_int],
    stride: _int | Sequence[_int] | None = None,
    padding: _int | Sequence[_int] = 0,
    dilation: _int | Sequence[_int] = 1,
    ceil_mode: _bool = False,
    return_indices: _bool = False,
) -> Any: ...
@overload
def max_pool3d(
    input: Tensor,
    kernel_size: _int | Sequence[_int],
    stride: _int | Sequence[_int] | None = None,
    padding: _int | Sequence[_int] = 0,
    dilation: _int | Sequence[_int] = 1,
    ceil_mode: _bool = False,
    return_indices: Literal[False] = False,
) -> Tensor:
    """Take the maximum of each window of volumes; of equal elements the first gets the gradient.

    Args:
        input: volumes ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        kernel_size: the size of a window: an int, or three ``(depth, height, width)``; so for the next three.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements to add at each face, at most half of ``kernel_size``; none of them is a maximum.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the volume.
        return_indices: also return where the maxima are, as ``(depth * H + row) * W + column``.

    Returns:
        A tensor ``(N, C, D', H', W')`` with ``D' = (D + 2 * padding - dilation * (kernel depth - 1) - 1) // stride + 1`` and the
        others likewise, without ``N`` if ``input`` has none; with ``return_indices`` a pair of it and int64 indices of its shape.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool3d(polygrad.arange(64.0).reshape(1, 4, 4, 4), (4, 2, 2))
        tensor([[[[53., 55.],
                  [61., 63.]]]])
    """
@overload
def max_pool3d(
    input: Tensor,
    kernel_size: _int | Sequence[_int],
    stride: _int | Sequence[_int] | None = None,
    padding: _int | Sequence[_int] = 0,
    dilation: _int | Sequence[_int] = 1,
    ceil_mode: _bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool3d(
    input: Tensor,
    kernel_size: _int | Sequence[_int],
    stride: _int | Sequence[_int] | None = None,
    padding: _int | Sequence[_int] = 0,
    dilation: _int | Sequence[_int] = 1,
    ceil_mode: _bool = False,
    return_indices: _bool = False,
) -> Any: ...
def maximum(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The larger element of each pair, and NaN if one of them is NaN. Equal elements share the gradient.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.maximum(polygrad.tensor([1.0, 5.0]), polygrad.tensor([2.0, 3.0]))
        tensor([2., 5.])
    """
def mean(
    input: Tensor,
    dim: Dims | None = None,
    keepdim: _bool = False,
    *,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return the mean of all elements, or of those along ``dim``.

    Args:
        input: a tensor of a floating-point or complex type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type of the result; the elements are converted to it first.  By default that of ``input``.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions.  The mean of no elements is NaN.

    Raises:
        RuntimeError: the data type is an integer type or bool.

    Example::

        >>> x = polygrad.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> polygrad.mean(x, dim=1)
        tensor([1.5000, 3.5000])
    """
@overload
def median(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the median: of an even number of elements, the lower one of the two in the middle.

    Elements that equal the median of all share the gradient; along ``dim`` it goes to the element at the index.

    Args:
        input: a real tensor of any shape.  With any NaN the result is NaN.
        dim: the dimension to reduce.  None, the default, reduces all of them.
        keepdim: whether ``dim`` stays in the result, with length 1.

    Returns:
        Without ``dim`` a tensor without dimensions, which is NaN if there are no elements; with it the named tuple
        ``(values, indices)``.

    Raises:
        IndexError: the dimension is out of range or has no elements.
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.median(polygrad.tensor([1.0, 4.0, 2.0, 3.0]))
        tensor(2.)
    """
@overload
def median(
    input: Tensor,
    dim: _int,
    keepdim: _bool = False,
    *,
    out: tuple[Tensor, ...] | None = None,
) -> ValuesAndIndices: ...
def meshgrid(*tensors: Tensor | Sequence[Tensor], indexing: str | None = None) -> tuple[Tensor, ...]:
    """Return the coordinates of the grid that vectors span.

    Args:
        *tensors: vectors of one data type, one by one or as one sequence; a tensor without dimensions counts as a
            vector.
        indexing: ``"ij"``: the first vector runs along dimension 0; ``"xy"``: along dimension 1.  The default is
            ``"ij"``, with a warning.

    Returns:
        A tuple with one tensor for each vector, all of the shape of the grid.

    Raises:
        RuntimeError: an argument is not a vector, the data types differ, or ``indexing`` is neither.

    Example::

        >>> x, y = polygrad.meshgrid(polygrad.tensor([1, 2]), polygrad.tensor([3, 4]), indexing="ij")
        >>> x, y
        (tensor([[1, 1],
                [2, 2]]), tensor([[3, 4],
                [3, 4]]))
    """
@overload
def min(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the minimum of all elements, the minima along ``dim`` with their indices, or elementwise minima.

    Along ``dim`` the gradient goes to the element at the index; of all elements, equal minima share it.

    Args:
        input: a tensor of any shape.  NaN counts as the smallest value.
        dim: the dimension to reduce; None for all elements; or a second tensor, for the elementwise `minimum`.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        Without ``dim`` a tensor without dimensions; with it the named tuple ``(values, indices)``; with a tensor a tensor
        of the broadcast shape.

    Raises:
        RuntimeError: there are no elements and no ``dim``.
        IndexError: the dimension is out of range or has no elements.

    Example::

        >>> x = polygrad.tensor([[1.0, 5.0], [4.0, 3.0]])
        >>> polygrad.min(x)
        tensor(1.)
        >>> polygrad.min(x, dim=1).indices
        tensor([0, 1])
    """
@overload
def min(
    input: Tensor,
    dim: _int,
    keepdim: _bool = False,
    *,
    out: tuple[Tensor, ...] | None = None,
) -> ValuesAndIndices: ...
@overload
def min(input: Tensor, other: Tensor, /, *, out: Tensor | None = None) -> Tensor: ...
def minimum(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The smaller element of each pair, and NaN if one of them is NaN. Equal elements share the gradient.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.minimum(polygrad.tensor([1.0, 5.0]), polygrad.tensor([2.0, 3.0]))
        tensor([1., 3.])
    """
def mm(input: Tensor, mat2: Tensor, out_dtype: DType | None = None, *, out: Tensor | None = None) -> Tensor:
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
def mode(
    input: Tensor,
    dim: _int = -1,
    keepdim: _bool = False,
    *,
    out: tuple[Tensor, ...] | None = None,
) -> ValuesAndIndices:
    """Return the most frequent element along a dimension, and where it occurs last.  Of several the smallest.

    The gradient goes to the element at the index.

    Args:
        input: a real tensor of any shape.
        dim: the dimension.
        keepdim: whether ``dim`` stays in the result, with length 1.

    Returns:
        The named tuple ``(values, indices)`` of two tensors of the shape of ``input`` without ``dim``.

    Raises:
        IndexError: the dimension is out of range or has no elements.
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.mode(polygrad.tensor([3.0, 1.0, 3.0, 2.0])).values
        tensor(3.)
    """
def moveaxis(input: Tensor, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
    """Move dimensions to other positions; the others keep their order.

    Args:
        input: a tensor of any shape.
        source: the dimension to move, or a tuple of dimensions.
        destination: its position afterwards, or a tuple of positions.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: there are more of one than of the other, or a dimension occurs twice.

    Example::

        >>> polygrad.movedim(polygrad.ones(2, 3, 4), 0, -1).shape
        polygrad.Size([3, 4, 2])
    """
def movedim(input: Tensor, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
    """Move dimensions to other positions; the others keep their order.

    Args:
        input: a tensor of any shape.
        source: the dimension to move, or a tuple of dimensions.
        destination: its position afterwards, or a tuple of positions.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: there are more of one than of the other, or a dimension occurs twice.

    Example::

        >>> polygrad.movedim(polygrad.ones(2, 3, 4), 0, -1).shape
        polygrad.Size([3, 4, 2])
    """
def msort(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Sort along the first dimension.

    Args:
        input: a real tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> polygrad.msort(polygrad.tensor([3.0, 1.0, 2.0]))
        tensor([1., 2., 3.])
    """
def mul(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The product of each pair of elements: ``input * other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.mul(polygrad.tensor([2.0, 3.0]), 10)
        tensor([20., 30.])
    """
def multinomial(
    input: Tensor,
    num_samples: _int,
    replacement: _bool = False,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Draw classes with given weights.

    Args:
        input: the weights, which need not add up to 1: a vector of length ``n``, or a matrix with one distribution a
            row, of a floating-point type.
        num_samples: how many classes to draw from each distribution.
        replacement: whether a class can be drawn several times.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.

    Returns:
        An int64 vector of length ``num_samples``, or a matrix with one row for each distribution.

    Raises:
        RuntimeError: a weight is negative or not finite, all weights are 0, or too few are positive to draw without
            replacement.

    Example::

        >>> polygrad.multinomial(polygrad.tensor([0.0, 1.0, 0.0]), 3, replacement=True)
        tensor([1, 1, 1])
    """
def multiply(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The product of each pair of elements: ``input * other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.mul(polygrad.tensor([2.0, 3.0]), 10)
        tensor([20., 30.])
    """
def mv(input: Tensor, vec: Tensor, *, out: Tensor | None = None) -> Tensor:
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
def mvlgamma(input: Tensor, p: _int, *, out: Tensor | None = None) -> Tensor:
    """Return the logarithm of the multivariate gamma function of dimension ``p``.

    It is the sum of ``lgamma(input - j / 2)`` over ``j`` from 0 to ``p - 1``, and a constant (DLMF 35.3.4).

    Args:
        input: a real tensor of any shape, larger than ``(p - 1) / 2``.  Integers are converted to the default floating type.
        p: the dimension, from 1 on.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``p`` is less than 1.
        TypeError: ``p`` is no int, or ``input`` is no real tensor.

    Example::

        >>> polygrad.mvlgamma(polygrad.tensor([2.0, 3.0]), 2)
        tensor([0.4516, 1.5502])
    """
nan: _float
def nan_to_num(
    input: Tensor,
    nan: _float = 0.0,
    posinf: _float | None = None,
    neginf: _float | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Replace NaN and infinities by finite values.

    The gradient of a replaced element is 0.

    Args:
        input: a tensor of any shape.  Integers and booleans are copied.
        nan: what replaces NaN.
        posinf: what replaces positive infinity.  By default the largest finite value of the data type.
        neginf: what replaces negative infinity.  By default the smallest finite value of the data type.

    Returns:
        A tensor of the shape and data type of ``input``.

    Example::

        >>> polygrad.nan_to_num(polygrad.tensor([float("nan"), float("inf"), 1.0]), posinf=9.0)
        tensor([0., 9., 1.])
    """
def nanmean(
    input: Tensor,
    dim: Dims | None = None,
    keepdim: _bool = False,
    *,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return the mean of the elements that are not NaN, of all or along ``dim``.

    Args:
        input: a tensor of a real floating-point type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type in which the elements are added.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions; NaN where all elements are NaN.

    Raises:
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.nanmean(polygrad.tensor([1.0, float("nan"), 3.0]))
        tensor(2.)
    """
@overload
def nanmedian(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the median of the elements that are not NaN: of an even number of them, the lower one of the two in the middle.

    Elements that equal the median of all share the gradient; along ``dim`` it goes to the element at the index.

    Args:
        input: a real tensor of any shape.
        dim: the dimension to reduce.  None, the default, reduces all of them.
        keepdim: whether ``dim`` stays in the result, with length 1.

    Returns:
        Without ``dim`` a tensor without dimensions; with it the named tuple ``(values, indices)``.  NaN where all
        elements are NaN.

    Raises:
        IndexError: the dimension is out of range or has no elements.
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.nanmedian(polygrad.tensor([1.0, float("nan"), 3.0, 2.0]))
        tensor(2.)
    """
@overload
def nanmedian(
    input: Tensor,
    dim: _int,
    keepdim: _bool = False,
    *,
    out: tuple[Tensor, ...] | None = None,
) -> ValuesAndIndices: ...
def nanquantile(
    input: Tensor,
    q: _float | Tensor,
    dim: _int | None = None,
    keepdim: _bool = False,
    *,
    interpolation: str = 'linear',
    out: Tensor | None = None,
) -> Tensor:
    """Return quantiles of the elements that are not NaN, of all or of those along ``dim``.

    The quantile ``q`` of ``n`` elements lies at position ``q * (n - 1)`` of the sorted elements.

    Args:
        input: a tensor of a real floating-point type.
        q: a number in [0, 1], or a vector of numbers.
        dim: the dimension to reduce.  None, the default, reduces all of them.
        keepdim: whether reduced dimensions stay in the result, with length 1.
        interpolation: what is taken between two elements: ``"linear"``, ``"lower"``, ``"higher"``, ``"nearest"`` or
            ``"midpoint"``.

    Returns:
        A tensor of the shape of ``input`` without ``dim``; if ``q`` is a vector, with a first dimension for the quantiles.
        NaN where all elements are NaN.

    Raises:
        RuntimeError: the data type is not a real floating-point type, there are no elements, ``q`` is outside of [0, 1]
            or has several dimensions, or ``interpolation`` is unknown.

    Example::

        >>> x = polygrad.tensor([0.0, float("nan"), 20.0])
        >>> polygrad.nanquantile(x, 0.25)
        tensor(5.)
    """
def nansum(
    input: Tensor,
    dim: Dims | None = None,
    keepdim: _bool = False,
    *,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return the sum of all elements, or of those along ``dim``, counting NaN as 0.

    Args:
        input: a real tensor of any shape.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type in which the elements are added, and of the result.  By default that of ``input``, and int64
            for integers and booleans.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions.

    Raises:
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.nansum(polygrad.tensor([1.0, float("nan"), 2.0]))
        tensor(3.)
    """
def narrow(input: Tensor, dim: _int, start: _int | Tensor, length: _int) -> Tensor:
    """Return ``length`` consecutive slices along a dimension.

    Args:
        input: a tensor of at least one dimension.
        dim: the dimension.
        start: the first position, counted from the end if negative: an int, or an integer tensor without dimensions.
        length: how many slices.

    Returns:
        A view of ``input``.

    Raises:
        IndexError: ``start`` is out of range.
        RuntimeError: the range ends beyond the dimension.

    Example::

        >>> polygrad.narrow(polygrad.tensor([1, 2, 3, 4]), 0, 1, 2)
        tensor([2, 3])
    """
def ne(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where ``input`` differs from ``other``: ``input != other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.ne(polygrad.tensor([1, 2, 3]), 2)
        tensor([ True, False,  True])
    """
def neg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The negative of each element, ``-input``.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.neg(polygrad.tensor([1.0, -2.0]))
        tensor([-1.,  2.])
    """
def negative(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The negative of each element, ``-input``.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.neg(polygrad.tensor([1.0, -2.0]))
        tensor([-1.,  2.])
    """
newaxis: None
def nextafter(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The number of the data type that comes next after ``input`` in the direction of ``other``. It has no derivative: asking for one is an error.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.nextafter(polygrad.tensor([1.0]), polygrad.tensor([2.0])) > 1
        tensor([True])
    """
@overload
def nonzero(input: Tensor, *, as_tuple: Literal[False] = False, out: Tensor | None = None) -> Tensor:
    """Return the positions of the elements that are not 0.

    The shape of the result depends on values, so this cannot be compiled.

    Args:
        input: a tensor of any shape and type.
        as_tuple: whether the result is a tuple of vectors, which can be used as an index.

    Returns:
        An int64 tensor of shape ``(n, input.ndim)``, one position a row; or with ``as_tuple`` one vector of length ``n``
        for each dimension.

    Example::

        >>> x = polygrad.tensor([0, 7, 0, 9])
        >>> polygrad.nonzero(x)
        tensor([[1],
                [3]])
        >>> x[polygrad.nonzero(x, as_tuple=True)]
        tensor([7, 9])
    """
@overload
def nonzero(input: Tensor, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]: ...
def norm(
    input: Tensor,
    p: _float | str | None = 'fro',
    dim: Dims | None = None,
    keepdim: _bool = False,
    *,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return the vector norm ``sum(abs(x) ** p) ** (1 / p)`` of all elements, or along ``dim``.

    The gradient at a norm of 0 is 0.  `linalg.vector_norm` and `linalg.matrix_norm` are the newer functions.

    Args:
        input: a tensor of a floating-point or complex type.
        p: the order, a number.  ``"fro"`` is order 2; infinity gives the largest absolute value, minus infinity the
            smallest, 0 the number of elements that are not 0; ``"nuc"`` is the sum of the singular values of a matrix.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type that the elements are converted to first.  By default that of ``input``.

    Returns:
        A real tensor of the shape of ``input`` without the reduced dimensions.

    Raises:
        RuntimeError: the data type is an integer type or bool.

    Example::

        >>> polygrad.norm(polygrad.tensor([3.0, 4.0]))
        tensor(5.)
    """
def normal(
    mean: _float | Tensor = 0.0,
    std: _float | Tensor = 1.0,
    size: _int | Sequence[_int] | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Draw numbers from normal distributions of given means and standard deviations.

    The gradient flows back to ``mean`` and ``std``.

    Args:
        mean: the means, a tensor or a number.
        std: the standard deviations: a tensor whose shape broadcasts with that of ``mean``, or a number.
        size: the shape, where both are numbers.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: the data type, where both are numbers.  By default float32, see `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A tensor of the broadcast shape, or of ``size``.

    Raises:
        RuntimeError: a standard deviation is negative.
        TypeError: ``mean`` and ``std`` are numbers, and there is no ``size``.

    Example::

        >>> polygrad.normal(polygrad.tensor([0.0, 100.0]), 1.0, generator=polygrad.Generator().manual_seed(0))
        tensor([ 0.5478, 97.8603])
    """
def not_equal(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Where ``input`` differs from ``other``: ``input != other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.ne(polygrad.tensor([1, 2, 3]), 2)
        tensor([ True, False,  True])
    """
def numel(input: Tensor) -> _int:
    """Return the number of elements.

    Args:
        input: a tensor of any shape.

    Returns:
        A Python int.

    Example::

        >>> polygrad.numel(polygrad.ones(2, 3))
        6
    """
def ones(
    size: _int | Sequence[_int] = (),
    *others: _int,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Create a tensor of ones.

    Args:
        size: the lengths, as one tuple or one by one.
        *others: the lengths after the first, where they are given one by one.
        dtype: the data type.  By default float32, see `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf.

    Raises:
        RuntimeError: a length is negative.

    Example::

        >>> polygrad.ones(2, 3)
        tensor([[1., 1., 1.],
                [1., 1., 1.]])
    """
def ones_like(
    input: Tensor,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
) -> Tensor:
    """Create a tensor of ones, with the shape of another tensor.

    Args:
        input: the tensor whose shape is taken.
        dtype: the data type of the result.  By default that of ``input``.
        device: the device of the result.  By default that of ``input``.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default that of ``input``.

    Returns:
        A leaf of the shape of ``input``.

    Example::

        >>> polygrad.ones_like(polygrad.tensor([1, 2]))
        tensor([1, 1])
    """
def orgqr(input: Tensor, tau: Tensor, *, out: Tensor | None = None) -> Tensor:
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
def ormqr(input: Tensor, tau: Tensor, other: Tensor, left: _bool = True, transpose: _bool = False) -> Tensor:
    """Multiply matrices by a product of Householder reflections, without building it.

    Args:
        input: of shape ``(*, n, k)``, the vectors of the reflections, as in `linalg.householder_product`.
        tau: of shape ``(*, k)``, their factors.
        other: of shape ``(*, n, m)``, or ``(*, m, n)`` where ``left`` is False.
        left: whether the product stands on the left of ``other``, or on the right.
        transpose: whether the conjugate transpose of the product is taken.

    Returns:
        A tensor of the shape of ``other``.

    Raises:
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> R = polygrad.ormqr(*polygrad.geqrf(polygrad.tensor([[3.0], [4.0]])), polygrad.tensor([[3.0], [4.0]]), transpose=True)
        >>> polygrad.allclose(R, polygrad.tensor([[-5.0], [0.0]]), atol=1e-6)
        True
    """
def outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
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
def pairwise_distance(
    x1: Tensor,
    x2: Tensor,
    p: _float = 2.0,
    eps: _float = 1e-06,
    keepdim: _bool = False,
) -> Tensor:
    """Distance of vectors in the last dimension: ``norm(x1 - x2 + eps, p)``.

    Args:
        x1: a tensor ``(*, D)``.
        x2: a tensor that broadcasts with ``x1``.
        p: the order of the norm.
        eps: a number added to each difference, which keeps the gradient finite where the vectors are equal.
        keepdim: keep the last dimension, with length 1.

    Returns:
        A tensor ``(*)``, or ``(*, 1)`` with ``keepdim``.

    Example::

        >>> F.pairwise_distance(polygrad.tensor([0.0, 0.0]), polygrad.tensor([3.0, 4.0]))
        tensor(5.0000)
    """
def pca_lowrank(
    A: Tensor,
    q: _int | None = None,
    center: _bool = True,
    niter: _int = 2,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the first principal components of rows of data, by `svd_lowrank`.

    Args:
        A: a tensor of shape ``(*, n, m)``: ``n`` rows of ``m`` numbers.
        q: how many components; by default ``min(6, n, m)``.
        center: whether the mean of the rows is subtracted first.
        niter: the number of subspace iterations.

    Returns:
        The tuple ``(U, S, V)`` with the data close to ``U @ diag(S) @ V.mH``: the columns of ``V`` are the directions, and
        ``S ** 2 / (n - 1)`` the variances along them.

    Raises:
        ValueError: ``q`` is not from 0 to ``min(n, m)``, or ``niter`` is negative.

    Example::

        >>> rows = polygrad.tensor([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
        >>> polygrad.pca_lowrank(rows, q=1)[1]
        tensor([3.1623])
    """
def pdist(input: Tensor, p: _float = 2) -> Tensor:
    """Return the distance of each pair of rows of a matrix.  The gradient at a distance of 0 is 0.

    Args:
        input: a matrix ``(N, M)`` of a real floating-point type.
        p: the order of the norm, 0 or larger.

    Returns:
        A vector of ``N * (N - 1) / 2`` distances: of row 0 from rows 1, 2, …, of row 1 from rows 2, 3, …, and so on.

    Raises:
        RuntimeError: ``input`` is not a matrix of a real floating-point type, or ``p`` is negative.

    Example::

        >>> polygrad.pdist(polygrad.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
        tensor([5.0000, 1.0000, 4.2426])
    """
@overload
def permute(input: Tensor, dims: Sequence[_int]) -> Tensor:
    """Reorder the dimensions.

    Args:
        input: a tensor of any shape.
        dims: all dimensions in their new order, as one tuple or one by one.
        *others: the dimensions after the first, where they are given one by one.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: ``dims`` is not a permutation of the dimensions.

    Example::

        >>> polygrad.permute(polygrad.ones(2, 3, 4), (2, 0, 1)).shape
        polygrad.Size([4, 2, 3])
    """
@overload
def permute(input: Tensor, *dims: _int) -> Tensor: ...
@overload
def permute_dims(input: Tensor, dims: Sequence[_int]) -> Tensor:
    """Reorder the dimensions.

    Args:
        input: a tensor of any shape.
        dims: all dimensions in their new order, as one tuple or one by one.
        *others: the dimensions after the first, where they are given one by one.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: ``dims`` is not a permutation of the dimensions.

    Example::

        >>> polygrad.permute(polygrad.ones(2, 3, 4), (2, 0, 1)).shape
        polygrad.Size([4, 2, 3])
    """
@overload
def permute_dims(input: Tensor, *dims: _int) -> Tensor: ...
pi: _float
def pinv(
    A: Tensor,
    rcond: _float | None = None,
    hermitian: _bool = False,
    *,
    atol: _float | None = None,
    rtol: _float | None = None,
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
def pinverse(
    A: Tensor,
    rcond: _float | None = None,
    hermitian: _bool = False,
    *,
    atol: _float | None = None,
    rtol: _float | None = None,
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
def pixel_shuffle(input: Tensor, upscale_factor: _int) -> Tensor:
    """Rearrange channels into pixels: ``(*, C * r * r, H, W)`` becomes ``(*, C, H * r, W * r)``.

    Shi et al., "Real-time single image and video super-resolution", 2016, arXiv:1609.05158.

    Args:
        input: a tensor ``(*, C * r * r, H, W)``.
        upscale_factor: ``r``, by which height and width grow.

    Returns:
        A tensor ``(*, C, H * r, W * r)``.

    Raises:
        ShapeError: ``input`` has fewer than 3 dimensions, or its channels are not divisible by ``r * r``.

    Example::

        >>> F.pixel_shuffle(polygrad.arange(4.0).reshape(4, 1, 1), 2)
        tensor([[[0., 1.],
                 [2., 3.]]])
    """
def pixel_unshuffle(input: Tensor, downscale_factor: _int) -> Tensor:
    """Rearrange pixels into channels, the inverse of `pixel_shuffle`.

    Args:
        input: a tensor ``(*, C, H * r, W * r)``.
        downscale_factor: ``r``, by which height and width shrink.

    Returns:
        A tensor ``(*, C * r * r, H, W)``.

    Raises:
        ShapeError: ``input`` has fewer than 3 dimensions, or height or width is not divisible by ``r``.

    Example::

        >>> F.pixel_unshuffle(polygrad.ones(1, 3, 8, 8), 2).shape
        polygrad.Size([1, 12, 4, 4])
    """
def polar(abs: Tensor, angle: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the complex numbers ``abs * exp(1j * angle)``.

    Args:
        abs: the absolute values, a tensor of a real floating-point type.
        angle: the angles in radians, a tensor of the same data type, whose shape broadcasts with that of ``abs``.

    Returns:
        A complex tensor of the broadcast shape.

    Raises:
        RuntimeError: the data types differ, or are not real floating-point types.

    Example::

        >>> polygrad.polar(polygrad.tensor([1.0, 2.0]), polygrad.tensor([0.0, 0.0]))
        tensor([1.+0.j, 2.+0.j])
    """
def polygamma(n: _int, input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the ``n``-th derivative of `digamma` at each element.

    It is infinite at 0 and the negative integers.  The derivative is ``polygamma(n + 1, input)`` (DLMF 5.15).

    Args:
        n: how many derivatives, from 0 on.
        input: a real tensor of any shape.  Integers are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``n`` is negative.
        TypeError: ``n`` is no int, or ``input`` is no real tensor.

    Example::

        >>> polygrad.polygamma(1, polygrad.tensor([0.5, 1.0]))
        tensor([4.9348, 1.6449])
    """
def positive(input: Tensor) -> Tensor:
    """Return ``input`` itself: the operator ``+x``.

    Args:
        input: a tensor that is not boolean.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is boolean.

    Example::

        >>> polygrad.positive(polygrad.tensor([-1.0]))
        tensor([-1.])
    """
def pow(input: Operand, exponent: Operand, *, out: Tensor | None = None) -> Tensor:
    """Raise ``input`` to the power of ``exponent``, element by element.

    Args:
        input: the base, a tensor or a number.
        exponent: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: a tensor of integers has a negative integer as ``exponent``.

    Example::

        >>> polygrad.pow(polygrad.tensor([1.0, 2.0, 3.0]), 2)
        tensor([1., 4., 9.])
    """
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """`leaky_relu` with learned slopes: ``input`` where it is positive, else ``weight * input``.

    He et al., "Delving deep into rectifiers", 2015, arXiv:1502.01852.

    Args:
        input: a tensor ``(N, C, *)``, or of any shape if there is one slope.
        weight: the slopes, of shape ``(1,)``, ``()`` or, one per channel, ``(C,)``.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``weight`` has neither one element nor one per channel.

    Example::

        >>> F.prelu(polygrad.tensor([[-1.0, -1.0]]), polygrad.tensor([0.1, 0.5]))
        tensor([[-0.1000, -0.5000]])
    """
def prod(
    input: Tensor,
    dim: _int | None = None,
    keepdim: _bool = False,
    *,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return the product of all elements, or of those along ``dim``.

    Its gradient is also right where elements are 0.

    Args:
        input: a tensor of any shape.
        dim: the dimension to reduce.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type in which the elements are multiplied, and of the result.  By default that of ``input``, and
            int64 for integers and booleans.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimension.

    Example::

        >>> polygrad.prod(polygrad.tensor([2.0, 3.0, 4.0]))
        tensor(24.)
    """
def promote_types(type1: DTypeLike, type2: DTypeLike) -> DType:
    """Return the data type that an operation on tensors of two types has.

    Args:
        type1: a data type.
        type2: a data type.

    Returns:
        A data type of the larger kind of the two, and within a kind the larger type.

    Raises:
        TypeError: an argument is not a data type.

    Example::

        >>> polygrad.promote_types(polygrad.int64, polygrad.float16)
        polygrad.float16
    """
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
    """Return a copy of a tensor with elements written at positions of the flattened tensor.

    Args:
        input: a tensor of any shape.
        index: an integer tensor of positions, counted from the end if negative.
        source: what is written, a tensor of the data type of ``input`` with as many elements as ``index``.
        accumulate: whether the elements are added to those of ``input`` instead; those at equal positions add up.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range, or ``source`` has another number of elements than ``index``.
        RuntimeError: the data types differ, or ``index`` is not of an integer type.

    Example::

        >>> polygrad.put(polygrad.zeros(2, 2), polygrad.tensor([0, -1]), polygrad.tensor([1.0, 5.0]))
        tensor([[1., 0.],
                [0., 5.]])
    """
def qr(A: Tensor, mode: str | _bool = 'reduced', *, out: Tensor | None = None) -> QRResult:
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
def quantile(
    input: Tensor,
    q: _float | Tensor,
    dim: _int | None = None,
    keepdim: _bool = False,
    *,
    interpolation: str = 'linear',
    out: Tensor | None = None,
) -> Tensor:
    """Return quantiles of all elements, or of those along ``dim``.

    The quantile ``q`` of ``n`` elements lies at position ``q * (n - 1)`` of the sorted elements.

    Args:
        input: a tensor of a real floating-point type.  With any NaN the result is NaN.
        q: a number in [0, 1], or a vector of numbers.
        dim: the dimension to reduce.  None, the default, reduces all of them.
        keepdim: whether reduced dimensions stay in the result, with length 1.
        interpolation: what is taken between two elements: ``"linear"``, ``"lower"``, ``"higher"``, ``"nearest"`` or
            ``"midpoint"``.

    Returns:
        A tensor of the shape of ``input`` without ``dim``; if ``q`` is a vector, with a first dimension for the quantiles.

    Raises:
        RuntimeError: the data type is not a real floating-point type, there are no elements, ``q`` is outside of [0, 1]
            or has several dimensions, or ``interpolation`` is unknown.

    Example::

        >>> x = polygrad.tensor([0.0, 10.0, 20.0])
        >>> polygrad.quantile(x, polygrad.tensor([0.25, 0.5]))
        tensor([ 5., 10.])
    """
def rad2deg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Convert angles from radians to degrees.

    Args:
        input: angles in radians, a tensor of any shape.

    Returns:
        Angles in degrees, a tensor of the shape of ``input``.

    Example::

        >>> polygrad.rad2deg(polygrad.tensor([polygrad.pi]))
        tensor([180.])
    """
def rand(
    size: _int | Sequence[_int] = (),
    *others: _int,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Draw numbers from the uniform distribution on [0, 1).

    Args:
        size: the as one tuple or one by one.
        *others: the lengths after the first, where they are given one by one.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: a floating-point or complex data type; both parts of a complex number are drawn.  By default float32, see
            `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf.

    Raises:
        RuntimeError: ``dtype`` is an integer type or bool, or a length is negative.

    Example::

        >>> polygrad.rand(2, generator=polygrad.Generator().manual_seed(0))
        tensor([0.7899, 0.0872])
    """
def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
) -> Tensor:
    """Draw numbers from the uniform distribution on [0, 1), with the shape of another tensor.

    Args:
        input: the tensor whose shape is taken.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: a floating-point or complex data type.  By default that of ``input``.
        device: the device of the result.  By default that of ``input``.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default that of ``input``.

    Returns:
        A leaf of the shape of ``input``.

    Raises:
        RuntimeError: the data type is an integer type or bool.

    Example::

        >>> polygrad.rand_like(polygrad.zeros(2), generator=polygrad.Generator().manual_seed(0))
        tensor([0.7899, 0.0872])
    """
def randint(
    low: _int = 0,
    high: _int | Sequence[_int] | None = None,
    size: _int | Sequence[_int] | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Draw integers from ``low`` to ``high``, ``high`` excluded: ``randint(10, (2, 3))`` or ``randint(5, 10, (2, 3))``.

    Args:
        low: the least integer.  It may be left out, and is 0 then.
        high: the integer after the largest one.
        size: the shape: a tuple of lengths.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: the data type of the result.  By default int64.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf of shape ``size``.

    Raises:
        RuntimeError: ``low`` is not less than ``high``, or ``dtype`` does not have these integers.

    Example::

        >>> polygrad.randint(10, (3,), generator=polygrad.Generator().manual_seed(0))
        tensor([8, 0, 5])
    """
def randint_like(
    input: Tensor,
    low: _int = 0,
    high: _int | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
) -> Tensor:
    """Draw integers from ``low`` to ``high``, ``high`` excluded, with the shape of another tensor.

    Args:
        input: the tensor whose shape is taken.
        low: the least integer.  It may be left out, and is 0 then.
        high: the integer after the largest one.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: the data type of the result.  By default that of ``input``.
        device: the device of the result.  By default that of ``input``.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default that of ``input``.

    Returns:
        A leaf of the shape of ``input``.

    Raises:
        RuntimeError: ``low`` is not less than ``high``, or the data type does not have these integers.

    Example::

        >>> polygrad.randint_like(polygrad.zeros(3), 10, generator=polygrad.Generator().manual_seed(0))
        tensor([8., 0., 5.])
    """
def randn(
    size: _int | Sequence[_int] = (),
    *others: _int,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Draw numbers from the normal distribution of mean 0 and variance 1.

    Args:
        size: the as one tuple or one by one.
        *others: the lengths after the first, where they are given one by one.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: a floating-point or complex data type; the variance of a complex number is that of both parts together.
            By default float32, see `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf.

    Raises:
        RuntimeError: ``dtype`` is an integer type or bool, or a length is negative.

    Example::

        >>> polygrad.randn(2, generator=polygrad.Generator().manual_seed(0))
        tensor([ 0.5478, -2.1397])
    """
def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
) -> Tensor:
    """Draw numbers from the normal distribution of mean 0 and variance 1, with the shape of another tensor.

    Args:
        input: the tensor whose shape is taken.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: a floating-point or complex data type.  By default that of ``input``.
        device: the device of the result.  By default that of ``input``.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default that of ``input``.

    Returns:
        A leaf of the shape of ``input``.

    Raises:
        RuntimeError: the data type is an integer type or bool.

    Example::

        >>> polygrad.randn_like(polygrad.zeros(2), generator=polygrad.Generator().manual_seed(0))
        tensor([ 0.5478, -2.1397])
    """
def randperm(
    n: _int,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Draw a permutation of the integers from 0 to ``n - 1``.

    Args:
        n: how many integers.
        generator: the `Generator` to draw from.  By default the one that `manual_seed` seeds.
        dtype: the data type of the result.  By default int64.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A vector of length ``n``.

    Raises:
        RuntimeError: ``n`` is negative, or ``dtype`` does not have these integers.

    Example::

        >>> polygrad.randperm(4, generator=polygrad.Generator().manual_seed(0))
        tensor([0, 3, 2, 1])
    """
def range(
    start: Number,
    end: Number | None = None,
    step: Number = 1,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
) -> Tensor:
    """Create a vector of numbers at equal steps, the end included.  Deprecated in PyTorch; use `arange`.

    Args:
        start: the first number.  With one argument: the end, and the start is 0.
        end: the numbers do not exceed it.
        step: the difference between neighbours, not 0.
        dtype: the data type.  By default float32, see `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A vector of length ``floor((end - start) / step) + 1``.

    Raises:
        RuntimeError: ``step`` is 0 or leads away from ``end``, or an argument is not finite.

    Example::

        >>> import warnings
        >>> with warnings.catch_warnings(action="ignore"):
        ...     polygrad.range(1, 3)
        tensor([1., 2., 3.])
    """
def ravel(input: Tensor) -> Tensor:
    """Return all elements as a contiguous vector: a view if ``input`` is contiguous, else a copy.

    Args:
        input: a tensor of any shape.

    Returns:
        A vector.

    Example::

        >>> polygrad.ravel(polygrad.tensor([[1, 2], [3, 4]]))
        tensor([1, 2, 3, 4])
    """
def real(input: Tensor) -> Tensor:
    """Return the real parts: a view of a complex tensor, or a real tensor itself.

    As the attribute ``x.real`` it can be assigned to.

    Args:
        input: a tensor of any shape.

    Returns:
        A real tensor of the shape of ``input``.

    Example::

        >>> polygrad.real(polygrad.tensor([1 + 2j]))
        tensor([1.])
    """
def reciprocal(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``1 / input`` of each element. The derivative is ``-1 / input ** 2``.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.reciprocal(polygrad.tensor([2.0, -4.0]))
        tensor([ 0.5000, -0.2500])
    """
def relu(input: Tensor) -> Tensor:
    """Each element where it is positive, and 0 elsewhere: ``max(input, 0)``. The derivative at 0 is 0.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.relu(polygrad.tensor([-1.0, 2.0]))
        tensor([0., 2.])
    """
def relu_(input: Tensor) -> Tensor:
    """`relu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.relu_(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([0., 0., 2.])
    """
def remainder(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """What is left of ``input`` when whole multiples of ``other`` are taken away: ``input % other``. It has the sign of ``other``; `fmod` has that of ``input``. The derivative by ``other`` is minus the number of multiples.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.

    Example::

        >>> polygrad.remainder(polygrad.tensor([5.0, -5.0]), 3)
        tensor([2., 1.])
    """
def renorm(input: Tensor, p: _float, dim: _int, maxnorm: _float, *, out: Tensor | None = None) -> Tensor:
    """Scale slices along a dimension so that none has a larger norm than ``maxnorm``.

    Args:
        input: a tensor of a floating-point or complex type with at least two dimensions.
        p: the order of the norm, larger than 0.
        dim: the dimension along which the slices lie.
        maxnorm: the largest norm, 0 or larger.

    Returns:
        A tensor of the shape of ``input``.  A slice with a larger norm is multiplied by ``maxnorm / (norm + 1e-7)``.

    Raises:
        RuntimeError: ``input`` has fewer dimensions or another type, or a number is out of its range.

    Example::

        >>> polygrad.renorm(polygrad.tensor([[3.0, 4.0], [0.3, 0.4]]), p=2, dim=0, maxnorm=1)
        tensor([[0.6000, 0.8000],
                [0.3000, 0.4000]])
    """
def repeat_interleave(
    input: Tensor,
    repeats: _int | Tensor | None = None,
    dim: _int | None = None,
    *,
    output_size: _int | None = None,
) -> Tensor:
    """Repeat each element, or each slice along ``dim``, a number of times in a row.

    Args:
        input: a tensor of any shape.  Alone, a vector of numbers: position ``i`` is repeated ``input[i]`` times.
        repeats: how many times: an int, or an integer vector with one number for each slice.
        dim: the dimension.  None, the default, flattens ``input`` first.
        output_size: the sum of ``repeats``, if it is known: the values need not be read then, which a compiled function
            needs.

    Returns:
        A tensor whose length along ``dim`` is the sum of ``repeats``.

    Raises:
        RuntimeError: ``repeats`` is negative, is not an integer, or has another length than the dimension.

    Example::

        >>> polygrad.repeat_interleave(polygrad.tensor([1, 2]), polygrad.tensor([1, 3]))
        tensor([1, 2, 2, 2])
    """
def reshape(input: Tensor, shape: _int | Sequence[_int] = (), *others: _int) -> Tensor:
    """Return a tensor of the same elements in another shape.

    The result is a view wherever PyTorch makes one, and a copy otherwise, as of a transpose that is flattened.

    Args:
        input: a tensor of any shape.
        shape: the new lengths, as one tuple or one by one.  One of them may be -1: it follows from the others.
        *others: the lengths after the first, where they are given one by one.

    Returns:
        A view of ``input``, or a copy.

    Raises:
        RuntimeError: the number of elements differs, or several lengths are -1.

    Example::

        >>> polygrad.reshape(polygrad.arange(6), (2, -1))
        tensor([[0, 1, 2],
                [3, 4, 5]])
    """
def resolve_conj(input: Tensor) -> Tensor:
    """Copy a conjugated view; any other tensor is returned itself.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the same values for which `is_conj` is False.

    Example::

        >>> polygrad.resolve_conj(polygrad.tensor([1 + 2j]).conj())
        tensor([1.-2.j])
    """
def resolve_neg(input: Tensor) -> Tensor:
    """Copy the imaginary part of a conjugated view; any other tensor is returned itself.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the same values.

    Example::

        >>> polygrad.resolve_neg(polygrad.tensor([1 + 2j]).conj().imag)
        tensor([-2.])
    """
def result_type(*operands: Operand) -> DType:
    """Return the data type of an operation on tensors and Python numbers.

    A Python number changes the type only where its kind (bool, int, float, complex) is larger than that of the tensors.

    Args:
        *operands: tensors and Python numbers.

    Returns:
        A data type.

    Example::

        >>> polygrad.result_type(polygrad.tensor([1], dtype=polygrad.int8), 2.0)
        polygrad.float32
    """
def rms_norm(
    input: Tensor,
    normalized_shape: Sequence[_int],
    weight: Tensor | None = None,
    eps: _float | None = None,
) -> Tensor:
    """Divide the last dimensions by the root of their mean square: ``input / sqrt(mean(input ** 2) + eps) * weight``.

    Zhang and Sennrich, "Root mean square layer normalization", 2019, arXiv:1910.07467.

    Args:
        input: a tensor ``(*, *normalized_shape)``.
        normalized_shape: the lengths of the dimensions that are normalized together.
        weight: a factor for each element, of shape ``normalized_shape``, or None.
        eps: a number added to the mean square; None is the machine epsilon of the data type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` does not end in ``normalized_shape``.

    Example::

        >>> F.rms_norm(polygrad.tensor([3.0, 4.0]), (2,))
        tensor([0.8485, 1.1314])
    """
def roll(input: Tensor, shifts: _int | Sequence[_int], dims: _int | Sequence[_int] | None = None) -> Tensor:
    """Shift elements cyclically along dimensions.

    Args:
        input: a tensor of any shape.
        shifts: by how many elements: a number, or a tuple with one for each dimension.
        dims: the dimension, or a tuple of dimensions.  None, the default, shifts the flattened tensor and restores the
            shape.

    Returns:
        A copy.

    Raises:
        RuntimeError: there are not as many shifts as dimensions.

    Example::

        >>> polygrad.roll(polygrad.tensor([1, 2, 3]), 1)
        tensor([3, 1, 2])
    """
def rot90(input: Tensor, k: _int = 1, dims: Sequence[_int] = (0, 1)) -> Tensor:
    """Rotate by multiples of 90 degrees in the plane of two dimensions.

    Args:
        input: a tensor of at least two dimensions.
        k: how many times, from the first of ``dims`` towards the second; negative for the other direction.
        dims: the two dimensions.

    Returns:
        A copy.

    Raises:
        RuntimeError: ``dims`` is not two different dimensions of ``input``.

    Example::

        >>> polygrad.rot90(polygrad.tensor([[1, 2], [3, 4]]))
        tensor([[2, 4],
                [1, 3]])
    """
def round(input: Tensor, *, decimals: _int = 0, out: Tensor | None = None) -> Tensor:
    """Round to the nearest multiple of ``10 ** -decimals``, halves to the even neighbour.

    The gradient is 0.

    Args:
        input: a tensor of any shape.
        decimals: the number of decimal places; negative for places before the point.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``decimals`` is not 0, and ``input`` is not of a real floating-point type.

    Example::

        >>> polygrad.round(polygrad.tensor([0.5, 1.5, 2.5]))
        tensor([0., 2., 2.])
        >>> polygrad.round(polygrad.tensor([1.2345]), decimals=2)
        tensor([1.2300])
    """
def row_stack(tensors: Sequence[Tensor] | Tensor, *, out: Tensor | None = None) -> Tensor:
    """Join tensors one below the other, along dimension 0; vectors count as rows.

    Args:
        tensors: a sequence of tensors.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes do not fit.

    Example::

        >>> polygrad.vstack([polygrad.tensor([1, 2]), polygrad.tensor([3, 4])])
        tensor([[1, 2],
                [3, 4]])
    """
def rrelu(
    input: Tensor,
    lower: _float = 0.125,
    upper: _float = 0.3333333333333333,
    training: _bool = False,
    inplace: _bool = False,
) -> Tensor:
    """Leaky rectified linear unit with random slopes: ``input`` where it is positive, else ``slope * input``.

    Xu, Wang, Chen and Li, "Empirical evaluation of rectified activations in convolutional network", 2015, arXiv:1505.00853.

    Args:
        input: a tensor of any shape.
        lower: the smallest slope.
        upper: the largest slope.
        training: draw a slope for each element, uniformly; otherwise all slopes are ``(lower + upper) / 2``.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``lower`` is greater than ``upper``, or ``input`` is not of a floating-point type.

    Example::

        >>> F.rrelu(polygrad.tensor([-8.0, 0.0, 2.0]), 0.0, 0.5)
        tensor([-2.,  0.,  2.])
    """
def rrelu_(
    input: Tensor,
    lower: _float = 0.125,
    upper: _float = 0.3333333333333333,
    training: _bool = False,
) -> Tensor:
    """`rrelu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        lower: the smallest slope.
        upper: the largest slope.
        training: draw a slope for each element.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.rrelu_(polygrad.tensor([-8.0, 0.0, 2.0]), 0.0, 0.5)
        tensor([-2.,  0.,  2.])
    """
def rsqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the reciprocal of the square root, ``1 / sqrt(input)``.

    Args:
        input: a tensor of any shape.  Integers are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``; infinite at 0 and NaN for negative elements.

    Example::

        >>> polygrad.rsqrt(polygrad.tensor([1.0, 4.0]))
        tensor([1.0000, 0.5000])
    """
def scatter(
    input: Tensor,
    dim: _int,
    index: Tensor,
    src: Tensor | Number | None = None,
    *,
    value: Number | None = None,
    reduce: str | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return a copy with elements written along a dimension: ``out[index[i, j], j] = src[i, j]`` for ``dim=0``.

    Where positions repeat, the last one is written; the gradient goes to that one.  `scatter_add` adds all of them.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: positions along ``dim``, none negative: an integer tensor with as many dimensions as ``input``.
        src: what is written: a tensor of the data type of ``input`` that is at least as long as ``index`` in each
            dimension, or a number.
        value: a number, another name of ``src``.
        reduce: ``"add"`` or ``"multiply"``: combine with the element that is there instead.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit, the data types differ, or ``reduce`` is unknown.

    Example::

        >>> polygrad.scatter(polygrad.zeros(3), 0, polygrad.tensor([2, 0]), polygrad.tensor([1.0, 5.0]))
        tensor([5., 0., 1.])
    """
def scatter_add(input: Tensor, dim: _int, index: Tensor, src: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return a copy with elements added along a dimension: ``out[index[i, j], j] += src[i, j]`` for ``dim=0``.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: positions along ``dim``, none negative: an integer tensor with as many dimensions as ``input``.
        src: what is added, a tensor of the data type of ``input`` that is at least as long as ``index`` in each dimension.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit, or the data types differ.

    Example::

        >>> polygrad.scatter_add(polygrad.zeros(3), 0, polygrad.tensor([2, 2]), polygrad.tensor([1.0, 5.0]))
        tensor([0., 0., 6.])
    """
def scatter_reduce(
    input: Tensor,
    dim: _int,
    index: Tensor,
    src: Tensor,
    reduce: str,
    *,
    include_self: _bool = True,
    out: Tensor | None = None,
) -> Tensor:
    """Return a copy with elements reduced into positions of a dimension: ``out[index[i, j], j] = reduce(…, src[i, j])``.

    Equal extrema share the gradient.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: positions along ``dim``, none negative: an integer tensor with as many dimensions as ``input``.
        src: what is reduced: a tensor of the data type of ``input`` that is at least as long as ``index`` in each dimension.
        reduce: ``"sum"``, ``"prod"``, ``"mean"``, ``"amax"`` or ``"amin"``.
        include_self: whether the element of ``input`` takes part.  Positions that ``index`` does not name keep it anyway.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit, the data types differ, ``reduce`` is unknown, or it is an extremum of complex
            numbers.

    Example::

        >>> x, index = polygrad.tensor([1.0, 2.0]), polygrad.tensor([0, 0, 1])
        >>> polygrad.scatter_reduce(x, 0, index, polygrad.tensor([5.0, 4.0, 1.0]), "amax")
        tensor([5., 2.])
    """
def searchsorted(
    sorted_sequence: Tensor,
    input: Tensor | Number,
    *,
    out_int32: _bool = False,
    right: _bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Find by binary search where values would have to be inserted to keep a sequence sorted.

    Args:
        sorted_sequence: a tensor that is sorted along its last dimension, in ascending order.
        input: the values: a number, or a tensor.  ``sorted_sequence`` is a vector, or its other dimensions are those of
            ``input``.
        out_int32: whether the result is int32 instead of int64.
        right: whether a value is inserted after equal elements instead of before them.
        side: ``"left"`` or ``"right"``, another way to say ``right``.
        sorter: indices that sort ``sorted_sequence``, as `argsort` gives them, if it is not sorted itself.

    Returns:
        A tensor of indices with the shape of ``input``.

    Raises:
        RuntimeError: ``side`` is neither, or the shapes differ before the last dimension.

    Example::

        >>> polygrad.searchsorted(polygrad.tensor([1, 3, 5]), polygrad.tensor([3, 6]))
        tensor([1, 3])
    """
def select(input: Tensor, dim: _int, index: _int) -> Tensor:
    """Return the slice at one position of a dimension, without that dimension.

    Args:
        input: a tensor of at least one dimension.
        dim: the dimension.
        index: the position, counted from the end if negative.

    Returns:
        A view of ``input``.

    Raises:
        IndexError: ``dim`` or ``index`` is out of range.

    Example::

        >>> polygrad.select(polygrad.tensor([[1, 2], [3, 4]]), 1, 0)
        tensor([1, 3])
    """
def select_scatter(input: Tensor, src: Tensor, dim: _int, index: _int) -> Tensor:
    """Return a copy of a tensor with one slice replaced: the reverse of `select`.

    Args:
        input: a tensor of at least one dimension.
        src: the new slice, of the shape of ``input`` without ``dim``.
        dim: the dimension.
        index: the position, counted from the end if negative.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        RuntimeError: ``src`` has another shape than the slice.
        IndexError: ``index`` is out of range.

    Example::

        >>> polygrad.select_scatter(polygrad.zeros(2, 2), polygrad.tensor([1.0, 2.0]), 0, 1)
        tensor([[0., 0.],
                [1., 2.]])
    """
def selu(input: Tensor, inplace: _bool = False) -> Tensor:
    """Scaled `elu`: ``1.0507 * elu(input, 1.6733)``, which keeps activations at mean 0 and variance 1.

    Klambauer et al., "Self-normalizing neural networks", 2017, arXiv:1706.02515.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.selu(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-1.1113,  0.0000,  1.0507])
    """
def selu_(input: Tensor) -> Tensor:
    """`selu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.selu_(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-1.1113,  0.0000,  1.0507])
    """
def set_default_device(device: DeviceLike | None) -> None:
    """Choose the device on which tensors are made if none is given, for all threads.

    Args:
        device: a device, or its name; None for the default of each backend.

    Raises:
        RuntimeError: the current backend has no such device.

    Example::

        >>> polygrad.set_default_device("cpu")
        >>> polygrad.set_default_device(None)
    """
def set_float32_matmul_precision(precision: str) -> None:
    """Allow matrix products of float32 to be rounded more.  It changes nothing: products have the library's own precision.

    Args:
        precision: ``"highest"``, ``"high"`` or ``"medium"``.

    Raises:
        ValueError: ``precision`` is none of these.

    Example::

        >>> polygrad.set_float32_matmul_precision("highest")
    """
def set_num_threads(num: _int) -> None:
    """Ask for a number of threads on a CPU.  The library reads it when it starts: another number than it has now warns.

    Args:
        num: the number of threads, at least 1.

    Raises:
        RuntimeError: ``num`` is not a positive int.

    Example::

        >>> polygrad.set_num_threads(polygrad.get_num_threads())
    """
def set_printoptions(
    precision: _int | None = None,
    threshold: _float | None = None,
    edgeitems: _int | None = None,
    linewidth: _int | None = None,
    profile: str | None = None,
    sci_mode: _bool | None = None,
) -> None:
    """Set how tensors are printed.  None leaves an option unchanged, except for ``sci_mode``.

    Args:
        precision: digits after the point; 4 at first.
        threshold: with more elements than this, only the first and last ones are printed; 1000 at first.
        edgeitems: how many of them at each end of a dimension; 3 at first.
        linewidth: characters in a line; 80 at first.
        profile: ``"default"``, ``"short"`` or ``"full"``: values for all of the above.
        sci_mode: whether to write numbers as ``1.0000e+00``.  None, the default, decides by their range.

    Raises:
        ValueError: ``profile`` is unknown.

    Example::

        >>> polygrad.set_printoptions(precision=2)
        >>> polygrad.tensor([polygrad.pi])
        tensor([3.14])
        >>> polygrad.set_printoptions(profile="default")
    """
def sgn(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sign of each element: -1, 0 or 1; of a complex number ``z / |z|``, and 0 at 0. The derivative of a real sign is 0.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.sign(polygrad.tensor([-2.0, 0.0, 3.0]))
        tensor([-1.,  0.,  1.])
    """
short: DType
def sigmoid(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logistic function of each element, ``1 / (1 + exp(-input))``, between 0 and 1; accurate at both ends.  The derivative is ``sigmoid(input) * (1 - sigmoid(input))``.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.sigmoid(polygrad.tensor([0.0, 2.0]))
        tensor([0.5000, 0.8808])
    """
def sign(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sign of each element: -1, 0 or 1; of a complex number ``z / |z|``, and 0 at 0. The derivative of a real sign is 0.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.sign(polygrad.tensor([-2.0, 0.0, 3.0]))
        tensor([-1.,  0.,  1.])
    """
def signbit(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where the sign of ``input`` is set: negative numbers, and -0.0.

    Args:
        input: a tensor of any shape.

    Returns:
        A boolean tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.signbit(polygrad.tensor([-1.0, -0.0, 0.0]))
        tensor([ True,  True, False])
    """
def sin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sine of each element, in radians. The derivative is the cosine (DLMF 4.20).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.sin(polygrad.tensor([0.0, polygrad.pi / 2]))
        tensor([0., 1.])
    """
def sinc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return ``sin(pi * input) / (pi * input)`` of each element, and 1 at 0, where derivatives of every order exist.

    Args:
        input: a real tensor of any shape.  Integers are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is no tensor, or complex.

    Example::

        >>> polygrad.sinc(polygrad.tensor([0.0, 0.5]))
        tensor([1.0000, 0.6366])
    """
def sinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic sine of each element, ``(exp(x) - exp(-x)) / 2``. The derivative is `cosh` (DLMF 4.34).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.sinh(polygrad.tensor([0.0, 1.0]))
        tensor([0.0000, 1.1752])
    """
def slice_scatter(
    input: Tensor,
    src: Tensor,
    dim: _int = 0,
    start: _int | None = None,
    end: _int | None = None,
    step: _int = 1,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Return a copy of a tensor with a range of slices replaced.

    Args:
        input: a tensor of at least one dimension.
        src: the new slices, of the shape of ``input[start:end:step]`` along ``dim``.
        dim: the dimension.
        start: the first position.  By default 0.
        end: the position after the last one.  By default the length of the dimension.
        step: the distance of the positions.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        RuntimeError: ``src`` has another shape than the slices.

    Example::

        >>> polygrad.slice_scatter(polygrad.zeros(4), polygrad.tensor([1.0, 2.0]), start=1, end=3)
        tensor([0., 1., 2., 0.])
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
def softmax(
    input: Tensor,
    dim: _int | None = None,
    dtype: DTypeLike | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Normalize exponentials along a dimension: ``exp(input) / sum(exp(input), dim)``, without overflow.

    Args:
        input: a tensor of any shape.
        dim: the dimension whose elements add up to 1.  None chooses one by the number of dimensions, as PyTorch did, and warns.
        dtype: convert ``input`` to this data type first.

    Returns:
        A tensor of the shape of ``input``, with values from 0 to 1.

    Raises:
        IndexError: ``input`` has no dimension ``dim``.

    Example::

        >>> F.softmax(polygrad.tensor([[0.0, 0.0], [0.0, 1.0]]), dim=1)
        tensor([[0.5000, 0.5000],
                [0.2689, 0.7311]])
    """
def sort(
    input: Tensor,
    dim: _int = -1,
    descending: _bool = False,
    *,
    stable: _bool = True,
    out: tuple[Tensor, ...] | None = None,
) -> ValuesAndIndices:
    """Sort along a dimension.  The sort is always stable, and NaN counts as the largest value.

    Args:
        input: a real tensor of any shape.
        dim: the dimension.
        descending: whether the largest element comes first.
        stable: accepted for compatibility with PyTorch.

    Returns:
        The named tuple ``(values, indices)`` of two tensors of the shape of ``input``; the indices say where each element
        was.

    Raises:
        IndexError: the dimension is out of range.
        TypeError: ``input`` is complex.

    Example::

        >>> values, indices = polygrad.sort(polygrad.tensor([3.0, 1.0, 2.0]))
        >>> values, indices
        (tensor([1., 2., 3.]), tensor([1, 2, 0]))
    """
def split(tensor: Tensor, split_size_or_sections: _int | Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]:
    """Split a tensor along a dimension into parts of given lengths.

    Args:
        tensor: a tensor of at least one dimension.
        split_size_or_sections: the length of every part (the last one may be shorter), or a sequence of all lengths.
        dim: the dimension.

    Returns:
        A tuple of views of ``tensor``.

    Raises:
        RuntimeError: the lengths do not add up to that of the dimension, or a length is negative or 0.

    Example::

        >>> polygrad.split(polygrad.tensor([1, 2, 3]), 2)
        (tensor([1, 2]), tensor([3]))
    """
def spmm(input: Tensor, mat2: Tensor, out_dtype: DType | None = None, *, out: Tensor | None = None) -> Tensor:
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
def sqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The square root of each element; NaN for negative numbers. The derivative is ``1 / (2 * sqrt(input))``.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.sqrt(polygrad.tensor([0.0, 9.0]))
        tensor([0., 3.])
    """
def square(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The square of each element, ``input * input``.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.square(polygrad.tensor([1.5, -3.0]))
        tensor([2.2500, 9.0000])
    """
def squeeze(input: Tensor, dim: Dims | None = None) -> Tensor:
    """Remove dimensions of length 1.

    Args:
        input: a tensor of any shape.
        dim: the dimension to remove, or a tuple of dimensions; those of another length stay.  None, the default,
            removes all of length 1.

    Returns:
        A view of ``input``.

    Raises:
        IndexError: ``dim`` is out of range.

    Example::

        >>> polygrad.squeeze(polygrad.ones(1, 3, 1)).shape
        polygrad.Size([3])
    """
def stack(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """Join tensors along a new dimension.

    Args:
        tensors: a sequence of tensors of one shape.
        dim: the position of the new dimension.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes differ.

    Example::

        >>> polygrad.stack([polygrad.tensor([1, 2]), polygrad.tensor([3, 4])])
        tensor([[1, 2],
                [3, 4]])
    """
def std(
    input: Tensor,
    dim: Dims | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: Real | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return the standard deviation of all elements, or of those along ``dim``: the square root of `var`.

    The gradient at a standard deviation of 0 is 0.

    Args:
        input: a tensor of a floating-point or complex type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        unbiased: PyTorch's older argument: True is a correction of 1, False of 0.  It can take the place of ``dim``.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        correction: what is subtracted from the number of elements.  By default 1, Bessel's correction.

    Returns:
        A real tensor of the shape of ``input`` without the reduced dimensions.

    Example::

        >>> polygrad.std(polygrad.tensor([1.0, 2.0, 3.0]))
        tensor(1.)
    """
def std_mean(
    input: Tensor,
    dim: Dims | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: Real | None = None,
) -> tuple[Tensor, Tensor]:
    """Return the standard deviation and the mean of all elements, or of those along ``dim``.

    Args:
        input: a tensor of a floating-point or complex type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        unbiased: PyTorch's older argument: True is a correction of 1, False of 0.  It can take the place of ``dim``.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        correction: what is subtracted from the number of elements for the variance.  By default 1, Bessel's correction.

    Returns:
        Two tensors, as `std` and `mean` give them.

    Example::

        >>> polygrad.std_mean(polygrad.tensor([1.0, 2.0, 3.0]))
        (tensor(1.), tensor(2.))
    """
def stft(
    input: Tensor,
    n_fft: _int,
    hop_length: _int | None = None,
    win_length: _int | None = None,
    window: Tensor | None = None,
    center: _bool = True,
    pad_mode: str = 'reflect',
    normalized: _bool = False,
    onesided: _bool | None = None,
    return_complex: _bool | None = None,
    align_to_window: _bool | None = None,
) -> Tensor:
    """Return the short-time Fourier transform: the spectra of pieces of a signal, each multiplied by a window.

    Args:
        input: a real or complex tensor of shape ``(length,)`` or ``(batch, length)``.
        n_fft: the length of a piece.
        hop_length: from the start of one piece to that of the next; by default ``n_fft // 4``.
        win_length: the length of the window, which lies in the middle of a piece; by default ``n_fft``.
        window: of shape ``(win_length,)``.  Without one, all values have the same weight, with a warning.
        center: whether pieces are centred at multiples of ``hop_length``, for which the signal is continued at both ends.
        pad_mode: how it is continued, as in `nn.functional.pad`.
        normalized: whether the spectra are divided by ``sqrt(n_fft)``.
        onesided: whether only frequencies that are not negative are returned; by default if input and window are real.
        return_complex: True returns complex numbers, False pairs of real ones.  It must be given for a real signal.
        align_to_window: not implemented; leave it out.

    Returns:
        A tensor of shape ``(*, frequencies, pieces)``, and ``(*, frequencies, pieces, 2)`` where ``return_complex`` is False.

    Raises:
        RuntimeError: lengths or shapes do not fit, or ``return_complex`` is missing.

    Example::

        >>> polygrad.stft(polygrad.ones(8), 4, window=polygrad.ones(4), return_complex=True).shape
        polygrad.Size([3, 9])
    """
def sub(input: Operand, other: Operand, *, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """Return ``input - alpha * other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.
        alpha: the factor of ``other``, a number.

    Returns:
        A tensor of the broadcast shape and the promoted data type.

    Raises:
        RuntimeError: the shapes do not broadcast, ``alpha`` is not an integer where the operands are, or both operands
            are boolean.

    Example::

        >>> polygrad.sub(polygrad.tensor([1.0, 2.0]), 1)
        tensor([0., 1.])
    """
def subtract(input: Operand, other: Operand, *, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """Return ``input - alpha * other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.
        alpha: the factor of ``other``, a number.

    Returns:
        A tensor of the broadcast shape and the promoted data type.

    Raises:
        RuntimeError: the shapes do not broadcast, ``alpha`` is not an integer where the operands are, or both operands
            are boolean.

    Example::

        >>> polygrad.sub(polygrad.tensor([1.0, 2.0]), 1)
        tensor([0., 1.])
    """
def sum(
    input: Tensor,
    dim: Dims | None = None,
    keepdim: _bool = False,
    *,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return the sum of all elements, or of those along ``dim``.

    Args:
        input: a tensor of any shape.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type in which the elements are added, and of the result.  By default that of ``input``, and int64
            for integers and booleans.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions.

    Example::

        >>> x = polygrad.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> polygrad.sum(x), polygrad.sum(x, dim=0)
        (tensor(10.), tensor([4., 6.]))
    """
def svd(input: Tensor, some: _bool = True, compute_uv: _bool = True, *, out: Tensor | None = None) -> SVDParts:
    """Return the singular value decomposition ``input == U @ diag(S) @ V.mH``: PyTorch's older form of `linalg.svd`.

    Args:
        input: a tensor of shape ``(*, n, m)``; let ``k = min(n, m)``.
        some: whether ``U`` and ``V`` have ``k`` columns, instead of being square.
        compute_uv: whether the vectors are wanted.  False is not supported: use `linalg.svdvals`.

    Returns:
        The named tuple ``(U, S, V)``; ``S`` has shape ``(*, k)``, descending.

    Raises:
        RuntimeError: ``input`` has fewer than two dimensions, or ``compute_uv`` is False.

    Example::

        >>> polygrad.svd(polygrad.tensor([[3.0, 0.0], [0.0, 4.0]])).S
        tensor([4., 3.])
    """
def svd_lowrank(
    A: Tensor,
    q: _int | None = 6,
    niter: _int | None = 2,
    M: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the largest singular values of matrices and their vectors, from products with random vectors.

    N. Halko, P.-G. Martinsson and J. A. Tropp, "Finding structure with randomness" (2011), algorithms 4.4 and 5.1.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        q: how many; somewhat more than the rank that is expected.
        niter: the number of subspace iterations, which make it more accurate.
        M: what is subtracted from ``A`` first, of a shape that broadcasts to it.

    Returns:
        The tuple ``(U, S, V)`` with ``A - M`` close to ``U @ diag(S) @ V.mH``.

    Raises:
        ValueError: ``q`` is not from 0 to ``min(n, m)``, or ``niter`` is negative.

    Example::

        >>> A = polygrad.outer(polygrad.tensor([1.0, 2.0, 2.0]), polygrad.tensor([3.0, 4.0]))
        >>> U, S, V = polygrad.svd_lowrank(A, q=1)
        >>> S
        tensor([15.])
    """
def swapaxes(input: Tensor, axis0: _int, axis1: _int) -> Tensor:
    """Swap two dimensions: `transpose` with NumPy's names of the arguments.

    Args:
        input: a tensor of any shape.
        axis0: a dimension.
        axis1: the dimension to swap it with.

    Returns:
        A view of ``input``.

    Raises:
        IndexError: there is no such dimension.

    Example::

        >>> polygrad.swapaxes(polygrad.ones(2, 3), 0, 1).shape
        polygrad.Size([3, 2])
    """
def swapdims(input: Tensor, dim0: _int | Sequence[_int], dim1: _int | None = None) -> Tensor:
    """Swap two dimensions.

    Args:
        input: a tensor of any shape.
        dim0: one dimension.  Alone, and as NumPy writes it, the order of all dimensions, as in `permute`.
        dim1: the other dimension.

    Returns:
        A view of ``input``.

    Raises:
        IndexError: a dimension is out of range.

    Example::

        >>> polygrad.transpose(polygrad.ones(2, 3, 4), 0, 2).shape
        polygrad.Size([4, 3, 2])
    """
def t(input: Tensor) -> Tensor:
    """Transpose a matrix; a vector or a number stays the same.

    Args:
        input: a tensor of at most two dimensions.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: ``input`` has more than two dimensions.

    Example::

        >>> polygrad.t(polygrad.ones(2, 3)).shape
        polygrad.Size([3, 2])
    """
def take(input: Tensor, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the elements at positions of the flattened tensor.

    Args:
        input: a tensor of any shape.
        index: an integer tensor of positions, counted from the end if negative.

    Returns:
        A tensor of the shape of ``index``.

    Raises:
        IndexError: a position is out of range.

    Example::

        >>> polygrad.take(polygrad.tensor([[1, 2], [3, 4]]), polygrad.tensor([0, 3]))
        tensor([1, 4])
    """
def take_along_dim(input: Tensor, indices: Tensor, dim: _int | None = None, *, out: Tensor | None = None) -> Tensor:
    """Return the elements at the given positions along a dimension, broadcasting the other dimensions.

    Args:
        input: a tensor of any shape.
        indices: an integer tensor of positions, counted from the end if negative, with as many dimensions as ``input``.
        dim: the dimension.  None, the default, takes from the flattened tensor.

    Returns:
        A tensor of the shape of ``indices``, broadcast with that of ``input`` except along ``dim``.  Without ``dim`` a vector.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the numbers of dimensions differ, or the shapes do not broadcast.

    Example::

        >>> x = polygrad.tensor([[3, 1], [2, 4]])
        >>> polygrad.take_along_dim(x, x.argsort(dim=1), dim=1)
        tensor([[1, 3],
                [2, 4]])
    """
def tan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The tangent of each element, in radians. The derivative is ``1 + tan(input) ** 2`` (DLMF 4.20).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.tan(polygrad.tensor([0.0, 0.5]))
        tensor([0.0000, 0.5463])
    """
def tanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic tangent of each element, between -1 and 1. The derivative is ``1 - tanh(input) ** 2`` (DLMF 4.34).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.tanh(polygrad.tensor([0.0, 1.0]))
        tensor([0.0000, 0.7616])
    """
def tensor(
    data: Any,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    copy: _bool = True,
) -> Tensor:
    """Create a tensor of a copy of data.

    Args:
        data: nested lists of numbers, a number, a NumPy array, an array of another library, or a tensor.
        dtype: the data type.  By default that of an array; Python numbers become float32 (see `set_default_dtype`),
            int64, complex64 or bool.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend, by name.  By default the current one; for an array of another library, the backend of that
            library.
        copy: whether memory is copied.  False shares that of an array where possible, with the promise not to write to
            it.

    Returns:
        A leaf: values are copied, and the graph of a tensor is not kept.  `as_tensor` and `stack` keep it.

    Raises:
        TypeError: the data are not numbers.
        ValueError: lists have unequal lengths.
        RuntimeError: an integer tensor is to require grad, or a tensor is copied that a transform differentiates.

    Example::

        >>> polygrad.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        tensor([[1., 2.],
                [3., 4.]], requires_grad=True)
    """
def tensor_split(
    input: Tensor,
    indices_or_sections: _int | Sequence[_int] | Tensor,
    dim: _int = 0,
) -> tuple[Tensor, ...]:
    """Split a tensor along a dimension into a number of parts, or at positions.

    Args:
        input: a tensor of at least one dimension.
        indices_or_sections: the number of parts, of which the first ones are longer by one if they cannot be equal; or
            the positions to cut at, a sequence or an integer vector.
        dim: the dimension.

    Returns:
        A tuple of views of ``input``.

    Raises:
        RuntimeError: the number of parts is less than 1.

    Example::

        >>> polygrad.tensor_split(polygrad.tensor([1, 2, 3]), (1,))
        (tensor([1]), tensor([2, 3]))
    """
def tensordot(
    a: Tensor,
    b: Tensor,
    dims: _int | Sequence[Sequence[_int]] | Tensor = 2,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Multiply two tensors and sum over pairs of dimensions.

    Args:
        a: a tensor.
        b: a tensor of the same data type.
        dims: how many of the last dimensions of ``a`` are paired with the first ones of ``b``; or two sequences, the
            dimensions of ``a`` and those of ``b``.

    Returns:
        A tensor with the other dimensions of ``a``, then those of ``b``.

    Raises:
        RuntimeError: paired dimensions have different lengths (other than 1), or the data types differ.

    Example::

        >>> polygrad.tensordot(polygrad.ones(2, 3), polygrad.ones(3, 4), dims=1).shape
        polygrad.Size([2, 4])
    """
def threshold(
    input: Tensor,
    threshold: _float,
    value: _float,
    inplace: _bool = False,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Keep the elements above a threshold: ``input`` where ``input > threshold``, else ``value``.

    Args:
        input: a tensor of any shape.
        threshold: elements up to this number are replaced.
        value: the number that replaces them.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.threshold(polygrad.tensor([0.0, 1.0, 2.0]), 1.0, -5.0)
        tensor([-5., -5.,  2.])
    """
def threshold_(input: Tensor, threshold: _float, value: _float) -> Tensor:
    """`threshold` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        threshold: the bound that an element has to exceed.
        value: what replaces the others.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.threshold_(polygrad.tensor([-2.0, 0.5, 2.0]), 1.0, 0.0)
        tensor([0., 0., 2.])
    """
def tile(input: Tensor, dims: _int | Sequence[_int] = (), *others: _int) -> Tensor:
    """Repeat the whole tensor along each dimension; unlike `repeat`, also for fewer numbers than dimensions.

    Args:
        input: a tensor.
        dims: how many times along each of the last dimensions, as one tuple or one by one.
        *others: the numbers after the first, where they are given one by one.

    Returns:
        A copy.

    Example::

        >>> polygrad.tile(polygrad.tensor([[1, 2]]), (2,))
        tensor([[1, 2, 1, 2]])
    """
def topk(
    input: Tensor,
    k: _int,
    dim: _int = -1,
    largest: _bool = True,
    sorted: _bool = True,
    *,
    out: tuple[Tensor, ...] | None = None,
) -> ValuesAndIndices:
    """Return the ``k`` largest or smallest elements along a dimension, in order, with their indices.

    Args:
        input: a real tensor of any shape.  NaN counts as the largest value.
        k: how many elements.
        dim: the dimension.
        largest: whether the largest elements are wanted, or the smallest.
        sorted: accepted for compatibility with PyTorch: the elements always come in order, and of equal ones the first
            is taken.

    Returns:
        The named tuple ``(values, indices)``, both with length ``k`` along ``dim``.

    Raises:
        RuntimeError: the dimension has fewer than ``k`` elements.
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.topk(polygrad.tensor([3.0, 1.0, 2.0]), 2).values
        tensor([3., 2.])
    """
def trace(input: Tensor) -> Tensor:
    """Return the sum of the diagonal of a matrix.

    Args:
        input: a matrix.

    Returns:
        A tensor without dimensions.

    Raises:
        RuntimeError: ``input`` is not a matrix.

    Example::

        >>> polygrad.trace(polygrad.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor(5.)
    """
def transpose(input: Tensor, dim0: _int | Sequence[_int], dim1: _int | None = None) -> Tensor:
    """Swap two dimensions.

    Args:
        input: a tensor of any shape.
        dim0: one dimension.  Alone, and as NumPy writes it, the order of all dimensions, as in `permute`.
        dim1: the other dimension.

    Returns:
        A view of ``input``.

    Raises:
        IndexError: a dimension is out of range.

    Example::

        >>> polygrad.transpose(polygrad.ones(2, 3, 4), 0, 2).shape
        polygrad.Size([4, 3, 2])
    """
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: _float = 1.0, dim: _int = -1) -> Tensor:
    """Integrate samples along a dimension by the trapezoidal rule.

    The integral is the sum of ``(x[i + 1] - x[i]) * (y[i] + y[i + 1]) / 2``.

    Args:
        y: the sampled values, a tensor of at least one dimension.
        x: where the samples were taken: a vector with one point for each sample, or a tensor whose shape broadcasts
            with that of ``y``.
        dx: the distance of the points, where ``x`` is not given.
        dim: the dimension of ``y`` to integrate along.

    Returns:
        A tensor of the shape of ``y`` without ``dim``.

    Raises:
        IndexError: ``y`` has no dimensions.
        RuntimeError: ``y`` or ``x`` is boolean, or ``x`` does not have one point for each sample.

    Example::

        >>> polygrad.trapezoid(polygrad.tensor([0.0, 1.0, 4.0]), dx=0.5)
        tensor(1.5000)
    """
def trapz(y: Tensor, x: Tensor | None = None, *, dx: _float = 1.0, dim: _int = -1) -> Tensor:
    """Integrate samples along a dimension by the trapezoidal rule.

    The integral is the sum of ``(x[i + 1] - x[i]) * (y[i] + y[i + 1]) / 2``.

    Args:
        y: the sampled values, a tensor of at least one dimension.
        x: where the samples were taken: a vector with one point for each sample, or a tensor whose shape broadcasts
            with that of ``y``.
        dx: the distance of the points, where ``x`` is not given.
        dim: the dimension of ``y`` to integrate along.

    Returns:
        A tensor of the shape of ``y`` without ``dim``.

    Raises:
        IndexError: ``y`` has no dimensions.
        RuntimeError: ``y`` or ``x`` is boolean, or ``x`` does not have one point for each sample.

    Example::

        >>> polygrad.trapezoid(polygrad.tensor([0.0, 1.0, 4.0]), dx=0.5)
        tensor(1.5000)
    """
def tril(input: Tensor, diagonal: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """Return the lower triangles of matrices, with zeros elsewhere.

    Args:
        input: a tensor of shape ``(*, n, m)``.
        diagonal: the highest diagonal that is kept: 0 is the main one, positive numbers are above it.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``input`` has fewer than two dimensions.

    Example::

        >>> polygrad.tril(polygrad.ones(2, 2))
        tensor([[1., 0.],
                [1., 1.]])
    """
def tril_indices(
    row: _int,
    col: _int,
    offset: _int = 0,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    backend: BackendLike | None = None,
) -> Tensor:
    """Return the positions of the lower triangle of a matrix.

    Args:
        row: the number of rows.
        col: the number of columns.
        offset: the highest diagonal that belongs to it: 0 is the main one, positive numbers are above it.
        dtype: the data type of the result.  By default int64.
        device: the device of the result.  By default the current one of the backend.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A tensor of shape ``(2, n)``: the rows, and the columns.

    Example::

        >>> polygrad.tril_indices(2, 2)
        tensor([[0, 1, 1],
                [0, 0, 1]])
    """
def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: _float = 1.0,
    p: _float = 2.0,
    eps: _float = 1e-06,
    swap: _bool = False,
    reduction: str = 'mean',
) -> Tensor:
    """Hinge loss of two distances: ``max(0, d(anchor, positive) - d(anchor, negative) + margin)``, with `pairwise_distance` ``d``.

    Balntas et al., "Learning shallow convolutional feature descriptors with triplet losses", 2016.

    Args:
        anchor: vectors ``(*, D)``.
        positive: vectors of the same shape, to be near.
        negative: vectors of the same shape, to be far.
        margin: by how much farther, positive.
        p: the order of the norm.
        eps: a number added to each difference, which keeps the gradient finite.
        swap: take ``d(positive, negative)`` where that is the smaller.
        reduction: "mean", "sum", or "none" for the loss of each triplet.

    Returns:
        A scalar, or with "none" a tensor ``(*)``.

    Raises:
        ValueError: ``margin`` is not positive, or ``reduction`` is unknown.

    Example::

        >>> anchor, positive, negative = polygrad.tensor([[0.0, 0.0], [0.0, 1.0], [3.0, 4.0]])[:, None]
        >>> F.triplet_margin_loss(anchor, positive, negative, margin=5.0)
        tensor(1.0000)
    """
def triu(input: Tensor, diagonal: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """Return the upper triangles of matrices, with zeros elsewhere.

    Args:
        input: a tensor of shape ``(*, n, m)``.
        diagonal: the lowest diagonal that is kept: 0 is the main one, positive numbers are above it.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``input`` has fewer than two dimensions.

    Example::

        >>> polygrad.triu(polygrad.ones(2, 2))
        tensor([[1., 1.],
                [0., 1.]])
    """
def triu_indices(
    row: _int,
    col: _int,
    offset: _int = 0,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    backend: BackendLike | None = None,
) -> Tensor:
    """Return the positions of the upper triangle of a matrix.

    Args:
        row: the number of rows.
        col: the number of columns.
        offset: the lowest diagonal that belongs to it: 0 is the main one, positive numbers are above it.
        dtype: the data type of the result.  By default int64.
        device: the device of the result.  By default the current one of the backend.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A tensor of shape ``(2, n)``: the rows, and the columns.

    Example::

        >>> polygrad.triu_indices(2, 2)
        tensor([[0, 0, 1],
                [0, 1, 1]])
    """
def true_divide(
    input: Operand,
    other: Operand,
    *,
    rounding_mode: str | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return ``input / other``, exact or rounded to an integer.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.
        rounding_mode: None, ``"floor"`` (towards minus infinity, as ``//`` does) or ``"trunc"`` (towards zero).

    Returns:
        A tensor of the broadcast shape.  Without ``rounding_mode`` integers are converted to the default floating type.

    Raises:
        RuntimeError: ``rounding_mode`` is none of these, the shapes do not broadcast, or an integer is divided by 0 and
            rounded.

    Example::

        >>> polygrad.div(polygrad.tensor([-7, 7]), 2)
        tensor([-3.5000,  3.5000])
        >>> polygrad.div(polygrad.tensor([-7, 7]), 2, rounding_mode="trunc")
        tensor([-3,  3])
    """
def trunc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Each element without its fraction: rounded towards 0. The derivative is 0.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.trunc(polygrad.tensor([1.7, -1.7]))
        tensor([ 1., -1.])
    """
def typename(obj: Any, /) -> str:
    """Return the name of a tensor's type, or of the class of an object.

    Args:
        obj: any object.

    Returns:
        A string: of a tensor what `Tensor.type` returns, else module and name of the class, or of the object itself if it
        has these.

    Example::

        >>> polygrad.typename(polygrad.ones(2)), polygrad.typename(3)
        ('polygrad.FloatTensor', 'int')
    """
uint16: DType
uint32: DType
uint64: DType
uint8: DType
def unbind(input: Tensor, dim: _int = 0) -> tuple[Tensor, ...]:
    """Return all slices along a dimension, without that dimension.

    Args:
        input: a tensor of at least one dimension.
        dim: the dimension.

    Returns:
        A tuple of views of ``input``.

    Raises:
        IndexError: ``dim`` is out of range.

    Example::

        >>> polygrad.unbind(polygrad.tensor([[1, 2], [3, 4]]))
        (tensor([1, 2]), tensor([3, 4]))
    """
def unflatten(input: Tensor, dim: _int, sizes: Sequence[_int]) -> Tensor:
    """Split one dimension into several.

    Args:
        input: a tensor of at least one dimension.
        dim: the dimension to split.
        sizes: the lengths of the new dimensions.  One of them may be -1: it follows from the others.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: the product of ``sizes`` is not the length of the dimension.

    Example::

        >>> polygrad.unflatten(polygrad.ones(2, 6), 1, (3, -1)).shape
        polygrad.Size([2, 3, 2])
    """
@overload
def unique(
    input: Tensor,
    sorted: _bool = True,
    *,
    return_inverse: Literal[False] = False,
    return_counts: Literal[False] = False,
    dim: _int | None = None,
) -> Tensor:
    """Return the distinct elements, or the distinct slices along ``dim``, in ascending order.

    The shape of the result depends on values, so this cannot be compiled.

    Args:
        input: a real tensor of any shape.
        sorted: accepted for compatibility with PyTorch: the result is always sorted.
        return_inverse: whether to return also the index in the result of each element of ``input``.
        return_counts: whether to return also how often each element occurs.
        dim: the dimension whose slices are compared.  None, the default, compares single elements.

    Returns:
        The distinct elements as a vector, or the slices along ``dim``; with ``return_inverse`` or ``return_counts`` a tuple
        of these and int64 tensors.

    Example::

        >>> polygrad.unique(polygrad.tensor([3, 1, 3, 2]))
        tensor([1, 2, 3])
        >>> polygrad.unique(polygrad.tensor([3, 1, 3, 2]), return_counts=True)
        (tensor([1, 2, 3]), tensor([1, 1, 2]))
    """
@overload
def unique(
    input: Tensor,
    sorted: _bool = True,
    *,
    return_inverse: Literal[True],
    return_counts: Literal[False] = False,
    dim: _int | None = None,
) -> tuple[Tensor, Tensor]: ...
@overload
def unique(
    input: Tensor,
    sorted: _bool = True,
    *,
    return_inverse: Literal[False] = False,
    return_counts: Literal[True],
    dim: _int | None = None,
) -> tuple[Tensor, Tensor]: ...
@overload
def unique(
    input: Tensor,
    sorted: _bool = True,
    *,
    return_inverse: Literal[True],
    return_counts: Literal[True],
    dim: _int | None = None,
) -> tuple[Tensor, Tensor, Tensor]: ...
@overload
def unique(
    input: Tensor,
    sorted: _bool = True,
    return_inverse: _bool = False,
    return_counts: _bool = False,
    dim: _int | None = None,
) -> Any: ...
@overload
def unique_consecutive(
    input: Tensor,
    *,
    return_inverse: Literal[False] = False,
    return_counts: Literal[False] = False,
    dim: _int | None = None,
) -> Tensor:
    """Return the elements, or the slices along ``dim``, without those that equal the one before.

    The shape of the result depends on values, so this cannot be compiled.

    Args:
        input: a tensor of any shape.
        return_inverse: whether to return also the index in the result of each element of ``input``.
        return_counts: whether to return also the length of each run of equal elements.
        dim: the dimension whose slices are compared.  None, the default, compares the elements of the flattened tensor.

    Returns:
        The elements as a vector, or the slices along ``dim``; with ``return_inverse`` or ``return_counts`` a tuple of these
        and int64 tensors.

    Example::

        >>> polygrad.unique_consecutive(polygrad.tensor([1, 1, 2, 2, 1]))
        tensor([1, 2, 1])
    """
@overload
def unique_consecutive(
    input: Tensor,
    *,
    return_inverse: Literal[True],
    return_counts: Literal[False] = False,
    dim: _int | None = None,
) -> tuple[Tensor, Tensor]: ...
@overload
def unique_consecutive(
    input: Tensor,
    *,
    return_inverse: Literal[False] = False,
    return_counts: Literal[True],
    dim: _int | None = None,
) -> tuple[Tensor, Tensor]: ...
@overload
def unique_consecutive(
    input: Tensor,
    *,
    return_inverse: Literal[True],
    return_counts: Literal[True],
    dim: _int | None = None,
) -> tuple[Tensor, Tensor, Tensor]: ...
@overload
def unique_consecutive(
    input: Tensor,
    return_inverse: _bool = False,
    return_counts: _bool = False,
    dim: _int | None = None,
) -> Any: ...
def unravel_index(indices: Tensor, shape: _int | Sequence[_int]) -> tuple[Tensor, ...]:
    """Convert positions in a flattened tensor to positions along each dimension.

    Args:
        indices: an integer tensor.  Positions are counted modulo the number of elements.
        shape: the shape of the tensor, an int or a tuple of ints.

    Returns:
        A tuple of int64 tensors of the shape of ``indices``, one for each dimension.

    Raises:
        TypeError: ``indices`` is not of an integer type.
        ValueError: a length is negative.

    Example::

        >>> polygrad.unravel_index(polygrad.tensor([1, 5]), (2, 3))
        (tensor([0, 1]), tensor([1, 2]))
    """
def unsqueeze(input: Tensor, dim: _int) -> Tensor:
    """Insert a dimension of length 1.

    Args:
        input: a tensor of any shape.
        dim: the position of the new dimension, from ``-input.ndim - 1`` to ``input.ndim``.

    Returns:
        A view of ``input``.

    Raises:
        IndexError: ``dim`` is out of range.

    Example::

        >>> polygrad.unsqueeze(polygrad.ones(3), 0).shape
        polygrad.Size([1, 3])
    """
def use_deterministic_algorithms(mode: _bool, *, warn_only: _bool = False) -> None:
    """Ask for algorithms that give the same result each time.

    On CPUs all of them do, and this changes nothing.  On a GPU it is a setting of the library, and this warns.

    Args:
        mode: whether only such algorithms are wanted.
        warn_only: accepted for compatibility with PyTorch.

    Raises:
        TypeError: ``mode`` is not a bool.

    Example::

        >>> polygrad.use_deterministic_algorithms(True)
    """
def vander(x: Tensor, N: _int | None = None, increasing: _bool = False) -> Tensor:
    """Return a Vandermonde matrix, with the powers of each number in a row: `linalg.vander` with the highest power first.

    Args:
        x: a tensor of shape ``(n,)``.
        N: the number of columns; by default ``n``.
        increasing: whether the lowest power comes first.

    Returns:
        A tensor of shape ``(n, N)``.

    Raises:
        RuntimeError: ``x`` is not a vector, or ``N`` is negative.

    Example::

        >>> polygrad.vander(polygrad.tensor([1, 2, 3]))
        tensor([[1, 1, 1],
                [4, 2, 1],
                [9, 3, 1]])
    """
def var(
    input: Tensor,
    dim: Dims | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: Real | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Return the variance of all elements, or of those along ``dim``.

    The variance of ``n`` elements is ``sum(abs(x - mean) ** 2) / (n - correction)``.

    Args:
        input: a tensor of a floating-point or complex type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        unbiased: PyTorch's older argument: True is a correction of 1, False of 0.  It can take the place of ``dim``.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        correction: what is subtracted from the number of elements.  By default 1, Bessel's correction.

    Returns:
        A real tensor of the shape of ``input`` without the reduced dimensions.

    Example::

        >>> x = polygrad.tensor([1.0, 2.0, 3.0])
        >>> polygrad.var(x), polygrad.var(x, correction=0)
        (tensor(1.), tensor(0.6667))
    """
def var_mean(
    input: Tensor,
    dim: Dims | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: Real | None = None,
) -> tuple[Tensor, Tensor]:
    """Return the variance and the mean of all elements, or of those along ``dim``.

    Args:
        input: a tensor of a floating-point or complex type.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        unbiased: PyTorch's older argument: True is a correction of 1, False of 0.  It can take the place of ``dim``.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        correction: what is subtracted from the number of elements for the variance.  By default 1, Bessel's correction.

    Returns:
        Two tensors, as `var` and `mean` give them.

    Example::

        >>> polygrad.var_mean(polygrad.tensor([1.0, 2.0, 3.0]))
        (tensor(1.), tensor(2.))
    """
def vdot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
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
def vecdot(x: Tensor, y: Tensor, *, dim: _int = -1, out: Tensor | None = None) -> Tensor:
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
def view_as_complex(input: Tensor) -> Tensor:
    """Return a complex view of pairs of real and imaginary parts.

    Args:
        input: a real floating-point tensor of shape ``(*, 2)``.

    Returns:
        A view of shape ``(*)``.

    Raises:
        RuntimeError: the last dimension does not have length 2, or the data type is not a real floating-point one.

    Example::

        >>> polygrad.view_as_complex(polygrad.tensor([[1.0, 2.0]]))
        tensor([1.+2.j])
    """
def view_as_real(input: Tensor) -> Tensor:
    """Return a real view with the real and imaginary parts in a new last dimension.

    Args:
        input: a complex tensor of any shape ``(*)``.

    Returns:
        A view of shape ``(*, 2)``.

    Raises:
        RuntimeError: ``input`` is real.

    Example::

        >>> polygrad.view_as_real(polygrad.tensor([1 + 2j]))
        tensor([[1., 2.]])
    """
def vsplit(input: Tensor, indices_or_sections: _int | Sequence[_int] | Tensor) -> tuple[Tensor, ...]:
    """Split a tensor along dimension 0, as `tensor_split` does.

    Args:
        input: a tensor of at least one dimension.
        indices_or_sections: the number of parts, or the positions to cut at.

    Returns:
        A tuple of views of ``input``.

    Example::

        >>> polygrad.vsplit(polygrad.tensor([[1, 2], [3, 4]]), 2)
        (tensor([[1, 2]]), tensor([[3, 4]]))
    """
def vstack(tensors: Sequence[Tensor] | Tensor, *, out: Tensor | None = None) -> Tensor:
    """Join tensors one below the other, along dimension 0; vectors count as rows.

    Args:
        tensors: a sequence of tensors.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes do not fit.

    Example::

        >>> polygrad.vstack([polygrad.tensor([1, 2]), polygrad.tensor([3, 4])])
        tensor([[1, 2],
                [3, 4]])
    """
@overload
def where(condition: Tensor) -> tuple[Tensor, ...]:
    """Choose between two tensors element by element.

    The side that is not chosen gets a gradient of 0, even if its derivative is infinite.  That does not help a product
    that was computed before: in ``where(x > 0, x * log(x), 0)`` the gradient at 0 is ``0 * inf``, which is NaN. Replace
    the argument of the logarithm before it is taken, or use `xlogy`.

    Args:
        condition: a boolean tensor.
        input: the result where ``condition`` is True: a tensor whose shape broadcasts with the others, or a number.
        other: the result where it is False, in the same forms.

    Returns:
        A tensor of the broadcast shape.  With ``condition`` alone, the positions where it is True: a tuple with one int64
            vector for each dimension, as `nonzero` gives with ``as_tuple=True``.

    Raises:
        TypeError: ``condition`` is not boolean.

    Example::

        >>> x = polygrad.tensor([-1.0, 2.0])
        >>> polygrad.where(x > 0, x, 0.1 * x)
        tensor([-0.1000,  2.0000])
    """
@overload
def where(condition: Tensor, input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor: ...
def xlogy(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return ``input * log(other)``, and 0 where ``input`` is 0.

    Where ``input`` is 0 the gradients are also 0, even if the logarithm is infinite or undefined.

    Args:
        input: a tensor or a number.
        other: a tensor or a number; one of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> polygrad.xlogy(polygrad.tensor([0.0, 2.0]), polygrad.tensor([0.0, 10.0]))
        tensor([0.0000, 4.6052])
    """
def zeros(
    size: _int | Sequence[_int] = (),
    *others: _int,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Create a tensor of zeros.  `empty` is another name: no tensor has undefined values.

    Args:
        size: the lengths, as one tuple or one by one.
        *others: the lengths after the first, where they are given one by one.
        dtype: the data type.  By default float32, see `set_default_dtype`.
        device: the device of the result.  By default the current one of the backend.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A leaf.

    Raises:
        RuntimeError: a length is negative.

    Example::

        >>> polygrad.zeros(2, 3)
        tensor([[0., 0., 0.],
                [0., 0., 0.]])
    """
def zeros_like(
    input: Tensor,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: _bool = False,
    backend: BackendLike | None = None,
) -> Tensor:
    """Create a tensor of zeros, with the shape of another tensor.  `empty_like` is another name.

    Args:
        input: the tensor whose shape is taken.
        dtype: the data type of the result.  By default that of ``input``.
        device: the device of the result.  By default that of ``input``.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result, by name.  By default that of ``input``.

    Returns:
        A leaf of the shape of ``input``.

    Example::

        >>> polygrad.zeros_like(polygrad.tensor([1, 2]))
        tensor([0, 0])
    """
