"""NumPy kernels for recurrent layers: the steps write into arrays that are made once for all of them.

A sigmoid is ``1 / (1 + exp(-x))``, which is accurate also where it is small.  It is taken of all gates of a step
at once, of the candidate too, which is then put over it: a window of a matrix takes twice as long as the whole.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .reductions import column_sums, long_product
from .table import kernel

_add, _multiply, _subtract, _divide = np.add, np.multiply, np.subtract, np.divide
_exp, _tanh, _negative = np.exp, np.tanh, np.negative

#: ``exp(-x)`` is infinite far out, and its reciprocal 0.
_far_out = partial(np.errstate, over="ignore")


def _activate(gates, size, one, negative_candidate):
    """Overwrite the negative ``gates`` of an LSTM with the activated values of the gates themselves."""
    candidate = gates[..., 2 * size : 3 * size]
    _tanh(candidate, negative_candidate)
    _exp(gates, gates)
    _add(gates, one, gates)
    _divide(one, gates, gates)
    _negative(negative_candidate, candidate)


def _separate(x, count):
    """``count`` parts of the last axis, as views."""
    width = x.shape[-1] // count
    return tuple([x[..., k * width : (k + 1) * width] for k in range(count)])


def _join(parts):
    """The inverse of `_separate`: the array that ``parts`` are views of, if a kernel here made them."""
    base, first = parts[0].base, parts[0]
    if base is not None and base.shape == (*first.shape[:-1], len(parts) * first.shape[-1]) and first.size:
        start, stride = base.ctypes.data, first.shape[-1] * first.itemsize
        if all(x.base is base and x.ctypes.data == start + k * stride for k, x in enumerate(parts)):
            return base
    return np.concatenate(parts, axis=-1)


def _join_with_zeros(parts, like):
    """`_join` of cotangents, of which some may be None; None if all are."""
    if all(part is None for part in parts):
        return None
    return np.concatenate([np.zeros_like(like) if part is None else part for part in parts], axis=-1)


def _order(count, reverse):
    return range(count - 1, -1, -1) if reverse else range(count)


def _states_before(first, states, reverse):
    """The state before every step, as `_before` of the generic implementation."""
    out = np.empty_like(states)
    if reverse:
        out[:-1], out[-1] = states[1:], first
    else:
        out[1:], out[0] = states[:-1], first
    return out


def _weight_gradient(g, first, states, reverse):
    before = _states_before(first, states, reverse)
    return long_product(g.reshape(-1, g.shape[-1]).T, before.reshape(-1, before.shape[-1]))


# -- long short-term memory --------------------------------------------------------------------------------------------


@kernel
def lstm_cell(gates, cell, /):
    size = cell.shape[-1]
    activated, hidden = _negative(gates), np.empty_like(cell)
    with _far_out():
        _activate(activated, size, np.ones((), gates.dtype), hidden)
    after = _multiply(activated[..., size : 2 * size], cell)
    _multiply(activated[..., :size], hidden, hidden)
    _subtract(after, hidden, after)
    _tanh(after, hidden)
    _multiply(hidden, activated[..., 3 * size :], hidden)
    return hidden, after, *_separate(activated, 4)


@kernel
def lstm_cell_vjp(g, ans, cell):
    after, (i, f, candidate, o) = ans[1], ans[2:]
    activated, size = _join(ans[2:]), cell.shape[-1]
    of_hidden, of_cell = g[:2]
    of_activated = _join_with_zeros(g[2:], cell)
    one = np.ones((), cell.dtype)
    of_gates = np.empty_like(activated)
    if of_hidden is None:
        total = of_cell if of_cell is not None else np.zeros_like(after)
        of_gates[..., 3 * size :] = 0
    else:
        squashed = _tanh(after)
        _multiply(of_hidden, squashed, of_gates[..., 3 * size :])
        total = _multiply(squashed, squashed)
        _subtract(one, total, total)
        _multiply(total, o, total)
        _multiply(total, of_hidden, total)
        if of_cell is not None:
            _add(total, of_cell, total)
    _multiply(total, candidate, of_gates[..., :size])
    _multiply(total, cell, of_gates[..., size : 2 * size])
    _multiply(total, i, of_gates[..., 2 * size : 3 * size])
    if of_activated is not None:
        _add(of_gates, of_activated, of_gates)
    _multiply(of_gates, _lstm_slopes(activated, size, one, np.empty_like(activated)), of_gates)
    return of_gates, _multiply(total, f)


def _lstm_slopes(activated, size, one, out):
    """The derivatives of the activation functions, by their values."""
    _subtract(one, activated, out)
    _multiply(out, activated, out)
    candidate, slope = activated[..., 2 * size : 3 * size], out[..., 2 * size : 3 * size]
    _multiply(candidate, candidate, slope)
    _subtract(one, slope, slope)
    return out


@kernel
def lstm_steps(gates, hidden, cell, weight, /, reverse=False):
    steps, batch, width = gates.shape
    size = width // 4
    one = np.ones((), gates.dtype)
    across = _negative(weight.T, order="C")
    activated = np.empty(gates.shape, gates.dtype)
    hiddens, cells = (np.empty((steps, batch, size), gates.dtype) for _ in range(2))
    product, part = np.empty((batch, width), gates.dtype), np.empty((batch, size), gates.dtype)
    with _far_out():
        for t in _order(steps, reverse):
            now, after, out = activated[t], cells[t], hiddens[t]
            np.dot(hidden, across, product)
            _subtract(product, gates[t], now)
            _activate(now, size, one, part)
            _multiply(now[:, size : 2 * size], cell, after)
            _multiply(now[:, :size], part, part)
            _subtract(after, part, after)
            _tanh(after, out)
            _multiply(out, now[:, 3 * size :], out)
            hidden, cell = out, after
    return hiddens, cells, *_separate(activated, 4)


@kernel
def lstm_steps_vjp(g, ans, hidden, cell, weight, reverse, needs):
    hiddens, cells = ans[:2]
    of_hiddens, of_cells = g[:2]
    activated, of_activated = _join(ans[2:]), _join_with_zeros(g[2:], hiddens)
    steps, batch, width = activated.shape
    size = width // 4
    one = np.ones((), activated.dtype)
    of_gates, squashed = np.empty_like(activated), _tanh(cells)
    of_hidden, of_cell = np.zeros_like(hidden, order="C"), np.zeros_like(cell, order="C")
    part, slopes = np.empty_like(of_cell), np.empty((batch, width), activated.dtype)
    backwards = list(_order(steps, not reverse))
    for t, earlier in zip(backwards, [*backwards[1:], None], strict=True):
        now, out, tanh = activated[t], of_gates[t], squashed[t]
        if of_hiddens is not None:
            _add(of_hidden, of_hiddens[t], of_hidden)
        if of_cells is not None:
            _add(of_cell, of_cells[t], of_cell)
        _multiply(tanh, tanh, part)
        _subtract(one, part, part)
        _multiply(part, now[:, 3 * size :], part)
        _multiply(part, of_hidden, part)
        _add(of_cell, part, of_cell)
        _multiply(of_cell, now[:, 2 * size : 3 * size], out[:, :size])
        _multiply(of_cell, cell if earlier is None else cells[earlier], out[:, size : 2 * size])
        _multiply(of_cell, now[:, :size], out[:, 2 * size : 3 * size])
        _multiply(of_hidden, tanh, out[:, 3 * size :])
        if of_activated is not None:
            _add(out, of_activated[t], out)
        _multiply(out, _lstm_slopes(now, size, one, slopes), out)
        np.dot(out, weight, of_hidden)
        _multiply(of_cell, now[:, size : 2 * size], of_cell)
    of_weight = _weight_gradient(of_gates, hidden, hiddens, reverse) if needs[3] else None
    return of_gates, of_hidden, of_cell, of_weight


# -- gated recurrent units ---------------------------------------------------------------------------------------------


@kernel
def gru_steps(gates, hidden, weight, bias, /, reverse=False):
    steps, batch, width = gates.shape
    size = width // 3
    across, one = np.ascontiguousarray(weight.T), np.ones((), gates.dtype)
    hiddens = np.empty((steps, batch, size), gates.dtype)
    activated = np.empty((steps, batch, 4 * size), gates.dtype)
    product, both = np.empty((batch, width), gates.dtype), np.empty((batch, 2 * size), gates.dtype)
    with _far_out():
        for t in _order(steps, reverse):
            now, given, out = activated[t], gates[t], hiddens[t]
            np.dot(hidden, across, product)
            _add(product, bias, product)
            _add(given[:, : 2 * size], product[:, : 2 * size], both)
            _negative(both, both)
            _exp(both, both)
            _add(both, one, both)
            _divide(one, both, now[:, : 2 * size])
            now[:, 3 * size :] = product[:, 2 * size :]
            candidate = now[:, 2 * size : 3 * size]
            _multiply(now[:, :size], product[:, 2 * size :], candidate)
            _add(candidate, given[:, 2 * size :], candidate)
            _tanh(candidate, candidate)
            _subtract(hidden, candidate, out)
            _multiply(out, now[:, size : 2 * size], out)
            _add(out, candidate, out)
            hidden = out
    return hiddens, *_separate(activated, 4)


@kernel
def gru_steps_vjp(g, ans, hidden, weight, reverse, needs):
    hiddens, of_hiddens = ans[0], g[0]
    activated, of_activated = _join(ans[1:]), _join_with_zeros(g[1:], hiddens)
    steps, batch, width = activated.shape
    size = width // 4
    one = np.ones((), activated.dtype)
    of_gates, through = (np.empty((steps, batch, 3 * size), activated.dtype) for _ in range(2))
    of_hidden, part = np.zeros_like(hidden, order="C"), np.empty((batch, size), activated.dtype)
    slopes, back = np.empty((batch, 2 * size), activated.dtype), np.empty((batch, size), activated.dtype)
    backwards = list(_order(steps, not reverse))
    for t, earlier in zip(backwards, [*backwards[1:], None], strict=True):
        now, out, state = activated[t], of_gates[t], through[t]
        r, z, n, of_state = (now[:, k * size : (k + 1) * size] for k in range(4))
        more = None if of_activated is None else of_activated[t]
        if of_hiddens is not None:
            _add(of_hidden, of_hiddens[t], of_hidden)
        candidate = out[:, 2 * size :]
        _subtract(one, z, candidate)
        _multiply(candidate, of_hidden, candidate)
        if more is not None:
            _add(candidate, more[:, 2 * size : 3 * size], candidate)
        _multiply(n, n, part)
        _subtract(one, part, part)
        _multiply(candidate, part, candidate)
        _subtract(hidden if earlier is None else hiddens[earlier], n, part)
        _multiply(part, of_hidden, out[:, size : 2 * size])
        _multiply(candidate, of_state, out[:, :size])
        both = out[:, : 2 * size]
        if more is not None:
            _add(both, more[:, : 2 * size], both)
        _subtract(one, now[:, : 2 * size], slopes)
        _multiply(slopes, now[:, : 2 * size], slopes)
        _multiply(both, slopes, both)
        state[:, : 2 * size] = both
        _multiply(candidate, r, state[:, 2 * size :])
        if more is not None:
            _add(state[:, 2 * size :], more[:, 3 * size :], state[:, 2 * size :])
        np.dot(state, weight, back)
        _multiply(of_hidden, z, of_hidden)
        _add(of_hidden, back, of_hidden)
    of_weight = _weight_gradient(through, hidden, hiddens, reverse) if needs[2] else None
    return of_gates, of_hidden, of_weight, column_sums(through.reshape(-1, 3 * size)) if needs[3] else None


# -- simple recurrence -------------------------------------------------------------------------------------------------


@kernel
def rnn_steps(gates, hidden, weight, /, nonlinearity="tanh", reverse=False):
    steps, batch, size = gates.shape
    across = np.ascontiguousarray(weight.T)
    hiddens, product = np.empty((steps, batch, size), gates.dtype), np.empty((batch, size), gates.dtype)
    zero = np.zeros((), gates.dtype)
    for t in _order(steps, reverse):
        out = hiddens[t]
        np.dot(hidden, across, product)
        _add(gates[t], product, out)
        _ = _tanh(out, out) if nonlinearity == "tanh" else np.maximum(out, zero, out=out)
        hidden = out
    return hiddens


@kernel
def rnn_steps_vjp(g, ans, hidden, weight, nonlinearity, reverse, needs):
    steps, batch, size = ans.shape
    one, zero = np.ones((), ans.dtype), np.zeros((), ans.dtype)
    of_gates = np.empty_like(ans, order="C")
    of_hidden, slope = np.zeros_like(hidden, order="C"), np.empty((batch, size), ans.dtype)
    for t in _order(steps, not reverse):
        after, out = ans[t], of_gates[t]
        _add(of_hidden, g[t], of_hidden)
        if nonlinearity == "tanh":
            _multiply(after, after, slope)
            _subtract(one, slope, slope)
            _multiply(of_hidden, slope, out)
        else:
            np.copyto(out, zero)
            np.copyto(out, of_hidden, where=after > zero)
        np.dot(out, weight, of_hidden)
    of_weight = _weight_gradient(of_gates, hidden, ans, reverse) if needs[2] else None
    return of_gates, of_hidden, of_weight
