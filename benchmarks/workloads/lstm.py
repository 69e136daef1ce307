"""An LSTM over 50 steps, hidden 128, batch 32: as a layer, and as a cell written by hand in a loop."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_torchs_names
from .common import load, train, train_on_jax, uniform

STEPS, HIDDEN, BATCH = 50, 128, 32
SHAPES = {
    "weight_ih_l0": (4 * HIDDEN, HIDDEN), "weight_hh_l0": (4 * HIDDEN, HIDDEN), "bias_ih_l0": (4 * HIDDEN,),
    "bias_hh_l0": (4 * HIDDEN,),
}  # fmt: skip


def data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    return tuple(random.standard_normal((STEPS, BATCH, HIDDEN)).astype(np.float32) for _ in range(2))  # type: ignore[return-value]


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

    def loss(net: Any, x: Any, y: Any) -> Any:
        state = (pg.zeros(BATCH, HIDDEN), pg.zeros(BATCH, HIDDEN))
        if compiles:
            found = pg.scan(advance, state, x)[1]
        else:
            outputs = []
            for step in range(STEPS):
                state, h = advance(state, x[step])
                outputs.append(h)
            found = pg.stack(outputs)
        return pg.nn.functional.mse_loss(found, y)

    return train(Build(pg, build.step), None, loss, optimizer, *data())


def on_jax(jit: bool) -> Step:
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
        return ((jax.lax.scan(advance, (zeros, zeros), x @ p["weight_ih_l0"].T + p["bias_ih_l0"])[1] - y) ** 2).mean()

    return train_on_jax(uniform(SHAPES), loss, lambda optax: optax.sgd(0.01), *data(), jit=jit)


LAYER_WORKLOAD = Workload(
    name="lstm",
    title="LSTM as a layer, 50 steps, hidden 128, batch 32, SGD",
    prepare={**with_torchs_names(layer), "jax": lambda: on_jax(jit=False), "jax.jit": lambda: on_jax(jit=True)},
    repeats=2,
)
CELL_WORKLOAD = Workload(
    name="cell",
    title="LSTM cell by hand in a Python loop (compiled: in a scan), 50 steps, hidden 128, batch 32, SGD",
    prepare={**with_torchs_names(cell), "jax.jit": lambda: on_jax(jit=True)},
    repeats=2,
)
