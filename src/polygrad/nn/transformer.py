"""Transformer layers."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._core.tensor import Tensor
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from .._functions.creation import full
from .._functions.diagonals import triu
from . import functional as F
from . import init
from .attention import MultiheadAttention
from .containers import ModuleList
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .normalization import LayerNorm

__all__ = [
    "Transformer", "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder", "TransformerEncoderLayer",
]  # fmt: skip

_ACTIVATIONS: dict[str, Callable[..., Any]] = {"relu": F.relu, "gelu": F.gelu}


def _activation(chosen: str | Callable) -> Callable:
    if not isinstance(chosen, str):
        return chosen
    if chosen not in _ACTIVATIONS:
        raise RuntimeError(f"activation should be 'relu', 'gelu' or a function, not {chosen!r}")
    return _ACTIVATIONS[chosen]


class TransformerEncoderLayer(Module):
    """Self-attention and a network of two linear layers, each with dropout, a residual connection and layer normalization.

    Vaswani et al., "Attention is all you need", 2017, arXiv:1706.03762.

    Args:
        d_model: the number of features ``E``.
        nhead: the number of heads, which divides ``d_model``.
        dim_feedforward: the number of features between the linear layers.
        dropout: the probability of dropout.
        activation: "relu", "gelu" or a function, between the linear layers.
        layer_norm_eps: ``eps`` of the layer normalizations.
        batch_first: whether the batch comes before the positions.
        norm_first: normalize before attention and network, not after them.
        bias: whether linear layers and normalizations have biases.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        src, output: ``(S, N, E)``, ``(N, S, E)`` with ``batch_first``, or ``(S, E)``.
        src_mask: ``(S, S)`` or ``(N * nhead, S, S)``.
        src_key_padding_mask: ``(N, S)``.

    Raises:
        ValueError: ``nhead`` does not divide ``d_model``.
        RuntimeError: ``activation`` is unknown.

    Example::

        >>> nn.TransformerEncoderLayer(8, nhead=2)(polygrad.ones(5, 3, 8)).shape
        polygrad.Size([5, 3, 8])
    """

    self_attn: MultiheadAttention
    linear1: Linear
    dropout: Dropout
    linear2: Linear
    norm1: LayerNorm
    norm2: LayerNorm
    dropout1: Dropout
    dropout2: Dropout
    activation: Callable[[Tensor], Tensor]

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Any = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, **place)
        self.linear1 = Linear(d_model, dim_feedforward, bias, **place)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, **place)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias, **place)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias, **place)
        self.dropout1, self.dropout2 = Dropout(dropout), Dropout(dropout)
        self.activation = _activation(activation)

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Encode ``src``.

        Args:
            src: the sequences.
            src_mask: as ``attn_mask`` of `MultiheadAttention`.
            src_key_padding_mask: as ``key_padding_mask`` of `MultiheadAttention`.
            is_causal: a hint that ``src_mask`` is the causal mask.
        """

        def to_itself(x: Tensor) -> Tensor:
            return self.dropout1(_attend(self.self_attn, x, x, src_mask, src_key_padding_mask, is_causal))

        if self.norm_first:
            x = src + to_itself(self.norm1(src))
            return x + self._feed(self.norm2(x))
        x = self.norm1(src + to_itself(src))
        return self.norm2(x + self._feed(x))

    if TYPE_CHECKING:

        def __call__(  # noqa: D102
            self,
            src: Tensor,
            src_mask: Tensor | None = None,
            src_key_padding_mask: Tensor | None = None,
            is_causal: bool = False,
        ) -> Tensor: ...

    def _feed(self, x: Tensor) -> Tensor:
        return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))


