"""All parameters as one vector, as optimizers of other libraries want them."""

from __future__ import annotations

from collections.abc import Iterable

from ..._core.tensor import Tensor
from ..._functions.common import check_tensor, tensors_of
from ..._functions.joining import cat
from ..._functions.manipulation import reshape


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The elements of all ``parameters`` in one vector; differentiable."""
    return cat([reshape(p, (-1,)) for p in tensors_of(parameters, "parameters_to_vector", "parameters")])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Give all ``parameters`` their values from one vector.

    Raises TypeError for what is no Tensor, ValueError where the vector has another number of elements; nothing is changed
    then.
    """
    check_tensor(vec, "vector_to_parameters", "vec")
    parameters = tensors_of(parameters, "vector_to_parameters", "parameters")
    counts = [p.shape.numel() for p in parameters]
    if sum(counts) != vec.shape.numel():
        raise ValueError(f"the vector has {vec.shape.numel()} elements, and the parameters have {sum(counts)}")
    start = 0
    for parameter, count in zip(parameters, counts, strict=True):
        parameter.data = reshape(vec[start : start + count], parameter.shape).detach()
        start += count
