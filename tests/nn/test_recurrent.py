"""Recurrent layers and packed sequences: PyTorch's results, repr and state; every backend; higher orders; compiled."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad as pg
from polygrad import nn
from polygrad.nn.utils.rnn import (
    PackedSequence,
    pack_padded_sequence,
    pack_sequence,
    pad_packed_sequence,
    pad_sequence,
    unpack_sequence,
)

LAYERS = [
    ("RNN", {}),
    ("RNN", {"nonlinearity": "relu", "num_layers": 2, "bidirectional": True}),
    ("RNN", {"bias": False, "batch_first": True}),
    ("GRU", {}),
    ("GRU", {"num_layers": 2, "bidirectional": True, "batch_first": True}),
    ("GRU", {"bias": False}),
    ("LSTM", {}),
    ("LSTM", {"num_layers": 2, "bidirectional": True}),
    ("LSTM", {"bias": False, "batch_first": True}),
    ("LSTM", {"num_layers": 2, "bidirectional": True, "proj_size": 2}),
]
CELLS = [("RNNCell", {}), ("RNNCell", {"nonlinearity": "relu", "bias": False}), ("GRUCell", {}), ("LSTMCell", {}),
         ("LSTMCell", {"bias": False})]  # fmt: skip


def ids(value):
    return value if isinstance(value, str) else ",".join(f"{k}={v}" for k, v in value.items()) or "plain"


def noise(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def listed(states):
    return list(states) if isinstance(states, (tuple, list)) else [states]


def made(library, name, settings, state=None):
    layer = getattr(library.nn, name)(3, 4, **settings).double()
    if state is not None:
        layer.load_state_dict(state)
    return layer


def loss_of(output, states):
    output = output.data if isinstance(output, tuple) else output
    return sum(((s * s).sum() for s in listed(states)), start=output.sin().sum())


def gradients(layer, x):
    return [p.grad.detach().numpy() for p in (x, *layer.parameters())]


def assert_same(mine, theirs):
    assert len(mine) == len(theirs)
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-9, atol=1e-11)


def run(library, layer, x, states=None, lengths=None, in_order=True):
    """Loss, output, states and gradients, as NumPy arrays."""
    x = library.tensor(x, requires_grad=True)
    given = x
    if lengths is not None:
        pack = library.nn.utils.rnn.pack_padded_sequence
        given = pack(x, lengths, batch_first=layer.batch_first, enforce_sorted=in_order)
    if states is not None:
        states = tuple(library.tensor(s) for s in states) if isinstance(states, tuple) else library.tensor(states)
    output, after = layer(given, states)
    loss = loss_of(output, after)
    loss.backward()
    output = output.data if lengths is not None else output
    return [v.detach().numpy() for v in (loss, output, *listed(after))] + gradients(layer, x)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.mark.parity
@pytest.mark.parametrize("shape", [(5, 2, 3), (1, 1, 3), (5, 3)], ids=str)
@pytest.mark.parametrize(("name", "settings"), LAYERS, ids=ids)
def test_layer_is_pytorchs(name, settings, shape, torch):
    theirs = made(torch, name, settings)
    mine = made(pg, name, settings, {k: v.numpy() for k, v in theirs.state_dict().items()})
    assert repr(mine) == repr(theirs)
    assert list(mine.state_dict()) == list(theirs.state_dict())
    assert_same(run(pg, mine, noise(*shape)), run(torch, theirs, noise(*shape)))


@pytest.mark.parity
@pytest.mark.parametrize(("lengths", "in_order"), [([5, 2], True), ([3, 5], False)], ids=str)
@pytest.mark.parametrize(("name", "settings"), LAYERS, ids=ids)
def test_layer_on_packed_sequences_is_pytorchs(name, settings, lengths, in_order, torch):
    theirs = made(torch, name, settings)
    mine = made(pg, name, settings, {k: v.numpy() for k, v in theirs.state_dict().items()})
    x = noise(2, 5, 3) if mine.batch_first else noise(5, 2, 3)
    directions, size = 2 if mine.bidirectional else 1, mine.proj_size or 4
    states = noise(mine.num_layers * directions, 2, size, seed=1)
    if name == "LSTM":
        states = (states, noise(mine.num_layers * directions, 2, 4, seed=2))
    assert_same(run(pg, mine, x, states, lengths, in_order), run(torch, theirs, x, states, lengths, in_order))


@pytest.mark.parity
@pytest.mark.parametrize(("name", "settings"), CELLS, ids=ids)
def test_cell_is_pytorchs(name, settings, torch):
    theirs = made(torch, name, settings)
    mine = made(pg, name, settings, {k: v.numpy() for k, v in theirs.state_dict().items()})
    assert repr(mine) == repr(theirs)
    found = []
    for library, cell in ((pg, mine), (torch, theirs)):
        x = library.tensor(noise(2, 3), requires_grad=True)
        state = None
        for _ in range(3):
            state = cell(x, state)
        loss_of(listed(state)[0], state).backward()
        found.append([s.detach().numpy() for s in listed(state)] + gradients(cell, x))
    assert_same(*found)


@pytest.mark.parity
def test_packing_is_pytorchs(torch):
    found = []
    for library in (pg, torch):
        rnn = library.nn.utils.rnn
        parts = [library.tensor(noise(n, 2, seed=n)) for n in (2, 4, 3)]
        packed = rnn.pack_sequence(parts, enforce_sorted=False)
        padded, lengths = rnn.pad_packed_sequence(packed, batch_first=True, padding_value=-1.0, total_length=6)
        left = rnn.pad_sequence(parts, batch_first=True, padding_side="left")
        found.append([*packed, padded, lengths, left, *rnn.unpack_sequence(packed)])
    assert_same(*found)


@pytest.mark.parametrize(("name", "settings"), LAYERS, ids=ids)
def test_every_backend_agrees(name, settings, backend):
    pg.manual_seed(0)
    with pg.use_backend("numpy"):
        reference = made(pg, name, settings)
        expected = run(pg, reference, noise(4, 2, 3))
    layer = made(pg, name, settings, {k: v.numpy() for k, v in reference.state_dict().items()})
    assert_same(run(pg, layer, noise(4, 2, 3)), expected)


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_second_order(name):
    pg.manual_seed(1)
    layer = made(pg, name, {})
    x = pg.tensor(noise(3, 2, 3), requires_grad=True)
    assert pg.autograd.gradcheck(lambda x: layer(x)[0], (x,))
    assert pg.autograd.gradgradcheck(lambda x: layer(x)[0], (x,))


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_in_a_batch_and_forward_mode(name):
    layer = made(pg, name, {})
    x, t = pg.tensor(noise(6, 4, 2, 3)), pg.tensor(noise(4, 2, 3, seed=1))
    looped = pg.stack([layer(one)[0] for one in x])
    pg.testing.assert_close(pg.vmap(lambda one: layer(one)[0])(x), looped)
    _, tangent = pg.func.jvp(lambda one: layer(one)[0], (x[0],), (t,))
    step = 1e-6
    numeric = (layer(x[0] + step * t)[0] - layer(x[0] - step * t)[0]) / (2 * step)
    pg.testing.assert_close(tangent, numeric, rtol=1e-6, atol=1e-8)


class Classifier(nn.Module):
    """An embedding, a recurrent layer with dropout between its layers, and a linear one."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(7, 5)
        self.layer = nn.LSTM(5, 6, num_layers=2, dropout=0.2, batch_first=True)
        self.output = nn.Linear(6, 3)

    def forward(self, tokens):
        return self.output(self.layer(self.embedding(tokens))[0][:, -1])