class TransformerDecoderLayer(Module):
    """Self-attention, attention to an encoder's output, and a network of two linear layers, each with a residual connection.

    As in `TransformerEncoderLayer`, there are dropout and layer normalization.  Vaswani et al., "Attention is all you need", 2017,
    arXiv:1706.03762.

    Args:
        d_model: the number of features ``E``.
        nhead: the number of heads, which divides ``d_model``.
        dim_feedforward: the number of features between the linear layers.
        dropout: the probability of dropout.
        activation: "relu", "gelu" or a function, between the linear layers.
        layer_norm_eps: ``eps`` of the layer normalizations.
        batch_first: whether the batch comes before the positions.
        norm_first: normalize before attention and network, not after them.
        bias: whether linear layers and normalizations have biases.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        tgt, output: ``(T, N, E)``, ``(N, T, E)`` with ``batch_first``, or ``(T, E)``.
        memory: ``(S, N, E)``, ``(N, S, E)`` with ``batch_first``, or ``(S, E)``.
        tgt_mask: ``(T, T)``; memory_mask: ``(T, S)``; or with ``N * nhead`` in front.
        tgt_key_padding_mask: ``(N, T)``; memory_key_padding_mask: ``(N, S)``.

    Raises:
        ValueError: ``nhead`` does not divide ``d_model``.
        RuntimeError: ``activation`` is unknown.

    Example::

        >>> nn.TransformerDecoderLayer(8, nhead=2)(polygrad.ones(4, 3, 8), polygrad.ones(5, 3, 8)).shape
        polygrad.Size([4, 3, 8])
    """

    self_attn: MultiheadAttention
    multihead_attn: MultiheadAttention
    linear1: Linear
    dropout: Dropout
    linear2: Linear
    norm1: LayerNorm
    norm2: LayerNorm
    norm3: LayerNorm
    dropout1: Dropout
    dropout2: Dropout
    dropout3: Dropout
    activation: Callable[[Tensor], Tensor]

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Any = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, **place)
        self.multihead_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, **place)
        self.linear1 = Linear(d_model, dim_feedforward, bias, **place)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, **place)
        self.norm_first = norm_first
        self.norm1, self.norm2, self.norm3 = (LayerNorm(d_model, layer_norm_eps, bias=bias, **place) for _ in range(3))
        self.dropout1, self.dropout2, self.dropout3 = (Dropout(dropout) for _ in range(3))
        self.activation = _activation(activation)

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Decode ``tgt``, with attention to ``memory``.

        Args:
            tgt: the sequences.
            memory: an encoder's output.
            tgt_mask: ``attn_mask`` of the self-attention.
            memory_mask: ``attn_mask`` of the attention to ``memory``.
            tgt_key_padding_mask: ``key_padding_mask`` of the self-attention.
            memory_key_padding_mask: ``key_padding_mask`` of the attention to ``memory``.
            tgt_is_causal: a hint that ``tgt_mask`` is the causal mask.
            memory_is_causal: a hint that ``memory_mask`` is the causal mask.
        """
        x = tgt
        own = (tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        other = (memory_mask, memory_key_padding_mask, memory_is_causal)

        def to_itself(x: Tensor) -> Tensor:
            return self.dropout1(_attend(self.self_attn, x, x, *own))

        def to_memory(x: Tensor) -> Tensor:
            return self.dropout2(_attend(self.multihead_attn, x, memory, *other))

        if self.norm_first:
            x = x + to_itself(self.norm1(x))
            x = x + to_memory(self.norm2(x))
            return x + self._feed(self.norm3(x))
        x = self.norm1(x + to_itself(x))
        x = self.norm2(x + to_memory(x))
        return self.norm3(x + self._feed(x))

    if TYPE_CHECKING:

        def __call__(  # noqa: D102
            self,
            tgt: Tensor,
            memory: Tensor,
            tgt_mask: Tensor | None = None,
            memory_mask: Tensor | None = None,
            tgt_key_padding_mask: Tensor | None = None,
            memory_key_padding_mask: Tensor | None = None,
            tgt_is_causal: bool = False,
            memory_is_causal: bool = False,
        ) -> Tensor: ...

    def _feed(self, x: Tensor) -> Tensor:
        return self.dropout3(self.linear2(self.dropout(self.activation(self.linear1(x)))))


def _attend(
    attention: MultiheadAttention, x: Tensor, memory: Tensor, mask: Tensor | None, padding: Tensor | None, causal: bool
) -> Tensor:
    return attention(x, memory, memory, attn_mask=mask, key_padding_mask=padding, need_weights=False, is_causal=causal)[
        0
    ]


def _copy_layers(layer: Module, count: int) -> ModuleList:
    return ModuleList([copy.deepcopy(layer) for _ in range(count)])


def _is_causal(mask: Tensor | None, given: bool | None) -> bool:
    """Return whether the caller says that a mask is the causal one."""
    return bool(given) and mask is not None


class TransformerEncoder(Module):
    """Several encoder layers, one after the other.

    Args:
        encoder_layer: a layer, of which copies are made.
        num_layers: how many.
        norm: a module for the output of the last layer, or None.
        enable_nested_tensor: accepted as in PyTorch, without effect.
        mask_check: accepted as in PyTorch, without effect.

    Shapes:
        src, output: as in `TransformerEncoderLayer`.

    Example::

        >>> layer = nn.TransformerEncoderLayer(8, nhead=2)
        >>> nn.TransformerEncoder(layer, num_layers=2)(polygrad.ones(5, 3, 8)).shape
        polygrad.Size([5, 3, 8])
    """

    layers: ModuleList
    num_layers: int
    norm: Module | None

    def __init__(
        self, encoder_layer: Module, num_layers: int, norm: Module | None = None, enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.layers = _copy_layers(encoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm

    def forward(
        self, src: Tensor, mask: Tensor | None = None, src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:  # fmt: skip
        """Encode ``src``.

        Args:
            src: the sequences.
            mask: ``src_mask`` of every layer.
            src_key_padding_mask: that of every layer.
            is_causal: a hint that ``mask`` is the causal mask.
        """
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask, is_causal=_is_causal(mask, is_causal))
        return src if self.norm is None else self.norm(src)

    if TYPE_CHECKING:

        def __call__(  # noqa: D102
            self,
            src: Tensor,
            mask: Tensor | None = None,
            src_key_padding_mask: Tensor | None = None,
            is_causal: bool | None = None,
        ) -> Tensor: ...


class TransformerDecoder(Module):
    """Several decoder layers, one after the other.

    Args:
        decoder_layer: a layer, of which copies are made.
        num_layers: how many.
        norm: a module for the output of the last layer, or None.

    Shapes:
        tgt, memory, output: as in `TransformerDecoderLayer`.

    Example::

        >>> decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, nhead=2), num_layers=2)
        >>> decoder(polygrad.ones(4, 3, 8), polygrad.ones(5, 3, 8)).shape
        polygrad.Size([4, 3, 8])
    """

    layers: ModuleList
    num_layers: int
    norm: Module | None

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = _copy_layers(decoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Decode ``tgt``, with attention to ``memory``; the arguments are those of `TransformerDecoderLayer`."""
        for layer in self.layers:
            tgt = layer(
                tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask,
                _is_causal(tgt_mask, tgt_is_causal), _is_causal(memory_mask, memory_is_causal),
            )  # fmt: skip
        return tgt if self.norm is None else self.norm(tgt)

    if TYPE_CHECKING:

        def __call__(  # noqa: D102
            self,
            tgt: Tensor,
            memory: Tensor,
            tgt_mask: Tensor | None = None,
            memory_mask: Tensor | None = None,
            tgt_key_padding_mask: Tensor | None = None,
            memory_key_padding_mask: Tensor | None = None,
            tgt_is_causal: bool | None = None,
            memory_is_causal: bool = False,
        ) -> Tensor: ...


