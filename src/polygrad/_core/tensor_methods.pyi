"""The methods that are attached to Tensor.

Written by `python tools/stubs.py`.
"""

from builtins import bool as _bool, complex as _complex, float as _float, int as _int
from collections.abc import Callable, Iterator, Sequence
from numpy.typing import NDArray
from typing import Any, Literal, Self, SupportsIndex, overload
from .._core.aliasing import Aliasing
from .._core.tensor import Tensor
from .._core.typing import Array, BackendLike, DTypeLike, DeviceLike, Dims, Index, Number, Operand, Real
from .._dtypes import DType
from .._functions.decompositions import QRResult, SVDParts
from .._functions.elementwise import MantissaAndExponent
from .._functions.factorizations import GeqrfResult
from .._functions.generator import Generator
from .._functions.linalg import SlogdetResult
from .._functions.reductions import ValuesAndIndices
from .._functions.statistics import Histogram
from .._layouts import Layout
from ..sparse.tensor import SparseTensor

class TensorMethods(Aliasing):
    @property
    def H(self) -> Tensor: ...
    @property
    def T(self) -> Tensor: ...
    def __abs__(self) -> Tensor: ...
    def __add__(self, other: Operand) -> Tensor: ...
    def __and__(self, other: Operand) -> Tensor: ...
    def __array__(self, dtype: Any = None, copy: _bool | None = None) -> NDArray[Any]: ...
    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any, /) -> Any: ...
    def __array_namespace__(self, *, api_version: str | None = None) -> Any: ...
    def __bool__(self) -> _bool: ...
    def __complex__(self) -> _complex: ...
    def __contains__(self, value: Operand) -> _bool: ...
    def __copy__(self) -> Tensor: ...
    def __deepcopy__(self, memo: dict[_int, Any]) -> Self: ...
    def __delitem__(self, key: Any) -> None: ...
    def __dir__(self) -> list[str]: ...
    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: Any = None,
        dl_device: Any = None,
        copy: _bool | None = None,
    ) -> Any: ...
    def __dlpack_device__(self) -> tuple[_int, _int]: ...
    def __eq__(self, other: Operand) -> Tensor: ...  # type: ignore[override]  # gives a tensor, not a bool
    def __float__(self) -> _float: ...
    def __floordiv__(self, other: Operand) -> Tensor: ...
    def __format__(self, spec: str) -> str: ...
    def __ge__(self, other: Operand) -> Tensor: ...
    def __getitem__(self, key: Index) -> Tensor: ...
    def __gt__(self, other: Operand) -> Tensor: ...
    def __hash__(self) -> _int: ...
    def __iadd__(self, other: Operand) -> Tensor: ...
    def __iand__(self, other: Operand) -> Tensor: ...
    def __ifloordiv__(self, other: Operand) -> Tensor: ...
    def __ilshift__(self, other: Operand) -> Tensor: ...
    def __imatmul__(self, other: Tensor | Array) -> Tensor: ...
    def __imod__(self, other: Operand) -> Tensor: ...
    def __imul__(self, other: Operand) -> Tensor: ...
    def __index__(self) -> _int: ...
    def __int__(self) -> _int: ...
    def __invert__(self) -> Tensor: ...
    def __ior__(self, other: Operand) -> Tensor: ...
    def __ipow__(self, other: Operand) -> Tensor: ...
    def __irshift__(self, other: Operand) -> Tensor: ...
    def __isub__(self, other: Operand) -> Tensor: ...
    def __iter__(self) -> Iterator[Tensor]: ...
    def __itruediv__(self, other: Operand) -> Tensor: ...
    def __ixor__(self, other: Operand) -> Tensor: ...
    def __le__(self, other: Operand) -> Tensor: ...
    def __len__(self) -> _int: ...
    def __lshift__(self, other: Operand) -> Tensor: ...
    def __lt__(self, other: Operand) -> Tensor: ...
    def __matmul__(self, other: Tensor | Array) -> Tensor: ...
    def __mod__(self, other: Operand) -> Tensor: ...
    def __mul__(self, other: Operand) -> Tensor: ...
    def __ne__(self, other: Operand) -> Tensor: ...  # type: ignore[override]  # gives a tensor, not a bool
    def __neg__(self) -> Tensor: ...
    def __or__(self, other: Operand) -> Tensor: ...
    def __pos__(self) -> Tensor: ...
    def __pow__(self, other: Operand) -> Tensor: ...
    def __radd__(self, other: Operand) -> Tensor: ...
    def __rand__(self, other: Operand) -> Tensor: ...
    def __reduce_ex__(self, protocol: SupportsIndex) -> Any: ...
    def __repr__(self) -> str: ...
    def __reversed__(self) -> Tensor: ...
    def __rfloordiv__(self, other: Operand) -> Tensor: ...
    def __rlshift__(self, other: Operand) -> Tensor: ...
    def __rmatmul__(self, other: Tensor | Array) -> Tensor: ...
    def __rmod__(self, other: Operand) -> Tensor: ...
    def __rmul__(self, other: Operand) -> Tensor: ...
    def __ror__(self, other: Operand) -> Tensor: ...
    def __rpow__(self, other: Operand) -> Tensor: ...
    def __rrshift__(self, other: Operand) -> Tensor: ...
    def __rshift__(self, other: Operand) -> Tensor: ...
    def __rsub__(self, other: Operand) -> Tensor: ...
    def __rtruediv__(self, other: Operand) -> Tensor: ...
    def __rxor__(self, other: Operand) -> Tensor: ...
    def __setitem__(self, key: Index, value: Operand) -> None: ...
    def __sub__(self, other: Operand) -> Tensor: ...
    def __truediv__(self, other: Operand) -> Tensor: ...
    def __xor__(self, other: Operand) -> Tensor: ...
    def abs(self) -> Tensor:
        """The absolute value of each element, of a complex number its size. The derivative at 0 is 0."""
    def abs_(self) -> Tensor:
        """The absolute value of each element, of a complex number its size. The derivative at 0 is 0."""
    def absolute(self) -> Tensor:
        """The absolute value of each element, of a complex number its size. The derivative at 0 is 0."""
    def absolute_(self) -> Tensor:
        """The absolute value of each element, of a complex number its size. The derivative at 0 is 0."""
    def acos(self) -> Tensor:
        """The inverse cosine of each element, between 0 and ``pi``; NaN outside of -1 to 1. The derivative is ``-1 / sqrt(1 - input ** 2)`` (DLMF 4.24)."""
    def acos_(self) -> Tensor:
        """The inverse cosine of each element, between 0 and ``pi``; NaN outside of -1 to 1. The derivative is ``-1 / sqrt(1 - input ** 2)`` (DLMF 4.24)."""
    def acosh(self) -> Tensor:
        """The inverse hyperbolic cosine of each element; NaN below 1. The derivative is ``1 / sqrt(input ** 2 - 1)`` (DLMF 4.38)."""
    def acosh_(self) -> Tensor:
        """The inverse hyperbolic cosine of each element; NaN below 1. The derivative is ``1 / sqrt(input ** 2 - 1)`` (DLMF 4.38)."""
    def add(self, other: Operand, *, alpha: Number = 1) -> Tensor:
        """Return ``input + alpha * other``."""
    def add_(self, other: Operand, *, alpha: Number = 1) -> Tensor:
        """Add ``alpha * other`` in place."""
    def addbmm(self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """Return ``beta * input + alpha * sum(batch1 @ batch2)``, summed over the batch."""
    def addbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """Return ``beta * input + alpha * sum(batch1 @ batch2)``, summed over the batch."""
    def addcdiv(self, tensor1: Tensor, tensor2: Tensor, *, value: Number | Tensor = 1) -> Tensor:
        """Return ``input + value * tensor1 / tensor2``."""
    def addcdiv_(self, tensor1: Tensor, tensor2: Tensor, *, value: Number | Tensor = 1) -> Tensor:
        """Return ``input + value * tensor1 / tensor2``."""
    def addcmul(self, tensor1: Tensor, tensor2: Tensor, *, value: Number | Tensor = 1) -> Tensor:
        """Return ``input + value * tensor1 * tensor2``."""
    def addcmul_(self, tensor1: Tensor, tensor2: Tensor, *, value: Number | Tensor = 1) -> Tensor:
        """Return ``input + value * tensor1 * tensor2``."""
    def addmm(self, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """Return ``beta * input + alpha * (mat1 @ mat2)`` for matrices."""
    def addmm_(self, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """Return ``beta * input + alpha * (mat1 @ mat2)`` for matrices."""
    def addmv(self, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """Return ``beta * input + alpha * (mat @ vec)``."""
    def addmv_(self, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """Return ``beta * input + alpha * (mat @ vec)``."""
    def addr(self, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """Return ``beta * input + alpha * outer(vec1, vec2)``."""
    def addr_(self, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """Return ``beta * input + alpha * outer(vec1, vec2)``."""
    def adjoint(self) -> Tensor:
        """Return the conjugate transpose of matrices: ``x.mH``."""
    def all(self, dim: Dims | None = None, keepdim: _bool = False) -> Tensor:
        """Test whether all elements are True, or not 0, of the whole tensor or along ``dim``."""
    def allclose(
        self,
        other: Tensor,
        rtol: _float = 1e-05,
        atol: _float = 1e-08,
        equal_nan: _bool = False,
    ) -> _bool:
        """Test whether all elements of two tensors are equal within a tolerance, as `isclose` defines it."""
    def amax(self, dim: Dims | None = None, keepdim: _bool = False) -> Tensor:
        """Return the maximum of all elements, or the maxima along ``dim``; equal maxima share the gradient."""
    def amin(self, dim: Dims | None = None, keepdim: _bool = False) -> Tensor:
        """Return the minimum of all elements, or the minima along ``dim``; equal minima share the gradient."""
    def aminmax(self, *, dim: _int | None = None, keepdim: _bool = False) -> tuple[Tensor, Tensor]:
        """Return the minimum and the maximum of all elements, or along ``dim``."""
    def angle(self) -> Tensor:
        """Return the angle of each element in the complex plane."""
    def any(self, dim: Dims | None = None, keepdim: _bool = False) -> Tensor:
        """Test whether any element is True, or not 0, of the whole tensor or along ``dim``."""
    def apply_(self, callable: Callable[[Any], Any]) -> Tensor:
        """Replace each element by what a Python function returns for it.  It is slow, and has no derivative."""
    def arccos(self) -> Tensor:
        """The inverse cosine of each element, between 0 and ``pi``; NaN outside of -1 to 1. The derivative is ``-1 / sqrt(1 - input ** 2)`` (DLMF 4.24)."""
    def arccos_(self) -> Tensor:
        """The inverse cosine of each element, between 0 and ``pi``; NaN outside of -1 to 1. The derivative is ``-1 / sqrt(1 - input ** 2)`` (DLMF 4.24)."""
    def arccosh(self) -> Tensor:
        """The inverse hyperbolic cosine of each element; NaN below 1. The derivative is ``1 / sqrt(input ** 2 - 1)`` (DLMF 4.38)."""
    def arccosh_(self) -> Tensor:
        """The inverse hyperbolic cosine of each element; NaN below 1. The derivative is ``1 / sqrt(input ** 2 - 1)`` (DLMF 4.38)."""
    def arcsin(self) -> Tensor:
        """The inverse sine of each element, between ``-pi / 2`` and ``pi / 2``; NaN outside of -1 to 1. The derivative is ``1 / sqrt(1 - input ** 2)`` (DLMF 4.24)."""
    def arcsin_(self) -> Tensor:
        """The inverse sine of each element, between ``-pi / 2`` and ``pi / 2``; NaN outside of -1 to 1. The derivative is ``1 / sqrt(1 - input ** 2)`` (DLMF 4.24)."""
    def arcsinh(self) -> Tensor:
        """The inverse hyperbolic sine of each element. The derivative is ``1 / sqrt(1 + input ** 2)`` (DLMF 4.38)."""
    def arcsinh_(self) -> Tensor:
        """The inverse hyperbolic sine of each element. The derivative is ``1 / sqrt(1 + input ** 2)`` (DLMF 4.38)."""
    def arctan(self) -> Tensor:
        """The inverse tangent of each element, between ``-pi / 2`` and ``pi / 2``. The derivative is ``1 / (1 + input ** 2)`` (DLMF 4.24)."""
    def arctan2(self, other: Operand) -> Tensor:
        """The angle of each point, from the positive horizontal axis, in radians: ``input`` is its vertical coordinate, ``other`` its horizontal one. The gradient at the origin is 0."""
    def arctan2_(self, other: Operand) -> Tensor:
        """The angle of each point, from the positive horizontal axis, in radians: ``input`` is its vertical coordinate, ``other`` its horizontal one. The gradient at the origin is 0."""
    def arctan_(self) -> Tensor:
        """The inverse tangent of each element, between ``-pi / 2`` and ``pi / 2``. The derivative is ``1 / (1 + input ** 2)`` (DLMF 4.24)."""
    def arctanh(self) -> Tensor:
        """The inverse hyperbolic tangent of each element; NaN outside of -1 to 1. The derivative is ``1 / (1 - input ** 2)`` (DLMF 4.38)."""
    def arctanh_(self) -> Tensor:
        """The inverse hyperbolic tangent of each element; NaN outside of -1 to 1. The derivative is ``1 / (1 - input ** 2)`` (DLMF 4.38)."""
    def argmax(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """Return the index of the largest element, in the flattened tensor or along ``dim``."""
    def argmin(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """Return the index of the smallest element, in the flattened tensor or along ``dim``."""
    def argsort(self, dim: _int = -1, descending: _bool = False, *, stable: _bool = True) -> Tensor:
        """Return the indices that sort a tensor along a dimension.  The sort is always stable."""
    def argwhere(self) -> Tensor:
        """Return the positions of the elements that are not 0, one a row."""
    def as_strided(
        self,
        size: _int | Sequence[_int],
        stride: _int | Sequence[_int],
        storage_offset: _int | None = None,
    ) -> Tensor:
        """Return a view of the memory of a tensor with a chosen shape and strides, in PyTorch's memory layout."""
    def as_strided_(
        self,
        size: _int | Sequence[_int],
        stride: _int | Sequence[_int],
        storage_offset: _int | None = None,
    ) -> Tensor:
        """Choose another shape and other strides of the memory in place, as `as_strided` does."""
    def as_strided_scatter(
        self,
        src: Tensor,
        size: _int | Sequence[_int],
        stride: _int | Sequence[_int],
        storage_offset: _int | None = None,
    ) -> Tensor:
        """Return a copy of a tensor with another one written to a part of chosen strides."""
    def asin(self) -> Tensor:
        """The inverse sine of each element, between ``-pi / 2`` and ``pi / 2``; NaN outside of -1 to 1. The derivative is ``1 / sqrt(1 - input ** 2)`` (DLMF 4.24)."""
    def asin_(self) -> Tensor:
        """The inverse sine of each element, between ``-pi / 2`` and ``pi / 2``; NaN outside of -1 to 1. The derivative is ``1 / sqrt(1 - input ** 2)`` (DLMF 4.24)."""
    def asinh(self) -> Tensor:
        """The inverse hyperbolic sine of each element. The derivative is ``1 / sqrt(1 + input ** 2)`` (DLMF 4.38)."""
    def asinh_(self) -> Tensor:
        """The inverse hyperbolic sine of each element. The derivative is ``1 / sqrt(1 + input ** 2)`` (DLMF 4.38)."""
    def atan(self) -> Tensor:
        """The inverse tangent of each element, between ``-pi / 2`` and ``pi / 2``. The derivative is ``1 / (1 + input ** 2)`` (DLMF 4.24)."""
    def atan2(self, other: Operand) -> Tensor:
        """The angle of each point, from the positive horizontal axis, in radians: ``input`` is its vertical coordinate, ``other`` its horizontal one. The gradient at the origin is 0."""
    def atan2_(self, other: Operand) -> Tensor:
        """The angle of each point, from the positive horizontal axis, in radians: ``input`` is its vertical coordinate, ``other`` its horizontal one. The gradient at the origin is 0."""
    def atan_(self) -> Tensor:
        """The inverse tangent of each element, between ``-pi / 2`` and ``pi / 2``. The derivative is ``1 / (1 + input ** 2)`` (DLMF 4.24)."""
    def atanh(self) -> Tensor:
        """The inverse hyperbolic tangent of each element; NaN outside of -1 to 1. The derivative is ``1 / (1 - input ** 2)`` (DLMF 4.38)."""
    def atanh_(self) -> Tensor:
        """The inverse hyperbolic tangent of each element; NaN outside of -1 to 1. The derivative is ``1 / (1 - input ** 2)`` (DLMF 4.38)."""
    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: _bool | None = None,
        create_graph: _bool = False,
        inputs: Tensor | Sequence[Tensor] | None = None,
    ) -> None:
        """Add the gradient of this tensor with respect to every leaf it depends on into the leaves' ``.grad``."""
    def baddbmm(self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """Return ``beta * input + alpha * (batch1 @ batch2)`` for batches of matrices."""
    def baddbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """Return ``beta * input + alpha * (batch1 @ batch2)`` for batches of matrices."""
    def bernoulli(self, p: _float | None = None, *, generator: Generator | None = None) -> Tensor:
        """Draw 1 with a given probability, and else 0."""
    def bernoulli_(self, p: _float | Tensor = 0.5, *, generator: Generator | None = None) -> Tensor:
        """Fill with 1 with a given probability, and else with 0."""
    def bfloat16(self, memory_format: Any = None) -> Tensor:
        """Convert to bfloat16."""
    def bincount(self, weights: Tensor | None = None, minlength: _int = 0) -> Tensor:
        """Count how often each non-negative integer occurs, or add up the weights of its occurrences."""
    def bitwise_and(self, other: Operand) -> Tensor:
        """The bits that both integers have, or where both booleans are true: ``input & other``."""
    def bitwise_and_(self, other: Operand) -> Tensor:
        """The bits that both integers have, or where both booleans are true: ``input & other``."""
    def bitwise_left_shift(self, other: Operand) -> Tensor:
        """The integers of ``input`` with their bits moved to the left, ``input * 2 ** other``: ``input << other``."""
    def bitwise_left_shift_(self, other: Operand) -> Tensor:
        """The integers of ``input`` with their bits moved to the left, ``input * 2 ** other``: ``input << other``."""
    def bitwise_not(self) -> Tensor:
        """The integers with every bit turned, ``-input - 1``, or the other of each boolean: ``~input``."""
    def bitwise_not_(self) -> Tensor:
        """The integers with every bit turned, ``-input - 1``, or the other of each boolean: ``~input``."""
    def bitwise_or(self, other: Operand) -> Tensor:
        """The bits that either integer has, or where either boolean is true: ``input | other``."""
    def bitwise_or_(self, other: Operand) -> Tensor:
        """The bits that either integer has, or where either boolean is true: ``input | other``."""
    def bitwise_right_shift(self, other: Operand) -> Tensor:
        """The integers of ``input`` with their bits moved to the right, ``input // 2 ** other``: ``input >> other``."""
    def bitwise_right_shift_(self, other: Operand) -> Tensor:
        """The integers of ``input`` with their bits moved to the right, ``input // 2 ** other``: ``input >> other``."""
    def bitwise_xor(self, other: Operand) -> Tensor:
        """The bits that just one of both integers has, or where just one of both booleans is true: ``input ^ other``."""
    def bitwise_xor_(self, other: Operand) -> Tensor:
        """The bits that just one of both integers has, or where just one of both booleans is true: ``input ^ other``."""
    def bmm(self, mat2: Tensor, out_dtype: DType | None = None) -> Tensor:
        """Multiply two batches of matrices; nothing is broadcast."""
    def bool(self, memory_format: Any = None) -> Tensor:
        """Convert to bool."""
    def broadcast_to(self, size: Sequence[_int]) -> Tensor:
        """Broadcast a tensor to a shape.  The elements are not copied, so the result can only be read."""
    def byte(self, memory_format: Any = None) -> Tensor:
        """Convert to uint8."""
    def cauchy_(self, median: _float = 0.0, sigma: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Fill with numbers from the Cauchy distribution of density ``sigma / (pi * ((x - median) ** 2 + sigma ** 2))``."""
    def cdist(self, x2: Tensor, p: _float = 2.0, compute_mode: str | None = None) -> Tensor:
        """Return the distances between all rows of two batches of matrices."""
    def cdouble(self, memory_format: Any = None) -> Tensor:
        """Convert to complex128."""
    def ceil(self) -> Tensor:
        """The smallest integer that is not below each element. The derivative is 0."""
    def ceil_(self) -> Tensor:
        """The smallest integer that is not below each element. The derivative is 0."""
    def cfloat(self, memory_format: Any = None) -> Tensor:
        """Convert to complex64."""
    def char(self, memory_format: Any = None) -> Tensor:
        """Convert to int8."""
    def cholesky(self, upper: _bool = False) -> Tensor:
        """Return the Cholesky factors of Hermitian positive definite matrices."""
    def cholesky_inverse(self, upper: _bool = False) -> Tensor:
        """Return the inverse of a matrix, given its Cholesky factor."""
    def cholesky_solve(self, L: Tensor, upper: _bool = False) -> Tensor:
        """Solve the linear equations ``A @ X == B``, given the Cholesky factor of ``A``."""
    def chunk(self, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
        """Split a tensor along a dimension into at most ``chunks`` parts of equal length; the last one may be shorter."""
    def clamp(self, min: Operand | None = None, max: Operand | None = None) -> Tensor:
        """Clamp each element to ``[min, max]``."""
    def clamp_(self, min: Operand | None = None, max: Operand | None = None) -> Tensor:
        """Clamp each element to ``[min, max]``."""
    def clamp_max(self, max: Operand | None) -> Tensor:
        """Clamp each element to at most ``max``."""
    def clamp_max_(self, max: Operand | None) -> Tensor:
        """Clamp each element to at most ``max`` in place."""
    def clamp_min(self, min: Operand | None) -> Tensor:
        """Clamp each element to at least ``min``."""
    def clamp_min_(self, min: Operand | None) -> Tensor:
        """Clamp each element to at least ``min`` in place."""
    def clip(self, min: Operand | None = None, max: Operand | None = None) -> Tensor:
        """Clamp each element to ``[min, max]``."""
    def clip_(self, min: Operand | None = None, max: Operand | None = None) -> Tensor:
        """Clamp each element to ``[min, max]``."""
    def clone(self, *, memory_format: Any = None) -> Tensor:
        """Return a copy; the gradient passes through it."""
    def conj(self) -> Tensor:
        """Return the complex conjugate as a view; a real tensor is returned itself."""
    def conj_physical(self) -> Tensor:
        """Return the complex conjugate in new memory; a real tensor is returned itself."""
    def conj_physical_(self) -> Tensor:
        """Return the complex conjugate in new memory; a real tensor is returned itself."""
    def contiguous(self, memory_format: Any = None) -> Tensor:
        """Return a tensor whose elements lie one after the other: ``input`` itself if `is_contiguous` says so, else a copy."""
    def copy_(self, src: Tensor, non_blocking: _bool = False) -> Tensor:
        """Copy the values of another tensor, broadcast and converted to this one.  The gradient flows back to ``src``."""
    def copysign(self, other: Operand) -> Tensor:
        """Each element of ``input`` with the sign of that of ``other``, also of -0.0."""
    def copysign_(self, other: Operand) -> Tensor:
        """Each element of ``input`` with the sign of that of ``other``, also of -0.0."""
    def corrcoef(self) -> Tensor:
        """Return Pearson's correlation coefficients of variables: ``cov(x, y) / (std(x) * std(y))``."""
    def cos(self) -> Tensor:
        """The cosine of each element, in radians. The derivative is ``-sin(input)`` (DLMF 4.20)."""
    def cos_(self) -> Tensor:
        """The cosine of each element, in radians. The derivative is ``-sin(input)`` (DLMF 4.20)."""
    def cosh(self) -> Tensor:
        """The hyperbolic cosine of each element, ``(exp(x) + exp(-x)) / 2``. The derivative is `sinh` (DLMF 4.34)."""
    def cosh_(self) -> Tensor:
        """The hyperbolic cosine of each element, ``(exp(x) + exp(-x)) / 2``. The derivative is `sinh` (DLMF 4.34)."""
    def count_nonzero(self, dim: Dims | None = None) -> Tensor:
        """Count the elements that are not 0, of the whole tensor or along ``dim``."""
    def cov(
        self,
        *,
        correction: _int = 1,
        fweights: Tensor | None = None,
        aweights: Tensor | None = None,
    ) -> Tensor:
        """Return the covariance matrix of variables: ``sum(w * (x - mean) * conj(y - mean)) / (sum(w) - correction)``."""
    def cpu(self, memory_format: Any = None) -> Tensor:
        """Move a tensor to the memory of the CPU: the backend's device ``"cpu"``, or the NumPy backend if it has none."""
    def cross(self, other: Tensor, dim: _int | None = None) -> Tensor:
        """Return the cross products of vectors of three elements.  `linalg.cross` takes the last dimension by default."""
    def cuda(
        self,
        device: DeviceLike | None = None,
        non_blocking: _bool = False,
        memory_format: Any = None,
    ) -> Tensor:
        """Move a tensor to a CUDA device of its backend."""
    def cummax(self, dim: _int) -> ValuesAndIndices:
        """Return the cumulative maximum along a dimension, with its indices."""
    def cummin(self, dim: _int) -> ValuesAndIndices:
        """Return the cumulative minimum along a dimension, with its indices."""
    def cumprod(self, dim: _int, *, dtype: DTypeLike | None = None) -> Tensor:
        """Return the cumulative product along a dimension."""
    def cumprod_(self, dim: _int, *, dtype: DTypeLike | None = None) -> Tensor:
        """Return the cumulative product along a dimension."""
    def cumsum(self, dim: _int, *, dtype: DTypeLike | None = None) -> Tensor:
        """Return the cumulative sum along a dimension."""
    def cumsum_(self, dim: _int, *, dtype: DTypeLike | None = None) -> Tensor:
        """Return the cumulative sum along a dimension."""
    def deg2rad(self) -> Tensor:
        """Convert angles from degrees to radians."""
    def deg2rad_(self) -> Tensor:
        """Convert angles from degrees to radians."""
    def det(self) -> Tensor:
        """Return the determinants of square matrices."""
    def detach_(self) -> Tensor:
        """Take this tensor out of the graph: it becomes a leaf that does not require grad."""
    def diag(self, diagonal: _int = 0) -> Tensor:
        """Return the diagonal matrix of a vector, or a copy of the diagonal of a matrix."""
    def diag_embed(self, offset: _int = 0, dim1: _int = -2, dim2: _int = -1) -> Tensor:
        """Return diagonal matrices of the vectors in the last dimension."""
    def diagflat(self, offset: _int = 0) -> Tensor:
        """Return the diagonal matrix of all elements of a tensor."""
    def diagonal(self, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """Return the diagonals of matrices."""
    def diagonal_scatter(self, src: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """Return a copy of a tensor with the diagonals of its matrices replaced: the reverse of `diagonal`."""
    def diff(
        self,
        n: _int = 1,
        dim: _int = -1,
        prepend: Tensor | None = None,
        append: Tensor | None = None,
    ) -> Tensor:
        """Return the differences of neighbouring elements along a dimension, taken ``n`` times."""
    def digamma(self) -> Tensor:
        """The derivative of the logarithm of the gamma function.  At 0 it is infinite, at the negative integers NaN.  Its own derivative is ``polygamma(1, input)`` (DLMF 5.2)."""
    def digamma_(self) -> Tensor:
        """The derivative of the logarithm of the gamma function.  At 0 it is infinite, at the negative integers NaN.  Its own derivative is ``polygamma(1, input)`` (DLMF 5.2)."""
    def dim(self) -> _int:
        """Return the number of dimensions."""
    def dist(self, other: Tensor, p: _float = 2) -> Tensor:
        """Return the distance of two tensors: the norm of order ``p`` of their difference.  The gradient at a distance of 0 is 0."""
    def div(self, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
        """Return ``input / other``, exact or rounded to an integer."""
    def div_(self, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
        """Divide by ``other`` in place."""
    def divide(self, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
        """Return ``input / other``, exact or rounded to an integer."""
    def divide_(self, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
        """Divide by ``other`` in place."""
    def dot(self, tensor: Tensor) -> Tensor:
        """Return the sum of the products of the elements of two vectors.  Complex elements are not conjugated, as in `vdot`."""
    def double(self, memory_format: Any = None) -> Tensor:
        """Convert to float64."""
    def dsplit(self, indices_or_sections: _int | Sequence[_int] | Tensor) -> tuple[Tensor, ...]:
        """Split a tensor along dimension 2, as `tensor_split` does."""
    def element_size(self) -> _int:
        """Return the size of an element in bytes."""
    def eq(self, other: Operand) -> Tensor:
        """Where ``input`` is equal to ``other``: ``input == other``."""
    def eq_(self, other: Operand) -> Tensor:
        """Where ``input`` is equal to ``other``: ``input == other``."""
    def equal(self, other: Tensor) -> _bool:
        """Test whether two tensors have the same shape and equal elements."""
    def erf(self) -> Tensor:
        """The error function of each element, ``2 / sqrt(pi)`` times the integral of ``exp(-t ** 2)`` from 0 to ``input``.  The derivative is ``2 / sqrt(pi) * exp(-input ** 2)`` (DLMF 7.2)."""
    def erf_(self) -> Tensor:
        """The error function of each element, ``2 / sqrt(pi)`` times the integral of ``exp(-t ** 2)`` from 0 to ``input``.  The derivative is ``2 / sqrt(pi) * exp(-input ** 2)`` (DLMF 7.2)."""
    def erfc(self) -> Tensor:
        """The complement of the error function, ``1 - erf(input)``, relatively accurate where it is small.  The derivative is ``-2 / sqrt(pi) * exp(-input ** 2)`` (DLMF 7.2)."""
    def erfc_(self) -> Tensor:
        """The complement of the error function, ``1 - erf(input)``, relatively accurate where it is small.  The derivative is ``-2 / sqrt(pi) * exp(-input ** 2)`` (DLMF 7.2)."""
    def erfinv(self) -> Tensor:
        """The inverse of the error function: infinite at -1 and 1, NaN outside of them.  The derivative is ``sqrt(pi) / 2 * exp(erfinv(input) ** 2)`` (DLMF 7.17)."""
    def erfinv_(self) -> Tensor:
        """The inverse of the error function: infinite at -1 and 1, NaN outside of them.  The derivative is ``sqrt(pi) / 2 * exp(erfinv(input) ** 2)`` (DLMF 7.17)."""
    def exp(self) -> Tensor:
        """The exponential of each element, ``e ** input``. It is its own derivative (DLMF 4.7)."""
    def exp2(self) -> Tensor:
        """Return 2 to the power of each element."""
    def exp2_(self) -> Tensor:
        """Return 2 to the power of each element."""
    def exp_(self) -> Tensor:
        """The exponential of each element, ``e ** input``. It is its own derivative (DLMF 4.7)."""
    def expand(self, size: _int | Sequence[_int] = (), *others: _int) -> Tensor:
        """Repeat dimensions of length 1.  The elements are not copied, so the result can only be read."""
    def expand_as(self, other: Tensor) -> Tensor:
        """Broadcast a tensor to the shape of another one.  The elements are not copied, so the result can only be read."""
    def expm1(self) -> Tensor:
        """``exp(input) - 1`` of each element, accurate near 0, where the difference would lose all digits."""
    def expm1_(self) -> Tensor:
        """``exp(input) - 1`` of each element, accurate near 0, where the difference would lose all digits."""
    def exponential_(self, lambd: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Fill with numbers from the exponential distribution of density ``lambd * exp(-lambd * x)``."""
    def fill_(self, value: Number | Tensor) -> Tensor:
        """Fill with one value."""
    def fill_diagonal_(self, fill_value: Number, wrap: _bool = False) -> Tensor:
        """Write a number into the main diagonal."""
    def fix(self) -> Tensor:
        """Each element without its fraction: rounded towards 0. The derivative is 0."""
    def fix_(self) -> Tensor:
        """Each element without its fraction: rounded towards 0. The derivative is 0."""
    def flatten(self, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
        """Merge consecutive dimensions into one."""
    @overload
    def flip(self, dims: Sequence[_int]) -> Tensor:
        """Reverse the order of the elements along dimensions."""
    @overload
    def flip(self, *dims: _int) -> Tensor: ...
    def fliplr(self) -> Tensor:
        """Reverse the order of the columns, along dimension 1."""
    def flipud(self) -> Tensor:
        """Reverse the order of the rows, along dimension 0."""
    def float(self, memory_format: Any = None) -> Tensor:
        """Convert to float32."""
    def float_power(self, exponent: Operand) -> Tensor:
        """Raise ``input`` to the power of ``exponent`` in double precision."""
    def float_power_(self, exponent: Operand) -> Tensor:
        """Raise to the power of ``exponent`` in place."""
    def floor(self) -> Tensor:
        """The largest integer that is not above each element. The derivative is 0."""
    def floor_(self) -> Tensor:
        """The largest integer that is not above each element. The derivative is 0."""
    def floor_divide(self, other: Operand) -> Tensor:
        """``input // other`` of each pair: the quotient, rounded down. The derivative is 0."""
    def floor_divide_(self, other: Operand) -> Tensor:
        """``input // other`` of each pair: the quotient, rounded down. The derivative is 0."""
    def fmax(self, other: Tensor) -> Tensor:
        """Return the larger element of each pair, ignoring NaN where only one of the two is NaN."""
    def fmin(self, other: Tensor) -> Tensor:
        """Return the smaller element of each pair, ignoring NaN where only one of the two is NaN."""
    def fmod(self, other: Operand) -> Tensor:
        """Return the remainder of a division that rounds towards zero: it has the sign of ``input``."""
    def fmod_(self, other: Operand) -> Tensor:
        """Return the remainder of a division that rounds towards zero: it has the sign of ``input``."""
    def frac(self) -> Tensor:
        """Return the fractional part, ``input - trunc(input)``, which has the sign of ``input``."""
    def frac_(self) -> Tensor:
        """Return the fractional part, ``input - trunc(input)``, which has the sign of ``input``."""
    def frexp(self) -> MantissaAndExponent:
        """Decompose into mantissas and exponents: ``input = mantissa * 2 ** exponent``, exactly."""
    def gather(self, dim: _int, index: Tensor, *, sparse_grad: _bool = False) -> Tensor:
        """Return elements at positions along a dimension: ``out[i, j] = input[index[i, j], j]`` for ``dim=0``."""
    def gcd(self, other: Operand) -> Tensor:
        """The greatest common divisor of each pair of integers, which is not negative; that of 0 and 0 is 0. It has no gradient."""
    def gcd_(self, other: Operand) -> Tensor:
        """The greatest common divisor of each pair of integers, which is not negative; that of 0 and 0 is 0. It has no gradient."""
    def ge(self, other: Operand) -> Tensor:
        """Where ``input`` is at least ``other``: ``input >= other``."""
    def ge_(self, other: Operand) -> Tensor:
        """Where ``input`` is at least ``other``: ``input >= other``."""
    def geometric_(self, p: _float, *, generator: Generator | None = None) -> Tensor:
        """Fill with numbers of trials up to the first success: ``k`` has the probability ``(1 - p) ** (k - 1) * p``."""
    def geqrf(self) -> GeqrfResult:
        """Return the QR decomposition as Householder reflections, whose product `linalg.householder_product` gives."""
    def get_device(self) -> _int:
        """Return the index of the GPU that the tensor is on."""
    def greater(self, other: Operand) -> Tensor:
        """Where ``input`` is greater than ``other``: ``input > other``."""
    def greater_(self, other: Operand) -> Tensor:
        """Where ``input`` is greater than ``other``: ``input > other``."""
    def greater_equal(self, other: Operand) -> Tensor:
        """Where ``input`` is at least ``other``: ``input >= other``."""
    def greater_equal_(self, other: Operand) -> Tensor:
        """Where ``input`` is at least ``other``: ``input >= other``."""
    def gt(self, other: Operand) -> Tensor:
        """Where ``input`` is greater than ``other``: ``input > other``."""
    def gt_(self, other: Operand) -> Tensor:
        """Where ``input`` is greater than ``other``: ``input > other``."""
    def half(self, memory_format: Any = None) -> Tensor:
        """Convert to float16."""
    def hardshrink(self, lambd: _float = 0.5) -> Tensor:
        """Set small elements to 0: ``input`` where ``abs(input) > lambd``, else 0."""
    def heaviside(self, values: Tensor) -> Tensor:
        """Return the step function: 0 where ``input`` is negative, 1 where it is positive, and ``values`` where it is 0."""
    def heaviside_(self, values: Tensor) -> Tensor:
        """Return the step function: 0 where ``input`` is negative, 1 where it is positive, and ``values`` where it is 0."""
    def histc(self, bins: _int = 100, min: _float = 0, max: _float = 0) -> Tensor:
        """Count the elements in each of a number of bins of equal width.  Elements outside of all bins are not counted."""
    def histogram(
        self,
        bins: _int | Tensor,
        *,
        range: Sequence[_float] | None = None,
        weight: Tensor | None = None,
        density: _bool = False,
    ) -> Histogram:
        """Count the elements in each bin of a histogram.  Elements outside of all bins are not counted."""
    def hsplit(self, indices_or_sections: _int | Sequence[_int] | Tensor) -> tuple[Tensor, ...]:
        """Split a tensor along dimension 1, a vector along dimension 0, as `tensor_split` does."""
    def hypot(self, other: Operand) -> Tensor:
        """``sqrt(input ** 2 + other ** 2)`` of each pair, without overflow. The gradient at (0, 0) is 0."""
    def hypot_(self, other: Operand) -> Tensor:
        """``sqrt(input ** 2 + other ** 2)`` of each pair, without overflow. The gradient at (0, 0) is 0."""
    def i0(self) -> Tensor:
        """The modified Bessel function of the first kind of order 0 (DLMF 10.25).  The derivative is that of order 1."""
    def i0_(self) -> Tensor:
        """The modified Bessel function of the first kind of order 0 (DLMF 10.25).  The derivative is that of order 1."""
    @property
    def imag(self) -> Tensor: ...
    @imag.setter
    def imag(self, value: Operand) -> None: ...
    def index_add(self, dim: _int, index: Tensor, source: Tensor, *, alpha: Number = 1) -> Tensor:
        """Return a copy of a tensor with slices added at positions of a dimension; slices at equal positions add up."""
    def index_add_(self, dim: _int, index: Tensor, source: Tensor, *, alpha: Number = 1) -> Tensor:
        """Add slices at positions of a dimension in place; slices at equal positions add up."""
    def index_copy(self, dim: _int, index: Tensor, source: Tensor) -> Tensor:
        """Return a copy of a tensor with slices written at positions of a dimension."""
    def index_copy_(self, dim: _int, index: Tensor, source: Tensor) -> Tensor:
        """Write slices at positions of a dimension."""
    def index_fill(self, dim: _int, index: Tensor, value: Number | Tensor) -> Tensor:
        """Return a copy of a tensor with a value written into the slices at positions of a dimension."""
    def index_fill_(self, dim: _int, index: Tensor, value: Number | Tensor) -> Tensor:
        """Write a value into the slices at positions of a dimension."""
    def index_put(self, indices: Sequence[Tensor | None], values: Tensor, accumulate: _bool = False) -> Tensor:
        """Return a copy of a tensor with values written at ``input[indices]``."""
    def index_put_(self, indices: Sequence[Tensor | None], values: Tensor, accumulate: _bool = False) -> Tensor:
        """Write values at the elements that index tensors select: ``x[indices] = values``."""
    def index_reduce(
        self,
        dim: _int,
        index: Tensor,
        source: Tensor,
        reduce: str,
        *,
        include_self: _bool = True,
    ) -> Tensor:
        """Return a copy with slices reduced into positions of a dimension.  Equal extrema share the gradient."""
    def index_reduce_(
        self,
        dim: _int,
        index: Tensor,
        source: Tensor,
        reduce: str,
        *,
        include_self: _bool = True,
    ) -> Tensor:
        """Return a copy with slices reduced into positions of a dimension.  Equal extrema share the gradient."""
    def index_select(self, dim: _int, index: Tensor) -> Tensor:
        """Return the slices along a dimension at the given positions."""
    def inner(self, other: Tensor) -> Tensor:
        """Return the products of all vectors in the last dimensions of two tensors."""
    def int(self, memory_format: Any = None) -> Tensor:
        """Convert to int32."""
    def inverse(self) -> Tensor:
        """Return the inverses of square matrices."""
    def is_complex(self) -> _bool:
        """Test whether the data type is complex."""
    def is_conj(self) -> _bool:
        """Test whether a tensor is a conjugated view, as `conj` makes it."""
    def is_contiguous(self, memory_format: Any = None) -> _bool:
        """Test whether the elements lie one after the other in PyTorch's memory layout: a transpose does not."""
    @property
    def is_cpu(self) -> _bool: ...
    @property
    def is_cuda(self) -> _bool: ...
    def is_floating_point(self) -> _bool:
        """Test whether the data type is a real floating-point type."""
    def is_nonzero(self) -> _bool:
        """Test whether the only element is not 0."""
    def is_signed(self) -> _bool:
        """Test whether the data type has negative values."""
    @property
    def is_sparse(self) -> _bool: ...
    @property
    def is_sparse_csr(self) -> _bool: ...
    def isclose(
        self,
        other: Tensor,
        rtol: _float = 1e-05,
        atol: _float = 1e-08,
        equal_nan: _bool = False,
    ) -> Tensor:
        """Test which elements of two tensors are equal within a tolerance."""
    def isfinite(self) -> Tensor:
        """Where ``input`` is finite: neither infinite nor NaN."""
    def isinf(self) -> Tensor:
        """Where ``input`` is infinite."""
    def isnan(self) -> Tensor:
        """Where ``input`` is NaN."""
    def isneginf(self) -> Tensor:
        """Test which elements are negative infinity."""
    def isposinf(self) -> Tensor:
        """Test which elements are positive infinity."""
    def isreal(self) -> Tensor:
        """Test which elements have an imaginary part of 0."""
    def istft(
        self,
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
        """Return the signal of least squares whose short-time Fourier transform is ``input``: the inverse of `stft`."""
    def item(self) -> Any:
        """Return the only element as a Python number."""
    @property
    def itemsize(self) -> _int: ...
    def kron(self, other: Tensor) -> Tensor:
        """Return the Kronecker product: the block matrix whose block ``(i, j)`` is ``input[i, j] * other``."""
    def kthvalue(self, k: _int, dim: _int = -1, keepdim: _bool = False) -> ValuesAndIndices:
        """Return the ``k``-th smallest element along a dimension, with its index."""
    @property
    def layout(self) -> Layout: ...
    def lcm(self, other: Operand) -> Tensor:
        """The least common multiple of each pair of integers, which is not negative; 0 where either is 0. It has no gradient."""
    def lcm_(self, other: Operand) -> Tensor:
        """The least common multiple of each pair of integers, which is not negative; 0 where either is 0. It has no gradient."""
    def ldexp(self, other: Tensor) -> Tensor:
        """Return ``input * 2 ** other``."""
    def ldexp_(self, other: Tensor) -> Tensor:
        """Return ``input * 2 ** other``."""
    def le(self, other: Operand) -> Tensor:
        """Where ``input`` is at most ``other``: ``input <= other``."""
    def le_(self, other: Operand) -> Tensor:
        """Where ``input`` is at most ``other``: ``input <= other``."""
    def lerp(self, end: Tensor, weight: _float | Tensor) -> Tensor:
        """Interpolate linearly: ``input + weight * (end - input)``."""
    def lerp_(self, end: Tensor, weight: _float | Tensor) -> Tensor:
        """Interpolate linearly: ``input + weight * (end - input)``."""
    def less(self, other: Operand) -> Tensor:
        """Where ``input`` is less than ``other``: ``input < other``."""
    def less_(self, other: Operand) -> Tensor:
        """Where ``input`` is less than ``other``: ``input < other``."""
    def less_equal(self, other: Operand) -> Tensor:
        """Where ``input`` is at most ``other``: ``input <= other``."""
    def less_equal_(self, other: Operand) -> Tensor:
        """Where ``input`` is at most ``other``: ``input <= other``."""
    def lgamma(self) -> Tensor:
        """The logarithm of the absolute value of the gamma function; infinite at 0 and the negative integers.  The derivative is `digamma` (DLMF 5.2)."""
    def lgamma_(self) -> Tensor:
        """The logarithm of the absolute value of the gamma function; infinite at 0 and the negative integers.  The derivative is `digamma` (DLMF 5.2)."""
    def log(self) -> Tensor:
        """The natural logarithm of each element: ``-inf`` at 0, and NaN for negative numbers. The derivative is ``1 / input`` (DLMF 4.7)."""
    def log10(self) -> Tensor:
        """The logarithm of each element to the base 10. The derivative is ``1 / (input * log(10))``."""
    def log10_(self) -> Tensor:
        """The logarithm of each element to the base 10. The derivative is ``1 / (input * log(10))``."""
    def log1p(self) -> Tensor:
        """``log(1 + input)`` of each element, accurate near 0, where the sum would lose all digits."""
    def log1p_(self) -> Tensor:
        """``log(1 + input)`` of each element, accurate near 0, where the sum would lose all digits."""
    def log2(self) -> Tensor:
        """The logarithm of each element to the base 2. The derivative is ``1 / (input * log(2))``."""
    def log2_(self) -> Tensor:
        """The logarithm of each element to the base 2. The derivative is ``1 / (input * log(2))``."""
    def log_(self) -> Tensor:
        """The natural logarithm of each element: ``-inf`` at 0, and NaN for negative numbers. The derivative is ``1 / input`` (DLMF 4.7)."""
    def log_normal_(self, mean: _float = 1.0, std: _float = 2.0, *, generator: Generator | None = None) -> Tensor:
        """Fill with numbers whose logarithms have a normal distribution."""
    def log_softmax(self, dim: _int | None = None, dtype: DTypeLike | None = None) -> Tensor:
        """Logarithm of `softmax`, accurate also where the softmax underflows."""
    def logaddexp(self, other: Operand) -> Tensor:
        """``log(exp(input) + exp(other))`` of each pair, without overflow. The gradient is shared as `softmax` of the two shares."""
    def logaddexp2(self, other: Tensor) -> Tensor:
        """Return ``log2(2 ** input + 2 ** other)``, without overflow.  The gradient is shared as by `logaddexp`."""
    def logcumsumexp(self, dim: _int) -> Tensor:
        """Return the logarithm of the cumulative sum of exponentials along a dimension, without overflow."""
    def logdet(self) -> Tensor:
        """Return the logarithm of the determinant."""
    def logical_and(self, other: Operand) -> Tensor:
        """Where both are true, or not zero."""
    def logical_and_(self, other: Operand) -> Tensor:
        """Where both are true, or not zero."""
    def logical_not(self) -> Tensor:
        """Where ``input`` is false, or zero."""
    def logical_not_(self) -> Tensor:
        """Where ``input`` is false, or zero."""
    def logical_or(self, other: Operand) -> Tensor:
        """Where ``input`` or ``other`` is true, or not zero."""
    def logical_or_(self, other: Operand) -> Tensor:
        """Where ``input`` or ``other`` is true, or not zero."""
    def logical_xor(self, other: Operand) -> Tensor:
        """Where just one of both is true, or not zero."""
    def logical_xor_(self, other: Operand) -> Tensor:
        """Where just one of both is true, or not zero."""
    def logit(self, eps: _float | None = None) -> Tensor:
        """Return the log-odds ``log(x / (1 - x))`` of each element, the inverse of `sigmoid`."""
    def logit_(self, eps: _float | None = None) -> Tensor:
        """Return the log-odds ``log(x / (1 - x))`` of each element, the inverse of `sigmoid`."""
    def logsumexp(self, dim: _int | Sequence[_int], keepdim: _bool = False) -> Tensor:
        """Return ``log(sum(exp(input)))`` along ``dim``, without overflow."""
    def long(self, memory_format: Any = None) -> Tensor:
        """Convert to int64."""
    def lt(self, other: Operand) -> Tensor:
        """Where ``input`` is less than ``other``: ``input < other``."""
    def lt_(self, other: Operand) -> Tensor:
        """Where ``input`` is less than ``other``: ``input < other``."""
    def lu(self, pivot: _bool = True, get_infos: _bool = False) -> tuple[Tensor, ...]:
        """Return the LU factorization: PyTorch's older form of `linalg.lu_factor` and `linalg.lu_factor_ex`."""
    def lu_solve(self, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
        """Solve ``A @ X == input``, given the LU factorization of ``A``: `linalg.lu_solve` with the right side first."""
    @property
    def mH(self) -> Tensor: ...
    @property
    def mT(self) -> Tensor: ...
    def masked_fill(self, mask: Tensor, value: Number | Tensor) -> Tensor:
        """Return a copy of a tensor with a value written where a mask is True."""
    def masked_fill_(self, mask: Tensor, value: Number | Tensor) -> Tensor:
        """Write a value where a mask is True."""
    def masked_scatter(self, mask: Tensor, source: Tensor) -> Tensor:
        """Return a copy of a tensor with the first elements of another one written, in order, where a mask is True."""
    def masked_scatter_(self, mask: Tensor, source: Tensor) -> Tensor:
        """Write the first elements of another tensor, in order, where a mask is True."""
    def masked_select(self, mask: Tensor) -> Tensor:
        """Return the elements where a mask is True."""
    def matmul(self, other: Tensor) -> Tensor:
        """The matrix product: ``input @ other``."""
    def matrix_exp(self) -> Tensor:
        """Return the exponential of square matrices, ``I + A + A @ A / 2 + …``."""
    def matrix_power(self, n: _int) -> Tensor:
        """Raise square matrices to an integer power, by repeated squaring."""
    @overload
    def max(self) -> Tensor:
        """Return the maximum of all elements, the maxima along ``dim`` with their indices, or elementwise maxima."""
    @overload
    def max(self, dim: _int, keepdim: _bool = False) -> ValuesAndIndices: ...
    @overload
    def max(self, other: Tensor, /) -> Tensor: ...
    def maximum(self, other: Operand) -> Tensor:
        """The larger element of each pair, and NaN if one of them is NaN. Equal elements share the gradient."""
    def mean(self, dim: Dims | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
        """Return the mean of all elements, or of those along ``dim``."""
    @overload
    def median(self) -> Tensor:
        """Return the median: of an even number of elements, the lower one of the two in the middle."""
    @overload
    def median(self, dim: _int, keepdim: _bool = False) -> ValuesAndIndices: ...
    @overload
    def min(self) -> Tensor:
        """Return the minimum of all elements, the minima along ``dim`` with their indices, or elementwise minima."""
    @overload
    def min(self, dim: _int, keepdim: _bool = False) -> ValuesAndIndices: ...
    @overload
    def min(self, other: Tensor, /) -> Tensor: ...
    def minimum(self, other: Operand) -> Tensor:
        """The smaller element of each pair, and NaN if one of them is NaN. Equal elements share the gradient."""
    def mm(self, mat2: Tensor, out_dtype: DType | None = None) -> Tensor:
        """Multiply two matrices."""
    def mode(self, dim: _int = -1, keepdim: _bool = False) -> ValuesAndIndices:
        """Return the most frequent element along a dimension, and where it occurs last.  Of several the smallest."""
    def moveaxis(self, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
        """Move dimensions to other positions; the others keep their order."""
    def movedim(self, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
        """Move dimensions to other positions; the others keep their order."""
    def msort(self) -> Tensor:
        """Sort along the first dimension."""
    def mul(self, other: Operand) -> Tensor:
        """The product of each pair of elements: ``input * other``."""
    def mul_(self, other: Operand) -> Tensor:
        """The product of each pair of elements: ``input * other``."""
    def multinomial(
        self,
        num_samples: _int,
        replacement: _bool = False,
        *,
        generator: Generator | None = None,
    ) -> Tensor:
        """Draw classes with given weights."""
    def multiply(self, other: Operand) -> Tensor:
        """The product of each pair of elements: ``input * other``."""
    def multiply_(self, other: Operand) -> Tensor:
        """The product of each pair of elements: ``input * other``."""
    def mv(self, vec: Tensor) -> Tensor:
        """Multiply a matrix and a vector."""
    def mvlgamma(self, p: _int) -> Tensor:
        """Return the logarithm of the multivariate gamma function of dimension ``p``."""
    def mvlgamma_(self, p: _int) -> Tensor:
        """Return the logarithm of the multivariate gamma function of dimension ``p``."""
    def nan_to_num(self, nan: _float = 0.0, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
        """Replace NaN and infinities by finite values."""
    def nan_to_num_(self, nan: _float = 0.0, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
        """Replace NaN and infinities by finite values."""
    def nanmean(self, dim: Dims | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
        """Return the mean of the elements that are not NaN, of all or along ``dim``."""
    @overload
    def nanmedian(self) -> Tensor:
        """Return the median of the elements that are not NaN: of an even number of them, the lower one of the two in the middle."""
    @overload
    def nanmedian(self, dim: _int, keepdim: _bool = False) -> ValuesAndIndices: ...
    def nanquantile(
        self,
        q: _float | Tensor,
        dim: _int | None = None,
        keepdim: _bool = False,
        *,
        interpolation: str = 'linear',
    ) -> Tensor:
        """Return quantiles of the elements that are not NaN, of all or of those along ``dim``."""
    def nansum(self, dim: Dims | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
        """Return the sum of all elements, or of those along ``dim``, counting NaN as 0."""
    def narrow(self, dim: _int, start: _int | Tensor, length: _int) -> Tensor:
        """Return ``length`` consecutive slices along a dimension."""
    def narrow_copy(self, dim: _int, start: _int, length: _int) -> Tensor:
        """Return a copy of ``length`` consecutive slices along a dimension."""
    @property
    def nbytes(self) -> _int: ...
    def ndimension(self) -> _int:
        """Return the number of dimensions."""
    def ne(self, other: Operand) -> Tensor:
        """Where ``input`` differs from ``other``: ``input != other``."""
    def ne_(self, other: Operand) -> Tensor:
        """Where ``input`` differs from ``other``: ``input != other``."""
    def neg(self) -> Tensor:
        """The negative of each element, ``-input``."""
    def neg_(self) -> Tensor:
        """The negative of each element, ``-input``."""
    def negative(self) -> Tensor:
        """The negative of each element, ``-input``."""
    def negative_(self) -> Tensor:
        """The negative of each element, ``-input``."""
    def nelement(self) -> _int:
        """Return the number of elements."""
    def new_empty(
        self,
        size: _int | Sequence[_int] = (),
        *others: _int,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        requires_grad: _bool = False,
        backend: BackendLike | None = None,
    ) -> Tensor:
        """Create a tensor of zeros.  `empty` is another name: no tensor has undefined values."""
    def new_full(
        self,
        size: _int | Sequence[_int],
        fill_value: Number | Tensor,
        *,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        requires_grad: _bool = False,
        backend: BackendLike | None = None,
    ) -> Tensor:
        """Create a tensor filled with one value."""
    def new_ones(
        self,
        size: _int | Sequence[_int] = (),
        *others: _int,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        requires_grad: _bool = False,
        backend: BackendLike | None = None,
    ) -> Tensor:
        """Create a tensor of ones."""
    def new_tensor(
        self,
        data: Any,
        *,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        requires_grad: _bool = False,
        backend: BackendLike | None = None,
        copy: _bool = True,
    ) -> Tensor:
        """Create a tensor of a copy of data."""
    def new_zeros(
        self,
        size: _int | Sequence[_int] = (),
        *others: _int,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        requires_grad: _bool = False,
        backend: BackendLike | None = None,
    ) -> Tensor:
        """Create a tensor of zeros.  `empty` is another name: no tensor has undefined values."""
    def nextafter(self, other: Operand) -> Tensor:
        """The number of the data type that comes next after ``input`` in the direction of ``other``. It has no derivative: asking for one is an error."""
    def nextafter_(self, other: Operand) -> Tensor:
        """The number of the data type that comes next after ``input`` in the direction of ``other``. It has no derivative: asking for one is an error."""
    @overload
    def nonzero(self, *, as_tuple: Literal[False] = False) -> Tensor:
        """Return the positions of the elements that are not 0."""
    @overload
    def nonzero(self, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]: ...
    def norm(
        self,
        p: _float | str | None = 'fro',
        dim: Dims | None = None,
        keepdim: _bool = False,
        *,
        dtype: DTypeLike | None = None,
    ) -> Tensor:
        """Return the vector norm ``sum(abs(x) ** p) ** (1 / p)`` of all elements, or along ``dim``."""
    def normal_(
        self,
        mean: _float | Tensor = 0.0,
        std: _float | Tensor = 1.0,
        *,
        generator: Generator | None = None,
    ) -> Tensor:
        """Fill with numbers from a normal distribution."""
    def not_equal(self, other: Operand) -> Tensor:
        """Where ``input`` differs from ``other``: ``input != other``."""
    def not_equal_(self, other: Operand) -> Tensor:
        """Where ``input`` differs from ``other``: ``input != other``."""
    def numel(self) -> _int:
        """Return the number of elements."""
    def numpy(self, *, force: _bool = False) -> NDArray[Any]:
        """Return the values as a NumPy array, which can be written to."""
    def orgqr(self, tau: Tensor) -> Tensor:
        """Return the first columns of a product of Householder reflections ``I - tau[i] * v[i] @ v[i].mH``."""
    def ormqr(self, tau: Tensor, other: Tensor, left: _bool = True, transpose: _bool = False) -> Tensor:
        """Multiply matrices by a product of Householder reflections, without building it."""
    def outer(self, vec2: Tensor) -> Tensor:
        """Return the products of each element of one vector with each of another."""
    @overload
    def permute(self, dims: Sequence[_int]) -> Tensor:
        """Reorder the dimensions."""
    @overload
    def permute(self, *dims: _int) -> Tensor: ...
    def pin_memory(self, device: DeviceLike | None = None) -> Tensor:
        """Return the tensor itself: the backend decides how memory is transferred."""
    def pinverse(
        self,
        rcond: _float | None = None,
        hermitian: _bool = False,
        *,
        atol: _float | None = None,
        rtol: _float | None = None,
    ) -> Tensor:
        """Return the pseudoinverses of matrices."""
    def polygamma(self, n: _int) -> Tensor:
        """Return the ``n``-th derivative of `digamma` at each element, as `polygrad.polygamma`."""
    def polygamma_(self, n: _int) -> Tensor:
        """Return the ``n``-th derivative of `digamma` at each element, as `polygrad.polygamma`."""
    def positive(self) -> Tensor:
        """Return ``input`` itself: the operator ``+x``."""
    def pow(self, exponent: Operand) -> Tensor:
        """Raise ``input`` to the power of ``exponent``, element by element."""
    def pow_(self, exponent: Operand) -> Tensor:
        """Raise ``input`` to the power of ``exponent``, element by element."""
    def prelu(self, weight: Tensor) -> Tensor:
        """`leaky_relu` with learned slopes: ``input`` where it is positive, else ``weight * input``."""
    def prod(self, dim: _int | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
        """Return the product of all elements, or of those along ``dim``."""
    def put(self, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
        """Return a copy of a tensor with elements written at positions of the flattened tensor."""
    def put_(self, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
        """Return a copy of a tensor with elements written at positions of the flattened tensor."""
    def qr(self, mode: str | _bool = 'reduced') -> QRResult:
        """Return the QR decomposition ``A == Q @ R``."""
    def quantile(
        self,
        q: _float | Tensor,
        dim: _int | None = None,
        keepdim: _bool = False,
        *,
        interpolation: str = 'linear',
    ) -> Tensor:
        """Return quantiles of all elements, or of those along ``dim``."""
    def rad2deg(self) -> Tensor:
        """Convert angles from radians to degrees."""
    def rad2deg_(self) -> Tensor:
        """Convert angles from radians to degrees."""
    def random_(
        self,
        low: _int | None = None,
        to: _int | None = ...,
        *,
        generator: Generator | None = None,
    ) -> Tensor:
        """Fill with integers from ``low`` to ``to``, ``to`` excluded.  With one bound alone, it is ``to``, and ``low`` is 0."""
    def ravel(self) -> Tensor:
        """Return all elements as a contiguous vector: a view if ``input`` is contiguous, else a copy."""
    @property
    def real(self) -> Tensor: ...
    @real.setter
    def real(self, value: Operand) -> None: ...
    def reciprocal(self) -> Tensor:
        """``1 / input`` of each element. The derivative is ``-1 / input ** 2``."""
    def reciprocal_(self) -> Tensor:
        """``1 / input`` of each element. The derivative is ``-1 / input ** 2``."""
    def relu(self) -> Tensor:
        """Each element where it is positive, and 0 elsewhere: ``max(input, 0)``. The derivative at 0 is 0."""
    def relu_(self) -> Tensor:
        """Each element where it is positive, and 0 elsewhere: ``max(input, 0)``. The derivative at 0 is 0."""
    def remainder(self, other: Operand) -> Tensor:
        """What is left of ``input`` when whole multiples of ``other`` are taken away: ``input % other``. It has the sign of ``other``; `fmod` has that of ``input``. The derivative by ``other`` is minus the number of multiples."""
    def remainder_(self, other: Operand) -> Tensor:
        """What is left of ``input`` when whole multiples of ``other`` are taken away: ``input % other``. It has the sign of ``other``; `fmod` has that of ``input``. The derivative by ``other`` is minus the number of multiples."""
    def renorm(self, p: _float, dim: _int, maxnorm: _float) -> Tensor:
        """Scale slices along a dimension so that none has a larger norm than ``maxnorm``."""
    def renorm_(self, p: _float, dim: _int, maxnorm: _float) -> Tensor:
        """Scale slices along a dimension so that none has a larger norm than ``maxnorm``."""
    def repeat(self, repeats: _int | Sequence[_int] = (), *others: _int) -> Tensor:
        """Repeat the whole tensor along each dimension."""
    def repeat_interleave(
        self,
        repeats: _int | Tensor | None = None,
        dim: _int | None = None,
        *,
        output_size: _int | None = None,
    ) -> Tensor:
        """Repeat each element, or each slice along ``dim``, a number of times in a row."""
    def reshape(self, shape: _int | Sequence[_int] = (), *others: _int) -> Tensor:
        """Return a tensor of the same elements in another shape."""
    def reshape_as(self, other: Tensor) -> Tensor:
        """Return the same elements in the shape of another tensor."""
    def resolve_conj(self) -> Tensor:
        """Copy a conjugated view; any other tensor is returned itself."""
    def resolve_neg(self) -> Tensor:
        """Copy the imaginary part of a conjugated view; any other tensor is returned itself."""
    def roll(self, shifts: _int | Sequence[_int], dims: _int | Sequence[_int] | None = None) -> Tensor:
        """Shift elements cyclically along dimensions."""
    def rot90(self, k: _int = 1, dims: Sequence[_int] = (0, 1)) -> Tensor:
        """Rotate by multiples of 90 degrees in the plane of two dimensions."""
    def round(self, *, decimals: _int = 0) -> Tensor:
        """Round to the nearest multiple of ``10 ** -decimals``, halves to the even neighbour."""
    def round_(self, *, decimals: _int = 0) -> Tensor:
        """Round to the nearest multiple of ``10 ** -decimals``, halves to the even neighbour."""
    def rsqrt(self) -> Tensor:
        """Return the reciprocal of the square root, ``1 / sqrt(input)``."""
    def rsqrt_(self) -> Tensor:
        """Return the reciprocal of the square root, ``1 / sqrt(input)``."""
    def scatter(
        self,
        dim: _int,
        index: Tensor,
        src: Tensor | Number | None = None,
        *,
        value: Number | None = None,
        reduce: str | None = None,
    ) -> Tensor:
        """Return a copy with elements written along a dimension: ``out[index[i, j], j] = src[i, j]`` for ``dim=0``."""
    def scatter_(
        self,
        dim: _int,
        index: Tensor,
        src: Tensor | Number | None = None,
        *,
        value: Number | None = None,
        reduce: str | None = None,
    ) -> Tensor:
        """Return a copy with elements written along a dimension: ``out[index[i, j], j] = src[i, j]`` for ``dim=0``."""
    def scatter_add(self, dim: _int, index: Tensor, src: Tensor) -> Tensor:
        """Return a copy with elements added along a dimension: ``out[index[i, j], j] += src[i, j]`` for ``dim=0``."""
    def scatter_add_(self, dim: _int, index: Tensor, src: Tensor) -> Tensor:
        """Return a copy with elements added along a dimension: ``out[index[i, j], j] += src[i, j]`` for ``dim=0``."""
    def scatter_reduce(
        self,
        dim: _int,
        index: Tensor,
        src: Tensor,
        reduce: str,
        *,
        include_self: _bool = True,
    ) -> Tensor:
        """Return a copy with elements reduced into positions of a dimension: ``out[index[i, j], j] = reduce(…, src[i, j])``."""
    def scatter_reduce_(
        self,
        dim: _int,
        index: Tensor,
        src: Tensor,
        reduce: str,
        *,
        include_self: _bool = True,
    ) -> Tensor:
        """Return a copy with elements reduced into positions of a dimension: ``out[index[i, j], j] = reduce(…, src[i, j])``."""
    def select(self, dim: _int, index: _int) -> Tensor:
        """Return the slice at one position of a dimension, without that dimension."""
    def select_scatter(self, src: Tensor, dim: _int, index: _int) -> Tensor:
        """Return a copy of a tensor with one slice replaced: the reverse of `select`."""
    def sgn(self) -> Tensor:
        """The sign of each element: -1, 0 or 1; of a complex number ``z / |z|``, and 0 at 0. The derivative of a real sign is 0."""
    def sgn_(self) -> Tensor:
        """The sign of each element: -1, 0 or 1; of a complex number ``z / |z|``, and 0 at 0. The derivative of a real sign is 0."""
    def short(self, memory_format: Any = None) -> Tensor:
        """Convert to int16."""
    def sigmoid(self) -> Tensor:
        """The logistic function of each element, ``1 / (1 + exp(-input))``, between 0 and 1; accurate at both ends.  The derivative is ``sigmoid(input) * (1 - sigmoid(input))``."""
    def sigmoid_(self) -> Tensor:
        """The logistic function of each element, ``1 / (1 + exp(-input))``, between 0 and 1; accurate at both ends.  The derivative is ``sigmoid(input) * (1 - sigmoid(input))``."""
    def sign(self) -> Tensor:
        """The sign of each element: -1, 0 or 1; of a complex number ``z / |z|``, and 0 at 0. The derivative of a real sign is 0."""
    def sign_(self) -> Tensor:
        """The sign of each element: -1, 0 or 1; of a complex number ``z / |z|``, and 0 at 0. The derivative of a real sign is 0."""
    def signbit(self) -> Tensor:
        """Where the sign of ``input`` is set: negative numbers, and -0.0."""
    def sin(self) -> Tensor:
        """The sine of each element, in radians. The derivative is the cosine (DLMF 4.20)."""
    def sin_(self) -> Tensor:
        """The sine of each element, in radians. The derivative is the cosine (DLMF 4.20)."""
    def sinc(self) -> Tensor:
        """Return ``sin(pi * input) / (pi * input)`` of each element, and 1 at 0, where derivatives of every order exist."""
    def sinc_(self) -> Tensor:
        """Return ``sin(pi * input) / (pi * input)`` of each element, and 1 at 0, where derivatives of every order exist."""
    def sinh(self) -> Tensor:
        """The hyperbolic sine of each element, ``(exp(x) - exp(-x)) / 2``. The derivative is `cosh` (DLMF 4.34)."""
    def sinh_(self) -> Tensor:
        """The hyperbolic sine of each element, ``(exp(x) - exp(-x)) / 2``. The derivative is `cosh` (DLMF 4.34)."""
    def slice_scatter(
        self,
        src: Tensor,
        dim: _int = 0,
        start: _int | None = None,
        end: _int | None = None,
        step: _int = 1,
    ) -> Tensor:
        """Return a copy of a tensor with a range of slices replaced."""
    def slogdet(self) -> SlogdetResult:
        """Return the sign of the determinant, and the logarithm of its absolute value, which does not overflow."""
    def softmax(self, dim: _int | None = None, dtype: DTypeLike | None = None) -> Tensor:
        """Normalize exponentials along a dimension: ``exp(input) / sum(exp(input), dim)``, without overflow."""
    def sort(self, dim: _int = -1, descending: _bool = False, *, stable: _bool = True) -> ValuesAndIndices:
        """Sort along a dimension.  The sort is always stable, and NaN counts as the largest value."""
    def sparse_mask(self, mask: SparseTensor) -> SparseTensor:
        """Return the elements at the places that a sparse tensor stores."""
    def split(self, split_size_or_sections: _int | Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]:
        """Split a tensor along a dimension into parts of given lengths."""
    def sqrt(self) -> Tensor:
        """The square root of each element; NaN for negative numbers. The derivative is ``1 / (2 * sqrt(input))``."""
    def sqrt_(self) -> Tensor:
        """The square root of each element; NaN for negative numbers. The derivative is ``1 / (2 * sqrt(input))``."""
    def square(self) -> Tensor:
        """The square of each element, ``input * input``."""
    def square_(self) -> Tensor:
        """The square of each element, ``input * input``."""
    def squeeze(self, dim: Dims | None = None) -> Tensor:
        """Remove dimensions of length 1."""
    def squeeze_(self, dim: Dims | None = None) -> Tensor:
        """Remove dimensions of length 1 in place."""
    def std(
        self,
        dim: Dims | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        correction: Real | None = None,
    ) -> Tensor:
        """Return the standard deviation of all elements, or of those along ``dim``: the square root of `var`."""
    def stft(
        self,
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
        """Return the short-time Fourier transform: the spectra of pieces of a signal, each multiplied by a window."""
    def storage_offset(self) -> _int:
        """Return how many elements of the memory lie before the first one, in PyTorch's memory layout."""
    @overload
    def stride(self) -> tuple[_int, ...]:
        """Return how many elements lie between neighbours along each dimension, in PyTorch's memory layout."""
    @overload
    def stride(self, dim: _int) -> _int: ...
    def sub(self, other: Operand, *, alpha: Number = 1) -> Tensor:
        """Return ``input - alpha * other``."""
    def sub_(self, other: Operand, *, alpha: Number = 1) -> Tensor:
        """Subtract ``alpha * other`` in place."""
    def subtract(self, other: Operand, *, alpha: Number = 1) -> Tensor:
        """Return ``input - alpha * other``."""
    def subtract_(self, other: Operand, *, alpha: Number = 1) -> Tensor:
        """Subtract ``alpha * other`` in place."""
    def sum(self, dim: Dims | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
        """Return the sum of all elements, or of those along ``dim``."""
    def sum_to_size(self, *size: _int | Sequence[_int]) -> Tensor:
        """Sum over dimensions so that the result has a shape that broadcasts to that of the tensor."""
    def svd(self, some: _bool = True, compute_uv: _bool = True) -> SVDParts:
        """Return the singular value decomposition ``input == U @ diag(S) @ V.mH``: PyTorch's older form of `linalg.svd`."""
    def swapaxes(self, axis0: _int, axis1: _int) -> Tensor:
        """Swap two dimensions: `transpose` with NumPy's names of the arguments."""
    def swapaxes_(self, axis0: _int, axis1: _int) -> Tensor:
        """Swap two dimensions in place: `transpose_` with NumPy's names of the arguments."""
    def swapdims(self, dim0: _int | Sequence[_int], dim1: _int | None = None) -> Tensor:
        """Swap two dimensions."""
    def swapdims_(self, dim0: _int, dim1: _int) -> Tensor:
        """Swap two dimensions in place."""
    def t(self) -> Tensor:
        """Transpose a matrix; a vector or a number stays the same."""
    def t_(self) -> Tensor:
        """Transpose a matrix in place."""
    def take(self, index: Tensor) -> Tensor:
        """Return the elements at positions of the flattened tensor."""
    def take_along_dim(self, indices: Tensor, dim: _int | None = None) -> Tensor:
        """Return the elements at the given positions along a dimension, broadcasting the other dimensions."""
    def tan(self) -> Tensor:
        """The tangent of each element, in radians. The derivative is ``1 + tan(input) ** 2`` (DLMF 4.20)."""
    def tan_(self) -> Tensor:
        """The tangent of each element, in radians. The derivative is ``1 + tan(input) ** 2`` (DLMF 4.20)."""
    def tanh(self) -> Tensor:
        """The hyperbolic tangent of each element, between -1 and 1. The derivative is ``1 - tanh(input) ** 2`` (DLMF 4.34)."""
    def tanh_(self) -> Tensor:
        """The hyperbolic tangent of each element, between -1 and 1. The derivative is ``1 - tanh(input) ** 2`` (DLMF 4.34)."""
    def tensor_split(
        self,
        indices_or_sections: _int | Sequence[_int] | Tensor,
        dim: _int = 0,
    ) -> tuple[Tensor, ...]:
        """Split a tensor along a dimension into a number of parts, or at positions."""
    def tile(self, dims: _int | Sequence[_int] = (), *others: _int) -> Tensor:
        """Repeat the whole tensor along each dimension; unlike `repeat`, also for fewer numbers than dimensions."""
    def to(
        self,
        *args: Tensor | DTypeLike | DeviceLike | BackendLike | _bool | None,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        backend: BackendLike | None = None,
        copy: _bool = False,
        other: Tensor | None = None,
        non_blocking: _bool = False,
        memory_format: Any = None,
    ) -> Tensor:
        """Convert a tensor to another data type, device or backend.  The gradient flows back through each conversion."""
    def to_dense(self, dtype: DTypeLike | None = None, *, masked_grad: _bool | None = None) -> Tensor:
        """Return the tensor itself, which is dense, or converted to another data type."""
    def to_device(self, device: DeviceLike, /, *, stream: Any = None) -> Tensor:
        """Move a tensor to another device, as the Array API standard names it.  The gradient flows back."""
    def to_sparse(self, sparse_dim: _int | None = None, *, layout: Layout | None = None) -> SparseTensor:
        """Return a sparse tensor of the elements that are not 0."""
    def to_sparse_coo(self) -> SparseTensor:
        """Return a sparse tensor, in coordinates, of the elements that are not 0: `Tensor.to_sparse`."""
    def to_sparse_csr(self, dense_dim: _int | None = None) -> SparseTensor:
        """Return a sparse matrix, row by row, of the elements that are not 0."""
    def tolist(self) -> Any:
        """Return the values as nested lists of Python numbers; of a tensor without dimensions, a number."""
    def topk(self, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True) -> ValuesAndIndices:
        """Return the ``k`` largest or smallest elements along a dimension, in order, with their indices."""
    def trace(self) -> Tensor:
        """Return the sum of the diagonal of a matrix."""
    def transpose(self, dim0: _int | Sequence[_int], dim1: _int | None = None) -> Tensor:
        """Swap two dimensions."""
    def transpose_(self, dim0: _int, dim1: _int) -> Tensor:
        """Swap two dimensions in place."""
    def tril(self, diagonal: _int = 0) -> Tensor:
        """Return the lower triangles of matrices, with zeros elsewhere."""
    def tril_(self, diagonal: _int = 0) -> Tensor:
        """Return the lower triangles of matrices, with zeros elsewhere."""
    def triu(self, diagonal: _int = 0) -> Tensor:
        """Return the upper triangles of matrices, with zeros elsewhere."""
    def triu_(self, diagonal: _int = 0) -> Tensor:
        """Return the upper triangles of matrices, with zeros elsewhere."""
    def true_divide(self, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
        """Return ``input / other``, exact or rounded to an integer."""
    def true_divide_(self, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
        """Divide by ``other`` in place."""
    def trunc(self) -> Tensor:
        """Each element without its fraction: rounded towards 0. The derivative is 0."""
    def trunc_(self) -> Tensor:
        """Each element without its fraction: rounded towards 0. The derivative is 0."""
    @overload
    def type(self, dtype: None = None) -> str:
        """Return the name of the tensor's type, or the tensor converted to another one."""
    @overload
    def type(self, dtype: DTypeLike | str | type[Tensor], non_blocking: _bool = False) -> Tensor: ...
    def type_as(self, other: Tensor) -> Tensor:
        """Convert to the data type of another tensor."""
    def unbind(self, dim: _int = 0) -> tuple[Tensor, ...]:
        """Return all slices along a dimension, without that dimension."""
    def unflatten(self, dim: _int, sizes: Sequence[_int]) -> Tensor:
        """Split one dimension into several."""
    def unfold(self, dimension: _int, size: _int, step: _int) -> Tensor:
        """Return all windows of a length along a dimension."""
    def uniform_(self, low: _float = 0.0, to: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Fill with numbers from the uniform distribution on [low, to)."""
    @overload
    def unique(
        self,
        sorted: _bool = True,
        *,
        return_inverse: Literal[False] = False,
        return_counts: Literal[False] = False,
        dim: _int | None = None,
    ) -> Tensor:
        """Return the distinct elements, or the distinct slices along ``dim``, in ascending order."""
    @overload
    def unique(
        self,
        sorted: _bool = True,
        *,
        return_inverse: Literal[True],
        return_counts: Literal[False] = False,
        dim: _int | None = None,
    ) -> tuple[Tensor, Tensor]: ...
    @overload
    def unique(
        self,
        sorted: _bool = True,
        *,
        return_inverse: Literal[False] = False,
        return_counts: Literal[True],
        dim: _int | None = None,
    ) -> tuple[Tensor, Tensor]: ...
    @overload
    def unique(
        self,
        sorted: _bool = True,
        *,
        return_inverse: Literal[True],
        return_counts: Literal[True],
        dim: _int | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]: ...
    @overload
    def unique(
        self,
        sorted: _bool = True,
        return_inverse: _bool = False,
        return_counts: _bool = False,
        dim: _int | None = None,
    ) -> Any: ...
    @overload
    def unique_consecutive(
        self,
        *,
        return_inverse: Literal[False] = False,
        return_counts: Literal[False] = False,
        dim: _int | None = None,
    ) -> Tensor:
        """Return the elements, or the slices along ``dim``, without those that equal the one before."""
    @overload
    def unique_consecutive(
        self,
        *,
        return_inverse: Literal[True],
        return_counts: Literal[False] = False,
        dim: _int | None = None,
    ) -> tuple[Tensor, Tensor]: ...
    @overload
    def unique_consecutive(
        self,
        *,
        return_inverse: Literal[False] = False,
        return_counts: Literal[True],
        dim: _int | None = None,
    ) -> tuple[Tensor, Tensor]: ...
    @overload
    def unique_consecutive(
        self,
        *,
        return_inverse: Literal[True],
        return_counts: Literal[True],
        dim: _int | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]: ...
    @overload
    def unique_consecutive(
        self,
        return_inverse: _bool = False,
        return_counts: _bool = False,
        dim: _int | None = None,
    ) -> Any: ...
    def unsqueeze(self, dim: _int) -> Tensor:
        """Insert a dimension of length 1."""
    def unsqueeze_(self, dim: _int) -> Tensor:
        """Insert a dimension of length 1 in place."""
    def var(
        self,
        dim: Dims | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        correction: Real | None = None,
    ) -> Tensor:
        """Return the variance of all elements, or of those along ``dim``."""
    def vdot(self, other: Tensor) -> Tensor:
        """Return the inner product of two vectors, ``sum(conj(input) * other)``."""
    def view(self, size: _int | Sequence[_int] = (), *others: _int) -> Tensor:
        """Return a view of the same elements in another shape."""
    def view_as(self, other: Tensor) -> Tensor:
        """Return a view of this tensor in the shape of another one."""
    def vsplit(self, indices_or_sections: _int | Sequence[_int] | Tensor) -> tuple[Tensor, ...]:
        """Split a tensor along dimension 0, as `tensor_split` does."""
    def where(self, condition: Tensor, other: Operand) -> Tensor:
        """Choose this tensor where ``condition`` is True, and ``other`` elsewhere: ``where(condition, x, other)``."""
    def xlogy(self, other: Operand) -> Tensor:
        """Return ``input * log(other)``, and 0 where ``input`` is 0."""
    def xlogy_(self, other: Operand) -> Tensor:
        """Return ``input * log(other)``, and 0 where ``input`` is 0."""
    def zero_(self) -> Tensor:
        """Fill with zeros."""
