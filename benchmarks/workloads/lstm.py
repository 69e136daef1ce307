"""An LSTM over 50 steps, hidden 128, batch 32: as a layer, and as a cell written by hand in a loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_torchs_names
from .by_hand import sgd, stepping
from .common import load, tinygrad, train, train_on_jax, train_on_tinygrad, train_with_nnx, uniform
from .with_numpy import Functions, train_with_numpys_names

STEPS, HIDDEN, BATCH = 50, 128, 32
SHAPES = {
    "weight_ih_l0": (4 * HIDDEN, HIDDEN), "weight_hh_l0": (4 * HIDDEN, HIDDEN), "bias_ih_l0": (4 * HIDDEN,),
    "bias_hh_l0": (4 * HIDDEN,),
}  # fmt: skip


def data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    return tuple(random.standard_normal((STEPS, BATCH, HIDDEN)).astype(np.float32) for _ in range(2))  # type: ignore[return-value]  # two of them


def layer(build: Build) -> Step:
    pg = build.library
    model = load(build, pg.nn.LSTM(HIDDEN, HIDDEN), uniform(SHAPES))
    optimizer = pg.optim.SGD(model.parameters(), lr=0.01)
    return train(build, model, lambda net, x, y: pg.nn.functional.mse_loss(net(x)[0], y), optimizer, *data())


def cell(build: Build) -> Step:
    """The cell in a Python loop; where a whole step is compiled, in `polygrad.scan`."""
    pg = build.library
    weights = {name: pg.nn.Parameter(pg.tensor(value)) for name, value in uniform(SHAPES).items()}
    optimizer = pg.optim.SGD(list(weights.values()), lr=0.01)

    def advance(state: Any, x: Any) -> Any:
        h, c = state
        gates = pg.nn.functional.linear(x, weights["weight_ih_l0"], weights["bias_ih_l0"])
        gates = gates + pg.nn.functional.linear(h, weights["weight_hh_l0"], weights["bias_hh_l0"])
        i, f, g, o = gates.chunk(4, 1)
        c = pg.sigmoid(f) * c + pg.sigmoid(i) * pg.tanh(g)
        h = pg.sigmoid(o) * pg.tanh(c)
        return (h, c), h

    compiles = build.step is getattr(pg, "compile", None) and hasattr(pg, "scan")

    def outputs(x: Any) -> Any:
        state = (pg.zeros(BATCH, HIDDEN), pg.zeros(BATCH, HIDDEN))
        if compiles:
            return pg.scan(advance, state, x)[1]
        found = []
        for step in range(STEPS):
            state, h = advance(state, x[step])
            found.append(h)
        return pg.stack(found)

    return train(build, outputs, lambda net, x, y: pg.nn.functional.mse_loss(net(x), y), optimizer, *data())


def loss_on_jax(scan: Callable[..., Any]) -> Callable[[Any, Any, Any], Any]:
    """The loss with `jax.lax.scan`, or with a loop that has its signature."""
    jax = library("jax")
    jnp = jax.numpy

    def loss(p: Any, x: Any, y: Any) -> Any:
        def advance(state: Any, x: Any) -> Any:
            h, c = state
            gates = x + h @ p["weight_hh_l0"].T + p["bias_hh_l0"]
            i, f, g, o = jnp.split(gates, 4, axis=1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        zeros = jnp.zeros((BATCH, HIDDEN), x.dtype)
        return ((scan(advance, (zeros, zeros), x @ p["weight_ih_l0"].T + p["bias_ih_l0"])[1] - y) ** 2).mean()

    return loss


def scan_on_jax() -> Step:
    loss = loss_on_jax(library("jax").lax.scan)
    return train_on_jax(uniform(SHAPES), loss, lambda optax: optax.sgd(0.01), *data(), jit=True)


def loop_on_jax() -> Step:
    jnp = library("jax").numpy

    def scan(advance: Callable[..., Any], state: Any, x: Any) -> Any:
        outputs = []
        for step in range(STEPS):
            state, h = advance(state, x[step])
            outputs.append(h)
        return state, jnp.stack(outputs)

    return train_on_jax(uniform(SHAPES), loss_on_jax(scan), lambda optax: optax.sgd(0.01), *data(), jit=False)


def with_nnx() -> Step:
    """A module of its own, since flax's cells have one bias where PyTorch's have two."""
    nnx, loss = library("flax.nnx"), loss_on_jax(library("jax").lax.scan)

    class Layer(nnx.Module):
        def __init__(self) -> None:
            self.parameters = nnx.Dict({name: nnx.Param(value) for name, value in uniform(SHAPES).items()})

        def loss(self, x: Any, y: Any) -> Any:
            return loss({name: parameter[...] for name, parameter in self.parameters.items()}, x, y)

    return train_with_nnx(Layer(), lambda net, x, y: net.loss(x, y), lambda optax: optax.sgd(0.01), *data())


def on_tinygrad() -> Step:
    tensor = tinygrad().Tensor

    def loss(p: Any, x: Any, y: Any) -> Any:
        h = c = tensor.zeros(BATCH, HIDDEN)
        projected = (x @ p["weight_ih_l0"].T + p["bias_ih_l0"]).contiguous()
        outputs = []
        for step in range(STEPS):
            gates = projected[step] + h @ p["weight_hh_l0"].T + p["bias_hh_l0"]
            i, f, g, o = gates.contiguous().chunk(4, dim=1)
            c = (f.sigmoid() * c + i.sigmoid() * g.tanh()).contiguous().contiguous_backward()
            h = (o.sigmoid() * c.tanh()).contiguous().contiguous_backward()
            outputs.append(h)
        return (tensor.stack(*outputs) - y).square().mean()

    return train_on_tinygrad(uniform(SHAPES), loss, lambda optim, p: optim.SGD(p, lr=0.01), *data())


# -- HIPS autograd, MyGrad, and NumPy by hand ------------------------------------------------------------------------------


def loss_of_loop(functions: Functions) -> Callable[[dict[str, Any]], Any]:
    (x, y), lib, sigmoid = data(), functions.numpy, functions.sigmoid

    def loss(p: dict[str, Any]) -> Any:
        h = c = np.zeros((BATCH, HIDDEN), np.float32)
        projected = lib.matmul(x, p["weight_ih_l0"].T) + p["bias_ih_l0"] + p["bias_hh_l0"]
        outputs = []
        for step in range(STEPS):
            gates = projected[step] + lib.matmul(h, p["weight_hh_l0"].T)
            i, f, g, o = functions.split(gates, 4)
            c = sigmoid(f) * c + sigmoid(i) * lib.tanh(g)
            h = sigmoid(o) * lib.tanh(c)
            outputs.append(h)
        return lib.mean((lib.stack(outputs) - y) ** 2)

    return loss


def by_hand() -> Step:
    """Batches stand last, which keeps each gate in one piece, and the gates in the order input, forget, output, candidate."""
    x, y = data()
    x, y = x.reshape(-1, HIDDEN), np.ascontiguousarray(y.transpose(0, 2, 1))
    order = np.arange(4 * HIDDEN).reshape(4, HIDDEN)[[0, 1, 3, 2]].reshape(-1)
    values = {name: value[order] for name, value in uniform(SHAPES).items()}
    gates, g_gates = np.empty((2, STEPS, 4, HIDDEN, BATCH), np.float32)
    columns, g_columns = gates.reshape(STEPS, -1, BATCH), g_gates.reshape(STEPS, -1, BATCH)
    hidden, cells = np.zeros((2, STEPS + 1, HIDDEN, BATCH), np.float32)
    squashed, g_hidden = np.empty((2, STEPS, HIDDEN, BATCH), np.float32)
    g_c, scratch, carried = np.empty((3, HIDDEN, BATCH), np.float32)
    products, slopes = np.empty((4 * HIDDEN, BATCH), np.float32), np.empty((3, HIDDEN, BATCH), np.float32)
    g_rows, h_rows = np.empty((STEPS, BATCH, 4 * HIDDEN), np.float32), np.empty((STEPS, BATCH, HIDDEN), np.float32)
    gradients = {name: np.empty_like(value) for name, value in values.items()}
    half, one = np.float32(0.5), np.float32(1)

    def forward(weight: np.ndarray) -> None:
        for step in range(STEPS):
            i, f, o, g = gates[step]
            np.matmul(weight, hidden[step], products)
            np.add(columns[step], products, columns[step])
            # A logistic function is a hyperbolic tangent of half its argument.
            logistic = gates[step, :3]
            logistic *= half
            np.tanh(gates[step], gates[step])
            logistic *= half
            logistic += half
            np.multiply(f, cells[step], cells[step + 1])
            np.multiply(i, g, scratch)
            np.add(cells[step + 1], scratch, cells[step + 1])
            np.tanh(cells[step + 1], squashed[step])
            np.multiply(o, squashed[step], hidden[step + 1])

    def backward(weight: np.ndarray) -> None:
        carried.fill(0)
        g_c.fill(0)
        for step in reversed(range(STEPS)):
            i, f, o, g = gates[step]
            g_i, g_f, g_o, g_g = g_gates[step]
            g_h = g_hidden[step]
            np.add(g_h, carried, g_h)
            np.multiply(squashed[step], squashed[step], scratch)
            np.subtract(one, scratch, scratch)
            np.multiply(scratch, o, scratch)
            np.multiply(scratch, g_h, scratch)
            np.add(g_c, scratch, g_c)
            np.multiply(g_c, g, g_i)
            np.multiply(g_c, cells[step], g_f)
            np.multiply(g_h, squashed[step], g_o)
            np.subtract(one, gates[step, :3], slopes)
            np.multiply(slopes, gates[step, :3], slopes)
            np.multiply(g_gates[step, :3], slopes, g_gates[step, :3])
            np.multiply(g, g, scratch)
            np.subtract(one, scratch, scratch)
            np.multiply(scratch, i, scratch)
            np.multiply(g_c, scratch, g_g)
            np.multiply(g_c, f, g_c)
            np.matmul(weight, g_columns[step], carried)

    def differentiate(values: dict[str, np.ndarray]) -> tuple[Any, dict[str, np.ndarray]]:
        np.matmul(values["weight_ih_l0"], x.reshape(STEPS, BATCH, HIDDEN).transpose(0, 2, 1), columns)
        np.add(columns, (values["bias_ih_l0"] + values["bias_hh_l0"])[:, None], columns)
        forward(values["weight_hh_l0"])
        np.subtract(hidden[1:], y, g_hidden)
        loss = np.vdot(g_hidden, g_hidden) / y.size
        np.multiply(g_hidden, np.float32(2 / y.size), g_hidden)
        backward(values["weight_hh_l0"].T)
        g_rows[:], h_rows[:] = g_columns.transpose(0, 2, 1), hidden[:-1].transpose(0, 2, 1)
        rows = g_rows.reshape(-1, 4 * HIDDEN)
        np.matmul(rows.T, x, gradients["weight_ih_l0"])
        np.matmul(rows.T, h_rows.reshape(-1, HIDDEN), gradients["weight_hh_l0"])
        np.add.reduce(rows, 0, out=gradients["bias_ih_l0"])
        gradients["bias_hh_l0"][:] = gradients["bias_ih_l0"]
        return loss, gradients

    return stepping(values, differentiate, sgd)


#: Who has no layer of its own computes the same in both workloads.
PEERS = {
    **train_with_numpys_names(lambda: uniform(SHAPES), loss_of_loop, sgd), "numpy": by_hand, "tinygrad": on_tinygrad,
    "jax": loop_on_jax, "jax.jit": scan_on_jax, "flax.nnx": with_nnx,
}  # fmt: skip

LAYER_WORKLOAD = Workload(
    name="lstm",
    title="LSTM as a layer, 50 steps, hidden 128, batch 32, SGD",
    prepare={**with_torchs_names(layer), **PEERS},
    repeats=2,
)
CELL_WORKLOAD = Workload(
    name="cell",
    title="LSTM cell by hand in a Python loop (compiled: in a scan), 50 steps, hidden 128, batch 32, SGD",
    prepare={**with_torchs_names(cell), **PEERS},
    repeats=2,
)
