"""Sparse tensors, as in ``torch.sparse``: products, sums and softmax of what `polygrad.sparse_coo_tensor` makes."""

from .functions import addmm, log_softmax, mm, sampled_addmm, softmax, sum
from .tensor import SparseTensor, _restored

__all__ = ["SparseTensor", "addmm", "log_softmax", "mm", "sampled_addmm", "softmax", "sum"]
