"""Recurrent layers over whole sequences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .._core.errors import ShapeError
from .._core.scalars import to_python
from .._core.tensor import Tensor
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from .._core.warn import warn
from .._functions.common import check_tensor
from .._functions.joining import cat, stack
from .._functions.nn.recurrent import gru_layer, lstm_layer, rnn_layer
from . import functional as F
from . import init
from .module import Module
from .parameter import new_parameter
from .recurrent_cells import new_zeros
from .utils.rnn import PackedSequence, PaddedRows, pack_like

__all__ = ["GRU", "LSTM", "RNN", "RNNBase"]


class RNNBase(Module):
    """Base of `RNN`, `LSTM` and `GRU`: layers of cells, in one direction or in both.

    A subclass computes the steps of one layer.  Parameters start uniform in ``(-b, b)`` with ``b = 1 / sqrt(hidden_size)``.

    Args:
        input_size: the number of features of the input.
        hidden_size: the number of features of the hidden state.
        num_layers: how many layers there are, each on the output of the one before.
        bias: whether there are biases.
        batch_first: whether input and output have the batch before the steps.
        dropout: the probability of dropout on the output of every layer but the last.
        bidirectional: whether there is a second set of cells that goes backward through the steps.
        proj_size: the number of features of the projected hidden state, for `LSTM`; 0 for none.
        device, dtype, backend: those of the parameters; the defaults where None.

    Raises:
        ValueError: a size is out of range.
        ShapeError: an input or a state does not have this shape.

    Example::

        >>> isinstance(nn.GRU(3, 5), nn.RNNBase)
        True
    """

    _gates = 1

    input_size: int
    hidden_size: int
    num_layers: int
    bias: bool
    batch_first: bool
    dropout: float
    bidirectional: bool

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        _check_sizes(hidden_size, num_layers, dropout, proj_size)
        if dropout and num_layers == 1:
            warn(
                "dropout is applied between recurrent layers, not after the last: a non-zero dropout needs num_layers "
                f"greater than 1, but got dropout={dropout} and num_layers={num_layers}"
            )
        self.input_size, self.hidden_size, self.num_layers, self.bias = input_size, hidden_size, num_layers, bias
        self.batch_first, self.dropout, self.bidirectional = batch_first, float(dropout), bidirectional
        self.proj_size = proj_size
        out, directions = proj_size or hidden_size, 2 if bidirectional else 1
        for layer in range(num_layers):
            width = input_size if layer == 0 else out * directions
            for suffix in self._suffixes(layer):
                shapes: dict[str, tuple[int, ...]] = {
                    "weight_ih": (self._gates * hidden_size, width),
                    "weight_hh": (self._gates * hidden_size, out),
                }
                if bias:
                    shapes["bias_ih"] = shapes["bias_hh"] = (self._gates * hidden_size,)
                if proj_size:
                    shapes["weight_hr"] = (proj_size, hidden_size)
                for name, shape in shapes.items():
                    parameter = new_parameter(*shape, device=device, dtype=dtype, backend=backend)
                    self.register_parameter(name + suffix, parameter)
        self.reset_parameters()

    def _suffixes(self, layer: int) -> list[str]:
        """Return the ends of the names of a layer's parameters, for each direction."""
        return [f"_l{layer}", f"_l{layer}_reverse"][: 2 if self.bidirectional else 1]

    def reset_parameters(self) -> None:
        """Draw all parameters again."""
        bound = 1 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def flatten_parameters(self) -> None:
        """Do nothing: there is no faster layout of the parameters."""

    @property
    def all_weights(self) -> list[list[Any]]:
        """The parameters of every layer and direction."""
        return [
            [w for w in self._weights(suffix) if w is not None]
            for layer in range(self.num_layers)
            for suffix in self._suffixes(layer)
        ]

    def _weights(self, suffix: str) -> list[Any]:
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh") + (("weight_hr",) if self.proj_size else ())
        return [getattr(self, name + suffix, None) for name in names]

    def _layer(self, x: Tensor, state: list[Tensor], weights: list[Any], reverse: bool) -> tuple[Tensor, ...]:
        """Run one layer in one direction; return each of its states after every step, the output first."""
        raise NotImplementedError

    # -- states: one tensor, or two for LSTM -------------------------------------------------------------

    def _state_sizes(self) -> tuple[int, ...]:
        return (self.hidden_size,)

    def _initial_states(self, given: list[Tensor] | None, input: Tensor, batch: int | None) -> list[Tensor]:
        """Return the initial states ``(layers * directions, batch, size)``; zeros if none are given."""
        count = self.num_layers * (2 if self.bidirectional else 1)
        if given is None:
            return [new_zeros(input, count, 1 if batch is None else batch, size) for size in self._state_sizes()]
        for name, x, size in zip(("hx", "cx"), given, self._state_sizes(), strict=False):
            expected = (count, size) if batch is None else (count, batch, size)
            if tuple(check_tensor(x, type(self).__name__, name).shape) != expected:
                raise ShapeError(f"{type(self).__name__}: {name} must have shape {expected}, but got {tuple(x.shape)}")
        return given if batch is not None else [x.unsqueeze(1) for x in given]

    def _states_of(self, hx: Any) -> list[Tensor]:
        return [hx]

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """Run all layers over ``input``, from the states ``hx``."""
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        check_tensor(input, type(self).__name__)
        if input.ndim not in (2, 3) or input.shape[-1] != self.input_size:
            raise ShapeError(
                f"{type(self).__name__}: expected an input of shape {self._expects()}, got {tuple(input.shape)}"
            )
        batched = input.ndim == 3
        x = input.unsqueeze(1) if not batched else input.transpose(0, 1) if self.batch_first else input
        if not x.shape[0]:
            raise RuntimeError(f"{type(self).__name__}: expected at least one step, got {tuple(input.shape)}")
        given = None if hx is None else self._states_of(hx)
        output, states = self._run_layers(x, self._initial_states(given, x, x.shape[1] if batched else None))
        if not batched:
            output, states = output.squeeze(1), [state.squeeze(1) for state in states]
        elif self.batch_first:
            output = output.transpose(0, 1)
        return output, self._as_result(states)

    if TYPE_CHECKING:

        def __call__(self, input: Any, hx: Any = None) -> tuple[Any, Any]: ...  # noqa: D102

    def _expects(self) -> str:
        axes = "batch, steps" if self.batch_first else "steps, batch"
        return f"({axes}, {self.input_size}) or (steps, {self.input_size})"

    def _as_result(self, states: list[Tensor]) -> Any:
        return states[0]

    def _run_layers(
        self, x: Tensor, first: list[Tensor], rows: PaddedRows | None = None
    ) -> tuple[Tensor, list[Tensor]]:
        """Run all layers; return the output of the last, and the last states of all.

        With ``rows`` the sequences have different lengths, and ``x`` holds their steps one after the other.  Shorter sequences go
        on over padding, whose output is dropped; for the backward direction they are reversed first.
        """
        last: list[list[Tensor]] = []
        for layer in range(self.num_layers):
            outputs = []
            for direction, suffix in enumerate(self._suffixes(layer)):
                state, reverse = [part[len(last)] for part in first], direction == 1
                if rows is None:
                    states = self._layer(x, state, self._weights(suffix), reverse)
                    outputs.append(states[0])
                    last.append([part[0 if reverse else -1] for part in states])
                else:
                    states = self._layer(rows.pad(x, reverse), state, self._weights(suffix), False)
                    outputs.append(rows.pack(states[0], reverse))
                    last.append([rows.last(part) for part in states])
            x = outputs[0] if len(outputs) == 1 else cat(outputs, -1)
            if self.dropout and layer < self.num_layers - 1:
                x = F.dropout(x, self.dropout, self.training)
        return x, [stack(list(parts)) for parts in zip(*last, strict=True)]

    def _forward_packed(self, input: PackedSequence, hx: Any) -> tuple[PackedSequence, Any]:
        """Run the layers on packed sequences; states are reordered to the order before packing."""
        rows = PaddedRows(input)
        given = None if hx is None else self._states_of(hx)
        if given is not None and input.sorted_indices is not None:
            given = [x.index_select(1, input.sorted_indices) for x in given]
        output, states = self._run_layers(input.data, self._initial_states(given, input.data, rows.batch), rows)
        if input.unsorted_indices is not None:
            states = [x.index_select(1, input.unsorted_indices) for x in states]
        return pack_like(input, output), self._as_result(states)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        parts = [f"{self.input_size}, {self.hidden_size}"]
        defaults = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0,
                    "bidirectional": False}  # fmt: skip
        parts += [f"{n}={getattr(self, n)}" for n, default in defaults.items() if getattr(self, n) != default]
        return ", ".join(parts)


