"""`Variable`, PyTorch's former name of a tensor in the graph."""

from __future__ import annotations

from .._core.tensor import Tensor

__all__ = ["Variable"]


class _VariableType(type):
    def __instancecheck__(cls, x: object) -> bool:
        return isinstance(x, Tensor)


class Variable(metaclass=_VariableType):
    """PyTorch's former name of a tensor in the graph; every tensor is an instance.

    Args:
        data: a tensor.
        requires_grad: whether the result requires grad.

    Returns:
        A new tensor with the memory of ``data``, outside its graph.

    Raises:
        TypeError: ``data`` is no tensor.

    Example::

        >>> x = polygrad.autograd.Variable(polygrad.tensor([1.0, 2.0]), requires_grad=True)
        >>> isinstance(x, polygrad.Tensor), x.requires_grad
        (True, True)
    """

    def __new__(cls, data: Tensor, requires_grad: bool = False) -> Tensor:  # type: ignore[misc]  # it makes tensors
        """Make a tensor."""
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        return data.detach().requires_grad_(requires_grad)
