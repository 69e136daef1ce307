"""Tensors of a module: parameters, which are trained, and buffers, which are not."""

from __future__ import annotations

from typing import Any

from .._core.tensor import Tensor, make_leaf
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from .._functions.creation import as_tensor, empty, zeros
from .._functions.printing import text

__all__ = ["Buffer", "Parameter", "new_parameter"]


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
