"""Embedding layers: one vector for each integer, or for a bag of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.tensor import Tensor
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from ..autograd.grad_mode import no_grad
from . import functional as F
from . import init
from .layer import Layer
from .module import Module
from .parameter import Parameter, new_parameter

__all__ = ["Embedding", "EmbeddingBag"]


class Embedding(Layer):
    """Look up vectors in a table by integers.

    The table starts normal, with mean 0 and variance 1; the row ``padding_idx`` starts as zeros.

    Args:
        num_embeddings: the number of vectors.
        embedding_dim: their length.
        padding_idx: a row that gets no gradient; it may count from the end.
        max_norm: scale rows that are looked up, in place, to a norm of at most this.
        norm_type: the order of that norm.
        scale_grad_by_freq: divide the gradient of a row by how often it was looked up.
        sparse: not supported: gradients are dense.
        device, dtype, backend: those of the table; the defaults where None.

    Shapes:
        input: integers of any shape, from 0 to ``num_embeddings - 1``.
        output: ``(*input.shape, embedding_dim)``.
        weight: ``(num_embeddings, embedding_dim)``.

    Raises:
        IndexError: an integer is outside the table.
        ValueError: ``padding_idx`` is outside the table.
        TypeError: ``sparse`` is set, or an input is not of an integer type.

    Example::

        >>> nn.Embedding(10, 3)(polygrad.tensor([[1, 2], [4, 9]])).shape
        polygrad.Size([2, 2, 3])
    """

    num_embeddings: int
    embedding_dim: int
    padding_idx: int | None
    max_norm: float | None
    norm_type: float
    scale_grad_by_freq: bool
    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
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
        """Make a layer from a given table.

        Args:
            embeddings: the table ``(num_embeddings, embedding_dim)``, which is shared, not copied.
            freeze: whether the table is not trained.
            **settings: other arguments of `Embedding`.

        Returns:
            The layer.

        Raises:
            ValueError: ``embeddings`` does not have 2 dimensions.

        Example::

            >>> nn.Embedding.from_pretrained(polygrad.tensor([[0.0, 1.0], [2.0, 3.0]]))(polygrad.tensor([1]))
            tensor([[2., 3.]])
        """
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
        """Look up the vectors of ``input``."""
        return F.embedding(
            input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse
        )

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
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


class EmbeddingBag(Module):
    """Look up vectors in a table by integers, and reduce them bag by bag.

    The table starts normal, with mean 0 and variance 1; the row ``padding_idx`` starts as zeros.  Called as ``layer(input,
    offsets=None, per_sample_weights=None)``, as `polygrad.nn.functional.embedding_bag` is.

    Args:
        num_embeddings: the number of vectors.
        embedding_dim: their length.
        max_norm: scale rows that are looked up, in place, to a norm of at most this.
        norm_type: the order of that norm.
        scale_grad_by_freq: divide the gradient of a row by how often it was looked up; not for "max".
        mode: "sum", "mean" or "max".
        sparse: not supported: gradients are dense.
        include_last_offset: whether ``offsets`` also has the end of the last bag.
        padding_idx: a row that is left out of its bag, and gets no gradient; it may count from the end.
        device, dtype, backend: those of the table; the defaults where None.

    Shapes:
        input: bags of equal length, ``(B, N)``, or all bags after each other, ``(N,)``.
        offsets: where each bag begins in a vector, ``(B,)``.
        per_sample_weights: a factor for each row, of the shape of ``input``; only for "sum".
        output: ``(B, embedding_dim)``.
        weight: ``(num_embeddings, embedding_dim)``.

    Raises:
        ValueError: ``padding_idx`` is outside the table, or the dimensions of the inputs do not fit.
        IndexError: an integer is outside the table.
        RuntimeError: ``offsets`` do not begin at 0, decrease, or go beyond the input.
        TypeError: ``sparse`` is set, or an input is not of an integer type.
        NotImplementedError: ``per_sample_weights`` are given for another mode.

    Example::

        >>> nn.EmbeddingBag(10, 3)(polygrad.tensor([1, 2, 4, 9]), polygrad.tensor([0, 3])).shape
        polygrad.Size([2, 3])
    """

    num_embeddings: int
    embedding_dim: int
    max_norm: float | None
    norm_type: float
    scale_grad_by_freq: bool
    mode: str
    include_last_offset: bool
    padding_idx: int | None
    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        if sparse:
            raise TypeError("EmbeddingBag has no sparse gradients; leave sparse out")
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise ValueError(f"padding_idx {padding_idx} is not among the {num_embeddings} embeddings")
            padding_idx %= num_embeddings
        self.num_embeddings, self.embedding_dim, self.padding_idx = num_embeddings, embedding_dim, padding_idx
        self.max_norm, self.norm_type, self.scale_grad_by_freq = max_norm, norm_type, scale_grad_by_freq
        self.mode, self.sparse, self.include_last_offset = mode, sparse, include_last_offset
        if _weight is None:
            self.weight = new_parameter(num_embeddings, embedding_dim, device=device, dtype=dtype, backend=backend)
            self.reset_parameters()
        else:
            if tuple(_weight.shape) != (num_embeddings, embedding_dim):
                raise ValueError(f"the weight has shape {tuple(_weight.shape)}, not {(num_embeddings, embedding_dim)}")
            self.weight = Parameter(_weight)

    @classmethod
    def from_pretrained(cls, embeddings: Tensor, freeze: bool = True, **settings: Any) -> EmbeddingBag:
        """Make a layer from a given table.

        Args:
            embeddings: the table ``(num_embeddings, embedding_dim)``, which is shared, not copied.
            freeze: whether the table is not trained.
            **settings: other arguments of `EmbeddingBag`.

        Returns:
            The layer.

        Raises:
            ValueError: ``embeddings`` does not have 2 dimensions.

        Example::

            >>> nn.EmbeddingBag.from_pretrained(polygrad.tensor([[0.0, 1.0], [2.0, 3.0]]))(polygrad.tensor([[0, 1]]))
            tensor([[1., 2.]])
        """
        if embeddings.ndim != 2:
            raise ValueError(f"the table of an embedding has 2 dimensions, not {embeddings.ndim}")
        rows, columns = embeddings.shape
        layer = cls(rows, columns, _weight=embeddings, **settings)
        layer.weight.requires_grad = not freeze
        return layer

    def reset_parameters(self) -> None:
        """Draw the table again."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        """Look up the vectors of ``input``, and reduce them."""
        return F.embedding_bag(
            input, self.weight, offsets, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.mode, self.sparse,
            per_sample_weights, self.include_last_offset, self.padding_idx,
        )  # fmt: skip

    if TYPE_CHECKING:

        def __call__(  # noqa: D102
            self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None
        ) -> Tensor: ...

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.max_norm is not None:
            text += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            text += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq:
            text += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        text += f", mode={self.mode!r}"
        if self.padding_idx is not None:
            text += f", padding_idx={self.padding_idx}"
        return text
