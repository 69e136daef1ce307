"""Tensors of a module: parameters, which are trained, and buffers, which are not."""

from __future__ import annotations

from typing import Any

from .._core.tensor import Tensor, make_leaf
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from .._functions.creation import as_tensor, empty, zeros
from .._functions.printing import text

__all__ = [
    "Buffer",
    "Parameter",
    "UninitializedBuffer",
    "UninitializedParameter",
    "UninitializedTensorMixin",
    "is_lazy",
    "new_parameter",
]


class Parameter(Tensor):
    """A tensor that a `Module` trains: as an attribute of a module it is one of its `parameters`.

    It is a leaf of the graph.  It shares the memory of ``data``.

    Args:
        data: the value: a Tensor, or what `polygrad.tensor` takes; None for no elements.
        requires_grad: whether gradients are computed.

    Raises:
        RuntimeError: ``data`` is of integers and ``requires_grad`` is set.

    Example::

        >>> nn.Parameter(polygrad.zeros(2))
        Parameter containing:
        tensor([0., 0.], requires_grad=True)
    """

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Parameter:
        """Make a leaf that shares the memory of ``data``."""
        return _leaf(cls, data, requires_grad)

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        pass  # __new__ does the work; editors show this signature

    def __repr__(self) -> str:
        return f"Parameter containing:\n{text(self)}"


class Buffer(Tensor):
    """A tensor that is part of a module's state and not trained: as an attribute of a module it is one of its `buffers`.

    Args:
        data: the value: a Tensor, or what `polygrad.tensor` takes; None for no elements.
        persistent: whether it is part of the module's `state_dict`.

    Example::

        >>> module = nn.Module()
        >>> module.running_mean = nn.Buffer(polygrad.zeros(2))
        >>> list(module.state_dict())
        ['running_mean']
    """

    persistent: bool

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Buffer:
        """Make a tensor that shares the memory of ``data``."""
        made = _leaf(cls, data, False)
        made.persistent = persistent
        return made

    def __init__(self, data: Any = None, *, persistent: bool = True) -> None:
        pass


def _leaf(kind: type, data: Any, requires_grad: bool) -> Any:
    """Make a leaf of class ``kind`` that shares the memory of ``data``, if that is a tensor."""
    tensor = empty(0) if data is None else as_tensor(data)
    made = make_leaf(object.__new__(kind), tensor._read(), requires_grad)
    if tensor is data:
        made._share_storage(tensor)
    return made


def new_parameter(
    *shape: int, device: DeviceLike | None = None, dtype: DTypeLike | None = None, backend: BackendLike | None = None
) -> Parameter:
    """Make a parameter of zeros, to be initialized."""
    return Parameter(zeros(shape, device=device, dtype=dtype, backend=backend))


# -- parameters without a shape ----------------------------------------------------------------------------------------


class UninitializedTensorMixin(Tensor):
    """A parameter or buffer whose shape is not known yet: it has a data type and a device, and no elements.

    It can be converted and moved with its module; every operation on it is an error, until `materialize` gives it a shape.

    Example::

        >>> weight = nn.UninitializedParameter()
        >>> weight.materialize((2, 3))
        >>> weight.shape
        polygrad.Size([2, 3])
    """

    cls_to_become: type[Tensor]

    @property
    def _data(self) -> Any:
        raise ValueError(
            f"Attempted to use an uninitialized parameter or buffer, {type(self).__name__}: call the lazy module with an input, "
            "which initializes its parameters, before using them"
        )

    @_data.setter
    def _data(self, array: Any) -> None:
        _CELL.__set__(self, array)

    def _bare(self) -> Tensor:
        """Return an empty tensor of this data type, on this device."""
        return make_leaf(object.__new__(Tensor), _CELL.__get__(self), False)

    @property
    def shape(self) -> Any:
        """An error: the shape is not known."""
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` "
            "when trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the "
            "parameters before accessing their attributes."
        )

    @property
    def dtype(self) -> Any:
        """The data type that the elements will have."""
        return self._bare().dtype

    @property
    def device(self) -> Any:
        """The device on which the elements will be."""
        return self._bare().device

    @property
    def backend(self) -> Any:
        """The backend whose array this will hold."""
        return self._bare().backend

    def materialize(self, shape: Any, device: DeviceLike | None = None, dtype: DTypeLike | None = None) -> None:
        """Become a parameter or buffer of zeros, to be initialized.

        Args:
            shape: the shape.
            device: another device.
            dtype: another data type.
        """
        place = self.device if device is None else device
        made = zeros(shape, device=place, dtype=self.dtype if dtype is None else dtype, backend=self.backend)
        self.__class__ = self.cls_to_become  # type: ignore[assignment]  # a tensor with elements
        self.data = made

    def convert(self, fn: Any) -> None:
        """Take the data type and the device that ``fn`` gives an empty tensor."""
        self._data = fn(self._bare())._read()

    def detach(self) -> Any:
        """Return this parameter or buffer itself, for state dictionaries."""
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        made = _without_shape(type(self), self.requires_grad, self._bare())
        made.__dict__.update(self.__dict__)
        memo[id(self)] = made
        return made

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _without_shape, (type(self), self.requires_grad, self._bare())


#: Where a tensor keeps its array, which the class above hides.
_CELL: Any = vars(Tensor)["_data"]


def _without_shape(kind: type, requires_grad: bool, like: Tensor) -> Any:
    """Make an uninitialized parameter or buffer of the data type, and on the device, of ``like``."""
    made = _leaf(Parameter, like.detach(), requires_grad)
    made.__class__ = kind
    return made


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A `Parameter` of a lazy module: its shape is not known before the first input.

    Args:
        requires_grad: whether gradients are computed.
        device, dtype, backend: those that its elements will have; the defaults where None.

    Example::

        >>> nn.UninitializedParameter()
        <UninitializedParameter>
    """

    cls_to_become = Parameter

    def __new__(
        cls,
        requires_grad: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> UninitializedParameter:
        """Make a parameter without elements."""
        return _without_shape(cls, requires_grad, empty(0, device=device, dtype=dtype, backend=backend))

    def __init__(
        self,
        requires_grad: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        pass


class UninitializedBuffer(UninitializedTensorMixin, Buffer):
    """A `Buffer` of a lazy module: its shape is not known before the first input.

    Args:
        requires_grad: False.
        device, dtype, backend: those that its elements will have; the defaults where None.
        persistent: whether it is part of the module's `state_dict`.

    Example::

        >>> nn.UninitializedBuffer()
        <UninitializedBuffer>
    """

    cls_to_become = Buffer

    def __new__(
        cls,
        requires_grad: bool = False,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        persistent: bool = True,
        *,
        backend: BackendLike | None = None,
    ) -> UninitializedBuffer:
        """Make a buffer without elements."""
        made = _without_shape(cls, requires_grad, empty(0, device=device, dtype=dtype, backend=backend))
        made.persistent = persistent
        return made

    def __init__(
        self,
        requires_grad: bool = False,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        persistent: bool = True,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        pass


def is_lazy(param: Any) -> bool:
    """Return whether a parameter or buffer has no shape yet.

    Args:
        param: any object.

    Returns:
        True for an `UninitializedParameter` or `UninitializedBuffer`.

    Example::

        >>> nn.parameter.is_lazy(nn.UninitializedParameter()), nn.parameter.is_lazy(nn.Parameter())
        (True, False)
    """
    return isinstance(param, UninitializedTensorMixin)
