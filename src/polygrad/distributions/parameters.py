"""What distributions share: parameters that broadcast, and probabilities as logits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._core.scalars import to_python
from .._core.tensor import Tensor
from .._dtypes import finfo
from .._functions.broadcasting import broadcast_tensors
from .._functions.common import assume, place_of
from .._functions.creation import as_tensor
from .._functions.nn.activations import softmax


class derived_parameter:
    """A parameter that is computed from another one, unless the constructor has stored it.

    It is computed whenever it is read, so that it belongs to the grad mode, the transform and the program that read it.
    """

    def __init__(self, compute: Callable[[Any], Tensor]):
        self.compute = compute
        self.__doc__ = compute.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else self.compute(instance)


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """Broadcast tensors and numbers; a number gets the data type and the place of the first tensor.

    Raises ValueError for anything else.
    """
    given = [to_python(value) for value in values]
    for value in given:
        if not isinstance(value, (Tensor, bool, int, float)):
            raise ValueError(f"the parameters of a distribution must be tensors or numbers, not {type(value).__name__}")
    like = next((value for value in given if isinstance(value, Tensor)), None)
    where = {} if like is None else {"dtype": like.dtype, **place_of(like)}
    made = [value if isinstance(value, Tensor) else as_tensor(float(value), **where) for value in given]
    return broadcast_tensors(*made)


def check_one_of(first: Any, second: Any) -> None:
    """Raise ValueError unless exactly one of two parameters is given."""
    if (first is None) == (second is None):
        raise ValueError("Either `probs` or `logits` must be specified, but not both.")


def all_true(valid: Tensor) -> bool:
    """Whether no element is known to be False.  Inside vmap, and while XLA traces, none is known."""
    return assume(valid.detach(), lambda values: bool(values.all())) is not False


def sum_rightmost(value: Tensor, count: int) -> Tensor:
    """Sum over the last ``count`` dimensions."""
    return value.sum(tuple(range(-count, 0))) if count else value


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities moved into the open interval (0, 1), by as much as 1 and the number after it differ."""
    eps = finfo(probs.dtype).eps
    return probs.clamp(eps, 1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """Logarithms of probabilities; of binary outcomes the log-odds."""
    clamped = clamp_probs(probs)
    return clamped.log() - (-clamped).log1p() if is_binary else clamped.log()


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """Probabilities of logits along the last dimension; of binary outcomes of each log-odds."""
    return logits.sigmoid() if is_binary else softmax(logits, dim=-1)
