"""A training step of a small GPT: 4 layers, 4 heads, width 128, context 128, batch 16, vocabulary 65."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_torchs_names
from .by_hand import adamw
from .common import fill, load, train, train_on_jax, train_on_tinygrad, train_with_nnx, uniform
from .gpt_by_hand import by_hand
from .with_numpy import Functions, train_with_numpys_names

LAYERS, HEADS, WIDTH, CONTEXT, BATCH, VOCABULARY = 4, 4, 128, 128, 16, 65


def shapes() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {"tokens.weight": (VOCABULARY, WIDTH), "places.weight": (CONTEXT, WIDTH)}
    for layer in range(LAYERS):
        for name, (n, m) in {"mixed": (3, 1), "out": (1, 1), "up": (4, 1), "down": (1, 4)}.items():
            found[f"blocks.{layer}.{name}.weight"] = (n * WIDTH, m * WIDTH)
            found[f"blocks.{layer}.{name}.bias"] = (n * WIDTH,)
        for name in ("norm1", "norm2"):
            found |= {f"blocks.{layer}.{name}.{kind}": (WIDTH,) for kind in ("weight", "bias")}
    return found | {"norm.weight": (WIDTH,), "norm.bias": (WIDTH,), "head.weight": (VOCABULARY, WIDTH)}


def data() -> tuple[np.ndarray, np.ndarray]:
    text = np.random.default_rng(1).integers(0, VOCABULARY, (BATCH, CONTEXT + 1))
    return text[:, :-1].copy(), text[:, 1:].copy()


def program(build: Build) -> Step:
    pg = build.library
    nn, functional = pg.nn, pg.nn.functional

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
            self.mixed, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
            self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

        def forward(self, x: Any) -> Any:
            batch, length, _ = x.shape
            parts = self.mixed(self.norm1(x)).split(WIDTH, dim=2)
            heads = [part.view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2) for part in parts]
            found = functional.scaled_dot_product_attention(*heads, is_causal=True)
            x = x + self.out(found.transpose(1, 2).reshape(batch, length, WIDTH))
            return x + self.down(functional.gelu(self.up(self.norm2(x))))

    class GPT(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokens, self.places = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(CONTEXT, WIDTH)
            self.blocks = nn.ModuleList([Block() for _ in range(LAYERS)])
            self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, VOCABULARY, bias=False)

        def forward(self, tokens: Any) -> Any:
            x = self.tokens(tokens) + self.places(pg.arange(tokens.shape[1]))
            for block in self.blocks:
                x = block(x)
            return self.head(self.norm(x))

    model = load(build, GPT(), uniform(shapes()))
    optimizer = pg.optim.AdamW(model.parameters(), lr=1e-3)

    def loss(net: Any, x: Any, y: Any) -> Any:
        return functional.cross_entropy(net(x).view(-1, VOCABULARY), y.view(-1))

    return train(build, model, loss, optimizer, *data())


def on_jax(jit: bool) -> Step:
    jax, optax = library("jax"), library("optax")
    jnp = jax.numpy

    def norm(p: Any, name: str, x: Any) -> Any:
        mean = x.mean(-1, keepdims=True)
        variance = ((x - mean) ** 2).mean(-1, keepdims=True)
        return (x - mean) / jnp.sqrt(variance + 1e-5) * p[f"{name}.weight"] + p[f"{name}.bias"]

    def linear(p: Any, name: str, x: Any) -> Any:
        return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]

    def loss(p: Any, tokens: Any, y: Any) -> Any:
        x = p["tokens.weight"][tokens] + p["places.weight"]
        mask = jnp.tril(jnp.ones((CONTEXT, CONTEXT), bool))
        for layer in range(LAYERS):
            name = f"blocks.{layer}"
            parts = jnp.split(linear(p, f"{name}.mixed", norm(p, f"{name}.norm1", x)), 3, axis=-1)
            q, k, v = (part.reshape(BATCH, CONTEXT, HEADS, -1).transpose(0, 2, 1, 3) for part in parts)
            scores = jnp.einsum("bhqd,bhkd->bhqk", q, k) / np.float32(np.sqrt(WIDTH // HEADS))
            weights = jax.nn.softmax(jnp.where(mask, scores, -jnp.inf))
            found = jnp.einsum("bhqk,bhkd->bhqd", weights, v).transpose(0, 2, 1, 3).reshape(BATCH, CONTEXT, WIDTH)
            x = x + linear(p, f"{name}.out", found)
            hidden = jax.nn.gelu(linear(p, f"{name}.up", norm(p, f"{name}.norm2", x)), approximate=False)
            x = x + linear(p, f"{name}.down", hidden)
        logits = norm(p, "norm", x) @ p["head.weight"].T
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()

    return train_on_jax(uniform(shapes()), loss, lambda optax: optax.adamw(1e-3, weight_decay=1e-2), *data(), jit=jit)


def with_nnx() -> Step:
    nnx, jax, optax = library("flax.nnx"), library("jax"), library("optax")
    random = nnx.Rngs(0)

    class Block(nnx.Module):
        def __init__(self) -> None:
            self.norm1, self.norm2 = (nnx.LayerNorm(WIDTH, epsilon=1e-5, rngs=random) for _ in range(2))
            self.mixed, self.out = nnx.Linear(WIDTH, 3 * WIDTH, rngs=random), nnx.Linear(WIDTH, WIDTH, rngs=random)
            self.up, self.down = nnx.Linear(WIDTH, 4 * WIDTH, rngs=random), nnx.Linear(4 * WIDTH, WIDTH, rngs=random)

        def __call__(self, x: Any) -> Any:
            parts = jax.numpy.split(self.mixed(self.norm1(x)), 3, axis=-1)
            heads = (part.reshape(*x.shape[:2], HEADS, -1) for part in parts)
            x = x + self.out(jax.nn.dot_product_attention(*heads, is_causal=True).reshape(x.shape))
            return x + self.down(nnx.gelu(self.up(self.norm2(x)), approximate=False))

    class GPT(nnx.Module):
        def __init__(self) -> None:
            self.tokens, self.places = nnx.Embed(VOCABULARY, WIDTH, rngs=random), nnx.Embed(CONTEXT, WIDTH, rngs=random)
            self.blocks = nnx.List([Block() for _ in range(LAYERS)])
            self.norm = nnx.LayerNorm(WIDTH, epsilon=1e-5, rngs=random)
            self.head = nnx.Linear(WIDTH, VOCABULARY, use_bias=False, rngs=random)

        def __call__(self, tokens: Any) -> Any:
            x = self.tokens(tokens) + self.places(jax.numpy.arange(tokens.shape[1]))
            for block in self.blocks:
                x = block(x)
            return self.head(self.norm(x))

    def loss(net: Any, x: Any, y: Any) -> Any:
        return optax.softmax_cross_entropy_with_integer_labels(net(x), y).mean()

    return train_with_nnx(
        fill(GPT(), uniform(shapes())), loss, lambda optax: optax.adamw(1e-3, weight_decay=1e-2), *data()
    )


def on_tinygrad() -> Step:
    def linear(p: Any, name: str, x: Any) -> Any:
        return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]

    def norm(p: Any, name: str, x: Any) -> Any:
        return x.layernorm(eps=1e-5) * p[f"{name}.weight"] + p[f"{name}.bias"]

    def loss(p: Any, tokens: Any, y: Any) -> Any:
        x = p["tokens.weight"][tokens] + p["places.weight"]
        for layer in range(LAYERS):
            name = f"blocks.{layer}"
            parts = linear(p, f"{name}.mixed", norm(p, f"{name}.norm1", x)).chunk(3, dim=-1)
            heads = (part.reshape(BATCH, CONTEXT, HEADS, -1).transpose(1, 2) for part in parts)
            found = type(x).scaled_dot_product_attention(*heads, is_causal=True)
            x = x + linear(p, f"{name}.out", found.transpose(1, 2).reshape(BATCH, CONTEXT, WIDTH))
            hidden = linear(p, f"{name}.up", norm(p, f"{name}.norm2", x))
            hidden = 0.5 * hidden * (1 + (hidden * 0.7071067811865476).erf())
            x = x + linear(p, f"{name}.down", hidden)
        logits = norm(p, "norm", x) @ p["head.weight"].T
        return logits.reshape(-1, VOCABULARY).sparse_categorical_crossentropy(y.flatten())

    x, y = (part.astype(np.int32) for part in data())
    return train_on_tinygrad(uniform(shapes()), loss, lambda optim, p: optim.AdamW(p, lr=1e-3, weight_decay=0.01), x, y)


def loss_with_numpys_names(functions: Functions) -> Callable[[dict[str, Any]], Any]:
    (tokens, y), lib = data(), functions.numpy
    mask = np.triu(np.full((CONTEXT, CONTEXT), -np.inf, np.float32), 1)

    def linear(p: Any, name: str, x: Any) -> Any:
        return lib.matmul(x, p[f"{name}.weight"].T) + p[f"{name}.bias"]

    def norm(p: Any, name: str, x: Any) -> Any:
        x = x - lib.mean(x, axis=-1, keepdims=True)
        x = x / lib.sqrt(lib.mean(x * x, axis=-1, keepdims=True) + np.float32(1e-5))
        return x * p[f"{name}.weight"] + p[f"{name}.bias"]

    def loss(p: dict[str, Any]) -> Any:
        x = p["tokens.weight"][tokens] + p["places.weight"]
        for layer in range(LAYERS):
            name = f"blocks.{layer}"
            parts = functions.split(linear(p, f"{name}.mixed", norm(p, f"{name}.norm1", x)), 3)
            q, k, v = (lib.swapaxes(part.reshape(BATCH, CONTEXT, HEADS, -1), 1, 2) for part in parts)
            scores = lib.matmul(q, lib.swapaxes(k, 2, 3)) * np.float32(1 / np.sqrt(WIDTH // HEADS)) + mask
            found = lib.swapaxes(lib.matmul(functions.softmax(scores), v), 1, 2).reshape(BATCH, CONTEXT, WIDTH)
            x = x + linear(p, f"{name}.out", found)
            hidden = linear(p, f"{name}.up", norm(p, f"{name}.norm2", x))
            hidden = 0.5 * hidden * (1 + functions.erf(hidden * np.float32(np.sqrt(0.5))))
            x = x + linear(p, f"{name}.down", hidden)
        logits = lib.matmul(norm(p, "norm", x), p["head.weight"].T)
        return functions.cross_entropy(logits.reshape(-1, VOCABULARY), y.reshape(-1))

    return loss


WORKLOAD = Workload(
    name="gpt",
    title="GPT, 4 layers, 4 heads, width 128, context 128, batch 16, vocabulary 65, AdamW",
    prepare={
        **with_torchs_names(program),
        **train_with_numpys_names(lambda: uniform(shapes()), loss_with_numpys_names, adamw),
        "numpy": lambda: by_hand(uniform(shapes()), *data(), LAYERS, HEADS), "tinygrad": on_tinygrad,
        "jax": lambda: on_jax(jit=False), "jax.jit": lambda: on_jax(jit=True), "flax.nnx": with_nnx,
    },
    repeats=1,
)  # fmt: skip
