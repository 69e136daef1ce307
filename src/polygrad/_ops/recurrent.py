"""Recurrent layers: every step of a sequence in one operation.

What the inputs contribute to the gates does not depend on the state, so it is one product for all steps, made before; an
operation here gets it as ``gates`` ``(steps, batch, gates)`` and goes through the steps.  Backward it goes through them in
the other direction, and makes the gradient of the weights afterwards, again as one product for all steps.  The activated gates
are results of their own, since the gradient is made of them.

Hochreiter and Schmidhuber, "Long short-term memory" (1997), with the forget gate of Gers et al. (2000); Cho et al.,
arXiv:1406.1078; Elman, "Finding structure in time" (1990).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from .._core.primitive import OPERATIONS, primitive
from ..backends.namespace import GENERIC


def scan_steps(xp: Any, step: Callable, state: Any, inputs: tuple, reverse: bool = False) -> tuple[Any, tuple]:
    """``state, outputs = step(state, parts)`` for every part of ``inputs`` along their first axes.

    From last to first if ``reverse``.  Returns the last state, and the outputs stacked at the places of their inputs.  A library
    may provide its native loop.
    """
    count = inputs[0].shape[0]
    found: list[Any] = [None] * count
    parts = list(zip(*[xp.unstack(x, axis=0) for x in inputs], strict=True))
    for number in range(count - 1, -1, -1) if reverse else range(count):
        state, found[number] = step(state, parts[number])
    return state, tuple([xp.stack(list(outputs), axis=0) for outputs in zip(*found, strict=True)])


GENERIC["scan_steps"] = scan_steps
OPERATIONS.scan_steps = partial(scan_steps, OPERATIONS)


def _parts(xp, x, count):
    """``count`` equal parts of the last axis."""
    width = x.shape[-1] // count
    return [xp.getitem(x, (Ellipsis, slice(k * width, (k + 1) * width))) for k in range(count)]


def _before(xp, first, states, reverse):
    """The state before every step: ``first``, and the ``states`` after all steps but the last."""
    first = xp.reshape(first, (1, *first.shape))
    if reverse:
        return xp.concat([xp.getitem(states, (slice(1, None), Ellipsis)), first], axis=0)
    return xp.concat([first, xp.getitem(states, (slice(0, states.shape[0] - 1), Ellipsis))], axis=0)


def _of_weight(xp, g, states):
    """The gradient of a weight that every step multiplied the state with, from those of the products."""
    width, size = g.shape[-1], states.shape[-1]
    count = g.shape[0] * g.shape[1]
    return xp.matmul(xp.matrix_transpose(xp.reshape(g, (count, width))), xp.reshape(states, (count, size)))


def _or_zeros(xp, g, like):
    return xp.zeros_like(like) if g is None else g


def _fill_in(cotangents, parts):
    """One step's ``parts`` of those ``cotangents`` that there are, None for the others."""
    rest = iter(parts)
    return [None if c is None else next(rest) for c in cotangents]


# -- long short-term memory --------------------------------------------------------------------------------------------


def _cell(xp, gates, cell):
    """After one step: hidden state, cell state, and the activated input, forget, candidate and output gates."""
    i, f, g, o = _parts(xp, gates, 4)
    i, f, g, o = xp.sigmoid(i), xp.sigmoid(f), xp.tanh(g), xp.sigmoid(o)
    cell = f * cell + i * g
    return o * xp.tanh(cell), cell, i, f, g, o


def _through_cell(xp, cotangents, before, after, activated):
    """The cotangents of the gates and of the cell state ``before`` the step, from those of the results of `_cell`."""
    of_hidden, of_cell, *of_activated = cotangents
    i, f, g, o = activated
    squashed = xp.tanh(after)
    of_cell = of_cell + of_hidden * o * (1 - squashed * squashed)
    found = [of_cell * g, of_cell * before, of_cell * i, of_hidden * squashed]
    found = [c if more is None else c + more for c, more in zip(found, of_activated, strict=True)]
    slopes = [i * (1 - i), f * (1 - f), 1 - g * g, o * (1 - o)]
    return xp.concat([c * slope for c, slope in zip(found, slopes, strict=True)], axis=-1), of_cell * f


@primitive(promotes=True, outputs=6, accumulates=True)
def lstm_cell(xp, gates, cell, /):
    """One step of long short-term memory, from the sum of all that goes into its gates: `_cell`."""
    return _cell(xp, gates, cell)


def _lstm_cell(xp, g, ans, cell):
    of_hidden, of_cell = _or_zeros(xp, g[0], ans[0]), _or_zeros(xp, g[1], ans[1])
    return _through_cell(xp, (of_hidden, of_cell, *g[2:]), cell, ans[1], ans[2:])


lstm_cell.defvjp(_lstm_cell)


@primitive(promotes=True, same_dtype=True, outputs=6, accumulates=True)
def lstm_steps(xp, gates, hidden, cell, weight, /, reverse=False):
    """For all steps what `_cell` gives for one.

    ``weight`` ``(4 * size, size)`` takes the hidden state to the next step's gates.
    """
    across = xp.matrix_transpose(weight)

    def step(state, inputs):
        results = _cell(xp, inputs[0] + xp.matmul(state[0], across), state[1])
        return results[:2], results

    return xp.scan_steps(step, (hidden, cell), (gates,), reverse)[1]


