"""Conversion of parameters to one vector and back."""

from __future__ import annotations

from collections.abc import Iterable

from ..._core.tensor import Tensor
from ..._functions.common import check_tensor, tensors_of
from ..._functions.joining import cat
from ..._functions.manipulation import reshape


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """Concatenate the elements of several tensors to one vector, differentiably.

    Args:
        parameters: tensors of any shapes.

    Returns:
        A vector with as many elements as all of them.

    Example::

        >>> nn.utils.parameters_to_vector([polygrad.zeros(2, 2), polygrad.ones(1)])
        tensor([0., 0., 0., 0., 1.])
    """
    return cat([reshape(p, (-1,)) for p in tensors_of(parameters, "parameters_to_vector", "parameters")])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Copy the elements of a vector to several tensors: the reverse of `parameters_to_vector`.

    Args:
        vec: a vector with as many elements as all tensors.
        parameters: tensors of any shapes, which are changed in place.

    Raises:
        ValueError: ``vec`` has another number of elements; nothing is changed.
        TypeError: something is not a Tensor; nothing is changed.

    Example::

        >>> model = nn.Linear(2, 1)
        >>> nn.utils.vector_to_parameters(polygrad.arange(3.0), model.parameters())
        >>> model.bias
        Parameter containing:
        tensor([2.], requires_grad=True)
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
