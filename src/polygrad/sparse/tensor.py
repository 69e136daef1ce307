"""`SparseTensor`: what a program calls on a sparse tensor, and how it takes part in polygrad's functions and in pytrees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Self

from .. import _dtypes
from .._core.errors import LayoutError, ShapeError, unsupported_layout
from .._core.primitive import OPERATIONS as xp
from .._core.primitive import Primitive
from .._core.scalars import OTHER_TENSORS, UNCONVERTED_TYPES
from .._core.tensor import ElementCount, Size, Tensor
from .._devices import Device
from .._dtypes import DType
from .._functions import conversion
from .._layouts import Layout, sparse_coo, sparse_csr
from .._pytree import NODES
from ..backends.base import Backend
from . import elementwise, products, reductions
from .printing import text
from .storage import _Storage, coalesced, dense_of, to_coo, to_csr


class SparseTensor(_Storage):
    """A tensor that stores only some of its elements; all others are 0.

    `polygrad.sparse_coo_tensor`, `polygrad.sparse_csr_tensor` and ``x.to_sparse()`` make one.  It is composed of ordinary tensors,
    indices and values, so that gradients flow to and from the values, and every backend, `polygrad.compile` and `polygrad.vmap`
    over dense operands work with it.  It is not a `Tensor`: functions that do not take it say so.

    Args:
        *args, **kwargs: none are taken: the class itself makes no tensor.

    Raises:
        TypeError: the class is called.

    Example::

        >>> x = polygrad.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3))
        >>> x
        tensor(indices=tensor([[0, 1],
                               [2, 0]]),
               values=tensor([3., 4.]),
               size=(2, 3), nnz=2, layout=polygrad.sparse_coo)
        >>> x @ polygrad.ones(3, 1)
        tensor([[3.],
                [4.]])
    """

    __slots__ = ()

    __array_ufunc__ = None
    __array_priority__ = 1000

    def __init__(self, *args: Any, **kwargs: Any):
        raise TypeError(
            "polygrad.sparse_coo_tensor(...), polygrad.sparse_csr_tensor(...) and x.to_sparse() make sparse tensors"
        )

    # -- facts ---------------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """The shape, a `Size`: a tuple of ints."""
        return self._shape

    def dim(self) -> int:
        """Return the number of dimensions."""
        return len(self._shape)

    @property
    def size(self) -> ElementCount:
        """The number of elements, stored or not, an int.  Called, the shape ``x.size()`` or one length ``x.size(dim)``."""
        count = ElementCount(self._shape.numel())
        count.shape = self._shape
        return count

    def numel(self) -> int:
        """Return the number of elements, stored or not."""
        return self._shape.numel()

    @property
    def device(self) -> Device:
        """The device of the values and of the indices."""
        return self._stored.device

    @property
    def backend(self) -> Backend:
        """The backend of the values and of the indices."""
        return self._stored.backend

    @property
    def layout(self) -> Layout:
        """`polygrad.sparse_coo` or `polygrad.sparse_csr`."""
        return self._layout

    @property
    def is_sparse(self) -> bool:
        """Whether the layout is `polygrad.sparse_coo`."""
        return self._layout is sparse_coo

    @property
    def is_sparse_csr(self) -> bool:
        """Whether the layout is `polygrad.sparse_csr`."""
        return self._layout is sparse_csr

    @property
    def is_cpu(self) -> bool:
        """Whether the tensor is in the memory of the CPU."""
        return self._stored.is_cpu

    @property
    def is_cuda(self) -> bool:
        """Whether the tensor is on a CUDA device."""
        return self._stored.is_cuda

    def is_floating_point(self) -> bool:
        """Return whether the data type is of floating point."""
        return self.dtype.is_floating_point

    def is_complex(self) -> bool:
        """Return whether the data type is complex."""
        return self.dtype.is_complex

    def get_device(self) -> int:
        """Return the number of the CUDA device, -1 on the CPU."""
        return self._stored.get_device()

    def sparse_dim(self) -> int:
        """Return the number of dimensions that indices are for."""
        return self._sparse_ndim()

    def dense_dim(self) -> int:
        """Return the number of dimensions of each stored value."""
        return len(self._shape) - self._sparse_ndim()

    def _nnz(self) -> int:
        """Return the number of stored values."""
        return self._count()

    # -- parts ---------------------------------------------------------------------------------------------------------

    def indices(self) -> Tensor:
        """Return the indices, of shape ``(sparse_dim, nnz)``.  Raises RuntimeError where the tensor is not coalesced, or is CSR."""
        self._check_coo("indices")
        if not self._coalesced:
            raise ShapeError("indices(): the tensor is not coalesced; call .coalesce() first, or ._indices()")
        return self._pattern[0]

    def values(self) -> Tensor:
        """Return the values, of shape ``(nnz, *dense)``.  Raises RuntimeError where a tensor in COO is not coalesced."""
        if self._layout is sparse_coo and not self._coalesced:
            raise ShapeError("values(): the tensor is not coalesced; call .coalesce() first, or ._values()")
        return self._stored

    def _indices(self) -> Tensor:
        self._check_coo("_indices")
        return self._pattern[0]

    def _values(self) -> Tensor:
        return self._stored

    def crow_indices(self) -> Tensor:
        """Return where the elements of each row begin, ``rows + 1`` integers.  Raises RuntimeError where the layout is not CSR."""
        self._check_csr("crow_indices")
        return self._pattern[0]

    def col_indices(self) -> Tensor:
        """Return the column of each element.  Raises RuntimeError where the layout is not CSR."""
        self._check_csr("col_indices")
        return self._pattern[1]

    def is_coalesced(self) -> bool:
        """Return whether the indices are known to be in order, each once.  Raises RuntimeError where the layout is not COO."""
        self._check_coo("is_coalesced")
        return self._coalesced

    def coalesce(self) -> SparseTensor:
        """Return the tensor with its indices in order, each once; values of equal places are added.

        Itself where it is coalesced.  The number of elements depends on values, so that a compiled function cannot do this.
        Raises RuntimeError where the layout is not COO.
        """
        self._check_coo("coalesce")
        return coalesced(self)

    def _check_coo(self, name: str) -> None:
        if self._layout is not sparse_coo:
            raise ShapeError(
                f"{name}() is for the layout sparse_coo, and this tensor has sparse_csr; see x.to_sparse_coo()"
            )

    def _check_csr(self, name: str) -> None:
        if self._layout is not sparse_csr:
            raise ShapeError(
                f"{name}() is for the layout sparse_csr, and this tensor has sparse_coo; see x.to_sparse_csr()"
            )

    # -- layouts and types ---------------------------------------------------------------------------------------------

    def to_dense(self, dtype: DType | None = None, *, masked_grad: bool | None = None) -> Tensor:
        """Return the dense tensor of the same elements; values of equal places are added.

        Args:
            dtype: the data type; by default that of the values.
            masked_grad: accepted for compatibility with PyTorch: the gradient has the pattern of this tensor.
        """
        dense = dense_of(self)
        return dense if dtype is None else conversion.to(dense, dtype)

    def to_sparse(self, sparse_dim: int | None = None, *, layout: Layout | None = None) -> SparseTensor:
        """Return the tensor in coordinates, or in another sparse layout.  Raises RuntimeError for a new ``sparse_dim``."""
        if sparse_dim is not None and sparse_dim != self._sparse_ndim():
            raise LayoutError("to_sparse(): sparse_dim of a sparse tensor cannot be changed; write x.to_dense() first")
        return to_csr(self) if layout is sparse_csr else to_coo(self)

    def to_sparse_coo(self) -> SparseTensor:
        """Return the tensor in coordinates."""
        return to_coo(self)

    def to_sparse_csr(self, dense_dim: int | None = None) -> SparseTensor:
        """Return the matrix row by row.  Raises RuntimeError where it is no matrix, and for a ``dense_dim`` other than 0."""
        if dense_dim:
            raise LayoutError("to_sparse_csr(): dense dimensions are not supported")
        return to_csr(self)

    def to(self, *args: Any, **kwargs: Any) -> SparseTensor:
        """Convert to another data type, device or backend: the arguments of `Tensor.to`.  The gradient flows back."""
        args = tuple(x._stored if isinstance(x, SparseTensor) else x for x in args)
        return self._moved(conversion.to(self._stored, *args, **kwargs))

    def _moved(self, values: Tensor) -> Self:
        if values is self._stored:
            return self
        pattern = tuple(conversion.to(x, backend=values.backend, device=values.device) for x in self._pattern)
        return self._make(self._layout, pattern, values, self._shape, self._coalesced)

    def type_as(self, other: Tensor | SparseTensor) -> SparseTensor:
        """Convert to the data type of another tensor."""
        if not isinstance(other, (Tensor, SparseTensor)):
            raise TypeError(f"type_as() takes a tensor, not {type(other).__name__}")
        return self.to(other.dtype)

    def cpu(self) -> SparseTensor:
        """Move to the memory of the CPU."""
        return self._moved(self._stored.cpu())

    def cuda(self, device: Any = None) -> SparseTensor:
        """Move to a CUDA device."""
        return self._moved(self._stored.cuda(device))

    # -- autograd ------------------------------------------------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this tensor are recorded, as its values require grad.  It can be set on a leaf."""
        return self._stored.requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set whether operations on this tensor are recorded, and return it.

        The values become a leaf; the tensor that they were given by is not changed.  Raises RuntimeError for a data type without
        derivatives, or False for a tensor that an operation recorded.
        """
        if requires_grad and not self._stored.requires_grad:
            self._stored = self._stored.detach().requires_grad_()
        elif not requires_grad:
            self._stored.requires_grad_(False)
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether the user made this tensor.  False where its values were computed, or given by a tensor that requires grad."""
        return self._stored.is_leaf

    @property
    def grad_fn(self) -> Any:
        """The graph node of the operation that computed the values; None for a leaf."""
        return self._stored.grad_fn

    @property
    def grad(self) -> SparseTensor | None:
        """The gradient that ``backward`` accumulated in a leaf: a sparse tensor of the same pattern.  Setting None clears it."""
        found = self._stored.grad
        return None if found is None else self._with_values(found)

    @grad.setter
    def grad(self, value: SparseTensor | None) -> None:
        if value is None:
            self._stored.grad = None
        elif isinstance(value, SparseTensor) and elementwise.same_pattern(value, self):
            self._stored.grad = value._stored
        else:
            raise ShapeError(
                "the gradient of a sparse tensor must be None, or a sparse tensor made from it, of the same pattern"
            )

    def detach(self) -> SparseTensor:
        """Return the same tensor outside the graph.  Memory is shared."""
        return self._with_values(self._stored.detach())

    def clone(self, *, memory_format: Any = None) -> SparseTensor:
        """Return a copy, through which gradients flow.  ``memory_format`` is accepted for compatibility with PyTorch."""
        pattern = tuple(x.clone() for x in self._pattern)
        return self._make(self._layout, pattern, self._stored.clone(), self._shape, self._coalesced)

    # -- shapes --------------------------------------------------------------------------------------------------------

    def transpose(self, dim0: int, dim1: int) -> SparseTensor:
        """Exchange two sparse dimensions.  Raises RuntimeError for dense ones, and where the layout is not COO."""
        ndim = len(self._shape)
        axes = list(range(ndim))
        for dim in (dim0, dim1):
            if not -ndim <= dim < ndim:
                raise IndexError(f"transpose(): dim is from {-ndim} to {ndim - 1} for this tensor, not {dim}")
        axes[dim0], axes[dim1] = axes[dim1], axes[dim0]
        return self._permuted(axes, "transpose")

    def t(self) -> SparseTensor:
        """Exchange the dimensions of a matrix.  Raises RuntimeError for more than two, and where the layout is not COO."""
        if len(self._shape) > 2:
            raise ShapeError(f"t() expects a tensor with at most 2 dimensions, but this one has {len(self._shape)}")
        return self._permuted(list(range(len(self._shape)))[::-1], "t")

    @property
    def T(self) -> SparseTensor:
        """The matrix with its dimensions exchanged."""
        return self.t()

    @property
    def mT(self) -> SparseTensor:
        """The last two dimensions exchanged."""
        return self.transpose(-2, -1)

    def _permuted(self, axes: Sequence[int], name: str) -> SparseTensor:
        if self._layout is not sparse_coo:
            raise LayoutError(f"{name}() does not take the layout sparse_csr; write x.to_sparse_coo().{name}(...)")
        ndim, own = len(self._shape), self._sparse_ndim()
        axes = [axis % ndim for axis in axes]
        if axes == list(range(ndim)):
            return self
        if sorted(axes[:own]) != list(range(own)) or axes[own:] != list(range(own, ndim)):
            raise LayoutError(f"{name}(): dense dimensions stay where they are; write x.to_dense()")
        places = self._places()
        indices = xp.stack([places[axis] for axis in axes[:own]], axis=0)
        return self._coo(indices, self._stored, [self._shape[axis] for axis in axes], self._count() < 2)

    # -- arithmetic ----------------------------------------------------------------------------------------------------

    def add(self, other: Any, *, alpha: Any = 1) -> Any:
        """Return ``self + alpha * other``.  Raises RuntimeError where the result would be dense, except for CSR + dense."""
        return elementwise.add(self, other, alpha)

    def sub(self, other: Any, *, alpha: Any = 1) -> Any:
        """Return ``self - alpha * other``, as `add` does."""
        return elementwise.subtract(self, other, alpha)

    def mul(self, other: Any) -> SparseTensor:
        """Return the product with a number, or of each pair of elements with a sparse or dense tensor: sparse."""
        return elementwise.multiply(self, other)

    def div(self, other: Any, *, rounding_mode: str | None = None) -> SparseTensor:
        """Return the quotient by a number.  Raises RuntimeError for another ``other``."""
        return elementwise.divide(self, other, rounding_mode)

    def floor_divide(self, other: Any) -> SparseTensor:
        """Return the quotient by a number, rounded down."""
        return elementwise.divide(self, other, "floor")

    def pow(self, exponent: float) -> SparseTensor:
        """Return each element to the power of a positive number.  Raises RuntimeError for another exponent."""
        return elementwise.power(self, exponent)

    multiply: Callable[..., SparseTensor] = mul
    divide: Callable[..., SparseTensor] = div
    true_divide: Callable[..., SparseTensor] = div
    subtract: Callable[..., Any] = sub

    def __add__(self, other: Any) -> Any:
        return self.add(other)

    def __sub__(self, other: Any) -> Any:
        return self.sub(other)

    def __mul__(self, other: Any) -> SparseTensor:
        return self.mul(other)

    def __rmul__(self, other: Any) -> SparseTensor:
        return self.mul(other)

    def __truediv__(self, other: Any) -> SparseTensor:
        return self.div(other)

    def __floordiv__(self, other: Any) -> SparseTensor:
        return self.floor_divide(other)

    def __pow__(self, exponent: float) -> SparseTensor:
        return self.pow(exponent)

    def __radd__(self, other: Any) -> Any:
        return elementwise.add(other, self)

    def __rsub__(self, other: Any) -> Any:
        return elementwise.subtract(other, self)

    def __rtruediv__(self, other: Any) -> NoReturn:
        raise LayoutError("a sparse tensor cannot be divided by, since it has zeros; write x.to_dense()")

    def __neg__(self) -> SparseTensor:
        return elementwise.apply("negative", self)

    def __abs__(self) -> SparseTensor:
        return elementwise.apply("abs", self)

    def sparse_mask(self, mask: SparseTensor) -> SparseTensor:
        """Return the elements at the places that another sparse tensor of the same shape stores."""
        return elementwise.masked(self, mask)

    # -- products and sums ---------------------------------------------------------------------------------------------

    def matmul(self, other: Any) -> Any:
        """Return the product of this matrix with a matrix or a vector: dense, or sparse with a sparse one."""
        return products.matmul(self, other)

    def mm(self, mat2: Any) -> Any:
        """Return the product of this matrix with a matrix: dense, or sparse with a sparse one."""
        if getattr(mat2, "ndim", 2) != 2:
            raise ShapeError(f"mm(): mat2 must be a matrix, not of shape {tuple(mat2.shape)}")
        return products.matmul(self, mat2, "mm")

    def mv(self, vec: Tensor) -> Tensor:
        """Return the product of this matrix with a dense vector."""
        if getattr(vec, "ndim", 1) != 1:
            raise ShapeError(f"mv(): vec must be a vector, not of shape {tuple(vec.shape)}")
        return products.matmul(self, vec, "mv")

    def __matmul__(self, other: Any) -> Any:
        return products.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return products.matmul(other, self)

    def sum(self, dim: Any = None, *, dtype: DType | None = None) -> Any:
        """Return the sum over ``dim``, as `polygrad.sparse.sum` does."""
        return reductions.total(self, dim, dtype)

    # -- Python's protocols --------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return text(self)

    def __len__(self) -> int:
        if not self._shape:
            raise TypeError("len() of a 0-d tensor")
        return self._shape[0]

    def __bool__(self) -> NoReturn:
        raise unsupported_layout("bool")

    def __iter__(self) -> NoReturn:
        raise unsupported_layout("iter")

    def __getitem__(self, key: Any) -> NoReturn:
        raise LayoutError("x[...] does not take sparse tensors; write x.to_dense(), or use x.indices() and x.values()")

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise LayoutError("x[...] = value does not take sparse tensors; make a new one from indices and values")

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LayoutError("a sparse tensor is no NumPy array; write x.to_dense()")

    def __reduce__(self) -> tuple[Any, ...]:
        pattern = self._pattern if self._layout is sparse_coo else self._pattern[:2]
        return _restored, (self._layout.name, pattern, self._stored, tuple(self._shape), self._coalesced)

    def __getattr__(self, name: str) -> Any:
        known = None if name.startswith("__") else getattr(Tensor, name, None)
        if known is None:
            raise AttributeError(f"a sparse tensor has no attribute {name!r}")
        if name.startswith("_"):  # what a function asks of a Tensor that it did not expect to be another
            raise LayoutError("this function does not take sparse tensors; write x.to_dense() for a sparse x")
        if isinstance(known, property):
            raise unsupported_layout(name)

        def refuse(*args: Any, **kwargs: Any) -> NoReturn:
            raise unsupported_layout(name)

        return refuse


