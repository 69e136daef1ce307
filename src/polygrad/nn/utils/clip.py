"""Keeping gradients from becoming too large (Pascanu et al., "On the difficulty of training recurrent networks", 2013)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ..._core.precision import is_half, widen
from ..._core.tensor import Tensor
from ..._dtypes import promote
from ..._functions.creation import zeros
from ..._functions.norms import vector_norm
from ..._functions.pointwise import clamp
from ..._functions.shaping import stack
from ...autograd.grad_mode import no_grad

Tensors = Tensor | Iterable[Tensor]


def _several(tensors: Tensors) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _gradients(parameters: list[Tensor]) -> list[Tensor]:
    return [p.grad for p in parameters if p.grad is not None]


@no_grad()
def get_total_norm(
    tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of all ``tensors`` as if they were one vector.

    Raises RuntimeError for a norm that is not finite, if ``error_if_nonfinite``.
    """
    several = _several(tensors)
    norm = _total_norm(several, norm_type, error_if_nonfinite)
    return norm.to(promote(*[x.dtype for x in several])) if several else norm


def _total_norm(several: list[Tensor], norm_type: float, error_if_nonfinite: bool) -> Tensor:
    """That of gradients of half precision is in single precision: it is larger than each of them."""
    each = [vector_norm(widen(x), float(norm_type)) for x in several]
    norm = zeros(()) if not each else each[0] if len(each) == 1 else vector_norm(stack(each), float(norm_type))
    if error_if_nonfinite and not math.isfinite(norm.item()):
        raise RuntimeError(
            f"the total norm of order {norm_type} of the gradients is {norm.item()}, so they cannot be clipped; to scale "
            "them all the same, pass error_if_nonfinite=False"
        )
    return norm


@no_grad()
def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Multiply all gradients by ``max_norm / total_norm``, where that makes them smaller."""
    factor = clamp(float(max_norm) / (total_norm + 1e-6), max=1.0)
    for gradient in _gradients(_several(parameters)):
        if is_half(gradient):
            gradient.copy_(widen(gradient) * widen(factor))
        else:
            gradient.mul_(factor if factor.dtype is gradient.dtype else factor.to(gradient.dtype))


def clip_grad_norm_(
    parameters: Tensors, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:  # fmt: skip
    """Scale the gradients of ``parameters`` so that their norm, as of one vector, is at most ``max_norm``.

    Returns the norm that they had.  Raises RuntimeError for a norm that is not finite, if ``error_if_nonfinite``.

    Example::

        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    """
    several = _several(parameters)
    gradients = _gradients(several)
    with no_grad():
        norm = _total_norm(gradients, norm_type, error_if_nonfinite)
    clip_grads_with_norm_(several, max_norm, norm)
    return norm.to(promote(*[g.dtype for g in gradients])) if gradients else norm


@no_grad()
def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Bring every element of the gradients into the range from ``-clip_value`` to ``clip_value``."""
    bound: Any = float(clip_value)
    for gradient in _gradients(_several(parameters)):
        gradient.clamp_(-bound, bound)
