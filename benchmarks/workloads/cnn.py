"""A training step of a small convolutional network on images of 28 × 28."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_torchs_names
from .common import load, train, train_on_jax, uniform

BATCH = 64
SHAPES = {
    "0.weight": (32, 1, 3, 3), "0.bias": (32,), "2.weight": (64, 32, 3, 3), "2.bias": (64,),
    "6.weight": (128, 9216), "6.bias": (128,), "8.weight": (10, 128), "8.bias": (10,),
}  # fmt: skip


def data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    return random.standard_normal((BATCH, 1, 28, 28)).astype(np.float32), np.arange(BATCH, dtype=np.int64) % 10


def program(build: Build) -> Step:
    nn = build.library.nn
    layers = (
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip
    model = load(build, nn.Sequential(*layers), uniform(SHAPES))
    optimizer = build.library.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    return train(build, model, lambda net, x, y: nn.functional.cross_entropy(net(x), y), optimizer, *data())


def on_jax(jit: bool) -> Step:
    jax, optax = library("jax"), library("optax")
    lax = jax.lax

    def loss(p: Any, x: Any, y: Any) -> Any:
        for layer in ("0", "2"):
            x = lax.conv_general_dilated(
                x, p[f"{layer}.weight"], (1, 1), "VALID", dimension_numbers=("NCHW", "OIHW", "NCHW")
            )
            x = jax.nn.relu(x + p[f"{layer}.bias"][:, None, None])
        x = lax.reduce_window(x, -np.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID").reshape(BATCH, -1)
        x = jax.nn.relu(x @ p["6.weight"].T + p["6.bias"])
        logits = x @ p["8.weight"].T + p["8.bias"]
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()

    return train_on_jax(uniform(SHAPES), loss, lambda optax: optax.sgd(0.01, momentum=0.9), *data(), jit=jit)


WORKLOAD = Workload(
    name="cnn",
    title="CNN on 28×28 (conv 3×3×32, relu, conv 3×3×64, relu, max-pool, 128, 10), batch 64, SGD with momentum",
    prepare={**with_torchs_names(program), "jax": lambda: on_jax(jit=False), "jax.jit": lambda: on_jax(jit=True)},
    repeats=1,
)