SparseTensor.__module__ = "polygrad.sparse"


def _restored(layout: str, pattern: tuple[Tensor, ...], values: Tensor, shape: tuple[int, ...], coalesced: bool) -> Any:
    """The sparse tensor that was pickled.  Raises RuntimeError or TypeError for parts that do not fit together."""
    from .construction import sparse_coo_tensor, sparse_csr_tensor

    if layout == "sparse_csr":
        starts, columns = pattern
        made = sparse_csr_tensor(starts, columns, values.detach(), shape)
    else:
        made = sparse_coo_tensor(pattern[0], values.detach(), shape, is_coalesced=coalesced)
    made._stored = values
    return made


_restored.__module__ = "polygrad.sparse"


# -- methods of one operand --------------------------------------------------------------------------------------------


def _method(name: str, primitive: str) -> Callable[[SparseTensor], SparseTensor]:
    def method(self: SparseTensor) -> SparseTensor:
        return elementwise.apply(primitive, self)

    method.__name__, method.__qualname__ = name, f"SparseTensor.{name}"
    method.__doc__ = f"Return `polygrad.{name}` of each element, which maps 0 to 0."
    return method


def _cast(name: str, dtype: DType) -> Callable[[SparseTensor], SparseTensor]:
    def method(self: SparseTensor) -> SparseTensor:
        return self.to(dtype)

    method.__name__, method.__qualname__ = name, f"SparseTensor.{name}"
    method.__doc__ = f"Convert to {dtype.name}."
    return method