def _check_sizes(hidden_size: Any, num_layers: int, dropout: Any, proj_size: int) -> None:
    dropout, hidden_size = to_python(dropout), to_python(hidden_size)
    if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
        raise ValueError(f"dropout should be a number in range [0, 1], the probability of a zero, but got {dropout!r}")
    if not isinstance(hidden_size, int):
        raise TypeError(f"hidden_size should be of type int, got: {type(hidden_size).__name__}")
    if hidden_size <= 0:
        raise ValueError(f"hidden_size must be greater than zero, but got {hidden_size}")
    if num_layers <= 0:
        raise ValueError(f"num_layers must be greater than zero, but got {num_layers}")
    if proj_size < 0 or proj_size >= hidden_size:
        raise ValueError(f"proj_size must be 0 or positive and smaller than hidden_size, but got {proj_size}")


class RNN(RNNBase):
    """Simple recurrent layers, over all steps of sequences.

    ``h = tanh(weight_ih @ x + bias_ih + weight_hh @ h + bias_hh)`` at each step.  Elman, "Finding structure in time", 1990.

    Called as ``layer(input, h=None)``, it returns ``output, h``: the states of the last layer after every step, and those of
    all layers after the last step.  A state that is not given is 0.  Parameters start uniform in ``(-b, b)`` with
    ``b = 1 / sqrt(hidden_size)``; those of the backward direction end in ``_reverse``.

    Args:
        input_size: the number of features of the input.
        hidden_size: the number of features of the hidden state.
        num_layers: how many layers there are, each on the output of the one before.
        nonlinearity: "tanh" or "relu".
        bias: whether there are biases.
        batch_first: whether input and output have the batch before the steps.
        dropout: the probability of dropout on the output of every layer but the last.
        bidirectional: whether there is a second set of cells that goes backward through the steps.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        input: ``(L, N, input_size)``, ``(N, L, input_size)`` with ``batch_first``, or ``(L, input_size)``; or a `PackedSequence`.
        output: as the input, with ``D * hidden_size`` features; ``D`` is 2 if ``bidirectional``, else 1.
        h: ``(D * num_layers, N, hidden_size)``, without ``N`` if the input has none.
        weight_ih_l[k]: ``(hidden_size, input_size)``, for ``k > 0`` ``(hidden_size, D * hidden_size)``.
        weight_hh_l[k]: ``(hidden_size, hidden_size)``.
        bias_ih_l[k], bias_hh_l[k]: ``(hidden_size,)``.

    Raises:
        ValueError: a size is out of range, or ``nonlinearity`` is unknown.
        ShapeError: an input or a state does not have this shape.

    Example::

        >>> output, h = nn.RNN(3, 5)(polygrad.ones(7, 2, 3))
        >>> output.shape, h.shape
        (polygrad.Size([7, 2, 5]), polygrad.Size([1, 2, 5]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"nonlinearity is 'tanh' or 'relu', not {nonlinearity!r}")
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype,
            backend=backend,
        )  # fmt: skip
        self.nonlinearity = nonlinearity

    @property
    def mode(self) -> str:
        """The name that PyTorch gives this layer: "RNN_TANH" or "RNN_RELU"."""
        return f"RNN_{self.nonlinearity.upper()}"

    def _layer(self, x: Tensor, state: list[Tensor], weights: list[Any], reverse: bool) -> tuple[Tensor, ...]:
        return rnn_layer(x, state, weights, self.nonlinearity, reverse)


class GRU(RNNBase):
    """Layers of gated recurrent units, over all steps of sequences.

    ``r, z = sigmoid(...)``, ``n = tanh(W_in x + b_in + r * (W_hn h + b_hn))`` and ``h = (1 - z) * n + z * h`` at each step; rows
    of parameters are in the order ``r, z, n``.  Cho et al., 2014, arXiv:1406.1078, with the reset gate after the product, as
    in cuDNN.

    Called as ``layer(input, h=None)``, it returns ``output, h``: the states of the last layer after every step, and those of
    all layers after the last step.  A state that is not given is 0.  Parameters start uniform in ``(-b, b)`` with
    ``b = 1 / sqrt(hidden_size)``; those of the backward direction end in ``_reverse``.

    Args:
        input_size: the number of features of the input.
        hidden_size: the number of features of the hidden state.
        num_layers: how many layers there are, each on the output of the one before.
        bias: whether there are biases.
        batch_first: whether input and output have the batch before the steps.
        dropout: the probability of dropout on the output of every layer but the last.
        bidirectional: whether there is a second set of cells that goes backward through the steps.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        input: ``(L, N, input_size)``, ``(N, L, input_size)`` with ``batch_first``, or ``(L, input_size)``; or a `PackedSequence`.
        output: as the input, with ``D * hidden_size`` features; ``D`` is 2 if ``bidirectional``, else 1.
        h: ``(D * num_layers, N, hidden_size)``, without ``N`` if the input has none.
        weight_ih_l[k]: ``(3 * hidden_size, input_size)``, for ``k > 0`` ``(3 * hidden_size, D * hidden_size)``.
        weight_hh_l[k]: ``(3 * hidden_size, hidden_size)``.
        bias_ih_l[k], bias_hh_l[k]: ``(3 * hidden_size,)``.

    Raises:
        ValueError: a size is out of range.
        ShapeError: an input or a state does not have this shape.

    Example::

        >>> output, h = nn.GRU(3, 5, num_layers=2)(polygrad.ones(7, 2, 3))
        >>> output.shape, h.shape
        (polygrad.Size([7, 2, 5]), polygrad.Size([2, 2, 5]))
    """

    _gates = 3
    mode = "GRU"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype,
            backend=backend,
        )  # fmt: skip

    def _layer(self, x: Tensor, state: list[Tensor], weights: list[Any], reverse: bool) -> tuple[Tensor, ...]:
        return gru_layer(x, state, weights, reverse)


class LSTM(RNNBase):
    """Layers of long short-term memory, over all steps of sequences.

    ``i, f, o = sigmoid(...)``, ``g = tanh(...)``, ``c = f * c + i * g`` and ``h = o * tanh(c)`` at each step; the rows of the
    parameters are in the order ``i, f, g, o``.  Hochreiter and Schmidhuber, "Long short-term memory", 1997.  With ``proj_size``,
    ``h = weight_hr @ (o * tanh(c))``: Sak, Senior and Beaufays, 2014, arXiv:1402.1128.

    Called as ``layer(input, (h, c)=None)``, it returns ``output, (h, c)``: states of the last layer after every step, and those of
    all layers after the last step.  A state that is not given is 0.  Parameters start uniform in ``(-b, b)`` with
    ``b = 1 / sqrt(hidden_size)``; those of the backward direction end in ``_reverse``.

    Args:
        input_size: the number of features of the input.
        hidden_size: the number of features of the hidden state.
        num_layers: how many layers there are, each on the output of the one before.
        bias: whether there are biases.
        batch_first: whether input and output have the batch before the steps.
        dropout: the probability of dropout on the output of every layer but the last.
        bidirectional: whether there is a second set of cells that goes backward through the steps.
        proj_size: the number of features of the projected hidden state, less than ``hidden_size``; 0 for no projection.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        input: ``(L, N, input_size)``, ``(N, L, input_size)`` with ``batch_first``, or ``(L, input_size)``; or a `PackedSequence`.
        output: as the input, with ``D * out`` features; ``D`` is 2 if ``bidirectional``, else 1, and ``out`` is
            ``proj_size``, or ``hidden_size`` without a projection.
        h: ``(D * num_layers, N, out)``, and ``c``: ``(D * num_layers, N, hidden_size)``; without ``N`` if the input has none.
        weight_ih_l[k]: ``(4 * hidden_size, input_size)``, for ``k > 0`` ``(4 * hidden_size, D * out)``.
        weight_hh_l[k]: ``(4 * hidden_size, out)``.
        bias_ih_l[k], bias_hh_l[k]: ``(4 * hidden_size,)``.
        weight_hr_l[k]: ``(proj_size, hidden_size)``, with a projection.

    Raises:
        ValueError: a size is out of range.
        ShapeError: an input or a state does not have this shape.

    Example::

        >>> output, (h, c) = nn.LSTM(3, 5, batch_first=True)(polygrad.ones(2, 7, 3))
        >>> output.shape, h.shape, c.shape
        (polygrad.Size([2, 7, 5]), polygrad.Size([1, 2, 5]), polygrad.Size([1, 2, 5]))
    """

    _gates = 4
    mode = "LSTM"

    def _state_sizes(self) -> tuple[int, ...]:
        return (self.proj_size or self.hidden_size, self.hidden_size)

    def _states_of(self, hx: Any) -> list[Tensor]:
        if not isinstance(hx, (tuple, list)) or len(hx) != 2:
            raise TypeError("LSTM: the state is a pair (h_0, c_0) of tensors")
        return list(hx)

    def _layer(self, x: Tensor, state: list[Tensor], weights: list[Any], reverse: bool) -> tuple[Tensor, ...]:
        return lstm_layer(x, state, weights if self.proj_size else [*weights, None], reverse)

    def _as_result(self, states: list[Tensor]) -> Any:
        return tuple(states)
