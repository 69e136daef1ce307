"""A training step of a small GPT: 4 layers, 4 heads, width 128, context 128, batch 16, vocabulary 65."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_torchs_names
from .common import load, train, train_on_jax, uniform

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


WORKLOAD = Workload(
    name="gpt",
    title="GPT, 4 layers, 4 heads, width 128, context 128, batch 16, vocabulary 65, AdamW",
    prepare={**with_torchs_names(program), "jax": lambda: on_jax(jit=False), "jax.jit": lambda: on_jax(jit=True)},
    repeats=1,
)