_ALSO = {"neg": "negative", "arcsin": "asin", "arctan": "atan", "arcsinh": "asinh", "arctanh": "atanh"}
for _name in (elementwise.ZERO_PRESERVING | {"negative", "positive", "conj"}) | _ALSO.keys():
    setattr(SparseTensor, _name, _method(_name, _ALSO.get(_name, _name)))
for _name, _dtype in (_dtypes.ALIASES | {"bool": _dtypes.bool}).items():
    setattr(SparseTensor, _name, _cast(_name, _dtype))


# -- polygrad's functions, called on sparse tensors --------------------------------------------------------------------


def _sum(s: Any, axis: Any = None, keepdims: bool = False) -> Any:
    if keepdims:
        raise LayoutError("sum() of a sparse tensor does not take keepdim=True; write x.to_dense()")
    return reductions.total(s, axis)


#: Primitive → what computes it where an operand is sparse.
_COMPUTED: dict[str, Callable[..., Any]] = {
    "add": elementwise.add, "subtract": elementwise.subtract, "multiply": elementwise.multiply, "divide": elementwise.divide,
    "floor_divide": lambda x, y: elementwise.divide(x, y, "floor"), "pow": elementwise.power, "matmul": products.matmul,
    "sum": _sum, "matrix_transpose": lambda s: s.mT, "permute_dims": lambda s, axes: s._permuted(axes, "permute"),
}  # fmt: skip


def _run(primitive: Primitive, operands: Sequence[Any], settings: dict[str, Any]) -> Any:
    """A primitive on operands of which one is sparse.  Raises LayoutError where it is not for them."""
    name = primitive.name
    if name in elementwise.ZERO_PRESERVING or name in elementwise.LINEAR:
        return elementwise.apply(name, operands[0], **settings)
    if name not in _COMPUTED:
        raise unsupported_layout(primitive.public_name)
    return _COMPUTED[name](*operands, **settings)


def _parts(s: SparseTensor) -> tuple[list[Tensor], Any]:
    return [*s._pattern, s._stored], (s._layout, tuple(s._shape), s._coalesced)


def _of_parts(facts: Any, parts: Sequence[Tensor]) -> SparseTensor:
    layout, shape, is_coalesced = facts
    return SparseTensor._make(layout, tuple(parts[:-1]), parts[-1], shape, is_coalesced)


OTHER_TENSORS[SparseTensor] = _run
NODES[SparseTensor] = _parts, _of_parts
UNCONVERTED_TYPES.add(SparseTensor)