@pytest.mark.parametrize("backend", pg.backends.available())
def test_compiled_training_is_eager_training(backend):
    def losses(compiled):
        with pg.use_backend(backend):
            pg.manual_seed(0)
            model = Classifier()
            optimizer = pg.optim.Adam(model.parameters(), lr=0.02)
            tokens, target = pg.randint(0, 7, (8, 5)), pg.randint(0, 3, (8,))

            def step(tokens, target):
                loss = nn.functional.cross_entropy(model(tokens), target)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                return loss

            step = pg.compile(step) if compiled else step
            return [step(tokens, target).item() for _ in range(20)]

    eager, compiled = losses(False), losses(True)
    assert eager[-1] < eager[0]
    np.testing.assert_allclose(compiled, eager, rtol=2e-5)


def test_hooks_run():
    layer, seen = nn.GRU(2, 3), []
    layer.register_forward_hook(lambda module, args, output: seen.append(output[0].shape))
    layer(pg.ones(4, 1, 2))
    assert seen == [(4, 1, 3)]


def test_first_weights_are_in_pytorchs_range():
    for layer in (nn.LSTM(20, 16, bidirectional=True), nn.GRUCell(20, 16)):
        for parameter in layer.parameters():
            assert 0.2 < parameter.abs().max().item() <= 0.25


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: nn.LSTM(3, 4)(pg.ones(5, 2, 2)), RuntimeError, r"expected an input of shape \(steps, batch, 3\)"),
        (lambda: nn.LSTM(3, 4)(pg.ones(5, 2, 3), pg.ones(1, 2, 4)), TypeError, "pair"),
        (lambda: nn.GRU(3, 4)(pg.ones(5, 2, 3), pg.ones(2, 2, 4)), RuntimeError, r"hx must have shape \(1, 2, 4\)"),
        (lambda: nn.GRU(3, 4)(pg.ones(0, 2, 3)), RuntimeError, "at least one step"),
        (lambda: nn.RNN(3, 4, nonlinearity="selu"), ValueError, "'tanh' or 'relu'"),
        (lambda: nn.LSTM(3, 0), ValueError, "hidden_size"),
        (lambda: nn.LSTM(3, 2, proj_size=2), ValueError, "proj_size"),
        (lambda: nn.LSTM(3, 2, 2, dropout=2), ValueError, "dropout"),
        (lambda: nn.LSTMCell(3, 4)(pg.ones(2, 4)), RuntimeError, r"\(batch, 3\)"),
        (lambda: nn.GRUCell(3, 4)(pg.ones(2, 3), pg.ones(2, 3)), RuntimeError, r"state must have shape \(2, 4\)"),
        (lambda: pack_padded_sequence(pg.ones(3, 2, 1), [2, 3]), RuntimeError, "decreasing"),
        (lambda: pack_padded_sequence(pg.ones(3, 2, 1), [3, 0]), RuntimeError, "greater than 0"),
        (lambda: pack_padded_sequence(pg.ones(3, 2, 1), [4, 1]), RuntimeError, "at most 3"),
        (lambda: pad_sequence([pg.ones(2)], padding_side="top"), ValueError, "padding_side"),
        (lambda: pad_sequence([]), RuntimeError, "no sequences"),
        (lambda: pad_packed_sequence(pack_sequence([pg.ones(3)]), total_length=2), ValueError, "total_length"),
    ],
)  # fmt: skip
def test_wrong_arguments(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_dropout_after_one_layer_warns():
    with pytest.warns(UserWarning, match="num_layers"):
        nn.LSTM(2, 3, dropout=0.5)


def test_packed_sequence_is_moved_and_unpacked():
    parts = [pg.ones(3, 1), pg.zeros(1, 1)]
    packed = pack_sequence(parts).to(pg.float64)
    assert isinstance(packed, PackedSequence)
    assert packed.data.dtype is pg.float64
    assert [tuple(x.shape) for x in unpack_sequence(packed)] == [(3, 1), (1, 1)]


@pytest.mark.backend("jax")
def test_packed_sequences_in_a_compiled_function():
    with pg.use_backend("jax"):
        layer, x = nn.GRU(3, 2), pg.tensor(noise(4, 2, 3), dtype=pg.float32)

        def last(x):
            return pad_packed_sequence(layer(pack_padded_sequence(x, [4, 2]))[0])[0]

        pg.testing.assert_close(pg.compile(last)(x), last(x))


def test_sequences_in_one_tensor_are_its_rows():
    rows = pg.arange(12.0).reshape(2, 3, 2)
    for batch_first in (False, True):
        padded = pad_sequence(rows, batch_first)
        assert padded.tolist() == pad_sequence([rows[0], rows[1]], batch_first).tolist()
    assert pad_sequence(rows).shape == (3, 2, 2)
    packed, expected = nn.utils.rnn.pack_sequence(rows), nn.utils.rnn.pack_sequence([rows[0], rows[1]])
    assert packed.data.tolist() == expected.data.tolist()
    assert packed.batch_sizes.tolist() == expected.batch_sizes.tolist()
