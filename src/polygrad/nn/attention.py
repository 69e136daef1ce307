"""Multi-head attention layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.errors import ShapeError
from .._core.tensor import Tensor
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from . import functional as F
from . import init
from .linear import Linear
from .module import Module
from .parameter import new_parameter

__all__ = ["MultiheadAttention", "NonDynamicallyQuantizableLinear"]


class NonDynamicallyQuantizableLinear(Linear):
    """PyTorch's name for the `Linear` that is the output projection of attention."""


class MultiheadAttention(Module):
    """Attention with several heads: each attends to values by the similarity of queries and keys, in its part of the features.

    ``out_proj(concatenate(softmax(q @ k.mT / sqrt(embed_dim / num_heads)) @ v))`` with the projections ``q``, ``k`` and ``v`` of
    query, key and value.  Vaswani et al., "Attention is all you need", 2017, arXiv:1706.03762.  Called as in `forward`.

    Args:
        embed_dim: the number of features ``E`` of queries and output.
        num_heads: the number of heads, which divides ``embed_dim``.
        dropout: the probability that a weight of attention is dropped in training.
        bias: whether the projections have biases.
        add_bias_kv: append a learned key and value.
        add_zero_attn: append a key and a value of zeros.
        kdim: the number of features of keys; None is ``embed_dim``.
        vdim: the number of features of values; None is ``embed_dim``.
        batch_first: whether the batch comes before the positions.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        query: ``(L, N, E)``, ``(N, L, E)`` with ``batch_first``, or ``(L, E)``.
        key, value: ``(S, N, kdim)`` and ``(S, N, vdim)``, ``(N, S, …)`` with ``batch_first``, or ``(S, …)``.
        output: as the query.
        weights: ``(N, L, S)``, or ``(N, num_heads, L, S)`` if not averaged; without ``N`` if the query has none.
        in_proj_weight: ``(3 * E, E)``; where ``kdim`` or ``vdim`` differs, ``q_proj_weight``, ``k_proj_weight`` and
            ``v_proj_weight`` instead.

    Raises:
        ValueError: ``num_heads`` does not divide ``embed_dim``, or one of them is not positive.
        ShapeError: inputs or masks do not have these shapes.

    Example::

        >>> x = polygrad.ones(3, 5, 8)
        >>> output, weights = nn.MultiheadAttention(8, num_heads=2, batch_first=True)(x, x, x)
        >>> output.shape, weights.shape
        (polygrad.Size([3, 5, 8]), polygrad.Size([3, 5, 5]))
    """

    embed_dim: int
    num_heads: int
    dropout: float
    batch_first: bool
    kdim: int
    vdim: int
    head_dim: int
    add_zero_attn: bool
    out_proj: NonDynamicallyQuantizableLinear

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads}"
            )
        if embed_dim % num_heads:
            raise ValueError(f"embed_dim must be divisible by num_heads, got {embed_dim} and {num_heads}")
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.head_dim, self.add_zero_attn = embed_dim // num_heads, add_zero_attn
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        shapes: dict[str, Any] = {"q_proj_weight": (embed_dim, embed_dim), "k_proj_weight": (embed_dim, self.kdim),
                                  "v_proj_weight": (embed_dim, self.vdim), "in_proj_weight": None}  # fmt: skip
        if self._qkv_same_embed_dim:
            shapes = {"in_proj_weight": (3 * embed_dim, embed_dim), **dict.fromkeys(list(shapes)[:3])}
        shapes["in_proj_bias"] = (3 * embed_dim,) if bias else None
        for name, shape in shapes.items():
            self.register_parameter(name, None if shape is None else new_parameter(*shape, **place))
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, **place)
        for name in ("bias_k", "bias_v"):
            self.register_parameter(name, new_parameter(1, 1, embed_dim, **place) if add_bias_kv else None)
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Draw the weights again (Glorot and Bengio, 2010); biases become 0."""
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)  # type: ignore[arg-type]  # there are biases
        for bias in (self.bias_k, self.bias_v):
            if bias is not None:
                init.xavier_normal_(bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Attend from ``query`` to ``key`` and ``value``.

        Args:
            query: the positions that attend.
            key: the positions that are compared with them.
            value: what is taken from these positions.
            key_padding_mask: ``(N, S)``: True, or ``-inf``, at keys that are left out.
            need_weights: return the weights as well, which is slower.
            attn_mask: ``(L, S)`` or ``(N * num_heads, L, S)``: True where no attention is paid, or numbers that are added to the
                scores.
            average_attn_weights: average the returned weights over the heads.
            is_causal: a hint that ``attn_mask`` is the causal mask.

        Returns:
            The output, and the weights, or None.
        """
        if query.ndim not in (2, 3) or key.ndim != query.ndim or value.ndim != query.ndim:
            raise ShapeError(
                f"MultiheadAttention: query, key and value have 3 dimensions, or 2 without a batch, but their shapes are "
                f"{tuple(query.shape)}, {tuple(key.shape)} and {tuple(value.shape)}"
            )
        turn = self.batch_first and query.ndim == 3
        if turn:
            same = query is key, key is value
            query = query.transpose(0, 1)
            key = query if same[0] else key.transpose(0, 1)
            value = key if same[1] else value.transpose(0, 1)
        output, weights = F.multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k,
            self.bias_v, self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias, self.training,
            key_padding_mask, need_weights, attn_mask, not self._qkv_same_embed_dim, self.q_proj_weight,
            self.k_proj_weight, self.v_proj_weight, average_attn_weights=average_attn_weights, is_causal=is_causal,
        )  # fmt: skip
        return output.transpose(0, 1) if turn else output, weights

    if TYPE_CHECKING:

        def __call__(  # noqa: D102
            self,
            query: Tensor,
            key: Tensor,
            value: Tensor,
            key_padding_mask: Tensor | None = None,
            need_weights: bool = True,
            attn_mask: Tensor | None = None,
            average_attn_weights: bool = True,
            is_causal: bool = False,
        ) -> tuple[Tensor, Tensor | None]: ...
