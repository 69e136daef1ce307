"""Cells of recurrent layers, which compute one step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .._core.errors import ShapeError
from .._core.tensor import Tensor
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from .._functions.common import check_tensor, place_of
from .._functions.creation import zeros
from .._functions.nn.recurrent import gru_cell, lstm_cell, rnn_cell
from . import init
from .module import Module
from .parameter import Parameter, new_parameter

__all__ = ["GRUCell", "LSTMCell", "RNNCell", "RNNCellBase"]


def new_zeros(input: Tensor, *shape: int) -> Tensor:
    """Make zeros of ``shape``, with data type and device of ``input``."""
    return zeros(shape, dtype=input.dtype, **place_of(input))


class RNNCellBase(Module):
    """Base of `RNNCell`, `LSTMCell` and `GRUCell`: the parameters of one step.

    Parameters start uniform in ``(-b, b)`` with ``b = 1 / sqrt(hidden_size)``.

    Args:
        input_size: the number of features of the input.
        hidden_size: the number of features of the hidden state.
        bias: whether there are biases.
        num_chunks: how many gates there are.
        device, dtype, backend: those of the parameters; the defaults where None.

    Example::

        >>> isinstance(nn.GRUCell(3, 5), nn.RNNCellBase)
        True
    """

    input_size: int
    hidden_size: int
    bias: bool
    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        self.weight_ih = new_parameter(num_chunks * hidden_size, input_size, **place)
        self.weight_hh = new_parameter(num_chunks * hidden_size, hidden_size, **place)
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, new_parameter(num_chunks * hidden_size, **place) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters again."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return len(shape) in (1, 2) and shape[-1] == self.input_size

    def _expects(self) -> str:
        return f"(batch, {self.input_size}) or ({self.input_size},)"

    def _check_states(self, input: Tensor, *states: Any) -> list[Tensor]:
        """Return the states, zeros for None.  Raises ShapeError if a shape is wrong."""
        name = type(self).__name__
        check_tensor(input, name)
        if not self._fits(tuple(input.shape)):
            raise ShapeError(f"{name}: expected an input of shape {self._expects()}, got {tuple(input.shape)}")
        expected = (*input.shape[:-1], self.hidden_size)
        if states[0] is None:
            return [new_zeros(input, *expected)] * len(states)
        for state in states:
            if tuple(check_tensor(state, name, "hx").shape) != expected:
                raise ShapeError(f"{name}: the state must have shape {expected}, but got {tuple(state.shape)}")
        return list(states)

    def _weights(self) -> tuple[Any, ...]:
        return self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        text = f"{self.input_size}, {self.hidden_size}"
        return text if self.bias else f"{text}, bias={self.bias}"


class RNNCell(RNNCellBase):
    """Compute one step of `RNN`.

    Called as ``cell(input, h=None)``, it returns the new ``h``.  A state that is not given is 0.  Parameters start uniform in
    ``(-b, b)`` with ``b = 1 / sqrt(hidden_size)``.

    Args:
        input_size: the number of features of the input.
        hidden_size: the number of features of the hidden state.
        bias: whether there are biases.
        nonlinearity: "tanh" or "relu".
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        input: ``(N, input_size)`` or ``(input_size,)``.
        h: ``(N, hidden_size)`` or ``(hidden_size,)``.
        weight_ih: ``(hidden_size, input_size)``.
        weight_hh: ``(hidden_size, hidden_size)``.
        bias_ih, bias_hh: ``(hidden_size,)``.

    Raises:
        ShapeError: an input or a state does not have this shape.
        ValueError: ``nonlinearity`` is unknown.

    Example::

        >>> nn.RNNCell(3, 5)(polygrad.ones(2, 3)).shape
        polygrad.Size([2, 5])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"nonlinearity is 'tanh' or 'relu', not {nonlinearity!r}")
        super().__init__(input_size, hidden_size, bias, 1, device, dtype, backend=backend)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Compute the states after ``input``."""
        return rnn_cell(input, self._check_states(input, hx)[0], self._weights(), self.nonlinearity)

    if TYPE_CHECKING:

        def __call__(self, input: Tensor, hx: Tensor | None = None) -> Tensor: ...  # noqa: D102

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        text = super().extra_repr()
        return text if self.nonlinearity == "tanh" else f"{text}, nonlinearity={self.nonlinearity}"


class LSTMCell(RNNCellBase):
    """Compute one step of `LSTM`.

    Called as ``cell(input, (h, c)=None)``, it returns the new pair.  A state that is not given is 0.  Parameters start uniform in
    ``(-b, b)`` with ``b = 1 / sqrt(hidden_size)``.

    Args:
        input_size: the number of features of the input.
        hidden_size: the number of features of the hidden state.
        bias: whether there are biases.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        input: ``(N, input_size)`` or ``(input_size,)``.
        h, c: ``(N, hidden_size)`` or ``(hidden_size,)``.
        weight_ih: ``(4 * hidden_size, input_size)``.
        weight_hh: ``(4 * hidden_size, hidden_size)``.
        bias_ih, bias_hh: ``(4 * hidden_size,)``.

    Raises:
        ShapeError: an input or a state does not have this shape.

    Example::

        >>> h, c = nn.LSTMCell(3, 5)(polygrad.ones(2, 3))
        >>> h.shape, c.shape
        (polygrad.Size([2, 5]), polygrad.Size([2, 5]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype, backend=backend)

    def forward(self, input: Tensor, hx: Any = None) -> tuple[Tensor, Tensor]:
        """Compute the states after ``input``."""
        hidden, cell = (None, None) if hx is None else hx
        return lstm_cell(input, self._check_states(input, hidden, cell), self._weights())

    if TYPE_CHECKING:

        def __call__(self, input: Tensor, hx: Any = None) -> tuple[Tensor, Tensor]: ...  # noqa: D102


class GRUCell(RNNCellBase):
    """Compute one step of `GRU`.

    Called as ``cell(input, h=None)``, it returns the new ``h``.  A state that is not given is 0.  Parameters start uniform in
    ``(-b, b)`` with ``b = 1 / sqrt(hidden_size)``.

    Args:
        input_size: the number of features of the input.
        hidden_size: the number of features of the hidden state.
        bias: whether there are biases.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        input: ``(N, input_size)`` or ``(input_size,)``.
        h: ``(N, hidden_size)`` or ``(hidden_size,)``.
        weight_ih: ``(3 * hidden_size, input_size)``.
        weight_hh: ``(3 * hidden_size, hidden_size)``.
        bias_ih, bias_hh: ``(3 * hidden_size,)``.

    Raises:
        ShapeError: an input or a state does not have this shape.

    Example::

        >>> nn.GRUCell(3, 5)(polygrad.ones(2, 3)).shape
        polygrad.Size([2, 5])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype, backend=backend)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Compute the states after ``input``."""
        return gru_cell(input, self._check_states(input, hx)[0], self._weights())

    if TYPE_CHECKING:

        def __call__(self, input: Tensor, hx: Tensor | None = None) -> Tensor: ...  # noqa: D102
