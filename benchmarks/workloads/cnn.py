"""A training step of a small convolutional network on images of 28 × 28."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_torchs_names
from .by_hand import momentum
from .cnn_by_hand import by_hand
from .common import fill, load, train, train_on_jax, train_on_tinygrad, train_with_nnx, uniform
from .with_numpy import Functions, train_with_autograd, train_with_mygrad

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


def with_nnx() -> Step:
    """flax's channels stand last."""
    nnx, optax = library("flax.nnx"), library("optax")
    random = nnx.Rngs(0)
    net = nnx.Sequential(
        nnx.Conv(1, 32, (3, 3), padding="VALID", rngs=random), nnx.relu,
        nnx.Conv(32, 64, (3, 3), padding="VALID", rngs=random), nnx.relu,
        lambda x: nnx.max_pool(x, (2, 2), strides=(2, 2)), lambda x: x.reshape(BATCH, -1),
        nnx.Linear(9216, 128, rngs=random), nnx.relu, nnx.Linear(128, 10, rngs=random),
    )  # fmt: skip
    parameters = uniform(SHAPES)
    parameters["6.weight"] = parameters["6.weight"].reshape(128, 64, -1).transpose(0, 2, 1).reshape(128, -1)
    x, y = data()

    def loss(net: Any, x: Any, y: Any) -> Any:
        return optax.softmax_cross_entropy_with_integer_labels(net(x), y).mean()

    return train_with_nnx(
        fill(net, parameters), loss, lambda optax: optax.sgd(0.01, momentum=0.9), x.transpose(0, 2, 3, 1), y
    )


def on_tinygrad() -> Step:
    def loss(p: Any, x: Any, y: Any) -> Any:
        for layer in ("0", "2"):
            x = x.conv2d(p[f"{layer}.weight"], p[f"{layer}.bias"]).relu()
        x = x.max_pool2d().flatten(1)
        x = (x @ p["6.weight"].T + p["6.bias"]).relu()
        return (x @ p["8.weight"].T + p["8.bias"]).sparse_categorical_crossentropy(y)

    x, y = data()
    return train_on_tinygrad(
        uniform(SHAPES), loss, lambda optim, p: optim.SGD(p, lr=0.01, momentum=0.9), x, y.astype(np.int32)
    )


def loss_with(functions: Functions, convolve: Callable[..., Any], pool: Callable[[Any], Any]) -> Callable[..., Any]:
    x, y = data()
    lib = functions.numpy

    def loss(p: dict[str, Any]) -> Any:
        found = x
        for layer in ("0", "2"):
            found = convolve(found, p[f"{layer}.weight"]) + p[f"{layer}.bias"].reshape(-1, 1, 1)
            found = functions.relu(found)
        found = pool(found).reshape(BATCH, -1)
        found = functions.relu(lib.matmul(found, p["6.weight"].T) + p["6.bias"])
        return functions.cross_entropy(lib.matmul(found, p["8.weight"].T) + p["8.bias"], y)

    return loss


def loss_with_autograd(functions: Functions) -> Callable[..., Any]:
    """As a product with the shifted images, since `autograd.scipy.signal.convolve` takes 25 times as long."""
    lib = functions.numpy

    def convolve(x: Any, weight: Any) -> Any:
        count, _, high, wide = x.shape
        shifted = [x[:, :, i : high - 2 + i, j : wide - 2 + j] for i in range(3) for j in range(3)]
        patches = lib.concatenate(shifted, axis=1).reshape(count, -1, (high - 2) * (wide - 2))
        kernel = lib.transpose(weight, (0, 2, 3, 1)).reshape(len(weight), -1)
        return lib.matmul(kernel, patches).reshape(count, -1, high - 2, wide - 2)

    return loss_with(functions, convolve, lambda x: lib.max(x.reshape(BATCH, 64, 12, 2, 12, 2), axis=(3, 5)))


def loss_with_mygrad(functions: Functions) -> Callable[..., Any]:
    layers = library("mygrad.nnet").layers
    return loss_with(
        functions, lambda x, weight: layers.conv_nd(x, weight, stride=1), lambda x: layers.max_pool(x, (2, 2), 2)
    )


WORKLOAD = Workload(
    name="cnn",
    title="CNN on 28×28 (conv 3×3×32, relu, conv 3×3×64, relu, max-pool, 128, 10), batch 64, SGD with momentum",
    prepare={
        **with_torchs_names(program),
        "autograd": lambda: train_with_autograd(uniform(SHAPES), loss_with_autograd, momentum),
        "mygrad": lambda: train_with_mygrad(uniform(SHAPES), loss_with_mygrad, momentum),
        "numpy": lambda: by_hand(uniform(SHAPES), *data()), "tinygrad": on_tinygrad,
        "jax": lambda: on_jax(jit=False), "jax.jit": lambda: on_jax(jit=True), "flax.nnx": with_nnx,
    },
    repeats=1,
)  # fmt: skip
