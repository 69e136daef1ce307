"""Affine layers and the embedding: what multiplies by, or looks up in, a matrix."""

from __future__ import annotations

import math
from typing import Any

from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor
from .._functions.creation import full_like, zeros
from .._functions.elementwise import where
from .._functions.linalg import vector_norm
from ..autograd.grad_mode import no_grad
from . import functional as F
from . import init
from .module import Module
from .parameter import Parameter

__all__ = ["Bilinear", "Embedding", "Linear", "new_parameter"]


def new_parameter(*shape: int, device: Any = None, dtype: Any = None, backend: Any = None) -> Parameter:
    """A parameter of that shape, still without its first values."""
    return Parameter(zeros(shape, device=device, dtype=dtype, backend=backend))


class Linear(Module):
    """``x @ weight.mT + bias``: an affine map of the last dimension.

    Shapes: input ``(*, in_features)``, output ``(*, out_features)``, ``weight`` ``(out_features, in_features)``, ``bias``
    ``(out_features,)``.  Both start uniform between plus and minus ``1 / sqrt(in_features)``.

    Example::

        nn.Linear(3, 2)(polygrad.ones(5, 3)).shape  # (5, 2)
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None, *,
        backend: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        place = {"device": device, "dtype": dtype, "backend": backend}
        self.in_features, self.out_features = in_features, out_features
        self.weight = new_parameter(out_features, in_features, **place)
        self.register_parameter("bias", new_parameter(out_features, **place) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights and biases again."""
        # He et al., "Delving deep into rectifiers" (2015), with a = sqrt(5): the bound is 1 / sqrt(in_features).
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return bool(shape) and shape[-1] == self.in_features

    def _expects(self) -> str:
        return f"(*, {self.in_features})"

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """``x1 @ weight[k] @ x2 + bias[k]`` for every output feature ``k``.

    Shapes: inputs ``(*, in1_features)`` and ``(*, in2_features)``, output ``(*, out_features)``, ``weight``
    ``(out_features, in1_features, in2_features)``.
    """

    def __init__(
        self, in1_features: int, in2_features: int, out_features: int, bias: bool = True, device: Any = None,
        dtype: Any = None, *, backend: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        place = {"device": device, "dtype": dtype, "backend": backend}
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got {in1_features}")
        self.in1_features, self.in2_features, self.out_features = in1_features, in2_features, out_features
        self.weight = new_parameter(out_features, in1_features, in2_features, **place)
        self.register_parameter("bias", new_parameter(out_features, **place) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights and biases again."""
        bound = 1 / math.sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        return F.bilinear(input1, input2, self.weight, self.bias)

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return bool(shape) and shape[-1] == self.in1_features

    def _expects(self) -> str:
        return f"(*, {self.in1_features})"

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class Embedding(Module):
    """A table of vectors, looked up by integers.

    Shapes: input of integers ``(*)``, output ``(*, embedding_dim)``, ``weight`` ``(num_embeddings, embedding_dim)``, which
    starts normal.  The vector of ``padding_idx`` starts as zeros and gets no gradient.

    Raises IndexError for an integer outside the table, TypeError for ``sparse``, which there is not.

    Example::

        nn.Embedding(10, 3)(polygrad.tensor([[1, 2], [4, 9]])).shape  # (2, 2, 3)
    """

    def __init__(
        self, num_embeddings: int, embedding_dim: int, padding_idx: int | None = None, max_norm: float | None = None,
        norm_type: float = 2.0, scale_grad_by_freq: bool = False, sparse: bool = False, _weight: Tensor | None = None,
        _freeze: bool = False, device: Any = None, dtype: Any = None, *, backend: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if sparse:
            raise TypeError("Embedding has no sparse gradients; leave sparse out")
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise ValueError(f"padding_idx {padding_idx} is not among the {num_embeddings} embeddings")
            padding_idx %= num_embeddings
        self.num_embeddings, self.embedding_dim, self.padding_idx = num_embeddings, embedding_dim, padding_idx
        self.max_norm, self.norm_type, self.scale_grad_by_freq = max_norm, norm_type, scale_grad_by_freq
        self.sparse = sparse
        if _weight is None:
            self.weight = new_parameter(num_embeddings, embedding_dim, device=device, dtype=dtype, backend=backend)
            self.weight.requires_grad = not _freeze
            self.reset_parameters()
        else:
            if tuple(_weight.shape) != (num_embeddings, embedding_dim):
                raise ValueError(f"the weight has shape {tuple(_weight.shape)}, not {(num_embeddings, embedding_dim)}")
            self.weight = Parameter(_weight, requires_grad=not _freeze)

    @classmethod
    def from_pretrained(cls, embeddings: Tensor, freeze: bool = True, **settings: Any) -> Embedding:
        """A layer with the given table, which is not trained unless ``freeze`` is False."""
        if embeddings.ndim != 2:
            raise ValueError(f"the table of an embedding has 2 dimensions, not {embeddings.ndim}")
        rows, columns = embeddings.shape
        return cls(rows, columns, _weight=embeddings, _freeze=freeze, **settings)

    def reset_parameters(self) -> None:
        """Draw the table again."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0

    def forward(self, input: Tensor) -> Tensor:
        if self.max_norm is not None:
            self._shorten(input)
        out = F.embedding(input, self.weight, self.padding_idx)
        if self.scale_grad_by_freq and out.requires_grad:
            share = 1 / self._counts(input)[input][..., None]
            out.register_hook(lambda gradient: gradient * share)
        return out

    def _counts(self, input: Tensor) -> Tensor:
        """How often each row is looked up."""
        each = OPERATIONS.reshape(input, (input.shape.numel(),))
        return OPERATIONS.index_add(full_like(each, 1, dtype=self.weight.dtype), each, self.num_embeddings)

    @no_grad()
    def _shorten(self, input: Tensor) -> None:
        """Scale the rows that are looked up to a norm of at most ``max_norm``."""
        norms = vector_norm(self.weight, self.norm_type, dim=1)
        too_long = (self._counts(input) > 0) & (norms > self.max_norm)
        self.weight.mul_(OPERATIONS.expand_dims(where(too_long, self.max_norm / (norms + 1e-7), 1.0), -1))

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.padding_idx is not None:
            text += f", padding_idx={self.padding_idx}"
        if self.max_norm is not None:
            text += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            text += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq:
            text += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        return text
