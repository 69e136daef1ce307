"""Tensors that belong to a module: what is trained (Parameter) and what is only kept (Buffer)."""

from __future__ import annotations

from typing import Any

from .._core.tensor import Tensor, make_leaf
from .._functions.creation import as_tensor, empty, zeros
from .._functions.printing import text

__all__ = ["Buffer", "Parameter", "new_parameter"]


class Parameter(Tensor):
    """A tensor that a `Module` trains: assigned to an attribute of a module, it is among its `parameters`.

    It is a leaf of the graph, and requires grad unless told otherwise.  It shares the value of ``data``, a Tensor (or
    numbers, or an array), and may have attributes of its own.

    Raises RuntimeError for integer ``data`` that is to require grad.

    Example::

        weight = polygrad.nn.Parameter(polygrad.zeros(3))
        weight.requires_grad  # True
    """

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Parameter:
        return _leaf(cls, data, requires_grad)

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        pass  # all is done in __new__; this is what editors show

    def __repr__(self) -> str:
        return f"Parameter containing:\n{text(self)}"


class Buffer(Tensor):
    """A tensor that is part of a module's state but not trained: assigned to an attribute of a module, it is registered.

    A ``persistent`` buffer is part of the module's `state_dict`.

    Example::

        module.running_mean = polygrad.nn.Buffer(polygrad.zeros(3))
    """

    persistent: bool

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Buffer:
        made = _leaf(cls, data, False)
        made.persistent = persistent
        return made

    def __init__(self, data: Any = None, *, persistent: bool = True) -> None:
        pass


def _leaf(kind: type, data: Any, requires_grad: bool) -> Any:
    """A leaf of class ``kind`` that shares the memory of ``data``, if that is a tensor."""
    tensor = empty(0) if data is None else as_tensor(data)
    made = make_leaf(object.__new__(kind), tensor._read(), requires_grad)
    if tensor is data:
        made._share_storage(tensor)
    return made


def new_parameter(*shape: int, device: Any = None, dtype: Any = None, backend: Any = None) -> Parameter:
    """A parameter of that shape, still without its first values."""
    return Parameter(zeros(shape, device=device, dtype=dtype, backend=backend))