def _lstm_steps(xp, g, ans, hidden, cell, weight, reverse, needs):
    hiddens, cells, *activated = ans
    inputs = (cells, _before(xp, cell, cells, reverse), *activated, *[c for c in g if c is not None])

    def step(state, inputs):
        of_hidden, of_cell, *of_activated = _fill_in(g, inputs[6:])
        of_hidden = state[0] if of_hidden is None else state[0] + of_hidden
        of_cell = state[1] if of_cell is None else state[1] + of_cell
        of_gates, of_cell = _through_cell(xp, (of_hidden, of_cell, *of_activated), inputs[1], inputs[0], inputs[2:6])
        return (xp.matmul(of_gates, weight), of_cell), (of_gates,)

    start = (xp.zeros_like(hidden), xp.zeros_like(cell))
    (of_hidden, of_cell), (of_gates,) = xp.scan_steps(step, start, inputs, not reverse)
    of_weight = _of_weight(xp, of_gates, _before(xp, hidden, hiddens, reverse)) if needs[3] else None
    return of_gates, of_hidden, of_cell, of_weight


lstm_steps.defvjp(_lstm_steps)

# -- gated recurrent units ---------------------------------------------------------------------------------------------


@primitive(promotes=True, same_dtype=True, outputs=5, accumulates=True)
def gru_steps(xp, gates, hidden, weight, bias, /, reverse=False):
    """For all steps the hidden states, the activated gates, and what the candidate got from the state before.

    The gates are reset, update and candidate.  ``weight`` ``(3 * size, size)`` and ``bias`` take the hidden state to the next
    step's gates.
    """
    across = xp.matrix_transpose(weight)

    def step(state, inputs):
        of_input, of_state = _parts(xp, inputs[0], 3), _parts(xp, xp.matmul(state[0], across) + bias, 3)
        r = xp.sigmoid(of_input[0] + of_state[0])
        z = xp.sigmoid(of_input[1] + of_state[1])
        n = xp.tanh(of_input[2] + r * of_state[2])
        hidden = n + z * (state[0] - n)
        return (hidden,), (hidden, r, z, n, of_state[2])

    return xp.scan_steps(step, (hidden,), (gates,), reverse)[1]


def _gru_steps(xp, g, ans, hidden, weight, reverse, needs):
    before = _before(xp, hidden, ans[0], reverse)

    def step(state, inputs):
        before, r, z, n, of_state, *given = inputs
        of_hidden, *more = [0 if c is None else c for c in _fill_in(g, given)]
        of_hidden = state[0] + of_hidden
        of_n = (of_hidden * (1 - z) + more[2]) * (1 - n * n)
        of_z = (of_hidden * (before - n) + more[1]) * (z * (1 - z))
        of_r = (of_n * of_state + more[0]) * (r * (1 - r))
        through = xp.concat([of_r, of_z, of_n * r + more[3]], axis=-1)
        return (of_hidden * z + xp.matmul(through, weight),), (xp.concat([of_r, of_z, of_n], axis=-1), through)

    inputs = (before, *ans[1:], *[c for c in g if c is not None])
    (of_hidden,), (of_gates, through) = xp.scan_steps(step, (xp.zeros_like(hidden),), inputs, not reverse)
    of_weight = _of_weight(xp, through, before) if needs[2] else None
    return of_gates, of_hidden, of_weight, xp.sum(through, axis=(0, 1)) if needs[3] else None


gru_steps.defvjp(_gru_steps)

# -- simple recurrence -------------------------------------------------------------------------------------------------


@primitive(promotes=True, same_dtype=True, accumulates=True)
def rnn_steps(xp, gates, hidden, weight, /, nonlinearity="tanh", reverse=False):
    """Hidden states of all steps, each the tanh or relu of its ``gates`` and of ``weight`` times the state before."""
    across = xp.matrix_transpose(weight)
    function = xp.tanh if nonlinearity == "tanh" else xp.relu

    def step(state, inputs):
        hidden = function(inputs[0] + xp.matmul(state[0], across))
        return (hidden,), (hidden,)

    return xp.scan_steps(step, (hidden,), (gates,), reverse)[1][0]


def _rnn_steps(xp, g, ans, hidden, weight, nonlinearity, reverse, needs):
    def step(state, inputs):
        of_hidden, after = inputs
        of_hidden = state[0] + of_hidden
        if nonlinearity == "tanh":
            of_gates = of_hidden * (1 - after * after)
        else:
            of_gates = xp.where(after > 0, of_hidden, xp.zeros_like(of_hidden))
        return (xp.matmul(of_gates, weight),), (of_gates,)

    (of_hidden,), (of_gates,) = xp.scan_steps(step, (xp.zeros_like(hidden),), (g, ans), not reverse)
    of_weight = _of_weight(xp, of_gates, _before(xp, hidden, ans, reverse)) if needs[2] else None
    return of_gates, of_hidden, of_weight


rnn_steps.defvjp(_rnn_steps)
