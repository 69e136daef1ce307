"""Gradient clipping (Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2012)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sized
from typing import Any

from ..._core.precision import is_half, upcast
from ..._core.tensor import Tensor
from ..._core.warn import warn
from ..._dtypes import promote
from ..._functions.common import check_tensor, real_number, tensors_of
from ..._functions.creation import zeros
from ..._functions.elementwise import clamp
from ..._functions.joining import stack
from ..._functions.linalg import vector_norm
from ...autograd.grad_mode import no_grad

Tensors = Tensor | Iterable[Tensor]


def _tensors_of(parameters: Tensors, function: str) -> list[Tensor]:
    found = tensors_of(parameters, function, "parameters")
    if not found and not isinstance(parameters, Sized):  # an exhausted generator
        warn("`parameters` is an empty generator, no gradient clipping will occur")
    return found


def _gradients(parameters: list[Tensor]) -> list[Tensor]:
    return [p.grad for p in parameters if p.grad is not None]


def _order(norm_type: Any, function: str) -> float:
    """Return the order of a norm, given as a number or as text such as "inf"."""
    return float(norm_type if isinstance(norm_type, str) else real_number(norm_type, function, "norm_type"))


@no_grad()
def get_total_norm(
    tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """Compute the norm of all elements of several tensors.

    Args:
        tensors: one tensor, or several.
        norm_type: the order of the norm, as a number or text such as "inf".
        error_if_nonfinite: raise RuntimeError for a norm that is infinite or NaN.
        foreach: accepted as in PyTorch, without effect.

    Returns:
        A scalar tensor.

    Raises:
        RuntimeError: the norm is not finite, with ``error_if_nonfinite``.

    Example::

        >>> nn.utils.get_total_norm([polygrad.tensor([3.0]), polygrad.tensor([4.0])])
        tensor(5.)
    """
    several = tensors_of(tensors, "get_total_norm", "tensors")
    order = _order(norm_type, "get_total_norm")
    norm = _total_norm(several, order, error_if_nonfinite)
    return norm.to(promote(*[x.dtype for x in several])) if several else norm


def _total_norm(several: list[Tensor], norm_type: float, error_if_nonfinite: bool) -> Tensor:
    """Compute the norm of all elements; of half precision in single precision, since it is larger than each of them."""
    each = [vector_norm(upcast(x), norm_type) for x in several]
    norm = zeros(()) if not each else each[0] if len(each) == 1 else vector_norm(stack(each), norm_type)
    if error_if_nonfinite and not math.isfinite(norm.item()):
        raise RuntimeError(
            f"the total norm of order {norm_type} of the gradients is {norm.item()}, so they cannot be clipped; to scale "
            "them anyway, pass error_if_nonfinite=False"
        )
    return norm


@no_grad()
def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Multiply gradients by ``max_norm / (total_norm + 1e-6)``, where that is less than 1.

    Args:
        parameters: one tensor, or several, whose ``.grad`` is scaled in place.
        max_norm: the largest norm.
        total_norm: the norm of all gradients, as from `get_total_norm`.
        foreach: accepted as in PyTorch, without effect.

    Example::

        >>> x = polygrad.tensor([3.0, 4.0], requires_grad=True)
        >>> (x * x).sum().backward()
        >>> nn.utils.clip_grads_with_norm_(x, max_norm=1.0, total_norm=nn.utils.get_total_norm(x.grad))
        >>> x.grad
        tensor([0.6000, 0.8000])
    """
    several = tensors_of(parameters, "clip_grads_with_norm_", "parameters")
    largest = float(real_number(max_norm, "clip_grads_with_norm_", "max_norm"))
    factor = clamp(largest / (check_tensor(total_norm, "clip_grads_with_norm_", "total_norm") + 1e-6), max=1.0)
    for gradient in _gradients(several):
        if is_half(gradient):
            gradient.copy_(upcast(gradient) * upcast(factor))
        else:
            gradient.mul_(factor if factor.dtype is gradient.dtype else factor.to(gradient.dtype))


def clip_grad_norm_(
    parameters: Tensors, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:  # fmt: skip
    """Scale gradients so that their norm, as of one vector, is at most ``max_norm``.

    Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2012, arXiv:1211.5063.

    Args:
        parameters: one tensor, or several, whose ``.grad`` is scaled in place.
        max_norm: the largest norm.
        norm_type: the order of the norm, as a number or text such as "inf".
        error_if_nonfinite: raise RuntimeError for a norm that is infinite or NaN.
        foreach: accepted as in PyTorch, without effect.

    Returns:
        The norm before, a scalar tensor.

    Raises:
        RuntimeError: the norm is not finite, with ``error_if_nonfinite``.

    Example::

        >>> model = nn.Linear(2, 1, bias=False)
        >>> model(polygrad.tensor([30.0, 40.0])).sum().backward()
        >>> nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)  # before optimizer.step()
        tensor(50.)
        >>> model.weight.grad
        tensor([[0.6000, 0.8000]])
    """
    several = _tensors_of(parameters, "clip_grad_norm_")
    largest = float(real_number(max_norm, "clip_grad_norm_", "max_norm"))
    order = _order(norm_type, "clip_grad_norm_")
    gradients = _gradients(several)
    with no_grad():
        norm = _total_norm(gradients, order, error_if_nonfinite)
    clip_grads_with_norm_(several, largest, norm)
    return norm.to(promote(*[g.dtype for g in gradients])) if gradients else norm


@no_grad()
def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Clip every element of gradients to the range from ``-clip_value`` to ``clip_value``.

    Args:
        parameters: one tensor, or several, whose ``.grad`` is clipped in place.
        clip_value: the largest absolute value.
        foreach: accepted as in PyTorch, without effect.

    Example::

        >>> x = polygrad.tensor([3.0, 0.1], requires_grad=True)
        >>> (x * x).sum().backward()
        >>> nn.utils.clip_grad_value_(x, 1.0)
        >>> x.grad
        tensor([1.0000, 0.2000])
    """
    several = tensors_of(parameters, "clip_grad_value_", "parameters")
    bound: Any = float(real_number(clip_value, "clip_grad_value_", "clip_value"))
    for gradient in _gradients(several):
        gradient.clamp_(-bound, bound)