class Transformer(Module):
    """An encoder and a decoder.

    Matrices start as by `polygrad.nn.init.xavier_uniform_`.  Vaswani et al., "Attention is all you need", 2017, arXiv:1706.03762.

    Args:
        d_model: the number of features ``E``.
        nhead: the number of heads, which divides ``d_model``.
        num_encoder_layers: how many layers the encoder has.
        num_decoder_layers: how many layers the decoder has.
        dim_feedforward: the number of features between the linear layers of a layer.
        dropout: the probability of dropout.
        activation: "relu", "gelu" or a function, between the linear layers.
        custom_encoder: a module in place of the encoder.
        custom_decoder: a module in place of the decoder.
        layer_norm_eps: ``eps`` of the layer normalizations.
        batch_first: whether the batch comes before the positions.
        norm_first: normalize before attention and network, not after them.
        bias: whether linear layers and normalizations have biases.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        src: ``(S, N, E)``, ``(N, S, E)`` with ``batch_first``, or ``(S, E)``.
        tgt, output: ``(T, N, E)``, ``(N, T, E)`` with ``batch_first``, or ``(T, E)``.

    Raises:
        RuntimeError: an input does not have ``d_model`` features, or ``activation`` is unknown.
        ValueError: ``nhead`` does not divide ``d_model``.

    Example::

        >>> model = nn.Transformer(8, nhead=2, num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=16)
        >>> model(polygrad.ones(5, 3, 8), polygrad.ones(4, 3, 8)).shape
        polygrad.Size([4, 3, 8])
    """

    encoder: Any
    decoder: Any
    d_model: int
    nhead: int
    batch_first: bool

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Any = "relu",
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        settings = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)

        def norm() -> LayerNorm:
            return LayerNorm(d_model, layer_norm_eps, bias=bias, **place)

        if custom_encoder is None:
            layer = TransformerEncoderLayer(*settings, **place)
            custom_encoder = TransformerEncoder(layer, num_encoder_layers, norm())
        if custom_decoder is None:
            custom_decoder = TransformerDecoder(TransformerDecoderLayer(*settings, **place), num_decoder_layers, norm())
        self.encoder, self.decoder = custom_encoder, custom_decoder
        self._reset_parameters()
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def _reset_parameters(self) -> None:
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Encode ``src``, and decode ``tgt`` with attention to the result.

        Args:
            src: the sequences for the encoder.
            tgt: the sequences for the decoder.
            src_mask: ``attn_mask`` of the encoder.
            tgt_mask: ``attn_mask`` of the decoder's self-attention.
            memory_mask: ``attn_mask`` of the decoder's attention to the encoder's output.
            src_key_padding_mask: ``key_padding_mask`` of the encoder.
            tgt_key_padding_mask: ``key_padding_mask`` of the decoder's self-attention.
            memory_key_padding_mask: ``key_padding_mask`` of the decoder's attention to the encoder's output.
            src_is_causal: a hint that ``src_mask`` is the causal mask.
            tgt_is_causal: a hint that ``tgt_mask`` is the causal mask.
            memory_is_causal: a hint that ``memory_mask`` is the causal mask.
        """
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError(
                f"the feature number of src and tgt must be equal to d_model, {self.d_model}, but their shapes are "
                f"{tuple(src.shape)} and {tuple(tgt.shape)}"
            )
        memory = self.encoder(src, src_mask, src_key_padding_mask, src_is_causal)
        return self.decoder(
            tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal,
            memory_is_causal,
        )  # fmt: skip

    if TYPE_CHECKING:

        def __call__(  # noqa: D102
            self,
            src: Tensor,
            tgt: Tensor,
            src_mask: Tensor | None = None,
            tgt_mask: Tensor | None = None,
            memory_mask: Tensor | None = None,
            src_key_padding_mask: Tensor | None = None,
            tgt_key_padding_mask: Tensor | None = None,
            memory_key_padding_mask: Tensor | None = None,
            src_is_causal: bool | None = None,
            tgt_is_causal: bool | None = None,
            memory_is_causal: bool = False,
        ) -> Tensor: ...

    @staticmethod
    def generate_square_subsequent_mask(
        sz: int, device: DeviceLike | None = None, dtype: DTypeLike | None = None, *, backend: BackendLike | None = None
    ) -> Tensor:
        """Make the causal mask of a sequence, to be added to scores.

        Args:
            sz: the number of positions.
            device: the device of the mask.
            dtype: its data type.
            backend: its backend.

        Returns:
            A tensor ``(sz, sz)``: ``-inf`` for later positions, 0 elsewhere.

        Example::

            >>> nn.Transformer.generate_square_subsequent_mask(3)
            tensor([[0., -inf, -inf],
                    [0., 0., -inf],
                    [0., 0., 0.]])
        """
        return triu(full((sz, sz), -math.inf, device=device, dtype=dtype, backend=backend), 1)
