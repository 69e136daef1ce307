"""PyTorch's own samples of its operators and layers, and their arguments as polygrad's.

The samples are part of PyTorch (``torch.testing._internal``), and need expecttest.  Operators and layers that polygrad does not
have are left out.
"""

from __future__ import annotations

import warnings

import numpy as np
import torch

import polygrad
import polygrad.linalg
import polygrad.nn.functional
import polygrad.signal
from polygrad import nn

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from torch.testing._internal.common_methods_invocations import op_db
    from torch.testing._internal.common_modules import module_db


def polygrad_function(name: str):
    """polygrad's function of that name, or None."""
    home = polygrad
    *modules, name = name.split(".")
    for module in modules:
        home = getattr(home, module, None)
    found = getattr(home, name, None)
    if not modules and (found is None or isinstance(found, polygrad.DType) or not callable(found)):
        found = getattr(polygrad.Tensor, name, None)
    return found.fget if isinstance(found, property) else found


OPERATORS = {}
for _operator in op_db:
    if callable(polygrad_function(_operator.name)):
        _variant = f"/{_operator.variant_test_name}" if _operator.variant_test_name else ""
        OPERATORS[_operator.name + _variant] = _operator


def to_polygrad(value):
    """An argument of PyTorch's as polygrad's."""
    if isinstance(value, torch.Tensor) and value.layout is torch.sparse_csr:
        parts = [to_polygrad(x.detach()) for x in (value.crow_indices(), value.col_indices(), value.values())]
        return polygrad.sparse_csr_tensor(*parts, tuple(value.shape), requires_grad=value.requires_grad)
    if isinstance(value, torch.Tensor):
        array = value.detach().resolve_conj().resolve_neg().numpy(force=True)
        return polygrad.tensor(array.copy(), requires_grad=value.requires_grad)
    if isinstance(value, (torch.dtype, torch.layout)):
        return getattr(polygrad, str(value).removeprefix("torch."))
    if isinstance(value, torch.device):
        return None
    if isinstance(value, list):
        return [to_polygrad(item) for item in value]
    if isinstance(value, tuple):
        return tuple(to_polygrad(item) for item in value)
    return {name: to_polygrad(item) for name, item in value.items()} if isinstance(value, dict) else value


#: What is a tensor in either library.
TENSORS = (torch.Tensor, polygrad.Tensor, polygrad.sparse.SparseTensor)


def find_tensors(value) -> list:
    if isinstance(value, TENSORS):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for item in value for t in find_tensors(item)] if isinstance(value, (list, tuple)) else []


def stored(tensor):
    """The tensor itself; of a sparse one its values."""
    return tensor if tensor.layout in (torch.strided, polygrad.strided) else tensor.values()


def find_results(value) -> list:
    """The tensors in ``value``; instead of a sparse one its indices, which say where it stores elements, and its dense form."""
    found = []
    for tensor in find_tensors(value):
        if tensor.layout in (torch.sparse_coo, polygrad.sparse_coo):
            found += [tensor.indices(), tensor.to_dense()]
        elif tensor.layout in (torch.sparse_csr, polygrad.sparse_csr):
            found += [tensor.crow_indices(), tensor.col_indices(), tensor.to_dense()]
        else:
            found.append(tensor)
    return found


def to_numpy(tensor) -> np.ndarray:
    """The elements of an ordinary tensor; what a sparse one stores."""
    tensor = stored(tensor)
    if isinstance(tensor, torch.Tensor):
        return tensor.detach().resolve_conj().resolve_neg().numpy(force=True)
    return tensor.detach().numpy()


LAYERS = {info.name.removeprefix("nn."): info for info in module_db if hasattr(nn, info.name.removeprefix("nn."))}
#: Layers whose results differ on purpose, with the reason.
DIFFERENT_LAYERS = {
    "KLDivLoss": "the samples have targets that are no probabilities, whose gradient is NaN in PyTorch only",
    "LPPool2d": "the samples have roots of negative numbers, whose gradient is NaN for more of the input in PyTorch",
    "TransformerEncoder": "the samples pass PyTorch's layer",
    "TripletMarginWithDistanceLoss": "the samples pass PyTorch's functions",
    "RReLU": "random slopes: other generators, other numbers",
    **dict.fromkeys(
        "CTCLoss MultiMarginLoss MultiLabelMarginLoss".split(), "PyTorch has no derivative of second order of it"
    ),
}


def layer_arguments(value):
    """As `to_polygrad`; functions become polygrad's."""
    if callable(value) and not isinstance(value, (torch.Tensor, torch.dtype)):
        return getattr(nn.functional, value.__name__)
    if isinstance(value, (tuple, list)):
        return type(value)([layer_arguments(one) for one in value])
    return (
        {name: layer_arguments(one) for name, one in value.items()} if isinstance(value, dict) else to_polygrad(value)
    )
