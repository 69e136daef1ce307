"""Recurrent layers: one layer in one direction, and one step, for every type of cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._core.tensor import Tensor
from ..common import xp
from ..joining import stack
from ..slicing import chunk, unbind
from .linear import linear


def sum_of(first: Tensor | None, second: Tensor | None) -> Tensor | None:
    """Add two biases, each of which can be None."""
    return first if second is None else second if first is None else first + second


def lstm_layer(
    input: Tensor, state: Sequence[Tensor], weights: Sequence[Any], reverse: bool = False
) -> tuple[Tensor, Tensor]:
    """Run long short-term memory over ``input`` ``(steps, batch, features)`` from ``state``, the hidden and the cell state.

    ``weights`` are those of the input and of the state, their biases or None, and the projection or None.  Returns hidden and
    cell states after every step.
    """
    of_input, of_state, bias, other_bias, projection = weights
    hidden, cell = state
    gates = linear(input, of_input, sum_of(bias, other_bias))
    if projection is None:
        return xp.lstm_steps(gates, hidden, cell, of_state, reverse)[:2]
    steps, hiddens, cells = unbind(gates), [], []
    for gates in reversed(steps) if reverse else steps:
        hidden, cell, *_ = xp.lstm_cell(gates + linear(hidden, of_state), cell)
        hidden = linear(hidden, projection)
        hiddens.append(hidden)
        cells.append(cell)
    order = -1 if reverse else 1
    return stack(hiddens[::order]), stack(cells[::order])


def gru_layer(
    input: Tensor, state: Sequence[Tensor], weights: Sequence[Any], reverse: bool = False
) -> tuple[Tensor, ...]:
    """Run gated recurrent units over ``input``: as `lstm_layer`, with one state."""
    of_input, of_state, bias, other_bias = weights
    if other_bias is None:
        other_bias = xp.zeros_like(xp.getitem(of_state, (slice(None), 0)))
    return xp.gru_steps(linear(input, of_input, bias), state[0], of_state, other_bias, reverse)[:1]


def rnn_layer(
    input: Tensor, state: Sequence[Tensor], weights: Sequence[Any], nonlinearity: str, reverse: bool = False
) -> tuple[Tensor, ...]:
    """Run a simple recurrence over ``input``: as `lstm_layer`, with one state."""
    of_input, of_state, bias, other_bias = weights
    gates = linear(input, of_input, sum_of(bias, other_bias))
    return (xp.rnn_steps(gates, state[0], of_state, nonlinearity, reverse),)


def lstm_cell(input: Tensor, state: Sequence[Tensor], weights: Sequence[Any]) -> tuple[Tensor, Tensor]:
    """Compute one step of `lstm_layer`: hidden and cell state ``(batch, size)``."""
    of_input, of_state, bias, other_bias = weights
    gates = linear(input, of_input, bias) + linear(state[0], of_state, other_bias)
    return xp.lstm_cell(gates, state[1])[:2]


def gru_cell(input: Tensor, hidden: Tensor, weights: Sequence[Any]) -> Tensor:
    """Compute one step of `gru_layer`."""
    of_input, of_state, bias, other_bias = weights
    reset, update, candidate = chunk(linear(input, of_input, bias), 3, -1)
    *gates, of_hidden = chunk(linear(hidden, of_state, other_bias), 3, -1)
    reset, update = xp.sigmoid(reset + gates[0]), xp.sigmoid(update + gates[1])
    candidate = xp.tanh(candidate + reset * of_hidden)
    return candidate + update * (hidden - candidate)


def rnn_cell(input: Tensor, hidden: Tensor, weights: Sequence[Any], nonlinearity: str) -> Tensor:
    """Compute one step of `rnn_layer`."""
    of_input, of_state, bias, other_bias = weights
    total = linear(input, of_input, bias) + linear(hidden, of_state, other_bias)
    return xp.tanh(total) if nonlinearity == "tanh" else xp.relu(total)
